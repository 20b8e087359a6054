//! Every kind of notice. A new one is a line here and three texts in each catalogue: `notice-kind-ID` names it where a
//! member chooses, `notice-ID-subject` and `notice-ID-text` tell it. After `=>` stands whom it is for. `secures`: it tells of
//! who can do what, and cannot be switched off. `for_staff`: partners never get it. `daily`: once a day unless its reader
//! chose otherwise.

use super::{Delivery, NoticeKind};

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident $id:literal [$($value:literal)*] $(=> $whom:literal $($how:ident)*)?;)+) => {
        $($(#[doc = $doc])* pub const $name: NoticeKind =
            NoticeKind::new($id, concat!($($doc),*), &[$($value),*]) $(.told_to($whom) $(.$how())*)?;)+

        impl NoticeKind {
            /// Every kind.
            pub const ALL: &[&Self] = &[$(&$name,)+];
        }
    };
}

impl NoticeKind {
    const fn new(
        id: &'static str,
        sentence: &'static str,
        values: &'static [&'static str],
    ) -> Self {
        Self {
            id,
            sentence,
            values,
            whom: "those whom it concerns",
            usual: Delivery::AtOnce,
            secures: false,
            for_staff: false,
        }
    }

    const fn told_to(mut self, whom: &'static str) -> Self {
        self.whom = whom;
        self
    }

    const fn secures(mut self) -> Self {
        self.secures = true;
        self
    }

    const fn for_staff(mut self) -> Self {
        self.for_staff = true;
        self
    }

    const fn daily(mut self) -> Self {
        self.usual = Delivery::Digest;
        self
    }

    /// The kind of this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|kind| kind.id == id)
    }

    /// How it may reach its reader.
    pub fn ways(&self) -> &'static [Delivery] {
        if self.secures {
            &Delivery::ALL[..2]
        } else {
            &Delivery::ALL
        }
    }

    /// The area that it belongs to, as the page of choices groups them.
    pub fn topic(&self) -> &'static str {
        TOPICS
            .iter()
            .find(|(start, _)| self.id.starts_with(start))
            .map_or(MORE, |(_, topic)| *topic)
    }
}

/// The list as a Markdown table.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Notices\n\nGenerated from `crates/app/src/partner/notices/kinds.rs`.\n\nEvery notice stands on its reader's page at `/notices`. A member chooses for each kind: mail at once, one mail a day, or the page alone.\nA kind that keeps accounts and apps safe cannot be switched off.\n\n| kind | what happened | whom | unless chosen otherwise | can be switched off |\n|---|---|---|---|---|\n",
    );
    for kind in NoticeKind::ALL {
        let off = if kind.secures { "no" } else { "yes" };
        let (id, what, whom, usual) = (
            kind.id,
            kind.sentence.trim(),
            kind.whom,
            kind.usual.as_str(),
        );
        text.push_str(&format!("| `{id}` | {what} | {whom} | {usual} | {off} |\n"));
    }
    text
}

