//! The way of an agreement: who may take which step, who races for it, and what is told of its end.

use durward_domain::agreement::{AgreementState, AgreementStep, Side};
use durward_domain::permission::Role;
use jiff::civil::Date;

use super::racers::two_nodes;
use super::*;
use crate::actor::Held;
use crate::jobs::keeper_agreements;
use crate::keeper::Keeper;
use crate::operator::agreements::overrides::{self, Change};
use crate::operator::agreements::{NewAgreement, create, sign, step};
use crate::operator::audit;
use crate::partner::agreements::{AgreementDenied, AgreementView, details, find};
use crate::partner::notices;

const NUMBER: &str = "LGABCFY260007-0001-0000";

fn order(number: &str) -> NewAgreement {
    serde_json::from_str(&format!(
        r#"{{"number":"{number}","agency":"ABC","partner":"Fisheries Digital","starts":"2026-12-01","ends":"2027-11-30",
        "apps":[{{"name":"Boat Registration","level":"auth-only"}}]}}"#
    ))
    .unwrap()
}

/// Takes steps and signs, each as (who, what), until the order is where a test wants it.
async fn go(portal: &TestPortal, way: &[(&str, &str)]) {
    for (who, what) in way {
        assert_eq!(
            take(&portal.keeper, portal, who, what).await,
            "ok",
            "{who} {what}"
        );
    }
}

/// A step or a signature by its name: the code of its outcome.
async fn take(keeper: &Arc<Keeper>, portal: &TestPortal, who: &str, what: &str) -> &'static str {
    let member = portal.member(who).await.unwrap();
    let side = match what {
        "sign_by_partner" => Some(Side::Partner),
        "sign_by_provider" => Some(Side::Provider),
        _ => None,
    };
    if let Some(side) = side {
        let as_signed = (side, "A. Signer", "Director");
        return code(sign(keeper, &member, NUMBER, as_signed, &trace()).await);
    }
    let named = AgreementStep::parse(what).unwrap();
    code(step(keeper, &member, NUMBER, (named, "Because."), &trace()).await)
}

/// The whole way to its execution.
const WAY: [(&str, &str); 6] = [
    ("manager", "start_drafting"),
    ("manager", "send_to_counsel"),
    ("reviewer", "clear_by_counsel"),
    ("admin", "sign_by_partner"),
    ("manager", "send_to_provider"),
    ("administrator", "sign_by_provider"),
];

/// An order that the team's admin asked for.
async fn asked(portal: &TestPortal) {
    let admin = portal.member("admin").await.unwrap();
    let made = create(&portal.keeper, &admin, order(NUMBER), &trace()).await;
    assert_eq!(made.unwrap().number, NUMBER);
}

async fn seen(portal: &TestPortal) -> AgreementView {
    let manager = portal.member("manager").await.unwrap();
    find(&portal.keeper, &manager, NUMBER).await.unwrap()
}

/// How often its history has a word.
async fn times(portal: &TestPortal, number: &str, word: &str) -> usize {
    let manager = portal.member("manager").await.unwrap();
    let found = details(&portal.keeper, &manager, number).await.unwrap();
    found.history.iter().filter(|one| one.word == word).count()
}

#[tokio::test]
async fn each_step_is_taken_by_its_roles_and_refused_to_all_others() {
    let portal = portal().await;
    asked(&portal).await;
    let staff = ["manager", "administrator"];
    let counsel = ["reviewer", "second-reviewer", "administrator"];
    let signs = ["admin", "manager", "administrator"];
    for (who, what) in WAY {
        let allowed: &[&str] = match what {
            "clear_by_counsel" => &counsel,
            "sign_by_partner" => &signs,
            _ => &staff,
        };
        for other in [
            "admin",
            "developer",
            "reader",
            "reviewer",
            "second-reviewer",
            "deployer",
            "manager",
        ] {
            if !allowed.contains(&other) {
                let refused = take(&portal.keeper, &portal, other, what).await;
                assert_eq!(refused, "permission/role", "{other} {what}");
            }
        }
        let foreign = take(&portal.keeper, &portal, "outsider", what).await;
        assert_eq!(foreign, "agreement/not-found", "{what}");
        go(&portal, &[(who, what)]).await;
    }
    assert_eq!(seen(&portal).await.state, "executed");
    for other in ["developer", "reader", "reviewer", "deployer"] {
        for what in ["request_mod", "terminate"] {
            let refused = take(&portal.keeper, &portal, other, what).await;
            assert_eq!(refused, "permission/role", "{other} {what}");
        }
    }
    assert_eq!(
        take(&portal.keeper, &portal, "admin", "terminate").await,
        "permission/role"
    );
    // Nobody hurries what goes by its date or by a Mod.
    for what in ["expire", "replace"] {
        let refused = take(&portal.keeper, &portal, "administrator", what).await;
        assert_eq!(refused, "agreement/step-by-itself", "{what}");
    }
}

