//! What happened in the portal before the first day of the demonstration, oldest first.

use durward_app::Fault;
use durward_app::jobs::keeper_deploy;
use durward_app::operator::{agreements as office, review};
use durward_app::partner::drafts;
use durward_app::partner::launches::RequestKind;
use durward_app::partner::requests;
use durward_app::partner::save::{self, Input, Save};
use durward_domain::agreement::{Agreement, AgreementStep as Step, Side};
use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{Estimates, LaunchBody};
use durward_domain::permission::Role;
use durward_keyring::jose::PublicKey;
use serde_json::json;

use super::agreements;
use super::apps::{self, App, Place};
use super::cast;
use super::papers;
use super::seeds::{Stage, accepted};

/// Tells the whole story. The keeper's clock is somewhere in the past afterwards.
pub(super) async fn tell(stage: &Stage, sample: &Sample<'_>) -> Result<(), Fault> {
    agreements_are_signed(stage).await?;
    apps_are_tried(stage, sample).await?;
    some_go_live(stage, sample).await?;
    others_are_on_their_way(stage).await
}

/// The sample relying party: its key and where it is.
pub(super) struct Sample<'a> {
    pub(super) key: &'a PublicKey,
    pub(super) url: &'a str,
}

async fn agreements_are_signed(stage: &Stage) -> Result<(), Fault> {
    let manager = stage.who(Role::AccountManager, None)?;
    let (keeper, trace) = (&stage.keeper, &stage.trace);
    for seed in agreements::ALL {
        let id = keeper.random.uuid_v7(keeper.clock.now());
        let wanted = seed.agreement(id, stage.today)?;
        // The days of the signatures are those of the first day of the period.
        stage.on(wanted.period.start.min(stage.today));
        let (starts, ends) = seed.gtc_period(stage.today);
        let frame = office::NewGtc {
            number: Some(wanted.number.gtc().to_owned()),
            agency: seed.letters.to_owned(),
            partner: wanted.partner.clone(),
            starts,
            ends,
            terms: seed.gtc_terms(&wanted.agency),
        };
        let made = office::create_gtc(keeper, manager, frame, trace).await;
        let gtc = accepted(seed.number, made)?.number;
        goes_its_way(stage, seed, &gtc, &wanted).await?;
        let new = office::NewAgreement {
            number: Some(seed.number.to_owned()),
            gtc: None,
            agency: seed.letters.to_owned(),
            partner: wanted.partner.clone(),
            starts: wanted.period.start,
            ends: wanted.period.end,
            apps: wanted.apps.clone(),
            terms: wanted.terms.clone(),
        };
        let made = office::create(keeper, manager, new, trace).await;
        let order = accepted(seed.number, made)?.number;
        goes_its_way(stage, seed, &order, &wanted).await?;
    }
    Ok(())
}

/// From the intake as far as the seed is.
async fn goes_its_way(
    stage: &Stage,
    seed: &agreements::Seed,
    number: &str,
    wanted: &Agreement,
) -> Result<(), Fault> {
    let (keeper, trace) = (&stage.keeper, &stage.trace);
    let manager = stage.who(Role::AccountManager, None)?;
    let counsel = stage.who(Role::Reviewer, None)?;
    let by = |member, step| office::step(keeper, member, number, (step, ""), trace);
    accepted(number, by(manager, Step::StartDrafting).await)?;
    let (Some(partner), Some(provider)) = (&wanted.partner_signature, &wanted.provider_signature)
    else {
        return Ok(());
    };
    accepted(number, by(manager, Step::SendToCounsel).await)?;
    accepted(number, by(counsel, Step::ClearByCounsel).await)?;
    let admin = stage.admin(seed.team)?;
    let signature = (Side::Partner, partner.name.as_str(), partner.title.as_str());
    accepted(
        number,
        office::sign(keeper, admin, number, signature, trace).await,
    )?;
    accepted(number, by(manager, Step::SendToProvider).await)?;
    let signature = (
        Side::Provider,
        provider.name.as_str(),
        provider.title.as_str(),
    );
    let signer = stage.who(Role::Administrator, None)?;
    accepted(
        number,
        office::sign(keeper, signer, number, signature, trace).await,
    )?;
    Ok(())
}

async fn apps_are_tried(stage: &Stage, sample: &Sample<'_>) -> Result<(), Fault> {
    stage.days_ago(agreements::LIVE_AGO + 45)?;
    let tried = [
        &apps::LOBSTER_QUOTA,
        &apps::PLATES,
        &apps::DRIVER_RECORD,
        &apps::CAMPSITES,
        &apps::PARK_PASS,
        &apps::MOORINGS,
        &apps::GRANTS,
        &apps::VACCINES,
        &apps::CATCH_REPORT,
    ];
    for app in tried {
        save(
            stage,
            app,
            app.document(&place(stage, EnvironmentName::Sandbox))?,
        )
        .await?;
    }
    save(stage, &apps::SAMPLE, sample_in_sandbox(stage, sample)?).await
}

