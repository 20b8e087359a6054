//! The members of the portal, their tokens and sessions, and people at the doors.

use std::sync::Arc;
use std::time::Duration;

use durward_accounts::authenticator::method::Methods;
use durward_accounts::email::EmailAddress;
use durward_domain::environment::EnvironmentName;
use durward_domain::level::Aal;
use durward_keyring::totp::TotpSecret;
use durward_store::members::{self, MemberRow, PortalSessionRow};
use durward_store::people::{self as people_rows, PersonRow};
use durward_store::roles::GrantRow;
use durward_store::{consents, roles};
use jiff::{SignedDuration, Timestamp};

use super::TestPortal;
use crate::actor::{Actor, Held, Member};
use crate::citizen::people;
use crate::citizen::session::{NewSession, Opening};
use crate::citizen::several::{self, ReadyPerson};
use crate::failure::Fault;
use crate::keeper::PORTAL_CLIENT_ID;
use crate::partner::members::{Proof, with_roles};
use crate::partner::tokens;
use crate::record::Trace;

impl TestPortal {
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
                sealed_data_key: None,
                sealed_attributes: None,
                verified_us: None,
                verified_for: None,
            };
            people_rows::insert_person(c, &row, 1)?;
            consents::put_consent(c, &person, &client, "email", 1)?;
            consents::subject_for(c, &person, &agency, &subject)?;
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
            methods: Methods::usual(Aal::Aal2),
            amr,
            at: now,
        };
        let session = NewSession::prepare(&door, &opening);
        let token = session.token.clone();
        let (unit_door, trace) = (
            Arc::clone(&door),
            Trace {
                request_id: "test".to_owned(),
            },
        );
        door.store
            .write(move |c| {
                session.start(c, &unit_door, &[], &trace)?;
                let person = person_id.to_string();
                consents::put_consent(c, &person, PORTAL_CLIENT_ID, "email", now.as_microsecond())?;
                Ok(())
            })
            .await?;
        Ok(token)
    }
}
