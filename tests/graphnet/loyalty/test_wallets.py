"""Cards for wallets: what Google and Apple would check of them, checked by other programs."""

import hashlib
import io
import json
import subprocess
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import RSAKey

from graphnet.errors import SettingsError
from graphnet.loyalty import wallets

KEY = rsa.generate_private_key(65537, 2048)
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
CARD = wallets.Card(
    "serial0",
    "Ассоциация",
    "Карта выпускника",
    "Уровень",
    "Друг",
    "Членство",
    "до 31.12.2027",
    date(2027, 12, 31),
    "https://a.org/card/token",
    "#17365f",
    "Имя",
    "Анна Иванова",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A certificate of a pass type, which stands for its own issuer here."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, "pass.org.example.alumni"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "TEAM123456"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Pass Type ID"),
        ]
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(KEY, SHA256())
        .public_bytes(Encoding.PEM)
    )
    for file, data in (("certificate.pem", made), ("key.pem", PRIVATE), ("wwdr.pem", made)):
        (tmp_path / file).write_bytes(data)
    return tmp_path


def test_apples_file_is_whole_and_openssl_finds_it_signed(folder: Path) -> None:
    package = zipfile.ZipFile(io.BytesIO(wallets.apple_pass(CARD, folder=folder)))
    described = json.loads(package.read("pass.json"))
    assert described["passTypeIdentifier"] == "pass.org.example.alumni"
    assert described["teamIdentifier"] == "TEAM123456"
    assert described["barcodes"][0]["message"] == CARD.address
    assert described["generic"]["secondaryFields"][0]["value"] == "Анна Иванова"
    sums = json.loads(package.read("manifest.json"))
    assert sums.keys() | {"manifest.json", "signature"} == set(package.namelist())
    for name, expected in sums.items():
        found = hashlib.sha1(package.read(name), usedforsecurity=False).hexdigest()
        assert found == expected
    for name in ("manifest.json", "signature"):
        (folder / name).write_bytes(package.read(name))
    check = [
        "openssl",
        "smime",
        "-verify",
        "-inform",
        "DER",
        "-in",
        "signature",
        "-noverify",
        "-content",
        "manifest.json",
        "-out",
        "said",
    ]
    assert subprocess.run(check, cwd=folder, capture_output=True).returncode == 0
    (folder / "manifest.json").write_bytes(b"{}")
    assert subprocess.run(check, cwd=folder, capture_output=True).returncode != 0


def test_googles_link_holds_the_card_signed_and_no_name(tmp_path: Path) -> None:
    file = tmp_path / "account.json"
    account = {"client_email": "cards@project.org", "private_key": PRIVATE.decode()}
    file.write_text(json.dumps(account))
    link = wallets.google_link(CARD, issuer="338800", key_file=file, site="https://a.org")
    assert link.startswith(wallets.SAVE)
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    token = jwt.decode(link.removeprefix(wallets.SAVE), RSAKey.import_key(public))
    assert token.claims["typ"] == "savetowallet" and token.claims["aud"] == "google"
    assert token.claims["iss"] == "cards@project.org"
    (one,) = token.claims["payload"]["genericObjects"]
    assert one["id"] == "338800.serial0" and one["barcode"]["value"] == CARD.address
    assert "Иванова" not in json.dumps(token.claims, ensure_ascii=False)


def test_keys_that_are_none_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no pass can be signed"):
        wallets.apple_pass(CARD, folder=tmp_path)
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(SettingsError, match="service account"):
        wallets.google_link(CARD, issuer="1", key_file=tmp_path / "x.json", site="https://a.org")
