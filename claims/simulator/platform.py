"""The national platform's own layout: setl_d, mdtrt_d, fee_list_d, setl_list_diag_d."""

import polars as pl

from claims.simulator.county import County
from claims.simulator.platform_data import HEADERS
from claims.simulator.sink import Sink
from claims.simulator.tables.registers import insured
from claims.simulator.text import Dates

# What our settlements call it where the extract has another name.
_RENAMED = {"begndate": "begntime", "enddate": "endtime", "dscg_maindiag_code": "diag_code"}
_PERSON = ("psn_name", "psn_cert_type", "certno", "gend", "brdy", "insutype", "psn_type", "insu_admdvs")
_CONTACT = ("emp_no", "emp_name", "tel", "addr", "die_date")
_OF_VISIT = ("setl_id", "mdtrt_id", "psn_no", "fixmedins_code", "fixmedins_name", "med_type", "poolarea_no")


class Extracts:
    """Turns settlements, items and diagnoses into the platform's extracts, with all template headers."""

    def __init__(self, county: County, dates: Dates, sink: Sink) -> None:
        self._sink, self._region = sink, county.land.region
        self._people = pl.concat(list(insured(county, dates, everybody=True))).select("psn_no", *_PERSON, *_CONTACT)
        self._places = pl.DataFrame(
            {
                "fixmedins_code": list(county.places.codes),
                "fixmedins_name": list(county.places.names),
                "hosp_lv": list(county.places.level),
            }
        )

    def claims(self, settlements: pl.DataFrame, items: pl.DataFrame | None, diagnoses: pl.DataFrame | None) -> None:
        """Write one slice of settlements with all that belongs to them."""
        wide = settlements.join(self._people, on="psn_no", how="left", maintain_order="left")
        wide = wide.join(self._places, on="fixmedins_code", how="left", maintain_order="left")
        wide = wide.with_columns(
            pl.lit(self._region).alias("poolarea_no"),
            pl.lit("1").alias("vali_flag"),
            *(pl.col(source).alias(name) for name, source in _RENAMED.items()),
        )
        self._put("setl_d", wide)
        visits = wide.filter(pl.col("refd_setl_flag") != "1").unique("mdtrt_id", keep="first", maintain_order=True)
        self._put("mdtrt_d", visits)
        keys = wide.select(_OF_VISIT).unique("setl_id", keep="first", maintain_order=True)
        if items is not None:
            self._put("fee_list_d", items.join(keys, on="setl_id", how="left", maintain_order="left"))
        if diagnoses is not None:
            number = "Z" + diagnoses["setl_id"] + "-" + diagnoses["diag_srt_no"]
            named = diagnoses.with_columns(number.alias("setl_list_diag_id"))
            self._put("setl_list_diag_d", named.join(keys, on="setl_id", how="left", maintain_order="left"))

    def _put(self, table: str, frame: pl.DataFrame) -> None:
        here = set(frame.columns)
        empty = pl.lit(None, pl.String)
        self._sink.write(table, frame.select(pl.col(n) if n in here else empty.alias(n) for n in HEADERS[table]))
