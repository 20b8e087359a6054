//! Drilling down to the ledger: entries page by page, and as a file.

use std::sync::Arc;

use durward_domain::billing::{Entry, csv};
use durward_domain::event::Event;
use durward_domain::price::Month;
use durward_store::usage_ledger::UsageApp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::json;

use super::denied::UsageDenied;
use super::lines::{self, Inputs, Pages, named};
use super::order;
use super::orders::Order;
use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// Which entries are wanted.
#[derive(Clone, Debug)]
pub struct EntriesAsked {
    /// Of this month.
    pub month: Month,
    /// Of this app, by its handle.
    pub app: Option<String>,
    /// After the place that the last page ended at.
    pub after: Option<String>,
    /// At most so many.
    pub most: usize,
}

/// A page of entries.
#[derive(Clone, Debug, Serialize)]
pub struct EntriesPage {
    /// The entries, in the order of the invoice: by app, then as they came in.
    pub items: Vec<EntryView>,
    /// Where the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// An entry as it is told.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    /// Its number.
    pub entry: i64,
    /// When, as UTC.
    pub time: String,
    /// The programme's day.
    pub day: Date,
    /// The name that the order lists.
    pub app_name: String,
    /// The app.
    pub app: String,
    /// Its client id.
    pub issuer: String,
    /// `auth` or `verified`.
    pub level: &'static str,
    /// The answered `acr`.
    pub acr: String,
    /// Digest of the subject that the app knows.
    pub person: String,
    /// The day of the proofing.
    pub verified_on: Option<Date>,
    /// Whether the partner asked for the proofing.
    pub proofed_for_partner: bool,
    /// Digest of session, app and level.
    pub event: String,
}

impl EntryView {
    fn of(app: &UsageApp, entry: Entry) -> Self {
        Self {
            entry: entry.entry,
            time: entry.at,
            day: entry.day,
            app_name: app.app_name.clone(),
            app: app.handle.clone(),
            issuer: app.issuer.clone(),
            level: entry.level.as_str(),
            acr: entry.acr,
            person: entry.person,
            verified_on: entry.verified,
            proofed_for_partner: entry.proofed_here,
            event: entry.event,
        }
    }
}

/// Entries of an order's month.
///
/// # Errors
/// [`UsageDenied`], or a fault.
pub async fn entries(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    asked: &EntriesAsked,
) -> Result<EntriesPage, Failure<UsageDenied>> {
    let order = order(keeper, member, number).await?;
    let Some(inputs) = inputs(keeper, &order, asked.month).await? else {
        return Ok(EntriesPage {
            items: Vec::new(),
            next: None,
        });
    };
    let apps = apps(&inputs, asked.app.as_deref())?;
    let (from_app, from_entry) = place(asked.after.as_deref());
    let mut items = Vec::with_capacity(asked.most);
    for app in apps
        .into_iter()
        .skip_while(|app| from_app.is_some_and(|from| from != app.app))
    {
        let mut pages = Pages::of(&order, &inputs, app);
        if from_app == Some(app.app) {
            pages.begin_after(from_entry);
        }
        pages.at_most(asked.most + 1 - items.len());
        while let Some(page) = pages.next(keeper).await? {
            for entry in page {
                if items.len() == asked.most {
                    let next = items
                        .last()
                        .map(|last: &(i64, EntryView)| format!("{}.{}", last.0, last.1.entry));
                    return Ok(EntriesPage {
                        items: told(items),
                        next,
                    });
                }
                items.push((app.app, EntryView::of(app, entry)));
            }
        }
    }
    Ok(EntriesPage {
        items: told(items),
        next: None,
    })
}

fn told(items: Vec<(i64, EntryView)>) -> Vec<EntryView> {
    items.into_iter().map(|(_, view)| view).collect()
}

/// The place that `next` names: an app's number and an entry.
fn place(after: Option<&str>) -> (Option<i64>, i64) {
    let parts = after.and_then(|text| text.split_once('.'));
    let read = parts.and_then(|(app, entry)| Some((app.parse().ok()?, entry.parse().ok()?)));
    read.map_or((None, 0), |(app, entry)| (Some(app), entry))
}

async fn inputs(
    keeper: &Keeper,
    order: &Order,
    month: Month,
) -> Result<Option<Inputs>, Failure<UsageDenied>> {
    let (first, last) = (Month::of(order.period.start), Month::of(order.period.end));
    if month < first || month > last {
        return Err(Failure::Refused(UsageDenied::month(&month.to_string())));
    }
    let all = lines::inputs(keeper, order).await?;
    Ok(all.into_iter().find(|one| one.month == month))
}

fn apps<'a>(
    inputs: &'a Inputs,
    wanted: Option<&str>,
) -> Result<Vec<&'a UsageApp>, Failure<UsageDenied>> {
    let apps = inputs.apps.iter();
    let found: Vec<_> = apps
        .filter(|app| wanted.is_none_or(|wanted| wanted == app.handle))
        .collect();
    match wanted {
        Some(handle) if found.is_empty() => Err(Failure::Refused(UsageDenied::app(handle))),
        _ => Ok(found),
    }
}

/// A file on its way out, part by part: never all of it at once.
pub struct Export {
    keeper: Arc<Keeper>,
    apps: std::vec::IntoIter<(UsageApp, Pages)>,
    current: Option<(UsageApp, Pages)>,
    begun: bool,
}

/// The entries of an order's month as CSV. The export is noted in the audit record.
///
/// # Errors
/// [`UsageDenied`], or a fault.
pub async fn export(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    (month, app): (Month, Option<&str>),
    trace: &Trace,
) -> Result<Export, Failure<UsageDenied>> {
    let order = order(keeper, member, number).await?;
    let mut files = Vec::new();
    if let Some(inputs) = inputs(keeper, &order, month).await? {
        for app in apps(&inputs, app)? {
            files.push((app.clone(), Pages::of(&order, &inputs, app)));
        }
    }
    let detail = json!({ "month": month.to_string(), "app": app });
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    let subject = order.number;
    let note = keeper.store.write(move |c| {
        unit_keeper.record(
            c,
            &Happened {
                actor: &actor,
                event: Event::UsageExported,
                subject: &subject,
                trace: Some(&trace),
                detail: detail.clone(),
            },
        )
    });
    note.await?;
    Ok(Export {
        keeper: Arc::clone(keeper),
        apps: files.into_iter(),
        current: None,
        begun: false,
    })
}

impl Export {
    /// The next part; none after the last.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn next(&mut self) -> Result<Option<String>, Fault> {
        if !self.begun {
            self.begun = true;
            return Ok(Some(csv::HEADER.to_owned()));
        }
        loop {
            if self.current.is_none() {
                self.current = self.apps.next();
            }
            let Some((app, pages)) = &mut self.current else {
                return Ok(None);
            };
            match pages.next(&self.keeper).await? {
                Some(page) if page.is_empty() => {}
                Some(page) => {
                    let lines = page.iter().map(|entry| csv::line(&named(app), entry));
                    return Ok(Some(lines.collect()));
                }
                None => self.current = None,
            }
        }
    }
}
