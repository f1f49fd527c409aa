"""Every setting once: name, default, help, check. Read from GRAPHNET_* at the start, only.

An unknown GRAPHNET_* name or a bad value stops the program with a list of all mistakes.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from graphnet.errors import SettingsError
from graphnet.model import ROLES
from graphnet.zones import zones

PREFIX = "GRAPHNET_"


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _flag(value: str) -> bool:
    if value.lower() in ("1", "yes", "true", "on"):
        return True
    if value.lower() in ("", "0", "no", "false", "off"):
        return False
    raise ValueError("say yes or no")


def _number(low: int, high: int) -> Callable[[str], int]:
    def check(value: str) -> int:
        number = int(value)
        if not low <= number <= high:
            raise ValueError(f"must be between {low} and {high}")
        return number

    return check


def _one_of(*choices: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return check


def _names(value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip())


def _roles(value: str) -> tuple[str, ...]:
    roles = _names(value)
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"{', '.join(sorted(unknown))}: roles are {', '.join(ROLES)}")
    return roles


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.split())


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must begin with http:// or https:// and name a host")
    return value.rstrip("/")


def _link(value: str) -> str:
    return _address(value) if value else ""


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    loopback = parts.hostname in ("127.0.0.1", "localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
        raise ValueError("must begin with https://")
    return value  # compared letter by letter: a slash at its end belongs to it


def _mail_server(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must be smtp://host or smtps://host, with user:password@ and :port")
    return value


def _mailbox(value: str) -> str:
    name, at, domain = value.partition("@")
    if not at or "." not in domain or not name or "+" in name or len(name) > 20:
        raise ValueError(
            "must be an address such as reply@example.org, its name 20 letters at most"
        )
    return value


def _two_languages(value: str) -> tuple[str, str]:
    english, _, russian = (part.strip() for part in value.partition("|"))
    if not english:
        raise ValueError("must be two names, English | Russian, or one for both")
    return english, russian or english


def _zone(value: str) -> str:
    if value not in zones():
        raise ValueError("must be a time zone such as Europe/Moscow")
    return value


def _dark_colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("must be a colour such as #17365f")
    ratio = contrast(value, "#ffffff")
    if ratio < 4.5:
        raise ValueError(f"too light for white letters: a contrast of {ratio:.1f}, 4.5 is needed")
    return value.lower()


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, each written #rrggbb (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _picture(value: str) -> Path:
    path = Path(value).expanduser()
    if path.suffix.lower() not in (".svg", ".png"):
        raise ValueError("must be an SVG or PNG file")
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    return path


def _setting(
    default: Any, help: str, check: Callable[[str], Any] = _text, *, separator: str = ", "
) -> Any:
    metadata = {"help": help, "check": check, "separator": separator}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Settings:
    """The settings of one process; see `load`."""

    home: Path = _setting(
        lambda: Path(platformdirs.user_data_dir("graphnet", appauthor=False)),
        "folder of the managed Neo4j, the snapshots and the backups",
        _path,
    )
    cache: Path = _setting(
        lambda: Path(platformdirs.user_cache_dir("graphnet", appauthor=False)),
        "folder of downloaded jars and the ahead-of-time cache; can be deleted at any time",
        _path,
    )
    neo4j_uri: str = _setting(
        "", "a Neo4j of your own (bolt:// or neo4j://); empty: manage a local one"
    )
    neo4j_user: str = _setting("neo4j", "user at that Neo4j")
    neo4j_password: str = _setting("", "password at that Neo4j")
    neo4j_database: str = _setting("neo4j", "name of the database")
    neo4j_heap: str = _setting("1g", "heap of the managed Neo4j, as the JVM writes it")
    neo4j_page_cache: str = _setting("512m", "page cache of the managed Neo4j")
    neo4j_options: tuple[str, ...] = _setting(
        (), "more options for the Java of the managed Neo4j, separated by spaces", _words
    )
    neo4j_configuration: tuple[str, ...] = _setting(
        (), "more lines for the neo4j.conf of the managed Neo4j, separated by spaces", _words
    )
    neo4j_port: int = _setting(
        0,
        "port of the managed Neo4j on this machine; 0: the one that it had last, else any",
        _number(0, 65535),
    )
    query_port: int = _setting(
        0,
        "the same of the graph for queries, for other programs while `graphnet server shell` is "
        "open",
        _number(0, 65535),
    )
    query_seconds: int = _setting(30, "time limit of one query, in seconds", _number(1, 3600))
    secret_key: str = _setting("", "signs sessions and links; 32 characters or more")
    demo: bool = _setting(
        False, "the demo's own server: demo accounts, loopback, a key made for the day", _flag
    )
    trusted_hosts: tuple[str, ...] = _setting(
        ("localhost", "127.0.0.1"), "host names the site answers to, comma-separated", _names
    )
    proxies: int = _setting(0, "how many proxies in front add X-Forwarded-* headers", _number(0, 5))
    secure_cookies: bool = _setting(True, "send cookies over TLS only; off in the demo", _flag)
    limits_uri: str = _setting(
        "memory://", "where rate limits are counted: memory:// or redis://host:port"
    )
    metrics_token: str = _setting(
        "", "bearer token for /metrics and what /readyz tells of the parts; empty: nobody gets them"
    )
    unclaimed_audience: str = _setting(
        "cohort",
        "who sees people on file who have not registered: group, cohort or members",
        _one_of("group", "cohort", "members"),
    )
    site_url: str = _setting(
        "http://127.0.0.1:8000",
        "address of the site as readers know it, for links in letters and on paper",
        _address,
    )
    smtp_uri: str = _setting(
        "",
        "mail server: smtp://user:password@host:port (STARTTLS; ?starttls=no without) or smtps://; "
        "empty: letters wait",
        _mail_server,
    )
    mail_from: str = _setting("alumni@localhost.localdomain", "sender of letters")
    mail_replies: str = _setting(
        "",
        "address at which answers to notices of requests come in, such as reply@example.org; the "
        "mail server hands over what comes to reply+…@example.org; empty: none come in",
        _mailbox,
    )
    mail_requests: str = _setting(
        "",
        "address at which whoever writes asks the Association, such as ask@example.org; a letter "
        "there becomes a request once its sender has confirmed it; empty: none does",
        _mailbox,
    )
    mail_name: str = _setting(
        "", "name beside the sender of letters; empty: the association, in the letter's language"
    )
    university: tuple[str, str] = _setting(
        ("", ""),
        "name of the university on every page: English | Russian",
        _two_languages,
        separator=" | ",
    )
    association: tuple[str, str] = _setting(
        ("Alumni network", "Сеть выпускников"),
        "name of the association and of the site: English | Russian",
        _two_languages,
        separator=" | ",
    )
    association_contact: str = _setting(
        "", "address of mail or telephone of the association, for the foot of every page"
    )
    operator: tuple[str, str] = _setting(
        ("", ""),
        "who answers by law for people's data, with their address, for the page on privacy: "
        "English | Russian; empty: the association",
        _two_languages,
        separator=" | ",
    )
    privacy_policy: str = _setting(
        "", "address of the institution's own policy of personal data, for the same page", _link
    )
    time_zone: str = _setting(
        "Europe/Moscow",
        "the office's time zone: days and times of its records are shown in it",
        _zone,
    )
    brand_colour: str = _setting(
        "#17365f", "the university's colour, dark enough for white letters on it", _dark_colour
    )
    brand_mark: Path | None = _setting(
        None, "the university's mark, an SVG or PNG file for the header of every page", _picture
    )
    second_factor: tuple[str, ...] = _setting(
        (), "roles that must have a second factor, comma-separated: staff,admin", _roles
    )
    oidc_issuer: str = _setting(
        "",
        "another site by whose accounts people may sign in (OpenID Connect), as it names itself; "
        "empty: none",
        _issuer,
    )
    oidc_client_id: str = _setting("", "what that site calls this one")
    oidc_client_secret: str = _setting("", "the secret that it gave this one")
    oidc_name: str = _setting("the other site", "how pages call that site")
    wallet_google_issuer: str = _setting(
        "", "number of the institution as an issuer with Google Wallet; empty: no such cards"
    )
    wallet_google_key: Path | None = _setting(
        None, "file of the key of its service account there, as Google gives it out (JSON)", _path
    )
    wallet_apple: Path | None = _setting(
        None,
        "folder with certificate.pem, key.pem and wwdr.pem, by which cards for Apple Wallet are "
        "signed; empty: no such cards",
        _path,
    )
    message_years: int = _setting(
        5, "years after which messages between people are deleted; 0: never", _number(0, 100)
    )
    session_days: int = _setting(30, "days until a sign-in ends by itself", _number(1, 365))
    office_hours: int = _setting(
        12,
        "hours until one of staff, analysts and administrators ends by itself",
        _number(1, 24 * 365),
    )
    office_idle_minutes: int = _setting(
        120, "minutes without a page after which theirs ends", _number(10, 60 * 24 * 365)
    )
    snapshot_changes: int = _setting(
        200, "changes in the graph after which the worker builds a new snapshot", _number(1, 10**6)
    )
    snapshot_seconds: int = _setting(
        300,
        "seconds after which the worker builds a new snapshot if anything changed",
        _number(1, 86400),
    )
    data: Path | None = _setting(None, "folder of the real data sets, for tests only", _path)
    test_neo4j: str = _setting(
        "", "bolt URI (user:password@host:port) of a Neo4j that tests may wipe"
    )

    def sender(self, language: str = "en") -> str:
        """Return the name beside the sender of a letter in that language."""
        return self.mail_name or self.association[language == "ru"]

    @property
    def snapshots(self) -> Path:
        """Folder of the snapshots of the network."""
        return self.home / "snapshots"

    @property
    def models(self) -> Path:
        """Folder of what was learned for recommendations."""
        return self.home / "models"

    @property
    def outbox(self) -> Path:
        """Folder of letters, where no mail server is named."""
        return self.home / "mail"

    @property
    def rejects(self) -> Path:
        """Folder of the rows that imports of the demo could not take."""
        return self.home / "rejects"

    @property
    def uploads(self) -> Path:
        """Folder of the files that staff have loaded up and not yet brought into the base."""
        return self.home / "uploads"

    @property
    def keys(self) -> Path:
        """Folder of the keys of `graphnet.keys`."""
        return self.home / "keys"


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        With every unknown name and every bad value, one a line.
    """
    environ = os.environ if environ is None else environ
    known = {PREFIX + f.name.upper(): f for f in fields(Settings)}
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX):
            continue
        if name not in known:
            mistakes.append(f"{name} is not a setting")
            continue
        if environ[name] == "":
            continue
        try:
            values[known[name].name] = known[name].metadata["check"](environ[name])
        except ValueError as problem:
            mistakes.append(f"{name}: {problem}")
    secret = values.get("secret_key", "")
    if secret and len(secret) < 32:
        mistakes.append(f"{PREFIX}SECRET_KEY: too short; make one with `graphnet admin secret-key`")
    if mistakes:
        raise SettingsError("settings:\n  " + "\n  ".join(mistakes) + "\nsee `graphnet settings`")
    return Settings(**values)
