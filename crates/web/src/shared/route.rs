//! Routes as data: who may call, what protects against forgery, how often, how much, what is recorded.

use std::fmt;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use durward_app::actor::{Denied, Member};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use jiff::Timestamp;

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
    /// A signed-in member of the portal, whatever their roles.
    Member,
    /// A signed-in member with a role for it.
    MemberWho(Needs),
    /// The holder of a member's API token, whatever their roles.
    ApiToken,
    /// The holder of an API token of a member with a role for it.
    TokenOf(Needs),
    /// The holder of an automation token.
    Automation,
    /// An environment that runs elsewhere, by its token.
    Environment,
}

impl Caller {
    /// What a role must allow.
    pub const fn needs(self) -> Option<Needs> {
        match self {
            Self::MemberWho(needs) | Self::TokenOf(needs) => Some(needs),
            _ => None,
        }
    }

    /// The words in the printed table.
    fn words(self) -> String {
        match self.needs() {
            Some(needs) => format!("{}: {needs}", self.as_str()),
            None => self.as_str().to_owned(),
        }
    }

    /// The word in the printed table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Client => "client",
            Self::AccessToken => "access token",
            Self::Flow => "flow cookie",
            Self::Person => "person",
            Self::Member | Self::MemberWho(_) => "member",
            Self::ApiToken | Self::TokenOf(_) => "API token",
            Self::Automation => "automation token",
            Self::Environment => "environment's token",
        }
    }
}

/// Which permission a route asks for before it looks at what it is for. The use case asks again, for the team that the
/// thing belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// This one.
    One(Action),
    /// The one of the environment that the address names; either of the two where only the body names it.
    ByEnvironment {
        /// In test class.
        sandbox: Action,
        /// In live class.
        live: Action,
    },
    /// One of these: the form says which.
    AnyOf(&'static [Action]),
}

impl Needs {
    /// The permissions of which one is asked for, at an address of this path.
    pub fn actions(self, path: &str, address: &str) -> Vec<Action> {
        match self {
            Self::One(action) => vec![action],
            Self::AnyOf(actions) => actions.to_vec(),
            Self::ByEnvironment { sandbox, live } => {
                let mut parts = path.split('/').zip(address.split('/'));
                let named = parts.find_map(|(part, given)| {
                    (part == "{environment}").then(|| EnvironmentName::parse(given).ok())
                });
                match named.flatten() {
                    Some(name) if name.class().is_live() => vec![live],
                    Some(_) => vec![sandbox],
                    None => vec![sandbox, live],
                }
            }
        }
    }

    /// Refuses a member whose roles allow none of it anywhere, or whose sign-in is too weak or too old for it.
    ///
    /// # Errors
    /// [`Denied`].
    pub fn check(
        self,
        member: &Member,
        path: &str,
        address: &str,
        now: Timestamp,
    ) -> Result<(), Denied> {
        let actions = self.actions(path, address);
        let what = actions.first().map_or("", |action| action.sentence());
        let mut denied = Denied::Role { what };
        for action in actions {
            match member.may_somewhere(action, now) {
                Ok(_) => return Ok(()),
                Err(Denied::Role { .. }) => {}
                Err(weak) => denied = weak,
            }
        }
        Err(denied)
    }
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(action) => write!(f, "`{action}`"),
            Self::ByEnvironment { sandbox, live } => write!(f, "`{sandbox}` / `{live}`"),
            Self::AnyOf(actions) => {
                let ids: Vec<String> = actions.iter().map(|id| format!("`{id}`")).collect();
                f.write_str(&ids.join(", "))
            }
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

impl<S: 'static> Route<S> {
    /// The same for members whose roles allow this.
    #[must_use]
    pub const fn needs(mut self, needs: Needs) -> Self {
        self.caller = Caller::MemberWho(needs);
        self
    }

    /// The same for members whose roles allow this action.
    #[must_use]
    pub const fn may(self, action: Action) -> Self {
        self.needs(Needs::One(action))
    }
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
            row.caller.words(),
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
