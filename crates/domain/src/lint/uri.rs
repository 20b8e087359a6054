//! Rules for every address in the document.

use url::{Host, Url};

use super::{
    Hits, Rule,
    Severity::{Error, Info, Warning},
    host,
    subject::{Subject, Uri},
};

/// What an address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// People are sent there after sign-in.
    Redirect,
    /// People are sent there after sign-out.
    PostLogout,
    /// A page of the app, on the web.
    Page,
    /// The server calls it.
    Called,
}

/// An address as a browser reads it.
pub(super) enum Reading {
    /// Not an address; the reason.
    Faulty(&'static str),
    /// http or https.
    Web {
        secure: bool,
        host: Host<String>,
        user_info: bool,
    },
    /// A scheme that runs code, reads files or leads elsewhere than an app.
    Dangerous(String),
    /// Another scheme.
    Private(String),
}

pub(super) static FORM: Rule = Rule {
    id: "uri/form",
    test: Some(Error),
    live: Some(Error),
    sentence: "Every address can be read as a URI.",
    why: "What browsers, proxies and libraries read differently can be used to send people elsewhere.",
    fix: "Write the whole address, such as https://app.agency.gov/callback: with scheme and host, without spaces or letters outside ASCII, in at most 2048 characters.",
    bad: "https:///callback",
    good: "https://app.agency.gov/callback",
    from: &["V7", "V8", "L07"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |uri| match &uri.reading {
            Reading::Faulty(reason) => Some(format!("This is not a valid address: {reason}.")),
            _ => None,
        });
    },
};

pub(super) static WILDCARD: Rule = Rule {
    id: "uri/wildcard",
    test: Some(Error),
    live: Some(Error),
    sentence: "No address has a wildcard.",
    why: "Addresses are compared exactly. A wildcard would send people to pages that nobody looked at.",
    fix: "List every address that the app uses.",
    bad: "https://*.agency.gov/callback",
    good: "https://app.agency.gov/callback",
    from: &["U4", "V6"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |uri| {
            uri.text
                .contains('*')
                .then(|| "Wildcards (*) are not allowed. List each address.".to_owned())
        })
    },
};

pub(super) static USER_INFO: Rule = Rule {
    id: "uri/user-info",
    test: Some(Error),
    live: Some(Error),
    sentence: "No address carries a user name or password.",
    why: "The part before @ hides where the address leads.",
    fix: "Remove the part before @.",
    bad: "https://agency.gov@evil.example/",
    good: "https://agency.gov/",
    from: &["U2"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |uri| {
            matches!(
                uri.reading,
                Reading::Web {
                    user_info: true,
                    ..
                }
            )
            .then(|| {
                "The address has a user name or password. Remove the part before @.".to_owned()
            })
        });
    },
};

pub(super) static FRAGMENT: Rule = Rule {
    id: "uri/fragment",
    test: Some(Error),
    live: Some(Error),
    sentence: "No address has a fragment.",
    why: "The answer of a sign-in cannot be added to an address with a fragment. RFC 6749 §3.1.2 forbids it.",
    fix: "Remove the part from # on.",
    bad: "https://app.agency.gov/#/callback",
    good: "https://app.agency.gov/callback",
    from: &["U2"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |uri| {
            uri.text
                .contains('#')
                .then(|| "The address has a fragment. Remove the part from # on.".to_owned())
        })
    },
};

pub(super) static BACKSLASH: Rule = Rule {
    id: "uri/backslash",
    test: Some(Error),
    live: Some(Error),
    sentence: "No address has a backslash.",
    why: "Browsers read a backslash as a slash, other programs do not.",
    fix: "Use / only.",
    bad: "https://app.agency.gov\\callback",
    good: "https://app.agency.gov/callback",
    from: &["U2"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |uri| {
            uri.text
                .contains('\\')
                .then(|| "The address has a backslash. Use / only.".to_owned())
        })
    },
};

pub(super) static DANGEROUS_SCHEME: Rule = Rule {
    id: "uri/dangerous-scheme",
    test: Some(Error),
    live: Some(Error),
    sentence: "No address runs code, reads files or sends mail.",
    why: "Such addresses run code in the browser, read files or lead to no app at all.",
    fix: "Use https.",
    bad: "javascript:alert(1)",
    good: "https://app.agency.gov/callback",
    from: &["U3", "V7"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |uri| match &uri.reading {
            Reading::Dangerous(scheme) => Some(format!(
                "Addresses with {scheme}: are refused everywhere. Use https."
            )),
            _ => None,
        });
    },
};