kinds! {
    /// A request was submitted.
    REQUEST_SUBMITTED "request-submitted" ["app" "environment" "window"] => "the requester and the admins of the team";
    /// A reviewer asks for something else.
    REQUEST_CHANGES "request-changes" ["app" "environment" "note"] => "the requester and the admins of the team";
    /// One approval of several.
    REQUEST_APPROVED "request-approved" ["app" "environment"] => "the requester and the admins of the team";
    /// Approved, with its window.
    REQUEST_SCHEDULED "request-scheduled" ["app" "environment" "window"] => "the requester and the admins of the team";
    /// A reviewer said no.
    REQUEST_REJECTED "request-rejected" ["app" "environment" "note"] => "the requester and the admins of the team";
    /// The team took it back.
    REQUEST_WITHDRAWN "request-withdrawn" ["app" "environment"] => "the requester and the admins of the team";
    /// A newer request took its place.
    REQUEST_SUPERSEDED "request-superseded" ["app" "environment"] => "the requester and the admins of the team";
    /// It is live.
    REQUEST_DEPLOYED "request-deployed" ["app" "environment"] => "the requester and the admins of the team";
    /// It was taken back after it was live.
    REQUEST_ROLLED_BACK "request-rolled-back" ["app" "environment" "note"] => "the requester and the admins of the team";
    /// Staff or the calendar moved it to another window.
    REQUEST_MOVED "request-moved" ["app" "environment" "window" "from" "note"] => "the requester and the admins of the team";
    /// A certificate ends soon.
    KEY_EXPIRING "key-expiring" ["app" "environment" "days" "ends" "fingerprint"] => "the admins and developers of the team";
    /// A public key was added.
    KEY_ADDED "key-added" ["app" "environment" "fingerprint" "who"] => "the admins of the team" secures;
    /// A public key was removed.
    KEY_REMOVED "key-removed" ["app" "environment" "fingerprint" "who"] => "the admins of the team" secures;
    /// Both keys of a rotation are live.
    ROTATION_LIVE "rotation-live" ["app" "environment" "new_key"] => "who began it, the admins and developers of the team";
    /// The old key of a rotation can go.
    ROTATION_READY "rotation-ready" ["app" "environment" "old_key" "days"] => "who began it, the admins and developers of the team";
    /// The old key of a rotation is gone.
    ROTATION_DONE "rotation-done" ["app" "environment" "old_key"] => "who began it, the admins and developers of the team";
    /// Staff wrote the final configuration of an app.
    FINAL_PROPOSED "app-final-proposed" ["app" "environment" "note"] => "its author, the admins and developers of the team";
    /// A second person agreed to a final configuration.
    FINAL_APPROVED "app-final-approved" ["app" "environment" "note"] => "its author, the admins and developers of the team";
    /// A second person said no to a final configuration.
    FINAL_REJECTED "app-final-rejected" ["app" "environment" "note"] => "its author, the admins and developers of the team";
    /// A standard change goes live by itself.
    CHANGE_AUTOMATIC "change-automatic" ["app" "environment" "minutes" "who"] => "the admins of the team" secures;
    /// A change is asked for as an emergency.
    CHANGE_EMERGENCY "change-emergency" ["app" "environment" "reason" "who"] => "the admins of the team" secures;
    /// An app was suspended.
    APP_SUSPENDED "app-suspended" ["app" "environment" "reason"] => "the admins and developers of the team" secures;
    /// An app will end in a window.
    APP_RETIRES "app-retires" ["app" "environment" "window" "reason"] => "everybody of the team" secures;
    /// An app has ended for good.
    APP_RETIRED "app-retired" ["app" "environment" "reason"] => "everybody of the team" secures;
    /// Its suspension was lifted.
    APP_RESUMED "app-resumed" ["app" "environment" "reason"] => "the admins and developers of the team" secures;
    /// A public key was revoked for good.
    KEY_REVOKED "key-revoked" ["app" "environment" "fingerprint" "reason"] => "the admins and developers of the team" secures;
    /// The nightly check found something new.
    FINDINGS_NEW "findings-new" ["app" "environment" "count" "first"] => "the admins and developers of the team";
    /// The daily probe of a live app found that something fails now.
    PROBE_FAILING "probe-failing" ["app" "environment" "count" "target" "why"] => "the admins and developers of the team";
    /// An agreement went a step on or back.
    AGREEMENT_MOVED "agreement-moved" ["number" "stands" "note"] => "the admins of the agency's teams and the account managers";
    /// One side signed an agreement.
    AGREEMENT_SIGNED "agreement-signed" ["number" "who" "stands"] => "the admins of the agency's teams and the account managers";
    /// An agreement ends in some days.
    AGREEMENT_ENDING "agreement-ending" ["number" "days" "ends" "policy"] => "the admins of the agency's teams and the account managers";
    /// An agreement ended.
    AGREEMENT_ENDED "agreement-ended" ["number" "ends" "policy"] => "the admins of the agency's teams and the account managers";
    /// An override waits for a second person.
    AGREEMENT_OVERRIDE "agreement-override" ["number" "who" "note"] => "the admins of the agency's teams and the account managers";
    /// An order has used a part of its estimate.
    USAGE_REACHED "usage-reached" ["number" "percent" "spent" "estimated"] => "the admins of the agency's teams and the account managers";
    /// Somebody is invited to a team.
    INVITED "invited" ["team" "agency" "who"] => "the person who is invited";
    /// An endpoint was switched off because it failed too often.
    WEBHOOK_DISABLED "webhook-disabled" ["url" "failures" "why"] => "the admins and developers of the team";
    /// A team asks support.
    TICKET_OPENED "ticket-opened" ["subject" "team" "who" "words"] => "support and account managers" for_staff;
    /// The other side of a ticket answered.
    TICKET_ANSWERED "ticket-answered" ["subject" "who" "words"] => "those who spoke on the other side";
    /// The other side moved a ticket.
    TICKET_MOVED "ticket-moved" ["subject" "who" "state"] => "those who spoke on the other side";
    /// A request waits for a reviewer.
    REVIEW_WAITS "review-waits" ["app" "environment" "team" "window"] => "those who may approve it" for_staff;
    /// A request waits longer than the programme promised.
    REVIEW_OVERDUE "review-overdue" ["app" "environment" "team" "ends"] => "those who may approve it" for_staff;
    /// An emergency waits for a second person.
    REVIEW_EMERGENCY "review-emergency" ["app" "environment" "team" "reason"] => "those who may approve it" for_staff;
    /// A role was given to a member.
    ROLE_GIVEN "role-given" ["team" "role" "realm" "who"] => "the member" secures;
    /// A role was taken from a member.
    ROLE_TAKEN "role-taken" ["team" "role" "realm" "who"] => "the member" secures;
    /// An invitation was accepted or declined.
    INVITATION_ENDED "invitation-ended" ["team" "email" "answer"] => "who invited";
    /// A team moved to another agency.
    TEAM_AGENCY "team-agency" ["team" "agency" "who"] => "the admins of the team";
    /// An app moved to another team.
    APP_TRANSFERRED "app-transferred" ["app" "old_team" "team" "who"] => "the admins of both teams" secures;
    /// A configuration was deleted.
    APP_DELETED "app-deleted" ["app" "environment" "who"] => "the admins of the team";
    /// A token for the API was made.
    TOKEN_MADE "token-made" ["name" "ends"] => "its owner" secures;
    /// A token for the API was revoked.
    TOKEN_REVOKED "token-revoked" ["name"] => "its owner" secures;
    /// A token for the API or the test kit ends within a week.
    TOKEN_ENDING "token-ending" ["name" "days" "ends"] => "its owner; of the test kit the admins and developers of the team";
    /// A webhook was made, or got another address or secret.
    WEBHOOK_CHANGED "webhook-changed" ["url" "who"] => "the admins of the team" secures;
    /// A domain shows its proof and waits for approval.
    DOMAIN_PROVED "domain-proved" ["domain" "team"] => "those who approve domains" for_staff;
    /// A domain was approved.
    DOMAIN_APPROVED "domain-approved" ["domain"] => "the admins of the team";
    /// A domain was taken from its team.
    DOMAIN_REMOVED "domain-removed" ["domain" "who"] => "the admins of the team" secures;
    /// A rule of the validator was waived for an app.
    RULE_WAIVED "rule-waived" ["app" "rule" "ends" "note"] => "the admins and developers of the team";
    /// A waiver was ended before its day.
    WAIVER_ENDED "waiver-ended" ["app" "rule" "who"] => "the admins and developers of the team";
    /// A release became the current one of a live environment.
    RELEASE_DEPLOYED "release-deployed" ["environment" "number" "note"] => "deployers" for_staff daily;
    /// An environment was rolled back.
    RELEASE_ROLLED_BACK "release-rolled-back" ["environment" "number" "note"] => "deployers" for_staff;
    /// An environment refused a release.
    RELEASE_REFUSED "release-refused" ["environment" "number" "why"] => "deployers" for_staff;
    /// After a release, a synthetic person could not sign in.
    CANARY_FAILED "canary-failed" ["environment" "number" "why"] => "deployers" for_staff;
    /// An agency sent the interest form.
    INTEREST_RECEIVED "interest-received" ["reference" "agency" "programme"] => "account managers" for_staff;
    /// The same, to whoever sent it. It holds nothing that was typed.
    INTEREST_CONFIRMED "interest-confirmed" ["reference"] => "the address on the form";
    /// A partnership was given to an account manager.
    PARTNERSHIP_ASSIGNED "partnership-assigned" ["reference" "agency"] => "the account manager" for_staff;
    /// In a partnership it is the reader's turn.
    PARTNERSHIP_TURN "partnership-turn" ["agency" "task"] => "the admins of the team, or the account manager";
    /// A partnership rests, goes on, was lost, or is live.
    PARTNERSHIP_STANDING "partnership-standing" ["agency" "standing" "note"] => "the admins of the team and the account manager";
    /// Staff saved an estimate with a team.
    ESTIMATE_SAVED "estimate-saved" ["name" "team" "who"] => "the admins of the team";
    /// An estimate was accepted.
    ESTIMATE_ACCEPTED "estimate-accepted" ["name" "team" "who"] => "the account manager" for_staff;
}

/// How the ids of an area begin.
const TOPICS: &[(&str, &str)] = &[
    ("request-", "requests"),
    ("review-", "requests"),
    ("comment-", "requests"),
    ("change-", "requests"),
    ("launch-", "requests"),
    ("window-", "requests"),
    ("suspen", "requests"),
    ("emergency-", "requests"),
    ("release-", "releases"),
    ("canary-", "releases"),
    ("agreement-", "agreements"),
    ("usage-", "agreements"),
    ("partnership-", "agreements"),
    ("interest-", "agreements"),
    ("estimate-", "agreements"),
    ("key-", "apps"),
    ("app-", "apps"),
    ("findings-", "apps"),
    ("probe-", "apps"),
    ("rule-", "apps"),
    ("waiver-", "apps"),
    ("rotation-", "apps"),
    ("domain-", "team"),
    ("role-", "team"),
    ("ticket-", "support"),
];
/// The area of what begins otherwise.
const MORE: &str = "team";
