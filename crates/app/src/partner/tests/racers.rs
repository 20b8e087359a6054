//! Two nodes of one portal, and members at both, who do the same or the opposite at once.

use durward_domain::application::TokenEndpointAuthMethod as Method;
use durward_store::apps as stored_apps;

use super::window::{approved, live_once, record_is_whole, stands_at};
use super::*;
use crate::keeper::Keeper;
use crate::operator::drift;
use crate::partner::secrets;

/// Two nodes over the same databases.
pub(super) async fn two_nodes(portal: &TestPortal) -> [Arc<Keeper>; 2] {
    [
        Arc::clone(&portal.keeper),
        portal.another_node().await.unwrap(),
    ]
}

/// What is kept is what every node serves, after each had a look.
async fn agree(nodes: &[Arc<Keeper>], handle: &str) -> Option<String> {
    let mut found = Vec::new();
    for node in nodes {
        run_due(node).await.unwrap();
    }
    for node in nodes {
        let door = node.environment(PRODUCTION).unwrap().door.clone().unwrap();
        crate::release_intake::refresh(&door).await.unwrap();
        let registry = door.registry.load_full();
        let name = handle.to_owned();
        let kept = node
            .store
            .read(move |c| durward_store::releases::app_in(c, "production", &name))
            .await
            .unwrap()
            .map(|(revision, _)| revision);
        let served = registry.by_handle(handle).map(|app| app.revision.clone());
        assert_eq!(served, kept, "{handle}");
        found.push(kept);
    }
    found.dedup();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

#[tokio::test]
async fn two_nodes_at_one_window_deploy_every_request_once() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let ids = approved(&portal, &[""; 6]).await;
        stands_at(&portal, "2026-11-30").await;
        let nodes = two_nodes(&portal).await;
        let mut racers = tokio::task::JoinSet::new();
        for turn in 0..6 {
            let keeper = Arc::clone(&nodes[turn % 2]);
            racers.spawn(async move { run_due(&keeper).await.map(|ran| ran.live) });
        }
        let mut live = 0;
        for outcome in racers.join_all().await {
            live += outcome.unwrap();
        }
        for node in &nodes {
            live += run_due(node).await.unwrap().live;
        }
        assert_eq!(live, ids.len());
        let administrator = portal.member("administrator").await.unwrap();
        for (number, id) in ids.iter().enumerate() {
            agree(&nodes, &super::window::handle(number)).await;
            live_once(&nodes[1], &administrator, id).await;
        }
        record_is_whole(&nodes[0], &administrator).await;
    }
}

#[tokio::test]
async fn deploying_and_rolling_back_at_two_nodes_end_in_one_of_the_two() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let launch = submitted(&portal, portal.production_document(), "").await;
        let id = launch.summary.id;
        approve(&portal, "reviewer", &id).await.unwrap();
        clock(&portal, "2026-11-30").await;
        let nodes = two_nodes(&portal).await;
        let deployer = portal.member("deployer").await.unwrap();
        let admin = portal.member("admin").await.unwrap();
        let release = find(&portal.keeper, &admin, &id).await.unwrap();
        let release = release.summary.release.unwrap();
        for round in 0..4 {
            let mut racers = tokio::task::JoinSet::new();
            for turn in 0..6 {
                let (keeper, deployer) = (Arc::clone(&nodes[(turn + round) % 2]), deployer.clone());
                let (id, release) = (id.clone(), release.clone());
                racers.spawn(async move {
                    let trace = trace();
                    let refused = match turn % 3 {
                        0 => releases::rollback_launch(&keeper, &deployer, &id, "", &trace)
                            .await
                            .map(drop),
                        1 => releases::deploy(&keeper, &deployer, &release, &trace)
                            .await
                            .map(drop),
                        _ => releases::deploy_launch(&keeper, &deployer, &id, &trace)
                            .await
                            .map(drop),
                    };
                    match refused {
                        Err(Failure::Fault(fault)) => Some(fault.to_string()),
                        _ => None,
                    }
                });
            }
            // Who loses is refused, or told to try again; nothing else goes wrong.
            for fault in racers.join_all().await.into_iter().flatten() {
                assert!(fault.contains("changed while"), "{fault}");
            }
            let served = agree(&nodes, "fishing-licence").await;
            let launch = find(&nodes[1], &admin, &id).await.unwrap();
            assert_eq!(launch.summary.state.is_live(), served.is_some());
        }
        let administrator = portal.member("administrator").await.unwrap();
        record_is_whole(&portal.keeper, &administrator).await;
    }
}

