//! Where a host really leads.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;

/// Is this host the machine itself, a private network, or a name that no public resolver knows?
/// The host comes from a WHATWG parser, so that `127.1`, `0x7f.1` and `2130706433` are addresses already.
pub(crate) fn is_local(host: &Host<String>) -> bool {
    match host {
        Host::Domain(name) => is_local_name(name),
        Host::Ipv4(address) => is_local_v4(*address),
        Host::Ipv6(address) => is_local_v6(*address),
    }
}

/// Does the host end in one of the suffixes (`.gov`) or belong to one of the domains (`fishing.com`)?
pub(crate) fn is_within<'a>(
    name: &str,
    suffixes: impl IntoIterator<Item = &'a str>,
    domains: &[String],
) -> bool {
    let name = name.to_ascii_lowercase();
    let under = |domain: &str| {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        name.strip_suffix(&domain)
            .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
    };
    suffixes.into_iter().any(under)
        || domains.iter().any(|domain| {
            name.eq_ignore_ascii_case(domain.trim_start_matches('.')) || under(domain)
        })
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if !name.contains('.') {
        return true;
    }
    LOCAL_TREES.iter().any(|tree| name.ends_with(tree))
}

fn is_local_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || address.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a, b, c) == (192, 0, 0)
        || (a == 198 && (18..20).contains(&b))
}

fn is_local_v6(address: Ipv6Addr) -> bool {
    let first = address.segments()[0];
    if address.is_loopback() || address.is_unspecified() || address.is_multicast() {
        return true;
    }
    // Unique local, link-local and the old site-local range; documentation.
    if first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
        || first & 0xffc0 == 0xfec0
        || address.segments()[..2] == [0x2001, 0x0db8]
    {
        return true;
    }
    carried_v4(address).is_some_and(is_local_v4)
}

/// The IPv4 address that an IPv6 address carries: mapped, compatible, NAT64 or 6to4.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let pair = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low] => Some(pair(high, low)),
        [0x2002, high, low, ..] => Some(pair(high, low)),
        _ => None,
    }
}

const LOCAL_TREES: [&str; 11] = [
    ".localhost",
    ".local",
    ".localdomain",
    ".internal",
    ".intranet",
    ".lan",
    ".home.arpa",
    ".corp",
    ".test",
    ".example",
    ".invalid",
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use url::Url;

    use super::*;

    fn local(host: &str) -> bool {
        is_local(
            &Url::parse(&format!("https://{host}/"))
                .unwrap()
                .host()
                .unwrap()
                .to_owned(),
        )
    }

    #[test]
    fn every_spelling_of_this_machine_and_of_private_networks() {
        for host in [
            "localhost",
            "LOCALHOST",
            "localhost.",
            "a.localhost",
            "printer.local",
            "db.internal",
            "intranet",
            "127.0.0.1",
            "127.1",
            "127.0.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "017700000001",
            "127.0.0.1.",
            "0.0.0.0",
            "0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::127.0.0.1]",
            "[fe80::1]",
            "[fd00::1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "%6cocalhost",
            "１２７.1",
            "ⓛocalhost",
        ] {
            assert!(local(host), "{host}");
        }
    }

    #[test]
    fn names_that_only_look_local() {
        for host in [
            "mylocalhost.agency.gov",
            "localhost.agency.gov",
            "local.gov",
            "127-0-0-1.agency.gov",
            "8.8.8.8",
            "[2606:4700::1]",
            "172.32.0.1",
            "agency.gov",
        ] {
            assert!(!local(host), "{host}");
        }
    }

    #[test]
    fn suffixes_and_dedicated_domains() {
        let check = |name: &str| is_within(name, [".gov", ".mil"], &["fishing.com".to_owned()]);
        for name in [
            "agency.gov",
            "a.b.mil",
            "AGENCY.GOV",
            "fishing.com",
            "www.fishing.com",
        ] {
            assert!(check(name), "{name}");
        }
        for name in [
            "gov",
            ".gov",
            "agency.gov.evil.com",
            "agencygov",
            "notfishing.com",
            "com",
            "agency.gov.",
        ] {
            assert!(!check(name), "{name}");
        }
    }
}
