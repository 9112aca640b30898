"""YAML mappings: what they can say, and how they say what is wrong with them."""

from pathlib import Path

import pytest

from claims.errors import LoadRefusedError, NotFoundError
from loaders.base import RawTable
from loaders.given import open_mapped
from loaders.mapping import MappingError, read_mapping
from tests.loaders.extracts import notes_of, rows_of
from tests.scenarios import Row, write_csv

VISITS: list[Row] = [
    {
        "JSID": "1",
        "BRID": "P1",
        "YY": "H1",
        "LB": "门诊",
        "RQ": "05/01/2026 09:00",
        "ZJE": "10",
        "BX": "8",
        "ZT": "ok",
    },
    {
        "JSID": "2",
        "BRID": "P2",
        "YY": "H1",
        "LB": "住院",
        "RQ": "06/01/2026 10:30",
        "ZJE": "20",
        "BX": "9",
        "ZT": "void",
    },
    {"JSID": "3", "BRID": "", "YY": "H2", "LB": "体检", "RQ": "2026-01-07", "ZJE": "30", "BX": "0", "ZT": ""},
]
HEAD = "name: county\nfiles:\n  - file: visits.csv\n    tables:\n      - table: settlements\n        fields:\n"
FIELDS = """          setl_id: JSID
          mdtrt_id: {concat: [YY, JSID], separator: '-'}
          psn_no: BRID
          fixmedins_code: YY
          med_type: {column: LB, values: {门诊: '11', 住院: '21'}}
          begntime: {column: RQ, date_format: '%d/%m/%Y %H:%M'}
          setl_time: {column: RQ, date_format: '%d/%m/%Y %H:%M'}
          medfee_sumamt: ZJE
          fund_pay_sumamt: BX
          insutype: X
"""
GOOD = HEAD + FIELDS.replace("          insutype: X\n", "")
STATE = "    ignore: [ZT]\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, rows: list[Row] | None = None) -> list[RawTable]:
    source = folder / "source"
    if rows is not None:
        write_csv(source / "visits.csv", rows)
    prepared, form = open_mapped(write(folder, text), source, folder / "scratch")
    return list(form.read(prepared))


def column(rows: list[dict[str, str | None]], name: str) -> list[str | None]:
    return [row[name] for row in rows]


def test_columns_values_dates_and_joined_keys(tmp_path: Path) -> None:
    tables = read(tmp_path, GOOD + STATE, VISITS)
    rows = rows_of(tables, "settlements")
    assert column(rows, "mdtrt_id") == ["H1-1", "H1-2", "H2-3"]
    assert column(rows, "med_type") == ["11", "21", "体检"]  # a text no map knows stays, for the checks
    assert column(rows, "begntime") == ["2026-01-05 09:00:00", "2026-01-06 10:30:00", "2026-01-07"]
    assert tables[0].unknown == ()
    assert tables[0].ignored == ("ZT",)


def test_rows_left_out_by_equals_and_not_equals_are_counted(tmp_path: Path) -> None:
    text = GOOD + "        where: {ZT: {not: [void]}}\n"
    tables = read(tmp_path, text, VISITS)
    assert column(rows_of(tables, "settlements"), "setl_id") == ["1", "3"]
    assert "1 rows of visits.csv were left out: ZT is void." in notes_of(tables)
    tables = read(tmp_path, GOOD + "        where: {ZT: {is: [ok]}}\n")
    assert column(rows_of(tables, "settlements"), "setl_id") == ["1"]
    assert "2 rows of visits.csv were left out: ZT is none of ok." in notes_of(tables)


def test_a_column_nobody_names_is_unknown(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD, VISITS)[0].unknown == ("ZT",)


def test_lines_of_the_source_stay_with_the_rows(tmp_path: Path) -> None:
    frame = read(tmp_path, GOOD + STATE, VISITS)[0].rows.collect()
    assert frame["source_line"].to_list() == [2, 3, 4]


