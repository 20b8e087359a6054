//! Every statement of every table module, so that one test prepares them all on both engines.

use crate::db::conn::{Conn, Engine};
use crate::db::statement::Statement;
use crate::fault::Fault;

/// One line per table module.
const MODULES: &[&[Statement]] = &[
    crate::audit::STATEMENTS[0],
    crate::audit::STATEMENTS[1],
    crate::audit::STATEMENTS[2],
    crate::counters::ALL,
    crate::jobs::ALL,
    crate::leases::ALL,
    crate::outbox::ALL,
    crate::settings::ALL,
    crate::agreement_papers::ALL,
    crate::agreements::ALL,
    crate::authenticators::ALL,
    crate::partner_accounts::ALL,
    crate::after_reviews::ALL,
    crate::review_tellings::ALL,
    crate::token_tellings::ALL,
    crate::apps::ALL,
    crate::calendar::ALL,
    crate::comments::ALL,
    crate::evidence::ALL,
    crate::final_configurations::ALL,
    crate::client_secrets::ALL,
    crate::client_tokens::ALL,
    crate::browsers::ALL,
    crate::email_claims::ALL,
    crate::consents::ALL,
    crate::grants::ALL,
    crate::backchannel_logouts::ALL,
    crate::proof_ids::ALL,
    crate::pushed_requests::ALL,
    crate::installed::ALL,
    crate::keys::ALL,
    crate::launches::ALL,
    crate::members::ALL,
    crate::notice_digests::ALL,
    crate::notices::ALL,
    crate::deployments::ALL,
    crate::domains::ALL,
    crate::denials::ALL,
    crate::webhooks::ALL,
    crate::key_expiry::ALL,
    crate::people::ALL,
    crate::probes::ALL,
    crate::refresh_tokens::ALL,
    crate::releases::ALL,
    crate::repeated_calls::ALL,
    crate::roles::ALL,
    crate::rotations::ALL,
    crate::sessions::ALL,
    crate::client_requests::ALL,
    crate::request_records::ALL,
    crate::validator::ALL,
    crate::test_kit::ALL,
    crate::teams::ALL,
    crate::tickets::ALL,
    crate::today::ALL,
    crate::usage::ALL,
    crate::usage_ledger::ALL,
    crate::partnerships::ALL,
    crate::estimates::ALL,
    crate::site::ALL,
    crate::usage_lines::ALL,
    crate::sealing::ALL,
];

/// Prepares every statement and answers the faults of those that could not be.
pub fn prepare_all(conn: &mut Conn) -> Vec<Fault> {
    MODULES
        .iter()
        .copied()
        .flatten()
        .filter_map(|statement| conn.prepare(*statement).err())
        .collect()
}

/// Every statement that goes through a whole table or index of an SQLite database, by module and constant.
pub fn whole_table(conn: &mut Conn) -> Result<Vec<&'static str>, Fault> {
    let mut found = Vec::new();
    let Engine::Sqlite(sqlite) = &mut conn.engine else {
        return Ok(found);
    };
    for statement in MODULES.iter().copied().flatten() {
        let plan = sqlite.plan(*statement)?;
        if plan.iter().any(|step| step.starts_with("SCAN")) {
            let name = statement.name();
            found.push(name.split_once("::").map_or(name, |(_, rest)| rest));
        }
    }
    Ok(found)
}
