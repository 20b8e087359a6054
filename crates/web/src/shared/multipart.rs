//! Forms with files: `multipart/form-data` (RFC 7578) as browsers send it.

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The control's name.
    pub name: String,
    /// The file's name, where the control is one for files; empty when none was chosen.
    pub file: Option<String>,
    /// The content.
    pub bytes: Vec<u8>,
}

/// The boundary that a media type names; nothing if it is not that of a form with files.
pub(super) fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
    })?;
    (1..=LONGEST_BOUNDARY)
        .contains(&value.len())
        .then_some(value)
}

/// Splits a body into its parts. Nothing if it is cut short or malformed.
pub(super) fn parse(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let first = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let start = find(body, first.as_bytes())?;
    let mut rest = body.get(start + first.len()..)?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, between.as_bytes())?;
        parts.push(part(rest.get(..end)?)?);
        if parts.len() > MOST_PARTS {
            return None;
        }
        rest = rest.get(end + between.len()..)?;
    }
    Some(parts)
}

fn part(text: &[u8]) -> Option<Part> {
    let end = find(text, b"\r\n\r\n")?;
    let headers = std::str::from_utf8(text.get(..end)?).ok()?;
    let disposition = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    Some(Part {
        name: parameter(disposition, "name")?,
        file: parameter(disposition, "filename"),
        bytes: text.get(end + 4..)?.to_vec(),
    })
}

/// A quoted parameter; browsers write quotes and line ends in it as `%22`, `%0D` and `%0A`.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let start = format!("; {name}=\"");
    let (_, value) = disposition.split_once(&start)?;
    let (value, _) = value.split_once('"')?;
    Some(
        value
            .replace("%22", "\"")
            .replace("%0D", "\r")
            .replace("%0A", "\n"),
    )
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|here| here == wanted)
}

/// RFC 2046 §5.1.1.
const LONGEST_BOUNDARY: usize = 70;
const MOST_PARTS: usize = 200;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const BODY: &str = "--xYz\r\nContent-Disposition: form-data; name=\"app_name\"\r\n\r\nFishing\r\nLicence\r\n\
        --xYz\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a%22b.svg\"\r\nContent-Type: image/svg+xml\r\n\r\n<svg/>\r\n\
        --xYz\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--xYz--\r\n";

    #[test]
    fn fields_and_files_are_told_apart() {
        let parts = parse(BODY.as_bytes(), "xYz").unwrap();
        assert_eq!(parts.len(), 3);
        assert_eq!(
            (
                parts[0].name.as_str(),
                parts[0].file.as_deref(),
                parts[0].bytes.as_slice()
            ),
            ("app_name", None, b"Fishing\r\nLicence".as_slice())
        );
        assert_eq!(parts[1].file.as_deref(), Some("a\"b.svg"));
        assert_eq!(parts[1].bytes, b"<svg/>");
        assert_eq!(
            (parts[2].file.as_deref(), parts[2].bytes.len()),
            (Some(""), 0)
        );
    }

    #[test]
    fn what_is_cut_short_is_no_form() {
        for end in [0, 10, 60, BODY.len() - 10] {
            assert_eq!(parse(&BODY.as_bytes()[..end], "xYz"), None, "{end}");
        }
        assert_eq!(parse(BODY.as_bytes(), "other"), None);
    }

    #[test]
    fn the_boundary_stands_in_the_media_type() {
        assert_eq!(
            boundary("multipart/form-data; boundary=\"a b\""),
            Some("a b")
        );
        assert_eq!(
            boundary("Multipart/Form-Data;charset=utf-8;Boundary=x"),
            Some("x")
        );
        assert_eq!(boundary("multipart/mixed; boundary=x"), None);
        assert_eq!(boundary("multipart/form-data"), None);
    }
}
