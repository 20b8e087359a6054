//! Notices: what the portal tells its members, on a page of theirs and by mail, in their language. A notice is written in
//! the unit of what it tells of. It never names people of the door.

mod choices;
mod delivery;
mod kinds;
mod stop;

use std::collections::BTreeSet;

use durward_domain::environment::EnvironmentName;
use durward_domain::permission::{Realm, Role};
use durward_store::notices::{self, NoticeRow, Way};
use durward_store::{Conn, Fault as StoreFault};
use durward_store::{members, roles};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::actor::Member;
use crate::failure::Fault;
use crate::keeper::{Keeper, time};

pub use choices::{Choice, ChoiceRefusal, choices, choose};
pub use delivery::Delivery;
pub use kinds::*;
pub use stop::{Stop, stop, stop_link, stop_of};

/// What is told.
pub struct Notice<'a> {
    /// Whom; who is named twice is told once.
    pub to: &'a [To<'a>],
    /// Which words.
    pub kind: &'static NoticeKind,
    /// The path in the portal that it is about.
    pub link: String,
    /// The values of the words, by name: the ones that the kind lists. `environment`, and dates named `window` or `ends`,
    /// are put into the reader's language.
    pub values: Vec<(&'static str, String)>,
}

/// Whom a notice is for.
#[derive(Clone, Copy)]
pub enum To<'a> {
    /// A member by id. Who is no member any more is not told.
    Member(&'a str),
    /// The members of a team with one of these roles.
    Team(&'a str, &'a [Role]),
    /// A member by address.
    ColleagueAt(&'a str),
    /// An address outside the portal, with the language to write in.
    Address(&'a str, &'a str),
}

/// Every role of a team.
pub(crate) const EVERYONE: &[Role] = &[
    Role::PartnerAdmin,
    Role::PartnerDeveloper,
    Role::PartnerReadonly,
];

/// A kind of notice: its words are `notice-kind-ID`, `notice-ID-subject` and `notice-ID-text` in the catalogues.
#[derive(Debug, PartialEq, Eq)]
pub struct NoticeKind {
    /// Its id.
    pub id: &'static str,
    /// What happened, for the generated list.
    pub sentence: &'static str,
    /// The names of its values.
    pub values: &'static [&'static str],
    /// Whom it is for, for the generated list.
    pub whom: &'static str,
    /// How it comes unless its reader chose otherwise.
    pub usual: Delivery,
    /// It keeps accounts and apps safe: it cannot be switched off.
    pub secures: bool,
    /// Only staff gets it.
    pub for_staff: bool,
}

/// Writes a notice for each one it is for, in the unit of what it tells of.
///
/// # Errors
/// A fault of the database.
pub fn post(c: &mut Conn, keeper: &Keeper, notice: &Notice<'_>) -> Result<(), StoreFault> {
    debug_assert!(
        notice
            .kind
            .values
            .iter()
            .all(|name| notice.values.iter().any(|(given, _)| given == name)),
        "{} lacks a value",
        notice.kind.id
    );
    let now = keeper.clock.real_now();
    let detail: Map<String, Value> = notice
        .values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_str().into()))
        .collect();
    let detail = Value::Object(detail).to_string();
    let realm = notice
        .values
        .iter()
        .find(|(name, _)| *name == "environment")
        .and_then(|(_, value)| EnvironmentName::parse(value).ok())
        .map(realm_of);
    let mut told = BTreeSet::new();
    for to in notice.to {
        for (member, address, language) in readers(c, *to, realm)? {
            if !told.insert(address.clone()) {
                continue;
            }
            let row = NoticeRow {
                notice_id: keeper.random.uuid_v7(now).to_string(),
                member_id: member,
                address,
                language,
                kind: notice.kind.id.to_owned(),
                link: notice.link.clone(),
                detail: detail.clone(),
                created_us: now.as_microsecond(),
                read_us: None,
                sent_us: None,
                attempts: 0,
            };
            let way = match row.member_id.as_deref() {
                Some(member) => delivery::of(c, member, notice.kind)?.way(),
                // Who has no page gets mail.
                None => Way::AtOnce,
            };
            notices::add(c, &row, way)?;
        }
    }
    Ok(())
}

/// A notice as its member sees it.
#[derive(Clone, Debug)]
pub struct NoticeView {
    /// Its id.
    pub id: String,
    /// The id of its kind.
    pub kind: String,
    /// The path in the portal that it is about.
    pub link: String,
    /// The values of its words.
    pub values: Vec<(String, String)>,
    /// When it was written.
    pub created: Timestamp,
    /// Whether the member has not seen it.
    pub is_new: bool,
}

impl NoticeView {
    pub(crate) fn of(row: &NoticeRow) -> Self {
        let detail: Map<String, Value> = serde_json::from_str(&row.detail).unwrap_or_default();
        Self {
            id: row.notice_id.clone(),
            kind: row.kind.clone(),
            link: row.link.clone(),
            values: detail
                .into_iter()
                .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
                .collect(),
            created: time(row.created_us),
            is_new: row.read_us.is_none(),
        }
    }
}

