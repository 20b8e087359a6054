//! `permissions.md`, `events.md` and `rules.md`: what the domain prints of its own data.

use durward_domain::{event, lint, permission};

#[test]
fn the_permission_matrix_is_printed() {
    crate::page("permissions.md", &permission::markdown());
}

#[test]
fn the_event_catalogue_is_printed() {
    crate::page("events.md", &event::markdown());
}

#[test]
fn the_rules_of_the_validator_are_printed() {
    crate::page("rules.md", &lint::markdown());
}
