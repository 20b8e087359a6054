//! What the pages of partners hold: one plain struct for each template.

use durward_app::partner::launches::Possible;
use durward_domain::diff::{DiffLine, RawLine};
use jiff::civil::Date;

use super::fields::Step;
use super::overview::{BurnLine, NeedLine};
use super::parts::{
    DraftPlace, FindingLine, Form, Group, LaunchLine, Mark, Pair, Place, RuleLine, Tab,
};
use super::policies::PolicyLine;
use super::probes::ProbePanel;
use super::reasons::WhyLine;
use crate::shared::page::view;
use crate::shared::picture::Picture;

view! {
    /// P1: what needs me, my apps by environment, recent requests.
    Home in "portal/home.html" {
        /// Whether the member has no role yet.
        newcomer: bool,
        /// Whether they may create a team.
        may_team: bool,
        /// Open invitations for them.
        invitations: Vec<super::teams::Invited>,
        /// The partnerships of the member's teams that are not over.
        partnerships: Vec<crate::partnership::pipeline::Card>,
        /// The names of the member's teams.
        teams: String,
        /// Whether the member may make an app.
        may_create: bool,
        /// What waits for the member.
        needs: Vec<NeedLine>,
        /// The next window in words; empty when there is none.
        window_words: String,
        /// What of the teams ships in it.
        ships: Option<Picture>,
        /// Where the teams' apps stand.
        board: Option<Picture>,
        /// The orders that use most of their estimates.
        burns: Vec<BurnLine>,
        /// What was searched for.
        q: String,
        /// The apps.
        apps: Vec<AppLine>,
        /// Where more apps are.
        next: Option<String>,
        /// Unfinished forms.
        drafts: Vec<DraftLine>,
        /// The newest requests.
        launches: Vec<LaunchLine>,
    }
}

view! {
    /// P3: one step of the wizard.
    Wizard in "portal/wizard.html" {
        /// The step.
        step: Step,
        /// Its number.
        step_number: String,
        /// How many steps there are.
        steps_in_all: String,
        /// The app and the environment.
        place: String,
        /// The environment whose configuration it starts from.
        from: Option<String>,
        /// The fields.
        form: Form,
        /// Where the form goes; empty for the page's own address.
        action: String,
        /// Where the step before is.
        back: Option<String>,
        /// The draft, once there is one.
        draft: Option<DraftPlace>,
        /// What somebody else saved meanwhile.
        conflict: Option<Conflict>,
        /// All steps.
        steps: Vec<StepLink>,
    }
}

view! {
    /// P3: the last step, which saves.
    WizardCheck in "portal/wizard_check.html" {
        /// Its number.
        step_number: String,
        /// The draft.
        draft: Option<DraftPlace>,
        /// What somebody else saved meanwhile.
        conflict: Option<Conflict>,
        /// The app and the environment.
        place: String,
        /// Whether a save is live at once.
        is_sandbox: bool,
        /// What a save changes; of an app that is there.
        changes: Vec<DiffLine>,
        /// What the validator found.
        findings: Vec<FindingLine>,
        /// Everything that was entered.
        groups: Vec<Group>,
        /// The note of the revision.
        form: Form,
        /// The key of the button's words.
        save_key: &'static str,
        /// Where the step before is.
        back: String,
        /// All steps.
        steps: Vec<StepLink>,
    }
}

view! {
    /// P3: the same fields on one page, to change what was saved.
    Edit in "portal/edit.html" {
        /// The app.
        name: String,
        /// The app and the environment.
        place: String,
        /// Where the app is.
        back: String,
        /// Whether a save is live at once.
        is_sandbox: bool,
        /// The version that the editor saw.
        version: String,
        /// The revision that somebody saved meanwhile, and what saving now would change in it.
        overtaken: Option<(String, Vec<DiffLine>)>,
        /// The steps whose fields are shown.
        steps: Vec<Step>,
        /// The fields.
        form: Form,
    }
}

