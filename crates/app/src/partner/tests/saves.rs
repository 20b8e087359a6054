//! What a save keeps, refuses and releases.

use super::*;

#[tokio::test]
async fn a_save_over_what_somebody_else_saved_is_stale() {
    let portal = portal().await;
    let (admin, developer) = (
        portal.member("admin").await.unwrap(),
        portal.member("developer").await.unwrap(),
    );
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    let seen = Save::Replace { seen_version: 1 };
    let mut theirs = portal.sandbox_document();
    theirs.description = "By the developer".into();
    save(&portal, &developer, theirs, seen).await.unwrap();
    let mut ours = portal.sandbox_document();
    ours.description = "By the admin".into();
    assert_eq!(code(save(&portal, &admin, ours, seen).await), "app/stale");
    assert_eq!(
        code(save(&portal, &admin, portal.sandbox_document(), Save::Create).await),
        "app/exists"
    );
    let list = revisions::revisions(&portal.keeper, &admin, "fishing-licence", SANDBOX)
        .await
        .unwrap();
    assert_eq!(
        list.iter()
            .map(|revision| revision.number)
            .collect::<Vec<_>>(),
        [2, 1]
    );
    let restored = revisions::restore(
        &portal.keeper,
        &admin,
        "fishing-licence",
        SANDBOX,
        (1, 2),
        "The new address was wrong",
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!((restored.revision, restored.version), (3, 3));
}

#[tokio::test]
async fn a_document_cannot_take_an_app_a_handle_or_an_issuer_of_another_team() {
    let portal = portal().await;
    let (admin, outsider, reader) = (
        portal.member("admin").await.unwrap(),
        portal.member("outsider").await.unwrap(),
        portal.member("reader").await.unwrap(),
    );
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    // Read-only members and other teams save nothing in the team's name.
    for member in [&outsider, &reader] {
        assert_eq!(
            code(save(&portal, member, portal.sandbox_document(), Save::Put).await),
            "permission/role"
        );
    }
    // The attacker's own team in the document does not make the app theirs.
    let mut stolen = portal.sandbox_document();
    stolen.team = TeamHandle::parse(OTHER_TEAM).unwrap();
    assert_eq!(
        code(save(&portal, &outsider, stolen.clone(), Save::Put).await),
        "app/handle-taken"
    );
    assert_eq!(
        code(save(&portal, &admin, stolen.clone(), Save::Put).await),
        "permission/role"
    );
    stolen.environment = PRODUCTION;
    assert_eq!(
        code(save(&portal, &outsider, stolen.clone(), Save::Create).await),
        "app/handle-taken"
    );
    stolen.environment = SANDBOX;
    stolen.handle = AppHandle::parse("another").unwrap();
    assert_eq!(
        code(save(&portal, &outsider, stolen, Save::Create).await),
        "app/issuer-taken"
    );
    assert_eq!(
        code(app(&portal.keeper, &outsider, "fishing-licence", SANDBOX).await),
        "app/not-found"
    );
    assert!(
        apps(&portal.keeper, &outsider, "", 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let mut moved = portal.sandbox_document();
    moved.issuer.push_str(":2");
    assert_eq!(
        code(save(&portal, &admin, moved, Save::Put).await),
        "app/issuer-fixed"
    );
    let mut portals = portal.sandbox_document();
    portals.issuer = crate::keeper::PORTAL_CLIENT_ID.into();
    assert_eq!(
        code(save(&portal, &admin, portals, Save::Put).await),
        "app/portal"
    );
}

#[tokio::test]
async fn errors_refuse_in_the_sandbox_and_only_dangerous_ones_elsewhere() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let mut keyless = portal.sandbox_document();
    keyless.keys.clear();
    assert_eq!(
        code(save(&portal, &admin, keyless.clone(), Save::Create).await),
        "app/findings"
    );
    let mut live = portal.production_document();
    live.keys.clear();
    let saved = save(&portal, &admin, live.clone(), Save::Create)
        .await
        .unwrap();
    assert!(
        saved
            .findings
            .iter()
            .any(durward_domain::lint::Finding::is_error)
            && saved.live.is_none()
    );
    if let Some(oidc) = &mut live.oidc {
        oidc.redirect_uris = vec!["javascript:alert(1)".into()];
    }
    assert_eq!(
        code(save(&portal, &admin, live.clone(), Save::Put).await),
        "app/findings"
    );
    let mut private = portal.production_document();
    private.keys = vec![Key::Pem(
        "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----".into(),
    )];
    assert_eq!(
        code(save(&portal, &admin, private, Save::Put).await),
        "app/findings"
    );
    let text = save_app(
        &portal.keeper,
        &admin,
        Input::Json(b"{\"colour\":1}".to_vec()),
        Save::Put,
        "",
        &trace(),
    )
    .await;
    assert_eq!(code(text), "document/unreadable");
}

#[tokio::test]
async fn a_deleted_sandbox_app_is_gone_at_once_and_can_come_back() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    delete_app(
        &portal.keeper,
        &admin,
        "fishing-licence",
        SANDBOX,
        Some(1),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(portal.served(SANDBOX, "fishing-licence"), None);
    assert_eq!(
        code(app(&portal.keeper, &admin, "fishing-licence", SANDBOX).await),
        "app/not-found"
    );
    let saved = save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    assert_eq!(saved.revision, 2);
    assert!(portal.served(SANDBOX, "fishing-licence").is_some());
}

#[tokio::test]
async fn many_saves_at_once_are_all_live_and_the_chain_of_releases_holds() {
    let portal = Arc::new(portal().await);
    let mut racers = tokio::task::JoinSet::new();
    for number in 0..10 {
        let portal = Arc::clone(&portal);
        racers.spawn(async move {
            let admin = portal.member("admin").await.unwrap();
            let mut document = portal.sandbox_document();
            document.handle = AppHandle::parse(&format!("app-{number}")).unwrap();
            document.issuer = format!("urn:app:{number}");
            save(&portal, &admin, document, Save::Create)
                .await
                .unwrap()
                .live
                .is_some()
        });
    }
    assert!(racers.join_all().await.into_iter().all(|live| live));
    let door = portal
        .keeper
        .environment(SANDBOX)
        .unwrap()
        .door
        .clone()
        .unwrap();
    assert_eq!(
        (door.registry.load().sequence, door.registry.load().len()),
        (10, 10)
    );
}

#[tokio::test]
async fn drafts_are_the_teams_and_a_plan_tells_what_a_document_would_change() {
    let portal = portal().await;
    let (admin, outsider) = (
        portal.member("admin").await.unwrap(),
        portal.member("outsider").await.unwrap(),
    );
    let entered = serde_json::json!({ "app_name": "Fishing" });
    let id = drafts::draft_save(
        &portal.keeper,
        &admin,
        drafts::DraftInput {
            seen: None,
            name: "Spring",
            team: "fisheries-digital",
            entered: &entered,
        },
        None,
    )
    .await
    .unwrap()
    .id;
    let developer = portal.member("developer").await.unwrap();
    assert_eq!(
        drafts::draft_find(&portal.keeper, &developer, &id)
            .await
            .unwrap()
            .entered,
        entered
    );
    assert_eq!(
        code(drafts::draft_find(&portal.keeper, &outsider, &id).await),
        "app/nothing-there"
    );
    // Two people at once: the later save is refused, and what was saved stays.
    let theirs = serde_json::json!({ "app_name": "Fishing Licence" });
    let input = |entered| drafts::DraftInput {
        seen: Some((&id, 1)),
        name: "",
        team: "fisheries-digital",
        entered,
    };
    let kept = drafts::draft_save(&portal.keeper, &developer, input(&theirs), None).await;
    assert_eq!(kept.unwrap().version, 2);
    let later = drafts::draft_save(&portal.keeper, &admin, input(&entered), None).await;
    assert_eq!(code(later), "app/draft-stale");
    let found = drafts::draft_find(&portal.keeper, &admin, &id)
        .await
        .unwrap();
    assert_eq!((found.entered, found.version), (theirs, 2));
    let text = portal.production_document().to_json();
    let plan = plan::plan(&portal.keeper, &admin, text.as_bytes())
        .await
        .unwrap();
    assert!(plan.first_launch && plan.checklist.iter().any(|item| item.rule == "L01"));
    assert_eq!(plan.earliest.unwrap().earliest.to_string(), "2026-11-30");
}
