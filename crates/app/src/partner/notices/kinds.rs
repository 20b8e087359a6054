//! Every kind of notice. A new one is a line here and two texts in each catalogue.

use super::NoticeKind;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $id:literal [$($value:literal)*];)+) => {
        $($(#[$doc])* pub const $name: NoticeKind = NoticeKind { id: $id, values: &[$($value),*] };)+

        impl NoticeKind {
            /// Every kind.
            pub const ALL: &[&Self] = &[$(&$name,)+];
        }
    };
}

kinds! {
    /// A request was submitted.
    REQUEST_SUBMITTED "request-submitted" ["app" "environment" "window"];
    /// A reviewer asks for something else.
    REQUEST_CHANGES "request-changes" ["app" "environment" "note"];
    /// One approval of several.
    REQUEST_APPROVED "request-approved" ["app" "environment"];
    /// Approved, with its window.
    REQUEST_SCHEDULED "request-scheduled" ["app" "environment" "window"];
    /// Staff or the calendar moved it to another window.
    REQUEST_MOVED "request-moved" ["app" "environment" "window" "from" "note"];
    /// A reviewer said no.
    REQUEST_REJECTED "request-rejected" ["app" "environment" "note"];
    /// The team took it back.
    REQUEST_WITHDRAWN "request-withdrawn" ["app" "environment"];
    /// A newer request took its place.
    REQUEST_SUPERSEDED "request-superseded" ["app" "environment"];
    /// It is live.
    REQUEST_DEPLOYED "request-deployed" ["app" "environment"];
    /// It was taken back after it was live.
    REQUEST_ROLLED_BACK "request-rolled-back" ["app" "environment" "note"];
    /// A certificate ends soon.
    KEY_EXPIRING "key-expiring" ["app" "environment" "days" "ends" "fingerprint"];
    /// A public key was added.
    KEY_ADDED "key-added" ["app" "environment" "fingerprint" "who"];
    /// A public key was removed.
    KEY_REMOVED "key-removed" ["app" "environment" "fingerprint" "who"];
    /// An app was suspended.
    APP_SUSPENDED "app-suspended" ["app" "environment" "reason"];
    /// Its suspension was lifted.
    APP_RESUMED "app-resumed" ["app" "environment" "reason"];
    /// A public key was revoked for good.
    KEY_REVOKED "key-revoked" ["app" "environment" "fingerprint" "reason"];
    /// The nightly check found something new.
    FINDINGS_NEW "findings-new" ["app" "environment" "count" "first"];
    /// The daily probe of a live app found that something fails now.
    PROBE_FAILING "probe-failing" ["app" "environment" "count" "target" "why"];
    /// Somebody is invited to a team.
    INVITED "invited" ["team" "agency" "who"];
    /// An endpoint was switched off because it failed too often.
    WEBHOOK_DISABLED "webhook-disabled" ["url" "failures" "why"];
    /// A team asks support.
    TICKET_OPENED "ticket-opened" ["subject" "team" "who" "words"];
    /// The other side of a ticket answered.
    TICKET_ANSWERED "ticket-answered" ["subject" "who" "words"];
    /// The other side moved a ticket.
    TICKET_MOVED "ticket-moved" ["subject" "who" "state"];
}
