"""Files row by row: a bad row is one bad row."""

from pathlib import Path

import pytest

from graphnet.errors import BadFile, BadMapping
from ingest.mapping import FileSpec, Mapping
from ingest.rows import Chooser, look, lookup_tables
from ingest.values import Unfit


def mapping(**spec: object) -> Mapping:
    return Mapping.model_validate(
        {
            "source": "s",
            "files": {"f": {"path": "f.csv"} | spec},
            "nodes": {"n": {"label": "Topic", "file": "f", "id": "a"}},
            "lookups": {"l": {"file": "f", "key": "a", "value": "{b}!"}},
        }
    )


def rows(folder: Path, data: bytes, **spec: object) -> list[tuple[int, list[str], Unfit | None]]:
    (folder / "f.csv").write_bytes(data)
    return list(look(mapping(**spec), folder)["f"].rows())


def good(found: list[tuple[int, list[str], Unfit | None]]) -> list[tuple[int, list[str]]]:
    return [(number, cells) for number, cells, problem in found if problem is None]


def bad(found: list[tuple[int, list[str], Unfit | None]]) -> list[tuple[int, str]]:
    return [(number, problem.reason) for number, _, problem in found if problem is not None]


def test_rows_are_numbered_as_in_a_spreadsheet(tmp_path: Path) -> None:
    found = rows(tmp_path, b'a,b\r\n1, x \r\n\r\n"2\nand","y, z"\r\n3,w')
    assert found == [(2, ["1", "x"], None), (4, ["2\nand", "y, z"], None), (5, ["3", "w"], None)]


def test_a_byte_order_mark_and_quoted_header_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert list(look(mapping(), tmp_path)["f"].columns) == ["a", "b"]


def test_columns_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"Person.id|Person.id|a\n1|2|3\n")
    source = look(mapping(delimiter="|"), tmp_path)["f"]
    assert source.columns == {"Person.id": 0, "Person.id:2": 1, "a": 2}


def test_too_few_and_too_many_cells_are_bad_rows(tmp_path: Path) -> None:
    found = rows(tmp_path, b"a,b\n1,2\n3\n4,5,6\n7,8\n")
    assert good(found) == [(2, ["1", "2"]), (5, ["7", "8"])]
    assert bad(found) == [(3, "has 1 cells, the header 2"), (4, "has 3 cells, the header 2")]


def test_a_wrong_encoding_is_a_bad_row(tmp_path: Path) -> None:
    found = rows(tmp_path, "a,b\n1,Анна\n2,".encode() + "Пётр".encode("cp1251") + b"\n3,x\n")
    assert good(found) == [(2, ["1", "Анна"]), (4, ["3", "x"])]
    assert bad(found) == [(3, "is not utf-8")]
    assert found[1][2] is not None
    assert found[1][2].field == "b"
    all_of_it = "a,b\n1,Пётр\n".encode("cp1251")
    assert good(rows(tmp_path, all_of_it, encoding="cp1251")) == [(2, ["1", "Пётр"])]


def test_an_open_quotation_mark_costs_one_line(tmp_path: Path) -> None:
    lines = b'a,b\n1,x\n2,"open\n3,y\n4,z\n'
    found = rows(tmp_path, lines)
    assert good(found) == [(2, ["1", "x"]), (4, ["3", "y"]), (5, ["4", "z"])]
    assert bad(found) == [(3, "cannot be read: a quotation mark is never closed")]
    assert good(rows(tmp_path, lines, quote=""))[1] == (3, ["2", '"open'])


def test_unknown_texts_and_left_over_quotes_are_taken_away(tmp_path: Path) -> None:
    found = rows(tmp_path, b"a|b\n'1'|NULL\n\"\"|x\n", delimiter="|", quote="", unquote=True,
                 unknown=["NULL"])  # fmt: skip
    assert good(found) == [(2, ["1", ""]), (3, ["", "x"])]


def test_a_file_without_a_header_has_its_columns_named(tmp_path: Path) -> None:
    assert good(rows(tmp_path, b"1,2\n3,4\n", columns=["a", "b"])) == [
        (1, ["1", "2"]), (2, ["3", "4"])]  # fmt: skip


def test_all_missing_files_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"f\.csv is missing"):
        look(mapping(), tmp_path)
    assert look(mapping(optional=True), tmp_path) == {}
    (tmp_path / "f.csv").write_bytes(b"")
    with pytest.raises(BadFile, match="no header row"):
        look(mapping(), tmp_path)
    with pytest.raises(BadFile, match="no folder"):
        look(mapping(), tmp_path / "nowhere")
    (tmp_path / "f.csv").write_bytes(b"a\n")
    with pytest.raises(BadFile, match="unknown encoding"):
        look(mapping(encoding="klingon"), tmp_path)


def test_lookups_take_the_first_of_equal_keys(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"a,b\n1,x\n1,y\n2,\n")
    chosen = mapping()
    assert lookup_tables(chosen, look(chosen, tmp_path)) == {"l": {"1": "x!", "2": ""}}


def test_rows_are_chosen_and_taken_apart() -> None:
    node = Mapping.model_validate(
        {
            "source": "s",
            "files": {"f": FileSpec(path="f.csv")},
            "nodes": {
                "n": {
                    "label": "Topic", "file": "f", "id": "a",
                    "only": {"a": ["1", "2"]}, "unless": {"b": ""}, "each": {"column": "b"},
                }
            },
        }
    ).nodes["n"]  # fmt: skip
    chooser = Chooser(node, {"a": 0, "b": 1}, {})
    assert chooser.chosen(["1", "x; y;"]) == [["1", "x"], ["1", "y"]]
    assert chooser.chosen(["3", "x"]) == []
    assert chooser.chosen(["1", ""]) == []
    with pytest.raises(BadMapping, match="no column 'b'"):
        Chooser(node, {"a": 0, "c": 1}, {})
