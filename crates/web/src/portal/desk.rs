//! Who sits at the portal: the signed-in member with their visit, and the frame of their pages.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use durward_app::actor::{Belongs, Denied, Member};
use durward_app::failure::Failure;
use durward_app::keeper::Keeper;
use durward_app::partner::notices;
use durward_app::record::Trace;
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse;
use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use super::parts;
use super::session::Signed;
use super::views::StepUp;
use crate::portal_router::Portal;
use crate::shared::i18n::Words;
use crate::shared::page::{self, NavLink, Page, Section};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// A signed-in member at the portal. Someone unknown is sent to sign in and comes back.
#[derive(Clone)]
pub struct Desk {
    /// The portal.
    pub keeper: Arc<Keeper>,
    /// Who.
    pub member: Member,
    /// The visit.
    pub visit: Visit,
    /// How many notices the member has not seen.
    pub unread: u64,
}

impl FromRequestParts<Arc<Portal>> for Desk {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        let signed =
            <Signed as FromRequestParts<Arc<Portal>>>::from_request_parts(parts, portal).await?;
        Self::of(portal, signed).await
    }
}

impl OptionalFromRequestParts<Arc<Portal>> for Desk {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Arc<Portal>,
    ) -> Result<Option<Self>, Response> {
        let found =
            <Signed as OptionalFromRequestParts<Arc<Portal>>>::from_request_parts(parts, portal);
        match found.await.map_err(IntoResponse::into_response)? {
            Some(signed) => Self::of(portal, signed).await.map(Some),
            None => Ok(None),
        }
    }
}

impl Desk {
    async fn of(portal: &Portal, signed: Signed) -> Result<Self, Response> {
        let unread = notices::unread(&portal.keeper, &signed.session.member)
            .await
            .map_err(|fault| Problem::from(fault).as_page().into_response())?;
        Ok(Self {
            keeper: Arc::clone(&portal.keeper),
            unread,
            member: signed.session.member,
            visit: signed.visit,
        })
    }

    /// The frame of a page; `here` is the path that the navigation marks.
    pub fn page(&self, here: &str) -> Page {
        let mut page = frame(&self.keeper, &self.visit, Some(&self.member), here);
        if self.unread > 0 {
            let links = page.sections.iter_mut().flat_map(|part| &mut part.links);
            for link in links.filter(|link| link.href == "/notices") {
                link.text = self.words().t_count("nav-notices-new", self.unread);
            }
        }
        page
    }

    /// The words of the member's language.
    pub fn words(&self) -> Words {
        self.visit.words()
    }

    /// What connects everything that this request does.
    pub fn trace(&self) -> Trace {
        self.visit.trace()
    }

    /// Whether the member's roles allow this, a second factor aside.
    pub fn may(&self, action: Action, team: &str) -> bool {
        self.member.reaches(action, Belongs::ToTeam(team))
    }

    /// The same for what belongs to the programme.
    pub fn may_for_programme(&self, action: Action) -> bool {
        self.member.reaches(action, Belongs::ToProgramme)
    }

    /// An instant as pages print it.
    pub fn moment(&self, time: Timestamp) -> String {
        parts::moment(self.keeper.programme.time_zone(), time)
    }

    /// A day as the member says it.
    pub fn day(&self, date: Date) -> String {
        parts::day(self.words(), date)
    }

    /// The answer to a failure: a missing second factor leads to one and comes back to `back`, anything else is a page.
    pub fn failed<R: Refuse>(&self, failure: Failure<R>, back: &str) -> Response {
        match failure {
            Failure::Refused(refusal) => self.refused(&refusal, back),
            Failure::Fault(fault) => Problem::from(fault).as_page().into_response(),
        }
    }

    /// The answer to a member whose roles do not reach this.
    pub fn not_allowed(&self, action: Action) -> Response {
        let denied = Denied::Role {
            what: action.sentence(),
        };
        Problem::refused(&denied).as_page().into_response()
    }

    /// The answer to a refusal.
    pub fn refused(&self, refusal: &impl Refuse, back: &str) -> Response {
        if STRONGER.contains(&refusal.code()) {
            let page = self.page(back);
            return page::html_with(
                axum::http::StatusCode::FORBIDDEN,
                &StepUp {
                    page,
                    return_to: back.to_owned(),
                },
            );
        }
        Problem::refused(refusal).as_page().into_response()
    }
}

