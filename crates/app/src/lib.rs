//! One function per thing a person or a client can do.
