//! Notices by mail: at once with the link that ends them, and once a day in one mail.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use durward_app::Keeper;
use durward_app::jobs::{keeper_digest, keeper_mail};
use durward_app::partner::notices::{
    self, KEY_ADDED, Notice, NoticeKind, REQUEST_DEPLOYED, REQUEST_REJECTED, To,
};
use durward_app::ports::mail::Smtp;
use durward_app::testing_portal::{TestPortal, trace};
use durward_server::catcher::{Catcher, Message};
use durward_web::portal::notices::NoticeWords;
use jiff::Timestamp;
use jiff::civil::{date, time};

struct Mailed {
    portal: TestPortal,
    catcher: Catcher,
}

/// Sends by this server from now on; gives the one before.
async fn post_by(portal: &mut TestPortal, post: Smtp) -> Option<Smtp> {
    loop {
        // A unit of work that is just done may still hold the portal.
        if let Some(keeper) = Arc::get_mut(&mut portal.keeper) {
            return keeper.post.replace(post);
        }
        tokio::task::yield_now().await;
    }
}

impl Mailed {
    async fn open() -> Self {
        let catcher = Catcher::start(|| Timestamp::UNIX_EPOCH).await.unwrap();
        let mut portal = TestPortal::at("2026-11-10").await.unwrap();
        let post = Smtp::new(&catcher.url(), "Partner Portal <no-reply@localhost>").unwrap();
        post_by(&mut portal, post).await;
        Self { portal, catcher }
    }

    fn keeper(&self) -> &Arc<Keeper> {
        &self.portal.keeper
    }

    /// Puts the keeper's clock to a time of a day in the programme's zone.
    fn at(&self, day: i8, hour: i8, minute: i8) {
        let keeper = self.keeper();
        let to = keeper
            .programme
            .instant(date(2026, 11, day), time(hour, minute, 0, 0));
        keeper.clock.set(to);
    }

    async fn tell(&self, who: &str, kind: &'static NoticeKind, app: &'static str) {
        let id = self.portal.member(who).await.unwrap().id;
        let keeper = Arc::clone(self.keeper());
        self.keeper()
            .store
            .write(move |c| {
                let values = ["environment", "note", "fingerprint", "who"]
                    .map(|name| (name, "production".to_owned()));
                let values = values.into_iter().chain([("app", app.to_owned())]);
                notices::post(
                    c,
                    &keeper,
                    &Notice {
                        to: &[To::Member(&id)],
                        kind,
                        link: format!("/apps/{app}/production"),
                        values: values.collect(),
                    },
                )
            })
            .await
            .unwrap();
    }

    async fn choose(&self, who: &str, chosen: &[(&NoticeKind, &str)]) {
        let member = self.portal.member(who).await.unwrap();
        let wanted: Vec<(String, String)> = chosen
            .iter()
            .map(|(kind, way)| (kind.id.to_owned(), (*way).to_owned()))
            .collect();
        notices::choose(self.keeper(), &member, &wanted, &trace())
            .await
            .unwrap();
    }

    /// Runs what a second of the server runs, twice: once more after a restart.
    async fn run(&self) {
        for _ in 0..2 {
            keeper_mail::deliver_due(self.keeper(), &NoticeWords)
                .await
                .unwrap();
            keeper_digest::run_due(self.keeper(), &NoticeWords)
                .await
                .unwrap();
        }
    }

    /// The mails of a member so far.
    async fn mails(&self, who: &str) -> Vec<Message> {
        let email = self.portal.member(who).await.unwrap().email;
        let mut all = self.catcher.messages();
        all.retain(|mail| mail.to == [email.as_str()]);
        all
    }
}

