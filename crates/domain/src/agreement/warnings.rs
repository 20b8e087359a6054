//! What is odd about a document and does not stop it: each is told where it is written, reviewed and signed.

use serde::Serialize;

use super::{Agreement, AgreementState, Gtc};
use crate::{calendar::say, money::Cents};

/// Something to look at before a document is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// A stable code.
    pub code: &'static str,
    /// What was found, and what to do.
    pub sentence: String,
}

/// What is odd about an Order beside its GT&C and the other Orders.
pub fn of_order(order: &Agreement, gtc: Option<&Gtc>, others: &[Agreement]) -> Vec<Warning> {
    let mut found = Vec::new();
    match gtc {
        None => found.push(warning(
            "agreement/gtc-unknown",
            format!(
                "There is no GT&C {} here. Enter it before this Order is signed.",
                order.number.gtc()
            ),
        )),
        Some(gtc) => {
            if !gtc.period.covers(order.period) {
                found.push(warning(
                    "agreement/outside-gtc",
                    format!(
                        "The GT&C {} holds from {} to {}, and the Order is not wholly in that time. Change one of them.",
                        gtc.number,
                        say(gtc.period.start),
                        say(gtc.period.end)
                    ),
                ));
            }
            found.extend(over_estimate(gtc, others.iter().chain([order])));
        }
    }
    found.extend(listed_twice(order, others));
    let terms = &order.terms;
    if terms.total() != Cents::ZERO && terms.total() != terms.estimated {
        found.push(warning(
            "agreement/lines-differ",
            format!(
                "The lines come to {}, and the estimate is {}. Make them agree.",
                terms.total(),
                terms.estimated
            ),
        ));
    }
    if let Some(last) = terms
        .funding_expires
        .filter(|last| *last < order.period.end)
    {
        found.push(warning(
            "agreement/funding-expires",
            format!(
                "The funds expire on {}, before the period ends on {}.",
                say(last),
                say(order.period.end)
            ),
        ));
    }
    found.extend(missing(&[
        ("estimate", terms.estimated == Cents::ZERO),
        ("lines", terms.lines.is_empty()),
        ("bona fide need", terms.need.is_empty()),
        ("TAS", terms.tas.is_empty()),
        ("apps", order.apps.is_empty()),
    ]));
    found
}

/// What is odd about a GT&C beside its Orders.
pub fn of_gtc(gtc: &Gtc, orders: &[Agreement]) -> Vec<Warning> {
    let mut found: Vec<Warning> = over_estimate(gtc, orders.iter()).into_iter().collect();
    for order in orders
        .iter()
        .filter(|order| under(gtc, order) && counts(order))
    {
        if !gtc.period.covers(order.period) {
            found.push(warning(
                "agreement/order-outside",
                format!(
                    "The Order {} is not wholly in the period of the GT&C. Change one of them.",
                    order.number
                ),
            ));
        }
    }
    let terms = &gtc.terms;
    found.extend(missing(&[
        ("requesting agency", terms.requesting.name.is_empty()),
        ("servicing agency", terms.servicing.name.is_empty()),
        ("statutory authority", terms.authority.is_empty()),
        ("scope", terms.scope.is_empty()),
        ("estimate", terms.estimated == Cents::ZERO),
    ]));
    found
}

/// The Orders of a GT&C may come to more than it was signed for only under a Mod of it.
fn over_estimate<'a>(gtc: &Gtc, orders: impl Iterator<Item = &'a Agreement>) -> Option<Warning> {
    let mut latest: Vec<&Agreement> = Vec::new();
    for order in orders.filter(|order| under(gtc, order) && counts(order)) {
        match latest
            .iter_mut()
            .find(|known| known.number.billing_key() == order.number.billing_key())
        {
            Some(known) if known.number.modification() < order.number.modification() => {
                *known = order
            }
            Some(_) => {}
            None => latest.push(order),
        }
    }
    let sum: Cents = latest.iter().map(|order| order.terms.estimated).sum();
    let limit = gtc.terms.estimated;
    (limit != Cents::ZERO && sum > limit).then(|| {
        warning(
            "agreement/over-gtc",
            format!("The Orders of {} are estimated at {sum} together, and the GT&C at {limit}. Ask for a Mod of the GT&C.", gtc.number.gtc()),
        )
    })
}

/// One app in two Orders at the same time would be billed twice.
fn listed_twice(order: &Agreement, others: &[Agreement]) -> Vec<Warning> {
    let beside = others.iter().filter(|other| {
        counts(other)
            && other.number.billing_key() != order.number.billing_key()
            && other.period.overlaps(order.period)
    });
    beside
        .flat_map(|other| {
            let both = other.apps.iter().filter(|app| order.apps.iter().any(|own| own.name == app.name));
            both.map(|app| {
                warning(
                    "agreement/app-in-two-orders",
                    format!(
                        "\"{}\" is also listed in {} for {} to {}. List it in one of them: two Orders at the same time would bill it twice.",
                        app.name,
                        other.number,
                        say(other.period.start),
                        say(other.period.end)
                    ),
                )
            })
        })
        .collect()
}

