//! The states of an agreement and the steps between them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    permission::Action,
    refusal::{RefusalKind, Refuse},
};

/// Where an agreement is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementState {
    /// The partner has given funding and other information.
    Intake,
    /// The programme writes it.
    Drafting,
    /// Counsel reads it.
    CounselReview,
    /// The partner has it for signature.
    OutForPartnerSignature,
    /// The partner has signed.
    PartnerSigned,
    /// The programme has it for signature.
    ProviderSignature,
    /// Both sides have signed.
    Executed,
    /// In force, and a modification is being prepared.
    Mod,
    /// A later modification took its place.
    Replaced,
    /// Its period is over.
    Expired,
    /// Ended by either side.
    Terminated,
    /// Over, with the last invoice settled: nothing comes after.
    ClosedOut,
}

impl AgreementState {
    /// Every state, in the order of the way.
    pub const ALL: [Self; 12] = [
        Self::Intake,
        Self::Drafting,
        Self::CounselReview,
        Self::OutForPartnerSignature,
        Self::PartnerSigned,
        Self::ProviderSignature,
        Self::Executed,
        Self::Mod,
        Self::Replaced,
        Self::Expired,
        Self::Terminated,
        Self::ClosedOut,
    ];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Drafting => "drafting",
            Self::CounselReview => "counsel_review",
            Self::OutForPartnerSignature => "out_for_partner_signature",
            Self::PartnerSigned => "partner_signed",
            Self::ProviderSignature => "provider_signature",
            Self::Executed => "executed",
            Self::Mod => "mod",
            Self::Replaced => "replaced",
            Self::Expired => "expired",
            Self::Terminated => "terminated",
            Self::ClosedOut => "closed_out",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Have both sides signed, and is it still in force as far as its state goes?
    pub const fn in_force(self) -> bool {
        matches!(self, Self::Executed | Self::Mod)
    }

    /// The state after a step.
    pub fn after(self, step: AgreementStep) -> Result<Self, StepRefused> {
        use AgreementState as S;
        use AgreementStep as T;
        match (self, step) {
            (S::Intake, T::StartDrafting) => Ok(S::Drafting),
            (S::Drafting, T::SendToCounsel) => Ok(S::CounselReview),
            (
                S::CounselReview
                | S::OutForPartnerSignature
                | S::PartnerSigned
                | S::ProviderSignature,
                T::ReturnToDrafting,
            ) => Ok(S::Drafting),
            (S::CounselReview, T::ClearByCounsel) => Ok(S::OutForPartnerSignature),
            (S::OutForPartnerSignature, T::SignByPartner) => Ok(S::PartnerSigned),
            (S::PartnerSigned, T::SendToProvider) => Ok(S::ProviderSignature),
            (S::ProviderSignature, T::SignByProvider) => Ok(S::Executed),
            (S::Executed, T::RequestMod) => Ok(S::Mod),
            (S::Mod, T::DropMod) => Ok(S::Executed),
            (S::Mod, T::Replace) => Ok(S::Replaced),
            (S::Executed | S::Mod, T::Expire) => Ok(S::Expired),
            (S::Expired | S::Terminated, T::CloseOut) => Ok(S::ClosedOut),
            (S::Replaced | S::Expired | S::Terminated | S::ClosedOut, _) => {
                Err(StepRefused { state: self, step })
            }
            (_, T::Terminate) => Ok(S::Terminated),
            _ => Err(StepRefused { state: self, step }),
        }
    }

    /// May its words be changed? Once it is on its way to signatures it must go back to drafting first.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Intake | Self::Drafting)
    }

    /// The steps that are possible now.
    pub fn steps(self) -> impl Iterator<Item = AgreementStep> {
        AgreementStep::ALL
            .into_iter()
            .filter(move |step| self.after(*step).is_ok())
    }
}

impl fmt::Display for AgreementState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What moves an agreement on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementStep {
    /// The programme starts to write it.
    StartDrafting,
    /// The draft goes to counsel.
    SendToCounsel,
    /// Counsel or a signing side sends it back.
    ReturnToDrafting,
    /// Counsel has no objection.
    ClearByCounsel,
    /// The partner signs; the partner signs first.
    SignByPartner,
    /// The signed text goes to the programme for signature.
    SendToProvider,
    /// The programme signs.
    SignByProvider,
    /// One side asks for a modification.
    RequestMod,
    /// The modification is given up.
    DropMod,
    /// The modification is executed under its own number.
    Replace,
    /// The period is over.
    Expire,
    /// One side ends it.
    Terminate,
    /// The last invoice is settled.
    CloseOut,
}

