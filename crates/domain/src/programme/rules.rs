//! The sections of a programme.

use jiff::Span;
use jiff::civil::{Date, Time, Weekday};
use serde::Deserialize;

use crate::agreement::NumberPattern;
use crate::calendar::NoticeKind;

/// Whole days between a complete request and the earliest deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// For a new app.
    pub new: u16,
    /// For a change.
    pub change: u16,
    /// For a push-notification URL that is new or changes its domain.
    pub push_url: u16,
    /// Which days count.
    #[serde(default)]
    pub counting: Counting,
    /// What the days are counted from.
    #[serde(default)]
    pub counted_from: CountedFrom,
    /// A request after this time of day counts as one of the next day.
    #[serde(default)]
    pub cut_off: Option<Time>,
}

impl Notice {
    /// The days for one kind of request. A push URL never shortens the notice.
    pub fn days(self, kind: NoticeKind) -> u16 {
        match kind {
            NoticeKind::New => self.new,
            NoticeKind::Change => self.change,
            NoticeKind::PushUrl => self.push_url.max(self.new).max(self.change),
        }
    }
}

/// What reviews and launches promise and advise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewRules {
    /// Working days in which a request is answered.
    pub answer_days: u16,
    /// Working days that are advised between a deployment and its use by the public.
    pub grace_days: u16,
    /// A document of evidence that ends within so many days is said to end soon.
    pub evidence_days: u16,
}

impl Default for ReviewRules {
    fn default() -> Self {
        Self {
            answer_days: 5,
            grace_days: 5,
            evidence_days: 60,
        }
    }
}

/// Which days count as notice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counting {
    /// Every day.
    #[default]
    CalendarDays,
    /// Monday to Friday, holidays left out.
    WorkingDays,
}

/// What notice is counted from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedFrom {
    /// The complete request.
    #[default]
    Submission,
    /// Its approval.
    Approval,
}

/// The rules of deployment that are in force from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeploymentRules {
    /// The first day; nothing for the rules that hold until the first version.
    #[serde(default)]
    pub from: Option<Date>,
    /// Notice before a deployment.
    pub notice: Notice,
    /// Deployment days.
    pub calendar: CalendarRules,
}

/// Notices to members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeRules {
    /// When the mail of a day goes out, in the programme's time zone.
    pub digest_at: Time,
}

impl Default for NoticeRules {
    fn default() -> Self {
        Self {
            digest_at: Time::constant(7, 0, 0, 0),
        }
    }
}

/// When deployments happen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarRules {
    /// Which list of holidays.
    pub holidays: HolidayList,
    weekdays: Vec<Day>,
    /// When a window opens.
    pub opens: Time,
    /// When a window closes: what is approved after this time waits for the next one.
    pub closes: Time,
    /// Where a deployment day goes that is a holiday.
    pub holiday_shift: HolidayShift,
    /// How many requests a window takes in an environment; absent: as many as come.
    #[serde(default)]
    pub places: Option<u16>,
    /// Holidays of one year only, such as a day of mourning.
    #[serde(default)]
    pub one_off: Vec<OneOff>,
}

impl CalendarRules {
    /// Is this a regular deployment day of the week?
    pub fn deploys_on(&self, day: Weekday) -> bool {
        self.weekdays.iter().any(|known| known.0 == day)
    }

    /// The regular deployment days of the week.
    pub fn weekdays(&self) -> impl Iterator<Item = Weekday> + '_ {
        self.weekdays.iter().map(|day| day.0)
    }
}

/// A holiday of one year only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneOff {
    /// The day off.
    pub date: Date,
    /// Its name.
    pub name: String,
    /// The computed holiday that it stands for, which is none in this year.
    #[serde(default)]
    pub instead_of: Option<Date>,
}

/// A list of holidays that this build can compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolidayList {
    /// The federal holidays of the United States (5 U.S.C. 6103).
    UsFederal,
    /// The same with Inauguration Day, as in and near Washington, D.C. (5 U.S.C. 6103(c)).
    UsFederalCapital,
    /// The bank holidays of England and Wales.
    UkEnglandAndWales,
    /// The bank holidays of Scotland.
    UkScotland,
    /// The bank holidays of Northern Ireland.
    UkNorthernIreland,
}

