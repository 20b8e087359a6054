//! Browser sessions: who is signed in, starting and ending.

use std::net::IpAddr;
use std::sync::Arc;

use durward_accounts::authenticator::method::Methods;
use durward_accounts::person::PersonId;
use durward_accounts::session::{self as rules, SessionId, Standing};
use durward_domain::event::Event;
use durward_domain::level::{Aal, Achieved, Identity};
use durward_store::backchannel_logouts::Ended;
use durward_store::{Conn, grants, people, sessions};
use jiff::{SignedDuration, Timestamp};

use crate::actor::Actor;
use crate::client::backchannel;
use crate::door::Door;
use crate::failure::Fault;
use crate::record::{Note, Trace};
use crate::registry::Registry;

/// What a page knows of the browser that asks for it: its cookies, as sent, and the language it wants.
#[derive(Clone, Default)]
pub struct Browser {
    /// The session cookie's token.
    pub session: Option<String>,
    /// The token of the flow cookie: what the browser is in the middle of.
    pub flow: Option<String>,
    /// The language of the pages, as a tag.
    pub language: String,
    /// The network that it calls from, where the server knows.
    pub network: Option<IpAddr>,
    /// The token of the cookie by which accounts know this browser again.
    pub known_by: Option<String>,
    /// What it says of itself.
    pub agent: String,
}

/// A person in an open session.
#[derive(Clone)]
pub struct SignedIn {
    /// Who.
    pub person_id: PersonId,
    /// The public name of the session (`sid`).
    pub session_id: String,
    /// Keyed hash of the session cookie.
    pub session_hash: String,
    /// The strength that the sign-in achieved.
    pub aal: Aal,
    /// What was proved.
    pub methods: Methods,
    /// The same by the names of RFC 8176.
    pub amr: Vec<String>,
    /// When the person last proved who they are.
    pub auth_time: Timestamp,
    /// When they last proved a second factor.
    pub factor_time: Timestamp,
    /// What is known about the person.
    pub identity: Identity,
    /// When the identity was verified.
    pub verified: Option<Timestamp>,
    /// The agency whose app asked for that.
    pub verified_for: Option<String>,
    /// The language that the person uses.
    pub language: String,
}

impl SignedIn {
    /// What the sign-in achieved, for a request that asks for a level.
    pub const fn achieved(&self) -> Achieved {
        Achieved {
            identity: self.identity,
            aal: self.aal,
        }
    }

    /// The person as the audit record names them.
    pub fn actor(&self) -> Actor {
        Actor::Person(self.person_id.to_string())
    }
}

/// Who is signed in in this browser. Keeps the session alive.
///
/// # Errors
/// When the database fails.
pub async fn current(door: &Door, browser: &Browser) -> Result<Option<SignedIn>, Fault> {
    let Some(token) = &browser.session else {
        return Ok(None);
    };
    let candidates = door.hasher.candidates(token);
    let found = door
        .store
        .read(move |c| find_with_person(c, &candidates))
        .await?;
    let Some((row, person)) = found else {
        return Ok(None);
    };
    let now = door.clock.now();
    let Some((signed_in, standing)) = judge(door, &row, &person, now)? else {
        return Ok(None);
    };
    if standing == Standing::Touch {
        let hash = row.session_hash;
        let now_us = now.as_microsecond();
        door.store
            .write(move |c| sessions::touch_session(c, &hash, now_us))
            .await?;
    }
    Ok(Some(signed_in))
}

/// The session of a browser and its person, inside a unit; none when the account is not active.
pub(crate) fn find_with_person(
    c: &mut Conn,
    candidates: &[String],
) -> Result<Option<(sessions::SessionRow, people::PersonRow)>, durward_store::Fault> {
    let Some(row) = find(c, candidates)? else {
        return Ok(None);
    };
    let person = people::find_person(c, &row.person_id)?;
    Ok(person
        .filter(|person| person.status == "active")
        .map(|person| (row, person)))
}

/// Who is signed in by these rows, and whether `seen_us` is due; none when the session is over.
pub(crate) fn judge(
    door: &Door,
    row: &sessions::SessionRow,
    person: &people::PersonRow,
    now: Timestamp,
) -> Result<Option<(SignedIn, Standing)>, Fault> {
    let Some(signed_in) = signed_in(row, person) else {
        return Err(Fault::internal("a stored session cannot be read"));
    };
    Ok(match standing(door, row, &signed_in, now) {
        Standing::Ended(_) => None,
        standing => Some((signed_in, standing)),
    })
}

