//! What several pages of partners and staff hold.

use durward_app::partner::drafts::Draft;
use durward_app::partner::launches::{LaunchSummary, RequestKind};
use durward_domain::application::Key;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_domain::launch::checklist::{ChecklistItem, ItemState, Turn};
use durward_domain::lint::{Finding, Severity};
use durward_keyring::jose::KeyKind;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::entered::Entered;
use super::fields::{FIELDS, Kind, POLICY, Step};
use super::policies::PolicyField;
use crate::shared::i18n::Words;

/// A status in one or two words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// `good`, `wait`, `stop`, `news` or nothing.
    pub shade: &'static str,
    /// The words.
    pub text: String,
}

impl Mark {
    /// A status.
    pub fn new(shade: &'static str, text: impl Into<String>) -> Self {
        Self {
            shade,
            text: text.into(),
        }
    }

    /// Where a request stands.
    pub fn of_state(words: Words, state: LaunchState) -> Self {
        use LaunchState as S;
        let shade = match state {
            S::Draft => "",
            S::Submitted | S::Approved => "wait",
            S::ChangesRequested | S::RolledBack | S::Rejected => "stop",
            S::Scheduled => "news",
            S::Deployed | S::Verified => "good",
            S::Withdrawn | S::Superseded => "",
        };
        Self::new(shade, words.t(&format!("state-{}", state.as_str())))
    }

    /// Where a configuration stands: its newest revision and the one that is live.
    pub fn of_app(words: Words, revision: i64, live: Option<i64>) -> Self {
        match live {
            Some(live) if live == revision => Self::new("good", words.t("app-live")),
            Some(_) => Self::new("wait", words.t("app-live-changed")),
            None => Self::new("", words.t("app-not-live")),
        }
    }
}

/// A link with a name.
pub struct Tab {
    /// The words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is this page.
    pub current: bool,
}

/// An app in one environment, in short.
pub struct Place {
    /// The environment's name.
    pub environment: String,
    /// Where it is.
    pub href: String,
    /// Where it stands.
    pub mark: Mark,
    /// Whether it is shown now.
    pub current: bool,
}

/// A request in a list.
pub struct LaunchLine {
    /// Its id.
    pub id: String,
    /// The app.
    pub name: String,
    /// Launch or change, and where.
    pub what: String,
    /// The app's team.
    pub team: String,
    /// The day of its window; empty when it has none.
    pub window: String,
    /// When it was sent for review.
    pub submitted: String,
    /// Where it stands.
    pub mark: Mark,
}

impl LaunchLine {
    /// A request as lists show it.
    pub fn of(words: Words, zone: &TimeZone, launch: &LaunchSummary) -> Self {
        Self {
            id: launch.id.clone(),
            name: launch.app_name.clone(),
            what: what(words, launch.kind, launch.environment),
            team: launch.team.clone(),
            window: launch.window.map(|day| day.to_string()).unwrap_or_default(),
            submitted: launch
                .submitted
                .map(|time| words.t1("submitted-at", "time", &moment(zone, time)))
                .unwrap_or_default(),
            mark: Mark::of_state(words, launch.state),
        }
    }
}

/// Launch or change, and where.
pub fn what(words: Words, kind: RequestKind, environment: EnvironmentName) -> String {
    let key = match kind {
        RequestKind::Launch => "request-launch",
        RequestKind::Change => "request-change",
    };
    words.t1(key, "environment", &environment_name(words, environment))
}

/// The environment's name in the reader's language.
pub fn environment_name(words: Words, environment: EnvironmentName) -> String {
    words.t(match environment {
        EnvironmentName::Sandbox => "environment-sandbox",
        EnvironmentName::Staging => "environment-staging",
        EnvironmentName::Production => "environment-production",
    })
}

/// An instant as pages print it, with its zone.
pub fn moment(zone: &TimeZone, time: Timestamp) -> String {
    time.to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M %Z")
        .to_string()
}

