//! What a launch asks of its agreement: the rules L01 to L04.

use jiff::civil::Date;
use serde::Serialize;

use super::{Agreement, AgreementState, Listing, Period, Standing};
use crate::{calendar::say, level::LevelOfService};

/// One line of the launch checklist that an agreement answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgreementCheck {
    /// The rule: `L01` to `L04`.
    pub rule: &'static str,
    /// A stable code for the outcome, such as `launch/agreement-unsigned`; `ok` when it passed.
    pub code: &'static str,
    /// Did it pass?
    pub passed: bool,
    /// What was found, and what to do.
    pub sentence: String,
}

/// What the agreement must be asked before a launch.
#[derive(Debug, Clone, Copy)]
pub struct LaunchQuestion<'a> {
    /// The app name of the configuration.
    pub app_name: &'a str,
    /// The level of service of the configuration.
    pub level: LevelOfService,
    /// The day of the launch.
    pub on: Date,
}

/// Answers the rules L01 to L04: signed, in its period, lists the app, covers the level.
pub fn checks(agreement: Option<&Agreement>, question: LaunchQuestion<'_>) -> [AgreementCheck; 4] {
    let Some(agreement) = agreement else {
        return ["L01", "L02", "L03", "L04"].map(|rule| {
            failed(
                rule,
                AgreementFault::Missing,
                "No agreement is attached. Give the number of the signed agreement that lists this app.".to_owned(),
            )
        });
    };
    [
        signed(agreement, question.on),
        in_period(agreement, question.on),
        lists_app(agreement, question.app_name),
        covers_level(agreement, question),
    ]
}

/// What an agreement lacks for a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgreementFault {
    /// No agreement is attached.
    Missing,
    /// It is not executed.
    Unsigned,
    /// It was terminated.
    Terminated,
    /// A later Mod took its place.
    Replaced,
    /// It was closed out.
    ClosedOut,
    /// Its period is over.
    Expired,
    /// Its period begins later.
    NotStarted,
    /// It does not list the app.
    AppNotListed,
    /// It does not cover the level of service.
    LevelNotCovered,
}

impl AgreementFault {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "launch/agreement-missing",
            Self::Unsigned => "launch/agreement-unsigned",
            Self::Terminated => "launch/agreement-terminated",
            Self::Replaced => "launch/agreement-replaced",
            Self::ClosedOut => "launch/agreement-closed-out",
            Self::Expired => "launch/agreement-expired",
            Self::NotStarted => "launch/agreement-not-started",
            Self::AppNotListed => "launch/app-not-listed",
            Self::LevelNotCovered => "launch/level-not-covered",
        }
    }
}

fn signed(agreement: &Agreement, on: Date) -> AgreementCheck {
    let number = &agreement.number;
    match agreement.standing(on) {
        Standing::Unsigned => {
            let missing = match (&agreement.partner_signature, &agreement.provider_signature) {
                (None, None) => "Neither side has signed it",
                (None, Some(_)) => "The partner has not signed it",
                (Some(_), None) => "The programme has not signed it",
                (Some(_), Some(_)) => "It is signed but not yet executed",
            };
            failed(
                "L01",
                AgreementFault::Unsigned,
                format!(
                    "Agreement {number} is not executed. {missing}. Ask your account manager where it stands."
                ),
            )
        }
        Standing::Terminated => failed(
            "L01",
            AgreementFault::Terminated,
            format!("Agreement {number} was terminated. Use an agreement that is in force."),
        ),
        Standing::Replaced => failed(
            "L01",
            AgreementFault::Replaced,
            format!("A later Mod replaced agreement {number}. Use the number of the latest Mod."),
        ),
        Standing::ClosedOut => failed(
            "L01",
            AgreementFault::ClosedOut,
            format!("Agreement {number} was closed out. Use an agreement that is in force."),
        ),
        Standing::Active | Standing::PendingStart | Standing::Expired => passed(
            "L01",
            format!("Agreement {number} is signed by both sides."),
        ),
    }
}

fn in_period(agreement: &Agreement, on: Date) -> AgreementCheck {
    let Period { start, end } = agreement.period;
    if agreement.state == AgreementState::Expired || on > end {
        return failed(
            "L02",
            AgreementFault::Expired,
            format!(
                "The period of the agreement ended on {}. Ask your account manager for a new order.",
                say(end)
            ),
        );
    }
    if on < start {
        return failed(
            "L02",
            AgreementFault::NotStarted,
            format!(
                "The period of the agreement begins on {}. Choose a launch day on or after it.",
                say(start)
            ),
        );
    }
    passed(
        "L02",
        format!(
            "{} is in the period from {} to {}.",
            say(on),
            say(start),
            say(end)
        ),
    )
}

fn lists_app(agreement: &Agreement, app_name: &str) -> AgreementCheck {
    match agreement.listing(app_name) {
        Listing::Listed(app) => passed(
            "L03",
            format!("The agreement lists the app \"{}\".", app.name),
        ),
        Listing::Missing {
            nearest: Some(near),
        } => failed(
            "L03",
            AgreementFault::AppNotListed,
            format!(
                "The agreement does not list an app named \"{app_name}\". It lists \"{near}\": if that is meant, use this name exactly."
            ),
        ),
        Listing::Missing { nearest: None } => failed(
            "L03",
            AgreementFault::AppNotListed,
            format!(
                "The agreement does not list an app named \"{app_name}\". Use the app name of the agreement, or ask for a Mod that adds the app."
            ),
        ),
    }
}

fn covers_level(agreement: &Agreement, question: LaunchQuestion<'_>) -> AgreementCheck {
    match agreement.listing(question.app_name) {
        Listing::Listed(app) if app.level >= question.level => {
            passed("L04", format!("The agreement covers \"{}\" for this app.", question.level.title()))
        }
        Listing::Listed(app) => failed(
            "L04",
            AgreementFault::LevelNotCovered,
            format!(
                "The agreement covers \"{}\" for this app, and the configuration asks for \"{}\". Ask for a Mod, or lower the level.",
                app.level.title(),
                question.level.title()
            ),
        ),
        Listing::Missing { .. } => failed(
            "L04",
            AgreementFault::AppNotListed,
            "The level cannot be judged, because the agreement does not list the app. List the app first.".to_owned(),
        ),
    }
}

const fn passed(rule: &'static str, sentence: String) -> AgreementCheck {
    AgreementCheck {
        rule,
        code: "ok",
        passed: true,
        sentence,
    }
}

const fn failed(rule: &'static str, fault: AgreementFault, sentence: String) -> AgreementCheck {
    AgreementCheck {
        rule,
        code: fault.code(),
        passed: false,
        sentence,
    }
}