/// Is this session open, whoever asks? An account that is not active has none.
pub(crate) fn is_open(
    door: &Door,
    row: &sessions::SessionRow,
    person: &people::PersonRow,
    now: Timestamp,
) -> bool {
    person.status == "active"
        && signed_in(row, person).is_some_and(|signed_in| {
            !matches!(standing(door, row, &signed_in, now), Standing::Ended(_))
        })
}

/// A session that is about to be started.
#[derive(Clone)]
pub struct NewSession {
    /// The cookie's token: given to the browser once the unit is committed.
    pub token: String,
    row: sessions::SessionRow,
}

/// What a session begins with.
pub struct Opening {
    /// Whose.
    pub person_id: PersonId,
    /// How strong the sign-in was.
    pub aal: Aal,
    /// What was proved.
    pub methods: Methods,
    /// The same by the names of RFC 8176.
    pub amr: Vec<String>,
    /// When.
    pub at: Timestamp,
}

impl Opening {
    /// A sign-in with these methods; `None` if they are not two factors, which never opens a session.
    pub fn with(person_id: PersonId, methods: &Methods, at: Timestamp) -> Option<Self> {
        Some(Self {
            person_id,
            aal: methods.aal()?,
            methods: methods.clone(),
            amr: methods.amr().into_iter().map(str::to_owned).collect(),
            at,
        })
    }
}

impl NewSession {
    /// Draws the token and makes the row. Call it outside of a unit: a unit may run twice.
    pub fn prepare(door: &Door, opening: &Opening) -> Self {
        let token = door.random.token();
        let absolute = i64::from(door.programme.sessions.absolute_seconds);
        let at_us = opening.at.as_microsecond();
        let expires = opening
            .at
            .saturating_add(SignedDuration::from_secs(absolute))
            .unwrap_or(Timestamp::MAX);
        let row = sessions::SessionRow {
            session_hash: door.hasher.hash(&token),
            session_id: door.random.uuid_v4().to_string(),
            person_id: opening.person_id.to_string(),
            aal: opening.aal.as_str().to_owned(),
            methods: opening.methods.to_text(),
            amr: opening.amr.join(" "),
            auth_us: at_us,
            factor_us: if opening.methods.is_multi_factor() {
                at_us
            } else {
                0
            },
            created_us: at_us,
            seen_us: at_us,
            expires_us: expires.as_microsecond(),
        };
        Self { token, row }
    }

    /// The public name of the session (`sid`).
    pub fn session_id(&self) -> &str {
        &self.row.session_id
    }

    /// When it ends at the latest, in microseconds.
    pub fn expires_us(&self) -> i64 {
        self.row.expires_us
    }

    /// Writes it, in the unit of the sign-in. An older session of the same browser ends, so that the cookie
    /// is always a new one after a sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub fn start(
        &self,
        c: &mut Conn,
        door: &Door,
        older: &[String],
        trace: &Trace,
    ) -> Result<(), durward_store::Fault> {
        let (now_us, registry) = (self.row.created_us, door.registry.load());
        for hash in older {
            let Some(before) = sessions::end_session(c, hash, now_us)? else {
                continue;
            };
            grants::revoke_session_grants(c, &before.session_id, now_us)?;
            let ended = Ended {
                session_id: &before.session_id,
                request_id: &trace.request_id,
                now_us: door.clock.real_now().as_microsecond(),
            };
            if before.person_id == self.row.person_id {
                backchannel::hold(c, &registry, &ended, &self.row.session_id)?;
            } else {
                backchannel::tell(c, &registry, &ended)?;
            }
        }
        sessions::insert_session(c, &self.row)
    }
}

/// The hashes under which the session of this browser may be stored.
pub fn hashes(door: &Door, browser: &Browser) -> Vec<String> {
    browser
        .session
        .as_deref()
        .map(|token| door.hasher.candidates(token))
        .unwrap_or_default()
}

/// Signs out: the session of this browser ends, and what apps got from it is revoked. `false` when there was none.
///
/// # Errors
/// When the database fails.
pub async fn end(door: &Door, browser: &Browser, trace: &Trace) -> Result<bool, Fault> {
    let candidates = hashes(door, browser);
    if candidates.is_empty() {
        return Ok(false);
    }
    let closing = Closing::of(door, trace);
    let recorder = door.recorder.clone();
    let ended = door
        .store
        .write(move |c| {
            let Some(row) = find(c, &candidates)? else {
                return Ok(false);
            };
            let now_us = closing.now.as_microsecond();
            if sessions::end_session(c, &row.session_hash, now_us)?.is_none() {
                return Ok(false);
            }
            grants::revoke_session_grants(c, &row.session_id, now_us)?;
            closing.tell(c, &row.session_id)?;
            recorder.event(
                c,
                Note {
                    time: closing.now,
                    actor: &Actor::Person(row.person_id.clone()),
                    event: Event::PersonSignedOut,
                    subject: &row.person_id,
                    trace: Some(&closing.trace),
                    detail: serde_json::json!({ "session": row.session_id }),
                },
            )?;
            Ok(true)
        })
        .await?;
    if ended {
        door.sessions_ended.notify_one();
        let environment = door.name.as_str();
        metrics::counter!("durward_sign_outs_total", "environment" => environment).increment(1);
    }
    Ok(ended)
}

