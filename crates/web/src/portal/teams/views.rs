//! What the pages of teams hold.

use durward_app::partner::teams::invitations;

use crate::portal::desk::Desk;
use crate::portal::parts::Form;
use crate::shared::page::view;
use crate::shared::problem::Problem;

view! {
    /// P2: the member's teams.
    Teams in "portal/teams/list.html" {
        /// The teams.
        teams: Vec<TeamCard>,
        /// Open invitations for the member.
        invitations: Vec<Invited>,
        /// Whether they may create one.
        may_create: bool,
    }
}

/// A team in the list.
pub struct TeamCard {
    /// Its short name.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Its agency.
    pub agency: String,
    /// The member's role in the sandbox.
    pub sandbox: String,
    /// The member's role in production.
    pub production: String,
}

/// An invitation for the reader.
pub struct Invited {
    /// Its id.
    pub id: String,
    /// The team's name.
    pub team: String,
    /// Who invites.
    pub who: String,
}

/// The open invitations for the member at the desk.
pub async fn invited(desk: &Desk) -> Result<Vec<Invited>, Problem> {
    let open = invitations::for_me(&desk.keeper, &desk.member).await?;
    Ok(open
        .into_iter()
        .map(|one| Invited {
            id: one.id,
            team: one.team_name,
            who: one.invited_by,
        })
        .collect())
}

view! {
    /// P2: a new team.
    NewTeamPage in "portal/teams/new.html" {
        /// What was typed.
        form: Form,
        /// The agencies: id and name.
        agencies: Vec<(String, String)>,
    }
}

view! {
    /// P2: one team.
    TeamPage in "portal/teams/show.html" {
        /// Where it was opened from.
        back: &'static str,
        /// Its short name.
        handle: String,
        /// Its name.
        name: String,
        /// Its own words.
        description: String,
        /// Its agency.
        agency: String,
        /// How many apps it has.
        apps: String,
        /// Its proved domains.
        domains: String,
        /// Whether the reader belongs to it.
        belongs: bool,
        /// Whether the reader belongs to it and has no role in production.
        no_production: bool,
        /// Its partnerships that are not over.
        partnerships: Vec<crate::partnership::pipeline::Card>,
        /// Its members, for those who may see them.
        members: Option<Vec<MemberCard>>,
        /// Open invitations.
        invitations: Vec<InvitationLine>,
        /// What was typed to invite.
        form: Form,
        /// The roles that may be offered in the sandbox.
        sandbox_choices: Vec<(&'static str, String)>,
        /// The roles that may be offered in production.
        production_choices: Vec<(&'static str, String)>,
        /// Whether the reader may make an app.
        may_app: bool,
        /// Whether they give sandbox roles.
        may_sandbox: bool,
        /// Whether they give production roles.
        may_production: bool,
        /// Whether they invite.
        may_invite: bool,
        /// Whether they rename and delete it.
        may_manage: bool,
        /// Whether they export who has access.
        may_review: bool,
        /// Whether they move it to another agency.
        may_agency: bool,
    }
}

/// A member of the team.
pub struct MemberCard {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// When they signed in last.
    pub seen: String,
    /// The role in the sandbox.
    pub sandbox: String,
    /// The role in production.
    pub production: String,
    /// Whether it is the reader.
    pub own: bool,
    /// Whether the reader may change something.
    pub may_edit: bool,
    /// Whether the sandbox role.
    pub may_sandbox: bool,
    /// Whether the production role.
    pub may_production: bool,
    /// The roles to choose from: value, name, whether it is the one now.
    pub sandbox_choices: Vec<(String, String, bool)>,
    /// The same for production.
    pub production_choices: Vec<(String, String, bool)>,
}

/// An open invitation.
pub struct InvitationLine {
    /// Its id.
    pub id: String,
    /// For which address.
    pub email: String,
    /// Roles and end.
    pub what: String,
}

view! {
    /// Asks before an invitation is accepted: no link acts when it is opened.
    InvitationPage in "portal/teams/invitation.html" {
        /// Its id.
        id: String,
        /// The team's name.
        team: String,
        /// The agency's name.
        agency: String,
        /// Who invites.
        who: String,
        /// The role in the sandbox.
        sandbox: String,
        /// The role in production.
        production: String,
        /// Until when it is good.
        expires: String,
    }
}

view! {
    /// Moving a team to another agency, or an app to another team: chosen first, then looked at, then done.
    MovePage in "portal/teams/move.html" {
        /// The page's name for programs.
        data_page: &'static str,
        /// The heading.
        title: String,
        /// What it does.
        what: String,
        /// Where it leads back to.
        back: String,
        /// Where the forms go.
        action: String,
        /// The field's label.
        label: String,
        /// What may be chosen: value and name.
        targets: Vec<(String, String)>,
        /// What was chosen.
        target: String,
        /// Its name.
        target_name: String,
        /// What would change: environment, apps, identifiers; nothing before something was chosen.
        changes: Option<Vec<(String, String, String)>>,
        /// How many identifiers.
        total: u64,
        /// The button's words.
        button: String,
    }
}

view! {
    /// Signed in at the provider, but nobody's member here.
    NotInvited in "portal/teams/not_invited.html" {
        /// The approved e-mail domains.
        domains: String,
        /// The page of the account at the provider, where one signs out.
        account: String,
    }
}
