//! What steps of teams, tokens, domains, waivers and releases tell the members whom they concern.

use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Role;
use durward_store::members::{self, ApiTokenRow};
use durward_store::releases::ReleaseRow;
use durward_store::roles::GrantRow;
use durward_store::validator::WaiverRow;
use durward_store::{Conn, Fault as StoreFault, apps};

use super::members::name_in;
use super::notices::{self, Notice, NoticeKind, To};
use super::teams::agency_names;
use super::webhooks;
use crate::actor::Actor;
use crate::keeper::{Keeper, time};

/// A role was given or taken. Who did it to themselves knows.
pub(crate) fn role(
    c: &mut Conn,
    keeper: &Keeper,
    (actor, grant): (&Actor, &GrantRow),
    kind: &'static NoticeKind,
) -> Result<(), StoreFault> {
    if actor.id() == grant.member_id {
        return Ok(());
    }
    let (team, realm, link) = if grant.team.is_empty() {
        (keeper.programme.title.clone(), "programme", "/".to_owned())
    } else {
        let link = format!("/teams/{}", grant.team);
        (team_name(c, &grant.team)?, grant.realm.as_str(), link)
    };
    let values = vec![
        ("team", team),
        ("role", grant.role.clone()),
        ("realm", realm.to_owned()),
        ("who", who(c, keeper, actor)?),
    ];
    let to = [To::Member(&grant.member_id)];
    tell(c, keeper, &to, (kind, link), values)
}

/// An invitation was accepted or declined.
pub(crate) fn invitation(
    c: &mut Conn,
    keeper: &Keeper,
    (inviter, team, email): (&str, &str, &str),
    answer: &str,
) -> Result<(), StoreFault> {
    let values = vec![
        ("team", team_name(c, team)?),
        ("email", email.to_owned()),
        ("answer", answer.to_owned()),
    ];
    let link = format!("/teams/{team}");
    let to = [To::Member(inviter)];
    tell(c, keeper, &to, (&notices::INVITATION_ENDED, link), values)
}

/// A team belongs to another agency.
pub(crate) fn agency(
    c: &mut Conn,
    keeper: &Keeper,
    actor: &Actor,
    team: &str,
) -> Result<(), StoreFault> {
    let row = members::find_team(c, team)?;
    let agencies = agency_names(c)?;
    let agency = row.as_ref().and_then(|row| agencies.get(&row.agency_id));
    let values = vec![
        ("team", row.map_or_else(|| team.to_owned(), |row| row.name)),
        ("agency", agency.cloned().unwrap_or_else(|| "–".to_owned())),
        ("who", who(c, keeper, actor)?),
    ];
    let link = format!("/teams/{team}");
    let to = [To::Team(team, ADMINS)];
    tell(c, keeper, &to, (&notices::TEAM_AGENCY, link), values)
}

/// An app belongs to another team.
pub(crate) fn transfer(
    c: &mut Conn,
    keeper: &Keeper,
    actor: &Actor,
    (app, from, to): (&str, &str, &str),
) -> Result<(), StoreFault> {
    let values = vec![
        ("app", app.to_owned()),
        ("old_team", team_name(c, from)?),
        ("team", team_name(c, to)?),
        ("who", who(c, keeper, actor)?),
    ];
    let link = format!("/?q={app}");
    let to = [To::Team(from, ADMINS), To::Team(to, ADMINS)];
    tell(c, keeper, &to, (&notices::APP_TRANSFERRED, link), values)
}

/// A configuration was deleted.
pub(crate) fn deletion(
    c: &mut Conn,
    keeper: &Keeper,
    actor: &Actor,
    (app, environment, team): (&str, EnvironmentName, &str),
) -> Result<(), StoreFault> {
    let values = vec![
        ("app", app.to_owned()),
        ("environment", environment.to_string()),
        ("who", who(c, keeper, actor)?),
    ];
    let link = format!("/?q={app}");
    let to = [To::Team(team, ADMINS)];
    tell(c, keeper, &to, (&notices::APP_DELETED, link), values)
}

/// A token was made in somebody's name.
pub(crate) fn token(c: &mut Conn, keeper: &Keeper, row: &ApiTokenRow) -> Result<(), StoreFault> {
    let ends = keeper.calendar.date_of(time(row.expires_us));
    let values = vec![("name", row.name.clone()), ("ends", ends.to_string())];
    let to = [To::Member(&row.member_id)];
    let kind = (&notices::TOKEN_MADE, "/tokens".to_owned());
    tell(c, keeper, &to, kind, values)
}

