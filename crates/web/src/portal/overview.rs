//! The pictures of the first pages, of keys and of drift.

use durward_app::operator::usage::Burn;
use durward_app::partner::today::{
    BoardApp, BoardPlace, Lead, Need, NeedItem, NeedKind, NextWindow,
};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use jiff::civil::Date;

use super::desk::Desk;
use super::parts::environment_name;
use crate::console::usage;
use crate::shared::i18n::Words;
use crate::shared::picture::{
    Bar, Bars, Board, BoardCell, BoardRow, Frame, Picture, Shade, TableCell,
};

/// What needs the reader, as pages list it.
pub struct NeedLine {
    /// What.
    pub name: String,
    /// How many.
    pub count: String,
    /// Where all of them are.
    pub href: String,
    /// Since when the oldest waits.
    pub since: String,
    /// The first of them.
    pub items: Vec<NeedItemLine>,
}

/// One thing that needs the reader.
pub struct NeedItemLine {
    /// What it is about.
    pub name: String,
    /// Where it is.
    pub href: String,
    /// How long it waits, and by when it is to be done.
    pub more: String,
}

impl NeedLine {
    /// What needs the reader of this desk.
    pub fn all(desk: &Desk, needs: &[Need]) -> Vec<Self> {
        needs.iter().map(|need| Self::of(desk, need)).collect()
    }

    fn of(desk: &Desk, need: &Need) -> Self {
        let words = desk.words();
        Self {
            name: words.t(&format!("need-is-{}", need.kind.as_str())),
            count: need.count.to_string(),
            href: need.href.clone(),
            since: need
                .since
                .map(|time| words.t1("need-since", "time", &desk.moment(time)))
                .unwrap_or_default(),
            items: need
                .items
                .iter()
                .map(|item| NeedItemLine::of(words, need.kind, item))
                .collect(),
        }
    }
}

impl NeedItemLine {
    fn of(words: Words, kind: NeedKind, item: &NeedItem) -> Self {
        let waited = item
            .waited
            .map(|days| words.t_count("answer-waited", u64::from(days)));
        let due = item
            .due
            .filter(|_| kind != NeedKind::Review)
            .map(|day| words.t1("need-due", "day", &day.to_string()));
        Self {
            name: item.title.clone(),
            href: item.href.clone(),
            more: waited
                .into_iter()
                .chain(due)
                .collect::<Vec<_>>()
                .join(" · "),
        }
    }
}

/// The orders that use most of their estimates: each with its number, its page, whose it is, and the picture.
pub fn burns(desk: &Desk, burns: &[Burn]) -> Vec<BurnLine> {
    let ids = ["burn_down", "burn_down_2", "burn_down_3"];
    burns
        .iter()
        .zip(ids)
        .map(|(burn, id)| BurnLine {
            number: burn.order.number.clone(),
            href: format!("/agreements/{}/usage", burn.order.number),
            agency: format!("{} · {}", burn.order.agency, burn.order.partner),
            picture: usage::burn_picture(desk, id, burn),
        })
        .collect()
}

/// An order with its burn-down.
pub struct BurnLine {
    /// Its number.
    pub number: String,
    /// The page of its usage.
    pub href: String,
    /// Whose it is.
    pub agency: String,
    /// The picture.
    pub picture: Picture,
}

/// Where apps stand between sandbox and production; nothing where there are none.
pub fn board(words: Words, apps: &[BoardApp]) -> Option<Picture> {
    let rows: Vec<BoardRow> = apps
        .iter()
        .map(|app| BoardRow {
            label: app.app_name.clone(),
            href: format!(
                "/apps/{}/{}",
                app.app,
                app.places
                    .first()
                    .map_or(EnvironmentName::Sandbox, |place| place.environment)
            ),
            cells: EnvironmentName::ALL
                .into_iter()
                .map(|name| {
                    let place = app.places.iter().find(|place| place.environment == name)?;
                    Some(board_cell(words, app, place))
                })
                .collect(),
        })
        .collect();
    (!rows.is_empty()).then(|| {
        Board {
            frame: frame(words, "board", ("board-title", "board-what")),
            corner: words.t("board-app"),
            columns: EnvironmentName::ALL
                .into_iter()
                .map(|name| environment_name(words, name))
                .collect(),
            rows,
        }
        .picture(words)
    })
}

