"""How the desk does: working hours to the first answer and to the end, and the share in time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from graphnet.privacy import Viewer
from graphnet.requests import hours
from graphnet.store import Row, Store, native

# One row: a request of the time that is asked for, with the times of its life.
LIVES = """MATCH (r:Request) WHERE r.at >= $since
RETURN r.id AS id, r.kind AS kind, r.at AS at, r.due_at AS due_at,
  r.first_answered_at AS first, r.closed_at AS closed, r.status AS status,
  COLLECT { MATCH (r)-[:FOR]->(u:Unit)
            RETURN [u.name, coalesce(u.name_ru, u.name)] ORDER BY u.id LIMIT 1 } AS units
ORDER BY at, id LIMIT 20000"""


@dataclass(frozen=True)
class KindFigures:
    """What became of the requests of one kind; times are medians of working hours.

    `in_time` is the share of those that were closed or are overdue; None where there are none.
    """

    kind: str
    asked: int
    open: int
    overdue: int
    hours_to_first: float | None
    hours_to_done: float | None
    in_time: float | None


def figures(
    store: Store,
    viewer: Viewer,
    *,
    days: int = 365,
    by_unit: bool = False,
    now: datetime | None = None,
) -> list[KindFigures]:
    """Return one line for each kind that was asked in the last `days` days, the most asked first.

    Parameters
    ----------
    by_unit
        One line for each unit to which requests were passed instead; `kind` is its name in English
        and in Russian, with a line break between them.

    Raises
    ------
    NotAllowed
    """
    viewer.require_staff()
    at = now or datetime.now(UTC)
    of_kind: dict[str, list[Row]] = {}
    for row in store.read(LIVES, since=at - timedelta(days=days)):
        units = ["\n".join(unit) for unit in row["units"]]
        for name in units if by_unit else [row["kind"]]:
            of_kind.setdefault(name, []).append(native(row))
    found = [_of(kind, rows, at) for kind, rows in of_kind.items()]
    return sorted(found, key=lambda one: (-one.asked, one.kind))


def _of(kind: str, rows: list[Row], now: datetime) -> KindFigures:
    def typical(name: str) -> float | None:
        spent = [
            hours.between(row["at"], row[name]) / timedelta(hours=1)
            for row in rows
            if row[name] is not None
        ]
        return median(spent) if spent else None

    dated = [row for row in rows if row["due_at"] is not None]
    overdue = [r for r in dated if r["status"] not in ("done", "waiting") and r["due_at"] < now]
    done = [r for r in dated if r["closed"] is not None]
    in_time = sum(r["closed"] <= r["due_at"] for r in done)
    judged = len(done) + len(overdue)
    return KindFigures(
        kind=kind,
        asked=len(rows),
        open=sum(r["status"] != "done" for r in rows),
        overdue=len(overdue),
        hours_to_first=typical("first"),
        hours_to_done=typical("closed"),
        in_time=in_time / judged if judged else None,
    )
