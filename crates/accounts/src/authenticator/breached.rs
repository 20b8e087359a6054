//! Passwords that were stolen somewhere, as a filter that this server holds in memory: no password, and no part of
//! its digest, goes to anybody else.
//!
//! It knows each stolen password for certain, and takes about one of 65,000 others for stolen. Two bytes and a
//! little for each.

use durward_keyring::digest::{sha1_of_lists, sha256};

use xorf::{BinaryFuse16, Descriptor, Filter as _};

use super::password::Password;

/// The stolen passwords.
pub struct Breached {
    filter: BinaryFuse16,
    entries: u64,
}

impl Breached {
    /// Was it stolen somewhere?
    pub fn contains(&self, password: &Password) -> bool {
        let digest = sha1_of_lists(password.reveal().as_bytes());
        self.filter.contains(&Entry::of_digest(&digest).0)
    }

    /// How many passwords were put in.
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Makes the filter.
    ///
    /// # Errors
    /// When there are none.
    pub fn build(mut entries: Vec<Entry>) -> Result<Self, BadList> {
        entries.sort_unstable();
        entries.dedup();
        if entries.is_empty() {
            return Err(BadList::Empty);
        }
        let keys = entries.iter().map(|entry| entry.0);
        let filter = BinaryFuse16::try_from_iterator(keys).map_err(|_| BadList::Unbuildable)?;
        Ok(Self {
            filter,
            entries: entries.len() as u64,
        })
    }

    /// The filter as a file: a head of 44 bytes, the fingerprints, and a SHA-256 over both.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Descriptor {
            seed,
            segment_length,
            segment_length_mask,
            segment_count_length,
        } = self.filter.descriptor;
        let mut bytes = Vec::with_capacity(HEAD + 2 * self.filter.fingerprints.len() + SUM);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.entries.to_le_bytes());
        bytes.extend_from_slice(&seed.to_le_bytes());
        for part in [segment_length, segment_length_mask, segment_count_length] {
            bytes.extend_from_slice(&part.to_le_bytes());
        }
        for fingerprint in &self.filter.fingerprints {
            bytes.extend_from_slice(&fingerprint.to_le_bytes());
        }
        let sum = sha256(&bytes);
        bytes.extend_from_slice(&sum);
        bytes
    }

    /// Reads such a file.
    ///
    /// # Errors
    /// When it is another file, or was cut or changed.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, BadList> {
        if !bytes.starts_with(MAGIC) {
            return Err(BadList::Foreign);
        }
        let (content, sum) = bytes.split_last_chunk::<SUM>().ok_or(BadList::Damaged)?;
        let (head, fingerprints) = content
            .split_first_chunk::<HEAD>()
            .ok_or(BadList::Damaged)?;
        if sha256(content) != *sum || !fingerprints.len().is_multiple_of(2) {
            return Err(BadList::Damaged);
        }
        let long =
            |at: usize| -> u64 { u64::from(word(head, at)) | u64::from(word(head, at + 4)) << 32 };
        let descriptor = Descriptor {
            seed: long(24),
            segment_length: word(head, 32),
            segment_length_mask: word(head, 36),
            segment_count_length: word(head, 40),
        };
        let fingerprints: Box<[u16]> = fingerprints
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        // A look-up reads up to two segments after the last one that a key may begin in.
        let reach =
            u64::from(descriptor.segment_count_length) + 2 * u64::from(descriptor.segment_length);
        let sound = descriptor.segment_length.is_power_of_two()
            && descriptor.segment_length_mask == descriptor.segment_length - 1
            && descriptor.segment_count_length > 0
            && reach <= fingerprints.len() as u64;
        if !sound {
            return Err(BadList::Damaged);
        }
        Ok(Self {
            filter: BinaryFuse16 {
                descriptor,
                fingerprints,
            },
            entries: long(16),
        })
    }
}

/// One stolen password: the first eight bytes of its SHA-1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry(u64);

impl Entry {
    /// Reads a line of a list as Have I Been Pwned publishes it: the SHA-1 in hexadecimal and, after a colon, how often
    /// the password was seen. `None` when it was seen less often than `least`.
    ///
    /// # Errors
    /// When the line is anything else.
    pub fn read(line: &str, least: u64) -> Result<Option<Self>, BadList> {
        let (digest, seen) = match line.trim_end().split_once(':') {
            Some((digest, seen)) => (digest, seen.trim().parse().map_err(|_| BadList::Line)?),
            None => (line.trim_end(), 1),
        };
        if digest.len() != 40 || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(BadList::Line);
        }
        let key = u64::from_str_radix(&digest[..16], 16).map_err(|_| BadList::Line)?;
        Ok((seen >= least).then_some(Self(key)))
    }

    fn of_digest(digest: &[u8; 20]) -> Self {
        let mut key = 0;
        for byte in &digest[..8] {
            key = key << 8 | u64::from(*byte);
        }
        Self(key)
    }
}

