//! P7: the test kit of an app: tokens, test people with their mail, faults, time, and examples to copy.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use durward_app::automation::faults::{self, FaultAsked};
use durward_app::automation::people::{self, PersonWanted};
use durward_app::automation::tokens::{self, TokenWanted};
use durward_app::automation::{AutomationRefusal, ClockMove, clock, mail};
use durward_app::failure::{Failure, Fault};
use durward_app::partner::test_kit::{self, TestKit};
use durward_domain::event::Event;
use durward_domain::level::LevelOfService;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse as _};
use durward_domain::test_kit::{FaultKind, FaultWanted};
use durward_keyring::totp::TotpSecret;
use jiff::{SignedDuration, Timestamp};

use super::app::head;
use super::desk::{self, Desk};
use super::views::AppHead;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// The page and its forms.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows(PATH, || get(show)).may(Action::UseTestKit),
    takes(
        PATH,
        FORM,
        &[
            Event::TestTokenMade,
            Event::TestTokenRevoked,
            Event::PersonCreated,
            Event::TestPersonMade,
            Event::TestPersonReset,
            Event::TestPersonDeleted,
            Event::TestFaultSet,
            Event::TestFaultCleared,
            Event::TestClockMoved,
        ],
        || post(act),
    )
    .may(Action::UseTestKit),
];

view! {
    /// P7: the test kit.
    AppTestKit in "portal/app_test_kit.html" {
        /// The head.
        head: AppHead,
        /// A token that was just made.
        secret: Option<String>,
        /// The live tokens: id, name and what else is known.
        tokens: Vec<(String, String, String)>,
        /// The newest test people.
        people: Vec<PersonCard>,
        /// The newest mail to them, newest first: to, subject, text.
        mails: Vec<(String, String, String)>,
        /// The faults that are set.
        faults: Vec<FaultLine>,
        /// What can be set, and whether it was chosen.
        kinds: Vec<(&'static str, &'static str, bool)>,
        /// How far the team's people are ahead.
        ahead: String,
        /// The mail domain of the team.
        domain: String,
        /// What was typed and refused.
        typed: Typed,
        /// Calls to copy: the language and the text.
        examples: Vec<(&'static str, String)>,
    }
}

/// What was typed into the forms of the page, by field.
#[derive(Default)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    fn of(posted: &Posted) -> Self {
        let fields = posted.fields().iter();
        Self(
            fields
                .map(|(name, text)| (name.to_owned(), text.trim().to_owned()))
                .collect(),
        )
    }

    /// What was typed into a field, or how it begins.
    pub fn or(&self, name: &str, begins: &'static str) -> &str {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map_or(begins, |(_, text)| text)
    }
}

/// A test person as the page shows them.
pub struct PersonCard {
    /// The id.
    pub id: String,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The authenticator's secret.
    pub totp: String,
    /// The code of the authenticator now; empty without one.
    pub code: String,
    /// The level.
    pub level: String,
    /// The outcome of proofing.
    pub proofing: &'static str,
}

/// A fault as the page shows it.
pub struct FaultLine {
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: &'static str,
    /// What else it plays with, how often, until when.
    pub line: String,
    /// Whether it still plays.
    pub active: bool,
}

/// The page.
pub async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let kit = open(&desk, &handle, &environment).await?;
    render(&desk, &kit, desk.page("/"), None, Typed::default()).await
}

/// What one of its forms asks for. The name of the button says which.
pub async fn act(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let kit = open(&desk, &handle, &environment).await?;
    match done(&desk, &kit, &posted).await {
        Ok(Some(secret)) => {
            render(&desk, &kit, desk.page("/"), Some(secret), Typed::default()).await
        }
        Ok(None) => {
            let back = format!("/apps/{handle}/{environment}/test-kit");
            Ok(Redirect::to(&back).into_response())
        }
        // Somebody else took it away meanwhile: no field of the page is at fault.
        Err(Failure::Refused(refusal)) if refusal.kind() == RefusalKind::NotFound => {
            Err(Problem::refused(&refusal).as_page().into_response())
        }
        Err(Failure::Refused(refusal)) => {
            let field = match refusal.code() {
                "automation/token-name" => "token_name",
                "automation/token-days" => "days",
                "automation/fault-end" => "count",
                code if code.starts_with("test-kit/fault") => "value",
                "automation/clock" => "minutes",
                _ => "email",
            };
            let page = desk
                .page("/")
                .with_error(field, desk.words().refusal(&refusal));
            render(&desk, &kit, page, None, Typed::of(&posted)).await
        }
        Err(failure) => Err(Problem::from(failure).as_page().into_response()),
    }
}