fn board_cell(words: Words, app: &BoardApp, place: &BoardPlace) -> BoardCell {
    let revision = |number: i64| words.t1("board-revision", "number", &number.to_string());
    let (shade, said, more, href) = match &place.request {
        Some(request) => {
            let shade = match request.state {
                _ if request.blockers > 0 => Shade::Stop,
                LaunchState::ChangesRequested => Shade::Stop,
                LaunchState::Scheduled | LaunchState::Approved => Shade::News,
                LaunchState::Submitted => Shade::Wait,
                _ => Shade::Plain,
            };
            let more = match request.window {
                _ if request.blockers > 0 => words.t_count("board-blockers", request.blockers),
                Some(day) => day.to_string(),
                None => revision(place.revision),
            };
            let said = words.t(&format!(
                "board-{}",
                request.state.as_str().replace('_', "-")
            ));
            (shade, said, more, format!("/launches/{}", request.id))
        }
        None => {
            let (shade, key) = match place.live_revision {
                Some(live) if live == place.revision => (Shade::Good, "board-live"),
                Some(_) => (Shade::Wait, "board-changed"),
                None => (Shade::Plain, "board-not-live"),
            };
            let href = format!("/apps/{}/{}", app.app, place.environment);
            (shade, words.t(key), revision(place.revision), href)
        }
    };
    let environment = environment_name(words, place.environment);
    BoardCell {
        whole: format!("{}, {environment}: {said}, {more}", app.app_name),
        shade,
        words: said,
        more,
        href: Some(href),
    }
}

/// What ships in the next window, on the way from its submission.
pub fn next(words: Words, today: Date, next: &NextWindow) -> Option<Picture> {
    let submitted = |day: Option<jiff::Timestamp>| {
        day.map_or(today, |time| time.to_zoned(jiff::tz::TimeZone::UTC).date())
    };
    let first = next
        .ships
        .iter()
        .map(|one| submitted(one.submitted))
        .min()?
        .min(today);
    let span = Span::of(first, next.date);
    let rows = next
        .ships
        .iter()
        .map(|one| {
            let from = submitted(one.submitted);
            let window = one.window.unwrap_or(next.date);
            Bar {
                label: one.app_name.clone(),
                href: format!("/launches/{}", one.id),
                from_to: (span.place(from), span.place(window)),
                shade: Shade::News,
                words: format!(
                    "{} · {}",
                    environment_name(words, one.environment),
                    words.t1("board-window", "day", &window.to_string())
                ),
                cells: vec![
                    TableCell::text(environment_name(words, one.environment)),
                    TableCell::text(from.to_string()),
                    TableCell::text(window.to_string()),
                ],
            }
        })
        .collect();
    Some(
        Bars {
            frame: frame(words, "next_ships", ("ships-title", "next-desc")),
            head: vec![
                words.t("board-app"),
                words.t("difference-environment"),
                words.t("next-submitted"),
                words.t("next-window"),
            ],
            ticks: vec![(0.0, first.to_string()), (1.0, next.date.to_string())],
            marks: vec![(span.place(today), words.t("picture-today"))],
            rows,
            more_rows: Vec::new(),
        }
        .picture(words),
    )
}

/// How long the last requests took.
pub fn lead(words: Words, lead: &Lead) -> Option<Picture> {
    let most = lead.requests.iter().map(|one| one.hours).max()?.max(1);
    let share = |hours: i64| ratio(hours, most);
    let marks = [
        ("lead-median", lead.median_hours),
        ("lead-p90", lead.p90_hours),
    ];
    let said = |(key, hours): (&str, Option<i64>)| {
        hours.map(|hours| (hours, words.t1(key, "time", &duration(words, hours))))
    };
    let marks: Vec<(i64, String)> = marks.into_iter().filter_map(said).collect();
    Some(
        Bars {
            frame: frame(words, "lead", ("lead-title", "lead-desc")),
            head: vec![words.t("board-app"), words.t("lead-took")],
            ticks: vec![(0.0, "0".to_owned()), (1.0, duration(words, most))],
            rows: lead
                .requests
                .iter()
                .map(|one| Bar {
                    label: one.app_name.clone(),
                    href: format!("/launches/{}", one.id),
                    from_to: (0.0, share(one.hours)),
                    shade: Shade::Good,
                    words: duration(words, one.hours),
                    cells: vec![TableCell::text(duration(words, one.hours))],
                })
                .collect(),
            more_rows: marks
                .iter()
                .map(|(_, text)| vec![TableCell::text(text), TableCell::text("")])
                .collect(),
            marks: marks
                .into_iter()
                .map(|(hours, text)| (share(hours), text))
                .collect(),
        }
        .picture(words),
    )
}

