//! What the form of a request holds, and what of it is wrong.

use durward_app::partner::apps::AppView;
use durward_domain::application::{Contact, ContactKind};
use durward_domain::launch::checklist::ChecklistItem;
use durward_domain::launch::{Estimates, LaunchBody};

use crate::portal::desk::Desk;
use crate::portal::entered::Entered;

/// What was typed as a request; what cannot be read is an error of its field.
pub(super) fn read(
    desk: &Desk,
    app: &AppView,
    entered: &Entered,
    supersedes: Option<String>,
) -> (LaunchBody, Vec<(&'static str, String)>) {
    let words = desk.words();
    let mut errors = Vec::new();
    let some = |name: &str| Some(entered.text(name).to_owned()).filter(|text| !text.is_empty());
    let mut number = |name: &'static str| {
        let digits: String = entered
            .text(name)
            .chars()
            .filter(|letter| !matches!(letter, ',' | ' ' | '\u{a0}' | '\u{202f}'))
            .collect();
        if digits.is_empty() {
            return None;
        }
        let read = digits.parse().ok();
        if read.is_none() {
            errors.push((name, words.t("number-wrong")));
        }
        read
    };
    let estimates = Estimates {
        annual_registrations: number("annual_registrations"),
        annual_authentications: number("annual_authentications"),
        monthly_active_users: number("monthly_active_users"),
        seasonality: some("seasonality"),
    };
    let mut date = |name: &'static str| {
        let text = some(name)?;
        let read = text.parse().ok();
        if read.is_none() {
            errors.push((name, words.t("date-wrong")));
        }
        read
    };
    let (desired_date, public_date) = (date("desired_date"), date("public_date"));
    let contacts = CONTACTS.iter().filter_map(|contact| {
        let [name, email, phone] = [contact.name, contact.email, contact.phone]
            .map(|field| entered.text(field).to_owned());
        (!(name.is_empty() && email.is_empty() && phone.is_empty())).then_some(Contact {
            kind: contact.kind,
            name,
            email,
            phone,
        })
    });
    let attestations = ATTESTED
        .iter()
        .filter_map(|(rule, field)| Some(((*rule).to_owned(), some(field)?)));
    let body = LaunchBody {
        agreement: some("agreement"),
        desired_date,
        public_date,
        estimates,
        audience: some("audience"),
        application_url: some("application_url"),
        contacts: contacts.collect(),
        attestations: attestations.collect(),
        note: some("note"),
        supersedes,
        ..LaunchBody::new(app.document.handle.clone(), app.summary.environment)
    };
    (body, errors)
}

/// What the form shows for a request.
pub(super) fn typed(body: &LaunchBody) -> Entered {
    let mut entered = Entered::default();
    let mut set =
        |name: &str, value: Option<String>| entered.set(name, value.as_deref().unwrap_or(""));
    set("agreement", body.agreement.clone());
    set(
        "desired_date",
        body.desired_date.map(|date| date.to_string()),
    );
    set("public_date", body.public_date.map(|date| date.to_string()));
    set(
        "annual_registrations",
        body.estimates
            .annual_registrations
            .map(|number| number.to_string()),
    );
    set(
        "annual_authentications",
        body.estimates
            .annual_authentications
            .map(|number| number.to_string()),
    );
    set(
        "monthly_active_users",
        body.estimates
            .monthly_active_users
            .map(|number| number.to_string()),
    );
    set("seasonality", body.estimates.seasonality.clone());
    set("audience", body.audience.clone());
    set("application_url", body.application_url.clone());
    set("note", body.note.clone());
    for fields in CONTACTS {
        if let Some(contact) = body
            .contacts
            .iter()
            .find(|contact| contact.kind == fields.kind)
        {
            set(fields.name, Some(contact.name.clone()));
            set(fields.email, Some(contact.email.clone()));
            set(fields.phone, Some(contact.phone.clone()));
        }
    }
    for (rule, field) in ATTESTED {
        set(field, body.attestations.get(*rule).cloned());
    }
    entered
}

/// What stops a submission, each fault at the field that closes it; what the configuration must repair at the note.
pub(super) fn faults(items: &[ChecklistItem], body: &LaunchBody) -> Vec<(&'static str, String)> {
    let mut list = Vec::new();
    for item in items {
        let sentence = format!("{} {}", item.evidence, item.how_to_close);
        let fields = match item.rule.as_str() {
            "L15" => unnamed(body),
            "L16" => unsaid(body),
            _ => Vec::new(),
        };
        if fields.is_empty() {
            list.push((field_of(&item.rule), sentence.clone()));
        }
        list.extend(fields.into_iter().map(|field| (field, sentence.clone())));
    }
    list
}

/// The field that closes a rule.
fn field_of(rule: &str) -> &'static str {
    match rule {
        "L01" | "L02" | "L03" | "L04" => "agreement",
        "L15" => "contact_technical_name",
        "L16" => "application_url",
        "L17" => "desired_date",
        "L08" => "attestation_L08",
        "L18" => "attestation_L18",
        "L19" => "attestation_L19",
        _ => "note",
    }
}

/// The contacts that are not named, or cannot be reached.
fn unnamed(body: &LaunchBody) -> Vec<&'static str> {
    let lacks = CONTACTS.iter().filter(|row| {
        let mut all = body.contacts.iter();
        !all.any(|contact| contact.kind == row.kind && contact.is_reachable())
    });
    lacks.map(|row| row.name).collect()
}

/// The estimates that are not given.
fn unsaid(body: &LaunchBody) -> Vec<&'static str> {
    let given = &body.estimates;
    let said = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    [
        ("annual_registrations", given.annual_registrations.is_some()),
        (
            "annual_authentications",
            given.annual_authentications.is_some(),
        ),
        ("monthly_active_users", given.monthly_active_users.is_some()),
        ("seasonality", said(&given.seasonality)),
        ("audience", said(&body.audience)),
    ]
    .into_iter()
    .filter(|(_, given)| !given)
    .map(|(field, _)| field)
    .collect()
}

pub(super) struct ContactRow {
    pub(super) kind: ContactKind,
    pub(super) label: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) phone: &'static str,
}

macro_rules! contacts {
    ($($kind:ident $word:literal $label:literal;)+) => {
        &[$(ContactRow {
            kind: ContactKind::$kind,
            label: $label,
            name: concat!("contact_", $word, "_name"),
            email: concat!("contact_", $word, "_email"),
            phone: concat!("contact_", $word, "_phone"),
        },)+]
    };
}

pub(super) const CONTACTS: &[ContactRow] = contacts! {
    Technical "technical" "contact-technical";
    Program "program" "contact-program";
    Billing "billing" "contact-billing";
    HelpDesk "help_desk" "contact-help-desk";
};

pub(super) const ATTESTED: &[(&str, &str)] = &[
    ("L08", "attestation_L08"),
    ("L18", "attestation_L18"),
    ("L19", "attestation_L19"),
];
