//! The `claims` parameter: single claims that a request asks for. OpenID Connect Core §5.5

use std::collections::BTreeSet;

use durward_domain::attribute::Attribute;
use durward_domain::programme::Programme;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::params::Params;
use crate::userinfo::attributes_of;

/// The claims of a person that a request asks for one by one, beside its scopes. Claims that nobody knows here, and
/// those that every ID token has, are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AskedClaims {
    /// At userinfo.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub userinfo: BTreeSet<String>,
    /// In the ID token.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub id_token: BTreeSet<String>,
}

impl AskedClaims {
    /// Does it ask for nothing?
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_empty() && self.id_token.is_empty()
    }

    /// The attributes that tell these claims.
    pub fn attributes(&self) -> BTreeSet<Attribute> {
        let names = self.userinfo.iter().chain(&self.id_token);
        names.flat_map(|name| attributes_of(name)).collect()
    }
}

/// What the parameter says, read once.
#[derive(Debug, Default)]
pub(super) struct ClaimsRequest {
    pub(super) asked: AskedClaims,
    /// What it says of `acr`.
    pub(super) acr: Option<AcrWish>,
    /// The persons that it names by `sub`: one of them must sign in.
    pub(super) subjects: Option<BTreeSet<String>>,
}

/// What it says of `acr`. OpenID Connect Core §5.5.1.1
#[derive(Debug)]
pub(super) struct AcrWish {
    pub(super) essential: bool,
    /// The best first.
    pub(super) values: Vec<String>,
}

impl ClaimsRequest {
    /// Reads the parameter; without it, nothing is asked. Members that are not known are passed over (§5.5).
    pub(super) fn read(params: &Params, programme: &Programme) -> Result<Self, &'static str> {
        let Some(text) = params.get("claims").filter(|text| text.len() <= LONGEST) else {
            return Ok(Self::default());
        };
        let whole: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| "it is not a JSON object")?;
        let mut read = Self::default();
        let known = |name: &str| {
            let mut claims = programme.scope.iter().flat_map(|scope| &scope.claims);
            claims.any(|claim| claim == name) && attributes_of(name).next().is_some()
        };
        for place in PLACES {
            let claims = match whole.get(place) {
                None | Some(Value::Null) => continue,
                Some(Value::Object(claims)) => claims,
                Some(_) => return Err("userinfo and id_token must be objects"),
            };
            for (name, wish) in claims {
                let wish = Wish::read(wish)?;
                match name.as_str() {
                    "sub" => read.only(&wish),
                    "acr" if place == "id_token" && !wish.values.is_empty() => {
                        read.acr = Some(AcrWish {
                            essential: wish.essential,
                            values: wish.values,
                        });
                    }
                    name if known(name) => {
                        let asked = if place == "userinfo" {
                            &mut read.asked.userinfo
                        } else {
                            &mut read.asked.id_token
                        };
                        asked.insert(name.to_owned());
                    }
                    _ => {}
                }
            }
        }
        Ok(read)
    }

    fn only(&mut self, wish: &Wish) {
        if wish.values.is_empty() {
            return;
        }
        let named: BTreeSet<_> = wish.values.iter().cloned().collect();
        self.subjects = Some(match self.subjects.take() {
            Some(before) => before.intersection(&named).cloned().collect(),
            None => named,
        });
    }
}

/// How one claim is asked for.
struct Wish {
    essential: bool,
    values: Vec<String>,
}

impl Wish {
    fn read(wish: &Value) -> Result<Self, &'static str> {
        let members = match wish {
            Value::Null => &Map::new(),
            Value::Object(members) => members,
            _ => return Err("a claim must be null or an object"),
        };
        let essential = match members.get("essential") {
            None => false,
            Some(Value::Bool(essential)) => *essential,
            Some(_) => return Err("essential must be true or false"),
        };
        let one = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let values = match (members.get("value"), members.get("values")) {
            (None, None) => Vec::new(),
            (Some(value), None) => vec![one(value)],
            (None, Some(Value::Array(list))) => list.iter().map(one).collect(),
            (None, Some(_)) => return Err("values must be a list"),
            (Some(_), Some(_)) => return Err("a claim has value or values, not both"),
        };
        Ok(Self { essential, values })
    }
}

const PLACES: [&str; 2] = ["userinfo", "id_token"];
/// The longest parameter that is read.
pub(super) const LONGEST: usize = 4096;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<ClaimsRequest, &'static str> {
        let params = Params::new(vec![("claims".to_owned(), text.to_owned())]);
        ClaimsRequest::read(&params, &Programme::named("us").unwrap())
    }

    fn names(set: &BTreeSet<String>) -> String {
        set.iter().cloned().collect::<Vec<_>>().join(" ")
    }

    /// OpenID Connect Core §5.5: the example of the standard, as far as its claims are known here.
    #[test]
    fn the_example_of_the_standard() {
        let read = read(
            r#"{"userinfo": {"given_name": {"essential": true}, "nickname": null, "email": {"essential": true},
                "email_verified": {"essential": true}, "picture": null, "http://example.info/claims/groups": null},
              "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}}}"#,
        )
        .unwrap();
        assert_eq!(
            names(&read.asked.userinfo),
            "email email_verified given_name"
        );
        assert_eq!(names(&read.asked.id_token), "");
        let acr = read.acr.unwrap();
        assert!(!acr.essential && acr.values == ["urn:mace:incommon:iap:silver"]);
    }

    #[test]
    fn a_person_can_be_named() {
        let only = |text: &str| read(text).unwrap().subjects.map(|set| names(&set));
        assert_eq!(only(r#"{"id_token": {"sub": null}}"#), None);
        assert_eq!(
            only(r#"{"id_token": {"sub": {"value": "a"}}}"#),
            Some("a".into())
        );
        assert_eq!(
            only(
                r#"{"id_token": {"sub": {"values": ["a", "b"]}}, "userinfo": {"sub": {"value": "b"}}}"#
            ),
            Some("b".into())
        );
    }

    #[test]
    fn what_is_no_claims_request() {
        for bad in [
            "[]",
            "email",
            r#"{"userinfo": []}"#,
            r#"{"id_token": {"email": true}}"#,
            r#"{"id_token": {"email": {"essential": "yes"}}}"#,
            r#"{"id_token": {"acr": {"values": "x"}}}"#,
            r#"{"id_token": {"acr": {"value": "x", "values": ["x"]}}}"#,
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(
            read(r#"{"elsewhere": 7, "userinfo": null}"#)
                .unwrap()
                .asked
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC{0,120}") {
            let _ = read(&text);
        }
    }
}
