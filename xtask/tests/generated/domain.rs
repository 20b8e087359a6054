//! `permissions.md` and `events.md`: what the domain prints of its own data.

use durward_domain::{event, permission};

#[test]
fn the_permission_matrix_is_printed() {
    crate::page("permissions.md", &permission::markdown());
}

#[test]
fn the_event_catalogue_is_printed() {
    crate::page("events.md", &event::markdown());
}
