//! A whole portal for tests: three environments in this process, teams, members and an agreement.

use std::sync::Arc;
use std::time::Duration;

use durward_accounts::email::EmailAddress;
use durward_domain::agreement::{
    Agreement, AgreementNumber, AgreementState, ListedApp, OrderTerms, Period, Signature,
};
use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::id::AgreementId;
use durward_domain::level::{Aal, LevelOfService};
use durward_domain::permission::Role;
use durward_domain::programme::Programme;
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;
use durward_keyring::totp::TotpSecret;
use durward_store::agreements::{self, AgreementRow};
use durward_store::members::{self, AgencyRow, MemberRow, PortalSessionRow, TeamRow};
use durward_store::people::{self as people_rows, PersonRow};
use durward_store::roles::GrantRow;
use durward_store::testing::{TestStore, postgres, sqlite};
use durward_store::{Config, Durability, Store, apps, grants, roles};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::actor::{Actor, Held, Member};
use crate::citizen::people;
use crate::citizen::session::{NewSession, Opening};
use crate::citizen::several::{self, ReadyPerson};
use crate::clock::Clock;
use crate::door::{Door, DoorSettings};
use crate::failure::Fault;
use crate::keeper::{EnvironmentSettings, Keeper, KeeperSettings, PORTAL_CLIENT_ID, release_key};
use crate::operator::bootstrap;
use crate::operator::build::{self, Wanted, Why};
use crate::partner::members::{Proof, with_roles};
use crate::partner::save::{Save, Sent, save_all};
use crate::partner::tokens;
use crate::passwords::PasswordPool;
use crate::ports::mail::Post;
use crate::ports::outbound::Outbound;
use crate::record::Trace;
use crate::secrets::Secrets;

/// A portal with everything that a test wants to hold.
pub struct TestPortal {
    /// The portal.
    pub keeper: Arc<Keeper>,
    place: Place,
    stores: Vec<TestStore>,
}

/// What nodes of one portal have in common, besides their databases.
struct Place {
    programme: Arc<Programme>,
    master: MasterKey,
    production: String,
    outbound: Outbound,
}

/// The issuer of production, unless a test asks for another.
const PRODUCTION_ISSUER: &str = "http://localhost:8403";
/// The team that tests act for.
pub const TEAM: &str = "fisheries-digital";
/// A team of another agency.
pub const OTHER_TEAM: &str = "harbours";
/// An executed agreement of the team's agency, from October 2026 to September 2027.
pub const AGREEMENT: &str = "LGABCFY210001-0001-0000";

const PEOPLE: [(&str, Role, &str); 9] = [
    ("admin", Role::PartnerAdmin, TEAM),
    ("developer", Role::PartnerDeveloper, TEAM),
    ("reader", Role::PartnerReadonly, TEAM),
    ("outsider", Role::PartnerAdmin, OTHER_TEAM),
    ("reviewer", Role::Reviewer, ""),
    ("second-reviewer", Role::Reviewer, ""),
    ("deployer", Role::Deployer, ""),
    ("manager", Role::AccountManager, ""),
    ("administrator", Role::Administrator, ""),
];

impl TestPortal {
    /// A portal whose clock stands at noon of a day in the programme's time zone.
    ///
    /// # Errors
    /// When a database or key cannot be made.
    pub async fn at(day: &str) -> Result<Self, Fault> {
        Self::with_production(day, PRODUCTION_ISSUER).await
    }

    /// The same, that calls foreign URLs and name servers by this client.
    ///
    /// # Errors
    /// As above.
    pub async fn calling(day: &str, outbound: Outbound) -> Result<Self, Fault> {
        Self::with(day, PRODUCTION_ISSUER, outbound).await
    }

    /// The same, whose production environment has this issuer.
    ///
    /// # Errors
    /// As above.
    pub async fn with_production(day: &str, issuer: &str) -> Result<Self, Fault> {
        Self::with(day, issuer, Outbound::for_tests()).await
    }

    /// One portal for each engine at hand: on SQLite always, and on PostgreSQL where the tests have one.
    ///
    /// # Errors
    /// As above.
    pub async fn on_both(day: &str) -> Result<Vec<Self>, Fault> {
        Self::under("us", day).await
    }

    /// The same under the rules of another programme.
    ///
    /// # Errors
    /// As above.
    pub async fn under(programme: &'static str, day: &str) -> Result<Vec<Self>, Fault> {
        Self::under_rules(named(programme)?, day).await
    }

