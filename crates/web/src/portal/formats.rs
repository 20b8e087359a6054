//! Apps in other people's formats: a page to bring one in, and a page to take one out.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::apps;
use durward_app::partner::formats::{self, Foreign, Import};
use durward_app::partner::save::Save;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::formats::{Format, FormatFault, Hints, Note, export};
use durward_domain::id::{AppHandle, TeamHandle};
use durward_domain::permission::Action;

use super::desk::{self, Desk};
use super::parts::{self, FindingLine};
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;
use crate::shared::route::{Needs, Route};

/// The pages of formats.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/apps/import", || get(ask)).needs(CREATE),
    takes("/apps/import", TEXT, SAVES, || post(take)).needs(CREATE),
    shows("/apps/{handle}/{environment}/formats", || get(list)).may(Action::ViewApp),
    shows("/apps/{handle}/{environment}/formats/{format}", || {
        get(download)
    })
    .may(Action::ViewApp),
];

view! {
    /// The form for a text of another format, with what became of it.
    ImportApp in "portal/import.html" {
        /// What was typed.
        typed: Typed,
        /// The formats: id, name, chosen.
        formats: Vec<(&'static str, &'static str, bool)>,
        /// The teams: short name, chosen.
        teams: Vec<(String, bool)>,
        /// The environments: id, name, chosen.
        environments: Vec<(&'static str, String, bool)>,
        /// What is wrong.
        faults: Vec<FormatFault>,
        /// What a save would do.
        outcome: Option<Outcome>,
        /// What the validator finds.
        findings: Vec<FindingLine>,
    }
}

view! {
    /// The formats of an app.
    Formats in "portal/formats.html" {
        /// The app's name.
        name: String,
        /// Its page.
        back: String,
        /// Each format.
        lines: Vec<FormatLine>,
    }
}

/// What was typed.
#[derive(Default)]
pub struct Typed {
    /// The text.
    pub text: String,
    /// The short name.
    pub handle: String,
}

/// What a text came to.
pub struct Outcome {
    /// The name of the format.
    pub format: &'static str,
    /// The name of the app.
    pub name: String,
    /// How many fields found their place, as a sentence.
    pub mapped: String,
    /// Fields that are only kept.
    pub kept: Vec<String>,
    /// What to know.
    pub notes: Vec<Note>,
    /// What a save would change, or that it changes nothing.
    pub change: String,
    /// The differences.
    pub lines: Vec<String>,
}

/// One format on the page.
pub struct FormatLine {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub title: &'static str,
    /// Where it is; nothing when it cannot say the app.
    pub href: Option<String>,
    /// The same without `durward`, where that differs.
    pub plain: Option<String>,
    /// What travels beside, or why it cannot be had.
    pub beside: String,
    /// Whether that is a sentence in English.
    pub english: bool,
}

async fn ask(desk: Desk) -> Response {
    form(
        &desk,
        Typed::default(),
        &Chosen::default(),
        Vec::new(),
        None,
    )
}

/// What was chosen in the lists.
#[derive(Default)]
struct Chosen {
    format: Option<Format>,
    team: String,
    environment: Option<EnvironmentName>,
}

fn form(
    desk: &Desk,
    typed: Typed,
    chosen: &Chosen,
    faults: Vec<FormatFault>,
    done: Option<&Import>,
) -> Response {
    let words = desk.words();
    let teams = desk.member.teams().into_iter();
    let may = |team: &&str| {
        desk.may(Action::CreateSandboxApp, team)
            || desk.may(Action::CreateProductionConfiguration, team)
    };
    page::html(&ImportApp {
        page: desk.page("/apps/import"),
        typed,
        formats: Format::ALL
            .map(|format| {
                (
                    format.as_str(),
                    format.title(),
                    Some(format) == chosen.format,
                )
            })
            .into(),
        teams: teams
            .filter(may)
            .map(|team| (team.to_owned(), team == chosen.team))
            .collect(),
        environments: EnvironmentName::ALL
            .map(|name| {
                let shown = parts::environment_name(words, name);
                (name.as_str(), shown, Some(name) == chosen.environment)
            })
            .into(),
        faults,
        findings: done
            .map(|done| FindingLine::all(words, &done.findings))
            .unwrap_or_default(),
        outcome: done.map(|done| outcome(words, done)),
    })
}

fn outcome(words: Words, done: &Import) -> Outcome {
    let change = match (done.plan.changes, done.plan.saved_version) {
        (_, None) => "import-new",
        (false, Some(_)) => "import-same",
        (true, Some(_)) => "import-changes",
    };
    let mapped = u64::try_from(done.report.mapped.len()).unwrap_or_default();
    Outcome {
        format: done.format.title(),
        name: done.document.friendly_name.clone(),
        mapped: words.t_count("import-mapped", mapped),
        kept: done.report.kept.clone(),
        notes: done.report.notes.clone(),
        change: words.t(change),
        lines: done
            .plan
            .saved_diff
            .iter()
            .map(|line| line.sentence.clone())
            .collect(),
    }
}

async fn take(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let file = posted.file("file");
    let text = match file {
        Some(file) => String::from_utf8_lossy(&file.bytes).into_owned(),
        None => posted.exact("text").replace("\r\n", "\n"),
    };
    let chosen = Chosen {
        format: Format::parse(posted.text("format")).ok(),
        team: posted.text("team").to_owned(),
        environment: EnvironmentName::parse(posted.text("environment")).ok(),
    };
    let mut faults = Vec::new();
    let handle = match posted.text("handle") {
        "" => None,
        typed => AppHandle::parse(typed)
            .map_err(|bad| faults.push(fault(&bad.to_string())))
            .ok(),
    };
    let foreign = Foreign {
        text: text.clone(),
        format: chosen.format,
        hints: Hints {
            handle,
            team: TeamHandle::parse(&chosen.team).ok(),
            environment: chosen.environment,
        },
    };
    let typed = Typed {
        text,
        handle: posted.text("handle").to_owned(),
    };
    if !faults.is_empty() {
        return Ok(form(&desk, typed, &chosen, faults, None));
    }
    let save = (!posted.has("check")).then_some(Save::Put);
    let done = formats::import(&desk.keeper, &desk.member, &foreign, save, &desk.trace()).await;
    match done {
        Ok(done) => Ok(match &done.saved {
            Some(saved) => {
                let live = saved.live.as_ref();
                let ms = live
                    .map(|live| format!("&ms={}", live.ms))
                    .unwrap_or_default();
                let place = format!("/apps/{}/{}", saved.handle, saved.environment);
                Redirect::to(&format!("{place}?saved={}{ms}", saved.revision)).into_response()
            }
            None => form(&desk, typed, &chosen, Vec::new(), Some(&done)),
        }),
        Err(Failure::Refused(refusal)) => {
            let mut faults = refusal.faults().to_vec();
            faults.extend(refusal.findings().into_iter().map(|finding| FormatFault {
                path: finding.path,
                message: finding.message,
                suggestion: None,
                placeholder: None,
            }));
            if faults.is_empty() {
                return Err(desk.refused(&refusal, "/apps/import"));
            }
            Ok(form(&desk, typed, &chosen, faults, None))
        }
        Err(Failure::Fault(fault)) => Err(Problem::from(fault).as_page().into_response()),
    }
}

fn fault(message: &str) -> FormatFault {
    FormatFault {
        path: String::new(),
        message: message.to_owned(),
        suggestion: None,
        placeholder: None,
    }
}

async fn list(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let place = desk::environment(&environment)?;
    let app = apps::app(&desk.keeper, &desk.member, &handle, place)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let words = desk.words();
    let back = format!("/apps/{handle}/{environment}");
    let lines = Format::ALL
        .into_iter()
        .map(|format| {
            let href = format!("{back}/formats/{format}");
            match export(&app.document, format, false) {
                Ok(exported) => FormatLine {
                    id: format.as_str(),
                    title: format.title(),
                    plain: (!exported.beside.is_empty()).then(|| format!("{href}-plain")),
                    beside: match exported.beside.as_slice() {
                        [] => words.t("formats-whole"),
                        beside => words.t1("formats-beside", "fields", &beside.join(", ")),
                    },
                    href: Some(href),
                    english: false,
                },
                Err(refusal) => FormatLine {
                    id: format.as_str(),
                    title: format.title(),
                    href: None,
                    plain: None,
                    beside: refusal.to_string(),
                    english: true,
                },
            }
        })
        .collect();
    Ok(page::html(&Formats {
        page: desk.page("/"),
        name: app.document.app_name.clone(),
        back,
        lines,
    }))
}

async fn download(
    desk: Desk,
    Path((handle, environment, name)): Path<(String, String, String)>,
) -> Result<Response, Response> {
    let place = desk::environment(&environment)?;
    let (id, plain) = match name.strip_suffix("-plain") {
        Some(id) => (id, true),
        None => (name.as_str(), false),
    };
    let back = format!("/apps/{handle}/{environment}/formats");
    let format = Format::parse(id).map_err(|unknown| desk.refused(&unknown, &back))?;
    let at = (handle.as_str(), place);
    let (exported, _) = formats::export(&desk.keeper, &desk.member, at, format, plain)
        .await
        .map_err(|failure| desk.failed(failure, &back))?;
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", exported.file_name),
        ),
    ];
    Ok((headers, exported.text).into_response())
}

