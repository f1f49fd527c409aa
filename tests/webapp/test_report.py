"""The report for the rector: right figures, nothing small, one tagged sheet, also by command."""

import base64
import csv
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from openpyxl import load_workbook

from graphnet.cli import main
from graphnet.ledger.entries import NewEntry, record_many
from graphnet.live import Live
from graphnet.settings import Settings
from graphnet.store import Store
from tests.conftest import WIPE
from tests.support.furnished import followed, own_home, reader, site

# Key: of 1 to 60 the intake was 1985, of 61 to 160 it was 1996, of 161 to 163 it was 2004.
N, HIDDEN, DEAD = 163, 30, 31
MAKE = """MERGE (u:Unit {id: 'optics', kind: 'faculty', name: 'Optics', name_ru: 'Оптика'})
MERGE (v:Unit {id: 'law', kind: 'faculty', name: 'Law', name_ru: 'Право'})
WITH u, v UNWIND range(1, $n) AS key
WITH u, v, key, CASE WHEN key <= 60 THEN 1985 WHEN key <= 160 THEN 1996 ELSE 2004 END AS year
CREATE (p:Person:Alumnus {id: 'p' + toString(key), key: key, given_name: 'G' + toString(key),
  family_name: 'F', name_key: 'f',
  visibility: CASE key WHEN $hidden THEN 'hidden' ELSE 'shown' END})
SET p.died_on = CASE key WHEN $dead THEN $day END
MERGE (c:Cohort {id: 'c' + toString(year), programme: 'P', level: 'master', intake_year: year})
CREATE (p)-[:STUDIED_IN]->(c)
FOREACH (_ IN CASE key % 2 WHEN 0 THEN [1] ELSE [] END |
  CREATE (p)-[:COMPLETED {year: 1990}]->(u))
FOREACH (_ IN CASE key % 2 WHEN 1 THEN [1] ELSE [] END |
  CREATE (p)-[:COMPLETED {year: 1990}]->(v))
FOREACH (_ IN CASE WHEN key IN $reachable THEN [1] ELSE [] END |
  CREATE (p)-[:HAS]->(:ContactPoint {id: 'k' + toString(key), kind: 'email',
    value: 'x' + toString(key) + '@example.org', value_key: 'x' + toString(key) + '@example.org',
    verified_at: CASE WHEN key % 3 = 0 THEN $long_ago ELSE $lately END}))"""
REGISTERED = range(1, 21)  # of whom one is the analyst
REACHABLE = [*range(21, 45), *range(101, 131)]


