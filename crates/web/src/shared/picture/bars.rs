//! Bars along one axis: times from when to when, or amounts.

use super::{Frame, Picture, SMALL, Shade, Shape, Share, TableCell, cut, line_of_text};
use crate::shared::i18n::Words;

/// Bars.
pub struct Bars {
    /// What they say of themselves.
    pub frame: Frame,
    /// The columns of the table.
    pub head: Vec<String>,
    /// Places on the axis, 0 to 1, with their words; four have room.
    pub ticks: Vec<(f64, String)>,
    /// Lines through all bars: places with their words.
    pub marks: Vec<(f64, String)>,
    /// The bars.
    pub rows: Vec<Bar>,
    /// Rows that only the table has.
    pub more_rows: Vec<Vec<TableCell>>,
}

/// One bar.
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// From where to where, 0 to 1.
    pub from_to: (f64, f64),
    /// How it looks.
    pub shade: Shade,
    /// What is said below it.
    pub words: String,
    /// Its row of the table, after the name.
    pub cells: Vec<TableCell>,
}

impl Bars {
    /// The bars with their table.
    pub fn picture(self, words: Words) -> Picture {
        let mut shapes = Vec::new();
        let mut y = 0;
        for (at, word) in &self.marks {
            let x = Share::of(*at);
            y += MARK;
            shapes.push(axis_text(x, y - 4, word, true));
        }
        let top = y;
        for bar in &self.rows {
            shapes.push(Shape::Open {
                href: bar.href.clone(),
                label: format!("{}: {}", bar.label, bar.words),
            });
            shapes.push(line_of_text(y + 18, &bar.label, true));
            let (from, to) = (Share::of(bar.from_to.0), Share::of(bar.from_to.1));
            shapes.push(Shape::Block {
                x: from,
                y: y + 26,
                // What is short is still seen.
                width: Share::of((to.0 - from.0).max(0.008)),
                height: THICK,
                shade: bar.shade,
                title: format!("{}: {}", bar.label, bar.words),
            });
            shapes.push(line_of_text(y + 56, &bar.words, false));
            shapes.push(Shape::Close);
            y += ROW;
        }
        let bottom = y;
        for (at, (place, _)) in self.marks.iter().enumerate() {
            let x = Share::of(*place);
            let from = MARK * u32::try_from(at + 1).unwrap_or(1);
            shapes.push(Shape::Line {
                from: (x, from.min(top)),
                to: (x, bottom),
                shade: MARKS[at % MARKS.len()],
            });
        }
        shapes.push(Shape::Line {
            from: (Share::START, bottom),
            to: (Share::END, bottom),
            shade: Shade::Good,
        });
        for (at, word) in &self.ticks {
            shapes.push(axis_text(Share::of(*at), bottom + 18, word, false));
        }
        let own = self.rows.into_iter().map(|bar| {
            std::iter::once(TableCell::link(bar.label, bar.href))
                .chain(bar.cells)
                .collect()
        });
        Picture {
            words,
            frame: self.frame,
            height: bottom + 26,
            shapes,
            head: self.head,
            rows: own.chain(self.more_rows).collect(),
        }
    }
}

pub(super) fn axis_text(x: Share, y: u32, word: &str, bold: bool) -> Shape {
    Shape::Text {
        x,
        dx: 0,
        y,
        anchor: x.anchor(),
        size: SMALL,
        bold,
        text: cut(word, if bold { 30 } else { 12 }),
    }
}

/// The line of a mark's words.
const MARK: u32 = 20;
/// One bar with its name and words.
const ROW: u32 = 70;
/// A bar's thickness.
const THICK: u32 = 14;
/// The looks of the marks, by turns.
const MARKS: [Shade; 3] = [Shade::Stop, Shade::News, Shade::Wait];
