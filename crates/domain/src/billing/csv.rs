//! The ledger as a file: RFC 4180, and no cell that a spreadsheet takes for a formula.

use super::tally::Entry;

/// The app of a line.
#[derive(Debug, Clone, Copy)]
pub struct App<'a> {
    /// The name that the order lists.
    pub name: &'a str,
    /// Its handle.
    pub handle: &'a str,
    /// Its client id.
    pub issuer: &'a str,
}

/// The first line.
pub const HEADER: &str =
    "entry,time,day,app_name,app,issuer,level,acr,person,verified_on,proofed_for_partner,event\r\n";

/// The line of an entry.
pub fn line(app: &App<'_>, entry: &Entry) -> String {
    row(&[
        &entry.entry.to_string(),
        &entry.at,
        &entry.day.to_string(),
        app.name,
        app.handle,
        app.issuer,
        entry.level.as_str(),
        &entry.acr,
        &entry.person,
        &entry
            .verified
            .map(|day| day.to_string())
            .unwrap_or_default(),
        if entry.proofed_here { "yes" } else { "no" },
        &entry.event,
    ])
}

/// Cells as a line.
pub fn row(cells: &[&str]) -> String {
    let mut line = String::new();
    for (at, text) in cells.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        cell(&mut line, text);
    }
    line.push_str("\r\n");
    line
}

/// One cell. What could begin a formula gets an apostrophe in front, which spreadsheets show as text.
fn cell(line: &mut String, text: &str) {
    let trimmed = text.trim_start();
    let formula = trimmed.starts_with(FORMULA) || text.starts_with(['\t', '\r', '\n']);
    let quoted = formula || text.contains([',', '"', '\r', '\n']) || text.trim() != text;
    if quoted {
        line.push('"');
    }
    if formula {
        line.push('\'');
    }
    for letter in text.chars() {
        if letter == '"' {
            line.push('"');
        }
        line.push(letter);
    }
    if quoted {
        line.push('"');
    }
}

/// Also as some input methods of East Asia write them: spreadsheets take them for the same.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn cells_are_quoted_as_rfc_4180_says() {
        assert_eq!(row(&["a", "", "b c"]), "a,,b c\r\n");
        assert_eq!(
            row(&["a,b", "say \"x\"", "two\nlines"]),
            "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\"\r\n"
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        for attack in [
            "=1+1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "\r=1",
            " =1",
            "＝1",
            "=HYPERLINK(\"http://x\",\"y\")",
        ] {
            let line = row(&[attack]);
            assert!(line.starts_with("\"'"), "{line}");
        }
        assert_eq!(
            row(&["=\",\"\n=cmd|' /C calc'!A0"]),
            "\"'=\"\",\"\"\n=cmd|' /C calc'!A0\"\r\n"
        );
    }
}
