//! Either document, and the exact bytes that are signed.

use durward_keyring::digest::sha256_hex;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Agreement, AgreementState, GtcNumber, GtcTerms, PaperNumber, Period, Side, Signature};
use crate::id::AgreementId;

/// General Terms and Conditions (7600A) in one Mod: the frame of many Orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gtc {
    /// Its id.
    pub id: AgreementId,
    /// Its number.
    pub number: GtcNumber,
    /// The agency that is billed.
    pub agency: String,
    /// The partner: the office of that agency.
    pub partner: String,
    /// When it holds.
    pub period: Period,
    /// Where it stands.
    pub state: AgreementState,
    /// The partner's signature.
    #[serde(default)]
    pub partner_signature: Option<Signature>,
    /// The provider's signature.
    #[serde(default)]
    pub provider_signature: Option<Signature>,
    /// What it says.
    #[serde(default)]
    pub terms: GtcTerms,
}

/// Either document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paper {
    /// General Terms and Conditions.
    Gtc(Box<Gtc>),
    /// An Order.
    Order(Box<Agreement>),
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperKind {
    /// General Terms and Conditions (7600A).
    Gtc,
    /// An Order (7600B).
    Order,
}

impl PaperKind {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gtc => "gtc",
            Self::Order => "order",
        }
    }
}

impl Paper {
    /// Which of the two.
    pub const fn kind(&self) -> PaperKind {
        match self {
            Self::Gtc(_) => PaperKind::Gtc,
            Self::Order(_) => PaperKind::Order,
        }
    }

    /// Its number.
    pub fn number(&self) -> PaperNumber {
        match self {
            Self::Gtc(gtc) => PaperNumber::Gtc(gtc.number.clone()),
            Self::Order(order) => PaperNumber::Order(order.number.clone()),
        }
    }

    /// The agency that is billed.
    pub fn agency(&self) -> &str {
        match self {
            Self::Gtc(gtc) => &gtc.agency,
            Self::Order(order) => &order.agency,
        }
    }

    /// The office of that agency.
    pub fn partner(&self) -> &str {
        match self {
            Self::Gtc(gtc) => &gtc.partner,
            Self::Order(order) => &order.partner,
        }
    }

    /// When it holds.
    pub const fn period(&self) -> Period {
        match self {
            Self::Gtc(gtc) => gtc.period,
            Self::Order(order) => order.period,
        }
    }

    /// Gives it another period.
    pub const fn set_period(&mut self, period: Period) {
        match self {
            Self::Gtc(gtc) => gtc.period = period,
            Self::Order(order) => order.period = period,
        }
    }

    /// Where it is on its way.
    pub const fn state(&self) -> AgreementState {
        match self {
            Self::Gtc(gtc) => gtc.state,
            Self::Order(order) => order.state,
        }
    }

    /// Puts it into a state.
    pub const fn set_state(&mut self, state: AgreementState) {
        match self {
            Self::Gtc(gtc) => gtc.state = state,
            Self::Order(order) => order.state = state,
        }
    }

    /// One side's signature.
    pub const fn signature(&self, side: Side) -> Option<&Signature> {
        let slot = match (self, side) {
            (Self::Gtc(gtc), Side::Partner) => &gtc.partner_signature,
            (Self::Gtc(gtc), Side::Provider) => &gtc.provider_signature,
            (Self::Order(order), Side::Partner) => &order.partner_signature,
            (Self::Order(order), Side::Provider) => &order.provider_signature,
        };
        slot.as_ref()
    }

    /// Records or drops one side's signature.
    pub fn set_signature(&mut self, side: Side, signature: Option<Signature>) {
        let slot = match (self, side) {
            (Self::Gtc(gtc), Side::Partner) => &mut gtc.partner_signature,
            (Self::Gtc(gtc), Side::Provider) => &mut gtc.provider_signature,
            (Self::Order(order), Side::Partner) => &mut order.partner_signature,
            (Self::Order(order), Side::Provider) => &mut order.provider_signature,
        };
        *slot = signature;
    }

    /// Where it stands on a day.
    pub fn standing(&self, on: Date) -> super::Standing {
        let signed = Side::ALL
            .into_iter()
            .all(|side| self.signature(side).is_some());
        super::standing(self.state(), signed, self.period(), on)
    }

