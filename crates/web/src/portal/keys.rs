//! P5: the keys of an app, added and removed one at a time; and, for staff, those that end soon.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::jobs::keeper_keys;
use durward_app::partner::apps::AppView;
use durward_app::partner::keys::{self, KeyDenied, KeyView, Safety};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;
use durward_keyring::jose::{KeyFacts, KeyKind};
use serde::Deserialize;

use super::app;
use super::desk::{self, Desk};
use super::overview::{self, KeyBar};
use super::parts::Mark;
use super::secrets;
use super::views::{AppKeys, KeyCard};
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, NoticeKind, Page, view};
use crate::shared::picture::Picture;
use crate::shared::problem::Problem;
use crate::shared::route::{Needs, Route};

/// The pages of keys, beside the tab of an app.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    takes("/apps/{handle}/{environment}/keys", UPLOAD, SAVES, || {
        post(change)
    })
    .needs(Needs::ByEnvironment {
        sandbox: Action::EditSandboxApp,
        live: Action::EditProductionConfiguration,
    }),
    shows("/keys/ending", || get(ending)).may(Action::ViewConsole),
];

const UPLOAD: usize = 256 * 1024;
const SAVES: &[Event] = &[
    Event::AppRevisionSaved,
    Event::AppKeyAdded,
    Event::AppKeyRemoved,
    Event::ReleaseBuilt,
    Event::ReleaseDeployed,
];

view! {
    /// Staff: certificates of live apps that end soon.
    KeysEnding in "console/keys_ending.html" {
        /// When they end.
        picture: Option<Picture>,
        /// The next to end first.
        lines: Vec<EndingLine>,
        /// Where the next page is.
        next: Option<String>,
    }
}

/// Where a page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct From {
    after: String,
}

/// One certificate that ends soon.
pub struct EndingLine {
    /// The app's name.
    pub name: String,
    /// Its keys.
    pub href: String,
    /// Environment and team.
    pub place: String,
    /// When it ends.
    pub ends: String,
    /// How soon.
    pub mark: Mark,
    /// SHA-256 of the certificate.
    pub fingerprint: String,
}

/// What a change tells its page.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    saved: Option<String>,
}

/// The keys.
pub async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let mut page = desk.page("/");
    if after.saved.is_some() {
        page = page.with_notice(NoticeKind::Success, desk.words().t("keys-saved"));
    }
    render(&desk, page, app, None).await
}

async fn change(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let name = desk::environment(&environment)?;
    let here = format!("/apps/{handle}/{environment}/keys");
    let (at, trace) = ((handle.as_str(), name), desk.trace());
    let (outcome, field) = if posted.has("remove") {
        let which = (posted.text("remove"), posted.has("confirm"));
        let done = keys::remove(&desk.keeper, &desk.member, at, which, &trace).await;
        (done, "key")
    } else if posted.has("save_address") {
        let address = posted.text("jwks_uri");
        let done = keys::publish(&desk.keeper, &desk.member, at, address, &trace).await;
        (done, "jwks_uri")
    } else {
        let given = match posted.file("key_file") {
            Some(file) => file.bytes.clone(),
            None => posted.text("key").as_bytes().to_vec(),
        };
        let done = keys::add(&desk.keeper, &desk.member, at, &given, &trace).await;
        (done, "key")
    };
    match outcome {
        Ok(_) => Ok(Redirect::to(&format!("{here}?saved=1")).into_response()),
        Err(Failure::Refused(refusal)) if is_told_here(&refusal) => {
            let sentence = match &refusal {
                KeyDenied::App(refusal) => sentence(refusal),
                other => desk.words().refusal(other),
            };
            let page = desk.page("/").with_error(field, sentence);
            let app = app::find(&desk, &handle, &environment).await?;
            render(&desk, page, app, None).await
        }
        Err(failure) => Err(desk.failed(failure, &here)),
    }
}

/// What the member can put right on the page; what the validator says is told there too.
fn is_told_here(refusal: &KeyDenied) -> bool {
    match refusal {
        KeyDenied::App(refusal) => !refusal.findings().is_empty(),
        KeyDenied::NotFound => false,
        _ => refusal.code().starts_with("key/"),
    }
}

fn sentence(refusal: &durward_app::partner::apps::AppRefusal) -> String {
    refusal
        .findings()
        .iter()
        .map(|finding| finding.message.clone())
        .collect::<Vec<_>>()
        .join(" ")
}

async fn ending(desk: Desk, Query(from): Query<From>) -> Result<Response, Response> {
    let (found, next) = keeper_keys::page(&desk.keeper, &from.after, IN_PAGE)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let words = desk.words();
    let bars: Vec<KeyBar> = found
        .iter()
        .take(IN_PICTURE)
        .map(|one| KeyBar {
            label: format!("{} · {}", one.app_name, one.environment),
            href: format!("/apps/{}/{}/keys", one.handle, one.environment),
            from: None,
            to: desk.keeper.calendar.date_of(one.ends),
        })
        .collect();
    // Certificates end by real time.
    let today = desk.keeper.calendar.date_of(desk.keeper.clock.real_now());
    let lines = found.into_iter().map(|one| EndingLine {
        name: one.app_name,
        href: format!("/apps/{}/{}/keys", one.handle, one.environment),
        place: format!("{} · {}", one.environment, one.team),
        ends: desk.moment(one.ends),
        mark: match u64::try_from(one.days) {
            Ok(days) if days > 0 => Mark::new(
                if days <= 14 { "stop" } else { "wait" },
                words.t_count("key-expires-in", days),
            ),
            _ => Mark::new("stop", words.t("key-ended")),
        },
        fingerprint: one.fingerprint,
    });
    Ok(page::html(&KeysEnding {
        page: desk.page("/keys/ending"),
        picture: overview::keys(words, today, &bars),
        lines: lines.collect(),
        next: next.map(|next| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            format!(
                "/keys/ending?{}",
                query.append_pair("after", &next).finish()
            )
        }),
    }))
}

