"""The member's card for the wallet of a phone: Google's by a link, Apple's as a signed file.

Each is offered only where the keys of the institution's own account with Google or Apple are set.
A wallet shows what the card's page does, and its QR is the card's link: whoever scans it learns
"valid, tier, until" as it is at that moment. To Google no name is handed over; Apple's file stays
on the phone of its owner and has it.

References
----------
Google Wallet API, "Generic passes" and "JWT"; Apple, "Wallet Passes: Building a Pass".
"""

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_pem_private_key,
    pkcs7,
)
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey
from PIL import Image

from graphnet.errors import SettingsError

SAVE = "https://pay.google.com/gp/v/save/"
CONTENT_TYPE = "application/vnd.apple.pkpass"
CLASS = "alumni-card"
ICONS = {"icon.png": 29, "icon@2x.png": 58, "icon@3x.png": 87}
FILES = ("certificate.pem", "key.pem", "wwdr.pem")


@dataclass(frozen=True)
class Card:
    """What a wallet shows of a card; `serial` is the card's id, `address` what its QR leads to."""

    serial: str
    association: str
    title: str
    tier_label: str
    tier: str
    until_label: str
    until: str
    ends: date | None
    address: str
    colour: str
    name_label: str = ""
    name: str = ""


def google_link(card: Card, *, issuer: str, key_file: Path, site: str) -> str:
    """Return the address that puts a card into Google's wallet.

    Parameters
    ----------
    issuer
        The institution's number as an issuer.
    key_file
        The file of the service account's key, as Google gives it out (JSON).

    Raises
    ------
    SettingsError
        If the file is none.
    """
    try:
        account = json.loads(key_file.read_text("utf-8"))
        sender, private = account["client_email"], account["private_key"]
        key = RSAKey.import_key(private)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise SettingsError(f"{key_file} is no key of a service account: {problem}") from problem

    def said(text: str) -> dict[str, Any]:
        return {"defaultValue": {"language": "ru", "value": text}}

    one: dict[str, Any] = {
        "id": f"{issuer}.{card.serial}",
        "classId": f"{issuer}.{CLASS}",
        "state": "ACTIVE",
        "cardTitle": said(card.association),
        "header": said(card.tier),
        "subheader": said(card.title),
        "hexBackgroundColor": card.colour,
        "barcode": {"type": "QR_CODE", "value": card.address},
        "textModulesData": [{"id": "until", "header": card.until_label, "body": card.until}],
    }
    if card.ends is not None:
        end = datetime(card.ends.year, card.ends.month, card.ends.day, 23, 59, tzinfo=UTC)
        one["validTimeInterval"] = {"end": {"date": end.isoformat()}}
    claims = {
        "iss": sender,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(datetime.now(UTC).timestamp()),
        "origins": [site],
        "payload": {"genericClasses": [{"id": f"{issuer}.{CLASS}"}], "genericObjects": [one]},
    }
    return SAVE + jwt.encode({"alg": "RS256", "typ": "JWT"}, claims, key)


def apple_pass(card: Card, *, folder: Path) -> bytes:
    """Return a card as a file for Apple's wallet (.pkpass).

    Parameters
    ----------
    folder
        Where the certificate of the pass type, its key and Apple's intermediate certificate lie:
        certificate.pem, key.pem, wwdr.pem. Which pass type and which team they are for stands in
        the certificate.

    Raises
    ------
    SettingsError
        If they are not there, or are not what they should be.
    """
    try:
        certificate, key, between = (folder.joinpath(name).read_bytes() for name in FILES)
        signer = x509.load_pem_x509_certificate(certificate)
        private = load_pem_private_key(key, None)
        chain = x509.load_pem_x509_certificate(between)
        kind = _named(signer, NameOID.USER_ID)
        team = _named(signer, NameOID.ORGANIZATIONAL_UNIT_NAME)
    except (OSError, ValueError, TypeError) as problem:
        raise SettingsError(f"no pass can be signed with what lies in {folder}: {problem}") from (
            problem
        )
    if not isinstance(private, RSAPrivateKey | EllipticCurvePrivateKey):
        raise SettingsError(f"{folder}/key.pem is of a kind that signs no passes")
    files = {"pass.json": json.dumps(_described(card, kind, team), ensure_ascii=False).encode()}
    files |= {name: _icon(card.colour, side) for name, side in ICONS.items()}
    # Apple names the files by SHA-1; what vouches for them is the signature.
    sums = {
        name: hashlib.sha1(data, usedforsecurity=False).hexdigest() for name, data in files.items()
    }
    manifest = json.dumps(sums).encode()
    signature = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(signer, private, SHA256())
        .add_certificate(chain)
        .sign(Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in {**files, "manifest.json": manifest, "signature": signature}.items():
            package.writestr(name, data)
    return made.getvalue()


def _named(certificate: x509.Certificate, what: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(what)
    if not found:
        raise ValueError("the certificate names no pass type, or no team")
    return str(found[0].value)


def _described(card: Card, kind: str, team: str) -> dict[str, Any]:
    red, green, blue = (int(card.colour[n : n + 2], 16) for n in (1, 3, 5))
    found: dict[str, Any] = {
        "formatVersion": 1,
        "passTypeIdentifier": kind,
        "teamIdentifier": team,
        "serialNumber": card.serial,
        "organizationName": card.association,
        "description": card.title,
        "logoText": card.association,
        "backgroundColor": f"rgb({red}, {green}, {blue})",
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(255, 255, 255)",
        "generic": {
            "primaryFields": [{"key": "tier", "label": card.tier_label, "value": card.tier}],
            "secondaryFields": [{"key": "name", "label": card.name_label, "value": card.name}],
            "auxiliaryFields": [{"key": "until", "label": card.until_label, "value": card.until}],
        },
        "barcodes": [
            {
                "format": "PKBarcodeFormatQR",
                "message": card.address,
                "messageEncoding": "iso-8859-1",
            }
        ],
        "sharingProhibited": True,
    }
    if card.ends is not None:
        end = datetime(card.ends.year, card.ends.month, card.ends.day, 23, 59, tzinfo=UTC)
        found["expirationDate"] = end.isoformat(timespec="minutes")
    return found


def _icon(colour: str, side: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(made, "PNG")
    return made.getvalue()