fn under(gtc: &Gtc, order: &Agreement) -> bool {
    order.number.gtc() == gtc.number.gtc()
}

/// Does it hold, or is it on its way to?
const fn counts(order: &Agreement) -> bool {
    !matches!(
        order.state,
        AgreementState::Replaced
            | AgreementState::Terminated
            | AgreementState::Expired
            | AgreementState::ClosedOut
    )
}

fn missing(fields: &[(&str, bool)]) -> Option<Warning> {
    let names: Vec<&str> = fields
        .iter()
        .filter(|(_, missing)| *missing)
        .map(|(name, _)| *name)
        .collect();
    (!names.is_empty()).then(|| {
        warning(
            "agreement/incomplete",
            format!(
                "The form does not say: {}. Complete it before it is signed.",
                names.join(", ")
            ),
        )
    })
}

const fn warning(code: &'static str, sentence: String) -> Warning {
    Warning { code, sentence }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{
        agreement::{
            AgreementNumber, GtcNumber, GtcTerms, Period,
            tests::{agreement, day},
        },
        id::AgreementId,
    };

    fn gtc(estimated: i64) -> Gtc {
        Gtc {
            id: AgreementId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap(),
            number: GtcNumber::parse("LGABCFY210001-0000").unwrap(),
            agency: "Department of Fisheries".into(),
            partner: "Fisheries Digital".into(),
            period: Period::new(day("2026-10-01"), day("2031-09-30")).unwrap(),
            state: AgreementState::Executed,
            partner_signature: None,
            provider_signature: None,
            terms: GtcTerms {
                estimated: Cents::new(estimated),
                ..GtcTerms::default()
            },
        }
    }

    fn order(number: &str, estimated: i64) -> Agreement {
        let mut order = agreement();
        order.number = AgreementNumber::parse(number).unwrap();
        order.terms.estimated = Cents::new(estimated);
        order
    }

    fn codes(found: &[Warning]) -> Vec<&'static str> {
        found
            .iter()
            .map(|one| one.code)
            .filter(|code| *code != "agreement/incomplete")
            .collect()
    }

    #[test]
    fn orders_are_summed_by_their_latest_mod() {
        let first = order("LGABCFY210001-0001-0000", 6_000);
        let replaced = order("LGABCFY210001-0002-0000", 9_000);
        let mut second = order("LGABCFY210001-0002-0001", 4_000);
        second.apps.clear();
        let others = [replaced, second.clone()];
        assert_eq!(
            codes(&of_order(&first, Some(&gtc(10_000)), &[second.clone()])),
            Vec::<&str>::new()
        );
        assert!(
            codes(&of_gtc(&gtc(9_999), &[first.clone(), second.clone()]))
                .contains(&"agreement/over-gtc")
        );
        assert!(
            !codes(&of_gtc(
                &gtc(10_000),
                &[first.clone(), others[0].clone(), second]
            ))
            .contains(&"agreement/over-gtc")
        );
    }

    #[test]
    fn one_app_in_two_orders_at_the_same_time() {
        let here = order("LGABCFY210001-0001-0000", 1);
        let mut there = order("LGABCFY210001-0002-0000", 1);
        assert_eq!(
            codes(&of_order(&here, Some(&gtc(10)), &[there.clone()])),
            ["agreement/app-in-two-orders"; 2]
        );
        there.period = Period::new(day("2027-10-01"), day("2028-09-30")).unwrap();
        assert!(codes(&of_order(&here, Some(&gtc(10)), &[there.clone()])).is_empty());
        // The Mod of an Order lists the same apps as the Order.
        let its_mod = order("LGABCFY210001-0001-0001", 1);
        assert!(codes(&of_order(&here, Some(&gtc(10)), &[its_mod])).is_empty());
    }

    #[test]
    fn periods_funds_and_lines() {
        let mut here = order("LGABCFY210001-0001-0000", 1);
        assert_eq!(
            codes(&of_order(&here, None, &[])),
            ["agreement/gtc-unknown"]
        );
        here.period = Period::new(day("2026-09-30"), day("2027-09-30")).unwrap();
        here.terms.funding_expires = Some(day("2027-09-29"));
        assert_eq!(
            codes(&of_order(&here, Some(&gtc(10)), &[])),
            ["agreement/outside-gtc", "agreement/funding-expires"]
        );
        assert_eq!(
            codes(&of_gtc(&gtc(10), &[here])),
            ["agreement/order-outside"]
        );
    }
}