view! {
    /// P4: an app's settings in one environment.
    App in "portal/app.html" {
        /// The head.
        head: AppHead,
        /// What is saved and not live yet.
        waiting: Vec<DiffLine>,
        /// What the validator found.
        findings: Vec<FindingLine>,
        /// Whether the member may change it.
        may_edit: bool,
        /// Where a production configuration is made, when there is none.
        promote: Option<String>,
        /// Where the configuration for staging is made, for an identity-verified app.
        staging: Option<String>,
        /// What to do next with a new app; whether it was tried already.
        next: Option<bool>,
        /// The values.
        groups: Vec<Group>,
        /// The policies that hold for the app.
        policies: Vec<PolicyLine>,
        /// The newest revision.
        revision: String,
        /// Who saved it.
        author: String,
        /// The version that is shown.
        version: String,
        /// Whether the member may delete it.
        may_delete: bool,
        /// Where support is asked about it, for who may ask.
        ask: Option<String>,
        /// Where it is moved to another team, for who may do that.
        transfer: Option<String>,
        /// Where its end is asked for, by members who may.
        retire: Option<String>,
        /// Whether the page of its suspension and revoked keys is shown.
        suspension: bool,
    }
}

view! {
    /// P4: what people will see.
    Preview in "portal/preview.html" {
        /// The app and the environment.
        place: String,
        /// Where the member came from.
        back: String,
        /// The languages of the pictures.
        languages: Vec<Tab>,
        /// The pages.
        shots: Vec<Shot>,
    }
}

view! {
    /// P5: the keys.
    AppKeys in "portal/app_keys.html" {
        /// The head.
        head: AppHead,
        /// Where the app publishes its keys.
        jwks_uri: Option<String>,
        /// The keys.
        keys: Vec<KeyCard>,
        /// Whether the member may change them.
        may_edit: bool,
        /// Where the request for a change of the live app begins, when keys wait for it.
        request: Option<String>,
        /// Its secrets, if it proves itself by one.
        secrets: Option<AppSecrets>,
    }
}

/// The secrets of an app.
pub struct AppSecrets {
    /// Those that are good.
    pub cards: Vec<SecretCard>,
    /// One that was just made.
    pub made: Option<String>,
    /// Does its environment run in this process?
    pub is_here: bool,
    /// May the member make and end them?
    pub may: bool,
    /// Has the app as many as it may have?
    pub is_full: bool,
}

/// One secret; never the secret itself.
pub struct SecretCard {
    /// What names it.
    pub id: String,
    /// What is known of it.
    pub facts: Vec<(String, String)>,
}

view! {
    /// P7: how to try it.
    AppTest in "portal/app_test.html" {
        /// The head.
        head: AppHead,
        /// Whether the member may use the test kit here.
        has_kit: bool,
        /// The sample relying party, filled with this app.
        sample: Option<String>,
        /// What the app must still have for it: the label, the value, and where it is added.
        lacks: Vec<(String, String, String)>,
        /// The inbox of the environment.
        inbox: Option<String>,
        /// Label and value of what an app must know.
        endpoints: Vec<(String, String)>,
        /// A configuration to copy.
        snippet: Option<String>,
        /// How an example of the source tree runs as this app.
        example: Option<String>,
    }
}

view! {
    /// P4: the revisions.
    AppVersions in "portal/app_versions.html" {
        /// The head.
        head: AppHead,
        /// The revisions, newest first.
        revisions: Vec<RevisionLine>,
        /// The revisions to compare: number and time.
        choices: Vec<(String, String)>,
        /// Where older ones are.
        next: Option<String>,
    }
}

view! {
    /// P4: two revisions beside each other, to compare and to restore the older one.
    AppVersion in "portal/app_version.html" {
        /// The head.
        head: AppHead,
        /// What is compared.
        heading: String,
        /// Who saved each of them, when and why.
        sides: Vec<(String, String)>,
        /// What differs.
        lines: Vec<DiffLine>,
        /// What differs in the document as JSON.
        raw: Vec<RawLine>,
        /// Where the older one is saved again.
        restore: Option<String>,
        /// The note of the new revision.
        form: Form,
        /// The version that is shown.
        version: String,
    }
}

view! {
    /// P10: the way to production, and the requests so far.
    AppLaunch in "portal/app_launch.html" {
        /// The head.
        head: AppHead,
        /// Where the next step is done.
        next_href: Option<String>,
        /// What the next step is.
        next_text: String,
        /// The requests.
        launches: Vec<LaunchLine>,
    }
}