    /// The same under rules of the test's own.
    ///
    /// # Errors
    /// As above.
    pub async fn under_rules(programme: Arc<Programme>, day: &str) -> Result<Vec<Self>, Fault> {
        let mut both = vec![[sqlite()?, sqlite()?]];
        if let Some(store) = postgres()? {
            both.extend(postgres()?.map(|production| [store, production]));
        }
        let mut portals = Vec::new();
        for stores in both {
            let (at, outbound) = ((Arc::clone(&programme), day), Outbound::for_tests());
            portals.push(Self::of(stores, at, PRODUCTION_ISSUER, outbound).await?);
        }
        Ok(portals)
    }

    async fn with(day: &str, issuer: &str, outbound: Outbound) -> Result<Self, Fault> {
        let at = (named("us")?, day);
        Self::of([sqlite()?, sqlite()?], at, issuer, outbound).await
    }

    /// Over a database for the portal and one for production; the others are on SQLite.
    async fn of(
        [store, production]: [TestStore; 2],
        (programme, day): (Arc<Programme>, &str),
        issuer: &str,
        outbound: Outbound,
    ) -> Result<Self, Fault> {
        let random = Random::system();
        let place = Place {
            programme,
            master: MasterKey::generate(&random),
            production: issuer.to_owned(),
            outbound,
        };
        let stores = vec![store, sqlite()?, sqlite()?, production];
        let opened = stores.iter().map(|store| (**store).clone()).collect();
        let day: Date = day.parse().map_err(|_| Fault::internal("not a day"))?;
        let noon = place.programme.noon(day);
        let keeper = place.open(opened, noon).await?;
        seed(&keeper).await?;
        bootstrap::portal_app(&keeper).await?;
        Ok(Self {
            keeper,
            place,
            stores,
        })
    }

    /// Another node of the same portal, at the same time: what a restart comes back with, or a second server.
    ///
    /// # Errors
    /// As above.
    pub async fn another_node(&self) -> Result<Arc<Keeper>, Fault> {
        let stores = self.stores.iter().map(|store| (**store).clone()).collect();
        self.place.open(stores, self.keeper.clock.now()).await
    }

    /// What another process needs to open a node of this portal: the master key, the time, and where the portal's
    /// database and those of its environments are.
    pub fn whereabouts(&self) -> Vec<String> {
        let mut told = vec![
            self.place.master.to_base64().to_string(),
            self.keeper.clock.now().to_string(),
        ];
        told.extend(self.stores.iter().map(|store| match store.config() {
            Config::Sqlite { path, .. } => path.display().to_string(),
            Config::Postgres { url, .. } => url.clone(),
        }));
        told
    }

    /// A node of the portal that is told of, in this process.
    ///
    /// # Errors
    /// As above.
    pub async fn node_of(told: &[String]) -> Result<Arc<Keeper>, Fault> {
        let broken = || Fault::internal("the whereabouts of a portal");
        let [master, now, places @ ..] = told else {
            return Err(broken());
        };
        let place = Place {
            programme: named("us")?,
            master: MasterKey::from_base64(master).map_err(|_| broken())?,
            production: PRODUCTION_ISSUER.into(),
            outbound: Outbound::for_tests(),
        };
        let mut stores = Vec::new();
        for place in places {
            let config = if place.contains("dbname=") {
                Config::Postgres {
                    url: place.clone(),
                    threads: 2,
                }
            } else {
                Config::Sqlite {
                    path: place.into(),
                    durability: Durability::Full,
                }
            };
            stores.push(Store::open(&config)?);
        }
        let now = now.parse().map_err(|_| broken())?;
        place.open(stores, now).await
    }

