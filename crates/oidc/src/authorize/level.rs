//! The level that a request asks for: by `acr_values`, by the claim `acr`, or by what it wants to know.

use durward_domain::level::{
    Aal, AcrValue, DefaultAal, Generation, IdentityAsk, LevelAsk, LevelOfService, LevelRefusal,
};
use durward_domain::programme::Programme;

use super::request::words;
use super::rules::Attempt;

/// The level of a request, and the text that says it.
///
/// A request that names no identity level asks for a verified identity if it asks for verified attributes
/// and its app is registered for them; never for more than that.
pub(super) fn ask(a: &Attempt<'_>) -> Result<(LevelAsk, String), LevelRefusal> {
    let programme = a.door.programme;
    let mut values: Vec<&str> = words(a.params.get("acr_values")).collect();
    if names_every(&values, programme, |row| row.identity.is_some()) {
        values.retain(|value| !is_identity(value, programme));
    }
    if names_every(&values, programme, |row| is_offered(row, a.door.strongest)) {
        values.clear();
    }
    match a.claims.as_ref().ok().and_then(|c| c.acr.as_ref()) {
        // Only its own values may be answered: those of acr_values say no more than the strength.
        Some(wish) if wish.essential => {
            values.retain(|value| !is_identity(value, programme));
            values.extend(essential(a));
        }
        Some(wish) => values.extend(wish.values.iter().map(String::as_str)),
        None => {}
    }
    let mut text = values.join(" ");
    let ask = LevelAsk::parse(programme, &text)?;
    let may = a
        .client
        .is_some_and(|c| c.level == LevelOfService::IdentityVerified);
    if ask.names_identity() || !may || !wants_verified(a) {
        return Ok((ask, text));
    }
    let verified = programme
        .acr
        .iter()
        .rfind(|row| row.identity == Some(IdentityAsk::Verified));
    if let Some(row) = verified {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&row.value);
    }
    Ok((LevelAsk::parse(programme, &text)?, text))
}

/// The first value of an essential `acr` that can be answered to this app. OpenID Connect Core §5.5.1.1
pub(super) fn essential<'a>(a: &'a Attempt<'_>) -> Option<&'a str> {
    let wish = a.claims.as_ref().ok()?.acr.as_ref()?;
    let answerable = |value: &&String| {
        let row = a.door.programme.acr(value);
        row.and_then(|row| row.identity)
            .zip(a.client)
            .is_some_and(|(identity, client)| identity.needs() <= client.level)
    };
    wish.values.iter().find(answerable).map(String::as_str)
}

/// Whoever names each level of the discovery document, or each strength, asks for none of them: programs that send the
/// whole list back say that they understand it. The level is then the app's own.
fn names_every(values: &[&str], programme: &Programme, which: impl Fn(&AcrValue) -> bool) -> bool {
    let offered = |row: &&AcrValue| row.generation != Generation::Saml && which(row);
    let mut rows = programme.acr.iter().filter(offered);
    rows.all(|row| values.contains(&row.value.as_str()))
}

/// A strength that the discovery document names.
fn is_offered(row: &AcrValue, strongest: Aal) -> bool {
    row.strength
        .is_some_and(|strength| strength.or(DefaultAal::Aal1) <= strongest)
}

fn is_identity(value: &str, programme: &Programme) -> bool {
    programme
        .acr(value)
        .is_some_and(|row| row.identity.is_some())
}

fn wants_verified(a: &Attempt<'_>) -> bool {
    let by_scope = words(a.params.get("scope"))
        .filter_map(|name| a.door.programme.scope(name))
        .any(|scope| scope.identity_verified);
    let asked = a.claims.as_ref().map(|claims| claims.asked.attributes());
    by_scope || asked.is_ok_and(|asked| asked.iter().any(|one| one.needs_identity_verified()))
}