/// What the end of sessions needs inside a unit.
pub(crate) struct Closing {
    registry: Arc<Registry>,
    trace: Trace,
    /// The environment's time.
    now: Timestamp,
    /// Apps are told by real time.
    real_now: Timestamp,
}

impl Closing {
    pub(crate) fn of(door: &Door, trace: &Trace) -> Self {
        Self {
            registry: door.registry.load_full(),
            trace: trace.clone(),
            now: door.clock.now(),
            real_now: door.clock.real_now(),
        }
    }

    /// Ends every session of a person. What apps got from them is for the caller to revoke.
    pub(crate) fn all_of(&self, c: &mut Conn, person_id: &str) -> Result<(), durward_store::Fault> {
        for session_id in sessions::end_sessions_of(c, person_id, self.now.as_microsecond())? {
            self.tell(c, &session_id)?;
        }
        Ok(())
    }

    /// Ends sessions that have reached their greatest age; how many. The tokens that apps got end by themselves.
    pub(crate) fn expired(&self, c: &mut Conn, most: i64) -> Result<usize, durward_store::Fault> {
        let ended = sessions::end_expired(c, self.now.as_microsecond(), most)?;
        for session_id in &ended {
            self.tell(c, session_id)?;
        }
        Ok(ended.len())
    }

    fn tell(&self, c: &mut Conn, session_id: &str) -> Result<(), durward_store::Fault> {
        let ended = Ended {
            session_id,
            request_id: &self.trace.request_id,
            now_us: self.real_now.as_microsecond(),
        };
        backchannel::tell(c, &self.registry, &ended)
    }
}

fn find(
    c: &mut Conn,
    candidates: &[String],
) -> Result<Option<sessions::SessionRow>, durward_store::Fault> {
    for hash in candidates {
        if let Some(row) = sessions::find_session(c, hash)? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

fn signed_in(row: &sessions::SessionRow, person: &people::PersonRow) -> Option<SignedIn> {
    Some(SignedIn {
        person_id: PersonId::parse(&row.person_id)?,
        session_id: row.session_id.clone(),
        session_hash: row.session_hash.clone(),
        aal: Aal::parse(&row.aal).ok()?,
        methods: Methods::parse(&row.methods)?,
        amr: row.amr.split_whitespace().map(str::to_owned).collect(),
        auth_time: Timestamp::from_microsecond(row.auth_us).ok()?,
        factor_time: Timestamp::from_microsecond(row.factor_us).ok()?,
        identity: match person.verified_us {
            Some(_) => Identity::Verified,
            None => Identity::AuthOnly,
        },
        verified: person
            .verified_us
            .and_then(|us| Timestamp::from_microsecond(us).ok()),
        verified_for: person.verified_for.clone(),
        language: person.language.clone(),
    })
}

fn standing(
    door: &Door,
    row: &sessions::SessionRow,
    signed_in: &SignedIn,
    now: Timestamp,
) -> Standing {
    session_of(row, signed_in).judge(now, &door.programme.sessions)
}

/// Was a second factor proved recently enough for a weighty action?
pub fn is_stepped_up(door: &Door, who: &SignedIn) -> bool {
    let since = door.clock.now().duration_since(who.factor_time);
    since < SignedDuration::from_secs(i64::from(door.programme.sessions.step_up_seconds))
}

fn session_of(row: &sessions::SessionRow, signed_in: &SignedIn) -> rules::Session {
    let at = |us| Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
    rules::Session {
        id: SessionId::new(row.session_hash.clone()),
        sid: row.session_id.clone(),
        person: signed_in.person_id,
        created: at(row.created_us),
        last_seen: at(row.seen_us),
        auth_time: signed_in.auth_time,
        second_factor_time: signed_in.factor_time,
        methods: signed_in.methods.clone(),
        aal: signed_in.aal,
        identity: signed_in.identity,
    }
}
