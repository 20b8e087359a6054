//! `durward calendar`: the earliest deployment day with its reasons, and the deployment days of a span.

use std::fmt::Write as _;
use std::sync::Arc;

use clap::{Args, Subcommand};
use durward_domain::calendar::{Ask, Calendar, NoticeKind, say};
use durward_domain::programme::Programme;
use jiff::civil::Date;

use super::out::{self, Stop};

#[derive(Subcommand)]
pub(super) enum CalendarCommand {
    /// Explain the earliest deployment day for a request.
    Explain(Explain),
    /// List the deployment days of a span, both ends included.
    Windows(Windows),
}

#[derive(Args)]
pub(super) struct Explain {
    #[command(flatten)]
    programme: OfProgramme,
    /// The day on which the complete request is submitted, such as 2026-11-10.
    #[arg(long, value_name = "DATE")]
    submitted: Date,
    /// The push-notification URL is new or changes its domain.
    #[arg(long)]
    push_url: bool,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct Windows {
    #[command(flatten)]
    programme: OfProgramme,
    /// The first day.
    #[arg(long, value_name = "DATE")]
    from: Date,
    /// The last day.
    #[arg(long, value_name = "DATE")]
    to: Date,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct OfProgramme {
    /// The programme whose rules hold.
    #[arg(long, value_name = "NAME", default_value = "us")]
    programme: String,
}

impl CalendarCommand {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::Explain(explain) => explain.run(),
            Self::Windows(windows) => windows.run(),
        }
    }
}

impl Explain {
    fn run(self) -> Result<(), Stop> {
        let calendar = self.programme.calendar()?;
        in_range(self.submitted)?;
        let kind = if self.push_url {
            NoticeKind::PushUrl
        } else {
            NoticeKind::New
        };
        let explained = calendar
            .earliest(&Ask::new(self.submitted, kind))
            .map_err(|none| Stop::failure(none.to_string()))?;
        if self.json {
            return json(&explained);
        }
        let mut text = String::new();
        for step in &explained.steps {
            let _ = writeln!(text, "{}  {}", step.date, step.sentence);
        }
        let _ = write!(text, "Earliest deployment: {}", say(explained.earliest));
        out::print(&text);
        Ok(())
    }
}

impl Windows {
    fn run(self) -> Result<(), Stop> {
        let calendar = self.programme.calendar()?;
        in_range(self.from)?;
        in_range(self.to)?;
        if self.to < self.from
            || self
                .from
                .until(self.to)
                .is_ok_and(|span| span.get_days() > LONGEST_SPAN_DAYS)
        {
            return Err(Stop::usage(
                "--to must be on or after --from, and at most ten years later",
            ));
        }
        let windows = calendar.windows(self.from, self.to);
        if self.json {
            return json(&serde_json::json!({ "windows": windows }));
        }
        let lines: Vec<String> = windows
            .iter()
            .map(|window| format!("{}  {}", window.date, window.reason))
            .collect();
        out::print(&lines.join("\n"));
        Ok(())
    }
}

impl OfProgramme {
    fn calendar(&self) -> Result<Calendar, Stop> {
        Ok(Calendar::of(&programme(&self.programme)?))
    }
}

/// The programme of that name, or a sentence that lists the known ones.
pub(super) fn programme(name: &str) -> Result<Arc<Programme>, Stop> {
    Programme::named(name).ok_or_else(|| {
        let known = Programme::names().join(", ");
        Stop::usage(format!(
            "there is no programme called \"{name}\". Known: {known}"
        ))
    })
}

/// The rules for holidays are written for these years.
fn in_range(date: Date) -> Result<(), Stop> {
    if (1971..=9000).contains(&date.year()) {
        return Ok(());
    }
    Err(Stop::usage(format!(
        "{date} is outside the years 1971 to 9000"
    )))
}

fn json(value: &impl serde::Serialize) -> Result<(), Stop> {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Stop::failure(error.to_string()))?;
    out::print(&text);
    Ok(())
}

const LONGEST_SPAN_DAYS: i32 = 3660;
