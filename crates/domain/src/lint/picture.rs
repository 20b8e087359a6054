//! A PNG, decoded within limits, and what can be seen in it.

use png::{ColorType, Decoder, Limits, Transformations};

/// What rules ask about a picture.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Is any of it transparent?
    pub(super) has_transparency: bool,
    /// The contrast of what can be seen with white, from 1 to 21. Nothing where nothing can be seen.
    pub(super) contrast: Option<f64>,
    /// The widest empty margin, as a part of the width or height.
    pub(super) margin: f64,
}

/// Decodes a PNG. The error is a sentence.
pub(super) fn decode(bytes: &[u8]) -> Result<Picture, String> {
    whole(bytes)?;
    let mut decoder =
        Decoder::new_with_limits(std::io::Cursor::new(bytes), Limits { bytes: MOST_MEMORY });
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let unreadable =
        |error: png::DecodingError| format!("The PNG cannot be decoded: {error}. Save it again.");
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let (width, height) = (reader.info().width, reader.info().height);
    if width > MOST_PIXELS || height > MOST_PIXELS {
        return Err(format!(
            "The PNG has {width} × {height} pixels. At most {MOST_PIXELS} each way are allowed."
        ));
    }
    if reader.info().is_animated() {
        return Err("The PNG is animated. Save one picture.".into());
    }
    let size = reader
        .output_buffer_size()
        .filter(|size| *size <= MOST_MEMORY)
        .ok_or("The PNG is too large to decode.")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels).map_err(unreadable)?;
    let channels = match frame.color_type {
        ColorType::Rgba => 4,
        ColorType::GrayscaleAlpha => 2,
        _ => return Err("The PNG has colours that cannot be read. Save it as RGB.".into()),
    };
    Ok(seen(&pixels, width, height, channels))
}

/// Every chunk in its place, and nothing behind the end: a second file could hide there.
fn whole(bytes: &[u8]) -> Result<(), String> {
    let mut rest = bytes
        .strip_prefix(b"\x89PNG\r\n\x1a\n")
        .ok_or("The PNG has no signature.")?;
    loop {
        let length = rest
            .first_chunk::<4>()
            .map(|raw| u32::from_be_bytes(*raw) as usize)
            .ok_or("The PNG ends too early. Save it again.")?;
        let kind = rest.get(4..8).unwrap_or_default().to_vec();
        rest = length
            .checked_add(12)
            .and_then(|end| rest.get(end..))
            .ok_or("The PNG ends too early. Save it again.")?;
        if kind == b"IEND" {
            break;
        }
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "The PNG has {} bytes behind its end. Save it again.",
            rest.len()
        ))
    }
}

fn seen(pixels: &[u8], width: u32, height: u32, channels: usize) -> Picture {
    let (mut has_transparency, mut light, mut count) = (false, 0.0, 0_u64);
    let (mut left, mut right, mut top, mut bottom) = (width, 0, height, 0);
    let row = (width as usize).saturating_mul(channels).max(1);
    for (y, line) in (0_u32..).zip(pixels.chunks_exact(row)) {
        for (x, pixel) in (0_u32..).zip(line.chunks_exact(channels)) {
            let (r, g, b, alpha) = match *pixel {
                [r, g, b, alpha] => (r, g, b, alpha),
                [gray, alpha] => (gray, gray, gray, alpha),
                _ => continue,
            };
            has_transparency |= alpha < 255;
            if alpha < 32 {
                continue;
            }
            light += luminance(r, g, b);
            count += 1;
            left = left.min(x);
            right = right.max(x + 1);
            top = top.min(y);
            bottom = bottom.max(y + 1);
        }
    }
    let part = |margin: u32, whole: u32| f64::from(margin) / f64::from(whole.max(1));
    let margin = if count == 0 {
        1.0
    } else {
        [
            part(left, width),
            part(width - right, width),
            part(top, height),
            part(height - bottom, height),
        ]
        .into_iter()
        .fold(0.0, f64::max)
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "a mean over at most some millions"
    )]
    let contrast = (count > 0).then(|| 1.05 / (light / count as f64 + 0.05));
    Picture {
        width,
        height,
        has_transparency,
        contrast,
        margin,
    }
}

/// The relative luminance of WCAG 2.
fn luminance(r: u8, g: u8, b: u8) -> f64 {
    let linear = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

const MOST_PIXELS: u32 = 2048;
const MOST_MEMORY: usize = 32 * 1024 * 1024;
