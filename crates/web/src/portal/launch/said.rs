//! Comments on the fields of a request: threads, and the form for one more.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps::AppView;
use durward_app::partner::comments;
use durward_app::partner::launches::{LaunchDenied, LaunchView};
use durward_domain::application::AppDocument;

use super::{find, here, render};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::fields::{self, FIELDS};
use crate::portal::parts::{self, Mark};
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::problem::Problem;

/// What was said of one field.
pub struct Thread {
    /// The field.
    pub label: String,
    /// Where it is changed; empty where it is not.
    pub href: String,
    /// Oldest first.
    pub lines: Vec<Said>,
}

/// One comment.
pub struct Said {
    /// Its id.
    pub id: String,
    /// Who wrote it, on which side, and when.
    pub who: String,
    /// What was written.
    pub text: String,
    /// That the other side does not see it yet, or that it is settled.
    pub mark: Option<Mark>,
    /// Whether it can be settled.
    pub may_settle: bool,
}

/// Writes or settles a comment.
pub async fn comment(
    desk: Desk,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    let back = format!("{}#comments", here(&id));
    let done = if posted.has("settle") {
        comments::settle(keeper, member, (&id, posted.text("settle")), &trace).await
    } else {
        let said = (posted.text("comment_path"), posted.text("comment"));
        comments::write(keeper, member, &id, said, &trace).await
    };
    let refusal = match done {
        Ok(_) => return Ok(Redirect::to(&back).into_response()),
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(desk.failed(failure, &back)),
    };
    let field = match &refusal {
        LaunchDenied::Comment | LaunchDenied::TooManyComments => "comment",
        LaunchDenied::NoSuchField(_) => "comment_path",
        other => return Err(desk.refused(other, &back)),
    };
    let mut entered = Entered::default();
    for name in ["comment_path", "comment"] {
        entered.set(name, posted.text(name));
    }
    let sentence = desk.words().refusal(&refusal);
    let found = find(&desk, &id).await?;
    render(&desk, found, entered, Some((field, sentence))).await
}

/// What was said of the fields of an app's open request and is not settled: pointer and words.
pub(in crate::portal) async fn said_of(
    desk: &Desk,
    app: &AppView,
) -> Result<Vec<(String, String)>, Response> {
    let place = (
        app.summary.handle.as_str(),
        app.summary.environment.as_str(),
    );
    let said = comments::at_fields(&desk.keeper, &desk.member, place)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    Ok(said
        .into_iter()
        .map(|one| (one.path, format!("{}: {}", one.author, one.text)))
        .collect())
}

/// The comments of a request, by field.
pub(super) fn threads(desk: &Desk, found: &LaunchView) -> Vec<Thread> {
    let words = desk.words();
    let base = format!("/apps/{}/{}", found.summary.app, found.summary.environment);
    let mut paths: Vec<&str> = Vec::new();
    for comment in &found.comments {
        if !paths.contains(&comment.path.as_str()) {
            paths.push(&comment.path);
        }
    }
    let lines = |path: &str| {
        let of_path = found.comments.iter().filter(|one| one.path == path);
        of_path
            .map(|one| Said {
                id: one.id.clone(),
                who: words.t_args(
                    if one.side == "staff" {
                        "comment-by-staff"
                    } else {
                        "comment-by-team"
                    },
                    &[("who", &one.author), ("time", &desk.moment(one.written))],
                ),
                text: one.text.clone(),
                mark: if one.settled {
                    Some(Mark::new("good", words.t("comment-settled")))
                } else if one.told {
                    None
                } else {
                    Some(Mark::new("news", words.t("comment-waits")))
                },
                may_settle: !one.settled && found.possible.comment,
            })
            .collect()
    };
    paths
        .into_iter()
        .map(|path| Thread {
            label: label(words, path),
            href: if found.possible.update {
                place(&base, &found.summary.id, path)
            } else {
                String::new()
            },
            lines: lines(path),
        })
        .collect()
}

/// The fields that a comment can be about: pointer and label.
pub(super) fn fields_of(desk: &Desk, found: &LaunchView) -> Vec<(String, String)> {
    let words = desk.words();
    let mut list = vec![(String::new(), words.t("comment-whole"))];
    let mut add = |pointer: &str| {
        if !list.iter().any(|(known, _)| known == pointer) {
            list.push((pointer.to_owned(), label(words, pointer)));
        }
    };
    // What changes comes first.
    for line in &found.diff {
        add(&line.path);
    }
    for field in FIELDS
        .iter()
        .filter(|field| has(&found.document, field.pointer))
    {
        add(field.pointer);
    }
    for (pointer, _) in REQUEST {
        add(pointer);
    }
    list
}

/// Whether the document has such a place: it speaks one of two protocols.
fn has(document: &AppDocument, pointer: &str) -> bool {
    match pointer {
        "" => false,
        _ if pointer.starts_with("/oidc") => document.oidc.is_some(),
        _ if pointer.starts_with("/saml") => document.saml.is_some(),
        _ => ["/help_text", "/attribute_justifications", "/contacts"]
            .iter()
            .all(|many| !pointer.starts_with(many) || pointer == *many),
    }
}

/// What a pointer is called.
fn label(words: Words, pointer: &str) -> String {
    if pointer.is_empty() {
        return words.t("comment-whole");
    }
    if let Some((_, key)) = REQUEST.iter().find(|(known, _)| *known == pointer) {
        return words.t(key);
    }
    match fields::at(pointer) {
        Some(field) if field.pointer == pointer => parts::label(words, field),
        Some(field) => format!("{} ({pointer})", parts::label(words, field)),
        None => pointer.to_owned(),
    }
}

/// Where a field is changed.
fn place(base: &str, request: &str, pointer: &str) -> String {
    match pointer.strip_prefix("/request/") {
        Some(name) => {
            let known = REQUEST_FIELDS.iter().find(|(path, _)| *path == name);
            let control = known.map_or("note", |(_, control)| control);
            format!("{base}/launch?request={request}#{control}")
        }
        None => match fields::at(pointer) {
            Some(field) => format!("{base}/edit#{}", fields::id_at(field, pointer)),
            None => format!("{base}/edit"),
        },
    }
}

/// The fields of a request that a comment can be about, with their labels.
const REQUEST: &[(&str, &str)] = &[
    ("/request/agreement", "f-agreement"),
    ("/request/desired_date", "f-desired-date"),
    ("/request/public_date", "f-public-date"),
    ("/request/estimates/annual_registrations", "f-registrations"),
    (
        "/request/estimates/annual_authentications",
        "f-authentications",
    ),
    ("/request/estimates/monthly_active_users", "f-active"),
    ("/request/estimates/seasonality", "f-seasonality"),
    ("/request/audience", "f-audience"),
    ("/request/application_url", "f-application-url"),
    ("/request/contacts", "launch-contacts"),
    ("/request/attestations", "launch-attest"),
    ("/request/note", "f-request-note"),
];

/// The fields of the form of a request: the end of the pointer, and the control.
pub const REQUEST_FIELDS: &[(&str, &str)] = &[
    ("agreement", "agreement"),
    ("desired_date", "desired_date"),
    ("public_date", "public_date"),
    ("estimates/annual_registrations", "annual_registrations"),
    ("estimates/annual_authentications", "annual_authentications"),
    ("estimates/monthly_active_users", "monthly_active_users"),
    ("estimates/seasonality", "seasonality"),
    ("audience", "audience"),
    ("application_url", "application_url"),
    ("contacts", "contact_technical_name"),
    ("attestations", "attestation_L19"),
    ("note", "note"),
];
