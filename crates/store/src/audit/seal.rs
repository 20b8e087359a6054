//! The sealer: takes entries in order, links each to the one before, and signs the end.

use std::time::Duration;

use durward_keyring::digest::sha256;
use durward_keyring::mac::MacKey;
use jiff::Timestamp;

use super::Message;
use crate::db::conn::Conn;
use crate::db::value::Row;
use crate::fault::{Fault, FaultKind};
use crate::{leases, params, statements};

/// The signed end of a sealed batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The last link of the batch; links count from 1.
    pub seq: i64,
    /// The first link of the batch.
    pub first_seq: i64,
    /// The hash of the last link.
    pub hash: Vec<u8>,
    /// When it was sealed.
    pub sealed: Timestamp,
    /// The keyed MAC over the rest.
    pub mac: Vec<u8>,
}

/// What one turn of the sealer did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// Another holder has the lease.
    NotHolder,
    /// Nothing was waiting.
    Nothing,
    /// So many entries were chained, up to this head.
    Batch {
        /// How many.
        count: usize,
        /// The new head, to be exported.
        head: Head,
    },
}

/// Chains up to `limit` waiting entries, if `holder` has or can take the sealer's lease.
pub fn seal_batch(
    c: &mut Conn,
    key: &MacKey,
    holder: &str,
    now: Timestamp,
    limit: u32,
) -> Result<Sealed, Fault> {
    // An idle service writes nothing, not even its lease.
    if c.opt(ANY_WAITING, &params![])?.is_none() {
        return Ok(Sealed::Nothing);
    }
    if !leases::take(c, LEASE, holder, now, LEASE_TIME)? {
        return Ok(Sealed::NotHolder);
    }
    let waiting = c.query(WAITING, &params![limit])?;
    if waiting.is_empty() {
        return Ok(Sealed::Nothing);
    }
    let (mut seq, mut prev) = end_of_chain(c, key)?;
    let first_seq = seq + 1;
    for row in &waiting {
        let (id, mac) = (row.text(0)?, row.blob(1)?);
        seq += 1;
        let hash = link_hash(seq, &prev, &id, &mac);
        c.exec(ADD_LINK, &params![seq, &id, &prev, &hash])?;
        c.exec(SEAL_ENTRY, &params![&id])?;
        prev = hash.to_vec();
    }
    let mut head = Head {
        seq,
        first_seq,
        hash: prev,
        sealed: now,
        mac: Vec::new(),
    };
    head.mac = key.tag(&head.message()).to_vec();
    c.exec(
        ADD_HEAD,
        &params![seq, first_seq, &head.hash, now, &head.mac],
    )?;
    Ok(Sealed::Batch {
        count: waiting.len(),
        head,
    })
}

/// The latest signed head.
pub fn last_head(c: &mut Conn) -> Result<Option<Head>, Fault> {
    c.opt(LAST_HEAD, &params![])?
        .as_ref()
        .map(Head::from_row)
        .transpose()
}

/// The chain must end where its last head says, or sealing on would bury the loss.
fn end_of_chain(c: &mut Conn, key: &MacKey) -> Result<(i64, Vec<u8>), Fault> {
    let head = last_head(c)?;
    let link = c.opt(LAST_LINK, &params![])?;
    match (head, link) {
        (None, None) => Ok((0, GENESIS.to_vec())),
        (Some(head), Some(link))
            if head.seq == link.int(0)? && head.hash == link.blob(1)? && head.is_signed(key) =>
        {
            Ok((head.seq, head.hash))
        }
        _ => Err(Fault::new(
            FaultKind::Corrupt,
            "the audit chain does not end at its signed head",
        )),
    }
}

pub(super) fn link_hash(seq: i64, prev: &[u8], entry_id: &str, entry_mac: &[u8]) -> [u8; 32] {
    let mut message = Message::new("durward/audit-link/1");
    message.number(seq);
    message.bytes(prev);
    message.text(entry_id);
    message.bytes(entry_mac);
    sha256(&message.0)
}

impl Head {
    /// Whether the MAC is the key's.
    pub fn is_signed(&self, key: &MacKey) -> bool {
        key.verify(&self.message(), &self.mac)
    }

    /// One line to keep elsewhere: sequence, first sequence, time, hash and MAC.
    pub fn line(&self) -> String {
        let Self {
            seq,
            first_seq,
            hash,
            sealed,
            mac,
        } = self;
        format!(
            "{seq} {first_seq} {} {} {}",
            sealed.as_microsecond(),
            hex(hash),
            hex(mac)
        )
    }

    /// Reads what [`Self::line`] wrote.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let head = Self {
            seq: words.next()?.parse().ok()?,
            first_seq: words.next()?.parse().ok()?,
            sealed: Timestamp::from_microsecond(words.next()?.parse().ok()?).ok()?,
            hash: unhex(words.next()?)?,
            mac: unhex(words.next()?)?,
        };
        words.next().is_none().then_some(head)
    }

    pub(super) fn from_row(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            seq: row.int(0)?,
            first_seq: row.int(1)?,
            hash: row.blob(2)?,
            sealed: row.time(3)?,
            mac: row.blob(4)?,
        })
    }

    fn message(&self) -> Vec<u8> {
        let mut message = Message::new("durward/audit-head/1");
        message.number(self.seq);
        message.number(self.first_seq);
        message.bytes(&self.hash);
        message.number(self.sealed.as_microsecond());
        message.0
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

/// What the first link holds in place of a hash before it.
pub(super) const GENESIS: [u8; 32] = [0; 32];
const LEASE: &str = "audit-sealer";
/// A node that dies holds up sealing for this long.
const LEASE_TIME: Duration = Duration::from_secs(15);

statements! {
    WAITING = "SELECT e.id, e.mac FROM audit_unsealed u JOIN audit_entries e ON e.id = u.entry_id \
        ORDER BY u.time_us, u.entry_id LIMIT $1";
    ANY_WAITING = "SELECT entry_id FROM audit_unsealed LIMIT 1";
    LAST_LINK = "SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1";
    ADD_LINK = "INSERT INTO audit_chain (seq, entry_id, prev, hash) VALUES ($1, $2, $3, $4)";
    SEAL_ENTRY = "DELETE FROM audit_unsealed WHERE entry_id = $1";
    ADD_HEAD = "INSERT INTO audit_heads (seq, first_seq, hash, sealed_us, mac) VALUES ($1, $2, $3, $4, $5)";
    LAST_HEAD = "SELECT seq, first_seq, hash, sealed_us, mac FROM audit_heads ORDER BY seq DESC LIMIT 1";
}
