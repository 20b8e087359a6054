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

/// For which environments a role of a team counts: sandbox and production permissions are separate grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    /// Test-class environments.
    Sandbox,
    /// Live-class environments: what is prepared for them, asked for and live in them.
    Production,
}

impl Realm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sandbox, Self::Production];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
        }
    }

    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|realm| realm.as_str() == text)
    }
}

impl fmt::Display for Realm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How far a permission reaches, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grant {
    /// Not at all.
    No,
    /// To what the person made, in the teams in which the person has the role.
    OwnWork,
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
            Self::OwnWork => "own work",
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

/// May a role do an action, and how far, in the action's own realm?
///
/// What depends on the case is judged by the use case: an author never approves an own request.
pub fn grant(role: Role, action: Action) -> Grant {
    action.row().grants[role.column()]
}

/// May a role that was given for a realm do an action, and how far? Staff roles are given for no realm and reach both.
pub fn grant_in(role: Role, realm: Option<Realm>, action: Action) -> Grant {
    match (realm, action.realm()) {
        (Some(held), Some(wanted)) if held != wanted => Grant::No,
        _ => grant(role, action),
    }
}

/// May anyone of an approved e-mail domain do this, and how far, without any role? They have no team yet: what belongs
/// to one shows them nothing.
pub const fn grant_by_domain(action: Action) -> Grant {
    match action {
        Action::CreateTeam | Action::MintToken => Grant::All,
        Action::ViewApp
        | Action::ViewLaunch
        | Action::ViewRelease
        | Action::ViewTicket
        | Action::ViewTeam => Grant::OwnTeam,
        Action::ViewPartnership | Action::SaveEstimate => Grant::OwnWork,
        _ => Grant::No,
    }
}

/// The matrix as a Markdown table.
pub fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    for (role, realm) in columns() {
        let _ = match realm {
            Some(realm) => write!(text, " {role}, {realm} |"),
            None => write!(text, " {role} |"),
        };
    }
    text.push_str(" realm | step-up | what it is |\n|---|---|");
    text.push_str(&"---|".repeat(columns().count() + 3));
    text.push('\n');
    for action in Action::ALL {
        let _ = write!(
            text,
            "| `{action}` | {} |",
            grant_by_domain(*action).as_str()
        );
        for (role, realm) in columns() {
            let _ = write!(text, " {} |", grant_in(role, realm, *action).as_str());
        }
        let step_up = if action.needs_step_up() { "yes" } else { "no" };
        let realm = action.realm().map_or("either", Realm::as_str);
        let _ = writeln!(text, " {realm} | {step_up} | {} |", action.sentence());
    }
    text
}

/// The roles as they are given: partner roles for a realm, staff roles for none.
fn columns() -> impl Iterator<Item = (Role, Option<Realm>)> {
    let partners = Role::ALL
        .into_iter()
        .filter(|role| !role.is_staff())
        .flat_map(|role| Realm::ALL.map(|realm| (role, Some(realm))));
    let staff = Role::ALL.into_iter().filter(|role| role.is_staff());
    partners.chain(staff.map(|role| (role, None)))
}

const INTRODUCTION: &str = "# Who may do what

Generated from `crates/domain/src/permission.rs`.

A partner role is given in a team, for the sandbox, for production, or for both. A staff role is given in the programme and reaches both.
An action of the realm `production` also needs a sign-in with two factors (AAL2); an API token has the level of the sign-in that made it.
*own team*: what belongs to a team in which the person has the role; *own work*: of that, what the person made; *all*: everything.
Anybody with an approved e-mail domain may do what the second column says, without any role.

| action | approved domain |";

struct Row {
    id: &'static str,
    realm: Option<Realm>,
    step_up: StepUp,
    sentence: &'static str,
    grants: [Grant; 9],
}

