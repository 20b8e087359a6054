"""A small app that signs people in through Durward: code flow, private_key_jwt, PKCE, userinfo, sign-out."""

import html
import json
import os
import secrets
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

PORT = int(os.environ.get("PORT", "3002"))
PORTAL = os.environ.get("PORTAL", "http://localhost:8400")
KEY_FILE = Path(os.environ.get("KEY_FILE", Path(__file__).with_name("key.pem")))
HOME = f"http://localhost:{PORT}"
REDIRECT_URI = f"{HOME}/callback"
SIGNED_OUT_URI = f"{HOME}/signed-out"

# What each browser is in the middle of, or who it is signed in as. A real app keeps this in its session store.
SESSIONS: dict[str, dict] = {}


def load_key() -> ec.EllipticCurvePrivateKey:
    """The private key of this app, made at the first start. Its public half belongs in the configuration."""
    if not KEY_FILE.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        text = made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        with open(os.open(KEY_FILE, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(text)
    return serialization.load_pem_private_key(KEY_FILE.read_bytes(), None)


def public_pem(key: ec.EllipticCurvePrivateKey) -> str:
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, public).decode()


def register_with_demo(pem: str) -> tuple[str, str]:
    """Saves this app's configuration in the demo's sandbox, as one of its developers; it is live when the call answers."""
    demo = requests.get(f"{PORTAL}/demo", headers={"Accept": "application/json"}, timeout=10).json()
    developer = next(one for one in demo["partners"] if one["role"] == "partner_developer")
    client_id = "urn:gov:gsa:openidconnect.profiles:sp:sso:EXAMPLE:PYTHON"
    document = {
        "schema": "durward.app/v1",
        "handle": "example-python",
        "team": developer["team"],
        "environment": "sandbox",
        "app_name": "Tide Tables in Python",
        "friendly_name": "Tide Tables",
        "issuer": client_id,
        "protocol": "oidc",
        "level_of_service": "auth-only",
        "default_aal": "aal1",
        "attributes": ["email"],
        "oidc": {
            "token_endpoint_auth_method": "private_key_jwt",
            "redirect_uris": [REDIRECT_URI],
            "post_logout_redirect_uris": [SIGNED_OUT_URI],
        },
        "keys": [{"pem": pem}],
    }
    answer = requests.put(
        f"{PORTAL}/api/v1/apps/example-python/sandbox",
        json=document,
        headers={"Authorization": f"Bearer {developer['api_token']}"},
        timeout=10,
    )
    if not answer.ok:
        raise SystemExit(f"The demo refused the configuration: {answer.text}")
    return demo["environments"]["sandbox"]["issuer"], client_id


class Service:
    """The identity service as this app sees it: addresses from discovery, and this app's key."""

    def __init__(self, issuer: str, client_id: str, key: ec.EllipticCurvePrivateKey):
        self.metadata = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
        if self.metadata["issuer"] != issuer:
            raise SystemExit(f"{issuer} says that it is {self.metadata['issuer']}")
        self.client_id = client_id
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self.key = ECKey.import_key(pem)

    def client(self) -> OAuth2Session:
        client = OAuth2Session(
            self.client_id,
            self.key,
            scope="openid email",
            redirect_uri=REDIRECT_URI,
            token_endpoint_auth_method="private_key_jwt",
            code_challenge_method="S256",
        )
        client.register_client_auth_method(PrivateKeyJWT(self.metadata["token_endpoint"], alg="ES256"))
        return client

    def sign_in_url(self, checks: dict) -> str:
        url, _ = self.client().create_authorization_url(
            self.metadata["authorization_endpoint"],
            state=checks["state"],
            nonce=checks["nonce"],
            code_verifier=checks["code_verifier"],
            acr_values="urn:acr.login.gov:auth-only",
        )
        return url

    def finish(self, address: str, checks: dict) -> dict:
        """Redeems the code, checks the ID token and asks who the person is."""
        client = self.client()
        tokens = client.fetch_token(
            self.metadata["token_endpoint"],
            authorization_response=address,
            state=checks["state"],
            code_verifier=checks["code_verifier"],
        )
        keys = KeySet.import_key_set(requests.get(self.metadata["jwks_uri"], timeout=10).json())
        id_token = jwt.decode(tokens["id_token"], keys, algorithms=self.metadata["id_token_signing_alg_values_supported"])
        jwt.JWTClaimsRegistry(
            leeway=30,
            iss={"essential": True, "value": self.metadata["issuer"]},
            aud={"essential": True, "value": self.client_id},
            nonce={"essential": True, "value": checks["nonce"]},
            exp={"essential": True},
        ).validate(id_token.claims)
        person = client.get(self.metadata["userinfo_endpoint"], timeout=10).json()
        if person["sub"] != id_token.claims["sub"]:
            raise ValueError("userinfo is about another person than the ID token")
        return {"person": person, "id_token": tokens["id_token"]}

    def sign_out_url(self, id_token: str | None) -> str:
        who = {"id_token_hint": id_token} if id_token else {"client_id": self.client_id}
        query = {"post_logout_redirect_uri": SIGNED_OUT_URI, "state": generate_token(32), **who}
        return f"{self.metadata['end_session_endpoint']}?{urlencode(query)}"


class App(BaseHTTPRequestHandler):
    service: Service

    def do_GET(self) -> None:
        self.session_id, self.session = self.find_session()
        path = urlsplit(self.path).path
        routes = {"/": self.home, "/sign-in": self.sign_in, "/callback": self.callback, "/sign-out": self.sign_out, "/signed-out": self.signed_out}
        try:
            routes.get(path, self.not_found)()
        except Exception as error:
            print(f"{path}: {type(error).__name__}: {error}")
            self.page("Sign-in did not work", '<p>Look at what this app printed. <a href="/">Start again</a></p>', 502)

    def home(self) -> None:
        person = self.session.get("person")
        if not person:
            return self.page("Tide tables", '<p><a href="/sign-in">Sign in</a></p>')
        rows = "".join(f'<tr><th scope="row">{html.escape(name)}</th><td>{html.escape(json.dumps(value))}</td></tr>' for name, value in person.items())
        self.page("You are signed in", f'<table><caption>What the service says</caption>{rows}</table><p><a href="/sign-out">Sign out</a></p>')

    def sign_in(self) -> None:
        checks = {"state": generate_token(32), "nonce": generate_token(32), "code_verifier": generate_token(64)}
        self.session["checks"] = checks
        self.go(self.service.sign_in_url(checks))

    def callback(self) -> None:
        checks = self.session.pop("checks", None)
        if not checks:
            return self.page("Please start again", '<p>This browser did not ask to sign in. <a href="/">Start again</a></p>', 400)
        if parse_qs(urlsplit(self.path).query).get("error") == ["access_denied"]:
            return self.page("You did not sign in", '<p><a href="/">Start again</a></p>')
        self.replace_session(self.service.finish(HOME + self.path, checks))
        self.go(HOME)

    def sign_out(self) -> None:
        url = self.service.sign_out_url(self.session.get("id_token"))
        self.replace_session({})
        self.go(url)

    def signed_out(self) -> None:
        self.page("You are signed out", '<p><a href="/">Start again</a></p>')

    def not_found(self) -> None:
        self.page("Not found", '<p><a href="/">Start</a></p>', 404)

    def find_session(self) -> tuple[str, dict]:
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("example_python")
        if cookie and cookie.value in SESSIONS:
            return cookie.value, SESSIONS[cookie.value]
        return self.new_session({})

    def new_session(self, content: dict) -> tuple[str, dict]:
        made = secrets.token_urlsafe(32)
        SESSIONS[made] = content
        return made, content

    def replace_session(self, content: dict) -> None:
        """A new session at each change of who is signed in, so that nobody can plant one."""
        SESSIONS.pop(self.session_id, None)
        self.session_id, self.session = self.new_session(content)

    def go(self, address: str) -> None:
        self.answer(303, {"Location": address}, b"")

    def page(self, title: str, content: str, status: int = 200) -> None:
        head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>'
        body = f'<!doctype html><html lang="en">{head}<main><h1>{title}</h1>{content}</main></html>'
        self.answer(status, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'"}, body.encode())

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Set-Cookie", f"example_python={self.session_id}; Path=/; HttpOnly; SameSite=Lax")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """No log of requests: their addresses carry codes."""


def main() -> None:
    key = load_key()
    print(f"The public key of this app:\n{public_pem(key)}")
    if "CLIENT_ID" in os.environ:
        issuer, client_id = os.environ["ISSUER"], os.environ["CLIENT_ID"]
    else:
        issuer, client_id = register_with_demo(public_pem(key))
    App.service = Service(issuer, client_id, key)
    print(f"The sample app is at {HOME}", flush=True)
    ThreadingHTTPServer(("localhost", PORT), App).serve_forever()


if __name__ == "__main__":
    main()