/// Where a deployment day goes that is a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolidayShift {
    /// To the following Monday; if that is a holiday, to the next business day.
    FollowingMonday,
    /// To the next business day.
    NextBusinessDay,
    /// Nowhere: deployments happen on holidays.
    Unchanged,
}

/// Rules for the names of apps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameRules {
    /// Words that an app name must not contain, in lower case.
    pub environment_words: Vec<String>,
    /// What the friendly name of a production app must contain, if anything.
    #[serde(default)]
    pub production_friendly_name_contains: Option<String>,
    /// Words that are the programme's own and that no name may have.
    #[serde(default)]
    pub reserved_words: Vec<String>,
    /// What a recommended issuer begins with; agency and app follow.
    #[serde(default)]
    pub recommended_issuers: Vec<String>,
    /// Telephone numbers of the sign-in service's help desk.
    #[serde(default)]
    pub help_desk_phones: Vec<String>,
}

/// Approved domains, each a suffix that begins with a dot.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DomainRules {
    /// E-mail domains of people who need no invitation.
    pub email: Vec<String>,
    /// Hosts of production URLs.
    pub production_hosts: Vec<String>,
}

/// How agreements are numbered, and what happens when they end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementRules {
    /// The shape of their numbers.
    pub number: NumberPattern,
    /// What happens to live apps whose Order is over.
    pub expiry: ExpiryPolicy,
    /// Days of grace after the end, where the policy gives any.
    #[serde(default)]
    pub grace_days: u16,
}

/// What happens to live apps whose Order is over and has no successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryPolicy {
    /// They stay live, and everyone concerned is told.
    Warn,
    /// They stay live for the days of grace and are suspended after them.
    Grace,
    /// They are suspended on the day after the end.
    Suspend,
}

impl ExpiryPolicy {
    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Grace => "grace",
            Self::Suspend => "suspend",
        }
    }
}

impl AgreementRules {
    /// The day on which apps of an Order that ends on this day are suspended; nothing where they stay live.
    pub fn suspends_on(&self, ends: Date) -> Option<Date> {
        let days = match self.expiry {
            ExpiryPolicy::Warn => return None,
            ExpiryPolicy::Grace => self.grace_days,
            ExpiryPolicy::Suspend => 0,
        };
        ends.checked_add(Span::new().days(i64::from(days) + 1)).ok()
    }
}

/// What a new password must be, beyond its length (NIST SP 800-63B-4 §3.1.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordRules {
    /// The least score of the meter, 0 to 4. More than 2 refuses every password of eight characters, even of chance.
    pub least_score: u8,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self { least_score: 2 }
    }
}

/// Who may make an account.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignUpRules {
    /// Domains, with all below them, whose mailboxes are for anybody or for an hour.
    pub throw_away_domains: Vec<String>,
    /// How many addresses an account may have, those that wait for a confirmation included.
    pub most_addresses: u16,
}

impl Default for SignUpRules {
    fn default() -> Self {
        Self {
            throw_away_domains: Vec::new(),
            most_addresses: 12,
        }
    }
}

/// How long sessions live.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRules {
    /// Without a request, in seconds.
    pub idle_seconds: u32,
    /// In all, in seconds.
    pub absolute_seconds: u32,
    /// How fresh a second factor is for weighty actions, in seconds.
    pub step_up_seconds: u32,
    /// How long a browser is remembered, in days.
    pub remembered_browser_days: u16,
}

/// How long other things live.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetimes {
    /// An authorization request that waits for its person, in seconds.
    pub authorize_request_seconds: u32,
    /// A consent, in days.
    pub consent_days: u16,
    /// A link in a mail, in seconds.
    pub email_link_seconds: u32,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Day(Weekday);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(Self(match text.as_str() {
            "monday" => Weekday::Monday,
            "tuesday" => Weekday::Tuesday,
            "wednesday" => Weekday::Wednesday,
            "thursday" => Weekday::Thursday,
            "friday" => Weekday::Friday,
            "saturday" => Weekday::Saturday,
            "sunday" => Weekday::Sunday,
            _ => return Err(format!("\"{text}\" is not a day of the week in lower case")),
        }))
    }
}
