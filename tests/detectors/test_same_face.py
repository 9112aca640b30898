"""One template behind several enrolments, never by the device alone."""

import numpy as np
import pytest

from detectors.finding import ALERT_LINE
from detectors.identity_reuse import templates
from detectors.identity_reuse.same_face import SameFace
from tests.detectors.planted_identity_reuse import PLANTED, crowd, doubles, faces, in_turn, joined, one_number
from tests.detectors.worlds import snapshot_of

_CROWD = crowd()


def test_three_with_one_face_used_in_turn_are_found() -> None:
    (finding,) = SameFace().detect(snapshot_of(PLANTED["same_template"].rows))
    assert finding.score >= ALERT_LINE and {s.id for s in finding.subjects} == {"C0", "C1", "C2"}


@pytest.mark.parametrize("name", sorted(PLANTED["same_template"].innocents))
def test_twins_and_the_device_alone_stay_below(name: str) -> None:
    (finding,) = SameFace().detect(snapshot_of(PLANTED["same_template"].innocents[name]))
    assert finding.strength >= ALERT_LINE > finding.score


def test_a_shared_telephone_is_a_second_sign() -> None:
    (finding,) = SameFace().detect(snapshot_of(faces(joined(_CROWD, doubles()), ("D1", "D2"))))
    assert finding.score >= ALERT_LINE


def test_one_of_two_unused_gains_nobody() -> None:
    world = faces(joined(_CROWD, one_number() | {"settlements": in_turn(["C0"], 4)}), ("C0", "C1"))
    (finding,) = SameFace().detect(snapshot_of(world))
    assert finding.score < ALERT_LINE


def test_different_faces_and_no_templates_are_silent() -> None:
    assert not list(SameFace().detect(snapshot_of(faces(joined(_CROWD, one_number()), ()))))
    assert not list(SameFace().detect(snapshot_of(joined(_CROWD, one_number()))))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_index_finds_what_the_exact_search_finds(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((600, 32)).astype(np.float32)
    vectors[300:320] = vectors[:20] + 0.05 * rng.standard_normal((20, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    exact = {(i, j) for i, j, _ in templates._search(vectors, 0.9)}
    slow = {(int(i), int(j)) for i, j in np.argwhere(vectors @ vectors.T >= 0.9) if i < j}
    monkeypatch.setattr(templates, "_EXACT", 10)
    assert exact == slow == {(i, j) for i, j, _ in templates._search(vectors, 0.9)}


def test_the_threshold_lets_no_more_than_the_stated_number_of_impostors_pass() -> None:
    rng = np.random.default_rng(5)
    vectors = rng.standard_normal((1_500, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    impostors = templates._impostors(vectors)
    passed = sum(1 for _ in templates._search(vectors, impostors.threshold(100.0)))
    assert 10 <= passed <= 150  # fewer on a sphere, whose tails are lighter than the normal
    assert impostors.p_value(impostors.threshold(0.01)) == pytest.approx(0.01, rel=0.01)
