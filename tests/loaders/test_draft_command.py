"""`ringhound map` as an operator meets it."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from loaders.mapping import read_mapping
from tests.loaders.extracts import setl_d, write_extracts
from tests.scenarios import village, write_csv, write_world
from ui.commands import map as command

app = typer.Typer()
command.register(app)
app.callback()(lambda: None)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    rows = [
        {"rybh": row["psn_no"], "ryxm": row["psn_name"], "sfzh": row["certno"], "lxdh": row["tel"], "[bz]": ""}
        for row in village()["insured"]
    ]
    write_csv(tmp_path / "in" / "ryxx.csv", rows)
    return tmp_path / "in"


def run(*arguments: str) -> str:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["map", *arguments], catch_exceptions=False)
    return done.output


def test_a_draft_is_shown_masked_and_written(people: Path, tmp_path: Path) -> None:
    out = tmp_path / "mapping.yaml"
    shown = run(str(people), "--out", str(out))
    assert "ryxx.csv → insured" in shown
    assert "[bz]" in shown  # a header is text, never markup
    assert "one person under several enrolments" in shown
    for row in village()["insured"]:
        assert row["certno"] not in shown + out.read_text(encoding="utf-8")
    fields = read_mapping(out).files[0].tables[0].fields
    assert {name: take.columns for name, take in fields.items()} == {
        "psn_no": ("rybh",),
        "psn_name": ("ryxm",),
        "certno": ("sfzh",),
        "tel": ("lxdh",),
    }


def test_a_file_that_exists_is_not_replaced_unasked(people: Path, tmp_path: Path) -> None:
    out = tmp_path / "mapping.yaml"
    out.write_text("mine", encoding="utf-8")
    assert "--force replaces it" in run(str(people), "--out", str(out))
    assert out.read_text(encoding="utf-8") == "mine"
    run(str(people), "--out", str(out), "--force")
    assert out.read_text(encoding="utf-8") != "mine"


def test_known_layouts_need_no_mapping(tmp_path: Path) -> None:
    write_world(tmp_path / "standard", village())
    assert "loads without a mapping" in run(str(tmp_path / "standard"))
    write_extracts(tmp_path / "platform", {"setl_d": [setl_d("S1")]})
    assert "国家医保信息平台" in run(str(tmp_path / "platform"))
