//! The signed heads of the audit record, exported beside the databases: they show when the end of a record is lost.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use durward_app::{Fault, FaultKind};
use durward_keyring::mac::MacKey;
use durward_store::audit::Head;

/// The folder of the exported heads in the data folder.
pub const FOLDER: &str = "audit-heads";

/// The file of an owner's heads, one line for each, oldest first.
pub fn file(data: &Path, owner: &str) -> PathBuf {
    data.join(FOLDER).join(format!("{owner}.log"))
}

/// Reads exported heads and checks that they are this record's and follow each other. `None` means that none were ever
/// exported here.
///
/// # Errors
/// When the file cannot be read, was changed, or tells of a record that was cut back.
pub fn read(file: &Path, key: &MacKey) -> Result<Option<Head>, HeadsFault> {
    let text = match whole(file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(HeadsFault::Unreadable(file.to_owned(), error)),
    };
    let mut last: Option<Head> = None;
    for (number, line) in complete(&text).lines().enumerate() {
        let head = Head::parse(line).filter(|head| head.is_signed(key));
        let head = head.ok_or_else(|| HeadsFault::Changed(file.to_owned(), number + 1))?;
        if let Some(before) = last.filter(|before| before.seq >= head.first_seq) {
            return Err(HeadsFault::CutBack {
                from: head.first_seq,
                to: before.seq,
            });
        }
        last = Some(head);
    }
    Ok(last)
}

/// What the exported heads say against the record.
#[derive(Debug, thiserror::Error)]
pub enum HeadsFault {
    /// The file cannot be read.
    #[error("{file}: {1}", file = .0.display())]
    Unreadable(PathBuf, io::Error),
    /// A line is no head that this service signed.
    #[error(
        "{file} line {1}: this is no head that the service signed. The file was damaged or changed", file = .0.display()
    )]
    Changed(PathBuf, usize),
    /// Numbers were given out twice.
    #[error(
        "BROKEN at entry number {from}: entries {from} to {to} were sealed and exported, then lost, and others took their numbers"
    )]
    CutBack {
        /// The first number that was given out again.
        from: i64,
        /// The last entry before the loss.
        to: i64,
    },
}

/// Exports the heads of one owner.
pub struct Heads {
    file: PathBuf,
    state: Mutex<Option<State>>,
}

struct State {
    lines: usize,
    last: i64,
}

impl Heads {
    /// The heads of an owner in a data folder. Nothing is read or made yet.
    pub fn new(data: &Path, owner: &str) -> Arc<Self> {
        Arc::new(Self {
            file: file(data, owner),
            state: Mutex::new(None),
        })
    }

    /// Writes a new head down.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn keep(self: &Arc<Self>, head: Head) -> Result<(), Fault> {
        self.in_background(move |heads| heads.with_state(|state| heads.append(state, &head)))
            .await
    }

    /// Writes the database's last head down, unless it is there: a process may have ended in between.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub async fn catch_up(self: &Arc<Self>, head: Option<Head>) -> Result<(), Fault> {
        self.in_background(move |heads| {
            heads.with_state(|state| {
                let seq = head.as_ref().map_or(0, |head| head.seq);
                if seq < state.last {
                    tracing::error!(
                        file = %heads.file.display(), exported = state.last, found = seq,
                        "the audit record ends before its exported head: run durward audit verify"
                    );
                }
                match &head {
                    Some(head) if seq > state.last => heads.append(state, head),
                    _ => Ok(()),
                }
            })
        })
        .await
    }

    async fn in_background(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> io::Result<()> + Send + 'static,
    ) -> Result<(), Fault> {
        let heads = Arc::clone(self);
        tokio::task::spawn_blocking(move || work(&heads))
            .await
            .map_err(|_| Fault::internal("exporting an audit head was interrupted"))?
            .map_err(|error| {
                let sentence = format!(
                    "exporting an audit head to {}: {error}",
                    self.file.display()
                );
                Fault::new(FaultKind::Unavailable, sentence)
            })
    }

    fn with_state(&self, work: impl FnOnce(&mut State) -> io::Result<()>) -> io::Result<()> {
        let mut known = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = match known.take() {
            Some(state) => state,
            None => self.begin()?,
        };
        // After a fault the file is looked at anew.
        work(&mut state)?;
        *known = Some(state);
        Ok(())
    }

    fn begin(&self) -> io::Result<State> {
        if let Some(folder) = self.file.parent() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(folder)?;
        }
        let text = match whole(&self.file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let kept = complete(&text);
        if kept.len() < text.len() {
            // A line that a crash cut short.
            let file = OpenOptions::new().write(true).open(&self.file)?;
            file.set_len(kept.len() as u64)?;
        }
        let last = kept.lines().filter_map(Head::parse).next_back();
        Ok(State {
            lines: kept.lines().count(),
            last: last.map_or(0, |head| head.seq),
        })
    }

    fn append(&self, state: &mut State, head: &Head) -> io::Result<()> {
        let mut file = private().append(true).create(true).open(&self.file)?;
        file.write_all(format!("{}\n", head.line()).as_bytes())?;
        file.sync_data()?;
        state.lines += 1;
        state.last = head.seq;
        if state.lines > MOST_LINES {
            state.lines = self.shorten()?;
        }
        Ok(())
    }

    fn shorten(&self) -> io::Result<usize> {
        let text = whole(&self.file)?;
        let lines: Vec<&str> = text.lines().collect();
        let kept = lines.get(lines.len().saturating_sub(KEPT_LINES)..);
        let kept = kept.unwrap_or_default();
        write_anew(&self.file, &(kept.join("\n") + "\n"))?;
        Ok(kept.len())
    }
}