/// A day as the reader says it.
pub fn day(words: Words, date: Date) -> String {
    let weekday =
        words.t(WEEKDAYS[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs()) % 7]);
    let month = words.t(MONTHS[usize::from(date.month().unsigned_abs() - 1) % 12]);
    words.t_args(
        "a-day",
        &[
            ("weekday", weekday.as_str()),
            ("day", date.day().to_string().as_str()),
            ("month", month.as_str()),
            ("year", date.year().to_string().as_str()),
        ],
    )
}

/// The keys of the weekdays, Monday first.
pub const WEEKDAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];
/// The keys of the months.
pub const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// One line of the checklist.
pub struct RuleLine {
    /// The rule.
    pub id: String,
    /// What it asks for.
    pub sentence: String,
    /// `closed`, `open` or `waived`.
    pub state: &'static str,
    /// The state in words.
    pub mark: Mark,
    /// What was found.
    pub evidence: String,
    /// What to do.
    pub how: String,
    /// Whose turn it is, as its id and in words.
    pub turn: (&'static str, String),
    /// The page that closes it.
    pub link: String,
    stops: bool,
}

impl RuleLine {
    /// A line as pages show it.
    pub fn of(words: Words, item: &ChecklistItem) -> Self {
        let (state, mark) = match item.state {
            ItemState::Closed => ("closed", Mark::new("good", words.t("rule-closed"))),
            ItemState::Waived => ("waived", Mark::new("news", words.t("rule-waived"))),
            ItemState::Open if item.blocking => ("open", Mark::new("stop", words.t("rule-open"))),
            ItemState::Open => ("open", Mark::new("wait", words.t("rule-advice"))),
        };
        Self {
            id: item.rule.clone(),
            sentence: item.sentence.clone(),
            state,
            mark,
            evidence: item.evidence.clone(),
            how: item.how_to_close.clone(),
            turn: (item.turn.as_str(), words.t(turn_key(item.turn))),
            link: item.link.clone(),
            stops: item.stops(),
        }
    }

    /// Whether there is something to do.
    pub fn is_open(&self) -> bool {
        self.state == "open"
    }

    /// How its sign looks.
    pub fn class(&self) -> &'static str {
        match (self.is_open(), self.stops) {
            (false, _) => "dw-done",
            (true, true) => "dw-open",
            (true, false) => "dw-note",
        }
    }

    /// Its sign.
    pub fn icon(&self) -> &'static str {
        match (self.is_open(), self.stops) {
            (false, _) => "check_circle",
            (true, true) => "error_outline",
            (true, false) => "info",
        }
    }
}

fn turn_key(turn: Turn) -> &'static str {
    match turn {
        Turn::Team => "turn-team",
        Turn::Request => "turn-request",
        Turn::Agreement => "turn-agreement",
        Turn::Staff => "turn-staff",
    }
}

/// What the validator found, in a list.
pub struct FindingLine {
    /// The rule.
    pub rule: String,
    /// How much it matters.
    pub mark: Mark,
    /// What is wrong and what to do.
    pub message: String,
    /// The page that explains the rule.
    pub href: String,
    /// That it is waived, by whom and until when.
    pub waived: Option<String>,
}

impl FindingLine {
    /// Findings as pages list them.
    pub fn all(words: Words, findings: &[Finding]) -> Vec<Self> {
        let lines = findings.iter().map(|finding| Self {
            rule: finding.rule.clone(),
            href: finding.help(),
            waived: finding.waived.as_ref().map(|waived| {
                words.t_args(
                    "finding-waived",
                    &[
                        ("owner", &waived.owner),
                        ("until", &waived.until.to_string()),
                        ("reason", &waived.reason),
                    ],
                )
            }),
            mark: match finding.severity {
                _ if finding.waived.is_some() => Mark::new("", words.t("severity-waived")),
                Severity::Error => Mark::new("stop", words.t("severity-error")),
                Severity::Warning => Mark::new("wait", words.t("severity-warning")),
                Severity::Info => Mark::new("news", words.t("severity-info")),
            },
            message: finding.message.clone(),
        });
        lines.collect()
    }
}