/// The frame of a page of the portal.
pub fn frame(keeper: &Keeper, visit: &Visit, member: Option<&Member>, here: &str) -> Page {
    let words = visit.words();
    let mut page = Page::of(visit);
    page.sign_out = "/sign-out";
    match member {
        Some(member) => page = page.signed_in(member.name.clone()),
        None => page.sign_in = Some(SIGN_IN),
    }
    // Signing out and stepping up end at the provider.
    let provider = Url::parse(&keeper.sign_in.issuer).ok();
    page.with_form_origins(provider.map(|url| url.origin().ascii_serialization()))
        .with_sections(sections(words, member, keeper.demo, here))
}

/// The side navigation; one for partners, more for staff.
pub fn sections(words: Words, member: Option<&Member>, demo: bool, here: &str) -> Vec<Section> {
    let link = |key: &str, href: &str| NavLink {
        text: words.t(key),
        href: href.to_owned(),
        current: here == href,
    };
    let mut sections = Vec::new();
    if let Some(member) = member {
        let mut links = vec![link("nav-home", "/"), link("nav-notices", "/notices")];
        if !member.teams().is_empty() {
            links.push(link("nav-new-app", "/apps/new"));
        }
        links.push(link("nav-team", "/team"));
        let approves = member.reaches(Action::ApproveDomain, Belongs::ToProgramme);
        if approves || !member.teams().is_empty() {
            links.push(link("domains-title", "/domains"));
        }
        links.push(link("nav-requests", "/requests"));
        links.push(link("nav-paste", "/tools/request"));
        if member.reaches_somewhere(Action::ViewTicket) {
            links.push(link("nav-support", "/support"));
        }
        if member.reaches_somewhere(Action::ViewPartnership) {
            links.push(link("estimates-title", "/estimates"));
        }
        if member.reaches_somewhere(Action::ViewAgreement) {
            links.push(link("nav-agreements", "/agreements"));
        }
        if member.reaches_somewhere(Action::ViewUsage) {
            links.push(link("nav-usage", "/usage"));
        }
        links.push(link("nav-calendar", "/calendar"));
        links.push(link("nav-tokens", "/tokens"));
        if !member.teams().is_empty() {
            links.push(link("nav-webhooks", "/webhooks"));
        }
        sections.push(Section {
            heading: String::new(),
            links,
        });
        if member.is_staff() {
            let mut links = vec![
                link("nav-today", "/today"),
                link("nav-reviews", "/reviews"),
                link("nav-keys-ending", "/keys/ending"),
                link("nav-releases", "/releases"),
                link("nav-environments", "/environments"),
                link("nav-findings", "/findings"),
                link("nav-partners", "/partners"),
                link("nav-partnerships", "/partnerships"),
                link("nav-staff-roles", "/staff"),
            ];
            if member.reaches(Action::EditSite, Belongs::ToProgramme) {
                links.push(link("nav-site", "/site"));
            }
            if member.reaches(Action::FindPerson, Belongs::ToProgramme) {
                links.push(link("nav-people", "/people"));
            }
            if member.reaches(Action::ViewAudit, Belongs::ToProgramme) {
                links.push(link("nav-audit", "/audit"));
            }
            sections.push(Section {
                heading: words.t("nav-staff"),
                links,
            });
        }
    }
    sections.push(Section {
        heading: String::new(),
        links: vec![
            link("nav-partnership", "/partnership"),
            link("nav-help", "/help"),
        ],
    });
    sections.extend(demonstration(words, demo));
    sections
}

/// The part of the navigation that only a demonstration has.
pub(crate) fn demonstration(words: Words, demo: bool) -> Option<Section> {
    let links = [("nav-demo", "/demo"), ("nav-demo-inbox", "/demo/inbox")];
    demo.then(|| Section {
        heading: words.t("nav-demo-heading"),
        links: links
            .map(|(key, href)| NavLink {
                text: words.t(key),
                href: href.to_owned(),
                current: false,
            })
            .into(),
    })
}

/// Reads an environment in an address.
#[expect(
    clippy::result_large_err,
    reason = "the refusal is the handler's own answer"
)]
pub fn environment(text: &str) -> Result<EnvironmentName, Response> {
    EnvironmentName::parse(text)
        .map_err(|unknown| Problem::refused(&unknown).as_page().into_response())
}

/// Where somebody unknown signs in.
pub(crate) const SIGN_IN: &str = "/sign-in";
/// The codes of the refusals that a second factor repairs.
const STRONGER: [&str; 2] = ["permission/step-up", "permission/level"];
