"""A badge as an Open Badges 3.0 credential: a W3C Verifiable Credential, secured as a JWT.

The form is that of "VC-JWT" in the Open Badges Specification 3.0, signed by the installation's
own key with ES256 (RFC 7518); the public key stands in the header and at an address of the site.
The subject is the badge itself: no name, no address, not even as a hash. A salted hash that travels
with its salt can be tried out by whoever holds the badge, and wallets need none. Who it belongs to
says the badge's page, to whom its owner shows their name, and only while it is theirs.

Whether it still holds is asked of a list (1EdTech Revocation List): a revoked badge stands in it
with its reason, one that is unknown to it does not.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from joserfc import jws
from joserfc.jwk import ECKey

from graphnet.loyalty.badges import GONE, Badge

ALGORITHM = "ES256"
CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
)
# The order of the curve P-256: a private key is a number below it.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True)
class Words:
    """What a credential says in words, in one language for all who read it."""

    name: str
    description: str
    criteria: str


@dataclass(frozen=True)
class Issuer:
    """Who gives badges out: the site's address, and the association's name."""

    site: str
    name: str

    @property
    def id(self) -> str:
        """The address of its profile."""
        return f"{self.site}/badges/issuer.json"

    @property
    def keys(self) -> str:
        """The address of its public key."""
        return f"{self.site}/badges/keys.json"

    @property
    def revoked(self) -> str:
        """The address of the list of what holds no more."""
        return f"{self.site}/badges/revoked.json"

    def credential(self, badge_id: str) -> str:
        """Return the address of a badge's credential, which is its id."""
        return f"{self.site}/badges/{badge_id}/credential"

    def profile(self) -> dict[str, Any]:
        """Return who it is, as machines read it."""
        return {"id": self.id, "type": ["Profile"], "name": self.name, "url": self.site}


def _key(seed: bytes) -> ECKey:
    number = int.from_bytes(seed, "big") % (ORDER - 1) + 1
    return ECKey.import_key(derive_private_key(number, SECP256R1()))


def public_key(seed: bytes) -> dict[str, Any]:
    """Return the public key that a key of 32 bytes signs for, as a JWK with its thumbprint."""
    key = _key(seed)
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}


def credential(badge: Badge, words: Words, issuer: Issuer) -> dict[str, Any]:
    """Return what a badge says, as machines read it."""
    site = issuer.site
    return {
        "@context": list(CONTEXTS),
        "id": issuer.credential(badge.id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": words.name,
        "issuer": issuer.profile(),
        "validFrom": _moment(badge.issued_at),
        "credentialSubject": {
            "id": f"{site}/badges/{badge.id}",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": f"{site}/loyalty#badge-{'-'.join(filter(None, (badge.kind, badge.about)))}",
                "type": ["Achievement"],
                "name": words.name,
                "description": words.description,
                "criteria": {"narrative": words.criteria},
            },
        },
        "credentialStatus": {"id": issuer.revoked, "type": "1EdTechRevocationList"},
    }


def signed(seed: bytes, badge: Badge, words: Words, issuer: Issuer) -> str:
    """Return the credential as a signed JWT.

    Parameters
    ----------
    seed
        The installation's key for badges, 32 bytes.
    """
    said = credential(badge, words, issuer)
    public = public_key(seed)
    header = {
        "alg": ALGORITHM,
        "typ": "JWT",
        "kid": f"{issuer.keys}#{public['kid']}",
        "jwk": {name: public[name] for name in ("kty", "crv", "x", "y")},
    }
    claims = said | {
        "iss": issuer.id,
        "jti": said["id"],
        "sub": said["credentialSubject"]["id"],
        "nbf": int(badge.issued_at.timestamp()),
    }
    text = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    return jws.serialize_compact(header, text, _key(seed), algorithms=[ALGORITHM])


def revocations(revoked: Sequence[Badge], issuer: Issuer) -> dict[str, Any]:
    """Return the list of what holds no more, each with its reason."""
    return {
        "id": issuer.revoked,
        "issuer": issuer.id,
        "revokedCredential": [
            {
                "id": issuer.credential(badge.id),
                "revoked": True,
                "revocationReason": badge.reason or GONE,
            }
            for badge in revoked
        ],
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
