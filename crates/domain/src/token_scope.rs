//! Scopes: what an API token may be used for, within what its owner may do.

use std::collections::BTreeSet;
use std::fmt;

use crate::permission::Action;
use crate::refusal::{RefusalKind, Refuse};

/// One scope of an API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenScope {
    /// See apps, revisions, releases and keys.
    AppsRead,
    /// Save and delete configurations and drafts.
    AppsWrite,
    /// See launch and change requests, agreements and the calendar.
    LaunchesRead,
    /// Make, submit and withdraw launch and change requests.
    LaunchesWrite,
    /// See why a sign-in failed.
    RequestsRead,
    /// See teams and members.
    TeamRead,
    /// See partnerships, and see and save estimates.
    Partnerships,
    /// Use the test kit of the sandbox.
    TestKit,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [Self; 8] = [
        Self::AppsRead,
        Self::AppsWrite,
        Self::LaunchesRead,
        Self::LaunchesWrite,
        Self::RequestsRead,
        Self::TeamRead,
        Self::Partnerships,
        Self::TestKit,
    ];

    /// The name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AppsRead => "apps:read",
            Self::AppsWrite => "apps:write",
            Self::LaunchesRead => "launches:read",
            Self::LaunchesWrite => "launches:write",
            Self::RequestsRead => "requests:read",
            Self::TeamRead => "team:read",
            Self::Partnerships => "partnerships",
            Self::TestKit => "test-kit",
        }
    }

    /// Reads a name.
    ///
    /// # Errors
    /// [`UnknownScope`].
    pub fn parse(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.as_str() == text)
            .ok_or_else(|| UnknownScope(text.chars().take(40).collect()))
    }

    /// Whether it lets an action through. What no scope names is for tokens without scopes.
    pub const fn allows(self, action: Action) -> bool {
        match self {
            Self::AppsRead => matches!(action, Action::ViewApp | Action::ViewRelease),
            Self::AppsWrite => matches!(
                action,
                Action::CreateSandboxApp
                    | Action::EditSandboxApp
                    | Action::DeleteSandboxApp
                    | Action::EditDraft
                    | Action::CreateProductionConfiguration
                    | Action::EditProductionConfiguration
            ),
            Self::LaunchesRead => matches!(
                action,
                Action::ViewLaunch | Action::ViewAgreement | Action::ViewRelease
            ),
            Self::LaunchesWrite => matches!(action, Action::RequestLaunch),
            Self::RequestsRead => matches!(action, Action::InspectRequest),
            Self::TeamRead => matches!(action, Action::ViewTeam | Action::ListMembers),
            Self::Partnerships => {
                matches!(action, Action::ViewPartnership | Action::SaveEstimate)
            }
            Self::TestKit => matches!(action, Action::UseTestKit),
        }
    }

    /// The scopes of a list with spaces between; nothing for an empty one.
    ///
    /// # Errors
    /// [`UnknownScope`].
    pub fn list(text: &str) -> Result<BTreeSet<Self>, UnknownScope> {
        text.split_ascii_whitespace().map(Self::parse).collect()
    }

    /// The list as text.
    pub fn text(scopes: &BTreeSet<Self>) -> String {
        let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        names.join(" ")
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A scope that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no scope \"{0}\". Use apps:read, apps:write, launches:read, launches:write, requests:read, team:read, partnerships or test-kit."
)]
pub struct UnknownScope(pub String);

impl Refuse for UnknownScope {
    fn code(&self) -> &'static str {
        "token/scope"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_and_no_scope_reaches_what_needs_a_fresh_factor() {
        for scope in TokenScope::ALL {
            assert_eq!(TokenScope::parse(scope.as_str()).unwrap(), scope);
            for action in Action::ALL {
                assert!(
                    !(scope.allows(*action) && action.needs_step_up()),
                    "{scope} {action}"
                );
            }
        }
        let both = TokenScope::list(" apps:write  apps:read ").unwrap();
        assert_eq!(TokenScope::text(&both), "apps:read apps:write");
        assert!(TokenScope::list("apps:all").is_err());
        assert!(TokenScope::list("").unwrap().is_empty());
    }
}
