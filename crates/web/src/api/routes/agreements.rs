//! Agreements, as far as a launch needs them.

use axum::routing::{get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{PAGED, Route, Who};
use crate::api::agreements;
use crate::shared::route::Needs;

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/agreements",
        summary: "The agreements of one's agencies; staff see all.",
        who: Who::Member(Action::ViewAgreement),
        events: &[],
        query: PAGED,
        body: None,
        answer: (200, Some("AgreementList")),
        handler: || get(agreements::list),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements",
        summary: "Enter an Order; a partner admin for the own agency.",
        who: Who::Member(Action::RequestAgreement),
        events: &[Event::AgreementCreated],
        query: &[],
        body: Some("NewAgreement"),
        answer: (201, Some("Agreement")),
        handler: || post(agreements::create),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements/parse",
        summary: "Take an agreement number apart.",
        who: Who::Member(Action::ViewAgreement),
        events: &[],
        query: &[],
        body: Some("AgreementNumber"),
        answer: (200, Some("NumberParts")),
        handler: || post(agreements::parse),
    },
    Route {
        method: "GET",
        path: "/api/v1/agreements/{number}",
        summary: "One agreement.",
        who: Who::Member(Action::ViewAgreement),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Agreement")),
        handler: || get(agreements::find),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements/{number}/steps",
        summary: "Move an agreement on; back or to its end with a reason.",
        who: Who::MemberBy(Needs::AnyOf(&[
            Action::ManageAgreement,
            Action::ReviewAgreement,
            Action::RequestAgreement,
            Action::SignAgreementForPartner,
        ])),
        events: &[Event::AgreementMoved],
        query: &[],
        body: Some("AgreementStep"),
        answer: (200, Some("Agreement")),
        handler: || post(agreements::step),
    },
    Route {
        method: "POST",
        path: "/api/v1/agreements/{number}/signatures",
        summary: "Record a signature.",
        who: Who::MemberBy(Needs::AnyOf(&[
            Action::SignAgreementForPartner,
            Action::SignAgreementForProvider,
        ])),
        events: &[
            Event::AgreementSignedByPartner,
            Event::AgreementSignedByProvider,
        ],
        query: &[],
        body: Some("NewSignature"),
        answer: (200, Some("Agreement")),
        handler: || post(agreements::sign),
    },
];
