//! How many guesses lead to a password: the meter of zxcvbn, in the words of this product.

use std::fmt;

use zxcvbn::feedback::{Suggestion, Warning};

/// What the meter says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strength {
    /// From 0 (guessed at once) to 4.
    pub score: u8,
    /// What makes it weak.
    pub why: Weakness,
}

/// What a guesser would make use of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Nothing that has a name: it is too short for what it is made of.
    Short,
    /// Neighbours on a keyboard.
    Keys,
    /// The same again.
    Repeats,
    /// `abc`, `6543`.
    Sequence,
    /// A date or a year.
    Date,
    /// A name of a person.
    Name,
    /// One word of a dictionary.
    Word,
    /// What many people use, perhaps with letters changed.
    Common,
}

impl Weakness {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Short,
        Self::Keys,
        Self::Repeats,
        Self::Sequence,
        Self::Date,
        Self::Name,
        Self::Word,
        Self::Common,
    ];

    /// The code of a refusal for it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Short => "password/weak",
            Self::Keys => "password/weak-keys",
            Self::Repeats => "password/weak-repeats",
            Self::Sequence => "password/weak-sequence",
            Self::Date => "password/weak-date",
            Self::Name => "password/weak-name",
            Self::Word => "password/weak-word",
            Self::Common => "password/weak-common",
        }
    }
}

impl fmt::Display for Weakness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "It is too short for what it is made of.",
            Self::Keys => "It follows the keys of a keyboard.",
            Self::Repeats => "It repeats itself.",
            Self::Sequence => "It holds a row such as abc or 6543.",
            Self::Date => "It is mostly a date or a year.",
            Self::Name => "It is mostly a name.",
            Self::Word => "It is mostly one word.",
            Self::Common => "It is close to one that many people use.",
        })
    }
}

/// Measures a password for a guesser who knows these words. Only its first hundred characters are looked at.
pub(super) fn measure<'a>(password: &str, known: impl Iterator<Item = &'a str>) -> Strength {
    let known: Vec<&str> = known.collect();
    let found = zxcvbn::zxcvbn(password, &known);
    let warning = found.feedback().and_then(|feedback| feedback.warning());
    let changed = found.feedback().is_some_and(|feedback| {
        feedback
            .suggestions()
            .contains(&Suggestion::PredictableSubstitutionsDontHelpVeryMuch)
    });
    Strength {
        score: u8::from(found.score()),
        why: match warning {
            None if changed => Weakness::Common,
            None => Weakness::Short,
            Some(warning) => named(warning),
        },
    }
}

const fn named(warning: Warning) -> Weakness {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess
        | Warning::ShortKeyboardPatternsAreEasyToGuess => Weakness::Keys,
        Warning::RepeatsLikeAaaAreEasyToGuess
        | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => Weakness::Repeats,
        Warning::SequencesLikeAbcAreEasyToGuess => Weakness::Sequence,
        Warning::RecentYearsAreEasyToGuess | Warning::DatesAreOftenEasyToGuess => Weakness::Date,
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
        | Warning::CommonNamesAndSurnamesAreEasyToGuess => Weakness::Name,
        Warning::AWordByItselfIsEasyToGuess => Weakness::Word,
        Warning::ThisIsATop10Password
        | Warning::ThisIsATop100Password
        | Warning::ThisIsACommonPassword
        | Warning::ThisIsSimilarToACommonlyUsedPassword => Weakness::Common,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_weakness_has_a_code_and_a_sentence() {
        let mut codes: Vec<_> = Weakness::ALL.iter().map(|each| each.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Weakness::ALL.len());
        for each in Weakness::ALL {
            assert!(each.to_string().ends_with('.'));
        }
    }

    #[test]
    fn a_known_word_counts_as_known() {
        let none = measure("kestrelpoint", [].into_iter());
        let known = measure("kestrelpoint", ["kestrelpoint"].into_iter());
        assert!(known.score < none.score, "{known:?} {none:?}");
    }

    #[test]
    fn a_very_long_one_is_measured_quickly_enough_to_be_measured_at_all() {
        let long: String = "quiet harbour ".repeat(40);
        assert_eq!(measure(&long, [].into_iter()).score, 4);
    }
}
