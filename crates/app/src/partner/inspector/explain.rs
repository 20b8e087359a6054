//! What a record tells, with what the portal knows besides.

use durward_domain::application::{AppDocument, Policies};
use durward_domain::environment::EnvironmentName;
use durward_oidc::evidence::{self, AssertionEvidence, Evidence, Outcome, Step};
use durward_oidc::token::client_auth::SKEW_SECONDS;
use durward_store::request_records::{self, RecordRow};

use super::reach::{self, Reach};
use super::{
    Claim, Difference, Fix, Hint, Inspected, InspectedStep, evidence as read, kinds, logouts,
};
use crate::failure::Fault;
use crate::keeper::{EnvironmentLink, Keeper, time};

/// One record and its sign-in.
pub(super) async fn explain(
    keeper: &Keeper,
    reach: &Reach,
    row: RecordRow,
) -> Result<Inspected, Fault> {
    let environment =
        EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))?;
    let steps = steps(keeper, reach, &row).await?;
    let logouts = logouts::of(keeper, reach, &row).await?;
    let told = read(&row);
    let request = row.request;
    let (step, outcome) = kinds(&request)?;
    let code = request.code.clone().unwrap_or_default();
    // What is sent when the person comes back is what the first request of the sign-in sent.
    let told = match (&request.flow, told.sent.is_empty()) {
        (Some(flow), true) if step == Step::Authorize => {
            let (flow, place) = (flow.clone(), row.environment.clone());
            let rows = keeper
                .store
                .read(move |c| request_records::by_flow(c, &place, &flow))
                .await?;
            let first = rows.iter().map(read).find(|one| !one.sent.is_empty());
            let first = first.unwrap_or_default();
            Evidence {
                sent: first.sent,
                dropped: first.dropped,
                ..told
            }
        }
        _ => told,
    };
    let link = keeper.environment(environment);
    let known = Known {
        keeper,
        reach,
        link,
        environment,
        handle: &request.handle,
        client_id: &request.client_id,
        code: &code,
        told: &told,
    };
    Ok(Inspected {
        differences: differences(&told),
        claims: claims(&known, request.at_us / 1_000_000),
        hints: hints(&known),
        fix: fix(&known),
        request_id: request.request_id,
        environment,
        app: Some(request.handle).filter(|handle| !handle.is_empty()),
        client_id: request.client_id,
        steps,
        logouts,
        step,
        outcome,
        code: request.code,
        sentence: told.sentence,
        status: request.status,
        redirect_host: request.redirect_host,
        release: told.release,
        sent: told.sent,
        registered: told.registered,
        assertion: told.assertion,
        skew_seconds: told.skew,
        key: request.key_id,
    })
}

/// Every request of the sign-in that may be shown.
async fn steps(
    keeper: &Keeper,
    reach: &Reach,
    row: &RecordRow,
) -> Result<Vec<InspectedStep>, Fault> {
    let (flow, id) = (row.request.flow.clone(), row.request.request_id.clone());
    let place = row.environment.clone();
    let rows = keeper
        .store
        .read(move |c| {
            let mut rows = match &flow {
                Some(flow) => request_records::by_flow(c, &place, flow)?,
                None => Vec::new(),
            };
            if !rows.iter().any(|one| one.request.request_id == id) {
                let own = request_records::by_request(c, &id)?;
                rows.extend(own.into_iter().filter(|one| one.environment == place));
            }
            Ok(rows)
        })
        .await?;
    rows.into_iter()
        .filter(|one| reach.sees(one))
        .map(|one| {
            let request = one.request;
            let (step, outcome) = kinds(&request)?;
            Ok(InspectedStep {
                time: time(request.at_us),
                event: event(step, outcome),
                code: request.code,
                request_id: request.request_id,
                step,
                outcome,
                status: request.status,
            })
        })
        .collect()
}

fn event(step: Step, outcome: Outcome) -> String {
    match (step, outcome) {
        (Step::Authorize, Outcome::Ok) => "code.issued".to_owned(),
        (Step::Authorize, Outcome::Cancelled) => "person.cancelled".to_owned(),
        (Step::Token, Outcome::Ok) => "code.redeemed".to_owned(),
        (step, outcome) => format!("{}.{}", step.as_str(), outcome.as_str()),
    }
}

/// What a record is explained with.
struct Known<'a> {
    keeper: &'a Keeper,
    reach: &'a Reach,
    link: Option<&'a EnvironmentLink>,
    environment: EnvironmentName,
    handle: &'a str,
    client_id: &'a str,
    code: &'a str,
    told: &'a Evidence,
}

