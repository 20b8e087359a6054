//! The failure-to-proof page: people get there who could not be verified, so it must help without a sign-in.

use std::time::Duration;

use durward_domain::environment::EnvironmentName;
use durward_domain::probe::ProbeOutcome;
use url::Url;

use super::Finding;
use crate::keeper::Keeper;
use crate::ports::outbound::{Answer, Limits, OutboundRefusal};

/// Opens the page as a browser would, over redirects on its own host.
pub(super) async fn page(keeper: &Keeper, environment: EnvironmentName, url: &str) -> Finding {
    let mut at = url.to_owned();
    let mut took = Duration::ZERO;
    for _ in 0..MOST_STEPS {
        let answer = match keeper.outbound.get(&at, "text/html", Limits::PAGE).await {
            Ok(answer) => answer,
            Err(refusal) => return Finding::refused(keeper, environment, &refusal),
        };
        took += answer.took;
        match answer.redirect(&at) {
            None => return judge(&at, answer).took(took),
            Some(target) if leads_to_sign_in(&target) => return asks_for_sign_in().took(took),
            Some(target) if host(&target) != host(url) => {
                let sentence = format!(
                    "The page redirects to another host, {}. Give the address of the page itself.",
                    host(&target).unwrap_or_default()
                );
                return Finding::new(ProbeOutcome::Failed, "probe/leaves-host", sentence)
                    .took(took);
            }
            Some(target) => at = target,
        }
    }
    let sentence = "The page redirects again and again. Give the address of the page itself.";
    Finding::new(ProbeOutcome::Failed, "probe/redirects", sentence).took(took)
}

fn judge(url: &str, answer: Answer) -> Finding {
    if matches!(answer.status, 401 | 403) || leads_to_sign_in(url) {
        return asks_for_sign_in();
    }
    let answer = match answer
        .success(url)
        .and_then(|answer| answer.of_type(&PAGES))
    {
        Ok(answer) => answer,
        Err(refusal) => return broken(&refusal),
    };
    let text = String::from_utf8_lossy(&answer.body).to_lowercase();
    if text.contains("type=\"password\"")
        || text.contains("type='password'")
        || text.contains("type=password")
    {
        return asks_for_sign_in();
    }
    let helps = HELP.iter().any(|word| text.contains(word));
    let tells = UNABLE.iter().any(|word| text.contains(word));
    match (helps, tells) {
        (true, true) => Finding::passed(
            "It opens without sign-in, tells of the verification and names a way to get help.",
        ),
        (true, false) => Finding::new(
            ProbeOutcome::Warning,
            "probe/page-says-nothing-of-verification",
            "It opens without sign-in and names help, but does not tell that the identity could not be verified. Say so.",
        ),
        (false, _) => Finding::new(
            ProbeOutcome::Failed,
            "probe/page-without-help",
            "It opens without sign-in, but names no other way: a contact, a telephone number, a visit or post. Add one.",
        ),
    }
}

fn broken(refusal: &OutboundRefusal) -> Finding {
    use durward_domain::refusal::Refuse as _;
    Finding::new(ProbeOutcome::Failed, refusal.code(), refusal.to_string())
}

fn asks_for_sign_in() -> Finding {
    Finding::new(
        ProbeOutcome::Failed,
        "probe/page-asks-for-sign-in",
        "The page asks for a sign-in. People come here because they could not sign in: open it to everyone.",
    )
}

fn leads_to_sign_in(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let path = url.path().to_ascii_lowercase();
    let step = |part: &str| SIGN_IN.contains(&part);
    path.split(['/', '.']).any(step)
}

fn host(url: &str) -> Option<String> {
    Url::parse(url).ok()?.host_str().map(str::to_owned)
}

const PAGES: [&str; 2] = ["text/html", "application/xhtml+xml"];
const SIGN_IN: [&str; 9] = [
    "login",
    "log-in",
    "log_in",
    "signin",
    "sign-in",
    "sign_in",
    "authorize",
    "saml",
    "sso",
];
const HELP: [&str; 18] = [
    "help",
    "contact",
    "call us",
    "phone",
    "telephone",
    "tel:",
    "mailto:",
    "in person",
    "visit",
    "by mail",
    "ayuda",
    "contacto",
    "teléfono",
    "aide",
    "téléphone",
    "帮助",
    "联系",
    "电话",
];
const UNABLE: [&str; 10] = [
    "verif",
    "identity",
    "prove who you are",
    "proof",
    "identidad",
    "identité",
    "vérifi",
    "身份",
    "验证",
    "unable to confirm",
];
const MOST_STEPS: usize = 4;
