//! The one client for every URL that somebody else wrote: keys of apps, notices to apps, probes.
//!
//! A name is resolved once, every address is judged, and the connection goes to those addresses and no others.
//! Redirects are reported, never followed; time and size are bounded.

mod address;
mod refusal;
#[cfg(test)]
mod tests;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ipnet::IpNet;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use rustls::ClientConfig;
use tokio::sync::OnceCell;
use url::{Host, Url};

use super::dns::Dns;
use address::Standing;
pub use refusal::OutboundRefusal;

/// Calls foreign URLs. Clones share everything.
#[derive(Clone)]
pub struct Outbound {
    inner: Arc<Inner>,
}

struct Inner {
    allow: Vec<IpNet>,
    names: Names,
    dns: Dns,
    roots: Roots,
    tls: OnceCell<ClientConfig>,
}

/// How names become addresses.
enum Names {
    System,
    #[cfg(any(test, feature = "testing"))]
    Fixed(std::collections::HashMap<String, Vec<IpAddr>>),
}

/// Whose certificates count.
enum Roots {
    System,
    #[cfg(any(test, feature = "testing"))]
    Only(rustls::RootCertStore),
}

/// How long an answer may take and how large it may be.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the look-up of the name to the last byte.
    pub within: Duration,
    /// Bytes of the body.
    pub body: usize,
    /// What happens to a longer body.
    pub longer: Longer,
}

/// What happens to a body that is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Longer {
    /// The answer is refused.
    Refused,
    /// The beginning is kept, the rest is not read.
    Cut,
}

impl Limits {
    /// A set of keys: five seconds, 256 kB.
    pub const KEYS: Self = Self::new(Duration::from_secs(5), 256 * 1024, Longer::Refused);
    /// A page for people: five seconds, its first 256 kB.
    pub const PAGE: Self = Self::new(Duration::from_secs(5), 256 * 1024, Longer::Cut);
    /// A notice pushed to a program: three seconds; its answer is of little interest.
    pub const NOTICE: Self = Self::new(Duration::from_secs(3), 8 * 1024, Longer::Cut);

    /// Limits of one's own.
    #[must_use]
    pub const fn new(within: Duration, body: usize, longer: Longer) -> Self {
        Self {
            within,
            body,
            longer,
        }
    }
}

/// What is posted.
#[derive(Debug, Clone)]
pub struct Content<'a> {
    /// Its media type.
    pub media_type: &'a str,
    /// Further headers.
    pub headers: &'a [(&'a str, &'a str)],
    /// The bytes.
    pub body: Vec<u8>,
}

/// What came back. A redirect is an answer like any other.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, within the limits.
    pub body: Vec<u8>,
    /// How long it took.
    pub took: Duration,
    /// The address that answered.
    pub address: Option<SocketAddr>,
    /// The server's certificate in DER, checked up to a root; none without TLS.
    pub certificate: Option<Vec<u8>>,
    headers: HeaderMap,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's value, where it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type without its parameters, in lower case.
    #[must_use]
    pub fn media_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        Some(value.split(';').next()?.trim().to_ascii_lowercase())
    }

    /// Where it redirects to, resolved against the URL that was called.
    #[must_use]
    pub fn redirect(&self, from: &str) -> Option<String> {
        if !(300..400).contains(&self.status) {
            return None;
        }
        let target = Url::parse(from).ok()?.join(self.header("location")?).ok()?;
        Some(target.into())
    }

    /// The answer if it is 2xx.
    ///
    /// # Errors
    /// [`OutboundRefusal::Redirected`] or [`OutboundRefusal::Status`].
    pub fn success(self, from: &str) -> Result<Self, OutboundRefusal> {
        match self.redirect(from) {
            _ if self.is_success() => Ok(self),
            Some(target) => Err(OutboundRefusal::Redirected {
                status: self.status,
                target,
            }),
            None => Err(OutboundRefusal::Status(self.status)),
        }
    }

    /// The answer if it is of one of these media types.
    ///
    /// # Errors
    /// [`OutboundRefusal::MediaType`].
    pub fn of_type(self, expected: &[&'static str]) -> Result<Self, OutboundRefusal> {
        let found = self.media_type().unwrap_or_default();
        let wanted = expected.first().copied().unwrap_or_default();
        if expected.contains(&found.as_str()) {
            Ok(self)
        } else {
            Err(OutboundRefusal::MediaType { found, wanted })
        }
    }
}

