//! P12: tokens for programs, made and revoked.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::tokens::{self, TokenRefusal, TokenView, Whose, Wish};
use durward_domain::refusal::Refuse;
use durward_domain::token_scope::TokenScope;

use super::views::{Scope, TokenRow, Tokens};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, Mark};
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};

/// The member's tokens.
pub async fn list(desk: Desk) -> Result<Response, Response> {
    let page = desk.page("/tokens");
    let mut entered = Entered::default();
    entered.set("days", "7");
    render(&desk, page, entered, None).await
}

/// Makes one and shows it, once.
pub async fn mint(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let (name, days, team) = (
        posted.text("token_name"),
        posted.text("days"),
        posted.text("team"),
    );
    let scopes: Vec<&str> = posted.fields().all("scopes").collect();
    let scopes = scopes.join(" ");
    let mut entered = Entered::default();
    entered.set("token_name", name);
    entered.set("days", days);
    entered.set("team", team);
    entered.set("scopes", &scopes.replace(' ', "\n"));
    let page = desk.page("/tokens");
    let wish = Wish {
        name,
        days: days.parse().unwrap_or_default(),
        team,
        scopes: &scopes,
    };
    match tokens::mint(&desk.keeper, &desk.member, wish, &desk.trace()).await {
        Ok(minted) => {
            entered.set("token_name", "");
            render(&desk, page, entered, Some(minted.token)).await
        }
        Err(Failure::Refused(refusal)) if refusal.code().starts_with("permission/") => {
            Err(desk.refused(&refusal, "/tokens"))
        }
        Err(Failure::Refused(refusal)) => {
            let field = match refusal {
                TokenRefusal::Days => "days",
                TokenRefusal::Team => "team",
                TokenRefusal::Scope(_) => "scopes",
                _ => "token_name",
            };
            let page = page.with_error(field, desk.words().refusal(&refusal));
            render(&desk, page, entered, None).await
        }
        Err(failure) => Err(desk.failed(failure, "/tokens")),
    }
}

/// Ends one.
pub async fn revoke(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Response> {
    tokens::revoke(&desk.keeper, &desk.member, Whose::Own, &id, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, "/tokens"))?;
    Ok(Redirect::to("/tokens").into_response())
}

async fn render(
    desk: &Desk,
    page: Page,
    entered: Entered,
    secret: Option<String>,
) -> Result<Response, Response> {
    let found = tokens::list(&desk.keeper, &desk.member, Whose::Own)
        .await
        .map_err(|failure| desk.failed(failure, "/tokens"))?;
    Ok(page::html(&Tokens {
        page,
        secret,
        api: desk.keeper.base_url.clone(),
        form: Form::plain(entered),
        days: DAYS.to_vec(),
        teams: desk.member.teams().into_iter().map(str::to_owned).collect(),
        scopes: TokenScope::ALL
            .into_iter()
            .map(|scope| Scope::of(desk.words(), scope))
            .collect(),
        tokens: found.into_iter().map(|token| row(desk, token)).collect(),
    }))
}

fn row(desk: &Desk, token: TokenView) -> TokenRow {
    let words = desk.words();
    let is_live = token.expires > desk.keeper.clock.real_now();
    let used = token.used.map_or_else(
        || words.t("token-unused"),
        |time| words.t1("token-used", "time", &desk.moment(time)),
    );
    TokenRow {
        mark: if is_live {
            Mark::new("good", words.t("token-live"))
        } else {
            Mark::new("", words.t("token-over"))
        },
        words: format!(
            "{} · {used}",
            words.t1("token-until", "time", &desk.moment(token.expires))
        ),
        limits: token
            .team
            .into_iter()
            .chain(token.scopes.into_iter().map(str::to_owned))
            .collect(),
        id: token.id,
        name: token.name,
        is_live,
    }
}

const DAYS: [u64; 4] = [1, 7, 30, 90];
