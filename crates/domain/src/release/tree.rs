//! The two-level Merkle tree over the apps of an environment.

use std::{collections::BTreeMap, sync::Arc};

use durward_keyring::digest::sha256;

/// Handle → digest of the document, in 256 buckets with one hash each and one root over them.
/// A change costs one bucket, not all apps; a copy costs 256 pointers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    buckets: Vec<Arc<Bucket>>,
    root: [u8; 32],
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Bucket {
    apps: BTreeMap<String, [u8; 32]>,
    hash: [u8; 32],
}

impl Default for Tree {
    fn default() -> Self {
        let empty = Arc::new(Bucket::default().hashed());
        let buckets = vec![empty; BUCKETS];
        let root = root(&buckets);
        Self { buckets, root }
    }
}

impl Tree {
    /// The tree of these apps, built from nothing.
    pub fn of<'a>(apps: impl IntoIterator<Item = (&'a str, [u8; 32])>) -> Self {
        Self::default().with(
            apps.into_iter()
                .map(|(handle, digest)| (handle, Some(digest))),
        )
    }

    /// The tree after these changes: a digest sets an app, nothing removes it. Later changes win.
    #[must_use]
    pub fn with<'a>(&self, changes: impl IntoIterator<Item = (&'a str, Option<[u8; 32]>)>) -> Self {
        let mut next = self.clone();
        let mut touched = [false; BUCKETS];
        for (handle, digest) in changes {
            let at = bucket_of(handle);
            if let Some(place) = next.buckets.get_mut(at) {
                touched[at] = true;
                let apps = &mut Arc::make_mut(place).apps;
                match digest {
                    Some(digest) => apps.insert(handle.to_owned(), digest),
                    None => apps.remove(handle),
                };
            }
        }
        for (bucket, _) in next
            .buckets
            .iter_mut()
            .zip(touched)
            .filter(|(_, touched)| *touched)
        {
            let bucket = Arc::make_mut(bucket);
            bucket.hash = hash(&bucket.apps);
        }
        next.root = root(&next.buckets);
        next
    }

    /// The root over everything.
    pub const fn root(&self) -> [u8; 32] {
        self.root
    }

    /// The digest of one app's document.
    pub fn digest_of(&self, handle: &str) -> Option<[u8; 32]> {
        self.buckets
            .get(bucket_of(handle))?
            .apps
            .get(handle)
            .copied()
    }

    /// How many apps there are.
    pub fn len(&self) -> usize {
        self.buckets.iter().map(|bucket| bucket.apps.len()).sum()
    }

    /// Is there no app?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every app with its digest, in no useful order.
    pub fn apps(&self) -> impl Iterator<Item = (&str, [u8; 32])> {
        self.buckets.iter().flat_map(|bucket| {
            bucket
                .apps
                .iter()
                .map(|(handle, digest)| (handle.as_str(), *digest))
        })
    }
}

impl Bucket {
    fn hashed(mut self) -> Self {
        self.hash = hash(&self.apps);
        self
    }
}

const BUCKETS: usize = 256;

/// Chosen by hash, so that names which begin alike are spread.
fn bucket_of(handle: &str) -> usize {
    usize::from(sha256(handle.as_bytes())[0])
}

/// Length before text, so that no two lists of apps give the same bytes.
fn hash(apps: &BTreeMap<String, [u8; 32]>) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(1 + apps.len() * 72);
    bytes.push(1);
    for (handle, digest) in apps {
        bytes.extend_from_slice(&(handle.len() as u64).to_be_bytes());
        bytes.extend_from_slice(handle.as_bytes());
        bytes.extend_from_slice(digest);
    }
    sha256(&bytes)
}

fn root(buckets: &[Arc<Bucket>]) -> [u8; 32] {
    let mut bytes = Vec::with_capacity(1 + BUCKETS * 32);
    bytes.push(2);
    for bucket in buckets {
        bytes.extend_from_slice(&bucket.hash);
    }
    sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn step_by_step_gives_the_same_root_as_all_at_once(steps in prop::collection::vec(("[a-d]{1,2}", any::<Option<u8>>()), 0..60)) {
            let mut tree = Tree::default();
            let mut apps: BTreeMap<String, [u8; 32]> = BTreeMap::new();
            for (handle, digest) in &steps {
                let digest = digest.map(|byte| [byte; 32]);
                tree = tree.with([(handle.as_str(), digest)]);
                match digest {
                    Some(digest) => { apps.insert(handle.clone(), digest); }
                    None => { apps.remove(handle); }
                }
            }
            let whole = Tree::of(apps.iter().map(|(handle, digest)| (handle.as_str(), *digest)));
            prop_assert_eq!(tree.root(), whole.root());
            prop_assert_eq!(tree.len(), apps.len());
            let at_once = Tree::default().with(steps.iter().map(|(h, d)| (h.as_str(), d.map(|b| [b; 32]))));
            prop_assert_eq!(at_once.root(), whole.root());
        }
    }

    #[test]
    fn every_change_changes_the_root() {
        let tree = Tree::of([("a", [1; 32]), ("b", [2; 32])]);
        assert_ne!(tree.root(), Tree::default().root());
        assert_ne!(tree.root(), tree.with([("a", Some([3; 32]))]).root());
        assert_ne!(tree.root(), tree.with([("a", None)]).root());
        assert_eq!(tree.root(), tree.with([("c", None)]).root());
        assert_eq!(
            tree.with([("a", None), ("b", None)]).root(),
            Tree::default().root()
        );
        assert_eq!(tree.digest_of("b"), Some([2; 32]));
        assert_eq!(tree.apps().count(), 2);
    }
}
