//! What somebody wrote in a mail, without what they answered to.

use super::mail::REPLY_MARK;

/// The text above the quotation and the signature.
pub(super) fn above(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut end = lines
        .iter()
        .position(|line| begins_quotation(line))
        .unwrap_or(lines.len());
    // "On Tuesday Robin wrote:" in whatever language stands in one to three lines right above.
    if end < lines.len() {
        let mut at = end;
        while at > 0 && lines[at - 1].trim().is_empty() {
            at -= 1;
        }
        if at > 0 && is_attribution(lines[at - 1]) {
            let mut first = at - 1;
            while first > 0 && at - first < 3 && !lines[first - 1].trim().is_empty() {
                first -= 1;
            }
            // A paragraph that is longer is the answer itself: only its last line goes.
            let whole = first == 0 || lines[first - 1].trim().is_empty();
            end = if whole && first > 0 { first } else { at - 1 };
        }
    }
    lines[..end].join("\n").trim().to_owned()
}

fn begins_quotation(line: &str) -> bool {
    let line = line.trim_end();
    line.starts_with('>')
        || line.contains(REPLY_MARK)
        || line == "--"
        || line.starts_with("-----Original Message")
        || (line.len() >= 20 && line.bytes().all(|byte| byte == b'_'))
}

fn is_attribution(line: &str) -> bool {
    line.trim_end().ends_with([':', '：'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_what_stands_above_the_quotation() {
        let cases = [
            ("It works now.\n\nThanks\n", "It works now.\n\nThanks"),
            ("Yes.\n\nOn Tue, Robin wrote:\n> Does it?\n", "Yes."),
            (
                "Yes.\n\nOn Tue, 10 Nov 2026 at 12:00, Sign in\n<support@localhost> wrote:\n\n> Does it?\n",
                "Yes.",
            ),
            ("Sí.\n\nEl martes escribió:\n> ¿Y?\n", "Sí."),
            ("Yes.\n-- \nRobin\nFisheries", "Yes."),
            ("Yes.\n\n=== ^ === Write above this line\nmore", "Yes."),
            ("Yes.\n________________________________\nFrom: x", "Yes."),
            ("> only a quotation", ""),
        ];
        for (mail, answer) in cases {
            assert_eq!(above(mail), answer, "{mail}");
        }
    }
}