/// Why a list of stolen passwords cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadList {
    /// A line is not a SHA-1.
    #[error("a line is not a SHA-1 in hexadecimal, alone or followed by a colon and a number")]
    Line,
    /// No line counts.
    #[error("the list has no passwords")]
    Empty,
    /// The digests do not make a filter.
    #[error("no filter can be made of this list")]
    Unbuildable,
    /// Another kind of file.
    #[error("this is not a filter that `durward passwords build-breached` made")]
    Foreign,
    /// Cut or changed.
    #[error("the filter is damaged: build it again, or copy it again")]
    Damaged,
}

fn word(head: &[u8; HEAD], at: usize) -> u32 {
    (0..4).fold(0, |sum, i| sum | u32::from(head[at + i]) << (8 * i))
}

const MAGIC: &[u8; 16] = b"durward-stolen-1";
const HEAD: usize = 44;
const SUM: usize = 32;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(text: &str) -> Entry {
        Entry::of_digest(&sha1_of_lists(text.as_bytes()))
    }

    fn built(count: usize) -> Breached {
        Breached::build((0..count).map(|n| entry(&format!("stolen {n}"))).collect()).unwrap()
    }

    #[test]
    fn a_line_of_the_published_list() {
        // The SHA-1 of "password".
        let line = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9659365\r";
        assert_eq!(Entry::read(line, 1), Ok(Some(entry("password"))));
        assert_eq!(Entry::read(line, 10_000_000), Ok(None));
        let bare = "5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8";
        assert_eq!(Entry::read(bare, 1), Ok(Some(entry("password"))));
        for bad in [
            "",
            "password",
            "5BAA61E4",
            &format!("{bare}:many"),
            &"é".repeat(20),
        ] {
            assert_eq!(Entry::read(bad, 1), Err(BadList::Line), "{bad}");
        }
    }

    #[test]
    fn every_stolen_one_is_known_also_after_a_file() {
        for count in [1, 2, 3, 10, 5_000] {
            let bytes = built(count).to_bytes();
            let read = Breached::from_bytes(&bytes).unwrap();
            assert_eq!(read.entries(), count as u64);
            for n in 0..count {
                let password = Password::typed(&format!("stolen {n}")).unwrap();
                assert!(read.contains(&password), "{n} of {count}");
            }
        }
        let read = built(5_000);
        let wrong = (0..5_000)
            .filter(|n| read.contains(&Password::typed(&format!("mine {n}")).unwrap()))
            .count();
        assert!(wrong <= 3, "{wrong}");
    }

    #[test]
    fn doubles_do_no_harm_and_nothing_is_refused() {
        let twice = vec![entry("a"), entry("b"), entry("a")];
        assert_eq!(Breached::build(twice).unwrap().entries(), 2);
        assert!(matches!(Breached::build(Vec::new()), Err(BadList::Empty)));
    }

    #[test]
    fn a_damaged_file_is_refused() {
        let bytes = built(100).to_bytes();
        let judged = |bytes: &[u8]| Breached::from_bytes(bytes).map(|_| ()).unwrap_err();
        assert_eq!(judged(b"something else"), BadList::Foreign);
        assert_eq!(judged(&bytes[..20]), BadList::Damaged);
        assert_eq!(judged(&bytes[..bytes.len() - 2]), BadList::Damaged);
        for at in [17, 25, 33, 41, 60] {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_eq!(judged(&changed), BadList::Damaged, "{at}");
        }
    }

    proptest! {
        #[test]
        fn any_file_is_read_or_refused(head in proptest::array::uniform28(any::<u8>()), tail in proptest::collection::vec(any::<u8>(), 0..64)) {
            // With a right sum, so that the numbers themselves are judged.
            let mut bytes = MAGIC.to_vec();
            bytes.extend_from_slice(&head);
            bytes.extend_from_slice(&tail);
            let sum = sha256(&bytes);
            bytes.extend_from_slice(&sum);
            if let Ok(read) = Breached::from_bytes(&bytes) {
                let _ = read.contains(&Password::typed("anything at all").unwrap());
            }
        }
    }
}