#[tokio::test]
async fn two_approvals_for_the_last_place_count_once() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let mut document = portal.production_document();
        document.level_of_service = LevelOfService::IdentityVerified;
        document.default_aal = DefaultAal::Aal2;
        document.failure_to_proof_url = Some("https://fishing.agency.gov/other-ways".into());
        let launch = submitted(&portal, document, "").await;
        let id = launch.summary.id;
        approve(&portal, "reviewer", &id).await.unwrap();
        let nodes = two_nodes(&portal).await;
        let mut racers = tokio::task::JoinSet::new();
        for (turn, who) in ["second-reviewer", "administrator"].into_iter().enumerate() {
            let member = portal.member(who).await.unwrap();
            let (keeper, id) = (Arc::clone(&nodes[turn]), id.clone());
            racers.spawn(async move {
                code(review::approve(&keeper, &member, &id, ("", None), &trace()).await)
            });
        }
        let mut outcomes = racers.join_all().await;
        outcomes.sort_unstable();
        assert_eq!(outcomes, ["launch/not-now", "ok"]);
        let admin = portal.member("admin").await.unwrap();
        let launch = find(&portal.keeper, &admin, &id).await.unwrap();
        assert_eq!(launch.summary.state, LaunchState::Scheduled);
        assert_eq!(launch.approvals.len(), 2, "{:?}", launch.approvals);
        let scheduled = launch
            .timeline
            .iter()
            .filter(|line| line.event == "schedule");
        assert_eq!(scheduled.count(), 1);
    }
}

#[tokio::test]
async fn approval_and_withdrawal_at_two_nodes_end_in_one_of_the_two() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let nodes = two_nodes(&portal).await;
        let launch = submitted(&portal, portal.production_document(), "").await;
        let id = launch.summary.id;
        let admin = portal.member("admin").await.unwrap();
        let reviewer = portal.member("reviewer").await.unwrap();
        let (one, two) = (trace(), trace());
        let (approved, withdrawn) = tokio::join!(
            review::approve(&nodes[0], &reviewer, &id, ("", None), &one),
            requests::withdraw(&nodes[1], &admin, &id, "Later.", &two),
        );
        assert!(approved.is_ok() || withdrawn.is_ok());
        clock(&portal, "2026-12-10").await;
        let launch = find(&portal.keeper, &admin, &id).await.unwrap();
        let gone = withdrawn.is_ok();
        assert_eq!(launch.summary.state == LaunchState::Withdrawn, gone);
        assert_eq!(agree(&nodes, "fishing-licence").await.is_none(), gone);
    }
}

#[tokio::test]
async fn a_save_during_the_deployment_changes_nothing_of_what_was_approved() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let ids = approved(&portal, &[""; 4]).await;
        stands_at(&portal, "2026-11-30").await;
        let nodes = two_nodes(&portal).await;
        let admin = portal.member("admin").await.unwrap();
        let approved: Vec<String> = portal
            .keeper
            .store
            .read(|c| {
                let mut list = Vec::new();
                for number in 0..4 {
                    let name = super::window::handle(number);
                    let row = stored_apps::find_configuration(c, &name, "production")?;
                    list.push(row.unwrap().revision_id);
                }
                Ok(list)
            })
            .await
            .unwrap();
        let deploying = Arc::clone(&nodes[1]);
        let deploying = tokio::spawn(async move { run_due(&deploying).await.unwrap().live });
        for number in 0..4 {
            let mut document = portal.production_document();
            document.handle = AppHandle::parse(&super::window::handle(number)).unwrap();
            document.app_name = format!("Many {number}");
            document.friendly_name = "Another name".into();
            document.issuer = format!("urn:gov:gsa:openidconnect.profiles:sp:sso:MANY:N{number}");
            let saved = save(&portal, &admin, document, Save::Put).await;
            assert!(saved.unwrap().live.is_none());
        }
        assert_eq!(deploying.await.unwrap(), ids.len());
        for (number, revision) in approved.iter().enumerate() {
            let served = agree(&nodes, &super::window::handle(number)).await;
            assert_eq!(served.as_ref(), Some(revision));
        }
    }
}

