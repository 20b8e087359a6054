//! The form of an app: what it offers, what is wrong in it, and what it puts together. The wizard and the edit page share it.

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use durward_app::failure::Failure;
use durward_app::partner::agency::{self, AgencyWords};
use durward_app::partner::apps::{self, AppRefusal};
use durward_app::partner::{lint, members};
use durward_domain::application::AppDocument;
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentName;
use durward_domain::lint::presets;
use durward_domain::lint::{Finding, Severity};
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse;

use super::desk::Desk;
use super::entered::{Cleared, Entered, Origin, placed};
use super::fields::{self, Kind, Step};
use super::parts::{self, AttributeChoice, Form, Pair};
use super::policies::PolicyField;
use crate::shared::forms::Posted;
use crate::shared::i18n::{Language, Words};
use crate::shared::page::{NoticeKind, Page};
use crate::shared::problem::Problem;

/// What is wrong with one control: its id and the sentence.
pub(super) struct Wrong {
    /// The control's id.
    pub(super) id: Cow<'static, str>,
    /// The sentence.
    pub(super) message: String,
}

impl Wrong {
    /// Something wrong with a control.
    pub(super) fn at(id: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            message: message.into(),
        }
    }

    /// A finding where the form asks for it.
    fn of(finding: &Finding) -> Option<(&'static fields::Field, Self)> {
        let field = fields::at(&finding.path)?;
        let id = fields::id_at(field, &finding.path);
        Some((field, Self::at(id, finding.message.clone())))
    }
}

/// The page with these errors, one for each control.
pub(super) fn with_wrong(mut page: Page, wrong: &[Wrong]) -> Page {
    for one in wrong {
        page = page.with_error(one.id.clone(), one.message.clone());
    }
    page
}

/// The page that tells what was cleared.
pub(super) fn with_cleared(page: Page, cleared: &[Cleared]) -> Page {
    if cleared.is_empty() {
        return page;
    }
    let words = page.words;
    let list: Vec<String> = cleared
        .iter()
        .map(|one| match one.values.join(", ") {
            values if values.is_empty() => label(words, one.name),
            values => format!("{} ({values})", label(words, one.name)),
        })
        .collect();
    let text = words.t1("cleared", "fields", &list.join("; "));
    page.with_notice(NoticeKind::Info, text)
}

/// The label of a field with what tells it from its sisters.
pub(super) fn label(words: Words, name: &str) -> String {
    fields::named(name).map_or_else(String::new, |field| parts::label(words, field))
}

/// What is wrong with what was typed in this step.
pub(super) async fn wrong_in(
    desk: &Desk,
    entered: &Entered,
    step: Step,
) -> Result<Vec<Wrong>, Response> {
    let found = findings(desk, entered).await?;
    let errors = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    Ok(errors
        .filter_map(Wrong::of)
        .filter(|(field, _)| field.step == step)
        .map(|(_, wrong)| wrong)
        .collect())
}

/// Findings as errors of their controls; what has none stands at the note.
pub(super) fn wrong_of(findings: &[Finding]) -> Vec<Wrong> {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| {
            Wrong::of(finding).map_or_else(
                || Wrong::at("note", finding.message.clone()),
                |(_, wrong)| wrong,
            )
        })
        .collect()
}

/// A refused save as errors of its controls.
pub(super) fn refused(
    refusal: &AppRefusal,
    document: Option<&AppDocument>,
    desk: &Desk,
) -> Vec<Wrong> {
    let found = refusal.findings();
    if found.is_empty() {
        let field = match refusal {
            AppRefusal::IssuerTaken(_) | AppRefusal::IssuerFixed(_) => "issuer",
            AppRefusal::Exists { .. } | AppRefusal::HandleTaken(_) => "handle",
            AppRefusal::NoTeam(_) | AppRefusal::TeamFixed(_) => "team",
            _ => "note",
        };
        return vec![Wrong::at(
            field,
            desk.words().refusal(refusal as &dyn Refuse),
        )];
    }
    let found: Vec<Finding> = match document {
        Some(document) => found.iter().map(|one| placed(one, document)).collect(),
        None => found,
    };
    wrong_of(&found)
}

