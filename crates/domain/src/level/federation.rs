//! How well the answer about a person is protected on its way to an app: the federation assurance level of NIST SP
//! 800-63C-4 §2, told for each configuration.

use serde::Serialize;

use crate::application::{AppDocument, Policies, Protocol};

/// A federation assurance level. FAL3 asks the app to see an authenticator of the person itself, which no app here can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fal {
    /// A signed assertion for this app alone.
    Fal1,
    /// The same under an agreement made beforehand, and nobody can slip an answer of another sign-in in.
    Fal2,
}

impl Fal {
    /// The name that people know.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Fal1 => "FAL1",
            Self::Fal2 => "FAL2",
        }
    }
}

/// What a configuration lacks for the next level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lack {
    /// A trust agreement made beforehand: an environment where nothing is reviewed has none. SP 800-63C-4 §3.5
    Agreement,
    /// Protection against injection: no request is bound to its answer by `nonce` or PKCE, or signed. §3.10
    InjectionProtection,
    /// An authenticator that the person shows to the app itself. §3.15 and §3.16
    HolderOfKey,
}

/// The level of a configuration, and what it lacks for the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FederationAssurance {
    /// What it reaches.
    pub level: Fal,
    /// What keeps it from the next.
    pub lacks: Vec<Lack>,
}

impl FederationAssurance {
    /// Judges a configuration. `policies` are the programme's.
    pub fn of(document: &AppDocument, policies: &Policies) -> Self {
        let bound = match document.protocol {
            Protocol::Oidc => document.oidc.as_ref().is_some_and(|oidc| {
                let policies = policies.of_app(&oidc.policies, oidc.fapi2);
                policies.require_nonce || policies.require_pkce
            }),
            // Every response answers a request, which its signature proves to be the app's own.
            Protocol::Saml => document
                .saml
                .as_ref()
                .is_some_and(|saml| saml.require_signed_requests),
        };
        let mut lacks = Vec::new();
        if !document.environment.class().is_live() {
            lacks.push(Lack::Agreement);
        }
        if !bound {
            lacks.push(Lack::InjectionProtection);
        }
        if lacks.is_empty() {
            return Self {
                level: Fal::Fal2,
                lacks: vec![Lack::HolderOfKey],
            };
        }
        Self {
            level: Fal::Fal1,
            lacks,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::application::SamlSettings;
    use crate::environment::EnvironmentName;
    use crate::programme::Programme;

    fn check(change: impl FnOnce(&mut AppDocument), level: Fal, lacks: &[Lack]) {
        let mut document = AppDocument::example();
        document.environment = EnvironmentName::Production;
        change(&mut document);
        let told = FederationAssurance::of(&document, &Programme::named("us").unwrap().policies);
        assert_eq!((told.level, told.lacks.as_slice()), (level, lacks));
    }

    #[test]
    fn each_lack_keeps_a_configuration_from_the_next_level() {
        check(|_| {}, Fal::Fal2, &[Lack::HolderOfKey]);
        check(
            |d| d.environment = EnvironmentName::Sandbox,
            Fal::Fal1,
            &[Lack::Agreement],
        );
        check(
            |d| d.oidc.as_mut().unwrap().policies.require_nonce = Some(false),
            Fal::Fal1,
            &[Lack::InjectionProtection],
        );
        check(
            |d| {
                let policies = &mut d.oidc.as_mut().unwrap().policies;
                policies.require_nonce = Some(false);
                policies.require_pkce = Some(true);
            },
            Fal::Fal2,
            &[Lack::HolderOfKey],
        );
    }

    #[test]
    fn unsigned_saml_requests_bind_nothing() {
        let saml = |signed| {
            move |d: &mut AppDocument| {
                d.protocol = Protocol::Saml;
                d.oidc = None;
                d.saml = Some(SamlSettings {
                    require_signed_requests: signed,
                    ..SamlSettings::default()
                });
            }
        };
        check(saml(true), Fal::Fal2, &[Lack::HolderOfKey]);
        check(saml(false), Fal::Fal1, &[Lack::InjectionProtection]);
    }
}
