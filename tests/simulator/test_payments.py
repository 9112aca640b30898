"""Money adds up, credentials behave, refunds cancel, boxes are sold once."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from tests.simulator.counties import lines, table, yuan

PARTS = ("fund_pay_sumamt", "acct_pay", "acct_mulaid_pay", "cash_payamt")
TIME = "%Y-%m-%d %H:%M:%S"


def settlements(folder: Path) -> pl.DataFrame:
    rows = table(folder, "settlements").with_columns(yuan("medfee_sumamt", *PARTS))
    return rows.with_columns(pl.col(name).str.to_datetime(TIME) for name in ("begntime", "endtime", "setl_time"))


def planted(folder: Path) -> list[str]:
    return [number for ring in lines(folder, "truth") for number in ring["settlements"]]


def test_parts_and_items_add_up_to_the_total(clean: Path) -> None:
    rows = settlements(clean)
    assert (rows.select(pl.sum_horizontal(PARTS)).to_series() == rows["medfee_sumamt"]).all()
    items = table(clean, "fee_items").with_columns(yuan("det_item_fee_sumamt"))
    sums = rows.join(items.group_by("setl_id").agg(pl.col("det_item_fee_sumamt").sum()), on="setl_id", how="left")
    assert (sums["det_item_fee_sumamt"] == sums["medfee_sumamt"]).all()
    assert ((rows["fund_pay_sumamt"] >= 0) | (rows["refd_setl_flag"] == "1")).all()


def test_refunds_cancel_in_full_or_in_part(clean: Path) -> None:
    rows = settlements(clean)
    refunds = rows.filter(pl.col("refd_setl_flag") == "1")
    both = refunds.join(rows, left_on="init_setl_id", right_on="setl_id", suffix="_first")
    assert refunds.height > 20
    assert both.height >= refunds.height - 5  # a few came before what they cancel, which was uploaded late
    assert (both["medfee_sumamt"] < 0).all()
    assert (-both["medfee_sumamt"] <= both["medfee_sumamt_first"]).all()
    assert (both["setl_time"] > both["setl_time_first"]).all()
    full = both.filter(pl.col("medfee_sumamt") == -pl.col("medfee_sumamt_first"))
    assert 0.5 < full.height / both.height < 1
    assert all((full[name] == -full[f"{name}_first"]).all() for name in PARTS)


def test_tokens_are_new_at_every_use_and_never_a_card(clean: Path) -> None:
    rows = table(clean, "settlements")
    tokens = rows.filter((pl.col("mdtrt_cert_type") == "01") & (pl.col("refd_setl_flag") == "0"))
    assert tokens.height > 1000
    assert tokens["mdtrt_cert_no"].is_unique().all()
    assert rows.filter(pl.col("mdtrt_cert_type") != "03")["card_no"].null_count() == (
        rows.filter(pl.col("mdtrt_cert_type") != "03").height
    )


def test_honest_people_are_in_one_place_at_a_time(clean: Path) -> None:
    innocent = [number for group in lines(clean, "innocent") for number in group["settlements"]]
    rows = settlements(clean).filter(
        (pl.col("refd_setl_flag") == "0") & ~pl.col("setl_id").is_in([*planted(clean), *innocent])
    )
    stays = rows.filter(pl.col("med_type") == "21").select("psn_no", "mdtrt_id", "begntime", "endtime")
    others = rows.filter((pl.col("med_type") != "21") & pl.col("agnter_tel").is_null())
    meets = others.join(stays, on="psn_no", suffix="_stay")
    inside = meets.filter(pl.col("begntime").is_between("begntime_stay", "endtime_stay"))
    assert inside.height <= 2 + 0.05 * stays.height  # refills fetched by somebody who left no number
    died = table(clean, "insured").select("psn_no", pl.col("die_date").str.to_date())
    after = rows.join(died, on="psn_no").filter(pl.col("begntime").dt.date() > pl.col("die_date"))
    assert after.is_empty()


def test_honest_people_do_not_fly(clean: Path) -> None:
    innocent = [number for group in lines(clean, "innocent") for number in group["settlements"]]
    rows = settlements(clean).filter(
        (pl.col("refd_setl_flag") == "0")
        & ~pl.col("setl_id").is_in([*planted(clean), *innocent])
        & pl.col("agnter_tel").is_null()
    )
    where = table(clean, "institutions").select("fixmedins_code", pl.col("lnt", "lat").cast(pl.Float64))
    rows = rows.join(where, on="fixmedins_code").sort("psn_no", "begntime")
    before = [pl.col(name).shift(1).over("psn_no") for name in ("lnt", "lat")]
    hours = (pl.col("begntime") - pl.col("begntime").shift(1).over("psn_no")).dt.total_seconds() / 3600
    km = ((pl.col("lnt") - before[0]) ** 2 + (pl.col("lat") - before[1]) ** 2).sqrt() * 100
    steps = rows.select(km.alias("km"), hours.alias("hours")).drop_nulls()
    fast = steps.filter((pl.col("km") > 5) & (pl.col("km") > 60 * pl.col("hours")))
    assert fast.height <= 0.0002 * rows.height


def test_only_planted_boxes_are_settled_at_two_places(clean: Path) -> None:
    rows = settlements(clean).filter(pl.col("refd_setl_flag") == "0")
    boxes = table(clean, "fee_items").filter(pl.col("drug_trac_codg").is_not_null()).join(rows, on="setl_id")
    twice = boxes.group_by("drug_trac_codg").agg(pl.col("fixmedins_code").n_unique(), pl.col("setl_id"))
    resold = twice.filter(pl.col("fixmedins_code") > 1).explode("setl_id")
    assert resold.height > 10
    assert resold["setl_id"].is_in(planted(clean)).all()
    kept = boxes.filter(~pl.col("setl_id").is_in(planted(clean)))
    again = kept.group_by("drug_trac_codg").agg(pl.len(), pl.col("trdn_flag").max()).filter(pl.col("len") > 1)
    assert (again["trdn_flag"] == "1").any()  # split packs share a code
    assert (again["trdn_flag"] == "0").any()  # so do outer packs, scan retries and redone settlements


def test_visits_keep_to_the_period_and_the_hours(clean: Path) -> None:
    rows = settlements(clean)
    first = rows["setl_time"].min()
    assert first is not None
    assert rows["setl_time"].max() < first + timedelta(days=91)
    assert (rows["endtime"] >= rows["begntime"]).all()
    by_day = rows.filter(pl.col("med_type").is_in(["11", "14", "41"]))
    night = by_day.filter(~pl.col("setl_time").dt.hour().is_between(6, 21))
    assert night.height < 0.002 * by_day.height
