"""The group a pair belongs to: a small graph with weights, its weakest link, and all of it in words."""

from collections.abc import Mapping
from math import cos, pi, sin

import streamlit as st
from markupsafe import Markup

from claims.language import _, join_words
from detectors.identity_reuse.judgements import Ruling
from ui.pages import words
from ui.pages.identity_acts import RULING_TITLES
from ui.pages.sheet import draw, lines
from ui.service.house import Context
from ui.service.identity import Unmasked
from ui.service.identity_cluster import Cluster, Link, Part
from ui.service.identity_paper import PairPaper
from ui.service.ring_story import TAIL

WIDTH, HEIGHT = 430, 210
WEAKEST, HOLDS, BARRED = "#d55e00", "#1f6fb2", "#8a929c"


def group(context: Context, paper: PairPaper, unmasked: Unmasked | None) -> None:
    """Draw the group of a pair."""
    cluster = context.identities.cluster(paper.proposal.id)
    names = context.identities.names(paper.proposal.id, unmasked)
    st.subheader(_("The group: {count} enrolments", count=len(cluster.members)))
    left, right = st.columns([6, 6], gap="medium")
    with left:
        _graph(cluster, names, paper)
    with right:
        draw(lines(explained(cluster, names)))


def explained(cluster: Cluster, names: Mapping[str, str]) -> list[str]:
    """Say in words how the group hangs together, and what happens if its weakest link is cut."""
    holds = [link for link in cluster.links if link.holds]
    told = [_("{count} enrolments, {links} links that speak for one person.",
              count=len(cluster.members), links=len(holds))]  # fmt: skip
    if len(cluster.members) > 2 and holds:
        told.append(_("In the middle stands {name}.", name=names[cluster.centre]))
    against = [link for link in cluster.links if not link.holds]
    told += [_against(link, names) for link in against]
    if not cluster.parts:
        return [*told, _("Nothing joins the two: a judgement of two people changes nothing in the next run.")]
    weakest = join_words(_ends(link, names) for link in cluster.weakest)
    if cluster.bridge:
        told.append(_("The weakest link is one pair alone, {pairs} ({bits} bits).",
                      pairs=weakest, bits=f"{cluster.cut:.1f}"))  # fmt: skip
    else:
        told.append(_("The weakest link is {count} pairs together, {pairs} ({bits} bits).",
                      count=len(cluster.weakest), pairs=weakest, bits=f"{cluster.cut:.1f}"))  # fmt: skip
    parts = [_part(part, names) for part in cluster.parts]
    told.append(_("If it is cut, the group falls into {one} and {other}.", one=parts[0], other=parts[1]))
    return told


def _against(link: Link, names: Mapping[str, str]) -> str:
    if link.ruling is Ruling.NOT_SAME:
        return _("Judged two people: {pair}.", pair=_ends(link, names))
    if link.bits > 0:
        return _("Ruled out by an explanation: {pair}.", pair=_ends(link, names))
    return _("Too little speaks for one person: {pair}.", pair=_ends(link, names))


def _ends(link: Link, names: Mapping[str, str]) -> str:
    return f"{names[link.one]} – {names[link.other]}"


def _part(part: Part, names: Mapping[str, str]) -> str:
    return _("{members} ({visits} settlements, {fund})", members=join_words(names[m] for m in part.members),
             visits=words.count(part.visits), fund=words.money(part.fund))  # fmt: skip


def _graph(cluster: Cluster, names: Mapping[str, str], paper: PairPaper) -> None:
    """Draw members on a circle: lines and masked names, which print as they stand."""
    spots = {member: _spot(n, len(cluster.members)) for n, member in enumerate(cluster.members)}
    edges = Markup("").join(_edge(link, spots) for link in cluster.links)
    dots = Markup("").join(_dot(names[m], spots[m], m in paper.proposal.key) for m in cluster.members)
    ink = "#dfe5ec" if st.context.theme.type == "dark" else "#26323f"
    svg = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" font-size="11" '
        'font-family="Microsoft YaHei,PingFang SC,Noto Sans CJK SC,sans-serif" fill="{2}">{3}{4}</svg>'
    )
    st.image(str(svg.format(WIDTH, HEIGHT, ink, edges, dots)), width=WIDTH)
    st.caption(_("Numbers are weights in bits. Orange: the weakest link. Dashed: does not join."))


def _spot(number: int, count: int) -> tuple[float, float]:
    turn = 2 * pi * number / count + pi
    return WIDTH / 2 + (WIDTH / 2 - 90) * cos(turn), HEIGHT / 2 - 8 + (HEIGHT / 2 - 44) * sin(turn)


def _edge(link: Link, spots: Mapping[str, tuple[float, float]]) -> Markup:
    (x, y), (u, v) = spots[link.one], spots[link.other]
    colour = WEAKEST if link.weakest else HOLDS if link.holds else BARRED
    line = Markup('<line x1="{:.0f}" y1="{:.0f}" x2="{:.0f}" y2="{:.0f}" stroke="{}" stroke-width="{:.1f}"{}></line>')
    dashes = Markup("") if link.holds else Markup(' stroke-dasharray="5 4"')
    drawn = line.format(x, y, u, v, colour, 1.5 + min(4.0, abs(link.bits) / 8), dashes)
    said = f" {_(RULING_TITLES[link.ruling])}" if link.ruling else ""
    label = Markup('<text x="{:.0f}" y="{:.0f}" text-anchor="middle">{}</text>')
    # A third along, where lines that cross in the middle do not cover each other's numbers.
    return drawn + label.format(x + (u - x) * 0.36, y + (v - y) * 0.36 - 5, f"{link.bits:+.1f}{said}")


def _dot(name: str, spot: tuple[float, float], asked: bool) -> Markup:
    called, _space, code = name.rpartition(" ")
    circle = Markup('<circle cx="{:.0f}" cy="{:.0f}" r="9" fill="{}"></circle>')
    text = Markup('<text x="{:.0f}" y="{:.0f}" text-anchor="middle">{} …{}</text>')
    x, y = spot
    return circle.format(x, y, "#009E73" if asked else "#7b8794") + text.format(x, y + 24, called, code[-TAIL:])
