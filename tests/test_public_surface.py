"""What a user imports from ``robotics`` exists, is the real thing, and costs nothing unasked."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import robotics

ROOT = Path(__file__).parents[1]
HEAVY = ("numpy", "scipy", "numba", "shapely", "pinocchio", "pybullet", "transitions", "sim")


@pytest.mark.parametrize("name", robotics.__all__)
def test_every_public_name_exists_and_is_explained(name: str) -> None:
    """It is the object of the module where it is written, not a copy, and has a docstring."""
    thing = getattr(robotics, name)
    assert thing is getattr(importlib.import_module(thing.__module__), name)
    assert thing.__module__.startswith("robotics.")
    assert thing.__doc__


def test_the_surface_is_small() -> None:
    """A dozen names, sorted and each once; a name that does not exist is refused."""
    assert len(robotics.__all__) <= 12
    assert sorted(set(robotics.__all__)) == robotics.__all__
    with pytest.raises(AttributeError, match="'robotics' has no attribute 'helper'"):
        _ = robotics.helper  # type: ignore[attr-defined]  # that is what is tested


def test_importing_the_package_imports_nothing_heavy() -> None:
    """In a new process, ``import robotics`` leaves every large library alone."""
    probe = f"import sys, robotics; print(*[n for n in {HEAVY} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_the_names_are_enough_to_assemble_a_robot(tmp_path: Path) -> None:
    """A wrong name of a robot is answered from the real catalogue, through the public name."""
    from robotics.core.errors import FileError, UnknownName

    with pytest.raises(FileError):
        robotics.load_site(tmp_path)
    with pytest.raises(UnknownName, match="sweeper"):
        robotics.assemble("sweper", None, seconds=1.0)  # type: ignore[arg-type]  # never reached
