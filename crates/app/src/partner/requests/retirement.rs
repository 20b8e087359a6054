//! Requests that retire an app: reviewed and deployed like any other change, and final.

use durward_domain::launch::LaunchBody;
use durward_store::launches::LaunchRow;
use durward_store::{Conn, Fault as StoreFault};

use crate::keeper::Keeper;
use crate::partner::launches::{LaunchDenied, RequestKind};
use crate::partner::notices::{self, Notice, To};

/// Only what is live can be retired, and with a reason.
pub(super) fn judge(kind: RequestKind, body: &mut LaunchBody) -> Result<(), LaunchDenied> {
    let Some(reason) = &mut body.retire else {
        return Ok(());
    };
    *reason = reason.trim().chars().take(LONGEST_REASON).collect();
    if reason.is_empty() {
        return Err(LaunchDenied::NoReason);
    }
    match kind {
        RequestKind::Change => Ok(()),
        RequestKind::Launch => Err(LaunchDenied::NotLiveYet(body.app.to_string())),
    }
}

/// Tells everybody of the team that the app ends, and when.
pub(crate) fn told(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    reason: &str,
) -> Result<(), StoreFault> {
    let notice = Notice {
        to: &[To::Team(&row.team, notices::EVERYONE)],
        kind: &notices::APP_RETIRES,
        link: format!("/launches/{}", row.launch_id),
        values: vec![
            ("app", row.handle.clone()),
            ("environment", row.environment.clone()),
            ("window", row.window_date.clone().unwrap_or_default()),
            ("reason", reason.to_owned()),
        ],
    };
    notices::post(c, keeper, &notice)
}

const LONGEST_REASON: usize = 500;