#[tokio::test]
async fn a_mail_at_once_carries_the_one_click_link_of_its_kind() {
    let mailed = Mailed::open().await;
    mailed.tell("developer", &REQUEST_DEPLOYED, "tides").await;
    mailed.tell("admin", &KEY_ADDED, "tides").await;
    mailed.run().await;
    let mails = mailed.mails("developer").await;
    assert_eq!(mails.len(), 1);
    let header = mails[0].header("List-Unsubscribe");
    let link = header.trim_matches(['<', '>']);
    assert!(
        link.starts_with("http://localhost:8400/notices/less?t="),
        "{header}"
    );
    assert_eq!(
        mails[0].header("List-Unsubscribe-Post"),
        "List-Unsubscribe=One-Click"
    );
    assert!(mails[0].text.contains(link), "{}", mails[0].text);
    assert!(mails[0].header("Message-ID").contains("@localhost"));

    // What keeps safe has no button that ends it; its text says why.
    let mails = mailed.mails("admin").await;
    assert_eq!(mails[0].header("List-Unsubscribe"), "");
    assert!(mails[0].text.contains("cannot be switched off"));
}

#[tokio::test]
async fn one_mail_a_day_holds_what_came_since_the_one_before() {
    let mailed = Mailed::open().await;
    let daily = [(&REQUEST_DEPLOYED, "digest"), (&REQUEST_REJECTED, "digest")];
    mailed.choose("developer", &daily).await;
    mailed.at(10, 6, 59);
    mailed.tell("developer", &REQUEST_DEPLOYED, "tides").await;
    mailed.tell("developer", &REQUEST_REJECTED, "lakes").await;
    mailed.run().await;
    assert!(mailed.mails("developer").await.is_empty(), "too early");

    mailed.at(10, 7, 0);
    mailed.run().await;
    let mails = mailed.mails("developer").await;
    assert_eq!(mails.len(), 1, "nothing twice");
    assert!(
        mails[0].subject.starts_with("2 notices of"),
        "{}",
        mails[0].subject
    );
    for part in [
        "tides",
        "lakes",
        "/apps/tides/production",
        "/notices/less?t=",
    ] {
        assert!(mails[0].text.contains(part), "{part}: {}", mails[0].text);
    }
    assert!(
        mails[0]
            .header("List-Unsubscribe")
            .contains("/notices/less?t=")
    );

    // Later the same day waits for the next; a day without news has no mail.
    mailed.tell("developer", &REQUEST_DEPLOYED, "rivers").await;
    mailed.at(10, 23, 0);
    mailed.run().await;
    assert_eq!(mailed.mails("developer").await.len(), 1);
    mailed.at(14, 12, 0);
    mailed.run().await;
    let mails = mailed.mails("developer").await;
    assert_eq!(mails.len(), 2, "nothing lost");
    assert!(mails[1].text.contains("rivers") && !mails[1].text.contains("tides"));
    mailed.at(15, 12, 0);
    mailed.run().await;
    assert_eq!(mailed.mails("developer").await.len(), 2);
}

#[tokio::test]
async fn what_is_for_the_page_alone_is_never_mailed() {
    let mailed = Mailed::open().await;
    mailed
        .choose("developer", &[(&REQUEST_DEPLOYED, "portal")])
        .await;
    mailed.tell("developer", &REQUEST_DEPLOYED, "tides").await;
    mailed.at(12, 12, 0);
    mailed.run().await;
    assert!(mailed.mails("developer").await.is_empty());
    let member = mailed.portal.member("developer").await.unwrap();
    let page = notices::list(mailed.keeper(), &member, None, 10)
        .await
        .unwrap();
    assert_eq!(page.items.len(), 1);
}

#[tokio::test]
async fn a_mail_of_a_day_that_the_server_did_not_take_comes_later_and_whole() {
    let mut mailed = Mailed::open().await;
    mailed
        .choose("developer", &[(&REQUEST_DEPLOYED, "digest")])
        .await;
    mailed.tell("developer", &REQUEST_DEPLOYED, "tides").await;
    mailed.at(10, 8, 0);
    let gone = Smtp::new("smtp://127.0.0.1:9", "Partner Portal <no-reply@localhost>").unwrap();
    let back = post_by(&mut mailed.portal, gone).await.unwrap();
    mailed.run().await;
    assert!(mailed.mails("developer").await.is_empty());
    post_by(&mut mailed.portal, back).await;
    // What came meanwhile is of the next day's mail: this one is as it was made.
    mailed.tell("developer", &REQUEST_DEPLOYED, "rivers").await;
    mailed.at(10, 9, 0);
    mailed.run().await;
    let mails = mailed.mails("developer").await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("tides") && !mails[0].text.contains("rivers"));
}
