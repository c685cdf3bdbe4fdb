"""A wrong file gets one clear error for each fault: file, line, value, what is allowed."""

from pathlib import Path

import pytest
from pydantic import Field

from robotics.core.config import Schema, load
from robotics.core.errors import ConfigError


class Wheel(Schema):
    """A part of the test schema."""

    radius: float = Field(gt=0)


class Cart(Schema):
    """The test schema."""

    name: str
    wheels: tuple[Wheel, ...] = ()
    speed: float = 1.0


def _load(tmp_path: Path, text: str) -> Cart:
    path = tmp_path / "cart.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, Cart)


def test_a_good_file_becomes_its_model(tmp_path: Path) -> None:
    """Values arrive typed; defaults fill what is absent."""
    cart = _load(tmp_path, "name: 小车\nwheels:\n- radius: 0.1\n- {radius: 0.2}\n")
    assert cart == Cart(name="小车", wheels=(Wheel(radius=0.1), Wheel(radius=0.2)), speed=1.0)


def test_yaml_1_2_has_no_surprises(tmp_path: Path) -> None:
    """``no`` is a word and 12:30 is text, not false and 750."""
    assert _load(tmp_path, "name: no\n").name == "no"
    assert _load(tmp_path, "name: 12:30\n").name == "12:30"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: a\nspeeed: 2\n", ["line 2", "unknown key 'speeed'", "did you mean 'speed'?"]),
        ("name: a\ncolour: red\n", ["line 2", "unknown key 'colour'", "name, wheels, speed"]),
        ("speed: 2\n", ["'name' is missing", "add it"]),
        ("name: a\nwheels:\n- radius: 0.1\n- radius: -3\n", ["line 4", "wheels[1].radius", "-3"]),
        ("name: a\nspeed: fast\n", ["line 2", "'fast' is not allowed", "number"]),
        ("name: a\nname: b\n", ["line 2", "a key stands twice"]),
        ("name: [1, 2\n", ["line", "yaml.org"]),
        ("", ["the file is empty", "it needs name"]),
        ("- 1\n- 2\n", ["is not allowed"]),
    ],
)
def test_every_fault_says_where_what_and_how_to_mend_it(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    """The text names the file, the line, the value and the cure."""
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, text)
    assert "cart.yaml" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Nobody has to run it again to find the second fault."""
    with pytest.raises(ConfigError) as caught:
        _load(tmp_path, "nam: a\nspeed: fast\nwheels:\n- radius: 0\n")
    assert len(str(caught.value).splitlines()) == 4


def test_a_missing_file_and_a_wrong_encoding_are_named(tmp_path: Path) -> None:
    """Neither ends in a traceback."""
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "absent.yaml", Cart)
    (tmp_path / "latin.yaml").write_bytes("name: é".encode("latin-1"))
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path / "latin.yaml", Cart)