impl AgreementStep {
    /// Every step.
    pub const ALL: [Self; 13] = [
        Self::StartDrafting,
        Self::SendToCounsel,
        Self::ReturnToDrafting,
        Self::ClearByCounsel,
        Self::SignByPartner,
        Self::SendToProvider,
        Self::SignByProvider,
        Self::RequestMod,
        Self::DropMod,
        Self::Replace,
        Self::Expire,
        Self::Terminate,
        Self::CloseOut,
    ];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StartDrafting => "start_drafting",
            Self::SendToCounsel => "send_to_counsel",
            Self::ReturnToDrafting => "return_to_drafting",
            Self::ClearByCounsel => "clear_by_counsel",
            Self::SignByPartner => "sign_by_partner",
            Self::SendToProvider => "send_to_provider",
            Self::SignByProvider => "sign_by_provider",
            Self::RequestMod => "request_mod",
            Self::DropMod => "drop_mod",
            Self::Replace => "replace",
            Self::Expire => "expire",
            Self::Terminate => "terminate",
            Self::CloseOut => "close_out",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// What a member must be allowed to take this step from a state; nothing where only the server takes it.
    pub const fn asks(self, from: AgreementState) -> &'static [Action] {
        match self {
            Self::StartDrafting
            | Self::SendToCounsel
            | Self::SendToProvider
            | Self::DropMod
            | Self::Terminate
            | Self::CloseOut => &[Action::ManageAgreement],
            Self::ClearByCounsel => &[Action::ReviewAgreement],
            Self::ReturnToDrafting => match from {
                AgreementState::CounselReview => {
                    &[Action::ReviewAgreement, Action::ManageAgreement]
                }
                AgreementState::OutForPartnerSignature => {
                    &[Action::ManageAgreement, Action::SignAgreementForPartner]
                }
                _ => &[Action::ManageAgreement],
            },
            Self::SignByPartner => &[Action::SignAgreementForPartner],
            Self::SignByProvider => &[Action::SignAgreementForProvider],
            Self::RequestMod => &[Action::RequestAgreement, Action::ManageAgreement],
            // A Mod replaces at its execution, and a period ends by its date: nobody hurries either.
            Self::Replace | Self::Expire => &[],
        }
    }

    /// Does it go back or end something, so that it needs a reason?
    pub const fn needs_reason(self) -> bool {
        matches!(
            self,
            Self::ReturnToDrafting | Self::DropMod | Self::Terminate | Self::CloseOut
        )
    }
}

impl fmt::Display for AgreementStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The step does not fit the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "The agreement is in the state \"{state}\", which does not allow \"{step}\". Reload the page to see what is possible now."
)]
pub struct StepRefused {
    /// The state.
    pub state: AgreementState,
    /// The step.
    pub step: AgreementStep,
}

impl Refuse for StepRefused {
    fn code(&self) -> &'static str {
        "agreement/step-not-possible"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn every_state_and_step() {
        let mut table = String::new();
        for state in AgreementState::ALL {
            for step in AgreementStep::ALL {
                let after = state.after(step).map_or("-", AgreementState::as_str);
                let asks: Vec<&str> = step
                    .asks(state)
                    .iter()
                    .map(|action| action.as_str())
                    .filter(|_| after != "-")
                    .collect();
                let row = format!(
                    "{:25} {:18} {after:25} {}",
                    state.as_str(),
                    step.as_str(),
                    asks.join(" or ")
                );
                let _ = writeln!(table, "{}", row.trim_end());
            }
        }
        insta::assert_snapshot!(table);
    }

    #[test]
    fn nothing_leaves_an_end_and_every_other_state_has_a_way_out() {
        for state in AgreementState::ALL {
            let end = matches!(state, AgreementState::Replaced | AgreementState::ClosedOut);
            assert_eq!(state.steps().count() == 0, end, "{state}");
            assert_eq!(AgreementState::parse(state.as_str()), Some(state));
        }
    }
}
