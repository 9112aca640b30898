"""Numbers, money and dates the way the reader of the page writes them; every number carries its unit."""

from datetime import date, datetime
from decimal import Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from claims.language import N_, _, language
from detectors.finding import Statement

WAN = Decimal(10_000)
YI = Decimal(100_000_000)


def money(yuan: Decimal) -> str:
    """Write an amount: 8,431.20 元, 128.43 万元, 1.28 亿元; CN¥1,284,310 in English."""
    if language() != "zh_CN":
        return "CN¥" + format_decimal(yuan, "#,##0" if abs(yuan) >= WAN else "#,##0.00", locale="en")
    for unit, name in ((YI, "亿元"), (WAN, "万元")):
        if abs(yuan) >= unit:
            return f"{format_decimal(yuan / unit, '#,##0.00', locale='zh_CN')} {name}"
    return f"{format_decimal(yuan, '#,##0.00', locale='zh_CN')} 元"


def money_column(yuan: Decimal) -> float:
    """Return an amount in the unit that `money_unit` names, for a column of numbers."""
    return float(yuan / WAN) if language() == "zh_CN" else float(yuan)


def money_unit() -> str:
    """Name the unit of columns of money."""
    return "万元" if language() == "zh_CN" else "CN¥"


def money_format() -> str:
    """How a column of money is printed."""
    return "%.2f" if language() == "zh_CN" else "%,.0f"


def count(number: int) -> str:
    """Write a whole number with its thousands apart."""
    return format_decimal(number, locale=_locale())


def share(part: float) -> str:
    """Write a share of 0 to 1 in per cent; what is not all never reads 100 %."""
    if 0.999 <= part < 1.0:
        return ">99.9%"
    return format_percent(part, "0.0%" if 0 < part < 1 else "0%", locale=_locale())


def day(value: date | None) -> str:
    """Write a day; nothing where there is none."""
    return (
        "" if value is None else format_date(value, "yyyy年M月d日" if _locale() == "zh_CN" else "d MMM yyyy", _locale())
    )


def short(value: date | None) -> str:
    """Write a day for a column, where days stand below each other."""
    return "" if value is None else f"{value:%Y-%m-%d}"


def moment(value: datetime | None) -> str:
    """Write a moment in local time, to the minute."""
    if value is None:
        return ""
    local = value.astimezone().replace(tzinfo=None) if value.tzinfo else value
    return format_datetime(
        local, "yyyy年M月d日 HH:mm" if _locale() == "zh_CN" else "d MMM yyyy, HH:mm", locale=_locale()
    )


def seconds(value: float) -> str:
    """Write how long something took."""
    if value < 90:
        return _(N_("{count} s"), count=format_decimal(round(value, 1), locale=_locale()))
    if value < 5400:
        return _(N_("{count} min"), count=format_decimal(round(value / 60), locale=_locale()))
    return _(N_("{count} h"), count=format_decimal(round(value / 3600, 1), locale=_locale()))


def sentence(statement: Statement) -> str:
    """Return a statement in the language in force."""
    return statement.zh if language() == "zh_CN" else statement.en


def bold(text: str) -> str:
    """Return a sentence of the catalogue as Markdown for bold print."""
    return f"**{text}**"


def plain(text: str) -> str:
    """Return text from data so that Markdown shows it letter by letter."""
    return "".join(f"\\{sign}" if sign in _MARKUP else sign for sign in " ".join(text.split()))


_MARKUP = frozenset("\\`*_{}[]()<>#+-.!|~$:@&=^\"'/")


def _locale() -> str:
    return "zh_CN" if language() == "zh_CN" else "en"
