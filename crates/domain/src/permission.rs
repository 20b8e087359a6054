//! Roles, actions, and the matrix of who may do what.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

/// A role in the portal. Partner roles belong to a team, the others to the programme's staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs a partner's team.
    PartnerAdmin,
    /// Builds a team's apps.
    PartnerDeveloper,
    /// Looks at a team's apps.
    PartnerReadonly,
    /// Looks after partners and agreements.
    AccountManager,
    /// Reviews launches and changes.
    Reviewer,
    /// Deploys and rolls back releases.
    Deployer,
    /// Helps partners and people.
    Support,
    /// Reads everything and the audit log.
    Auditor,
    /// Runs the programme.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 9] = [
        Self::PartnerAdmin,
        Self::PartnerDeveloper,
        Self::PartnerReadonly,
        Self::AccountManager,
        Self::Reviewer,
        Self::Deployer,
        Self::Support,
        Self::Auditor,
        Self::Administrator,
    ];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PartnerAdmin => "partner_admin",
            Self::PartnerDeveloper => "partner_developer",
            Self::PartnerReadonly => "partner_readonly",
            Self::AccountManager => "account_manager",
            Self::Reviewer => "reviewer",
            Self::Deployer => "deployer",
            Self::Support => "support",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::PartnerAdmin => "Partner admin",
            Self::PartnerDeveloper => "Partner developer",
            Self::PartnerReadonly => "Partner read-only",
            Self::AccountManager => "Account manager",
            Self::Reviewer => "Reviewer",
            Self::Deployer => "Deployer",
            Self::Support => "Support",
            Self::Auditor => "Auditor",
            Self::Administrator => "Administrator",
        }
    }

    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Does it belong to the programme's staff?
    pub const fn is_staff(self) -> bool {
        !matches!(
            self,
            Self::PartnerAdmin | Self::PartnerDeveloper | Self::PartnerReadonly
        )
    }

    const fn column(self) -> usize {
        self as usize
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How far a permission reaches, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// Not at all.
    No,
    /// To the teams in which the person has the role.
    OwnTeam,
    /// To everything.
    All,
}

impl Grant {
    /// The word in the printed matrix.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::No => "–",
            Self::OwnTeam => "own team",
            Self::All => "all",
        }
    }
}

/// Does the action need a fresh second factor?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepUp {
    /// Not more than being signed in.
    NotNeeded,
    /// A second factor within the programme's step-up time.
    Needed,
}

/// May a role do an action, and how far?
///
/// What depends on the case is judged by the use case: an author never approves an own request.
pub fn grant(role: Role, action: Action) -> Grant {
    action.row().grants[role.column()]
}

/// The matrix as a Markdown table.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Who may do what\n\nGenerated from `crates/domain/src/permission.rs`.\n\n| action |",
    );
    for role in Role::ALL {
        let _ = write!(text, " {role} |");
    }
    text.push_str(" step-up | what it is |\n|---|");
    text.push_str(&"---|".repeat(Role::ALL.len() + 2));
    text.push('\n');
    for action in Action::ALL {
        let _ = write!(text, "| `{action}` |");
        for role in Role::ALL {
            let _ = write!(text, " {} |", grant(role, *action).as_str());
        }
        let step_up = if action.needs_step_up() { "yes" } else { "no" };
        let _ = writeln!(text, " {step_up} | {} |", action.sentence());
    }
    text
}

struct Row {
    id: &'static str,
    step_up: StepUp,
    sentence: &'static str,
    grants: [Grant; 9],
}

const N: Grant = Grant::No;
const T: Grant = Grant::OwnTeam;
const A: Grant = Grant::All;
const USUAL: StepUp = StepUp::NotNeeded;
const FRESH: StepUp = StepUp::Needed;

macro_rules! actions {
    ($($name:ident $id:literal $step_up:ident [$($grant:ident)+] $sentence:literal)+) => {
        /// Something that a member of the portal can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $sentence] $name,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$name => Row { id: $id, step_up: $step_up, sentence: $sentence, grants: [$($grant,)+] },)+
                }
            }
        }
    };
}