/// A few values of an app under one heading.
pub struct Group {
    /// The heading.
    pub title: String,
    /// Where they are changed; empty where they are not.
    pub href: String,
    /// The values.
    pub pairs: Vec<Pair>,
}

/// A value with its label.
pub struct Pair {
    /// The field's name.
    pub id: &'static str,
    /// Its label.
    pub label: String,
    /// Its values.
    pub values: Vec<String>,
    /// Whether it is the address of a picture.
    pub is_picture: bool,
    /// Whether it is meant for machines.
    pub is_code: bool,
}

impl Group {
    /// Everything that was entered, step by step. `change` says where a step is changed.
    pub fn all(words: Words, entered: &Entered, change: impl Fn(Step) -> String) -> Vec<Self> {
        let saml = entered.text("protocol") == "saml";
        let groups = Step::ALL.into_iter().filter(|step| *step != Step::Check);
        let groups = groups.map(|step| Self {
            title: words.t(step.title()),
            href: change(step),
            pairs: FIELDS
                .iter()
                .filter(|field| field.step == step)
                .filter(|field| {
                    !field
                        .pointer
                        .starts_with(if saml { "/oidc/" } else { "/saml/" })
                })
                .filter(|field| is_told(entered, field))
                .map(|field| pair(words, entered, field))
                .collect(),
        });
        groups.collect()
    }
}

/// Whether a summary has a line for the field. What is optional and empty has none.
fn is_told(entered: &Entered, field: &super::fields::Field) -> bool {
    let is_quiet = match field.step {
        Step::HelpText => !field.name.ends_with("_en"),
        Step::Contacts => field.name != "contact_technical_name",
        _ => {
            field.kind == Kind::Box
                || ["justification_", POLICY, "userinfo_", "id_token_encrypted_"]
                    .iter()
                    .any(|start| field.name.starts_with(start))
        }
    };
    !is_quiet || !entered.text(field.name).is_empty()
}

/// The label of a field with what tells it from its sisters.
pub fn label(words: Words, field: &super::fields::Field) -> String {
    let text = words.t(field.label);
    let end = field.name.rsplit('_').next().unwrap_or_default();
    match field.step {
        Step::HelpText => format!("{text} ({end})"),
        Step::Contacts => format!("{text}: {}", words.t(contact_part(end))),
        _ => match field.name.strip_prefix("justification_") {
            Some(attribute) => {
                let key = format!("attribute-{}", attribute.replace('_', "-"));
                format!("{text}: {}", words.t(&key))
            }
            None => text,
        },
    }
}

const fn contact_part(end: &str) -> &'static str {
    match end.as_bytes() {
        b"email" => "f-contact-email",
        b"phone" => "f-contact-phone",
        _ => "f-contact-name",
    }
}

/// A field with what was entered.
pub fn pair(words: Words, entered: &Entered, field: &super::fields::Field) -> Pair {
    let text = entered.text(field.name);
    let is_help = field.step == Step::HelpText;
    let label = label(words, field);
    let named = |value: &str| {
        let start = match CHOICES.iter().find(|(name, _)| *name == field.name) {
            Some((_, start)) => start,
            None if field.name.starts_with(POLICY) => "policy",
            None => return None,
        };
        let key = format!("{start}-{value}");
        words.find(&key.replace('_', "-"))
    };
    let values = match field.kind {
        Kind::Box => vec![words.t("yes")],
        Kind::Logo => entered.logo_address().into_iter().collect(),
        Kind::Keys => super::entered::keys_of(text)
            .iter()
            .map(|key| key.fingerprint())
            .collect(),
        Kind::Choice | Kind::Boxes => entered
            .lines(field.name)
            .into_iter()
            .map(|value| named(value).unwrap_or_else(|| value.to_owned()))
            .collect(),
        Kind::Area if is_help || field.name == "description" => Some(text.to_owned())
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect(),
        Kind::Area | Kind::List => entered
            .lines(field.name)
            .into_iter()
            .map(str::to_owned)
            .collect(),
        Kind::Text if field.name == "handle" => vec![entered.handle()],
        Kind::Text => Some(text.to_owned())
            .filter(|text| !text.is_empty())
            .into_iter()
            .collect(),
    };
    let is_code = matches!(field.step, Step::Issuer | Step::Redirects) && field.kind != Kind::Box
        || matches!(field.name, "keys" | "jwks_uri" | "handle");
    Pair {
        id: field.name,
        label,
        values,
        is_picture: field.kind == Kind::Logo,
        is_code,
    }
}

