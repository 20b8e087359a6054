//! How notices reach a member: their choices on a page, and less mail from a mail itself.

use std::sync::Arc;

use axum::extract::{FromRequest as _, Query, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::partner::notices::{self, Choice, ChoiceRefusal, Delivery, NoticeKind, Stop};
use durward_domain::event::Event;
use serde::Deserialize;

use super::desk::{self, Desk};
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::{Fields, Posted};
use crate::shared::i18n::Words;
use crate::shared::limits::ClientAddress;
use crate::shared::page::{self, NoticeKind as News, view};
use crate::shared::problem::Problem;
use crate::shared::route::{Caller, FORM, Forgery, Route};
use crate::shared::visit::Visit;

/// The pages of choices.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/notices/choices", || get(show)),
    takes(
        "/notices/choices",
        FORM,
        &[Event::MemberNoticesChosen],
        || post(save),
    ),
    Route {
        caller: Caller::Anyone,
        ..shows("/notices/less", || get(less))
    },
    Route {
        caller: Caller::Anyone,
        // The link is the proof; mail programs post without a cookie (RFC 8058).
        forgery: Forgery::NoCookie,
        ..takes("/notices/less", FORM, &[Event::MemberNoticesChosen], || {
            post(do_less)
        })
    },
];

view! {
    /// Each kind of notice with how it comes.
    Choices in "portal/notice_choices.html" {
        /// When the mail of a day goes out.
        daily: String,
        /// The areas.
        topics: Vec<Topic>,
    }
}

view! {
    /// What the link of a mail leads to.
    Less in "portal/notice_less.html" {
        /// The kind's name; nothing for the mail of a day.
        kind: Option<String>,
        /// Whether it keeps safe.
        secures: bool,
        /// Whether it is done; then there is nothing to press.
        done: bool,
        /// Where the form goes.
        action: String,
    }
}

/// An area of notices.
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its kinds.
    pub kinds: Vec<KindLine>,
}

/// A kind with its ways.
pub struct KindLine {
    /// The name of its control.
    pub field: String,
    /// Its name.
    pub name: String,
    /// Whether it keeps safe.
    pub secures: bool,
    /// Word, name and whether it is chosen.
    pub ways: Vec<(&'static str, String, bool)>,
}

/// The page's own address.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    saved: String,
}

async fn show(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Response> {
    let chosen = notices::choices(&desk.keeper, &desk.member)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let words = desk.words();
    let mut page = desk.page("/notices");
    if !asked.saved.is_empty() {
        page = page.with_notice(News::Success, words.t("choices-saved"));
    }
    let programme = &desk.keeper.programme;
    let time = programme.notices.digest_at.strftime("%H:%M").to_string();
    let zone = programme.time_zone().iana_name().unwrap_or("UTC");
    Ok(page::html(&Choices {
        page,
        daily: words.t2("choices-daily", "time", &time, "zone", zone),
        topics: topics(words, &chosen),
    }))
}

async fn save(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let wanted: Vec<(String, String)> = posted
        .fields()
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix(FIELD)?, value)))
        .map(|(kind, delivery)| (kind.to_owned(), delivery.to_owned()))
        .collect();
    notices::choose(&desk.keeper, &desk.member, &wanted, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, "/notices/choices"))?;
    Ok(Redirect::to("/notices/choices?saved=1").into_response())
}

pub(super) fn topics(words: Words, chosen: &[Choice]) -> Vec<Topic> {
    TOPICS
        .iter()
        .map(|topic| Topic {
            name: words.t(&format!("topic-{topic}")),
            kinds: chosen
                .iter()
                .filter(|one| one.kind.topic() == *topic)
                .map(|one| line(words, one))
                .collect(),
        })
        .filter(|topic| !topic.kinds.is_empty())
        .collect()
}

fn line(words: Words, one: &Choice) -> KindLine {
    KindLine {
        field: format!("{FIELD}{}", one.kind.id),
        name: name_of(words, one.kind),
        secures: one.kind.secures,
        ways: one
            .kind
            .ways()
            .iter()
            .map(|way| {
                let name = words.t(&format!("delivery-{}", way.as_str()));
                (way.as_str(), name, *way == one.delivery)
            })
            .collect(),
    }
}

/// The name of a kind; the subject of its mail, without what differs, where the catalogue has none.
pub fn name_of(words: Words, kind: &NoticeKind) -> String {
    let subject = || {
        let gaps: Vec<(&str, &str)> = kind.values.iter().map(|name| (*name, "…")).collect();
        words.t_args(&format!("notice-{}-subject", kind.id), &gaps)
    };
    words
        .find(&format!("notice-kind-{}", kind.id))
        .unwrap_or_else(subject)
}