#[tokio::test]
async fn staff_sign_for_a_partner_only_from_a_scan() {
    let portal = portal().await;
    asked(&portal).await;
    go(&portal, &WAY[..3]).await;
    let signed = take(&portal.keeper, &portal, "manager", "sign_by_partner").await;
    assert_eq!(signed, "agreement/scan-missing");
    // Counsel does not clear what they wrote; the partner's signer does not sign for the programme.
    go(&portal, &WAY[3..5]).await;
    let own = take(&portal.keeper, &portal, "admin", "sign_by_provider").await;
    assert_eq!(own, "permission/role");
}

/// Twelve turns of two things at once, at two nodes; the codes of their outcomes.
async fn raced(portal: &TestPortal, turns: [(&'static str, &'static str); 2]) -> Vec<&'static str> {
    let nodes = two_nodes(portal).await;
    let mut members = Vec::new();
    for (who, _) in turns {
        members.push(portal.member(who).await.unwrap());
    }
    let mut racers = tokio::task::JoinSet::new();
    for turn in 0..12 {
        let at = turn % 2;
        let (keeper, member) = (Arc::clone(&nodes[turn / 2 % 2]), members[at].clone());
        let what = turns[at].1;
        racers.spawn(async move {
            let side = match what {
                "sign_by_partner" => Side::Partner,
                "sign_by_provider" => Side::Provider,
                _ => {
                    let named = AgreementStep::parse(what).unwrap();
                    let reason = (named, "Because.");
                    return code(step(&keeper, &member, NUMBER, reason, &trace()).await);
                }
            };
            let as_signed = (side, "A. Signer", "Director");
            code(sign(&keeper, &member, NUMBER, as_signed, &trace()).await)
        });
    }
    racers.join_all().await
}

/// One was taken, and all others came too late.
fn one_of(outcomes: &[&str]) {
    let done = outcomes.iter().filter(|code| **code == "ok").count();
    assert_eq!(done, 1, "{outcomes:?}");
    assert!(
        outcomes
            .iter()
            .all(|code| ["ok", "agreement/stale", "agreement/step-not-possible"].contains(code)),
        "{outcomes:?}"
    );
}

#[tokio::test]
async fn of_signatures_at_once_one_counts_on_each_side() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        asked(&portal).await;
        go(&portal, &WAY[..3]).await;
        one_of(&raced(&portal, [("admin", "sign_by_partner"); 2]).await);
        let after = seen(&portal).await;
        assert_eq!(after.state, "partner_signed");
        let signature = after.partner_signature.unwrap();
        assert_eq!(signature.sha256.as_deref(), Some(after.sha256.as_str()));
        go(&portal, &WAY[4..5]).await;
        let sides = [
            ("manager", "sign_by_provider"),
            ("administrator", "sign_by_provider"),
        ];
        one_of(&raced(&portal, sides).await);
        assert_eq!(seen(&portal).await.state, "executed");
        for word in ["sign_by_partner", "sign_by_provider"] {
            assert_eq!(times(&portal, NUMBER, word).await, 1, "{word}");
        }
        let administrator = portal.member("administrator").await.unwrap();
        let record = audit::verify(&portal.keeper, &administrator, &trace()).await;
        assert_eq!(record.unwrap().broken, None);
    }
}

