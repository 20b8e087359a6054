//! Probes: what the server tries of an app's addresses from outside, each with its own result.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! probes {
    ($($name:ident $id:literal $rule:literal $sentence:literal)+) => {
        /// One thing that is tried.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Probe {
            $(#[doc = $sentence] $name,)+
        }

        impl Probe {
            /// Every probe, in the order of pages.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable id.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// The rule of the production checklist that it belongs to.
            pub const fn rule(self) -> &'static str {
                match self { $(Self::$name => $rule,)+ }
            }

            /// What it tries, in a plain sentence.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)+ }
            }
        }
    };
}

probes! {
    Reachable "url/reachable" "L07" "The host of an address answers."
    Certificate "url/certificate" "L07" "The host has a valid certificate that does not end soon."
    Hsts "url/hsts" "L07" "The host asks browsers for https only (HSTS)."
    Domain "domain/proved" "L07" "The DNS of a dedicated domain still shows the team's token."
    Keys "keys/jwks" "L10" "The JWKS URL answers within five seconds with a sound set of public keys."
    PushAccepts "push/accepts-signed" "L07" "The push-notification URL accepts a signed verification event within three seconds."
    PushRefuses "push/refuses-forged" "L07" "The push-notification URL refuses an event with a wrong signature."
    PassThrough "redirect/pass-through" "L20" "A redirect URI leads on to no address that is not registered."
    FailureToProof "failure-to-proof/page" "L13" "The failure-to-proof page opens without sign-in and names another way to get help."
}

impl Probe {
    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|probe| probe.id() == text)
    }

    /// Does a failure stop a launch? Otherwise it is a warning to the reviewer.
    pub const fn stops(self) -> bool {
        matches!(self, Self::Keys | Self::PassThrough | Self::FailureToProof)
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// What a probe found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProbeOutcome {
    /// As it should be.
    Passed,
    /// It works, but something should be better.
    Warning,
    /// Not as it must be.
    Failed,
    /// It could not be tried, or need not be.
    Skipped,
}

impl ProbeOutcome {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Warning => "warning",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Passed, Self::Warning, Self::Failed, Self::Skipped]
            .into_iter()
            .find(|one| one.as_str() == text)
    }
}

/// A result that the checklist counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeFact {
    /// Which probe.
    pub probe: Probe,
    /// Of what.
    pub target: String,
    /// What it found.
    pub outcome: ProbeOutcome,
    /// The sentence.
    pub sentence: String,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_read_back() {
        let ids: BTreeSet<&str> = Probe::ALL.iter().map(|probe| probe.id()).collect();
        assert_eq!(ids.len(), Probe::ALL.len());
        for probe in Probe::ALL {
            assert_eq!(Probe::parse(probe.id()), Some(*probe));
        }
    }
}
