//! Who is in the demonstration: agencies, teams, staff, partners and people of a state that does not exist.

use std::collections::BTreeMap;

use durward_domain::attribute::Attribute;
use durward_domain::level::LevelOfService;
use durward_domain::permission::Role;
use durward_keyring::master::MasterKey;
use durward_keyring::totp::TotpSecret;

/// An agency: its letters (as in agreement numbers) and its name.
pub(super) struct Agency {
    pub(super) letters: &'static str,
    pub(super) name: &'static str,
}

/// A team: its short name, its name, the letters of its agency.
pub(super) struct Team {
    pub(super) handle: &'static str,
    pub(super) name: &'static str,
    pub(super) agency: &'static str,
}

/// Somebody who signs in to the portal. Staff have no team.
pub(super) struct Colleague {
    pub(super) role: Role,
    pub(super) team: Option<&'static str>,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
}

/// Somebody of the public.
pub(super) struct Citizen {
    pub(super) email: &'static str,
    pub(super) language: &'static str,
    pub(super) identity: Option<&'static [(Attribute, &'static str)]>,
}

impl Citizen {
    pub(super) fn level(&self) -> LevelOfService {
        match self.identity {
            Some(_) => LevelOfService::IdentityVerified,
            None => LevelOfService::AuthOnly,
        }
    }

    pub(super) fn attributes(&self) -> Option<BTreeMap<Attribute, String>> {
        let identity = self.identity?;
        let owned = identity
            .iter()
            .map(|(attribute, value)| (*attribute, (*value).to_owned()));
        Some(owned.collect())
    }
}

/// What somebody signs in with. Derived from the master key of the data folder, so that a later start finds it again.
pub(super) struct SignIn {
    pub(super) password: String,
    pub(super) totp: TotpSecret,
}

impl SignIn {
    pub(super) fn of(master: &MasterKey, email: &str) -> Self {
        let seed = master.derive(&format!("durward/demo/totp/{email}/1"));
        let word = master.derive(&format!("durward/demo/password/{email}/1"));
        let mut secret = [0; 20];
        secret.copy_from_slice(&seed[..20]);
        Self {
            password: readable(&word[..20]),
            totp: TotpSecret::from_bytes(secret),
        }
    }
}

/// The token that reaches everything in the sandbox's test API.
pub(super) fn automation_token(master: &MasterKey) -> String {
    let bytes = master.derive("durward/demo/automation-token/1");
    format!("demo-{}", readable(&bytes))
}

/// Letters and digits in groups, easy to read aloud and to type: five bits each.
fn readable(bytes: &[u8]) -> String {
    let mut text = String::new();
    let letters = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte & 31)));
    for (at, letter) in letters.enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(*letter));
    }
    text
}

const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

pub(super) const AGENCIES: &[Agency] = &[
    Agency {
        letters: "ABC",
        name: "Agency for Boating and Coasts",
    },
    Agency {
        letters: "DMV",
        name: "Department of Motor Vehicles",
    },
    Agency {
        letters: "DPR",
        name: "Department of Parks and Recreation",
    },
    Agency {
        letters: "OSB",
        name: "Office of Small Business",
    },
    Agency {
        letters: "DOH",
        name: "Department of Health",
    },
];

pub(super) const FISHERIES: &str = "fisheries-digital";
pub(super) const HARBOURS: &str = "harbour-office";
pub(super) const VEHICLES: &str = "motor-vehicles";
pub(super) const PARKS: &str = "parks-online";
pub(super) const BUSINESS: &str = "business-grants";
pub(super) const HEALTH: &str = "health-records";

pub(super) const TEAMS: &[Team] = &[
    Team {
        handle: FISHERIES,
        name: "Fisheries Digital",
        agency: "ABC",
    },
    Team {
        handle: HARBOURS,
        name: "Harbour Office",
        agency: "ABC",
    },
    Team {
        handle: VEHICLES,
        name: "Vehicle Services",
        agency: "DMV",
    },
    Team {
        handle: PARKS,
        name: "Parks Online",
        agency: "DPR",
    },
    Team {
        handle: BUSINESS,
        name: "Grants for Businesses",
        agency: "OSB",
    },
    Team {
        handle: HEALTH,
        name: "Health Records",
        agency: "DOH",
    },
];

/// The first is an administrator.
pub(super) const STAFF: &[Colleague] = &[
    staff(
        Role::Administrator,
        "Imogen Hale",
        "imogen.hale@identity.example.gov",
    ),
    staff(
        Role::AccountManager,
        "Marcus Webb",
        "marcus.webb@identity.example.gov",
    ),
    staff(
        Role::Reviewer,
        "Priya Nair",
        "priya.nair@identity.example.gov",
    ),
    staff(
        Role::Reviewer,
        "Tomas Lind",
        "tomas.lind@identity.example.gov",
    ),
    staff(
        Role::Deployer,
        "Dana Okafor",
        "dana.okafor@identity.example.gov",
    ),
    staff(Role::Support, "Lucy Tran", "lucy.tran@identity.example.gov"),
    staff(
        Role::Auditor,
        "Victor Stone",
        "victor.stone@identity.example.gov",
    ),
];

