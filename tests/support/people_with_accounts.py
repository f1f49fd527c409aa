"""Accounts as tests of them make them."""

from graphnet import accounts
from graphnet.model import Name
from graphnet.store import Store

PASSWORD = "three words here"


def make(store: Store, email: str = "anna@example.org", *roles: str) -> accounts.Account:
    return accounts.create(store, email, PASSWORD, roles=roles or ("alumnus",), name=Name("A", "B"))


def admin(store: Store, email: str = "admin@example.org") -> accounts.Account:
    return make(store, email, "admin")


def signed_in(
    store: Store, email: str, password: str, device: str = "", days: int = 30
) -> str | None:
    """Sign in as the site does, and return the token of the session."""
    found = accounts.who_signs_in(store, email, password)
    return found and accounts.begin_session(store, found, how="password", device=device, days=days)
