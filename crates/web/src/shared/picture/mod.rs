//! Pictures that the server draws, each with the same facts as a table below it.
//!
//! A picture has no view box: what lies along is a share of the width, what stands is in pixels. So letters keep their size
//! from 320 pixels on, and nothing needs a script or a style attribute. A picture is made of rows and words by [`Board`],
//! [`Bars`] or [`Plot`]; they write the table too, so that both say the same.

mod bars;
mod board;
mod plot;

pub use bars::{Bar, Bars};
pub use board::{Board, BoardCell, BoardRow};
pub use plot::{Band, Plot, PlotLine};

use super::i18n::Words;

/// A picture with its signs and its table. Print it into a page with `{{ picture|safe }}`: it escapes its own words.
#[derive(askama::Template)]
#[template(path = "shared/picture.html")]
pub struct Picture {
    words: Words,
    frame: Frame,
    height: u32,
    shapes: Vec<Shape>,
    head: Vec<String>,
    rows: Vec<Vec<TableCell>>,
}

impl Picture {
    /// Whether something in it leads elsewhere.
    fn has_links(&self) -> bool {
        self.shapes
            .iter()
            .any(|shape| matches!(shape, Shape::Open { .. }))
    }
}

/// What every picture says of itself.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Its id on the page.
    pub id: &'static str,
    /// Its name.
    pub title: String,
    /// What is to be read from it, for those who do not see it.
    pub description: String,
    /// What the looks mean.
    pub signs: Vec<(Shade, String)>,
}

/// How a thing looks; never the only thing that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shade {
    /// Nothing to say.
    #[default]
    Plain,
    /// As it should be.
    Good,
    /// Somebody must do something.
    Wait,
    /// Something is wrong.
    Stop,
    /// It comes.
    News,
}

impl Shade {
    /// The colour of a surface; black letters can be read on it.
    const fn fill(self) -> &'static str {
        match self {
            Self::Plain => "#f0f0f0",
            Self::Good => "#ecf3ec",
            Self::Wait => "#faf3d1",
            Self::Stop => "#f9eeee",
            Self::News => "#e7f2f5",
        }
    }

    /// The colour of an edge; at least three to one against white and against its surface.
    const fn edge(self) -> &'static str {
        match self {
            Self::Plain => "#71767a",
            Self::Good => "#446443",
            Self::Wait => "#7a591a",
            Self::Stop => "#b50909",
            Self::News => "#005ea2",
        }
    }

    /// The pattern of an edge: who sees no colours tells them apart by it.
    const fn dashes(self) -> &'static str {
        match self {
            Self::Plain => "1 3",
            Self::Wait => "6 3",
            Self::Good | Self::Stop | Self::News => "none",
        }
    }

    /// How thick an edge is.
    const fn weight(self) -> u8 {
        match self {
            Self::Plain | Self::Wait | Self::News => 1,
            Self::Good => 2,
            Self::Stop => 3,
        }
    }

    /// The same look as one of a status in words.
    pub fn of_mark(shade: &str) -> Self {
        match shade {
            "good" => Self::Good,
            "wait" => Self::Wait,
            "stop" => Self::Stop,
            "news" => Self::News,
            _ => Self::Plain,
        }
    }
}

/// One cell of a picture's table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableCell {
    /// Its words.
    pub text: String,
    /// Where it leads.
    pub href: Option<String>,
}

impl TableCell {
    /// Words alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: None,
        }
    }

    /// Words that lead somewhere.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            href: Some(href.into()),
        }
    }
}

/// What is drawn. Along: percent of the width; down: pixels.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    /// From here to [`Shape::Close`] it leads somewhere.
    Open { href: String, label: String },
    /// Ends a link.
    Close,
    /// A surface.
    Block {
        x: Share,
        y: u32,
        width: Share,
        height: u32,
        shade: Shade,
        title: String,
    },
    /// A line.
    Line {
        from: (Share, u32),
        to: (Share, u32),
        shade: Shade,
    },
    /// Letters.
    Text {
        x: Share,
        dx: i32,
        y: u32,
        anchor: &'static str,
        size: u8,
        bold: bool,
        text: String,
    },
    /// A path in thousandths of a surface that stretches over the whole width.
    Path {
        y: u32,
        height: u32,
        d: String,
        shade: Shade,
        filled: bool,
    },
}

/// A share of the width, printed as percent.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Share(f64);

impl Share {
    const START: Self = Self(0.0);
    const END: Self = Self(1.0);

    fn of(share: f64) -> Self {
        Self(if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        })
    }

    /// Where letters at this place begin so that they stay inside.
    fn anchor(self) -> &'static str {
        if self.0 < 0.15 {
            "start"
        } else if self.0 > 0.85 {
            "end"
        } else {
            "middle"
        }
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2}%", self.0 * 100.0)
    }
}

/// Cuts words so that they take at most so much room; letters of Chinese take two.
fn cut(text: &str, room: usize) -> String {
    let wide = |letter: char| if u32::from(letter) >= 0x2E80 { 2 } else { 1 };
    if text.chars().map(wide).sum::<usize>() <= room {
        return text.to_owned();
    }
    let mut used = 1;
    let mut kept: String = text
        .chars()
        .take_while(|letter| {
            used += wide(*letter);
            used <= room
        })
        .collect();
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    kept
}

fn line_of_text(y: u32, text: &str, bold: bool) -> Shape {
    Shape::Text {
        x: Share::START,
        dx: 0,
        y,
        anchor: "start",
        size: LETTERS,
        bold,
        text: cut(text, ROOM),
    }
}

/// The size of letters.
const LETTERS: u8 = 14;
/// The size of letters at an axis and in cells.
const SMALL: u8 = 13;
/// The letters that stand beside each other at 320 pixels.
const ROOM: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_to_their_room() {
        assert_eq!(cut("Fishing Licence", 15), "Fishing Licence");
        assert_eq!(cut("Fishing Licence", 9), "Fishing…");
        assert_eq!(cut("渔业许可证", 7), "渔业许…");
        assert_eq!(cut("", 4), "");
    }

    #[test]
    fn a_share_stays_inside() {
        assert_eq!(Share::of(1.0 / 3.0).to_string(), "33.33%");
        assert_eq!(Share::of(-2.0).to_string(), "0.00%");
        assert_eq!(Share::of(7.0).to_string(), "100.00%");
        assert_eq!(Share::of(f64::NAN).to_string(), "0.00%");
    }

    /// Relative luminance, WCAG 2.2.
    fn luminance(colour: &str) -> f64 {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap_or(0)) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    }

    fn contrast(one: &str, other: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_look_can_be_told_from_the_others_and_read() {
        let all = [
            Shade::Plain,
            Shade::Good,
            Shade::Wait,
            Shade::Stop,
            Shade::News,
        ];
        for (at, shade) in all.iter().enumerate() {
            assert!(contrast(shade.edge(), "#ffffff") >= 4.5, "{shade:?}");
            assert!(contrast(shade.edge(), shade.fill()) >= 3.0, "{shade:?}");
            assert!(contrast("#1b1b1b", shade.fill()) >= 7.0, "{shade:?}");
            for other in &all[at + 1..] {
                assert_ne!(shade.edge(), other.edge());
                assert_ne!(shade.fill(), other.fill());
            }
        }
    }
}
