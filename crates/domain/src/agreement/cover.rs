//! Until when signed Orders cover an app: what the policy at the end of an agreement goes by.

use jiff::{Span, civil::Date};

use super::{Agreement, AgreementNumber, AgreementState, Listing};
use crate::level::LevelOfService;

/// An Order with the day on which it ended before its period, if it did.
#[derive(Debug, Clone)]
pub struct Held {
    /// The Order in one Mod.
    pub order: Agreement,
    /// The day on which it was terminated.
    pub ended: Option<Date>,
}

/// Whether Orders cover an app on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cover {
    /// None ever did.
    Never,
    /// One does.
    Now,
    /// One did, and none does any more.
    Until {
        /// The Order that did last.
        number: AgreementNumber,
        /// Its last day.
        last: Date,
    },
}

/// Whether the Orders of an agency cover an app of this name at this level on a day.
pub fn cover(orders: &[Held], app_name: &str, level: LevelOfService, on: Date) -> Cover {
    let mut best: Option<(Date, &AgreementNumber)> = None;
    for held in orders {
        let order = &held.order;
        let lists = matches!(order.listing(app_name), Listing::Listed(app) if app.level >= level);
        if !lists || order.period.start > on {
            continue;
        }
        let Some(last) = last_day(held, orders) else {
            continue;
        };
        if last >= on {
            return Cover::Now;
        }
        if best.is_none_or(|(day, _)| day < last) {
            best = Some((last, &order.number));
        }
    }
    best.map_or(Cover::Never, |(last, number)| Cover::Until {
        number: number.clone(),
        last,
    })
}

/// The last day on which an Order covers what it lists; nothing when it was never signed by both sides.
fn last_day(held: &Held, orders: &[Held]) -> Option<Date> {
    let order = &held.order;
    if !is_signed(order) {
        return None;
    }
    let end = order.period.end;
    match order.state {
        AgreementState::Executed | AgreementState::Mod => Some(end),
        AgreementState::Expired | AgreementState::Terminated | AgreementState::ClosedOut => {
            Some(held.ended.map_or(end, |ended| ended.min(end)))
        }
        AgreementState::Replaced => Some(successor(order, orders).map_or(end, |next| {
            // It covers until the Mod that took its place is signed, and until the period of that one begins.
            let begins = next.period.start.saturating_sub(Span::new().days(1));
            let signed = next.provider_signature.as_ref().map(|one| one.on);
            signed.map_or(begins, |on| on.max(begins)).min(end)
        })),
        _ => None,
    }
}

/// The Mod that took the place of an Order.
fn successor<'a>(order: &Agreement, orders: &'a [Held]) -> Option<&'a Agreement> {
    orders
        .iter()
        .map(|held| &held.order)
        .filter(|next| next.number.billing_key() == order.number.billing_key())
        .filter(|next| next.number.modification() > order.number.modification() && is_signed(next))
        .min_by_key(|next| next.number.modification())
}

const fn is_signed(order: &Agreement) -> bool {
    order.partner_signature.is_some() && order.provider_signature.is_some()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::tests::{agreement, day};
    use super::super::{Period, Signature};
    use super::*;

    fn on(orders: &[Held], app: &str, level: LevelOfService, on: &str) -> String {
        match cover(orders, app, level, day(on)) {
            Cover::Never => "never".into(),
            Cover::Now => "now".into(),
            Cover::Until { number, last } => format!("{number} {last}"),
        }
    }

    fn held(order: Agreement) -> Held {
        Held { order, ended: None }
    }

    const FISH: &str = "Fishing Licence";
    const AUTH: LevelOfService = LevelOfService::AuthOnly;

    #[test]
    fn a_period_and_what_it_lists() {
        let orders = [held(agreement())];
        assert_eq!(on(&orders, FISH, AUTH, "2026-09-30"), "never");
        assert_eq!(on(&orders, FISH, AUTH, "2026-10-01"), "now");
        assert_eq!(on(&orders, FISH, AUTH, "2027-09-30"), "now");
        let over = "LGABCFY210001-0001-0000 2027-09-30";
        assert_eq!(on(&orders, FISH, AUTH, "2027-10-01"), over);
        let verified = LevelOfService::IdentityVerified;
        assert_eq!(on(&orders, FISH, verified, "2027-10-01"), "never");
        assert_eq!(on(&orders, "Fishing licence", AUTH, "2027-10-01"), "never");
    }

    #[test]
    fn what_was_never_signed_covers_nothing() {
        let mut order = agreement();
        order.state = AgreementState::ProviderSignature;
        order.provider_signature = None;
        assert_eq!(on(&[held(order)], FISH, AUTH, "2026-10-01"), "never");
    }

    #[test]
    fn a_termination_ends_it_early_and_closing_out_does_not_move_that() {
        for state in [AgreementState::Terminated, AgreementState::ClosedOut] {
            let mut order = agreement();
            order.state = state;
            let orders = [Held {
                order,
                ended: Some(day("2027-01-15")),
            }];
            assert_eq!(on(&orders, FISH, AUTH, "2027-01-15"), "now");
            let over = "LGABCFY210001-0001-0000 2027-01-15";
            assert_eq!(on(&orders, FISH, AUTH, "2027-06-01"), over);
        }
    }

    #[test]
    fn a_mod_takes_over_when_it_is_signed_and_begun() {
        let mut before = agreement();
        before.state = AgreementState::Replaced;
        let mut next = agreement();
        next.number = AgreementNumber::parse("LGABCFY210001-0001-0001").unwrap();
        next.apps.retain(|app| app.name != FISH);
        next.provider_signature = Some(Signature::on_paper("A", "B", day("2027-02-01")));
        let mut orders = [held(before), held(next)];
        assert_eq!(on(&orders, FISH, AUTH, "2027-02-01"), "now");
        let over = "LGABCFY210001-0001-0000 2027-02-01";
        assert_eq!(on(&orders, FISH, AUTH, "2027-02-02"), over);
        // A Mod that begins later leaves no gap before it.
        orders[1].order.period = Period::new(day("2027-04-01"), day("2028-03-31")).unwrap();
        assert_eq!(on(&orders, FISH, AUTH, "2027-03-31"), "now");
        let over = "LGABCFY210001-0001-0000 2027-03-31";
        assert_eq!(on(&orders, FISH, AUTH, "2027-04-01"), over);
        orders[1].order.apps = agreement().apps;
        assert_eq!(on(&orders, FISH, AUTH, "2027-04-01"), "now");
    }
}
