//! One suite for both engines: SQLite always, PostgreSQL where it is installed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod audit;
mod crash;
mod damage;
mod requests;
mod schema;
mod tables;
mod units;
mod usage;

use durward_keyring::mac::MacKey;
use durward_store::testing::TestStore;
use jiff::Timestamp;

/// Makes one test per engine of each function.
macro_rules! on_both {
    ($($(#[$attribute:meta])* fn $name:ident($store:ident: &TestStore) $body:block)+) => {
        $(
            mod $name {
                use super::*;

                fn check($store: &TestStore) $body

                #[test]
                $(#[$attribute])*
                fn sqlite() {
                    check(&durward_store::testing::sqlite().unwrap());
                }

                #[test]
                $(#[$attribute])*
                fn postgres() {
                    if let Some(store) = durward_store::testing::postgres().unwrap() {
                        check(&store);
                    }
                }
            }
        )+
    };
}
pub(crate) use on_both;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

fn key() -> MacKey {
    MacKey::new([7; 32])
}

fn run_sql(store: &TestStore, sql: &'static str) -> u64 {
    let statement = durward_store::Statement::new("test", sql);
    store
        .write_blocking(move |c| c.exec(statement, &[]))
        .unwrap()
}
