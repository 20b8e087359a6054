//! Why usage is not shown.

use durward_domain::refusal::{RefusalKind, Refuse};

/// Why usage is not shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UsageDenied {
    /// There is no signed order of this number whose usage the member may see.
    #[error(
        "There is no signed order {0} whose usage you may see. Check the number; partner admins of the agency see it."
    )]
    NotFound(String),
    /// Not a month of the order.
    #[error("\"{0}\" is not a month of this order. Write a month of its period like 2026-10.")]
    Month(String),
    /// No such app in the month.
    #[error("There is no app \"{0}\" on this invoice. Use the short name of one of its lines.")]
    App(String),
    /// No such price model.
    #[error("There is no price model {0} in this programme. Use one of: {1}.")]
    Model(u32, String),
}

impl UsageDenied {
    pub(super) fn missing(number: &str) -> Self {
        Self::NotFound(short(number))
    }

    /// A month that cannot be read, or is not the order's.
    pub fn month(text: &str) -> Self {
        Self::Month(short(text))
    }

    pub(super) fn app(handle: &str) -> Self {
        Self::App(short(handle))
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

impl Refuse for UsageDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "usage/not-found",
            Self::Month(_) => "usage/month",
            Self::App(_) => "usage/app",
            Self::Model(..) => "usage/price-model",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Model(..) => RefusalKind::Invalid,
            _ => RefusalKind::NotFound,
        }
    }
}