const CREATE: Needs = Needs::ByEnvironment {
    sandbox: Action::CreateSandboxApp,
    live: Action::CreateProductionConfiguration,
};
const SAVES: &[Event] = &[
    Event::AppCreated,
    Event::AppRevisionSaved,
    Event::ReleaseBuilt,
    Event::ReleaseDeployed,
];

/// A document with a logo, as text and perhaps as a file.
const TEXT: usize = 1024 * 1024;

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The form empty, with faults and with an outcome; the list of formats.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let words = Words::of(language);
        let form = |faults, outcome| ImportApp {
            page: samples::page(language, "/apps/import"),
            typed: Typed::default(),
            formats: Format::ALL
                .map(|format| (format.as_str(), format.title(), format == Format::GovUkJson))
                .into(),
            teams: vec![("fisheries-digital".to_owned(), true)],
            environments: EnvironmentName::ALL
                .map(|name| (name.as_str(), parts::environment_name(words, name), false))
                .into(),
            faults,
            outcome,
            findings: Vec::new(),
        };
        let mut wrong = fault("The placeholder {CLIENT_NAME} is still there.");
        wrong.path = "/ClientName".to_owned();
        wrong.suggestion = Some("ClientName".to_owned());
        let outcome = Outcome {
            format: Format::GovUkJson.title(),
            name: "Fishing Licence".to_owned(),
            mapped: words.t_count("import-mapped", 12),
            kept: vec!["/SectorIdentifierUri".to_owned()],
            notes: vec![Note {
                path: "/ClientID".to_owned(),
                message: "The programme fills in the client id.".to_owned(),
            }],
            change: words.t("import-changes"),
            lines: vec!["Friendly name: A → B".to_owned()],
        };
        let list = Formats {
            page: samples::page(language, "/"),
            name: "Fishing Licence".to_owned(),
            back: "/apps/fishing-licence/sandbox".to_owned(),
            lines: vec![
                FormatLine {
                    id: "login-gov-json",
                    title: "Login.gov portal JSON",
                    href: Some("/x".to_owned()),
                    plain: Some("/y".to_owned()),
                    beside: words.t1("formats-beside", "fields", "/logo"),
                    english: false,
                },
                FormatLine {
                    id: "saml-metadata",
                    title: "SAML metadata",
                    href: None,
                    plain: None,
                    beside: "The app speaks OpenID Connect.".to_owned(),
                    english: true,
                },
            ],
        };
        [
            form(Vec::new(), None).render(),
            form(vec![wrong], None).render(),
            form(Vec::new(), Some(outcome)).render(),
            list.render(),
        ]
        .into_iter()
        .map(Result::unwrap_or_default)
        .collect()
    }
}
