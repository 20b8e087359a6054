//! What the pages of agreements show.

use durward_domain::agreement::Warning;

use super::document::Part;
use crate::console::views::Listed;
use crate::portal::parts::{Form, LaunchLine, Mark};
use crate::shared::page::view;

view! {
    /// O6 and P9: one agreement.
    AgreementPage in "console/agreement.html" {
        /// Its number.
        number: String,
        /// `order` or `gtc`.
        kind: &'static str,
        /// Which form it is.
        form_name: String,
        /// The agency and its office.
        agency: String,
        /// Where it stands.
        mark: Mark,
        /// What is odd about it.
        warnings: Vec<Warning>,
        /// Label and value of the parts of the number.
        parts: Vec<(String, String)>,
        /// Label and value of the rest.
        facts: Vec<(String, String)>,
        /// Words and address of its GT&C, its Orders and its other Mods.
        links: Vec<(String, String)>,
        /// The apps that it lists.
        apps: Vec<Listed>,
        /// The requests under it.
        launches: Vec<LaunchLine>,
        /// Whether its words may be changed by the member.
        may_edit: bool,
        /// The side that the member may sign for now, and the words of the button.
        sign: Option<(&'static str, String)>,
        /// The member's name, to sign with.
        signer: String,
        /// SHA-256 of what is signed.
        sha256: String,
        /// The steps that the member may take: id and words.
        steps: Vec<(&'static str, String)>,
        /// Its files.
        files: Vec<FileLine>,
        /// Whether the member may add one.
        may_add: bool,
        /// What a file can be for: id and words.
        purposes: Vec<(&'static str, String)>,
        /// What happened to it.
        history: Vec<HistoryLine>,
        /// Its overrides.
        overrides: Vec<OverrideLine>,
        /// The states to ask for; empty for who may not override.
        states: Vec<(&'static str, String)>,
    }
}

view! {
    /// The document itself, to be read and printed.
    AgreementDocument in "console/agreement_document.html" {
        /// Its number.
        number: String,
        /// Its heading.
        title: String,
        /// Its parts.
        parts: Vec<Part>,
    }
}

view! {
    /// A new document, or the words of an open one.
    AgreementForm in "console/agreement_form.html" {
        /// The heading.
        title: String,
        /// Where it leads back to.
        back: String,
        /// Where it is sent.
        action: String,
        /// `order` or `gtc`.
        kind: &'static str,
        /// Whether it is a new one.
        is_new: bool,
        /// The agencies to choose from: letters and name.
        agencies: Vec<(String, String)>,
        /// The GT&Cs to choose from.
        gtcs: Vec<String>,
        /// Both parties of a GT&C.
        parties: Vec<PartyFields>,
        /// The currency of amounts.
        currency: String,
        /// How often invoices are written: id and words.
        billings: Vec<(&'static str, String)>,
        /// What was typed.
        form: Form,
    }
}

view! {
    /// Partner accounts.
    Accounts in "console/partner_accounts.html" {
        /// The accounts.
        lines: Vec<AccountLine>,
        /// Whether the member may write them.
        may_write: bool,
        /// The agencies to choose from: letters and name.
        agencies: Vec<(String, String)>,
        /// Where a partnership can stand: id and words.
        statuses: Vec<(&'static str, String)>,
        /// What was typed.
        form: Form,
    }
}

/// The fields of one party.
pub struct PartyFields {
    /// Which party.
    pub legend: String,
    /// Name, words and value of each field.
    pub fields: Vec<(String, String, String)>,
}

/// One file.
pub struct FileLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// Size, digest, who and when.
    pub facts: String,
}

/// One entry of the history.
pub struct HistoryLine {
    /// When.
    pub time: String,
    /// What.
    pub what: String,
    /// Who.
    pub who: String,
    /// The state afterwards.
    pub state: String,
    /// Why.
    pub reason: String,
}

/// One override.
pub struct OverrideLine {
    /// Its id.
    pub id: String,
    /// What changes.
    pub change: String,
    /// Who asked, who decided.
    pub facts: String,
    /// Why.
    pub reason: String,
    /// Whether it waits.
    pub open: bool,
    /// Whether the member may confirm it.
    pub may_confirm: bool,
}

/// One partner account.
pub struct AccountLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Agency and office.
    pub office: String,
    /// The agency.
    pub agency: String,
    /// Where the partnership stands, as the reader is told.
    pub mark: Mark,
    /// Since when.
    pub became: String,
    /// What it is.
    pub description: String,
    /// The status's id.
    pub status: &'static str,
}