impl Outbound {
    /// A client that calls public addresses, and those in the listed ranges.
    #[must_use]
    pub fn new(allow: Vec<IpNet>, name_servers: Vec<SocketAddr>) -> Self {
        let dns = Dns::new(name_servers);
        Self::with(allow, Names::System, Roots::System, dns)
    }

    /// A client that calls this machine too: for demonstrations.
    #[must_use]
    pub fn with_loopback(name_servers: Vec<SocketAddr>) -> Self {
        let loopback = [
            (Ipv4Addr::LOCALHOST.into(), 8),
            (Ipv6Addr::LOCALHOST.into(), 128),
        ];
        let ranges = loopback
            .into_iter()
            .filter_map(|(address, prefix)| IpNet::new(address, prefix).ok());
        Self::new(ranges.map(|net| net.trunc()).collect(), name_servers)
    }

    /// A client for tests: this machine, by address or as localhost, and nothing else.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn for_tests() -> Self {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let range = IpNet::new(loopback, 8).map(|net| net.trunc());
        let names = [("localhost".to_owned(), vec![loopback])].into();
        Self::fixed(
            range.into_iter().collect(),
            names,
            rustls::RootCertStore::empty(),
            Vec::new(),
        )
    }

    /// A client for tests: only these names exist, and only these roots count.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn fixed(
        allow: Vec<IpNet>,
        names: std::collections::HashMap<String, Vec<IpAddr>>,
        roots: rustls::RootCertStore,
        name_servers: Vec<SocketAddr>,
    ) -> Self {
        let dns = Dns::new(name_servers);
        Self::with(allow, Names::Fixed(names), Roots::Only(roots), dns)
    }

    fn with(allow: Vec<IpNet>, names: Names, roots: Roots, dns: Dns) -> Self {
        let tls = OnceCell::new();
        Self {
            inner: Arc::new(Inner {
                allow,
                names,
                dns,
                roots,
                tls,
            }),
        }
    }

    /// Fetches a URL.
    ///
    /// # Errors
    /// [`OutboundRefusal`]: the URL may not be called, or no whole answer came within the limits.
    pub async fn get(
        &self,
        url: &str,
        accept: &str,
        limits: Limits,
    ) -> Result<Answer, OutboundRefusal> {
        self.call(url, Call::Get { accept }, limits).await
    }

    /// Posts to a URL.
    ///
    /// # Errors
    /// As [`Outbound::get`].
    pub async fn post(
        &self,
        url: &str,
        content: Content<'_>,
        limits: Limits,
    ) -> Result<Answer, OutboundRefusal> {
        self.call(url, Call::Post(content), limits).await
    }

    /// Asks the name servers; nothing of an app is called.
    #[must_use]
    pub fn dns(&self) -> &Dns {
        &self.inner.dns
    }

    /// Whether a URL may be called, without calling it: its form now, its addresses when it is called.
    ///
    /// # Errors
    /// [`OutboundRefusal`] about the URL itself.
    pub fn check(&self, url: &str) -> Result<(), OutboundRefusal> {
        Target::read(url).map(drop)
    }

    async fn call(
        &self,
        url: &str,
        call: Call<'_>,
        limits: Limits,
    ) -> Result<Answer, OutboundRefusal> {
        #[expect(
            clippy::disallowed_methods,
            reason = "how long the answer took is part of it"
        )]
        let began = Instant::now();
        let target = Target::read(url)?;
        let one = async {
            let addresses = self.addresses(&target).await?;
            self.send(&target, addresses, call, limits, began).await
        };
        match tokio::time::timeout(limits.within, one).await {
            Ok(outcome) => outcome,
            Err(_) => Err(OutboundRefusal::TooSlow {
                seconds: limits.within.as_secs(),
            }),
        }
    }

    /// Every address of the host, each judged. One that may not be called refuses them all: a name that answers
    /// with both kinds is an attack or a mistake.
    async fn addresses(&self, target: &Target) -> Result<Vec<IpAddr>, OutboundRefusal> {
        let addresses = match target.url.host() {
            Some(Host::Ipv4(address)) => vec![IpAddr::V4(address)],
            Some(Host::Ipv6(address)) => vec![IpAddr::V6(address)],
            Some(Host::Domain(name)) => self.resolve(name).await?,
            None => return Err(OutboundRefusal::Url),
        };
        let judged = addresses
            .iter()
            .map(|address| (address, address::judge(*address, &self.inner.allow)));
        let mut all_listed = true;
        for (address, standing) in judged {
            match standing {
                Standing::Refused => {
                    // The address itself stays with the operator: a partner must not map a network with it.
                    tracing::info!(host = target.host, %address, "an address that may not be called");
                    return Err(OutboundRefusal::PrivateAddress {
                        host: target.host.clone(),
                    });
                }
                Standing::Public => all_listed = false,
                Standing::Listed => {}
            }
        }
        if !all_listed {
            target.fit_for_the_public()?;
        }
        Ok(addresses)
    }

    async fn resolve(&self, name: &str) -> Result<Vec<IpAddr>, OutboundRefusal> {
        let found: Vec<IpAddr> = match &self.inner.names {
            Names::System => match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => found.map(|address| address.ip()).collect(),
                Err(error) => {
                    tracing::debug!(host = name, %error, "a name that does not resolve");
                    Vec::new()
                }
            },
            #[cfg(any(test, feature = "testing"))]
            Names::Fixed(names) => names.get(name).cloned().unwrap_or_default(),
        };
        if found.is_empty() {
            return Err(OutboundRefusal::NameUnknown {
                host: name.to_owned(),
            });
        }
        Ok(found.into_iter().take(MOST_ADDRESSES).collect())
    }

    async fn send(
        &self,
        target: &Target,
        addresses: Vec<IpAddr>,
        call: Call<'_>,
        limits: Limits,
        began: Instant,
    ) -> Result<Answer, OutboundRefusal> {
        let client = self.client(target, addresses, limits).await?;
        let request = match call {
            Call::Get { accept } => client
                .get(target.url.clone())
                .header(header::ACCEPT, accept),
            Call::Post(content) => {
                let mut headers = HeaderMap::new();
                for (name, value) in content.headers {
                    let name = HeaderName::try_from(*name).map_err(|_| OutboundRefusal::Request)?;
                    let value =
                        HeaderValue::try_from(*value).map_err(|_| OutboundRefusal::Request)?;
                    headers.insert(name, value);
                }
                client
                    .post(target.url.clone())
                    .headers(headers)
                    .header(header::CONTENT_TYPE, content.media_type)
                    .body(content.body)
            }
        };
        let mut answer = request
            .send()
            .await
            .map_err(|error| refusal::of(&error, limits))?;
        let body = read(&mut answer, limits).await?;
        let certificate = answer
            .extensions()
            .get::<reqwest::tls::TlsInfo>()
            .and_then(|info| info.peer_certificate())
            .map(<[u8]>::to_vec);
        Ok(Answer {
            status: answer.status().as_u16(),
            body,
            took: began.elapsed(),
            address: answer.remote_addr(),
            certificate,
            headers: std::mem::take(answer.headers_mut()),
        })
    }

    /// A client for one call: it knows no other address than the judged ones.
    async fn client(
        &self,
        target: &Target,
        addresses: Vec<IpAddr>,
        limits: Limits,
    ) -> Result<reqwest::Client, OutboundRefusal> {
        let broken = |error: reqwest::Error| {
            tracing::error!(%error, "making the HTTP client");
            OutboundRefusal::Request
        };
        let mut builder = reqwest::Client::builder()
            .dns_resolver(Arc::new(Pinned(addresses)))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(0)
            .http1_only()
            .user_agent(USER_AGENT)
            .timeout(limits.within)
            .tls_info(true);
        if target.url.scheme() == "https" {
            let config = self
                .inner
                .tls
                .get_or_try_init(|| async { self.tls() })
                .await?;
            builder = builder.tls_backend_preconfigured(config.clone());
        } else {
            // Without TLS no roots are needed; none are loaded.
            builder = builder.tls_backend_preconfigured(no_roots()?);
        }
        builder.build().map_err(broken)
    }

    fn tls(&self) -> Result<ClientConfig, OutboundRefusal> {
        use rustls_platform_verifier::BuilderVerifierExt as _;
        let broken = |error: rustls::Error| {
            tracing::error!(%error, "the certificates of this system cannot be used");
            OutboundRefusal::Request
        };
        let builder = builder()?;
        let mut config = match &self.inner.roots {
            Roots::System => builder
                .with_platform_verifier()
                .map_err(broken)?
                .with_no_client_auth(),
            #[cfg(any(test, feature = "testing"))]
            Roots::Only(roots) => builder
                .with_root_certificates(roots.clone())
                .with_no_client_auth(),
        };
        // Each call shows the whole chain: a resumed session would not.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(config)
    }
}

