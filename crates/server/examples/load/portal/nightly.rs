//! The jobs that go through all live apps. Ten thousand launches are not made for it: the apps are released to production
//! as tests do, in databases of their own in this process.

use std::time::Instant;

use durward_app::jobs::{keeper_keys, keeper_lint};
use durward_app::testing_portal::{TEAM, TestPortal};
use durward_domain::application::AppDocument;

use super::crowd::Crowd;
use super::table::{Table, milliseconds};

/// The nightly check of so many live apps: the first, which knows nothing of before, and the next.
pub(super) async fn measure(
    table: &mut Table,
    crowd: &mut Crowd,
    apps: usize,
) -> Result<(), String> {
    crowd.settle(apps)?;
    let portal = TestPortal::at("2026-11-10").await.map_err(told)?;
    let mut documents = Vec::with_capacity(apps);
    for number in 0..apps {
        let mut document = crowd.document(number, 0);
        document["team"] = TEAM.into();
        document["environment"] = "production".into();
        let text = document.to_string();
        documents.push(AppDocument::parse_json(text.as_bytes()).map_err(told)?);
    }
    for part in documents.chunks(AT_ONCE) {
        portal.put_live(part.to_vec()).await.map_err(told)?;
    }
    for name in [
        "nightly check, the first, ms",
        "nightly check, the next, ms",
    ] {
        let began = Instant::now();
        let checked = keeper_lint::run(&portal.keeper).await.map_err(told)?;
        table.add(name, milliseconds(began.elapsed()));
        // The portal's own app is live too.
        if usize::try_from(checked.apps) != Ok(apps + 1) {
            return Err(format!("{} apps were checked", checked.apps));
        }
    }
    let began = Instant::now();
    keeper_keys::endings(&portal.keeper).await.map_err(told)?;
    table.add(
        "certificates that end, looked for in all, ms",
        milliseconds(began.elapsed()),
    );
    Ok(())
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

const AT_ONCE: usize = 1000;
