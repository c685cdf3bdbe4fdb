"""What visitors say, and who steps up: seeded, polite, and nobody else's draws change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from robotics.core.errors import ConfigError
from sim.shakers import BEFORE, HandShakers
from sim.talk import BETWEEN, Question, Talk, load_questions
from sim.visitors import Visitors
from sim.world import load_world

WORLD = load_world("zhanqiao")
POSE = np.array([*WORLD.place("start", "greeter").pose])
DISC = np.array([[POSE[0], POSE[1], 0.5]])


def talked(seed: int, *, speaking: bool = False, share: float = 1.0) -> list[tuple[float, str]]:
    """Return what is said within two minutes at the station."""
    rng = np.random.default_rng(seed)
    people = Visitors(WORLD, np.random.default_rng(seed))
    talk, said = Talk(people, share, rng), []
    for tick in range(2400):
        people.advance(0.05, DISC)
        time = 0.05 * (tick + 1)
        said += [(time, text) for text in talk.listen(time, POSE, speaking=speaking)]
    return said


def test_people_ask_in_turn_and_leave_time() -> None:
    """Questions of the list, none sooner than the pause after the last, the same for a seed."""
    said = talked(3)
    texts = {one.text for one in load_questions()}
    assert len(said) >= 3
    assert all(text in texts for _, text in said)
    assert (np.diff([time for time, _ in said]) >= BETWEEN - 1e-9).all()
    assert said == talked(3)


def test_nobody_interrupts() -> None:
    """While it speaks nobody asks; and nobody does where the world says so."""
    assert talked(3, speaking=True) == []
    assert talked(3, share=0.0) == []


def test_the_list_has_all_kinds() -> None:
    """Both languages, slips of hearing and typing, and things that nobody told it."""
    questions = load_questions()
    assert {one.slip for one in questions} == {"", "sound", "typing", "short"}
    assert any(one.of is None for one in questions)
    assert {one.text.isascii() for one in questions} == {True, False}
    assert len({one.text for one in questions}) == len(questions)


def test_a_wrong_list_is_told(tmp_path: Path) -> None:
    """A fault names its line."""
    path = tmp_path / "questions.yaml"
    path.write_text("questions:\n  - {text: '', of: pier_length}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2"):
        load_questions(path)
    assert Question(text="hello").of is None


def stepped_up(share: float, seconds: float) -> tuple[HandShakers, Visitors, list[float]]:
    """Return who stepped up without a hand to take, and the distances of those invited."""
    people = Visitors(WORLD, np.random.default_rng(5))
    shakers = HandShakers(people, share, np.random.default_rng(6))
    nearest = []
    for tick in range(round(seconds / 0.05)):
        people.advance(0.05, DISC)
        shakers.look(0.05 * (tick + 1), POSE)
        if shakers._who is not None:
            rows = np.flatnonzero(people.id == shakers._who)
            nearest.append(float(np.hypot(*(people.position[rows[0]] - POSE[:2]))))
    return shakers, people, nearest


def test_who_wants_to_shake_hands_steps_up_and_goes_on() -> None:
    """Within arm's length, never nearer than walkers come to it; nothing is held without a hand."""
    shakers, _, nearest = stepped_up(1.0, 90.0)
    assert min(nearest) == pytest.approx(BEFORE, abs=0.2)
    assert len(shakers._done) >= 2
    assert shakers.figures()["hands_shaken"] == 0


def test_nobody_else_changes_where_nobody_wants_to() -> None:
    """With a share of 0 the walkers' tracks are those without any of this, bit for bit."""
    _, people, _ = stepped_up(0.0, 30.0)
    alone = Visitors(WORLD, np.random.default_rng(5))
    for _ in range(600):
        alone.advance(0.05, DISC)
    assert (people.position == alone.position).all()
