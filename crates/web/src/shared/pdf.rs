//! Plain documents as PDF 1.7: tagged for screen readers, with title and language, the same bytes for the same text. Its
//! fonts are the ones that every reader has; letters beyond Windows-1252 are printed as "?".

use std::fmt::Write as _;

/// One block of a document.
pub enum Line {
    /// The title, once.
    Title(String),
    /// A heading.
    Heading(String),
    /// A label and its value.
    Pair(String, String),
}

/// Writes a document.
pub fn write(title: &str, lines: &[Line]) -> Vec<u8> {
    let pages = laid_out(lines);
    let mut file = File::default();
    let (catalog, tree, info, structure, regular, bold) = (1, 2, 3, 4, 5, 6);
    let first = 7;
    let page_id = |index: usize| first + 2 * index;
    let element_id = |index: usize| first + 2 * pages.len() + index;
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", page_id(page)))
        .collect();
    file.put(catalog, &format!("<</Type/Catalog/Pages {tree} 0 R/Lang(en-US)/MarkInfo<</Marked true>>/StructTreeRoot {structure} 0 R/ViewerPreferences<</DisplayDocTitle true>>>>"));
    file.put(
        tree,
        &format!(
            "<</Type/Pages/Count {}/Kids[{}]>>",
            pages.len(),
            kids.join(" ")
        ),
    );
    file.put(
        info,
        &format!("<</Title{}/Producer(Durward)>>", string(title)),
    );
    let blocks: Vec<(usize, &Block)> = pages
        .iter()
        .enumerate()
        .flat_map(|(page, blocks)| blocks.iter().map(move |block| (page, block)))
        .collect();
    let elements: Vec<String> = (0..blocks.len())
        .map(|one| format!("{} 0 R", element_id(one)))
        .collect();
    let mut parents = String::new();
    let mut at = 0;
    for (page, blocks) in pages.iter().enumerate() {
        let of_page: Vec<String> = (0..blocks.len())
            .map(|one| format!("{} 0 R", element_id(at + one)))
            .collect();
        let _ = write!(parents, "{page}[{}]", of_page.join(" "));
        at += blocks.len();
    }
    file.put(
        structure,
        &format!(
            "<</Type/StructTreeRoot/K[{}]/ParentTree<</Nums[{parents}]>>>>",
            elements.join(" ")
        ),
    );
    for (id, name) in [(regular, "Helvetica"), (bold, "Helvetica-Bold")] {
        file.put(
            id,
            &format!("<</Type/Font/Subtype/Type1/BaseFont/{name}/Encoding/WinAnsiEncoding>>"),
        );
    }
    for (index, blocks) in pages.iter().enumerate() {
        file.put(page_id(index), &format!(
            "<</Type/Page/Parent {tree} 0 R/MediaBox[0 0 612 792]/StructParents {index}/Tabs/S/Resources<</Font<</R {regular} 0 R/B {bold} 0 R>>>>/Contents {} 0 R>>",
            page_id(index) + 1
        ));
        let content = drawn(blocks);
        file.put(
            page_id(index) + 1,
            &format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        );
    }
    let mut mark = 0;
    let mut last_page = 0;
    for (index, (page, block)) in blocks.iter().enumerate() {
        if *page != last_page {
            (mark, last_page) = (0, *page);
        }
        file.put(
            element_id(index),
            &format!(
                "<</Type/StructElem/S/{}/P {structure} 0 R/Pg {} 0 R/K {mark}>>",
                block.tag,
                page_id(*page)
            ),
        );
        mark += 1;
    }
    file.end(catalog, info)
}

/// One tagged block: its printed lines, each with font, size and the place of its baseline.
struct Block {
    tag: &'static str,
    printed: Vec<(char, u32, u32, String)>,
}

