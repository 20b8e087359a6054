//! What came of telling apps that a session ended. Back-Channel Logout 1.0

use durward_oidc::evidence::Step;
use durward_store::request_records::{self, RecordRow};

use super::reach::Reach;
use super::{LogoutTry, evidence, kinds};
use crate::failure::Fault;
use crate::keeper::{Keeper, time};

/// The tries that followed from a request, as far as the member may see their apps.
pub(super) async fn of(
    keeper: &Keeper,
    reach: &Reach,
    row: &RecordRow,
) -> Result<Vec<LogoutTry>, Fault> {
    let (id, place) = (row.request.request_id.clone(), &row.environment);
    let rows = keeper
        .store
        .read(move |c| request_records::by_request(c, &id))
        .await?;
    rows.into_iter()
        .filter(|one| one.environment == *place && one.request.step == Step::Backchannel.as_str())
        .filter(|one| reach.sees(one))
        .map(|one| {
            let told = evidence(&one);
            let request = one.request;
            let next = told.tried.and_then(|tried| tried.next);
            Ok(LogoutTry {
                time: time(request.at_us),
                outcome: kinds(&request)?.1,
                app: request.handle,
                code: request.code,
                sentence: told.sentence,
                status: request.status,
                number: told.tried.map(|tried| tried.number),
                next: next.map(|seconds| time(seconds.saturating_mul(1_000_000))),
            })
        })
        .collect()
}
