//! App documents as JSON and TOML, however faulty: reading and judging them may not panic, every finding names a rule that
//! there is, and what was read must read back.
#![no_main]

use durward_domain::application::AppDocument;
use durward_domain::lint::{self, LintContext, Rule, Syntax};
use durward_domain::programme::Programme;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(programme) = Programme::named("us") else {
        return;
    };
    let now = "2026-11-10T12:00:00Z".parse().unwrap_or_default();
    let context = LintContext::alone(&programme, now);
    for syntax in [Syntax::Json, Syntax::Toml] {
        let read = lint::read(bytes, syntax);
        for finding in read.judge(&context) {
            assert!(Rule::named(&finding.rule).is_some());
            assert!(finding.path.is_empty() || finding.path.starts_with('/'));
        }
        if let Some(document) = read.document {
            assert!(AppDocument::parse_json(document.to_json().as_bytes()).is_ok());
            let _ = lint::facts(&document);
        }
    }
});
