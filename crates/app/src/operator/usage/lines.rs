//! The lines of an order's months, added up from the ledger in one pass.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::billing::{Entry, Figures, Tally, Total, UsageLevel, csv};
use durward_domain::environment::EnvironmentName;
use durward_domain::price::Month;
use durward_keyring::digest;
use durward_store::usage_ledger::{self, LedgerRow, UsageApp, Wanted};
use durward_store::usage_lines::{self, LineRow};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::orders::Order;
use crate::failure::Fault;
use crate::keeper::{Keeper, time};

/// The lines of one month.
#[derive(Clone, Debug)]
pub struct MonthLines {
    /// The month.
    pub month: Month,
    /// Each app that people were handed to.
    pub apps: Vec<AppLines>,
    /// All apps of the order together: a person of two apps is one person.
    pub total: Summed,
}

/// The line of one app.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppLines {
    /// The number of the app in the ledger.
    pub(super) number: i64,
    /// The name that the order lists.
    pub app_name: String,
    /// Its handle.
    pub app: String,
    /// Its client id.
    pub issuer: String,
    /// What it adds up to.
    #[serde(flatten)]
    pub sum: Summed,
}

/// What a line adds up to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Summed {
    /// The numbers.
    pub figures: Figures,
    /// How many entries of the ledger it is made of.
    pub entries: u64,
    /// The SHA-256 of these entries as the CSV export writes them, without its header.
    pub digest: String,
}

impl MonthLines {
    /// A month without usage.
    pub(super) fn empty(month: Month) -> Self {
        let total = Tally::default().end();
        Self {
            month,
            apps: Vec::new(),
            total: Summed::of(total, 0),
        }
    }
}

impl Summed {
    fn of(total: Total, entries: u64) -> Self {
        Self {
            figures: total.figures,
            entries,
            digest: total.digest,
        }
    }
}

/// What is kept of a month.
#[derive(Serialize, Deserialize)]
struct Kept {
    apps: Vec<AppLines>,
    total: Summed,
}

/// Which entries a month's lines are made of.
pub(super) struct Inputs {
    pub(super) month: Month,
    pub(super) apps: Vec<UsageApp>,
    entries: i64,
    /// Tells one state of the ledger and the order from another.
    mark: String,
}

/// The lines of every month of an order in which people were handed to its apps.
pub(super) async fn of(keeper: &Arc<Keeper>, order: &Order) -> Result<Vec<MonthLines>, Fault> {
    let (all, kept) = (inputs(keeper, order).await?, kept(keeper, order).await?);
    let mut months = Vec::with_capacity(all.len());
    for inputs in all {
        let now_us = keeper.clock.real_now().as_microsecond();
        let known = kept
            .iter()
            .find(|line| line.month == inputs.month.to_string());
        let good = known.filter(|line| {
            // A month of millions is not added up again for each look at it.
            let lately = inputs.entries > MANY && now_us.saturating_sub(line.made_us) < LATELY_US;
            line.inputs == inputs.mark || lately
        });
        let kept = good.and_then(|line| serde_json::from_str::<Kept>(&line.document).ok());
        let lines = match kept {
            Some(kept) => MonthLines {
                month: inputs.month,
                apps: kept.apps,
                total: kept.total,
            },
            None => made(keeper, order, &inputs).await?,
        };
        months.push(lines);
    }
    Ok(months)
}

/// Which entries each month's lines are made of.
pub(super) async fn inputs(keeper: &Keeper, order: &Order) -> Result<Vec<Inputs>, Fault> {
    let agency = order.agency_id.clone();
    let found = keeper
        .store
        .read(move |c| {
            let apps = usage_ledger::apps_of_agency(c, BILLED, &agency)?;
            let mut found = Vec::with_capacity(apps.len());
            for app in apps {
                let months = usage_ledger::months_of(c, BILLED, app.app)?;
                found.push((app, months));
            }
            Ok(found)
        })
        .await?;
    let last = Month::of(order.period.end);
    let mut months: BTreeMap<Month, (Vec<UsageApp>, i64)> = BTreeMap::new();
    // What came into an earlier month changes who is new in a later one.
    let mut marks: BTreeMap<Month, Vec<(i64, i64, i64)>> = BTreeMap::new();
    for (app, used) in &found {
        let Some(from) = order.apps.get(&app.app_name) else {
            continue;
        };
        for one in used {
            let Ok(month) = one.month.parse::<Month>() else {
                continue;
            };
            if month < Month::of(*from) || month > last {
                continue;
            }
            let place = months.entry(month).or_default();
            place.0.push(app.clone());
            place.1 += one.entries;
            marks
                .entry(month)
                .or_default()
                .push((app.app, one.entries, one.last_entry));
        }
    }
    Ok(months
        .into_iter()
        .map(|(month, (apps, entries))| {
            let until: Vec<_> = marks.range(..=month).collect();
            let text = format!(
                "{FORM} {} {} {:?} {until:?}",
                order.period.start, order.period.end, order.apps
            );
            Inputs {
                month,
                apps,
                entries,
                mark: digest::sha256_hex(text.as_bytes()),
            }
        })
        .collect())
}

async fn kept(keeper: &Keeper, order: &Order) -> Result<Vec<LineRow>, Fault> {
    let key = order.key.clone();
    let kept = keeper.store.read(move |c| usage_lines::of(c, &key));
    Ok(kept.await?)
}