    /// One of the members, with a fresh second factor: `admin`, `developer`, `reader`, `outsider`, `reviewer`,
    /// `second-reviewer`, `deployer`, `manager` or `administrator`.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn member(&self, name: &str) -> Result<Member, Fault> {
        let email = format!("{name}@agency.gov");
        let until = self
            .keeper
            .clock
            .real_now()
            .saturating_add(SignedDuration::from_mins(15))
            .unwrap_or(Timestamp::MAX);
        let proof = Proof {
            aal: Aal::Aal2,
            elevated_until: until,
        };
        let programme = Arc::clone(&self.keeper.programme);
        let found = self.keeper.store.read(move |c| {
            let Some(row) = members::find_by_email(c, &email)? else {
                return Ok(None);
            };
            with_roles(c, &programme, row, proof).map(Some)
        });
        found
            .await?
            .ok_or_else(|| Fault::internal("no such member"))
    }

    /// A bearer token of one of the members, good for approving too.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn token(&self, name: &str) -> Result<String, Fault> {
        let member = self.member(name).await?;
        let life = Duration::from_secs(3600);
        let minted = tokens::mint_for(
            &self.keeper,
            (&member.id, "test", Aal::Aal2),
            life,
            Actor::System("test"),
            None,
        )
        .await?;
        Ok(minted.token)
    }

    /// The id of a team's agency.
    ///
    /// # Errors
    /// A fault.
    pub async fn agency_of(&self, team: &'static str) -> Result<String, Fault> {
        let found = self.keeper.store.read(move |c| members::find_team(c, team));
        Ok(found.await?.map(|team| team.agency_id).unwrap_or_default())
    }

    /// Makes somebody known to an app of a team in the sandbox, by an identifier of the team's agency.
    ///
    /// # Errors
    /// A fault.
    pub async fn known_in_sandbox(&self, team: &'static str, client: &str) -> Result<(), Fault> {
        let agency = self.agency_of(team).await?;
        let door = self
            .keeper
            .environment(EnvironmentName::Sandbox)
            .and_then(|link| link.door.clone())
            .ok_or_else(|| Fault::internal("no sandbox"))?;
        let (client, person) = (client.to_owned(), door.random.uuid_v4().to_string());
        let subject = door.random.uuid_v4().to_string();
        let work = door.store.write(move |c| {
            let row = PersonRow {
                person_id: person.clone(),
                status: "active".into(),
                password_phc: None,
                language: "en".into(),
                persona_of: None,
                sealed_attributes: None,
                verified_us: None,
                verified_for: None,
            };
            people_rows::insert_person(c, &row, 1)?;
            grants::put_consent(c, &person, &client, "email", 1)?;
            grants::subject_for(c, &person, &agency, &subject)?;
            Ok(())
        });
        Ok(work.await?)
    }

    /// A new member with this address and these roles: their id.
    ///
    /// # Errors
    /// A fault.
    pub async fn newcomer(&self, email: &str, held: &[Held]) -> Result<String, Fault> {
        let now = self.keeper.clock.now();
        let row = MemberRow {
            member_id: self.keeper.random.uuid_v7(now).to_string(),
            email: email.to_owned(),
            name: email.split('@').next().unwrap_or_default().to_owned(),
            subject: None,
        };
        let id = row.member_id.clone();
        let grants: Vec<GrantRow> = held
            .iter()
            .map(|one| GrantRow {
                member_id: row.member_id.clone(),
                team: one
                    .team
                    .as_ref()
                    .map(|(team, _)| team.clone())
                    .unwrap_or_default(),
                realm: one
                    .team
                    .as_ref()
                    .map(|(_, realm)| realm.as_str().to_owned())
                    .unwrap_or_default(),
                role: one.role.as_str().to_owned(),
                granted_by: String::new(),
                granted_us: now.as_microsecond(),
            })
            .collect();
        let work = self.keeper.store.write(move |c| {
            members::put_member(c, &row, now.as_microsecond())?;
            for grant in &grants {
                roles::give(c, grant)?;
            }
            Ok(())
        });
        work.await?;
        Ok(id)
    }

    /// A bearer token of a member, as made in a sign-in of this strength.
    ///
    /// # Errors
    /// A fault.
    pub async fn token_of(&self, member_id: &str, aal: Aal) -> Result<String, Fault> {
        let life = Duration::from_secs(3600);
        let actor = Actor::System("test");
        let minted = tokens::mint_for(&self.keeper, (member_id, "test", aal), life, actor, None);
        Ok(minted.await?.token)
    }

    /// A fresh session of a member at the portal, begun by a sign-in of this strength: the value of its cookie.
    ///
    /// # Errors
    /// A fault.
    pub async fn session_of(&self, member_id: &str, aal: Aal) -> Result<String, Fault> {
        let now_us = self.keeper.clock.real_now().as_microsecond();
        let session = self.keeper.random.token();
        let row = PortalSessionRow {
            session_hash: self.keeper.hasher.hash(&session),
            member_id: member_id.to_owned(),
            aal: aal.as_str().to_owned(),
            auth_us: now_us,
            created_us: now_us,
            seen_us: now_us,
            expires_us: now_us + 3_600_000_000,
            sealed_id_token: String::new(),
        };
        let work = self
            .keeper
            .store
            .write(move |c| members::insert_session(c, &row));
        work.await?;
        Ok(session)
    }

    /// Somebody with this address who is signed in to production and shares their address with the portal: the value
    /// of their session cookie there.
    ///
    /// # Errors
    /// When the address cannot be read or the database fails.
    pub async fn person(&self, email: &str) -> Result<String, Fault> {
        let door = self
            .keeper
            .environment(EnvironmentName::Production)
            .and_then(|link| link.door.clone())
            .ok_or_else(|| Fault::internal("no production"))?;
        let email = EmailAddress::parse(email).map_err(|bad| Fault::internal(bad.to_string()))?;
        let ready = ReadyPerson {
            email: email.clone(),
            password_phc: door
                .passwords
                .hash("correct horse battery".to_owned())
                .await?,
            totp: TotpSecret::generate(&door.random),
            language: "en".to_owned(),
            verified: None,
        };
        several::create(&door, &[ready], &Actor::System("test")).await?;
        let person_id = people::by_email(&door, &email)
            .await?
            .ok_or_else(|| Fault::internal("no person"))?;
        let now = door.clock.now();
        let amr = ["pwd", "otp", "mfa"].map(str::to_owned).into();
        let opening = Opening {
            person_id,
            aal: Aal::Aal2,
            amr,
            at: now,
        };
        let session = NewSession::prepare(&door, &opening);
        let token = session.token.clone();
        door.store
            .write(move |c| {
                session.start(c, &[], now.as_microsecond())?;
                let person = person_id.to_string();
                grants::put_consent(c, &person, PORTAL_CLIENT_ID, "email", now.as_microsecond())?;
                Ok(())
            })
            .await?;
        Ok(token)
    }

    /// What an environment serves for an app: the revision.
    pub fn served(&self, environment: EnvironmentName, handle: &str) -> Option<String> {
        let door = self.keeper.environment(environment)?.door.as_ref()?;
        let registry = door.registry.load();
        registry.by_handle(handle).map(|app| app.revision.clone())
    }

    /// Saves documents of the team for production and releases them at once, without launches.
    ///
    /// # Errors
    /// When one of them cannot be saved.
    pub async fn put_live(&self, documents: Vec<AppDocument>) -> Result<(), Fault> {
        let admin = self.member("admin").await?;
        let mut sent = Vec::with_capacity(documents.len());
        let mut wanted = Vec::with_capacity(documents.len());
        for document in documents {
            let save = Save::Put;
            sent.push(Sent {
                document: document.clone(),
                save,
            });
            wanted.push(document);
        }
        let saved = save_all(&self.keeper, &admin, sent, "", &trace())
            .await
            .map_err(|failure| Fault::internal(format!("{failure:?}")))?;
        let ids: Vec<String> = saved.into_iter().map(|saved| saved.revision_id).collect();
        let rows = self.keeper.store.read(move |c| {
            let mut rows = Vec::with_capacity(ids.len());
            for id in &ids {
                rows.extend(apps::find_revision(c, id)?);
            }
            Ok(rows)
        });
        let rows = rows.await?;
        let wanted = rows
            .iter()
            .zip(wanted)
            .map(|(row, document)| Wanted::set(row, document))
            .collect();
        let why = Why {
            kind: "window",
            reason: "For a test.".to_owned(),
            actor: Actor::System("test"),
        };
        let production = EnvironmentName::Production;
        build::release(&self.keeper, production, wanted, why, build::nothing_more).await?;
        Ok(())
    }

    /// A complete document of the team's app for the sandbox.
    pub fn sandbox_document(&self) -> AppDocument {
        AppDocument::example()
    }

    /// A document of the same app for production, which passes the checklist.
    pub fn production_document(&self) -> AppDocument {
        let mut document = AppDocument::example();
        document.environment = EnvironmentName::Production;
        document.issuer.push_str(":LIVE");
        if let Some(oidc) = &mut document.oidc {
            oidc.redirect_uris = vec!["https://fishing.agency.gov/callback".into()];
            oidc.post_logout_redirect_uris = vec!["https://fishing.agency.gov/".into()];
        }
        document
    }
}