view! {
    /// P10: the production checklist.
    Checklist in "portal/checklist.html" {
        /// What probes found.
        probes: ProbePanel,
        /// The head.
        head: AppHead,
        /// How many items are open.
        summary: String,
        /// Whether the member may ask for it.
        may_launch: bool,
        /// The key of the button's words.
        ask_key: &'static str,
        /// Whether it is the sandbox's configuration, judged as if it were for production.
        rehearsal: bool,
        /// Where the configuration for production is made, for who may.
        next_href: Option<String>,
        /// What the configuration must still do.
        open: Vec<RuleLine>,
        /// What comes with the configuration for production, and what others give.
        waits: Vec<RuleLine>,
        /// What the request itself gives.
        later: Vec<RuleLine>,
        /// What is met.
        done: Vec<RuleLine>,
        /// The earliest window.
        earliest: Option<Date>,
        /// Why it is that.
        reasons: Vec<WhyLine>,
    }
}

view! {
    /// P10: what a launch or a change needs to know.
    LaunchForm in "portal/launch_form.html" {
        /// The head.
        head: AppHead,
        /// The key of the heading.
        title_key: &'static str,
        /// Whether it is the first time.
        is_launch: bool,
        /// The earliest window.
        earliest: Option<Date>,
        /// Why it is that.
        reasons: Vec<WhyLine>,
        /// What stopped the submission.
        open: Vec<RuleLine>,
        /// What was typed.
        form: Form,
        /// The agreements of the agency.
        agreements: Vec<AgreementHint>,
        /// The people to name.
        contacts: Vec<ContactFields>,
        /// The rules that a person answers for.
        attestations: Vec<Attestation>,
        /// The day from which the public should use the app.
        grace: String,
        /// The open request whose place it takes.
        replaces: Option<String>,
    }
}

view! {
    /// P10, P11 and O2: one request: its window, its timeline, what it changes, and what the member may do with it.
    Launch in "portal/launch.html" {
        /// Its id.
        id: String,
        /// What probes found.
        probes: ProbePanel,
        /// The app.
        name: String,
        /// Launch or change, and where.
        what: String,
        /// The app's team.
        team: String,
        /// Who wrote it.
        author: String,
        /// Where the app is.
        app_href: String,
        /// Where what was asked is changed.
        edit_href: String,
        /// The state's word.
        state: &'static str,
        /// The state in words.
        mark: Mark,
        /// The key of the window's heading.
        window_key: &'static str,
        /// The window.
        window: String,
        /// The window in words.
        window_words: String,
        /// Whether it is later than wished for.
        is_late: bool,
        /// Why it is that.
        reasons: Vec<WhyLine>,
        /// The version that is shown.
        version: String,
        /// The digest of the document that is shown.
        document_sha256: String,
        /// What the member may do.
        possible: Possible,
        /// Whether there is anything.
        has_actions: bool,
        /// Whether the member decides on it, after looking at everything.
        decides: bool,
        /// Why the member cannot approve.
        why_not_approve: Option<String>,
        /// The reason that was typed.
        form: Form,
        /// Who approved and how many must.
        approvals: String,
        /// What happened.
        timeline: Vec<TimelineRow>,
        /// Whether the window is still to come.
        is_due: bool,
        /// How weighty it is.
        class_words: String,
        /// Until when the programme answers, and whether that is in time.
        answer: Option<(String, Mark)>,
        /// That a newer revision was saved.
        newer: Option<String>,
        /// Where a newer request is written that takes its place.
        replace_href: Option<String>,
        /// The request that took its place.
        superseded_by: Option<String>,
        /// Each difference as a sentence, with its class.
        classed: Vec<(String, Mark)>,
        /// The difference line by line.
        raw: Vec<RawLine>,
        /// The document, where everything is new.
        document_text: String,
        /// What was said of its fields.
        threads: Vec<super::launch::Thread>,
        /// The fields that a comment can be about.
        comment_fields: Vec<(String, String)>,
        /// Whether the member may say something.
        may_comment: bool,
        /// What the agreement says of the app.
        agreement: Vec<(String, String)>,
        /// What differs from what is live.
        diff: Vec<DiffLine>,
        /// Everything, at a first launch.
        groups: Vec<Group>,
        /// What the validator finds now.
        findings: Vec<FindingLine>,
        /// What was asked.
        asked: Vec<(String, String)>,
        /// The agreement.
        agreement_href: Option<String>,
        /// The checklist.
        checklist: Vec<RuleLine>,
        /// Other requests of this app.
        previous: Vec<LaunchLine>,
    }
}

