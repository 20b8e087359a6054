"""A second independent client: signs a person in with authlib and prints what it got, as JSON.

It reads from standard input: the issuer, the client id, the PEM of its private key, its redirect URI, and the cookie of
a person who is signed in and has agreed to what the app asks.
"""

import json
import sys
import time
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def main() -> None:
    given = json.load(sys.stdin)
    metadata = requests.get(f"{given['issuer']}/.well-known/openid-configuration", timeout=10).json()
    key = ECKey.import_key(given["private_key"])
    client = OAuth2Session(
        given["client_id"],
        key,
        scope="openid email",
        redirect_uri=given["redirect_uri"],
        token_endpoint_auth_method="private_key_jwt",
        revocation_endpoint_auth_method="private_key_jwt",
    )
    method = PrivateKeyJWT(metadata["token_endpoint"], alg="ES256")
    client.register_client_auth_method(method)

    # PAR and PKCE: what the browser carries is the address of the pushed request alone.
    state, nonce, verifier = generate_token(32), generate_token(32), generate_token(64)
    request = {
        "client_id": given["client_id"],
        "redirect_uri": given["redirect_uri"],
        "response_type": "code",
        "scope": "openid email",
        "acr_values": "urn:acr.login.gov:auth-only",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(key, given["client_id"], metadata["issuer"]),
    }
    pushed = requests.post(metadata["pushed_authorization_request_endpoint"], data=request, timeout=10)
    assert pushed.status_code == 201, pushed.text
    query = {"client_id": given["client_id"], "request_uri": pushed.json()["request_uri"]}
    back = answer_of(f"{metadata['authorization_endpoint']}?{urlencode(query)}", given["cookie"])
    answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    assert answer["iss"] == metadata["issuer"] and answer["state"] == state, answer

    tokens = client.fetch_token(metadata["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier)
    claims = id_token(tokens["id_token"], metadata, given["client_id"], nonce)
    person = client.get(metadata["userinfo_endpoint"], timeout=10).json()

    first = dict(tokens)
    refreshed = dict(client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"]))
    again = client.get(metadata["userinfo_endpoint"], timeout=10).json()
    ended = client.revoke_token(metadata["revocation_endpoint"], token=refreshed["access_token"])
    assert ended.status_code == 200, ended.text
    told = client.introspect_token(metadata["introspection_endpoint"], token=refreshed["access_token"]).json()

    leave = {"id_token_hint": first["id_token"], "post_logout_redirect_uri": given["signed_out_uri"], "state": state}
    left = requests.get(f"{metadata['end_session_endpoint']}?{urlencode(leave)}", headers={"Cookie": given["cookie"]}, allow_redirects=False, timeout=10)
    json.dump(
        {
            "claims": claims,
            "person": person,
            "again": again,
            "rotated": refreshed.get("refresh_token") not in (None, first["refresh_token"]),
            "introspection": told,
            "signed_out": left.headers.get("Location"),
        },
        sys.stdout,
    )


def assertion(key: ECKey, client_id: str, audience: str) -> str:
    """A client assertion for an endpoint that authlib has no call for."""
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": audience, "jti": generate_token(32), "iat": now, "exp": now + 60}
    return jwt.encode({"alg": "ES256"}, claims, key)


def answer_of(address: str, cookie: str) -> str:
    """Follows the browser of a person who has everything done, up to the redirect to the app."""
    home = urlsplit(address).netloc
    for _ in range(10):
        answer = requests.get(address, headers={"Cookie": cookie}, allow_redirects=False, timeout=10)
        assert "Location" in answer.headers, f"{address} answered {answer.status_code}: {answer.text[:400]}"
        address = urljoin(address, answer.headers["Location"])
        if urlsplit(address).netloc != home:
            return address
    raise AssertionError("ten redirects and never back at the app")


def id_token(text: str, metadata: dict, client_id: str, nonce: str) -> dict:
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    token = jwt.decode(text, keys, algorithms=metadata["id_token_signing_alg_values_supported"])
    jwt.JWTClaimsRegistry(
        leeway=30,
        iss={"essential": True, "value": metadata["issuer"]},
        aud={"essential": True, "value": client_id},
        nonce={"essential": True, "value": nonce},
        exp={"essential": True},
    ).validate(token.claims)
    return token.claims


main()
