//! Just enough of a browser for members of the demonstration to sign in at the portal.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use durward_keyring::totp::TotpSecret;
use jiff::Timestamp;
use reqwest::header;
use serde_json::Value;
use url::Url;

use crate::support::http;

/// Who signs in.
pub(crate) struct Member {
    pub(crate) email: String,
    password: String,
    totp: TotpSecret,
}

impl Member {
    /// The staff and the partners that a demonstration tells of.
    pub(crate) fn all(told: &Value) -> Vec<Self> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let lists = ["staff", "partners"].map(|list| told[list].as_array());
        let everybody = lists.into_iter().flatten().flatten();
        everybody
            .filter_map(|one| {
                Some(Self {
                    email: text(&one["email"]),
                    password: text(&one["password"]),
                    totp: TotpSecret::from_base32(one["totp_secret"].as_str()?)?,
                })
            })
            .collect()
    }
}

/// One jar of cookies, and how long each request took.
pub(crate) struct Browser {
    http: reqwest::Client,
    jar: BTreeMap<String, String>,
    took: Vec<Duration>,
    seen: Vec<String>,
}

/// Where a browser is.
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self {
            http: http(),
            jar: BTreeMap::new(),
            took: Vec::new(),
            seen: Vec::new(),
        }
    }

    /// Signs in at the portal, whether or not it knew this browser; how long each request took. What is not answered as
    /// it should be is the error.
    pub(crate) async fn sign_in(
        &mut self,
        portal: &str,
        member: &Member,
    ) -> Result<Vec<Duration>, String> {
        self.jar.remove(PORTAL_COOKIE);
        let home = Url::parse(portal).map_err(|error| error.to_string())?;
        let begin = home.join("sign-in").map_err(|error| error.to_string())?;
        let mut at = self.follow(begin, None).await?;
        for _ in 0..8 {
            if at.url.port() == home.port() {
                return if self.jar.contains_key(PORTAL_COOKIE) {
                    Ok(std::mem::take(&mut self.took))
                } else {
                    Err(format!("{} gave no session", at.url))
                };
            }
            let code = member.totp.code(Timestamp::now());
            let typed = [
                ("email", member.email.as_str()),
                ("password", &member.password),
                ("code", &code),
            ];
            let form = filled(&at.html, &typed);
            at = self.follow(at.url, Some(form)).await?;
        }
        Err(format!("the sign-in stopped at {}", at.url))
    }

    async fn follow(&mut self, mut url: Url, mut form: Option<String>) -> Result<Page, String> {
        for _ in 0..12 {
            let answer = self.ask(&url, form.take()).await?;
            let status = answer.status();
            if status.is_redirection() && self.jar.contains_key(PORTAL_COOKIE) {
                // The session is there; which page comes next is another matter.
                return Ok(Page {
                    url,
                    html: String::new(),
                });
            }
            let to = answer.headers().get(header::LOCATION);
            let to = to.and_then(|to| to.to_str().ok()).map(str::to_owned);
            let html = answer.text().await.map_err(|error| error.to_string())?;
            match to {
                Some(to) if status.is_redirection() => {
                    url = url.join(&to).map_err(|error| error.to_string())?;
                }
                _ if status == 200 => {
                    return Ok(Page { url, html });
                }
                _ => return Err(format!("{url} answered {status}: {html}")),
            }
        }
        Err(format!("too many redirects, the last to {url}"))
    }

    /// Goes to an address, or sends a form there, and on through every redirect within this machine's servers; the
    /// page where that ends, or the address of `end`, which is not asked.
    pub(crate) async fn go(&mut self, to: &str, form: Option<String>, end: &str) -> Page {
        let (mut url, mut form) = (Url::parse(to).unwrap(), form);
        for _ in 0..12 {
            if url.as_str().starts_with(end) {
                let html = String::new();
                return Page { url, html };
            }
            let answer = self.ask(&url, form.take()).await.unwrap();
            let status = answer.status();
            let to = answer.headers().get(header::LOCATION);
            let to = to.map(|to| to.to_str().unwrap().to_owned());
            let html = answer.text().await.unwrap();
            match to.filter(|_| status.is_redirection()) {
                Some(to) => url = url.join(&to).unwrap(),
                None => {
                    return Page { url, html };
                }
            }
        }
        panic!("too many redirects, the last to {url}");
    }

    /// Every address that was asked for.
    pub(crate) fn seen(&self) -> &[String] {
        &self.seen
    }

    /// The values of all cookies.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = &String> {
        self.jar.values().filter(|value| !value.is_empty())
    }

    async fn ask(&mut self, url: &Url, form: Option<String>) -> Result<reqwest::Response, String> {
        self.seen.push(url.to_string());
        let pairs = self.jar.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = match form {
            None => self.http.get(url.clone()),
            Some(form) => self
                .http
                .post(url.clone())
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form),
        };
        let begun = Instant::now();
        let answer = request.header(header::COOKIE, pairs.join("; ")).send();
        let answer = answer.await.map_err(|error| format!("{url}: {error:?}"))?;
        self.took.push(begun.elapsed());
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next();
            if let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }
}

/// The form of a page, with the typed values for the fields that it has.
pub(crate) fn filled(html: &str, typed: &[(&str, &str)]) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    let mut done = BTreeSet::new();
    for tag in html.split("<input ").skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = attribute(tag, "name");
        if let Some((name, value)) = typed.iter().find(|(field, _)| *field == name) {
            // Of several with one name, one is sent.
            if done.insert(*name) {
                form.append_pair(name, value);
            }
        } else if attribute(tag, "type") == "hidden" {
            form.append_pair(&name, &attribute(tag, "value"));
        }
    }
    form.finish()
}

fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split_once(&format!("{name}=\""));
    let value = value.and_then(|(_, rest)| rest.split_once('"'));
    let value = value.map(|(value, _)| value).unwrap_or_default();
    value.replace("&amp;", "&").replace("&#38;", "&")
}

const PORTAL_COOKIE: &str = "durward_portal";
