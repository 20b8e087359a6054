//! Tokens that are bound to a key of the app: whole flows, and what a thief can do. RFC 9449

use durward_app::testing::proofs::Holder;
use serde_json::{Value, json};

use super::*;

const PAR: &str = "/api/openid_connect/par";
const INTROSPECT: &str = "/api/openid_connect/introspect";

fn bound(name: &str) -> TestApp {
    let mut app = es256(name);
    app.document.oidc.as_mut().unwrap().dpop_bound_access_tokens = true;
    app
}

fn holder() -> Holder {
    Holder::new(Algorithm::ES256).unwrap()
}

impl Web {
    async fn redeem(&self, app: &TestApp, code: &str, proofs: &[&str]) -> Answer {
        let form = app.form(&self.test, code, &[]);
        let headers: Vec<_> = proofs.iter().map(|proof| ("dpop", *proof)).collect();
        self.post(TOKEN, FORM, &form, &headers).await
    }

    fn token_proof(&self, holder: &Holder, changes: &Value) -> String {
        holder.form(&self.test, &self.test.door.documents.token_url, changes)
    }

    /// A token that is bound to the key of this holder.
    async fn bound_token(&self, app: &TestApp, cookie: &str, holder: &Holder) -> String {
        let code = self.code(app, cookie).await;
        let proof = self.token_proof(holder, &json!({}));
        let answer = self.redeem(app, &code, &[&proof]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["token_type"], "DPoP");
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    async fn claims_with(&self, scheme: &str, token: &str, proof: Option<&str>) -> Answer {
        let authorization = format!("{scheme} {token}");
        let mut headers = vec![("authorization", authorization.as_str())];
        headers.extend(proof.map(|proof| ("dpop", proof)));
        self.get(USERINFO, &headers).await
    }
}

#[tokio::test]
async fn a_flow_with_the_nonce_of_the_server() {
    let (app, holder) = (bound("bound"), holder());
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web.code(&app, &cookie).await;
    // No proof, no token. RFC 9449 §5.2
    let none = web.redeem(&app, &code, &[]).await;
    assert_eq!(verdict(&none), "400 invalid_dpop_proof dpop/missing");
    // The first proof has no nonce: the answer brings one, and the code is not spent. §8
    let first = web.token_proof(&holder, &json!({ "nonce": null }));
    let told = web.redeem(&app, &code, &[&first]).await;
    assert_eq!(verdict(&told), "400 use_dpop_nonce dpop/nonce");
    let nonce = told.header("dpop-nonce").unwrap();
    let second = web.token_proof(&holder, &json!({ "nonce": nonce }));
    let answer = web.redeem(&app, &code, &[&second]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["token_type"], "DPoP");
    assert!(answer.header("dpop-nonce").is_some());
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    // At a resource likewise. §9
    let first = holder.userinfo(&web.test, &token, &json!({ "nonce": null }));
    let told = web.claims_with("DPoP", &token, Some(&first)).await;
    assert_eq!(verdict(&told), "401 use_dpop_nonce dpop/nonce");
    let challenge = told.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("DPoP ") && challenge.contains("error=\"use_dpop_nonce\""));
    assert!(challenge.contains("algs=\"") && challenge.contains(" ES256 "));
    let nonce = told.header("dpop-nonce").unwrap();
    let second = holder.userinfo(&web.test, &token, &json!({ "nonce": nonce }));
    let claims = web.claims_with("dpop", &token, Some(&second)).await;
    assert_eq!(claims.status, 200, "{}", claims.text);
    assert!(claims.header("dpop-nonce").is_some());
    // Once. §11.1
    let again = web.claims_with("DPoP", &token, Some(&second)).await;
    assert_eq!(verdict(&again), "401 invalid_dpop_proof dpop/replayed");
    // Others are told the key. §6.2
    let form = app.form(&web.test, "", &[("token", &token), ("code_verifier", "")]);
    let told = web.post(INTROSPECT, FORM, &form, &[]).await.json();
    assert_eq!(
        (&told["token_type"], &told["cnf"]["jkt"]),
        (&json!("DPoP"), &json!(holder.jkt()))
    );
}

#[tokio::test]
async fn any_app_may_bind_its_tokens_and_plain_ones_stay_as_they_are() {
    let (app, public, holder) = (es256("any"), TestApp::public("spa").unwrap(), holder());
    let web = Web::sandbox(&[&app, &public]).await;
    let cookie = web.cookie(&[&app, &public]).await;
    for app in [&app, &public] {
        let token = web.bound_token(app, &cookie, &holder).await;
        let proof = holder.userinfo(&web.test, &token, &json!({}));
        assert_eq!(
            web.claims_with("DPoP", &token, Some(&proof)).await.status,
            200
        );
        let code = web.code(app, &cookie).await;
        let plain = web.redeem(app, &code, &[]).await.json();
        assert_eq!(plain["token_type"], "Bearer");
        let plain = plain["access_token"].as_str().unwrap();
        assert_eq!(web.claims_with("Bearer", plain, None).await.status, 200);
        // A proof does not make a plain token a bound one. §7.1
        let proof = holder.userinfo(&web.test, plain, &json!({}));
        let told = web.claims_with("DPoP", plain, Some(&proof)).await;
        assert_eq!(verdict(&told), "401 invalid_token userinfo/token-not-bound");
    }
    let told = web.get(USERINFO, &[]).await;
    let challenge = told.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Bearer ") && challenge.contains(", DPoP "));
}

