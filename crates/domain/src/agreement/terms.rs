//! What the two forms say besides number, parties and period: the fields of FS 7600A and FS 7600B.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    money::Cents,
    refusal::{RefusalKind, Refuse},
};

/// What an Order (7600B) says besides its number, its period and its apps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderTerms {
    /// What the partner expects to pay in the whole period, in cents.
    pub estimated: Cents,
    /// The price model that invoices follow.
    pub price_model: u32,
    /// What is ordered.
    pub lines: Vec<Line>,
    /// How often invoices are written.
    pub billing: Billing,
    /// The Treasury Account Symbol that pays.
    pub tas: String,
    /// The Business Event Type Code.
    pub betc: String,
    /// The Agency Location Code of the requesting agency: eight digits.
    pub alc: String,
    /// The last day on which the funds can be obligated.
    pub funding_expires: Option<Date>,
    /// The bona fide need that the Order serves.
    pub need: String,
    /// What this Mod changes; empty for a first text.
    pub changes: String,
    /// Who answers for it on both sides.
    pub officials: Vec<Official>,
}

impl Default for OrderTerms {
    fn default() -> Self {
        Self {
            estimated: Cents::ZERO,
            price_model: FIRST_MODEL,
            lines: Vec::new(),
            billing: Billing::Monthly,
            tas: String::new(),
            betc: String::new(),
            alc: String::new(),
            funding_expires: None,
            need: String::new(),
            changes: String::new(),
            officials: Vec::new(),
        }
    }
}

/// What General Terms and Conditions (7600A) say besides their number and their period.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GtcTerms {
    /// The agency that asks and pays.
    pub requesting: Party,
    /// The agency that serves.
    pub servicing: Party,
    /// Whether it goes on from year to year.
    pub recurring: bool,
    /// The law that allows it.
    pub authority: String,
    /// What it is about.
    pub scope: String,
    /// Whether the partner pays ahead.
    pub advance_payment: bool,
    /// Whether the servicing agency acquires on behalf of the requesting one.
    pub assisted_acquisition: bool,
    /// What all Orders together are expected to cost, in cents.
    pub estimated: Cents,
    /// Days to settle a dispute.
    pub dispute_days: u16,
    /// Days of notice before one side ends it.
    pub termination_days: u16,
    /// What this Mod changes; empty for a first text.
    pub changes: String,
    /// Who answers for it on both sides.
    pub officials: Vec<Official>,
}

/// One side of General Terms and Conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Party {
    /// The agency's name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its agency identifier: three digits.
    pub agency_identifier: String,
    /// Its Agency Location Code: eight digits.
    pub alc: String,
    /// Its Unique Entity Identifier: twelve letters and digits.
    pub uei: String,
}

/// One thing that is ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What.
    pub description: String,
    /// Of which unit.
    pub unit: String,
    /// How many.
    pub quantity: u32,
    /// What one costs, in cents.
    pub price: Cents,
    /// What all of it costs, in cents: the server works it out, and refuses another sum.
    #[serde(default)]
    pub amount: Cents,
}

/// How often invoices are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Billing {
    /// Each month.
    Monthly,
    /// Each quarter.
    Quarterly,
    /// Each year.
    Annually,
}

impl Billing {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Monthly, Self::Quarterly, Self::Annually];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monthly => "monthly",
            Self::Quarterly => "quarterly",
            Self::Annually => "annually",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Somebody who answers for an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Official {
    /// Of which side.
    pub side: Side,
    /// For what.
    pub duty: Duty,
    /// Name.
    pub name: String,
    /// Office.
    #[serde(default)]
    pub title: String,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// Telephone number.
    #[serde(default)]
    pub phone: String,
}

/// One of the two sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The agency that asks and pays.
    Partner,
    /// The programme.
    Provider,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Partner, Self::Provider];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Provider => "provider",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// What an official answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// The funds.
    Funding,
    /// The programme.
    Program,
    /// Questions of every day.
    Contact,
}

