//! The catalogue of audit events: every write has one.

use std::fmt::{self, Write};

/// The catalogue as a Markdown table.
pub fn markdown() -> String {
    let mut text = String::from(
        "# Audit events\n\nGenerated from `crates/domain/src/event.rs`.\n\n| event | what happened |\n|---|---|\n",
    );
    for event in Event::ALL {
        let _ = writeln!(text, "| `{}` | {} |", event.id(), event.sentence());
    }
    text
}

macro_rules! events {
    ($($name:ident $id:literal $sentence:literal)+) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Event {
            $(#[doc = $sentence] $name,)+
        }

        impl Event {
            /// Every event.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable id, such as `app.revision_saved`.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// What happened, in a plain sentence.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$name => $sentence,)+
                }
            }
        }
    };
}

events! {
    SystemStarted "system.started" "The server started on this database for the first time."
    DemoSeeded "demo.seeded" "The demonstration's fictional state was written."
    DemoClockMoved "demo.clock_moved" "The keeper's clock was moved."

    MemberAdded "member.added" "A member was added to the portal."
    MemberSignedIn "member.signed_in" "A member signed in to the portal."
    MemberSignedOut "member.signed_out" "A member signed out of the portal."
    MemberSignInRefused "member.sign_in_refused" "A sign-in to the portal was refused."
    MemberSteppedUp "member.stepped_up" "A member gave a fresh second factor."
    MemberRoleGiven "member.role_given" "A member was given a role."
    MemberRoleTaken "member.role_taken" "A role was taken from a member."
    MemberTokenMinted "member.token_minted" "A member made an API token."
    MemberTokenRevoked "member.token_revoked" "An API token was revoked."
    MemberNoticesChosen "member.notices_chosen" "A member chose how notices reach them."
    MemberForbidden "member.forbidden" "A member asked for something that their roles do not allow."
    AgencyAdded "agency.added" "An agency was added."
    AgencyChanged "agency.changed" "An agency was given another name."
    TeamDeleted "team.deleted" "A team without apps was deleted."
    TeamAgencyChanged "team.agency_changed" "A team was moved to another agency."
    MemberInvited "member.invited" "Somebody was invited to a team."
    MemberInvitationEnded "member.invitation_ended" "An invitation was accepted, declined or withdrawn."
    AccessExported "access.exported" "The list of who has which access was exported."
    AppTransferred "app.transferred" "An app was moved to another team."
    TeamCreated "team.created" "A team was created."
    TeamChanged "team.changed" "A team was changed."

    AppCreated "app.created" "An app was created."
    DraftSaved "draft.saved" "A draft of the wizard was saved."
    DraftDeleted "draft.deleted" "A draft of the wizard was forgotten."
    AppRevisionSaved "app.revision_saved" "A revision of a configuration was saved."
    AppRevisionRestored "app.revision_restored" "An older revision was saved again."
    AppProbed "app.probed" "An app's addresses were tried from outside."
    DomainNamed "domain.named" "A team named a dedicated domain."
    DomainProved "domain.proved" "The DNS of a dedicated domain showed the team's token."
    DomainApproved "domain.approved" "A dedicated domain was approved."
    DomainRemoved "domain.removed" "A dedicated domain was taken from a team."
    FinalProposed "app.final_proposed" "Staff wrote the final configuration of an app; it waits for a second person."
    FinalApproved "app.final_approved" "A second person agreed to a final configuration, and it was saved as a revision."
    FinalRejected "app.final_rejected" "A second person said no to a final configuration."
    AppDeleted "app.deleted" "A configuration was deleted."
    AppSuspended "app.suspended" "An app was suspended in an environment."
    AppRetired "app.retired" "An app was retired in an environment, for good."
    AppResumed "app.resumed" "The suspension of an app was lifted."
    AppKeyAdded "app.key_added" "A public key was added to a configuration."
    AppKeyRemoved "app.key_removed" "A public key was removed from a configuration."
    AppKeyRevoked "app.key_revoked" "A public key was revoked for good."
    RotationStarted "app.rotation_started" "The rotation of a public key was begun."
    RotationEnded "app.rotation_ended" "The rotation of a public key came to its end: the old key is gone."
    RotationCancelled "app.rotation_cancelled" "The rotation of a public key was cancelled."
    AppSecretMade "app.secret_made" "A client secret was made."

    RuleWaived "rule.waived" "A rule of the validator was waived for an app."
    RuleWaiverEnded "rule.waiver_ended" "A waiver was ended before its day."
    WebhookCreated "webhook.created" "A webhook of a team was made."
    WebhookChanged "webhook.changed" "A webhook of a team was changed."
    WebhookSecretRotated "webhook.secret_rotated" "A webhook got a new secret."
    WebhookEnabled "webhook.enabled" "A webhook was switched on."
    WebhookDisabled "webhook.disabled" "A webhook was switched off, by its team or because it failed too often."
    WebhookDeleted "webhook.deleted" "A webhook was deleted."
    WebhookTested "webhook.tested" "A test event was sent to a webhook."
    WebhookReplayed "webhook.replayed" "A delivery of a webhook was repeated."
    KeyExpiryTold "app.key_expiry_told" "A team was told that a key of a live app ends soon."

    TicketOpened "ticket.opened" "A support ticket was opened."
    TicketAnswered "ticket.answered" "A support ticket was answered."
    UsageExported "usage.exported" "The entries of an invoice were downloaded."
    UsageWarned "usage.warned" "An order's usage reached a part of its estimate, and those concerned were told."
    TicketMoved "ticket.moved" "A support ticket moved to another state."
    TicketMailRefused "ticket.mail_refused" "A mail to the address of a support ticket was refused."

    InterestReceived "partnership.interest_received" "An agency sent the interest form, or staff entered it."
    PartnershipAssigned "partnership.assigned" "A partnership was given to an account manager."
    PartnershipJudged "partnership.judged" "It was decided whether the service is a good fit."
    PartnershipTaskDone "partnership.task_done" "A task of a partnership was done."
    PartnershipNoted "partnership.noted" "A note was written on a partnership."
    PartnershipMoved "partnership.moved" "A partnership was paused, resumed, lost, or is live."
    PartnershipTeamLinked "partnership.team_linked" "A partnership got its team."
    EstimateSaved "estimate.saved" "An estimate of usage and cost was saved."
    EstimateAccepted "estimate.accepted" "An estimate was accepted for the partner."
    SitePageSaved "site.page_saved" "A public page about partnership was edited."

    AgreementCreated "agreement.created" "An agreement was entered."
    AgreementMoved "agreement.moved" "An agreement moved to another state."
    AgreementSignedByPartner "agreement.signed_by_partner" "The partner's signature was recorded."
    AgreementSignedByProvider "agreement.signed_by_provider" "The programme's signature was recorded."
    AgreementEdited "agreement.edited" "The words of an agreement were changed."
    AgreementFileKept "agreement.file_kept" "A file was added to an agreement."
    AgreementOverrideAsked "agreement.override_asked" "An override of the way of an agreement was asked for."
    AgreementOverridden "agreement.overridden" "A second person confirmed an override of an agreement."
    AgreementOverrideRefused "agreement.override_refused" "A second person refused an override of an agreement."
    AgreementEndTold "agreement.end_told" "Partners were told that an agreement ends."
    AgreementExpired "agreement.expired" "The period of an agreement ended."
    PartnerAccountSaved "partner_account.saved" "A partner account was added or changed."
    AgreementAppListed "agreement.app_listed" "An app was listed in an agreement."

    LaunchCreated "launch.created" "A launch request was written."
    LaunchSubmitted "launch.submitted" "A launch request was submitted."
    LaunchChangesRequested "launch.changes_requested" "A reviewer asked for changes to a launch request."
    LaunchApproved "launch.approved" "A reviewer approved a launch request."
    LaunchRejected "launch.rejected" "A reviewer rejected a launch request."
    LaunchWithdrawn "launch.withdrawn" "A launch request was withdrawn."
    LaunchScheduled "launch.scheduled" "A launch was scheduled for its window."
    LaunchDeployed "launch.deployed" "A launch went live."
    LaunchVerified "launch.verified" "A launch was verified after deployment."
    LaunchRolledBack "launch.rolled_back" "A launch was rolled back."
    LaunchSuperseded "launch.superseded" "A newer request took the place of a launch request."
    EvidenceKept "evidence.kept" "A team kept a document as evidence for the launches of an app."
    EvidenceRemoved "evidence.removed" "A team removed a document of evidence."
    LaunchCommented "launch.commented" "A comment was written on a launch request."
    ChangeCreated "change.created" "A change request was written."
    ChangeSubmitted "change.submitted" "A change request was submitted."
    ChangeChangesRequested "change.changes_requested" "A reviewer asked for changes to a change request."
    ChangeApproved "change.approved" "A reviewer approved a change request."
    ChangeRejected "change.rejected" "A reviewer rejected a change request."
    ChangeWithdrawn "change.withdrawn" "A change request was withdrawn."
    ChangeScheduled "change.scheduled" "A change was scheduled for its window."
    ChangeDeployed "change.deployed" "A change went live."
    ChangeVerified "change.verified" "A change was verified after deployment."
    ChangeRolledBack "change.rolled_back" "A change was rolled back."
    ChangeSuperseded "change.superseded" "A newer request took the place of a change request."
    ChangeAfterReviewed "change.after_reviewed" "A change that went live as an emergency was reviewed afterwards."
    ChangeCommented "change.commented" "A comment was written on a change request."

    CalendarChanged "calendar.changed" "A freeze, a holiday, a busy time or places were added to the calendar, or a window was moved."
    CalendarEntryEnded "calendar.entry_ended" "Something that was added to the calendar was ended."
    CalendarRequestMoved "calendar.request_moved" "A request was moved to another window."
    CalendarFeedMade "calendar.feed_made" "A member made a private address of the calendar."
    CalendarFeedEnded "calendar.feed_ended" "A member ended their private address of the calendar."

    ReleaseBuilt "release.built" "A release was built and signed."
    ReleaseDeployed "release.deployed" "A release became the current one of its environment."
    ReleaseRefused "release.refused" "An environment refused a release."
    DenialsMade "release.denials_made" "A new deny list of an environment was signed."
    DenialsTaken "release.denials_taken" "An environment took a new deny list."
    DenialsRefused "release.denials_refused" "An environment refused a deny list."
    ReleaseRolledBack "release.rolled_back" "A new release with an older state was made current."
    CanaryPassed "release.canary_passed" "After a release, a synthetic person signed in to a synthetic app."
    CanaryFailed "release.canary_failed" "After a release, a synthetic person could not sign in."

    KeyMade "key.made" "An identity-provider key was made."
    KeyStaged "key.staged" "An identity-provider key was published ahead of its use."
    KeyPromoted "key.promoted" "An identity-provider key became the signing key."
    KeyRetired "key.retired" "An identity-provider key was retired."
    SealingRotated "key.sealing_rotated" "New keys for what is stored sealed were begun with, or the old ones were retired."
    ReleaseKeyMade "key.release_key_made" "The release key of an environment was made."

    PersonCreated "person.created" "An account was created."
    PersonSignUpStarted "person.sign_up_started" "Somebody gave an e-mail address to create an account."
    PersonEmailConfirmed "person.email_confirmed" "A person confirmed an e-mail address."
    PersonEmailAsked "person.email_asked" "A person asked to add an e-mail address to their account."
    PersonEmailAdded "person.email_added" "An account got a further e-mail address."
    PersonEmailRemoved "person.email_removed" "A person removed an e-mail address from their account."
    PersonEmailMadePrimary "person.email_made_primary" "A person made an e-mail address the primary one of their account."
    PersonPasswordSet "person.password_set" "A person set a password."
    PersonPasswordChanged "person.password_changed" "A person changed their password."
    PersonPasswordReset "person.password_reset" "A person reset a forgotten password."
    PersonFactorAdded "person.factor_added" "A person added a second factor."
    PersonFactorRemoved "person.factor_removed" "A person removed a second factor."
    PersonFactorRenamed "person.factor_renamed" "A person gave a second factor another name."
    PersonKeyCopied "person.key_copied" "A security key that may have been copied was refused."
    PersonFactorUsed "person.factor_used" "A person gave a second factor."
    PersonSignedIn "person.signed_in" "A person signed in."
    PersonSignInRefused "person.sign_in_refused" "A sign-in was refused."
    PersonLocked "person.locked" "An account was locked after too many attempts."
    PersonSignedOut "person.signed_out" "A person signed out."
    PersonSessionEnded "person.session_ended" "A session of a person was ended."
    PersonConsented "person.consented" "A person agreed to share attributes with an app."
    PersonConsentRevoked "person.consent_revoked" "A person stopped sharing attributes with an app."
    PersonSharedEmailChanged "person.shared_email_changed" "A person chose another address for an app."
    PersonCancelled "person.cancelled" "A person went back to the app without signing in."
    PersonLookedUp "person.looked_up" "Staff looked an account up, by an exact address or the id of a request."
    PersonSuspended "person.suspended" "Staff suspended an account."
    PersonReinstated "person.reinstated" "Staff reinstated an account."
    PersonSessionsEnded "person.sessions_ended" "Staff ended every session of a person."
    PersonDeleted "person.deleted" "A person deleted their account."

    AuthorizeRefused "authorize.refused" "An authorization request was refused."
    CodeIssued "code.issued" "An authorization code was issued."
    CodeRedeemed "code.redeemed" "An authorization code was redeemed."
    CodeReplayed "code.replayed" "A spent authorization code was sent again, and its grant was revoked."
    ClientSecretMade "client_secret.made" "A secret of an app was made for an environment."
    ClientSecretEnded "client_secret.ended" "A secret of an app was ended."
    ClientTokenMade "client_token.made" "An app got an access token for itself."
    RefreshTokenUsed "refresh_token.used" "An app got new tokens for a refresh token."
    RefreshTokenReplayed "refresh_token.replayed" "A refresh token was used a second time, and its grant was revoked."
    AccessTokenEnded "access_token.ended" "An app ended an access token of its own."
    TokenRefused "token.refused" "A token request was refused."
    TokenRevoked "token.revoked" "A token was revoked."
    GrantRevoked "grant.revoked" "A grant and all its tokens were revoked."
    LogoutRefused "logout.refused" "A sign-out request of an app was refused."
    LogoutUntold "logout.untold" "An app could not be told that a session ended; all tries failed."

    TestPersonMade "test.person_made" "A test person was made by the test API."
    TestPersonDeleted "test.person_deleted" "A test person was deleted by the test API."
    TestSessionMade "test.session_made" "A session was made by the test API."
    TestClockMoved "test.clock_moved" "The clock of a test-class environment was moved."
    TestTokenMade "test.token_made" "A team made an automation token for a test-class environment."
    TestTokenRevoked "test.token_revoked" "A team's automation token was revoked."
    TestPersonReset "test.person_reset" "A test person was put back to how they were made, with fresh secrets."
    TestFaultSet "test.fault_set" "A fault was set for an app in a test-class environment."
    TestFaultCleared "test.fault_cleared" "A fault of an app was cleared."
    TestFaultPlayed "test.fault_played" "An app was answered with a fault that its team had set."
    TestTokenRefused "test.token_refused" "A call to the test API was refused."

    AuditVerified "audit.verified" "The audit log was verified."
    AuditExported "audit.exported" "The audit log was exported."
}

impl Event {
    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.id() == text)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_well_formed_and_read_back() {
        let mut seen = BTreeSet::new();
        for event in Event::ALL {
            assert!(seen.insert(event.id()), "{event}");
            let (family, name) = event.id().split_once('.').unwrap_or_default();
            let plain = |text: &str| {
                !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
            };
            assert!(plain(family) && plain(name), "{event}");
            assert!(event.sentence().ends_with('.'), "{event}");
            assert_eq!(Event::parse(event.id()), Some(*event));
        }
        assert_eq!(Event::parse("nothing.happened"), None);
    }

    #[test]
    fn the_table_names_every_event() {
        assert_eq!(markdown().lines().count(), Event::ALL.len() + 6);
    }
}
