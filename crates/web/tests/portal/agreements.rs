//! GT&C, partner accounts and files of agreements, by calls and by pages.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_app::testing_portal::AGREEMENT;
use serde_json::{Value, json};

use crate::support::{Web, between};

fn gtc(number: &str) -> Value {
    json!({ "number": number, "agency": "ABC", "partner": "Fisheries Digital", "starts": "2026-12-01", "ends": "2031-11-30",
        "terms": { "authority": "31 U.S.C. 1535", "scope": "Sign-in for anglers.", "estimated": 50_000_000 } })
}

#[tokio::test]
async fn gtcs_are_entered_once_and_seen_by_their_agency_and_staff() {
    let web = Web::open().await;
    let (manager, admin) = (web.token("manager").await, web.token("admin").await);
    for (who, status) in [("developer", 403), ("reader", 403), ("reviewer", 403)] {
        let token = web.token(who).await;
        web.post(&token, "/gtcs", gtc("LGABCFY270001"))
            .await
            .is(status);
    }
    let made = web
        .post(&manager, "/gtcs", gtc("LGABCFY270001"))
        .await
        .is(201);
    assert_eq!(made["number"], "LGABCFY270001-0000");
    assert_eq!(made["terms"]["estimated"], 50_000_000);
    // With and without FY is one number, whoever asks.
    for number in ["LGABCFY270001", "LGABC270001"] {
        web.post(&admin, "/gtcs", gtc(number))
            .await
            .refused(409, "agreement/exists");
    }
    let wrong = web.post(&admin, "/gtcs", gtc("LGABC27001")).await.is(422);
    assert!(
        wrong["detail"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
    let next = web.post(&admin, "/gtcs", gtc("")).await.is(201);
    assert_ne!(next["number"], made["number"]);

    let path = "/gtcs/LGABCFY270001-0000";
    let reader = web.token("reader").await;
    assert_eq!(web.get(&reader, path).await.is(200)["state"], "intake");
    let outsider = web.token("outsider").await;
    web.get(&outsider, path).await.is(404);
    let none = web.get(&outsider, "/gtcs").await.is(200);
    assert_eq!(none["items"], json!([]));
    assert_eq!(
        web.get(&reader, "/gtcs").await.is(200)["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    // The offered number of an Order lies under it, and its period inside.
    let offered = web
        .get(&admin, "/agreements/next?gtc=LGABC270001")
        .await
        .is(200);
    assert_eq!(offered["number"], "LGABCFY270001-0001-0000");
    let order = |ends: &str| json!({ "gtc": "LGABC270001", "agency": "ABC", "partner": "Fisheries Digital", "starts": "2026-12-01", "ends": ends });
    web.post(&admin, "/agreements", order("2031-12-31"))
        .await
        .refused(422, "agreement/period-outside-gtc");
    let order = web
        .post(&admin, "/agreements", order("2027-11-30"))
        .await
        .is(201);
    assert_eq!(order["number"], "LGABCFY270001-0001-0000");
}

#[tokio::test]
async fn numbers_are_read_with_and_without_fy() {
    let web = Web::open().await;
    let token = web.token("reader").await;
    let parse = async |number: &str| {
        let sent = json!({ "number": number });
        web.post(&token, "/agreements/parse", sent).await
    };
    for number in [
        "LGABCFY210001-0001-0000",
        "LGABC210001-0001-0000",
        " LGABCFY210001-0001-0000 ",
    ] {
        let parts = parse(number).await.is(200);
        assert_eq!(parts["number"], "LGABCFY210001-0001-0000", "{number}");
        assert_eq!(
            (&parts["order"], &parts["mod"]),
            (&json!("0001"), &json!("0000"))
        );
    }
    for number in [
        "",
        "lgabcfy210001-0001-0000",
        "LGABCFY210001",
        "LGABCFY210001-0001",
        "LGABCFY210001-001-0000",
        "XXABCFY210001-0001-0000",
        "LGABCFY210001-0001-0000-0000",
        "LGAFY210001-0001-0000\n",
    ] {
        let said = parse(number).await;
        assert_eq!(said.status, 422, "{number}: {}", said.text);
        assert!(said.code().starts_with("agreement/"), "{}", said.text);
    }
}

#[tokio::test]
async fn partner_accounts_are_written_by_staff_and_seen_by_their_agency() {
    let web = Web::open().await;
    let (manager, path) = (web.token("manager").await, "/partner-accounts");
    let new = json!({ "name": "Fisheries Licences", "requesting_agency": "ABC-LIC", "agency": "ABC", "status": "prospect", "description": "Licences for anglers." });
    for who in ["admin", "reviewer", "deployer", "reader"] {
        let token = web.token(who).await;
        web.post(&token, path, new.clone())
            .await
            .refused(403, "permission/role");
    }
    let made = web.post(&manager, path, new.clone()).await.is(201);
    assert_eq!(made["agency"], "Department of Fisheries");
    web.post(&manager, path, new.clone())
        .await
        .refused(409, "partner-account/taken");
    for (field, value, code) in [
        (
            "requesting_agency",
            "abc lic",
            "partner-account/requesting-agency",
        ),
        ("agency", "NOPE", "partner-account/no-agency"),
        ("name", "x", "partner-account/name"),
    ] {
        let mut wrong = new.clone();
        wrong["requesting_agency"] = json!("ABC-NEW");
        wrong["name"] = json!("Another");
        wrong[field] = json!(value);
        web.post(&manager, path, wrong).await.refused(422, code);
    }
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    let mut changed = new.clone();
    changed["status"] = json!("active");
    changed["became_partner"] = json!("2026-11-10");
    let after = web.put(&manager, &one, changed.clone()).await.is(200);
    assert_eq!(
        (&after["status"], &after["became_partner"]),
        (&json!("active"), &json!("2026-11-10"))
    );
    let admin = web.token("admin").await;
    web.put(&admin, &one, changed.clone())
        .await
        .refused(403, "permission/role");
    web.put(&manager, &format!("{path}/0192d3a0"), changed)
        .await
        .refused(404, "partner-account/not-found");
    let seen = web.get(&admin, path).await.is(200);
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    let outsider = web.token("outsider").await;
    assert_eq!(web.get(&outsider, path).await.is(200)["items"], json!([]));
    // By page: staff have the form, partners the list.
    let page = "/agreements/accounts";
    let staff = web.page(&web.cookie("manager").await, page).await.shown();
    assert!(staff.contains("Fisheries Licences") && staff.contains("name=\"requesting_agency\""));
    let partner = web.page(&web.cookie("reader").await, page).await.shown();
    assert!(
        partner.contains("Fisheries Licences") && !partner.contains("name=\"requesting_agency\"")
    );
    let other = web.page(&web.cookie("outsider").await, page).await.shown();
    assert!(!other.contains("Fisheries Licences"));
}

/// A PDF of so many bytes.
fn pdf(size: usize) -> Vec<u8> {
    let (head, tail) = (b"%PDF-1.7\n".as_slice(), b"\n%%EOF\n".as_slice());
    let padding = vec![b' '; size - head.len() - tail.len()];
    [head, &padding, tail].concat()
}

const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn files_of_other_kinds_and_sizes_are_refused_by_call_and_by_page() {
    let web = Web::open().await;
    let (admin, path) = (
        web.token("admin").await,
        format!("/agreements/{AGREEMENT}/files"),
    );
    let hand_in = async |content: &[u8]| {
        let body = json!({ "purpose": "signed_scan", "name": "scan.pdf", "base64": STANDARD.encode(content) });
        web.post(&admin, &path, body).await
    };
    let mut script = pdf(200);
    script.splice(9..9, *b"/JavaScript (x)");
    let mut archive = pdf(200);
    archive.extend(b"PK\x05\x06");
    for (content, status, code) in [
        (b"".to_vec(), 422, "evidence/file-empty"),
        (b"MZ\x90\0".to_vec(), 422, "evidence/file-kind"),
        (b"GIF89a".to_vec(), 422, "evidence/file-kind"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            422,
            "evidence/file-kind",
        ),
        // The first bytes of a PDF, of a PNG and of a JPEG, and no more of it.
        (b"%PDF-1.7\n".to_vec(), 422, "agreement/file-mixed"),
        (b"\x89PNG\r\n\x1a\n".to_vec(), 422, "agreement/file-mixed"),
        (b"\xff\xd8\xff\xe0".to_vec(), 422, "agreement/file-mixed"),
        (script, 422, "agreement/file-active"),
        (archive, 422, "agreement/file-mixed"),
        (pdf(5 * MIB + 1), 413, "evidence/file-too-large"),
    ] {
        let said = hand_in(&content).await;
        let first = &content[..content.len().min(8)];
        assert_eq!((said.status, said.code()), (status, code), "{first:?}");
    }
    hand_in(&pdf(5 * MIB)).await.is(201);

    let cookie = web.cookie("admin").await;
    let shown = web
        .page(&cookie, &format!("/agreements/{AGREEMENT}"))
        .await
        .shown();
    let token = between(&shown, "name=\"csrf_token\"", "value=\"", "\"").to_owned();
    let post = async |content: &[u8]| {
        let mut body = Vec::new();
        for (name, value) in [("csrf_token", token.as_str()), ("purpose", "other")] {
            body.extend(
                format!(
                    "--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        body.extend(b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n");
        body.extend(content);
        body.extend(b"\r\n--x--\r\n");
        let request = Request::post(&path)
            .header("cookie", &cookie)
            .header("content-type", "multipart/form-data; boundary=x")
            .body(Body::from(body));
        web.send(request.unwrap()).await
    };
    assert_eq!(post(&pdf(2 * MIB)).await.status, 303);
    let refused = post(b"<html>").await;
    assert_eq!(refused.status, 422);
    assert!(refused.text.contains("data-page"), "{}", refused.text);
}
