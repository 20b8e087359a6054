//! From what is open to routers: what each listener answers with.

use std::sync::Arc;

use axum::{Extension, Router};
use durward_app::demonstration::Demonstration;
use durward_app::{Door, Fault, Keeper};
use durward_domain::environment::EnvironmentName;
use durward_keyring::mac::MacKey;
use durward_keyring::master::MasterKey;
use durward_keyring::random::Random;
use durward_web::portal_router::Portal;
use durward_web::shared::limits::Limits;
use durward_web::shared::site::{Site, SiteSettings};
use durward_web::{door_router, pages, portal_router};

use super::databases::PORTAL;

/// The router of an environment.
///
/// # Errors
/// When its issuer is no address.
pub fn door(door: &Arc<Door>, master: &MasterKey, random: &Random) -> Result<Router, Fault> {
    let clock = door.clock.clone();
    let about = About {
        name: door.name.as_str(),
        title: &door.programme.title,
        practice: door.name != EnvironmentName::Production,
        address: &door.issuer,
        portal: &door.portal_url,
    };
    let site = Site::new(about.settings(master, random)?, move || clock.now());
    Ok(door_router::router(door, &site))
}

/// The router of the portal; with the pages of a demonstration where it is one.
///
/// # Errors
/// When its address is none.
pub fn portal(
    keeper: &Arc<Keeper>,
    demonstration: Option<&Arc<Demonstration>>,
    master: &MasterKey,
    random: &Random,
) -> Result<Router, Fault> {
    let clock = keeper.clock.clone();
    let about = About {
        name: PORTAL,
        title: PORTAL_TITLE,
        practice: false,
        address: &keeper.base_url,
        portal: &keeper.base_url,
    };
    // Cookies, tokens and request ids keep real time; only the keeper's own affairs follow its clock.
    let mut settings = about.settings(master, random)?;
    settings.limits.large = portal_router::LARGE;
    let site = Site::new(settings, move || clock.real_now());
    let portal = Portal::new(Arc::clone(keeper), site);
    let own_pages = if demonstration.is_some() {
        pages::DEMONSTRATION
    } else {
        &[]
    };
    let all = portal_router::router(&portal, pages::rows().chain(own_pages));
    Ok(match demonstration {
        Some(demonstration) => all.layer(Extension(Arc::clone(demonstration))),
        None => all,
    })
}

/// What a site is told of itself.
struct About<'a> {
    name: &'a str,
    title: &'a str,
    practice: bool,
    address: &'a str,
    portal: &'a str,
}

impl About<'_> {
    fn settings(&self, master: &MasterKey, random: &Random) -> Result<SiteSettings, Fault> {
        let base_url = self.address.parse();
        Ok(SiteSettings {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            practice: self.practice,
            base_url: base_url
                .map_err(|error| Fault::internal(format!("{}: {error}", self.address)))?,
            portal_url: self.portal.to_owned(),
            other_hosts: Vec::new(),
            form_key: MacKey::new(master.derive(&format!("durward/{}/forms/1", self.name))),
            random: random.clone(),
            limits: Limits::default(),
        })
    }
}

const PORTAL_TITLE: &str = "Partner Portal";
