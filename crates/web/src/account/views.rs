//! What the pages of people hold: one plain struct for each template.

use askama::Template;

use crate::shared::page::{Page, View};
pub use crate::shared::problem::Service;

mod methods;
pub use methods::{Method, MethodPage, MethodRemove, PasskeySetup, PasskeyUse};

/// Declares a view: the struct, its template and its frame.
macro_rules! view {
    ($(#[$doc:meta])* $name:ident in $path:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Template)]
        #[template(path = $path)]
        pub struct $name {
            /// The frame.
            pub page: Page,
            $($(#[$field_doc])* pub $field: $kind,)*
        }

        impl View for $name {
            fn page(&self) -> &Page {
                &self.page
            }
        }
    };
}

view! {
    /// C1 and C2: sign in, by e-mail first.
    SignIn in "citizen/sign_in.html" {
        /// The service that asks, if one does.
        app: Option<AppCard>,
        /// What was typed before.
        email: String,
        /// Whether passkeys work at this address.
        passkeys: bool,
    }
}

view! {
    /// Create an account: the e-mail address.
    SignUpEmail in "citizen/sign_up_email.html" {
        /// The service that asks, if one does.
        app: Option<AppCard>,
        /// What was typed before.
        email: String,
    }
}

view! {
    /// C3: the code that was mailed.
    SignUpCheckEmail in "citizen/sign_up_check_email.html" {
        /// Where the mail went.
        email: String,
    }
}

view! {
    /// A mailed link was confirmed in another browser than the one that asked.
    LinkElsewhere in "citizen/link_elsewhere.html" {}
}

view! {
    /// A mailed link was opened; the button does what the link names.
    ConfirmLink in "citizen/confirm_link.html" {
        /// Whether this is the browser that asked for the mail.
        is_here: bool,
        /// The address to confirm.
        email: String,
        /// What the link carried.
        confirmation: String,
    }
}

view! {
    /// C4: choose a password.
    SignUpPassword in "citizen/sign_up_password.html" {
        /// The account's address.
        email: String,
        /// The fewest characters of a password.
        minimum: u64,
    }
}

view! {
    /// C5: choose a second factor.
    FactorChoice in "citizen/factor_choice.html" {}
}

view! {
    /// C6: set up an authenticator app.
    TotpSetup in "citizen/totp_setup.html" {
        /// The QR code as a `data:` address.
        qr: String,
        /// The key in upper-case groups of four.
        key: String,
    }
}

view! {
    /// C4: the password of a known address (or of an unknown one: the page is the same).
    SignInPassword in "citizen/sign_in_password.html" {
        /// The service that asks, if one does.
        app: Option<AppCard>,
        /// The address.
        email: String,
    }
}

view! {
    /// C7: the second factor.
    SecondFactor in "citizen/second_factor.html" {
        /// The service that asks, if one does.
        app: Option<AppCard>,
    }
}

view! {
    /// Too many attempts: until when.
    Locked in "citizen/locked.html" {
        /// The time of day and the day, in the programme's time zone.
        until: String,
        /// The minutes until then.
        minutes: String,
    }
}

view! {
    /// C8: what the service would receive, with the values.
    Consent in "citizen/consent.html" {
        /// The service that asks.
        app: AppCard,
        /// What it would receive.
        attributes: Vec<Shared>,
        /// The addresses of which one is chosen for the service; empty when there is nothing to choose.
        emails: Vec<EmailChoice>,
        /// Would it stay connected when the person is away?
        offline: bool,
        /// Names the request that the page shows.
        request: String,
    }
}

view! {
    /// C10: the account.
    Account in "citizen/account.html" {
        /// The addresses.
        emails: Vec<String>,
        /// The ways to sign in.
        methods: Vec<Method>,
        /// The services that receive something.
        services: Vec<Connected>,
    }
}

view! {
    /// C10: the services that receive something, with what they receive.
    ConnectedServices in "citizen/connected_services.html" {
        /// The services.
        services: Vec<ConnectedService>,
    }
}

view! {
    /// Which address a service receives.
    SharedEmail in "citizen/shared_email.html" {
        /// The service's name.
        service: String,
        /// The addresses to choose from.
        emails: Vec<EmailChoice>,
    }
}

view! {
    /// Asks before a service is disconnected.
    Disconnect in "citizen/disconnect.html" {
        /// The service's name.
        service: String,
    }
}

view! {
    /// The addresses of the account.
    Emails in "citizen/emails.html" {
        /// Those that are confirmed.
        rows: Vec<EmailRow>,
        /// Those that wait for a confirmation.
        waiting: Vec<WaitingEmail>,
        /// What was typed before.
        email: String,
    }
}

view! {
    /// The code that was mailed to a further address.
    ConfirmAddress in "citizen/emails_confirm.html" {
        /// Where the mail went.
        email: String,
        /// Names the address that waits.
        claim: String,
    }
}

view! {
    /// The link that was mailed to a further address: with its button, or what came of it elsewhere.
    OpenAddressLink in "citizen/emails_link.html" {
        /// Whether its person is signed in in this browser.
        is_here: bool,
        /// Whether the button was pressed.
        is_done: bool,
        /// The address to confirm.
        email: String,
        /// What the link carried.
        confirmation: String,
    }
}

view! {
    /// C12: signed out.
    SignedOut in "citizen/signed_out.html" {
        /// The service that asked for the sign-out.
        service: Option<Service>,
    }
}

view! {
    /// Asks before signing out someone whom a service did not name.
    LogoutConfirm in "citizen/logout_confirm.html" {
        /// The service's name.
        service: Option<String>,
        /// What the request carried, sent on with the answer.
        hidden: Vec<(String, String)>,
    }
}

view! {
    /// The inbox of a test-class environment.
    TestInbox in "citizen/test_inbox.html" {
        /// The address that was asked for.
        to: String,
        /// How many messages there are.
        count: u64,
        /// The messages.
        messages: Vec<TestMessage>,
    }
}

/// The service that asks for the sign-in, as people see it.
#[derive(Debug, Clone)]
pub struct AppCard {
    /// The name that people know.
    pub friendly_name: String,
    /// The logo as a `data:` address.
    pub logo: Option<String>,
    /// The help that the agency wrote for this page.
    pub help_text: Option<String>,
    /// The way back to the service.
    pub return_url: Option<String>,
}

/// One attribute that a service would receive.
pub struct Shared {
    /// The attribute's id.
    pub id: String,
    /// Its name in the reader's language.
    pub label: String,
    /// The value.
    pub value: String,
}

impl Shared {
    /// An attribute with its name in the page's language.
    pub fn of(page: &Page, id: &str, value: impl Into<String>) -> Self {
        let label = page
            .words
            .find(&format!("attribute-{}", id.replace(['_', ':'], "-")))
            .unwrap_or_else(|| id.to_owned());
        Self {
            id: id.to_owned(),
            label,
            value: value.into(),
        }
    }
}

/// An address that the person may choose for a service.
pub struct EmailChoice {
    /// Its place in the list.
    pub place: usize,
    /// The address.
    pub email: String,
    /// The one that the service receives now.
    pub is_chosen: bool,
}

/// One confirmed address of the account.
pub struct EmailRow {
    /// Where it stands in the list, from 1.
    pub place: usize,
    /// The address.
    pub email: String,
    /// Whether it is the primary one.
    pub is_primary: bool,
    /// Whether there is no other.
    pub is_only: bool,
}

/// One address that waits for a confirmation.
pub struct WaitingEmail {
    /// Where it stands in the list, from 1.
    pub place: usize,
    /// The address.
    pub email: String,
    /// Where its code is typed.
    pub code_page: String,
}

/// One service that receives something.
pub struct Connected {
    /// Its name.
    pub name: String,
    /// Since which day.
    pub since: String,
}

/// One service with what it receives.
pub struct ConnectedService {
    /// Names it in addresses.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its logo's address.
    pub logo: Option<String>,
    /// The way back to it.
    pub link: Option<String>,
    /// Since which day.
    pub since: String,
    /// When the person last signed in to it.
    pub last: Option<String>,
    /// The level of that.
    pub level: Option<String>,
    /// It stays connected when the person is away.
    pub offline: bool,
    /// What it receives, with the values as they are now.
    pub attributes: Vec<Shared>,
    /// Can another address be chosen?
    pub has_choice: bool,
}

/// One message of the test inbox.
pub struct TestMessage {
    /// Whom it went to.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent.
    pub time: String,
    /// The app that it names and the address of its logo as mail shows it.
    pub logo: Option<MailLogo>,
    /// Its text.
    pub text: String,
    /// Its links, the action's first.
    pub links: Vec<String>,
    /// Its codes, the action's first.
    pub codes: Vec<String>,
}

/// The logo of the app that a mail names.
pub struct MailLogo {
    /// The app's name.
    pub name: String,
    /// Where the picture is.
    pub source: String,
    /// Its width in points.
    pub width: u32,
    /// Its height in points.
    pub height: u32,
}

/// A picture as a `data:` address.
pub fn data_address(media_type: &str, bytes: &[u8]) -> String {
    use base64::Engine as _;
    format!(
        "data:{media_type};base64,{}",
        base64::engine::general_purpose::STANDARD.encode(bytes)
    )
}

/// A QR code of a text as a `data:` address. Nothing if the text is too long for one.
pub fn qr_address(text: &str) -> Option<String> {
    let code = qrcode::QrCode::new(text.as_bytes()).ok()?;
    let svg = code
        .render::<qrcode::render::svg::Color<'_>>()
        .min_dimensions(192, 192)
        .build();
    Some(data_address("image/svg+xml", svg.as_bytes()))
}

#[cfg(test)]
pub(crate) mod samples;
