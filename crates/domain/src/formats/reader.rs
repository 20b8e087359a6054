//! Takes the fields of a foreign object one by one and remembers what became of each.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::fault::FormatFault;
use super::json::token;
use super::{Mapped, Note, Report, nearest};

pub(super) struct Reader {
    /// The fields, with other spellings of a value replaced by the usual one only in `respelt`.
    fields: Map<String, Value>,
    root: String,
    taken: BTreeSet<String>,
    /// Fields that an export would write in another way than they came.
    pub(super) respelt: BTreeSet<String>,
    pub(super) faults: Vec<FormatFault>,
    pub(super) report: Report,
}

impl Reader {
    pub(super) fn new(fields: &Map<String, Value>, root: &str) -> Self {
        Self {
            fields: fields.clone(),
            root: root.to_owned(),
            taken: BTreeSet::new(),
            respelt: BTreeSet::new(),
            faults: Vec::new(),
            report: Report::default(),
        }
    }

    pub(super) fn place(&self, name: &str) -> String {
        format!("{}/{}", self.root, token(name))
    }

    /// A field without taking it; an empty value is none.
    pub(super) fn peek(&self, name: &str) -> Option<&Value> {
        self.fields
            .get(name)
            .filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    pub(super) fn take(&mut self, name: &str, to: &str) -> Option<Value> {
        let value = self.peek(name)?.clone();
        self.taken.insert(name.to_owned());
        if !to.is_empty() {
            self.report.mapped.push(Mapped {
                from: self.place(name),
                to: to.to_owned(),
            });
        }
        Some(value)
    }

    pub(super) fn text(&mut self, name: &str, to: &str) -> Option<String> {
        match self.take(name, to)? {
            Value::String(text) => Some(text),
            _ => self.wrong(name, "a text"),
        }
    }

    pub(super) fn flag(&mut self, name: &str, to: &str) -> Option<bool> {
        let value = self.take(name, to)?;
        if let Value::Bool(flag) = value {
            return Some(flag);
        }
        let flag = match (value.as_i64(), value.as_str()) {
            (Some(1), _) | (_, Some("true" | "yes" | "1")) => true,
            (Some(0), _) | (_, Some("false" | "no" | "0")) => false,
            _ => return self.wrong(name, "true or false"),
        };
        self.respell(name, format!("{value} was read as {flag}."));
        Some(flag)
    }

    pub(super) fn list(&mut self, name: &str, to: &str) -> Option<Vec<String>> {
        let value = self.take(name, to)?;
        let texts = value.as_array().and_then(|items| {
            items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        });
        match texts {
            Some(texts) => Some(texts),
            None => self.wrong(name, "a list of texts"),
        }
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(&mut self, name: &str, to: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(name, to)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*meaning);
        }
        let known = words.iter().map(|(word, _)| *word);
        let fault = FormatFault::at(
            self.place(name),
            format!(
                "\"{}\" is not one of: {}.",
                text.chars().take(60).collect::<String>(),
                known.clone().collect::<Vec<_>>().join(", ")
            ),
        )
        .suggest(nearest(&text, known));
        self.faults.push(fault);
        None
    }

    /// A field that has one value only.
    pub(super) fn fixed(&mut self, name: &str, only: &Value) {
        let value = if only.is_boolean() {
            self.flag(name, "").map(Value::Bool)
        } else {
            self.take(name, "")
        };
        if let Some(value) = value
            && value != *only
        {
            self.fault(
                name,
                format!("This field is always {only}; it cannot be changed."),
            );
        }
    }

    /// The field would be written in another way. The way it came is kept.
    pub(super) fn respell(&mut self, name: &str, message: impl Into<String>) {
        self.respelt.insert(name.to_owned());
        self.note(name, message);
    }

    pub(super) fn note(&mut self, name: &str, message: impl Into<String>) {
        self.report.notes.push(Note {
            path: self.place(name),
            message: message.into(),
        });
    }

    pub(super) fn fault(&mut self, name: &str, message: impl Into<String>) {
        self.faults.push(FormatFault::at(self.place(name), message));
    }

    fn wrong<T>(&mut self, name: &str, what: &str) -> Option<T> {
        self.fault(name, format!("This must be {what}."));
        None
    }

    /// What was not taken: kept when the format knows it, otherwise a fault.
    pub(super) fn left(&mut self, known: &[&str]) -> Vec<(String, Value)> {
        let mut kept = Vec::new();
        for (name, value) in std::mem::take(&mut self.fields) {
            if self.taken.contains(&name) {
                continue;
            }
            let base = name.split_once('#').map_or(name.as_str(), |(base, _)| base);
            if known.contains(&base) {
                if !value.is_null() {
                    self.report.kept.push(self.place(&name));
                }
                kept.push((name, value));
            } else {
                let suggestion = nearest(&name, known.iter().copied());
                let message = format!(
                    "The format has no field \"{}\".",
                    name.chars().take(60).collect::<String>()
                );
                self.faults
                    .push(FormatFault::at(self.place(&name), message).suggest(suggestion));
            }
        }
        kept
    }
}
