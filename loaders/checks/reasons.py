"""Why a row is quarantined: one code and one sentence per reason, in the order they are tried."""

from collections.abc import Mapping
from types import MappingProxyType

from claims.language import N_, _

BROKEN_LINE = "broken_line"
STRAY_QUOTE = "stray_quote"
MISSING = "missing"
ONE_OF = "one_of"
NOT_A_TIME = "not_a_time"
NOT_A_DATE = "not_a_date"
NOT_AN_AMOUNT = "not_an_amount"
NOT_AN_INTEGER = "not_an_integer"
NOT_A_VECTOR = "not_a_vector"
NOT_IN_LIST = "not_in_list"
FUTURE = "future"
END_BEFORE_BEGIN = "end_before_begin"
CONFLICT = "conflict"

REASONS: Mapping[str, str] = MappingProxyType(
    {
        BROKEN_LINE: N_("the line has {found} fields instead of {expected}"),
        STRAY_QUOTE: N_("a quotation mark is out of place or not closed"),
        MISSING: N_("{field} is empty"),
        ONE_OF: N_("none of {field} holds a value"),
        NOT_A_TIME: N_("{field} is not a time: {value}"),
        NOT_A_DATE: N_("{field} is not a date: {value}"),
        NOT_AN_AMOUNT: N_("{field} is not a plain decimal of at most {places} places: {value}"),
        NOT_AN_INTEGER: N_("{field} is not a whole number: {value}"),
        NOT_A_VECTOR: N_("{field} is not a list of numbers"),
        NOT_IN_LIST: N_("{field} is not in the code list: {value}"),
        FUTURE: N_("{field} lies in the future: {value}"),
        END_BEFORE_BEGIN: N_("{field} lies before {begin}: {value}"),
        CONFLICT: N_("another row of the source has the same key ({field}: {value}) and other content"),
    }
)

TITLES: Mapping[str, str] = MappingProxyType(
    {
        BROKEN_LINE: N_("line with too many or too few fields"),
        STRAY_QUOTE: N_("quotation mark out of place"),
        MISSING: N_("required value is empty"),
        ONE_OF: N_("none of several values is there"),
        NOT_A_TIME: N_("unreadable time"),
        NOT_A_DATE: N_("unreadable date"),
        NOT_AN_AMOUNT: N_("unreadable number"),
        NOT_AN_INTEGER: N_("unreadable whole number"),
        NOT_A_VECTOR: N_("unreadable vector"),
        NOT_IN_LIST: N_("value outside the code list"),
        FUTURE: N_("time in the future"),
        END_BEFORE_BEGIN: N_("end before begin"),
        CONFLICT: N_("different rows with one key"),
    }
)


def reason_text(code: str, values: Mapping[str, object]) -> str:
    """Say the reason in the reader's language."""
    return _(REASONS[code], **values)
