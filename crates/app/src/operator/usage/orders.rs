//! Orders as they are billed: all signed Mods of an order together.

use std::collections::BTreeMap;

use durward_domain::agreement::{Agreement, Period};
use durward_domain::money::Cents;
use durward_domain::price::Month;
use durward_store::agreements::AgreementRow;
use jiff::Span;
use jiff::civil::Date;

use crate::failure::Fault;
use crate::partner::checklist::agreement_of;

/// An order with its signed Mods.
pub(super) struct Order {
    /// Under which its lines are kept.
    pub(super) key: String,
    /// The number of the newest signed Mod.
    pub(super) number: String,
    /// The numbers of all its Mods.
    pub(super) numbers: Vec<String>,
    /// The agency that is billed.
    pub(super) agency_id: String,
    /// Its name.
    pub(super) agency: String,
    /// The office of that agency.
    pub(super) partner: String,
    /// From the first day of the first Mod to the last of the newest.
    pub(super) period: Period,
    /// The estimate of the newest.
    pub(super) estimated: Cents,
    /// The apps that any Mod lists (what was handed over under one stays on the invoice), each with the day from which
    /// this order bills it: an earlier order that lists it bills it until its end.
    pub(super) apps: BTreeMap<String, Date>,
    /// The price models with the days from which they count.
    models: Vec<(Date, u32)>,
}

impl Order {
    /// The price model of a month: that of the newest Mod that was signed by its last day.
    pub(super) fn model(&self, month: Month) -> u32 {
        let last = month.last_day();
        let signed = self.models.iter().rev().find(|(from, _)| *from <= last);
        signed
            .or(self.models.first())
            .map_or(0, |(_, model)| *model)
    }

    /// The newest price model.
    pub(super) fn newest_model(&self) -> u32 {
        self.models.last().map_or(0, |(_, model)| *model)
    }

    /// The same apps in the year before: what the seasons are taken from.
    pub(super) fn year_before(&self) -> Self {
        let start = self.period.start.saturating_sub(Span::new().years(1));
        let end = self.period.start.saturating_sub(Span::new().days(1));
        Self {
            key: format!("{}/before", self.key),
            number: self.number.clone(),
            numbers: Vec::new(),
            agency_id: self.agency_id.clone(),
            agency: String::new(),
            partner: String::new(),
            period: Period { start, end },
            estimated: Cents::ZERO,
            apps: self.apps.keys().map(|app| (app.clone(), start)).collect(),
            models: self.models.clone(),
        }
    }
}

/// The signed orders among all agreements, by number. A Mod that both sides have not signed bills nothing.
pub(super) fn of_rows(rows: Vec<AgreementRow>) -> Result<Vec<Order>, Fault> {
    let mut mods: BTreeMap<String, Vec<(AgreementRow, Agreement)>> = BTreeMap::new();
    for row in rows {
        let agreement = agreement_of(&row.document)?;
        if agreement.partner_signature.is_some() && agreement.provider_signature.is_some() {
            let key = agreement.number.billing_key();
            mods.entry(key).or_default().push((row, agreement));
        }
    }
    let mut orders: Vec<Order> = mods
        .into_iter()
        .filter_map(|(key, mods)| one(key, mods))
        .collect();
    share(&mut orders);
    Ok(orders)
}

/// No hand-off is on two invoices: of the orders of an agency that list an app, the one that began first bills it until
/// its end, and the next one from the day after.
fn share(orders: &mut [Order]) {
    let mut turns: Vec<usize> = (0..orders.len()).collect();
    turns.sort_by_key(|at| {
        orders
            .get(*at)
            .map(|one| (one.period.start, one.key.clone()))
    });
    let mut taken: BTreeMap<(String, String), Date> = BTreeMap::new();
    for at in turns {
        let Some(order) = orders.get_mut(at) else {
            continue;
        };
        for (app, from) in &mut order.apps {
            let until = taken
                .entry((order.agency_id.clone(), app.clone()))
                .or_insert(Date::MIN);
            if *until >= *from {
                *from = until.tomorrow().unwrap_or(Date::MAX);
            }
            *until = (*until).max(order.period.end);
        }
    }
}

fn one(key: String, mut mods: Vec<(AgreementRow, Agreement)>) -> Option<Order> {
    mods.sort_by_key(|(_, agreement)| agreement.number.modification());
    let start = mods.iter().map(|(_, one)| one.period.start).min()?;
    let models = mods
        .iter()
        .filter_map(|(_, one)| {
            let signed = one.provider_signature.as_ref()?.on;
            Some((signed, one.terms.price_model))
        })
        .collect();
    let apps = mods.iter().flat_map(|(_, one)| &one.apps);
    let apps = apps.map(|app| (app.name.clone(), start)).collect();
    let numbers = mods.iter().map(|(row, _)| row.number.clone()).collect();
    let (row, newest) = mods.pop()?;
    Some(Order {
        key,
        number: row.number,
        numbers,
        agency_id: row.agency_id,
        agency: newest.agency,
        partner: newest.partner,
        period: Period {
            start,
            end: newest.period.end,
        },
        estimated: newest.terms.estimated,
        apps,
        models,
    })
}
