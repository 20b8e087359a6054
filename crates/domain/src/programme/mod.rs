//! The programme: the rules of one installation, as data.

mod limits;
mod rules;
mod versions;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::{TimeZone, TimeZoneDatabase},
};
use serde::Deserialize;

pub use limits::{LimitRule, LimitRules, Limited};
pub use rules::{
    AgreementRules, CalendarRules, CountedFrom, Counting, DeploymentRules, DomainRules,
    ExpiryPolicy, HolidayList, HolidayShift, Lifetimes, NameRules, Notice, NoticeRules, OneOff,
    PasswordRules, ReviewRules, SessionRules, SignUpRules,
};

use crate::{
    application::Policies,
    attribute::Scope,
    change::ChangeRules,
    level::AcrValue,
    price::{FiscalRules, PriceTable},
    refusal::{RefusalKind, Refuse},
};

/// The rules of one installation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// The name, as given to `--programme`.
    pub name: String,
    /// The name for people.
    pub title: String,
    /// Languages of the citizen pages; the first is the fallback.
    pub languages: Vec<String>,
    #[serde(deserialize_with = "time_zone")]
    time_zone: TimeZone,
    /// Notice and windows as they changed over time; the first are in force until the second begin.
    #[serde(skip)]
    deployment: Vec<DeploymentRules>,
    /// When members get the mail of a day.
    #[serde(default)]
    pub notices: NoticeRules,
    /// Rules for the names of apps.
    pub names: NameRules,
    /// Approved domains.
    pub domains: DomainRules,
    /// How agreements are numbered.
    pub agreement: AgreementRules,
    /// How money is counted.
    pub fiscal: FiscalRules,
    /// The price tables, each valid from a day on.
    #[serde(default)]
    pub price: Vec<PriceTable>,
    /// What changes of live apps need.
    pub changes: ChangeRules,
    /// What reviews and launches promise and advise.
    #[serde(default)]
    pub review: ReviewRules,
    /// How strict requests and tokens of OpenID Connect are.
    pub policies: Policies,
    /// Who may make an account.
    #[serde(default)]
    pub sign_up: SignUpRules,
    /// What a new password must be.
    #[serde(default)]
    pub passwords: PasswordRules,
    /// How often what may be tried.
    pub limits: LimitRules,
    /// How long sessions live.
    pub sessions: SessionRules,
    /// How long other things live.
    pub lifetimes: Lifetimes,
    /// The vocabulary of levels.
    pub acr: Vec<AcrValue>,
    /// The scopes of OpenID Connect.
    pub scope: Vec<Scope>,
}

impl Programme {
    /// A programme that this build carries.
    pub fn named(name: &str) -> Option<Arc<Self>> {
        EMBEDDED_PARSED.get(name).cloned()
    }

