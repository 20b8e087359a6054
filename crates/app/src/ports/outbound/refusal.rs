//! Why a call was not made, or gave no answer.

use durward_domain::refusal::{RefusalKind, Refuse};

use super::Limits;

/// A foreign URL that may not be called, or does not answer as it must. Each sentence is fit for the app's team.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundRefusal {
    /// Not a URL.
    #[error("The address is not a complete URL. Write it as https://host/path.")]
    Url,
    /// Another scheme.
    #[error("The address does not begin with https://. Only https is called.")]
    Scheme,
    /// Plain http to the public.
    #[error("{host} would be called without encryption. Give an https address.")]
    PlainHttp {
        /// The host.
        host: String,
    },
    /// A user name in the URL.
    #[error("The address holds a user name or a password. Take them out.")]
    UserInfo,
    /// A port that is not called.
    #[error("Port {port} is not called. Use the port of https, 443.")]
    Port {
        /// The port.
        port: u16,
    },
    /// The name has no address.
    #[error(
        "The name {host} has no address in the public DNS. Check its spelling and its DNS records."
    )]
    NameUnknown {
        /// The host.
        host: String,
    },
    /// A special address.
    #[error("{host} is not at a public address. Use a host that the public Internet reaches.")]
    PrivateAddress {
        /// The host.
        host: String,
    },
    /// No connection.
    #[error(
        "{host} did not accept a connection. Check that the server runs and its firewall lets https in."
    )]
    Unreachable {
        /// The host.
        host: String,
    },
    /// The certificate does not hold.
    #[error(
        "The certificate of {host} does not hold: {what}. Install a valid certificate with its whole chain."
    )]
    Certificate {
        /// The host.
        host: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// No TLS.
    #[error("{host} does not speak TLS as it should: {what}. TLS 1.2 or 1.3 is needed.")]
    Tls {
        /// The host.
        host: String,
        /// What went wrong.
        what: String,
    },
    /// Too slow.
    #[error(
        "The answer was not complete after {seconds} seconds. Make it faster, or look for what holds it up."
    )]
    TooSlow {
        /// The limit.
        seconds: u64,
    },
    /// Too large.
    #[error("The answer is larger than {bytes} bytes. Make it smaller.")]
    TooLarge {
        /// The limit.
        bytes: usize,
    },
    /// The connection broke, or this is not HTTP.
    #[error("{host} broke the connection off or did not answer in HTTP. Look into its log.")]
    Broken {
        /// The host.
        host: String,
    },
    /// A redirect where an answer is expected.
    #[error(
        "The address answers {status} and redirects to {target}. Redirects are not followed: give the final address."
    )]
    Redirected {
        /// The status.
        status: u16,
        /// Where to.
        target: String,
    },
    /// Not 2xx.
    #[error("The address answers with status {0}. It must answer with 200.")]
    Status(u16),
    /// Another media type.
    #[error("The answer is of type \u{201c}{found}\u{201d}. It must be {wanted}.")]
    MediaType {
        /// What came.
        found: String,
        /// What must come.
        wanted: &'static str,
    },
    /// The request could not be made on this side.
    #[error("The call could not be made on this side. Tell the programme's operators.")]
    Request,
}

impl Refuse for OutboundRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Url => "outbound/url",
            Self::Scheme => "outbound/scheme",
            Self::PlainHttp { .. } => "outbound/plain-http",
            Self::UserInfo => "outbound/user-info",
            Self::Port { .. } => "outbound/port",
            Self::NameUnknown { .. } => "outbound/name-unknown",
            Self::PrivateAddress { .. } => "outbound/private-address",
            Self::Unreachable { .. } => "outbound/unreachable",
            Self::Certificate { .. } => "outbound/certificate",
            Self::Tls { .. } => "outbound/tls",
            Self::TooSlow { .. } => "outbound/too-slow",
            Self::TooLarge { .. } => "outbound/too-large",
            Self::Broken { .. } => "outbound/broken",
            Self::Redirected { .. } => "outbound/redirected",
            Self::Status(_) => "outbound/status",
            Self::MediaType { .. } => "outbound/media-type",
            Self::Request => "outbound/request",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Url
            | Self::Scheme
            | Self::PlainHttp { .. }
            | Self::UserInfo
            | Self::Port { .. }
            | Self::PrivateAddress { .. } => RefusalKind::Invalid,
            Self::NameUnknown { .. }
            | Self::Unreachable { .. }
            | Self::Certificate { .. }
            | Self::Tls { .. }
            | Self::TooSlow { .. }
            | Self::TooLarge { .. }
            | Self::Broken { .. }
            | Self::Redirected { .. }
            | Self::Status(_)
            | Self::MediaType { .. }
            | Self::Request => RefusalKind::Unavailable,
        }
    }
}

/// What an error of the HTTP client means.
pub(super) fn of(error: &reqwest::Error, limits: Limits) -> OutboundRefusal {
    let host = error
        .url()
        .and_then(|url| url.host_str())
        .unwrap_or("The host")
        .to_owned();
    if error.is_timeout() {
        return OutboundRefusal::TooSlow {
            seconds: limits.within.as_secs(),
        };
    }
    if let Some(fault) = tls_fault(error) {
        return match certificate_fault(fault) {
            Some(what) => OutboundRefusal::Certificate { host, what },
            None => OutboundRefusal::Tls {
                host,
                what: fault.to_string(),
            },
        };
    }
    if error.is_builder() {
        return OutboundRefusal::Request;
    }
    if error.is_connect() {
        return OutboundRefusal::Unreachable { host };
    }
    OutboundRefusal::Broken { host }
}

fn tls_fault<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut at = Some(error);
    while let Some(error) = at {
        if let Some(found) = error.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        at = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn certificate_fault(fault: &rustls::Error) -> Option<&'static str> {
    use rustls::CertificateError as Wrong;
    match fault {
        rustls::Error::InvalidCertificate(wrong) => Some(match wrong {
            Wrong::Expired | Wrong::ExpiredContext { .. } => "it has expired",
            Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => "it is not valid yet",
            Wrong::UnknownIssuer => "it does not lead to a public certificate authority",
            Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => {
                "it is for another name"
            }
            Wrong::Revoked => "it is revoked",
            _ => "it cannot be verified",
        }),
        rustls::Error::NoCertificatesPresented => Some("none was sent"),
        _ => None,
    }
}
