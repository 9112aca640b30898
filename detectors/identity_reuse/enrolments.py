"""Enrolments as they are compared: normalised columns, and the model for Chinese registers."""

import pyarrow as pa

from claims.language import N_
from detectors.identity_reuse.certificates import PARTS
from detectors.identity_reuse.linkage import Comparison, Level, Model
from detectors.identity_reuse.names import spelled
from detectors.snapshot import Snapshot, kept

SHARED = 8  # persons: a telephone, account or address given by more belongs to no family
_PSEUDO = 1_000  # rows by which a cohort's name frequencies are drawn to those of the whole register

_FORMS = f"""
    WITH plain AS (SELECT *, {PARTS["plain"]} AS plain FROM person WHERE known),
    bodied AS (SELECT *, {PARTS["body"]} AS body FROM plain),
    dated AS (SELECT *, {PARTS["cert_birth"]} AS cert_birth FROM bodied)
    SELECT p, psn_no, psn_name, plain, CASE WHEN {PARTS["placeholder"]} THEN NULL ELSE body END AS body, cert_birth,
           coalesce({PARTS["checked"]}, false) AS checked, gend, coalesce(brdy, cert_birth) AS brdy,
           regexp_replace(tel, '[^0-9]', '', 'g') AS tel, regexp_replace(bankacct, '[^0-9]', '', 'g') AS bankacct,
           regexp_replace(addr, '\\s', '', 'g') AS addr, emp_no, insutype, die_date
    FROM dated
"""  # noqa: S608 - expressions of our own

# A handle of many is no sign of one body; neither is a birth date that stands for "unknown".
_ENROLMENTS = """
    WITH crowd AS (SELECT greatest(20, 10 * count(brdy) / greatest(1, count(DISTINCT brdy))) AS dates FROM form),
    -- Counted beside the rows: a window would sort the wide rows once for each of them.
    held AS (SELECT body, count(*) AS bearers FROM form WHERE body IS NOT NULL GROUP BY body),
    birth AS (SELECT brdy, brdy AS few FROM form CROSS JOIN crowd GROUP BY brdy, dates HAVING count(*) <= dates),
    certified AS (
        SELECT cert_birth, cert_birth AS few FROM form CROSS JOIN crowd
        GROUP BY cert_birth, dates HAVING count(*) <= dates
    ),
    phone AS (SELECT tel, tel AS few FROM form WHERE length(tel) >= 7 GROUP BY tel HAVING count(*) <= $1),
    account AS (
        SELECT bankacct, bankacct AS few FROM form WHERE length(bankacct) >= 8 GROUP BY bankacct HAVING count(*) <= $1
    ),
    home AS (SELECT addr, addr AS few FROM form WHERE length(addr) >= 6 GROUP BY addr HAVING count(*) <= $1)
    SELECT p AS unique_id, psn_no, spelling.plain AS name, sound, gend, body, form.plain AS certificate, checked,
           coalesce(bearers, 0) AS bearers, left(body, 6) AS region, substr(body, 15, 3) AS serial,
           birth.few AS birth, certified.few AS cert_birth, phone.few AS tel, account.few AS account,
           home.few AS addr, emp_no AS employer, insutype, die_date
    FROM form LEFT JOIN spelling USING (psn_name) LEFT JOIN held USING (body) LEFT JOIN birth USING (brdy)
    LEFT JOIN certified USING (cert_birth) LEFT JOIN phone USING (tel) LEFT JOIN account USING (bankacct)
    LEFT JOIN home USING (addr)
    ORDER BY p
"""

# How often a name is met among people of one sex and decade: names have fashions, and two namesakes
# of one age are less remarkable than the whole register says. Less one: the other of the pair.
_FREQUENCIES = """
    WITH held AS (
        SELECT {column}, gend, year(birth) // 10 AS decade FROM enrolment WHERE {column} IS NOT NULL
    ), overall AS (
        SELECT {column}, greatest(count(*) - 1, 0.5) / sum(count(*)) OVER () AS share FROM held GROUP BY {column}
    ), cohort AS (
        SELECT {column}, greatest(count(*) - 2, 0) AS others, sum(count(*)) OVER (PARTITION BY gend, decade) AS size
        FROM held GROUP BY {column}, gend, decade
    )
    SELECT {column}, greatest(any_value(share), max((others + $1 * share) / (size + $1))) AS tf_{column}
    FROM overall JOIN cohort USING ({column}) GROUP BY {column}
"""

_BOTH = "{0}_l IS NULL OR {0}_r IS NULL"
_SAME_BIRTH = "(birth_l = birth_r OR cert_birth_l = cert_birth_r)"
_DAYS = "abs(date_diff('day', birth_l, birth_r))"
_ONE_SIGN = "damerau_levenshtein({0}_l, {0}_r) = 1"
_CLERK_BIRTH = (
    f"({_DAYS} <= 1 OR {_DAYS} BETWEEN 365 AND 366 OR "
    "damerau_levenshtein(strftime(birth_l, '%Y%m%d'), strftime(birth_r, '%Y%m%d')) = 1 OR "
    f"(day(birth_l) = day(birth_r) AND {_DAYS} <= 31) OR "
    "(year(birth_l) = year(birth_r) AND month(birth_l) = day(birth_r) AND day(birth_l) = month(birth_r)))"
)
_LUNAR_BIRTH = f"{_DAYS} <= 51"  # a date of the lunar calendar written as one of the solar lies 17 to 51 days off

