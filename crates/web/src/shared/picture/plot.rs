//! A plot: lines and a band over one axis.

use std::fmt::Write as _;

use super::bars::axis_text;
use super::{Frame, Picture, Shade, Shape, Share, TableCell};
use crate::shared::i18n::Words;

/// A plot. Places are 0 to 1, along from the left and up from the bottom.
pub struct Plot {
    /// What it says of itself.
    pub frame: Frame,
    /// Places along the axis with their words; four have room.
    pub ticks: Vec<(f64, String)>,
    /// Heights with their words, such as an estimate.
    pub levels: Vec<(f64, String)>,
    /// Places along with their words, such as today.
    pub marks: Vec<(f64, String)>,
    /// Between which two lines what comes is expected.
    pub band: Option<Band>,
    /// The lines.
    pub lines: Vec<PlotLine>,
    /// The columns of the table.
    pub head: Vec<String>,
    /// The rows of the table.
    pub rows: Vec<Vec<TableCell>>,
}

/// A band.
pub struct Band {
    /// How it looks.
    pub shade: Shade,
    /// Its lower edge, from left to right.
    pub low: Vec<(f64, f64)>,
    /// Its upper edge, from left to right.
    pub high: Vec<(f64, f64)>,
}

/// A line.
pub struct PlotLine {
    /// How it looks.
    pub shade: Shade,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

impl Plot {
    /// The plot with its table.
    pub fn picture(self, words: Words) -> Picture {
        let mut shapes = Vec::new();
        let mut top = 0;
        for (at, word) in &self.marks {
            top += MARK;
            shapes.push(axis_text(Share::of(*at), top - 4, word, true));
        }
        // Room for the words of a level at the very top.
        top += MARK;
        let bottom = top + HEIGHT;
        if let Some(band) = &self.band {
            let mut d = path(&band.low);
            for (x, y) in band.high.iter().rev() {
                push(&mut d, 'L', (*x, *y));
            }
            d.push('Z');
            shapes.push(drawn(top, d, band.shade, true));
        }
        for line in &self.lines {
            shapes.push(drawn(top, path(&line.points), line.shade, false));
        }
        for (height, word) in &self.levels {
            let y = down(top, *height);
            shapes.push(Shape::Line {
                from: (Share::START, y),
                to: (Share::END, y),
                shade: Shade::Stop,
            });
            shapes.push(axis_text(Share::START, y.saturating_sub(5), word, true));
        }
        for (at, (place, _)) in self.marks.iter().enumerate() {
            let x = Share::of(*place);
            shapes.push(Shape::Line {
                from: (x, MARK * u32::try_from(at + 1).unwrap_or(1)),
                to: (x, bottom),
                shade: Shade::Wait,
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
        Picture {
            words,
            frame: self.frame,
            height: bottom + 26,
            shapes,
            head: self.head,
            rows: self.rows,
        }
    }
}

fn drawn(y: u32, d: String, shade: Shade, filled: bool) -> Shape {
    Shape::Path {
        y,
        height: HEIGHT,
        d,
        shade,
        filled,
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (at, point) in points.iter().enumerate() {
        push(&mut d, if at == 0 { 'M' } else { 'L' }, *point);
    }
    d
}

fn push(d: &mut String, command: char, (x, y): (f64, f64)) {
    let (x, y) = (Share::of(x).0 * 1000.0, (1.0 - Share::of(y).0) * 1000.0);
    // Writing to a String cannot fail.
    let _ = write!(d, "{command}{x:.1} {y:.1}");
}

/// Where a height is, in pixels from above.
fn down(top: u32, height: f64) -> u32 {
    let share = Share::of(1.0 - Share::of(height).0).0;
    (0..=HEIGHT)
        .find(|pixel| f64::from(*pixel) >= share * f64::from(HEIGHT))
        .map_or(top + HEIGHT, |pixel| top + pixel)
}

/// The height of what is plotted.
const HEIGHT: u32 = 220;
/// The line of a mark's words.
const MARK: u32 = 20;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use askama::Template as _;

    use super::*;
    use crate::shared::i18n::Language;
    use crate::shared::picture::{Bar, Bars, Board, BoardCell, BoardRow};

    fn frame() -> Frame {
        Frame {
            id: "usage",
            title: "Usage <of> it".to_owned(),
            description: "It \"rises\".".to_owned(),
            signs: vec![(Shade::News, "Forecast".to_owned())],
        }
    }

    fn words() -> Words {
        Words::of(Language::English)
    }

    /// What the policy of pages forbids, and what must be there for those who do not see it.
    fn judged(picture: &Picture) -> String {
        let text = picture.render().unwrap();
        for forbidden in [" style=", "<script", "<style", "javascript:"] {
            let found = text.to_lowercase().contains(forbidden);
            assert!(!found, "{forbidden} in {text}");
        }
        assert!(
            text.contains("<title id=\"usage_title\">Usage &#60;of&#62; it</title>"),
            "{text}"
        );
        assert!(
            text.contains("<desc id=\"usage_desc\">It &#34;rises&#34;.</desc>"),
            "{text}"
        );
        assert!(text.contains("<caption"), "{text}");
        text
    }

    #[test]
    fn a_plot_draws_its_band_its_lines_and_its_levels() {
        let plot = Plot {
            frame: frame(),
            ticks: vec![(0.0, "Oct".to_owned()), (1.0, "Sep".to_owned())],
            levels: vec![(0.5, "Estimate".to_owned())],
            marks: vec![(0.25, "Today".to_owned())],
            band: Some(Band {
                shade: Shade::News,
                low: vec![(0.25, 0.2), (1.0, 0.6)],
                high: vec![(0.25, 0.2), (1.0, 0.9)],
            }),
            lines: vec![PlotLine {
                shade: Shade::Good,
                points: vec![(0.0, 0.0), (0.25, 0.2)],
            }],
            head: vec!["Month".to_owned(), "Amount".to_owned()],
            rows: vec![vec![TableCell::text("Oct"), TableCell::text("$1.00")]],
        };
        let text = judged(&plot.picture(words()));
        assert!(text.contains("role=\"img\""), "{text}");
        assert!(
            text.contains("M250.0 800.0L1000.0 400.0L1000.0 100.0L250.0 800.0Z"),
            "{text}"
        );
        assert!(text.contains("<td>$1.00</td>"), "{text}");
    }

    #[test]
    fn what_leads_elsewhere_is_no_mere_image() {
        let board = Board {
            frame: frame(),
            corner: "App".to_owned(),
            columns: vec!["Sandbox".to_owned(), "Production".to_owned()],
            rows: vec![BoardRow {
                label: "Fish & Chips".to_owned(),
                href: "/apps/fish/sandbox".to_owned(),
                cells: vec![
                    Some(BoardCell {
                        words: "Live".to_owned(),
                        whole: "Revision 3 is live".to_owned(),
                        href: Some("/apps/fish/sandbox".to_owned()),
                        ..BoardCell::default()
                    }),
                    None,
                ],
            }],
        };
        let text = judged(&board.picture(words()));
        assert!(text.contains("role=\"group\""), "{text}");
        assert!(text.contains("Fish &#38; Chips"), "{text}");
        assert_eq!(text.matches("<a ").count(), 4, "{text}");
        assert_eq!(text.matches("</a>").count(), 4, "{text}");
    }

    #[test]
    fn bars_without_a_length_are_still_seen() {
        let bars = Bars {
            frame: frame(),
            head: vec!["App".to_owned(), "Days".to_owned()],
            ticks: Vec::new(),
            marks: vec![(2.0, "Median".to_owned())],
            rows: vec![Bar {
                label: "A".to_owned(),
                href: "/a".to_owned(),
                from_to: (0.0, 0.0),
                shade: Shade::Wait,
                words: "0 days".to_owned(),
                cells: vec![TableCell::text("0")],
            }],
            more_rows: vec![vec![TableCell::text("Median"), TableCell::text("0")]],
        };
        let text = judged(&bars.picture(words()));
        assert!(text.contains("width=\"0.80%\""), "{text}");
        assert!(text.contains("stroke-dasharray=\"6 3\""), "{text}");
        assert_eq!(text.matches("<tr>").count(), 3, "{text}");
    }
}
