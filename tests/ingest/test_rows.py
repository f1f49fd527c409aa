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
    assert found == [(2, ["1", "x"], None), (4, ["2 and", "y, z"], None), (5, ["3", "w"], None)]


def test_a_byte_order_mark_and_quoted_header_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"\xef\xbb\xbfa,b\n1,2\n")
    assert list(look(mapping(), tmp_path)["f"].columns) == ["a", "b"]


def test_columns_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(b"Person.id|Person.id|a\n1|2|3\n")
    source = look(mapping(delimiter="|"), tmp_path)["f"]
    assert source.columns == {"Person.id": 0, "Person.id:2": 1, "a": 2}


def test_empty_cells_at_the_end_of_a_row_do_not_matter_and_others_do(tmp_path: Path) -> None:
    found = rows(tmp_path, b"a,b\n1,2\n3\n4,5,6\n7,8,, \xc2\xa0\n,\n ,\t\n9,10\n")
    assert good(found) == [
        (2, ["1", "2"]), (3, ["3", ""]), (5, ["7", "8"]), (8, ["9", "10"])]  # fmt: skip
    assert bad(found) == [(4, "has 3 cells, the header 2")]


def test_what_divides_the_cells_may_stand_before_the_header(tmp_path: Path) -> None:
    for first in (b"sep=;\r\n", b"\xef\xbb\xbfsep=;\r\n", b'"sep=;"\n', b"SEP=;\n"):
        for delimiter in (";", ","):
            found = rows(tmp_path, first + b"a;b\r\n1;2\r\n", delimiter=delimiter)
            assert found == [(2, ["1", "2"], None)]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_quoted_header_may_hold_what_divides_the_cells(
    tmp_path: Path, mark: str, end: str
) -> None:
    text = mark + '"ФИО, полностью","a"' + end + '"Иванов, Иван",1' + end
    assert rows(tmp_path, text.encode()) == [(2, ["Иванов, Иван", "1"], None)]
    assert list(look(mapping(), tmp_path)["f"].columns) == ["ФИО, полностью", "a"]


SPACES = ["\u00a0", "\u2007", "\u202f", "\u3000", "\u200b", "\ufeff", "\u2060", "\t", "\u200d"]


@pytest.mark.parametrize("space", SPACES, ids=[f"U+{ord(space):04X}" for space in SPACES])
def test_every_kind_of_space_is_trimmed_whatever_else_the_row_has(
    tmp_path: Path, space: str
) -> None:
    text = f"a,b\n{space}1{space},x\n2{space},Нижний Новгород\n3,{space} y {space}\n{space},\n"
    assert good(rows(tmp_path, text.encode())) == [
        (2, ["1", "x"]), (3, ["2", "Нижний Новгород"]), (4, ["3", "y"])]  # fmt: skip


def test_what_cannot_be_seen_inside_a_cell_goes_and_its_letters_are_whole(tmp_path: Path) -> None:
    text = 'a,b\n1\u200b0,Ни\u00adжний\u00a0Новгород\n2,Ива\0нов\b\n3,"Петров \r\n Иван\n"\n'
    text += "4,Йошкин\n5,Nun\u0303ez\n6,👩\u200d👧\n"
    assert good(rows(tmp_path, text.encode())) == [
        (2, ["10", "Нижний Новгород"]),
        (3, ["2", "Иванов"]),
        (4, ["3", "Петров Иван"]),
        (5, ["4", "Йошкин"]),
        (6, ["5", "Nuñez"]),
        (7, ["6", "👩\u200d👧"]),
    ]


