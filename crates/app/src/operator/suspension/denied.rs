//! The app that is to be denied: what is known of it, and what people are told who come from it.

use durward_domain::application::{AppDocument, ContactKind, Key};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_domain::release::{DenialKind, DenialPage};
use durward_store::denials::DeniedRow;
use durward_store::{apps, releases};
use jiff::Timestamp;

use super::SuspensionDenied;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::partner::apps::document_of;
use crate::partner::steps::By;

/// An app in an environment that has it, or had it.
pub(super) struct AppAt {
    pub(super) team: String,
    handle: String,
    environment: EnvironmentName,
    /// As the environment serves it, or else as it is saved.
    document: AppDocument,
    /// The thumbprints of every key that a revision of it had.
    keys: Vec<String>,
    publishes_keys: bool,
}

impl AppAt {
    /// An app that the member may see.
    pub(super) async fn seen(
        keeper: &Keeper,
        member: &Member,
        handle: &str,
        environment: EnvironmentName,
    ) -> Result<Self, Failure<SuspensionDenied>> {
        let app = Self::find(keeper, handle, environment).await?;
        if member.reaches(Action::ViewApp, Belongs::ToTeam(&app.team)) {
            Ok(app)
        } else {
            Err(Failure::Refused(SuspensionDenied::NotFound))
        }
    }

    pub(super) async fn find(
        keeper: &Keeper,
        handle: &str,
        environment: EnvironmentName,
    ) -> Result<Self, Failure<SuspensionDenied>> {
        let (name, place) = (handle.to_owned(), environment.as_str());
        let (team, live, revisions) = keeper
            .store
            .read(move |c| {
                Ok((
                    apps::team_of(c, &name)?,
                    releases::app_in(c, place, &name)?.map(|(revision, _)| revision),
                    apps::revisions_of(c, &name, place)?,
                ))
            })
            .await?;
        let shown = revisions
            .iter()
            .find(|row| Some(&row.revision_id) == live.as_ref())
            .or_else(|| revisions.first());
        let (Some(team), Some(shown)) = (team, shown) else {
            return Err(Failure::Refused(SuspensionDenied::NotFound));
        };
        let document = document_of(&shown.document)?;
        let mut keys = Vec::new();
        let mut publishes_keys = false;
        for row in &revisions {
            let document = document_of(&row.document)?;
            keys.extend(document.keys.iter().map(Key::fingerprint));
            publishes_keys |= document.oidc.is_some_and(|oidc| oidc.jwks_uri.is_some());
        }
        Ok(Self {
            team,
            handle: handle.to_owned(),
            environment,
            document,
            keys,
            publishes_keys,
        })
    }

    /// Whether a key of this thumbprint is or was the app's. What it publishes at an address of its own is not known here.
    pub(super) fn knows_key(&self, thumbprint: &str) -> bool {
        let well_formed = thumbprint.len() == THUMBPRINT
            && thumbprint
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        self.keys.iter().any(|key| key == thumbprint) || (self.publishes_keys && well_formed)
    }

    /// The row of its denial.
    pub(super) fn row(
        &self,
        denial_id: String,
        kind: DenialKind,
        (since, until): (Timestamp, Option<Timestamp>),
        by: &By,
    ) -> Result<DeniedRow, Fault> {
        let page = serde_json::to_string(&page_of(&self.document))
            .map_err(|_| Fault::internal("a page cannot be written down"))?;
        Ok(DeniedRow {
            denial_id,
            environment: self.environment.as_str().to_owned(),
            handle: self.handle.clone(),
            issuer: self.document.issuer.clone(),
            kind: kind.as_str().to_owned(),
            page,
            reason: by.note.clone(),
            actor: by.actor.id().to_owned(),
            since_us: since.as_microsecond(),
            until_us: until.map(Timestamp::as_microsecond),
            ended_us: None,
            ended_by: String::new(),
            ended_reason: String::new(),
        })
    }
}

/// What people are told who come from this app: its name, a way back and its help desk, never a person's name.
fn page_of(document: &AppDocument) -> DenialPage {
    let desk = document
        .contacts
        .iter()
        .find(|contact| contact.kind == ContactKind::HelpDesk);
    let said = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    DenialPage {
        name: document.friendly_name.clone(),
        link: document.return_to_app_url.clone(),
        help_email: desk.and_then(|desk| said(&desk.email)),
        help_phone: desk.and_then(|desk| said(&desk.phone)),
    }
}

/// How long an RFC 7638 thumbprint is.
const THUMBPRINT: usize = 43;
