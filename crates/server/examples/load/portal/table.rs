//! The table that is printed: one row for each thing, one column for each size.

use std::fmt;
use std::time::Duration;

pub(super) struct Table {
    sizes: [String; 2],
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    pub(super) const fn new(sizes: [String; 2]) -> Self {
        Self {
            sizes,
            rows: Vec::new(),
        }
    }

    /// Adds a figure to the row of this name.
    pub(super) fn add(&mut self, name: &str, figure: String) {
        eprintln!("{name}: {figure}");
        match self.rows.iter_mut().find(|(known, _)| known == name) {
            Some((_, figures)) => figures.push(figure),
            None => self.rows.push((name.to_owned(), vec![figure])),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | {} | {} |", self.sizes[0], self.sizes[1])?;
        writeln!(f, "| --- | --: | --: |")?;
        for (name, figures) in &self.rows {
            writeln!(f, "| {name} | {} |", figures.join(" | "))?;
        }
        Ok(())
    }
}

pub(super) fn milliseconds(time: Duration) -> String {
    let time = time.as_secs_f64() * 1e3;
    if time < 100.0 {
        format!("{time:.1}")
    } else {
        format!("{time:.0}")
    }
}

/// The middle one and the slowest.
pub(super) fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied().unwrap_or_default();
    let slowest = times.last().copied().unwrap_or_default();
    format!("{} / {}", milliseconds(middle), milliseconds(slowest))
}