/// The start of the keys that name a field's values.
const CHOICES: &[(&str, &str)] = &[
    ("environment", "environment"),
    ("protocol", "protocol"),
    ("token_endpoint_auth_method", "auth"),
    ("access_token_format", "token"),
    ("grant_types", "grant"),
    ("level_of_service", "level"),
    ("default_aal", "aal"),
    ("attributes", "attribute"),
    ("encryption", "encryption"),
    ("name_id_format", "name-id"),
];

/// What a form shows: what was typed, and what can be chosen.
pub struct Form {
    /// What was typed.
    pub entered: Entered,
    /// What to look at, by field.
    pub warnings: Vec<(&'static str, String)>,
    /// Whether short name and team are fixed.
    pub fixed: bool,
    /// Whether the issuer is fixed.
    pub issuer_fixed: bool,
    /// An issuer to follow.
    pub issuer_example: String,
    /// The teams to choose from: short name and name.
    pub teams: Vec<(String, String)>,
    /// The environments that a new app can begin in: name, words and what that means.
    pub environments: Vec<(&'static str, String, String)>,
    /// The attributes to choose from.
    pub attributes: Vec<AttributeChoice>,
    /// The policies that an app can have of its own.
    pub policies: Vec<PolicyField>,
    /// The list that has one more empty line.
    pub extra: Option<&'static str>,
    /// Whether an upload must be sent along again because no draft keeps it.
    pub keeps_uploads: bool,
}

impl Form {
    /// A form that holds what was typed and offers nothing to choose.
    pub fn plain(entered: Entered) -> Self {
        Self {
            entered,
            warnings: Vec::new(),
            fixed: false,
            issuer_fixed: false,
            issuer_example: String::new(),
            teams: Vec::new(),
            environments: Vec::new(),
            attributes: Vec::new(),
            policies: Vec::new(),
            extra: None,
            keeps_uploads: false,
        }
    }

    /// What was typed.
    pub fn text(&self, name: &str) -> &str {
        self.entered.text(name)
    }

    /// Whether this was chosen.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.entered.text(name) == value
    }

    /// Whether this number was chosen.
    pub fn is_number(&self, name: &str, value: &u64) -> bool {
        self.entered.text(name).parse() == Ok(*value)
    }

    /// Whether this was ticked among others.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.entered.lines(name).contains(&value)
    }

    /// What to look at in a field.
    pub fn notes(&self, name: &str) -> Vec<&str> {
        let notes = self.warnings.iter().filter(|(field, _)| *field == name);
        notes.map(|(_, message)| message.as_str()).collect()
    }

    /// The lines of a list, one of them empty where there is none or another one was asked for.
    pub fn rows(&self, name: &str) -> Vec<Row> {
        let Some(field) = super::fields::named(name) else {
            return Vec::new();
        };
        let mut values = self.entered.lines(name);
        let is_extra = self.extra == Some(field.name);
        if values.is_empty() || is_extra {
            values.push("");
        }
        let last = values.len();
        let rows = values.into_iter().enumerate().map(|(at, value)| Row {
            id: super::fields::line_id(field.name, at).into_owned(),
            number: (at + 1).to_string(),
            value: value.to_owned(),
            remove: format!("{name}.{at}"),
            is_new: is_extra && at + 1 == last,
        });
        rows.collect()
    }

