//! Ways to prove who one is, by the names of RFC 8176 (`amr`).

use std::collections::BTreeSet;

use durward_domain::level::Aal;
use serde::{Deserialize, Serialize};

/// One way that was used in a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A password.
    Password,
    /// A code of an authenticator app.
    Totp,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 2] = [Self::Password, Self::Totp];

    /// The name as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Totp => "totp",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.as_str() == text)
    }

    /// The value for `amr`.
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Totp => "otp",
        }
    }

    /// Knowledge or possession.
    pub const fn factor(self) -> Factor {
        match self {
            Self::Password => Factor::Knows,
            Self::Totp => Factor::Has,
        }
    }
}

/// The kind of thing a method proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Factor {
    /// Something the person knows.
    Knows,
    /// Something the person has.
    Has,
}

/// The methods of one sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Methods(BTreeSet<Method>);

impl Methods {
    /// The set with one more method.
    #[must_use]
    pub fn with(mut self, method: Method) -> Self {
        self.0.insert(method);
        self
    }

    /// Was this method used?
    pub fn contains(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// Two different kinds of factor were proved.
    pub fn is_multi_factor(&self) -> bool {
        self.0
            .iter()
            .map(|m| m.factor())
            .collect::<BTreeSet<_>>()
            .len()
            > 1
    }

    /// How strong a sign-in with these methods is; `None` if it is not two factors.
    pub fn aal(&self) -> Option<Aal> {
        self.is_multi_factor().then_some(Aal::Aal2)
    }

    /// The `amr` values: one for each method, and `mfa` when two kinds were used.
    pub fn amr(&self) -> Vec<&'static str> {
        let mfa = self.is_multi_factor().then_some("mfa");
        self.0.iter().map(|m| m.amr()).chain(mfa).collect()
    }

    /// The methods, in order.
    pub fn iter(&self) -> impl Iterator<Item = Method> + '_ {
        self.0.iter().copied()
    }

    /// The stored text: names with a blank between.
    pub fn to_text(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|m| m.as_str()).collect();
        names.join(" ")
    }

    /// Reads the stored text; `None` if a name is unknown.
    pub fn parse(text: &str) -> Option<Self> {
        text.split_ascii_whitespace()
            .map(Method::parse)
            .collect::<Option<_>>()
            .map(Self)
    }
}

impl FromIterator<Method> for Methods {
    fn from_iter<I: IntoIterator<Item = Method>>(from: I) -> Self {
        Self(from.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_kinds_make_mfa() {
        let one = Methods::default().with(Method::Password);
        assert_eq!((one.amr(), one.aal()), (vec!["pwd"], None));
        let two = one.with(Method::Totp);
        assert_eq!(two.amr(), ["pwd", "otp", "mfa"]);
        assert_eq!(two.aal(), Some(Aal::Aal2));
    }

    #[test]
    fn the_stored_text_reads_back() {
        let both: Methods = Method::ALL.into_iter().collect();
        assert_eq!(Methods::parse(&both.to_text()), Some(both));
        assert_eq!(Methods::parse(""), Some(Methods::default()));
        assert_eq!(Methods::parse("password magic"), None);
    }
}