/// Copies an owner's heads into another folder. False means that there are none.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> io::Result<bool> {
    let text = match whole(from) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if let Some(folder) = to.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    write_anew(to, complete(&text))?;
    Ok(true)
}

/// Written beside and renamed, so that a crash leaves the whole file or the one before.
fn write_anew(file: &Path, text: &str) -> io::Result<()> {
    let beside = file.with_extension("new");
    let mut new = private()
        .create(true)
        .write(true)
        .truncate(true)
        .open(&beside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    std::fs::rename(beside, file)
}

/// Bytes that are no text stay as signs that no head has.
fn whole(file: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    OpenOptions::new()
        .read(true)
        .open(file)?
        .read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Without a last line that has no end: it is being written, or a crash cut it short.
fn complete(text: &str) -> &str {
    text.rfind('\n')
        .and_then(|end| text.get(..=end))
        .unwrap_or_default()
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

/// With more lines than this the older ones go.
const MOST_LINES: usize = 5000;
const KEPT_LINES: usize = 1000;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use durward_store::audit::{Actor, Entry, Sealed, append, seal_batch};
    use durward_store::testing;
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;

    fn key() -> MacKey {
        MacKey::new([7; 32])
    }

    /// So many heads of one record, one entry each.
    async fn heads(count: u128) -> Vec<Head> {
        let store = testing::sqlite().unwrap();
        let mut made = Vec::new();
        for n in 1..=count {
            let sealed = store.write(move |c| {
                let entry = Entry {
                    id: Uuid::from_u128(n),
                    time: Timestamp::UNIX_EPOCH,
                    actor: Actor {
                        kind: "system".into(),
                        id: String::new(),
                    },
                    event: "test".into(),
                    subject: None,
                    request_id: None,
                    detail: "{}".into(),
                };
                append(c, &key(), &entry)?;
                seal_batch(c, &key(), "a", Timestamp::UNIX_EPOCH, 9)
            });
            match sealed.await.unwrap() {
                Sealed::Batch { head, .. } => made.push(head),
                other => unreachable!("{other:?}"),
            }
        }
        made
    }

    #[tokio::test]
    async fn heads_are_kept_in_order_privately_and_in_bounds() {
        let place = tempfile::tempdir().unwrap();
        let (made, file) = (heads(3).await, file(place.path(), "portal"));
        assert_eq!(read(&file, &key()).unwrap(), None);
        let kept = Heads::new(place.path(), "portal");
        kept.keep(made[0].clone()).await.unwrap();
        kept.catch_up(Some(made[1].clone())).await.unwrap();
        kept.catch_up(Some(made[1].clone())).await.unwrap();
        assert_eq!(whole(&file).unwrap().lines().count(), 2);
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(read(&file, &key()).unwrap().as_ref(), Some(&made[1]));

        // A line that a crash cut short is neither read nor written on.
        let torn = whole(&file).unwrap() + "3 3 0 ab";
        write_anew(&file, &torn).unwrap();
        assert_eq!(read(&file, &key()).unwrap().as_ref(), Some(&made[1]));
        let again = Heads::new(place.path(), "portal");
        again.keep(made[2].clone()).await.unwrap();
        assert_eq!(read(&file, &key()).unwrap().as_ref(), Some(&made[2]));

        let long = format!("{}\n", made[0].line()).repeat(MOST_LINES);
        write_anew(&file, &long).unwrap();
        let full = Heads::new(place.path(), "portal");
        full.keep(made[2].clone()).await.unwrap();
        let text = whole(&file).unwrap();
        assert_eq!(text.lines().count(), KEPT_LINES);
        assert_eq!(text.lines().next_back().unwrap(), made[2].line());
    }

    #[tokio::test]
    async fn a_changed_line_and_numbers_given_out_twice_are_found() {
        let place = tempfile::tempdir().unwrap();
        let (made, file) = (heads(2).await, file(place.path(), "portal"));
        let kept = Heads::new(place.path(), "portal");
        for head in [&made[0], &made[1], &made[1]] {
            kept.keep(head.clone()).await.unwrap();
        }
        let fault = read(&file, &key()).unwrap_err().to_string();
        assert!(fault.contains("entry number 2"), "{fault}");
        let line = made[0].line();
        write_anew(&file, &format!("{line}\n{}\n", line.replace('a', "b"))).unwrap();
        let fault = read(&file, &key()).unwrap_err().to_string();
        assert!(fault.contains("line 2"), "{fault}");
    }
}
