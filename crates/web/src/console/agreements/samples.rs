//! The pages of agreements, full and empty.

use askama::Template as _;
use durward_domain::agreement::Warning;

use super::document::Part;
use super::views::{
    AccountLine, Accounts, AgreementDocument, AgreementForm, AgreementPage, FileLine, HistoryLine,
    OverrideLine, PartyFields,
};
use crate::console::views::Listed;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, Mark};
use crate::portal::samples::page;
use crate::shared::i18n::Language;

pub(crate) fn samples(language: Language) -> Vec<String> {
    let pages = [
        show(language, true).render(),
        show(language, false).render(),
        document(language).render(),
        form(language, "order", true).render(),
        form(language, "gtc", false).render(),
        accounts(language, true).render(),
        accounts(language, false).render(),
    ];
    pages.into_iter().map(Result::unwrap_or_default).collect()
}

const NUMBER: &str = "LGABCFY210001-0001-0000";

fn show(language: Language, full: bool) -> AgreementPage {
    let page = page(language, "/agreements");
    let only = |yes: bool| if yes { 1 } else { 0 };
    let words = page.words;
    AgreementPage {
        number: NUMBER.to_owned(),
        kind: "order",
        form_name: words.t("agreement-form-order"),
        agency: "Department of Fisheries · Fisheries Digital".to_owned(),
        mark: Mark::new("good", words.t("standing-active")),
        warnings: vec![
            Warning {
                code: "agreement/incomplete",
                sentence: "The form does not say: TAS. Complete it before it is signed.".to_owned(),
            };
            only(full)
        ],
        parts: vec![(words.t("part-gtc"), "LGABCFY210001".to_owned())],
        facts: vec![(
            words.t("agreement-partner-signature"),
            "Helena Marsh, Director (2026-10-01)".to_owned(),
        )],
        links: vec![
            (
                words.t1("agreement-other-mod", "number", NUMBER),
                "/agreements".to_owned()
            );
            only(full)
        ],
        apps: vec![Listed {
            name: "Fishing Licence".to_owned(),
            mark: Mark::new("news", words.t("level-identity-verified")),
        }],
        launches: Vec::new(),
        may_edit: full,
        sign: full.then(|| ("partner", words.t("agreement-sign-partner"))),
        signer: "Helena Marsh".to_owned(),
        sha256: "0".repeat(64),
        steps: vec![("terminate", words.t("agreement-step-terminate")); only(full)],
        files: if full {
            vec![FileLine {
                id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
                name: "scan.pdf".to_owned(),
                purpose: words.t("agreement-purpose-signed-scan"),
                facts: "1200 B".to_owned(),
            }]
        } else {
            Vec::new()
        },
        may_add: full,
        purposes: vec![("other", words.t("agreement-purpose-other"))],
        history: vec![HistoryLine {
            time: "2026-10-01 09:00 EDT".to_owned(),
            what: words.t("agreement-step-entered"),
            who: "Imogen Hale".to_owned(),
            state: words.t("agreement-state-intake"),
            reason: String::new(),
        }],
        overrides: if full {
            vec![OverrideLine {
                id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0e".to_owned(),
                change: words.t("agreement-state-executed"),
                facts: words.t("agreement-override-open"),
                reason: "Signed on paper.".to_owned(),
                open: true,
                may_confirm: true,
            }]
        } else {
            Vec::new()
        },
        states: vec![("executed", words.t("agreement-state-executed")); only(full)],
        page,
    }
}

fn document(language: Language) -> AgreementDocument {
    AgreementDocument {
        number: NUMBER.to_owned(),
        title: "Order".to_owned(),
        parts: vec![Part {
            heading: "Funding".to_owned(),
            rows: vec![("TAS".to_owned(), "070-2026-0400".to_owned())],
        }],
        page: page(language, "/agreements"),
    }
}

fn form(language: Language, kind: &'static str, is_new: bool) -> AgreementForm {
    let page =
        page(language, "/agreements").with_error("ends", "The period must end after it begins.");
    let words = page.words;
    AgreementForm {
        title: words.t("agreement-new-order"),
        back: "/agreements".to_owned(),
        action: "/agreements/new/order".to_owned(),
        kind,
        is_new,
        agencies: vec![("ABC".to_owned(), "Department of Fisheries".to_owned())],
        gtcs: vec!["LGABCFY210001".to_owned()],
        currency: "USD".to_owned(),
        parties: vec![PartyFields {
            legend: words.t("agreement-requesting"),
            fields: vec![(
                "requesting_name".to_owned(),
                words.t("agreement-party-name"),
                String::new(),
            )],
        }],
        billings: vec![("monthly", words.t("agreement-billing-monthly"))],
        form: Form::plain(Entered::default()),
        page,
    }
}

fn accounts(language: Language, may_write: bool) -> Accounts {
    let page = page(language, "/agreements");
    let words = page.words;
    Accounts {
        lines: vec![AccountLine {
            id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
            name: "Border services".to_owned(),
            office: "DHS-CBP".to_owned(),
            agency: "Department of Fisheries".to_owned(),
            mark: Mark::new("good", words.t("account-staff-active")),
            became: "2026-10-01".to_owned(),
            description: "Traveller services.".to_owned(),
            status: "active",
        }],
        may_write,
        agencies: vec![("ABC".to_owned(), "Department of Fisheries".to_owned())],
        statuses: vec![("active", words.t("account-staff-active"))],
        form: Form::plain(Entered::default()),
        page,
    }
}
