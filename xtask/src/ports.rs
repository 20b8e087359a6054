//! A free block of ports for one demo.

use std::net::TcpListener;

/// A base port whose whole block (portal, environments, sample, metrics) is free now.
#[must_use]
pub fn free_base() -> Option<u16> {
    let start = 20_000 + u16::try_from(std::process::id() % 2_000).unwrap_or(0) * 10;
    (0..200u16)
        .map(|step| start + step * 10)
        .find(|base| (0..10).all(|offset| is_free(base + offset)))
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}
