"""The whole way on a real university: 18,660 people and 790,777 ties, from files to a page."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from graphnet import accounts, snapshot
from graphnet.computed import refresh
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from ingest import mapping
from ingest.load import import_folder
from tests.support.furnished import PASSWORD, READERS, reader, site
from tests.support.graphs import small_association


@pytest.mark.long
@pytest.mark.real_data
@pytest.mark.timeout(1800)
def test_cornell_from_files_to_a_page(
    store: Store, settings: Settings, real_data: Path, tmp_path: Path
) -> None:
    small_association(store)
    store.write("MATCH (a:Account) DETACH DELETE a")
    store.write("MERGE (c:Counter {name: 'person'}) SET c.next = 100")
    folder = real_data / "facebook100" / "Cornell5-csv"
    chosen = mapping.read(mapping.find("facebook100"), folder)
    report = import_folder(
        store, chosen, folder, ground="published for research", by="test",
        rejects=tmp_path / "rejects",
    )  # fmt: skip
    assert not report.rejects
    home = replace(settings, home=tmp_path, demo=True, secure_cookies=False)
    built = refresh(store, home.snapshots)
    # Eight of the people and six ties are the hand-made association's.
    assert built.n == 18_660 + 8
    assert len(built.layers["knows"].indices) // 2 == 790_777 + 7
    assert snapshot.build(store).fingerprint == built.fingerprint
    again = import_folder(
        store, chosen, folder, ground="published for research", by="test",
        rejects=tmp_path / "rejects",
    )  # fmt: skip
    assert sum(step.counts.written for step in again.steps) == 0
    accounts.create_many(
        store, [{"email": "staff@example.org", "person_key": READERS["staff"], "roles": ["staff"]}],
        PASSWORD,
    )  # fmt: skip
    live = Live(store, home.snapshots)
    live.start()
    try:
        staff = reader(site(live, home), "staff")
        page = staff.get("/search?q=cornell5 1000").text
        assert "Cornell5 1000" in page
        row = store.read("MATCH (p:Person {given_name: 'Cornell5 1000'}) RETURN p.id AS id")[0]
        person = staff.get(f"/people/{row['id']}", headers={"Accept-Language": "en"}).text
        assert "Whom they may know" in person and "On these maps" in person
        graduations = built.things["graduations"]
        sizes = np.diff(built.memberships["graduations"].thing_indptr)
        thing = str(graduations.ids[int(sizes.argmax())])
        data = staff.get(f"/maps/graduations/{thing}/data.json").get_json()
        assert len(data["nodes"]) > 500 and data["edges"]
    finally:
        live.stop()
