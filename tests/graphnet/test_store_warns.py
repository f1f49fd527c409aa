"""A misspelt name is a warning of the server, and so an error in the tests."""

import pytest

from graphnet.store import Neo4jWarning, Store


def test_a_misspelt_label_fails_a_test(store: Store) -> None:
    with pytest.raises(Neo4jWarning, match="01N50"):
        store.read("MATCH (p:Persona) RETURN p.key AS key LIMIT 1")
    with pytest.raises(Neo4jWarning, match="01N52"):
        store.write("MATCH (p:Person) RETURN p.visiblity AS shown LIMIT 1")
    assert store.read("MATCH (p:Person) RETURN p.key AS key LIMIT 1") == []