impl Duty {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Funding, Self::Program, Self::Contact];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Funding => "funding",
            Self::Program => "program",
            Self::Contact => "contact",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl OrderTerms {
    /// The terms with every amount worked out, or why they cannot stand.
    pub fn judged(mut self) -> Result<Self, BadTerms> {
        amount("estimated", self.estimated)?;
        if self.price_model == 0 {
            return Err(BadTerms::PriceModel);
        }
        if self.lines.len() > MOST_ROWS {
            return Err(BadTerms::TooMany { field: "lines" });
        }
        for line in &mut self.lines {
            line.work_out()?;
        }
        code("alc", &self.alc, 8, |b| b.is_ascii_digit())?;
        short("tas", &self.tas, LINE)?;
        short("betc", &self.betc, LINE)?;
        short("need", &self.need, TEXT)?;
        short("changes", &self.changes, TEXT)?;
        officials(&self.officials)?;
        Ok(self)
    }

    /// What the lines cost together.
    pub fn total(&self) -> Cents {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

impl GtcTerms {
    /// The terms, or why they cannot stand.
    pub fn judged(self) -> Result<Self, BadTerms> {
        amount("estimated", self.estimated)?;
        for party in [&self.requesting, &self.servicing] {
            short("name", &party.name, LINE)?;
            short("address", &party.address, TEXT)?;
            code("agency_identifier", &party.agency_identifier, 3, |b| {
                b.is_ascii_digit()
            })?;
            code("alc", &party.alc, 8, |b| b.is_ascii_digit())?;
            code("uei", &party.uei, 12, |b| {
                b.is_ascii_uppercase() || b.is_ascii_digit()
            })?;
        }
        short("authority", &self.authority, TEXT)?;
        short("scope", &self.scope, TEXT)?;
        short("changes", &self.changes, TEXT)?;
        for (field, days) in [
            ("dispute_days", self.dispute_days),
            ("termination_days", self.termination_days),
        ] {
            if days > MOST_DAYS {
                return Err(BadTerms::Days { field });
            }
        }
        officials(&self.officials)?;
        Ok(self)
    }
}

impl Line {
    fn work_out(&mut self) -> Result<(), BadTerms> {
        short("description", &self.description, TEXT)?;
        short("unit", &self.unit, LINE)?;
        if self.description.trim().is_empty() || self.quantity == 0 {
            return Err(BadTerms::EmptyLine);
        }
        amount("price", self.price)?;
        let worked_out = self
            .price
            .checked_mul(self.quantity.into())
            .ok_or(BadTerms::Amount { field: "amount" })?;
        amount("amount", worked_out)?;
        if self.amount != Cents::ZERO && self.amount != worked_out {
            return Err(BadTerms::Sum {
                given: self.amount,
                worked_out,
            });
        }
        self.amount = worked_out;
        Ok(())
    }
}

/// Why terms cannot stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadTerms {
    /// An amount is below zero or has too many digits.
    #[error("\"{field}\" must be an amount from 0.00 to {MOST}. Correct it.")]
    Amount {
        /// The field.
        field: &'static str,
    },
    /// Quantity times price is another sum.
    #[error(
        "A line says {given}, and its quantity times its price is {worked_out}. Correct the line."
    )]
    Sum {
        /// What the line says.
        given: Cents,
        /// What it comes to.
        worked_out: Cents,
    },
    /// A line orders nothing.
    #[error(
        "Each line needs a description and a quantity of at least 1. Complete the line or leave it out."
    )]
    EmptyLine,
    /// A model has a number above zero.
    #[error("The price model is a number from 1 on. Choose a model of the programme.")]
    PriceModel,
    /// Too many rows.
    #[error("\"{field}\" holds at most {MOST_ROWS} rows. Put the rest into another Order.")]
    TooMany {
        /// The field.
        field: &'static str,
    },
    /// A text is too long or holds control characters.
    #[error("\"{field}\" is too long or holds characters that cannot be printed. Shorten it.")]
    Text {
        /// The field.
        field: &'static str,
    },
    /// A code has the wrong length or signs.
    #[error("\"{field}\" has {length} letters or digits, or is left out. Correct it.")]
    Code {
        /// The field.
        field: &'static str,
        /// How many.
        length: usize,
    },
    /// A number of days that nobody means.
    #[error("\"{field}\" is a number of days up to {MOST_DAYS}. Correct it.")]
    Days {
        /// The field.
        field: &'static str,
    },
    /// An official without a name, or with an address that is none.
    #[error(
        "Each official needs a name, and an e-mail address with an @ or none. Correct the official."
    )]
    Official,
}

impl BadTerms {
    /// The field that is wrong.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Amount { field }
            | Self::TooMany { field }
            | Self::Text { field }
            | Self::Code { field, .. }
            | Self::Days { field } => field,
            Self::Sum { .. } | Self::EmptyLine => "lines",
            Self::PriceModel => "price_model",
            Self::Official => "officials",
        }
    }
}

