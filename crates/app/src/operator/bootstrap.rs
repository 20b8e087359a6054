//! The portal's own app: an ordinary app of the environment that signs its users in, pinned into its releases.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::application::{
    AppDocument, Contact, ContactKind, HelpText, Key, OidcSettings, Protocol, Schema,
    SigningAlgorithm, TokenEndpointAuthMethod,
};
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::id::{AppHandle, TeamHandle};
use durward_domain::level::{DefaultAal, LevelOfService};
use durward_store::apps::{self, RevisionRow};
use durward_store::members::{self, AgencyRow, TeamRow};
use durward_store::{Conn, Fault as StoreFault, releases};
use serde_json::{Value, json};

use super::build::{self, Wanted, Why};
use crate::actor::Actor;
use crate::canary::{self, CANARY_CLIENT_ID, CANARY_HANDLE};
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper, PORTAL_CLIENT_ID};

/// The short name of the portal's own app.
pub const PORTAL_HANDLE: &str = "portal";
/// The team that the portal's own app belongs to.
pub const PROGRAMME_TEAM: &str = "programme-office";

/// Whether this is an app that the server itself put into an environment: it is in every release and cannot be taken out.
pub(crate) fn is_own(keeper: &Keeper, environment: EnvironmentName, handle: &str) -> bool {
    (environment == keeper.sign_in.environment && handle == PORTAL_HANDLE)
        || (environment.class().is_live() && handle == CANARY_HANDLE)
}

/// Sees to it that the environment which signs the portal's users in serves the portal as an app. Cheap when it does.
///
/// A new portal address or client key makes a new revision and a new release.
///
/// # Errors
/// A fault.
pub async fn portal_app(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    released(keeper, document(keeper)?, "The portal's own app.").await
}

/// Sees to it that each live-class environment serves the synthetic app to which the canary signs in after a release.
///
/// # Errors
/// A fault.
pub async fn canary_apps(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    for link in &keeper.environments {
        if link.name.class().is_live() {
            let document = canary_document(link.name, &link.issuer)?;
            released(keeper, document, "The synthetic app of the canary sign-in.").await?;
        }
    }
    Ok(())
}

/// Releases one of the server's own apps, unless its environment has it so already.
async fn released(
    keeper: &Arc<Keeper>,
    document: AppDocument,
    reason: &'static str,
) -> Result<(), Fault> {
    let (environment, handle) = (document.environment, document.handle.to_string());
    let digest = document.digest();
    let live = keeper
        .store
        .read(move |c| releases::app_in(c, environment.as_str(), &handle))
        .await?;
    if live.is_some_and(|(_, live)| live == digest) {
        return Ok(());
    }
    let row = keep(keeper, &document).await?;
    let why = Why {
        kind: "bootstrap",
        reason: reason.to_owned(),
        actor: Actor::System("bootstrap"),
    };
    build::release(
        keeper,
        environment,
        vec![Wanted::set(&row, document)],
        why,
        build::nothing_more,
    )
    .await?;
    Ok(())
}

fn document(keeper: &Keeper) -> Result<AppDocument, Fault> {
    let written =
        |bad: durward_domain::id::BadId| Fault::internal(format!("the portal's own app: {bad}"));
    let jwk = match serde_json::to_value(keeper.sign_in.key.jwk()) {
        Ok(Value::Object(members)) => members,
        _ => {
            return Err(Fault::internal(
                "the portal's client key is no JSON Web Key",
            ));
        }
    };
    Ok(AppDocument {
        schema: Schema::V1,
        handle: AppHandle::parse(PORTAL_HANDLE).map_err(written)?,
        team: TeamHandle::parse(PROGRAMME_TEAM).map_err(written)?,
        environment: keeper.sign_in.environment,
        app_name: "Partner Portal".into(),
        friendly_name: "Partner Portal".into(),
        description: "Where agencies register and launch their apps.".into(),
        issuer: PORTAL_CLIENT_ID.into(),
        protocol: Protocol::Oidc,
        level_of_service: LevelOfService::AuthOnly,
        default_aal: DefaultAal::Aal2,
        attributes: vec![Attribute::Email],
        attribute_justifications: Default::default(),
        oidc: Some(OidcSettings {
            token_endpoint_auth_method: TokenEndpointAuthMethod::PrivateKeyJwt,
            redirect_uris: vec![keeper.url("/sign-in/callback")],
            post_logout_redirect_uris: vec![keeper.url("/")],
            id_token_signed_response_alg: SigningAlgorithm::ES256,
            ..OidcSettings::default()
        }),
        saml: None,
        keys: vec![Key::Jwk(jwk)],
        logo: None,
        help_text: help_text(),
        push_notification_url: None,
        failure_to_proof_url: None,
        return_to_app_url: Some(keeper.url("/help")),
        contacts: vec![Contact {
            kind: ContactKind::Technical,
            name: "Programme office".into(),
            email: String::new(),
            phone: String::new(),
        }],
        extras: BTreeMap::new(),
    })
}

