"""Short names of the oddities that are flagged, for people."""

from collections.abc import Mapping
from types import MappingProxyType

from claims.flags import CrossFlag, RowFlag
from claims.language import N_, _

FLAG_TITLES: Mapping[RowFlag, str] = MappingProxyType(
    {
        RowFlag.CERTNO_SHAPE: N_("identity number of no lawful form"),
        RowFlag.CERTNO_CHECK_DIGIT: N_("identity number with a wrong check digit"),
        RowFlag.CERTNO_BIRTH: N_("identity number disagrees with the date of birth"),
        RowFlag.CERTNO_SEX: N_("identity number disagrees with the sex"),
        RowFlag.AMOUNTS: N_("amounts do not add up"),
        RowFlag.ICD_SHAPE: N_("diagnosis code not of ICD-10 shape"),
        RowFlag.CLOSED_HOURS: N_("settled outside opening hours"),
        RowFlag.REFUND_UNREFERENCED: N_("refund that does not say what it cancels"),
        RowFlag.TOKEN_AS_CARD: N_("card number beside an e-credential, identity card or face"),
        RowFlag.DERIVED: N_("taken from claim headers, not from the register"),
    }
)

CROSS_TITLES: Mapping[str, str] = MappingProxyType(
    {
        CrossFlag.UNKNOWN_REFERENCE: N_("points to somebody or something that is not in its table"),
        CrossFlag.SHARED_CERTNO: N_("the same certificate under two persons"),
        CrossFlag.AFTER_DEATH: N_("a visit after the person's death"),
        CrossFlag.REFUND_ORPHAN: N_("cancels a settlement that is not in the data"),
    }
)


def flag_title(flag: str) -> str:
    """Name an oddity, given as `FlagCount.flag` spells it, in the reader's language."""
    return _(CROSS_TITLES[flag] if flag in CROSS_TITLES else FLAG_TITLES[RowFlag[flag.upper()]])