DIAGNOSES = "files:\n  - file: visits.csv\n    tables:\n      - table: diagnoses\n        fields:\n"


def take(tmp_path: Path, text: str, rows: list[Row]) -> list[str | None]:
    fields = f"          setl_id: a\n          diag_code: {text}\n          maindiag_flag: b\n"
    return column(rows_of(read(tmp_path, DIAGNOSES + fields, rows), "diagnoses"), "diag_code")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c", ["x1", None, " y2 "]),
        ("{constant: '01'}", ["01", "01", "01"]),
        ("{first: [c, d]}", ["x1", "D2", " y2 "]),
        ("{first: [c, {constant: none}]}", ["x1", "none", " y2 "]),
        ("{concat: [c, d], separator: /}", ["x1/D1", None, " y2 /D3"]),
        ("{column: c, values: {x1: new, y2: ''}}", ["new", None, None]),
        ("{column: c, values: {x1: new}, only_values: true}", ["new", None, None]),
        ("{column: c, prefixes: {x: short, x1: long}}", ["long", None, " y2 "]),
        ("{column: c, prefixes: {x: short}, values: {x1: whole}}", ["whole", None, " y2 "]),
        ("{column: c, when: {maindiag_flag: ['1']}}", ["x1", None, None]),
    ],
)
def test_ways_to_fill_a_field(tmp_path: Path, text: str, expected: list[str | None]) -> None:
    rows: list[Row] = [
        {"a": "S1", "b": "1", "c": "x1", "d": "D1"},
        {"a": "S2", "b": "1", "c": "", "d": "D2"},
        {"a": "S3", "b": "0", "c": " y2 ", "d": "D3"},
    ]
    assert take(tmp_path, text, rows) == expected


@pytest.mark.parametrize(
    ("number", "turned"), [("5", "-5"), ("-5.00", "5.00"), ("+5", "-5"), ("0.00", "0.00"), ("", None), ("x", "x")]
)
def test_signs_are_turned_where_another_field_says_so(tmp_path: Path, number: str, turned: str | None) -> None:
    text = "{column: c, flip_sign_when: {maindiag_flag: ['1']}}"
    assert take(tmp_path, text, [{"a": "S1", "b": "1", "c": number}, {"a": "S2", "b": "0", "c": "7"}]) == [turned, "7"]


def test_computed_keys_are_the_same_when_sent_again_and_differ_for_repeated_rows(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"a": "S1", "b": "1", "c": "x"},
        {"a": "S1", "b": "1", "c": "x"},
        {"a": "S1", "b": "1", "c": "y"},
    ]
    keys = take(tmp_path, "{hash: [a, c]}", rows)
    assert len(set(keys)) == 3
    assert keys[1] == f"{keys[0]}-2"
    assert take(tmp_path, "{hash: [a, c]}", rows[::-1])[0] == keys[2]
    assert keys[0] == "c5a3baa5ae53c988fe2aa832c9dff2cf"  # written down: keys outlive versions of this program


def test_iso_times_and_fractions_become_plain_times(tmp_path: Path) -> None:
    text = HEAD.replace("settlements", "bio_checks") + "          check_id: i\n          check_time: t\n"
    text += "          fixmedins_code: f\n          psn_no: p\n          result: {constant: match}\n"
    rows: list[Row] = [{"i": "1", "t": "2026-01-05T09:00:00.123", "f": "H1", "p": "P1"}]
    assert rows_of(read(tmp_path, text, rows), "bio_checks")[0]["check_time"] == "2026-01-05 09:00:00"


LOOKUP = """files:
  - file: visits.csv
    lookups:
      - {name: doc, file: doctors.csv, on: [YY, YS], key: [ORG, NAME], newest: [UPD], where: {OK: {not: ['0']}}}
    tables:
      - table: diagnoses
        fields: {setl_id: JSID, diag_code: ZD, diag_name: doc.CODE}
"""