#[tokio::test]
async fn a_signature_and_a_return_to_drafting_at_once_leave_one_of_the_two() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        asked(&portal).await;
        go(&portal, &WAY[..5]).await;
        let turns = [
            ("administrator", "sign_by_provider"),
            ("manager", "return_to_drafting"),
        ];
        one_of(&raced(&portal, turns).await);
        let after = seen(&portal).await;
        let signed = after.provider_signature.is_some();
        assert_eq!(after.state, if signed { "executed" } else { "drafting" });
        assert_eq!(after.partner_signature.is_some(), signed);
    }
}

#[tokio::test]
async fn one_mod_begins_when_two_ask_for_it_at_once() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        asked(&portal).await;
        go(&portal, &WAY).await;
        one_of(
            &raced(
                &portal,
                [("admin", "request_mod"), ("manager", "request_mod")],
            )
            .await,
        );
        let manager = portal.member("manager").await.unwrap();
        let found = details(&portal.keeper, &manager, NUMBER).await.unwrap();
        assert_eq!(found.mods, ["LGABCFY260007-0001-0001"]);
        assert_eq!(times(&portal, &found.mods[0], "mod_begun").await, 1);
    }
}

#[tokio::test]
async fn of_two_with_one_number_at_once_one_is_entered() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let nodes = two_nodes(&portal).await;
        let admin = portal.member("admin").await.unwrap();
        let mut racers = tokio::task::JoinSet::new();
        for turn in 0..6 {
            let (keeper, admin) = (Arc::clone(&nodes[turn % 2]), admin.clone());
            // With and without FY is one number.
            let number = if turn < 3 {
                NUMBER
            } else {
                "LGABC260007-0001-0000"
            };
            racers
                .spawn(async move { code(create(&keeper, &admin, order(number), &trace()).await) });
        }
        let mut outcomes = racers.join_all().await;
        outcomes.sort_unstable();
        let taken = "agreement/exists";
        assert_eq!(outcomes, [taken, taken, taken, taken, taken, "ok"]);
        assert_eq!(times(&portal, NUMBER, "entered").await, 1);
    }
}

fn later() -> Change {
    Change {
        ends: Some("2027-12-31".parse().unwrap()),
        ..Change::default()
    }
}

async fn decided(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    confirms: bool,
) -> Result<AgreementView, Failure<AgreementDenied>> {
    overrides::decide(keeper, member, (AGREEMENT, id), confirms, &trace()).await
}

#[tokio::test]
async fn an_override_is_confirmed_once_by_another_person_and_never_by_its_own() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let nodes = two_nodes(&portal).await;
        let manager = portal.member("manager").await.unwrap();
        let held = [Held::staff(Role::Administrator)];
        let second = portal.newcomer("second-administrator@agency.gov", &held);
        second.await.unwrap();
        let reason = (&later(), "The Mod is late.");
        let asked = overrides::ask(&nodes[0], &manager, AGREEMENT, reason, &trace()).await;
        let id = asked.unwrap();
        let mut racers = tokio::task::JoinSet::new();
        let people = ["manager", "administrator", "second-administrator"];
        for turn in 0..12 {
            let member = portal.member(people[turn % 3]).await.unwrap();
            let (keeper, id) = (Arc::clone(&nodes[turn % 2]), id.clone());
            racers.spawn(async move {
                (
                    turn % 3 == 0,
                    code(decided(&keeper, &member, &id, true).await),
                )
            });
        }
        let outcomes = racers.join_all().await;
        let of = |own: bool| -> Vec<&str> {
            let those = outcomes.iter().filter(|(is_own, _)| *is_own == own);
            those.map(|(_, code)| *code).collect()
        };
        let late = [
            "agreement/override-decided",
            "agreement/stale",
            "agreement/own-override",
        ];
        assert!(
            of(true).iter().all(|code| late.contains(code)),
            "{outcomes:?}"
        );
        let done = of(false).iter().filter(|code| **code == "ok").count();
        assert_eq!(done, 1, "{outcomes:?}");
        assert_eq!(times(&portal, AGREEMENT, "overridden").await, 1);
        let after = find(&portal.keeper, &manager, AGREEMENT).await.unwrap();
        assert_eq!(after.ends, later().ends.unwrap());
    }
}