fn laid_out(lines: &[Line]) -> Vec<Vec<Block>> {
    let mut pages: Vec<Vec<Block>> = vec![Vec::new()];
    let mut y = TOP;
    for line in lines {
        let (tag, font, size, before, text) = match line {
            Line::Title(text) => ("H1", 'B', 16, 0, text.clone()),
            Line::Heading(text) => ("H2", 'B', 12, 12, text.clone()),
            Line::Pair(label, value) => ("P", 'R', 10, 4, format!("{label}: {value}")),
        };
        let wrapped = wrap(&text, size);
        y = y.saturating_sub(before);
        let mut block = Block {
            tag,
            printed: Vec::new(),
        };
        for text in wrapped {
            if y < BOTTOM {
                let tag = block.tag;
                push(
                    &mut pages,
                    std::mem::replace(
                        &mut block,
                        Block {
                            tag,
                            printed: Vec::new(),
                        },
                    ),
                );
                pages.push(Vec::new());
                y = TOP;
            }
            block.printed.push((font, size, y, text));
            y = y.saturating_sub(size + size / 3);
        }
        push(&mut pages, block);
    }
    pages
}

fn push(pages: &mut [Vec<Block>], block: Block) {
    if let Some(page) = pages.last_mut()
        && !block.printed.is_empty()
    {
        page.push(block);
    }
}

fn drawn(blocks: &[Block]) -> String {
    let mut content = String::new();
    for (mark, block) in blocks.iter().enumerate() {
        let _ = writeln!(content, "/{}<</MCID {mark}>>BDC", block.tag);
        for (font, size, y, text) in &block.printed {
            let _ = writeln!(
                content,
                "BT/{font} {size} Tf 1 0 0 1 {LEFT} {y} Tm{}Tj ET",
                string(text)
            );
        }
        content.push_str("EMC\n");
    }
    content.truncate(content.trim_end().len());
    content
}

/// Breaks a text into lines that fit, at spaces where there are any. Bold is a little wider: the width leaves room for it.
fn wrap(text: &str, size: u32) -> Vec<String> {
    let most = WIDTH * 1000 / size;
    let mut lines = Vec::new();
    for part in text.split('\n') {
        let mut line = String::new();
        for word in part.split_whitespace() {
            for piece in pieces(word, most) {
                let gap = u32::from(!line.is_empty()) * 278;
                if !line.is_empty() && wide(&line) + gap + wide(&piece) > most {
                    lines.push(std::mem::take(&mut line));
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&piece);
            }
        }
        lines.push(line);
    }
    lines
}

/// A word that is longer than a line, in pieces that are not.
fn pieces(word: &str, most: u32) -> Vec<String> {
    let mut all = vec![String::new()];
    for letter in word.chars() {
        let full = all.last().is_some_and(|piece| wide(piece) + 1015 > most);
        if full {
            all.push(String::new());
        }
        if let Some(piece) = all.last_mut() {
            piece.push(letter);
        }
    }
    all
}

fn wide(text: &str) -> u32 {
    text.chars()
        .map(|letter| match letter {
            'i' | 'j' | 'l' | '\'' => 222,
            ' ' | '!' | ',' | '.' | '/' | ':' | ';' | 'I' | '[' | ']' | 'f' | 't' => 278,
            '(' | ')' | '-' | '`' | 'r' | '"' => 355,
            'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500,
            'm' | 'M' | 'w' | 'W' | '%' | '@' => 1015,
            'C' | 'D' | 'G' | 'H' | 'N' | 'O' | 'Q' | 'R' | 'U' => 778,
            'A'..='Z' | '&' => 667,
            _ => 584,
        })
        .sum()
}

