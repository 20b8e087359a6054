//! Calendar files (RFC 5545), so that a calendar program can subscribe to the deployment calendar.
//!
//! Times are in UTC, so no time zone has to be described; whole days have no time at all.

use std::fmt::Write;

use jiff::{Span, Timestamp, civil::Date, tz::TimeZone};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The same in every copy of the feed, so that a change replaces the entry and does not double it.
    pub uid: String,
    /// When.
    pub when: When,
    /// In a few words.
    pub summary: String,
    /// In full; may be empty.
    pub description: String,
    /// A page about it; may be empty.
    pub url: String,
}

/// When an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Between two instants.
    Time(Timestamp, Timestamp),
    /// Whole days, both included.
    Days(Date, Date),
}

/// A calendar file of these entries.
pub fn file(name: &str, language: &str, made: Timestamp, entries: &[Entry]) -> String {
    let mut out = String::with_capacity(256 + entries.len() * 400);
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "VERSION:2.0");
    line(&mut out, "PRODID:-//Durward//Deployment calendar//EN");
    line(&mut out, "CALSCALE:GREGORIAN");
    line(&mut out, "METHOD:PUBLISH");
    line(
        &mut out,
        &format!("NAME;LANGUAGE={language}:{}", text(name)),
    );
    // What programs read that do not know RFC 7986.
    line(&mut out, &format!("X-WR-CALNAME:{}", text(name)));
    line(&mut out, "REFRESH-INTERVAL;VALUE=DURATION:PT6H");
    for entry in entries {
        event(&mut out, made, entry);
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn event(out: &mut String, made: Timestamp, entry: &Entry) {
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}", text(&entry.uid)));
    line(out, &format!("DTSTAMP:{}", instant(made)));
    match entry.when {
        When::Time(from, to) => {
            line(out, &format!("DTSTART:{}", instant(from)));
            line(out, &format!("DTEND:{}", instant(to)));
        }
        When::Days(from, to) => {
            // The end is the first day after it (§3.6.1).
            let after = to.saturating_add(Span::new().days(1));
            line(out, &format!("DTSTART;VALUE=DATE:{}", day(from)));
            line(out, &format!("DTEND;VALUE=DATE:{}", day(after)));
        }
    }
    line(out, &format!("SUMMARY:{}", text(&entry.summary)));
    if !entry.description.is_empty() {
        line(out, &format!("DESCRIPTION:{}", text(&entry.description)));
    }
    if !entry.url.is_empty() {
        line(out, &format!("URL:{}", plain(&entry.url)));
    }
    // Nobody is busy because of it.
    line(out, "TRANSP:TRANSPARENT");
    line(out, "END:VEVENT");
}

/// A content line, folded after at most 75 octets and never inside a letter (§3.1).
fn line(out: &mut String, content: &str) {
    let mut room = LINE_OCTETS;
    for letter in content.chars() {
        if letter.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE_OCTETS - 1;
        }
        room -= letter.len_utf8();
        out.push(letter);
    }
    out.push_str("\r\n");
}

/// A text value (§3.3.11).
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let unix = value.replace("\r\n", "\n");
    for letter in unix.chars() {
        match letter {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(letter);
            }
            '\n' | '\r' => out.push_str("\\n"),
            letter if letter.is_control() && letter != '\t' => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A value that must not end its line.
fn plain(value: &str) -> String {
    value.chars().filter(|c| !c.is_control()).collect()
}

fn instant(at: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(at);
    let mut out = day(at.date());
    let _ = write!(
        out,
        "T{:02}{:02}{:02}Z",
        at.hour(),
        at.minute(),
        at.second()
    );
    out
}

fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

const LINE_OCTETS: usize = 75;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(summary: &str) -> String {
        let entry = Entry {
            uid: "window-2026-11-30@portal.example.gov".to_owned(),
            when: When::Time(
                "2026-11-30T14:00:00Z".parse().unwrap(),
                "2026-11-30T22:00:00Z".parse().unwrap(),
            ),
            summary: summary.to_owned(),
            description: String::new(),
            url: "https://portal.example.gov/calendar".to_owned(),
        };
        let holiday = Entry {
            uid: "holiday-2026-11-26@portal.example.gov".to_owned(),
            when: When::Days("2026-11-26".parse().unwrap(), "2026-11-26".parse().unwrap()),
            summary: "Thanksgiving Day".to_owned(),
            description: "Line one\nand; two".to_owned(),
            url: String::new(),
        };
        let made = "2026-11-10T17:00:00Z".parse().unwrap();
        file("Deployments, all", "en", made, &[entry, holiday])
    }

    #[test]
    fn a_file() {
        assert_eq!(
            one("Deployment"),
            [
                "BEGIN:VCALENDAR",
                "VERSION:2.0",
                "PRODID:-//Durward//Deployment calendar//EN",
                "CALSCALE:GREGORIAN",
                "METHOD:PUBLISH",
                "NAME;LANGUAGE=en:Deployments\\, all",
                "X-WR-CALNAME:Deployments\\, all",
                "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
                "BEGIN:VEVENT",
                "UID:window-2026-11-30@portal.example.gov",
                "DTSTAMP:20261110T170000Z",
                "DTSTART:20261130T140000Z",
                "DTEND:20261130T220000Z",
                "SUMMARY:Deployment",
                "URL:https://portal.example.gov/calendar",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "BEGIN:VEVENT",
                "UID:holiday-2026-11-26@portal.example.gov",
                "DTSTAMP:20261110T170000Z",
                "DTSTART;VALUE=DATE:20261126",
                "DTEND;VALUE=DATE:20261127",
                "SUMMARY:Thanksgiving Day",
                "DESCRIPTION:Line one\\nand\\; two",
                "TRANSP:TRANSPARENT",
                "END:VEVENT",
                "END:VCALENDAR",
                "",
            ]
            .join("\r\n")
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_out_of_its_line(summary in "\\PC{0,120}|[\r\n;,:\\\\é中]{0,120}") {
            let made = one(&summary);
            for line in made.split("\r\n") {
                prop_assert!(line.len() <= 75);
                prop_assert!(!line.contains(['\r', '\n']));
            }
            let unfolded = made.replace("\r\n ", "");
            prop_assert_eq!(unfolded.matches("\r\nBEGIN:VEVENT").count(), 2);
            prop_assert_eq!(unfolded.split("\r\n").count(), 28);
        }
    }
}
