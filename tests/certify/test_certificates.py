"""Certificates: what makes one void, and whether the shipped ones hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from made import behaviour, moving

from robotics.assets import asset
from robotics.behaviour.certificate import (
    certificate_path,
    fingerprint_of_behaviour,
    fingerprint_of_body,
    fingerprint_of_rules,
    read_certificate,
    verdict,
)
from robotics.behaviour.clips import Behaviour, load_behaviours
from robotics.behaviour.compiled import Resource, Stretch
from robotics.behaviour.margins import Margins
from robotics.certify import Prover, certified
from robotics.robots.greeter import joints as greeter
from robotics.robots.proven import body_mark
from robotics.robots.sweeper import joints as sweeper

ROOT = Path(__file__).parents[2]
ARM = moving({"right_elbow": -1.2})


def write(folder: Path, one: Behaviour) -> None:
    """Certify ``one`` into ``folder``."""
    prover = Prover("greeter", folder=folder)
    proof = prover.prove(one)
    assert proof.holds
    prover.certificate(one, proof).write(prover.path(one.name))


def test_a_certificate_holds_for_what_it_was_made_for(tmp_path: Path) -> None:
    """And is found, read and compared; a second one has the same bytes."""
    write(tmp_path, ARM)
    assert certified(ARM, "greeter", folder=tmp_path)
    path = certificate_path(tmp_path, "greeter", "made")
    before = path.read_bytes()
    write(tmp_path, ARM)
    assert path.read_bytes() == before
    kept = read_certificate(path)
    assert kept is not None
    assert kept.proved["exit_s"] <= 0.8


def test_any_change_makes_it_void(tmp_path: Path) -> None:
    """Of a curve by a hair, of a text, of the body, of the margins; each said with its cure."""
    write(tmp_path, ARM)
    nudged = moving({"right_elbow": -1.2 - 1e-12})
    for changed in (nudged, replace(ARM, title=("手", "Arm")), replace(ARM, needs=("room>1",))):
        answer = certified(changed, "greeter", folder=tmp_path)
        assert not answer
        assert "robotics behaviour certify" in answer.reason
    other = verdict(ARM, "greeter", folder=tmp_path, body="another")
    assert "the body changed" in other.reason
    assert fingerprint_of_rules() != fingerprint_of_rules(Margins(zmp=0.021))
    assert not certified(ARM, "sweeper", folder=tmp_path)
    assert "no certificate" in certified(behaviour("new"), "greeter", folder=tmp_path).reason


def test_steps_need_a_rehearsal_and_keep_it(tmp_path: Path) -> None:
    """Without one they are refused; a proof made anew keeps it, a changed behaviour loses it."""
    feet = (Stretch(0.5, 3.0, (0.0, 0.0, 0.0), 0.6),)
    one = behaviour("steps", feet=feet, resources=frozenset({Resource.BASE}))
    write(tmp_path, one)
    assert "rehearsed" in certified(one, "greeter", folder=tmp_path).reason
    prover = Prover("greeter", folder=tmp_path)
    proof = prover.prove(one)
    prover.certificate(one, proof, {"runs": 3.0}).write(prover.path("steps"))
    assert certified(one, "greeter", folder=tmp_path)
    assert prover.certificate(one, proof).physics == {"runs": 3.0}
    assert prover.certificate(replace(one, duration=6.5), proof).physics == {}


def test_a_broken_certificate_is_none(tmp_path: Path) -> None:
    """Half a file, or another format: as if there were none."""
    path = certificate_path(tmp_path, "greeter", "made")
    path.parent.mkdir(parents=True)
    for text in ("", "{", '{"robot": "greeter"}', "[]"):
        path.write_text(text)
        assert read_certificate(path) is None
        assert not certified(ARM, "greeter", folder=tmp_path)


def test_songs_are_part_of_the_fingerprint(tmp_path: Path) -> None:
    """A changed song is a changed behaviour."""
    song = tmp_path / "song.yaml"
    missing = fingerprint_of_behaviour(ARM, [song])
    song.write_text("song: a")
    first = fingerprint_of_behaviour(ARM, [song])
    song.write_text("song: b")
    assert len({missing, first, fingerprint_of_behaviour(ARM, [song])}) == 3


def test_the_mark_of_a_body_is_its_urdf_and_numbers(tmp_path: Path) -> None:
    """A limit of a joint is in the URDF."""
    urdf = tmp_path / "a.urdf"
    urdf.write_text('<limit upper="1.0"/>')
    before = fingerprint_of_body(urdf, (1.0,))
    assert before != fingerprint_of_body(urdf, (1.1,))
    urdf.write_text('<limit upper="1.1"/>')
    assert before != fingerprint_of_body(urdf, (1.0,))
    assert body_mark("greeter") != body_mark("sweeper")


def shipped(robot: str) -> Mapping[str, Behaviour]:
    """Return the robot's behaviours, if any of them was ever certified (as the runner does)."""
    if not (ROOT / "behaviours" / "certificates" / robot).is_dir():
        pytest.skip("no certificates yet; run: robotics behaviour certify")
    table = {"greeter": greeter, "sweeper": sweeper}[robot].load().joints
    return load_behaviours(asset(f"behaviours/{robot}"), table)


@pytest.mark.parametrize("robot", ["greeter", "sweeper"])
def test_shipped_behaviours_are_certified_as_they_are(robot: str) -> None:
    """Whoever changes a behaviour, a body or a rule runs: robotics behaviour certify."""
    found = {name: certified(one, robot).reason for name, one in shipped(robot).items()}
    assert {name: reason for name, reason in found.items() if reason} == {}


@pytest.mark.parametrize("robot", ["greeter", "sweeper"])
def test_no_certificate_is_left_of_a_behaviour_that_is_gone(robot: str) -> None:
    """They come and go together."""
    behaviours = shipped(robot)
    kept = {path.stem for path in asset(f"behaviours/certificates/{robot}").glob("*.json")}
    assert kept <= set(behaviours)
