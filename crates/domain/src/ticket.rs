//! Technical support: what a ticket is about and where it stands.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$one:meta])* $variant:ident $id:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$one])* #[serde(rename = $id)] $variant,)+
        }

        impl $name {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The id.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)+
                }
            }

            /// Reads an id.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a ticket is about.
    TicketCategory {
        /// Sign-ins that fail or look wrong.
        SignIn "sign_in",
        /// The configuration of an app, its keys and logo.
        Configuration "configuration",
        /// Launch and change requests.
        Launch "launch",
        /// Agreements.
        Agreement "agreement",
        /// Teams, members and the portal itself.
        Portal "portal",
        /// Anything else.
        Other "other",
    }
}

words! {
    /// Where a ticket stands.
    TicketState {
        /// Nobody answered yet.
        Open "open",
        /// Support asked something.
        WaitingForPartner "waiting_for_partner",
        /// The partner answered.
        WaitingForSupport "waiting_for_support",
        /// It is solved; an answer opens it again.
        Solved "solved",
        /// It is over; a new question is a new ticket.
        Closed "closed",
    }
}

words! {
    /// Who speaks in a ticket.
    TicketSide {
        /// The team.
        Partner "partner",
        /// The programme's staff.
        Support "support",
    }
}

impl TicketState {
    /// The state after an answer; nothing where none can be given.
    pub const fn answered_by(self, side: TicketSide) -> Option<Self> {
        match (self, side) {
            (Self::Closed, _) => None,
            (_, TicketSide::Support) => Some(Self::WaitingForPartner),
            (Self::Open, TicketSide::Partner) => Some(Self::Open),
            (_, TicketSide::Partner) => Some(Self::WaitingForSupport),
        }
    }

    /// Whether a side may move a ticket from this state to another by hand.
    pub const fn may_become(self, to: Self, side: TicketSide) -> bool {
        match (self, to, side) {
            (Self::Closed, _, _) | (_, Self::Open, _) => false,
            // A partner says that it is solved, that it is not, or ends it.
            (_, Self::WaitingForPartner, TicketSide::Partner) => false,
            _ => self as u8 != to as u8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_moves_a_ticket_and_a_closed_one_takes_none() {
        use TicketSide::{Partner, Support};
        use TicketState::{Closed, Open, Solved, WaitingForPartner, WaitingForSupport};
        assert_eq!(Open.answered_by(Partner), Some(Open));
        assert_eq!(Open.answered_by(Support), Some(WaitingForPartner));
        assert_eq!(Solved.answered_by(Partner), Some(WaitingForSupport));
        assert_eq!(Closed.answered_by(Support), None);
        assert!(Solved.may_become(Closed, Partner));
        assert!(!Solved.may_become(Solved, Partner));
        assert!(!Open.may_become(WaitingForPartner, Partner));
        for to in TicketState::ALL {
            assert!(!Closed.may_become(*to, Support));
            assert_eq!(TicketState::parse(to.as_str()), Some(*to));
        }
    }
}