# How often each digit stands in the 17 of a body, in five bits each: no list to sort for every row.
_DIGITS = " + ".join(f"(1::BIGINT << 5 * (CAST(body AS BIGINT) // {10**n} % 10))" for n in range(17))

SAME_NAME, SAME_SOUND, NEAR_NAME = N_("same name"), N_("name sounds the same"), N_("name differs in one character")
SAME_NUMBER, NEAR_NUMBER = N_("same certificate number"), N_("certificate number differs by one misread digit")
MOVED = N_("certificate of another district, same birth date and serial number")
SAME_PLACE = N_("same birth date and district in the certificate")
SAME_BIRTH, CLERK_BIRTH = N_("same birth date"), N_("birth date off by a digit, a day, a month or a year")
LUNAR_BIRTH = N_("birth dates as far apart as the two calendars")
CONTACT, EMPLOYER, SEX = N_("same telephone, account or address"), N_("same employer"), N_("same sex")
DIFFERS = N_("differs")

_NAME = Comparison(
    "name",
    _BOTH.format("name"),
    (
        Level(SAME_NAME, "name_l = name_r", 0.62, same=("name",), frequency="name"),
        Level(SAME_SOUND, "sound_l = sound_r", 0.18, same=("sound",), frequency="sound"),
        Level(NEAR_NAME, f"greatest(length(name_l), length(name_r)) >= 3 AND {_ONE_SIGN.format('name')}", 0.13),
    ),
)
# One comparison for number and birth date: the number holds the birth date.
_NUMBER = Comparison(
    "number",
    "(body_l IS NULL OR body_r IS NULL) AND (birth_l IS NULL OR birth_r IS NULL)",
    (
        Level(SAME_NUMBER, "body_l = body_r", 0.25, u=1e-9),
        Level(NEAR_NUMBER, f"NOT (checked_l AND checked_r) AND {_ONE_SIGN.format('body')}", 0.22),
        Level(MOVED, f"serial_l = serial_r AND {_SAME_BIRTH}", 0.1, same=("cert_birth::VARCHAR || serial",)),
        Level(SAME_PLACE, f"region_l = region_r AND {_SAME_BIRTH}", 0.12, same=("cert_birth::VARCHAR || region",)),
        Level(SAME_BIRTH, _SAME_BIRTH, 0.15, same=("birth",)),
        Level(CLERK_BIRTH, _CLERK_BIRTH, 0.1),
        Level(LUNAR_BIRTH, _LUNAR_BIRTH, 0.04),
    ),
)
# Families share all three at once, so they count once.
_CONTACT = Comparison(
    "contact",
    " AND ".join(f"({_BOTH.format(column)})" for column in ("tel", "account", "addr")),
    (
        Level(
            CONTACT,
            " OR ".join(f"coalesce({c}_l = {c}_r, false)" for c in ("tel", "account", "addr")),
            0.55,
            same=("tel", "account", "addr"),
        ),
    ),
)
_EMPLOYER = Comparison(
    "employer", _BOTH.format("employer"), (Level(EMPLOYER, "employer_l = employer_r", 0.3, same=("employer",)),)
)
_SEX = Comparison("sex", _BOTH.format("gend"), (Level(SEX, "gend_l = gend_r", 0.99, same=("gend",)),))

MODEL = Model(
    comparisons=(_NAME, _NUMBER, _CONTACT, _EMPLOYER, _SEX),
    blocks=(
        "body",
        "name || birth::VARCHAR",
        "sound || birth::VARCHAR",
        "name || cert_birth::VARCHAR",
        "cert_birth::VARCHAR || serial",
        "right(body, 7) || left(sound, 2)",  # month, day and serial number: another year or district
        f"({_DIGITS})::VARCHAR || sound",  # swapped digits
        "sound || strftime(birth, '%m%d')",
        "name || year(birth)::VARCHAR || gend",
        "name || tel",
        "name || account",
        "name || addr",
        "sound || tel",
        "tel || birth::VARCHAR",
        "account || birth::VARCHAR",
        "addr || birth::VARCHAR",
        "name || employer",
    ),
    frequencies=(("name", "name_frequency"), ("sound", "sound_frequency")),
)


@kept
def enrolments(snapshot: Snapshot) -> str:
    """Make the table `enrolment` (one row per registered person, key `unique_id` = p) and return its name."""
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE form AS {_FORMS}")
    names = snapshot.sql("SELECT DISTINCT psn_name FROM form WHERE psn_name IS NOT NULL ORDER BY psn_name")
    plain, sound = spelled(names.column(0).to_pylist())
    empty = [text or None for text in plain], [text or None for text in sound]
    columns = {"psn_name": names.column(0).combine_chunks(), "plain": empty[0], "sound": empty[1]}
    snapshot.code("spelling", {name: pa.array(values, pa.string()) for name, values in columns.items()})
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE enrolment AS {_ENROLMENTS}", [SHARED])
    for column in ("name", "sound"):
        query = _FREQUENCIES.format(column=column)
        snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE {column}_frequency AS {query}", [_PSEUDO])
    return "enrolment"
