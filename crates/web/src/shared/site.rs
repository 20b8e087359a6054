//! One address of ours: the portal or one environment's door, as its pages and checks need to know it.

use std::fmt;
use std::sync::Arc;

use durward_keyring::mac::MacKey;
use durward_keyring::random::Random;
use jiff::Timestamp;
use url::Url;

use super::cookies::CookieNames;
use super::limits::{Limits, PostBudget};

/// One address of ours.
pub struct Site {
    pub(crate) title: String,
    pub(crate) notice: Option<String>,
    pub(crate) is_portal: bool,
    pub(crate) portal_url: String,
    pub(crate) origin: String,
    pub(crate) hosts: Vec<String>,
    pub(crate) secure: bool,
    pub(crate) cookies: CookieNames,
    pub(crate) form_key: MacKey,
    pub(crate) random: Random,
    pub(crate) limits: Limits,
    pub(crate) budget: PostBudget,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl Site {
    /// Makes a site from what the server knows about it.
    pub fn new(
        settings: SiteSettings,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Arc<Self> {
        let secure = settings.base_url.scheme() == "https";
        let hosts = hosts(&settings.base_url, settings.other_hosts);
        Arc::new(Self {
            title: settings.title,
            notice: settings.practice.then(|| settings.name.clone()),
            is_portal: settings.name == PORTAL,
            portal_url: settings.portal_url,
            origin: settings.base_url.origin().ascii_serialization(),
            hosts,
            secure,
            cookies: CookieNames::of(&settings.name, secure),
            form_key: settings.form_key,
            random: settings.random,
            budget: PostBudget::new(&settings.limits),
            limits: settings.limits,
            clock: Box::new(clock),
        })
    }

    /// The names of this site's cookies.
    pub fn cookies(&self) -> &CookieNames {
        &self.cookies
    }

    /// The origin, such as `http://localhost:8401`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether a `Host` (or an authority) is one of ours.
    pub fn is_ours(&self, host: &str) -> bool {
        self.hosts
            .iter()
            .any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether an `Origin` header names this site.
    pub fn is_own_origin(&self, origin: &str) -> bool {
        let scheme = if self.secure { "https://" } else { "http://" };
        origin
            .strip_prefix(scheme)
            .is_some_and(|host| self.is_ours(host))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Site")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// What the server knows about a site.
pub struct SiteSettings {
    /// The short name: `sandbox`, `staging`, `production` or `portal`; cookies carry it.
    pub name: String,
    /// The service's name in the header.
    pub title: String,
    /// Whether pages warn that this is for tests only.
    pub practice: bool,
    /// The address, without a trailing slash in use.
    pub base_url: Url,
    /// The partners' site, which explains refusals of apps' requests; empty where there is none.
    pub portal_url: String,
    /// Further `Host` values that reach this site, such as those of a proxy.
    pub other_hosts: Vec<String>,
    /// The key of form tokens.
    pub form_key: MacKey,
    /// The source of request ids and form cookies.
    pub random: Random,
    /// Sizes, times and rates.
    pub limits: Limits,
}

/// The hosts of an address; a loopback address is reached by each of its names.
fn hosts(base_url: &Url, others: Vec<String>) -> Vec<String> {
    let port = base_url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let host = base_url.host_str().unwrap_or("");
    let mut hosts = others;
    hosts.push(format!("{host}{port}"));
    if LOOPBACK.contains(&host) {
        hosts.extend(LOOPBACK.map(|name| format!("{name}{port}")));
    }
    hosts
}

/// The short name of the partners' site.
const PORTAL: &str = "portal";
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn site(name: &str, base_url: &str) -> Arc<Site> {
        site_with(name, base_url, Limits::default())
    }

    pub(crate) fn site_with(name: &str, base_url: &str, limits: Limits) -> Arc<Site> {
        let settings = SiteSettings {
            name: name.to_owned(),
            title: "Columbia Sign-in".to_owned(),
            practice: name == "sandbox" || name == "staging",
            base_url: base_url.parse().unwrap(),
            portal_url: "https://portal.example.gov".to_owned(),
            other_hosts: Vec::new(),
            form_key: MacKey::new([7; 32]),
            random: Random::seeded(1),
            limits,
        };
        Site::new(settings, || Timestamp::from_second(1_793_000_000).unwrap())
    }

    #[test]
    fn loopback_is_reached_by_each_of_its_names() {
        let site = site("sandbox", "http://localhost:8401");
        assert!(
            site.is_ours("127.0.0.1:8401")
                && site.is_ours("LOCALHOST:8401")
                && site.is_ours("[::1]:8401")
        );
        assert!(!site.is_ours("localhost:8402") && !site.is_ours("evil.example:8401"));
        assert!(site.is_own_origin("http://127.0.0.1:8401"));
        assert!(!site.is_own_origin("https://localhost:8401") && !site.is_own_origin("null"));
    }
}
