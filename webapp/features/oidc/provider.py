"""The other site: what it says of itself, where it sends people, what its tokens say.

The flow is Authlib's, with PKCE (RFC 7636) and a state; the identity token is checked by joserfc:
signed by a key of the issuer, compact, for us, now, and with the nonce of this very browser.
"""

import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from graphnet.errors import BadValue
from graphnet.settings import Settings

SECONDS = 10.0
HOUR = 3600.0
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
LEEWAY = 60  # of clocks, in seconds


@dataclass
class Provider:
    """One other site, as the settings name it; what it says of itself is kept for an hour."""

    issuer: str
    client_id: str
    client_secret: str
    _said: Mapping[str, Any] | None = None
    _at: float = 0.0

    def said(self) -> Mapping[str, Any]:
        """Return what the site says of itself (OpenID Connect Discovery 1.0, section 4).

        Raises
        ------
        BadValue
            'provider' if it does not answer, or speaks of another issuer than itself.
        """
        if self._said is None or time.monotonic() - self._at > HOUR:
            found = _json(f"{self.issuer}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer or not all(found.get(n) for n in NEEDED):
                raise BadValue(
                    f"{self.issuer} does not say of itself what OpenID Connect asks for: see its "
                    "discovery document",
                    code="provider",
                )
            self._said, self._at = found, time.monotonic()
        return self._said

    def begin(self, back: str) -> tuple[str, dict[str, str]]:
        """Return where to send somebody, and what their browser keeps until they are back."""
        verifier, nonce = generate_token(64), generate_token(32)
        with self._session(back) as session:
            address, state = session.create_authorization_url(
                self.said()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        return address, {"state": state, "nonce": nonce, "verifier": verifier}

    def subject(self, back: str, said: Mapping[str, str], kept: Mapping[str, str]) -> str:
        """Return who has come back, as the site knows them.

        Parameters
        ----------
        said
            The query of the address that they came back to.
        kept
            What `begin` gave to their browser.

        Raises
        ------
        BadValue
            'refused' if the site or its user said no; 'provider' if anything is not as it must be.
        """
        if not hmac.compare_digest(said.get("state", ""), kept["state"]):
            raise BadValue(
                f"the answer of {self.issuer} is to another question than ours", code="provider"
            )
        if said.get("iss", self.issuer) != self.issuer:  # RFC 9207: another one's answer
            raise BadValue(f"an answer names another issuer than {self.issuer}", code="provider")
        if "error" in said or "code" not in said:
            raise BadValue(f"{self.issuer} or its user has said no", code="refused")
        try:
            with self._session(back) as session:
                token = session.fetch_token(
                    self.said()["token_endpoint"],
                    grant_type="authorization_code",
                    code=said["code"],
                    code_verifier=kept["verifier"],
                )
            return self._subject_of(str(token.get("id_token") or ""), kept["nonce"])
        except (AuthlibBaseError, JoseError, requests.RequestException, ValueError) as problem:
            raise BadValue(
                f"{self.issuer} gave no token that can be checked: {problem}", code="provider"
            ) from problem

    def _subject_of(self, token: str, nonce: str) -> str:
        if token.count(".") != 2:
            raise BadValue(f"what {self.issuer} gave is no signed token", code="provider")
        keys = KeySet.import_key_set(_json(self.said()["jwks_uri"]))  # type: ignore[arg-type]
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
        ).validate(claims)
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        if self.client_id not in audiences or claims.get("azp", self.client_id) != self.client_id:
            raise BadValue(
                f"the token of {self.issuer} is meant for another site than {self.client_id}",
                code="provider",
            )
        subject = claims["sub"]
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise BadValue(
                f"the token of {self.issuer} does not say who has signed in", code="provider"
            )
        return subject

    def _session(self, back: str) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope="openid",
            redirect_uri=back,
            code_challenge_method="S256",
            default_timeout=SECONDS,
        )


def provider_of(settings: Settings) -> Provider | None:
    """Return the site that the settings name; None where they name none: the usual."""
    if not (settings.oidc_issuer and settings.oidc_client_id):
        return None
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret)


def _json(address: str) -> dict[str, Any]:
    try:
        answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as problem:
        raise BadValue(
            f"{address} gives no answer that can be read: {problem}", code="provider"
        ) from problem
    if not isinstance(found, dict):
        raise BadValue(
            f"{address} answers with something else than an object of JSON", code="provider"
        )
    return found
