//! Throw-away databases for tests: an SQLite file in a temporary folder, and a database of a
//! PostgreSQL cluster that lives as long as the test program.

use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

use tempfile::TempDir;

use crate::db::conn::Conn;
use crate::db::postgres::{Address, on_plain_thread};
use crate::db::statement::Statement;
use crate::db::{Config, Durability, Store};
use crate::fault::{Fault, FaultKind};
use crate::migrate::migrate;

pub use crate::statements::{prepare_all, whole_table};

/// A migrated store of its own. The file goes when this is dropped.
pub struct TestStore {
    store: Store,
    config: Config,
    // Dropped after the store, whose threads hold the file open.
    _folder: Option<TempDir>,
}

impl TestStore {
    /// Where the database is.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// The file of an SQLite store.
    pub fn path(&self) -> Option<&Path> {
        match &self.config {
            Config::Sqlite { path, .. } => Some(path),
            Config::Postgres { .. } => None,
        }
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

/// How many rows this connection of an SQLite store has written so far.
pub fn rows_written(c: &mut Conn) -> Result<i64, Fault> {
    const ROWS: Statement = Statement::new("testing::ROWS", "SELECT total_changes()");
    c.one(ROWS, &[])?.int(0)
}

/// A new SQLite store.
pub fn sqlite() -> Result<TestStore, Fault> {
    let folder = tempfile::tempdir().map_err(|_| NO_FOLDER)?;
    let config = Config::Sqlite {
        path: folder.path().join("test.db"),
        durability: Durability::Full,
    };
    migrate(&config)?;
    Ok(TestStore {
        store: Store::open(&config)?,
        config,
        _folder: Some(folder),
    })
}

/// A new PostgreSQL store, or none where PostgreSQL is not installed. Says so loudly, and fails
/// instead when `DURWARD_REQUIRE_POSTGRES=1`.
pub fn postgres() -> Result<Option<TestStore>, Fault> {
    let Some(config) = postgres_config(true)? else {
        return Ok(None);
    };
    Ok(Some(TestStore {
        store: Store::open(&config)?,
        config,
        _folder: None,
    }))
}

/// A new PostgreSQL database, with the schema or empty.
pub fn postgres_config(migrated: bool) -> Result<Option<Config>, Fault> {
    let cluster = CLUSTER.get_or_init(|| Cluster::start().map_err(|fault| fault.to_string()));
    match cluster {
        Ok(Some(cluster)) => cluster.database(migrated).map(Some),
        Ok(None) => Ok(None),
        Err(told) => Err(Fault::caused(FaultKind::Unavailable, told.clone())),
    }
}

static CLUSTER: OnceLock<Result<Option<Cluster>, String>> = OnceLock::new();

/// A running server. It ends when its standard input closes, which the end of this program does,
/// however it ends.
struct Cluster {
    folder: String,
    made: Mutex<u32>,
    _server: Child,
}

impl Cluster {
    fn start() -> Result<Option<Self>, Fault> {
        let Some(programs) = newest_installed() else {
            say("left out: PostgreSQL is not installed");
            return if required() {
                Err(Fault::new(
                    FaultKind::Unavailable,
                    "PostgreSQL is required and not installed",
                ))
            } else {
                Ok(None)
            };
        };
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]);
            command
        } else {
            Command::new("sh")
        };
        let mut server = command
            .args(["-c", SERVER, "sh"])
            .arg(&programs)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| NOT_STARTED)?;
        let mut line = String::new();
        let output = server.stdout.take().ok_or(NOT_STARTED)?;
        BufReader::new(output)
            .read_line(&mut line)
            .map_err(|_| NOT_STARTED)?;
        let folder = line.trim().to_owned();
        if folder.is_empty() {
            return Err(NOT_STARTED);
        }
        let cluster = Self {
            folder,
            made: Mutex::new(0),
            _server: server,
        };
        cluster.run("CREATE DATABASE template_durward")?;
        migrate(&cluster.config("template_durward"))?;
        Ok(Some(cluster))
    }

    fn database(&self, migrated: bool) -> Result<Config, Fault> {
        // One at a time: a template may not be in use while it is copied.
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        *made += 1;
        let name = format!("test_{made}");
        let template = if migrated {
            "template_durward"
        } else {
            "template0"
        };
        self.run(&format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
        Ok(self.config(&name))
    }

    fn config(&self, database: &str) -> Config {
        let url = format!("host={} user=durward dbname={database}", self.folder);
        Config::Postgres { url, threads: 4 }
    }

    fn run(&self, text: &str) -> Result<(), Fault> {
        let address = Address::parse(&format!(
            "host={} user=durward dbname=postgres",
            self.folder
        ))?;
        on_plain_thread(|| Ok(address.connect()?.batch_execute(text)?))
    }
}

fn newest_installed() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut versions: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, programs): &(u32, PathBuf)| programs.join("initdb").exists())
        .collect();
    versions.sort();
    versions.pop().map(|(_, programs)| programs)
}

fn is_root() -> bool {
    let told = Command::new("id").arg("-u").output();
    told.is_ok_and(|told| told.stdout.trim_ascii() == b"0")
}

#[expect(
    clippy::disallowed_methods,
    reason = "a switch of the test run, not of the product"
)]
fn required() -> bool {
    std::env::var_os("DURWARD_REQUIRE_POSTGRES").is_some_and(|value| value == "1")
}

/// Past the test harness, which would keep it to itself.
fn say(line: &str) {
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// Makes a cluster on a socket in a folder of its own, prints the folder when it answers, waits for
/// the end of its input, and cleans up.
const SERVER: &str = r#"
set -e
bin=$1
dir=$(mktemp -d /tmp/durward-pg.XXXXXX)
trap 'rm -rf "$dir"' EXIT
"$bin/initdb" -D "$dir/data" -U durward -A trust -E UTF8 --locale=C --no-sync >/dev/null
"$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off -c max_connections=400 \
    -c shared_buffers=32MB -c max_pred_locks_per_transaction=256 >/dev/null 2>&1 </dev/null &
server=$!
for try in $(seq 200); do
    "$bin/pg_isready" -q -h "$dir" -U durward -d postgres && break
    sleep 0.05
done
echo "$dir"
cat >/dev/null || true
kill -INT "$server"
wait "$server" || true
"#;
const NO_FOLDER: Fault = Fault::new(FaultKind::Unavailable, "no temporary folder could be made");
const NOT_STARTED: Fault = Fault::new(FaultKind::Unavailable, "PostgreSQL could not be started");
