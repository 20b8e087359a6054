//! How far the months to come may be off: as far as the months that were lay apart, and as the seasons of the accepted
//! estimate say.

use serde::Serialize;

use super::forecast::{COMPARED, Known, Method, YEAR, before, rounded, used};
use crate::price::{Month, Shape};

/// Between what and what a month to come may lie, in thousandths of what is expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Band {
    /// The least, before the season of a month.
    pub low: u32,
    /// The most, before the season of a month.
    pub high: u32,
    /// Where these two come from.
    pub basis: Spread,
    /// How busy each month is against the months that were compared, January first; nothing without an accepted estimate
    /// or where a whole year is known.
    pub season: Option<[u32; 12]>,
}

/// Where the width of a band comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Spread {
    /// The quietest and the busiest of the complete months.
    Months {
        /// How many.
        months: u32,
    },
    /// Fewer than two months are complete, so that nothing is known of how they differ.
    Unknown,
}

impl Band {
    /// The least and the most for a month, in thousandths.
    pub(super) fn of(&self, month: Month) -> (u32, u32) {
        let weight = self.season.map_or(WHOLE, |season| {
            let at = usize::from(month.month().unsigned_abs()).saturating_sub(1);
            season.get(at).copied().unwrap_or(WHOLE)
        });
        let times = |edge: u32, weight: u32| {
            rounded(u128::from(edge) * u128::from(weight), u128::from(WHOLE))
        };
        (
            times(self.low, weight.min(WHOLE)),
            times(self.high, weight.max(WHOLE)),
        )
    }
}

/// The band of a forecast; none where nothing is expected.
pub(super) fn band(known: &Known<'_>, method: Method) -> Option<Band> {
    let now = Month::of(known.today);
    let back = |months: u32| (1..=months).filter_map(move |back| before(now, back));
    // Each complete month against what the method would have said of it.
    let (shares, months): (Vec<u32>, u32) = match method {
        Method::Nothing => return None,
        Method::Pace { .. } => (Vec::new(), 0),
        Method::TrailingMean { months } => {
            let counts: Vec<u64> = back(months).map(|month| count(known, month)).collect();
            let sum: u64 = counts.iter().sum();
            let shares = counts
                .iter()
                .map(|one| thousandths(one * u64::from(months), sum));
            (shares.collect(), months)
        }
        Method::Seasonal {
            months,
            now: this,
            before: last,
        } => {
            let shares = back(months).filter_map(|month| {
                let year = count(known, before(month, YEAR)?);
                Some(thousandths(count(known, month) * last, year.max(1) * this))
            });
            (shares.collect(), months)
        }
    };
    let season = match method {
        Method::Seasonal { .. } => None,
        _ => known.season.map(|shape| season(shape, now, months)),
    };
    let edges = shares.iter().min().zip(shares.iter().max());
    let (low, high, basis) = match edges {
        Some((low, high)) if months > 1 => (
            *low.min(&WHOLE),
            *high.max(&WHOLE),
            Spread::Months { months },
        ),
        _ => (UNKNOWN.0, UNKNOWN.1, Spread::Unknown),
    };
    Some(Band {
        low,
        high: high.min(MOST),
        basis,
        season,
    })
}

/// The weight of each month against the mean of the months that were compared, or of the current one.
fn season(shape: Shape, now: Month, months: u32) -> [u32; 12] {
    let weight = |month: Month| {
        let at = usize::from(month.month().unsigned_abs()).saturating_sub(1);
        shape
            .weights()
            .get(at)
            .map_or(0, |weight| u64::from(*weight))
    };
    let compared: Vec<u64> = match months {
        0 => vec![weight(now)],
        _ => (1..=months.min(COMPARED))
            .filter_map(|back| before(now, back))
            .map(weight)
            .collect(),
    };
    let sum = compared.iter().sum::<u64>().max(1);
    let parts = u64::try_from(compared.len()).unwrap_or(1);
    shape
        .weights()
        .map(|weight| thousandths(u64::from(weight) * parts, sum).min(MOST))
}

fn count(known: &Known<'_>, month: Month) -> u64 {
    u64::from(used(known, month).auths)
}

fn thousandths(part: u64, whole: u64) -> u32 {
    rounded(u128::from(part) * u128::from(WHOLE), u128::from(whole))
}

const WHOLE: u32 = 1_000;
/// Half and one and a half times of what is expected, where nothing is known of the spread.
const UNKNOWN: (u32, u32) = (500, 1_500);
/// No edge is further off than ten times.
const MOST: u32 = 10_000;
