//! The table of attributes, from the programme's own rows.

use durward_domain::attribute::Attribute;
use durward_domain::programme::Programme;

/// One attribute.
pub struct Row {
    /// The name in the app document.
    pub name: &'static str,
    /// The scopes that release it.
    pub scopes: Vec<String>,
    /// The claims in which it arrives.
    pub claims: Vec<String>,
    /// Whether only identity-verified apps get it.
    pub identity_verified: bool,
    /// Whether a reviewer asks what it is for.
    pub sensitive: bool,
}

/// Every attribute of the programme.
pub fn rows(programme: &Programme) -> Vec<Row> {
    Attribute::ALL
        .into_iter()
        .map(|attribute| {
            let scopes = attribute.scopes(programme);
            // The scope that releases least says which claims are this attribute's own.
            let own = scopes.iter().min_by_key(|scope| scope.attributes.len());
            Row {
                name: attribute.as_str(),
                claims: own.map(|scope| scope.claims.clone()).unwrap_or_default(),
                scopes: scopes.iter().map(|scope| scope.name.clone()).collect(),
                identity_verified: attribute.needs_identity_verified(),
                sensitive: attribute.is_sensitive(),
            }
        })
        .collect()
}
