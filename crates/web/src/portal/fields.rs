//! The fields of an app's form: in which step each stands, and where it is in the document.

use std::borrow::Cow;

/// A step of the wizard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Names and team.
    Settings,
    /// OpenID Connect or SAML.
    Protocol,
    /// Level of service, strength and attributes.
    Authentication,
    /// The client id.
    Issuer,
    /// Logo and public keys.
    LogoAndKeys,
    /// Addresses.
    Redirects,
    /// The agency's own words.
    HelpText,
    /// Whom to write to.
    Contacts,
    /// Look at everything, and save.
    Check,
}

impl Step {
    /// Every step in order.
    pub const ALL: [Self; 9] = [
        Self::Settings,
        Self::Protocol,
        Self::Authentication,
        Self::Issuer,
        Self::LogoAndKeys,
        Self::Redirects,
        Self::HelpText,
        Self::Contacts,
        Self::Check,
    ];

    /// The end of its address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Protocol => "protocol",
            Self::Authentication => "authentication",
            Self::Issuer => "issuer",
            Self::LogoAndKeys => "logo-and-keys",
            Self::Redirects => "redirects",
            Self::HelpText => "help-text",
            Self::Contacts => "contacts",
            Self::Check => "check",
        }
    }

    /// The key of its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Settings => "step-settings",
            Self::Protocol => "step-protocol",
            Self::Authentication => "step-authentication",
            Self::Issuer => "step-issuer",
            Self::LogoAndKeys => "step-logo-and-keys",
            Self::Redirects => "step-redirects",
            Self::HelpText => "step-help-text",
            Self::Contacts => "step-contacts",
            Self::Check => "step-check",
        }
    }

    /// Reads the end of an address.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// Its place, counted from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The step after it.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// The step before it.
    pub fn before(self) -> Option<Self> {
        Self::ALL.get(self.number().checked_sub(2)?).copied()
    }
}

/// How a field is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines.
    Area,
    /// Several values, each in a line of its own.
    List,
    /// One of several.
    Choice,
    /// One box to tick.
    Box,
    /// Several boxes to tick.
    Boxes,
    /// Keys: text and file.
    Keys,
    /// A picture.
    Logo,
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// Its name and id.
    pub name: &'static str,
    /// Its step.
    pub step: Step,
    /// Its place in the document, as a JSON Pointer.
    pub pointer: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// How it is sent.
    pub kind: Kind,
    /// Whether it belongs to one environment and is never carried to another.
    pub own_to_environment: bool,
}

/// The field that a JSON Pointer of a finding belongs to.
pub fn at(pointer: &str) -> Option<&'static Field> {
    FIELDS
        .iter()
        .filter(|field| {
            pointer
                .strip_prefix(field.pointer)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|field| field.pointer.len())
}

