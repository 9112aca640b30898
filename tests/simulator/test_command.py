"""`ringhound simulate` says what it wrote."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from claims.simulator import SimulationError
from ui.commands import simulate

app = typer.Typer()
simulate.register(app)
app.callback()(lambda: None)


def test_it_writes_a_county_and_says_how_to_load_it(tmp_path: Path) -> None:
    out = tmp_path / "county"
    arguments = [
        "simulate",
        str(out),
        "--persons",
        "900",
        "--days",
        "30",
        "--start",
        "2024-03-01",
        "--no-rings",
        "--clean",
    ]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "settlements" in result.output
    assert "0 rings are planted" in " ".join(result.output.split())
    assert "ringhound load" in result.output
    assert (out / "truth.jsonl").read_text() == ""
    first = json.loads((out / "innocent.jsonl").read_text("utf-8").splitlines()[0])
    assert first["first_day"] >= "2024-03-01"


def test_a_used_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    with pytest.raises(SimulationError, match="not empty"):
        CliRunner().invoke(app, ["simulate", str(tmp_path)], catch_exceptions=False)
