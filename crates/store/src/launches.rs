//! Launch and change requests, their timeline and approvals. A state moves only from the version that was judged.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    INSERT_LAUNCH = "INSERT INTO launches (launch_id, kind, handle, environment, revision_id, agreement, state, version, request, author, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10)";
    MOVE_LAUNCH = "UPDATE launches SET state = $3, version = version + 1, revision_id = $4, agreement = $5, request = $6, explanation = $7,
            window_date = $8, window_us = $9, submitted_us = $10, release_id = $11
        WHERE launch_id = $1 AND version = $2 RETURNING version";
    FIND_LAUNCH = "SELECT l.launch_id, l.kind, l.handle, l.environment, a.team, l.revision_id, l.agreement, l.state, l.version, l.request, l.explanation, l.window_date, l.window_us, l.author, l.created_us, l.submitted_us, l.release_id
        FROM launches l JOIN apps a ON a.handle = l.handle WHERE l.launch_id = $1";
    LAUNCHES = "SELECT l.launch_id, l.kind, l.handle, l.environment, a.team, l.revision_id, l.agreement, l.state, l.version, l.request, l.explanation, l.window_date, l.window_us, l.author, l.created_us, l.submitted_us, l.release_id
        FROM launches l JOIN apps a ON a.handle = l.handle ORDER BY l.created_us DESC LIMIT $1";
    LAUNCHES_OF_APP = "SELECT l.launch_id, l.kind, l.handle, l.environment, a.team, l.revision_id, l.agreement, l.state, l.version, l.request, l.explanation, l.window_date, l.window_us, l.author, l.created_us, l.submitted_us, l.release_id
        FROM launches l JOIN apps a ON a.handle = l.handle WHERE l.handle = $1 ORDER BY l.created_us DESC";
    LAUNCHES_OF_TEAM = "SELECT l.launch_id, l.kind, l.handle, l.environment, a.team, l.revision_id, l.agreement, l.state, l.version, l.request, l.explanation, l.window_date, l.window_us, l.author, l.created_us, l.submitted_us, l.release_id
        FROM launches l JOIN apps a ON a.handle = l.handle WHERE a.team = $1 ORDER BY l.created_us DESC LIMIT $2";
    DUE_LAUNCHES = "SELECT l.launch_id, l.kind, l.handle, l.environment, a.team, l.revision_id, l.agreement, l.state, l.version, l.request, l.explanation, l.window_date, l.window_us, l.author, l.created_us, l.submitted_us, l.release_id
        FROM launches l JOIN apps a ON a.handle = l.handle WHERE l.state = 'scheduled' AND l.window_us <= $1 ORDER BY l.window_us, l.submitted_us, l.launch_id";
    INSERT_EVENT = "INSERT INTO launch_events (launch_id, number, time_us, actor, event, note)
        SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5 FROM launch_events WHERE launch_id = $1";
    EVENTS_OF = "SELECT time_us, actor, event, note FROM launch_events WHERE launch_id = $1 ORDER BY number";
    INSERT_APPROVAL = "INSERT INTO approvals (launch_id, round, member_id, time_us) VALUES ($1, $2, $3, $4)
        ON CONFLICT (launch_id, round, member_id) DO NOTHING RETURNING member_id";
    APPROVALS_OF = "SELECT member_id FROM approvals WHERE launch_id = $1 AND round = $2 ORDER BY time_us";
}

/// One request. `kind` is `launch` or `change`.
#[derive(Clone)]
pub struct LaunchRow {
    /// Time-ordered UUID.
    pub launch_id: String,
    /// `launch` or `change`.
    pub kind: String,
    /// The app.
    pub handle: String,
    /// The environment it asks for.
    pub environment: String,
    /// The app's team.
    pub team: String,
    /// The revision that is asked for.
    pub revision_id: String,
    /// The agreement's number.
    pub agreement: Option<String>,
    /// The state's word.
    pub state: String,
    /// Rises with every transition.
    pub version: i64,
    /// What was asked, as JSON.
    pub request: String,
    /// Why the window is what it is, as JSON.
    pub explanation: Option<String>,
    /// The day of the window.
    pub window_date: Option<String>,
    /// When the window opens.
    pub window_us: Option<i64>,
    /// The member who made it.
    pub author: String,
    /// When it was made.
    pub created_us: i64,
    /// When it was last submitted.
    pub submitted_us: Option<i64>,
    /// The release that brought it.
    pub release_id: Option<String>,
}

/// One line of a timeline.
pub struct LaunchEventRow {
    /// When.
    pub time_us: i64,
    /// Who.
    pub actor: String,
    /// What happened, as a word.
    pub event: String,
    /// The reason given.
    pub note: String,
}

