//! P4: what people will see. The real pages of the sign-in, with what is saved or drafted, as pictures in frames.

use axum::extract::{Path, Query};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use durward_app::citizen::letter::{Message, Written};
use durward_app::client::documents::Logo;
use durward_app::ports::mail::{Mail, MailApp, html};
use serde::Deserialize;

use super::app;
use super::desk::Desk;
use super::entered::Entered;
use super::parts::Tab;
use super::views::{Preview, Shot};
use super::wizard;
use crate::account::mail::written;
use crate::account::views::{AppCard, Consent, Shared, SignIn, SignUpEmail, data_address};
use crate::shared::i18n::{Language, Words};
use crate::shared::page::{self, LanguageLink, Page};
use crate::shared::problem::{ErrorView, Problem, Service};

/// The language of the pictures; the portal keeps its own.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    language: String,
}

impl Asked {
    fn language(&self, desk: &Desk) -> Language {
        Language::parse(&self.language).unwrap_or_else(|| desk.visit.language())
    }
}

/// The pages of a saved configuration.
pub async fn of_app(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let base = format!("/apps/{}/{}", app.summary.handle, app.summary.environment);
    let place = wizard::place(&desk, &Entered::of(&app.document));
    Ok(all(&desk, &asked, base, place))
}

/// The pages of a draft.
pub async fn of_draft(
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let (draft, entered, _) = wizard::open(&desk, &id, "check").await?;
    let place = wizard::place(&desk, &entered);
    Ok(all(&desk, &asked, format!("/drafts/{}", draft.id), place))
}

