//! Findings as SARIF 2.1.0, which continuous integration and code review understand.

use serde_json::{Value, json};

use super::{Finding, RULES, Severity};

/// The findings of one file.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// The file, as a relative or absolute URI.
    pub uri: String,
    /// What was found in it.
    pub findings: &'a [Finding],
}

/// The log of one run over files. `help` is where the pages of rules are, such as `https://portal.agency.gov`.
pub fn log(files: &[Judged<'_>], version: &str, help: Option<&str>) -> Value {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            let level = rule.live.or(rule.test).map_or("none", level);
            let mut value = json!({
                "id": rule.id,
                "shortDescription": { "text": rule.sentence },
                "fullDescription": { "text": rule.why },
                "help": { "text": format!("{} {}\n\nNot: {}\nBut: {}", rule.why, rule.fix, rule.bad, rule.good) },
                "defaultConfiguration": { "level": level },
                "properties": { "from": rule.from, "waivable": rule.waivable },
            });
            if let (Some(base), Some(object)) = (help, value.as_object_mut()) {
                object.insert("helpUri".into(), format!("{base}{}", rule.help()).into());
            }
            value
        })
        .collect();
    let results: Vec<Value> = files
        .iter()
        .flat_map(|file| {
            file.findings
                .iter()
                .map(|finding| result(&file.uri, finding))
        })
        .collect();
    let artifacts: Vec<Value> = files
        .iter()
        .map(|file| json!({ "location": { "uri": file.uri } }))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "durward", "version": version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "artifacts": artifacts,
            "results": results,
        }],
    })
}

fn result(uri: &str, finding: &Finding) -> Value {
    let mut value = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri } },
            "logicalLocations": [{ "fullyQualifiedName": if finding.path.is_empty() { "/" } else { &finding.path }, "kind": "member" }],
        }],
        "partialFingerprints": { "rulePath/v1": format!("{}:{}", finding.rule, finding.path) },
    });
    let Some(object) = value.as_object_mut() else {
        return value;
    };
    if let Some(index) = RULES.iter().position(|rule| rule.id == finding.rule) {
        object.insert("ruleIndex".into(), index.into());
    }
    if let Some(waived) = &finding.waived {
        let why = format!(
            "{} ({}, until {})",
            waived.reason, waived.owner, waived.until
        );
        object.insert(
            "suppressions".into(),
            json!([{ "kind": "external", "status": "accepted", "justification": why }]),
        );
    }
    value
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_points_at_its_rules() {
        let finding = Finding {
            rule: "uri/https".into(),
            severity: Severity::Error,
            path: "/oidc/redirect_uris/0".into(),
            message: "The address must begin with https:// here.".into(),
            waived: None,
        };
        let log = log(
            &[Judged {
                uri: "app.json".into(),
                findings: &[finding],
            }],
            "1.0.0",
            Some("https://portal.gov"),
        );
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let index = run["results"][0]["ruleIndex"].as_u64().unwrap_or_default();
        let rule = &run["tool"]["driver"]["rules"][usize::try_from(index).unwrap_or_default()];
        assert_eq!(rule["id"], "uri/https");
        assert_eq!(rule["helpUri"], "https://portal.gov/help/rules/uri/https");
        assert_eq!(run["results"][0]["level"], "error");
    }
}
