//! A request that a person pastes. Nothing of it is kept.

use axum::response::Response;
use durward_app::failure::Failure;
use durward_app::partner::inspector::pasted::{self, Explained};
use durward_domain::environment::EnvironmentName;

use super::show::{self, ClaimLine, DifferenceView};
use crate::portal::desk::Desk;
use crate::portal::parts::{self, Mark};
use crate::shared::forms::Posted;
use crate::shared::page::{self, view};

view! {
    /// The form, and what was made of what was pasted.
    PasteRequest in "portal/paste.html" {
        /// What was pasted.
        text: String,
        /// The environments, each with whether it is chosen.
        environments: Vec<(String, String, bool)>,
        /// What was made of it.
        made: Option<Made>,
    }
}

/// What was made of a pasted request.
pub struct Made {
    /// What it is, and for which environment.
    pub what: String,
    /// Whether it passes.
    pub mark: Option<Mark>,
    /// The rule that refuses it, with its page.
    pub refused_by: Option<(String, String)>,
    /// Every rule in order.
    pub rules: Vec<RuleLine>,
    /// Claims beside what they must be.
    pub claims: Vec<ClaimLine>,
    /// What it says.
    pub fields: Vec<(String, String)>,
    /// Sent beside registered.
    pub differences: Vec<DifferenceView>,
    /// What the programme can tell besides.
    pub hints: Vec<String>,
}

/// One rule.
pub struct RuleLine {
    /// Its code.
    pub code: &'static str,
    /// Its page.
    pub help: String,
    /// What it says when it does not pass.
    pub sentence: String,
    /// What it said.
    pub mark: Mark,
}

/// The empty form.
pub async fn form(desk: Desk) -> Response {
    render(&desk, String::new(), EnvironmentName::Sandbox, None, None)
}

/// Judges what was pasted.
pub async fn judge(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let text = posted.text("request").to_owned();
    let environment =
        EnvironmentName::parse(posted.text("environment")).unwrap_or(EnvironmentName::Sandbox);
    match pasted::explain(&desk.keeper, &desk.member, &text, environment).await {
        Ok(made) => {
            let environment = made.environment;
            let made = view_of(&desk, made);
            Ok(render(&desk, text, environment, Some(made), None))
        }
        Err(Failure::Refused(refusal)) => {
            let error = desk.words().refusal(&refusal);
            Ok(render(&desk, text, environment, None, Some(error)))
        }
        Err(failure) => Err(desk.failed(failure, "/tools/request")),
    }
}

fn render(
    desk: &Desk,
    text: String,
    environment: EnvironmentName,
    made: Option<Made>,
    error: Option<String>,
) -> Response {
    let mut page = desk.page("/tools/request");
    if let Some(error) = error {
        page = page.with_error("request", error);
    }
    page::html(&PasteRequest {
        page,
        text,
        environments: desk
            .keeper
            .environments
            .iter()
            .map(|link| {
                let name = parts::environment_name(desk.words(), link.name);
                (
                    link.name.as_str().to_owned(),
                    name,
                    link.name == environment,
                )
            })
            .collect(),
        made,
    })
}

fn view_of(desk: &Desk, made: Explained) -> Made {
    let words = desk.words();
    let environment = parts::environment_name(words, made.environment);
    let kind = words.t(&format!("paste-kind-{}", made.kind.replace('_', "-")));
    let judged = !made.rules.is_empty() || !made.claims.is_empty();
    let passes = made.refused_by.is_none() && made.claims.iter().all(|claim| claim.passes);
    let app = made
        .app
        .clone()
        .unwrap_or_else(|| words.t("inspect-app-unknown"));
    Made {
        what: format!("{kind} · {environment} · {app}"),
        mark: judged.then(|| {
            if passes {
                Mark::new("good", words.t("paste-passes"))
            } else {
                Mark::new("stop", words.t("paste-fails"))
            }
        }),
        refused_by: made.refused_by.map(|code| {
            let help = super::help(&code);
            (code, help)
        }),
        rules: made
            .rules
            .into_iter()
            .map(|rule| RuleLine {
                help: super::help(rule.code),
                code: rule.code,
                mark: match rule.verdict {
                    "passed" => Mark::new("good", words.t("inspect-passes")),
                    "failed" => Mark::new("stop", words.t("inspect-fails")),
                    _ => Mark::new("", words.t("paste-not-reached")),
                },
                sentence: if rule.verdict == "failed" {
                    rule.sentence
                } else {
                    String::new()
                },
            })
            .collect(),
        claims: show::claim_lines(words, &made.claims),
        differences: made
            .differences
            .iter()
            .map(|one| show::difference(words, &one.name, &one.parts))
            .collect(),
        hints: show::hint_lines(words, &made.hints),
        fields: made.fields,
    }
}