@pytest.fixture(scope="module")
def home(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_home(settings, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def live(session_store: Store, home: Settings) -> Iterator[Live]:
    session_store.run_alone(WIPE)
    now = datetime.now(UTC)
    session_store.write(
        MAKE, n=N, hidden=HIDDEN, dead=DEAD, day=date(2020, 1, 1), reachable=REACHABLE,
        long_ago=now - timedelta(days=2000), lately=now - timedelta(days=20),
    )  # fmt: skip
    rows = [
        {"email": f"a{key}@example.org", "person_key": key, "roles": ["alumnus"]}
        for key in REGISTERED
    ]
    for row, role in zip(rows, ("analyst", "staff", "alumnus"), strict=False):
        row |= {"email": f"{role}@example.org", "roles": [role]}
    with followed(session_store, home, rows) as following:
        yield following


@pytest.fixture(scope="module")
def analyst(live: Live, home: Settings) -> FlaskClient:
    return reader(site(live, home), "analyst")


def tables(page: str) -> dict[str, list[list[str]]]:
    """The tables of the page by the name of their section, cell by cell."""
    found = {}
    for name, section in re.findall(
        r'<section[^>]*aria-labelledby="report-(\w+)">(.*?)</section>', page, re.DOTALL
    ):
        rows = re.findall(r"<tr>(.*?)</tr>", section, re.DOTALL)
        found[name] = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    return found


def test_the_report_says_who_is_here_reachable_and_lost_and_shows_nothing_small(
    analyst: FlaskClient,
) -> None:
    page = analyst.get("/statistics/report").text
    figures = re.findall(r"<dt>(.*?)</dt><dd>([\d,—]+)", page)
    able = len(set(REACHABLE) - {HIDDEN, DEAD})
    people = N - 2
    assert figures == [
        ("people on file", str(people)), ("registered", "20"),
        ("not registered, can be reached", str(able)),
        ("lost: no contact", str(people - 20 - able)),
    ]  # fmt: skip
    found = tables(page)
    decades = {row[0]: row[1:] for row in found["decades"]}
    assert decades["Decade"] == ["1980s", "1990s", "2000s"]
    # Three people of the 2000s are not shown, nor what they would follow from.
    assert decades["People"][2] == "—" and decades["People"].count("—") == 2
    for state in ("Registered", "Can be reached", "Lost"):
        shown = [cell for cell in decades[state] if cell != "—"]
        assert len(shown) <= 1 and not any(0 < int(cell) < 5 for cell in shown)
    fresh = {row[0]: row[1] for row in found["freshness"][1:]}
    assert fresh["in the last year"] != "—"
    assert int(fresh["one to three years ago"]) == int(fresh["never"]) == 0
    assert sum(map(int, fresh.values())) == 20 + able
    growth = dict(zip(*found["growth"], strict=True))
    assert growth[str(datetime.now(UTC).year)] == "20"
    assert [row[0] for row in found["faculties"][1:]] == ["Law", "Optics"]
    assert "Write to those who can be reached and have not registered" in page
    assert "G30" not in page and "p30" not in page


def test_each_table_of_it_is_a_csv_with_plain_numbers(analyst: FlaskClient) -> None:
    page = analyst.get("/statistics/report").text
    links = re.findall(r'href="(/statistics/report\?as=\w+)" download', page)
    assert len(links) == 5  # nobody was asked anything: the sixth table is empty
    for link in links:
        answer = analyst.get(link)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        head, *rows = csv.reader(io.StringIO(answer.text.lstrip("\ufeff")))
        assert rows and all(len(row) == len(head) for row in rows)
        numbers = [cell for row in rows for cell in row[1:] if cell]
        assert numbers and not any(0 < float(cell) < 5 and "." not in cell for cell in numbers)
    growth = csv.DictReader(io.StringIO(analyst.get("/statistics/report?as=growth").text[1:]))
    assert next(iter(growth))[str(datetime.now(UTC).year)] == "20"


def test_who_may_read_it(live: Live, home: Settings) -> None:
    app = site(live, home)
    for role, status in (("staff", 200), ("alumnus", 403), ("anyone", 303)):
        for path in ("/statistics/report", "/statistics/report.pdf"):
            assert reader(app, role).get(path).status_code == status, (role, path)


def test_the_page_is_russian_for_who_reads_russian(live: Live, home: Settings) -> None:
    client = reader(site(live, home), "analyst")
    client.set_cookie("language", "ru")
    page = client.get("/statistics/report").text
    assert "База выпускников на одной странице" in page and "Оптика" in page
    assert "Что делать дальше" in page and "By faculty" not in page


# -- the PDF ------------------------------------------------------------------------------------


def objects(file: bytes) -> dict[int, bytes]:
    return {
        int(number): body
        for number, body in re.findall(rb"(\d+) 0 obj\n(.*?)endobj", file, re.DOTALL)
    }


def content(body: bytes) -> str:
    data = re.search(rb"stream\r?\n(.*?)endstream", body, re.DOTALL)
    assert data is not None
    raw = data.group(1).strip()
    if b"ASCII85Decode" in body:
        raw = (
            base64.a85decode(raw, adobe=False)
            if not raw.endswith(b"~>")
            else base64.a85decode(b"<~" + raw, adobe=True)
        )
    return zlib.decompress(raw).decode("latin-1")


def test_the_pdf_is_one_sheet_and_tagged_from_top_to_bottom(analyst: FlaskClient) -> None:
    answer = analyst.get("/statistics/report.pdf")
    assert answer.mimetype == "application/pdf"
    assert re.search(r'report-\d{4}-\d\d-\d\d-en\.pdf"', answer.headers["Content-Disposition"])
    found = objects(answer.data)
    whole = list(found.values())
    catalogue = next(body for body in whole if b"/Type /Catalog" in body)
    for entry in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang (en)", b"/Metadata", b"/ViewerPref"):
        assert entry in catalogue
    assert any(b"<pdfuaid:part>1</pdfuaid:part>" in body for body in whole)
    pages = [body for body in whole if b"/Type /Page\n" in body or b"/Type /Page " in body]
    assert len(pages) == 1 and b"/StructParents 0" in pages[0] and b"/Tabs /S" in pages[0]
    stream = content(found[int(re.search(rb"/Contents (\d+) 0 R", pages[0]).group(1))])  # type: ignore[union-attr]
    # Whatever is drawn is marked: read line by line, nothing is painted outside.
    inside, marked = 0, []
    for line in stream.splitlines():
        if (number := re.search(r"/MCID (\d+)>> BDC", line)) is not None:
            marked.append(int(number.group(1)))
        inside += len(re.findall(r"\bBDC\b|\bBMC\b", line)) - len(re.findall(r"\bEMC\b", line))
        assert inside in (0, 1)
        if re.search(r"\bTj\b|\bTJ\b|\bre f\b|\bre\b.*\bf\*?$| S$", line):
            assert inside, line
    assert not inside and marked == list(range(len(marked))) and len(marked) > 80
    elements = {k: body for k, body in found.items() if b"/Type /StructElem" in body}
    kinds = Counter(
        re.search(rb"/S /(\w+)", body).group(1).decode()
        for body in elements.values()  # type: ignore[union-attr]
    )
    assert kinds["Document"] == kinds["H1"] == 1 and kinds["H2"] == 7 and kinds["Table"] >= 5
    for body in elements.values():
        if b"/S /TH" in body:
            assert b"/Scope /Column" in body or b"/Scope /Row" in body
        if b"/S /Figure" in body:
            assert b"/Alt (" in body and b"/BBox" in body
    # The tree and the page agree on whose each piece is.
    tree = next(body for body in whole if b"/Type /StructTreeRoot" in body)
    parents = found[int(re.search(rb"/ParentTree (\d+) 0 R", tree).group(1))]  # type: ignore[union-attr]
    owners = [int(n) for n in re.findall(rb"(\d+) 0 R", parents)]
    assert len(owners) == len(marked)
    for number, owner in enumerate(owners):
        kids = re.search(rb"/K \[(.*?)\]", elements[owner], re.DOTALL)
        assert kids is not None
        assert str(number).encode() in re.sub(rb"\d+ 0 R", b"", kids.group(1)).split()


def test_the_command_writes_the_same_into_files(
    live: Live, home: Settings, address: tuple[str, str, str], tmp_path: Path
) -> None:
    uri, user, password = address
    own = replace(home, neo4j_uri=uri, neo4j_user=user, neo4j_password=password)
    said = CliRunner().invoke(main, ["report", str(tmp_path), "--purpose", "the rector"], obj=own)
    assert said.exit_code == 0, said.output
    files = sorted(path.name[18:] for path in tmp_path.iterdir())
    assert files == ["en.html", "en.pdf", "ru.html", "ru.pdf"]
    for path in tmp_path.glob("*.pdf"):
        assert path.read_bytes().startswith(b"%PDF-1.7")
    page = next(tmp_path.glob("*en.html")).read_text(encoding="utf-8")
    assert tables(page)["decades"][0] == ["Decade", "1980s", "1990s", "2000s"]
    assert "<link" not in page and "<script" not in page and "@media print" in page
    trail = live.store.read(
        "MATCH (a:AuditEntry {act: 'export', subject: 'report'})"
        " RETURN a.purpose AS purpose LIMIT 5"
    )
    assert [row["purpose"] for row in trail] == ["the rector"]


def test_who_took_part_is_counted_once_and_nothing_small_is_told(
    live: Live, home: Settings, session_store: Store
) -> None:
    now = datetime.now(UTC)
    acts = (
        [("helped", "volunteer", key, n) for key in range(1, 13) for n in range(2)]
        + [("gift", "philanthropic", key, 0) for key in range(1, 8)]
        + [("referral", "communication", key, 0) for key in range(1, 3)]
        + [("talk", "experiential", key, 0) for key in range(1, 12)]
        + [("helped", "volunteer", key, 0) for key in (HIDDEN, DEAD, 160)]
    )
    new = [
        NewEntry(key, kind, mode, now, f"{kind}-{key}-{n}", {"note": "x"})
        for kind, mode, key, n in acts
    ]
    session_store.in_write(lambda transaction: record_many(transaction, new))
    live.catch_up()
    app = site(live, home)
    assert reader(app, "alumnus").get("/statistics/engagement").status_code == 403
    page = reader(app, "staff").get("/statistics/engagement?as=trend")
    rows = list(csv.DictReader(io.StringIO(page.text.lstrip("\ufeff"))))
    assert [row["label"] for row in rows] == [str(now.year - n) for n in (4, 3, 2, 1, 0)]
    last = rows[-1]
    # Of those who can be written to: neither the hidden, nor the dead, nor whom nothing reaches.
    assert last["can_be_written_to"] == str(20 + len(set(REACHABLE) - {HIDDEN, DEAD}))
    assert (last["any"], last["volunteer"], last["philanthropic"]) == ("12", "12", "7")
    assert last["communication"] == "", "two are few"
    assert last["experiential"] == "", "eleven of twelve tell of the one"
    assert {rows[0][name] for name in ("any", "volunteer", "communication")} == {"0"}
    faculties = reader(app, "analyst").get("/statistics/engagement?as=faculties").text
    assert not re.search(r"[,;][1-4](?=[,;\r\n])", faculties)
    shown = reader(app, "analyst").get("/statistics/engagement").text
    assert "took part in" in shown and "not shown" in shown
    assert len(re.findall(r'class="report-part-0"', shown)) == 1, "a bar of the year with anybody"
    # By intake: the three of 2004 are not told of, nor for their sake how many began in 1985; who
    # of these can be written to is who is not lost.
    page = reader(app, "staff").get("/statistics/engagement?as=cohorts")
    cohorts = {
        row["label"]: (row["can_be_written_to"], row["any"], row["philanthropic"])
        for row in csv.DictReader(io.StringIO(page.text.lstrip("\ufeff")))
    }
    assert cohorts == {"P, master 1996": ("30", "0", "0")}
    assert not re.search(r"[,;][1-4](?=[,;\r\n])", page.text)
    # One intake by years, on the page, as CSV; everything as a workbook.
    assert (
        "Year after year: P, master 1996"
        in reader(app, "staff").get("/statistics/engagement?of=c1996").text
    )
    page = reader(app, "staff").get("/statistics/engagement?of=c1996&as=trend")
    rows = list(csv.DictReader(io.StringIO(page.text.lstrip("\ufeff"))))
    assert [(row["label"], row["any"]) for row in rows[-2:]] == [
        (str(now.year - 1), "0"), (str(now.year), "0")
    ]  # fmt: skip
    book = reader(app, "analyst").get("/statistics/engagement?as=xlsx")
    sheets = {sheet.title: sheet for sheet in load_workbook(io.BytesIO(book.data))}
    assert list(sheets) == ["Year after year", "By decade of intake", "By faculty", "By intake"]
    assert [cell.value for cell in sheets["By intake"][2]][:4] == ["P, master 1996", 30, 0, 0]
