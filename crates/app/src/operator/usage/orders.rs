//! Orders as they are billed: all signed Mods of an order together.

use std::collections::{BTreeMap, BTreeSet};

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
    /// The apps that any Mod lists: what was handed over under one stays on the invoice.
    pub(super) apps: BTreeSet<String>,
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
            apps: self.apps.clone(),
            models: self.models.clone(),
        }
    }
}

/// The signed orders among these agreements, by number. A Mod that both sides have not signed bills nothing.
pub(super) fn of_rows(
    rows: Vec<AgreementRow>,
    wanted: impl Fn(&AgreementRow) -> bool,
) -> Result<Vec<Order>, Fault> {
    let mut mods: BTreeMap<String, Vec<(AgreementRow, Agreement)>> = BTreeMap::new();
    for row in rows.into_iter().filter(wanted) {
        let agreement = agreement_of(&row.document)?;
        if agreement.partner_signature.is_some() && agreement.provider_signature.is_some() {
            let key = agreement.number.billing_key();
            mods.entry(key).or_default().push((row, agreement));
        }
    }
    Ok(mods
        .into_iter()
        .filter_map(|(key, mods)| one(key, mods))
        .collect())
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
    let apps = apps.map(|app| app.name.clone()).collect();
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
