//! The calendar files, judged by the rules of RFC 5545.

use std::collections::BTreeSet;

use serde_json::json;

use super::Planned;
use crate::support::{Said, between};

/// The events of a file that keeps the rules: name with parameters, and value.
fn events(said: &Said) -> Vec<Vec<(String, String)>> {
    assert_eq!(said.status, 200);
    let kind = said.header("content-type");
    assert_eq!(kind, "text/calendar; charset=utf-8");
    let text = &said.text;
    assert!(text.ends_with("\r\n"), "each line ends with CRLF (§3.1)");
    let bare = text.replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n']), "no line ends otherwise");
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
    }
    let lines: Vec<(String, String)> = text
        .replace("\r\n ", "")
        .lines()
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(lines[0], pair("BEGIN", "VCALENDAR"));
    assert_eq!(lines[lines.len() - 1], pair("END", "VCALENDAR"));
    let (begin, end) = (pair("BEGIN", "VEVENT"), pair("END", "VEVENT"));
    let first = lines.iter().position(|line| *line == begin).unwrap();
    let head: Vec<&str> = lines[..first]
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(head.contains(&"VERSION") && head.contains(&"PRODID"));
    let mut events: Vec<Vec<(String, String)>> = Vec::new();
    for line in lines[first..lines.len() - 1].iter() {
        if *line == begin {
            events.push(Vec::new());
        } else if *line != end {
            events.last_mut().unwrap().push(line.clone());
        }
    }
    let mut seen = BTreeSet::new();
    for event in &events {
        let of = |wanted: &str| {
            let mut found = event.iter().filter(|(name, _)| name == wanted);
            let value = found.next().map(|(_, value)| value.clone());
            assert!(found.next().is_none(), "{wanted} twice in {event:?}");
            value
        };
        assert!(seen.insert(of("UID").unwrap()), "a UID of two events");
        assert!(is_instant(&of("DTSTAMP").unwrap()));
        assert!(of("SUMMARY").is_some_and(|text| !text.is_empty()));
        match (of("DTSTART"), of("DTSTART;VALUE=DATE")) {
            (Some(start), None) => assert!(is_instant(&start) && of("DTEND").unwrap() > start),
            (None, Some(start)) => {
                assert!(start.len() == 8 && of("DTEND;VALUE=DATE").unwrap() > start);
            }
            other => panic!("{other:?} in {event:?}"),
        }
    }
    events
}

fn is_instant(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.len() == 16
        && digits(&text[..8])
        && &text[8..9] == "T"
        && digits(&text[9..15])
        && text.ends_with('Z')
}

fn has(events: &[Vec<(String, String)>], name: &str, part: &str) -> bool {
    let mut lines = events.iter().flatten();
    lines.any(|(found, value)| found == name && value.contains(part))
}

#[tokio::test]
async fn the_public_file_has_windows_holidays_and_freezes_and_nothing_of_partners() {
    let planned = Planned::open().await;
    let reason = "A long reason, with a comma; a semicolon: and more words than one line of a file can take in one go";
    for (who, entry) in [
        (
            "deployer",
            json!({ "kind": "freeze", "from": "2026-12-21", "to": "2027-01-01", "reason": reason }),
        ),
        (
            "admin",
            json!({ "kind": "peak", "team": "fisheries-digital", "from": "2027-03-01", "reason": "Season opens" }),
        ),
    ] {
        let (status, made) = planned.api(who, "POST", "/calendar/entries", entry).await;
        assert_eq!(status, 201, "{made}");
    }
    let said = planned.web.page("", "/calendar.ics").await;
    let found = events(&said);
    assert!(has(&found, "DTSTART", "20261130T140000Z"));
    assert!(has(&found, "DTSTART;VALUE=DATE", "20261126"));
    assert!(has(&found, "DTEND;VALUE=DATE", "20270102"));
    let escaped = reason.replace(',', "\\,").replace(';', "\\;");
    assert!(has(&found, "DESCRIPTION", &escaped));
    assert!(!has(&found, "SUMMARY", "Fishing Licence"));
    assert!(!has(&found, "DESCRIPTION", "Season opens"));
    assert!(!has(&found, "SUMMARY", "LGABCFY210001"));
    let chinese = planned.web.page("", "/calendar.ics?locale=zh-Hans").await;
    assert!(has(&events(&chinese), "SUMMARY", "部署"));
}

#[tokio::test]
async fn a_private_file_has_the_members_requests_until_its_address_ends() {
    let planned = Planned::open().await;
    let web = &planned.web;
    let cookie = web.cookie("admin").await;
    let page = "/calendar/subscribe";
    let made = web.form(&cookie, page, page, &[]).await.shown();
    let address = between(&made, "id=\"own\"", ">", "<").to_owned();
    let path = address.strip_prefix(crate::support::PORTAL).unwrap();
    assert!(
        !web.page(&cookie, page).await.shown().contains(path),
        "shown once"
    );
    let said = web.page("", path).await;
    assert!(said.header("cache-control").contains("private"));
    assert!(has(&events(&said), "SUMMARY", "Fishing Licence"));
    assert!(has(&events(&said), "DTSTART;VALUE=DATE", "20270930"));
    assert!(has(&events(&said), "DESCRIPTION", "stay live"));
    let other = web.page("", "/calendar/feeds/nobody.ics").await;
    assert_eq!(other.status, 404);
    let ended = web.form(&cookie, page, page, &[("end", "1")]).await;
    assert_eq!(ended.status, 303);
    assert_eq!(web.page("", path).await.status, 404);
}
