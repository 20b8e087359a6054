//! Why a date is what it is, line by line in the reader's language.

use durward_domain::calendar::{Step, Value, Window};

use super::parts::{WEEKDAYS, day};
use crate::shared::i18n::Words;

/// One line of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyLine {
    /// The day that it is about.
    pub date: String,
    /// The sentence.
    pub text: String,
    /// Whether it is in English whatever the reader's language: it was kept before reasons had words in others.
    pub english: bool,
}

/// The lines of an explanation.
pub fn reasons(words: Words, steps: &[Step]) -> Vec<WhyLine> {
    steps.iter().map(|step| reason(words, step)).collect()
}

/// Why a day is a window.
pub fn window(words: Words, window: &Window) -> String {
    if window.steps.is_empty() {
        let weekday = usize::from(window.date.weekday().to_monday_zero_offset().unsigned_abs()) % 7;
        return words.t1("why-every", "weekday", &words.t(WEEKDAYS[weekday]));
    }
    let lines: Vec<String> = reasons(words, &window.steps)
        .into_iter()
        .map(|line| line.text)
        .collect();
    lines.join(" ")
}

fn reason(words: Words, step: &Step) -> WhyLine {
    let date = step.date.to_string();
    if step.code.is_empty() {
        return WhyLine {
            date,
            text: step.sentence.clone(),
            english: true,
        };
    }
    let values: Vec<(&str, String)> = step
        .values
        .iter()
        .map(|(name, value)| {
            let text = match value {
                Value::Day(date) => day(words, *date),
                Value::Count(count) => count.to_string(),
                Value::Text(text) => text.clone(),
            };
            (name.as_str(), text)
        })
        .collect();
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    WhyLine {
        date,
        text: words.t_args(&format!("why-{}", step.code), &values),
        english: false,
    }
}

#[cfg(test)]
mod tests {
    use durward_domain::calendar::CODES;

    use crate::shared::i18n::{Language, Words};

    #[test]
    fn every_reason_has_words_in_every_language() {
        for language in Language::ALL {
            for code in CODES {
                let key = format!("why-{code}");
                let text = Words::of(language).t(&key);
                assert!(text != key && !text.is_empty(), "{key} in {language:?}");
            }
        }
    }
}
