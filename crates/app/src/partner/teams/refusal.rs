//! Why something about a team was not done.

use durward_domain::permission::Realm;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_domain::team::BadName;

use super::SubjectsChange;
use crate::actor::Denied;
use crate::failure::Failure;

/// Why something about a team, its members or its invitations was not done.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TeamRefusal {
    /// There is none that the member may see.
    #[error("There is no team \"{0}\" that you may see. Check its short name.")]
    NotFound(String),
    /// The member's roles or sign-in do not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Not a name.
    #[error(transparent)]
    Name(BadName),
    /// Not a short name.
    #[error("\"{0}\" is no short name. Use 2 to 64 lower-case letters, digits and hyphens.")]
    Handle(String),
    /// The short name is or was another team's.
    #[error("The short name \"{0}\" is or was a team's. Choose another.")]
    HandleTaken(String),
    /// No such agency.
    #[error(
        "There is no agency \"{0}\". Choose one of the list, or ask the programme staff to add it."
    )]
    NoAgency(String),
    /// Another agency has the name or the letters.
    #[error("Another agency has this name or these letters. Choose others.")]
    AgencyTaken,
    /// Not letters of an agency.
    #[error("The letters of an agency are 2 to 10 letters or digits. Correct them.")]
    Letters,
    /// It has apps.
    #[error("Only teams without apps can be deleted. Move or delete its apps first.")]
    HasApps,
    /// The member does not belong to the team.
    #[error("This person does not belong to the team. Look at the list of its members.")]
    NoMember,
    /// Nobody changes their own role.
    #[error(
        "Nobody changes their own roles. Ask another admin of the team, or the programme staff."
    )]
    OwnRole,
    /// The realm would be without an admin.
    #[error(
        "This is the last partner admin of the team in {0}. Give the role to somebody else first."
    )]
    LastAdmin(Realm),
    /// A staff role in a team, or a partner role outside one.
    #[error(
        "This role cannot be given here. Use a partner role in a team and a staff role in the programme."
    )]
    RoleMisplaced,
    /// Nothing was given.
    #[error("Choose a role for the sandbox, for production, or for both.")]
    NoRole,
    /// Not an address.
    #[error("\"{0}\" is not a valid e-mail address. Correct it.")]
    Email(String),
    /// Already a member.
    #[error("{0} is already part of the team. Change their roles in the list of members.")]
    AlreadyMember(String),
    /// Already invited.
    #[error("{0} is already invited to the team. Withdraw that invitation to write another.")]
    InvitationOpen(String),
    /// Too many at once.
    #[error(
        "The team has too many open invitations. Wait until some are answered, or withdraw some."
    )]
    TooManyInvitations,
    /// A contractor invites nobody from outside.
    #[error(
        "People without an approved e-mail domain are invited by a member who has one. Ask such a member of your team."
    )]
    NotGovernment,
    /// Over.
    #[error("This invitation was used, withdrawn, or is too old. Ask for another.")]
    InvitationGone,
    /// Unknown.
    #[error("There is no such invitation. Check the address of the page.")]
    InvitationNotFound,
    /// For somebody else.
    #[error("This invitation is for another e-mail address. Sign in with the account that has it.")]
    OtherPerson,
    /// Who invited may not any more.
    #[error("Whoever invited you may not give these roles any more. Ask for another invitation.")]
    InviterGone,
    /// People would be known by other identifiers.
    #[error("People would be known to the apps by other identifiers: {}. Look at the numbers and confirm them.", numbers(.0))]
    Subjects(Vec<SubjectsChange>),
    /// It is already there.
    #[error("Nothing would change: it is there already.")]
    SameTeam,
    /// No such app.
    #[error("There is no app \"{0}\" that you may see. Check its short name.")]
    NoApp(String),
    /// The portal's own app.
    #[error("The portal's own app stays where it is.")]
    Portal,
    /// A request is in review or waits for its window.
    #[error(
        "A launch or change of this app is in review or waits for its window. Withdraw it, or wait until it is deployed."
    )]
    Requested,
    /// Somebody changed it meanwhile.
    #[error("Somebody changed this meanwhile. Look at it again, then repeat it.")]
    Stale,
    /// No administrator would be left.
    #[error("This is the last administrator. Give the role to somebody else first.")]
    LastAdministrator,
    /// Not a possible staff member.
    #[error("{0} has no approved e-mail domain. Only people with one belong to the staff.")]
    NotApproved(String),
}

fn numbers(changes: &[SubjectsChange]) -> String {
    let parts: Vec<String> = changes
        .iter()
        .map(|one| match one.subjects {
            Some(count) => format!("{count} in {}", one.environment),
            None => format!("an unknown number in {}", one.environment),
        })
        .collect();
    parts.join(", ")
}

impl From<Denied> for Failure<TeamRefusal> {
    fn from(denied: Denied) -> Self {
        Self::Refused(TeamRefusal::Denied(denied))
    }
}

impl From<TeamRefusal> for Failure<TeamRefusal> {
    fn from(refusal: TeamRefusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Refuse for TeamRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::Name(bad) => bad.code(),
            Self::NotFound(_) => "team/not-found",
            Self::Handle(_) => "team/handle",
            Self::HandleTaken(_) => "team/handle-taken",
            Self::NoAgency(_) => "team/no-agency",
            Self::AgencyTaken => "agency/taken",
            Self::Letters => "agency/letters",
            Self::HasApps => "team/has-apps",
            Self::NoMember => "team/no-member",
            Self::OwnRole => "team/own-role",
            Self::LastAdmin(_) => "team/last-admin",
            Self::RoleMisplaced => "team/role-misplaced",
            Self::NoRole => "team/no-role",
            Self::Email(_) => "team/email",
            Self::AlreadyMember(_) => "team/already-member",
            Self::InvitationOpen(_) => "invitation/open",
            Self::TooManyInvitations => "invitation/too-many",
            Self::NotGovernment => "invitation/not-government",
            Self::InvitationGone => "invitation/gone",
            Self::InvitationNotFound => "invitation/not-found",
            Self::OtherPerson => "invitation/other-person",
            Self::InviterGone => "invitation/inviter-gone",
            Self::Subjects(_) => "team/subjects-change",
            Self::SameTeam => "team/nothing-changes",
            Self::NoApp(_) => "transfer/no-app",
            Self::Portal => "transfer/portal",
            Self::Requested => "transfer/requested",
            Self::Stale => "team/changed-meanwhile",
            Self::LastAdministrator => "staff/last-administrator",
            Self::NotApproved(_) => "staff/not-approved",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Name(bad) => bad.kind(),
            Self::NotFound(_) | Self::NoMember | Self::InvitationNotFound | Self::NoApp(_) => {
                RefusalKind::NotFound
            }
            Self::Handle(_)
            | Self::NoAgency(_)
            | Self::Letters
            | Self::RoleMisplaced
            | Self::NoRole
            | Self::NotApproved(_)
            | Self::Email(_) => RefusalKind::Invalid,
            Self::HandleTaken(_)
            | Self::AgencyTaken
            | Self::HasApps
            | Self::LastAdmin(_)
            | Self::AlreadyMember(_)
            | Self::InvitationOpen(_)
            | Self::Subjects(_)
            | Self::SameTeam
            | Self::Requested
            | Self::Stale
            | Self::LastAdministrator => RefusalKind::Conflict,
            Self::TooManyInvitations => RefusalKind::TooMany,
            Self::OwnRole | Self::NotGovernment | Self::OtherPerson | Self::Portal => {
                RefusalKind::Forbidden
            }
            Self::InvitationGone | Self::InviterGone => RefusalKind::Gone,
        }
    }
}
