//! The table of change classes, as the programme has it: for each difference the first rule that fits decides.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::ChangeClass;
use crate::diff::{DiffKind, DiffLine};

/// What a change of a live app needs, by its class, and which difference is of which class.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRules {
    /// What each class needs.
    class: BTreeMap<ChangeClass, ClassRules>,
    /// Which difference is of which class; the first that fits decides.
    rule: Vec<ChangeRule>,
}

/// What a change of a class needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRules {
    /// How many people other than the authors must approve; none for an automatic class.
    pub approvers: u8,
    /// Whether the standing approval of the programme is its review: it goes live without a window.
    #[serde(default)]
    pub automatic: bool,
    /// How long an automatic change can be cancelled before it goes live.
    #[serde(default)]
    pub wait_minutes: u16,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRule {
    /// The class of what fits.
    pub class: ChangeClass,
    /// JSON Pointers of the document, as differences name them; `*` at the end stands for the rest.
    pub paths: Vec<String>,
    /// Only these kinds of differences; all where none is named.
    #[serde(default)]
    pub kinds: Vec<DiffKind>,
    /// Only when this holds too.
    #[serde(default)]
    pub when: Option<When>,
}

/// What must hold beside the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// A protection is switched off: the newer value is "no", "none" or nothing.
    TurnedOff,
    /// The newer value is an address outside the approved and the team's registered domains.
    UnapprovedAddress,
}

impl ChangeRules {
    /// What a class needs.
    pub fn needs(&self, class: ChangeClass) -> ClassRules {
        self.class.get(&class).copied().unwrap_or(STRICTEST)
    }

    /// The class of one difference. What no rule fits is significant; [`Self::judge`] sees to it that this never happens.
    pub fn class_of(&self, line: &DiffLine, on_approved: &impl Fn(&str) -> bool) -> ChangeClass {
        self.rule
            .iter()
            .find(|rule| rule.fits(line, on_approved))
            .map_or(ChangeClass::Significant, |rule| rule.class)
    }

    /// What the types do not say: the table knows every class and every path, and no other.
    ///
    /// # Errors
    /// What is wrong, as the part of a sentence.
    pub fn judge(&self) -> Result<(), String> {
        for class in ChangeClass::ALL {
            let Some(needs) = self.class.get(&class) else {
                return Err(format!("changes.class.{} is missing", class.as_str()));
            };
            if needs.automatic && (needs.wait_minutes == 0 || needs.wait_minutes > 60) {
                return Err(format!(
                    "changes.class.{}.wait_minutes must be 1 to 60, so that it can be cancelled and is live within the hour",
                    class.as_str()
                ));
            }
            if needs.automatic != (needs.approvers == 0) {
                return Err(format!(
                    "changes.class.{} must have approvers, or be automatic and have none",
                    class.as_str()
                ));
            }
        }
        if self.needs(ChangeClass::Significant).automatic {
            return Err("changes.class.significant cannot be automatic".to_owned());
        }
        for path in self.rule.iter().flat_map(|rule| &rule.paths) {
            if !PATHS.contains(&path.as_str()) {
                return Err(format!(
                    "changes.rule names \"{path}\", which no document has"
                ));
            }
        }
        for path in PATHS {
            let always = self.rule.iter().any(|rule| {
                rule.when.is_none()
                    && rule.kinds.is_empty()
                    && rule.paths.iter().any(|one| one == path)
            });
            if !always {
                return Err(format!(
                    "changes.rule needs a rule for \"{path}\" without kinds and when"
                ));
            }
        }
        Ok(())
    }
}

impl ChangeRule {
    fn fits(&self, line: &DiffLine, on_approved: &impl Fn(&str) -> bool) -> bool {
        let names = |path: &String| match path.strip_suffix('*') {
            Some(start) => line.path.starts_with(start),
            None => line.path == *path,
        };
        let after = line.after.as_deref();
        let holds = match self.when {
            None => true,
            Some(When::TurnedOff) => matches!(after, None | Some("no" | "none")),
            Some(When::UnapprovedAddress) => after.is_some_and(|text| !on_approved(text)),
        };
        (self.kinds.is_empty() || self.kinds.contains(&line.kind))
            && holds
            && self.paths.iter().any(names)
    }
}

/// The path of the end of an app, which no document has.
pub const RETIRE: &str = "/retire";

