//! What the end of an agreement does to live apps, under each policy.

use durward_domain::agreement::{Agreement, AgreementState};
use durward_domain::programme::{ExpiryPolicy, Programme};
use durward_store::agreements;

use super::racers::two_nodes;
use super::suspension::{answered, resume, suspend};
use super::*;
use crate::jobs::keeper_agreements;
use crate::keeper::Keeper;
use crate::operator::suspension::{self, Denials};
use crate::partner::agreements::{Ending, endings};

const APP: &str = "fishing-licence";

/// A portal on each engine whose programme has this policy, with the team's app live in production and in the sandbox.
async fn portals(policy: ExpiryPolicy) -> Vec<TestPortal> {
    let mut rules = Programme::clone(&Programme::named("us").unwrap());
    rules.agreement.expiry = policy;
    let portals = TestPortal::under_rules(Arc::new(rules), "2027-06-01").await;
    let portals = portals.unwrap();
    for portal in &portals {
        let admin = portal.member("admin").await.unwrap();
        let sandbox = portal.sandbox_document();
        save(portal, &admin, sandbox, Save::Create).await.unwrap();
        portal
            .put_live(vec![portal.production_document()])
            .await
            .unwrap();
    }
    portals
}

async fn denials(keeper: &Keeper, portal: &TestPortal, environment: EnvironmentName) -> Denials {
    let admin = portal.member("admin").await.unwrap();
    let found = suspension::of_app(keeper, &admin, APP, environment).await;
    found.unwrap()
}

/// Whether the app is suspended, by whom, and how often it was before.
async fn stands(portal: &TestPortal) -> (bool, Option<String>, usize) {
    let found = denials(&portal.keeper, portal, PRODUCTION).await;
    let by = found.denial.map(|denial| denial.by);
    (found.suspended, by, found.history.len())
}

/// Changes the stored agreement, as an override or a Mod would.
async fn amend(portal: &TestPortal, change: impl Fn(&mut Agreement)) {
    let row = portal
        .keeper
        .store
        .read(|c| agreements::find(c, AGREEMENT))
        .await
        .unwrap()
        .unwrap();
    let mut agreement: Agreement = serde_json::from_str(&row.document).unwrap();
    change(&mut agreement);
    let next = agreements::AgreementRow {
        state: agreement.state.as_str().to_owned(),
        ends: agreement.period.end.to_string(),
        document: serde_json::to_string(&agreement).unwrap(),
        ..row
    };
    let written = portal
        .keeper
        .store
        .write(move |c| agreements::update(c, &next));
    assert!(written.await.unwrap());
}

/// A Mod that begins where the order ended and is executed today.
async fn renew(portal: &TestPortal) {
    let row = portal
        .keeper
        .store
        .read(|c| agreements::find(c, AGREEMENT))
        .await
        .unwrap()
        .unwrap();
    let mut agreement: Agreement = serde_json::from_str(&row.document).unwrap();
    agreement.number = agreement.number.next_modification().unwrap();
    agreement.state = AgreementState::Executed;
    agreement.period.end = "2028-09-30".parse().unwrap();
    let next = agreements::AgreementRow {
        number: agreement.number.to_string(),
        state: agreement.state.as_str().to_owned(),
        ends: agreement.period.end.to_string(),
        document: serde_json::to_string(&agreement).unwrap(),
        ..row
    };
    let written = portal
        .keeper
        .store
        .write(move |c| agreements::insert(c, &next));
    assert!(written.await.unwrap());
}

fn by_rule() -> Option<String> {
    Some("agreements".to_owned())
}

#[tokio::test]
async fn warned_apps_stay_live() {
    for portal in portals(ExpiryPolicy::Warn).await {
        clock(&portal, "2028-09-30").await;
        assert_eq!(stands(&portal).await, (false, None, 0));
        assert_eq!(answered(&portal).await, "let in");
    }
}