impl std::fmt::Debug for Outbound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbound")
            .field("allow", &self.inner.allow)
            .finish_non_exhaustive()
    }
}

enum Call<'a> {
    Get { accept: &'a str },
    Post(Content<'a>),
}

/// A URL that may be called, as far as its form tells.
struct Target {
    url: Url,
    host: String,
}

impl Target {
    fn read(text: &str) -> Result<Self, OutboundRefusal> {
        // The parser forgives backslashes, tabs and leading blanks; who calls must see what others see.
        if text.len() > LONGEST_URL
            || text
                .chars()
                .any(|c| c == '\\' || c.is_control() || c.is_whitespace())
        {
            return Err(OutboundRefusal::Url);
        }
        let mut url = Url::parse(text).map_err(|_| OutboundRefusal::Url)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(OutboundRefusal::Scheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundRefusal::UserInfo);
        }
        url.set_fragment(None);
        let host = url
            .host_str()
            .filter(|host| !host.is_empty())
            .ok_or(OutboundRefusal::Url)?
            .to_owned();
        if url.port_or_known_default() == Some(0) {
            return Err(OutboundRefusal::Port { port: 0 });
        }
        Ok(Self { url, host })
    }

    /// Public addresses are called by https, on its own port or a high one that is no other protocol's.
    fn fit_for_the_public(&self) -> Result<(), OutboundRefusal> {
        if self.url.scheme() != "https" {
            return Err(OutboundRefusal::PlainHttp {
                host: self.host.clone(),
            });
        }
        match self.url.port_or_known_default() {
            Some(443) => Ok(()),
            Some(port) if port >= 1024 && !OTHER_PROTOCOLS.contains(&port) => Ok(()),
            port => Err(OutboundRefusal::Port {
                port: port.unwrap_or_default(),
            }),
        }
    }
}

