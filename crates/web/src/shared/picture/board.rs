//! A board: one row for each thing, one cell for each column.

use super::{Frame, LETTERS, Picture, SMALL, Shade, Shape, Share, TableCell, cut, line_of_text};
use crate::shared::i18n::Words;

/// A board.
pub struct Board {
    /// What it says of itself.
    pub frame: Frame,
    /// What a row is, above the first column of the table.
    pub corner: String,
    /// The columns.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<BoardRow>,
}

/// A row of a board.
pub struct BoardRow {
    /// Its name.
    pub label: String,
    /// Where the name leads.
    pub href: String,
    /// Its cells, one for each column; nothing stays empty.
    pub cells: Vec<Option<BoardCell>>,
}

/// A cell of a board.
#[derive(Default)]
pub struct BoardCell {
    /// How it looks.
    pub shade: Shade,
    /// One or two words: a third of 320 pixels is narrow.
    pub words: String,
    /// A second line, as short.
    pub more: String,
    /// The whole story, for the table and under the pointer.
    pub whole: String,
    /// Where it leads.
    pub href: Option<String>,
}

impl Board {
    /// The board with its table.
    pub fn picture(self, words: Words) -> Picture {
        let mut shapes = Vec::new();
        let count = self.columns.len().max(1);
        let width = 1.0 / f64::from(u32::try_from(count).unwrap_or(1));
        let places: Vec<Share> = (0..u32::try_from(count).unwrap_or(1))
            .map(|at| Share::of(f64::from(at) * width))
            .collect();
        for (x, column) in places.iter().zip(&self.columns) {
            shapes.push(Shape::Text {
                x: *x,
                dx: 2,
                y: HEAD - 8,
                anchor: "start",
                size: SMALL,
                bold: true,
                text: cut(column, CELL_ROOM),
            });
        }
        let mut y = HEAD;
        for row in &self.rows {
            shapes.push(Shape::Open {
                href: row.href.clone(),
                label: row.label.clone(),
            });
            // Fingers need room: the whole line leads there.
            shapes.push(line_of_text(y + 17, &row.label, true));
            shapes.push(Shape::Close);
            for (x, cell) in places.iter().zip(&row.cells) {
                let cell = cell.as_ref();
                draw(&mut shapes, (*x, width), y + 26, cell);
            }
            y += ROW;
        }
        let rows = self.rows.iter().map(table_row).collect();
        let head = std::iter::once(self.corner).chain(self.columns).collect();
        Picture {
            words,
            frame: self.frame,
            height: y,
            shapes,
            head,
            rows,
        }
    }
}

fn draw(shapes: &mut Vec<Shape>, (x, width): (Share, f64), y: u32, cell: Option<&BoardCell>) {
    let Some(cell) = cell else {
        shapes.push(text(x, 10, y + 27, "–", false));
        return;
    };
    if let Some(href) = &cell.href {
        shapes.push(Shape::Open {
            href: href.clone(),
            label: cell.whole.clone(),
        });
    }
    shapes.push(Shape::Block {
        // A gap on both sides, whatever the width is.
        x: Share::of(x.0 + 0.004),
        y: y + 2,
        width: Share::of(width - 0.012),
        height: CELL,
        shade: cell.shade,
        title: cell.whole.clone(),
    });
    let first = if cell.more.is_empty() { 27 } else { 20 };
    shapes.push(text(x, 10, y + first, &cell.words, true));
    if !cell.more.is_empty() {
        shapes.push(text(x, 10, y + 36, &cell.more, false));
    }
    if cell.href.is_some() {
        shapes.push(Shape::Close);
    }
}

fn text(x: Share, dx: i32, y: u32, words: &str, bold: bool) -> Shape {
    Shape::Text {
        x,
        dx,
        y,
        anchor: "start",
        size: if bold { SMALL } else { LETTERS - 2 },
        bold,
        text: cut(words, CELL_ROOM),
    }
}

fn table_row(row: &BoardRow) -> Vec<TableCell> {
    let cells = row.cells.iter().map(|cell| match cell {
        None => TableCell::text("–"),
        Some(cell) => TableCell {
            text: cell.whole.clone(),
            href: cell.href.clone(),
        },
    });
    std::iter::once(TableCell::link(&row.label, &row.href))
        .chain(cells)
        .collect()
}

/// Above the first row.
const HEAD: u32 = 26;
/// One row with its name.
const ROW: u32 = 84;
/// A cell's height.
const CELL: u32 = 46;
/// The letters of a third of 320 pixels.
const CELL_ROOM: usize = 13;
