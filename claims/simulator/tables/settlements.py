"""Rows of settlements and their diagnoses."""

import numpy as np
import polars as pl

from claims.simulator.bills import Bill
from claims.simulator.boxes import Scrambler
from claims.simulator.calendar import DAY
from claims.simulator.county import County
from claims.simulator.dice import Ints, stream
from claims.simulator.lines import Rows
from claims.simulator.places import PlaceKind
from claims.simulator.text import Dates, Lookup, blank, certificates, decimals, filled, padded
from claims.simulator.visits import MED_TYPES, Kind


class SettlementWriter:
    """Turns slices of visits into rows; holds the lookups that all slices share."""

    def __init__(self, county: County, dates: Dates) -> None:
        self._county, self._dates = county, dates
        people, places, seed = county.people, county.places, county.settings.seed
        everybody = np.arange(len(people.age))
        self.person = Lookup(person_numbers(county, everybody))
        self._certificate = Lookup(certificates(people.identity, everybody))
        self._phone = Lookup(filled(people.identity.phone))
        self._card = Lookup(card_numbers(county, np.arange(len(people.identity.card_number))))
        self.place = Lookup(places.codes)
        self.doctor = Lookup(county.staff.codes)
        self._first_till = np.cumsum(np.append(0, places.tills))[:-1]
        self._till = Lookup(tills(county))
        self._visit_number = Scrambler(seed, "visits")
        self._token = Scrambler(seed, "tokens")
        rng = stream(seed, "numbers")
        self._base = int(rng.integers(10**9, 4 * 10**9))
        groups = [
            f"{letter}{row}{n}" for letter, row, n in zip("BEFGIJKLNO" * 9, "RSTUVZ" * 15, range(11, 99), strict=False)
        ]
        self._drg = Lookup([str(g) for g in rng.permutation(groups)[: len(county.catalogue.diag_codes)]])

    def numbers(self, rank: Ints) -> pl.Series:
        """Settlement numbers: they rise with time, with gaps."""
        number = self._base + rank * 3 + self._county.dice.below("gap", rank, 3)
        return self._county.land.region[:4] + "00" + padded(number, 14)

    def doctors(self, rows: Rows, diag: Ints) -> Ints:
        """Treating practitioner: given, the usual one, or whoever was on duty."""
        dice = self._county.dice
        faithful = dice.uniform("usual doctor", rows.person * 8191 + rows.place)
        usual = dice.uniform("faithful", rows.uid) < 0.55
        uniform = np.where(usual, faithful, dice.uniform("on duty", rows.key))
        department = self._county.catalogue.department[diag]
        return np.where(rows.doctor >= 0, rows.doctor, self._county.staff.doctor(rows.place, department, uniform))

    def frame(self, rows: Rows, diag: Ints, doctor: Ints, bill: Bill, origin_rank: Ints) -> pl.DataFrame:
        """Rows of `settlements`, columns in declared order."""
        county, dates, place = self._county, self._dates, rows.place
        stay, shop = rows.kind == Kind.STAY, county.places.kind[place] == PlaceKind.PHARMACY
        refund = rows.refund > 0
        return pl.DataFrame(
            {
                "setl_id": self.numbers(rows.rank),
                "mdtrt_id": self._visits(rows),
                "psn_no": self.person(rows.person),
                **self._credentials(rows),
                "fixmedins_code": self.place(place),
                "chfpdr_code": self.doctor(np.where(shop, -1, doctor)),
                "prsc_dr_code": self.doctor(rows.prescriber),
                "med_type": Lookup(MED_TYPES)(rows.kind),
                "begntime": dates.time(rows.at),
                "endtime": dates.time(rows.at + rows.lasts - np.where(stay, np.minimum(1800, rows.lasts // 9), 0)),
                "setl_time": dates.time(rows.settle),
                "diag_code": Lookup(county.catalogue.diag_codes)(diag),
                "drg_codg": self._drg(np.where(stay, diag, -1)),
                "medfee_sumamt": decimals(bill.total),
                "fund_pay_sumamt": decimals(bill.fund),
                "acct_pay": decimals(bill.account),
                "acct_mulaid_pay": decimals(bill.family),
                "cash_payamt": decimals(bill.cash),
                **self._counter(rows),
                "adm_bed": blank(padded(rows.bed + 1, 4), pl.Series(rows.bed < 0)),
                **self._agents(rows),
                "refd_setl_flag": Lookup(("0", "1"))(refund.astype(np.int64)),
                "init_setl_id": blank(self.numbers(np.maximum(origin_rank, 0)), pl.Series(~refund)),
            }
        )

    def _visits(self, rows: Rows) -> pl.Series:
        visit = np.where(rows.origin >= 0, rows.origin, rows.uid)
        return self._county.land.region[:4] + "M" + padded(self._visit_number(visit), 13)

    def _credentials(self, rows: Rows) -> dict[str, pl.Series]:
        """What was shown: a token for 01, the certificate for 02 and 04, the card for 03."""
        dice, people = self._county.dice, self._county.people
        other = 1 + dice.below("other credential", rows.key, 4)
        shown = np.where(dice.uniform("habit", rows.key) < 0.88, people.identity.habit[rows.person], other)
        shown = np.where(rows.credential > 0, rows.credential, shown)
        card = np.where(shown == 3, np.where(rows.card >= 0, rows.card, rows.person), -1)
        token = padded((dice.bits("token", rows.uid) >> np.uint64(2)).astype(np.int64), 19)
        token = token + padded(self._token(rows.uid), 13)
        number = token.zip_with(pl.Series(shown == 1), self._certificate(rows.person))
        number = number.zip_with(pl.Series(shown != 3), self._card(card))
        return {
            "mdtrt_cert_type": Lookup(("", "01", "02", "03", "04"))(shown),
            "mdtrt_cert_no": number,
            "card_no": self._card(card),
        }

    def _counter(self, rows: Rows) -> dict[str, pl.Series]:
        """The till, and the clerk who sat there that half day."""
        county, dice = self._county, self._county.dice
        count = county.places.tills[rows.place]
        busy = dice.uniform("till", rows.key) ** 1.4
        till = np.where(rows.till >= 0, rows.till % count, (busy * count).astype(np.int64))
        shift = ((rows.place * 32 + till) * 4096 + rows.settle // DAY) * 2 + (rows.settle % DAY > 50_000)
        sits = np.where(rows.clerk >= 0, (rows.clerk * 0.37 + 0.21) % 1.0, dice.uniform("shift", shift))
        clerk = county.staff.who[county.staff.clerks.pick(rows.place, sits)]
        return {"term_id": self._till(self._first_till[rows.place] + till), "opter_id": self.doctor(clerk)}

    def _agents(self, rows: Rows) -> dict[str, pl.Series]:
        """Whoever acted: telephone nearly always, certificate mostly."""
        dice = self._county.dice
        certificate = np.where(dice.uniform("agent shows certificate", rows.uid) < 0.75, rows.agent, -1)
        phone = np.where(dice.uniform("agent leaves number", rows.uid) < 0.93, rows.agent, -1)
        return {"agnter_certno": self._certificate(certificate), "agnter_tel": self._phone(phone)}

    def diagnoses(self, rows: Rows, diag: Ints) -> pl.DataFrame:
        """Rows of `diagnoses`: the main one, the chronic illness, sometimes one more."""
        county, dice = self._county, self._county.dice
        chronic = county.people.chronic[rows.person]
        also = (chronic >= 0) & (chronic != diag) & (dice.uniform("also chronic", rows.key) < 0.5)
        drawn = dice.below("further diagnosis", rows.key, 40)
        stay = rows.kind == Kind.STAY
        more = (drawn != diag) & ~(also & (drawn == chronic)) & (dice.uniform("further", rows.key) < 0.06 + 0.5 * stay)
        settled = rows.refund == 0
        also, more = also & settled, more & settled
        every = np.arange(len(rows))
        row = np.concatenate([every[settled], every[also], every[more]])
        code = np.concatenate([diag[settled], chronic[also], drawn[more]])
        main = np.concatenate([np.ones(settled.sum(), np.int64), np.zeros(also.sum() + more.sum(), np.int64)])
        order = np.argsort(row, kind="stable")
        row, code, main = row[order], code[order], main[order]
        return pl.DataFrame(
            {
                "setl_id": self.numbers(rows.rank[row]),
                "diag_code": Lookup(county.catalogue.diag_codes)(code),
                "diag_name": Lookup(county.catalogue.diag_names)(code),
                "maindiag_flag": Lookup(("0", "1"))(main),
                "diag_srt_no": pl.Series(np.arange(len(row)) - np.searchsorted(row, row) + 1).cast(pl.String),
            }
        )


def person_numbers(county: County, person: Ints) -> pl.Series:
    """psn_no of persons; those of other regions bear another prefix."""
    home, away = county.land.region, f"{(int(county.land.region) + 1700) % 1_000_000:06d}"
    number = padded(county.people.identity.number[person], 10)
    return (home + "0000" + number).zip_with(pl.Series(person < county.people.listed), away + "0000" + number)


def card_numbers(county: County, card: Ints) -> pl.Series:
    """Card numbers: a letter and eight digits."""
    letter = "ABCDEFGHJK"[int(county.land.region) % 10]
    return letter + padded(county.people.identity.card_number[card], 8)


def tills(county: County) -> list[str]:
    """Names of all tills, place after place; styles differ and numbers repeat between places."""
    found = []
    for place, (count, style) in enumerate(zip(county.places.tills, county.places.till_style, strict=True)):
        for till in range(int(count)):
            serial = int(county.dice.below("till name", np.array([place * 64 + till]), 10**8)[0])
            names = (f"{till + 1:02d}", f"{county.places.codes[place][-4:]}{till + 1:02d}", f"{serial:08d}")
            found.append(names[int(style)])
    return found