/// Answers every name with the judged addresses.
struct Pinned(Vec<IpAddr>);

impl reqwest::dns::Resolve for Pinned {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let addresses: Vec<SocketAddr> = self
            .0
            .iter()
            .map(|address| SocketAddr::new(*address, 0))
            .collect();
        Box::pin(async move {
            let addresses: reqwest::dns::Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

async fn read(answer: &mut reqwest::Response, limits: Limits) -> Result<Vec<u8>, OutboundRefusal> {
    let too_large = OutboundRefusal::TooLarge { bytes: limits.body };
    let refuse = limits.longer == Longer::Refused;
    let announced = answer
        .content_length()
        .and_then(|bytes| usize::try_from(bytes).ok());
    if refuse && announced.is_some_and(|bytes| bytes > limits.body) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| refusal::of(&error, limits))?
    {
        let left = limits.body.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..left).unwrap_or(&chunk));
        if chunk.len() > left {
            return if refuse { Err(too_large) } else { Ok(body) };
        }
    }
    Ok(body)
}

fn no_roots() -> Result<ClientConfig, OutboundRefusal> {
    let none = rustls::RootCertStore::empty();
    Ok(builder()?
        .with_root_certificates(none)
        .with_no_client_auth())
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, OutboundRefusal>
{
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| OutboundRefusal::Request)
}

const USER_AGENT: &str = concat!("durward/", env!("CARGO_PKG_VERSION"));
const LONGEST_URL: usize = 2048;
/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 8;
/// High ports of other protocols, as browsers refuse them (WHATWG Fetch §2.9).
const OTHER_PROTOCOLS: [u16; 22] = [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668,
    6669, 6679, 6697, 9200, 10080, 11211,
];
