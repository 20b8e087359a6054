//! Any text in any format: the reader refuses or reads, never falls, and what it reads can be written and read again.

#![no_main]

use durward_domain::application::AppDocument;
use durward_domain::formats::{Format, Hints, export, import};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(rest) else {
        return;
    };
    let format = Format::ALL.get(usize::from(*first) % 8).copied();
    let hints = Hints::of(&AppDocument::example());
    let Ok(imported) = import(text, format, &hints) else {
        return;
    };
    if let Ok(exported) = export(&imported.document, imported.format, false) {
        let again = import(&exported.text, Some(imported.format), &hints);
        assert!(again.is_ok_and(|again| again.document == imported.document));
    }
});
