//! Time, chance and the outside world come to deciding crates as arguments.

use crate::graph::DECIDING;
use crate::tree::{self, none};

const WORLD: &[&str] = &[
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "std::env::var",
    "env::var(",
    "std::fs::",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::process::",
    "std::thread::",
    "async fn",
    ".await",
    "static mut",
];

#[test]
fn deciding_crates_do_not_touch_the_world() {
    let mut faults = Vec::new();
    for file in DECIDING.iter().flat_map(|name| tree::sources(name)) {
        for (number, line) in file
            .product_lines()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            faults.extend(
                WORLD
                    .iter()
                    .filter(|word| line.contains(*word))
                    .map(|word| format!("{}:{number}: {word}", file.path)),
            );
        }
    }
    none(
        &faults,
        "a deciding crate reaches for the world instead of taking it as an argument",
    );
}