#[tokio::test]
async fn a_repair_and_a_deployment_at_once_both_hold() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let ids = approved(&portal, &["2026-11-30", "2026-11-30", "2026-12-03"]).await;
        assert_eq!(clock(&portal, "2026-11-30").await, 2);
        // A configuration goes behind the back of the releases.
        let gone = super::window::handle(0);
        let deleted = portal
            .keeper
            .store
            .write(move |c| stored_apps::delete_configuration(c, &gone, "production", 1, 1));
        assert!(deleted.await.unwrap());
        stands_at(&portal, "2026-12-03").await;
        let nodes = two_nodes(&portal).await;
        let deployer = portal.member("deployer").await.unwrap();
        let (repaired, ran) = tokio::join!(
            drift::repair(&nodes[0], &deployer, PRODUCTION, "It moved."),
            run_due(&nodes[1]),
        );
        assert_eq!(repaired.unwrap().summary.kind, "repair");
        ran.unwrap();
        for (number, there) in [false, true, true].into_iter().enumerate() {
            let served = agree(&nodes, &super::window::handle(number)).await;
            assert_eq!(served.is_some(), there, "{number}");
        }
        for node in &nodes {
            let standing = drift::standing(node, &deployer, PRODUCTION).await.unwrap();
            assert_eq!(standing.served, Some(standing.newest));
            assert_eq!(standing.drift, []);
        }
        let administrator = portal.member("administrator").await.unwrap();
        live_once(&nodes[0], &administrator, &ids[2]).await;
        record_is_whole(&nodes[0], &administrator).await;
    }
}

#[tokio::test]
async fn two_people_who_make_the_second_secret_at_once_make_one() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let mut document = portal.sandbox_document();
        let oidc = document.oidc.as_mut().unwrap();
        oidc.token_endpoint_auth_method = Method::ClientSecretBasic;
        oidc.policies.auth_methods = Some(vec![Method::ClientSecretBasic]);
        let handle = document.handle.to_string();
        let admin = portal.member("admin").await.unwrap();
        let input = Input::Document(Box::new(document));
        save_app(&portal.keeper, &admin, input, Save::Create, "", &trace())
            .await
            .unwrap();
        let nodes = two_nodes(&portal).await;
        let place = (handle.as_str(), EnvironmentName::Sandbox);
        secrets::make(&nodes[0], &admin, place, None, &trace())
            .await
            .ok()
            .unwrap();
        let people = [admin.clone(), portal.member("developer").await.unwrap()];
        let mut racers = tokio::task::JoinSet::new();
        for turn in 0..8 {
            let (keeper, member) = (Arc::clone(&nodes[turn % 2]), people[turn / 2 % 2].clone());
            let handle = handle.clone();
            racers.spawn(async move {
                let place = (handle.as_str(), EnvironmentName::Sandbox);
                match secrets::make(&keeper, &member, place, None, &trace()).await {
                    Ok(_) => "made",
                    Err(Failure::Refused(denied)) => denied.code(),
                    Err(Failure::Fault(fault)) => panic!("{fault}"),
                }
            });
        }
        let mut told = racers.join_all().await;
        told.sort_unstable();
        let mut expected = vec!["secret/too-many"; 8];
        expected[0] = "made";
        assert_eq!(told, expected);
        let kept = secrets::list(&nodes[1], &admin, place).await.ok().unwrap();
        assert_eq!(kept.len(), secrets::MOST);
    }
}
