//! The apps of the demonstration, as documents.

use std::collections::BTreeMap;

use durward_app::Fault;
use durward_domain::application::{
    AppDocument, Contact, ContactKind, HelpText, Key, Logo, MediaType, OidcSettings, Protocol,
    Schema,
};
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentName;
use durward_domain::id::{AppHandle, TeamHandle};
use durward_domain::level::{DefaultAal, LevelOfService};
use durward_domain::programme::Programme;
use durward_keyring::jose::{Algorithm, PublicKey, SigningKey};
use serde_json::{Map, Value};

use super::cast;

/// One app of a team.
pub(super) struct App {
    pub(super) handle: &'static str,
    pub(super) team: &'static str,
    pub(super) app_name: &'static str,
    friendly_name: &'static str,
    description: &'static str,
    /// The last two parts of its issuer.
    issuer: &'static str,
    verified: bool,
    colour: &'static str,
}

/// What of an app's document depends on the place it is for.
pub(super) struct Place<'a> {
    pub(super) environment: EnvironmentName,
    /// The public key, when it is not a new one.
    pub(super) key: Option<&'a PublicKey>,
    /// Where people come back, when it is not a host of the team's own.
    pub(super) base: Option<&'a str>,
    /// Whose rules it must keep.
    pub(super) programme: &'a Programme,
}

impl App {
    pub(super) fn level(&self) -> LevelOfService {
        if self.verified {
            LevelOfService::IdentityVerified
        } else {
            LevelOfService::AuthOnly
        }
    }

    /// The client id, the same in every environment.
    pub(super) fn client_id(&self) -> String {
        format!("urn:gov:gsa:openidconnect.profiles:sp:sso:{}", self.issuer)
    }

    /// Where the public finds the app, on a domain that the programme approves.
    pub(super) fn address(&self, programme: &Programme) -> String {
        format!("https://{}.example{}", self.handle, approved(programme))
    }

    /// The whole document for an environment.
    pub(super) fn document(&self, place: &Place<'_>) -> Result<AppDocument, Fault> {
        let wrong = |error: &dyn std::fmt::Display| Fault::internal(format!("a seed: {error}"));
        let test = !place.environment.class().is_live();
        let base = match place.base {
            Some(base) => base.to_owned(),
            None if test => format!(
                "https://try.{}.example{}",
                self.handle,
                approved(place.programme)
            ),
            None => self.address(place.programme),
        };
        let jwk = match place.key {
            Some(key) => key.jwk(),
            None => SigningKey::generate(Algorithm::ES256)
                .map_err(|error| wrong(&error))?
                .jwk(),
        };
        let names = &place.programme.names;
        let word = names.production_friendly_name_contains.as_deref();
        let friendly_name = match word.filter(|_| !test) {
            Some(word) => format!("{} {word}", self.friendly_name),
            None => self.friendly_name.to_owned(),
        };
        Ok(AppDocument {
            schema: Schema::V1,
            handle: AppHandle::parse(self.handle).map_err(|bad| wrong(&bad))?,
            team: TeamHandle::parse(self.team).map_err(|bad| wrong(&bad))?,
            environment: place.environment,
            app_name: self.app_name.to_owned(),
            friendly_name,
            description: self.description.to_owned(),
            issuer: self.client_id(),
            protocol: Protocol::Oidc,
            level_of_service: self.level(),
            default_aal: if self.verified {
                DefaultAal::Aal2
            } else {
                DefaultAal::Aal1
            },
            attributes: self.attributes(),
            attribute_justifications: Default::default(),
            oidc: Some(OidcSettings {
                redirect_uris: vec![format!("{base}/callback")],
                post_logout_redirect_uris: vec![format!("{base}/signed-out")],
                ..OidcSettings::default()
            }),
            saml: None,
            keys: vec![Key::Jwk(members(&jwk).map_err(|error| wrong(&error))?)],
            logo: Some(self.logo()),
            help_text: self.help_text(),
            push_notification_url: None,
            failure_to_proof_url: self
                .verified
                .then(|| format!("{}/other-ways", self.address(place.programme))),
            return_to_app_url: Some(self.address(place.programme)),
            contacts: self.contacts(),
            extras: std::collections::BTreeMap::new(),
        })
    }

    fn attributes(&self) -> Vec<Attribute> {
        let mut attributes = vec![Attribute::Email];
        if self.verified {
            attributes.extend([Attribute::FirstName, Attribute::LastName, Attribute::Dob]);
        }
        attributes
    }

    fn logo(&self) -> Logo {
        let picture = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96" viewBox="0 0 96 96"><rect width="96" height="96" rx="16" fill="{}"/><path d="M16 60c11 0 11-8 21-8s11 8 22 8 11-8 21-8v20H16z" fill="#ffffff"/><circle cx="60" cy="32" r="11" fill="#ffffff"/></svg>"##,
            self.colour
        );
        Logo::new(MediaType::Svg, picture.as_bytes())
    }

    fn help_text(&self) -> HelpText {
        let text = format!("Use the e-mail address that {} knows.", self.friendly_name);
        HelpText {
            sign_in: BTreeMap::from([("en".to_owned(), text)]),
            ..HelpText::default()
        }
    }

    /// The team's admin answers for everything.
    pub(super) fn contacts(&self) -> Vec<Contact> {
        let admin = cast::PARTNERS
            .iter()
            .find(|one| one.team == Some(self.team));
        let kinds = [
            ContactKind::Technical,
            ContactKind::Program,
            ContactKind::Billing,
            ContactKind::HelpDesk,
        ];
        admin
            .into_iter()
            .flat_map(|admin| {
                kinds.map(|kind| Contact {
                    kind,
                    name: admin.name.to_owned(),
                    email: admin.email.to_owned(),
                    phone: "+1 202 555 0100".to_owned(),
                })
            })
            .collect()
    }
}

