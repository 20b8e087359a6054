//! Files of agreements: kept after a look at the whole content, handed out by their own kind.

use std::sync::Arc;

use durward_domain::agreement::{Purpose, examine, safe_name};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_keyring::digest::sha256_hex;
use durward_store::agreement_papers::{self as papers, FileRow};
use serde_json::json;

use super::history;
use super::way::may_any;
use crate::actor::Member;
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper};
use crate::partner::agreements::{AgreementDenied, Loaded, load};
use crate::record::Trace;

/// A file that is handed in.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is for.
    pub purpose: Purpose,
    /// The name that it came with.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// A file that is handed out.
#[derive(Clone, Debug)]
pub struct KeptFile {
    /// What it is.
    pub media_type: String,
    /// A safe name.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// Keeps a file; answers its id.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn keep(
    keeper: &Arc<Keeper>,
    member: &Member,
    number: &str,
    new: NewFile,
    trace: &Trace,
) -> Result<String, Failure<AgreementDenied>> {
    let Loaded { row, .. } = load(keeper, member, number).await?;
    may_any(keeper, member, number, &[Action::RequestAgreement]).await?;
    let kind = examine(&new.content).map_err(|bad| Failure::Refused(bad.into()))?;
    let wanted = row.number.clone();
    let known = keeper
        .store
        .read(move |c| papers::files(c, &wanted))
        .await?;
    if known.len() >= MOST_FILES {
        return Err(Failure::Refused(AgreementDenied::TooManyFiles));
    }
    let file = FileRow {
        file_id: keeper.random.uuid_v7(keeper.clock.real_now()).to_string(),
        number: row.number.clone(),
        purpose: new.purpose.as_str().to_owned(),
        name: safe_name(&new.name, kind),
        media_type: kind.media_type().to_owned(),
        sha256: sha256_hex(&new.content),
        size: i64::try_from(new.content.len()).unwrap_or(i64::MAX),
        kept_by: member.id.clone(),
        kept_us: keeper.clock.now().as_microsecond(),
    };
    let id = file.file_id.clone();
    let (unit_keeper, actor, trace) = (Arc::clone(keeper), member.actor(), trace.clone());
    keeper
        .store
        .write(move |c| {
            papers::add_file(c, &file, &new.content)?;
            history(c, &unit_keeper, &row, actor.id(), ("file_kept", &file.name))?;
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::AgreementFileKept,
                    subject: &file.number,
                    trace: Some(&trace),
                    detail: json!({ "file": file.file_id, "purpose": file.purpose, "sha256": file.sha256, "size": file.size }),
                },
            )
        })
        .await?;
    Ok(id)
}

/// One file of an agreement that the member may see.
///
/// # Errors
/// [`AgreementDenied`], or a fault.
pub async fn hand_out(
    keeper: &Keeper,
    member: &Member,
    (number, file_id): (&str, &str),
) -> Result<KeptFile, Failure<AgreementDenied>> {
    let Loaded { row, .. } = load(keeper, member, number).await?;
    let id = file_id.to_owned();
    let found = keeper
        .store
        .read(move |c| papers::file(c, &row.number, &id))
        .await?;
    found
        .map(|(media_type, name, content)| KeptFile {
            media_type,
            name,
            content,
        })
        .ok_or(Failure::Refused(AgreementDenied::NoFile))
}

const MOST_FILES: usize = 50;