/// One page of a member's notices, newest first, and the id to go on from.
#[derive(Clone, Debug)]
pub struct NoticePage {
    /// The notices.
    pub items: Vec<NoticeView>,
    /// What `before` is for the next page.
    pub next: Option<String>,
}

/// The member's own notices, newest first, before the one of that cursor.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    before: Option<&str>,
    limit: usize,
) -> Result<NoticePage, Fault> {
    let (id, limit) = (member.id.clone(), limit.clamp(1, MOST_AT_ONCE));
    let before = before.and_then(cursor).unwrap_or((i64::MAX, String::new()));
    let fetched = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = keeper
        .store
        .read(move |c| notices::of_member(c, &id, (before.0, &before.1), fetched))
        .await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    Ok(NoticePage {
        items: rows.iter().map(NoticeView::of).collect(),
        next: rows
            .last()
            .filter(|_| more)
            .map(|row| format!("{}.{}", row.created_us, row.notice_id)),
    })
}

/// How many notices the member has not seen.
///
/// # Errors
/// A fault.
pub async fn unread(keeper: &Keeper, member: &Member) -> Result<u64, Fault> {
    let id = member.id.clone();
    let count = keeper.store.read(move |c| notices::unread(c, &id)).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// The member has seen all notices.
///
/// # Errors
/// A fault.
pub async fn read_all(keeper: &Keeper, member: &Member) -> Result<(), Fault> {
    let (id, now_us) = (member.id.clone(), keeper.clock.real_now().as_microsecond());
    keeper
        .store
        .write(move |c| notices::read_all(c, &id, now_us))
        .await?;
    Ok(())
}

/// Notes the language that a member uses: their mail follows it.
///
/// # Errors
/// A fault.
pub async fn speaks(keeper: &Keeper, member_id: &str, language: &'static str) -> Result<(), Fault> {
    let id = member_id.to_owned();
    let kept = keeper
        .store
        .read({
            let id = id.clone();
            move |c| notices::language_of(c, &id)
        })
        .await?;
    if kept.as_deref() != Some(language) {
        keeper
            .store
            .write(move |c| notices::speaks(c, &id, language))
            .await?;
    }
    Ok(())
}

/// The language of the member's notices.
///
/// # Errors
/// A fault.
pub async fn language(keeper: &Keeper, member: &Member) -> Result<String, Fault> {
    let id = member.id.clone();
    let kept = keeper
        .store
        .read(move |c| notices::language_of(c, &id))
        .await?;
    Ok(kept.unwrap_or_else(|| "en".to_owned()))
}

/// What was written until now counts as mailed: a demonstration's own history is not.
///
/// # Errors
/// A fault.
pub async fn settle(keeper: &Keeper) -> Result<(), Fault> {
    let now = keeper.clock.real_now();
    keeper
        .store
        .write(move |c| notices::settle(c, now.as_microsecond()))
        .await?;
    Ok(())
}

type Reader = (Option<String>, String, String);

/// Members and addresses with their language. Who has a role in the sandbox alone hears nothing of production.
fn readers(c: &mut Conn, to: To<'_>, realm: Option<Realm>) -> Result<Vec<Reader>, StoreFault> {
    let found = match to {
        To::Address(address, language) => {
            return Ok(vec![(None, address.to_owned(), language.to_owned())]);
        }
        To::Member(id) => members::find_member(c, id)?.into_iter().collect(),
        To::ColleagueAt(address) => members::find_by_email(c, &address.to_lowercase())?
            .into_iter()
            .collect(),
        To::Team(team, wanted) => {
            let ids: BTreeSet<String> = roles::of_team(c, team)?
                .into_iter()
                // Staff roles have no realm.
                .filter(|grant| {
                    team.is_empty() || realm.is_none_or(|realm| realm.as_str() == grant.realm)
                })
                .filter(|grant| Role::parse(&grant.role).is_some_and(|role| wanted.contains(&role)))
                .map(|grant| grant.member_id)
                .collect();
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.extend(members::find_member(c, &id)?);
            }
            found
        }
    };
    let mut list = Vec::with_capacity(found.len());
    for member in found {
        let language = notices::language_of(c, &member.member_id)?;
        list.push((
            Some(member.member_id),
            member.email,
            language.unwrap_or_else(|| "en".to_owned()),
        ));
    }
    Ok(list)
}

fn cursor(text: &str) -> Option<(i64, String)> {
    let (us, id) = text.split_once('.')?;
    Some((us.parse().ok()?, id.to_owned()))
}

fn realm_of(environment: EnvironmentName) -> Realm {
    if environment.class().is_live() {
        Realm::Production
    } else {
        Realm::Sandbox
    }
}

const MOST_AT_ONCE: usize = 100;
