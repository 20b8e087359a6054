//! Releases: an immutable set of revisions for one environment, bound to its parent and to a Merkle root.
//!
//! A manifest names its environment, a rising sequence, its parent's hash and the root over every app after
//! it, so that a sandbox manifest or an old one never runs in production, and a changed one never at all.

mod denial;
mod manifest;
mod signed;
mod tree;

pub use denial::{
    DenialKind, DenialPage, DenialRefusal, DeniedApp, DenyFormat, DenyList, SignedDenyList,
};
pub use manifest::{Change, Format, Head, Manifest, ReleaseRefusal, leaf};
pub use signed::SignedManifest;
pub use tree::Tree;