/// Who the portal is for, on the pages where people come to it for the first time.
fn help_text() -> HelpText {
    let texts = |texts: [&str; 4]| -> BTreeMap<String, String> {
        let languages = ["en", "es", "fr", "zh-Hans"].map(str::to_owned);
        languages
            .into_iter()
            .zip(texts.map(str::to_owned))
            .collect()
    };
    HelpText {
        sign_in: texts([
            "The Partner Portal is for agencies that build apps. New here? Create an account with your work e-mail address.",
            "El Portal de socios es para los organismos que crean aplicaciones. ¿Es su primera vez? Cree una cuenta con el correo electrónico de su trabajo.",
            "Le portail des partenaires est destiné aux organismes qui créent des applications. Première visite ? Créez un compte avec votre adresse e-mail professionnelle.",
            "合作伙伴门户面向开发应用的机构。第一次来？请用您的工作电子邮件地址创建账户。",
        ]),
        sign_up: texts([
            "Use your work e-mail address: its domain says whether you may use the sandbox at once. With any other address you need an invitation to a team.",
            "Use el correo electrónico de su trabajo: por su dominio se sabe si puede usar el entorno de pruebas enseguida. Con cualquier otra dirección necesita una invitación a un equipo.",
            "Utilisez votre adresse e-mail professionnelle : son domaine indique si vous pouvez utiliser tout de suite le bac à sable. Avec une autre adresse, il faut une invitation dans une équipe.",
            "请使用您的工作电子邮件地址：其域名决定您是否可以立即使用沙盒。使用其他地址则需要团队的邀请。",
        ]),
        forgot_password: BTreeMap::new(),
    }
}

fn canary_document(environment: EnvironmentName, issuer: &str) -> Result<AppDocument, Fault> {
    let written =
        |bad: durward_domain::id::BadId| Fault::internal(format!("the canary's app: {bad}"));
    Ok(AppDocument {
        schema: Schema::V1,
        handle: AppHandle::parse(CANARY_HANDLE).map_err(written)?,
        team: TeamHandle::parse(PROGRAMME_TEAM).map_err(written)?,
        environment,
        app_name: "Canary".into(),
        friendly_name: "Canary".into(),
        description: "A synthetic app to which a synthetic person signs in after each release."
            .into(),
        issuer: CANARY_CLIENT_ID.into(),
        protocol: Protocol::Oidc,
        level_of_service: LevelOfService::AuthOnly,
        default_aal: DefaultAal::Aal2,
        attributes: vec![Attribute::Email],
        attribute_justifications: Default::default(),
        oidc: Some(OidcSettings {
            token_endpoint_auth_method: TokenEndpointAuthMethod::None,
            redirect_uris: vec![canary::redirect_uri(issuer)],
            post_logout_redirect_uris: Vec::new(),
            id_token_signed_response_alg: SigningAlgorithm::ES256,
            ..OidcSettings::default()
        }),
        saml: None,
        keys: Vec::new(),
        logo: None,
        help_text: HelpText::default(),
        push_notification_url: None,
        failure_to_proof_url: None,
        return_to_app_url: None,
        contacts: Vec::new(),
        extras: BTreeMap::new(),
    })
}

async fn keep(keeper: &Arc<Keeper>, document: &AppDocument) -> Result<RevisionRow, Fault> {
    let now = keeper.clock.now();
    let row = RevisionRow {
        revision_id: keeper.random.uuid_v7(now).to_string(),
        handle: document.handle.to_string(),
        environment: document.environment.as_str().to_owned(),
        number: 0,
        document: document.to_json(),
        digest: document.digest(),
        author: "bootstrap".to_owned(),
        note: "Made by the server".to_owned(),
        created_us: now.as_microsecond(),
    };
    let agency_id = keeper.random.uuid_v7(now).to_string();
    let issuer = document.issuer.clone();
    let unit_keeper = Arc::clone(keeper);
    Ok(keeper
        .store
        .write(move |c| keep_in(c, &unit_keeper, row.clone(), (&issuer, &agency_id)))
        .await?)
}

fn keep_in(
    c: &mut Conn,
    keeper: &Keeper,
    mut row: RevisionRow,
    (issuer, agency_id): (&str, &str),
) -> Result<RevisionRow, StoreFault> {
    if members::find_team(c, PROGRAMME_TEAM)?.is_none() {
        let office = members::agencies(c)?
            .into_iter()
            .find(|agency| agency.abbreviation == OFFICE_LETTERS);
        let agency_id = match office {
            Some(agency) => agency.agency_id,
            None => {
                let agency = AgencyRow {
                    agency_id: agency_id.to_owned(),
                    name: "Programme Office".into(),
                    abbreviation: OFFICE_LETTERS.into(),
                };
                members::put_agency(c, &agency)?;
                agency.agency_id
            }
        };
        let team = TeamRow {
            handle: PROGRAMME_TEAM.into(),
            name: "Programme Office".into(),
            agency_id,
            domains: String::new(),
        };
        members::put_team(c, &team, row.created_us)?;
    }
    apps::ensure_app(c, &row.handle, PROGRAMME_TEAM, row.created_us)?;
    row.number = apps::next_number(c, &row.handle, &row.environment)?;
    match apps::find_configuration(c, &row.handle, &row.environment)? {
        Some(found) => apps::update_configuration(c, &row, found.version)?,
        None => apps::insert_configuration(c, &row, issuer)?,
    };
    apps::insert_revision(c, &row)?;
    let subject = format!("{}/{}", row.handle, row.environment);
    let detail = json!({ "revision": row.number, "digest": row.digest });
    let actor = Actor::System("bootstrap");
    keeper.record(
        c,
        &Happened {
            actor: &actor,
            event: Event::AppRevisionSaved,
            subject: &subject,
            trace: None,
            detail,
        },
    )?;
    Ok(row)
}

const OFFICE_LETTERS: &str = "PROGRAMME";