impl Known<'_> {
    /// The policies that hold for the app now.
    fn policies(&self) -> Policies {
        let of_programme = &self.keeper.programme.policies;
        match self
            .served(self.environment)
            .and_then(|document| document.oidc)
        {
            Some(oidc) => of_programme.of_app(&oidc.policies, oidc.fapi2),
            None => of_programme.clone(),
        }
    }

    /// What is served of the app now.
    fn served(&self, environment: EnvironmentName) -> Option<AppDocument> {
        let door = self.keeper.environment(environment)?.door.as_ref()?;
        let registry = door.registry.load();
        let app = registry.by_handle(self.handle)?;
        Some(AppDocument::clone(&app.snapshot.document))
    }
}

fn differences(told: &Evidence) -> Vec<Difference> {
    ["redirect_uri", "post_logout_redirect_uri"]
        .into_iter()
        .filter_map(|name| {
            let sent = told.value(name)?;
            let nearest = evidence::nearest(sent, told.registered(name))?;
            Some(Difference {
                name: name.to_owned(),
                sent: sent.to_owned(),
                nearest: nearest.to_owned(),
                parts: evidence::difference(sent, nearest),
            })
        })
        .collect()
}

/// The claims of a client assertion beside what they must be.
fn claims(known: &Known<'_>, at: i64) -> Vec<Claim> {
    let Some(assertion) = known
        .told
        .assertion
        .as_ref()
        .filter(|_| known.code.starts_with("token/") || known.code.is_empty())
    else {
        return Vec::new();
    };
    let Some(link) = known
        .link
        .filter(|_| known.told.value("grant_type").is_some())
    else {
        return Vec::new();
    };
    let longest = known.policies().assertion_seconds;
    assertion_claims(assertion, known.client_id, &token_urls(link), (longest, at))
}

/// What the audience may be.
pub(super) fn token_urls(link: &EnvironmentLink) -> [String; 2] {
    let token = durward_oidc::discovery::TOKEN.path;
    [format!("{}{token}", link.issuer), link.issuer.clone()]
}

/// The rules of a client assertion, one line for each claim.
pub(super) fn assertion_claims(
    assertion: &AssertionEvidence,
    client_id: &str,
    audiences: &[String; 2],
    (longest, at): (u32, i64),
) -> Vec<Claim> {
    let text = |name, value: &Option<String>, expected: &str| Claim {
        name,
        passes: value.as_deref() == Some(expected),
        value: value.clone(),
        expected: expected.to_owned(),
    };
    let furthest = i64::from(longest) + SKEW_SECONDS;
    let bare = |url: &str| url.trim_end_matches('/').to_owned();
    let fits = assertion
        .aud
        .iter()
        .any(|aud| audiences.iter().any(|ours| bare(ours) == bare(aud)));
    let seconds = |value: Option<i64>| value.map(|value| (value - at).to_string());
    let exp = assertion.exp.map(|exp| exp - at);
    let iat = assertion.iat.map(|iat| iat - at);
    vec![
        text("iss", &assertion.iss, client_id),
        text("sub", &assertion.sub, client_id),
        Claim {
            name: "aud",
            value: Some(assertion.aud.join(" ")).filter(|aud| !aud.is_empty()),
            expected: audiences[0].clone(),
            passes: fits,
        },
        Claim {
            name: "exp",
            value: seconds(assertion.exp),
            expected: format!("1 … {furthest}"),
            passes: exp.is_some_and(|exp| exp > 0 && exp <= furthest),
        },
        Claim {
            name: "iat",
            value: seconds(assertion.iat),
            expected: format!("≤ {SKEW_SECONDS}"),
            passes: iat.is_none_or(|iat| iat <= SKEW_SECONDS),
        },
        Claim {
            name: "jti",
            value: assertion.jti_sha256.clone(),
            expected: String::new(),
            passes: assertion.jti_sha256.is_some(),
        },
    ]
}