impl Place {
    /// Opens a node over the portal's database and those of the environments.
    async fn open(&self, stores: Vec<Store>, now: Timestamp) -> Result<Arc<Keeper>, Fault> {
        let [store, doors @ ..] = stores.as_slice() else {
            return Err(Fault::internal("a portal without a database"));
        };
        let (random, clock) = (Random::system(), Clock::real());
        let programme = Arc::clone(&self.programme);
        let master = &self.master;
        let secrets = Secrets::derive(master, "portal", &random);
        let passwords = PasswordPool::start(1, 64, Secrets::pepper(master), random.clone())?;
        let mut environments = Vec::new();
        for (at, (name, door_store)) in EnvironmentName::ALL.into_iter().zip(doors).enumerate() {
            let key = release_key(store, &secrets, &random, name, &clock).await?;
            let issuer = match name {
                EnvironmentName::Production => self.production.clone(),
                _ => format!("http://localhost:{}", 8401 + at),
            };
            let door = Door::open(DoorSettings {
                name,
                programme: Arc::clone(&programme),
                issuer: issuer.clone(),
                portal_url: "http://localhost:8400".into(),
                store: door_store.clone(),
                clock: Clock::real(),
                random: random.clone(),
                secrets: Secrets::derive(master, name.as_str(), &random),
                passwords: passwords.clone(),
                post: Post::Inbox,
                outbound: self.outbound.clone(),
                release_key: key.public().clone(),
                automation_token: None,
            })
            .await?;
            environments.push(EnvironmentSettings {
                name,
                issuer,
                door: Some(door),
                pull_token: None,
            });
        }
        clock.set(now);
        Keeper::open(KeeperSettings {
            programme,
            base_url: "http://localhost:8400".into(),
            store: store.clone(),
            clock,
            random,
            secrets,
            environments,
            sign_in: EnvironmentName::Production,
            outbound: self.outbound.clone(),
            post: None,
            demo: true,
        })
        .await
    }
}

