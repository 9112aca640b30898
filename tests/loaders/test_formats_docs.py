"""The pages on source formats and the example mappings are true."""

from pathlib import Path

import pytest

from loaders.formats.inspection import inspection
from loaders.formats.platform import platform
from loaders.given import open_mapped
from loaders.mapping import SourceMap, read_mapping
from loaders.mapping.reading import TAKE_OPTIONS
from loaders.mapping.strict import read_sections
from loaders.sql import sql_map
from tests.loaders.extracts import rows_of

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "sources"


@pytest.mark.parametrize(
    ("page", "described"), [("platform.md", platform().map), ("inspection.md", inspection().mapped.map)]
)
def test_every_column_of_a_format_is_on_its_page(page: str, described: SourceMap) -> None:
    text = (PAGES / page).read_text(encoding="utf-8")
    columns = {name for entry in described.files for table in entry.tables for take in table.fields.values()
               for name in take.all_columns()}  # fmt: skip
    ignored = {name for entry in described.files if entry.tables for name in entry.ignore}
    assert [name for name in sorted(columns | ignored) if f"`{name}`" not in text] == []


def test_every_option_of_a_mapping_is_on_its_page() -> None:
    text = (PAGES / "mapping.md").read_text(encoding="utf-8")
    assert [option for option in TAKE_OPTIONS if option not in text] == []


def test_the_mapping_on_the_page_is_one(tmp_path: Path) -> None:
    text = (PAGES / "mapping.md").read_text(encoding="utf-8")
    path = tmp_path / "page.yaml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert [table.table.name for table in read_mapping(path).files[0].tables] == ["settlements", "insured"]


def test_example_mappings_are_valid() -> None:
    assert read_mapping(ROOT / "examples/mappings/hospital.yaml").files
    database = sql_map(read_sections(ROOT / "examples/mappings/database.yaml"), ROOT)
    assert [query.table.name for query in database.queries] == ["insured", "settlements"]


VISIT = """\
JSLSH,YYDM,MZH,RYBH,SKFS,PZH,YSXM,JZLB,JZSJ,JSSJ,ZDBM,ZFY,TCZF,GZZF,XJZF,SFY,XM,SFZH,XB,NL,KSMC,BZ,ZFBZ
1,H1,M1,P1,社保卡,C1,赵医生,急诊,2026.01.05 09:00,2026.01.05 09:30,I10.x00,10,8,-,2,A,王小明,,男,65,内科,,0
"""
CHARGE = """\
YYDM,JSLSH,XMDM,GJDM,XMMC,SL,DJ,JE,FYSJ,GG
H1,1,Y1,,示例,1,10,10,2026.01.05 09:10,
"""
DOCTOR = "YSDM,XM,YYDM,GXSJ\nD1,赵医生,H1,1\n"


def test_the_example_of_a_hospital_reads_its_exports(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, text in (("mz_visit_01", VISIT), ("mz_charge_01", CHARGE), ("ysxx", DOCTOR)):
        (tmp_path / "in" / f"{name}.csv").write_text(text, encoding="gb18030")
    source, form = open_mapped(ROOT / "examples/mappings/hospital.yaml", tmp_path / "in", tmp_path / "scratch")
    tables = list(form.read(source))
    settled = rows_of(tables, "settlements")[0]
    assert (settled["chfpdr_code"], settled["card_no"], settled["acct_pay"]) == ("D1", "C1", None)
    assert settled["begntime"] == "2026-01-05 09:00:00"
    assert rows_of(tables, "fee_items")[0]["med_list_codg"] == "Y1"
    assert [raw.unknown for raw in tables if raw.unknown] == []
