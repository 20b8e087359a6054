//! The first start of a demonstration, and what a later start on another port puts right.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use durward_app::partner::{apps as seen, notices};
use durward_app::{Door, Failure, Fault, Keeper};
use durward_domain::environment::EnvironmentName;
use durward_keyring::master::MasterKey;
use jiff::civil::Date;

use super::apps;
use super::seeds::{self, Account, Stage};
use super::story::{self, Sample};
use super::{pipeline, usage};
use crate::roles::open::Opened;

/// A first start that is under way. Its mark is in the folder until it has ended, so that one that was cut off is begun
/// again: nobody has seen its half-written state.
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    /// Marks a first start; `None` in a folder whose first start is over.
    pub(super) fn begin(folder: &Path) -> io::Result<Option<Self>> {
        let mark = folder.join(MARK);
        if mark.exists() {
            remove_databases(folder)?;
        } else if folder.join("portal.sqlite3").exists() {
            return Ok(None);
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&mark)?
            .sync_all()?;
        Ok(Some(Self(mark)))
    }

    /// It is over.
    pub(super) fn end(self) -> io::Result<()> {
        fs::remove_file(self.0)
    }
}

fn remove_databases(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        // The file itself and what SQLite keeps beside it.
        if name.contains(".sqlite3") {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Writes the fictional state: accounts in every environment, and beside them what happened in the portal.
pub(super) async fn seed(
    opened: &Opened,
    keeper: &Arc<Keeper>,
    master: &MasterKey,
    sample: &Sample<'_>,
    at: Option<Date>,
) -> Result<(), Fault> {
    let shift = keeper.clock.shift_us();
    if let Some(at) = at {
        keeper.clock.set(keeper.programme.noon(at));
    }
    let real_now = keeper.clock.real_now();
    let accounts = async {
        let accounts = seeds::accounts(master, &opened.passwords, real_now).await?;
        people(&opened.doors, &accounts).await
    };
    let portal = async {
        let everybody = seeds::founding(keeper).await?;
        let stage = Stage::new(keeper, everybody);
        story::tell(&stage, sample).await?;
        pipeline::tell(&stage).await?;
        Ok::<_, Fault>(stage)
    };
    let ((), stage) = tokio::try_join!(accounts, portal)?;
    usage::tell(&stage, &opened.doors, &opened.passwords, master).await?;
    keeper.clock.restore_shift(shift);
    notices::settle(keeper).await?;
    seeds::done(keeper).await
}

async fn people(doors: &[Arc<Door>], accounts: &Arc<Vec<Account>>) -> Result<(), Fault> {
    let mut making = tokio::task::JoinSet::new();
    for door in doors {
        let (door, accounts) = (Arc::clone(door), Arc::clone(accounts));
        making.spawn(async move { seeds::people(&door, &accounts).await });
    }
    while let Some(made) = making.join_next().await {
        made.map_err(|_| Fault::internal("the seeds were interrupted"))??;
    }
    Ok(())
}

/// The sample's addresses have the port in them: after a start on another one its sandbox configuration follows.
pub(super) async fn sample_follows(keeper: &Arc<Keeper>, sample: &Sample<'_>) -> Result<(), Fault> {
    let app = &apps::SAMPLE;
    let Some(stage) = Stage::later(keeper).await? else {
        return Ok(());
    };
    let admin = stage.admin(app.team)?;
    let found = seen::app(keeper, admin, app.handle, EnvironmentName::Sandbox).await;
    let mut document = match found {
        Ok(view) => view.document,
        // Somebody has deleted it.
        Err(Failure::Refused(_)) => return Ok(()),
        Err(Failure::Fault(fault)) => return Err(fault),
    };
    let Some(oidc) = &mut document.oidc else {
        return Ok(());
    };
    let callback = format!("{}/callback", sample.url);
    let ended = "/callback";
    let older = |uri: &String| uri.starts_with("http://localhost:") && uri.ends_with(ended);
    if oidc.redirect_uris.contains(&callback) || !oidc.redirect_uris.iter().any(older) {
        return Ok(());
    }
    oidc.redirect_uris.retain(|uri| !older(uri));
    oidc.redirect_uris.push(callback);
    oidc.post_logout_redirect_uris = vec![format!("{}/signed-out", sample.url)];
    story::save(&stage, app, document).await
}

const MARK: &str = "first-start";