pub(super) const PARTNERS: &[Colleague] = &[
    partner(
        Role::PartnerAdmin,
        FISHERIES,
        "Robin Quill",
        "robin.quill@fisheries.example.gov",
    ),
    partner(
        Role::PartnerDeveloper,
        FISHERIES,
        "Sam Ferro",
        "sam.ferro@fisheries.example.gov",
    ),
    partner(
        Role::PartnerReadonly,
        FISHERIES,
        "Alma Reyes",
        "alma.reyes@fisheries.example.gov",
    ),
    partner(
        Role::PartnerAdmin,
        HARBOURS,
        "Nils Berg",
        "nils.berg@harbours.example.gov",
    ),
    partner(
        Role::PartnerAdmin,
        VEHICLES,
        "Grace Kim",
        "grace.kim@vehicles.example.gov",
    ),
    partner(
        Role::PartnerDeveloper,
        VEHICLES,
        "Owen Price",
        "owen.price@vehicles.example.gov",
    ),
    partner(
        Role::PartnerAdmin,
        PARKS,
        "Ines Duarte",
        "ines.duarte@parks.example.gov",
    ),
    partner(
        Role::PartnerAdmin,
        BUSINESS,
        "Felix Adler",
        "felix.adler@business.example.gov",
    ),
    partner(
        Role::PartnerAdmin,
        HEALTH,
        "Noor Haddad",
        "noor.haddad@health.example.gov",
    ),
];

pub(super) const CITIZENS: &[Citizen] = &[
    Citizen {
        email: "ada.moss@example.com",
        language: "en",
        identity: Some(&[
            (Attribute::FirstName, "Ada"),
            (Attribute::LastName, "Moss"),
            (Attribute::Dob, "1984-03-09"),
            (Attribute::Ssn, "900-12-3456"),
            (Attribute::Address1, "12 Quay Street"),
            (Attribute::City, "Port Columbia"),
            (Attribute::State, "CO"),
            (Attribute::Zipcode, "80001"),
            (Attribute::Phone, "+1 202 555 0143"),
        ]),
    },
    Citizen {
        email: "ben.reed@example.com",
        language: "en",
        identity: None,
    },
    Citizen {
        email: "carla.nunez@example.com",
        language: "es",
        identity: Some(&[
            (Attribute::FirstName, "Carla"),
            (Attribute::LastName, "Nuñez"),
            (Attribute::Dob, "1991-11-27"),
            (Attribute::Ssn, "900-65-4321"),
            (Attribute::Address1, "4 Mill Lane"),
            (Attribute::Address2, "Apartment 2"),
            (Attribute::City, "Riverton"),
            (Attribute::State, "CO"),
            (Attribute::Zipcode, "80002"),
            (Attribute::Phone, "+1 202 555 0177"),
        ]),
    },
    Citizen {
        email: "dan.wu@example.com",
        language: "zh-Hans",
        identity: None,
    },
];

const fn staff(role: Role, name: &'static str, email: &'static str) -> Colleague {
    Colleague {
        role,
        team: None,
        name,
        email,
    }
}

const fn partner(
    role: Role,
    team: &'static str,
    name: &'static str,
    email: &'static str,
) -> Colleague {
    Colleague {
        role,
        team: Some(team),
        name,
        email,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everybody_belongs_somewhere_and_has_an_address_of_their_own() {
        let agencies: BTreeSet<_> = AGENCIES.iter().map(|agency| agency.letters).collect();
        assert!(TEAMS.iter().all(|team| agencies.contains(team.agency)));
        let teams: BTreeSet<_> = TEAMS.iter().map(|team| team.handle).collect();
        let team_of = |one: &Colleague| one.team;
        assert!(
            PARTNERS
                .iter()
                .all(|one| teams.contains(team_of(one).unwrap()))
        );
        assert!(
            STAFF
                .iter()
                .all(|one| one.team.is_none() && one.role.is_staff())
        );
        let mut emails: BTreeSet<_> = CITIZENS.iter().map(|one| one.email).collect();
        emails.extend(STAFF.iter().chain(PARTNERS).map(|one| one.email));
        assert_eq!(emails.len(), CITIZENS.len() + STAFF.len() + PARTNERS.len());
        assert_eq!(STAFF.first().unwrap().role, Role::Administrator);
    }

    #[test]
    fn a_sign_in_is_found_again_and_is_nobody_elses() {
        let master = MasterKey::from_base64(&format!("{}=", "A".repeat(43))).unwrap();
        let (one, again) = (
            SignIn::of(&master, "a@b.gov"),
            SignIn::of(&master, "a@b.gov"),
        );
        assert_eq!(one.password, again.password);
        assert_eq!(one.totp.base32(), again.totp.base32());
        assert_eq!(one.password.len(), 24);
        assert_ne!(one.password, SignIn::of(&master, "c@b.gov").password);
    }
}
