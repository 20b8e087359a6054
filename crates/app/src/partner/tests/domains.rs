//! Dedicated domains: named, proved, approved by somebody else, and counted by the validator.

use durward_domain::refusal::Refuse;
use tokio::net::UdpSocket;

use super::*;
use crate::partner::domains::{self, DomainRefusal, DomainState};
use crate::ports::outbound::Outbound;
use crate::testing_portal::TEAM;

fn code<T>(outcome: Result<T, Failure<DomainRefusal>>) -> &'static str {
    match outcome {
        Ok(_) => "ok",
        Err(Failure::Refused(refusal)) => refusal.code(),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

/// A name server on this machine whose one text record is what it is given.
async fn name_server() -> (std::net::SocketAddr, Arc<std::sync::Mutex<String>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let record = Arc::new(std::sync::Mutex::new(String::new()));
    let text = Arc::clone(&record);
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
            let mut answer = buffer[..length - 11].to_vec();
            let text = text.lock().unwrap().clone();
            answer[2..4].copy_from_slice(&[0x81, 0x80]);
            answer[6..12].copy_from_slice(&[0, u8::from(!text.is_empty()), 0, 0, 0, 0]);
            if !text.is_empty() {
                answer.extend_from_slice(&[0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60]);
                answer.extend_from_slice(&u16::try_from(text.len() + 1).unwrap().to_be_bytes());
                answer.push(u8::try_from(text.len()).unwrap());
                answer.extend_from_slice(text.as_bytes());
            }
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    (address, record)
}

#[tokio::test]
async fn a_domain_is_named_proved_and_approved_by_two_people() {
    let (server, record) = name_server().await;
    let outbound = Outbound::with_loopback(vec![server]);
    let portal = TestPortal::calling("2026-11-10", outbound).await.unwrap();
    let keeper = &portal.keeper;
    let admin = portal.member("admin").await.unwrap();
    let reviewer = portal.member("reviewer").await.unwrap();
    let (trace, it) = (trace(), (TEAM, "fishing-licences.com"));

    for (text, expected) in [
        ("https://fishing.com/", "domain/malformed"),
        ("127.0.0.1", "domain/malformed"),
        ("fishing", "domain/malformed"),
        ("a..b.com", "domain/malformed"),
        ("co.uk", "domain/public-suffix"),
        ("licences.fisheries.gov", "domain/approved-for-all"),
    ] {
        assert_eq!(
            code(domains::name(keeper, &admin, (TEAM, text), &trace).await),
            expected,
            "{text}"
        );
    }
    let developer = portal.member("developer").await.unwrap();
    assert_eq!(
        code(domains::name(keeper, &developer, it, &trace).await),
        "permission/role"
    );
    let outsider = portal.member("outsider").await.unwrap();
    assert_eq!(
        code(domains::list(keeper, &outsider, TEAM).await),
        "domain/team-not-found"
    );

    let named = domains::name(keeper, &admin, (TEAM, "Fishing-Licences.COM."), &trace)
        .await
        .unwrap();
    assert_eq!(named.state, DomainState::Named);
    assert_eq!(named.record_name, "_durward-challenge.fishing-licences.com");
    let again = domains::name(keeper, &admin, it, &trace).await.unwrap();
    assert_eq!(again.record_text, named.record_text);
    assert_eq!(
        code(domains::approve(keeper, &reviewer, it, &trace).await),
        "domain/not-proved"
    );

    let checked = domains::check(keeper, &admin, it, &trace).await.unwrap();
    assert!(checked.finding.contains("no TXT record"), "{checked:?}");
    *record.lock().unwrap() = "durward-domain=of-another-team".to_owned();
    let checked = domains::check(keeper, &admin, it, &trace).await.unwrap();
    assert!(
        checked.finding.contains("not with the token"),
        "{checked:?}"
    );
    record.lock().unwrap().clone_from(&named.record_text);
    let checked = domains::check(keeper, &admin, it, &trace).await.unwrap();
    assert_eq!(
        (checked.state, checked.finding.as_str()),
        (DomainState::Proved, "")
    );

    assert_eq!(domains::waiting(keeper, &reviewer).await.unwrap().len(), 1);
    assert!(domains::waiting(keeper, &admin).await.unwrap().is_empty());
    assert_eq!(
        code(domains::approve(keeper, &admin, it, &trace).await),
        "permission/role"
    );
    let approved = domains::approve(keeper, &reviewer, it, &trace)
        .await
        .unwrap();
    assert_eq!(approved.state, DomainState::Approved);
    let team = keeper
        .store
        .read(|c| durward_store::members::find_team(c, TEAM))
        .await
        .unwrap()
        .unwrap();
    assert!(
        team.domains
            .split_whitespace()
            .any(|one| one == "fishing-licences.com")
    );

    domains::remove(keeper, &admin, it, &trace).await.unwrap();
    let team = keeper
        .store
        .read(|c| durward_store::members::find_team(c, TEAM))
        .await
        .unwrap()
        .unwrap();
    assert!(!team.domains.contains("fishing-licences.com"));
}