pub(super) static PRIVATE_SCHEME: Rule = Rule {
    id: "uri/private-scheme",
    test: Some(Error),
    live: Some(Error),
    sentence: "Own schemes are for native apps and are a domain name backwards.",
    why: "Only a native app (token_endpoint_auth_method none) may have a scheme of its own, for redirects only. A domain name backwards keeps two apps from having the same one. RFC 8252 §7.1.",
    fix: "Use https, or for a native app a domain of yours backwards.",
    bad: "fishing://callback",
    good: "gov.agency.fishing:/callback",
    from: &["U6", "V7"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |uri| {
            let Reading::Private(scheme) = &uri.reading else {
                return None;
            };
            if !matches!(uri.place, Place::Redirect | Place::PostLogout) {
                return Some(format!(
                    "The scheme {scheme}: cannot be used here. Use https."
                ));
            }
            if !subject.document.is_native() {
                return Some(format!(
                    "The scheme {scheme}: is for native apps only, which use PKCE without a key. Use https."
                ));
            }
            is_reverse_domain(scheme).is_none().then(|| {
                format!(
                    "The scheme {scheme}: must be a domain name backwards, such as gov.agency.app."
                )
            })
        });
    },
};

pub(super) static HTTPS: Rule = Rule {
    id: "uri/https",
    test: None,
    live: Some(Error),
    sentence: "Every address uses https.",
    why: "Where real people sign in, nothing may travel in the clear.",
    fix: "Begin the address with https://.",
    bad: "http://app.agency.gov/callback",
    good: "https://app.agency.gov/callback",
    from: &["U1", "L07", "K10", "S6"],
    waivable: true,
    check: |subject, hits| {
        each(subject, hits, |uri| {
            matches!(uri.reading, Reading::Web { secure: false, .. })
                .then(|| "The address must begin with https:// here.".to_owned())
        });
    },
};

pub(super) static LOCAL_HOST: Rule = Rule {
    id: "uri/local-host",
    test: None,
    live: Some(Error),
    sentence: "No address leads to the own machine or a private network.",
    why: "localhost, loopback, private and link-local addresses, in every spelling, lead nowhere from outside or into somebody's network. They are for the sandbox only.",
    fix: "Use a public host name.",
    bad: "https://127.1/callback",
    good: "https://mylocalhost.agency.gov/callback",
    from: &["U2", "V9", "V10", "L07"],
    waivable: true,
    check: |subject, hits| {
        each(subject, hits, |uri| match &uri.reading {
            Reading::Web { host, .. } if host::is_local(host) => Some(format!(
                "{host} is this machine or a private network. Use a public host."
            )),
            _ => None,
        });
    },
};

pub(super) static APPROVED_DOMAIN: Rule = Rule {
    id: "uri/approved-domain",
    test: None,
    live: Some(Error),
    sentence: "Every address is on an approved domain.",
    why: "People trust the ending of the address. It must be one that the programme approves, or a domain that your team registered and proved.",
    fix: "Use a host on an approved domain, or register and prove a dedicated domain of your team.",
    bad: "https://agency.example.com/callback",
    good: "https://app.agency.gov/callback",
    from: &["U5", "L07"],
    waivable: true,
    check: |subject, hits| {
        let suffixes = || {
            subject
                .context
                .programme
                .domains
                .production_hosts
                .iter()
                .map(String::as_str)
        };
        let allowed =
            |name: &str| host::is_within(name, suffixes(), subject.context.dedicated_domains);
        let list = suffixes().collect::<Vec<_>>().join(", ");
        each(subject, hits, |uri| {
            let (shown, good) = match &uri.reading {
                Reading::Web { host, .. } if host::is_local(host) => return None,
                Reading::Web {
                    host: Host::Domain(name),
                    ..
                } => (name.clone(), allowed(name)),
                Reading::Web { host, .. } => (host.to_string(), false),
                Reading::Private(scheme) => {
                    let name = is_reverse_domain(scheme)?;
                    let good = allowed(&name);
                    (name, good)
                }
                _ => return None,
            };
            (!good).then(|| format!("{shown} is not on an approved domain ({list}) or a dedicated domain of your team."))
        });
    },
};

