"""Many members who are signed in already: for what happens when all come at once."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from itsdangerous import URLSafeTimedSerializer

from graphnet.accounts import token_hash
from graphnet.loyalty import memberships
from graphnet.store import Store

FIRST = 2000  # the key of the first of them
PROOF = "0123456789abcdef" * 2  # of all their sessions against forged forms
MAKE = """UNWIND $people AS one
CREATE (p:Person:Alumnus {id: 'many' + toString(one[0]), key: one[0], given_name: 'M',
  family_name: 'Many', visibility: 'shown'})
CREATE (a:Account {id: p.id, email: p.id + '@example.org', email_key: p.id + '@example.org',
  roles: ['alumnus'], created_at: $now})-[:OF]->(p)
CREATE (:Session {id: 's' + p.id, token_hash: one[1], created_at: $now, seen_at: $now,
  expires_at: $later, device: 'x'})-[:HELD_BY]->(a)
CREATE (p)-[:GAVE]->(:Consent {id: 'c' + p.id, purpose: 'partners', state: 'given', at: $now})
CREATE (:Membership {id: 'm' + p.id, starts: $first, ends: $last, kind: 'joined', at: $now,
  note: '', seen_at: $now})-[:OF]->(p)"""


def cookies(app: Flask, store: Store, people: int) -> list[str]:
    """Make members, with keys from `FIRST` on, and return the cookie of each."""
    now, today = datetime.now(UTC), memberships.rules_now().today()
    tokens = {FIRST + n: f"token-of-{n}" for n in range(people)}
    store.write(
        MAKE,
        people=[[key, token_hash(token)] for key, token in tokens.items()],
        now=now,
        later=now + timedelta(days=1),
        first=today,
        last=today + timedelta(days=300),
    )
    signing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    assert signing is not None
    name = app.config["SESSION_COOKIE_NAME"]
    return [
        f"{name}={signing.dumps({'_user_id': token, 'csrf_token': PROOF})}"
        for token in tokens.values()
    ]


def form_token(app: Flask) -> str:
    """Return what their forms carry."""
    assert app.secret_key
    return str(URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(PROOF))
