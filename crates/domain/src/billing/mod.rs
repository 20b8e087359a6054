//! Billing: what the ledger of hand-offs adds up to, month by month, and what it says of the months to come.

mod band;
pub mod csv;
mod figures;
mod forecast;
mod tally;

use serde::{Deserialize, Serialize};

pub use band::{Band, Spread};
pub use figures::{Ages, Figures};
pub use forecast::{Basis, Forecast, ForecastMonth, Known, Method, forecast};
pub use tally::{Entry, Tally, Total};

/// What a hand-off tells an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UsageLevel {
    /// Who it is, and nothing verified.
    Auth,
    /// A verified identity.
    Verified,
}

impl UsageLevel {
    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Verified => "verified",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Auth, Self::Verified]
            .into_iter()
            .find(|level| level.as_str() == text)
    }
}