    /// The names of all programmes that this build carries.
    pub fn names() -> Vec<&'static str> {
        EMBEDDED.iter().map(|(name, _)| *name).collect()
    }

    /// Reads a programme from TOML. It may extend one that this build carries.
    pub fn parse(text: &str) -> Result<Self, BadProgramme> {
        let mut table = with_base(text, 0)?;
        let versions = table.remove("version");
        let deployment = versions::read(&mut table, versions)?;
        let mut programme: Self = table
            .try_into()
            .map_err(|error| BadProgramme::Unreadable(first_line(&error)))?;
        programme.deployment = deployment;
        programme.judged()
    }

    /// The rules of deployment that are in force on a day.
    pub fn deployment_rules(&self, day: Date) -> &DeploymentRules {
        let later = self
            .deployment
            .partition_point(|rules| rules.from.is_none_or(|from| from <= day));
        &self.deployment[later.saturating_sub(1)]
    }

    /// All rules of deployment, oldest first.
    pub fn all_deployment_rules(&self) -> &[DeploymentRules] {
        &self.deployment
    }

    /// The time zone in which its days begin.
    pub const fn time_zone(&self) -> &TimeZone {
        &self.time_zone
    }

    /// The day of an instant, in the programme's time zone.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.time_zone.to_datetime(at).date()
    }

    /// An instant on a day, in the programme's time zone.
    ///
    /// A time that a clock change skips is the instant after the gap.
    /// Days beyond the range of time stamps give the last time stamp.
    pub fn instant(&self, date: Date, time: Time) -> Timestamp {
        date.to_datetime(time)
            .to_zoned(self.time_zone.clone())
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// Noon of a day: what a bare date means to the keeper's clock.
    pub fn noon(&self, date: Date) -> Timestamp {
        self.instant(date, Time::constant(12, 0, 0, 0))
    }

    /// May this e-mail address make an account without an invitation?
    pub fn approves_email(&self, email: &str) -> bool {
        email
            .rsplit_once('@')
            .is_some_and(|(local, host)| !local.is_empty() && has_suffix(host, &self.domains.email))
    }

    /// May a production URL of any team point to this host?
    pub fn approves_production_host(&self, host: &str) -> bool {
        has_suffix(host, &self.domains.production_hosts)
    }

    /// The first environment word in a name, if there is one.
    ///
    /// Whole words count, also in `MyAppProd`, `my_app_prod` and `Prod2`; "Developer" is not "dev".
    pub fn environment_word_in(&self, name: &str) -> Option<&str> {
        let found = words(name);
        self.names
            .environment_words
            .iter()
            .find(|word| found.contains(word))
            .map(String::as_str)
    }

    /// The row of the level vocabulary for a value.
    pub fn acr(&self, value: &str) -> Option<&AcrValue> {
        self.acr.iter().find(|row| row.value == value)
    }

    /// The row of a scope.
    pub fn scope(&self, name: &str) -> Option<&Scope> {
        self.scope.iter().find(|row| row.name == name)
    }

    /// The table of a price model that holds on a day.
    pub fn price_table(&self, model: u32, on: Date) -> Option<&PriceTable> {
        self.price
            .iter()
            .filter(|table| table.model == model && table.from <= on)
            .max_by_key(|table| table.from)
    }

    /// The tables that hold on a day, one for each model, the newest model first.
    pub fn price_tables(&self, on: Date) -> Vec<&PriceTable> {
        let models: BTreeSet<u32> = self.price.iter().map(|table| table.model).collect();
        models
            .into_iter()
            .rev()
            .filter_map(|model| self.price_table(model, on))
            .collect()
    }

    fn judged(self) -> Result<Self, BadProgramme> {
        let wrong = |what: &str| Err(BadProgramme::Wrong(what.to_owned()));
        if self.languages.is_empty() {
            return wrong("languages must name at least one language");
        }
        versions::judge(&self.deployment)?;
        let suffixes = self
            .domains
            .email
            .iter()
            .chain(&self.domains.production_hosts);
        if suffixes
            .into_iter()
            .any(|suffix| suffix.len() < 2 || !suffix.starts_with('.'))
        {
            return wrong("each domain must be a suffix such as \".gov\"");
        }
        if self
            .names
            .environment_words
            .iter()
            .any(|word| *word != word.to_ascii_lowercase())
        {
            return wrong("names.environment_words must be lower case");
        }
        if self
            .acr
            .iter()
            .any(|row| row.identity.is_none() == row.strength.is_none())
        {
            return wrong("each acr value must have either identity or strength");
        }
        let mut throw_away = self.sign_up.throw_away_domains.iter();
        if throw_away.any(|domain| {
            !domain.contains('.')
                || domain.starts_with('.')
                || *domain != domain.to_ascii_lowercase()
        }) {
            return wrong(
                "sign_up.throw_away_domains must be domains such as \"example.com\" in lower case",
            );
        }
        self.changes.judge().map_err(BadProgramme::Wrong)?;
        if !(1..=12).contains(&self.fiscal.first_month) {
            return wrong("fiscal.first_month must be between 1 and 12");
        }
        PriceTable::judge_all(&self.price)
            .map_err(|error| BadProgramme::Wrong(error.to_string()))?;
        Ok(self)
    }
}

/// A programme that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadProgramme {
    /// Not the shape of a programme.
    #[error("The programme cannot be read: {0}. Correct the file.")]
    Unreadable(String),
    /// The shape is right and a value is wrong.
    #[error("The programme is not usable: {0}. Correct the file.")]
    Wrong(String),
    /// It extends a programme that this build does not carry.
    #[error("The programme extends \"{0}\", which is not known. Extend one of: {known}.", known = Programme::names().join(", "))]
    UnknownBase(String),
}

