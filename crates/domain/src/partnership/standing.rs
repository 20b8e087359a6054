//! Whether a partnership is pursued.

use serde::{Deserialize, Serialize};

use crate::refusal::{RefusalKind, Refuse};

/// Whether a partnership is pursued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is.
    Open,
    /// It rests.
    Paused,
    /// It came to nothing.
    Lost,
    /// The integration is live.
    Live,
}

/// What changes the standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Let it rest.
    Pause,
    /// Go on after a rest or a loss.
    Resume,
    /// Give it up.
    Lose,
    /// Everything is done.
    GoLive,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [Self::Open, Self::Paused, Self::Lost, Self::Live];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paused => "paused",
            Self::Lost => "lost",
            Self::Live => "live",
        }
    }

    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }

    /// The standing after a move.
    ///
    /// # Errors
    /// [`MoveRefused`].
    pub const fn after(self, what: Move) -> Result<Self, MoveRefused> {
        match (self, what) {
            (Self::Open, Move::Pause) => Ok(Self::Paused),
            (Self::Paused | Self::Lost, Move::Resume) => Ok(Self::Open),
            (Self::Open | Self::Paused, Move::Lose) => Ok(Self::Lost),
            (Self::Open | Self::Paused, Move::GoLive) => Ok(Self::Live),
            _ => Err(MoveRefused { from: self, what }),
        }
    }
}

impl Move {
    /// Every move.
    pub const ALL: [Self; 4] = [Self::Pause, Self::Resume, Self::Lose, Self::GoLive];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Lose => "lose",
            Self::GoLive => "go_live",
        }
    }
}

/// A move that the standing does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This partnership is {from}; \"{what}\" is not possible now. Load the page again.", from = .from.as_str(), what = .what.as_str())]
pub struct MoveRefused {
    /// Where it is.
    pub from: Standing,
    /// What was wanted.
    pub what: Move,
}

impl Refuse for MoveRefused {
    fn code(&self) -> &'static str {
        "partnership/standing"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standing_and_move() {
        let mut table = String::new();
        for from in Standing::ALL {
            for what in Move::ALL {
                let to = from.after(what).map_or("–", Standing::as_str);
                table.push_str(&format!("{} + {} = {to}\n", from.as_str(), what.as_str()));
            }
        }
        insta::assert_snapshot!(table);
    }
}
