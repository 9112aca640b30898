"""Care that brings the same people together by appointment, read from items and diagnoses.

Words are those of the national service catalogue (全国医疗服务项目技术规范) and ICD-10 chapter XXI; a
county that writes other words loses the service, never gains a suspicion by it alone: rhythm and
registers are tried beside it.
"""

from enum import IntFlag

import numpy as np

from detectors.snapshot import Flags, Ints, Snapshot, kept


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
    FOLLOW_UP = 256  # management of chronic diseases by the basic public health service


# Words in the item's name; a whole word list per service so that a reader can check it.
_WORDS: dict[Service, str] = {
    Service.DIALYSIS: "透析|血滤|血液灌流|血液净化|dialysis",
    Service.REHABILITATION: (
        "康复|理疗|针灸|针刺|推拿|电针|牵引|运动疗法|作业疗法|手法治疗|关节松动|训练|高压氧|艾灸|红外线治疗|中频|低频|rehabilit|physiotherapy"
    ),
    Service.ONCOLOGY: "化疗|放疗|放射治疗|直线加速器|chemotherapy|radiotherapy",
    Service.CHECK_UP: "体检|健康检查|筛查|两癌|screening|check-up|checkup",
    Service.VACCINATION: "疫苗|预防接种|接种|vaccin",
    Service.PREGNANCY: "产前|产检|胎心|唐氏|antenatal",
    Service.SUBSTITUTION: "美沙酮|methadone",
    Service.RABIES: "狂犬",
    Service.FOLLOW_UP: "随访|家庭医生|签约服务|公共卫生",
}
# Chapters of the national price list of medical services (全国医疗服务价格项目规范) inside an item's code:
# 3401 and 3402 are physical therapy and rehabilitation, 3110 with 000001 and following dialysis.
_CODES: dict[Service, str] = {
    Service.REHABILITATION: "(^|[^0-9]|00)340[12][0-9]{5}([^0-9]|$)",
    Service.DIALYSIS: "(^|[^0-9]|00)3110000(0[1-9]|1[0-2])([^0-9]|$)",
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
    SELECT DISTINCT med_list_codg, coalesce(fee_items.med_list_name, '') AS med_list_name, lower(med_list_name) AS name
    FROM fee_items
"""
_GIVEN = """
    SELECT v, bit_or(bits) AS bits FROM fee_items JOIN service_item
    ON service_item.med_list_codg = fee_items.med_list_codg
    AND service_item.med_list_name = coalesce(fee_items.med_list_name, '')
    JOIN visit USING (setl_id) GROUP BY v ORDER BY v
"""


@kept
def services(snapshot: Snapshot) -> Ints:
    """Scheduled services of every visit as `Service` bits, in the order of `v`."""
    bits = np.zeros(len(snapshot.visits.person), np.int64)
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE service_name AS {_NAMED}")
    named = ["CASE WHEN regexp_matches(name, ?) THEN ? ELSE 0 END" for _ in _WORDS]
    coded = ["CASE WHEN regexp_matches(med_list_codg, ?) THEN ? ELSE 0 END" for _ in _CODES]
    tests = " | ".join([*named, *coded])
    signs = [*_WORDS.items(), *_CODES.items()]
    values: list[str | int] = [value for service, pattern in signs for value in (pattern, int(service))]
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


# A course of treatment is given to one person on most days of some weeks; bills for massage that a group brings
# home every week or two are none.
_COURSE = 6  # sessions of a person at a place
_COURSE_GAP = 3  # days between two of them, as a median


@kept
def scheduled(snapshot: Snapshot) -> Flags:
    """Visits that an appointment explains: services given by plan, and sessions of a person's own course.

    Rehabilitation counts only as a course: its items (massage, acupuncture, lamps) are also what sham
    visits are billed with.
    """
    bits = services(snapshot)
    planned: Flags = (bits & ~int(Service.REHABILITATION)) > 0
    rows = np.flatnonzero((bits & int(Service.REHABILITATION)) > 0)
    visits = snapshot.visits
    rows = rows[np.lexsort((visits.day[rows], visits.place[rows], visits.person[rows]))]
    series, count = _series(visits.person[rows] * max(snapshot.places, 1) + visits.place[rows])
    gaps = np.diff(visits.day[rows], prepend=0)
    inner = np.diff(series, prepend=-1) == 0
    short = np.bincount(series[inner & (gaps <= _COURSE_GAP)], minlength=len(count))
    course = (count >= _COURSE) & (2 * short >= count - 1)
    planned[rows[course[series]]] = True
    return planned


def _series(keys: Ints) -> tuple[Ints, Ints]:
    """Number of the series of each row, and the rows of each series."""
    _, series, count = np.unique(keys, return_inverse=True, return_counts=True)
    return series.astype(np.int64), count.astype(np.int64)
