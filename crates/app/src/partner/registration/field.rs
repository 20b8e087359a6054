//! Which member of the client metadata a place of the app document came from.

/// The member, with the position in its list: `redirect_uris[0]`. What has no member of its own stays a pointer.
pub(super) fn of(path: &str) -> String {
    let found = MEMBERS.iter().find_map(|(start, member)| {
        let rest = path.strip_prefix(start)?;
        (rest.is_empty() || rest.starts_with('/')).then_some((*member, rest))
    });
    let (member, rest) = match found {
        Some((member, rest)) => (member.to_owned(), rest),
        None => {
            let path = path.trim_start_matches('/');
            let own = path.strip_prefix("oidc/").unwrap_or(path);
            let end = own.find('/').unwrap_or(own.len());
            let (name, rest) = own.split_at(end);
            (name.to_owned(), rest)
        }
    };
    // Below a position of a list stand members of our own document.
    let position = rest.split('/').nth(1).filter(|one| is_position(one));
    match position {
        Some(at) => format!("{member}[{at}]"),
        None => member,
    }
}

fn is_position(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Where the document calls it otherwise. RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2
const MEMBERS: &[(&str, &str)] = &[
    ("/issuer", "client_id"),
    ("/friendly_name", "client_name"),
    ("/app_name", "client_name"),
    ("/attributes", "scope"),
    ("/keys", "jwks.keys"),
    ("/oidc/require_par", "require_pushed_authorization_requests"),
    ("/oidc/policies/auth_methods", "token_endpoint_auth_method"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn a_place_of_the_document_is_named_as_the_metadata_name_it() {
        for (path, expected) in [
            ("/oidc/redirect_uris/0", "redirect_uris[0]"),
            ("/redirect_uris/2", "redirect_uris[2]"),
            ("/oidc/redirect_uris", "redirect_uris"),
            ("redirect_uris", "redirect_uris"),
            ("/oidc/jwks_uri", "jwks_uri"),
            ("/keys/1/pem", "jwks.keys[1]"),
            ("/keyset", "keyset"),
            ("/contacts/0/email", "contacts[0]"),
            ("/attributes/3", "scope[3]"),
            ("/friendly_name", "client_name"),
            ("/oidc/policies/auth_methods", "token_endpoint_auth_method"),
            ("/oidc/require_par", "require_pushed_authorization_requests"),
            ("", ""),
        ] {
            assert_eq!(super::of(path), expected, "{path}");
        }
    }
}