/// The id of the control that a JSON Pointer of a finding belongs to: of a list, the line.
pub fn id_at(field: &'static Field, pointer: &str) -> Cow<'static, str> {
    let line = pointer
        .strip_prefix(field.pointer)
        .and_then(|rest| rest.strip_prefix('/'))
        .and_then(|rest| rest.parse::<usize>().ok());
    match line {
        Some(line) if field.kind == Kind::List => line_id(field.name, line),
        _ => Cow::Borrowed(field.name),
    }
}

/// The id of one line of a list, counted from 0; the first has the id of the list.
pub fn line_id(name: &'static str, line: usize) -> Cow<'static, str> {
    match line {
        0 => Cow::Borrowed(name),
        line => Cow::Owned(format!("{name}_{}", line + 1)),
    }
}

/// How the name of a policy's field begins.
pub const POLICY: &str = "policy_";

/// The fields that say what an app has instead of its programme's policies.
pub fn policies() -> impl Iterator<Item = &'static Field> {
    FIELDS.iter().filter(|field| field.name.starts_with(POLICY))
}

/// The field of this name.
pub fn named(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

macro_rules! fields {
    ($($step:ident $kind:ident $name:literal $pointer:literal $label:literal $($own:ident)?;)+) => {
        /// Every field, in the order of the form.
        pub static FIELDS: &[Field] = &[$(Field {
            name: $name,
            step: Step::$step,
            pointer: $pointer,
            label: $label,
            kind: Kind::$kind,
            own_to_environment: fields!(@$($own)?),
        },)+];
    };
    (@own) => { true };
    (@) => { false };
}

fields! {
    Settings Choice "environment" "/environment" "f-environment";
    Settings Text "app_name" "/app_name" "f-app-name";
    Settings Text "friendly_name" "/friendly_name" "f-friendly-name";
    Settings Area "description" "/description" "f-description";
    Settings Choice "team" "/team" "f-team";
    Settings Text "handle" "/handle" "f-handle";
    Protocol Choice "protocol" "/protocol" "f-protocol";
    Protocol Choice "token_endpoint_auth_method" "/oidc/token_endpoint_auth_method" "f-auth-method";
    Protocol Boxes "grant_types" "/oidc/grant_types" "f-grant-types";
    Protocol Choice "id_token_signed_response_alg" "/oidc/id_token_signed_response_alg" "f-id-token-alg";
    Protocol Choice "id_token_encrypted_response_alg" "/oidc/id_token_encrypted_response_alg" "f-id-token-encrypted";
    Protocol Choice "id_token_encrypted_response_enc" "/oidc/id_token_encrypted_response_enc" "f-id-token-content";
    Protocol Choice "userinfo_signed_response_alg" "/oidc/userinfo_signed_response_alg" "f-userinfo-signed";
    Protocol Choice "userinfo_encrypted_response_alg" "/oidc/userinfo_encrypted_response_alg" "f-userinfo-encrypted";
    Protocol Choice "userinfo_encrypted_response_enc" "/oidc/userinfo_encrypted_response_enc" "f-userinfo-content";
    Protocol Choice "access_token_format" "/oidc/access_token_format" "f-access-token";
    Protocol Box "require_par" "/oidc/require_par" "f-par";
    Protocol Box "require_signed_request_object" "/oidc/require_signed_request_object" "f-jar";
    Protocol Box "dpop_bound_access_tokens" "/oidc/dpop_bound_access_tokens" "f-dpop";
    Protocol Box "fapi2" "/oidc/fapi2" "f-fapi2";
    Protocol Text "policy_min_state_length" "/oidc/policies/min_state_length" "f-policy-min-state-length";
    Protocol Text "policy_min_nonce_length" "/oidc/policies/min_nonce_length" "f-policy-min-nonce-length";
    Protocol Choice "policy_require_nonce" "/oidc/policies/require_nonce" "f-policy-require-nonce";
    Protocol Choice "policy_require_acr_values" "/oidc/policies/require_acr_values" "f-policy-require-acr-values";
    Protocol Choice "policy_require_pkce" "/oidc/policies/require_pkce" "f-policy-require-pkce";
    Protocol Text "policy_auth_methods" "/oidc/policies/auth_methods" "f-policy-auth-methods";
    Protocol Text "policy_prompts" "/oidc/policies/prompts" "f-policy-prompts";
    Protocol Text "policy_assertion_seconds" "/oidc/policies/assertion_seconds" "f-policy-assertion-seconds";
    Protocol Text "policy_code_seconds" "/oidc/policies/code_seconds" "f-policy-code-seconds";
    Protocol Text "policy_access_token_seconds" "/oidc/policies/access_token_seconds" "f-policy-access-token-seconds";
    Protocol Text "policy_id_token_seconds" "/oidc/policies/id_token_seconds" "f-policy-id-token-seconds";
    Protocol Text "policy_refresh_token_seconds" "/oidc/policies/refresh_token_seconds" "f-policy-refresh-token-seconds";
    Protocol Choice "policy_claims_in_id_token" "/oidc/policies/claims_in_id_token" "f-policy-claims-in-id-token";
    Authentication Choice "level_of_service" "/level_of_service" "f-level";
    Authentication Choice "default_aal" "/default_aal" "f-aal";
    Authentication Boxes "attributes" "/attributes" "f-attributes";
    Authentication Text "justification_email" "/attribute_justifications/email" "f-justification";
    Authentication Text "justification_all_emails" "/attribute_justifications/all_emails" "f-justification";
    Authentication Text "justification_locale" "/attribute_justifications/locale" "f-justification";
    Authentication Text "justification_verified_at" "/attribute_justifications/verified_at" "f-justification";
    Authentication Text "justification_x509_subject" "/attribute_justifications/x509_subject" "f-justification";
    Authentication Text "justification_x509_issuer" "/attribute_justifications/x509_issuer" "f-justification";
    Authentication Text "justification_x509_presented" "/attribute_justifications/x509_presented" "f-justification";
    Authentication Text "justification_first_name" "/attribute_justifications/first_name" "f-justification";
    Authentication Text "justification_last_name" "/attribute_justifications/last_name" "f-justification";
    Authentication Text "justification_dob" "/attribute_justifications/dob" "f-justification";
    Authentication Text "justification_ssn" "/attribute_justifications/ssn" "f-justification";
    Authentication Text "justification_address1" "/attribute_justifications/address1" "f-justification";
    Authentication Text "justification_address2" "/attribute_justifications/address2" "f-justification";
    Authentication Text "justification_city" "/attribute_justifications/city" "f-justification";
    Authentication Text "justification_state" "/attribute_justifications/state" "f-justification";
    Authentication Text "justification_zipcode" "/attribute_justifications/zipcode" "f-justification";
    Authentication Text "justification_phone" "/attribute_justifications/phone" "f-justification";
    Issuer Text "issuer" "/issuer" "f-issuer";
    LogoAndKeys Logo "logo" "/logo" "f-logo";
    LogoAndKeys Keys "keys" "/keys" "f-keys" own;
    LogoAndKeys Text "jwks_uri" "/oidc/jwks_uri" "f-jwks-uri" own;
    Redirects List "redirect_uris" "/oidc/redirect_uris" "f-redirect-uris" own;
    Redirects List "post_logout_redirect_uris" "/oidc/post_logout_redirect_uris" "f-post-logout" own;
    Redirects Text "backchannel_logout_uri" "/oidc/backchannel_logout_uri" "f-backchannel" own;
    Redirects List "acs_urls" "/saml/acs_urls" "f-acs-urls" own;
    Redirects Text "logout_url" "/saml/logout_url" "f-saml-logout" own;
    Redirects Choice "encryption" "/saml/encryption" "f-encryption";
    Redirects Choice "name_id_format" "/saml/name_id_format" "f-name-id";
    Redirects Box "sign_response" "/saml/sign_response" "f-sign-response";
    Redirects Box "require_signed_requests" "/saml/require_signed_requests" "f-signed-requests";
    Redirects Text "push_notification_url" "/push_notification_url" "f-push-url" own;
    Redirects Text "failure_to_proof_url" "/failure_to_proof_url" "f-failure-url" own;
    Redirects Text "return_to_app_url" "/return_to_app_url" "f-return-url" own;
    HelpText Area "help_sign_in_en" "/help_text/sign_in/en" "f-help-sign-in";
    HelpText Area "help_sign_in_es" "/help_text/sign_in/es" "f-help-sign-in";
    HelpText Area "help_sign_in_fr" "/help_text/sign_in/fr" "f-help-sign-in";
    HelpText Area "help_sign_in_zh" "/help_text/sign_in/zh-Hans" "f-help-sign-in";
    HelpText Area "help_sign_up_en" "/help_text/sign_up/en" "f-help-sign-up";
    HelpText Area "help_sign_up_es" "/help_text/sign_up/es" "f-help-sign-up";
    HelpText Area "help_sign_up_fr" "/help_text/sign_up/fr" "f-help-sign-up";
    HelpText Area "help_sign_up_zh" "/help_text/sign_up/zh-Hans" "f-help-sign-up";
    HelpText Area "help_forgot_password_en" "/help_text/forgot_password/en" "f-help-forgot";
    HelpText Area "help_forgot_password_es" "/help_text/forgot_password/es" "f-help-forgot";
    HelpText Area "help_forgot_password_fr" "/help_text/forgot_password/fr" "f-help-forgot";
    HelpText Area "help_forgot_password_zh" "/help_text/forgot_password/zh-Hans" "f-help-forgot";
    Contacts Text "contact_technical_name" "/contacts/technical/name" "contact-technical";
    Contacts Text "contact_technical_email" "/contacts/technical/email" "contact-technical";
    Contacts Text "contact_technical_phone" "/contacts/technical/phone" "contact-technical";
    Contacts Text "contact_program_name" "/contacts/program/name" "contact-program";
    Contacts Text "contact_program_email" "/contacts/program/email" "contact-program";
    Contacts Text "contact_program_phone" "/contacts/program/phone" "contact-program";
    Contacts Text "contact_billing_name" "/contacts/billing/name" "contact-billing";
    Contacts Text "contact_billing_email" "/contacts/billing/email" "contact-billing";
    Contacts Text "contact_billing_phone" "/contacts/billing/phone" "contact-billing";
    Contacts Text "contact_help_desk_name" "/contacts/help_desk/name" "contact-help-desk";
    Contacts Text "contact_help_desk_email" "/contacts/help_desk/email" "contact-help-desk";
    Contacts Text "contact_help_desk_phone" "/contacts/help_desk/phone" "contact-help-desk";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_find_their_field() {
        let name = |pointer| at(pointer).map(|field| field.name);
        assert_eq!(name("/oidc/redirect_uris/3"), Some("redirect_uris"));
        assert_eq!(name("/keys/0/jwk"), Some("keys"));
        assert_eq!(
            name("/attribute_justifications/ssn"),
            Some("justification_ssn")
        );
        let id = |pointer| at(pointer).map(|field| id_at(field, pointer).into_owned());
        assert_eq!(
            id("/oidc/redirect_uris/3").as_deref(),
            Some("redirect_uris_4")
        );
        assert_eq!(
            id("/oidc/redirect_uris/0").as_deref(),
            Some("redirect_uris")
        );
        assert_eq!(name("/logo/base64"), Some("logo"));
        assert_eq!(name("/help_text/sign_in/zh-Hans"), Some("help_sign_in_zh"));
        assert_eq!(name("/app_names"), None);
        assert_eq!(name(""), None);
    }

    #[test]
    fn steps_follow_each_other() {
        assert_eq!(Step::Settings.before(), None);
        assert_eq!(Step::Check.next(), None);
        assert_eq!(Step::Redirects.number(), 6);
        assert_eq!(Step::Redirects.next(), Some(Step::HelpText));
        assert_eq!(Step::parse("logo-and-keys"), Some(Step::LogoAndKeys));
    }
}
