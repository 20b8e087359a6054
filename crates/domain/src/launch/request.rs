//! The body of a launch or change request.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{application::Contact, environment::EnvironmentName, id::AppHandle};

/// What a partner sends to ask for a launch or a change. Only the app is needed to begin; the checklist names what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaunchBody {
    /// The app.
    pub app: AppHandle,
    /// Where it is to be live.
    #[serde(default = "production")]
    pub environment: EnvironmentName,
    /// The agreement number, as the partner typed it.
    #[serde(default)]
    pub agreement: Option<String>,
    /// The day that the partner wishes for.
    #[serde(default)]
    pub desired_date: Option<Date>,
    /// The day on which the public is to find the app: some days after the deployment, to try it in peace.
    #[serde(default)]
    pub public_date: Option<Date>,
    /// How much the app will be used.
    #[serde(default)]
    pub estimates: Estimates,
    /// Who will use it.
    #[serde(default)]
    pub audience: Option<String>,
    /// The public address of the app.
    #[serde(default)]
    pub application_url: Option<String>,
    /// Whom to write to, beside the contacts of the configuration.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Rules that a person answers for: the rule and who says so.
    #[serde(default)]
    pub attestations: BTreeMap<String, String>,
    /// A word to the reviewer.
    #[serde(default)]
    pub note: Option<String>,
    /// The open request of the same app that this one takes the place of when it is sent.
    #[serde(default)]
    pub supersedes: Option<String>,
    /// Why the app is retired by this request: nobody can sign in to it any more, for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retire: Option<String>,
}

impl LaunchBody {
    /// A request that says nothing yet but what it is for.
    pub fn new(app: AppHandle, environment: EnvironmentName) -> Self {
        Self {
            app,
            environment,
            agreement: None,
            desired_date: None,
            public_date: None,
            estimates: Estimates::default(),
            audience: None,
            application_url: None,
            contacts: Vec::new(),
            attestations: BTreeMap::new(),
            note: None,
            supersedes: None,
            retire: None,
        }
    }
}

/// How much an app will be used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Estimates {
    /// New people in a year.
    pub annual_registrations: Option<u64>,
    /// Sign-ins in a year.
    pub annual_authentications: Option<u64>,
    /// People who sign in at least once in a month.
    pub monthly_active_users: Option<u64>,
    /// When there are more and when fewer.
    pub seasonality: Option<String>,
}

const fn production() -> EnvironmentName {
    EnvironmentName::Production
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_body_of_the_contract() {
        let text = r#"{"app":"fishing-licence","environment":"production","agreement":"LGABCFY210001-0001-0000","desired_date":"2026-11-30",
            "estimates":{"annual_registrations":1000,"annual_authentications":20000,"monthly_active_users":900,"seasonality":"spring"},
            "audience":"general_public","application_url":"https://fishing.gov","contacts":[{"kind":"technical","name":"A","email":"a@b.gov","phone":""}],
            "attestations":{"L08":"R. Quill"},"note":""}"#;
        let body: LaunchBody = serde_json::from_str(text).unwrap();
        assert_eq!(body.estimates.monthly_active_users, Some(900));
        assert_eq!(
            serde_json::from_str::<LaunchBody>(&serde_json::to_string(&body).unwrap()).unwrap(),
            body
        );
        let least: LaunchBody = serde_json::from_str(r#"{"app":"fishing-licence"}"#).unwrap();
        assert_eq!(least.environment, EnvironmentName::Production);
        assert!(serde_json::from_str::<LaunchBody>(r#"{"app":"a1","approved":true}"#).is_err());
    }
}
