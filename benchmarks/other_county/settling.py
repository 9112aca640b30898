"""The tables of claims: settlements with their refunds, their items and diagnoses."""

import numpy as np
import polars as pl

from benchmarks.other_county import words
from benchmarks.other_county.bills import Bills
from benchmarks.other_county.closing import Closed
from benchmarks.other_county.registers import Names
from benchmarks.other_county.settings import DAY, Ints
from benchmarks.other_county.world import PURCHASE, STAY, World

_REFUNDED = 0.004


def moments(world: World, minute: Ints, seconds: Ints) -> pl.Series:
    start = np.datetime64(world.style.start, "ms")
    return pl.Series(start + (minute * 60_000 + seconds * 1000).astype("timedelta64[ms]")).cast(pl.Datetime("us"))


def claims(world: World, closed: Closed, bills: Bills, names: Names) -> dict[str, pl.DataFrame]:
    frame = _settlements(world, closed, bills, names)
    items = _items(world, closed, bills, frame["begntime"])
    dice = world.settings.dice("refunds")
    free = np.flatnonzero((closed.columns["planted"] == 0) & (closed.columns["kind"] != STAY))
    back = np.sort(free[dice.random(len(free)) < _REFUNDED])
    frame, items = _with_refunds(frame, items, back)
    care = np.flatnonzero(closed.columns["kind"] != PURCHASE)
    code = [words.DISEASES[n] for n in closed.columns["diagnosis"][care]]
    diagnoses = pl.DataFrame(
        {
            "setl_id": list(closed.setl_id[care]),
            "diag_code": [c for c, _ in code],
            "diag_name": [n for _, n in code],
            "maindiag_flag": "1",
            "diag_srt_no": 1,
        }
    )
    return {"settlements": frame, "fee_items": items, "diagnoses": diagnoses}


def _yuan(fen: Ints) -> pl.Series:
    return (pl.Series(fen) / 100).round(2)


def _settlements(world: World, closed: Closed, bills: Bills, names: Names) -> pl.DataFrame:
    style, dice = world.style, world.settings.dice("columns")
    seconds = np.asarray(dice.integers(0, 60, closed.size), np.int64)
    if world.settings.poor:
        seconds = np.where(closed.columns["minute"] % DAY == 0, 0, seconds)
    token = dice.integers(0, 2**62, closed.size)
    frame = pl.DataFrame(
        {
            "setl_id": list(closed.setl_id),
            "mdtrt_id": [f"M{text}" for text in closed.setl_id],
            **_who(world, closed, names, token),
            **_when(world, closed, seconds),
            "medfee_sumamt": _yuan(bills.total),
            "fund_pay_sumamt": _yuan(bills.fund),
            "acct_pay": _yuan(bills.account),
            "cash_payamt": _yuan(bills.total - bills.fund - bills.account),
            **_office(world, closed),
            "refd_setl_flag": "0",
            "init_setl_id": pl.Series([None] * closed.size, dtype=pl.String),
        }
    )
    kept = {"term_id": style.tills, "opter_id": style.clerks, "adm_bed": style.beds, "card_no": style.cards}
    kept |= {"agnter_certno": style.agents, "agnter_tel": style.agents}
    return frame.drop([name for name, keeps in kept.items() if not keeps])


def _who(world: World, closed: Closed, names: Names, token: Ints) -> dict[str, list[str | None]]:
    """Who came, what was shown, where, to whom."""
    columns, cert = closed.columns, world.people.cert
    shown, person, cards = columns["shown"], columns["person"], names.card[columns["card"]]
    by_card = (shown == 3) | world.style.card_for_all
    certificate = [
        f"{t:020d}" if s == 1 else card if s == 3 else cert[p]
        for t, s, card, p in zip(token, shown, cards, person, strict=True)
    ]
    return {
        "psn_no": list(names.person[person]),
        "mdtrt_cert_type": [f"{s:02d}" for s in shown],
        "mdtrt_cert_no": certificate,
        "card_no": [card if by else None for card, by in zip(cards, by_card, strict=True)],
        "fixmedins_code": list(names.place[columns["place"]]),
        "chfpdr_code": [names.doctor[d] if d >= 0 else None for d in columns["doctor"]],
        "prsc_dr_code": [names.doctor[d] if d >= 0 else None for d in columns["prescriber"]],
    }


