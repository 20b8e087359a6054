//! Which addresses of the network the server may call.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What an address is to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// On the public Internet.
    Public,
    /// In a range that the operator lists.
    Listed,
    /// Neither.
    Refused,
}

/// Judges one address. A metadata service counts as listed only when it is listed alone: a range that happens to
/// hold it is not meant for it.
pub(super) fn judge(address: IpAddr, allow: &[IpNet]) -> Standing {
    let alone = METADATA.contains(&address);
    let listed = |net: &IpNet| {
        net.contains(&address) && (!alone || net.prefix_len() >= net.max_prefix_len())
    };
    if allow.iter().any(listed) {
        return Standing::Listed;
    }
    let public = match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    };
    if public && !alone {
        Standing::Public
    } else {
        Standing::Refused
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|net| net.contains(&address))
}

/// Only global unicast (RFC 4291 §2.5.4) is public: that leaves out loopback, IPv4-mapped (`::ffff:0:0/96`), NAT64
/// (`64:ff9b::/96`, `64:ff9b:1::/48`), unique local, link-local, multicast and everything unassigned.
fn is_public_v6(address: Ipv6Addr) -> bool {
    GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|net| net.contains(&address))
}

/// The IANA special-purpose registry of IPv4 (RFC 6890 and its additions).
const SPECIAL_V4: [Ipv4Net; 18] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    // Carrier-grade NAT, RFC 6598
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    // Documentation, RFC 5737
    v4([192, 0, 2, 0], 24),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    // AS112 and AMT
    v4([192, 31, 196, 0], 24),
    v4([192, 52, 193, 0], 24),
    v4([192, 175, 48, 0], 24),
    // 6to4 relays, RFC 7526
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    // Benchmarks, RFC 2544
    v4([198, 18, 0, 0], 15),
    // Multicast, reserved and broadcast
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];

const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0], 3);

/// What is special within global unicast.
const SPECIAL_V6: [Ipv6Net; 5] = [
    // IETF protocol assignments: Teredo, benchmarks, ORCHID, AMT
    v6([0x2001, 0, 0], 23),
    v6([0x2001, 0x0db8, 0], 32),
    // 6to4 carries any IPv4 address, RFC 3056
    v6([0x2002, 0, 0], 16),
    // Documentation, RFC 9637
    v6([0x3fff, 0, 0], 20),
    // AS112, RFC 7534
    v6([0x2620, 0x004f, 0x8000], 48),
];

/// Where machines of the large clouds find their own credentials. Some lie in ranges that look public.
const METADATA: [IpAddr; 8] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254)),
];

const fn v4(octets: [u8; 4], prefix: u8) -> Ipv4Net {
    let [a, b, c, d] = octets;
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(start: [u16; 3], prefix: u8) -> Ipv6Net {
    let [a, b, c] = start;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(address: &str, allow: &[&str]) -> Standing {
        let allow: Vec<IpNet> = allow.iter().map(|net| net.parse().unwrap()).collect();
        judge(address.parse().unwrap(), &allow)
    }

    #[test]
    fn public_addresses_may_be_called() {
        for address in [
            "8.8.8.8",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "2606:4700::1111",
            "2a00:1450::1",
        ] {
            assert_eq!(check(address, &[]), Standing::Public, "{address}");
        }
    }

    #[test]
    fn special_addresses_of_every_family_are_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.1.1",
            "169.254.169.254",
            "168.63.129.16",
            "100.100.100.200",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.0.170",
            "192.0.2.1",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.168.1.1",
            "192.175.48.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::",
            "3fff::1",
            "2620:4f:8000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "4000::1",
        ] {
            assert_eq!(check(address, &[]), Standing::Refused, "{address}");
        }
    }

    #[test]
    fn listed_ranges_may_be_called_and_metadata_only_when_listed_alone() {
        assert_eq!(
            check("127.0.0.1", &["127.0.0.0/8", "::1/128"]),
            Standing::Listed
        );
        assert_eq!(check("::1", &["127.0.0.0/8", "::1/128"]), Standing::Listed);
        assert_eq!(check("10.0.0.1", &["127.0.0.0/8"]), Standing::Refused);
        // A mapped address is another one than what it maps.
        assert_eq!(
            check("::ffff:127.0.0.1", &["127.0.0.0/8"]),
            Standing::Refused
        );
        assert_eq!(
            check("169.254.169.254", &["169.254.0.0/16"]),
            Standing::Refused
        );
        assert_eq!(check("168.63.129.16", &["0.0.0.0/0"]), Standing::Refused);
        assert_eq!(
            check("169.254.169.254", &["169.254.169.254/32"]),
            Standing::Listed
        );
    }
}