/// The sample's configuration in the sandbox: its own addresses on this machine.
pub(super) fn sample_in_sandbox(stage: &Stage, sample: &Sample<'_>) -> Result<AppDocument, Fault> {
    apps::SAMPLE.document(&Place {
        key: Some(sample.key),
        base: Some(sample.url),
        ..place(stage, EnvironmentName::Sandbox)
    })
}

async fn some_go_live(stage: &Stage, sample: &Sample<'_>) -> Result<(), Fault> {
    stage.days_ago(agreements::LIVE_AGO + 35)?;
    let reviewer = stage.who(Role::Reviewer, None)?;
    let second = stage.second_reviewer()?;
    let (keeper, trace) = (&stage.keeper, &stage.trace);
    let live = [
        (&apps::LOBSTER_QUOTA, agreements::COASTS),
        (&apps::SAMPLE, agreements::COASTS),
        (&apps::PLATES, agreements::VEHICLES),
    ];
    let mut launched = Vec::new();
    for (app, agreement) in live {
        let sample_key = (app.handle == apps::SAMPLE.handle).then_some(sample.key);
        let document = app.document(&Place {
            key: sample_key,
            ..place(stage, EnvironmentName::Production)
        })?;
        save(stage, app, document).await?;
        let id = submit(stage, app, RequestKind::Launch, Some(agreement)).await?;
        let seen = accepted(
            app.handle,
            review::approve(keeper, reviewer, &id, ("Complete.", None), trace).await,
        )?;
        if seen.approvals.len() < usize::from(seen.approvers_needed) {
            accepted(
                app.handle,
                review::approve(keeper, second, &id, ("Agreed.", None), trace).await,
            )?;
        }
        launched.push((app, id));
    }
    // Their window was in between: the deployer does what is due.
    stage.days_ago(agreements::LIVE_AGO)?;
    keeper_deploy::run_due(keeper).await?;
    for (app, id) in launched {
        let admin = stage.admin(app.team)?;
        accepted(
            app.handle,
            review::verify(keeper, admin, &id, "Seen to work.", trace).await,
        )?;
    }
    Ok(())
}

async fn others_are_on_their_way(stage: &Stage) -> Result<(), Fault> {
    let reviewer = stage.who(Role::Reviewer, None)?;
    let (keeper, trace) = (&stage.keeper, &stage.trace);

    // Written and taken back: its agreement is over.
    stage.days_ago(9)?;
    in_production(stage, &apps::GRANTS).await?;
    let grants = create(
        stage,
        &apps::GRANTS,
        RequestKind::Launch,
        Some(agreements::BUSINESS),
    )
    .await?;
    let admin = stage.admin(apps::GRANTS.team)?;
    let why = "We wait for the new agreement.";
    accepted(
        "a withdrawal",
        requests::withdraw(keeper, admin, &grants, why, trace).await,
    )?;

    // A reviewer wants something else.
    stage.days_ago(6)?;
    in_production(stage, &apps::PARK_PASS).await?;
    let pass = submit(
        stage,
        &apps::PARK_PASS,
        RequestKind::Launch,
        Some(agreements::PARKS),
    )
    .await?;
    let note = "Please add help text in Spanish: a third of the visitors read it.";
    accepted(
        "a review",
        review::request_changes(keeper, reviewer, &pass, note, trace).await,
    )?;

    // Approved, and waiting for its window. It took the place of one that was sent too early.
    stage.days_ago(5)?;
    in_production(stage, &apps::CAMPSITES).await?;
    let early = submit(
        stage,
        &apps::CAMPSITES,
        RequestKind::Launch,
        Some(agreements::PARKS),
    )
    .await?;
    stage.days_ago(4)?;
    papers::authority(stage, &apps::CAMPSITES).await?;
    let mut wish = body(stage, &apps::CAMPSITES, Some(agreements::PARKS))?;
    wish.attestations.remove("L08");
    wish.supersedes = Some(early);
    let campsites = written(stage, &apps::CAMPSITES, RequestKind::Launch, wish).await?;
    sent(stage, &apps::CAMPSITES, &campsites).await?;
    accepted(
        "an approval",
        review::approve(keeper, reviewer, &campsites, ("Complete.", None), trace).await,
    )?;

    // In review: one of two has said yes.
    stage.days_ago(3)?;
    in_production(stage, &apps::DRIVER_RECORD).await?;
    let record = submit(
        stage,
        &apps::DRIVER_RECORD,
        RequestKind::Launch,
        Some(agreements::VEHICLES),
    )
    .await?;
    accepted(
        "an approval",
        review::approve(
            keeper,
            reviewer,
            &record,
            ("The levels are right.", None),
            trace,
        )
        .await,
    )?;

    // A change of a live app, in review.
    stage.days_ago(2)?;
    change_of_plates(stage).await?;

    // A request with open items: the agreement is still being written.
    stage.days_ago(1)?;
    in_production(stage, &apps::VACCINES).await?;
    create(
        stage,
        &apps::VACCINES,
        RequestKind::Launch,
        Some(agreements::HEALTH),
    )
    .await?;

    // A production configuration with open items, and no request yet.
    let mut moorings = apps::MOORINGS.document(&place(stage, EnvironmentName::Production))?;
    moorings.logo = None;
    moorings.contacts.clear();
    save(stage, &apps::MOORINGS, moorings).await?;

    // A wizard that somebody left half-way.
    draft(stage).await
}