async fn done(
    desk: &Desk,
    kit: &TestKit,
    posted: &Posted,
) -> Result<Option<String>, Failure<AutomationRefusal>> {
    let (door, authority, trace) = (&kit.door, &kit.authority, desk.trace());
    let wanted = |name: &str| Some(posted.text(name)).filter(|text| !text.is_empty());
    if let Some(id) = wanted("revoke") {
        tokens::revoke(door, authority, id, &trace).await?;
    } else if let Some(id) = wanted("reset") {
        people::reset_person(door, authority, id, &trace).await?;
    } else if let Some(id) = wanted("delete") {
        people::delete_person(door, authority, id, &trace).await?;
    } else if let Some(id) = wanted("clear") {
        faults::clear(door, authority, id, &trace).await?;
    } else if posted.has("make_person") {
        let person = PersonWanted {
            email: wanted("email").map(str::to_owned),
            level: posted
                .has("verified")
                .then_some(LevelOfService::IdentityVerified),
            app: Some(kit.app.summary.handle.clone()),
            ..PersonWanted::default()
        };
        people::make_person(door, authority, person, &trace).await?;
    } else if posted.has("set_fault") {
        faults::set(door, authority, asked(kit, posted), &trace).await?;
    } else if posted.has("advance") {
        let minutes = posted.text("minutes").parse().unwrap_or(-1);
        let by = ClockMove::Advance(SignedDuration::from_mins(minutes));
        clock::move_clock(door, authority, by, None, &trace).await?;
    } else {
        let token = TokenWanted {
            name: posted.text("token_name"),
            days: posted.text("days").parse().unwrap_or(0),
            made_by: &desk.member.id,
        };
        return tokens::make(door, authority, token, &trace).await.map(Some);
    }
    Ok(None)
}

/// One field takes the value that the kind needs: milliseconds, a status, or an error's code.
fn asked(kit: &TestKit, posted: &Posted) -> FaultAsked {
    let (name, value) = (posted.text("fault"), posted.text("value"));
    let given = Some(value).filter(|value| !value.is_empty());
    let kind = FaultKind::parse(name).ok();
    let takes = |asks: fn(FaultKind) -> bool| kind.is_some_and(asks);
    FaultAsked {
        app: kit.app.summary.issuer.clone(),
        fault: FaultWanted {
            fault: name.to_owned(),
            milliseconds: given
                .filter(|_| takes(FaultKind::takes_delay))
                .map(|text| text.parse().unwrap_or(0)),
            status: given
                .filter(|_| takes(|kind| kind.takes_status() && kind.errors().is_empty()))
                .map(|text| text.parse().unwrap_or(0)),
            error: given
                .filter(|_| takes(|kind| !kind.errors().is_empty()))
                .map(str::to_owned),
        },
        count: Some(posted.text("count").parse().unwrap_or(0)),
        ..FaultAsked::default()
    }
}