/// A certificate in time.
pub struct KeyBar {
    /// What it is of.
    pub label: String,
    /// Where it is.
    pub href: String,
    /// The day from which it is good, where that is known.
    pub from: Option<Date>,
    /// The day on which it ends.
    pub to: Date,
}

/// When certificates end.
pub fn keys(words: Words, today: Date, bars: &[KeyBar]) -> Option<Picture> {
    let last = bars.iter().map(|bar| bar.to).max()?.max(today);
    let first = bars
        .iter()
        .map(|bar| bar.from.unwrap_or(bar.to))
        .min()?
        .min(today);
    let span = Span::of(first, last);
    Some(
        Bars {
            frame: frame(words, "key_timeline", ("timeline-title", "timeline-desc")),
            head: vec![words.t("board-app"), words.t("timeline-ends")],
            ticks: vec![(0.0, first.to_string()), (1.0, last.to_string())],
            marks: vec![(span.place(today), words.t("picture-today"))],
            rows: bars
                .iter()
                .map(|bar| Bar {
                    label: bar.label.clone(),
                    href: bar.href.clone(),
                    from_to: (span.place(bar.from.unwrap_or(first)), span.place(bar.to)),
                    shade: if bar.to <= today {
                        Shade::Stop
                    } else if days(today, bar.to) <= 30 {
                        Shade::Wait
                    } else {
                        Shade::Good
                    },
                    words: words.t1("timeline-until", "day", &bar.to.to_string()),
                    cells: vec![TableCell::text(bar.to.to_string())],
                })
                .collect(),
            more_rows: Vec::new(),
        }
        .picture(words),
    )
}

/// An app of production beside what the portal and the agreements say.
pub struct DriftLine {
    /// Its name.
    pub name: String,
    /// Its handle.
    pub handle: String,
    /// The newest revision in the portal.
    pub revision: i64,
    /// The revision that is deployed.
    pub live: i64,
    /// Whether what is deployed is not what was released.
    pub differs: bool,
    /// Whether an agreement covers it.
    pub covered: bool,
}

/// Deployed, portal, agreement.
pub fn drift(words: Words, lines: &[DriftLine]) -> Option<Picture> {
    let rows: Vec<BoardRow> = lines.iter().map(|line| drift_row(words, line)).collect();
    (!rows.is_empty()).then(|| {
        Board {
            frame: frame(words, "drift_matrix", ("matrix-title", "matrix-desc")),
            corner: words.t("board-app"),
            columns: ["matrix-deployed", "matrix-portal", "matrix-agreement"]
                .map(|key| words.t(key))
                .into(),
            rows,
        }
        .picture(words)
    })
}

fn drift_row(words: Words, line: &DriftLine) -> BoardRow {
    let base = format!("/apps/{}/production", line.handle);
    let cell = |column: &str, shade, (key, number): (&str, Option<i64>), href: String| {
        let said = words.t(key);
        let more = number
            .map(|number| words.t1("board-revision", "number", &number.to_string()))
            .unwrap_or_default();
        Some(BoardCell {
            shade,
            whole: format!("{}: {said} {more}", words.t(column))
                .trim()
                .to_owned(),
            words: said,
            more,
            href: Some(href),
        })
    };
    let deployed = if line.differs {
        (Shade::Stop, "matrix-differs")
    } else {
        (Shade::Good, "board-live")
    };
    let portal = if line.revision == line.live {
        (Shade::Good, "matrix-same")
    } else {
        (Shade::Wait, "matrix-newer")
    };
    let agreement = if line.covered {
        (Shade::Good, "matrix-covered")
    } else {
        (Shade::Stop, "matrix-not-covered")
    };
    BoardRow {
        label: line.name.clone(),
        href: base.clone(),
        cells: vec![
            cell(
                "matrix-deployed",
                deployed.0,
                (deployed.1, Some(line.live)),
                base.clone(),
            ),
            cell(
                "matrix-portal",
                portal.0,
                (portal.1, Some(line.revision)),
                format!("{base}/versions"),
            ),
            cell(
                "matrix-agreement",
                agreement.0,
                (agreement.1, None),
                "/agreements".to_owned(),
            ),
        ],
    }
}

