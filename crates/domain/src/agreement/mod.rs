//! Agreements: GT&C (7600A) and Order (7600B), each in Mods, with both signatures, the apps they list and their period.

mod account;
mod checks;
mod cover;
mod listing;
mod number;
mod paper;
mod pattern;
mod state;
mod terms;
mod upload;
mod warnings;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

pub use account::AccountStatus;
pub use checks::{AgreementCheck, AgreementFault, LaunchQuestion, checks};
pub use cover::{Cover, Held, cover};
pub use listing::{ListedApp, Listing};
pub use number::{AgreementNumber, BadNumber, GtcNumber, NumberParts};
pub use paper::{Gtc, Paper, PaperKind};
pub use pattern::{BadPattern, NumberPattern, PaperNumber};
pub use state::{AgreementState, AgreementStep, StepRefused};
pub use terms::{BadTerms, Billing, Duty, GtcTerms, Line, Official, OrderTerms, Party, Side};
pub use upload::{BadUpload, Purpose, examine, safe_name};
pub use warnings::{Warning, of_gtc, of_order};

use crate::id::AgreementId;

/// One agreement: an Order in one Mod, under its GT&C.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Its id.
    pub id: AgreementId,
    /// Its number.
    pub number: AgreementNumber,
    /// The agency that is billed.
    pub agency: String,
    /// The partner: the office of that agency.
    pub partner: String,
    /// When it holds.
    pub period: Period,
    /// Where it stands.
    pub state: AgreementState,
    /// The partner's signature.
    #[serde(default)]
    pub partner_signature: Option<Signature>,
    /// The provider's signature.
    #[serde(default)]
    pub provider_signature: Option<Signature>,
    /// The apps that it lists.
    #[serde(default)]
    pub apps: Vec<ListedApp>,
    /// What it says besides: estimate, price model, lines, funding, officials.
    #[serde(default)]
    pub terms: OrderTerms,
}

impl Agreement {
    /// Where it stands on a day.
    pub fn standing(&self, on: Date) -> Standing {
        let signed = self.partner_signature.is_some() && self.provider_signature.is_some();
        standing(self.state, signed, self.period, on)
    }

    /// Does it list this app name, exactly as written?
    pub fn listing(&self, app_name: &str) -> Listing<'_> {
        listing::find(&self.apps, app_name)
    }

    /// Days until the period ends; negative after the end.
    pub fn days_left(&self, on: Date) -> i32 {
        self.period.days_left(on)
    }
}

/// Where a document stands on a day: its state as far as people move it, then the dates.
fn standing(state: AgreementState, signed: bool, period: Period, on: Date) -> Standing {
    match state {
        AgreementState::Terminated => Standing::Terminated,
        AgreementState::Replaced => Standing::Replaced,
        AgreementState::Expired => Standing::Expired,
        AgreementState::ClosedOut => Standing::ClosedOut,
        AgreementState::Executed | AgreementState::Mod if !signed => Standing::Unsigned,
        AgreementState::Executed | AgreementState::Mod => {
            if on < period.start {
                Standing::PendingStart
            } else if on > period.end {
                Standing::Expired
            } else {
                Standing::Active
            }
        }
        _ => Standing::Unsigned,
    }
}

/// The days on which an agreement holds, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    pub start: Date,
    /// The last day.
    pub end: Date,
}

impl Period {
    /// A period of performance. The end comes after the start.
    pub fn new(start: Date, end: Date) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Days until it ends; negative after the end.
    pub fn days_left(self, on: Date) -> i32 {
        on.until(self.end).map_or(0, |span| span.get_days())
    }

    /// Is this day in it?
    pub fn contains(self, day: Date) -> bool {
        (self.start..=self.end).contains(&day)
    }

    /// Is all of the other one in it?
    pub fn covers(self, other: Self) -> bool {
        self.contains(other.start) && self.contains(other.end)
    }

    /// Do both share a day?
    pub fn overlaps(self, other: Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }
}

/// One side's signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Who signed.
    pub name: String,
    /// In what office.
    pub title: String,
    /// On which day of the keeper.
    pub on: Date,
    /// At which instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The member who recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// SHA-256 of the document that was signed, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Signature {
    /// A signature on paper, of which only this is known.
    pub fn on_paper(name: impl Into<String>, title: impl Into<String>, on: Date) -> Self {
        Self {
            name: name.into(),
            title: title.into(),
            on,
            at: None,
            by: None,
            sha256: None,
        }
    }
}

/// Where an agreement stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not signed by both sides.
    Unsigned,
    /// Executed, and its period begins later.
    PendingStart,
    /// In force.
    Active,
    /// Its period is over.
    Expired,
    /// Ended by either side.
    Terminated,
    /// A later Mod took its place.
    Replaced,
    /// Over, paid and put away.
    ClosedOut,
}

