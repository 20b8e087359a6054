//! What people read who come from an app that is suspended or retired.

use durward_domain::release::{DenialKind, DeniedApp};

use super::page::{Page, view};

view! {
    /// Nobody can sign in to this app: what happened, without blame, and where to turn.
    Closed in "citizen/app_closed.html" {
        /// The name of the app.
        name: String,
        /// Whether its service has ended.
        retired: bool,
        /// A way back to it.
        link: Option<String>,
        /// Its help desk.
        email: Option<String>,
        /// Its help desk's telephone.
        phone: Option<String>,
        /// The stable code.
        code: String,
        /// Where the code is explained.
        explained: Option<String>,
    }
}

impl Closed {
    /// The page of this app.
    pub fn of(app: DeniedApp, code: String, page: Page) -> Self {
        Self {
            page,
            name: app.page.name,
            retired: app.kind == DenialKind::Retired,
            link: app.page.link,
            email: app.page.help_email,
            phone: app.page.help_phone,
            code,
            explained: None,
        }
    }

    /// The same with the page that explains its code.
    #[must_use]
    pub fn explained(mut self, at: Option<String>) -> Self {
        self.explained = at;
        self
    }
}