/// The end of the hosts of production apps.
pub(super) fn approved(programme: &Programme) -> &str {
    let mut hosts = programme.domains.production_hosts.iter();
    hosts.next().map_or(".gov", String::as_str)
}

fn members(jwk: &impl serde::Serialize) -> Result<Map<String, Value>, serde_json::Error> {
    serde_json::from_value(serde_json::to_value(jwk)?)
}

/// The app of the sample relying party.
pub(super) static SAMPLE: App = App {
    handle: "harbour-guide",
    team: cast::FISHERIES,
    app_name: "Harbour Guide",
    friendly_name: "Harbour Guide",
    description: "The sample relying party of this demonstration.",
    issuer: "FISH:HARBOUR_GUIDE",
    verified: true,
    colour: "#005ea2",
};
pub(super) static CATCH_REPORT: App = App {
    handle: "catch-report",
    team: cast::FISHERIES,
    app_name: "Catch Report",
    friendly_name: "Catch Report",
    description: "Fishers report what they caught.",
    issuer: "FISH:CATCH_REPORT",
    verified: false,
    colour: "#00687d",
};
pub(super) static LOBSTER_QUOTA: App = App {
    handle: "lobster-quota",
    team: cast::FISHERIES,
    app_name: "Lobster Quota",
    friendly_name: "Lobster Quota",
    description: "Quota of the year, by boat.",
    issuer: "FISH:LOBSTER_QUOTA",
    verified: false,
    colour: "#b50909",
};
pub(super) static MOORINGS: App = App {
    handle: "mooring-list",
    team: cast::HARBOURS,
    app_name: "Mooring Waiting List",
    friendly_name: "Mooring waiting list",
    description: "Ask for a mooring and see how long it takes.",
    issuer: "HARBOURS:MOORING_LIST",
    verified: false,
    colour: "#1a4480",
};
pub(super) static DRIVER_RECORD: App = App {
    handle: "driver-record",
    team: cast::VEHICLES,
    app_name: "Driver Record",
    friendly_name: "My driver record",
    description: "See and correct your driver record.",
    issuer: "DMV:DRIVER_RECORD",
    verified: true,
    colour: "#54278f",
};
pub(super) static PLATES: App = App {
    handle: "plate-renewal",
    team: cast::VEHICLES,
    app_name: "Plate Renewal",
    friendly_name: "Renew your plates",
    description: "Renew licence plates and pay the fee.",
    issuer: "DMV:PLATE_RENEWAL",
    verified: false,
    colour: "#8b0a03",
};
pub(super) static CAMPSITES: App = App {
    handle: "campsite-booking",
    team: cast::PARKS,
    app_name: "Campsite Booking",
    friendly_name: "Campsite booking",
    description: "Book a campsite in a state park.",
    issuer: "PARKS:CAMPSITES",
    verified: false,
    colour: "#19311e",
};
pub(super) static PARK_PASS: App = App {
    handle: "park-pass",
    team: cast::PARKS,
    app_name: "Park Pass",
    friendly_name: "Park pass",
    description: "Buy the pass of the year.",
    issuer: "PARKS:PASS",
    verified: false,
    colour: "#4d8055",
};
pub(super) static GRANTS: App = App {
    handle: "startup-grants",
    team: cast::BUSINESS,
    app_name: "Startup Grants",
    friendly_name: "Startup grants",
    description: "Ask for a grant and follow it.",
    issuer: "OSB:STARTUP_GRANTS",
    verified: false,
    colour: "#936f38",
};
pub(super) static BUSINESS_REGISTER: App = App {
    handle: "business-register",
    team: cast::BUSINESS,
    app_name: "Business Register",
    friendly_name: "Business register",
    description: "Enter a business in the register.",
    issuer: "OSB:BUSINESS_REGISTER",
    verified: false,
    colour: "#5c410a",
};
pub(super) static VACCINES: App = App {
    handle: "vaccine-record",
    team: cast::HEALTH,
    app_name: "Vaccine Record",
    friendly_name: "My vaccine record",
    description: "See your vaccinations and print them.",
    issuer: "DOH:VACCINE_RECORD",
    verified: true,
    colour: "#0f6460",
};

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_domain::lint::{LintContext, lint};
    use jiff::Timestamp;

    use super::*;

    const ALL: [&App; 11] = [
        &SAMPLE,
        &CATCH_REPORT,
        &LOBSTER_QUOTA,
        &MOORINGS,
        &DRIVER_RECORD,
        &PLATES,
        &CAMPSITES,
        &PARK_PASS,
        &GRANTS,
        &BUSINESS_REGISTER,
        &VACCINES,
    ];

    fn errors(programme: &str, app: &App, environment: EnvironmentName, base: Option<&str>) {
        let programme = Programme::named(programme).unwrap();
        let document = app
            .document(&Place {
                environment,
                key: None,
                base,
                programme: &programme,
            })
            .unwrap();
        let now: Timestamp = "2026-11-10T17:00:00Z".parse().unwrap();
        let findings = lint(&document, &LintContext::alone(&programme, now));
        let errors: Vec<_> = findings.iter().filter(|one| one.is_error()).collect();
        assert!(errors.is_empty(), "{}: {errors:?}", app.handle);
    }

    #[test]
    fn the_validator_accepts_every_seed_in_every_programme() {
        for programme in Programme::names() {
            for app in ALL {
                errors(programme, app, EnvironmentName::Sandbox, None);
                errors(programme, app, EnvironmentName::Production, None);
            }
            errors(
                programme,
                &SAMPLE,
                EnvironmentName::Sandbox,
                Some("http://localhost:8404"),
            );
        }
    }
}