async fn change_of_plates(stage: &Stage) -> Result<(), Fault> {
    let app = &apps::PLATES;
    let admin = stage.admin(app.team)?;
    let (keeper, trace) = (&stage.keeper, &stage.trace);
    let seen =
        durward_app::partner::apps::app(keeper, admin, app.handle, EnvironmentName::Production)
            .await;
    let mut document = accepted(app.handle, seen)?.document;
    if let Some(oidc) = &mut document.oidc {
        let end = apps::approved(&keeper.programme);
        oidc.redirect_uris
            .push(format!("https://renewals.vehicles.example{end}/callback"));
    }
    let input = Input::Document(Box::new(document));
    accepted(
        app.handle,
        save::save_app(keeper, admin, input, Save::Put, "A second host.", trace).await,
    )?;
    submit(stage, app, RequestKind::Change, Some(agreements::VEHICLES)).await?;
    Ok(())
}

async fn draft(stage: &Stage) -> Result<(), Fault> {
    let app = &apps::BUSINESS_REGISTER;
    let admin = stage.admin(app.team)?;
    let entered = json!({
        "handle": app.handle, "team": app.team, "app_name": app.app_name, "issuer": app.client_id(), "protocol": "oidc",
    });
    let input = drafts::DraftInput {
        seen: None,
        name: "",
        team: app.team,
        entered: &entered,
    };
    let saved = drafts::draft_save(&stage.keeper, admin, input, None).await;
    accepted(app.handle, saved)?;
    Ok(())
}

async fn in_production(stage: &Stage, app: &App) -> Result<(), Fault> {
    save(
        stage,
        app,
        app.document(&place(stage, EnvironmentName::Production))?,
    )
    .await
}

/// Saves as the team's admin.
pub(super) async fn save(stage: &Stage, app: &App, document: AppDocument) -> Result<(), Fault> {
    let admin = stage.admin(app.team)?;
    let input = Input::Document(Box::new(document));
    let saved = save::save_app(&stage.keeper, admin, input, Save::Put, "", &stage.trace).await;
    accepted(app.handle, saved)?;
    Ok(())
}

async fn create(
    stage: &Stage,
    app: &App,
    kind: RequestKind,
    agreement: Option<&str>,
) -> Result<String, Fault> {
    written(stage, app, kind, body(stage, app, agreement)?).await
}

async fn written(
    stage: &Stage,
    app: &App,
    kind: RequestKind,
    body: LaunchBody,
) -> Result<String, Fault> {
    let admin = stage.admin(app.team)?;
    let written = requests::create(&stage.keeper, admin, kind, body, &stage.trace).await;
    Ok(accepted(app.handle, written)?.summary.id)
}

async fn sent(stage: &Stage, app: &App, id: &str) -> Result<(), Fault> {
    let admin = stage.admin(app.team)?;
    let submitted = requests::submit(&stage.keeper, admin, id, "", &stage.trace).await;
    accepted(app.handle, submitted)?;
    Ok(())
}

async fn submit(
    stage: &Stage,
    app: &App,
    kind: RequestKind,
    agreement: Option<&str>,
) -> Result<String, Fault> {
    let id = create(stage, app, kind, agreement).await?;
    sent(stage, app, &id).await?;
    Ok(id)
}

fn body(stage: &Stage, app: &App, agreement: Option<&str>) -> Result<LaunchBody, Fault> {
    let handle = app.handle.parse();
    let admin = cast::PARTNERS.iter().find(|one| one.team == Some(app.team));
    let name = admin.map(|one| one.name.to_owned()).unwrap_or_default();
    Ok(LaunchBody {
        app: handle.map_err(|bad| Fault::internal(format!("a seed: {bad}")))?,
        environment: EnvironmentName::Production,
        agreement: agreement.map(str::to_owned),
        desired_date: None,
        estimates: Estimates {
            annual_registrations: Some(24_000),
            annual_authentications: Some(180_000),
            monthly_active_users: Some(9_000),
            seasonality: Some("Most in spring.".to_owned()),
        },
        audience: Some("Everybody in the state.".to_owned()),
        application_url: Some(app.address(&stage.keeper.programme)),
        contacts: app.contacts(),
        attestations: ["L08", "L18", "L19"]
            .into_iter()
            .map(|rule| (rule.to_owned(), name.clone()))
            .collect(),
        note: None,
        public_date: None,
        supersedes: None,
        retire: None,
    })
}

fn place(stage: &Stage, environment: EnvironmentName) -> Place<'_> {
    Place {
        environment,
        key: None,
        base: None,
        programme: &stage.keeper.programme,
    }
}
