"""What values look like: the kinds of text that give a column away whatever its header says."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from claims.table import Column, ColumnType, Table
from loaders.identity import check_digit_holds, has_shape

LOOKED_AT = 400  # distinct values whose shape is tested
NEARLY_ALL = 0.9  # the rest are typing errors and foreigners
DISTINCT_CODES = 12  # a column with more distinct values is no code list
NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
ADDRESS = re.compile(r"[\u4e00-\u9fff]*(?:省|市|县|区|镇|乡|村|街|路|号|栋|组)[\u4e00-\u9fff0-9\-]*")
ORGANISATION = re.compile(r".*(?:医院|卫生院|卫生室|诊所|药房|药店|卫生服务中心|门诊部|公司|厂|学校|中心|局)$")
DAY = r"(?:19|20)\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|(?:19|20)\d{6}|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}"
DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y.%m.%d", "%Y年%m月%d日", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
)  # fmt: skip
TIME_FORMATS = tuple(f"{day}{joint}{clock}" for day in DATE_FORMATS for joint in (" ", "T", "") for clock in
                     ("%H:%M:%S", "%H:%M", "%H%M%S"))  # fmt: skip
STANDARD_FORMATS = {"%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S",
                    "%Y-%m-%dT%H:%M:%S"}  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """A kind of value: name, test of one value, and how much it says on its own (0–1)."""

    name: str
    test: Callable[[str], bool]
    weight: float


def is_certno(text: str) -> bool:
    """Say whether a text is an identity number: a lawful form, a birth date that exists, a right check digit."""
    return has_shape(text) and check_digit_holds(text)


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda text: compiled.fullmatch(text) is not None


def _is_organisation(text: str) -> bool:
    return ORGANISATION.match(text) is not None


def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None and not _is_organisation(text)


def _is_address(text: str) -> bool:
    return len(text) > 5 and ADDRESS.fullmatch(text) is not None


SHAPES: Mapping[str, Shape] = {
    shape.name: shape
    for shape in (
        Shape("certno", is_certno, 0.85),
        Shape("phone", _matches(r"(?:\+?86)?1[3-9]\d{9}|0\d{2,3}-?\d{7,8}"), 0.75),
        Shape("icd", _matches(r"[A-TV-Z]\d{2}(?:\.[0-9xX][0-9A-Za-z]{0,4})?(?:[+*].*)?"), 0.8),
        Shape("institution", _matches(r"[HP]\d{11}"), 0.9),
        Shape("doctor", _matches(r"[DNY][A-Z]?\d{12}"), 0.85),
        Shape("catalogue", _matches(r"[XZT][A-Z0-9]{22}|C\d{18,22}|0\d{14}(?:0{0,6})"), 0.85),
        Shape("trace", _matches(r"[78]\d{19}"), 0.9),
        Shape("time", _matches(rf"(?:{DAY})[ T]?\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?|(?:19|20)\d{{12}}"), 0.35),
        Shape("day", _matches(DAY), 0.35),
        Shape("money", _matches(r"-?\d{1,9}\.\d{2}"), 0.3),
        Shape("number", _matches(r"-?\d{1,9}(?:\.\d{1,6})?"), 0.15),
        Shape("name", _is_name, 0.4),
        Shape("organisation", _is_organisation, 0.6),
        Shape("address", _is_address, 0.6),
    )
}

# Shapes that fit a column; a column without an entry is judged by its type and code list.
OF_COLUMN: Mapping[str, tuple[str, ...]] = {
    "certno": ("certno",),
    "agnter_certno": ("certno",),
    "tel": ("phone",),
    "agnter_tel": ("phone",),
    "diag_code": ("icd",),
    "fixmedins_code": ("institution",),
    "dr_code": ("doctor",),
    "chfpdr_code": ("doctor",),
    "bilg_dr_code": ("doctor",),
    "prsc_dr_code": ("doctor",),
    "med_list_codg": ("catalogue",),
    "drug_trac_codg": ("trace",),
    "psn_name": ("name",),
    "dr_name": ("name",),
    "legrep_name": ("name",),
    "fixmedins_name": ("organisation",),
    "emp_name": ("organisation",),
    "addr": ("address",),
}
NATIONAL_CODES = {"institution", "doctor", "catalogue", "trace"}  # a region's own codes may look otherwise
TELLING = {"certno", "phone", "icd", "time", "day", "name", "address", "organisation", "money"}
OF_TYPE: Mapping[ColumnType, tuple[str, ...]] = {
    ColumnType.AMOUNT: ("money", "number"),
    ColumnType.PRICE: ("money", "number"),
    ColumnType.QUANTITY: ("number", "money"),
    ColumnType.NUMBER: ("number", "money"),
    ColumnType.INTEGER: ("number", "money"),
    ColumnType.TIME: ("time", "day"),
    ColumnType.DATE: ("day", "time"),
}
SEXES = {"男": "1", "女": "2", "男性": "1", "女性": "2", "M": "1", "F": "2", "m": "1", "f": "2"}


@dataclass(frozen=True)
class Sample:
    """Values of one source column that are not empty, and what share of the distinct ones has each shape."""

    column: str
    values: tuple[str, ...]
    distinct: tuple[str, ...]
    shares: Mapping[str, float]
    filled: float  # share of the rows looked at

    @property
    def shape(self) -> str | None:
        """The most telling shape that nearly all values have."""
        fitting = [SHAPES[name] for name, share in self.shares.items() if share >= NEARLY_ALL]
        return max(fitting, key=lambda shape: shape.weight).name if fitting else None


def sample_of(column: str, values: Iterable[str | None]) -> Sample:
    """Look at the values of a column once."""
    texts = [(value or "").strip() for value in values]
    filled = tuple(filter(None, texts))
    distinct = tuple(dict.fromkeys(filled))
    seen = distinct[:LOOKED_AT]
    shares = {name: sum(map(shape.test, seen)) / len(seen) if seen else 0.0 for name, shape in SHAPES.items()}
    return Sample(column, filled, distinct, shares, len(filled) / len(texts) if texts else 0.0)


def code_map(sample: Sample, column: Column) -> dict[str, str] | None:
    """Return value → code where the values are the column's codes or their labels; None where they are neither."""
    if not column.codes or not sample.values or len(sample.distinct) > DISTINCT_CODES:
        return None
    labels = {label: code for code, texts in column.codes.items() for label in texts}
    labels |= SEXES if column.name == "gend" else {}
    found = {value: value if value in column.codes else labels.get(value, "") for value in sample.distinct}
    return found if any(found.values()) else None