/// A text in Windows-1252, as a hexadecimal string: nothing in it can end it.
fn string(text: &str) -> String {
    let mut hex = String::from("<");
    for letter in text.chars() {
        let byte = match letter {
            '\u{2013}' => 0x96,
            '\u{2014}' => 0x97,
            '\u{2018}' => 0x91,
            '\u{2019}' => 0x92,
            '\u{201c}' => 0x93,
            '\u{201d}' => 0x94,
            '\u{2022}' => 0x95,
            '\u{2026}' => 0x85,
            '\u{20ac}' => 0x80,
            ' '..='~' | '\u{a0}'..='\u{ff}' => u32::from(letter),
            _ => u32::from('?'),
        };
        let _ = write!(hex, "{byte:02x}");
    }
    hex.push('>');
    hex
}

/// The objects of a file and where each begins.
#[derive(Default)]
struct File {
    objects: Vec<(usize, String)>,
}

impl File {
    fn put(&mut self, id: usize, object: &str) {
        self.objects.push((id, object.to_owned()));
    }

    fn end(mut self, catalog: usize, info: usize) -> Vec<u8> {
        self.objects.sort_by_key(|(id, _)| *id);
        let mut text = String::from("%PDF-1.7\n");
        let mut places = Vec::with_capacity(self.objects.len());
        for (id, object) in &self.objects {
            places.push(text.len());
            let _ = write!(text, "{id} 0 obj\n{object}\nendobj\n");
        }
        let (start, count) = (text.len(), places.len() + 1);
        let _ = write!(text, "xref\n0 {count}\n0000000000 65535 f \n");
        for place in places {
            let _ = writeln!(text, "{place:010} 00000 n ");
        }
        let _ = write!(
            text,
            "trailer\n<</Size {count}/Root {catalog} 0 R/Info {info} 0 R>>\nstartxref\n{start}\n%%EOF\n"
        );
        text.into_bytes()
    }
}

const TOP: u32 = 730;
const BOTTOM: u32 = 60;
const LEFT: u32 = 60;
const WIDTH: u32 = 470;

#[cfg(test)]
mod tests {
    use durward_domain::agreement::examine;

    use super::*;

    fn lines(count: usize) -> Vec<Line> {
        let mut lines = vec![Line::Title("Order LG-1 (signed) \\ 契約".to_owned())];
        lines.push(Line::Heading("Parties".to_owned()));
        for one in 0..count {
            lines.push(Line::Pair(format!("Field {one}"), "word ".repeat(40)));
        }
        lines
    }

    #[test]
    fn the_same_text_is_the_same_bytes_and_a_file_that_we_would_keep() {
        let file = write("Order", &lines(200));
        assert_eq!(file, write("Order", &lines(200)));
        assert!(examine(&file).is_ok());
    }

    #[test]
    fn it_is_tagged_with_title_and_language_and_every_object_is_where_the_table_says() {
        let file = String::from_utf8(write("Order", &lines(120))).unwrap_or_default();
        for wanted in [
            "/Lang(en-US)",
            "/Marked true",
            "/DisplayDocTitle true",
            "/S/H1",
            "/S/H2",
            "/S/P",
        ] {
            assert!(file.contains(wanted), "{wanted}");
        }
        assert!(file.matches("/Type/Page/").count() > 1);
        let table = file
            .rsplit("startxref\n")
            .next()
            .and_then(|rest| rest.lines().next())
            .and_then(|place| place.parse::<usize>().ok())
            .unwrap_or_default();
        let rows: Vec<&str> = file
            .get(table..)
            .unwrap_or_default()
            .lines()
            .skip(3)
            .take_while(|row| row.ends_with("n "))
            .collect();
        for (index, row) in rows.iter().enumerate() {
            let place: usize = row
                .get(..10)
                .and_then(|digits| digits.parse().ok())
                .unwrap_or_default();
            assert!(
                file.get(place..)
                    .unwrap_or_default()
                    .starts_with(&format!("{} 0 obj", index + 1))
            );
        }
    }

    #[test]
    fn long_words_are_broken_and_no_line_is_wider_than_the_page() {
        for line in wrap(&format!("{} end", "W".repeat(500)), 10) {
            assert!(wide(&line) <= WIDTH * 100);
        }
    }
}
