//! Just enough of a browser to sign in at the portal: links, one jar of cookies, and forms.

use std::collections::BTreeMap;

use durward_keyring::totp::TotpSecret;
use jiff::Timestamp;
use serde_json::Value;
use url::Url;

use crate::http::{self, Answer, Connection};
use crate::scene::text;

/// Signs a member of the demonstration in; the cookies that the portal knows them by.
pub(super) async fn signed_in(portal: u16, member: &Value) -> Result<String, String> {
    let email = text(&member["email"])?;
    let password = text(&member["password"])?;
    let secret = text(&member["totp_secret"])?;
    let secret = TotpSecret::from_base32(&secret).ok_or("an unreadable TOTP secret")?;
    let mut browser = Browser::default();
    let home = format!("http://localhost:{portal}/");
    let mut at = browser.open(&format!("{home}sign-in")).await?;
    for _ in 0..8 {
        if at.url.port() == Some(portal) {
            return Ok(browser.cookies());
        }
        let code = secret.code(Timestamp::now());
        let typed = [
            ("email", email.as_str()),
            ("password", &password),
            ("code", &code),
        ];
        at = browser.submit(&at, &typed).await?;
    }
    Err(format!("{email} could not sign in: stopped at {}", at.url))
}

#[derive(Default)]
struct Browser {
    jar: BTreeMap<String, String>,
}

struct Page {
    url: Url,
    html: String,
}

impl Browser {
    async fn open(&mut self, address: &str) -> Result<Page, String> {
        let url = Url::parse(address).map_err(|error| error.to_string())?;
        self.follow(url, None).await
    }

    /// Sends the form of a page, with the typed values for the fields that it has.
    async fn submit(&mut self, page: &Page, typed: &[(&str, &str)]) -> Result<Page, String> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let mut fields = 0;
        for tag in page.html.split("<input ").skip(1) {
            let tag = tag.split('>').next().unwrap_or_default();
            let name = attribute(tag, "name").unwrap_or_default();
            let value = typed.iter().find(|(field, _)| *field == name);
            if let Some((name, value)) = value {
                form.append_pair(name, value);
                fields += 1;
            } else if attribute(tag, "type").as_deref() == Some("hidden") {
                form.append_pair(&name, &attribute(tag, "value").unwrap_or_default());
                fields += 1;
            }
        }
        if fields == 0 {
            return Err(format!("{} has no form", page.url));
        }
        self.follow(page.url.clone(), Some(form.finish())).await
    }

    async fn follow(&mut self, mut url: Url, mut body: Option<String>) -> Result<Page, String> {
        for _ in 0..12 {
            let port = url.port().ok_or("an address without a port")?;
            let answer = self.ask(&url, port, body.take()).await?;
            match answer.header("location") {
                Some(to) if (300..400).contains(&answer.status) => {
                    url = url.join(to).map_err(|error| error.to_string())?;
                }
                _ if answer.status == 200 => {
                    let html = String::from_utf8_lossy(&answer.body).into_owned();
                    return Ok(Page { url, html });
                }
                _ => return Err(format!("{url} answered {}", answer.status)),
            }
        }
        Err(format!("too many redirects, the last to {url}"))
    }

    async fn ask(&mut self, url: &Url, port: u16, body: Option<String>) -> Result<Answer, String> {
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let (host, cookies) = (format!("localhost:{port}"), self.cookies());
        let headers = [("Cookie", cookies.as_str())];
        let request = match &body {
            None => http::get(&host, &path, &headers),
            Some(body) => http::post(
                &host,
                &path,
                "application/x-www-form-urlencoded",
                &headers,
                body,
            ),
        };
        let answer = Connection::open(port).await?.ask(&request).await?;
        for cookie in answer.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(answer)
    }

    fn cookies(&self) -> String {
        let pairs = self.jar.iter().filter(|(_, value)| !value.is_empty());
        let pairs: Vec<String> = pairs
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&amp;", "&").replace("&#38;", "&"))
}
