"""A URDF of another size is refused with one line that says what is wrong and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from robotics.assets import asset
from robotics.core.errors import ModelError
from robotics.robots.greeter.joints import load, load_from
from robotics.robots.greeter.physique import MASS, MEASURES

TEXT = Path(asset("urdf/greeter/greeter.urdf")).read_text()


def _larger(text: str) -> str:
    """Return a robot twice as tall."""
    return text.replace('xyz="0 0 -0.23"', 'xyz="0 0 -0.46"')


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (
            _larger,
            ["link left_shank", "z = -0.46 m from left_thigh", "allowed: -0.2415 to -0.2185"],
        ),
        (
            lambda text: text.replace('xyz="0 0.065 0"', 'xyz="0 0.09 0"'),
            ["link left_thigh", "y = 0.09 m from trunk", "allowed: 0.06175 to 0.06825"],
        ),
        (
            lambda text: text.replace('<mass value="5.10122"/>', '<mass value="51.0122"/>'),
            ["link trunk", "51.01 kg", "allowed: 10.31 to 17.19 kg"],
        ),
    ],
)
def test_another_size_is_one_clear_error(
    spoil: Callable[[str], str], words: list[str], tmp_path: Path
) -> None:
    """File, link, value, what is allowed, the cure; no trace of a walk on it."""
    path = tmp_path / "other.urdf"
    path.write_text(spoil(TEXT))
    with pytest.raises(ModelError) as found:
        load_from(path)
    line = str(found.value)
    assert "\n" not in line
    assert str(path) in line
    for word in (*words, "mend"):
        assert word in line


def test_the_greeter_itself_is_in_the_middle_of_what_is_allowed() -> None:
    """All lengths as written, to a millimetre; the mass to a percent."""
    model = load()
    poses = model.poses_in_base([0.0] * len(model.joints))
    for one in MEASURES:
        found = (poses[one.link][0] - poses[one.other][0])[one.axis]
        assert found == pytest.approx(one.length, abs=1e-3), one
    assert model.mass == pytest.approx(MASS, rel=0.01)