def test_running_text_keeps_its_lines(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes('a,b\n"1\n2"," Two \r\n\r\nlines\u00a0\b\n"\n'.encode())
    chosen = Mapping.model_validate(
        {
            "source": "s",
            "files": {"f": {"path": "f.csv"}},
            "nodes": {"n": {"label": "Event", "file": "f", "id": "a",
                            "properties": {"description": "b", "title": "a"}}},
        }
    )  # fmt: skip
    assert list(look(chosen, tmp_path)["f"].rows()) == [(2, ["1 2", "Two\n\nlines"], None)]


def test_a_wrong_encoding_is_a_bad_row(tmp_path: Path) -> None:
    found = rows(tmp_path, "a,b\n1,Анна\n2,".encode() + "Пётр".encode("cp1251") + b"\n3,x\n")
    assert good(found) == [(2, ["1", "Анна"]), (4, ["3", "x"])]
    assert bad(found) == [(3, "is not utf-8")]
    assert found[1][2] is not None
    assert found[1][2].field == "b"
    assert (found[1][1], found[1][2].value) == (["2", "Пётр"], "Пётр")  # it can be mended
    all_of_it = "a,b\n1,Пётр\n".encode("cp1251")
    assert good(rows(tmp_path, all_of_it, encoding="cp1251")) == [(2, ["1", "Пётр"])]


HEADER, ROW = "id,Фамилия,примечание\r\n", "1,Кириллов,звонить после шести\r\n"


@pytest.mark.parametrize(
    ("said", "written", "fits"),
    [
        ("utf-8", "cp1251", "windows-1251"),
        ("utf-8", "koi8-r", "koi8-r"),
        ("utf-8", "cp866", "cp866"),
        ("utf-8", "utf-16", "utf-16"),
        ("utf-8", "utf-16-le", "utf-16-le"),
        ("utf-16", "utf-8", "utf-8"),
        ("utf-16-le", "utf-8", "utf-8"),
        ("cp1251", "utf-8", "utf-8"),
        ("cp1251", "utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize("what", ["all", "the header", "the rows", "capitals"])
def test_a_file_in_another_encoding_than_was_said_is_refused_by_a_sentence_that_names_it(
    tmp_path: Path, said: str, written: str, fits: str, what: str
) -> None:
    text = {
        "all": HEADER + ROW,
        "the header": HEADER + "1,Ivan,VIP\r\n",
        "the rows": "id,name,note\r\n" + ROW + "2,x,y\r\n" + ROW,
        "capitals": HEADER.upper() + ROW.upper(),
    }[what]
    (tmp_path / "f.csv").write_bytes(text.encode(written))
    with pytest.raises(BadFile) as told:
        look(mapping(encoding=said), tmp_path)
    sentence = str(told.value)
    assert "f.csv is not" in sentence
    assert f'say encoding = "{fits}" in the mapping' in sentence
    assert sentence.count("\n") == 1
    assert "\\u" not in repr(sentence).replace("\\ufeff", "")


def test_text_of_other_languages_is_not_taken_for_another_encoding(tmp_path: Path) -> None:
    for encoding, text in (("cp1251", HEADER + ROW), ("cp1252", "id,name\n1,Müller\n2,Señor\n"),
                           ("utf-8", HEADER + ROW), ("utf-8", "id\n"), ("utf-16", HEADER + ROW),
                           ("utf-16-le", HEADER + ROW), ("latin-1", "id,n\n1,é\n")):  # fmt: skip
        (tmp_path / "f.csv").write_bytes(text.encode(encoding))
        assert look(mapping(encoding=encoding), tmp_path)["f"].columns
    (tmp_path / "f.csv").write_bytes("id,name\n1,Müller\n2,Señor\n".encode("cp1252"))
    with pytest.raises(BadFile, match='encoding = "windows-1252"'):
        look(mapping(), tmp_path)


@pytest.mark.parametrize(
    ("beginning", "word"),
    [
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_what_is_no_text_is_refused_in_one_sentence(
    tmp_path: Path, beginning: bytes, word: str
) -> None:
    (tmp_path / "f.csv").write_bytes(beginning + bytes(range(256)) * 9)
    with pytest.raises(BadFile, match=word) as told:
        look(mapping(), tmp_path)
    assert len(str(told.value)) < 300 + len(str(tmp_path))
    assert str(told.value).isprintable() or str(told.value).count("\n") == 1


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
