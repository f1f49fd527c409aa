"""`graphnet admin`: the first administrator, the secret key, sign-in links, roles."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import click

from graphnet import accounts, engine
from graphnet.errors import ThingNotFound
from graphnet.model import ROLES, Name
from graphnet.settings import Settings
from graphnet.store import Store


@contextmanager
def _store(settings: Settings) -> Iterator[Store]:
    with engine.open(settings, follow=False, migrate=True) as found:
        yield found.store


@click.group()
def admin() -> None:
    """Accounts: the first administrator, roles, one-time links, the secret key."""


@admin.command("secret-key")
def secret_key() -> None:
    """Print a new key for GRAPHNET_SECRET_KEY."""
    click.echo(secrets.token_hex(32))


@admin.command()
@click.argument("email")
@click.option("--given-name", default="", help="As it stands on pages; else the part before @.")
@click.option("--family-name", default="")
@click.option(
    "--role",
    "roles",
    multiple=True,
    type=click.Choice(ROLES),
    help="Can be given several times; without it: staff and admin.",
)
@click.option("--password", default=None, help="Asked for if neither this nor --invite is given.")
@click.option("--invite", is_flag=True, help="No password: print a link to choose one by.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def create(
    settings: Settings,
    *,
    email: str,
    given_name: str,
    family_name: str,
    roles: tuple[str, ...],
    password: str | None,
    invite: bool,
    as_json: bool,
) -> None:
    """Make an account, by default a real administrator's."""
    if password is None and not invite:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _store(settings) as store:
        made = accounts.create(
            store,
            email,
            password,
            roles=roles or ("staff", "admin"),
            name=Name(given_name or email.partition("@")[0], family_name),
        )
        path = f"/reset/{accounts.make_link(store, made.id, 'invite')}" if invite else None
    if as_json:
        click.echo(json.dumps({"email": made.email, "roles": list(made.roles), "path": path}))
        return
    click.echo(f"{made.email}: {', '.join(made.roles)}")
    if path:
        click.echo(f"link, works once, for 14 days: {path}")


@admin.command("sign-in-link")
@click.argument("email")
@click.option("--reset", is_flag=True, help="A link to choose a new password by, for 24 hours.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def sign_in_link(settings: Settings, *, email: str, reset: bool, as_json: bool) -> None:
    """Print a link that signs an account in once, within an hour."""
    with _store(settings) as store:
        purpose = "reset" if reset else "sign-in"
        path = "/reset/" + accounts.make_link(store, _account(store, email).id, purpose)
    click.echo(json.dumps({"email": email, "purpose": purpose, "path": path}) if as_json else path)


@admin.command("roles")
@click.argument("email")
@click.option("--give", multiple=True, type=click.Choice(ROLES), help="Give a role.")
@click.option("--take", multiple=True, type=click.Choice(ROLES), help="Take a role.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def change_roles(
    settings: Settings, *, email: str, give: tuple[str, ...], take: tuple[str, ...], as_json: bool
) -> None:
    """Print an account's roles, after giving and taking some."""
    with _store(settings) as store:
        account = _account(store, email)
        for role in give:
            accounts.give_role(store, account.id, role)
        for role in take:
            accounts.take_role(store, account.id, role)
        roles = _account(store, email).roles
    as_object = json.dumps({"email": account.email, "roles": roles})
    click.echo(as_object if as_json else f"{account.email}: {', '.join(roles) or 'no role'}")


def _account(store: Store, email: str) -> accounts.Account:
    account = accounts.account_by_email(store, email)
    if account is None:
        raise ThingNotFound(f"there is no account with the address {email}")
    return account