fn hints(known: &Known<'_>) -> Vec<Hint> {
    let one = |kind, value: &str| Hint {
        kind,
        value: value.to_owned(),
    };
    let mut hints = Vec::new();
    if known.handle.is_empty() && !known.client_id.is_empty() {
        let (elsewhere, near) = reach::look_alikes(
            known.keeper,
            known.reach,
            known.environment,
            known.client_id,
        );
        hints.extend(
            elsewhere
                .into_iter()
                .map(|at| one("registered-in", at.as_str())),
        );
        hints.extend(near.iter().map(|id| one("did-you-mean", id)));
    }
    let dropped = known.told.dropped.iter();
    hints.extend(dropped.map(|scope| one("scope-dropped", scope)));
    match known.code {
        "authorize/redirect-uri-unregistered" => redirect_hints(known, &mut hints),
        "token/assertion-signature" => {
            let kid = known.told.assertion.as_ref().and_then(|a| a.kid.clone());
            match kid {
                Some(kid) => {
                    hints.push(one("key-named", &kid));
                    for link in known
                        .keeper
                        .environments
                        .iter()
                        .filter(|link| link.name != known.environment)
                    {
                        let there = known.served(link.name).is_some_and(|document| {
                            document.keys.iter().any(|key| key.fingerprint() == kid)
                        });
                        if there {
                            hints.push(one("key-registered-in", link.name.as_str()));
                        }
                    }
                }
                None => hints.push(one("key-unnamed", "")),
            }
        }
        "token/assertion-audience" => {
            let aud = known.told.assertion.iter().flat_map(|a| &a.aud);
            for aud in aud {
                let of = known.keeper.environments.iter().find(|link| {
                    link.name != known.environment && aud.starts_with(link.issuer.as_str())
                });
                if let Some(link) = of {
                    hints.push(one("audience-of", link.name.as_str()));
                }
            }
        }
        _ => {}
    }
    hints
}

fn redirect_hints(known: &Known<'_>, hints: &mut Vec<Hint>) {
    let Some(sent) = known.told.value("redirect_uri") else {
        return;
    };
    let one = |kind, value: &str| Hint {
        kind,
        value: value.to_owned(),
    };
    let has = |document: Option<AppDocument>| {
        document
            .and_then(|document| document.oidc)
            .is_some_and(|oidc| oidc.redirect_uris.iter().any(|uri| uri == sent))
    };
    if has(known.served(known.environment)) {
        hints.push(one("registered-since", sent));
    }
    for link in &known.keeper.environments {
        if link.name != known.environment && has(known.served(link.name)) {
            hints.push(one("uri-registered-in", link.name.as_str()));
        }
    }
    let nearest = evidence::nearest(sent, known.told.registered("redirect_uri"));
    if let Some(kind) = nearest.and_then(|nearest| kind_of_difference(sent, nearest)) {
        hints.push(one(kind, nearest.unwrap_or_default()));
    }
}

/// What sets a URI apart from a registered one, where it is one thing.
fn kind_of_difference(sent: &str, registered: &str) -> Option<&'static str> {
    if sent.eq_ignore_ascii_case(registered) {
        return Some("differs-in-case");
    }
    if sent.trim_end_matches('/') == registered.trim_end_matches('/') {
        return Some("differs-in-slash");
    }
    let bare = |uri: &str| uri.split(['?', '#']).next().unwrap_or_default().to_owned();
    if bare(sent) == bare(registered) {
        return Some("differs-in-query");
    }
    let (one, other) = (
        url::Url::parse(sent).ok()?,
        url::Url::parse(registered).ok()?,
    );
    let same = |a: &url::Url, b: &url::Url| a.path() == b.path() && a.query() == b.query();
    match (
        one.scheme() == other.scheme(),
        one.host_str() == other.host_str(),
    ) {
        (false, true) if same(&one, &other) => Some("differs-in-scheme"),
        (true, false) if same(&one, &other) => Some("differs-in-host"),
        (true, true) if same(&one, &other) && one.port() != other.port() => Some("differs-in-port"),
        _ => None,
    }
}

/// A change that lets the request pass, where one does and nothing of the sent value was blanked.
fn fix(known: &Known<'_>) -> Option<Fix> {
    let (name, path) = match known.code {
        "authorize/redirect-uri-unregistered" => ("redirect_uri", "/oidc/redirect_uris"),
        "logout/redirect-uri-unregistered" => (
            "post_logout_redirect_uri",
            "/oidc/post_logout_redirect_uris",
        ),
        _ => return None,
    };
    let sent = known.told.value(name).filter(|sent| !sent.contains('…'))?;
    let document = known.served(known.environment)?;
    let oidc = document.oidc?;
    let list = if name == "redirect_uri" {
        oidc.redirect_uris
    } else {
        oidc.post_logout_redirect_uris
    };
    (!list.iter().any(|uri| uri == sent)).then(|| Fix {
        path,
        add: sent.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::kind_of_difference;

    #[test]
    fn one_difference_has_a_name() {
        let check = |sent: &str, expected: Option<&str>| {
            assert_eq!(
                kind_of_difference(sent, "https://a.gov/cb"),
                expected,
                "{sent}"
            );
        };
        check("https://a.gov/CB", Some("differs-in-case"));
        check("https://a.gov/cb/", Some("differs-in-slash"));
        check("https://a.gov/cb?x=…", Some("differs-in-query"));
        check("http://a.gov/cb", Some("differs-in-scheme"));
        check("https://www.a.gov/cb", Some("differs-in-host"));
        check("https://a.gov:8443/cb", Some("differs-in-port"));
        check("https://a.gov/other", None);
    }
}