impl Refuse for BadProgramme {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "programme/unreadable",
            Self::Wrong(_) => "programme/wrong-value",
            Self::UnknownBase(_) => "programme/unknown-base",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// The bundled database only: the system's could differ between two nodes.
fn time_zone<'de, D: serde::Deserializer<'de>>(from: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(from)?;
    TimeZoneDatabase::bundled()
        .get(&name)
        .map_err(|_| serde::de::Error::custom(format!("\"{name}\" is not a known time zone")))
}

fn with_base(text: &str, depth: usize) -> Result<toml::Table, BadProgramme> {
    let mut table: toml::Table =
        toml::from_str(text).map_err(|error| BadProgramme::Unreadable(first_line(&error)))?;
    let Some(base) = table.remove("extends") else {
        return Ok(table);
    };
    let name = base.as_str().unwrap_or_default();
    let known = EMBEDDED.iter().find(|(known, _)| *known == name);
    match known {
        Some((_, text)) if depth < EMBEDDED.len() => {
            let mut whole = with_base(text, depth + 1)?;
            overlay(&mut whole, table);
            Ok(whole)
        }
        _ => Err(BadProgramme::UnknownBase(name.to_owned())),
    }
}

/// Tables are merged key by key; everything else is replaced.
fn overlay(below: &mut toml::Table, above: toml::Table) {
    for (key, value) in above {
        match (below.get_mut(&key), value) {
            (Some(toml::Value::Table(inner)), toml::Value::Table(value)) => overlay(inner, value),
            (_, value) => {
                below.insert(key, value);
            }
        }
    }
}

fn first_line(error: &toml::de::Error) -> String {
    error
        .message()
        .trim()
        .lines()
        .next()
        .unwrap_or_default()
        .trim_end_matches('.')
        .to_owned()
}

fn has_suffix(host: &str, suffixes: &[String]) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    suffixes.iter().any(|suffix| {
        host.strip_suffix(suffix.as_str())
            .is_some_and(|rest| !rest.is_empty() && !rest.ends_with('.'))
    })
}

/// The words of a name in lower case, split at signs, spaces, digits and inner capitals (`MyAppProd`, `PRODFishing`).
/// Spelling a word with hyphens (`Sand-box`), spaced letters (`P R O D`), wide or invisible letters does not hide it.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().filter_map(plain_letter).collect();
    let mut all = vec![String::new()];
    let mut joined = vec![String::new()];
    for (at, &c) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let after = letters.get(at + 1).copied();
        let begins = before.is_some_and(char::is_lowercase) && c.is_uppercase()
            || before.is_some_and(char::is_uppercase)
                && c.is_uppercase()
                && after.is_some_and(char::is_lowercase);
        if begins || !c.is_alphabetic() {
            all.push(String::new());
        }
        if begins || !(c.is_alphabetic() || is_hyphen(c)) {
            joined.push(String::new());
        }
        if c.is_alphabetic() {
            for list in [&mut all, &mut joined] {
                if let Some(last) = list.last_mut() {
                    last.extend(c.to_lowercase());
                }
            }
        }
    }
    all.retain(|word| !word.is_empty());
    // Letters that stand alone, one after the other.
    let mut spelt = String::new();
    for word in &all {
        if word.chars().count() == 1 {
            spelt.push_str(word);
        } else {
            joined.push(std::mem::take(&mut spelt));
        }
    }
    joined.push(spelt);
    joined.retain(|word| !word.is_empty());
    all.extend(joined);
    all
}

/// A wide letter as the ordinary one; nothing for what cannot be seen.
fn plain_letter(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => None,
        c => Some(c),
    }
}

const fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

const EMBEDDED: &[(&str, &str)] = &[
    ("us", include_str!("../../../../programmes/us.toml")),
    (
        "us-2021",
        include_str!("../../../../programmes/us-2021.toml"),
    ),
    (
        "us-2022",
        include_str!("../../../../programmes/us-2022.toml"),
    ),
    (
        "us-today",
        include_str!("../../../../programmes/us-today.toml"),
    ),
    (
        "us-express",
        include_str!("../../../../programmes/us-express.toml"),
    ),
    ("gov-uk", include_str!("../../../../programmes/gov-uk.toml")),
    (
        "gov-uk-scotland",
        include_str!("../../../../programmes/gov-uk-scotland.toml"),
    ),
    (
        "gov-uk-northern-ireland",
        include_str!("../../../../programmes/gov-uk-northern-ireland.toml"),
    ),
];

