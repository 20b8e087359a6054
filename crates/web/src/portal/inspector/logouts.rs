//! What came of telling apps that a session ended, one line for each try.

use durward_app::partner::inspector::LogoutTry;
use durward_oidc::evidence::Outcome;

use crate::portal::desk::Desk;
use crate::portal::parts::Mark;
use crate::shared::i18n::Words;

/// One try.
pub struct LogoutLine {
    /// When.
    pub time: String,
    /// Which app.
    pub app: String,
    /// Whether the app took it.
    pub mark: Mark,
    /// What came of it, and when the next try is.
    pub said: String,
    /// The refusal's code.
    pub code: String,
    /// Where it is explained.
    pub help: String,
}

/// The line of a try.
pub(super) fn line(desk: &Desk, tried: &LogoutTry) -> LogoutLine {
    let next = tried.next.map(|at| desk.moment(at));
    LogoutLine {
        time: desk.moment(tried.time),
        app: tried.app.clone(),
        mark: super::mark(desk.words(), tried.outcome),
        said: said(desk.words(), tried, next.as_deref()),
        help: tried.code.as_deref().map(super::help).unwrap_or_default(),
        code: tried.code.clone().unwrap_or_default(),
    }
}

/// Why it failed, and what follows.
pub(super) fn said(words: Words, tried: &LogoutTry, next: Option<&str>) -> String {
    if tried.outcome == Outcome::Ok {
        return words.t("inspect-logout-told");
    }
    let why = match (tried.code.as_deref(), tried.status) {
        (Some("backchannel/answered"), status) => {
            words.t1("inspect-logout-answered", "status", &status.to_string())
        }
        (Some("backchannel/no-encryption-key"), _) => words.t("inspect-logout-no-key"),
        _ => words.t("inspect-logout-unreached"),
    };
    let Some(number) = tried.number else {
        return why;
    };
    let number = number.to_string();
    let then = match next {
        Some(at) => words.t2("inspect-logout-again", "number", &number, "time", at),
        None => words.t1("inspect-logout-given-up", "number", &number),
    };
    format!("{why} {then}")
}
