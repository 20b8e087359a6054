//! Warns the agency and the account managers when an order has used 80 and 100 percent of its estimate, once each. One
//! guarded row is one warning, whatever restarts and however many nodes look.

use std::sync::Arc;

use durward_domain::billing::Forecast;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Role;
use durward_store::{Conn, Fault as StoreFault, members, usage_lines};
use serde_json::json;

use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper};
use crate::operator::usage;
use crate::partner::notices::{self, Notice, To};

/// The parts of an estimate at which is warned, in percent.
pub const THRESHOLDS: [u64; 2] = [80, 100];

/// Warns of every order that has come to a threshold; answers how many warnings were given.
///
/// # Errors
/// A fault; what was told stays told.
pub async fn warn(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    let mut told = 0;
    for (number, agency, forecast) in usage::all(keeper).await? {
        let spent = forecast.percent_spent().unwrap_or(0);
        let reached: Vec<u64> = THRESHOLDS
            .into_iter()
            .filter(|percent| *percent <= spent)
            .collect();
        if reached.is_empty() {
            continue;
        }
        let unit_keeper = Arc::clone(keeper);
        let work = keeper.store.write(move |c| {
            let now_us = unit_keeper.clock.real_now().as_microsecond();
            let mut new = None;
            for percent in &reached {
                let stored = i64::try_from(*percent).unwrap_or(i64::MAX);
                if usage_lines::warn(c, &number, stored, now_us)? {
                    new = Some(*percent);
                }
            }
            // Who passes both at once is told of the higher one.
            if let Some(percent) = new {
                tell(c, &unit_keeper, (&number, &agency), (percent, &forecast))?;
            }
            Ok(new.is_some())
        });
        told += u32::from(work.await?);
    }
    Ok(told)
}

fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    (number, agency): (&str, &str),
    (percent, forecast): (u64, &Forecast),
) -> Result<(), StoreFault> {
    let teams = members::teams(c)?;
    let admins: Vec<To<'_>> = teams
        .iter()
        .filter(|team| team.agency_id == agency)
        .map(|team| To::Team(&team.handle, &[Role::PartnerAdmin]))
        .collect();
    let currency = &keeper.programme.fiscal.currency;
    let values = [
        ("number", number.to_owned()),
        ("percent", percent.to_string()),
        ("spent", format!("{} {currency}", forecast.spent)),
        ("estimated", format!("{} {currency}", forecast.estimate)),
    ];
    // Of the partner's admins those who have their role in production: the others may not see the page.
    let production = ("environment", EnvironmentName::Production.to_string());
    for (to, more) in [
        (admins.as_slice(), Some(production)),
        (&[To::Team("", &[Role::AccountManager])], None),
    ] {
        notices::post(
            c,
            keeper,
            &Notice {
                to,
                kind: &notices::USAGE_REACHED,
                link: format!("/agreements/{number}/usage"),
                values: values.iter().cloned().chain(more).collect(),
            },
        )?;
    }
    keeper.record(
        c,
        &Happened {
            actor: &Actor::System("usage"),
            event: Event::UsageWarned,
            subject: number,
            trace: None,
            detail: json!({ "percent": percent, "spent": forecast.spent, "estimated": forecast.estimate }),
        },
    )
}
