//! The agreements of the demonstration: executed, in the making, and over.

use durward_app::Fault;
use durward_domain::agreement::{
    Agreement, AgreementNumber, AgreementState, Duty, GtcTerms, Line, ListedApp, NumberParts,
    Official, OrderTerms, Party, Period, Side, Signature,
};
use durward_domain::id::AgreementId;
use durward_domain::level::LevelOfService;
use durward_domain::money::Cents;
use durward_domain::programme::Programme;
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use uuid::Uuid;

use super::cast;

/// One agreement as the seeds have it.
pub(super) struct Seed {
    pub(super) number: &'static str,
    pub(super) letters: &'static str,
    pub(super) team: &'static str,
    stands: Stands,
    apps: &'static [(&'static str, LevelOfService)],
}

/// Where it stands on the first day of the demonstration.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    Executed,
    /// Executed for one year, of which some months are over, with an estimate that is nearly used up.
    Year,
    Drafting,
    Over,
}

impl Seed {
    /// The agreement, with a period that fits the first day.
    pub(super) fn agreement(&self, id: Uuid, today: Date) -> Result<Agreement, Fault> {
        let wrong = |what: &str| Fault::internal(format!("the seed {}: {what}", self.number));
        let number = AgreementNumber::parse(self.number).map_err(|bad| wrong(&bad.to_string()))?;
        let agency = cast::AGENCIES
            .iter()
            .find(|agency| agency.letters == self.letters)
            .ok_or_else(|| wrong("no such agency"))?;
        let team = cast::TEAMS
            .iter()
            .find(|team| team.handle == self.team)
            .ok_or_else(|| wrong("no such team"))?;
        let (start, end) = self.period(today);
        let signature = |name: &str, title: &str| {
            (self.stands != Stands::Drafting).then(|| Signature::on_paper(name, title, start))
        };
        Ok(Agreement {
            id: AgreementId::new(id),
            number,
            agency: agency.name.to_owned(),
            partner: team.name.to_owned(),
            period: Period::new(start, end).ok_or_else(|| wrong("the period is empty"))?,
            state: match self.stands {
                Stands::Drafting => AgreementState::Drafting,
                Stands::Executed | Stands::Year | Stands::Over => AgreementState::Executed,
            },
            partner_signature: signature("Helena Marsh", "Director"),
            provider_signature: signature("Imogen Hale", "Programme director"),
            apps: self
                .apps
                .iter()
                .map(|(name, level)| ListedApp {
                    name: (*name).to_owned(),
                    level: *level,
                })
                .collect(),
            terms: self.terms(today),
        })
    }

    /// What the Order says: as many sign-ins as it has apps.
    fn terms(&self, today: Date) -> OrderTerms {
        let (months, price) = match self.stands {
            Stands::Year => (12, month_of_nearly_used_up(today)),
            _ => (u32::try_from(self.apps.len()).unwrap_or(1) * 12, 250_000),
        };
        let line = Line {
            description: "Sign-in and identity service for the listed apps".to_owned(),
            unit: "app and month".to_owned(),
            quantity: months,
            price: Cents::new(price),
            amount: Cents::ZERO,
        };
        OrderTerms {
            estimated: Cents::new(price * i64::from(months)),
            lines: vec![line],
            tas: "070-2026-0400".to_owned(),
            betc: "DISB".to_owned(),
            alc: "70000001".to_owned(),
            need: "People of the state reach the agency's services with one account.".to_owned(),
            officials: officials(),
            ..OrderTerms::default()
        }
    }

    /// What its GT&C says.
    pub(super) fn gtc_terms(&self, agency: &str) -> GtcTerms {
        GtcTerms {
            requesting: Party {
                name: agency.to_owned(),
                address: "1 Harbour Street, Capital City".to_owned(),
                agency_identifier: "070".to_owned(),
                alc: "70000001".to_owned(),
                uei: "DEMO00AGENCY".to_owned(),
            },
            servicing: Party {
                name: "Sign-in Programme".to_owned(),
                address: "2 Registry Square, Capital City".to_owned(),
                agency_identifier: "047".to_owned(),
                alc: "47000016".to_owned(),
                uei: "DEMO0PROGRAM".to_owned(),
            },
            recurring: true,
            authority: "Shared Services Act, section 12".to_owned(),
            scope: "The programme signs the agency's people in and, where an Order says so, verifies who they are.".to_owned(),
            estimated: Cents::new(250_000 * 12 * 10 * 5),
            dispute_days: 45,
            termination_days: 30,
            officials: officials(),
            ..GtcTerms::default()
        }
    }

    /// The period of the Order.
    fn period(&self, today: Date) -> (Date, Date) {
        if self.stands != Stands::Year {
            return self.gtc_period(today);
        }
        let start = today.saturating_sub(SIGNED_AGO.days()).first_of_month();
        let end = start.saturating_add(1.year()).saturating_sub(1.day());
        (start, end)
    }

    /// Fiscal years, which begin in October. An executed one holds on the first day and for years after it.
    pub(super) fn gtc_period(&self, today: Date) -> (Date, Date) {
        let year = today.year();
        match self.stands {
            Stands::Executed | Stands::Year => {
                let first = self.fiscal_year().min(year - 1);
                (date(first - 1, 10, 1), date((year + 3).max(2030), 9, 30))
            }
            Stands::Drafting => (date(year, 10, 1), date(year + 5, 9, 30)),
            Stands::Over => (date(year - 4, 10, 1), date(year - 1, 9, 30)),
        }
    }

    fn fiscal_year(&self) -> i16 {
        parts(self.number)
            .and_then(|parts| i16::try_from(parts.fiscal_year).ok())
            .unwrap_or(2021)
    }
}

