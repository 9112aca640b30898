"""Rings handed out: to programs by the data standard, to people as tables, a graph or a page."""

from cases.handout.csv_files import CsvFiles
from cases.handout.form import Batch, Form
from cases.handout.graphml import RingGraph
from cases.handout.html import Html
from cases.handout.jsonl import Jsonl
from cases.handout.xlsx import Xlsx

FORMS: tuple[Form, ...] = (Jsonl(), CsvFiles(), Xlsx(), RingGraph(), Html())

__all__ = ["FORMS", "Batch", "Form"]
