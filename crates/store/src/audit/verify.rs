//! The verifier: walks entries, links and heads in order and names the first that is not right.

use std::collections::VecDeque;
use std::fmt;

use durward_keyring::mac::MacKey;

use super::Fields;
use super::seal::{GENESIS, Head, link_hash};
use crate::db::conn::Conn;
use crate::db::value::Row;
use crate::fault::{Fault, FaultKind};
use crate::{params, statements};

/// What a walk found.
#[derive(Clone, Debug)]
pub struct Report {
    /// How many sealed entries were found right.
    pub sealed: u64,
    /// How many entries wait for the sealer.
    pub unsealed: u64,
    /// The last head that was found right.
    pub head: Option<Head>,
    /// The first thing that is not right.
    pub broken: Option<Broken>,
}

/// Where the record is broken.
#[derive(Clone, Debug)]
pub struct Broken {
    /// The sequence number in the chain, if the entry has one.
    pub seq: Option<i64>,
    /// The id of the entry, if it is still known.
    pub entry: Option<String>,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What can be wrong.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Flaw {
    /// A field or the MAC of an entry was changed.
    #[error("the entry was changed: its MAC does not fit")]
    EntryChanged,
    /// The chain names an entry that is not there.
    #[error("the entry was deleted")]
    EntryMissing,
    /// An entry is neither chained nor waiting.
    #[error("the entry was put in or cut loose: it is neither sealed nor waiting to be")]
    EntryStray,
    /// A link is missing or has another number.
    #[error("a link of the chain was deleted or moved")]
    LinkMissing,
    /// A link does not follow from the one before it.
    #[error("the link was changed: its hash does not fit")]
    LinkChanged,
    /// A link lies beyond the last signed head.
    #[error("no signed head covers the link")]
    HeadMissing,
    /// A head is not signed by us or does not fit the chain.
    #[error("the signed head was changed or does not fit the chain")]
    HeadChanged,
    /// The chain ends before a head says it does.
    #[error("the chain was cut off before its signed head")]
    Truncated,
    /// The chain ends before the exported head.
    #[error(
        "entries up to number {0} were sealed and exported, and from here on they are gone: \
         the end of the database was lost or cut off"
    )]
    EndLost(i64),
    /// The chain is not the one that the exported head was made for.
    #[error("the chain does not hold the head that was exported")]
    NotTheExported,
    /// The database file itself is malformed.
    #[error("the database is damaged: {0}")]
    Damaged(Fault),
}

impl Report {
    /// Nothing is broken.
    pub fn is_whole(&self) -> bool {
        self.broken.is_none()
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(seq) = self.seq {
            write!(f, "sequence {seq}, ")?;
        }
        if let Some(entry) = &self.entry {
            write!(f, "entry {entry}, ")?;
        }
        write!(f, "{}", self.flaw)
    }
}

/// Walks the whole record, in a read unit, also of a copy or of a running service. `exported` is a
/// head kept elsewhere; without it a roll-back of the whole database cannot be seen.
pub fn verify(c: &mut Conn, key: &MacKey, exported: Option<&Head>) -> Result<Report, Fault> {
    let mut walk = Walk::new(key, exported);
    let end = walk.everything(c);
    let broken = match end {
        Ok(()) => None,
        Err(Stop::Broken(broken)) => Some(broken),
        Err(Stop::Fault(fault)) if fault.kind() == FaultKind::Corrupt => {
            c.failed = None;
            let seq = (!walk.past_chain).then_some(walk.seq + 1);
            Some(Broken {
                seq,
                entry: None,
                flaw: Flaw::Damaged(fault),
            })
        }
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    // A byte of an index or of a page that the walk never read shows only here.
    let broken = match broken {
        Some(broken) => Some(broken),
        None => c.integrity_check().err().map(|fault| Broken {
            seq: None,
            entry: None,
            flaw: Flaw::Damaged(fault),
        }),
    };
    Ok(Report {
        sealed: walk.sealed,
        unsealed: walk.unsealed,
        head: walk.last_head,
        broken,
    })
}

struct Walk<'a> {
    key: &'a MacKey,
    exported: Option<&'a Head>,
    /// The last link that was right.
    seq: i64,
    hash: Vec<u8>,
    heads: VecDeque<Head>,
    last_head: Option<Head>,
    sealed: u64,
    unsealed: u64,
    past_chain: bool,
}

