//! What a demonstration prints when it is up: where everything is and how to sign in.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use durward_app::Keeper;
use durward_app::demonstration::{DemoSignIn, Demonstration};

/// Prints to standard output. A reader that has gone away is no error.
pub(super) fn welcome(demo: &Demonstration, keeper: &Keeper, data: &Path, metrics: &str) {
    let text = text(demo, keeper, data, metrics);
    let mut out = io::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}

fn text(demo: &Demonstration, keeper: &Keeper, data: &Path, metrics: &str) -> String {
    let mut text = String::from(
        "\nDurward demo. Everything is on this machine only, and nobody in it is real.\n\n",
    );
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:11} {value}");
    };
    line("Portal", &demo.portal);
    for environment in &demo.environments {
        line(environment.name.title(), &environment.issuer);
    }
    line("Sample app", &demo.sample_app);
    line("Metrics", &format!("{metrics}/metrics"));
    line(
        "Sign-ins",
        &format!("{}/demo (with the code of each authenticator)", demo.portal),
    );
    line("Mail", &format!("{}/demo/inbox", demo.portal));
    line("Data", &data.display().to_string());
    line("Keeper's day", &keeper.today().to_string());
    let mut group = |title: &str, rows: Vec<(String, &DemoSignIn)>| {
        let _ = writeln!(text, "\n{title}");
        for (what, sign_in) in rows {
            let _ = writeln!(
                text,
                "  {what:36} {:36} {}  {}",
                sign_in.email,
                sign_in.password,
                sign_in.totp.base32()
            );
        }
    };
    let staff = demo
        .staff
        .iter()
        .map(|one| (one.role.to_string(), &one.sign_in));
    group(
        "Staff (role, e-mail, password, TOTP secret)",
        staff.collect(),
    );
    let partners = demo.partners.iter().map(|one| {
        let team = one.team.as_deref().unwrap_or_default();
        (format!("{} of {team}", one.role), &one.sign_in)
    });
    group("Partners", partners.collect());
    let people = demo
        .people
        .iter()
        .map(|one| (one.level.to_string(), &one.sign_in));
    group("People", people.collect());
    text.push_str("\nPress Ctrl-C to stop. The state is kept; the next start goes on with it.\n\n");
    text
}