def test_another_file_is_looked_up_by_several_columns_newest_row_first(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"JSID": "1", "YY": "H1", "YS": "赵", "ZD": "I10"},
        {"JSID": "2", "YY": "H2", "YS": "赵", "ZD": "I10"},
    ]
    doctors: list[Row] = [
        {"ORG": "H1", "NAME": "赵", "CODE": "new", "UPD": "2026", "OK": "1", "X": "?"},
        {"ORG": "H1", "NAME": "赵", "CODE": "old", "UPD": "2025", "OK": "1", "X": "?"},
        {"ORG": "H1", "NAME": "赵", "CODE": "invalid", "UPD": "2027", "OK": "0", "X": "?"},
    ]
    write_csv(tmp_path / "source" / "doctors.csv", doctors)
    tables = read(tmp_path, LOOKUP, rows)
    assert column(rows_of(tables, "diagnoses"), "diag_name") == ["new", None]
    assert tables[0].unknown == ("doc.X",)
    assert [file.name for file in tables[0].joined] == ["doctors.csv"]


def test_joining_by_shares_gives_what_joining_at_once_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[Row] = [{"JSID": str(n), "YY": "H1", "YS": str(n % 50), "ZD": "I10"} for n in range(500)]
    rows.append({"JSID": "last", "YY": "H1", "YS": "", "ZD": "I10"})
    doctors: list[Row] = [{"ORG": "H1", "NAME": str(n), "CODE": f"D{n}", "UPD": "1", "OK": "1"} for n in range(40)]
    write_csv(tmp_path / "source" / "doctors.csv", doctors)
    at_once = rows_of(read(tmp_path, LOOKUP, rows), "diagnoses")
    monkeypatch.setattr("loaders.mapping.frames.SHARE_BYTES", 100)
    assert rows_of(read(tmp_path, LOOKUP, rows), "diagnoses") == at_once
    assert len(at_once) == 501


def test_one_file_may_fill_several_tables_and_derive_a_register(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"JSID": "1", "BRID": "P1", "XM": "王", "ZD": "I10", "T": "2026-01-01"},
        {"JSID": "2", "BRID": "P1", "XM": "王二", "ZD": "I10", "T": "2026-01-02"},
        {"JSID": "3", "BRID": "", "XM": "无", "ZD": "I10", "T": "2026-01-03"},
    ]
    text = """files:
  - file: '*.csv'
    tables:
      - table: diagnoses
        fields: {setl_id: JSID, diag_code: ZD}
      - table: insured
        derived: true
        newest: [T]
        fields: {psn_no: BRID, psn_name: XM}
"""
    tables = read(tmp_path, text, rows)
    assert rows_of(tables, "insured") == [{"psn_no": "P1", "psn_name": "王二"}]
    assert [raw.derived for raw in tables] == [False, True]


