//! Changes to a configuration and their classes.
