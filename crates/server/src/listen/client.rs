//! Who is asking: the connection's address, or what a listed proxy says.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The client's address. `X-Forwarded-For` is read from its right end, and only as far as listed proxies wrote it.
pub fn client_address(peer: SocketAddr, headers: &HeaderMap, proxies: &[IpNet]) -> SocketAddr {
    let trusted = |ip: IpAddr| proxies.iter().any(|range| range.contains(&ip));
    if !trusted(peer.ip()) {
        return peer;
    }
    let lines = headers
        .get_all("x-forwarded-for")
        .into_iter()
        .filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .collect();
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        let Ok(ip) = hop.parse::<IpAddr>() else { break };
        client = SocketAddr::new(ip, 0);
        if !trusted(ip) {
            break;
        }
    }
    client
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(peer: &str, forwarded: &str, client: &str) {
        let headers = HeaderMap::from_iter([(
            "x-forwarded-for".parse().unwrap(),
            forwarded.parse().unwrap(),
        )]);
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        let seen = client_address(
            SocketAddr::new(peer.parse().unwrap(), 5000),
            &headers,
            &proxies,
        );
        assert_eq!(seen.ip().to_string(), client);
    }

    #[test]
    fn a_listed_proxy_is_believed() {
        check("10.0.0.1", "203.0.113.7", "203.0.113.7");
    }

    #[test]
    fn what_the_client_itself_wrote_is_not() {
        check(
            "10.0.0.1",
            "198.51.100.1, 203.0.113.7, 10.0.0.2",
            "203.0.113.7",
        );
        check("203.0.113.9", "198.51.100.1", "203.0.113.9");
        check("10.0.0.1", "nonsense", "10.0.0.1");
    }
}