/// Adds a request.
pub fn insert(c: &mut Conn, l: &LaunchRow) -> Result<(), Fault> {
    c.exec(
        INSERT_LAUNCH,
        &params![
            &l.launch_id,
            &l.kind,
            &l.handle,
            &l.environment,
            &l.revision_id,
            l.agreement.as_deref(),
            &l.state,
            &l.request,
            &l.author,
            l.created_us
        ],
    )?;
    Ok(())
}

/// Writes what can change of a request that still has `l.version`; `false` when somebody was first.
pub fn update(c: &mut Conn, l: &LaunchRow) -> Result<bool, Fault> {
    let p = params![
        &l.launch_id,
        l.version,
        &l.state,
        &l.revision_id,
        l.agreement.as_deref(),
        &l.request,
        l.explanation.as_deref(),
        l.window_date.as_deref(),
        l.window_us,
        l.submitted_us,
        l.release_id.as_deref()
    ];
    Ok(c.opt(MOVE_LAUNCH, &p)?.is_some())
}

/// One request.
pub fn find(c: &mut Conn, launch_id: &str) -> Result<Option<LaunchRow>, Fault> {
    c.opt(FIND_LAUNCH, &params![launch_id])?
        .map(|row| launch(&row))
        .transpose()
}

/// The newest requests.
pub fn newest(c: &mut Conn, limit: i64) -> Result<Vec<LaunchRow>, Fault> {
    c.query(LAUNCHES, &params![limit])?
        .iter()
        .map(launch)
        .collect()
}

/// The newest requests of a team's apps.
pub fn of_team(c: &mut Conn, team: &str, limit: i64) -> Result<Vec<LaunchRow>, Fault> {
    c.query(LAUNCHES_OF_TEAM, &params![team, limit])?
        .iter()
        .map(launch)
        .collect()
}

/// The requests of one app, newest first.
pub fn of_app(c: &mut Conn, handle: &str) -> Result<Vec<LaunchRow>, Fault> {
    c.query(LAUNCHES_OF_APP, &params![handle])?
        .iter()
        .map(launch)
        .collect()
}

/// The scheduled requests whose window has opened, in the order they are deployed.
pub fn due(c: &mut Conn, now_us: i64) -> Result<Vec<LaunchRow>, Fault> {
    c.query(DUE_LAUNCHES, &params![now_us])?
        .iter()
        .map(launch)
        .collect()
}

fn launch(row: &Row) -> Result<LaunchRow, Fault> {
    Ok(LaunchRow {
        launch_id: row.text(0)?,
        kind: row.text(1)?,
        handle: row.text(2)?,
        environment: row.text(3)?,
        team: row.text(4)?,
        revision_id: row.text(5)?,
        agreement: row.opt_text(6)?,
        state: row.text(7)?,
        version: row.int(8)?,
        request: row.text(9)?,
        explanation: row.opt_text(10)?,
        window_date: row.opt_text(11)?,
        window_us: row.opt_int(12)?,
        author: row.text(13)?,
        created_us: row.int(14)?,
        submitted_us: row.opt_int(15)?,
        release_id: row.opt_text(16)?,
    })
}

/// Adds a line to a request's timeline.
pub fn add_event(c: &mut Conn, launch_id: &str, e: &LaunchEventRow) -> Result<(), Fault> {
    c.exec(
        INSERT_EVENT,
        &params![launch_id, e.time_us, &e.actor, &e.event, &e.note],
    )?;
    Ok(())
}

/// A request's timeline, oldest first.
pub fn events_of(c: &mut Conn, launch_id: &str) -> Result<Vec<LaunchEventRow>, Fault> {
    let rows = c.query(EVENTS_OF, &params![launch_id])?;
    rows.iter()
        .map(|row| {
            Ok(LaunchEventRow {
                time_us: row.int(0)?,
                actor: row.text(1)?,
                event: row.text(2)?,
                note: row.text(3)?,
            })
        })
        .collect()
}

/// Notes an approval in a round (the submission's version); `false` when this member approved it before.
pub fn add_approval(
    c: &mut Conn,
    launch_id: &str,
    round: i64,
    member_id: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(
        INSERT_APPROVAL,
        &params![launch_id, round, member_id, now_us],
    )?
    .is_some())
}

/// Who approved in a round.
pub fn approvals_of(c: &mut Conn, launch_id: &str, round: i64) -> Result<Vec<String>, Fault> {
    c.query(APPROVALS_OF, &params![launch_id, round])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}
