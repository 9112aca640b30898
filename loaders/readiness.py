"""What each kind of detection needs of the data, and so what it can and cannot do with a load."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from claims.language import N_

ENOUGH = 0.05  # a column filled in fewer rows than this carries too little to work with


@dataclass(frozen=True)
class Need:
    """Kind of detection: the `table.column`s it cannot do without, and those that make it better."""

    detector: str
    title: str
    required: tuple[str, ...]
    helpful: tuple[str, ...] = ()


@dataclass(frozen=True)
class Readiness:
    """What one kind of detection lacks; it works when `missing` is empty."""

    detector: str
    title: str
    missing: tuple[str, ...]
    weaker_without: tuple[str, ...]

    @property
    def works(self) -> bool:
        """Whether all it requires is there."""
        return not self.missing


NEEDS: tuple[Need, ...] = (
    Need(
        "two_places",
        N_("one card in two places at once"),
        ("settlements.setl_time", "settlements.card_no"),
        ("institutions.lnt", "institutions.lat", "settlements.mdtrt_cert_type", "relations.rel_type"),
    ),
    Need(
        "use_during_stay",
        N_("a card used while its holder lies in hospital"),
        ("settlements.begntime", "settlements.endtime"),
        ("settlements.card_no", "relations.rel_type"),
    ),
    Need("after_death", N_("a card used after its holder's death"), ("settlements.setl_time", "insured.die_date")),
    Need(
        "ward_checks",
        N_("billed as lying in, not found at the ward round"),
        ("bio_checks.result", "settlements.begntime", "settlements.endtime"),
        ("bio_checks.method", "bio_checks.score"),
    ),
    Need(
        "hoarded_cards",
        N_("many cards swiped in bursts at one till"),
        ("settlements.setl_time", "settlements.psn_no"),
        ("settlements.term_id", "settlements.opter_id", "settlements.card_no", "relations.rel_type"),
    ),
    Need(
        "lockstep",
        N_("groups that visit together far beyond chance"),
        ("settlements.setl_time", "settlements.psn_no", "settlements.fixmedins_code"),
        ("relations.rel_type", "insured.addr", "insured.emp_no", "fee_items.med_list_codg", "settlements.term_id"),
    ),
    Need(
        "kickback",
        N_("prescriptions steered from a doctor to a pharmacy"),
        ("settlements.prsc_dr_code", "settlements.fixmedins_code"),
        ("practitioners.fixmedins_code", "practitioners.bankacct", "institutions.bankacct", "institutions.lnt"),
    ),
    Need(
        "phantom_stays",
        N_("stays that leave no trace of care, or more stays than beds"),
        ("settlements.begntime", "settlements.endtime", "institutions.bed_cnt"),
        ("settlements.adm_bed", "fee_items.fee_ocur_time", "record_revisions.rev_time", "diagnoses.diag_code"),
    ),
    Need(
        "box_resale",
        N_("one drug box settled twice"),
        ("fee_items.drug_trac_codg",),
        ("fee_items.trdn_flag", "stock_moves.drug_trac_codg", "fee_items.prd_days"),
    ),
    Need(
        "dense_blocks",
        N_("the same few persons and institutions far more often than their size explains"),
        ("settlements.psn_no", "settlements.fixmedins_code", "settlements.fund_pay_sumamt"),
        ("settlements.chfpdr_code",),
    ),
    Need(
        "identity_reuse",
        N_("one person under several enrolments"),
        ("insured.certno", "insured.psn_name"),
        ("insured.brdy", "insured.gend", "insured.tel", "insured.addr", "insured.bankacct"),
    ),
    Need(
        "shared_handles",
        N_("telephones, addresses and accounts shared by strangers"),
        ("insured.tel",),
        ("insured.addr", "insured.bankacct", "settlements.agnter_tel", "practitioners.tel", "relations.rel_type"),
    ),
    Need(
        "biometric",
        N_("one face or vein pattern under several enrolments"),
        ("bio_templates.template",),
        ("insured.certno", "bio_checks.result"),
    ),
    Need(
        "lawful_shield",
        N_("lawful explanations: families, registered agents, households"),
        ("relations.rel_type",),
        ("insured.addr", "insured.emp_no"),
    ),
)


def readiness(completeness: Mapping[str, float]) -> tuple[Readiness, ...]:
    """Judge every need by the share of rows (0 to 1) that fill each `table.column`; absent ones are 0."""
    return tuple(_judge(need, lambda name: completeness.get(name, 0.0)) for need in NEEDS)


def _judge(need: Need, share: Callable[[str], float]) -> Readiness:
    missing = tuple(name for name in need.required if share(name) <= _least(name))
    weaker = tuple(name for name in need.helpful if share(name) <= _least(name))
    return Readiness(need.detector, need.title, missing, weaker)


def _least(column: str) -> float:
    """A date of death, an end of a stay, an outside prescriber are rare by nature: any is enough."""
    rare = ("die_date", "endtime", "prsc_dr_code", "agnter_tel", "adm_bed", "bed_cnt", "trdn_flag", "card_no")
    return 0.0 if column.rpartition(".")[2] in rare else ENOUGH
