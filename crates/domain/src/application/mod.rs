//! The app document.