#[tokio::test]
async fn suspended_on_the_day_after_the_end_and_resumed_by_a_mod() {
    for portal in portals(ExpiryPolicy::Suspend).await {
        clock(&portal, "2027-09-30").await;
        assert_eq!(stands(&portal).await, (false, None, 0));
        clock(&portal, "2027-10-01").await;
        assert_eq!(stands(&portal).await, (true, by_rule(), 0));
        assert_eq!(answered(&portal).await, "authorize/app-suspended");
        let found = denials(&portal.keeper, &portal, PRODUCTION).await;
        let reason = found.denial.unwrap().reason;
        assert!(
            reason.contains("until Thursday 30 September 2027"),
            "{reason}"
        );
        assert!(found.in_force);
        // The sandbox is never touched.
        assert!(!denials(&portal.keeper, &portal, SANDBOX).await.suspended);
        // Nothing more happens on later days, nor after a restart.
        clock(&portal, "2027-10-09").await;
        let again = portal.another_node().await.unwrap();
        keeper_agreements::run(&again).await.unwrap();
        assert_eq!(stands(&portal).await, (true, by_rule(), 0));
        renew(&portal).await;
        keeper_agreements::run(&portal.keeper).await.unwrap();
        assert_eq!(stands(&portal).await, (false, None, 1));
        assert_eq!(answered(&portal).await, "let in");
        // The Mod ends too.
        clock(&portal, "2028-10-01").await;
        assert_eq!(stands(&portal).await, (true, by_rule(), 1));
    }
}

#[tokio::test]
async fn the_team_and_the_account_managers_are_told_once_and_the_record_says_it() {
    for portal in portals(ExpiryPolicy::Suspend).await {
        clock(&portal, "2027-10-01").await;
        clock(&portal, "2027-10-02").await;
        for who in ["admin", "manager"] {
            let member = portal.member(who).await.unwrap();
            let list = crate::partner::notices::list(&portal.keeper, &member, None, 100)
                .await
                .unwrap();
            let told: Vec<_> = list
                .items
                .iter()
                .filter(|one| one.kind == "app-suspended")
                .collect();
            assert_eq!(told.len(), 1, "{who}");
        }
        let administrator = portal.member("administrator").await.unwrap();
        super::window::record_is_whole(&portal.keeper, &administrator).await;
    }
}

#[tokio::test]
async fn grace_runs_its_days_first() {
    for portal in portals(ExpiryPolicy::Grace).await {
        clock(&portal, "2027-10-30").await;
        assert_eq!(stands(&portal).await, (false, None, 0));
        clock(&portal, "2027-10-31").await;
        assert_eq!(stands(&portal).await, (true, by_rule(), 0));
        // An override gives it more days.
        amend(&portal, |order| {
            order.state = AgreementState::Executed;
            order.period.end = "2027-12-31".parse().unwrap();
        })
        .await;
        keeper_agreements::run(&portal.keeper).await.unwrap();
        assert_eq!(stands(&portal).await, (false, None, 1));
        clock(&portal, "2028-01-30").await;
        assert_eq!(stands(&portal).await, (false, None, 1));
        clock(&portal, "2028-01-31").await;
        assert_eq!(stands(&portal).await, (true, by_rule(), 1));
    }
}

#[tokio::test]
async fn a_jump_over_the_end_suspends_once() {
    for portal in portals(ExpiryPolicy::Grace).await {
        clock(&portal, "2028-06-01").await;
        assert_eq!(stands(&portal).await, (true, by_rule(), 0));
    }
}

#[tokio::test]
async fn what_a_person_suspended_stays_and_a_person_who_resumes_has_the_last_word() {
    for portal in portals(ExpiryPolicy::Suspend).await {
        assert_eq!(suspend(&portal, "deployer", "A key leaked.").await, "ok");
        clock(&portal, "2027-10-01").await;
        assert_eq!(stands(&portal).await, (true, Some("deployer".into()), 0));
        renew(&portal).await;
        keeper_agreements::run(&portal.keeper).await.unwrap();
        assert_eq!(stands(&portal).await, (true, Some("deployer".into()), 0));
        assert_eq!(resume(&portal).await, "ok");
        assert_eq!(answered(&portal).await, "let in");

        clock(&portal, "2028-10-01").await;
        assert_eq!(stands(&portal).await.1, by_rule());
        // A person suspends it too: only that is left when the agreement holds again.
        assert_eq!(suspend(&portal, "deployer", "And it fails.").await, "ok");
        assert_eq!(
            suspend(&portal, "deployer", "Twice.").await,
            "suspension/already"
        );
        assert_eq!(resume(&portal).await, "ok");
        assert_eq!(stands(&portal).await.1, by_rule());
        assert_eq!(answered(&portal).await, "authorize/app-suspended");
        // Lifted by hand, it is not suspended again for the same end.
        assert_eq!(resume(&portal).await, "ok");
        clock(&portal, "2028-10-02").await;
        assert!(!stands(&portal).await.0);
        assert_eq!(answered(&portal).await, "let in");
    }
}

