//! Releases: immutable sets of revisions.
