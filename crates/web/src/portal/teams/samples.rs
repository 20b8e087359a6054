//! A sample of each page of teams, for the test that renders them all.

use askama::Template as _;

use super::views::*;
use crate::portal::entered::Entered;
use crate::portal::parts::Form;
use crate::portal::samples::page;
use crate::shared::i18n::Language;

/// Every view of this area.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let frame = || page(language, "/team");
    let words = frame().words;
    let admin = words.t("role-partner-admin");
    let invited = || {
        vec![Invited {
            id: "1".into(),
            team: "Harbours".into(),
            who: "Ada Marsh".into(),
        }]
    };
    let list = Teams {
        page: frame(),
        teams: vec![TeamCard {
            handle: "fisheries-digital".into(),
            name: "Fisheries Digital".into(),
            agency: "Department of Fisheries".into(),
            sandbox: admin.clone(),
            production: words.t("role-none"),
        }],
        invitations: invited(),
        may_create: true,
    };
    let new = NewTeamPage {
        page: frame().with_error("team_name", "A name has 2 to 100 letters."),
        form: Form::plain(Entered::default()),
        agencies: vec![("1".into(), "Department of Fisheries".into())],
    };
    let choice = |value: &str| vec![(value.to_owned(), admin.clone(), true)];
    let team = TeamPage {
        page: frame(),
        partnerships: vec![crate::partnership::samples::card(frame().words)],
        back: "/team",
        handle: "fisheries-digital".into(),
        name: "Fisheries Digital".into(),
        description: "Licences of the coast.".into(),
        agency: "Department of Fisheries".into(),
        apps: "2".into(),
        domains: "fishing.gov".into(),
        belongs: true,
        no_production: true,
        members: Some(vec![MemberCard {
            id: "1".into(),
            name: "Robin Quill".into(),
            email: "robin.quill@fisheries.gov".into(),
            seen: words.t("seen-never"),
            sandbox: admin.clone(),
            production: admin.clone(),
            own: false,
            may_edit: true,
            may_sandbox: true,
            may_production: true,
            sandbox_choices: choice("partner_admin"),
            production_choices: choice("partner_admin"),
        }]),
        invitations: vec![InvitationLine {
            id: "2".into(),
            email: "ada.marsh@fisheries.gov".into(),
            what: admin.clone(),
        }],
        form: Form::plain(Entered::default()),
        sandbox_choices: vec![("partner_admin", admin.clone())],
        production_choices: vec![("partner_readonly", words.t("role-partner-readonly"))],
        may_app: true,
        may_sandbox: true,
        may_production: true,
        may_invite: true,
        may_manage: true,
        may_review: true,
        may_agency: true,
    };
    let invitation = InvitationPage {
        page: frame(),
        id: "1".into(),
        team: "Harbours".into(),
        agency: "Harbour Authority".into(),
        who: "Ada Marsh".into(),
        sandbox: admin.clone(),
        production: words.t("role-none"),
        expires: "2026-11-17 12:00 EST".into(),
    };
    let moving = |changes| MovePage {
        page: frame(),
        data_page: "portal-transfer",
        title: words.t1("transfer-title", "app", "fishing-licence"),
        what: words.t("transfer-what"),
        back: "/".into(),
        action: "/transfer/fishing-licence".into(),
        label: words.t("partners-team"),
        targets: vec![("harbours".into(), "Harbours".into())],
        target: "harbours".into(),
        target_name: "Harbours".into(),
        changes,
        total: 2,
        button: words.t("transfer-button"),
    };
    let counted = vec![(words.t("environment-sandbox"), "1".into(), "2".into())];
    let not_invited = NotInvited {
        page: frame(),
        domains: ".gov, .mil".into(),
        account: "http://localhost:8403/".into(),
    };
    [
        list.render(),
        new.render(),
        team.render(),
        invitation.render(),
        moving(None).render(),
        moving(Some(counted)).render(),
        not_invited.render(),
    ]
    .map(Result::unwrap_or_default)
    .into()
}