/// What the validator finds in what was typed so far. A short name that is none hides nothing else.
pub(super) async fn findings(desk: &Desk, entered: &Entered) -> Result<Vec<Finding>, Response> {
    let base = base(desk, entered).await?;
    let fault = match entered.document(base.as_ref()) {
        Ok(document) => return judged(desk, &document).await,
        Err(fault) => fault,
    };
    let mut found = Vec::new();
    if fault.pointer == "/handle" {
        let mut named = entered.clone();
        named.set("handle", "some-app");
        if let Ok(document) = named.document(base.as_ref()) {
            found = judged(desk, &document).await?;
        }
        // The short name is made from the app name, which is missed already.
        if entered.text("handle").is_empty() && entered.text("app_name").is_empty() {
            return Ok(found);
        }
    }
    let whole = durward_domain::lint::unreadable(&fault);
    found.insert(
        0,
        Finding {
            message: fault.message,
            ..whole
        },
    );
    Ok(found)
}

async fn judged(desk: &Desk, document: &AppDocument) -> Result<Vec<Finding>, Response> {
    let found = lint::findings(&desk.keeper, document)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    Ok(found.iter().map(|one| placed(one, document)).collect())
}

/// What the form does not show comes from the configuration that it began with.
pub(super) async fn base(desk: &Desk, entered: &Entered) -> Result<Option<AppDocument>, Response> {
    let environment = match entered.origin() {
        Origin::New => return Ok(None),
        Origin::Copy => EnvironmentName::Sandbox,
        Origin::Change => entered.environment(),
    };
    match apps::app(
        &desk.keeper,
        &desk.member,
        entered.text("handle"),
        environment,
    )
    .await
    {
        Ok(view) => Ok(Some(view.document)),
        Err(Failure::Refused(AppRefusal::NotFound { .. })) => Ok(None),
        Err(failure) => Err(desk.failed(failure, "/")),
    }
}

/// The form of what was entered, with what can be chosen and what to look at.
pub(super) async fn form(
    desk: &Desk,
    mut entered: Entered,
    wrong: &[Wrong],
    extra: Option<&'static str>,
) -> Result<Form, Response> {
    let words = desk.words();
    let problem = |fault| Problem::from(fault).as_page().into_response();
    let teams = members::teams(&desk.keeper, &desk.member)
        .await
        .map_err(problem)?;
    let found = findings(desk, &entered).await?;
    let agency = agency::agency_of(&desk.keeper, entered.text("team"))
        .await
        .map_err(problem)?;
    let warnings = found
        .into_iter()
        .filter(|finding| finding.severity == Severity::Warning)
        .filter_map(|finding| Some((fields::at(&finding.path)?.name, finding.message)))
        .filter(|(name, _)| {
            !wrong.iter().any(|one| one.id == *name) && !entered.text(name).is_empty()
        })
        .collect();
    let example = issuer_example(&entered, &agency);
    // Fixed once made, so that a good one stands there from the start.
    if entered.text("issuer").is_empty() && !entered.handle().is_empty() {
        entered.set("issuer", &example);
    }
    Ok(Form {
        fixed: entered.origin() != Origin::New,
        issuer_fixed: entered.origin() == Origin::Change,
        issuer_example: example,
        teams: teams
            .into_iter()
            .filter(|(handle, _)| desk.may(Action::CreateSandboxApp, handle))
            .collect(),
        environments: environments(desk, entered.text("team")),
        attributes: Attribute::ALL
            .iter()
            .map(|attribute| AttributeChoice {
                id: attribute.as_str(),
                label: words.t(&format!(
                    "attribute-{}",
                    attribute.as_str().replace('_', "-")
                )),
                verified: attribute.needs_identity_verified(),
                reason: fields::named(&format!("justification_{attribute}"))
                    .map_or("", |field| field.name),
            })
            .collect(),
        policies: PolicyField::all(words, &desk.keeper.programme.policies),
        extra,
        warnings,
        ..Form::plain(entered)
    })
}

/// The environments that a new app can begin in.
fn environments(desk: &Desk, team: &str) -> Vec<(&'static str, String, String)> {
    let links = desk.keeper.environments.iter().filter(|link| {
        !link.name.class().is_live() || desk.may(Action::CreateProductionConfiguration, team)
    });
    let words = desk.words();
    links
        .map(|link| {
            let what = if link.name.class().is_live() {
                words.t("environment-live-what")
            } else {
                words.t("environment-test-what")
            };
            (
                link.name.as_str(),
                parts::environment_name(words, link.name),
                what,
            )
        })
        .collect()
}

