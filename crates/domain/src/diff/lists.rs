//! Differences of lists.

use std::collections::BTreeMap;

use durward_keyring::jose::KeyKind;

use super::DiffLine;
use crate::application::{AppDocument, Contact, Key};

/// Compares every list.
pub(super) fn compare(before: &AppDocument, after: &AppDocument, lines: &mut Vec<DiffLine>) {
    for ((path, label, old), (_, _, new)) in texts(before).into_iter().zip(texts(after)) {
        compare_sets(path, label, &old, &new, lines);
    }
    compare_reasons(before, after, lines);
    compare_keys(&before.keys, &after.keys, lines);
    let pages = before
        .help_text
        .pages()
        .into_iter()
        .zip(after.help_text.pages());
    for ((page, old), (_, new)) in pages {
        compare_page(page, old, new, lines);
    }
    let describe = |contacts: &[Contact]| contacts.iter().map(contact).collect::<Vec<_>>();
    compare_sets(
        "/contacts",
        "Contact",
        &describe(&before.contacts),
        &describe(&after.contacts),
        lines,
    );
}

fn texts(document: &AppDocument) -> [(&'static str, &'static str, Vec<String>); 4] {
    let oidc = document.oidc.as_ref();
    [
        (
            "/attributes",
            "Attribute",
            document
                .attributes
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        (
            "/oidc/redirect_uris",
            "Redirect URI",
            oidc.map(|s| s.redirect_uris.clone()).unwrap_or_default(),
        ),
        (
            "/oidc/post_logout_redirect_uris",
            "Post-logout redirect URI",
            oidc.map(|s| s.post_logout_redirect_uris.clone())
                .unwrap_or_default(),
        ),
        (
            "/saml/acs_urls",
            "Assertion consumer service URL",
            document
                .saml
                .as_ref()
                .map(|s| s.acs_urls.clone())
                .unwrap_or_default(),
        ),
    ]
}

fn compare_sets(
    path: &str,
    label: &str,
    before: &[String],
    after: &[String],
    lines: &mut Vec<DiffLine>,
) {
    let new = after.iter().filter(|text| !before.contains(text));
    lines.extend(new.filter_map(|text| DiffLine::value(path, label, None, Some(text))));
    let old = before.iter().filter(|text| !after.contains(text));
    lines.extend(old.filter_map(|text| DiffLine::value(path, label, Some(text), None)));
}

fn compare_reasons(before: &AppDocument, after: &AppDocument, lines: &mut Vec<DiffLine>) {
    let (old, new) = (
        &before.attribute_justifications,
        &after.attribute_justifications,
    );
    let attributes: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for attribute in attributes {
        lines.extend(DiffLine::value(
            &format!("/attribute_justifications/{attribute}"),
            &format!("Why {attribute} is needed"),
            old.get(attribute).map(String::as_str),
            new.get(attribute).map(String::as_str),
        ));
    }
}

/// Keys are the same when their fingerprints are and their certificates, if any, too.
fn compare_keys(before: &[Key], after: &[Key], lines: &mut Vec<DiffLine>) {
    let new = after.iter().filter(|key| !before.contains(key));
    lines.extend(new.filter_map(|key| DiffLine::value("/keys", "Key", None, Some(&describe(key)))));
    let old = before.iter().filter(|key| !after.contains(key));
    lines.extend(old.filter_map(|key| DiffLine::value("/keys", "Key", Some(&describe(key)), None)));
}

fn describe(key: &Key) -> String {
    let fingerprint: String = key.fingerprint().chars().take(16).collect();
    let Ok(facts) = key.facts() else {
        return format!("unreadable key {fingerprint}");
    };
    let what = match (facts.kind, facts.curve()) {
        (KeyKind::Rsa, _) => format!("RSA, {} bits", facts.bits),
        (_, Some(curve)) => format!("EC {}", curve.name()),
        (_, None) => "Ed25519".to_owned(),
    };
    match facts.certificate {
        Some(certificate) => format!(
            "{what}, certificate valid to {}, {fingerprint}",
            certificate.not_after.strftime("%Y-%m-%d")
        ),
        None => format!("{what}, {fingerprint}"),
    }
}

fn compare_page(
    page: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    lines: &mut Vec<DiffLine>,
) {
    let name = page.replace('_', " ");
    let languages: std::collections::BTreeSet<&String> =
        before.keys().chain(after.keys()).collect();
    for language in languages {
        let path = format!(
            "/help_text/{page}/{}",
            language.replace('~', "~0").replace('/', "~1")
        );
        let label = format!("Help text ({name}, {language})");
        lines.extend(DiffLine::value(
            &path,
            &label,
            before.get(language).map(String::as_str),
            after.get(language).map(String::as_str),
        ));
    }
}

fn contact(contact: &Contact) -> String {
    [
        contact.kind.title(),
        &contact.name,
        &contact.email,
        &contact.phone,
    ]
    .into_iter()
    .filter(|text| !text.is_empty())
    .collect::<Vec<_>>()
    .join(", ")
}
