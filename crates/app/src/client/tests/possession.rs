//! Proofs of possession count once, on both engines and at every node. RFC 9449 §11.1

use super::*;
use crate::testing::proofs::Holder;
use durward_oidc::dpop::Sent;

fn shown<'a>(authorization: Option<&'a str>, proof: &'a str) -> Headers<'a> {
    Headers {
        authorization,
        dpop: Sent::One(proof),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_who_send_one_proof_one_wins() {
    for test in doors().await {
        let app = es256("holder");
        test.serve(&[&app]).await.unwrap();
        let (_, browser) = test.sign_in(&[&app]).await.unwrap();
        let holder = Holder::new(Algorithm::ES256).unwrap();
        let proof = holder.form(&test, &test.door.documents.token_url, &json!({}));
        let mut forms = Vec::new();
        for _ in 0..10 {
            let code = code(&test, &app, &browser).await;
            forms.push(app.form(&test, &code, &[]));
        }
        let test = Arc::new(test);
        let mut racers = tokio::task::JoinSet::new();
        for form in forms {
            let (test, proof) = (Arc::clone(&test), proof.clone());
            racers.spawn(async move {
                let headers = shown(None, &proof);
                super::super::grant_tokens(&test.door, form.as_bytes(), headers, &trace()).await
            });
        }
        let mut won = Vec::new();
        for outcome in racers.join_all().await {
            match outcome {
                Ok(answer) => won.push(answer.access_token().to_owned()),
                Err(Failure::Refused(refusal)) => assert_eq!(refusal.code(), "dpop/replayed"),
                Err(Failure::Fault(fault)) => panic!("{fault}"),
            }
        }
        assert_eq!(won.len(), 1);
        let proof = holder.userinfo(&test, &won[0], &json!({}));
        let mut racers = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (test, proof) = (Arc::clone(&test), proof.clone());
            let header = format!("DPoP {}", won[0]);
            racers.spawn(async move {
                let headers = shown(Some(&header), &proof);
                match super::super::userinfo(&test.door, "GET", headers, &trace()).await {
                    Ok(_) => "ok",
                    Err(Failure::Refused(refusal)) => refusal.code(),
                    Err(Failure::Fault(fault)) => panic!("{fault}"),
                }
            });
        }
        let told = racers.join_all().await;
        assert_eq!(told.iter().filter(|told| **told == "ok").count(), 1);
        assert!(
            told.iter()
                .all(|told| matches!(*told, "ok" | "dpop/replayed"))
        );
    }
}

#[tokio::test]
async fn proofs_are_judged_by_the_time_of_their_makers() {
    let app = es256("shifted");
    let (test, browser) = sandbox(&app).await;
    let holder = Holder::new(Algorithm::EdDSA).unwrap();
    let code = code(&test, &app, &browser).await;
    // The environment's own clock does not count.
    test.door
        .clock
        .set(test.door.clock.now() + jiff::SignedDuration::from_secs(20));
    let proof = holder.form(&test, &test.door.documents.token_url, &json!({}));
    let sent = |proof: String| {
        let (door, form) = (Arc::clone(&test.door), app.form(&test, &code, &[]));
        async move {
            let headers = shown(None, &proof);
            match super::super::grant_tokens(&door, form.as_bytes(), headers, &trace()).await {
                Ok(_) => "ok",
                Err(Failure::Refused(refusal)) => refusal.code(),
                Err(Failure::Fault(fault)) => panic!("{fault}"),
            }
        }
    };
    test.door.clock.pass(400);
    assert_eq!(sent(proof).await, "dpop/nonce");
    test.door.clock.pass(-400);
    let fresh = holder.form(&test, &test.door.documents.token_url, &json!({}));
    assert_eq!(sent(fresh).await, "ok");
}
