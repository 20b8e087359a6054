//! YAML as far as configuration needs it: mappings, lists, texts, numbers. No aliases (a short text can otherwise stand for
//! a huge one), no tags, no merge keys, no key twice.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Number, Value};

use super::fault::FormatFault;
use super::json::token;

/// Reads one document.
pub(super) fn read(text: &str) -> Result<Value, FormatFault> {
    let mut reader = Reader {
        events: Parser::new_from_str(text),
    };
    let mut found = None;
    loop {
        match reader.next()? {
            Event::StreamEnd => break,
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            event if found.is_none() => found = Some(reader.value(event, "", 0)?),
            _ => {
                return Err(FormatFault::at(
                    "",
                    "There are several YAML documents. Send one.",
                ));
            }
        }
    }
    found.ok_or_else(|| FormatFault::at("", "The text is empty."))
}

struct Reader<'a> {
    events: Parser<'a, saphyr_parser::StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, FormatFault> {
        match self.events.next_event() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(error)) => Err(FormatFault::at(
                "",
                format!("The text is not YAML: {error}."),
            )),
            None => Ok(Event::StreamEnd),
        }
    }

    fn value(&mut self, event: Event<'a>, path: &str, depth: usize) -> Result<Value, FormatFault> {
        if depth > 32 {
            return Err(FormatFault::at(path, "The values are nested too deeply."));
        }
        match event {
            Event::Scalar(text, style, _, None) => Ok(scalar(&text, style)),
            Event::SequenceStart(_, None) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => return Ok(Value::Array(items)),
                        event => {
                            let place = format!("{path}/{}", items.len());
                            items.push(self.value(event, &place, depth + 1)?);
                        }
                    }
                }
            }
            Event::MappingStart(_, None) => self.mapping(path, depth),
            Event::Alias(_) => Err(FormatFault::at(
                path,
                "Aliases (*name) are not read. Write the value out.",
            )),
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) => Err(
                FormatFault::at(path, "Tags (!name) are not read. Write a plain value."),
            ),
            _ => Err(FormatFault::at(path, "The text is not complete YAML.")),
        }
    }

    fn mapping(&mut self, path: &str, depth: usize) -> Result<Value, FormatFault> {
        let mut members = Map::new();
        loop {
            let name = match self.next()? {
                Event::MappingEnd => return Ok(Value::Object(members)),
                Event::Scalar(name, _, _, None) => name.into_owned(),
                _ => return Err(FormatFault::at(path, "A key is not a plain text.")),
            };
            let place = format!("{path}/{}", token(&name));
            if name == "<<" {
                return Err(FormatFault::at(
                    place,
                    "Merge keys (<<) are not read. Write the values out.",
                ));
            }
            if members.contains_key(&name) {
                return Err(FormatFault::at(place, "The key is there twice."));
            }
            let event = self.next()?;
            let value = self.value(event, &place, depth + 1)?;
            members.insert(name, value);
        }
    }
}

/// The core schema of YAML 1.2. Words such as `yes` stay texts.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => number(text).unwrap_or_else(|| text.into()),
    }
}

fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" || !digits.starts_with('0');
    if digits.is_empty() || !canonical || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole.into());
    }
    let part = digits.split_once('.')?;
    let both = !part.0.is_empty() && !part.1.is_empty() && !part.1.contains('.');
    both.then(|| text.parse().ok().and_then(Number::from_f64))
        .flatten()
        .filter(|number| number.to_string() == text)
        .map(Value::Number)
}

/// Writes a value so that every YAML reader, of 1.1 or 1.2, reads the same.
pub(super) fn write(value: &Value) -> String {
    let mut text = String::new();
    put(value, 0, &mut text);
    text
}

fn put(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                text.push_str(&" ".repeat(indent));
                text.push_str(&line(name));
                text.push(':');
                put_inline(member, indent, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                text.push_str(&" ".repeat(indent));
                text.push('-');
                put_inline(item, indent, text);
            }
        }
        _ => {
            text.push_str(&flat(value));
            text.push('\n');
        }
    }
}

/// What follows a colon or a dash: a value on the same line, or a block below.
fn put_inline(value: &Value, indent: usize, text: &mut String) {
    let deeper = indent + 2;
    match value {
        Value::Object(members) if !members.is_empty() => {
            text.push('\n');
            put(value, deeper, text);
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            put(value, deeper, text);
        }
        Value::String(words) if is_block(words) => {
            text.push_str(if words.ends_with('\n') {
                " |\n"
            } else {
                " |-\n"
            });
            for line in words.lines() {
                text.push_str(&" ".repeat(deeper));
                text.push_str(line);
                text.push('\n');
            }
        }
        _ => {
            text.push(' ');
            text.push_str(&flat(value));
            text.push('\n');
        }
    }
}

fn flat(value: &Value) -> String {
    match value {
        Value::String(text) => line(text),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// A text on one line: bare when nothing can take it for something else.
fn line(text: &str) -> String {
    let bare = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if bare {
        return text.to_owned();
    }
    let json = Value::from(text).to_string();
    json.chars()
        .map(|c| match c as u32 {
            0x7f..=0x9f | 0x2028 | 0x2029 | 0xfeff | 0xfffe | 0xffff => {
                format!("\\u{:04x}", c as u32)
            }
            _ => c.to_string(),
        })
        .collect()
}

/// Several lines that read the same as a block.
fn is_block(text: &str) -> bool {
    text.contains('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !text.ends_with("\n\n")
        && text.chars().all(|c| c == '\n' || (' '..='~').contains(&c))
        && text
            .lines()
            .all(|line| line.is_empty() || !line.trim().is_empty())
        && text.lines().next().is_some_and(|first| !first.is_empty())
}
