//! The ceremonies of Web Authentication Level 3 §7, apart from where their state and their results are kept.
//!
//! A key is asked to check its owner where it can (user verification "preferred"). What it did is recorded with it: one
//! that checked its owner when it was added must do so ever after.

use durward_accounts::authenticator::webauthn::WebauthnRefusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;
use uuid::Uuid;
use webauthn_rs::prelude::{
    Credential, DiscoverableAuthentication, PublicKeyCredential, RegisterPublicKeyCredential,
    SecurityKey, SecurityKeyAuthentication, SecurityKeyRegistration, WebauthnError,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// The ceremonies of one environment: its host is the identifier that keys are bound to, its origin the only one taken.
pub(super) struct Ceremonies(Webauthn);

/// A key as an account keeps it, sealed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The name that the key has for its person: random, one per account, and no id of ours.
    pub(super) handle: Uuid,
    /// Its public key, counter, backup flags and transports.
    pub(super) key: SecurityKey,
    /// It is part of a phone or a computer.
    pub(super) platform: bool,
    /// It can be found without an account's name. Unknown where the browser does not tell.
    pub(super) discoverable: Option<bool>,
    /// The model, as it calls itself; without attestation nobody vouches for that.
    pub(super) model: Option<Uuid>,
}

impl Kept {
    /// The id of its credential.
    pub(super) fn id(&self) -> &[u8] {
        self.key.cred_id()
    }

    /// Whether it checked its owner when it was added.
    pub(super) fn user_verified(&self) -> bool {
        Credential::from(self.key.clone()).user_verified
    }

    /// It may be kept in several places, as those are that a platform synchronises.
    pub(super) fn backup_eligible(&self) -> bool {
        Credential::from(self.key.clone()).backup_eligible
    }

    /// How often it says that it was used; zero for those that do not count.
    pub(super) fn counter(&self) -> u32 {
        Credential::from(self.key.clone()).counter
    }
}

/// An answer that was right.
pub(super) struct Proof {
    /// The key checked its owner this time.
    pub(super) user_verified: bool,
    /// The key with its new counter and flags.
    pub(super) kept: Kept,
}

/// What a browser needs for a ceremony, as JSON.
pub(super) type Options = Value;

impl Ceremonies {
    /// For the environment at this address; `None` when its host is no name, for keys are bound to names.
    pub(super) fn of(issuer: &str, service: &str) -> Option<Self> {
        let origin = Url::parse(issuer).ok()?;
        let host = origin.domain()?;
        let webauthn = WebauthnBuilder::new(host, &origin).ok()?.rp_name(service);
        webauthn.build().ok().map(Self)
    }

    /// Asks for a new key for the person with this handle and this name; not for one that they have.
    pub(super) fn create(
        &self,
        handle: Uuid,
        name: &str,
        known: &[Kept],
    ) -> Result<(Options, SecurityKeyRegistration), WebauthnRefusal> {
        let known = known.iter().map(|kept| kept.id().to_vec()).collect();
        let (challenge, state) = self
            .0
            .start_securitykey_registration(handle, name, name, Some(known), None, None)
            .map_err(refusal)?;
        let mut options = public_key(&challenge)?;
        // Found without a name where the key has room for that; the page's script says which kind of key is asked for.
        options["authenticatorSelection"]["residentKey"] = json!("preferred");
        options["hints"] = json!([]);
        // A key without a PIN stays usable as a second factor, one that is found by itself asks for its PIN (CTAP 2.1 §12.1).
        options["extensions"] = json!({
            "credProps": true,
            "credentialProtectionPolicy": "userVerificationOptionalWithCredentialIDList",
            "enforceCredentialProtectionPolicy": false,
        });
        Ok((options, state))
    }

    /// The new key that a browser answered with.
    pub(super) fn created(
        &self,
        answer: &str,
        handle: Uuid,
        state: &SecurityKeyRegistration,
    ) -> Result<Kept, WebauthnRefusal> {
        let (said, answer): (Value, RegisterPublicKeyCredential) = read(answer)?;
        let key = self
            .0
            .finish_securitykey_registration(&answer, state)
            .map_err(refusal)?;
        Ok(Kept {
            handle,
            key,
            platform: said["authenticatorAttachment"] == "platform",
            discoverable: said["clientExtensionResults"]["credProps"]["rk"].as_bool(),
            model: model(&answer.response.attestation_object),
        })
    }

    /// Asks for one of these keys.
    pub(super) fn ask(
        &self,
        known: &[Kept],
    ) -> Result<(Options, SecurityKeyAuthentication), WebauthnRefusal> {
        let keys: Vec<SecurityKey> = known.iter().map(|kept| kept.key.clone()).collect();
        let (challenge, state) = self
            .0
            .start_securitykey_authentication(&keys)
            .map_err(refusal)?;
        let mut options = public_key(&challenge)?;
        options["hints"] = json!([]);
        Ok((options, state))
    }