impl Refuse for BadTerms {
    fn code(&self) -> &'static str {
        match self {
            Self::Amount { .. } => "agreement/amount",
            Self::Sum { .. } => "agreement/line-sum",
            Self::EmptyLine => "agreement/line-empty",
            Self::PriceModel => "agreement/price-model",
            Self::TooMany { .. } => "agreement/too-many-rows",
            Self::Text { .. } => "agreement/text",
            Self::Code { .. } => "agreement/code",
            Self::Days { .. } => "agreement/days",
            Self::Official => "agreement/official",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// The most that an amount of the forms can be: twelve digits.
const MOST: Cents = Cents::new(999_999_999_999);
const FIRST_MODEL: u32 = 2;
const MOST_ROWS: usize = 100;
const MOST_DAYS: u16 = 3650;
const LINE: usize = 200;
const TEXT: usize = 4000;

const fn amount(field: &'static str, amount: Cents) -> Result<(), BadTerms> {
    if amount.is_negative() || amount.get() > MOST.get() {
        Err(BadTerms::Amount { field })
    } else {
        Ok(())
    }
}

fn short(field: &'static str, text: &str, most: usize) -> Result<(), BadTerms> {
    let printable = text
        .chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    (printable && text.chars().count() <= most)
        .then_some(())
        .ok_or(BadTerms::Text { field })
}

fn code(
    field: &'static str,
    text: &str,
    length: usize,
    allowed: fn(u8) -> bool,
) -> Result<(), BadTerms> {
    (text.is_empty() || (text.len() == length && text.bytes().all(allowed)))
        .then_some(())
        .ok_or(BadTerms::Code { field, length })
}

fn officials(all: &[Official]) -> Result<(), BadTerms> {
    if all.len() > MOST_ROWS {
        return Err(BadTerms::TooMany { field: "officials" });
    }
    for one in all {
        for text in [&one.name, &one.title, &one.email, &one.phone] {
            short("officials", text, LINE)?;
        }
        if one.name.trim().is_empty() || (!one.email.is_empty() && !one.email.contains('@')) {
            return Err(BadTerms::Official);
        }
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn line(quantity: u32, price: i64, amount: i64) -> OrderTerms {
        OrderTerms {
            lines: vec![Line {
                description: "Sign-ins".into(),
                unit: "month".into(),
                quantity,
                price: Cents::new(price),
                amount: Cents::new(amount),
            }],
            ..OrderTerms::default()
        }
    }

    fn refused(terms: OrderTerms) -> &'static str {
        terms.judged().unwrap_err().code()
    }

    #[test]
    fn a_line_is_worked_out_in_whole_cents() {
        let judged = line(12, 4_167, 0).judged().unwrap();
        assert_eq!(
            (judged.lines[0].amount, judged.total()),
            (Cents::new(50_004), Cents::new(50_004))
        );
        assert!(line(12, 4_167, 50_004).judged().is_ok());
        assert_eq!(refused(line(12, 4_167, 50_005)), "agreement/line-sum");
        assert_eq!(refused(line(0, 1, 0)), "agreement/line-empty");
        assert_eq!(refused(line(1, -1, 0)), "agreement/amount");
        assert_eq!(
            refused(line(u32::MAX, 999_999_999_999, 0)),
            "agreement/amount"
        );
    }

    #[test]
    fn each_field_has_its_bounds() {
        let with = |change: fn(&mut OrderTerms)| {
            let mut terms = OrderTerms::default();
            change(&mut terms);
            refused(terms)
        };
        assert_eq!(
            with(|terms| terms.estimated = Cents::new(-1)),
            "agreement/amount"
        );
        assert_eq!(
            with(|terms| terms.estimated = Cents::new(1_000_000_000_000)),
            "agreement/amount"
        );
        assert_eq!(with(|terms| terms.price_model = 0), "agreement/price-model");
        assert_eq!(with(|terms| terms.alc = "1234567".into()), "agreement/code");
        assert_eq!(
            with(|terms| terms.need = "a\u{0}b".into()),
            "agreement/text"
        );
        assert_eq!(
            with(|terms| terms.need = "x".repeat(4001)),
            "agreement/text"
        );
        let nobody = |name: &str, email: &str| {
            let official = Official {
                side: Side::Partner,
                duty: Duty::Funding,
                name: name.into(),
                title: String::new(),
                email: email.into(),
                phone: String::new(),
            };
            OrderTerms {
                officials: vec![official],
                ..OrderTerms::default()
            }
            .judged()
            .err()
            .map(|bad| bad.code())
        };
        assert_eq!(nobody(" ", ""), Some("agreement/official"));
        assert_eq!(nobody("A", "nowhere"), Some("agreement/official"));
        assert_eq!(nobody("A", "a@agency.gov"), None);
    }

    #[test]
    fn parties_have_codes_of_their_length() {
        let with = |uei: &str, identifier: &str| {
            let requesting = Party {
                uei: uei.into(),
                agency_identifier: identifier.into(),
                ..Party::default()
            };
            GtcTerms {
                requesting,
                ..GtcTerms::default()
            }
            .judged()
            .err()
            .map(|bad| bad.field())
        };
        assert_eq!(with("ABCDEF123456", "070"), None);
        assert_eq!(with("", ""), None);
        assert_eq!(with("abcdef123456", ""), Some("uei"));
        assert_eq!(with("", "70"), Some("agency_identifier"));
    }
}
