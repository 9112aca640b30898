"""Drafts of mappings, measured on invented layouts: how much is found, and that nothing sure is wrong."""

import random
from pathlib import Path

import pytest

from loaders.base import RawTable
from loaders.draft import FileDraft, completeness, draft
from loaders.draft_yaml import draft_yaml, scalar
from loaders.given import open_mapped
from loaders.mapping import MappingError, read_mapping
from loaders.mapping.strict import parse_sections
from loaders.readiness import readiness
from loaders.source import prepare
from loaders.synonyms import match_header
from tests.loaders.extracts import rows_of
from tests.loaders.layouts import LAYOUTS, MAKERS, Layout, insured, layout
from tests.scenarios import write_csv

SEEDS = (1, 2, 3)


def drafts(folder: Path, wanted: Layout, seed: int, rows: int = 150) -> dict[str, FileDraft]:
    rng = random.Random(seed)
    for table, maker in MAKERS.items():
        made = [maker(rng, number) for number in range(rows)]
        renamed = [{wanted.columns[table][name]: text for name, text in row.items()} for row in made]
        write_csv(folder / "in" / f"{wanted.files[table]}.csv", renamed)
    found = draft(prepare(folder / "in", folder / "scratch"))
    names = {f"{file}.csv": table for table, file in wanted.files.items()}
    return {names[one.files[0]]: one for one in found}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_named_columns_are_found_and_nothing_sure_is_wrong(tmp_path: Path, name: str, seed: int) -> None:
    wanted = LAYOUTS[name]
    found = drafts(tmp_path, wanted, seed)
    right = total = 0
    wrong = []
    for table, columns in wanted.columns.items():
        assert found[table].main.table.name == table
        truth = {column: field for field, column in columns.items()}
        for guess in found[table].main.guesses:
            total += 1
            right += guess.sure and guess.field == truth[guess.column]
            if guess.sure and guess.field != truth[guess.column]:
                wrong.append((guess.column, guess.field))
    assert wrong == []
    assert right / total >= wanted.least, [
        (guess.column, guess.field, guess.confidence)
        for one in found.values()
        for guess in one.main.guesses
        if not guess.sure
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_headers_without_meaning_leave_only_what_values_prove(tmp_path: Path, seed: int) -> None:
    blank = layout(
        "x1 x2 x3",
        " ".join(f"F{n}" for n in range(8)),
        " ".join(f"F{n}" for n in range(12)),
        " ".join(f"F{n}" for n in range(8)),
        0.0,
    )
    found = drafts(tmp_path, blank, seed)
    person = {guess.column: guess for guess in found["insured"].main.guesses}
    assert found["insured"].main.table.name == "insured"
    sure = {column: guess.field for column, guess in person.items() if guess.sure}
    assert sure == {"F2": "certno", "F5": "tel", "F6": "addr"} | ({"F7": "emp_name"} if person["F7"].sure else {})
    assert not any(one.sure for one in found.values())  # the tables stay a question


def test_words_become_codes_and_foreign_dates_get_their_format(tmp_path: Path) -> None:
    rng = random.Random(5)
    rows = []
    for number in range(60):
        row = insured(rng, number)
        year, month, day = row["brdy"].split("-")
        rows.append(row | {"gend": "男" if row["gend"] == "1" else "女", "brdy": f"{year}年{int(month)}月{int(day)}日"})
    write_csv(tmp_path / "in" / "people.csv", rows)
    chosen = draft(prepare(tmp_path / "in", tmp_path / "scratch"))[0].main.chosen
    assert chosen["gend"].values == {"男": "1", "女": "2"}
    assert chosen["brdy"].date_format == "%Y年%m月%d日"


def test_dates_that_could_be_two_things_are_not_sure(tmp_path: Path) -> None:
    rng = random.Random(5)
    rows = [insured(rng, n) | {"brdy": f"0{n % 9 + 1}/0{n % 8 + 1}/1960"} for n in range(40)]
    write_csv(tmp_path / "in" / "people.csv", rows)
    files = draft(prepare(tmp_path / "in", tmp_path / "scratch"))
    birth = next(guess for guess in files[0].main.guesses if guess.column == "brdy")
    assert not birth.sure
    mapping = tmp_path / "draft.yaml"
    mapping.write_text(draft_yaml("x", files), encoding="utf-8")
    assert "# brdy: " in mapping.read_text(encoding="utf-8")
    assert "brdy" not in read_mapping(mapping).files[0].tables[0].fields
    assert any("%d/%m/%Y" in str(values) for _key, values in birth.reasons)


def test_two_columns_that_fit_one_field_alike_are_both_told(tmp_path: Path) -> None:
    rng = random.Random(6)
    rows = [{"A": insured(rng, n)["certno"], "B": insured(rng, n)["certno"], "姓名": "王明"} for n in range(40)]
    write_csv(tmp_path / "in" / "参保.csv", rows)
    guesses = draft(prepare(tmp_path / "in", tmp_path / "scratch"))[0].main.guesses
    assert not any(guess.sure for guess in guesses if guess.field == "certno")


def test_a_wrong_name_is_overruled_by_its_values(tmp_path: Path) -> None:
    rng = random.Random(7)
    rows = [insured(rng, n) | {"tel": f"备注{n}"} for n in range(40)]
    write_csv(tmp_path / "in" / "people.csv", rows)
    guesses = draft(prepare(tmp_path / "in", tmp_path / "scratch"))[0].main.guesses
    assert not next(guess for guess in guesses if guess.column == "tel").sure


@pytest.mark.parametrize("name", ["chinese", "initials", "english"])
def test_the_draft_loads_what_it_is_sure_of(tmp_path: Path, name: str) -> None:
    found = drafts(tmp_path, LAYOUTS[name], seed=1)
    mapping = tmp_path / "draft.yaml"
    mapping.write_text(draft_yaml("county", list(found.values())), encoding="utf-8")
    source, form = open_mapped(mapping, tmp_path / "in", tmp_path / "again")
    tables: list[RawTable] = list(form.read(source))
    assert {raw.table.name for raw in tables} == set(MAKERS)
    rng = random.Random(1)
    first = insured(rng, 0)
    assert rows_of(tables, "insured")[0]["certno"] == first["certno"]


def test_samples_are_masked_everywhere(tmp_path: Path) -> None:
    found = drafts(tmp_path, LAYOUTS["chinese"], seed=1)
    text = draft_yaml("county", list(found.values()))
    rng = random.Random(1)
    for number in range(3):
        person = insured(rng, number)
        for name in ("certno", "tel", "addr", "brdy"):
            assert person[name] not in text
        assert len(person["psn_name"]) < 3 or person["psn_name"] not in text


def test_what_is_missing_for_which_detection_follows_from_the_sure_columns(tmp_path: Path) -> None:
    states = {
        state.detector: state
        for state in readiness(completeness(list(drafts(tmp_path, LAYOUTS["chinese"], 1).values())))
    }
    assert states["identity_reuse"].works
    assert states["box_resale"].missing == ("fee_items.drug_trac_codg",)


@pytest.mark.parametrize(
    "text", ["true", "no", "07", "a: b", "# x", "", "姓名", "a\nb", '"', "{", "\u2028", "1e5", "\x85"]
)
def test_texts_written_as_yaml_read_back_the_same(text: str) -> None:
    assert parse_sections(f"k: {scalar(text)}\n", "x").text("k") == text


def test_hostile_values_cannot_leave_their_comment(tmp_path: Path) -> None:
    rows = [{"姓名": "x\nfiles: []", "个人编号": str(n), "a\u2028b": "y\x85files: []"} for n in range(30)]
    write_csv(tmp_path / "in" / "参保.csv", rows)
    text = draft_yaml("x", draft(prepare(tmp_path / "in", tmp_path / "scratch")))
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    assert sum(line.startswith("files:") for line in text.splitlines()) == 1
    assert text.splitlines() == text.split("\n")[:-1]


@pytest.mark.parametrize(
    ("header", "field"),
    [("rybh", "psn_no"), ("RYXM", "psn_name"), ("yljgbm", "fixmedins_code"), ("AKB020", "fixmedins_code"),
     ("Person-ID", "psn_no"), ("疾病编码（ICD）", "diag_code"), ("结 算 ID", "setl_id")],
)  # fmt: skip
def test_headers_are_known_by_many_names(header: str, field: str) -> None:
    assert match_header(header)[0].field == field


def test_unreadable_drafts_are_a_question_not_a_mapping(tmp_path: Path) -> None:
    write_csv(tmp_path / "in" / "z.csv", [{"q1": "x", "q2": "y"}])
    path = tmp_path / "m.yaml"
    path.write_text(draft_yaml("x", draft(prepare(tmp_path / "in", tmp_path / "scratch"))), encoding="utf-8")
    with pytest.raises(MappingError, match=r"a list was expected under files"):
        read_mapping(path)