pub(super) static TWICE: Rule = Rule {
    id: "uri/twice",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "No address is listed twice.",
    why: "A second copy has no effect, and is forgotten when the first is changed.",
    fix: "Remove the second one.",
    bad: "[\"https://a.gov/cb\", \"https://a.gov/cb\"]",
    good: "[\"https://a.gov/cb\"]",
    from: &[],
    waivable: true,
    check: |subject, hits| {
        for (at, uri) in subject.uris.iter().enumerate() {
            let same = |other: &Uri<'_>| other.text == uri.text && list_of(other) == list_of(uri);
            if list_of(uri).is_some() && subject.uris.iter().take(at).any(same) {
                hits.at(&uri.path, "This address is listed twice. Remove one.");
            }
        }
    },
};

pub(super) static PLAIN_HTTP: Rule = Rule {
    id: "uri/plain-http",
    test: Some(Warning),
    live: None,
    sentence: "In the sandbox, http is for the own machine only.",
    why: "What travels in the clear can be read and changed on its way, test data too.",
    fix: "Use https, or an address of your own machine such as http://localhost:3000/.",
    bad: "http://dev.agency.gov/callback",
    good: "https://dev.agency.gov/callback",
    from: &["U1", "S6", "K10"],
    waivable: true,
    check: |subject, hits| {
        each(subject, hits, |uri| {
            match &uri.reading {
            Reading::Web {
                secure: false,
                host,
                ..
            } if !host::is_local(host) => Some(
                "The address uses http and leads to another machine. Use https; it is needed to go live."
                    .to_owned(),
            ),
            _ => None,
        }
        });
    },
};

pub(super) static SANDBOX_HOST: Rule = Rule {
    id: "uri/sandbox-host",
    test: None,
    live: Some(Warning),
    sentence: "No host is that of the sandbox configuration.",
    why: "Where people and tests use one machine, tests see real people's data.",
    fix: "Use a host of its own for each environment.",
    bad: "https://app.agency.gov/callback in both configurations",
    good: "https://app.agency.gov/callback, and https://app-test.agency.gov/callback in the sandbox",
    from: &["U7", "L20"],
    waivable: true,
    check: |subject, hits| {
        each(subject, hits, |uri| match &uri.reading {
            Reading::Web {
                host: Host::Domain(name),
                ..
            } if subject
                .context
                .others
                .sandbox_hosts
                .contains(&name.to_ascii_lowercase()) =>
            {
                Some(format!(
                    "The sandbox configuration uses the host {name} too. Use a host of its own for each."
                ))
            }
            _ => None,
        });
    },
};

pub(super) static MANY_HOSTS: Rule = Rule {
    id: "uri/many-hosts",
    test: Some(Info),
    live: Some(Warning),
    sentence: "All redirect URIs are on one host.",
    why: "Several hosts are several apps, and each can be taken over on its own. The browser may also be refused to go on to a host that is not listed.",
    fix: "Register an app for each, or list every host that people pass and tell the reviewer why.",
    bad: "[\"https://a.agency.gov/cb\", \"https://b.agency.gov/cb\"]",
    good: "[\"https://a.agency.gov/cb\", \"https://a.agency.gov/cb2\"]",
    from: &["U8"],
    waivable: true,
    check: |subject, hits| {
        let mut first: Option<&Host<String>> = None;
        for uri in &subject.uris {
            let Reading::Web { host, .. } = &uri.reading else {
                continue;
            };
            if uri.place != Place::Redirect || host::is_local(host) {
                continue;
            }
            match first {
                None => first = Some(host),
                Some(known) if known != host => {
                    hits.at(
                        &uri.path,
                        format!(
                            "{host} is another host than {known}. One app has one host, as a rule."
                        ),
                    );
                    return;
                }
                Some(_) => {}
            }
        }
    },
};

pub(super) static PUSH_PORT: Rule = Rule {
    id: "push/port",
    test: Some(Warning),
    live: Some(Error),
    sentence: "Security events are sent to https on port 443.",
    why: "Events leave through a list of opened addresses, which are https on port 443 with a certificate that everybody trusts.",
    fix: "Answer on port 443, and leave the port out of the address.",
    bad: "\"push_notification_url\": \"https://app.agency.gov:8443/events\"",
    good: "\"push_notification_url\": \"https://app.agency.gov/events\"",
    from: &["P1", "V29"],
    waivable: true,
    check: |subject, hits| {
        let Some(text) = &subject.document.push_notification_url else {
            return;
        };
        let Ok(url) = Url::parse(text) else { return };
        let local = url
            .host()
            .is_some_and(|host| host::is_local(&host.to_owned()));
        if url.scheme() == "https" && !local && url.port_or_known_default() != Some(443) {
            hits.at(
                "/push_notification_url",
                "The push-notification URL has another port than 443. Leave the port out.",
            );
        }
    },
};

