//! Where a browser stands towards a request: session, consent and subject, read in one unit.

use std::collections::BTreeSet;

use durward_accounts::consent::{self, Consent};
use durward_accounts::email::EmailAddress;
use durward_accounts::session::Standing as SessionStanding;
use durward_domain::attribute::Attribute;
use durward_domain::level::LevelAsk;
use durward_oidc::authorize::interaction::{self, Meant, Next, SessionFacts};
use durward_oidc::authorize::{AuthorizeRequest, Prompt};
use durward_oidc::client::Client;
use durward_store::consents::ConsentRow;
use durward_store::people::PersonRow;
use durward_store::sessions::SessionRow;
use durward_store::{Conn, Fault as StoreFault, consents, grants};
use jiff::Timestamp;

use crate::citizen::addresses;
use crate::citizen::session::{self, SignedIn};
use crate::door::Door;
use crate::failure::Fault;

/// What the database says about a browser and an app.
pub(super) struct Rows {
    session: SessionRow,
    person: PersonRow,
    consent: Option<ConsentRow>,
    subject: Option<String>,
    used: bool,
    email: Option<String>,
}

impl Rows {
    /// Reads it inside a unit; none when nobody is signed in. `candidates` are the session cookie's hashes.
    pub(super) fn read(
        c: &mut Conn,
        candidates: &[String],
        client: &Client,
        wants_account_choice: bool,
    ) -> Result<Option<Self>, StoreFault> {
        let Some((session, person)) = session::find_with_person(c, candidates)? else {
            return Ok(None);
        };
        let agency = client.agency.to_string();
        Ok(Some(Self {
            consent: consents::find_consent(c, &session.person_id, &client.client_id)?,
            subject: consents::find_subject(c, &session.person_id, &agency)?,
            used: wants_account_choice
                && grants::used_in_session(c, &session.session_id, &client.client_id)?,
            email: None,
            session,
            person,
        }))
    }

    /// With the address that the person chose for the app, if it is one of theirs.
    pub(super) fn choosing(
        self,
        c: &mut Conn,
        door: &Door,
        email: &EmailAddress,
    ) -> Result<Self, StoreFault> {
        let email = addresses::kept_as(c, door, &self.person.person_id, email)?;
        Ok(Self { email, ..self })
    }
}

/// A signed-in person in front of an app.
pub(super) struct Standing {
    pub(super) signed_in: SignedIn,
    /// `seen_us` of the session is due to be written.
    pub(super) touch: bool,
    pub(super) consent: Option<Consent>,
    /// What the app's agency calls the person, if it knows them.
    pub(super) subject: Option<String>,
    /// The address that the person has just chosen for the app, by the digest under which it is kept.
    pub(super) email: Option<String>,
    used: bool,
    session_began: Timestamp,
}

impl Standing {
    /// Judges what was read; none when the session is over.
    pub(super) fn judge(door: &Door, rows: Rows, now: Timestamp) -> Result<Option<Self>, Fault> {
        let Some((signed_in, standing)) = session::judge(door, &rows.session, &rows.person, now)?
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            signed_in,
            touch: standing == SessionStanding::Touch,
            consent: rows.consent.map(read_consent),
            subject: rows.subject,
            email: rows.email,
            used: rows.used,
            session_began: at(rows.session.created_us),
        }))
    }

    /// Why the consent page must be shown, if it must.
    pub(super) fn consent_needed(
        &self,
        door: &Door,
        request: &AuthorizeRequest,
        now: Timestamp,
    ) -> bool {
        let days = door.programme.lifetimes.consent_days;
        let stays = self.consent.as_ref().is_some_and(|consent| consent.offline);
        consent::needed(self.consent.as_ref(), &request.attributes, now, days).is_some()
            || (request.is_offline() && !stays)
    }

    fn facts(
        &self,
        door: &Door,
        request: &AuthorizeRequest,
        moment: Moment,
        now: Timestamp,
    ) -> SessionFacts {
        let consented_here =
            |consent: &Consent| consent.revoked.is_none() && consent.granted >= self.session_began;
        let agreed = moment.agreed;
        SessionFacts {
            auth_time: self.signed_in.auth_time,
            achieved: self.signed_in.achieved(),
            verified: self.signed_in.verified,
            person: Meant::judge(request, self.subject.as_deref()),
            requested: moment.requested,
            account_confirmed: agreed
                || self.used
                || self.consent.as_ref().is_some_and(consented_here),
            consent_needed: !agreed && self.consent_needed(door, request, now),
            consented_now: agreed,
        }
    }
}

/// When a request came in, and whether its person has just pressed the consent button.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) requested: Timestamp,
    pub(super) agreed: bool,
}

/// What comes next for a request.
pub(super) fn next(
    door: &Door,
    client: &Client,
    request: &AuthorizeRequest,
    ask: &LevelAsk,
    standing: Option<&Standing>,
    moment: Moment,
    now: Timestamp,
) -> Next {
    let facts = standing.map(|standing| standing.facts(door, request, moment, now));
    interaction::next(request, ask, client.default_aal, facts.as_ref(), now)
}

/// The level that a checked request asks for.
pub(super) fn ask(door: &Door, request: &AuthorizeRequest) -> Result<LevelAsk, Fault> {
    request
        .ask(&door.programme)
        .map_err(|refusal| Fault::internal(format!("the level of a checked request: {refusal}")))
}

pub(super) fn wants_account_choice(request: &AuthorizeRequest) -> bool {
    request.prompts.has(Prompt::SelectAccount)
}

/// A stored consent.
pub(super) fn read_consent(row: ConsentRow) -> Consent {
    Consent {
        attributes: attributes(&row.attributes),
        granted: at(row.given_us),
        revoked: row.revoked_us.map(at),
        offline: row.offline,
    }
}

/// A stored list of attributes; names that this build does not know release nothing.
pub(crate) fn attributes(text: &str) -> BTreeSet<Attribute> {
    text.split_ascii_whitespace()
        .filter_map(|name| Attribute::parse(name).ok())
        .collect()
}

/// The list as it is stored.
pub(super) fn attributes_text(attributes: &BTreeSet<Attribute>) -> String {
    let names: Vec<_> = attributes.iter().map(|a| a.as_str()).collect();
    names.join(" ")
}

pub(crate) fn at(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH)
}
