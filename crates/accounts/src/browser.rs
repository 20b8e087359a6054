//! What an account keeps of a browser that its owner signed in with: enough for the owner to know it again, no more.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// Where and what a browser was when its person last signed in. Sealed before it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The network, without the part that tells one household or machine from the next.
    pub network: Option<String>,
    /// The family of the browser.
    pub family: Family,
    /// The system that it runs on.
    pub system: System,
}

impl Details {
    /// What a request tells.
    pub fn of(network: Option<IpAddr>, agent: &str) -> Self {
        Self {
            network: network.map(prefix),
            family: Family::of(agent),
            system: System::of(agent),
        }
    }
}

/// A family of browsers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Google Chrome, and what says that it is.
    Chrome,
    /// Microsoft Edge.
    Edge,
    /// Mozilla Firefox.
    Firefox,
    /// Opera.
    Opera,
    /// Apple Safari.
    Safari,
    /// Samsung Internet.
    Samsung,
    /// Something else.
    Other,
}

impl Family {
    /// Its name, which is the same in every language; `None` for something else.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Chrome => "Chrome",
            Self::Edge => "Edge",
            Self::Firefox => "Firefox",
            Self::Opera => "Opera",
            Self::Safari => "Safari",
            Self::Samsung => "Samsung Internet",
            Self::Other => return None,
        })
    }

    /// Nearly all of them say that they are Chrome or Safari too, so those come last.
    fn of(agent: &str) -> Self {
        let signs: [(&[&str], Self); 6] = [
            (&["Edg/", "EdgA/", "EdgiOS/"], Self::Edge),
            (&["OPR/", "Opera"], Self::Opera),
            (&["SamsungBrowser/"], Self::Samsung),
            (&["Firefox/", "FxiOS/"], Self::Firefox),
            (&["Chrome/", "CriOS/", "Chromium/"], Self::Chrome),
            (&["Safari/"], Self::Safari),
        ];
        first(&signs, agent).unwrap_or(Self::Other)
    }
}

/// A system that browsers run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum System {
    /// Android.
    Android,
    /// Chrome OS.
    ChromeOs,
    /// iOS and iPadOS.
    Ios,
    /// Linux.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
    /// Something else.
    Other,
}

impl System {
    /// Its name, which is the same in every language; `None` for something else.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Android => "Android",
            Self::ChromeOs => "ChromeOS",
            Self::Ios => "iOS",
            Self::Linux => "Linux",
            Self::MacOs => "macOS",
            Self::Windows => "Windows",
            Self::Other => return None,
        })
    }

    /// Android says Linux too, and a telephone of Apple says Mac OS X.
    fn of(agent: &str) -> Self {
        let signs: [(&[&str], Self); 6] = [
            (&["Android"], Self::Android),
            (&["CrOS"], Self::ChromeOs),
            (&["iPhone", "iPad", "iPod"], Self::Ios),
            (&["Windows"], Self::Windows),
            (&["Mac OS X", "Macintosh"], Self::MacOs),
            (&["Linux", "X11"], Self::Linux),
        ];
        first(&signs, agent).unwrap_or(Self::Other)
    }
}

fn first<T: Copy>(signs: &[(&[&str], T)], agent: &str) -> Option<T> {
    let has = |signs: &[&str]| signs.iter().any(|sign| agent.contains(sign));
    signs
        .iter()
        .find(|(signs, _)| has(signs))
        .map(|(_, what)| *what)
}

/// The first three numbers of an IPv4 address, the first 48 bits of an IPv6 address.
fn prefix(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(four) => {
            let [a, b, c, _] = four.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(six) => {
            let kept = std::net::Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 80));
            format!("{kept}/48")
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(agent: &str, family: Family, system: System) {
        let details = Details::of(None, agent);
        assert_eq!(
            (details.family, details.system),
            (family, system),
            "{agent}"
        );
    }

    #[test]
    fn the_common_browsers() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
        let chrome = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        check(
            &format!("{windows} {chrome}"),
            Family::Chrome,
            System::Windows,
        );
        check(
            &format!("{windows} {chrome} Edg/142.0"),
            Family::Edge,
            System::Windows,
        );
        check(
            &format!("{windows} {chrome} OPR/120.0"),
            Family::Opera,
            System::Windows,
        );
        check(
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            Family::Firefox,
            System::Linux,
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
            Family::Safari,
            System::Ios,
        );
        check(
            "Mozilla/5.0 (Linux; Android 16; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            Family::Samsung,
            System::Android,
        );
        check("curl/8.5.0", Family::Other, System::Other);
        check("", Family::Other, System::Other);
    }

    #[test]
    fn a_network_is_kept_without_its_last_part() {
        let kept = |text: &str| Details::of(Some(text.parse().unwrap()), "").network;
        assert_eq!(kept("192.0.2.77").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(kept("::ffff:192.0.2.77").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(
            kept("2001:db8:7:9:1::2").as_deref(),
            Some("2001:db8:7::/48")
        );
    }
}
