//! P1: what needs me, and my apps.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::partner::apps::AppSummary;
use durward_app::partner::launches::LaunchSummary;
use durward_app::partner::{agreements, apps, drafts, launches, members, today};
use durward_domain::launch::LaunchState;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::desk::Desk;
use super::entered::Entered;
use super::overview;
use super::parts::{self, LaunchLine, Mark, Place};
use super::support;
use super::teams;
use super::views::{AppLine, DraftLine, Home, Need};
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
    let needs = needs(&desk, &requests).await?;
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
        needs,
        window_words: next.map(|next| desk.day(next.date)).unwrap_or_default(),
        ships: next.and_then(|next| overview::next(words, today.date, next)),
        board: overview::board(words, &today.board),
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

/// What waits for this member: their own requests that came back, reviews for reviewers, agreements that end.
async fn needs(desk: &Desk, requests: &[LaunchSummary]) -> Result<Vec<Need>, Problem> {
    let words = desk.words();
    let mut needs = Vec::new();
    for launch in requests {
        let key = match launch.state {
            LaunchState::Draft | LaunchState::ChangesRequested
                if desk.may(Action::RequestLaunch, &launch.team) =>
            {
                "need-finish"
            }
            LaunchState::Submitted if desk.may_for_programme(Action::ApproveLaunch) => {
                "need-review"
            }
            LaunchState::Deployed if desk.may(Action::RequestLaunch, &launch.team) => "need-try",
            _ => continue,
        };
        let what = parts::what(words, launch.kind, launch.environment);
        needs.push(Need {
            text: words.t2(key, "app", &launch.app_name, "what", &what),
            href: format!("/launches/{}", launch.id),
            mark: Mark::of_state(words, launch.state),
        });
    }
    for agreement in agreements::list(&desk.keeper, &desk.member).await? {
        if (0..=EXPIRY_DAYS).contains(&agreement.days_left) && agreement.state == "executed" {
            let number = agreement.number.to_string();
            needs.push(Need {
                text: words.t2(
                    "need-agreement",
                    "number",
                    &number,
                    "day",
                    &agreement.ends.to_string(),
                ),
                href: format!("/agreements/{number}"),
                mark: Mark::new(
                    "wait",
                    words.t_count(
                        "days",
                        u64::try_from(agreement.days_left).unwrap_or_default(),
                    ),
                ),
            });
        }
    }
    needs.extend(support::waiting(desk).await?);
    needs.extend(pipeline::needs(desk).await?);
    Ok(needs)
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
const EXPIRY_DAYS: i32 = 60;