fn frame(words: Words, id: &'static str, (title, what): (&str, &str)) -> Frame {
    Frame {
        id,
        title: words.t(title),
        description: words.t(what),
        signs: Vec::new(),
    }
}

/// Hours as people say them.
fn duration(words: Words, hours: i64) -> String {
    let hours = u64::try_from(hours).unwrap_or_default();
    if hours < 48 {
        words.t_count("lead-hours", hours)
    } else {
        words.t_count("days", (hours + 12) / 24)
    }
}

/// A span of days, as shares of its length.
struct Span {
    first: Date,
    days: i64,
}

impl Span {
    fn of(first: Date, last: Date) -> Self {
        Self {
            first,
            days: days(first, last).max(1),
        }
    }

    fn place(&self, day: Date) -> f64 {
        ratio(days(self.first, day), self.days)
    }
}

fn days(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

/// A share of a picture's width, which needs three digits.
fn ratio(part: i64, whole: i64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
pub(crate) mod samples {
    use durward_app::partner::launches::RequestKind;
    use durward_app::partner::today::{BoardRequest, Brief, LeadTime};
    use jiff::civil::date;

    use super::*;

    /// A kind of thing that needs the reader.
    pub(crate) fn need(words: Words) -> NeedLine {
        NeedLine {
            name: words.t("need-is-review"),
            count: "3".to_owned(),
            href: "/reviews".to_owned(),
            since: words.t1("need-since", "time", "2026-11-09 10:00 EST"),
            items: vec![NeedItemLine {
                name: "Fishing Licence".to_owned(),
                href: "/launches/1".to_owned(),
                more: words.t_count("answer-waited", 6),
            }],
        }
    }

    /// A board with a request and without one.
    pub(crate) fn apps() -> Vec<BoardApp> {
        let place = |environment, live_revision, request| BoardPlace {
            environment,
            revision: 3,
            live_revision,
            request,
        };
        let request = BoardRequest {
            id: "1".to_owned(),
            state: LaunchState::Draft,
            window: None,
            blockers: 2,
        };
        vec![BoardApp {
            app: "fishing-licence".to_owned(),
            app_name: "Fishing Licence".to_owned(),
            team: "fisheries-digital".to_owned(),
            places: vec![
                place(EnvironmentName::Sandbox, Some(3), None),
                place(EnvironmentName::Production, Some(2), Some(request)),
            ],
        }]
    }

    /// What ships, the board, and how long it took.
    pub(crate) fn pictures(words: Words) -> [Option<Picture>; 3] {
        let brief = Brief {
            id: "1".to_owned(),
            kind: RequestKind::Launch,
            app: "fishing-licence".to_owned(),
            app_name: "Fishing Licence".to_owned(),
            environment: EnvironmentName::Production,
            team: "fisheries-digital".to_owned(),
            state: LaunchState::Scheduled,
            window: Some(date(2026, 11, 12)),
            submitted: None,
            created: jiff::Timestamp::UNIX_EPOCH,
        };
        let ships = NextWindow {
            date: date(2026, 11, 12),
            reason: String::new(),
            ships: vec![brief],
        };
        let took = Lead {
            requests: vec![LeadTime {
                id: "1".to_owned(),
                app_name: "Fishing Licence".to_owned(),
                hours: 400,
            }],
            median_hours: Some(400),
            p90_hours: Some(400),
        };
        [
            next(words, date(2026, 11, 10), &ships),
            board(words, &apps()),
            lead(words, &took),
        ]
    }

    /// Keys in time and the matrix of drift.
    pub(crate) fn more_pictures(words: Words) -> [Option<Picture>; 2] {
        let key = |to| KeyBar {
            label: "Fishing Licence".to_owned(),
            href: "/apps/fishing-licence/production/keys".to_owned(),
            from: None,
            to,
        };
        let bars = [key(date(2026, 11, 1)), key(date(2027, 1, 1))];
        let line = |live, differs, covered| DriftLine {
            name: "Fishing Licence".to_owned(),
            handle: "fishing-licence".to_owned(),
            revision: 3,
            live,
            differs,
            covered,
        };
        [
            keys(words, date(2026, 11, 10), &bars),
            drift(words, &[line(3, false, true), line(2, true, false)]),
        ]
    }
}
