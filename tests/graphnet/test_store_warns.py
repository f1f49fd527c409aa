"""What the store does for every query: a misspelt name fails a test, times are sent in UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from graphnet.store import Neo4jWarning, Store


def test_a_misspelt_label_fails_a_test(store: Store) -> None:
    with pytest.raises(Neo4jWarning, match="01N50"):
        store.read("MATCH (p:Persona) RETURN p.key AS key LIMIT 1")
    with pytest.raises(Neo4jWarning, match="01N52"):
        store.write("MATCH (p:Person) RETURN p.visiblity AS shown LIMIT 1")
    assert store.read("MATCH (p:Person) RETURN p.key AS key LIMIT 1") == []


def test_a_time_of_a_zone_without_whole_minutes_ends_no_process(store: Store) -> None:
    moscow = datetime(1900, 1, 1, 12, tzinfo=ZoneInfo("Europe/Moscow"))
    offset = moscow.utcoffset()
    assert offset is not None and offset % timedelta(minutes=1), "half an hour and 17 seconds"
    rows = [{"at": moscow, "nested": [{"at": moscow}], "none": None}]
    query = "UNWIND $rows AS row RETURN row.at AS at, row.nested[0].at AS inner, $at AS own LIMIT 1"
    for found in (
        store.read(query, rows=rows, at=moscow),
        store.run_alone(query, rows=rows, at=moscow),
    ):
        assert {value.to_native() for value in found[0].values()} == {moscow.astimezone(UTC)}
    assert rows[0]["at"] is moscow, "what was given is left alone"