impl Standing {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::PendingStart => "pending_start",
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Terminated => "terminated",
            Self::Replaced => "replaced",
            Self::ClosedOut => "closed_out",
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests {
    use super::*;
    use crate::level::LevelOfService;

    pub(super) fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    pub(super) fn agreement() -> Agreement {
        let signature = |on: &str| Some(Signature::on_paper("A. Signer", "Director", day(on)));
        Agreement {
            id: AgreementId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap(),
            number: AgreementNumber::parse("LGABCFY210001-0001-0000").unwrap(),
            agency: "Department of Fisheries".into(),
            partner: "Fisheries Digital".into(),
            period: Period::new(day("2026-10-01"), day("2027-09-30")).unwrap(),
            state: AgreementState::Executed,
            partner_signature: signature("2026-09-01"),
            provider_signature: signature("2026-09-08"),
            apps: vec![
                ListedApp {
                    name: "Fishing Licence".into(),
                    level: LevelOfService::AuthOnly,
                },
                ListedApp {
                    name: "Boat Register".into(),
                    level: LevelOfService::IdentityVerified,
                },
            ],
            terms: OrderTerms::default(),
        }
    }

    fn codes(
        agreement: &Agreement,
        app_name: &str,
        level: LevelOfService,
        on: &str,
    ) -> [&'static str; 4] {
        checks(
            Some(agreement),
            LaunchQuestion {
                app_name,
                level,
                on: day(on),
            },
        )
        .map(|check| check.code)
    }

    #[test]
    fn an_executed_agreement_that_lists_the_app_passes() {
        let found = codes(
            &agreement(),
            "Fishing Licence",
            LevelOfService::AuthOnly,
            "2026-11-30",
        );
        assert_eq!(found, ["ok"; 4]);
        assert_eq!(
            codes(
                &agreement(),
                "Boat Register",
                LevelOfService::AuthOnly,
                "2027-09-30"
            ),
            ["ok"; 4]
        );
    }

    #[test]
    fn each_rule_fails_on_its_own() {
        let launch = |agreement: &Agreement| {
            codes(
                agreement,
                "Fishing Licence",
                LevelOfService::AuthOnly,
                "2026-11-30",
            )
        };
        let unsigned = Agreement {
            provider_signature: None,
            ..agreement()
        };
        assert_eq!(launch(&unsigned)[0], "launch/agreement-unsigned");
        let drafted = Agreement {
            state: AgreementState::Drafting,
            ..agreement()
        };
        assert_eq!(launch(&drafted)[0], "launch/agreement-unsigned");
        let terminated = Agreement {
            state: AgreementState::Terminated,
            ..agreement()
        };
        assert_eq!(launch(&terminated)[0], "launch/agreement-terminated");
        let replaced = Agreement {
            state: AgreementState::Replaced,
            ..agreement()
        };
        assert_eq!(launch(&replaced)[0], "launch/agreement-replaced");
        let expired = Agreement {
            state: AgreementState::Expired,
            ..agreement()
        };
        assert_eq!(
            launch(&expired),
            ["ok", "launch/agreement-expired", "ok", "ok"]
        );

        let on = |on: &str| {
            codes(
                &agreement(),
                "Fishing Licence",
                LevelOfService::AuthOnly,
                on,
            )[1]
        };
        assert_eq!(on("2026-09-30"), "launch/agreement-not-started");
        assert_eq!(on("2026-10-01"), "ok");
        assert_eq!(on("2027-10-01"), "launch/agreement-expired");

        let level = codes(
            &agreement(),
            "Fishing Licence",
            LevelOfService::IdentityVerified,
            "2026-11-30",
        );
        assert_eq!(level, ["ok", "ok", "ok", "launch/level-not-covered"]);
        let unlisted = codes(
            &agreement(),
            "Hunting Licence",
            LevelOfService::AuthOnly,
            "2026-11-30",
        );
        assert_eq!(
            unlisted,
            ["ok", "ok", "launch/app-not-listed", "launch/app-not-listed"]
        );
        let none = checks(
            None,
            LaunchQuestion {
                app_name: "X",
                level: LevelOfService::AuthOnly,
                on: day("2026-11-30"),
            },
        );
        assert!(
            none.iter()
                .all(|check| check.code == "launch/agreement-missing")
        );
    }

    #[test]
    fn a_near_name_is_suggested() {
        let question = LaunchQuestion {
            app_name: "fishing license",
            level: LevelOfService::AuthOnly,
            on: day("2026-11-30"),
        };
        let [_, _, listing, _] = checks(Some(&agreement()), question);
        assert!(!listing.passed);
        assert!(
            listing.sentence.contains("It lists \"Fishing Licence\""),
            "{}",
            listing.sentence
        );
    }

    #[test]
    fn standing_by_date() {
        let on = |on: &str| agreement().standing(day(on)).as_str();
        assert_eq!(
            [
                on("2026-09-30"),
                on("2026-10-01"),
                on("2027-09-30"),
                on("2027-10-01")
            ],
            ["pending_start", "active", "active", "expired"]
        );
        let modified = Agreement {
            state: AgreementState::Mod,
            ..agreement()
        };
        assert_eq!(modified.standing(day("2026-11-30")), Standing::Active);
        assert_eq!(agreement().days_left(day("2027-09-01")), 29);
        assert_eq!(Period::new(day("2027-01-01"), day("2026-01-01")), None);
    }

    #[test]
    fn it_reads_back_through_json() {
        let json = serde_json::to_string(&agreement()).unwrap();
        assert_eq!(
            serde_json::from_str::<Agreement>(&json).unwrap(),
            agreement()
        );
    }
}
