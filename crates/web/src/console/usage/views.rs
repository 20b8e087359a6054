//! What the pages of usage hold.

use crate::portal::parts::Mark;
use crate::shared::page::view;
use crate::shared::picture::Picture;

view! {
    /// O6: the usage of every order.
    UsageOrders in "console/usage.html" {
        /// The orders.
        orders: Vec<UsageCard>,
    }
}

view! {
    /// P9: the usage of one order.
    UsageOrder in "console/usage_order.html" {
        /// Its number.
        number: String,
        /// Who is billed.
        agency: String,
        /// Its period in words.
        period: String,
        /// How much of the estimate is spent.
        mark: Mark,
        /// Figures with their names.
        facts: Vec<(String, String)>,
        /// The burn-down with its table.
        picture: Picture,
        /// Its price model.
        price_model: String,
        /// The price model that is shown beside it.
        other: Option<String>,
        /// The other price models.
        models: Vec<String>,
        /// The lines of its months, the newest first.
        months: Vec<MonthLine>,
        /// The forecast, line by line.
        explained: Vec<String>,
        /// The apps that it lists.
        apps: String,
        /// Hand-offs in the sandbox this month.
        in_sandbox: u64,
        /// Whether this is a demonstration.
        demo: bool,
    }
}

view! {
    /// P9: one month of an order, down to the ledger.
    UsageMonthPage in "console/usage_month.html" {
        /// The order.
        number: String,
        /// The month.
        month: String,
        /// Whether it is over.
        complete: bool,
        /// Its lines.
        months: Vec<MonthLine>,
        /// Its price model.
        price_model: String,
        /// What it comes to, line by line.
        priced: Vec<(String, String)>,
        /// The same under the other price model.
        other: Vec<(String, String)>,
        /// The verified people by age of their proofing: all, and the new ones.
        ages: Vec<(String, String, String)>,
        /// The digests with what they are of.
        digests: Vec<(String, String)>,
        /// The entries.
        entries: Vec<EntryLine>,
        /// Where the next page begins.
        next: Option<String>,
        /// The app that was asked for.
        app: String,
    }
}

/// An order in the list.
pub struct UsageCard {
    /// Its number.
    pub number: String,
    /// Who is billed.
    pub agency: String,
    /// Its period in words.
    pub period: String,
    /// How much of the estimate is spent.
    pub mark: Mark,
    /// The same in amounts.
    pub spent: String,
    /// What the whole period will come to.
    pub expected: String,
    /// The day on which the estimate is used up.
    pub exhausted: Option<String>,
}

/// A line of the table of months.
pub struct MonthLine {
    /// As `2026-11`.
    pub month: String,
    /// The app, or all of them.
    pub name: String,
    /// The app's handle; empty for all.
    pub app: String,
    /// Users, hand-offs, verified users, new and other proofings, users who are billed for signing in.
    pub numbers: Vec<String>,
    /// What it comes to.
    pub amount: String,
    /// The same under the other price model.
    pub other: String,
    /// Whether it is the line of all apps.
    pub whole: bool,
}

/// One entry of the ledger.
pub struct EntryLine {
    /// Its number.
    pub entry: String,
    /// When.
    pub time: String,
    /// The app's name.
    pub app: String,
    /// What was told.
    pub level: String,
    /// The person's digest.
    pub person: String,
    /// The day of the proofing.
    pub verified: String,
    /// Whether the partner asked for it.
    pub here: bool,
}
