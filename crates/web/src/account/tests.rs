//! Tests of the pages of people, driven as a browser does.
