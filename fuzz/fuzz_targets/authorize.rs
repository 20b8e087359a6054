//! Authorization requests: no query may panic, whatever is judged good is what a registered app asked for at its own
//! address, and an error goes nowhere else.
#![no_main]

use std::sync::{Arc, LazyLock};

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentClass;
use durward_domain::id::AgencyId;
use durward_domain::level::Aal;
use durward_domain::programme::Programme;
use durward_oidc::authorize::{Carried, Door, Outcome, judge, walk};
use durward_oidc::client::Client;
use durward_oidc::params::Params;
use libfuzzer_sys::fuzz_target;

static PROGRAMME: LazyLock<Arc<Programme>> =
    LazyLock::new(|| Programme::named("us").expect("the shipped programme"));

static CLIENT: LazyLock<Arc<Client>> = LazyLock::new(|| {
    let mut document = AppDocument::example();
    document.issuer = "urn:app".into();
    if let Some(oidc) = document.oidc.as_mut() {
        oidc.redirect_uris = vec![REDIRECT.into()];
    }
    let agency = AgencyId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").expect("an id");
    let policies = &PROGRAMME.policies;
    let client = Client::from_document(&document, None, agency, policies, true);
    Arc::new(client.expect("the example is a client"))
});

fuzz_target!(|data: &[u8]| {
    let Ok(params) = Params::parse(data) else {
        return;
    };
    let client = (params.get("client_id") == Some("urn:app")).then(|| Arc::clone(&CLIENT));
    for class in [EnvironmentClass::Test, EnvironmentClass::Live] {
        let door = Door {
            programme: &PROGRAMME,
            issuer: "http://localhost:8401",
            class,
            strongest: Aal::Aal2,
        };
        let _ = walk(&params, client.as_deref(), &door);
        match judge(&params, &Carried::PLAIN, client.clone(), &door) {
            Outcome::Valid { request, .. } => {
                assert_eq!(request.redirect_uri, REDIRECT);
                assert!(!params.repeats("redirect_uri") && !params.repeats("state"));
            }
            Outcome::Redirect { to, .. } => {
                assert!(to.location().is_none_or(|to| is_ours(&to)));
            }
            Outcome::Page(_) => {}
        }
    }
});

fn is_ours(to: &str) -> bool {
    to.starts_with(REDIRECT)
}

const REDIRECT: &str = "http://localhost:8404/callback";