const N: Grant = Grant::No;
const T: Grant = Grant::OwnTeam;
const O: Grant = Grant::OwnWork;
const A: Grant = Grant::All;
const SANDBOX: Option<Realm> = Some(Realm::Sandbox);
const PRODUCTION: Option<Realm> = Some(Realm::Production);
const EITHER: Option<Realm> = None;
const USUAL: StepUp = StepUp::NotNeeded;
const FRESH: StepUp = StepUp::Needed;

macro_rules! actions {
    ($($name:ident $id:literal $realm:ident $step_up:ident [$($grant:ident)+] $sentence:literal)+) => {
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
                    $(Self::$name => Row { id: $id, realm: $realm, step_up: $step_up, sentence: $sentence, grants: [$($grant,)+] },)+
                }
            }
        }
    };
}

actions! {
    // Columns: partner admin, developer, read-only; account manager, reviewer, deployer, support, auditor, administrator.
    ViewApp "view_app" EITHER USUAL [T T T A A A A A A] "See an app and its revisions."
    CreateSandboxApp "create_sandbox_app" SANDBOX USUAL [T T N N N N N N A] "Create an app in the sandbox."
    EditSandboxApp "edit_sandbox_app" SANDBOX USUAL [T T N N N N N N A] "Save a revision of a sandbox configuration, which is live at once."
    DeleteSandboxApp "delete_sandbox_app" SANDBOX USUAL [T O N N N N N N A] "Delete a sandbox configuration; a developer only what they made."
    EditDraft "edit_draft" EITHER USUAL [T T N N N N N N A] "Write drafts of configurations, which a team shares."
    CreateProductionConfiguration "create_production_configuration" PRODUCTION USUAL [T T N N N N N N A] "Create a configuration for staging or production; nothing of it is live before a launch."
    EditProductionConfiguration "edit_production_configuration" PRODUCTION USUAL [T T N N N N N N A] "Save a revision of a staging or production configuration."
    DeleteProductionConfiguration "delete_production_configuration" PRODUCTION FRESH [T N N N N N N N A] "Delete a staging or production configuration that is not live."
    ProposeFinalConfiguration "propose_final_configuration" PRODUCTION USUAL [N N N N A A A N A] "Write the final configuration of a staging or production app for its team; nothing is saved before a second person agrees."
    DecideFinalConfiguration "decide_final_configuration" PRODUCTION FRESH [N N N N A N N N A] "Agree to a final configuration that somebody else of the staff wrote, or say no; never to one's own."
    SuspendApp "suspend_app" PRODUCTION FRESH [N N N N N A N N A] "Suspend an app in an environment at once, or lift that."
    RevokeKey "revoke_key" PRODUCTION FRESH [T N N N N A N N A] "Revoke a key of an app in an environment at once and for good."
    ManageSecrets "manage_secrets" PRODUCTION FRESH [T T N N N N N N A] "Make and end the secrets of an app in staging or production."
    ViewLaunch "view_launch" EITHER USUAL [T T T A A A A A A] "See launch and change requests with their timeline."
    RequestLaunch "request_launch" PRODUCTION USUAL [T T N N N N N N N] "Request, submit or withdraw a launch or a change."
    ReviewLaunch "review_launch" PRODUCTION USUAL [N N N N A N N N A] "Request changes to a launch or a change, or reject it."
    ApproveLaunch "approve_launch" PRODUCTION FRESH [N N N N A N N N A] "Approve a launch or a change; never one's own."
    WaiveRule "waive_rule" PRODUCTION FRESH [N N N N A N N N A] "Waive a rule of the validator for an app until a day, or end that; never for one's own team."
    ViewRelease "view_release" EITHER USUAL [T T T A A A A A A] "See releases and what is deployed."
    DeployRelease "deploy_release" PRODUCTION FRESH [N N N N N A N N A] "Deploy a release."
    ManageCalendar "manage_calendar" PRODUCTION FRESH [N N N N A A N N A] "Freeze deployments, adjust holidays, set places of windows and move windows."
    NamePeak "name_peak" PRODUCTION USUAL [T T N A N N N N A] "Name busy times of a team, in which none of its apps is deployed."
    RollBack "roll_back" PRODUCTION FRESH [N N N N N A N N A] "Roll back an app or an environment by a new release."
    ManageProviderKeys "manage_provider_keys" PRODUCTION FRESH [N N N N N A N N A] "Stage, promote and retire the keys of an identity provider."
    ViewAgreement "view_agreement" PRODUCTION USUAL [T T T A A A A A A] "See agreements."
    ViewUsage "view_usage" PRODUCTION USUAL [T N N A N N N A A] "See the usage of an order, its invoice lines and the pseudonymous entries behind them."
    ManageAgreement "manage_agreement" PRODUCTION USUAL [N N N A N N N N A] "Write agreements and move them on."
    RequestAgreement "request_agreement" PRODUCTION USUAL [T N N A N N N N A] "Ask for an agreement or a Mod, and hand in what belongs to it."
    ReviewAgreement "review_agreement" PRODUCTION USUAL [N N N N A N N N A] "Clear an agreement as counsel or send it back; never one's own text."
    OverrideAgreement "override_agreement" PRODUCTION FRESH [N N N A N N N N A] "Propose and confirm what the way of an agreement does not allow; two people, with a reason."
    SignAgreementForPartner "sign_agreement_for_partner" PRODUCTION FRESH [T N N A N N N N A] "Record the partner's signature."
    SignAgreementForProvider "sign_agreement_for_provider" PRODUCTION FRESH [N N N A N N N N A] "Record the programme's signature."
    ViewTeam "view_team" EITHER USUAL [T T T A A A A A A] "See a team and its members."
    CreateTeam "create_team" SANDBOX USUAL [N N N A N N N N A] "Create a team of an agency."
    ListMembers "list_members" EITHER USUAL [T T N A A A A A A] "See who belongs to a team, with which role."
    ManageTeam "manage_team" SANDBOX USUAL [T N N A N N N N A] "Rename or delete a team, invite members, give and take sandbox roles; never one's own."
    ManageProductionMembers "manage_production_members" PRODUCTION FRESH [T N N A N N N N A] "Give and take production roles of a team; never one's own."
    GrantProductionAdmin "grant_production_admin" PRODUCTION FRESH [N N N A N N N N A] "Give and take the role of a partner admin in production."
    ChangeAgency "change_agency" PRODUCTION FRESH [N N N A N N N N A] "Move a team to another agency, which changes what its apps call people."
    ManageAgencies "manage_agencies" EITHER USUAL [N N N A N N N N A] "Add and rename agencies."
    TransferApp "transfer_app" SANDBOX FRESH [T N N A N N N N A] "Move a sandbox app to another team; of both teams."
    TransferLiveApp "transfer_live_app" PRODUCTION FRESH [T N N A N N N N A] "Move an app with a staging or production configuration to another team; of both teams."
    ReviewAccess "review_access" EITHER USUAL [T N N A N N N A A] "Export who has which access."
    ViewConsole "view_console" EITHER USUAL [N N N A A A A A A] "See the pages of the programme's staff."
    ManageStaff "manage_staff" PRODUCTION FRESH [N N N N N N N N A] "Give and take staff roles."
    MintToken "mint_token" EITHER FRESH [T T T A A A A A A] "Make an API token with at most one's own permissions."
    RunProbes "run_probes" EITHER USUAL [T T N A A N A N A] "Try an app's addresses from outside."
    NameDomain "name_domain" PRODUCTION USUAL [T N N A N N N N A] "Name a dedicated domain of a team, prove it and give it up."
    ApproveDomain "approve_domain" PRODUCTION FRESH [N N N N A N N N A] "Approve a dedicated domain that is proved."
    ManageWebhooks "manage_webhooks" EITHER USUAL [T T N N N N N N A] "Make, change, test and delete a team's webhooks and read what they delivered."
    UseTestKit "use_test_kit" SANDBOX USUAL [T T N N N N A N A] "Make test people and read their inbox in a test-class environment."
    InspectRequest "inspect_request" EITHER USUAL [T T T A A A A A A] "See why a sign-in failed, by request id."
    FindPerson "find_person" PRODUCTION FRESH [N N N N N N A N A] "Find the account of a person by an exact address or the id of a request; there is no list."
    SuspendPerson "suspend_person" PRODUCTION FRESH [N N N N N N A N A] "Suspend the account of a person, reinstate it, or end all its sessions."
    ViewAudit "view_audit" EITHER USUAL [N N N N N N N A A] "Read and verify the audit log."
    ViewTicket "view_ticket" EITHER USUAL [T T T A N N A A A] "See support tickets and their conversations."
    OpenTicket "open_ticket" EITHER USUAL [T T N N N N N N N] "Open a support ticket for one's team."
    AnswerTicket "answer_ticket" EITHER USUAL [T T N A N N A N A] "Answer a support ticket, say that it is solved and close it."
    ViewPartnership "view_partnership" EITHER USUAL [T T T A N N A A A] "See how far a partnership is, whose turn it is, and its estimates."
    ManagePartnership "manage_partnership" EITHER USUAL [N N N A N N N N A] "Look after partnerships: assign, judge the fit, note, pause, give up, and make the agency's team."
    SaveEstimate "save_estimate" EITHER USUAL [T T N A N N N N A] "Save an estimate of usage and cost for a team or a partnership."
    AcceptEstimate "accept_estimate" EITHER USUAL [T N N A N N N N A] "Accept an estimate for the partner."
    EditSite "edit_site" EITHER USUAL [N N N A N N A N A] "Edit the public pages about partnership."
    MoveDemoClock "move_demo_clock" EITHER USUAL [T T N A A A A N A] "Move the keeper's clock; only in a demonstration."
    ManageProgramme "manage_programme" PRODUCTION FRESH [N N N N N N N N A] "Change the settings of the programme."
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

    /// The realm whose grants count; nothing where any does.
    pub const fn realm(self) -> Option<Realm> {
        self.row().realm
    }

    /// Does it need a sign-in with two factors?
    pub const fn needs_two_factors(self) -> bool {
        matches!(self.row().realm, Some(Realm::Production))
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
                if role.is_staff() {
                    assert!(matches!(found, Grant::No | Grant::All), "{role} {action}");
                } else {
                    assert!(found <= Grant::OwnTeam, "{role} {action}");
                }
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
    fn a_sandbox_grant_reaches_nothing_in_production_and_the_other_way_round() {
        let (sandbox, production) = (Some(Realm::Sandbox), Some(Realm::Production));
        for role in Role::ALL {
            for action in Action::ALL {
                match action.realm() {
                    Some(Realm::Sandbox) => {
                        assert_eq!(
                            grant_in(role, production, *action),
                            Grant::No,
                            "{role} {action}"
                        );
                    }
                    Some(Realm::Production) => {
                        assert_eq!(
                            grant_in(role, sandbox, *action),
                            Grant::No,
                            "{role} {action}"
                        );
                        assert!(action.needs_two_factors());
                    }
                    None => assert_eq!(grant_in(role, sandbox, *action), grant(role, *action)),
                }
                if role.is_staff() {
                    assert_eq!(grant_in(role, None, *action), grant(role, *action));
                }
            }
        }
        assert_eq!(
            grant(Role::PartnerAdmin, Action::GrantProductionAdmin),
            Grant::No
        );
        assert_eq!(
            grant(Role::PartnerDeveloper, Action::DeleteSandboxApp),
            Grant::OwnWork
        );
        assert!(
            Action::ALL
                .iter()
                .all(|action| grant_by_domain(*action) == Grant::No || !action.needs_two_factors())
        );
    }

    #[test]
    fn those_who_approve_do_not_request_and_those_who_only_read_change_nothing() {
        for role in Role::ALL {
            let requests = grant(role, Action::RequestLaunch) > Grant::No;
            let approves = grant(role, Action::ApproveLaunch) > Grant::No;
            assert!(!(requests && approves), "{role}");
        }
        let reading = [
            "view_",
            "inspect_request",
            "mint_token",
            "list_members",
            "review_access",
        ];
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
}
