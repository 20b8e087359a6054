use durward_domain::money::Cents;
use durward_domain::partnership::{Side, Step, Typed};
use durward_domain::price::{Plan, Shape};
use durward_domain::refusal::Refuse;
use durward_store::notices;
use durward_store::notices::NoticeRow;

use super::*;
use crate::partner::estimates::{self, NewEstimate, Place};
use crate::testing_portal::{TestPortal, trace};

fn typed() -> Typed {
    Typed {
        name: "Robin Quill".to_owned(),
        title: "Programme manager".to_owned(),
        email: "robin.quill@newagency.gov".to_owned(),
        agency: "Bureau of Harbours".to_owned(),
        agency_kind: "federal".to_owned(),
        programme: "Mooring permits".to_owned(),
        estimated_users: "100000".to_owned(),
        estimated_auths: "400000".to_owned(),
        proofing: "auth_only".to_owned(),
        ..Typed::default()
    }
}

fn code<T, R: Refuse>(result: Result<T, Failure<R>>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(Failure::Refused(refusal)) => refusal.code(),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

async fn send(portal: &TestPortal, network: &str) -> Result<Received, Failure<InterestRefusal>> {
    receive(&portal.keeper, &typed(), (network, "en"), &trace()).await
}

/// The notices that wait for their mail, as kind and address.
async fn mails(portal: &TestPortal) -> Vec<NoticeRow> {
    let now = portal.keeper.clock.real_now();
    let claim = move |c: &mut Conn| {
        let mut all = Vec::new();
        while let Some(row) = notices::claim(c, now, std::time::Duration::from_secs(600))? {
            all.push(row);
        }
        Ok(all)
    };
    portal.keeper.store.write(claim).await.unwrap()
}

fn kinds(mails: &[NoticeRow]) -> Vec<(&str, &str)> {
    let mut kinds: Vec<_> = mails
        .iter()
        .map(|one| (one.kind.as_str(), one.address.as_str()))
        .collect();
    kinds.sort_unstable();
    kinds
}

fn waiting(view: &PartnershipView) -> (Task, Side) {
    let waiting = view.line.progress.waiting.unwrap();
    (waiting.task, waiting.side)
}

fn plan() -> Plan {
    Plan {
        model: 3,
        start: "2027-01".parse().unwrap(),
        months: 12,
        users: 10_000,
        auths: 400_000,
        new_proofings: 0,
        existing_proofings: 0,
        shape: Shape::EVEN,
    }
}

async fn step(
    portal: &TestPortal,
    who: &str,
    id: &str,
    act: Act,
) -> Result<PartnershipView, Failure<PartnershipRefusal>> {
    let member = portal.member(who).await.unwrap();
    super::act(&portal.keeper, &member, id, &act, &trace()).await
}

fn judged(fit: bool) -> Act {
    Act::Judge {
        fit,
        reason: "They need sign-in for the public.".to_owned(),
    }
}

#[tokio::test]
async fn an_agency_goes_from_interest_to_its_own_team() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let keeper = &portal.keeper;
        let id = send(&portal, "192.0.2.1").await.unwrap().id;
        assert_eq!(
            kinds(&mails(&portal).await),
            [
                ("interest-confirmed", "robin.quill@newagency.gov"),
                ("interest-received", "manager@agency.gov")
            ]
        );
        let manager = "manager@agency.gov".to_owned();
        let view = step(&portal, "administrator", &id, Act::Assign { manager })
            .await
            .unwrap();
        assert_eq!(waiting(&view), (Task::Call, Side::Programme));
        let early = Conversion {
            agency: "Bureau of Harbours".to_owned(),
            letters: Some("HARBR".to_owned()),
            team: "Mooring".to_owned(),
            handle: None,
            email: None,
        };
        let member = portal.member("manager").await.unwrap();
        let refused = convert(keeper, &member, &id, &early, &trace()).await;
        assert_eq!(code(refused), "partnership/no-fit");
        step(&portal, "manager", &id, Act::Done { task: Task::Call })
            .await
            .unwrap();
        step(&portal, "manager", &id, judged(true)).await.unwrap();
        let view = convert(keeper, &member, &id, &early, &trace())
            .await
            .unwrap();
        assert_eq!(view.line.team.as_deref(), Some("mooring"));
        assert_eq!(waiting(&view), (Task::Joined, Side::Partner));
        let told = mails(&portal).await;
        assert!(
            kinds(&told).contains(&("invited", "robin.quill@newagency.gov")),
            "{:?}",
            kinds(&told)
        );

        // Twelve days later it still waits for the partner.
        keeper
            .clock
            .set(keeper.programme.noon("2026-11-22".parse().unwrap()));
        let line = list(
            keeper,
            &member,
            &Filter {
                most: 10,
                ..Filter::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(line.items[0].days_waiting, Some(12));
    }
}

#[tokio::test]
async fn what_the_portal_sees_moves_the_pipeline_by_itself() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let keeper = &portal.keeper;
    let id = send(&portal, "192.0.2.1").await.unwrap().id;
    let manager = "manager@agency.gov".to_owned();
    step(&portal, "manager", &id, Act::Assign { manager })
        .await
        .unwrap();
    step(&portal, "manager", &id, Act::Done { task: Task::Call })
        .await
        .unwrap();
    step(&portal, "manager", &id, judged(true)).await.unwrap();
    let team = crate::testing_portal::TEAM.to_owned();
    let view = step(&portal, "manager", &id, Act::Link { team })
        .await
        .unwrap();
    // Members are there already; the clock of the next task begins now.
    assert_eq!(waiting(&view), (Task::Estimated, Side::Programme));
    assert!(mails(&portal).await.len() >= 2);

    let member = portal.member("manager").await.unwrap();
    let place = Place::Partnership(id.clone());
    let new = NewEstimate {
        name: "First".to_owned(),
        plan: plan(),
    };
    let saved = estimates::save(keeper, &member, &place, &new, &trace())
        .await
        .unwrap();
    assert_eq!(saved.team.as_deref(), Some(crate::testing_portal::TEAM));
    assert_eq!(saved.estimate.total, Cents::new(2_000_000));
    assert_eq!(watch(keeper).await.unwrap(), 2, "joined and estimated");
    let told = mails(&portal).await;
    let admin = "admin@agency.gov";
    assert_eq!(
        kinds(&told),
        [("estimate-saved", admin), ("partnership-turn", admin)]
    );

    let admin = portal.member("admin").await.unwrap();
    let seen = find(keeper, &admin, &id).await.unwrap();
    assert_eq!(
        (waiting(&seen), seen.may_manage),
        ((Task::EstimateAccepted, Side::Partner), false)
    );
    let second = NewEstimate {
        name: "Second".to_owned(),
        plan: Plan {
            auths: 500_000,
            ..plan()
        },
    };
    let own = Place::Team(crate::testing_portal::TEAM.to_owned());
    let second = estimates::save(keeper, &admin, &own, &second, &trace())
        .await
        .unwrap();
    estimates::accept(keeper, &admin, &saved.id, &trace())
        .await
        .unwrap();
    estimates::accept(keeper, &admin, &second.id, &trace())
        .await
        .unwrap();
    let all = estimates::list(keeper, &admin, &own).await.unwrap();
    let accepted: Vec<&str> = all
        .iter()
        .filter(|one| one.accepted.is_some())
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(accepted, ["Second"]);
    assert_eq!(watch(keeper).await.unwrap(), 1);
    assert_eq!(watch(keeper).await.unwrap(), 0, "once");
    let seen = find(keeper, &admin, &id).await.unwrap();
    assert_eq!(
        (seen.line.progress.step, waiting(&seen).0),
        (Step::EstimateAndTest, Task::SandboxApp)
    );
}