/// A token was revoked by somebody else than its owner.
pub(crate) fn token_revoked(
    c: &mut Conn,
    keeper: &Keeper,
    actor: &Actor,
    (owner, hash): (&str, &str),
) -> Result<(), StoreFault> {
    if actor.id() == owner {
        return Ok(());
    }
    let name = members::find_token(c, hash)?.map(|row| row.name);
    let values = vec![("name", name.unwrap_or_else(|| "–".to_owned()))];
    let to = [To::Member(owner)];
    let kind = (&notices::TOKEN_REVOKED, "/tokens".to_owned());
    tell(c, keeper, &to, kind, values)
}

/// A webhook was made or changed. Of its address the host alone is told: the rest may hold a key.
pub(crate) fn webhook(
    c: &mut Conn,
    keeper: &Keeper,
    actor: &Actor,
    (id, team, url): (&str, &str, &str),
) -> Result<(), StoreFault> {
    let values = vec![
        ("url", webhooks::host(url)),
        ("who", who(c, keeper, actor)?),
    ];
    let link = format!("/webhooks/{id}");
    let to = [To::Team(team, ADMINS)];
    tell(c, keeper, &to, (&notices::WEBHOOK_CHANGED, link), values)
}

/// A domain was proved, approved or taken away.
pub(crate) fn domain(
    c: &mut Conn,
    keeper: &Keeper,
    actor: &Actor,
    (team, domain, kind): (&str, &str, &'static NoticeKind),
) -> Result<(), StoreFault> {
    let values = vec![
        ("domain", domain.to_owned()),
        ("team", team_name(c, team)?),
        ("who", who(c, keeper, actor)?),
    ];
    let to = if kind.for_staff {
        To::Team("", &[Role::AccountManager, Role::Administrator])
    } else {
        To::Team(team, ADMINS)
    };
    tell(c, keeper, &[to], (kind, "/domains".to_owned()), values)
}

/// A rule was waived for an app, or its waiver was ended.
pub(crate) fn waiver(
    c: &mut Conn,
    keeper: &Keeper,
    actor: &Actor,
    (row, kind): (&WaiverRow, &'static NoticeKind),
) -> Result<(), StoreFault> {
    let Some(team) = apps::team_of(c, &row.handle)? else {
        return Ok(());
    };
    let values = vec![
        ("app", row.handle.clone()),
        ("environment", row.environment.clone()),
        ("rule", row.rule.clone()),
        ("ends", row.until.clone()),
        ("note", row.reason.clone()),
        ("who", who(c, keeper, actor)?),
    ];
    let link = format!("/apps/{}/{}", row.handle, row.environment);
    let to = [To::Team(
        &team,
        &[Role::PartnerAdmin, Role::PartnerDeveloper],
    )];
    tell(c, keeper, &to, (kind, link), values)
}

/// A live environment took a release. Saves are no news: each is one.
pub(crate) fn release(c: &mut Conn, keeper: &Keeper, row: &ReleaseRow) -> Result<(), StoreFault> {
    let live = EnvironmentName::parse(&row.environment).is_ok_and(|name| name.class().is_live());
    if !live || matches!(row.kind.as_str(), "save" | "bootstrap") {
        return Ok(());
    }
    let kind = if row.kind == "rollback" {
        &notices::RELEASE_ROLLED_BACK
    } else {
        &notices::RELEASE_DEPLOYED
    };
    let link = format!("/releases/{}", row.release_id);
    let values = vec![
        ("environment", row.environment.clone()),
        ("number", row.sequence.to_string()),
        ("note", row.reason.clone()),
    ];
    tell(c, keeper, &[DEPLOYERS], (kind, link), values)
}

/// An environment refused a release, or the trial sign-in after it failed.
pub(crate) fn trouble(
    c: &mut Conn,
    keeper: &Keeper,
    kind: &'static NoticeKind,
    (environment, sequence, why): (&str, i64, &str),
) -> Result<(), StoreFault> {
    let link = "/environments".to_owned();
    let values = vec![
        ("environment", environment.to_owned()),
        ("number", sequence.to_string()),
        ("why", why.to_owned()),
    ];
    tell(c, keeper, &[DEPLOYERS], (kind, link), values)
}

fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    to: &[To<'_>],
    (kind, link): (&'static NoticeKind, String),
    values: Vec<(&'static str, String)>,
) -> Result<(), StoreFault> {
    notices::post(
        c,
        keeper,
        &Notice {
            to,
            kind,
            link,
            values,
        },
    )
}

/// The name of whoever did it.
fn who(c: &mut Conn, keeper: &Keeper, actor: &Actor) -> Result<String, StoreFault> {
    match actor {
        Actor::Member(id) => name_in(c, id),
        _ => Ok(keeper.programme.title.clone()),
    }
}

fn team_name(c: &mut Conn, team: &str) -> Result<String, StoreFault> {
    Ok(members::find_team(c, team)?.map_or_else(|| team.to_owned(), |row| row.name))
}

const ADMINS: &[Role] = &[Role::PartnerAdmin];
const DEPLOYERS: To<'static> = To::Team("", &[Role::Deployer, Role::Administrator]);
