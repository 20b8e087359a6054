//! Access tokens that apps can read: whole flows, and what is no token. RFC 9068

use durward_app::testing::proofs::Holder;
use durward_domain::application::AccessTokenFormat;
use durward_keyring::jose::jws;
use serde_json::{Value, json};

use super::*;

fn readable(name: &str) -> TestApp {
    let mut app = es256(name);
    app.document.oidc.as_mut().unwrap().access_token_format = AccessTokenFormat::Jwt;
    app
}

impl Web {
    async fn tokens(&self, app: &TestApp) -> Value {
        let cookie = self.cookie(&[app]).await;
        let code = self.code(app, &cookie).await;
        let answer = self.token(&app.form(&self.test, &code, &[])).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    async fn userinfo_status(&self, token: &str) -> u16 {
        let bearer = format!("Bearer {token}");
        let answer = self.get(USERINFO, &[("authorization", &bearer)]).await;
        answer.status.as_u16()
    }

    async fn asked(&self, app: &TestApp, what: &str, token: &str) -> Answer {
        let form = app.form(&self.test, "", &[("token", token), ("code_verifier", "")]);
        let path = format!("/api/openid_connect/{what}");
        self.post(&path, FORM, &form, &[]).await
    }
}

fn claims_of(token: &str) -> Value {
    let read = jws::Unverified::parse(token, 16_384).unwrap();
    assert_eq!(read.header.typ.as_deref(), Some("at+jwt"));
    read.untrusted_claims().unwrap().into()
}

#[tokio::test]
async fn it_says_what_the_profile_asks_and_is_good_until_it_is_ended() {
    let app = readable("reader");
    let web = Web::sandbox(&[&app]).await;
    let tokens = web.tokens(&app).await;
    let token = tokens["access_token"].as_str().unwrap();
    let claims = claims_of(token);
    assert_eq!(claims["iss"], web.test.door.issuer);
    assert_eq!(claims["aud"], web.test.door.issuer);
    assert_eq!(claims["client_id"], app.id());
    assert_eq!(claims["scope"], tokens["scope"]);
    let seconds = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(json!(seconds), tokens["expires_in"]);
    assert!(claims["email"].is_null(), "no personal data");
    assert_eq!(web.userinfo_status(token).await, 200);
    let told = web.asked(&app, "introspect", token).await.json();
    assert_eq!(
        (&told["active"], &told["sub"]),
        (&json!(true), &claims["sub"])
    );
    assert_eq!(web.asked(&app, "revoke", token).await.status, 200);
    assert_eq!(web.userinfo_status(token).await, 401);
    let told = web.asked(&app, "introspect", token).await.json();
    assert_eq!(told["active"], false);
}

#[tokio::test]
async fn neither_its_name_nor_an_id_token_nor_a_changed_one_is_a_token() {
    let app = readable("thief");
    let web = Web::sandbox(&[&app]).await;
    let tokens = web.tokens(&app).await;
    let token = tokens["access_token"].as_str().unwrap();
    let name = claims_of(token)["jti"].as_str().unwrap().to_owned();
    // It has a colon, which no token has. RFC 6750 §2.1
    assert_eq!(web.userinfo_status(&name).await, 400);
    let id_token = tokens["id_token"].as_str().unwrap();
    assert_eq!(web.userinfo_status(id_token).await, 401);
    let (signed, _) = token.rsplit_once('.').unwrap();
    let (_, signature) = id_token.rsplit_once('.').unwrap();
    assert_eq!(
        web.userinfo_status(&format!("{signed}.{signature}")).await,
        401
    );
    assert_eq!(web.userinfo_status(&format!("{signed}.")).await, 401);
    assert_eq!(web.userinfo_status(token).await, 200);
}

#[tokio::test]
async fn it_names_the_key_that_it_is_bound_to() {
    let (app, holder) = (readable("holder"), Holder::new(Algorithm::ES256).unwrap());
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web.code(&app, &cookie).await;
    let proof = holder.form(&web.test, &web.test.door.documents.token_url, &json!({}));
    let form = app.form(&web.test, &code, &[]);
    let answer = web.post(TOKEN, FORM, &form, &[("dpop", &proof)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(claims_of(&token)["cnf"]["jkt"], holder.jkt());
    assert_eq!(web.userinfo_status(&token).await, 401);
}
