//! The interest form: what an agency tells before anything else.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::NumberStyle;
use crate::refusal::{RefusalKind, Refuse};

/// What an agency told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interest {
    /// The name of whom to call.
    pub name: String,
    /// Their title.
    pub title: String,
    /// Their work address.
    pub email: String,
    /// The agency.
    pub agency: String,
    /// What kind of agency.
    pub agency_kind: AgencyKind,
    /// Whether a state or local agency attests that the programme is federally funded.
    pub federally_funded: bool,
    /// The programme or service.
    pub programme: String,
    /// When it should be live.
    pub launch_date: Option<Date>,
    /// People in a year.
    pub estimated_users: u32,
    /// Sign-ins in a year.
    pub estimated_auths: u32,
    /// What is wanted.
    pub proofing: Proofing,
    /// People in a year whose identity is to be verified.
    pub estimated_idv_users: u32,
    /// Anything else.
    pub comments: String,
}

/// What kind of agency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgencyKind {
    /// Federal.
    Federal,
    /// Of a state, a territory, a tribe or a local government.
    StateLocal,
}

impl AgencyKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Federal, Self::StateLocal];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Federal => "federal",
            Self::StateLocal => "state_local",
        }
    }
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proofing {
    /// Authentication only.
    AuthOnly,
    /// Authentication and identity verification.
    IdentityVerified,
}

impl Proofing {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::AuthOnly, Self::IdentityVerified];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthOnly => "auth_only",
            Self::IdentityVerified => "identity_verified",
        }
    }
}

/// What was typed into the form, field by field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Typed {
    /// The name.
    pub name: String,
    /// The title.
    pub title: String,
    /// The address.
    pub email: String,
    /// The agency.
    pub agency: String,
    /// What kind of agency.
    pub agency_kind: String,
    /// `1` where it is attested.
    pub federally_funded: String,
    /// The programme.
    pub programme: String,
    /// The day.
    pub launch_date: String,
    /// People in a year.
    pub estimated_users: String,
    /// Sign-ins in a year.
    pub estimated_auths: String,
    /// What is wanted.
    pub proofing: String,
    /// People to verify in a year.
    pub estimated_idv_users: String,
    /// Anything else.
    pub comments: String,
}

/// What is wrong with a field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No name.
    #[error("Enter the name of the person whom we should call, at most 100 characters.")]
    Name,
    /// No title.
    #[error("Enter the person's title, at most 100 characters.")]
    Title,
    /// Not an address.
    #[error("Enter a work e-mail address such as name@agency.gov.")]
    Email,
    /// No agency.
    #[error("Enter the name of the agency, at most 150 characters.")]
    Agency,
    /// No kind.
    #[error("Choose whether the agency is federal, or of a state or local government.")]
    AgencyKind,
    /// Not attested.
    #[error(
        "State and local agencies can become partners for programmes with federal funding. Confirm that yours has it."
    )]
    FederallyFunded,
    /// No programme.
    #[error("Enter the name of the programme or service, at most 150 characters.")]
    Programme,
    /// Not a day to come.
    #[error("Enter a day to come, such as 2027-03-01, or leave it empty.")]
    LaunchDate,
    /// Not a number of people.
    #[error("Enter how many people will use it in a year, a whole number from 1 to 300,000,000.")]
    EstimatedUsers,
    /// Not a number of sign-ins.
    #[error(
        "Enter how many sign-ins you expect in a year, a whole number from 1 to 4,000,000,000."
    )]
    EstimatedAuths,
    /// Nothing wanted.
    #[error("Choose authentication only, or authentication and identity verification.")]
    Proofing,
    /// Not a number of people to verify.
    #[error(
        "Enter how many people will verify their identity in a year, a whole number from 1 to 300,000,000."
    )]
    EstimatedIdvUsers,
    /// Too long.
    #[error("Write at most 5,000 characters.")]
    Comments,
}

impl Fault {
    /// The field.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Title => "title",
            Self::Email => "email",
            Self::Agency => "agency",
            Self::AgencyKind => "agency_kind",
            Self::FederallyFunded => "federally_funded",
            Self::Programme => "programme",
            Self::LaunchDate => "launch_date",
            Self::EstimatedUsers => "estimated_users",
            Self::EstimatedAuths => "estimated_auths",
            Self::Proofing => "proofing",
            Self::EstimatedIdvUsers => "estimated_idv_users",
            Self::Comments => "comments",
        }
    }
}

