"""What personal values look like to whoever has given no reason to see them.

Every display and export is masked by default. Which columns are personal is declared with the
tables (`Column.personal`); this module only says how each kind of value is shortened. A mask never
returns more of a short value than of a long one: what is too short to be cut is starred whole.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType

from claims.tables import BY_NAME, TABLES

STARS = "****"

# Two-character surnames that are still borne; without them 欧阳修 would show as 欧*修.
_COMPOUND = (
    "欧阳上官司马诸葛东方皇甫尉迟公孙慕容令狐司徒司空夏侯南宫长孙宇文轩辕端木百里呼延"
    "东郭西门独孤拓跋申屠太史公冶澹台濮阳淳于单于钟离闻人赫连完颜万俟闾丘宗政乐正公羊"
)
COMPOUND_SURNAMES = frozenset(a + b for a, b in zip(_COMPOUND[::2], _COMPOUND[1::2], strict=True))

_WORD = re.compile(r"[^\s·•・.．]+")
_DIGITS = re.compile(r"\d{7,}")
_NOT_DIALLED = re.compile(r"[^\d\s()（）+\-—,，;；/、*]")
_HOUSE_NUMBER = re.compile(r"\d")
_ROAD_OR_DIVISION = re.compile(r"(?:大道|街道|胡同|自治州|[路街巷弄镇乡县旗盟市省州]|(?<![小社园校厂])区)")
_YEAR = re.compile(r"(?:18|19|20)\d{2}")
_CERTIFICATE = re.compile(r"[1-8]\d{5}(?:(?P<long>(?:18|19|20)\d{6})\d{3}[\dXx]|(?P<short>\d{6})\d{3})")


def mask_name(text: str) -> str:
    """王*明, 王*, 欧阳*; each part of 买买提·阿不都 and of a Latin name keeps its first letter."""
    text = text.strip()
    if not text:
        return text
    words = _WORD.findall(text)
    if len(words) > 1 or text.isascii():
        return _WORD.sub(lambda word: _stars_after(word.group(), 1), text) if len(text) > 1 else "*"
    surname = 2 if text[:2] in COMPOUND_SURNAMES and len(text) > 2 else 1
    if len(text) <= surname:
        return "*" * len(text)
    if len(text) == surname + 1:
        return _stars_after(text, surname)
    return text[:surname] + "*" * (len(text) - surname - 1) + text[-1]


def mask_certificate(text: str) -> str:
    """4501**********123X: four characters at either end, fewer of short numbers."""
    text = text.strip()
    kept = min(4, len(text) // 4)
    return text[:kept] + "*" * (len(text) - 2 * kept) + text[len(text) - kept :]


def mask_phone(text: str) -> str:
    """139****1234; of a shorter number the last three digits; several numbers one by one."""
    shortened = _DIGITS.sub(lambda run: _phone_digits(run.group()), text.strip())
    if shortened == text.strip():
        return STARS
    return _NOT_DIALLED.sub("*", shortened)


def mask_account(text: str) -> str:
    """Only the tail: ****1234."""
    tail = text.strip()[-4:]
    return STARS + tail if len(text.strip()) >= 10 else STARS


def mask_address(text: str) -> str:
    """Down to the town or road, the rest starred: 平安县新河镇****."""
    house = _HOUSE_NUMBER.search(text)
    street = text[: house.start()] if house else text
    ends = [match.end() for match in _ROAD_OR_DIVISION.finditer(street)]
    return text[: ends[-1]] + STARS if ends else STARS


def mask_birth(value: object) -> str:
    """Only the year."""
    if isinstance(value, date | datetime):
        return str(value.year)
    year = _YEAR.match(str(value).strip())
    return year.group() if year else STARS


def is_certificate(text: str) -> bool:
    """Say whether `text` has the shape of a resident identity number (18 or 15 characters).

    The check digit is left out on purpose: a number with a wrong one is somebody's all the same.
    """
    match = _CERTIFICATE.fullmatch(text.strip())
    if not match:
        return False
    try:
        datetime.strptime(match["long"] or "19" + match["short"], "%Y%m%d")
    except ValueError:
        return False
    return True


Mask = Callable[[str], str]

# How a personal column is shortened; a personal column that is not named here is starred whole.
MASKS: Mapping[str, Mask] = MappingProxyType(
    {
        "psn_name": mask_name,
        "dr_name": mask_name,
        "legrep_name": mask_name,
        "certno": mask_certificate,
        "agnter_certno": mask_certificate,
        "mdtrt_cert_no": mask_certificate,
        "tel": mask_phone,
        "agnter_tel": mask_phone,
        "bankacct": mask_account,
        "addr": mask_address,
        "brdy": mask_birth,
    }
)

# Business keys that some regions fill with the identity number itself.
KEYS_OF_PEOPLE = frozenset({"psn_no", "rel_psn_no", "card_no", "dr_code", "opter_id", "subject_id"})

_PERSONAL = frozenset((table.name, column.name) for table in TABLES for column in table.columns if column.personal)


def mask_value(table: str, column: str, value: object) -> object:
    """Return `value` of `table.column` as it may be shown: unchanged unless it is personal.

    Columns every row carries (row flags, source, partition) are never personal. KeyError when
    there is no such table.
    """
    if value is None or value == "":
        return value
    if column in KEYS_OF_PEOPLE and is_certificate(str(value)):
        return mask_certificate(str(value))
    if (BY_NAME[table].name, column) not in _PERSONAL:
        return value
    mask = MASKS.get(column)
    return mask(str(value)) if mask else STARS


def _stars_after(text: str, kept: int) -> str:
    return text[:kept] + "*" * (len(text) - kept)


def _phone_digits(digits: str) -> str:
    if len(digits) >= 11:
        return digits[:3] + "*" * (len(digits) - 7) + digits[-4:]
    return "*" * (len(digits) - 3) + digits[-3:]
