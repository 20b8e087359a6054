//! Launch requests and their checklist.
