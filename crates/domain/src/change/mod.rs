//! Change classes: how much a difference needs before it is live.

mod rotation;
mod table;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    application::AppDocument,
    calendar::NoticeKind,
    diff::{DiffKind, DiffLine, diff},
    level::LevelOfService,
    lint::host,
    programme::Programme,
};

pub use rotation::{QUIET, QUIET_DAYS, RotationFacts, RotationStage, RotationStep};
pub use table::{ChangeRule, ChangeRules, ClassRules, PATHS, RETIRE, When};

/// How weighty a change is, the lightest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeClass {
    /// Adds a key beside the old ones, changes the logo or contacts.
    Standard,
    /// Everything between.
    Normal,
    /// Changes what the app may learn, how it is trusted, or where events go.
    Significant,
}

impl ChangeClass {
    /// Every class, the lightest first.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Normal, Self::Significant];

    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Normal => "normal",
            Self::Significant => "significant",
        }
    }
}

/// What a change needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The weightiest class of its lines.
    pub class: ChangeClass,
    /// Which notice it needs.
    pub notice: NoticeKind,
    /// How many people other than the authors must approve.
    pub approvers: u8,
    /// For an automatic change: how many minutes it can be cancelled before it goes live by itself.
    pub automatic_after: Option<u16>,
    /// Each difference with its own class.
    pub lines: Vec<(DiffLine, ChangeClass)>,
}

/// Judges a launch (nothing is live yet) or a change of what is live.
pub fn judge(
    live: Option<&AppDocument>,
    next: &AppDocument,
    programme: &Programme,
    dedicated_domains: &[String],
) -> Judged {
    let Some(live) = live else {
        let verified = next.level_of_service == LevelOfService::IdentityVerified;
        return Judged {
            class: ChangeClass::Significant,
            notice: if next.push_notification_url.is_some() {
                NoticeKind::PushUrl
            } else {
                NoticeKind::New
            },
            // A launch needs one approver, two when it can ask for verified identities.
            approvers: if verified { 2 } else { 1 },
            automatic_after: None,
            lines: Vec::new(),
        };
    };
    let on_approved = |text: &str| is_approved(text, programme, dedicated_domains);
    let lines: Vec<(DiffLine, ChangeClass)> = diff(live, next)
        .into_iter()
        .map(|line| {
            let class = programme.changes.class_of(&line, &on_approved);
            (line, class)
        })
        .collect();
    let class = lines
        .iter()
        .map(|(_, class)| *class)
        .max()
        .unwrap_or(ChangeClass::Standard);
    let needs = programme.changes.needs(class);
    Judged {
        class,
        automatic_after: needs.automatic.then_some(needs.wait_minutes),
        notice: if moves_push_url(live, next) {
            NoticeKind::PushUrl
        } else {
            NoticeKind::Change
        },
        approvers: needs.approvers,
        lines,
    }
}

/// Judges the end of a live app. It is never automatic: nothing brings the app back.
pub fn judge_retirement(reason: &str, programme: &Programme) -> Judged {
    let line = DiffLine {
        path: RETIRE.to_owned(),
        kind: DiffKind::Removed,
        sentence: format!(
            "The app is retired for good: nobody can sign in to it any more. The reason: {reason}"
        ),
        before: None,
        after: None,
    };
    let class = programme.changes.class_of(&line, &|_: &str| true);
    Judged {
        class,
        notice: NoticeKind::Change,
        approvers: programme.changes.needs(class).approvers.max(1),
        automatic_after: None,
        lines: vec![(line, class)],
    }
}

/// Is the push-notification URL new, or does it change its domain?
pub fn moves_push_url(live: &AppDocument, next: &AppDocument) -> bool {
    let host = |document: &AppDocument| document.push_notification_url.as_deref().map(host_of);
    match (host(live), host(next)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(old), Some(new)) => old.is_none() || old != new,
    }
}

