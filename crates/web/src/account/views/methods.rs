//! Passkeys, and the methods of an account one by one.

use super::AppCard;
use crate::shared::page::view;

view! {
    /// C6: add a passkey or a security key.
    PasskeySetup in "citizen/passkey_setup.html" {
        /// What the browser is asked, as JSON.
        options: String,
        /// The name that was typed before.
        typed: String,
    }
}

view! {
    /// C2: a passkey or a security key as the second factor.
    PasskeyUse in "citizen/passkey_use.html" {
        /// The service that asks, if one does.
        app: Option<AppCard>,
        /// What the browser is asked, as JSON.
        options: String,
        /// The person has another method.
        other: bool,
    }
}

view! {
    /// C10: one method, with its name.
    MethodPage in "citizen/method.html" {
        /// The method.
        method: Method,
        /// The name as typed.
        typed: String,
    }
}

view! {
    /// C10: remove a method?
    MethodRemove in "citizen/method_remove.html" {
        /// The method.
        method: Method,
    }
}

/// One way to sign in.
pub struct Method {
    /// Its id in addresses.
    pub id: String,
    /// The name that the person gave it, or what it is.
    pub name: String,
    /// The name that the person gave it, or nothing.
    pub own_name: String,
    /// What it is.
    pub kind: String,
    /// The day it was added.
    pub added: String,
    /// The day it was last used.
    pub used: Option<String>,
    /// It is the only one.
    pub last: bool,
}