/// The link's own part.
#[derive(Debug, Default, Deserialize)]
pub struct Link {
    #[serde(default)]
    t: String,
}

/// Shows what the link can do; opening it changes nothing.
async fn less(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(link): Query<Link>,
) -> Result<Response, Problem> {
    let stop = notices::stop_of(&portal.keeper, &link.t)
        .map_err(|refusal| Problem::refused(&refusal).as_page())?;
    Ok(page::html(&less_page(
        &portal,
        &visit,
        (&stop, &link),
        None,
    )))
}

/// Does it: from the page's buttons, or from the button of a mail program.
async fn do_less(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    Query(link): Query<Link>,
    request: Request,
) -> Result<Response, Problem> {
    let address = ClientAddress::of(request.extensions());
    let site = visit.site();
    site.budget
        .spend(address, site.now())
        .map_err(|refusal| Problem::refused(&refusal).as_page())?;
    let daily = match Fields::from_request(request, &()).await {
        Ok(fields) => fields.has("daily"),
        // A mail program may send its form in parts; there is nothing in it that we ask for.
        Err(_) => false,
    };
    let keeper = &portal.keeper;
    let told = |refusal: ChoiceRefusal| Problem::refused(&refusal).as_page();
    let found = notices::stop_of(keeper, &link.t).map_err(told)?;
    let wanted = if daily && found.can_be_daily() {
        Delivery::Digest
    } else {
        found.least()
    };
    let stop = notices::stop(keeper, &link.t, wanted, &visit.trace())
        .await
        .map_err(|failure| Problem::from(failure).as_page())?;
    let done = match (stop.kind, wanted) {
        (None, _) => "less-done-end",
        (Some(_), Delivery::Digest) => "less-done-daily",
        _ => "less-done-off",
    };
    Ok(page::html(&less_page(
        &portal,
        &visit,
        (&stop, &link),
        Some(done),
    )))
}

fn less_page(
    portal: &Portal,
    visit: &Visit,
    (stop, link): (&Stop, &Link),
    done: Option<&str>,
) -> Less {
    let words = visit.words();
    let mut page = desk::frame(&portal.keeper, visit, None, "");
    if let Some(done) = done {
        page = page.with_notice(News::Success, words.t(done));
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    Less {
        page,
        kind: stop.kind.map(|kind| name_of(words, kind)),
        secures: stop.kind.is_some_and(|kind| kind.secures),
        done: done.is_some(),
        action: format!("/notices/less?{}", query.append_pair("t", &link.t).finish()),
    }
}

/// How the names of the controls begin.
const FIELD: &str = "deliver_";
/// The areas, in the order of the page.
const TOPICS: [&str; 6] = [
    "requests",
    "agreements",
    "apps",
    "team",
    "support",
    "releases",
];

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The page of choices, and what links lead to.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let words = Words::of(language);
        let all: Vec<Choice> = NoticeKind::ALL
            .iter()
            .map(|kind| Choice {
                kind,
                delivery: kind.usual,
            })
            .collect();
        let less = |kind: Option<&str>, secures, done| Less {
            page: samples::page(language, ""),
            kind: kind.map(str::to_owned),
            secures,
            done,
            action: "/notices/less?t=k1%3Aabc".to_owned(),
        };
        [
            Choices {
                page: samples::page(language, "/notices"),
                daily: words.t2("choices-daily", "time", "07:00", "zone", "America/New_York"),
                topics: topics(words, &all),
            }
            .render(),
            less(Some("A key was added"), true, false).render(),
            less(Some("A request is live"), false, false).render(),
            less(None, false, false).render(),
            less(None, false, true).render(),
        ]
        .into_iter()
        .map(Result::unwrap_or_default)
        .collect()
    }

    #[test]
    fn every_kind_is_on_the_page_once_and_has_a_name() {
        let all: Vec<Choice> = NoticeKind::ALL
            .iter()
            .map(|kind| Choice {
                kind,
                delivery: kind.usual,
            })
            .collect();
        for language in Language::ALL {
            let words = Words::of(language);
            let found = topics(words, &all);
            let kinds: usize = found.iter().map(|topic| topic.kinds.len()).sum();
            assert_eq!(kinds, NoticeKind::ALL.len());
            for kind in NoticeKind::ALL {
                let name = name_of(words, kind);
                assert!(name.len() > 3, "{} in {}", kind.id, language.tag());
            }
        }
    }
}
