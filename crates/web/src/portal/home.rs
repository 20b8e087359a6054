//! P1: what needs me, and my apps.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::partner::apps::AppSummary;
use durward_app::partner::{apps, drafts, launches, members, today};
use durward_domain::permission::Action;
use serde::Deserialize;

use super::desk::Desk;
use super::entered::Entered;
use super::overview::{self, NeedLine};
use super::parts::{self, LaunchLine, Mark, Place};
use super::teams;
use super::views::{AppLine, DraftLine, Home};
use crate::partnership::pipeline;
use crate::shared::page::{self, NoticeKind};
use crate::shared::problem::Problem;

/// Which part of a long list.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
    /// What the name, the short name or the issuer holds.
    #[serde(default)]
    q: String,
    /// What just happened to a draft: `kept` or `gone`.
    #[serde(default)]
    draft: String,
}

/// `/`: P1, and for somebody unknown the way into the public pages.
pub async fn front(desk: Option<Desk>, asked: Query<After>) -> Result<Response, Problem> {
    match desk {
        Some(desk) => home(desk, asked).await,
        None => Ok(Redirect::to("/partnership").into_response()),
    }
}

async fn home(desk: Desk, Query(asked): Query<After>) -> Result<Response, Problem> {
    let (keeper, member, words) = (&desk.keeper, &desk.member, desk.words());
    let listing = apps::Listing {
        after: &asked.after,
        words: asked.q.trim(),
        limit: PAGE,
    };
    let found = apps::list(keeper, member, listing).await?;
    let requests = launches::list(keeper, member, None).await?;
    let may_create = member
        .teams()
        .iter()
        .any(|team| desk.may(Action::CreateSandboxApp, team));
    let known = members::teams(keeper, member).await?;
    let own: Vec<String> = known
        .into_iter()
        .filter(|(handle, _)| member.teams().contains(&handle.as_str()))
        .map(|(_, name)| name)
        .collect();
    let drafts = drafts::drafts(keeper, member).await?;
    let today = today::today(keeper, member).await?;
    let next = today.next.as_ref();
    Ok(page::html(&Home {
        page: match asked.draft.as_str() {
            "kept" => desk
                .page("/")
                .with_notice(NoticeKind::Success, words.t("draft-kept")),
            "gone" => desk
                .page("/")
                .with_notice(NoticeKind::Success, words.t("draft-gone")),
            _ => desk.page("/"),
        },
        newcomer: member.roles.is_empty(),
        may_team: member.reaches_somewhere(Action::CreateTeam),
        invitations: teams::invited(&desk).await?,
        partnerships: pipeline::own(&desk, None).await?,
        teams: own.join(", "),
        may_create,
        needs: NeedLine::all(&desk, &today.needs),
        window_words: next.map(|next| desk.day(next.date)).unwrap_or_default(),
        ships: next.and_then(|next| overview::next(words, today.date, next)),
        board: overview::board(words, &today.board),
        burns: overview::burns(&desk, &today.usage),
        apps: lines(&desk, found.items),
        next: found.next.map(|after| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            if !asked.q.trim().is_empty() {
                query.append_pair("q", asked.q.trim());
            }
            format!("/?{}", query.append_pair("after", &after).finish())
        }),
        q: asked.q.trim().to_owned(),
        drafts: drafts
            .into_iter()
            .map(|draft| {
                let entered = Entered::from_json(&draft.entered);
                let name = [draft.name.as_str(), entered.text("app_name")]
                    .into_iter()
                    .find(|name| !name.is_empty())
                    .map_or_else(|| words.t("draft-nameless"), str::to_owned);
                let environment = parts::environment_name(words, entered.environment());
                let time = desk.moment(draft.changed);
                DraftLine {
                    name,
                    what: format!("{environment} · {}", draft.team),
                    href: format!("/drafts/{}/check", draft.id),
                    changed: words.t2("draft-saved-by", "name", &draft.editor, "time", &time),
                    id: draft.id,
                }
            })
            .collect(),
        launches: requests
            .iter()
            .take(RECENT)
            .map(|launch| LaunchLine::of(words, keeper.programme.time_zone(), launch))
            .collect(),
    }))
}

/// One line for each app, with its environments.
fn lines(desk: &Desk, mut summaries: Vec<AppSummary>) -> Vec<AppLine> {
    let words = desk.words();
    summaries.sort_by(|a, b| (&a.handle, a.environment).cmp(&(&b.handle, b.environment)));
    let mut lines: Vec<AppLine> = Vec::new();
    for summary in summaries {
        let place = Place {
            environment: parts::environment_name(words, summary.environment),
            href: format!("/apps/{}/{}", summary.handle, summary.environment),
            mark: Mark::of_app(words, summary.revision, summary.live_revision),
            current: false,
        };
        match lines
            .last_mut()
            .filter(|line| line.handle == summary.handle)
        {
            Some(line) => line.places.push(place),
            None => lines.push(AppLine {
                name: summary.app_name,
                handle: summary.handle,
                team: summary.team,
                places: vec![place],
            }),
        }
    }
    lines
}

const PAGE: usize = 60;
const RECENT: usize = 8;