    /// Asks for any key that is bound to this environment and checks its owner.
    pub(super) fn ask_anyone(
        &self,
    ) -> Result<(Options, DiscoverableAuthentication), WebauthnRefusal> {
        let (challenge, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(refusal)?;
        let mut options = public_key(&challenge)?;
        options["extensions"] = json!({});
        Ok((options, state))
    }

    /// Judges the answer of one of the keys that were asked for; `kept` is that key as the account has it now.
    pub(super) fn judge(
        &self,
        answer: &Answer,
        state: &SecurityKeyAuthentication,
        kept: Kept,
    ) -> Result<Proof, WebauthnRefusal> {
        answer.is_for(&kept)?;
        let result = self
            .0
            .finish_securitykey_authentication(&answer.credential, state)
            .map_err(refusal)?;
        proof(kept, &result)
    }

    /// Judges the answer of a key that stands alone.
    pub(super) fn judge_alone(
        &self,
        answer: &Answer,
        state: DiscoverableAuthentication,
        kept: Kept,
    ) -> Result<Proof, WebauthnRefusal> {
        // §7.2 step 6: nobody was named before, so the key must name the account itself.
        if answer.credential.response.user_handle.is_none() {
            return Err(WebauthnRefusal::Unknown);
        }
        answer.is_for(&kept)?;
        let result = self
            .0
            .finish_discoverable_authentication_v2(&answer.credential, state, &kept.key)
            .map_err(refusal)?;
        proof(kept, &result)
    }
}

/// What a key answered, read and not believed.
pub(super) struct Answer {
    credential: PublicKeyCredential,
}

impl Answer {
    /// Reads what a browser sent.
    pub(super) fn read(text: &str) -> Result<Self, WebauthnRefusal> {
        let (_, credential): (Value, PublicKeyCredential) = read(text)?;
        // Our pages stand in no frame, so an honest browser never says this. §7.2 step 15
        let client: Value = serde_json::from_slice(&credential.response.client_data_json)
            .map_err(|_| WebauthnRefusal::Invalid)?;
        if client["crossOrigin"] == true {
            return Err(WebauthnRefusal::OtherSite);
        }
        Ok(Self { credential })
    }

    /// The id of the credential that answered.
    pub(super) fn id(&self) -> &[u8] {
        self.credential.get_credential_id()
    }

    fn is_for(&self, kept: &Kept) -> Result<(), WebauthnRefusal> {
        let handle = self.credential.get_user_unique_id();
        let is_owner = handle.is_none_or(|handle| handle == kept.handle.as_bytes());
        if is_owner && self.id() == kept.id() {
            Ok(())
        } else {
            Err(WebauthnRefusal::Unknown)
        }
    }
}

fn proof(
    mut kept: Kept,
    result: &webauthn_rs::prelude::AuthenticationResult,
) -> Result<Proof, WebauthnRefusal> {
    // What was asked for may be older than what the account has by now.
    let counted = (result.counter(), kept.counter());
    if counted != (0, 0) && counted.0 <= counted.1 {
        return Err(WebauthnRefusal::Cloned);
    }
    kept.key.update_credential(result);
    Ok(Proof {
        user_verified: result.user_verified(),
        kept,
    })
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<(Value, T), WebauthnRefusal> {
    let said: Value = serde_json::from_str(text).map_err(|_| WebauthnRefusal::Unanswered)?;
    let answer = T::deserialize(&said).map_err(|_| WebauthnRefusal::Unanswered)?;
    Ok((said, answer))
}

fn public_key(challenge: &impl Serialize) -> Result<Options, WebauthnRefusal> {
    serde_json::to_value(challenge)
        .map(|mut value| value["publicKey"].take())
        .map_err(|_| WebauthnRefusal::Invalid)
}

/// The AAGUID, from its place in the authenticator data of an attestation object without attestation. §6.5.1
fn model(attestation: &[u8]) -> Option<Uuid> {
    let at = attestation
        .windows(AUTH_DATA.len())
        .position(|bytes| bytes == AUTH_DATA)?;
    let data = match attestation.get(at + AUTH_DATA.len()..)? {
        [0x58, _, data @ ..] | [0x59, _, _, data @ ..] => data,
        _ => return None,
    };
    let id = Uuid::from_slice(data.get(37..53)?).ok()?;
    (!id.is_nil()).then_some(id)
}

fn refusal(error: WebauthnError) -> WebauthnRefusal {
    match error {
        WebauthnError::MismatchedChallenge => WebauthnRefusal::Expired,
        WebauthnError::InvalidRPOrigin
        | WebauthnError::InvalidRPIDHash
        | WebauthnError::CredentialCrossOrigin => WebauthnRefusal::OtherSite,
        WebauthnError::CredentialNotFound | WebauthnError::InvalidUserUniqueId => {
            WebauthnRefusal::Unknown
        }
        WebauthnError::UserNotVerified => WebauthnRefusal::NotVerified,
        WebauthnError::CredentialPossibleCompromise => WebauthnRefusal::Cloned,
        _ => WebauthnRefusal::Invalid,
    }
}

/// The text "authData" in CBOR, before the authenticator data.
const AUTH_DATA: &[u8] = b"\x68authData";

#[cfg(test)]
#[path = "ceremony_tests.rs"]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