/// The list that an address is in: `/oidc/redirect_uris` of `/oidc/redirect_uris/1`.
fn list_of<'a>(uri: &'a Uri<'_>) -> Option<&'a str> {
    let (list, index) = uri.path.rsplit_once('/')?;
    index.parse::<usize>().is_ok().then_some(list)
}

impl Reading {
    /// Reads an address as strictly as any browser, proxy or library might.
    pub(super) fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self::Faulty("it is empty");
        }
        if text.len() > crate::application::redirects::RedirectUri::MAX_BYTES {
            return Self::Faulty("it has more than 2048 characters");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Self::Faulty("it has spaces or control characters");
        }
        if !text.is_ascii() {
            return Self::Faulty(
                "it has letters outside ASCII (write such a host in its xn-- form)",
            );
        }
        let Some((scheme, rest)) = text.split_once(':') else {
            return Self::Faulty("it has no scheme such as https");
        };
        if !is_scheme(scheme) {
            return Self::Faulty("it has no scheme such as https");
        }
        let scheme = scheme.to_ascii_lowercase();
        match scheme.as_str() {
            "http" | "https" => web(text, rest, scheme == "https"),
            other if DANGEROUS.contains(&other) => Self::Dangerous(scheme),
            _ if rest.is_empty() => Self::Faulty("nothing follows the scheme"),
            _ => Self::Private(scheme),
        }
    }
}

fn web(text: &str, rest: &str, secure: bool) -> Reading {
    // A parser for browsers forgives https:/host and https:host; an exact comparison would not.
    let Some(after) = rest.strip_prefix("//") else {
        return Reading::Faulty("// is missing after the scheme");
    };
    if after.is_empty() || after.starts_with(['/', '?', '#']) {
        return Reading::Faulty("it has no host");
    }
    let Ok(url) = Url::parse(text) else {
        return Reading::Faulty("its host or port cannot be read");
    };
    let Some(host) = url.host() else {
        return Reading::Faulty("it has no host");
    };
    let authority = after.split(['/', '?', '#', '\\']).next().unwrap_or(after);
    let user_info = authority.contains('@');
    if !user_info && authority.contains('%') {
        return Reading::Faulty("its host has escaped characters");
    }
    let host = host.to_owned();
    if let Host::Domain(name) = &host {
        if name.ends_with('.') {
            return Reading::Faulty("its host ends with a dot");
        }
        if name
            .split('.')
            .any(|label| label.is_empty() || label.len() > 63)
            || name.len() > 253
        {
            return Reading::Faulty("its host is not a domain name");
        }
        if !name.contains('*')
            && !name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        {
            return Reading::Faulty("its host has characters that no domain name has");
        }
    }
    Reading::Web {
        secure,
        host,
        user_info,
    }
}

fn each(subject: &Subject<'_>, hits: &mut Hits, mut check: impl FnMut(&Uri<'_>) -> Option<String>) {
    for uri in &subject.uris {
        if let Some(message) = check(uri) {
            hits.at(&uri.path, message);
        }
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// `gov.agency.app` is the name `app.agency.gov`.
fn is_reverse_domain(scheme: &str) -> Option<String> {
    let mut labels: Vec<&str> = scheme.split('.').collect();
    if labels.len() < 2
        || labels
            .iter()
            .any(|label| label.is_empty() || label.contains('+'))
    {
        return None;
    }
    labels.reverse();
    Some(labels.join("."))
}

/// Schemes that no app answers.
const DANGEROUS: [&str; 24] = [
    "javascript",
    "data",
    "vbscript",
    "livescript",
    "mocha",
    "file",
    "blob",
    "filesystem",
    "about",
    "view-source",
    "jar",
    "intent",
    "chrome",
    "resource",
    "mailto",
    "tel",
    "sms",
    "ftp",
    "ftps",
    "sftp",
    "ldap",
    "ldaps",
    "ws",
    "wss",
];
