//! Keys, JOSE, certificates, password and secret hashing, sealed fields; the only crate that names a crypto library.