#[tokio::test]
async fn a_stolen_token_is_worth_nothing() {
    let (app, holder, thief) = (bound("robbed"), holder(), holder());
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let token = web.bound_token(&app, &cookie, &holder).await;
    let check = async |scheme: &str, proof: Option<String>, expected: &str| {
        let told = web.claims_with(scheme, &token, proof.as_deref()).await;
        assert_eq!(verdict(&told), expected);
        assert!(
            told.header("www-authenticate")
                .unwrap()
                .starts_with("DPoP ")
        );
    };
    // As if it were a plain one. §7.2
    check("Bearer", None, "401 invalid_token userinfo/token-bound").await;
    let own = thief.userinfo(&web.test, &token, &json!({}));
    check(
        "Bearer",
        Some(own),
        "401 invalid_token userinfo/token-bound",
    )
    .await;
    check("DPoP", None, "401 invalid_dpop_proof dpop/missing").await;
    // With a key of the thief.
    let own = thief.userinfo(&web.test, &token, &json!({}));
    check("DPoP", Some(own), "401 invalid_dpop_proof dpop/other-key").await;
    // The key of the holder under the signature of the thief.
    let own = thief.made(
        &web.test,
        ("GET", &web.test.door.documents.userinfo_url),
        &json!({ "jwk": holder.0.public().jwk() }),
        &json!({ "ath": durward_keyring::digest::sha256_b64url(token.as_bytes()) }),
    );
    check("DPoP", Some(own), "401 invalid_dpop_proof dpop/signature").await;
    // A proof that the holder sent elsewhere, or with another method or token.
    let elsewhere = web.token_proof(&holder, &json!({}));
    check(
        "DPoP",
        Some(elsewhere),
        "401 invalid_dpop_proof dpop/method",
    )
    .await;
    let url = json!({ "htu": "http://localhost:9401/api/openid_connect/userinfo" });
    let other = holder.userinfo(&web.test, &token, &url);
    check("DPoP", Some(other), "401 invalid_dpop_proof dpop/url").await;
    let posted = holder.userinfo(&web.test, &token, &json!({ "htm": "POST" }));
    check("DPoP", Some(posted), "401 invalid_dpop_proof dpop/method").await;
    let other = holder.userinfo(&web.test, "another-token", &json!({}));
    check(
        "DPoP",
        Some(other),
        "401 invalid_dpop_proof dpop/token-hash",
    )
    .await;
    // The holder goes on.
    let good = holder.userinfo(&web.test, &token, &json!({}));
    assert_eq!(
        web.claims_with("DPoP", &token, Some(&good)).await.status,
        200
    );
}

#[tokio::test]
async fn two_headers_count_as_none() {
    let (app, holder) = (bound("double"), holder());
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web.code(&app, &cookie).await;
    let (a, b) = (
        web.token_proof(&holder, &json!({})),
        web.token_proof(&holder, &json!({})),
    );
    let told = web.redeem(&app, &code, &[&a, &b]).await;
    assert_eq!(verdict(&told), "400 invalid_dpop_proof dpop/several");
    assert_eq!(web.redeem(&app, &code, &[&a]).await.status, 200);
}

#[tokio::test]
async fn a_code_is_bound_to_the_key_of_its_request() {
    let (app, holder, thief) = (es256("tied"), holder(), holder());
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let check = async |code: &str| {
        let other = web.token_proof(&thief, &json!({}));
        let told = web.redeem(&app, code, &[&other]).await;
        assert_eq!(verdict(&told), "400 invalid_dpop_proof dpop/other-key");
        let none = web.redeem(&app, code, &[]).await;
        assert_eq!(verdict(&none), "400 invalid_dpop_proof dpop/missing");
        let own = web.token_proof(&holder, &json!({}));
        assert_eq!(web.redeem(&app, code, &[&own]).await.status, 200);
    };
    // By the parameter. RFC 9449 §10
    let to = web
        .authorize(&app, &[("dpop_jkt", &holder.jkt())], &cookie)
        .await;
    check(&to.query("code").unwrap()).await;
    let malformed = web.authorize(&app, &[("dpop_jkt", "short")], &cookie).await;
    assert_eq!(malformed.query("error").as_deref(), Some("invalid_request"));
    // By the proof of the push. §10.1
    let proof =
        |changes: Value| holder.form(&web.test, &web.test.door.documents.push_url, &changes);
    let pushed = async |proof: &str, changes: &[(&str, &str)]| {
        let assertion = app.assertion(&web.test, &json!({}));
        let mut pairs = app.request(changes);
        pairs.extend([
            (
                "client_assertion_type".to_owned(),
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
            ),
            ("client_assertion".to_owned(), assertion),
        ]);
        web.post(PAR, FORM, &encoded(&pairs), &[("dpop", proof)])
            .await
    };
    let told = pushed(&proof(json!({ "nonce": null })), &[]).await;
    assert_eq!(verdict(&told), "400 use_dpop_nonce dpop/nonce");
    assert!(told.header("dpop-nonce").is_some());
    let told = pushed(&proof(json!({})), &[("dpop_jkt", &thief.jkt())]).await;
    assert_eq!(verdict(&told), "400 invalid_dpop_proof dpop/other-key");
    let same = pushed(&proof(json!({})), &[("dpop_jkt", &holder.jkt())]).await;
    assert_eq!(same.status, 201, "{}", same.text);
    let kept = pushed(&proof(json!({})), &[]).await;
    let uri = kept.json()["request_uri"].as_str().unwrap().to_owned();
    let query = encoded(&[
        ("client_id".to_owned(), app.id().to_owned()),
        ("request_uri".to_owned(), uri),
    ]);
    let to = web
        .get(
            &format!("/openid_connect/authorize?{query}"),
            &[("cookie", &cookie), ("accept", "text/html")],
        )
        .await;
    check(&to.query("code").unwrap()).await;
}
