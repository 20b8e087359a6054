//! `[mail]`: where mail goes.

use serde::{Deserialize, Serialize};

use super::{Key, Secret};

/// The mail server. Test-class environments never use it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// The SMTP server, with user name and password if it asks for them.
    pub smtp: Secret,
    /// The sender.
    pub from: String,
}

pub(super) const KEYS: &[Key] = &[
    Key::required_secret(
        "mail.smtp",
        "URL",
        "The mail server: `smtps://user:password@mail.agency.gov` (TLS), `smtp://mail.agency.gov:587?tls=required` (STARTTLS), or `smtp://127.0.0.1:25` for a relay on this machine.",
    ),
    Key::required(
        "mail.from",
        "address",
        "The sender, such as `Sign in <no-reply@agency.gov>`.",
    ),
];
