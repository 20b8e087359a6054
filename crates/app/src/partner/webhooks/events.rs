//! The types of events that webhooks carry.

macro_rules! events {
    ($($name:ident $id:literal $sentence:literal;)+) => {
        /// A type of event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum WebhookEvent {
            $(#[doc = $sentence] $name,)+
        }

        impl WebhookEvent {
            /// Every type.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The type's id.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => $id,)+ }
            }

            /// What it tells.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)+ }
            }
        }
    };
}

events! {
    AppSaved "app.saved" "A revision of a configuration was saved.";
    AppDeployed "app.deployed" "A revision became the live one of its environment.";
    KeyAdded "key.added" "A public key was added to a configuration.";
    KeyRemoved "key.removed" "A public key was removed from a configuration.";
    KeyExpiring "key.expiring" "A live certificate ends in 90, 60, 30, 14, 7 or 1 days.";
    AppSuspended "app.suspended" "An app was suspended in an environment.";
    AppRetired "app.retired" "An app was retired in an environment, for good.";
    AppResumed "app.resumed" "The suspension of an app was lifted.";
    KeyRevoked "key.revoked" "A public key was revoked for good.";
    LaunchSubmitted "launch.submitted" "A launch request was submitted.";
    LaunchChangesRequested "launch.changes_requested" "A reviewer asks for changes to a launch request.";
    LaunchApproved "launch.approved" "A reviewer approved a launch request.";
    LaunchRejected "launch.rejected" "A reviewer rejected a launch request.";
    LaunchWithdrawn "launch.withdrawn" "A launch request was withdrawn.";
    LaunchSuperseded "launch.superseded" "A newer request took the place of a launch request.";
    LaunchScheduled "launch.scheduled" "A launch has its window.";
    LaunchDeployed "launch.deployed" "A launch is live.";
    LaunchVerified "launch.verified" "A launch was seen to work.";
    LaunchRolledBack "launch.rolled_back" "A launch was rolled back.";
    ChangeSubmitted "change.submitted" "A change request was submitted.";
    ChangeChangesRequested "change.changes_requested" "A reviewer asks for changes to a change request.";
    ChangeApproved "change.approved" "A reviewer approved a change request.";
    ChangeRejected "change.rejected" "A reviewer rejected a change request.";
    ChangeWithdrawn "change.withdrawn" "A change request was withdrawn.";
    ChangeSuperseded "change.superseded" "A newer request took the place of a change request.";
    ChangeScheduled "change.scheduled" "A change has its window.";
    ChangeDeployed "change.deployed" "A change is live.";
    ChangeVerified "change.verified" "A change was seen to work.";
    ChangeRolledBack "change.rolled_back" "A change was rolled back.";
    LintNewFinding "lint.new_finding" "The nightly check finds something new in a live app.";
    ProbeFailing "probe.failing" "The daily probe of a live app finds that something fails that worked before.";
    Test "webhook.test" "Somebody pressed the test button of this webhook.";
}

impl WebhookEvent {
    /// Reads an id.
    pub fn parse(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|event| event.id() == id)
    }

    /// The part before the dot: `family.*` asks for all of them.
    pub fn family(self) -> &'static str {
        self.id().split('.').next().unwrap_or_default()
    }
}
