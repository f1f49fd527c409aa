"""/me/contributions: what I contributed and whom I mobilised, season by season, whole."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from graphnet.contest.my_place import my_place
from graphnet.contest.seasons import rules as announced_rules
from graphnet.errors import ThingNotFound
from graphnet.ledger import reader
from graphnet.ledger.reader import Line
from graphnet.ledger.rule_files import MODES
from graphnet.ledger.rules import SeasonRules, at_time
from graphnet.ledger.scoring import Score
from graphnet.ledger.standings import of_person, ready, trend
from graphnet.people import Card, cards
from graphnet.privacy import Viewer
from webapp.features.contributions import words
from webapp.frame.context import graphnet, live
from webapp.frame.respond import answer, csv_answer
from webapp.frame.security import current_viewer, signed_in

blueprint = Blueprint("contributions", __name__, template_folder="templates")
blueprint.app_template_global("mode_word")(words.mode_word)
blueprint.app_template_global("contribution_word")(words.kind_word)
blueprint.app_template_global("evidence_lines")(words.evidence_lines)
blueprint.app_template_global("why_no_point")(words.why_word)
blueprint.app_template_global("part_word")(words.part_word)


@blueprint.app_template_global("season_choices")
def season_choices(seasons: list[SeasonRules]) -> list[tuple[str, str]]:
    """Return the seasons as choices of a link row, each by its name in the rules."""
    return [(rules.season, rules.season) for rules in seasons]


def season_rules() -> list[SeasonRules]:
    """Return the rules of every season that has been announced, the newest first."""
    return announced_rules(graphnet().store)


def chosen_season(seasons: list[SeasonRules]) -> SeasonRules:
    """Return the season that the query asks for; by default the one that is on.

    Raises
    ------
    ThingNotFound
    """
    asked = request.args.get("season", "")
    if not asked:
        return at_time(seasons, datetime.now(UTC))
    for rules in seasons:
        if rules.season == asked:
            return rules
    raise ThingNotFound("no such season")


def begun(seasons: list[SeasonRules]) -> list[SeasonRules]:
    """Return the seasons that have begun, the newest first: there is nothing in the others."""
    now = datetime.now(UTC)
    return [rules for rules in seasons if rules.start <= now] or seasons[-1:]


def no_season() -> Response:
    """Say that nothing is counted before a season has been announced: there are no rules yet."""
    return answer("contributions/none.html")


def participants(viewer: Viewer, lines: list[Line]) -> dict[int, Card]:
    """Return those whom the entries are about and whom the viewer may see, by key.

    Who was reached by what somebody passed on is not among them: only the asker was to know.
    """
    keys = {line.person_key for line in lines}
    keys |= {line.participant_key for line in lines if line.entry.kind != "relay_passed_on"}
    wanted = sorted(key for key in keys if key is not None)
    return {card.key: card for card in cards(graphnet().store, viewer, wanted, rules=live().rules)}


def by_mode(score: Score, rules: SeasonRules) -> list[dict[str, Any]]:
    """Return what each mode brought in the contributed part, its cap, and what the cap took."""
    rows = []
    for mode in MODES:
        inside = [p for p in score.points if p.entry.mode == mode and p.part == "contributed"]
        beside = [p for p in score.points if p.entry.mode == mode and p.part == "mobilised"]
        rows.append(
            {
                "mode": mode,
                "counted": float(sum(p.counted for p in inside)),
                "mobilised": float(sum(p.counted for p in beside)),
                "cap": float(rules.caps[mode]) if mode in rules.caps else None,
                "taken": float(
                    sum(p.points - p.counted for p in inside + beside if p.why.endswith("cap"))
                ),
            }
        )
    return rows


def room(score: Score, rules: SeasonRules) -> list[dict[str, Any]]:
    """Return for each kind that can still bring points how much one brings, and how many more."""
    found = []
    for name, kind in rules.kinds.items():
        if kind.points <= 0:
            continue
        left = None
        if kind.at_most is not None:
            left = kind.at_most - sum(p.counted for p in score.points if p.entry.kind == name)
        cap = rules.caps.get(kind.mode)
        if cap is not None and kind.part == "contributed":
            inside = sum(
                p.counted
                for p in score.points
                if p.part == "contributed" and p.entry.mode == kind.mode
            )
            left = cap - inside if left is None else min(left, cap - inside)
        if left is None or left > 0:
            found.append(
                {
                    "kind": name,
                    "part": kind.part,
                    "points": float(kind.points if left is None else min(kind.points, left)),
                    "left": None if left is None else float(left),
                }
            )
    return found


def season_of(viewer: Viewer, rules: SeasonRules, key: int) -> dict[str, Any]:
    """Return what a page shows of one person's season: parts, points with their lines, caps."""
    store = graphnet().store
    score = of_person(store, rules, viewer, key)
    lines = reader.of_person(store, viewer, rules, key)
    points = {point.entry.act_id: point for point in score.points}
    return {
        "rules": rules,
        "score": score,
        "total": float(score.total(rules)),
        "rows": [(line, points.get(line.entry.act_id)) for line in lines],
        "cards": participants(viewer, lines),
        "modes": by_mode(score, rules),
        "room": room(score, rules),
        "ready": ready(score, rules),
    }


def points_csv(name: str, season: dict[str, Any]) -> Response:
    """Answer with the points of a season as CSV, each with its entry."""
    rules, rows = season["rules"], season["rows"]
    return csv_answer(
        name,
        [
            "season",
            "entry",
            "kind",
            "mode",
            "part",
            "happened_at",
            "recorded_at",
            "points",
            "counted",
            "why",
            "evidence_hash",
        ],
        (
            [
                rules.season,
                line.entry.act_id,
                line.entry.kind,
                line.entry.mode,
                point.part if point else "",
                line.entry.happened_at.isoformat(),
                line.entry.recorded_at.isoformat(),
                float(point.points) if point else "",
                float(point.counted) if point else "",
                point.why if point else "correction",
                line.entry.evidence_hash,
            ]
            for line, point in rows
        ),
        plain=True,
    )


@blueprint.get("/me/contributions")
@signed_in
def mine() -> Response:
    """My own season whole: every point with what shows it, the caps, what would bring more."""
    viewer = current_viewer(purpose="own contributions")
    key = viewer.own_key()
    seasons = begun(season_rules())
    if not seasons:
        return no_season()
    rules = chosen_season(seasons)
    season = season_of(viewer, rules, key)
    if request.args.get("as") == "csv":
        return points_csv("contributions", season)
    return answer(
        "contributions/mine.html",
        seasons=seasons,
        on_now=rules.within(datetime.now(UTC)),
        place=my_place(graphnet().store, viewer, rules.season),
        trend=trend(graphnet().store, seasons, viewer, key),
        **season,
    )
