//! Routes as data: who may call, what protects against forgery, how often, how much, what is recorded.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use durward_domain::event::Event;

/// One route: a row of a router's table.
pub struct Route<S: 'static> {
    /// `GET`, `POST`, `PUT`, `DELETE` or `OPTIONS`; `GET` answers `HEAD` too.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// Who may call it.
    pub caller: Caller,
    /// What keeps others from calling it in somebody's name.
    pub forgery: Forgery,
    /// How often.
    pub rate: Rate,
    /// The largest body, in bytes; 0 takes none.
    pub body: usize,
    /// What it may write into the audit record.
    pub events: &'static [Event],
    /// Where it exists.
    pub mounted: Mounted,
    /// The handler.
    pub handler: fn() -> MethodRouter<S>,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Anyone.
    Anyone,
    /// An app that proves itself in the request.
    Client,
    /// The holder of an access token.
    AccessToken,
    /// Whoever is in the middle of a journey, by the flow cookie.
    Flow,
    /// A signed-in person.
    Person,
    /// A signed-in member of the portal.
    Member,
    /// The holder of a member's API token.
    ApiToken,
    /// The holder of an automation token.
    Automation,
}

impl Caller {
    /// The word in the printed table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Client => "client",
            Self::AccessToken => "access token",
            Self::Flow => "flow cookie",
            Self::Person => "person",
            Self::Member => "member",
            Self::ApiToken => "API token",
            Self::Automation => "automation token",
        }
    }
}

/// What keeps others from calling a route in somebody's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forgery {
    /// It changes nothing.
    ReadOnly,
    /// No cookie counts here; the request carries its own proof.
    NoCookie,
    /// Other sites send people here by design; it changes nothing but what this browser is in the middle of.
    ByDesign,
    /// The form carries a token bound to the visitor's cookie, and the source is checked.
    FormToken,
}

impl Forgery {
    /// The word in the printed table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "read only",
            Self::NoCookie => "no cookie counts",
            Self::ByDesign => "by design",
            Self::FormToken => "form token",
        }
    }
}

/// How often a route may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// As often as the machine can.
    Open,
    /// Forms of people we do not know: a budget for each network address.
    Forms,
    /// A budget for each token.
    Token,
}

impl Rate {
    /// The word in the printed table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Forms => "forms",
            Self::Token => "token",
        }
    }
}

/// Where a route exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mounted {
    /// Everywhere.
    Always,
    /// In test-class environments only.
    TestClass,
}

/// Builds a router of the rows that are mounted here.
pub fn mount<'a, S>(rows: impl IntoIterator<Item = &'a Route<S>>, test_class: bool) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    rows.into_iter()
        .filter(|row| test_class || row.mounted == Mounted::Always)
        .fold(Router::new(), |router, row| {
            let handler = (row.handler)().layer(DefaultBodyLimit::max(row.body));
            router.route(row.path, handler)
        })
}

/// The rows as a table, as `docs/generated/routes.md` prints them.
pub fn markdown<'a, S>(heading: &str, rows: impl IntoIterator<Item = &'a Route<S>>) -> String
where
    S: 'static,
{
    use std::fmt::Write as _;
    let mut text = format!(
        "## {heading}\n\n| route | who may call | forgery | rate | body | events |\n| --- | --- | --- | --- | --- | --- |\n"
    );
    for row in rows {
        let events: Vec<_> = row.events.iter().map(|e| format!("`{}`", e.id())).collect();
        let test = match row.mounted {
            Mounted::Always => "",
            Mounted::TestClass => " (test class)",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| `{} {}`{test} | {} | {} | {} | {} | {} |",
            row.method,
            row.path,
            row.caller.as_str(),
            row.forgery.as_str(),
            row.rate.as_str(),
            row.body,
            events.join(" ")
        );
    }
    text
}

/// A body of a form.
pub const FORM: usize = 64 * 1024;
/// No body.
pub const NONE: usize = 0;