#[tokio::test]
async fn strangers_and_partners_of_others_see_nothing() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let keeper = &portal.keeper;
    let id = send(&portal, "192.0.2.1").await.unwrap().id;
    for name in ["admin", "outsider", "reviewer", "deployer"] {
        let member = portal.member(name).await.unwrap();
        assert_eq!(
            code(find(keeper, &member, &id).await),
            "partnership/not-found",
            "{name}"
        );
        assert_eq!(
            code(step(&portal, name, &id, judged(true)).await),
            "partnership/not-found"
        );
        let place = Place::Partnership(id.clone());
        assert_eq!(
            code(estimates::list(keeper, &member, &place).await),
            "estimate/not-found"
        );
        assert!(
            list(
                keeper,
                &member,
                &Filter {
                    most: 9,
                    ..Filter::default()
                }
            )
            .await
            .unwrap()
            .items
            .is_empty()
        );
        assert_eq!(
            code(enter(keeper, &member, &typed(), "en", &trace()).await),
            "permission/role"
        );
    }
    step(&portal, "manager", &id, judged(true)).await.unwrap();
    let team = crate::testing_portal::TEAM.to_owned();
    step(&portal, "manager", &id, Act::Link { team })
        .await
        .unwrap();
    let secret = Act::Note {
        text: "Budget is uncertain.".to_owned(),
        shared: false,
    };
    step(&portal, "manager", &id, secret).await.unwrap();
    let shared = Act::Note {
        text: "Call on Monday.".to_owned(),
        shared: true,
    };
    step(&portal, "manager", &id, shared).await.unwrap();
    let reader = portal.member("reader").await.unwrap();
    let view = find(keeper, &reader, &id).await.unwrap();
    let notes: Vec<&str> = view
        .entries
        .iter()
        .filter(|one| one.kind == "note")
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(notes, ["Call on Monday."]);
    assert_eq!(
        code(step(&portal, "reader", &id, judged(false)).await),
        "permission/role"
    );
    assert_eq!(
        code(step(&portal, "outsider", &id, judged(false)).await),
        "partnership/not-found"
    );
}