fn named(programme: &str) -> Result<Arc<Programme>, Fault> {
    Programme::named(programme).ok_or_else(|| Fault::internal("no programme of this name"))
}

/// The request id of tests.
pub fn trace() -> Trace {
    Trace {
        request_id: "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11".into(),
    }
}

async fn seed(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    let now = keeper.clock.now();
    let ids: Vec<String> = (0..PEOPLE.len() + 3)
        .map(|_| keeper.random.uuid_v7(now).to_string())
        .collect();
    let agreement = agreement(AgreementId::new(keeper.random.uuid_v7(now)))?;
    keeper
        .store
        .write(move |c| {
            let now_us = now.as_microsecond();
            for (id, name, letters, team) in [
                (&ids[0], "Department of Fisheries", "ABC", TEAM),
                (&ids[1], "Harbour Authority", "HARB", OTHER_TEAM),
            ] {
                members::put_agency(
                    c,
                    &AgencyRow {
                        agency_id: id.clone(),
                        name: name.into(),
                        abbreviation: letters.into(),
                    },
                )?;
                let team = TeamRow {
                    handle: team.into(),
                    name: name.into(),
                    agency_id: id.clone(),
                    domains: String::new(),
                };
                members::put_team(c, &team, now_us)?;
            }
            for ((name, role, team), id) in PEOPLE.iter().zip(&ids[3..]) {
                let member = MemberRow {
                    member_id: id.clone(),
                    email: format!("{name}@agency.gov"),
                    name: (*name).into(),
                    subject: None,
                };
                members::put_member(c, &member, now_us)?;
                roles::give_everywhere(c, id, team, role.as_str(), now_us)?;
            }
            agreements::insert(
                c,
                &AgreementRow {
                    number: agreement.number.to_string(),
                    agency_id: ids[0].clone(),
                    state: agreement.state.as_str().into(),
                    starts: agreement.period.start.to_string(),
                    ends: agreement.period.end.to_string(),
                    document: serde_json::to_string(&agreement).unwrap_or_default(),
                    kind: agreements::ORDER.into(),
                    written_by: String::new(),
                    version: 1,
                    changed_us: now_us,
                },
            )?;
            Ok(())
        })
        .await?;
    Ok(())
}

fn agreement(id: AgreementId) -> Result<Agreement, Fault> {
    let broken = |_| Fault::internal("the agreement of tests");
    let day = |text: &str| {
        text.parse::<Date>()
            .map_err(|_| Fault::internal("the agreement of tests"))
    };
    let signature = |on: Date| Some(Signature::on_paper("A. Signer", "Director", on));
    Ok(Agreement {
        id,
        number: AgreementNumber::parse(AGREEMENT).map_err(broken)?,
        agency: "Department of Fisheries".into(),
        partner: "Fisheries Digital".into(),
        period: Period {
            start: day("2026-10-01")?,
            end: day("2027-09-30")?,
        },
        state: AgreementState::Executed,
        partner_signature: signature(day("2026-09-01")?),
        provider_signature: signature(day("2026-09-08")?),
        apps: ["Fishing Licence", "Harbour Permits"]
            .map(|name| ListedApp {
                name: name.into(),
                level: LevelOfService::IdentityVerified,
            })
            .into(),
        terms: OrderTerms::default(),
    })
}
