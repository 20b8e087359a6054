//! How long requests took from their submission until they were live.

use durward_domain::launch::LaunchState;
use durward_store::releases;
use durward_store::today::{self as rows, Of};
use serde::Serialize;

use super::{briefs, loaded};
use crate::failure::Fault;
use crate::keeper::{Keeper, time};

/// The requests that went live last, with how long they took.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Lead {
    /// Each of them, the newest first.
    pub requests: Vec<LeadTime>,
    /// Half took at most so many hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median_hours: Option<i64>,
    /// Nine of ten took at most so many hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_hours: Option<i64>,
}

/// One request that is live.
#[derive(Clone, Debug, Serialize)]
pub struct LeadTime {
    /// Its id.
    pub id: String,
    /// The app's name as in the agreement.
    pub app_name: String,
    /// Hours from the submission to the deployment.
    pub hours: i64,
}

pub(super) async fn of(keeper: &Keeper, of: &Of) -> Result<Lead, Fault> {
    let of = of.clone();
    let found = keeper
        .store
        .read(move |c| {
            let mut found = Vec::new();
            for state in [LaunchState::Deployed, LaunchState::Verified] {
                let ids = rows::newest_live(c, &of, state.as_str(), SHOWN)?;
                for (row, name) in loaded(c, ids)? {
                    let release = row.release_id.as_deref().map(|id| releases::find(c, id));
                    let live = release
                        .transpose()?
                        .flatten()
                        .and_then(|row| row.deployed_us);
                    found.push((row, name, live));
                }
            }
            Ok(found)
        })
        .await?;
    let mut requests = Vec::new();
    for (row, name, live) in found {
        let Some(live) = live else { continue };
        for one in briefs(vec![(row, name)])? {
            let Some(submitted) = one.submitted else {
                continue;
            };
            let hours = time(live).duration_since(submitted).as_hours();
            requests.push((
                live,
                LeadTime {
                    id: one.id,
                    app_name: one.app_name,
                    hours: hours.max(0),
                },
            ));
        }
    }
    requests.sort_by_key(|(live, _)| std::cmp::Reverse(*live));
    let mut hours: Vec<i64> = requests.iter().map(|(_, one)| one.hours).collect();
    hours.sort_unstable();
    Ok(Lead {
        median_hours: rank(&hours, 50),
        p90_hours: rank(&hours, 90),
        requests: requests
            .into_iter()
            .map(|(_, one)| one)
            .take(usize::try_from(SHOWN).unwrap_or(usize::MAX))
            .collect(),
    })
}

/// The smallest value that so many percent do not exceed.
fn rank(sorted: &[i64], percent: usize) -> Option<i64> {
    let place = (sorted.len() * percent).div_ceil(100);
    sorted.get(place.checked_sub(1)?).copied()
}

const SHOWN: i64 = 12;

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn percentiles_are_values_that_were_seen() {
        let check = |values: &[i64], percent, expected| {
            assert_eq!(rank(values, percent), expected, "{values:?} {percent}");
        };
        check(&[], 50, None);
        check(&[7], 50, Some(7));
        check(&[7], 90, Some(7));
        check(&[1, 2, 3, 4], 50, Some(2));
        check(&[1, 2, 3, 4, 5], 50, Some(3));
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, Some(9));
        check(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90, Some(10));
    }
}