/// The estimate of a month under which the months since the apps went live have used most of the year's: each costs the
/// minimum.
fn month_of_nearly_used_up(today: Date) -> i64 {
    let live = today.saturating_sub(LIVE_AGO.days());
    let months = |day: Date| i64::from(day.year()) * 12 + i64::from(day.month());
    let used = MINIMUM * (months(today) - months(live) + 1);
    // In whole dollars, so that the months come to between 80 and 87 percent.
    (used * 100 / (12 * 85) / 100 + 1) * 100
}

fn officials() -> Vec<Official> {
    let official = |side, duty, name: &str, title: &str| Official {
        side,
        duty,
        name: name.to_owned(),
        title: title.to_owned(),
        email: String::new(),
        phone: String::new(),
    };
    vec![
        official(Side::Partner, Duty::Funding, "Helena Marsh", "Director"),
        official(
            Side::Provider,
            Duty::Program,
            "Imogen Hale",
            "Programme director",
        ),
    ]
}

fn parts(number: &str) -> Option<NumberParts> {
    let pattern = &Programme::named("us")?.agreement.number;
    Some(pattern.parts(&pattern.parse(number).ok()?))
}

/// How many days ago the first apps went live.
pub(super) const LIVE_AGO: i64 = 95;
/// How many days ago at the least the order of one year began.
const SIGNED_AGO: i64 = 150;
/// What a month with use costs at the least under the price model of the seeds, in cents.
const MINIMUM: i64 = 50_000;

/// The agreement that lists the most apps.
pub(super) const COASTS: &str = "LGABCFY210001-0001-0000";
/// Of the motor vehicle agency.
pub(super) const VEHICLES: &str = "LGDMVFY220003-0001-0001";
/// Of the parks.
pub(super) const PARKS: &str = "LGDPRFY230007-0002-0000";
/// In the making.
pub(super) const HEALTH: &str = "LGDOHFY260004-0001-0000";
/// Over.
pub(super) const BUSINESS: &str = "LGOSBFY210012-0001-0000";

/// All of them. Apps that nobody has made yet are listed too, for whoever tries the demonstration.
pub(super) const ALL: &[Seed] = &[
    Seed {
        number: COASTS,
        letters: "ABC",
        team: cast::FISHERIES,
        stands: Stands::Executed,
        apps: &[
            ("Fishing Licence", LevelOfService::IdentityVerified),
            ("Harbour Permits", LevelOfService::IdentityVerified),
            ("Boat Registration", LevelOfService::IdentityVerified),
            ("Tide Tables", LevelOfService::IdentityVerified),
            ("Lighthouse Visits", LevelOfService::IdentityVerified),
            ("Oyster Leases", LevelOfService::IdentityVerified),
            ("Catch Report", LevelOfService::AuthOnly),
            ("Lobster Quota", LevelOfService::AuthOnly),
            ("Harbour Guide", LevelOfService::IdentityVerified),
            ("Mooring Waiting List", LevelOfService::AuthOnly),
        ],
    },
    Seed {
        number: VEHICLES,
        letters: "DMV",
        team: cast::VEHICLES,
        stands: Stands::Year,
        apps: &[
            ("Driver Record", LevelOfService::IdentityVerified),
            ("Plate Renewal", LevelOfService::AuthOnly),
            ("Vehicle Titles", LevelOfService::IdentityVerified),
        ],
    },
    Seed {
        number: PARKS,
        letters: "DPR",
        team: cast::PARKS,
        stands: Stands::Executed,
        apps: &[
            ("Campsite Booking", LevelOfService::AuthOnly),
            ("Park Pass", LevelOfService::AuthOnly),
            ("Ranger Tours", LevelOfService::AuthOnly),
        ],
    },
    Seed {
        number: HEALTH,
        letters: "DOH",
        team: cast::HEALTH,
        stands: Stands::Drafting,
        apps: &[("Vaccine Record", LevelOfService::IdentityVerified)],
    },
    Seed {
        number: BUSINESS,
        letters: "OSB",
        team: cast::BUSINESS,
        stands: Stands::Over,
        apps: &[("Startup Grants", LevelOfService::AuthOnly)],
    },
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_domain::agreement::Standing;

    use super::*;

    #[test]
    fn they_stand_as_they_should_on_any_first_day() {
        for today in [date(2021, 1, 5), date(2026, 11, 10), date(2031, 2, 1)] {
            for seed in ALL {
                let agreement = seed.agreement(Uuid::nil(), today).unwrap();
                assert!(agreement.terms.clone().judged().is_ok());
                assert!(seed.gtc_terms("An agency").judged().is_ok());
                let wanted = match seed.stands {
                    Stands::Executed | Stands::Year => Standing::Active,
                    Stands::Drafting => Standing::Unsigned,
                    Stands::Over => Standing::Expired,
                };
                assert_eq!(
                    agreement.standing(today),
                    wanted,
                    "{} on {today}",
                    seed.number
                );
                assert_eq!(parts(seed.number).unwrap().agency, seed.letters);
            }
        }
    }

    #[test]
    fn the_apps_to_try_with_are_listed_at_both_levels() {
        let agreement = ALL[0].agreement(Uuid::nil(), date(2026, 11, 10)).unwrap();
        for name in ["Fishing Licence", "Harbour Permits", "Boat Registration"] {
            let listed = agreement.apps.iter().find(|app| app.name == name).unwrap();
            assert_eq!(listed.level, LevelOfService::IdentityVerified);
        }
        assert!(agreement.period.contains(date(2026, 11, 23)));
    }
}
