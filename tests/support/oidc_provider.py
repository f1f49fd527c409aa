"""A real OpenID provider on a port of this machine, made of Authlib's own server side."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "alumni", "a secret of the tests"


@dataclass
class Provider:
    """What a test changes: who is signed in over there, and what its tokens say wrongly."""

    issuer: str = ""
    subject: str = "user-1"
    wrong: dict[str, Any] = field(default_factory=dict)
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    signs_with: Any = None
    codes: dict[str, Any] = field(default_factory=dict)


class Client(ClientMixin):  # type: ignore[misc]
    """The one site that may ask."""

    client_id = CLIENT

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return ""

    def get_allowed_scope(self, scope: str) -> str:
        return "openid"

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return urlsplit(redirect_uri).path == "/sign-in/elsewhere/back"

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):  # type: ignore[misc]
    """One code, with what was asked for it."""

    def __init__(self, subject: str, data: Any, redirect_uri: str) -> None:
        self.subject, self.data, self.redirect_uri = subject, data, redirect_uri
        self.code_challenge = data.get("code_challenge")
        self.code_challenge_method = data.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return "openid"

    def get_nonce(self) -> str:
        return str(self.data.get("nonce", ""))

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> str:
        return ""

    def get_amr(self) -> list[str]:
        return []


def application(provider: Provider) -> Flask:
    """Return the provider's site."""
    app = Flask("provider")
    server = AuthorizationServer(
        app,
        query_client=lambda client_id: Client() if client_id == CLIENT else None,
        save_token=lambda token, request: None,
    )

    class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012

        def save_authorization_code(self, code: str, request: Any) -> None:
            payload = request.payload
            provider.codes[code] = Code(request.user, payload.data, payload.redirect_uri)

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            provider.codes = {
                k: v for k, v in provider.codes.items() if v is not authorization_code
            }

        def authenticate_user(self, authorization_code: Any) -> str:
            return str(authorization_code.subject)

    class Tokens(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Any) -> Any:
            return provider.signs_with or provider.key

        def get_client_algorithm(self, client: Any) -> str:
            return "RS256"

        def get_encode_header(self, client: Any) -> dict[str, str]:
            return {"alg": "RS256", "kid": "one"}

        def get_compatible_claims(self, request: Any) -> dict[str, Any]:
            now = int(time.time())
            return {"iss": provider.issuer, "aud": [CLIENT], "iat": now, "exp": now + 300}

        def generate_user_info(self, user: str, scope: str) -> Any:
            return UserInfo(sub=user, email="anna@example.org", **provider.wrong)

    server.register_grant(CodeGrant, [Tokens(require_nonce=True), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def said() -> dict[str, Any]:
        return {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/jwks",
        }

    @app.get("/authorize")
    def authorize() -> Any:
        if request.args.get("refuse"):
            return "", 403
        grant = server.get_consent_grant(end_user=provider.subject)
        return server.create_authorization_response(grant_user=provider.subject, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/jwks")
    def jwks() -> dict[str, Any]:
        return {"keys": [provider.key.as_dict(private=False)]}

    return app


@contextmanager
def oidc_provider() -> Iterator[Provider]:
    """Open a provider on a free port."""
    provider = Provider()
    served = make_server("127.0.0.1", 0, application(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{served.server_port}"
    thread = threading.Thread(target=served.serve_forever, name="provider")
    thread.start()
    try:
        yield provider
    finally:
        served.shutdown()
        thread.join()
        served.server_close()
