//! How often what may be tried or asked for, and how long who did it too often waits.

use std::collections::BTreeMap;

use serde::Deserialize;

macro_rules! limited {
    ($($(#[$doc:meta])* $variant:ident $name:literal;)*) => {
        /// What is counted. Each has a row in the programme.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Limited {
            $($(#[$doc])* $variant,)*
        }

        impl Limited {
            /// All of it.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name of its row, and of its counters.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

limited! {
    /// Mails with a code to one address.
    MailPerAddress "mail_per_address";
    /// Mailed codes tried for one address, from any browser: new mails give no new guesses.
    CodePerAddress "code_per_address";
    /// Sign-ups begun from one network.
    SignUpPerNetwork "sign_up_per_network";
    /// Mails to get back into an account, to one address.
    ResetMailPerAddress "reset_mail_per_address";
    /// Addresses that one person asks to add.
    EmailPerPerson "email_per_person";
    /// Passwords tried for one account, from browsers that it does not know.
    PasswordPerPerson "password_per_person";
    /// Passwords tried for one account from one browser that it knows.
    PasswordPerKnownBrowser "password_per_known_browser";
    /// Passwords tried for one account from one network.
    PasswordPerPersonAndNetwork "password_per_person_and_network";
    /// Passwords tried from one network, for any account.
    SignInPerNetwork "sign_in_per_network";
    /// Second factors tried for one account, whatever their kind, from any browser.
    SecondFactorPerPerson "second_factor_per_person";
    /// Backup codes tried for one account from one network.
    BackupCodePerPersonAndNetwork "backup_code_per_person_and_network";
    /// Codes sent to phones for one account.
    PhoneCodePerPerson "phone_code_per_person";
    /// Codes sent to one phone.
    PhoneCodePerPhone "phone_code_per_phone";
    /// Codes sent for one account within seconds: double clicks.
    PhoneCodeAtOnce "phone_code_at_once";
    /// Codes sent to phones for one network.
    PhoneCodePerNetwork "phone_code_per_network";
    /// Wishes to get an account back without its second factors, at once.
    RecoveryAtOnce "recovery_at_once";
    /// The same, in a day.
    RecoveryPerPerson "recovery_per_person";
}

/// One row: at most `max` in a window that begins with the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// So many are allowed in one window.
    pub max: u32,
    /// The length of the window, and of the first wait, in seconds.
    pub seconds: u32,
    /// Each further wait is so much longer than the one before, in per cent.
    #[serde(default)]
    pub growth_percent: u16,
    /// No wait is longer, in seconds; needed where waits grow.
    #[serde(default)]
    pub longest_seconds: u32,
}

/// Every limit of the door.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "BTreeMap<String, LimitRule>")]
pub struct LimitRules(Vec<LimitRule>);

impl LimitRules {
    /// The row of what is counted.
    pub fn of(&self, limited: Limited) -> LimitRule {
        self.0[limited as usize]
    }
}

impl TryFrom<BTreeMap<String, LimitRule>> for LimitRules {
    type Error = String;

    fn try_from(mut rows: BTreeMap<String, LimitRule>) -> Result<Self, Self::Error> {
        let mut rules = Vec::with_capacity(Limited::ALL.len());
        for limited in Limited::ALL {
            let name = limited.as_str();
            let row = rows
                .remove(name)
                .ok_or_else(|| format!("limits.{name} is missing"))?;
            if row.max == 0 || row.seconds == 0 {
                return Err(format!(
                    "limits.{name} must allow at least one in at least one second"
                ));
            }
            if row.growth_percent > 0 && row.longest_seconds < row.seconds {
                return Err(format!(
                    "limits.{name} grows, so longest_seconds must be at least its seconds"
                ));
            }
            rules.push(row);
        }
        match rows.keys().next() {
            Some(name) => Err(format!("limits.{name} limits nothing that is known")),
            None => Ok(Self(rules)),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use crate::programme::{BadProgramme, Programme};

    use super::*;

    #[test]
    fn every_programme_limits_everything() {
        for name in Programme::names() {
            let programme = Programme::named(name).unwrap();
            for limited in Limited::ALL {
                assert!(programme.limits.of(*limited).max > 0, "{name}: {limited:?}");
            }
        }
        let us = Programme::named("us").unwrap();
        assert_eq!(us.limits.of(Limited::SecondFactorPerPerson).max, 10);
        assert_eq!(us.limits.of(Limited::RecoveryPerPerson).seconds, 86_400);
    }

    #[test]
    fn rows_that_make_no_sense_are_refused() {
        let check = |rows: &str, says: &str| {
            let text = format!("extends = \"us\"\n{rows}");
            match Programme::parse(&text) {
                Err(BadProgramme::Unreadable(why)) => assert!(why.contains(says), "{why}"),
                other => panic!("{rows}: {:?}", other.map(|_| ())),
            }
        };
        check(
            "[limits.mail_per_address]\nmax = 0",
            "limits.mail_per_address must allow",
        );
        check(
            "[limits.mail_per_address]\ngrowth_percent = 10",
            "longest_seconds",
        );
        check(
            "[limits.mails]\nmax = 1\nseconds = 1",
            "limits.mails limits nothing",
        );
    }
}