/// One page of a saved configuration, to stand in a frame.
pub async fn picture_of_app(
    desk: Desk,
    Path((handle, environment, page)): Path<(String, String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    picture(&desk, &Entered::of(&app.document), &page, &asked).await
}

/// One page of a draft, to stand in a frame.
pub async fn picture_of_draft(
    desk: Desk,
    Path((id, page)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let (_, entered, _) = wizard::open(&desk, &id, "check").await?;
    picture(&desk, &entered, &page, &asked).await
}

fn all(desk: &Desk, asked: &Asked, base: String, place: String) -> Response {
    let language = asked.language(desk);
    let back = if base.starts_with("/drafts/") {
        format!("{base}/check")
    } else {
        base.clone()
    };
    page::html(&Preview {
        page: desk.page("/").with_frames(),
        place,
        back,
        languages: languages(language, &format!("{base}/preview")),
        shots: shots(desk.words(), &base, language),
    })
}

fn languages(current: Language, path: &str) -> Vec<Tab> {
    let all = Language::ALL.into_iter();
    all.map(|language| Tab {
        text: language.own_name().to_owned(),
        href: format!("{path}?language={}", language.tag()),
        current: language == current,
    })
    .collect()
}

/// The frames of the page.
pub(super) fn shots(words: Words, base: &str, language: Language) -> Vec<Shot> {
    let all = PAGES.iter();
    all.map(|(name, key)| Shot {
        name,
        title: words.t(key),
        src: format!("{base}/preview/{name}?language={}", language.tag()),
    })
    .collect()
}

/// A page of the sign-in as it is, in which nothing works.
async fn picture(
    desk: &Desk,
    entered: &Entered,
    name: &str,
    asked: &Asked,
) -> Result<Response, Response> {
    let language = asked.language(desk);
    let page = frame(desk, entered, language);
    Ok(match name {
        "sign-in" => frozen(SignIn {
            app: Some(card(entered, "sign_in", language)),
            email: String::new(),
            page,
            passkeys: false,
        }),
        "sign-up" => frozen(SignUpEmail {
            app: Some(card(entered, "sign_up", language)),
            email: String::new(),
            page,
        }),
        "consent" => frozen(consent(page, entered, language)),
        "error" => frozen(error(page, entered)),
        "mail" => mail(desk, entered, &page, language).await,
        _ => return Err(Problem::not_found().as_page().into_response()),
    })
}

/// The mail that confirms an address, for who came from this app. Nothing in it is fetched.
async fn mail(desk: &Desk, entered: &Entered, page: &Page, language: Language) -> Response {
    let code = "482913";
    let environment = desk.keeper.environment(entered.environment());
    let issuer = environment
        .map(|link| link.issuer.as_str())
        .unwrap_or_default();
    let link = format!("{issuer}/sign_up/email/confirm?token=…");
    let message = Message::ConfirmEmail {
        code,
        link: &link,
        minutes: 60,
    };
    let app = MailApp {
        name: name(entered),
        logo: None,
    };
    let Written { subject, text } = written(page.words, &page.title, &message, Some(&app.name));
    let logo = entered.logo().and_then(|logo| {
        let media_type = logo.media_type.as_str().to_owned();
        Some(Logo {
            media_type,
            bytes: logo.bytes()?,
        })
    });
    let drawn = match logo {
        Some(logo) => desk.keeper.pictures.draw(logo).await,
        None => None,
    };
    let address = drawn
        .as_ref()
        .map(|drawn| data_address("image/png", &drawn.png))
        .unwrap_or_default();
    let mail = Mail {
        to: String::new(),
        subject,
        text,
        links: vec![link.clone()],
        codes: vec![code.to_owned()],
        language: language.tag().to_owned(),
        app: None,
    };
    let html = html(
        &mail,
        &app,
        drawn.as_ref().map(|drawn| (drawn, address.as_str())),
    );
    let policy = HeaderValue::from_static(MAIL_POLICY);
    ([(CONTENT_SECURITY_POLICY, policy)], Html(still(&html))).into_response()
}

/// The frame of a page of the environment.
fn frame(desk: &Desk, entered: &Entered, language: Language) -> Page {
    let environment = entered.environment();
    let mut page = Page::of(&desk.visit).as_picture();
    page.words = Words::of(language);
    page.title.clone_from(&desk.keeper.programme.title);
    page.practice = (!environment.class().is_live()).then(|| environment.as_str().to_owned());
    page.languages = Language::ALL
        .map(|other| LanguageLink {
            tag: other.tag(),
            name: other.own_name(),
            href: format!("?language={}", other.tag()),
            current: other == language,
        })
        .into();
    page
}

fn card(entered: &Entered, help: &str, language: Language) -> AppCard {
    let short = language.tag().split('-').next().unwrap_or_default();
    let text = [short, "en"]
        .into_iter()
        .map(|tag| entered.text(&format!("help_{help}_{tag}")))
        .find(|text| !text.is_empty());
    let return_url = entered.text("return_to_app_url");
    AppCard {
        friendly_name: name(entered),
        logo: entered.logo_address(),
        help_text: text.map(str::to_owned),
        return_url: (!return_url.is_empty()).then(|| return_url.to_owned()),
    }
}

fn name(entered: &Entered) -> String {
    let names = ["friendly_name", "app_name"].map(|name| entered.text(name));
    let found = names.into_iter().find(|name| !name.is_empty());
    found.unwrap_or("…").to_owned()
}

fn consent(page: Page, entered: &Entered, language: Language) -> Consent {
    let attributes = entered.lines("attributes").into_iter().map(|id| {
        let example = EXAMPLES.iter().find(|(known, _)| *known == id);
        let value =
            example.map_or_else(|| page.t("preview-value"), |(_, value)| (*value).to_owned());
        Shared::of(&page, id, value)
    });
    Consent {
        attributes: attributes.collect(),
        emails: Vec::new(),
        app: card(entered, "", language),
        offline: false,
        request: String::new(),
        page,
    }
}

fn error(page: Page, entered: &Entered) -> ErrorView {
    let link = entered.text("return_to_app_url");
    ErrorView {
        of_portal: false,
        explained: None,
        code: "oidc/redirect-unknown".to_owned(),
        sentence: page.t("preview-error-sentence"),
        detail: None,
        is_fault: false,
        is_missing: false,
        service: Some(Service {
            name: name(entered),
            link: (!link.is_empty()).then(|| link.to_owned()),
        }),
        page,
    }
}

/// The page with links that lead nowhere; the policy of its answer forbids its forms.
fn frozen(view: impl page::View) -> Response {
    match view.render() {
        Ok(html) => page::html_text(&view, still(&html)),
        Err(fault) => Problem::fault_chain(&fault).into_response(),
    }
}

/// Takes the address from every link, except those to another language of the same picture and within it.
fn still(html: &str) -> String {
    let mut pieces = html.split("<a ");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (tag, rest) = piece.split_once('>').unwrap_or((piece, ""));
        let address = tag
            .split_once("href=\"")
            .and_then(|(_, rest)| rest.split_once('"'));
        let tag = match address {
            Some((to, _)) if !to.starts_with(['?', '#']) => tag.replacen(
                &format!("href=\"{to}\""),
                "role=\"link\" aria-disabled=\"true\"",
                1,
            ),
            _ => tag.to_owned(),
        };
        text.push_str("<a ");
        text.push_str(&tag);
        text.push('>');
        text.push_str(rest);
    }
    text
}

/// The pages that have something of the app, with the keys of their names.
const PAGES: &[(&str, &str)] = &[
    ("sign-in", "preview-sign-in"),
    ("sign-up", "preview-sign-up"),
    ("consent", "preview-consent"),
    ("error", "preview-error"),
    ("mail", "preview-mail"),
];
/// A mail has its own colours; nothing in it is fetched.
const MAIL_POLICY: &str = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// A person who does not exist.
const EXAMPLES: &[(&str, &str)] = &[
    ("email", "ana.reyes@example.com"),
    ("all_emails", "ana.reyes@example.com, ana@example.org"),
    ("first_name", "Ana"),
    ("last_name", "Reyes"),
    ("dob", "1984-03-12"),
    ("ssn", "900-12-3456"),
    ("address1", "12 Harbor Street"),
    ("city", "Columbia"),
    ("zipcode", "20001"),
    ("phone", "+1 202 555 0143"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_nowhere() {
        let html = still(
            "<p><a class=\"x\" href=\"/sign_up\">A</a><a href=\"?language=es\">B</a><a href=\"#main\">C</a>",
        );
        assert!(!html.contains("/sign_up"));
        assert!(html.contains("href=\"?language=es\"") && html.contains("href=\"#main\""));
        assert!(html.contains(">A</a>") && html.starts_with("<p><a class=\"x\" role"));
    }
}