    /// Whether one of these is ticked.
    pub fn has_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name, "1"))
    }

    /// The name of a contact's field.
    pub fn contact(&self, kind: &str, part: &str) -> &'static str {
        let name = format!("contact_{kind}_{part}");
        super::fields::named(&name).map_or("", |field| field.name)
    }

    /// The keys that were entered, each in a few words.
    pub fn key_lines(&self) -> Vec<String> {
        let keys = super::entered::keys_of(self.text("keys"));
        keys.iter().map(key_line).collect()
    }

    /// The chosen value of a field, where the choices that are offered lack it.
    pub fn other_choice(&self, name: &str, offered: &[&str]) -> Option<&str> {
        let chosen = self.text(name);
        (!chosen.is_empty() && !offered.contains(&chosen)).then_some(chosen)
    }

    /// The help texts to choose from in a field.
    pub fn presets(&self, field: &str) -> Vec<&'static super::form::Preset> {
        let all = super::form::PRESETS.iter();
        all.filter(|preset| preset.field == field).collect()
    }

    /// The name of a help text's field.
    pub fn help(&self, page: &str, language: &str) -> &'static str {
        let name = format!("help_{page}_{language}");
        FIELDS
            .iter()
            .find(|field| field.name == name)
            .map_or("", |field| field.name)
    }

    /// Whether a folded part holds something.
    pub fn opened(&self, part: &str) -> bool {
        match part {
            "protocol" => {
                let names = [
                    "require_par",
                    "require_signed_request_object",
                    "dpop_bound_access_tokens",
                    "fapi2",
                ];
                !self.is("id_token_signed_response_alg", "RS256")
                    || self.is("access_token_format", "jwt")
                    || !self.is("grant_types", "authorization_code")
                    || !self.text("id_token_encrypted_response_alg").is_empty()
                    || !self.text("userinfo_signed_response_alg").is_empty()
                    || !self.text("userinfo_encrypted_response_alg").is_empty()
                    || names.iter().any(|name| self.is(name, "1"))
            }
            "policies" => self
                .policies
                .iter()
                .any(|one| !self.text(one.name).is_empty()),
            language => ["sign_in", "sign_up", "forgot_password"]
                .iter()
                .any(|page| !self.text(self.help(page, language)).is_empty()),
        }
    }
}

/// An attribute to choose.
pub struct AttributeChoice {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub label: String,
    /// Whether only identity-verified apps receive it.
    pub verified: bool,
    /// The field that says why it is needed.
    pub reason: &'static str,
}

/// One line of a list.
pub struct Row {
    /// Its id.
    pub id: String,
    /// Its number, counted from 1.
    pub number: String,
    /// Its value.
    pub value: String,
    /// What the button sends that takes it away.
    pub remove: String,
    /// Whether it was just added.
    pub is_new: bool,
}

/// Where a draft stands.
pub struct DraftPlace {
    /// Its id.
    pub id: String,
    /// What the team calls it.
    pub name: String,
    /// The version that is shown.
    pub version: String,
    /// Who saved it last.
    pub editor: String,
    /// When.
    pub changed: String,
}

impl DraftPlace {
    /// A draft as its pages show it; `changed` is the time in words.
    pub fn of(draft: &Draft, changed: String) -> Self {
        Self {
            id: draft.id.clone(),
            name: draft.name.clone(),
            version: draft.version.to_string(),
            editor: draft.editor.clone(),
            changed,
        }
    }
}

fn key_line(key: &Key) -> String {
    let short: String = key.fingerprint().chars().take(16).collect();
    match key.facts() {
        Err(why) => why,
        Ok(facts) => {
            let kind = match facts.kind {
                KeyKind::Rsa => "RSA",
                KeyKind::Ec(_) => "EC",
                KeyKind::Ed25519 => "Ed25519",
            };
            let until = facts
                .certificate
                .map(|certificate| certificate.not_after.strftime(" → %Y-%m-%d").to_string());
            format!(
                "{kind} {} · {short}{}",
                facts.bits,
                until.unwrap_or_default()
            )
        }
    }
}