/// Adds a month up and keeps it.
async fn made(keeper: &Arc<Keeper>, order: &Order, inputs: &Inputs) -> Result<MonthLines, Fault> {
    let mut tally = Tally::default();
    let (mut apps, mut entries) = (Vec::with_capacity(inputs.apps.len()), 0);
    for app in &inputs.apps {
        let mut pages = Pages::of(order, inputs, app);
        let mut count = 0;
        while let Some(page) = pages.next(keeper).await? {
            for entry in &page {
                tally.add(&named(app), entry);
                count += 1;
            }
        }
        let total = tally.end_app();
        if count == 0 {
            continue;
        }
        entries += count;
        apps.push(AppLines {
            number: app.app,
            app_name: app.app_name.clone(),
            app: app.handle.clone(),
            issuer: app.issuer.clone(),
            sum: Summed::of(total, count),
        });
    }
    let total = Summed::of(tally.end(), entries);
    let kept = Kept { apps, total };
    let line = LineRow {
        month: inputs.month.to_string(),
        inputs: inputs.mark.clone(),
        document: serde_json::to_string(&kept)
            .map_err(|_| Fault::internal("invoice lines cannot be written down"))?,
        made_us: keeper.clock.real_now().as_microsecond(),
    };
    let key = order.key.clone();
    let put = keeper
        .store
        .write(move |c| usage_lines::put(c, &key, &line));
    put.await?;
    Ok(MonthLines {
        month: inputs.month,
        apps: kept.apps,
        total: kept.total,
    })
}

/// The app as a line of the export names it.
pub(super) fn named(app: &UsageApp) -> csv::App<'_> {
    csv::App {
        name: &app.app_name,
        handle: &app.handle,
        issuer: &app.issuer,
    }
}

/// The entries of an app and month, page by page.
pub(super) struct Pages {
    app: i64,
    month: String,
    after: i64,
    /// Where the order begins: who came before is not new in it.
    since: Date,
    /// The days that it bills of this app.
    start: Date,
    end: Date,
    apps: String,
    most: i64,
    done: bool,
}

impl Pages {
    pub(super) fn of(order: &Order, inputs: &Inputs, app: &UsageApp) -> Self {
        let mut apps = String::from(",");
        for app in &inputs.apps {
            apps.push_str(&format!("{},", app.app));
        }
        Self {
            app: app.app,
            month: inputs.month.to_string(),
            after: 0,
            since: order.period.start,
            start: order
                .apps
                .get(&app.app_name)
                .copied()
                .unwrap_or(order.period.start),
            end: order.period.end,
            apps,
            most: AT_ONCE,
            done: false,
        }
    }

    /// Begins after an entry.
    pub(super) fn begin_after(&mut self, entry: i64) {
        self.after = entry;
    }

    /// Reads smaller pages.
    pub(super) fn at_most(&mut self, most: usize) {
        self.most = i64::try_from(most).unwrap_or(AT_ONCE).clamp(1, AT_ONCE);
    }

    /// The next page; none after the last. Days that the order does not bill are left out.
    pub(super) async fn next(&mut self, keeper: &Keeper) -> Result<Option<Vec<Entry>>, Fault> {
        if self.done {
            return Ok(None);
        }
        let (app, month, after, most) = (self.app, self.month.clone(), self.after, self.most);
        let (since, apps) = (self.since.to_string(), self.apps.clone());
        let rows = keeper
            .store
            .read(move |c| {
                let wanted = Wanted {
                    environment: BILLED,
                    app,
                    month: &month,
                    after,
                    since: &since,
                    apps: &apps,
                    most,
                };
                usage_ledger::entries(c, &wanted)
            })
            .await?;
        self.done = i64::try_from(rows.len()).is_ok_and(|count| count < most);
        self.after = rows.last().map_or(self.after, |row| row.entry);
        let zone = keeper.programme.time_zone();
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            let entry = entry(row, zone)?;
            if (self.start..=self.end).contains(&entry.day) {
                entries.push(entry);
            }
        }
        Ok(Some(entries))
    }
}

/// A row of the ledger as billing reads it.
pub(super) fn entry(row: LedgerRow, zone: &jiff::tz::TimeZone) -> Result<Entry, Fault> {
    let unreadable = || Fault::internal("an entry of the ledger cannot be read");
    Ok(Entry {
        entry: row.entry,
        event: row.event,
        at: time(row.at_us).strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        day: row.day.parse().map_err(|_| unreadable())?,
        level: UsageLevel::parse(&row.level).ok_or_else(unreadable)?,
        acr: row.acr,
        person: row.person,
        verified: row
            .verified_us
            .map(|us| time(us).to_zoned(zone.clone()).date()),
        proofed_here: row.proofed_here,
        seen_by_app: row.seen_by_app,
        seen_by_order: row.seen_by_order,
        proofing_seen: row.proofing_seen,
    })
}

/// How many hand-offs the order's apps had in the sandbox in the keeper's month: they are never billed.
pub(super) async fn in_sandbox(keeper: &Keeper, order: &Order) -> Result<i64, Fault> {
    let (agency, names) = (order.agency_id.clone(), order.apps.clone());
    let month = Month::of(keeper.today()).to_string();
    let sandbox = EnvironmentName::Sandbox.as_str();
    let count = keeper.store.read(move |c| {
        let mut count = 0;
        for app in usage_ledger::apps_of_agency(c, sandbox, &agency)? {
            if names.contains_key(&app.app_name) {
                let months = usage_ledger::months_of(c, sandbox, app.app)?;
                let this = months.iter().filter(|one| one.month == month);
                count += this.map(|one| one.entries).sum::<i64>();
            }
        }
        Ok(count)
    });
    Ok(count.await?)
}

/// The environment whose hand-offs are billed.
pub(super) const BILLED: &str = EnvironmentName::Production.as_str();
/// How lines are made: another form makes all of them again.
const FORM: u32 = 1;
const AT_ONCE: i64 = 2_000;
const MANY: i64 = 20_000;
const LATELY_US: i64 = 60_000_000;
