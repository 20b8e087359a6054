//! Logos as mail can show them. Mail programs show no SVG, so that one is drawn as PNG.
//!
//! Only what the validator lets through is drawn, and of that only shapes: no file, font, style sheet or address is ever
//! opened. One picture is drawn at a time, off the threads that answer requests.

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use durward_domain::lint::drawn_in_mail;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Group, ImageHrefResolver, Node, Tree};
use tokio::sync::Semaphore;

use crate::client::documents::{self, Logo};
use crate::door::Door;
use crate::failure::Fault;

/// A PNG and the size at which it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    /// The bytes.
    pub png: Vec<u8>,
    /// In points.
    pub width: u32,
    /// In points.
    pub height: u32,
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Picture({} × {})", self.width, self.height)
    }
}

/// The pictures that mail showed lately, by the digest of their logo, and the place where the next one is drawn.
pub struct Pictures {
    kept: Mutex<HashMap<String, Option<Arc<Picture>>>>,
    place: Arc<Semaphore>,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            place: Arc::new(Semaphore::new(1)),
        }
    }
}

/// The picture of a logo that this environment serves; none where it cannot be drawn: then its app is named in words alone.
///
/// # Errors
/// A fault of the database.
pub async fn of_logo(door: &Door, digest: &str) -> Result<Option<Arc<Picture>>, Fault> {
    let kept = || {
        door.pictures
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    };
    if let Some(found) = kept().get(digest) {
        return Ok(found.clone());
    }
    let Some(logo) = documents::logo(door, digest).await? else {
        return Ok(None);
    };
    let drawn = door.pictures.draw(logo).await.map(Arc::new);
    let mut kept = kept();
    if kept.len() >= MOST_KEPT {
        kept.clear();
    }
    kept.insert(digest.to_owned(), drawn.clone());
    Ok(drawn)
}

impl Pictures {
    /// Draws a logo. Nothing when it cannot be drawn, or not soon.
    pub async fn draw(&self, logo: Logo) -> Option<Picture> {
        if logo.media_type == "image/png" {
            return of_png(logo.bytes);
        }
        let place = Arc::clone(&self.place);
        let drawing = async {
            // Held until the drawing ends, whoever has given up waiting: never two at once.
            let held = place.acquire_owned().await.ok()?;
            let work = move || {
                let _held = held;
                // A fault of the library is no fault of the mail.
                catch_unwind(AssertUnwindSafe(|| of_svg(&logo.bytes))).ok()?
            };
            tokio::task::spawn_blocking(work).await.ok()?
        };
        tokio::time::timeout(PATIENCE, drawing).await.ok()?
    }
}

/// A PNG is sent as it is. Its size stands in its first chunk (PNG §11.2.1).
fn of_png(bytes: Vec<u8>) -> Option<Picture> {
    if !bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return None;
    }
    let number = |at: usize| -> Option<f32> {
        let raw = bytes.get(at..)?.first_chunk::<4>()?;
        let whole = u16::try_from(u32::from_be_bytes(*raw)).ok()?;
        (whole > 0).then(|| f32::from(whole))
    };
    let (width, height) = (number(16)?, number(20)?);
    let by = fitting(width, height).min(1.0);
    Some(Picture {
        width: whole(width * by, PLACE.0),
        height: whole(height * by, PLACE.1),
        png: bytes,
    })
}

/// Draws an SVG at twice the size of its place.
fn of_svg(bytes: &[u8]) -> Option<Picture> {
    let text = drawn_in_mail(bytes).ok()?;
    let options = usvg::Options {
        resources_dir: None,
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..usvg::Options::default()
    };
    let tree = Tree::from_str(text, &options).ok()?;
    let mut left = MOST_STROKES;
    if !is_cheap(tree.root(), &mut left) {
        return None;
    }
    let (width, height) = (tree.size().width(), tree.size().height());
    let by = fitting(width, height);
    let (points_wide, points_high) = (whole(width * by, PLACE.0), whole(height * by, PLACE.1));
    let mut pixels = Pixmap::new(points_wide * SHARPNESS, points_high * SHARPNESS)?;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred pixels")]
    let (across, down) = (
        pixels.width() as f32 / width,
        pixels.height() as f32 / height,
    );
    resvg::render(
        &tree,
        Transform::from_scale(across, down),
        &mut pixels.as_mut(),
    );
    let is_empty = pixels.pixels().iter().all(|pixel| pixel.alpha() == 0);
    let png = pixels.encode_png().ok()?;
    (!is_empty && png.len() <= LARGEST).then_some(Picture {
        png,
        width: points_wide,
        height: points_high,
    })
}

/// Counts what a group draws, with what each clip and mask draws once more; stops at the bound.
fn is_cheap(group: &Group, left: &mut u32) -> bool {
    let Some(rest) = left.checked_sub(1) else {
        return false;
    };
    *left = rest;
    let mut clip = group.clip_path();
    while let Some(path) = clip {
        if !is_cheap(path.root(), left) {
            return false;
        }
        clip = path.clip_path();
    }
    let mut mask = group.mask();
    while let Some(one) = mask {
        if !is_cheap(one.root(), left) {
            return false;
        }
        mask = one.mask();
    }
    group.filters().is_empty()
        && group.children().iter().all(|node| match node {
            Node::Group(group) => is_cheap(group, left),
            Node::Path(_) => {
                let rest = left.checked_sub(1);
                *left = rest.unwrap_or_default();
                rest.is_some()
            }
            Node::Image(_) | Node::Text(_) => false,
        })
}

