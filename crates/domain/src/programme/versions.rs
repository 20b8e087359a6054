//! The rules of deployment as they change over time: `[notice]` and `[calendar]`, then each `[[version]]` on top of the one before.

use jiff::civil::Weekday;
use toml::{Table, Value};

use super::{BadProgramme, DeploymentRules, first_line, overlay};

/// All versions, oldest first; taken out of the programme.
pub(super) fn read(
    programme: &mut Table,
    versions: Option<Value>,
) -> Result<Vec<DeploymentRules>, BadProgramme> {
    let mut rules = Table::new();
    for section in ["notice", "calendar"] {
        if let Some(value) = programme.remove(section) {
            rules.insert(section.to_owned(), value);
        }
    }
    let mut found = vec![parsed(&rules)?];
    let versions = match versions {
        None => Vec::new(),
        Some(Value::Array(versions)) => versions,
        Some(_) => {
            return Err(BadProgramme::Wrong(
                "each version must be a table [[version]]".to_owned(),
            ));
        }
    };
    for version in versions {
        let Value::Table(version) = version else {
            return Err(BadProgramme::Wrong(
                "each version must be a table [[version]]".to_owned(),
            ));
        };
        if !version.contains_key("from") {
            return Err(BadProgramme::Wrong(
                "each version must say from which day it is in force".to_owned(),
            ));
        }
        overlay(&mut rules, version);
        found.push(parsed(&rules)?);
    }
    Ok(found)
}

/// What the types do not say.
pub(super) fn judge(all: &[DeploymentRules]) -> Result<(), BadProgramme> {
    let wrong = |what: &str| Err(BadProgramme::Wrong(what.to_owned()));
    if !all.is_sorted_by(|before, after| before.from < after.from) {
        return wrong("each version must begin after the one before");
    }
    for rules in all {
        let calendar = &rules.calendar;
        if calendar.weekdays().next().is_none() {
            return wrong("calendar.weekdays must name at least one day");
        }
        if calendar
            .weekdays()
            .any(|day| day == Weekday::Saturday || day == Weekday::Sunday)
        {
            return wrong("calendar.weekdays must be business days");
        }
        if calendar.opens >= calendar.closes {
            return wrong("calendar.opens must be before calendar.closes");
        }
        if calendar.places == Some(0) {
            return wrong("calendar.places must be at least 1");
        }
    }
    Ok(())
}

fn parsed(rules: &Table) -> Result<DeploymentRules, BadProgramme> {
    rules
        .clone()
        .try_into()
        .map_err(|error| BadProgramme::Unreadable(first_line(&error)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::Programme;
    use crate::calendar::NoticeKind;
    use crate::refusal::Refuse;

    #[test]
    fn a_version_changes_only_what_it_says() {
        let today = Programme::named("us-today").unwrap();
        let days = |day: &str| {
            let rules = today.deployment_rules(day.parse().unwrap());
            let weekdays: Vec<String> = rules
                .calendar
                .weekdays()
                .map(|day| format!("{day:?}"))
                .collect();
            (rules.notice.days(NoticeKind::New), weekdays.join(" "))
        };
        assert_eq!(days("2021-06-01"), (7, "Thursday".to_owned()));
        assert_eq!(days("2021-12-31"), (7, "Thursday".to_owned()));
        assert_eq!(days("2022-01-01"), (14, "Thursday".to_owned()));
        assert_eq!(days("2023-07-18"), (14, "Monday Thursday".to_owned()));
        assert_eq!(days("2023-07-19"), (14, "Tuesday Thursday".to_owned()));
        assert_eq!(days("2035-01-01"), (14, "Tuesday Thursday".to_owned()));
    }

    #[test]
    fn versions_that_make_no_sense_are_refused() {
        let code = |text: &str| {
            Programme::parse(&format!("extends = \"us\"\n{text}"))
                .unwrap_err()
                .code()
        };
        assert_eq!(
            code("[[version]]\nnotice = { new = 1 }"),
            "programme/wrong-value"
        );
        assert_eq!(
            code("[[version]]\nfrom = \"2026-01-01\"\n[[version]]\nfrom = \"2026-01-01\""),
            "programme/wrong-value"
        );
        assert_eq!(
            code("[[version]]\nfrom = \"2026-01-01\"\nnotice = { soon = 1 }"),
            "programme/unreadable"
        );
        assert_eq!(code("[calendar]\nplaces = 0"), "programme/wrong-value");
        assert_eq!(code("version = 3"), "programme/wrong-value");
    }
}
