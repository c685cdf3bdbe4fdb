"""A wrong behaviour file gets one line that says where, what, and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from robotics.behaviour.clips import Priority, load_behaviour, load_behaviours
from robotics.behaviour.compiled import Interruptible
from robotics.core.errors import ConfigError
from robotics.core.joints import Joint, JointTable, Mode

TABLE = JointTable(
    tuple(
        Joint(name, Mode.POSITION, -1.5, 1.5, 6.0, 4.8)
        for name in ("head_yaw", "head_pitch", "right_shoulder_roll", "right_elbow")
    )
)
GOOD = """\
behaviour: hello
kind: greeting
priority: visitor
duration: 2.0
say:
  zh: 你好
  en: [Hello]
tracks:
  head:
    - {time: 0.0, joints: {head_pitch: 0}}
    - {time: 0.5, joints: {head_pitch: 15}}
    - {time: 1.5, joints: {head_pitch: 0}}
"""


def written(folder: Path, text: str, name: str = "hello") -> Path:
    """Write a behaviour file."""
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_file_loads(tmp_path: Path) -> None:
    """With one text or several, tracks, defaults."""
    one = load_behaviour(written(tmp_path, GOOD), TABLE)
    assert (one.name, one.kind, one.priority) == ("hello", "greeting", Priority.VISITOR)
    assert (one.zh, one.en) == (("你好",), ("Hello",))
    assert one.interruptible is Interruptible.ALWAYS
    assert one.clip is not None
    assert (one.clip.joints, one.clip.duration, one.clip.loop) == (("head_pitch",), 2.0, False)


WRONG = {
    "key twice": ("kind: greeting", "kind: greeting\nkind: idle", r"line 3.*stands twice"),
    "a language 'no'": ("  en: [Hello]", "  en: Hi\n  no: Hei", r"line 8 .*unknown key 'no'.*zh"),
    "one language": ("  en: [Hello]\n", "", r"'en' is missing"),
    "unpaired": ("[Hello]", "[Hello, Hi]", r"line 5 \(say\).*1 variants in zh and 2 in en"),
    "unknown key": ("duration:", "durration:", r"line 4.*did you mean 'duration'"),
    "unknown kind": ("kind: greeting", "kind: jump", r"line 2 \(kind\): 'jump'.*'greeting'"),
    "yes is text": ("duration: 2.0", "duration: 2.0\nloop: yes", r"line 5 \(loop\): 'yes'"),
    "12:30 is text": ("time: 0.5", "time: 12:30", r"line 11 .*'12:30' is not allowed"),
    "not a number": ("time: 0.5", "time: .nan", r"line 11 "),
    "unknown joint": (
        "{head_pitch: 15}",
        "{head_ptich: 15}",
        r"line 11 .*'head_ptich' does not exist; did you mean 'head_pitch'",
    ),
    "unknown joint everywhere": (
        "head_pitch",
        "head_pich",
        r"line 10 .*'head_pich' does not exist; did you mean 'head_pitch'",
    ),
    "joint of another group": (
        "{head_pitch: 0}}\n    - {time: 0.5",
        "{right_elbow: 0}}\n    - {time: 0.5",
        r"line 10 .*'right_elbow' is no joint of head; its joints begin with head_",
    ),
    "out of limit": (
        "{head_pitch: 15}",
        "{head_pitch: 95}",
        r"line 11 \(tracks\.head\[1\]\.joints\.head_pitch\): 0.50 s: head_pitch: out of its limits "
        r"\(95 deg, allowed 85.9 deg\); its limits are -85.9 to 85.9 deg: use 85$",
    ),
    "too fast": (
        "time: 0.5, joints: {head_pitch: 15}",
        "time: 0.1, joints: {head_pitch: 60}",
        r"line 11 .*head_pitch: has to move too fast from 0 s to 0.1 s "
        r"\(1125 deg/s, allowed 171.9 deg/s\); give it more time, at least 0.66 s",
    ),
    "times run backwards": ("time: 0.5", "time: 1.7", r"line 12 .*1.5 s does not come after 1.7"),
    "late start": ("time: 0.0", "time: 0.1", r"line 10 .*a track starts at time 0"),
    "beyond the end": ("duration: 2.0", "duration: 1.0", r"line 12 .*1.5 s is after the end"),
    "does not come back": (
        "time: 1.5, joints: {head_pitch: 0}",
        "time: 1.5, joints: {head_pitch: 3}",
        r"line 12 .*'head_pitch' ends at 3 deg; bring it back to its start, 0 deg",
    ),
    "name and file": ("behaviour: hello", "behaviour: hallo", r"line 1 .*the file says 'hello'"),
    "nothing to do": (
        GOOD[GOOD.index("say:") :],
        "",
        r"it neither says nor moves anything",
    ),
    "unknown group": (
        "  head:",
        "  tail:",
        r"line 9 .*unknown key 'tail'; allowed: arm_left, arm_right",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_says_where_and_what(tmp_path: Path, case: str) -> None:
    """One fault each; file, line and cure are in the text."""
    old, new, expected = WRONG[case]
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_behaviour(path, TABLE)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert re.search(expected, text), text


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """Not a robot without behaviours."""
    with pytest.raises(ConfigError, match="it has no behaviour"):
        load_behaviours(tmp_path, TABLE)


def test_loaded_behaviours_cannot_be_changed(tmp_path: Path) -> None:
    """The mapping is read-only and in alphabetical order."""
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace("hello", "again"), "again")
    found = load_behaviours(tmp_path, TABLE)
    assert list(found) == ["again", "hello"]
    with pytest.raises(TypeError):
        found["x"] = found["hello"]  # type: ignore[index]
