//! What the pages of the programme's staff, and those that partners share with them, hold.

use crate::shared::i18n::Words;
use durward_domain::diff::DiffLine;
use durward_domain::token_scope::TokenScope;

use crate::portal::overview::{BurnLine, NeedLine};
use crate::portal::parts::{Form, LaunchLine, Mark, Tab};
use crate::portal::reasons::WhyLine;
use crate::shared::page::view;
use crate::shared::picture::Picture;

view! {
    /// O1: the next window, the queue, what is due.
    Today in "console/today.html" {
        /// The keeper's day.
        today: String,
        /// The keeper's day in words.
        today_words: String,
        /// What needs the reader.
        needs: Vec<NeedLine>,
        /// The next window.
        window: String,
        /// The next window in words.
        window_words: String,
        /// Why it is a window.
        window_reason: String,
        /// What ships in it.
        ships: Option<Picture>,
        /// Where apps stand.
        board: Option<Picture>,
        /// How long requests took.
        lead: Option<Picture>,
        /// The orders that use most of their estimates.
        burns: Vec<BurnLine>,
        /// The last releases of production.
        releases: Vec<ReleaseLine>,
    }
}

view! {
    /// O2: the queue.
    Reviews in "console/reviews.html" {
        /// In how many working days a request is answered.
        promise: String,
        /// How many are not.
        overdue: String,
        /// What waits for a review.
        rows: Vec<ReviewLine>,
        /// What was decided.
        launches: Vec<LaunchLine>,
    }
}

/// A request that waits for a review.
pub struct ReviewLine {
    /// The request.
    pub launch: LaunchLine,
    /// The last day on which it is answered in time.
    pub due: String,
    /// How long it has waited.
    pub waited: String,
    /// Whether it is in time.
    pub clock: Mark,
}

view! {
    /// O3: the calendar, and why a date is what it is.
    CalendarPage in "console/calendar.html" {
        /// The ways to look at it.
        tabs: Vec<Tab>,
        /// Whether it is one month, with its days as a list.
        is_month: bool,
        /// The rule in a sentence.
        rule: String,
        /// The day of a submission.
        submitted: String,
        /// Whether a push-notification URL has a new domain.
        push_url: bool,
        /// The earliest window.
        earliest: Option<String>,
        /// The earliest window in words.
        earliest_words: String,
        /// Why it is that.
        reasons: Vec<WhyLine>,
        /// The letters and names of the weekdays.
        weekdays: Vec<(String, String)>,
        /// The months.
        months: Vec<Month>,
        /// Where earlier months are.
        before: Option<String>,
        /// Where later months are.
        after: String,
        /// The same as a table.
        rows: Vec<CalendarRow>,
    }
}

view! {
    /// O4: the releases of an environment.
    Releases in "console/releases.html" {
        /// The environments.
        tabs: Vec<Tab>,
        /// The releases, newest first.
        releases: Vec<ReleaseLine>,
    }
}

view! {
    /// O4: one release.
    Release in "console/release.html" {
        /// Its id.
        id: String,
        /// Its heading.
        title: String,
        /// The environment's name.
        environment: String,
        /// When it was made.
        time: String,
        /// Where it stands.
        mark: Mark,
        /// Why it was made.
        reason: String,
        /// Where the list is.
        back: String,
        /// Label and value of what it says of itself.
        facts: Vec<(String, String)>,
        /// What it changed.
        changes: Vec<ChangeCard>,
        /// Whether it can be deployed again.
        may_deploy: bool,
        /// Whether the whole environment can be rolled back to it.
        may_go_back: bool,
    }
}