/// By how much a picture is scaled to fill its place.
fn fitting(width: f32, height: f32) -> f32 {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (wide, high) = (PLACE.0 as f32, PLACE.1 as f32);
    (wide / width).min(high / height)
}

/// A size in whole points, never nothing and never beyond the place.
fn whole(size: f32, most: u32) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from float stops at the bounds"
    )]
    let points = size.round() as u32;
    points.clamp(1, most)
}

/// The place of a logo, in points.
const PLACE: (u32, u32) = (171, 40);
/// Pixels for each point, for screens with small ones.
const SHARPNESS: u32 = 2;
/// Shapes, groups, clips and masks of one picture.
const MOST_STROKES: u32 = 4000;
const LARGEST: usize = 100_000;
const PATIENCE: Duration = Duration::from_secs(3);
const MOST_KEPT: usize = 64;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn svg(view_box: &str, inner: &str) -> Vec<u8> {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{view_box}\">{inner}</svg>")
            .into_bytes()
    }

    fn drawn(svg: &[u8]) -> Option<Picture> {
        of_svg(svg)
    }

    #[test]
    fn an_svg_becomes_a_png_of_its_own_shape() {
        for (view_box, size) in [
            ("0 0 171 40", (171, 40)),
            ("0 0 1710 400", (171, 40)),
            ("0 0 10 10", (40, 40)),
            ("-5 -5 10 5", (80, 40)),
            ("0 0 1000000 1", (171, 1)),
            ("0 0 1 1000000", (1, 40)),
        ] {
            let [x, y, width, height] = view_box.split(' ').collect::<Vec<_>>()[..] else {
                unreachable!()
            };
            let rect =
                format!("<rect x='{x}' y='{y}' width='{width}' height='{height}' fill='#005ea2'/>");
            let picture = drawn(&svg(view_box, &rect)).unwrap();
            assert_eq!((picture.width, picture.height), size, "{view_box}");
            let again = of_png(picture.png).unwrap();
            assert!(again.width <= PLACE.0 && again.height <= PLACE.1);
        }
    }

    #[test]
    fn the_colours_are_those_of_the_drawing() {
        let picture = drawn(&svg("0 0 2 1", "<path d='M0 0h1v1h-1z' fill='#f00'/>")).unwrap();
        let pixels = Pixmap::decode_png(&picture.png).unwrap();
        let at = |x: u32| {
            let pixel = pixels.pixel(x, pixels.height() / 2).unwrap().demultiply();
            (pixel.red(), pixel.green(), pixel.blue(), pixel.alpha())
        };
        assert_eq!(at(pixels.width() / 4), (255, 0, 0, 255));
        assert_eq!(
            at(pixels.width() * 3 / 4).3,
            0,
            "transparent where nothing is drawn"
        );
    }

    #[test]
    fn what_is_hostile_or_costly_is_not_drawn() {
        let clips = |depth: usize| {
            let mut text = String::from("<defs>");
            for number in 0..depth {
                let inside = if number == 0 {
                    "<rect width='9' height='9' fill='#fff'/>".to_owned()
                } else {
                    format!(
                        "<rect width='9' height='9' fill='#fff' mask='url(#m{})'/>",
                        number - 1
                    )
                    .repeat(8)
                };
                text.push_str(&format!("<mask id='m{number}'>{inside}</mask>"));
            }
            text + &format!(
                "</defs><rect width='9' height='9' mask='url(#m{})'/>",
                depth - 1
            )
        };
        for inner in [
            "".to_owned(),
            "<script>alert(1)</script>".to_owned(),
            "<image href='file:///etc/passwd' width='9' height='9'/>".to_owned(),
            "<image href='https://evil.test/a.png' width='9' height='9'/>".to_owned(),
            "<style>@import url(https://evil.test/a.css);</style><rect width='9' height='9'/>".to_owned(),
            "<text y='9'>Fishing</text>".to_owned(),
            "<pattern id='p' width='1' height='1'><rect width='9' height='9'/></pattern><rect width='9' height='9' fill='url(#p)'/>".to_owned(),
            "<filter id='f'><feGaussianBlur stdDeviation='9999'/></filter><rect width='9' height='9' filter='url(#f)'/>".to_owned(),
            "<path d='M0 0h9' stroke='#000' stroke-dasharray='0.00001'/>".to_owned(),
            // Masks in masks: eight times as many at each step.
            clips(10),
        ] {
            assert_eq!(drawn(&svg("0 0 9 9", &inner)), None, "{inner}");
        }
        assert_eq!(drawn(b"\x1f\x8b\x08\x00compressed"), None);
        assert_eq!(drawn(b"<svg"), None);
        assert!(drawn(&svg("0 0 9 9", &clips(1))).is_some());
        assert_eq!(of_png(b"GIF89a".to_vec()), None);
        assert_eq!(of_png(b"\x89PNG\r\n\x1a\n\0\0".to_vec()), None);
    }

    #[tokio::test]
    async fn drawing_goes_on_after_a_picture_that_cannot_be_drawn() {
        let pictures = Pictures::default();
        let logo = |bytes: Vec<u8>| Logo {
            media_type: "image/svg+xml".to_owned(),
            bytes,
        };
        for _ in 0..3 {
            assert_eq!(pictures.draw(logo(b"<svg".to_vec())).await, None);
        }
        let good = svg("0 0 9 9", "<rect width='9' height='9'/>");
        assert!(pictures.draw(logo(good)).await.is_some());
    }
}