#[tokio::test]
async fn an_override_is_confirmed_or_refused_and_an_old_one_does_nothing() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let nodes = two_nodes(&portal).await;
        let manager = portal.member("manager").await.unwrap();
        let administrator = portal.member("administrator").await.unwrap();
        let mut ids = Vec::new();
        for _ in 0..2 {
            let reason = (&later(), "The Mod is late.");
            let asked = overrides::ask(&nodes[0], &manager, AGREEMENT, reason, &trace()).await;
            ids.push(asked.unwrap());
        }
        let (yes, no) = tokio::join!(
            decided(&nodes[0], &administrator, &ids[0], true),
            decided(&nodes[1], &administrator, &ids[0], false),
        );
        let confirmed = yes.is_ok();
        assert_ne!(confirmed, no.is_ok(), "{yes:?} {no:?}");
        assert_eq!(
            times(&portal, AGREEMENT, "overridden").await,
            usize::from(confirmed)
        );
        // The other was asked for the text of before: it holds only while that stands.
        let other = decided(&nodes[1], &administrator, &ids[1], true).await;
        let expected = if confirmed { "agreement/stale" } else { "ok" };
        assert_eq!(code(other), expected);
    }
}

/// How many notices of a kind a member has.
async fn told(portal: &TestPortal, who: &str, kind: &str) -> usize {
    let member = portal.member(who).await.unwrap();
    let found = notices::list(&portal.keeper, &member, None, 100)
        .await
        .unwrap();
    found.items.iter().filter(|one| one.kind == kind).count()
}

async fn told_on(portal: &TestPortal, day: &str) -> (usize, usize) {
    clock(portal, day).await;
    // A restart, and a second node that looks at the same time.
    let nodes = two_nodes(portal).await;
    let (one, other) = tokio::join!(
        keeper_agreements::run(&nodes[0]),
        keeper_agreements::run(&nodes[1])
    );
    one.unwrap();
    other.unwrap();
    let manager = told(portal, "manager", "agreement-ending").await;
    assert_eq!(manager, told(portal, "admin", "agreement-ending").await);
    assert_eq!(told(portal, "outsider", "agreement-ending").await, 0);
    let ended = told(portal, "admin", "agreement-ended").await;
    (manager, ended)
}

#[tokio::test]
async fn an_end_is_told_at_120_60_and_30_days_once_each_and_when_it_came() {
    for portal in TestPortal::on_both("2027-05-01").await.unwrap() {
        // It ends on 30 September 2027.
        let ends: Date = "2027-09-30".parse().unwrap();
        for (days, before, then) in [
            (120, (0, 0), (1, 0)),
            (60, (1, 0), (2, 0)),
            (30, (2, 0), (3, 0)),
        ] {
            let day = ends.saturating_sub(jiff::Span::new().days(days));
            let eve = day.yesterday().unwrap().to_string();
            assert_eq!(told_on(&portal, &eve).await, before, "before {days}");
            assert_eq!(told_on(&portal, &day.to_string()).await, then, "{days}");
        }
        assert_eq!(told_on(&portal, "2027-09-30").await, (3, 0));
        assert_eq!(told_on(&portal, "2027-10-01").await, (3, 1));
        assert_eq!(told_on(&portal, "2027-10-05").await, (3, 1));
        assert_eq!(times(&portal, AGREEMENT, "expire").await, 1);
    }
}

#[tokio::test]
async fn a_clock_that_passes_several_thresholds_tells_of_the_nearest_alone() {
    for portal in TestPortal::on_both("2027-05-01").await.unwrap() {
        assert_eq!(told_on(&portal, "2027-09-10").await, (1, 0));
        assert_eq!(told_on(&portal, "2027-09-29").await, (1, 0));
    }
    for portal in TestPortal::on_both("2027-05-01").await.unwrap() {
        assert_eq!(told_on(&portal, "2028-02-01").await, (0, 1));
        let manager = portal.member("manager").await.unwrap();
        let after = find(&portal.keeper, &manager, AGREEMENT).await.unwrap();
        assert_eq!(after.state, AgreementState::Expired.as_str());
    }
}