/// Every path that a difference can have.
pub const PATHS: &[&str] = &[
    "/handle",
    "/team",
    "/environment",
    "/app_name",
    "/friendly_name",
    "/description",
    "/issuer",
    "/protocol",
    "/level_of_service",
    "/default_aal",
    "/attributes",
    "/attribute_justifications/*",
    "/oidc/token_endpoint_auth_method",
    "/oidc/redirect_uris",
    "/oidc/post_logout_redirect_uris",
    "/oidc/backchannel_logout_uri",
    "/oidc/grant_types",
    "/oidc/id_token_signed_response_alg",
    "/oidc/id_token_encrypted_response_alg",
    "/oidc/id_token_encrypted_response_enc",
    "/oidc/userinfo_signed_response_alg",
    "/oidc/userinfo_encrypted_response_alg",
    "/oidc/userinfo_encrypted_response_enc",
    "/oidc/access_token_format",
    "/oidc/require_par",
    "/oidc/require_signed_request_object",
    "/oidc/dpop_bound_access_tokens",
    "/oidc/fapi2",
    "/oidc/jwks_uri",
    "/oidc/policies/*",
    "/saml/acs_urls",
    "/saml/logout_url",
    "/saml/encryption",
    "/saml/sign_response",
    "/saml/name_id_format",
    "/saml/require_signed_requests",
    "/keys",
    "/logo",
    "/help_text/*",
    "/push_notification_url",
    "/failure_to_proof_url",
    "/return_to_app_url",
    "/contacts",
    "/extras",
    RETIRE,
];

const STRICTEST: ClassRules = ClassRules {
    approvers: 2,
    automatic: false,
    wait_minutes: 0,
};

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::programme::Programme;

    fn us() -> ChangeRules {
        Programme::named("us").unwrap().changes.clone()
    }

    fn check(change: impl FnOnce(&mut ChangeRules), wrong: &str) {
        let mut rules = us();
        change(&mut rules);
        let said = rules.judge().unwrap_err();
        assert!(said.contains(wrong), "{said}");
    }

    #[test]
    fn a_table_that_misses_something_is_refused() {
        us().judge().unwrap();
        check(|r| r.rule[0].paths.push("/colour".into()), "\"/colour\"");
        check(
            |r| r.rule.retain(|rule| rule.when.is_some()),
            "needs a rule",
        );
        check(
            |r| assert!(r.class.remove(&ChangeClass::Normal).is_some()),
            "changes.class.normal is missing",
        );
        let set = |r: &mut ChangeRules, class, approvers, automatic, wait_minutes| {
            let needs = ClassRules {
                approvers,
                automatic,
                wait_minutes,
            };
            r.class.insert(class, needs);
        };
        let standard = ChangeClass::Standard;
        check(|r| set(r, standard, 0, false, 0), "must have approvers");
        check(|r| set(r, standard, 1, true, 15), "must have approvers");
        check(|r| set(r, standard, 0, true, 0), "wait_minutes");
        check(|r| set(r, standard, 0, true, 61), "wait_minutes");
        check(
            |r| set(r, ChangeClass::Significant, 0, true, 15),
            "cannot be automatic",
        );
    }

    #[test]
    fn every_path_that_a_difference_names_is_in_the_table() {
        let (before, after) = crate::diff::samples::opposites();
        let mut seen: std::collections::BTreeSet<&str> = Default::default();
        for line in crate::diff::diff(&before, &after) {
            let path = PATHS.iter().find(|path| match path.strip_suffix('*') {
                Some(start) => line.path.starts_with(start),
                None => line.path == **path,
            });
            assert!(path.is_some(), "{} is not there", line.path);
            seen.extend(path.copied());
        }
        // The end of an app is no difference of two documents.
        seen.insert(RETIRE);
        let missed: Vec<_> = PATHS.iter().filter(|path| !seen.contains(**path)).collect();
        assert_eq!(missed, Vec::<&&str>::new());
    }

    #[test]
    fn the_requirements_are_kept_and_express_is_quicker_only_for_standard_changes() {
        for class in ChangeClass::ALL {
            assert!(!us().needs(class).automatic);
            assert!(us().needs(class).approvers > 0);
        }
        let express = Programme::named("us-express").unwrap();
        let automatic: Vec<_> = ChangeClass::ALL
            .into_iter()
            .filter(|class| express.changes.needs(*class).automatic)
            .collect();
        assert_eq!(automatic, [ChangeClass::Standard]);
    }
}