enum Stop {
    Broken(Broken),
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl<'a> Walk<'a> {
    fn new(key: &'a MacKey, exported: Option<&'a Head>) -> Self {
        Self {
            key,
            exported,
            seq: 0,
            hash: GENESIS.to_vec(),
            heads: VecDeque::new(),
            last_head: None,
            sealed: 0,
            unsealed: 0,
            past_chain: false,
        }
    }

    fn everything(&mut self, c: &mut Conn) -> Result<(), Stop> {
        self.chain(c)?;
        self.past_chain = true;
        self.waiting(c)?;
        match c.opt(STRAY, &params![])? {
            None => Ok(()),
            Some(row) => stop(None, row.text(0).ok(), Flaw::EntryStray),
        }
    }

    fn chain(&mut self, c: &mut Conn) -> Result<(), Stop> {
        let mut after = i64::MIN;
        loop {
            let page = c.query(LINKS, &params![after, PAGE])?;
            for row in &page {
                after = row.int(0)?;
                self.link(c, row)?;
            }
            if page.len() < PAGE as usize {
                break;
            }
        }
        if self.head(c)?.is_some() {
            return stop(Some(self.seq + 1), None, Flaw::Truncated);
        }
        match self.exported {
            Some(exported) if exported.seq > self.seq => {
                stop(Some(self.seq + 1), None, Flaw::EndLost(exported.seq))
            }
            _ => Ok(()),
        }
    }

    fn link(&mut self, c: &mut Conn, row: &Row) -> Result<(), Stop> {
        let seq = row.int(0)?;
        if seq != self.seq + 1 {
            return stop(Some(self.seq + 1), None, Flaw::LinkMissing);
        }
        let entry = row.text(1).ok();
        let (Some(id), Ok(prev), Ok(hash)) = (entry.clone(), row.blob(2), row.blob(3)) else {
            return stop(Some(seq), entry, Flaw::LinkChanged);
        };
        if prev != self.hash {
            return stop(Some(seq), entry, Flaw::LinkChanged);
        }
        let mac = match row.opt_blob(4) {
            Ok(Some(mac)) => mac,
            Ok(None) => return stop(Some(seq), entry, Flaw::EntryMissing),
            Err(_) => return stop(Some(seq), entry, Flaw::EntryChanged),
        };
        if !fits(self.key, row, &id, &mac) {
            return stop(Some(seq), entry, Flaw::EntryChanged);
        }
        if hash != link_hash(seq, &prev, &id, &mac) {
            return stop(Some(seq), entry, Flaw::LinkChanged);
        }
        self.under_head(c, seq, &hash, entry)?;
        (self.seq, self.hash) = (seq, hash);
        self.sealed += 1;
        Ok(())
    }

    /// Heads follow each other without gap or overlap, and each names the hash at its end.
    fn under_head(
        &mut self,
        c: &mut Conn,
        seq: i64,
        hash: &[u8],
        entry: Option<String>,
    ) -> Result<(), Stop> {
        let Some(head) = self.head(c)? else {
            return stop(Some(seq), entry, Flaw::HeadMissing);
        };
        let begun = self.last_head.as_ref().map_or(0, |head| head.seq) + 1;
        if head.first_seq != begun || head.seq < seq || !head.is_signed(self.key) {
            return stop(Some(seq), entry, Flaw::HeadChanged);
        }
        if head.seq == seq {
            if head.hash != hash {
                return stop(Some(seq), entry, Flaw::HeadChanged);
            }
            self.last_head = self.heads.pop_front();
        }
        match self.exported {
            Some(exported)
                if exported.seq == seq
                    && (exported.hash != hash || !exported.is_signed(self.key)) =>
            {
                stop(Some(seq), entry, Flaw::NotTheExported)
            }
            _ => Ok(()),
        }
    }

    /// The head that covers the next link.
    fn head(&mut self, c: &mut Conn) -> Result<Option<Head>, Stop> {
        if self.heads.is_empty() {
            let after = self.last_head.as_ref().map_or(i64::MIN, |head| head.seq);
            for row in c.query(HEADS, &params![after, PAGE])? {
                match Head::from_row(&row) {
                    Ok(head) => self.heads.push_back(head),
                    Err(_) => return stop(Some(self.seq + 1), None, Flaw::HeadChanged),
                }
            }
        }
        Ok(self.heads.front().cloned())
    }

    fn waiting(&mut self, c: &mut Conn) -> Result<(), Stop> {
        let mut after = String::new();
        loop {
            let page = c.query(WAITING, &params![&after, PAGE])?;
            for row in &page {
                let Ok(id) = row.text(1) else {
                    return stop(None, None, Flaw::EntryStray);
                };
                match row.opt_blob(4) {
                    Ok(Some(mac)) if fits(self.key, row, &id, &mac) => self.unsealed += 1,
                    Ok(None) => return stop(None, Some(id), Flaw::EntryMissing),
                    _ => return stop(None, Some(id), Flaw::EntryChanged),
                }
                after = id;
            }
            if page.len() < PAGE as usize {
                return Ok(());
            }
        }
    }
}

/// Whether the entry of a row (columns 4 to 12) is the named one and carries our MAC.
fn fits(key: &MacKey, row: &Row, id: &str, mac: &[u8]) -> bool {
    let read = || -> Result<bool, Fault> {
        let (actor_kind, actor_id, event) = (row.text(6)?, row.text(7)?, row.text(8)?);
        let (subject, request_id, detail) = (row.opt_text(9)?, row.opt_text(10)?, row.text(11)?);
        let fields = Fields {
            id,
            time_us: row.int(5)?,
            actor_kind: &actor_kind,
            actor_id: &actor_id,
            event: &event,
            subject: subject.as_deref(),
            request_id: request_id.as_deref(),
            detail: &detail,
        };
        Ok(row.text(12)? == id && key.verify(&fields.message(), mac))
    };
    read().unwrap_or(false)
}

fn stop<T>(seq: Option<i64>, entry: Option<String>, flaw: Flaw) -> Result<T, Stop> {
    Err(Stop::Broken(Broken { seq, entry, flaw }))
}

const PAGE: u32 = 1000;

// The id of the entry comes last: SQLite then reads it from the row and not from the index.
statements! {
    LINKS = "SELECT l.seq, l.entry_id, l.prev, l.hash, e.mac, e.time_us, e.actor_kind, e.actor_id, e.event, \
        e.subject, e.request_id, e.detail, e.id \
        FROM audit_chain l LEFT JOIN audit_entries e ON e.id = l.entry_id \
        WHERE l.seq > $1 ORDER BY l.seq LIMIT $2";
    HEADS = "SELECT seq, first_seq, hash, sealed_us, mac FROM audit_heads WHERE seq > $1 ORDER BY seq LIMIT $2";
    WAITING = "SELECT 0, u.entry_id, NULL, NULL, e.mac, e.time_us, e.actor_kind, e.actor_id, e.event, \
        e.subject, e.request_id, e.detail, e.id \
        FROM audit_unsealed u LEFT JOIN audit_entries e ON e.id = u.entry_id \
        WHERE u.entry_id > $1 ORDER BY u.entry_id LIMIT $2";
    STRAY = "SELECT e.id FROM audit_entries e \
        WHERE NOT EXISTS (SELECT 1 FROM audit_chain l WHERE l.entry_id = e.id) \
        AND NOT EXISTS (SELECT 1 FROM audit_unsealed u WHERE u.entry_id = e.id) ORDER BY e.id LIMIT 1";
}