actions! {
    // Columns: partner admin, developer, read-only; account manager, reviewer, deployer, support, auditor, administrator.
    ViewApp "view_app" USUAL [T T T A A A A A A] "See an app and its revisions."
    CreateSandboxApp "create_sandbox_app" USUAL [T T N N N N N N A] "Create an app in the sandbox."
    EditSandboxApp "edit_sandbox_app" USUAL [T T N N N N N N A] "Save a revision of a sandbox configuration, which is live at once."
    DeleteSandboxApp "delete_sandbox_app" USUAL [T T N N N N N N A] "Delete a sandbox configuration."
    CreateProductionConfiguration "create_production_configuration" USUAL [T T N N N N N N A] "Create a configuration for staging or production; nothing of it is live before a launch."
    EditProductionConfiguration "edit_production_configuration" USUAL [T T N N N N N N A] "Save a revision of a staging or production configuration."
    DeleteProductionConfiguration "delete_production_configuration" FRESH [T N N N N N N N A] "Delete a staging or production configuration that is not live."
    SuspendApp "suspend_app" FRESH [N N N N N A N N A] "Suspend an app in an environment at once."
    ViewLaunch "view_launch" USUAL [T T T A A A A A A] "See launch and change requests with their timeline."
    RequestLaunch "request_launch" USUAL [T T N N N N N N N] "Request, submit or withdraw a launch or a change."
    ReviewLaunch "review_launch" USUAL [N N N N A N N N A] "Request changes to a launch or a change, or reject it."
    ApproveLaunch "approve_launch" FRESH [N N N N A N N N A] "Approve a launch or a change; never one's own."
    ViewRelease "view_release" USUAL [T T T A A A A A A] "See releases and what is deployed."
    DeployRelease "deploy_release" FRESH [N N N N N A N N A] "Deploy a release."
    RollBack "roll_back" FRESH [N N N N N A N N A] "Roll back an app or an environment by a new release."
    ManageProviderKeys "manage_provider_keys" FRESH [N N N N N A N N A] "Stage, promote and retire the keys of an identity provider."
    ViewAgreement "view_agreement" USUAL [T T T A A A A A A] "See agreements."
    ManageAgreement "manage_agreement" USUAL [N N N A N N N N A] "Write agreements and move them on."
    SignAgreementForPartner "sign_agreement_for_partner" FRESH [T N N A N N N N A] "Record the partner's signature."
    SignAgreementForProvider "sign_agreement_for_provider" FRESH [N N N A N N N N A] "Record the programme's signature."
    ViewTeam "view_team" USUAL [T T T A A A A A A] "See a team and its members."
    CreateTeam "create_team" USUAL [N N N A N N N N A] "Create a team of an agency."
    ManageTeam "manage_team" FRESH [T N N A N N N N A] "Add and remove members and change their roles; never one's own."
    ManageStaff "manage_staff" FRESH [N N N N N N N N A] "Give and take staff roles."
    MintToken "mint_token" FRESH [T T T A A A A A A] "Make an API token with at most one's own permissions."
    UseTestKit "use_test_kit" USUAL [T T N N N N A N A] "Make test people and read their inbox in a test-class environment."
    InspectRequest "inspect_request" USUAL [T T T A A A A A A] "See why a sign-in failed, by request id."
    ViewAudit "view_audit" USUAL [N N N N N N N A A] "Read and verify the audit log."
    MoveDemoClock "move_demo_clock" USUAL [T T N A A A A N A] "Move the keeper's clock; only in a demonstration."
    ManageProgramme "manage_programme" FRESH [N N N N N N N N A] "Change the settings of the programme."
}

impl Action {
    /// The id.
    pub const fn as_str(self) -> &'static str {
        self.row().id
    }

    /// What it is, in a plain sentence.
    pub const fn sentence(self) -> &'static str {
        self.row().sentence
    }

    /// Does it need a fresh second factor?
    pub const fn needs_step_up(self) -> bool {
        matches!(self.row().step_up, StepUp::Needed)
    }

    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|action| action.as_str() == text)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_read_back() {
        let ids: BTreeSet<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(ids.len(), Action::ALL.len());
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(*action));
        }
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
        }
    }

    #[test]
    fn partners_never_reach_beyond_their_teams_and_never_judge() {
        for role in Role::ALL {
            for action in Action::ALL {
                let found = grant(role, *action);
                let expected = if role.is_staff() {
                    Grant::All
                } else {
                    Grant::OwnTeam
                };
                assert!(found == Grant::No || found == expected, "{role} {action}");
            }
        }
        for action in [
            Action::ApproveLaunch,
            Action::ReviewLaunch,
            Action::DeployRelease,
            Action::RollBack,
            Action::ViewAudit,
        ] {
            assert_eq!(grant(Role::PartnerAdmin, action), Grant::No, "{action}");
        }
    }

    #[test]
    fn those_who_approve_do_not_request_and_those_who_only_read_change_nothing() {
        for role in Role::ALL {
            let requests = grant(role, Action::RequestLaunch) > Grant::No;
            let approves = grant(role, Action::ApproveLaunch) > Grant::No;
            assert!(!(requests && approves), "{role}");
        }
        let reading = ["view_", "inspect_request", "mint_token"];
        for role in [Role::PartnerReadonly, Role::Auditor] {
            for action in Action::ALL
                .iter()
                .filter(|action| grant(role, **action) > Grant::No)
            {
                assert!(
                    reading.iter().any(|word| action.as_str().starts_with(word)),
                    "{role} {action}"
                );
            }
        }
    }

    #[test]
    fn the_matrix() {
        insta::assert_snapshot!(markdown());
    }
}
