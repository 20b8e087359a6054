//! Everything durable, on SQLite and PostgreSQL.
