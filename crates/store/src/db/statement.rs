//! A statement is declared once, with a name, and serves both engines.

/// One SQL text, with `$1`, `$2` … for its parameters. Declared with [`statements!`](crate::statements).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    name: &'static str,
    sql: &'static str,
}

impl Statement {
    /// Names an SQL text. Use [`statements!`](crate::statements), which also registers it.
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql }
    }

    /// Module and constant, for logs.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The text with `$n`.
    pub const fn sql(self) -> &'static str {
        self.sql
    }

    /// The text with `?n`. SQLite takes `$1` for a name and numbers names by first appearance.
    pub(crate) fn sqlite(self) -> String {
        let mut text = String::with_capacity(self.sql.len());
        let mut quoted = false;
        let mut letters = self.sql.chars().peekable();
        while let Some(letter) = letters.next() {
            quoted ^= letter == '\'';
            let digit_follows = letters.peek().is_some_and(char::is_ascii_digit);
            text.push(if letter == '$' && !quoted && digit_follows {
                '?'
            } else {
                letter
            });
        }
        text
    }

    /// Where the text lies; constants never move, so this finds a prepared statement.
    pub(crate) fn key(self) -> (usize, usize) {
        (self.sql.as_ptr().addr(), self.sql.len())
    }
}

/// Declares the statements of a table module and the list `ALL` of them.
///
/// ```ignore
/// statements! {
///     FIND_CODE = "SELECT client_id FROM codes WHERE hash = $1";
///     SPEND_CODE = "UPDATE codes SET spent_us = $2 WHERE hash = $1 AND spent_us IS NULL RETURNING id";
/// }
/// ```
/// Add `module::ALL` to `src/statements.rs`; a test then prepares them on both engines.
#[macro_export]
macro_rules! statements {
    ($($(#[$attribute:meta])* $name:ident = $sql:expr;)+) => {
        $(
            $(#[$attribute])*
            const $name: $crate::Statement =
                $crate::Statement::new(concat!(module_path!(), "::", stringify!($name)), $sql);
        )+
        /// Every statement of this module.
        #[cfg(any(test, feature = "testing"))]
        pub(crate) const ALL: &[$crate::Statement] = &[$($name),+];
    };
}

#[cfg(test)]
mod tests {
    use super::Statement;

    #[test]
    fn numbers_stay_and_quoted_dollars_too() {
        let statement = Statement::new("t", "SELECT '$1', a FROM t WHERE b = $2 AND c = $1");
        assert_eq!(
            statement.sqlite(),
            "SELECT '$1', a FROM t WHERE b = ?2 AND c = ?1"
        );
    }
}
