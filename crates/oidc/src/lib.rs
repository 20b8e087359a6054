//! The OpenID family: authorize, token, userinfo, discovery, logout; rules only.