view! {
    /// Asks why.
    Reason in "portal/reason.html" {
        /// The heading.
        title: String,
        /// What will happen.
        what: String,
        /// Where the answer goes.
        action: String,
        /// What is sent along.
        hidden: Vec<(&'static str, String)>,
        /// The reason that was typed.
        form: Form,
        /// The button's words.
        button: String,
        /// Where the member came from.
        back: String,
    }
}

view! {
    /// Asks for a second factor before what needs a fresh one.
    StepUp in "portal/step_up.html" {
        /// Where the member comes back to.
        return_to: String,
    }
}

/// A page of the sign-in, to be shown narrow and wide.
pub struct Shot {
    /// The end of its address.
    pub name: &'static str,
    /// Its title.
    pub title: String,
    /// Where it is.
    pub src: String,
}

/// One app in all its environments.
pub struct AppLine {
    /// Its name.
    pub name: String,
    /// Its short name.
    pub handle: String,
    /// Its team.
    pub team: String,
    /// Where it is.
    pub places: Vec<Place>,
}

/// An unfinished form.
pub struct DraftLine {
    /// Its id.
    pub id: String,
    /// Its name, or the app's name so far.
    pub name: String,
    /// The environment it is for, and the team.
    pub what: String,
    /// Where it goes on.
    pub href: String,
    /// Who saved it last, and when.
    pub changed: String,
}

/// Two people at one draft: what somebody else saved, beside what was typed.
pub struct Conflict {
    /// Who saved it.
    pub who: String,
    /// When.
    pub when: String,
    /// Where both differ: what was typed, and what was saved.
    pub lines: Vec<(Pair, Pair)>,
}

/// A step in the wizard's list.
pub struct StepLink {
    /// Its title.
    pub title: String,
    /// Where it is; empty where it cannot be opened yet.
    pub href: String,
    /// Whether it is shown now.
    pub current: bool,
}

/// The head of an app's pages.
pub struct AppHead {
    /// The name as in the agreement.
    pub name: String,
    /// The name that people see.
    pub friendly_name: String,
    /// The short name.
    pub handle: String,
    /// The team.
    pub team: String,
    /// The environment's name.
    pub environment: String,
    /// Whether a save is live at once.
    pub is_sandbox: bool,
    /// Where it stands.
    pub mark: Mark,
    /// That nobody can sign in to it, and why.
    pub denial: Option<(Mark, String)>,
    /// The start of its addresses.
    pub base: String,
    /// The app in each environment.
    pub places: Vec<Place>,
    /// Its pages.
    pub tabs: Vec<Tab>,
}

/// One key.
pub struct KeyCard {
    /// Kind and size.
    pub kind: String,
    /// What tells it from others.
    pub fingerprint: String,
    /// SHA-256 in hexadecimal: what it is removed by.
    pub sha256: String,
    /// Whether it is good.
    pub mark: Mark,
    /// Whether it can go, and why.
    pub safety: Mark,
    /// Whether removing it asks twice.
    pub asks: bool,
    /// Label and value of what else is known.
    pub facts: Vec<(String, String)>,
}

/// One revision.
pub struct RevisionLine {
    /// Its number.
    pub number: String,
    /// When it was saved.
    pub time: String,
    /// Who saved it.
    pub author: String,
    /// Why.
    pub note: String,
    /// Newest, live.
    pub marks: Vec<Mark>,
    /// What it changed.
    pub changes: Vec<DiffLine>,
    /// Where it is compared with the one before.
    pub compare: Option<String>,
    /// Whether it can be saved again.
    pub may_restore: bool,
}

/// An agreement to choose.
pub struct AgreementHint {
    /// Its number.
    pub number: String,
    /// The apps that it lists.
    pub apps: String,
}

/// The fields of one contact.
pub struct ContactFields {
    /// For what.
    pub title: String,
    /// The name's field.
    pub name: &'static str,
    /// The address's field.
    pub email: &'static str,
    /// The telephone's field.
    pub phone: &'static str,
    /// Whether it must be named.
    pub must: bool,
}

/// A rule that a person answers for.
pub struct Attestation {
    /// Its field.
    pub name: &'static str,
    /// The rule.
    pub sentence: String,
    /// What to do.
    pub how: String,
}

/// One line of a timeline.
pub struct TimelineRow {
    /// When.
    pub time: String,
    /// Who.
    pub actor: String,
    /// What happened.
    pub event: String,
    /// The reason given.
    pub note: String,
}