view! {
    /// O5: the environments, and where portal and environment differ.
    Environments in "console/environments.html" {
        /// Deployed, portal, agreement.
        picture: Option<Picture>,
        /// The environments.
        environments: Vec<EnvironmentCard>,
        /// The apps.
        drift: Vec<DriftRow>,
        /// What must not differ and does.
        differences: Vec<Difference>,
        /// How many more there are.
        more_differences: Option<String>,
        /// The environments that a new release repairs: id and name.
        repairs: Vec<(&'static str, String)>,
        /// Where more of them are.
        next: Option<String>,
    }
}

view! {
    /// O6 and P9: the agreements.
    Agreements in "console/agreements.html" {
        /// The General Terms and Conditions.
        gtcs: Vec<AgreementCard>,
        /// The Orders.
        agreements: Vec<AgreementCard>,
        /// Whether the member may enter one.
        may_ask: bool,
    }
}

view! {
    /// O10: the audit record.
    Audit in "console/audit.html" {
        /// What was looked for.
        form: Form,
        /// What the verification found.
        result: Option<Verified>,
        /// The entries, newest first.
        entries: Vec<AuditRow>,
    }
}

view! {
    /// P12: tokens for programs.
    Tokens in "console/tokens.html" {
        /// The new token, shown once.
        secret: Option<String>,
        /// The portal's address.
        api: String,
        /// What was typed.
        form: Form,
        /// The lives to choose from, in days.
        days: Vec<u64>,
        /// The teams to choose from.
        teams: Vec<String>,
        /// The scopes to choose from.
        scopes: Vec<Scope>,
        /// The tokens.
        tokens: Vec<TokenRow>,
    }
}

view! {
    /// The demonstration's addresses, people and clock.
    Demo in "console/demo.html" {
        /// The keeper's time.
        now: String,
        /// The keeper's time in words.
        now_words: String,
        /// Whether the visitor may move the clock.
        may_move_clock: bool,
        /// Where the clock is moved to.
        form: Form,
        /// The next window.
        next_window: String,
        /// Label and address.
        addresses: Vec<(String, String)>,
        /// The people, by what they are.
        groups: Vec<People>,
    }
}

view! {
    /// The mail of the demonstration's environments.
    Inbox in "console/inbox.html" {
        /// The address that was asked for.
        to: String,
        /// Where answers are taken.
        smtp: String,
        /// How many messages there are.
        count: u64,
        /// The messages.
        messages: Vec<Message>,
    }
}

/// One month.
pub struct Month {
    /// Its name and year.
    pub title: String,
    /// Its weeks, Monday first.
    pub weeks: Vec<Vec<Day>>,
}

/// One day of a month; without number where the week reaches into another month.
#[derive(Default)]
pub struct Day {
    /// Its number.
    pub number: String,
    /// How it looks.
    pub class: String,
    /// What it is, for those who cannot see it.
    pub words: String,
}

/// One day of the table.
pub struct CalendarRow {
    /// `window`, `moved`, `promised`, `holiday`, `freeze` or `peak`.
    pub kind: &'static str,
    /// The day.
    pub date: String,
    /// The day in words.
    pub words: String,
    /// What it is.
    pub mark: Mark,
    /// Why.
    pub reason: String,
    /// The requests that go live on it.
    pub links: Vec<(String, String)>,
}

/// One release in a list.
pub struct ReleaseLine {
    /// Its id.
    pub id: String,
    /// Its place in the sequence.
    pub sequence: String,
    /// When it was made.
    pub time: String,
    /// Where it stands.
    pub mark: Mark,
    /// Why it was made.
    pub reason: String,
    /// The apps that it changed.
    pub apps: String,
    /// Who caused it.
    pub author: String,
}

/// What a release changed of one app.
pub struct ChangeCard {
    /// That nobody can sign in to it, whatever is released.
    pub denied: Option<String>,
    /// The app.
    pub handle: String,
    /// Where the app is.
    pub href: String,
    /// From which revision to which.
    pub words: String,
    /// What differs.
    pub diff: Vec<DiffLine>,
    /// Whether it can be rolled back.
    pub may_roll_back: bool,
}

/// One environment.
pub struct EnvironmentCard {
    /// Its id.
    pub id: &'static str,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub mark: Mark,
    /// The sequence that it serves.
    pub served: String,
    /// The newest sequence that the portal has made.
    pub newest: String,
    /// How many apps it has.
    pub apps: String,
    /// Its issuer.
    pub issuer: String,
    /// Label and value of what else is known of it.
    pub more: Vec<(String, String)>,
}

/// What differs of one app in one environment.
pub struct Difference {
    /// The app.
    pub app: String,
    /// Where it is shown.
    pub href: String,
    /// The environment's name.
    pub environment: String,
    /// What differs.
    pub words: String,
    /// How it is repaired.
    pub repair: String,
}

/// One app in all environments.
pub struct DriftRow {
    /// Its name.
    pub name: String,
    /// Its short name.
    pub handle: String,
    /// One cell for each environment.
    pub cells: Vec<DriftCell>,
}

/// One app in one environment.
pub struct DriftCell {
    /// Saved and live revision.
    pub words: String,
    /// Where it is.
    pub href: Option<String>,
    /// Whether they differ.
    pub mark: Option<Mark>,
}

/// One agreement in a list.
pub struct AgreementCard {
    /// Its number.
    pub number: String,
    /// The agency and its office.
    pub agency: String,
    /// Where it stands.
    pub mark: Mark,
    /// The first day of its period.
    pub start: String,
    /// The last day of its period.
    pub end: String,
    /// The apps that it lists.
    pub apps: String,
}

/// An app that an agreement lists.
pub struct Listed {
    /// Its name.
    pub name: String,
    /// The level that is covered.
    pub mark: Mark,
}

/// What a verification found.
pub struct Verified {
    /// Good or not.
    pub mark: Mark,
    /// The sentence.
    pub text: String,
}

/// One entry of the audit record.
pub struct AuditRow {
    /// When.
    pub time: String,
    /// What happened.
    pub event: String,
    /// To what.
    pub subject: String,
    /// Who did it.
    pub actor: String,
    /// In which request.
    pub request: String,
}

/// One token.
pub struct TokenRow {
    /// What names it.
    pub id: String,
    /// What its owner called it.
    pub name: String,
    /// Whether it is good.
    pub mark: Mark,
    /// Made, used, good until.
    pub words: String,
    /// The team and the scopes that it is limited to.
    pub limits: Vec<String>,
    /// Whether it can be revoked.
    pub is_live: bool,
}

/// A scope to choose.
pub struct Scope {
    /// Its name in the API.
    pub name: &'static str,
    /// What it allows.
    pub words: String,
}

impl Scope {
    /// A scope in the words of a language.
    pub fn of(words: Words, scope: TokenScope) -> Self {
        let key = match scope {
            TokenScope::AppsRead => "scope-apps-read",
            TokenScope::AppsWrite => "scope-apps-write",
            TokenScope::LaunchesRead => "scope-launches-read",
            TokenScope::LaunchesWrite => "scope-launches-write",
            TokenScope::RequestsRead => "scope-requests-read",
            TokenScope::TeamRead => "scope-team-read",
            TokenScope::Partnerships => "scope-partnerships",
            TokenScope::TestKit => "scope-test-kit",
        };
        Self {
            name: scope.as_str(),
            words: words.t(key),
        }
    }
}

/// People of the demonstration.
pub struct People {
    /// What they are.
    pub title: String,
    /// The people.
    pub people: Vec<DemoPerson>,
}

/// One person of the demonstration.
pub struct DemoPerson {
    /// What they are.
    pub role: String,
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The key of the authenticator.
    pub totp_secret: String,
    /// The code that is good now.
    pub code: String,
}

/// One mail.
pub struct Message {
    /// The environment that sent it.
    pub from: String,
    /// Whom it went to.
    pub to: String,
    /// Where answers go; empty where nobody reads them.
    pub answer_to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent.
    pub time: String,
    /// Its text.
    pub text: String,
    /// Its links.
    pub links: Vec<String>,
    /// Its codes.
    pub codes: Vec<String>,
}
