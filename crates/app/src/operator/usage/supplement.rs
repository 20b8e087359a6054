//! The invoice lines of an order as a file: one line for each app and month, and one for each month of all apps.

use durward_domain::billing::{Ages, Figures, csv};

use super::view::{MonthView, UsageView};

/// The file.
pub(super) fn file(usage: &UsageView) -> String {
    let mut text = csv::row(
        &HEADER
            .iter()
            .chain(&AGES)
            .chain(&NEW)
            .chain(&END)
            .copied()
            .collect::<Vec<_>>(),
    );
    for month in &usage.months {
        for app in &month.apps {
            let of = [app.line.app_name.as_str(), &app.line.app, &app.line.issuer];
            let sum = &app.line.sum;
            let end = [app.share.to_string(), sum.digest.clone()];
            text.push_str(&line((usage, month), of, &sum.figures, end));
        }
        let end = [month.priced.total.to_string(), month.digest.clone()];
        text.push_str(&line((usage, month), ["", "", ""], &month.figures, end));
    }
    text
}

fn line(
    (usage, month): (&UsageView, &MonthView),
    [name, handle, issuer]: [&str; 3],
    figures: &Figures,
    [amount, digest]: [String; 2],
) -> String {
    let order = &usage.order;
    let mut cells = vec![
        order.number.clone(),
        order.partner.clone(),
        order.starts.to_string(),
        order.ends.to_string(),
        month.month.clone(),
        if handle.is_empty() { "order" } else { "app" }.to_owned(),
        name.to_owned(),
        handle.to_owned(),
        issuer.to_owned(),
    ];
    let numbers = [
        figures.auths,
        figures.verified_auths,
        figures.auths.saturating_add(figures.verified_auths),
        figures.auth_users,
        figures.verified_users,
        figures.users,
        figures.auth_billable,
    ];
    cells.extend(numbers.map(|number| number.to_string()));
    cells.extend(ages(&figures.verified_by_age));
    cells.push(figures.new_upfront.to_string());
    cells.push(figures.new_existing.to_string());
    cells.extend(ages(&figures.new_by_age).into_iter().skip(1));
    cells.extend([
        month.price_model.to_string(),
        amount,
        order.currency.clone(),
        digest,
    ]);
    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
    csv::row(&cells)
}

fn ages(ages: &Ages) -> Vec<String> {
    ages.named().map(|(_, count)| count.to_string()).to_vec()
}

const HEADER: [&str; 16] = [
    "order_number",
    "partner",
    "order_start_date",
    "order_end_date",
    "year_month",
    "line",
    "app_name",
    "app",
    "issuer",
    "auth_count",
    "verified_count",
    "total_count",
    "auth_unique_users",
    "verified_unique_users",
    "unique_users",
    "auth_billable",
];
const AGES: [&str; 7] = [
    "verified_users_year1",
    "verified_users_year2",
    "verified_users_year3",
    "verified_users_year4",
    "verified_users_year5",
    "verified_users_year_greater_than_5",
    "verified_users_unknown",
];
const NEW: [&str; 8] = [
    "new_verified_users_year1_upfront",
    "new_verified_users_year1_existing",
    "new_verified_users_year2",
    "new_verified_users_year3",
    "new_verified_users_year4",
    "new_verified_users_year5",
    "new_verified_users_year_greater_than_5",
    "new_verified_users_unknown",
];
const END: [&str; 4] = ["price_model", "amount", "currency", "sha256_of_entries"];
