//! What people send can hold anything. Here it is brought down to what tells an engineer what is wrong.

use std::borrow::Cow;

/// One word of a vocabulary: a scope, a level, an algorithm, a key id. What looks like an address, a number of a person
/// or a token is blanked.
pub fn word(text: &str) -> String {
    bounded(text, LONGEST_WORD)
}

/// Words with single spaces between.
pub fn words(text: &str) -> String {
    text.split_whitespace()
        .take(MOST_WORDS)
        .map(word)
        .collect::<Vec<_>>()
        .join(" ")
}

/// A client id, as it was sent.
pub fn client_id(text: &str) -> String {
    bounded(text, LONGEST_ID)
}

/// A URI with user name, fragment and foreign query values blanked. What a registered URI has too is kept.
pub fn uri(text: &str, known: &[String]) -> String {
    if known.iter().any(|known| known == text) {
        return text.to_owned();
    }
    let text: String = text.chars().take(LONGEST_URI).map(plain).collect();
    let (rest, fragment) = match text.split_once('#') {
        Some((rest, _)) => (rest, "#…"),
        None => (text.as_str(), ""),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, query)) => (rest, Some(query)),
        None => (rest, None),
    };
    let mut clean = path(rest);
    if let Some(query) = query {
        clean.push('?');
        let pairs: Vec<String> = query
            .split('&')
            .take(MOST_WORDS)
            .map(|one| pair(one, known))
            .collect();
        clean.push_str(&pairs.join("&"));
    }
    clean.push_str(fragment);
    clean
}

/// The path of an address that was asked for, as a log line may have it: a segment with an address of a person or a
/// token in it is blanked.
pub fn logged_path(path: &str) -> Cow<'_, str> {
    let is_foreign = |segment: &str| {
        segment.contains('@') || segment.contains("eyJ") || {
            let lower = segment.to_ascii_lowercase();
            lower.contains("%40") || lower.contains("%2540")
        }
    };
    if !path.split('/').any(is_foreign) {
        return Cow::Borrowed(path);
    }
    let segments = path.split('/');
    let told: Vec<&str> = segments
        .map(|segment| if is_foreign(segment) { BLANK } else { segment })
        .collect();
    Cow::Owned(told.join("/"))
}

/// The host of a web address, in lower case.
pub fn redirect_host(uri: &str) -> Option<String> {
    let uri = url::Url::parse(uri).ok()?;
    if !matches!(uri.scheme(), "http" | "https") {
        return None;
    }
    let host = uri.host_str()?.to_ascii_lowercase();
    (host.len() <= 253).then_some(host)
}

/// Scheme, authority without user name, and the segments of the path.
fn path(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for (place, segment) in text.split('/').enumerate() {
        if place > 0 {
            clean.push('/');
        }
        match (is_personal(segment), segment.rsplit_once('@')) {
            // The third part of `https://user@host/` is the authority.
            (_, Some((_, host))) if place == 2 && !is_personal(host) => {
                clean.push_str("…@");
                clean.push_str(host);
            }
            // A host may have many digits.
            (_, None) if place == 2 => clean.push_str(segment),
            (true, _) => clean.push('…'),
            (false, _) => clean.push_str(segment),
        }
    }
    clean
}

fn pair(text: &str, known: &[String]) -> String {
    let registered = known.iter().any(|uri| {
        uri.split_once('?')
            .is_some_and(|(_, query)| query.split('&').any(|one| one == text))
    });
    if registered {
        return text.to_owned();
    }
    match text.split_once('=') {
        Some((name, "")) => format!("{}=", word(name)),
        Some((name, _)) => format!("{}=…", word(name)),
        None => word(text),
    }
}

fn bounded(text: &str, longest: usize) -> String {
    if is_personal(text) {
        return BLANK.to_owned();
    }
    let mut letters = text.chars().map(plain);
    let mut kept: String = letters.by_ref().take(longest).collect();
    if letters.next().is_some() {
        kept.push('…');
    }
    kept
}

fn plain(letter: char) -> char {
    if letter.is_control() { ' ' } else { letter }
}

/// An address, a number as people have them (nine digits in a row, spaces and dashes aside), or a token.
fn is_personal(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if text.contains('@') || lower.contains("%40") || text.contains("eyJ") {
        return true;
    }
    let mut run = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' => run += 1,
            '-' | ' ' | '.' | '(' | ')' | '+' => {}
            _ => run = 0,
        }
        if run >= DIGITS_OF_A_PERSON {
            return true;
        }
    }
    false
}

const BLANK: &str = "…";
const DIGITS_OF_A_PERSON: usize = 9;
const LONGEST_WORD: usize = 120;
const LONGEST_ID: usize = 200;
const LONGEST_URI: usize = 600;
const MOST_WORDS: usize = 60;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn uris() {
        let known = ["https://a.gov/cb?tenant=north".to_owned()];
        let check = |sent: &str, kept: &str| assert_eq!(uri(sent, &known), kept);
        check(
            "https://a.gov/cb?tenant=north",
            "https://a.gov/cb?tenant=north",
        );
        check(
            "https://a.gov/cb/?tenant=north",
            "https://a.gov/cb/?tenant=north",
        );
        check("https://a.gov/cb?tenant=jane", "https://a.gov/cb?tenant=…");
        check("https://jane:secret@a.gov/cb", "https://…@a.gov/cb");
        check("https://a.gov/jane@x.gov/cb#token", "https://a.gov/…/cb#…");
        check("https://a.gov/jane%40x.gov", "https://a.gov/…");
        check("gov.a.app:/cb", "gov.a.app:/cb");
        check("http://127.0.0.1:8404/CB", "http://127.0.0.1:8404/CB");
        check("/relative", "/relative");
    }

    #[test]
    fn words_are_kept_unless_they_are_a_person() {
        assert_eq!(words("openid  email"), "openid email");
        assert_eq!(words("openid jane@x.gov 900-12-3456"), "openid … …");
        assert_eq!(
            words("http://idmanagement.gov/ns/assurance/ial/2?strict=true"),
            "http://idmanagement.gov/ns/assurance/ial/2?strict=true"
        );
        assert_eq!(word("a\nb"), "a b");
        assert_eq!(client_id(&"a".repeat(300)).chars().count(), LONGEST_ID + 1);
    }

    proptest! {
        #[test]
        fn nothing_panics_or_grows(text in ".{0,900}") {
            prop_assert!(uri(&text, &[]).chars().count() <= LONGEST_URI + 60);
            prop_assert!(word(&text).chars().count() <= LONGEST_WORD + 1);
            let _ = redirect_host(&text);
        }
    }

    #[test]
    fn a_logged_path_has_no_address_and_no_token() {
        for (asked, told) in [
            ("/sign_up/email/confirm", "/sign_up/email/confirm"),
            ("/people/ana@example.com/x", "/people/…/x"),
            ("/people/ana%40example.com", "/people/…"),
            ("/people/ana%2540example.com", "/people/…"),
            ("/eyJhbGciOiJub25lIn0.e30.", "/…"),
            (
                "/api/v1/apps/01a1c666-fa80-7d54",
                "/api/v1/apps/01a1c666-fa80-7d54",
            ),
        ] {
            assert_eq!(logged_path(asked), told);
        }
    }
}