#[tokio::test]
async fn a_partnership_rests_goes_on_and_comes_to_nothing_with_reasons() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    let id = send(&portal, "192.0.2.1").await.unwrap().id;
    let why = || "No funds this year.".to_owned();
    assert_eq!(
        code(
            step(
                &portal,
                "manager",
                &id,
                Act::Pause {
                    reason: String::new()
                }
            )
            .await
        ),
        "partnership/reason"
    );
    let view = step(&portal, "manager", &id, Act::Pause { reason: why() })
        .await
        .unwrap();
    assert_eq!(
        (view.line.standing, view.line.progress.waiting),
        (Standing::Paused, None)
    );
    let refused = step(&portal, "manager", &id, Act::Done { task: Task::Call }).await;
    assert_eq!(code(refused), "partnership/not-open");
    portal
        .keeper
        .clock
        .set(portal.keeper.programme.noon("2026-12-10".parse().unwrap()));
    let view = step(&portal, "manager", &id, Act::Resume { reason: why() })
        .await
        .unwrap();
    assert_eq!(view.line.days_waiting, Some(0), "the rest does not count");
    assert_eq!(
        code(step(&portal, "manager", &id, Act::Done { task: Task::Live }).await),
        "partnership/task"
    );
    let view = step(&portal, "manager", &id, judged(false)).await.unwrap();
    assert_eq!(
        (view.line.standing, view.fit),
        (Standing::Lost, Some(false))
    );
    assert_eq!(
        code(step(&portal, "manager", &id, Act::Lose { reason: why() }).await),
        "partnership/standing"
    );
    let nobody = "admin@agency.gov".to_owned();
    assert_eq!(
        code(step(&portal, "manager", &id, Act::Assign { manager: nobody }).await),
        "partnership/manager"
    );
    let told = mails(&portal).await;
    let contact = told.iter().filter(|one| {
        one.address == "robin.quill@newagency.gov" && one.kind == "partnership-standing"
    });
    assert_eq!(contact.count(), 3);
}

#[tokio::test]
async fn a_flood_of_forms_is_slowed_and_mails_a_stranger_little() {
    let portal = TestPortal::at("2026-11-10").await.unwrap();
    for _ in 0..20 {
        send(&portal, "192.0.2.1").await.unwrap();
    }
    assert_eq!(code(send(&portal, "192.0.2.1").await), "interest/too-many");
    send(&portal, "192.0.2.2").await.unwrap();
    let told = mails(&portal).await;
    let confirmed: Vec<&NoticeRow> = told
        .iter()
        .filter(|one| one.kind == "interest-confirmed")
        .collect();
    assert_eq!(confirmed.len(), 3);
    for mail in confirmed {
        for typed in ["Quill", "Harbours", "Mooring"] {
            assert!(
                !mail.detail.contains(typed),
                "nothing typed goes to an unproved address"
            );
        }
    }
}
