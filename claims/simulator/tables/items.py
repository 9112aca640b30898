"""Rows of fee items."""

import numpy as np
import polars as pl

from claims.simulator.boxes import Tracer
from claims.simulator.county import County
from claims.simulator.dice import Ints
from claims.simulator.lines import Lines, Rows
from claims.simulator.tables.settlements import SettlementWriter
from claims.simulator.text import Dates, Lookup, blank, decimals
from claims.simulator.visits import Kind


class ItemWriter:
    """Turns charged lines into rows; holds the lookups that all slices share."""

    def __init__(self, county: County, dates: Dates, settlements: SettlementWriter, tracer: Tracer) -> None:
        self._county, self._dates, self._settlements, self._tracer = county, dates, settlements, tracer
        self._codes, self._names = Lookup(county.catalogue.item_codes), Lookup(county.catalogue.item_names)
        self._charges = Lookup(county.catalogue.charge_types)

    def frame(self, rows: Rows, lines: Lines, doctor: Ints, box: Ints) -> pl.DataFrame:
        """Rows of `fee_items`, columns in declared order."""
        county, visit = self._county, lines.visit
        drug = lines.item < county.catalogue.drugs
        sign = np.where(rows.refund[visit] > 0, -1, 1)
        spread = county.dice.uniform("given", lines.spot)
        stay = rows.kind[visit] == Kind.STAY
        given = rows.at[visit] + (rows.lasts[visit] * np.where(stay, spread * 0.95, 0.3 + 0.6 * spread)).astype(
            np.int64
        )
        number = self._settlements.numbers(rows.rank)
        days = np.where(lines.split, 1, county.catalogue.supply_days[lines.item])
        return pl.DataFrame(
            {
                "setl_id": number.gather(visit),
                "bkkp_sn": pl.Series(lines.serial + 1).cast(pl.String),
                "fee_ocur_time": self._dates.time(given),
                "med_list_codg": self._codes(lines.item),
                "med_list_name": self._names(lines.item),
                "med_chrgitm_type": self._charges(lines.item),
                "cnt": pl.Series(lines.count * sign).cast(pl.String),
                "pric": decimals(lines.price, 4),
                "det_item_fee_sumamt": decimals(lines.amount * sign),
                "bilg_dr_code": self._settlements.doctor(doctor[visit]),
                "prd_days": blank(pl.Series(days).cast(pl.String), pl.Series(~drug)),
                "drug_trac_codg": self._tracer.codes(lines.item, box),
                "trdn_flag": blank(Lookup(("0", "1"))(lines.split.astype(np.int64)), pl.Series(~drug)),
            }
        )
