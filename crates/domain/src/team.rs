//! Teams of an agency: what they are called, and that each realm of a team keeps a partner admin.

use crate::{
    permission::{Realm, Role},
    refusal::{RefusalKind, Refuse},
};

/// What a team or an agency is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenName(String);

impl GivenName {
    /// Reads a name: some letters, at most 100.
    ///
    /// # Errors
    /// [`BadName`].
    pub fn parse(text: &str) -> Result<Self, BadName> {
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let letters = name.chars().count();
        let odd = name
            .chars()
            .any(|letter| letter.is_control() || "<>".contains(letter));
        if !(2..=LONGEST).contains(&letters) || odd {
            return Err(BadName);
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A short name made of it: lower-case letters, digits and hyphens.
    pub fn handle(&self) -> String {
        let mut handle = String::new();
        for letter in self.0.chars() {
            match letter.to_ascii_lowercase() {
                letter @ ('a'..='z' | '0'..='9') => handle.push(letter),
                _ if handle.is_empty() || handle.ends_with('-') => {}
                _ => handle.push('-'),
            }
            if handle.len() == HANDLE {
                break;
            }
        }
        handle.trim_end_matches('-').to_owned()
    }
}

/// A name that is too short, too long, or has letters that no name has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A name has 2 to 100 letters, and no angle brackets. Shorten or complete it.")]
pub struct BadName;

impl Refuse for BadName {
    fn code(&self) -> &'static str {
        "team/name"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// One role in a team, as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Who.
    pub member: String,
    /// For which environments.
    pub realm: Realm,
    /// Which role.
    pub role: Role,
}

/// Whether a change of one member's role in a realm leaves the realm without its last partner admin.
///
/// `next` is the role that the member has afterwards. A realm that has no partner admin loses none.
pub fn loses_last_admin(held: &[Holding], member: &str, realm: Realm, next: Option<Role>) -> bool {
    let mut admins = held
        .iter()
        .filter(|one| one.realm == realm && one.role == Role::PartnerAdmin);
    next != Some(Role::PartnerAdmin)
        && admins.clone().any(|one| one.member == member)
        && admins.all(|one| one.member == member)
}

const LONGEST: usize = 100;
const HANDLE: usize = 40;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_make_handles() {
        let name = GivenName::parse("  Fisheries   Digital ").unwrap();
        assert_eq!(
            (name.as_str(), name.handle().as_str()),
            ("Fisheries Digital", "fisheries-digital")
        );
        let odd = GivenName::parse("Parks & Rivers (East)").unwrap();
        assert_eq!(odd.handle(), "parks-rivers-east");
        for bad in ["", "x", "<b>", "a\u{7}b", &"x".repeat(101)] {
            assert!(GivenName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_realm_keeps_its_last_admin() {
        let held = |member: &str, realm, role| Holding {
            member: member.into(),
            realm,
            role,
        };
        let team = [
            held("a", Realm::Sandbox, Role::PartnerAdmin),
            held("b", Realm::Sandbox, Role::PartnerAdmin),
            held("a", Realm::Production, Role::PartnerAdmin),
            held("b", Realm::Production, Role::PartnerDeveloper),
        ];
        assert!(!loses_last_admin(&team, "a", Realm::Sandbox, None));
        assert!(loses_last_admin(&team, "a", Realm::Production, None));
        assert!(loses_last_admin(
            &team,
            "a",
            Realm::Production,
            Some(Role::PartnerDeveloper)
        ));
        assert!(!loses_last_admin(
            &team,
            "a",
            Realm::Production,
            Some(Role::PartnerAdmin)
        ));
        assert!(!loses_last_admin(&team, "b", Realm::Production, None));
    }
}