def date_formats(values: Sequence[str]) -> tuple[str, ...]:
    """Return all formats in which every value is a date or time of this century or the last."""
    left = [*DATE_FORMATS, *TIME_FORMATS] if values else []
    for value in values:
        left = [form for form in left if _fits(value, form)]
    return tuple(left)


def _fits(value: str, form: str) -> bool:
    try:
        found = datetime.strptime(value, form)
    except ValueError:
        return False
    return 1900 <= found.year <= date.today().year + 1


def fit(sample: Sample, column: Column, table: Table) -> float | None:
    """Return how well the values fit a column: 1 perfectly, 0 not at all, None where they say nothing."""
    if not sample.values:
        return None
    if column.codes:
        found = code_map(sample, column)
        return 0.0 if found is None else sum(1 for code in found.values() if code) / len(found)
    shapes = OF_COLUMN.get(column.name) or OF_TYPE.get(column.type)
    if shapes is None:
        return _key_fit(sample, column, table)
    share = max(sample.shares[shape] for shape in shapes)
    local = shapes[0] in NATIONAL_CODES and sample.shape not in TELLING
    return None if local and share < NEARLY_ALL else share


def _key_fit(sample: Sample, column: Column, table: Table) -> float | None:
    """A sole key hardly has a value twice (rows are sent again at times); anything else may look like anything."""
    if table.key != (column.name,) or len(sample.values) < 20:
        return None
    return 1.0 if len(sample.distinct) >= NEARLY_ALL * len(sample.values) else 0.0
