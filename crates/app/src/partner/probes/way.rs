//! Where a redirect URI leads on to. After a sign-in a browser follows only to addresses that the app registered: the pages
//! of the sign-in service name no others, and browsers hold every redirect after a form to that list (CSP3 form-action).

use std::collections::BTreeSet;
use std::time::Duration;

use durward_domain::application::AppDocument;
use durward_domain::probe::ProbeOutcome;
use url::Url;

use super::Finding;
use crate::keeper::Keeper;
use crate::ports::outbound::Limits;

/// Goes there as the browser of a person who went back without signing in, and on as long as it is sent on.
pub(super) async fn way(keeper: &Keeper, document: &AppDocument, uri: &str) -> Finding {
    let Ok(mut at) = Url::parse(uri) else {
        return Finding::skipped("It is no address.");
    };
    let allowed = allowed(keeper, document);
    at.query_pairs_mut().append_pair("error", "access_denied");
    let mut took = Duration::ZERO;
    for _ in 0..MOST_STEPS {
        let answer = match keeper
            .outbound
            .get(at.as_str(), "text/html", Limits::PAGE)
            .await
        {
            Ok(answer) => answer,
            // Whether the host answers is another probe.
            Err(refusal) => return Finding::skipped(format!("It could not be tried. {refusal}")),
        };
        took += answer.took;
        let target = answer.redirect(at.as_str());
        let Some(target) = target.and_then(|target| Url::parse(&target).ok()) else {
            return Finding::passed("It leads on to no other address.").took(took);
        };
        if !allowed.contains(&target.origin().ascii_serialization()) {
            let sentence = format!(
                "It leads on to {}{}, which is not registered, and browsers stop there. Add that address to the redirect URIs, or answer without passing through it.",
                target.origin().ascii_serialization(),
                target.path()
            );
            let code = "probe/passes-through";
            return Finding::new(ProbeOutcome::Failed, code, sentence).took(took);
        }
        at = target;
    }
    let sentence = "It redirects again and again. Answer there with a page.";
    Finding::new(ProbeOutcome::Warning, "probe/redirects", sentence).took(took)
}

/// The origins of the redirect URIs, and the sign-in service itself, where a new sign-in may begin.
fn allowed(keeper: &Keeper, document: &AppDocument) -> BTreeSet<String> {
    let issuer = keeper.environment(document.environment);
    let issuer = issuer.map(|link| link.issuer.clone());
    document
        .redirect_uris()
        .iter()
        .cloned()
        .chain(issuer)
        .filter_map(|address| Some(Url::parse(&address).ok()?.origin().ascii_serialization()))
        .collect()
}

const MOST_STEPS: usize = 4;