/// An issuer in the programme's shape, made of the agency and the app.
fn issuer_example(entered: &Entered, agency: &AgencyWords) -> String {
    let word = |text: &str| {
        let letters = text.chars().map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                '_'
            }
        });
        letters.collect::<String>().trim_matches('_').to_owned()
    };
    let shape = if entered.text("protocol") == "saml" {
        "urn:gov:gsa:SAML:2.0.profiles"
    } else {
        "urn:gov:gsa:openidconnect.profiles"
    };
    let agency = match agency.abbreviation.as_str() {
        "" => entered.text("team").split('-').next().unwrap_or("agency"),
        abbreviation => abbreviation,
    };
    format!(
        "{shape}:sp:sso:{}:{}",
        word(agency),
        word(&entered.handle())
    )
}

/// Fills help texts from the presets that were chosen, in every language. Tells whether there was one.
pub(super) async fn fill_presets(
    desk: &Desk,
    entered: &mut Entered,
    posted: &Posted,
) -> Result<bool, Response> {
    let chosen: Vec<&Preset> = PRESETS
        .iter()
        .filter(|preset| posted.text(preset.field) == preset.value)
        .collect();
    if chosen.is_empty() {
        return Ok(false);
    }
    let agency = agency::agency_of(&desk.keeper, entered.text("team"))
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let app = entered.text("friendly_name").to_owned();
    for preset in chosen {
        for language in Language::ALL {
            let text = offered(preset)
                .and_then(|offered| offered.text(language.tag(), &app, &agency.name))
                .unwrap_or_default();
            let short = language.tag().split('-').next().unwrap_or_default();
            entered.set(&format!("help_{}_{short}", preset.page), &text);
        }
    }
    Ok(true)
}

/// What both sides have in the fields of a step, where it differs: mine, then theirs.
pub(super) fn versus(
    words: Words,
    mine: &Entered,
    theirs: &Entered,
    step: Step,
) -> Vec<(Pair, Pair)> {
    let own = fields::FIELDS.iter().filter(|field| field.step == step);
    own.filter(|field| mine.text(field.name) != theirs.text(field.name))
        .filter(|field| field.kind != Kind::Logo)
        .map(|field| {
            (
                parts::pair(words, mine, field),
                parts::pair(words, theirs, field),
            )
        })
        .collect()
}

/// The text itself, which the validator knows as an offered one; none stands for no text.
fn offered(preset: &Preset) -> Option<&'static presets::Preset> {
    let mut known = presets::PRESETS.iter();
    known.find(|known| known.page == preset.page && known.name == preset.value)
}

/// A help text that is there to be chosen.
pub struct Preset {
    /// The field that chooses it.
    pub field: &'static str,
    /// Its value there.
    pub value: &'static str,
    /// The page whose text it is.
    page: &'static str,
    /// The key of its name.
    pub label: &'static str,
}

const fn preset(
    field: &'static str,
    page: &'static str,
    value: &'static str,
    label: &'static str,
) -> Preset {
    Preset {
        field,
        value,
        page,
        label,
    }
}

/// The texts that a programme offers, page by page.
pub static PRESETS: &[Preset] = &[
    preset("preset_sign_in", "sign_in", "blank", "preset-blank"),
    preset(
        "preset_sign_in",
        "sign_in",
        "first_time",
        "preset-first-time",
    ),
    preset(
        "preset_sign_in",
        "sign_in",
        "agency_email",
        "preset-agency-email",
    ),
    preset("preset_sign_in", "sign_in", "piv_cac", "preset-piv-cac"),
    preset("preset_sign_up", "sign_up", "blank", "preset-blank"),
    preset(
        "preset_sign_up",
        "sign_up",
        "first_time",
        "preset-first-time",
    ),
    preset(
        "preset_sign_up",
        "sign_up",
        "agency_email",
        "preset-agency-email",
    ),
    preset(
        "preset_sign_up",
        "sign_up",
        "same_email",
        "preset-same-email",
    ),
    preset(
        "preset_forgot_password",
        "forgot_password",
        "blank",
        "preset-blank",
    ),
    preset(
        "preset_forgot_password",
        "forgot_password",
        "troubleshoot",
        "preset-troubleshoot",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_a_text_that_the_validator_knows() {
        for choice in PRESETS {
            assert_eq!(
                offered(choice).is_none(),
                choice.value == "blank",
                "{} {}",
                choice.page,
                choice.value
            );
        }
        let choices = PRESETS.iter().filter(|choice| choice.value != "blank");
        assert_eq!(choices.count(), presets::PRESETS.len());
    }
}
