"""Care that brings the same people together by appointment, read from items and diagnoses.

Words are those of the national service catalogue (全国医疗服务项目技术规范) and ICD-10 chapter XXI; a
county that writes other words loses the service, never gains a suspicion by it alone: rhythm and
registers are tried beside it.
"""

from enum import IntFlag

import numpy as np

from detectors.snapshot import Ints, Snapshot, kept


class Service(IntFlag):
    """Kinds of scheduled care; a settlement may be several."""

    DIALYSIS = 1
    REHABILITATION = 2
    ONCOLOGY = 4
    CHECK_UP = 8
    VACCINATION = 16
    PREGNANCY = 32
    SUBSTITUTION = 64  # methadone, psychiatric day care
    RABIES = 128


# Words in the item's name; a whole word list per service so that a reader can check it.
_WORDS: dict[Service, str] = {
    Service.DIALYSIS: "透析|血滤|血液灌流|血液净化|dialysis",
    Service.REHABILITATION: (
        "康复|理疗|针灸|针刺|推拿|电针|牵引|运动疗法|作业疗法|言语训练|高压氧|艾灸|红外线治疗|中频|低频|rehabilit|physiotherapy"
    ),
    Service.ONCOLOGY: "化疗|放疗|放射治疗|直线加速器|chemotherapy|radiotherapy",
    Service.CHECK_UP: "体检|健康检查|筛查|两癌|screening|check-up|checkup",
    Service.VACCINATION: "疫苗|预防接种|接种|vaccin",
    Service.PREGNANCY: "产前|产检|胎心|唐氏|antenatal",
    Service.SUBSTITUTION: "美沙酮|methadone",
    Service.RABIES: "狂犬",
}
_DIAGNOSES: dict[Service, str] = {
    Service.DIALYSIS: "^(N18|Z49|Z99\\.2)",
    Service.REHABILITATION: "^Z50",
    Service.ONCOLOGY: "^(Z51\\.[01])",
    Service.CHECK_UP: "^(Z0[0-2]|Z10|Z11|Z12|Z13)",
    Service.VACCINATION: "^(Z2[3-7])",
    Service.PREGNANCY: "^(Z3[3-6]|O[0-9])",
}


# One look at the items: names are few and classified once, items are many.
_NAMED = """
    SELECT DISTINCT med_list_codg, med_list_name, lower(med_list_name) AS name FROM fee_items
    WHERE med_list_name IS NOT NULL
"""
_GIVEN = """
    SELECT v, bit_or(bits) AS bits FROM fee_items JOIN service_item USING (med_list_codg, med_list_name)
    JOIN visit USING (setl_id) GROUP BY v ORDER BY v
"""


@kept
def services(snapshot: Snapshot) -> Ints:
    """Scheduled services of every visit as `Service` bits, in the order of `v`."""
    bits = np.zeros(len(snapshot.visits.person), np.int64)
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE service_name AS {_NAMED}")
    tests = " | ".join("CASE WHEN regexp_matches(name, ?) THEN ? ELSE 0 END" for _ in _WORDS)
    values: list[str | int] = [value for service, words in _WORDS.items() for value in (words, int(service))]
    snapshot.db.execute(
        f"CREATE OR REPLACE TEMP TABLE service_item AS SELECT *, {tests} AS bits FROM service_name",  # noqa: S608
        values,
    )
    snapshot.db.execute("DELETE FROM service_item WHERE bits = 0")
    visits, found = snapshot.columns(_GIVEN)
    bits[visits.astype(np.int64)] |= found.astype(np.int64)
    for service, pattern in _DIAGNOSES.items():
        query = "SELECT v FROM visit WHERE regexp_matches(diag_code, $1)"
        bits[snapshot.columns(query, [pattern])[0].astype(np.int64)] |= int(service)
    return bits