    /// The document that is signed, byte for byte: JSON with its names sorted, no space between, in UTF-8. What the
    /// signatures and the way of the document add is no part of it.
    pub fn text(&self) -> String {
        let period = self.period();
        let mut text = json!({
            "schema": match self.kind() { PaperKind::Gtc => "durward.gtc/v1", PaperKind::Order => "durward.order/v1" },
            "number": self.number().to_string(),
            "agency": self.agency(),
            "partner": self.partner(),
            "starts": period.start,
            "ends": period.end,
        });
        let (terms, apps) = match self {
            Self::Gtc(gtc) => (json!(gtc.terms), None),
            Self::Order(order) => (json!(order.terms), Some(json!(order.apps))),
        };
        if let Some(fields) = text.as_object_mut() {
            fields.insert("terms".to_owned(), terms);
            fields.extend(apps.map(|apps| ("apps".to_owned(), apps)));
        }
        let mut written = String::new();
        write_sorted(&text, &mut written);
        written
    }

    /// SHA-256 of the document, in hexadecimal digits.
    pub fn sha256(&self) -> String {
        sha256_hex(self.text().as_bytes())
    }

    /// The first text of the next Mod: the same words under the next number, unsigned, at the intake.
    pub fn next_mod(&self, id: AgreementId) -> Option<Self> {
        let mut next = self.clone();
        match &mut next {
            Self::Gtc(gtc) => {
                gtc.id = id;
                gtc.number = gtc.number.next_modification()?;
                gtc.terms.changes.clear();
            }
            Self::Order(order) => {
                order.id = id;
                order.number = order.number.next_modification()?;
                order.terms.changes.clear();
            }
        }
        next.set_state(AgreementState::Intake);
        for side in Side::ALL {
            next.set_signature(side, None);
        }
        Some(next)
    }

    /// The document as it is kept.
    pub fn kept(&self) -> String {
        let value = match self {
            Self::Gtc(gtc) => json!(gtc),
            Self::Order(order) => json!(order),
        };
        value.to_string()
    }

    /// Reads a document that was kept.
    pub fn read(kind: PaperKind, text: &str) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            PaperKind::Gtc => Self::Gtc(serde_json::from_str(text)?),
            PaperKind::Order => Self::Order(serde_json::from_str(text)?),
        })
    }
}

/// JSON with the names of every object sorted, whatever order the program keeps them in.
fn write_sorted(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut names: Vec<&String> = fields.keys().collect();
            names.sort();
            text.push('{');
            for (place, name) in names.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write_sorted(fields.get(name).unwrap_or(&Value::Null), text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write_sorted(item, text);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::agreement::tests::{agreement, day};

    fn paper() -> Paper {
        Paper::Order(Box::new(agreement()))
    }

    #[test]
    fn the_bytes_that_are_signed() {
        let text = paper().text();
        assert!(text.starts_with(r#"{"agency":"Department of Fisheries","apps":[{"level":"auth-only","name":"Fishing Licence"}"#), "{text}");
        assert!(
            text.contains(r#""schema":"durward.order/v1""#)
                && !text.contains("signature")
                && !text.contains("executed")
        );
        assert_eq!(paper().sha256(), sha256_hex(text.as_bytes()));
        insta::assert_snapshot!(text);
    }

    #[test]
    fn signatures_and_states_leave_the_bytes_and_terms_change_them() {
        let mut other = paper();
        other.set_state(AgreementState::Drafting);
        other.set_signature(Side::Partner, None);
        assert_eq!(other.sha256(), paper().sha256());
        other.set_period(Period::new(day("2026-10-01"), day("2027-10-01")).unwrap());
        assert_ne!(other.sha256(), paper().sha256());
    }

    #[test]
    fn a_mod_begins_unsigned_under_the_next_number() {
        let id = AgreementId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d12").unwrap();
        let next = paper().next_mod(id).unwrap();
        assert_eq!(next.number().to_string(), "LGABCFY210001-0001-0001");
        assert_eq!(next.state(), AgreementState::Intake);
        assert!(
            Side::ALL
                .into_iter()
                .all(|side| next.signature(side).is_none())
        );
        let back = Paper::read(next.kind(), &next.kept()).unwrap();
        assert_eq!(back, next);
    }
}
