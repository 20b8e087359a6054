//! The pages of support, full and empty.

use askama::Template as _;
use durward_domain::ticket::TicketSide;

use super::*;
use crate::portal::samples::page;
use crate::shared::i18n::Language;

pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
    let words = Words::of(language);
    let at = |state| Ticket {
        id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
        team: "fisheries-digital".to_owned(),
        category: TicketCategory::SignIn,
        app: Some("fishing-licence".to_owned()),
        request_id: Some("019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0e".to_owned()),
        subject: "Sign-ins end at an error page".to_owned(),
        state,
        opened_by: "Robin Quill".to_owned(),
        opened: Timestamp::UNIX_EPOCH,
        changed: Timestamp::UNIX_EPOCH,
    };
    let said = |side, via: &str, text: &str, moved_to| Message {
        author: "Lucy Tran".to_owned(),
        side,
        via: via.to_owned(),
        text: text.to_owned(),
        moved_to,
        created: Timestamp::UNIX_EPOCH,
    };
    let entries = [
        said(
            TicketSide::Partner,
            "mail",
            "Since this morning.\n\n<b>All</b> of them.",
            None,
        ),
        said(TicketSide::Support, "portal", "", Some(TicketState::Solved)),
    ];
    let lines = TicketState::ALL
        .iter()
        .map(|state| line(words, &at(*state), Timestamp::UNIX_EPOCH))
        .collect();
    let list = |lines, all: bool| Tickets {
        page: page(language, "/support"),
        lines,
        states: states(words, Some(TicketState::Open)),
        older: all.then(|| "/support?state=&before=1.x".to_owned()),
        may_open: true,
        all,
    };
    let one = TicketPage {
        page: page(language, "/support").with_error("text", "Write plain text."),
        ticket: line(
            words,
            &at(TicketState::WaitingForPartner),
            Timestamp::UNIX_EPOCH,
        ),
        opened: words.t2(
            "ticket-opened-by",
            "who",
            "Robin Quill",
            "time",
            "2026-11-10",
        ),
        messages: entries
            .iter()
            .map(|entry| message(words, entry, "2026-11-10 12:00 EST".to_owned()))
            .collect(),
        may_answer: true,
        next: TicketState::ALL
            .iter()
            .map(|state| (state.as_str(), state_words(words, *state)))
            .collect(),
        typed: "…".to_owned(),
    };
    let new = NewTicketPage {
        page: page(language, "/support").with_error("subject", "Write a subject."),
        teams: vec![(
            "fisheries-digital".to_owned(),
            "Fisheries Digital".to_owned(),
        )],
        categories: categories(words, "launch"),
        typed: Typed::default(),
    };
    [
        list(lines, true).render(),
        list(Vec::new(), false).render(),
        one.render(),
        new.render(),
    ]
    .into_iter()
    .map(Result::unwrap_or_default)
    .collect()
}