async fn open(desk: &Desk, handle: &str, environment: &str) -> Result<TestKit, Response> {
    let name = desk::environment(environment)?;
    test_kit::open(&desk.keeper, &desk.member, handle, name)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

async fn render(
    desk: &Desk,
    kit: &TestKit,
    page: Page,
    secret: Option<String>,
    typed: Typed,
) -> Result<Response, Response> {
    let fault = |fault: Fault| Problem::from(fault).as_page().into_response();
    let (door, authority, words) = (&kit.door, &kit.authority, desk.words());
    let tokens = tokens::list(door, authority).await.map_err(fault)?;
    let (people, _) = people::list(door, authority, None, 100)
        .await
        .map_err(fault)?;
    let mails = mail::read(door, authority, None, Timestamp::MIN, Duration::ZERO)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let set = faults::list(door, authority, Some(&kit.app.summary.issuer))
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let clocks = clock::clocks(door, authority).await.map_err(fault)?;
    let ahead = clocks
        .iter()
        .find(|(app, _)| app.is_empty())
        .map_or(0, |(_, ahead)| ahead.as_mins());
    Ok(page::html(&AppTestKit {
        head: head(desk, &kit.app, "test").await?,
        examples: examples(kit, secret.as_deref().unwrap_or("TOKEN")),
        secret,
        tokens: tokens
            .into_iter()
            .map(|token| {
                let until = words.t1("kit-token-until", "time", &desk.moment(token.expires));
                (token.id, token.name, until)
            })
            .collect(),
        people: people
            .into_iter()
            .rev()
            .map(|person| PersonCard {
                id: person.id,
                email: person.email,
                password: person.password,
                code: person
                    .totp_secret
                    .as_deref()
                    .and_then(TotpSecret::from_base32)
                    .map(|secret| secret.code(kit.door.clock.real_now()))
                    .unwrap_or_default(),
                totp: person.totp_secret.unwrap_or_else(|| "–".to_owned()),
                level: words.t(&format!("level-{}", person.level.as_str())),
                proofing: person.proofing.as_str(),
            })
            .collect(),
        mails: mails
            .into_iter()
            .rev()
            .take(20)
            .map(|item| (item.mail.to, item.mail.subject, item.mail.text))
            .collect(),
        faults: set
            .into_iter()
            .rev()
            .map(|set| FaultLine {
                id: set.id,
                kind: set.fault.kind.as_str(),
                line: words.t_args(
                    "kit-fault-line",
                    &[
                        ("values", &set.fault.values()),
                        ("played", &set.played.to_string()),
                        ("left", &set.left.to_string()),
                        ("until", &desk.moment(set.until)),
                    ],
                ),
                active: set.active,
            })
            .collect(),
        kinds: FaultKind::ALL
            .iter()
            .map(|kind| {
                let chosen = typed.or("fault", "") == kind.as_str();
                (kind.as_str(), kind.sentence(), chosen)
            })
            .collect(),
        ahead: words.t1("kit-ahead", "minutes", &ahead.to_string()),
        domain: people::own_domain(&kit.app.summary.team),
        typed,
        page,
    }))
}

/// The same steps in each language, filled with the app's own values.
fn examples(kit: &TestKit, token: &str) -> Vec<(&'static str, String)> {
    let redirect = kit
        .app
        .document
        .oidc
        .as_ref()
        .and_then(|oidc| oidc.redirect_uris.first().cloned())
        .unwrap_or_default();
    EXAMPLES
        .iter()
        .map(|(language, text)| {
            let filled = text
                .replace("{ISSUER}", &kit.door.issuer)
                .replace("{TOKEN}", token)
                .replace("{CLIENT}", &kit.app.summary.issuer)
                .replace("{REDIRECT}", &redirect);
            (*language, filled)
        })
        .collect()
}

/// What the guide of the test kit names: the faults, and the same examples with the issuer in them.
pub(crate) fn guide_values(issuer: &str) -> Vec<(&'static str, String)> {
    let rows: Vec<String> = FaultKind::ALL.iter().map(|kind| row(*kind)).collect();
    let mut values = vec![("fault_rows", rows.join("\n"))];
    let names = [
        "example_curl",
        "example_node",
        "example_python",
        "example_java",
        "example_rust",
    ];
    values.extend(
        names
            .into_iter()
            .zip(EXAMPLES)
            .map(|(name, (_, text))| (name, text.trim_end().replace("{ISSUER}", issuer))),
    );
    values
}

/// A fault as a row of the guide's table. Its sentence speaks English.
fn row(kind: FaultKind) -> String {
    let takes = [
        (kind.takes_delay(), "`milliseconds`"),
        (!kind.errors().is_empty(), "`error`"),
        (kind.takes_status(), "`status`"),
    ];
    let takes: Vec<&str> = takes
        .into_iter()
        .filter_map(|(does, name)| does.then_some(name))
        .collect();
    let takes = if takes.is_empty() {
        "–".to_owned()
    } else {
        takes.join(", ")
    };
    format!(
        "| `{}` | {takes} | <span lang=\"en\">{}</span> |",
        kind.as_str(),
        kind.sentence()
    )
}

const PATH: &str = "/apps/{handle}/{environment}/test-kit";
/// The files are shown in the guide, too.
const EXAMPLES: [(&str, &str); 5] = [
    ("curl", include_str!("kit_examples/curl.sh")),
    ("Node", include_str!("kit_examples/node.mjs")),
    ("Python", include_str!("kit_examples/python.py")),
    ("Java", include_str!("kit_examples/Kit.java")),
    ("Rust", include_str!("kit_examples/rust.rs.txt")),
];

/// The page as the tests render it.
#[cfg(test)]
pub(crate) mod samples {
    use super::*;

    /// With one of everything.
    pub(crate) fn page(page: Page, head: AppHead) -> AppTestKit {
        AppTestKit {
            head,
            secret: Some("dwt_example".to_owned()),
            tokens: vec![("t1".to_owned(), "CI".to_owned(), "2026-11-17".to_owned())],
            people: vec![PersonCard {
                id: "p1".to_owned(),
                email: "person-1@fisheries.example.com".to_owned(),
                password: "test-1234".to_owned(),
                totp: "ABCD".to_owned(),
                code: "123456".to_owned(),
                level: page.t("level-auth-only"),
                proofing: "verified",
            }],
            mails: vec![(
                "a@b.gov".to_owned(),
                "Welcome".to_owned(),
                "Text".to_owned(),
            )],
            faults: vec![FaultLine {
                id: "f1".to_owned(),
                kind: "token_error",
                line: "500 server_error".to_owned(),
                active: true,
            }],
            kinds: vec![("token_error", "The token endpoint fails.", true)],
            ahead: "0".to_owned(),
            domain: "fisheries.example.com".to_owned(),
            typed: Typed::default(),
            examples: vec![("curl", "curl …".to_owned())],
            page,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_guide_shows_the_same_examples() {
        let guide = include_str!("../../../../docs/guides/test-kit.md");
        for (language, text) in EXAMPLES {
            assert!(guide.contains(text.trim_end()), "{language}");
        }
        for kind in FaultKind::ALL {
            assert!(guide.contains(&format!("| `{kind}` |")), "{kind}");
            assert!(guide.contains(kind.sentence()), "{kind}");
        }
    }
}
