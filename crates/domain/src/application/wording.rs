//! What a reader of JSON or TOML says, in the words of people.

/// A fault of a value as a sentence.
pub(crate) fn sentence(said: &str) -> String {
    let said = said.trim().trim_end_matches('.');
    // A position follows what a JSON reader says of a text.
    let said = said.split(" at line ").next().unwrap_or(said);
    if let Some(given) = between(said, "unknown variant `", "`") {
        let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
        let given: String = given.chars().take(60).collect();
        let mut text = format!("\"{given}\" is not a value that belongs here.");
        if let Some(close) = nearest(&given, known.iter().copied()) {
            text.push_str(&format!(" Did you mean \"{close}\"?"));
        }
        text.push_str(&format!(" Possible: {}.", known.join(", ")));
        return text;
    }
    let kinds = ["invalid type: ", "invalid value: ", "invalid length "];
    if let Some(rest) = kinds.iter().find_map(|kind| said.strip_prefix(kind))
        && let Some((given, wanted)) = rest.split_once(", expected ")
    {
        return format!("This must be {}, not {}.", kind(wanted), thing(given));
    }
    let mut text: String = said.to_owned();
    if let Some(first) = text.get(..1) {
        let first = first.to_uppercase();
        text.replace_range(..1, &first);
    }
    text.push('.');
    text
}

/// What stands between two texts.
pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

/// The known word that is closest to one that was written, if it is close.
pub(crate) fn nearest<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' ', '.'], "_");
    let given = plain(given);
    if given.len() > 60 {
        return None;
    }
    let known: Vec<&str> = known.into_iter().collect();
    // What was cut short, such as prod.
    if given.len() > 2
        && let Some(whole) = known.iter().find(|word| plain(word).starts_with(&given))
    {
        return Some(whole);
    }
    known
        .into_iter()
        .map(|word| (distance(&given, &plain(word)), word))
        .filter(|(distance, word)| *distance <= 1 + word.len() / 5)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// How many letters must be added, left out, changed or swapped with their neighbour.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX / 2);
            let above = rows.last().map_or(&[] as &[usize], Vec::as_slice);
            let mut best = (at(above, j) + usize::from(x != y))
                .min(at(above, j + 1) + 1)
                .min(at(&row, j) + 1);
            let swapped =
                i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x) && x != y;
            if swapped && let Some(before) = rows.get(rows.len().wrapping_sub(2)) {
                best = best.min(at(before, j - 1) + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows.last()
        .and_then(|row| row.last())
        .copied()
        .unwrap_or_default()
}

fn kind(wanted: &str) -> String {
    match wanted {
        "a string" | "string" | "str" => "a text".into(),
        "a sequence" => "a list".into(),
        "a boolean" => "true or false".into(),
        "a map" => "an object".into(),
        "string or map" => "one of the values that this field knows, as a text".into(),
        other if other.starts_with("struct ") || other.starts_with("internally") => {
            "an object".into()
        }
        other if other.starts_with("enum ") => {
            "one of the values that this field knows, as a text".into()
        }
        other if other.starts_with("u") || other.starts_with("i") => "a whole number".into(),
        other => other.replace('`', "\""),
    }
}

fn thing(given: &str) -> String {
    let quoted = between(given, "`", "`").or_else(|| between(given, "\"", "\""));
    let short = |text: &str| text.chars().take(60).collect::<String>();
    match (given, quoted) {
        ("null", _) => "null".into(),
        ("map", _) => "an object".into(),
        ("sequence", _) => "a list".into(),
        (_, Some(text)) if given.starts_with("integer") || given.starts_with("floating") => {
            format!("the number {}", short(text))
        }
        (_, Some(text)) if given.starts_with("boolean") => short(text),
        (_, Some(text)) => format!("the text \"{}\"", short(text)),
        (other, None) => short(other).replace('`', "\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words() {
        for (said, shown) in [
            (
                "invalid type: integer `5`, expected a string",
                "This must be a text, not the number 5.",
            ),
            (
                "invalid type: string \"x\", expected a sequence at line 1 column 4",
                "This must be a list, not the text \"x\".",
            ),
            (
                "invalid type: null, expected a boolean",
                "This must be true or false, not null.",
            ),
            (
                "unknown variant `aal4`, expected one of `aal1`, `aal2`",
                "\"aal4\" is not a value that belongs here. Did you mean \"aal1\"? Possible: aal1, aal2.",
            ),
            ("odd thing", "Odd thing."),
        ] {
            assert_eq!(sentence(said), shown);
        }
        assert_eq!(
            nearest("redirectUris", ["redirect_uris", "x"]),
            Some("redirect_uris")
        );
        assert_eq!(
            nearest("prod", ["sandbox", "production"]),
            Some("production")
        );
        assert_eq!(nearest("zzz", ["redirect_uris"]), None);
        assert_eq!(distance("ab", "ba"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