def _when(world: World, closed: Closed, seconds: Ints) -> dict[str, pl.Series]:
    """What kind of visit, from when to when, and why."""
    columns = closed.columns
    settled = np.where(seconds + columns["minute"] % DAY == 0, columns["minute"], closed.settled)
    end = moments(world, settled, seconds)
    diagnosis = [
        words.DISEASES[d][0] if kind != PURCHASE else None
        for d, kind in zip(columns["diagnosis"], columns["kind"], strict=True)
    ]
    return {
        "med_type": pl.Series([str(kind) for kind in columns["kind"]]),
        "begntime": moments(world, columns["minute"], seconds),
        "endtime": end,
        "setl_time": end,
        "diag_code": pl.Series(diagnosis, dtype=pl.String),
    }


def _office(world: World, closed: Closed) -> dict[str, list[str | None]]:
    """Tills, clerks, beds, agents."""
    columns, people, agent = closed.columns, world.people, closed.columns["agent"]
    places = list(zip(columns["place"], columns["till"], columns["minute"] // DAY, strict=True))
    plain = world.style.shared_till_names
    return {
        "term_id": [f"{till + 1:02d}" if plain else f"T{place:04d}{till}" for place, till, _ in places],
        "opter_id": [f"C{place:03d}{(place + till + day) % 3}" for place, till, day in places],
        "adm_bed": [f"{bed + 1}" if bed >= 0 else None for bed in columns["bed"]],
        "agnter_certno": [people.cert[a] if a >= 0 else None for a in agent],
        "agnter_tel": [people.tel[a] if a >= 0 else None for a in agent],
    }


def _items(world: World, closed: Closed, bills: Bills, begun: pl.Series) -> pl.DataFrame:
    drugs = [f"X{world.settings.seed % 10}{n * 97 + 5000:07d}" for n in range(len(world.drug_price))]
    titles = [words.STEMS[n % 18] + words.STEMS[n * 5 % 17] + words.TAILS[n % 11] for n in range(len(drugs))]
    frame = pl.DataFrame(
        {
            "setl_id": list(closed.setl_id[bills.visit]),
            "bkkp_sn": [f"{n}" for n in range(len(bills.visit))],
            "fee_ocur_time": begun.gather(bills.visit),
            "med_list_codg": [drugs[i] if i >= 0 else words.SERVICES[-1 - i][0] for i in bills.item],
            "med_list_name": [titles[i] if i >= 0 else words.SERVICES[-1 - i][1] for i in bills.item],
            "cnt": bills.count / 100,
            "pric": _yuan(bills.price),
            "det_item_fee_sumamt": _yuan(bills.amount),
            "drug_trac_codg": pl.Series(list(bills.code), dtype=pl.String),
            "trdn_flag": np.where(bills.opened, "1", "0"),
        }
    )
    return frame if world.style.traces else frame.drop("drug_trac_codg", "trdn_flag")


def _with_refunds(frame: pl.DataFrame, items: pl.DataFrame, back: Ints) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Some customers bring back what they took: a row of its own with negative amounts."""
    money = ("medfee_sumamt", "fund_pay_sumamt", "acct_pay", "cash_payamt")
    taken = frame[back]
    refunds = taken.with_columns(
        *(-pl.col(name) for name in money),
        pl.col("setl_id").alias("init_setl_id"),
        pl.lit("1").alias("refd_setl_flag"),
        pl.concat_str(pl.col("setl_id"), pl.lit("R")).alias("setl_id"),
        pl.col("setl_time") + pl.duration(minutes=50),
    )
    lines = items.filter(pl.col("setl_id").is_in(taken["setl_id"].to_list())).with_columns(
        -pl.col("cnt"), -pl.col("det_item_fee_sumamt"), pl.concat_str(pl.col("setl_id"), pl.lit("R")).alias("setl_id")
    )
    return pl.concat([frame, refunds]), pl.concat([items, lines])