impl Refuse for Fault {
    fn code(&self) -> &'static str {
        match self {
            Self::Name => "interest/name",
            Self::Title => "interest/title",
            Self::Email => "interest/email",
            Self::Agency => "interest/agency",
            Self::AgencyKind => "interest/agency-kind",
            Self::FederallyFunded => "interest/federally-funded",
            Self::Programme => "interest/programme",
            Self::LaunchDate => "interest/launch-date",
            Self::EstimatedUsers => "interest/estimated-users",
            Self::EstimatedAuths => "interest/estimated-auths",
            Self::Proofing => "interest/proofing",
            Self::EstimatedIdvUsers => "interest/estimated-idv-users",
            Self::Comments => "interest/comments",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// Reads a form on a day: what was told, or everything that is wrong with it, in the order of its fields.
///
/// # Errors
/// Every fault.
pub fn read(typed: &Typed, today: Date, style: NumberStyle) -> Result<Interest, Vec<Fault>> {
    let mut desk = Desk {
        faults: Vec::new(),
        style,
    };
    let agency_kind = desk.choice(
        &typed.agency_kind,
        AgencyKind::ALL,
        AgencyKind::as_str,
        Fault::AgencyKind,
    );
    let proofing = desk.choice(
        &typed.proofing,
        Proofing::ALL,
        Proofing::as_str,
        Fault::Proofing,
    );
    let verified = proofing == Some(Proofing::IdentityVerified);
    let federally_funded = typed.federally_funded == "1";
    if agency_kind == Some(AgencyKind::StateLocal) && !federally_funded {
        desk.faults.push(Fault::FederallyFunded);
    }
    let interest = Interest {
        name: desk.line(&typed.name, 100, Fault::Name),
        title: desk.line(&typed.title, 100, Fault::Title),
        email: desk.email(&typed.email),
        agency: desk.line(&typed.agency, 150, Fault::Agency),
        agency_kind: agency_kind.unwrap_or(AgencyKind::Federal),
        federally_funded: federally_funded && agency_kind == Some(AgencyKind::StateLocal),
        programme: desk.line(&typed.programme, 150, Fault::Programme),
        launch_date: desk.day(&typed.launch_date, today),
        estimated_users: desk.number(&typed.estimated_users, MOST_PEOPLE, Fault::EstimatedUsers),
        estimated_auths: desk.number(&typed.estimated_auths, MOST_SIGN_INS, Fault::EstimatedAuths),
        proofing: proofing.unwrap_or(Proofing::AuthOnly),
        estimated_idv_users: if verified {
            desk.number(
                &typed.estimated_idv_users,
                MOST_PEOPLE,
                Fault::EstimatedIdvUsers,
            )
        } else {
            0
        },
        comments: desk.comments(&typed.comments),
    };
    if desk.faults.is_empty() {
        return Ok(interest);
    }
    desk.faults.sort_by_key(|fault| *fault as u8);
    Err(desk.faults)
}

/// Reads fields and notes what is wrong.
struct Desk {
    faults: Vec<Fault>,
    style: NumberStyle,
}

impl Desk {
    fn line(&mut self, text: &str, most: usize, fault: Fault) -> String {
        let text = text.trim();
        let fits = (1..=most).contains(&text.chars().count());
        if !fits || text.chars().any(char::is_control) {
            self.faults.push(fault);
        }
        text.to_owned()
    }

    fn email(&mut self, text: &str) -> String {
        let text = text.trim().to_lowercase();
        if !is_address(&text) {
            self.faults.push(Fault::Email);
        }
        text
    }

    fn number(&mut self, text: &str, most: u32, fault: Fault) -> u32 {
        let number = self
            .style
            .parse_whole(text)
            .and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| (1..=most).contains(number)) {
            Some(number) => number,
            None => {
                self.faults.push(fault);
                0
            }
        }
    }

    fn choice<T: Copy, const N: usize>(
        &mut self,
        text: &str,
        all: [T; N],
        id: fn(T) -> &'static str,
        fault: Fault,
    ) -> Option<T> {
        let found = all.into_iter().find(|one| id(*one) == text);
        if found.is_none() {
            self.faults.push(fault);
        }
        found
    }

    fn day(&mut self, text: &str, today: Date) -> Option<Date> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let day = text.parse::<Date>().ok().filter(|day| *day > today);
        if day.is_none() {
            self.faults.push(Fault::LaunchDate);
        }
        day
    }

