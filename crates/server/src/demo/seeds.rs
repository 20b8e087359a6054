//! Writes the fictional state at the first start. Everything goes through the use cases that a member's click calls, with
//! the keeper's clock set back, so that nothing is here that the product would not make.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_app::actor::{Actor, Held, Member, Standing};
use durward_app::citizen::people::Verified;
use durward_app::citizen::several::{self, ReadyPerson};
use durward_app::passwords::PasswordPool;
use durward_app::record::{Note, Trace};
use durward_app::{Door, Failure, Fault, Keeper};
use durward_domain::event::Event;
use durward_domain::level::Aal;
use durward_domain::permission::{Realm, Role};
use durward_domain::refusal::Refuse;
use durward_keyring::master::MasterKey;
use durward_keyring::totp::TotpSecret;
use durward_store::members::{self, AgencyRow, MemberRow, TeamRow};
use durward_store::roles::{self, GrantRow};
use durward_store::settings;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::json;

use super::cast::{self, Colleague, SignIn};

/// Everybody's account, with the password hashed once for all environments.
pub(super) async fn accounts(
    master: &MasterKey,
    passwords: &PasswordPool,
    verified_at: Timestamp,
) -> Result<Arc<Vec<Account>>, Fault> {
    let colleagues = cast::STAFF
        .iter()
        .chain(cast::PARTNERS)
        .map(|one| (one.email, "en", None));
    let citizens = cast::CITIZENS
        .iter()
        .map(|one| (one.email, one.language, one.attributes()));
    // All at once, so that every password thread has work.
    let mut work = Vec::new();
    for (email, language, attributes) in colleagues.chain(citizens) {
        let sign_in = SignIn::of(master, email);
        let passwords = passwords.clone();
        work.push(tokio::spawn(async move {
            Ok::<_, Fault>(Account {
                email: EmailAddress::parse(email)
                    .map_err(|_| Fault::internal("a seed's address"))?,
                password_phc: passwords.hash(sign_in.password).await?,
                totp: sign_in.totp,
                language,
                verified: attributes.map(|attributes| (verified_at, attributes)),
            })
        }));
    }
    let mut accounts = Vec::with_capacity(work.len());
    for one in work {
        accounts.push(
            one.await
                .map_err(|_| Fault::internal("a seed was interrupted"))??,
        );
    }
    Ok(Arc::new(accounts))
}

/// One account of the cast.
pub(super) struct Account {
    email: EmailAddress,
    password_phc: String,
    totp: TotpSecret,
    language: &'static str,
    verified: Option<(
        Timestamp,
        BTreeMap<durward_domain::attribute::Attribute, String>,
    )>,
}

impl Account {
    fn ready(&self) -> ReadyPerson {
        ReadyPerson {
            email: self.email.clone(),
            password_phc: self.password_phc.clone(),
            totp: self.totp.clone(),
            language: self.language.to_owned(),
            verified: self
                .verified
                .clone()
                .map(|(at, attributes)| Verified { at, attributes }),
        }
    }
}

/// Makes everybody's account in one environment.
pub(super) async fn people(door: &Arc<Door>, accounts: &[Account]) -> Result<(), Fault> {
    let people: Vec<ReadyPerson> = accounts.iter().map(Account::ready).collect();
    several::create(door, &people, &SEEDS).await?;
    Ok(())
}

/// Has this portal its fictional state?
pub(super) async fn are_there(keeper: &Keeper) -> Result<bool, Fault> {
    Ok(keeper
        .store
        .read(|c| settings::find(c, SEEDED))
        .await?
        .is_some())
}

/// Says that it has, in the unit that records it.
pub(super) async fn done(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    let inner = Arc::clone(keeper);
    let work = keeper.store.write(move |c| {
        settings::put(c, SEEDED, "1")?;
        record(c, &inner, Event::DemoSeeded, "demo", json!({}))
    });
    Ok(work.await?)
}

/// Agencies, teams and members, in one unit. Answers the members by address.
pub(super) async fn founding(
    keeper: &Arc<Keeper>,
) -> Result<BTreeMap<&'static str, Member>, Fault> {
    let now = keeper.clock.now();
    let agencies: BTreeMap<&'static str, String> = cast::AGENCIES
        .iter()
        .map(|agency| (agency.letters, keeper.random.uuid_v7(now).to_string()))
        .collect();
    let everybody: BTreeMap<&'static str, Member> = cast::STAFF
        .iter()
        .chain(cast::PARTNERS)
        .map(|one| (one.email, member(keeper, one)))
        .collect();
    let (inner, rows) = (Arc::clone(keeper), everybody.clone());
    let work = keeper.store.write(move |c| {
        let now_us = now.as_microsecond();
        for agency in cast::AGENCIES {
            let Some(agency_id) = agencies.get(agency.letters) else {
                continue;
            };
            members::put_agency(
                c,
                &AgencyRow {
                    agency_id: agency_id.clone(),
                    name: agency.name.to_owned(),
                    abbreviation: agency.letters.to_owned(),
                },
            )?;
            record(c, &inner, Event::AgencyAdded, agency.letters, json!({}))?;
        }
        for team in cast::TEAMS {
            let row = TeamRow {
                handle: team.handle.to_owned(),
                name: team.name.to_owned(),
                agency_id: agencies.get(team.agency).cloned().unwrap_or_default(),
                domains: String::new(),
            };
            members::put_team(c, &row, now_us)?;
            record(c, &inner, Event::TeamCreated, team.handle, json!({}))?;
        }
        for member in rows.values() {
            add(c, &inner, member, now_us)?;
        }
        Ok(())
    });
    work.await?;
    Ok(everybody)
}

