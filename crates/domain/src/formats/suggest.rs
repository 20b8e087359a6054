//! The name that was probably meant.

/// The known name nearest to a written one, when it is near enough.
pub(crate) fn nearest<'a>(
    written: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = |text: &str| -> Vec<char> {
        text.chars()
            .take(64)
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let written = plain(written);
    known
        .into_iter()
        .map(|name| (distance(&written, &plain(name)), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(1))
        .map(|(_, name)| name)
}

/// How many characters to change, add or remove.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        for (slot, right) in row.iter_mut().skip(1).zip(b) {
            let changed = diagonal + usize::from(left != right);
            diagonal = *slot;
            before = changed.min(before + 1).min(*slot + 1);
            *slot = before;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_is_suggested_when_it_is_near() {
        let known = ["redirect_uris", "jwks_uri", "ClientName", "saml"];
        assert_eq!(nearest("redirect_uri", known), Some("redirect_uris"));
        assert_eq!(nearest("redirectUris", known), Some("redirect_uris"));
        assert_eq!(nearest("clientname", known), Some("ClientName"));
        assert_eq!(nearest("jwks_url", known), Some("jwks_uri"));
        assert_eq!(nearest("shoe_size", known), None);
        assert_eq!(nearest("", known), None);
    }
}