#[tokio::test]
async fn an_app_that_no_agreement_ever_covered_is_left_alone() {
    for portal in portals(ExpiryPolicy::Suspend).await {
        let mut document = portal.production_document();
        document.handle = AppHandle::parse("older-app").unwrap();
        document.app_name = "Older App".into();
        document.issuer.push_str(":OLD");
        portal.put_live(vec![document]).await.unwrap();
        clock(&portal, "2028-06-01").await;
        let deployer = portal.member("deployer").await.unwrap();
        let found = suspension::of_app(&portal.keeper, &deployer, "older-app", PRODUCTION).await;
        assert!(!found.unwrap().suspended);
        assert!(stands(&portal).await.0);
    }
}

#[tokio::test]
async fn two_nodes_suspend_and_resume_once() {
    for portal in portals(ExpiryPolicy::Suspend).await {
        let nodes = two_nodes(&portal).await;
        for node in &nodes {
            node.clock
                .set(portal.keeper.programme.noon("2027-10-05".parse().unwrap()));
        }
        for (suspended, before) in [(true, 0), (false, 1)] {
            let mut racers = tokio::task::JoinSet::new();
            for turn in 0..6 {
                let keeper = Arc::clone(&nodes[turn % 2]);
                racers.spawn(async move { keeper_agreements::run(&keeper).await });
            }
            for outcome in racers.join_all().await {
                outcome.unwrap();
            }
            let (stands, _, history) = stands(&portal).await;
            assert_eq!((stands, history), (suspended, before));
            renew_once(&portal, suspended).await;
        }
    }
}

/// The first round ends with a renewal.
async fn renew_once(portal: &TestPortal, first: bool) {
    if first {
        renew(portal).await;
    }
}

#[tokio::test]
async fn a_node_that_stopped_after_the_list_was_kept_hands_it_over_when_it_is_back() {
    for portal in portals(ExpiryPolicy::Suspend).await {
        clock(&portal, "2027-10-01").await;
        // As if the process had ended before its environment took the list.
        let again = portal.another_node().await.unwrap();
        let door = again.environment(PRODUCTION).unwrap().door.clone().unwrap();
        let before = crate::registry::Registry::beginning(PRODUCTION);
        door.registry.store(Arc::new(before));
        assert!(!denials(&again, &portal, PRODUCTION).await.in_force);
        keeper_agreements::run(&again).await.unwrap();
        run_due(&again).await.unwrap();
        let found = denials(&again, &portal, PRODUCTION).await;
        assert!(found.in_force && found.suspended && found.history.is_empty());
    }
}

async fn ends_for(portal: &TestPortal, who: &str, span: [&str; 2]) -> Vec<Ending> {
    let member = portal.member(who).await.unwrap();
    let [from, to] = span.map(|day| day.parse().unwrap());
    endings(&portal.keeper, &member, from, to).await.unwrap()
}

#[tokio::test]
async fn the_calendar_says_what_follows_to_those_who_may_see_it() {
    for portal in portals(ExpiryPolicy::Grace).await {
        let around = ["2027-09-01", "2027-09-30"];
        for who in ["admin", "reader", "manager", "deployer"] {
            let found = ends_for(&portal, who, around).await;
            assert_eq!(found.len(), 1, "{who}");
            assert_eq!(found[0].apps, ["Fishing Licence", "Harbour Permits"]);
            assert_eq!(found[0].suspends, Some("2027-10-31".parse().unwrap()));
        }
        assert!(ends_for(&portal, "outsider", around).await.is_empty());
        // The day of the suspension is in the span, also when the order is over.
        let later = ["2027-10-31", "2027-10-31"];
        assert_eq!(ends_for(&portal, "admin", later).await.len(), 1);
        clock(&portal, "2027-10-05").await;
        assert_eq!(ends_for(&portal, "admin", later).await.len(), 1);
        assert!(
            ends_for(&portal, "admin", ["2027-10-01", "2027-10-30"])
                .await
                .is_empty()
        );
        // A Mod covers the apps: nothing follows.
        renew(&portal).await;
        let found = ends_for(&portal, "admin", around).await;
        assert!(found[0].apps.is_empty() && found[0].suspends.is_none());
        let found = ends_for(&portal, "admin", ["2028-09-30", "2028-09-30"]).await;
        assert_eq!(found[0].suspends, Some("2028-10-31".parse().unwrap()));
    }
}