/// A programme that does not parse is left out; a test keeps that from happening.
static EMBEDDED_PARSED: LazyLock<BTreeMap<&'static str, Arc<Programme>>> = LazyLock::new(|| {
    EMBEDDED
        .iter()
        .filter_map(|(name, text)| Some((*name, Arc::new(Programme::parse(text).ok()?))))
        .collect()
});

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::calendar::NoticeKind;

    #[test]
    fn every_embedded_programme_parses_and_knows_its_name() {
        for (name, text) in EMBEDDED {
            assert_eq!(Programme::parse(text).unwrap().name, *name);
            assert!(Programme::named(name).is_some());
        }
        assert_eq!(
            Programme::names(),
            [
                "us",
                "us-2021",
                "us-2022",
                "us-today",
                "us-express",
                "gov-uk",
                "gov-uk-scotland",
                "gov-uk-northern-ireland"
            ]
        );
        assert!(Programme::named("gov-nowhere").is_none());
    }

    #[test]
    fn a_profile_changes_only_what_it_says() {
        let us = Programme::named("us").unwrap();
        let old = Programme::named("us-2021").unwrap();
        assert_eq!(
            {
                let notice = us.all_deployment_rules()[0].notice;
                (notice.new, notice.change, notice.push_url)
            },
            (14, 14, 21)
        );
        assert_eq!(
            old.all_deployment_rules()[0].notice.days(NoticeKind::New),
            7
        );
        assert_eq!(
            old.names.production_friendly_name_contains.as_deref(),
            Some("Production")
        );
        assert_eq!(us.names.production_friendly_name_contains, None);
        assert_eq!(us.names.environment_words, old.names.environment_words);
        assert_eq!(us.scope.len(), old.scope.len());
    }

    #[test]
    fn unknown_keys_and_wrong_values_are_refused() {
        let code = |text: &str| Programme::parse(text).unwrap_err().code();
        assert_eq!(
            code("extends = \"us\"\nweather = 1"),
            "programme/unreadable"
        );
        assert_eq!(
            code("extends = \"us\"\n[notice]\nsoon = 1"),
            "programme/unreadable"
        );
        assert_eq!(code("extends = \"uk\""), "programme/unknown-base");
        assert_eq!(code("name = \"x\""), "programme/unreadable");
        assert_eq!(
            code("extends = \"us\"\ntime_zone = \"Mars/Base\""),
            "programme/unreadable"
        );
        assert_eq!(
            code("extends = \"us\"\n[calendar]\nweekdays = [\"sunday\"]"),
            "programme/wrong-value"
        );
        assert_eq!(
            code("extends = \"us\"\n[calendar]\ncloses = \"08:00:00\""),
            "programme/wrong-value"
        );
    }

    #[test]
    fn approved_addresses() {
        let us = Programme::named("us").unwrap();
        for good in [
            "a@agency.gov",
            "a@b.Agency.GOV",
            "a@army.mil",
            "a@fs.fed.us",
        ] {
            assert!(us.approves_email(good), "{good}");
        }
        for bad in [
            "a@gov",
            "a@.gov",
            "a@agency.gov.com",
            "a@agencygov",
            "agency.gov",
            "@agency.gov",
            "a@fed.us",
        ] {
            assert!(!us.approves_email(bad), "{bad}");
        }
        assert!(us.approves_production_host("fishing.state.gov"));
        assert!(us.approves_production_host("fishing.state.gov."));
        assert!(!us.approves_production_host("gov.example.com"));
    }

    #[test]
    fn environment_words_are_whole_words() {
        let us = Programme::named("us").unwrap();
        for bad in [
            "Fishing Licence Prod",
            "fishing-licence-prod",
            "FishingProd",
            "Licence (Production)",
            "Licence UAT2",
            "test_licence",
            "PRODFishing",
            "fishing-PROD",
            "Fishing Pre-Prod",
            "Fishing Sand-box",
            "Fishing P R O D",
            "Fishing P.R.O.D.",
            "Fishing ＰＲＯＤ",
            "Fishing Pr\u{200b}od",
            "Fishing Pro\u{ad}d",
        ] {
            assert!(us.environment_word_in(bad).is_some(), "{bad}");
        }
        for good in [
            "Fishing Licence",
            "Developer Grants",
            "Interior Maps",
            "Product Safety",
            "Testing Laboratories",
        ] {
            assert_eq!(us.environment_word_in(good), None, "{good}");
        }
    }

    #[test]
    fn days_begin_in_the_programmes_zone() {
        let us = Programme::named("us").unwrap();
        let late = "2026-11-11T03:00:00Z".parse::<Timestamp>().unwrap();
        assert_eq!(us.date_of(late).to_string(), "2026-11-10");
        assert_eq!(
            us.noon(us.date_of(late)).to_string(),
            "2026-11-10T17:00:00Z"
        );
    }

    #[test]
    fn every_scope_and_value_is_there_once() {
        let us = Programme::named("us").unwrap();
        let scopes: std::collections::BTreeSet<_> = us.scope.iter().map(|row| &row.name).collect();
        let values: std::collections::BTreeSet<_> = us.acr.iter().map(|row| &row.value).collect();
        assert_eq!((scopes.len(), values.len()), (16, 20));
    }
}