/// The page; `made` is a secret that is shown this once.
pub(super) async fn render(
    desk: &Desk,
    page: Page,
    app: AppView,
    made: Option<String>,
) -> Result<Response, Response> {
    let secrets = secrets::shown(desk, &app, &page, made).await?;
    let found = keys::list(&desk.keeper, &app)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let waits = app
        .live
        .as_ref()
        .is_some_and(|live| live.keys != app.document.keys);
    let head = app::head(desk, &app, "keys").await?;
    let live_class = app.summary.environment != EnvironmentName::Sandbox;
    Ok(page::html(&AppKeys {
        page,
        secrets,
        jwks_uri: app
            .document
            .oidc
            .as_ref()
            .and_then(|oidc| oidc.jwks_uri.clone()),
        keys: found.iter().map(|key| card(desk, key)).collect(),
        may_edit: app::may_edit(desk, &app),
        request: (live_class && waits).then(|| format!("{}/launch", head.base)),
        head,
    }))
}

fn card(desk: &Desk, key: &KeyView) -> KeyCard {
    let words = desk.words();
    let mut mark = Mark::new("good", words.t("key-good"));
    let mut shown = vec![(words.t("key-sha256"), key.sha256.clone())];
    let kind = match &key.facts {
        Err(why) => {
            mark = Mark::new("stop", words.t("severity-error"));
            shown.push((words.t("key-why"), why.clone()));
            words.t("key-unreadable")
        }
        Ok(facts) => {
            if let Some(certificate) = &facts.certificate {
                let now = desk.keeper.clock.real_now();
                let days = certificate.not_after.duration_since(now).as_hours() / 24;
                if certificate.not_after < now {
                    mark = Mark::new("stop", words.t("key-expired"));
                } else if days < EXPIRES_SOON_DAYS {
                    let days = u64::try_from(days).unwrap_or_default();
                    mark = Mark::new("wait", words.t_count("key-expires-in", days));
                }
                shown.push((
                    words.t("key-not-before"),
                    desk.moment(certificate.not_before),
                ));
                shown.push((words.t("key-not-after"), desk.moment(certificate.not_after)));
                shown.push((words.t("key-subject"), certificate.subject.clone()));
                shown.push((words.t("key-serial"), certificate.serial_hex.clone()));
            }
            kind(facts, &words.t("key-bits"))
        }
    };
    shown.extend(usage(desk, key));
    KeyCard {
        kind,
        fingerprint: key.thumbprint.clone(),
        sha256: key.sha256.clone(),
        mark,
        safety: safety(desk, key.safety),
        asks: key.usage.uses > 0 && key.safety != Safety::Safe,
        facts: shown,
    }
}

fn usage(desk: &Desk, key: &KeyView) -> [(String, String); 2] {
    let words = desk.words();
    let share = key.usage.percent.map_or_else(
        || words.t("key-use-unknown"),
        |percent| {
            let (percent, uses) = (percent.to_string(), key.usage.uses.to_string());
            words.t2("key-use-percent", "percent", &percent, "uses", &uses)
        },
    );
    let last = match (key.usage.last, key.usage.percent) {
        (Some(time), _) => desk.moment(time),
        (None, Some(_)) => words.t("key-never"),
        (None, None) => words.t("key-use-unknown"),
    };
    [
        (words.t("key-use"), share),
        (words.t("key-last-used"), last),
    ]
}

fn safety(desk: &Desk, safety: Safety) -> Mark {
    let words = desk.words();
    match safety {
        Safety::Unknown => Mark::new("", words.t("key-unknown")),
        Safety::OnlyOne => Mark::new("", words.t("key-only")),
        Safety::Safe => Mark::new("good", words.t("key-safe")),
        Safety::InUse => Mark::new("wait", words.t("key-in-use")),
        Safety::Waits => Mark::new("wait", words.t("key-waits")),
    }
}

fn kind(facts: &KeyFacts, bits: &str) -> String {
    let name = match facts.kind {
        KeyKind::Rsa => "RSA",
        KeyKind::Ec(_) => "EC",
        KeyKind::Ed25519 => "Ed25519",
    };
    format!("{name}, {} {bits}", facts.bits)
}

const EXPIRES_SOON_DAYS: i64 = 60;

/// Certificates that the picture shows; the list has them all.
const IN_PICTURE: usize = 20;
const IN_PAGE: usize = 50;

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The staff's page with and without keys.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || samples::page(language, "/keys/ending");
        let line = EndingLine {
            name: "Fishing Licence".to_owned(),
            href: "/apps/fishing-licence/production/keys".to_owned(),
            place: "production · fisheries-digital".to_owned(),
            ends: "2026-11-20 12:00 EST".to_owned(),
            mark: Mark::new("stop", page().words.t_count("key-expires-in", 10)),
            fingerprint: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
                .to_owned(),
        };
        let full = KeysEnding {
            picture: overview::samples::more_pictures(page().words)[0].take(),
            lines: vec![line],
            next: Some("/keys/ending?after=1.example".to_owned()),
            page: page(),
        };
        let empty = KeysEnding {
            picture: None,
            lines: Vec::new(),
            next: None,
            page: page(),
        };
        [full.render(), empty.render()]
            .into_iter()
            .map(Result::unwrap_or_default)
            .collect()
    }
}
