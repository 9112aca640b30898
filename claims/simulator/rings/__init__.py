"""Planted rings: every shape a function; a county plants each at least once."""

from collections.abc import Callable
from typing import Final

import numpy as np

from claims.simulator.dice import stream
from claims.simulator.planting import Field
from claims.simulator.rings import boxes, hoards, identities, institutions, lockstep, shared_card
from claims.simulator.rings.scale import Scale
from claims.simulator.settings import Settings

Shape = Callable[[Field, np.random.Generator, Scale], None]

SHAPES: Final[tuple[Shape, ...]] = (
    shared_card.several_bearers,
    shared_card.two_towns,
    shared_card.during_stay,
    shared_card.after_death,
    shared_card.cards_of_the_dead,
    shared_card.after_loss,
    shared_card.impossible_items,
    hoards.burst,
    hoards.small,
    hoards.spread_tills,
    hoards.cash_out,
    lockstep.pharmacy_batches,
    lockstep.sham_visits,
    lockstep.renewed_members,
    institutions.phantom_stays,
    institutions.kickback,
    boxes.resale,
    boxes.quota_stripping,
    boxes.pharmacy_chain,
    identities.duplicate_identity,
    identities.same_certificate,
    identities.same_face,
    identities.ghosts,
)
PERSONS_PER_RING = 1500
_SPARE_PER_IDENTITY_RING = 14


def ring_count(settings: Settings) -> int:
    """How many rings a county gets."""
    if settings.rings is not None:
        return settings.rings
    return max(len(SHAPES), round(settings.persons / PERSONS_PER_RING))


def spare_enrolments(settings: Settings) -> int:
    """Enrolments kept free for identity rings; those not needed stay ordinary people."""
    rings = ring_count(settings)
    return 0 if rings == 0 else min(settings.persons // 8, 30 + rings * _SPARE_PER_IDENTITY_RING // 5)


def plant_rings(field: Field) -> None:
    """Plant shapes in random order, each once before any comes again."""
    settings = field.county.settings
    rng = stream(settings.seed, "rings")
    scale = Scale(settings.hard, settings.persons)
    count = ring_count(settings)
    order: list[int] = []
    while len(order) < count:
        order += [int(i) for i in rng.permutation(len(SHAPES))]
    for nth, shape in enumerate(order[:count]):
        SHAPES[shape](field, stream(settings.seed, "ring", nth), scale)
