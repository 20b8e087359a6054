//! Many apps in one call.

use serde_json::{Value, json};

use crate::support::Web;

/// Documents of apps of their own.
fn many(web: &Web, count: usize) -> Vec<Value> {
    let base = web.sandbox();
    (0..count)
        .map(|number| {
            let mut document = base.clone();
            document["handle"] = json!(format!("bulk-{number}"));
            document["app_name"] = json!(format!("Bulk {number}"));
            document["friendly_name"] = json!(format!("Bulk Service {number}"));
            document["issuer"] = json!(format!(
                "urn:gov:gsa:openidconnect.profiles:sp:sso:BULK:N{number}"
            ));
            document
        })
        .collect()
}

#[tokio::test]
async fn five_hundred_apps_are_saved_in_one_call_or_none_of_them() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    let mut documents = many(&web, 500);
    documents[3]["issuer"] = documents[2]["issuer"].clone();
    documents[7]["oidc"]["redirect_uris"] = json!(["javascript:alert(1)"]);
    let refused = web
        .post(&token, "/apps/batch", json!({ "documents": documents }))
        .await;
    assert_eq!(
        (refused.status, &refused.json["code"]),
        (422, &json!("batch/documents"))
    );
    let wrong: Vec<i64> = refused.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|item| item["index"].as_i64())
        .collect();
    assert_eq!(wrong, [3, 7]);
    let list = web.get(&token, "/apps?q=bulk").await;
    assert!(
        list.json["items"].as_array().unwrap().is_empty(),
        "{}",
        list.json
    );

    let saved = web
        .post(
            &token,
            "/apps/batch",
            json!({ "documents": many(&web, 500) }),
        )
        .await;
    assert_eq!(saved.status, 200, "{}", saved.json);
    let items = saved.json["items"].as_array().unwrap();
    let release = &items[0]["live"]["release"];
    assert!(release.is_string() && items.len() == 500);
    assert!(items.iter().all(|item| item["live"]["release"] == *release));
    let again = web
        .post(
            &token,
            "/apps/batch",
            json!({ "documents": many(&web, 500) }),
        )
        .await;
    let unchanged = again.json["items"].as_array().unwrap();
    assert!(unchanged.iter().all(|item| item["changed"] == false));
}

#[tokio::test]
async fn a_batch_names_what_it_saw() {
    let web = Web::open().await;
    let token = web.token("admin").await;
    let send = async |body: Value| web.post(&token, "/apps/batch", body).await;
    let mut documents = many(&web, 2);
    let new = json!({ "bulk-0/sandbox": null, "bulk-1/sandbox": null });
    let saved = send(json!({ "documents": documents, "seen": new })).await;
    assert_eq!(saved.status, 200, "{}", saved.json);

    documents[0]["friendly_name"] = json!("Bulk Nought");
    documents[1]["friendly_name"] = json!("Bulk One");
    let stale = json!({ "bulk-0/sandbox": 1, "bulk-1/sandbox": 7 });
    let refused = send(json!({ "documents": documents, "seen": stale })).await;
    assert_eq!(refused.json["code"], "batch/documents");
    assert_eq!(refused.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (
            &refused.json["items"][0]["index"],
            &refused.json["items"][0]["code"]
        ),
        (&json!(1), &json!("app/stale"))
    );
    let list = web.get(&token, "/apps?q=nought").await;
    assert_eq!(list.json["items"], json!([]));
    let seen = json!({ "bulk-0/sandbox": 1, "bulk-1/sandbox": 1 });
    let saved = send(json!({ "documents": documents, "seen": seen })).await;
    assert_eq!(saved.json["items"][1]["version"], 2, "{}", saved.json);

    let other = json!({ "bulk-9/sandbox": 1 });
    let refused = send(json!({ "documents": documents, "seen": other })).await;
    assert_eq!(refused.json["code"], "batch/seen");
    documents[1]["freindly_name"] = json!("x");
    let refused = send(json!({ "documents": documents })).await;
    assert_eq!(
        (
            refused.status,
            &refused.json["code"],
            &refused.json["items"][0]["index"]
        ),
        (422, &json!("batch/unreadable"), &json!(1))
    );
    assert!(
        refused.json["detail"]
            .as_str()
            .unwrap()
            .starts_with("Nothing was saved: 1 of")
    );
}