/// Addresses on localhost or private schemes have no verified domain.
fn is_approved(text: &str, programme: &Programme, dedicated_domains: &[String]) -> bool {
    host_of(text).is_some_and(|name| {
        host::is_within(
            &name,
            programme
                .domains
                .production_hosts
                .iter()
                .map(String::as_str),
            dedicated_domains,
        )
    })
}

fn host_of(text: &str) -> Option<String> {
    Url::parse(text)
        .ok()?
        .host_str()
        .map(str::to_ascii_lowercase)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{application::Key, attribute::Attribute};

    fn live() -> AppDocument {
        let mut document = AppDocument::example();
        document.push_notification_url = Some("https://push.fisheries.gov/a".into());
        document
    }

    fn check(change: impl FnOnce(&mut AppDocument), class: ChangeClass, notice: NoticeKind) {
        let mut next = live();
        change(&mut next);
        let judged = judge(
            Some(&live()),
            &next,
            &Programme::named("us").unwrap(),
            &["fishing.com".into()],
        );
        assert_eq!(
            (judged.class, judged.notice),
            (class, notice),
            "{:?}",
            judged.lines
        );
        assert_eq!(
            judged.approvers,
            if class == ChangeClass::Significant {
                2
            } else {
                1
            }
        );
    }

    #[test]
    fn classes_come_from_the_difference() {
        use ChangeClass::{Normal, Significant, Standard};
        use NoticeKind::{Change, PushUrl};
        check(|_| {}, Standard, Change);
        check(|d| d.keys.push(Key::Pem("x".into())), Standard, Change);
        check(|d| d.logo = None, Standard, Change);
        check(|d| d.keys.clear(), Normal, Change);
        check(|d| d.friendly_name = "x".into(), Normal, Change);
        check(
            |d| {
                d.oidc
                    .as_mut()
                    .unwrap()
                    .redirect_uris
                    .push("https://a.gov/cb".into())
            },
            Normal,
            Change,
        );
        check(
            |d| {
                d.oidc
                    .as_mut()
                    .unwrap()
                    .redirect_uris
                    .push("https://www.fishing.com/cb".into())
            },
            Normal,
            Change,
        );
        check(
            |d| d.oidc.as_mut().unwrap().redirect_uris.clear(),
            Normal,
            Change,
        );
        check(
            |d| {
                d.oidc
                    .as_mut()
                    .unwrap()
                    .redirect_uris
                    .push("https://a.com/cb".into())
            },
            Significant,
            Change,
        );
        check(
            |d| d.level_of_service = LevelOfService::IdentityVerified,
            Significant,
            Change,
        );
        check(
            |d| d.attributes.push(Attribute::Locale),
            Significant,
            Change,
        );
        check(|d| d.attributes.clear(), Normal, Change);
        check(
            |d| d.push_notification_url = Some("https://push.fisheries.gov/b".into()),
            Significant,
            Change,
        );
        check(
            |d| d.push_notification_url = Some("https://other.gov/a".into()),
            Significant,
            PushUrl,
        );
        check(|d| d.push_notification_url = None, Significant, Change);
    }

    #[test]
    fn the_end_of_an_app_is_never_automatic() {
        for name in ["us", "us-express", "gov-uk"] {
            let judged = judge_retirement("Over.", &Programme::named(name).unwrap());
            assert_eq!(judged.class, ChangeClass::Significant);
            assert_eq!((judged.approvers, judged.automatic_after), (2, None));
        }
    }

    #[test]
    fn a_launch_needs_one_approver_and_two_for_verified_identities() {
        let us = Programme::named("us").unwrap();
        let mut next = AppDocument::example();
        assert_eq!(judge(None, &next, &us, &[]).approvers, 1);
        assert_eq!(judge(None, &next, &us, &[]).notice, NoticeKind::New);
        assert_eq!(judge(None, &live(), &us, &[]).notice, NoticeKind::PushUrl);
        next.level_of_service = LevelOfService::IdentityVerified;
        assert_eq!(judge(None, &next, &us, &[]).approvers, 2);
    }
}