fn add(
    c: &mut durward_store::Conn,
    keeper: &Keeper,
    member: &Member,
    now_us: i64,
) -> Result<(), durward_store::Fault> {
    let row = MemberRow {
        member_id: member.id.clone(),
        email: member.email.clone(),
        name: member.name.clone(),
        subject: None,
    };
    members::put_member(c, &row, now_us)?;
    record(c, keeper, Event::MemberAdded, &member.id, json!({}))?;
    for held in &member.roles {
        let (team, realm) = held
            .team
            .as_ref()
            .map_or(("", ""), |(team, realm)| (team.as_str(), realm.as_str()));
        let grant = GrantRow {
            member_id: member.id.clone(),
            team: team.to_owned(),
            realm: realm.to_owned(),
            role: held.role.as_str().to_owned(),
            granted_by: String::new(),
            granted_us: now_us,
        };
        roles::give(c, &grant)?;
        let detail = json!({ "role": grant.role, "team": team, "realm": realm });
        record(c, keeper, Event::MemberRoleGiven, &member.id, detail)?;
    }
    Ok(())
}

fn member(keeper: &Keeper, one: &Colleague) -> Member {
    let real_now = keeper.clock.real_now();
    Member {
        id: keeper.random.uuid_v7(keeper.clock.now()).to_string(),
        email: one.email.to_owned(),
        name: one.name.to_owned(),
        roles: match one.team {
            Some(team) => Realm::ALL
                .map(|realm| Held::in_team(team, realm, one.role))
                .into(),
            None => vec![Held::staff(one.role)],
        },
        standing: Standing::ApprovedDomain,
        aal: Aal::Aal2,
        // The seeds act for them right now, and only now.
        elevated_until: real_now
            .checked_add(SignedDuration::from_mins(10))
            .unwrap_or(real_now),
        scopes: BTreeSet::new(),
    }
}

fn record(
    c: &mut durward_store::Conn,
    keeper: &Keeper,
    event: Event,
    subject: &str,
    detail: serde_json::Value,
) -> Result<(), durward_store::Fault> {
    keeper.recorder.event(
        c,
        Note {
            time: keeper.clock.real_now(),
            actor: &SEEDS,
            event,
            subject,
            trace: None,
            detail,
        },
    )
}

/// The stage of the story: who acts, and the day it is.
pub(super) struct Stage {
    pub(super) keeper: Arc<Keeper>,
    pub(super) today: Date,
    pub(super) trace: Trace,
    everybody: BTreeMap<&'static str, Member>,
}

impl Stage {
    pub(super) fn new(keeper: &Arc<Keeper>, everybody: BTreeMap<&'static str, Member>) -> Self {
        Self {
            keeper: Arc::clone(keeper),
            today: keeper.today(),
            trace: Trace {
                request_id: "seeds".to_owned(),
            },
            everybody,
        }
    }

    /// At a later start: only the admin of the sample's team acts. `None` when that member is gone.
    pub(super) async fn later(keeper: &Arc<Keeper>) -> Result<Option<Self>, Fault> {
        let team = Some(super::apps::SAMPLE.team);
        let admins = cast::PARTNERS
            .iter()
            .filter(|one| one.role == Role::PartnerAdmin);
        let Some(admin) = admins.into_iter().find(|one| one.team == team) else {
            return Ok(None);
        };
        let email = admin.email;
        let found = keeper
            .store
            .read(move |c| members::find_by_email(c, email))
            .await?;
        let everybody = found.map(|row| {
            let id = row.member_id;
            BTreeMap::from([(
                admin.email,
                Member {
                    id,
                    ..member(keeper, admin)
                },
            )])
        });
        Ok(everybody.map(|everybody| Self::new(keeper, everybody)))
    }

    /// Sets the keeper's clock so many days back, to noon.
    pub(super) fn days_ago(&self, days: i64) -> Result<(), Fault> {
        let day = self.today.checked_sub(days.days());
        let day = day.map_err(|_| Fault::internal("the first day is too early"))?;
        self.on(day);
        Ok(())
    }

    /// Sets the keeper's clock to noon of a day.
    pub(super) fn on(&self, day: Date) {
        self.keeper.clock.set(self.keeper.programme.noon(day));
    }

    /// The one with this role: of the staff the first, of a team its own.
    pub(super) fn who(&self, role: Role, team: Option<&str>) -> Result<&Member, Fault> {
        let mut listed = cast::STAFF.iter().chain(cast::PARTNERS);
        listed
            .find(|one| one.role == role && one.team == team)
            .and_then(|one| self.everybody.get(one.email))
            .ok_or_else(|| Fault::internal(format!("nobody in the cast is {role}")))
    }

    /// The partner admin of a team.
    pub(super) fn admin(&self, team: &str) -> Result<&Member, Fault> {
        self.who(Role::PartnerAdmin, Some(team))
    }

    /// The second reviewer.
    pub(super) fn second_reviewer(&self) -> Result<&Member, Fault> {
        let mut reviewers = cast::STAFF.iter().filter(|one| one.role == Role::Reviewer);
        reviewers
            .nth(1)
            .and_then(|one| self.everybody.get(one.email))
            .ok_or_else(|| Fault::internal("the cast has one reviewer only"))
    }
}

/// A seed that the product refuses is a mistake in the seeds.
pub(super) fn accepted<T, R: Refuse + fmt::Display>(
    what: &str,
    outcome: Result<T, Failure<R>>,
) -> Result<T, Fault> {
    outcome.map_err(|failure| match failure {
        Failure::Fault(fault) => fault.within(what),
        refused @ Failure::Refused(_) => Fault::internal(format!("seeding {what}: {refused}")),
    })
}

pub(super) const SEEDS: Actor = Actor::System("seeds");
const SEEDED: &str = "demo.seeded";