def test_delimiter_and_encoding_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "source" / "visits.csv"
    path.parent.mkdir()
    path.write_bytes("a|b|c\nS1|1|高血压\n".encode("gb18030"))
    fields = "          setl_id: a\n          diag_code: b\n          diag_name: c\n"
    rows = rows_of(read(tmp_path, "delimiter: '|'\nencoding: gb18030\n" + DIAGNOSES + fields), "diagnoses")
    assert rows == [{"setl_id": "S1", "diag_code": "1", "diag_name": "高血压"}]


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("- table: settlements", "- table: settlement"), 5, "no table settlement"),
        (("setl_id: JSID", "setl_ID: JSID"), 7, "no field setl_ID"),
        (("concat: [YY, JSID]", "join: [YY, JSID]"), 8, "needs exactly one of"),
        (("concat: [YY, JSID]", "concat: [YY], column: YY"), 8, "needs exactly one of"),
        (("separator: '-'", "seperator: '-'"), 8, "unknown word seperator"),
        (("values: {门诊", "value: {门诊"), 11, "unknown word value"),
        (("%d/%m/%Y %H:%M'}\n          setl", "%d/%q'}\n          setl"), 12, "is no date format"),
        (("psn_no: BRID", "setl_id: BRID"), 9, "setl_id is written twice"),
        (("psn_no: BRID", "psn_no: [BRID]"), 9, "names with values were expected"),
        (("psn_no: BRID", "psn_no:"), 9, "name of a column is missing"),
        (("psn_no: BRID", "psn_no: {column: BRID, when: {opter_id: [x]}}"), 7, "looks at opter_id"),
        (("name: county", "nome: county"), 1, "unknown word nome"),
        (("name: county", "source: ftp"), 1, "source is ftp"),
        (("file: visits.csv", "where: visits.csv"), 3, "file (a name with * for any text) or header is missing"),
        (("files:", "files: x\nfile:"), 2, "a list was expected under files"),
        (("name: county", "name: [county"), 2, "not YAML"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, change: tuple[str, str], line: int, said: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(MappingError) as caught:
        read_mapping(write(tmp_path, GOOD.replace(*change)))
    assert said in str(caught.value)
    assert f"line {line}:" in str(caught.value)


def test_filters_say_is_or_not(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="ZT needs either is or not"):
        read_mapping(write(tmp_path, GOOD + "        where: {ZT: {is: [a], not: [b]}}\n"))


@pytest.mark.parametrize("text", ["", "- a\n", "just text", "files: []\n", "a: &x 1\nb: *x\n", "\x00"])
def test_what_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(MappingError):
        read_mapping(write(tmp_path, text))


def test_aliases_are_refused(tmp_path: Path) -> None:
    text = GOOD.replace("begntime: {", "begntime: &time {").replace(
        "setl_time: {column: RQ, date_format: '%d/%m/%Y %H:%M'}", "setl_time: *time"
    )
    with pytest.raises(MappingError, match="aliases"):
        read_mapping(write(tmp_path, text))


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError):
        read_mapping(write(tmp_path, "a: " + "[" * 5000))


def test_a_mapping_in_another_encoding_or_absent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_mapping(tmp_path / "none.yaml")
    (tmp_path / "gbk.yaml").write_bytes("name: 结算".encode("gb18030"))
    with pytest.raises(MappingError, match="UTF-8"):
        read_mapping(tmp_path / "gbk.yaml")


def test_codes_keep_their_leading_zeros(tmp_path: Path) -> None:
    mapping = read_mapping(write(tmp_path, GOOD.replace("门诊: '11'", "01: 011")))
    assert mapping.files[0].tables[0].fields["med_type"].values["01"] == "011"


def test_a_column_the_file_lacks_refuses_the_load(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"visits\.csv has no column ZZ"):
        read(tmp_path, GOOD.replace("medfee_sumamt: ZJE", "medfee_sumamt: ZZ"), VISITS)


def test_a_required_field_that_is_not_filled_refuses_the_load(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="table settlements requires: medfee_sumamt"):
        read(tmp_path, GOOD.replace("          medfee_sumamt: ZJE\n", ""), VISITS)


def test_a_file_the_mapping_does_not_name_refuses_the_load(tmp_path: Path) -> None:
    write_csv(tmp_path / "source" / "other.csv", [{"a": "1", "b": "2"}])
    with pytest.raises(MappingError, match=r"other\.csv is named nowhere"):
        read(tmp_path, GOOD + STATE, VISITS)
    assert read(tmp_path, GOOD + STATE + "ignore_files: ['other*']\n")


def test_no_file_that_fits_refuses_the_load(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="No file of source fits"):
        read(tmp_path, GOOD.replace("file: visits.csv", "file: none.csv"), VISITS)


def test_a_mapping_of_files_needs_a_source(tmp_path: Path) -> None:
    with pytest.raises(LoadRefusedError, match="name the folder"):
        open_mapped(write(tmp_path, GOOD), None, tmp_path / "scratch")
