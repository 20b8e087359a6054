//! O6 and P9: agreements.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use durward_app::partner::agreements::{self, AgreementView};
use durward_app::partner::launches;
use durward_domain::agreement::{Signature, Standing};
use durward_domain::level::LevelOfService;

use super::views::{AgreementCard, AgreementPage, Agreements, Listed};
use crate::portal::desk::Desk;
use crate::portal::parts::{LaunchLine, Mark};
use crate::shared::page;
use crate::shared::problem::Problem;

/// The agreements that the member may see.
pub async fn list(desk: Desk) -> Result<Response, Problem> {
    let found = agreements::list(&desk.keeper, &desk.member).await?;
    let cards = found.into_iter().map(|one| AgreementCard {
        mark: mark(&desk, &one),
        number: one.number.to_string(),
        agency: format!("{} · {}", one.agency, one.partner),
        start: one.starts.to_string(),
        end: one.ends.to_string(),
        apps: one.apps.join(", "),
    });
    Ok(page::html(&Agreements {
        page: desk.page("/agreements"),
        agreements: cards.collect(),
    }))
}

/// One agreement.
pub async fn show(desk: Desk, Path(number): Path<String>) -> Result<Response, Response> {
    let words = desk.words();
    let one = agreements::find(&desk.keeper, &desk.member, &number)
        .await
        .map_err(|failure| desk.failed(failure, "/agreements"))?;
    let problem = |fault| Problem::from(fault).as_page().into_response();
    let requests = launches::list(&desk.keeper, &desk.member, None)
        .await
        .map_err(problem)?;
    let zone = desk.keeper.programme.time_zone();
    Ok(page::html(&AgreementPage {
        page: desk.page("/agreements"),
        mark: mark(&desk, &one),
        agency: format!("{} · {}", one.agency, one.partner),
        parts: vec![
            (words.t("part-gtc"), one.parts.gtc.clone()),
            (words.t("part-order"), one.parts.order.clone()),
            (words.t("part-mod"), one.parts.modification.clone()),
            (words.t("part-year"), one.parts.fiscal_year.to_string()),
        ],
        facts: vec![
            (
                words.t("agreement-period"),
                format!("{} – {}", desk.day(one.starts), desk.day(one.ends)),
            ),
            (
                words.t("agreement-left"),
                words.t_count("days", u64::try_from(one.days_left).unwrap_or_default()),
            ),
            (
                words.t("agreement-partner-signature"),
                signature(&desk, one.partner_signature.as_ref()),
            ),
            (
                words.t("agreement-provider-signature"),
                signature(&desk, one.provider_signature.as_ref()),
            ),
        ],
        apps: one
            .listed_apps
            .iter()
            .map(|app| Listed {
                name: app.name.clone(),
                mark: match app.level {
                    LevelOfService::AuthOnly => Mark::new("", words.t("level-auth-only")),
                    LevelOfService::IdentityVerified => {
                        Mark::new("news", words.t("level-identity-verified"))
                    }
                },
            })
            .collect(),
        launches: requests
            .iter()
            .filter(|launch| launch.agreement.as_deref() == Some(number.as_str()))
            .map(|launch| LaunchLine::of(words, zone, launch))
            .collect(),
        number: one.number.to_string(),
    }))
}

fn signature(desk: &Desk, signature: Option<&Signature>) -> String {
    match signature {
        Some(signed) => format!("{}, {} ({})", signed.name, signed.title, signed.on),
        None => desk.words().t("agreement-unsigned"),
    }
}

/// Where it stands on the keeper's day; on its way to both signatures, at which step.
fn mark(desk: &Desk, one: &AgreementView) -> Mark {
    let words = desk.words();
    match one.standing {
        Standing::Active => Mark::new("good", words.t("standing-active")),
        Standing::PendingStart => Mark::new("news", words.t("standing-pending-start")),
        Standing::Expired => Mark::new("stop", words.t("standing-expired")),
        Standing::Terminated => Mark::new("stop", words.t("standing-terminated")),
        Standing::Replaced => Mark::new("", words.t("standing-replaced")),
        Standing::ClosedOut => Mark::new("", words.t("standing-closed-out")),
        Standing::Unsigned => Mark::new(
            "wait",
            words.t(&format!("agreement-state-{}", one.state.replace('_', "-"))),
        ),
    }
}