    fn comments(&mut self, text: &str) -> String {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let text = text.trim();
        let plain = text
            .chars()
            .all(|c| c == '\n' || c == '\t' || !c.is_control());
        if !plain || text.chars().count() > 5000 {
            self.faults.push(Fault::Comments);
        }
        text.to_owned()
    }
}

/// One plain address: it is put into a mail's head and shown on pages.
fn is_address(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && host.contains('.')
        && host.split('.').all(label)
}

impl fmt::Display for Proofing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

const MOST_PEOPLE: u32 = 300_000_000;
const MOST_SIGN_INS: u32 = 4_000_000_000;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            name: "Robin Quill".to_owned(),
            title: "Programme manager".to_owned(),
            email: " Robin.Quill@Agency.GOV ".to_owned(),
            agency: "Department of Fisheries".to_owned(),
            agency_kind: "federal".to_owned(),
            programme: "Fishing licences".to_owned(),
            launch_date: "2027-03-01".to_owned(),
            estimated_users: "100,000".to_owned(),
            estimated_auths: "400000".to_owned(),
            proofing: "auth_only".to_owned(),
            ..Typed::default()
        }
    }

    fn faults(typed: &Typed) -> Vec<&'static str> {
        let today = jiff::civil::date(2026, 11, 10);
        match read(typed, today, NumberStyle::ENGLISH) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(Fault::field).collect(),
        }
    }

    #[test]
    fn a_whole_form_is_read() {
        let today = jiff::civil::date(2026, 11, 10);
        let interest = read(&typed(), today, NumberStyle::ENGLISH).unwrap();
        assert_eq!(interest.email, "robin.quill@agency.gov");
        assert_eq!(interest.estimated_users, 100_000);
    }

    #[test]
    fn an_empty_form_names_every_field_in_order() {
        assert_eq!(
            faults(&Typed::default()),
            [
                "name",
                "title",
                "email",
                "agency",
                "agency_kind",
                "programme",
                "estimated_users",
                "estimated_auths",
                "proofing"
            ]
        );
    }

    #[test]
    fn state_and_local_agencies_attest_their_funding() {
        let mut form = typed();
        form.agency_kind = "state_local".to_owned();
        assert_eq!(faults(&form), ["federally_funded"]);
        form.federally_funded = "1".to_owned();
        assert!(faults(&form).is_empty());
    }

    #[test]
    fn verification_asks_how_many() {
        let mut form = typed();
        form.proofing = "identity_verified".to_owned();
        assert_eq!(faults(&form), ["estimated_idv_users"]);
        form.estimated_idv_users = "5000".to_owned();
        assert!(faults(&form).is_empty());
    }

    #[test]
    fn what_could_harm_a_mail_or_a_page_is_no_address_and_no_name() {
        for bad in [
            "a@agency.gov\r\nBcc: b@agency.gov",
            "a@agency.gov, b@agency.gov",
            "\"a b\"@agency.gov",
            "<a@agency.gov>",
            "a@agency",
            "a@-agency.gov",
            "a..b@agency.gov",
            "ä@agency.gov",
            "a@agency.gov?subject=x",
            "@agency.gov",
        ] {
            assert_eq!(
                faults(&Typed {
                    email: bad.to_owned(),
                    ..typed()
                }),
                ["email"],
                "{bad}"
            );
        }
        let name = "Robin\r\nBcc: x".to_owned();
        assert_eq!(faults(&Typed { name, ..typed() }), ["name"]);
        for day in ["2026-11-10", "soon", "2027-02-30"] {
            let launch_date = day.to_owned();
            assert_eq!(
                faults(&Typed {
                    launch_date,
                    ..typed()
                }),
                ["launch_date"]
            );
        }
        let comments = "x".repeat(5001);
        assert_eq!(
            faults(&Typed {
                comments,
                ..typed()
            }),
            ["comments"]
        );
        for number in ["0", "-1", "1e3", "300000001", "", "ten"] {
            let estimated_users = number.to_owned();
            assert_eq!(
                faults(&Typed {
                    estimated_users,
                    ..typed()
                }),
                ["estimated_users"]
            );
        }
    }
}
