"""A folder that is edited while a robot runs, and where a proof's findings come from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from robotics.behaviour.finding import Finding
from robotics.behaviour.format.load import load_folder, reload
from robotics.behaviour.format.locate import located
from robotics.core.errors import ConfigError

TWO = """\
kind: dance
priority: show
tracks:
  arm_left:
    - {time: 0, pose: rest}
    - {time: 2, pose: open_wide}
    - {time: 4, pose: rest}
  head:
    - {time: 0, joints: {head_yaw: 0}}
    - {time: 3, joints: {head_yaw: 9}}
    - {time: 5, joints: {head_yaw: 0}}
"""


def test_a_broken_edit_leaves_the_behaviour_as_it_is(desk: Any) -> None:
    """A good edit counts, a broken one does not, a deleted file is gone, a new one is there."""
    folder, table = desk.root / "greeter", desk.library().table
    for name in ("kept", "mended", "gone"):
        desk.write(name, "kind: report\npriority: show\nsay: {zh: 好, en: old}\n")
    before = load_folder(folder, table)
    desk.write("kept", "kind: reprt\npriority: show\nsay: {zh: 好, en: new}\n")
    desk.write("mended", "kind: report\npriority: show\nsay: {zh: 好, en: new}\n")
    desk.write("added", "kind: report\npriority: show\nsay: {zh: 好, en: new}\n")
    (folder / "gone.yaml").unlink()
    after, findings = reload(folder, table, before)
    texts = {name: one.en for name, one in after.items() if one.en}
    assert texts == {"kept": ("old",), "mended": ("new",), "added": ("new",)}
    assert [(one.line, one.rule) for one in findings] == [(2, "value")]


def test_a_folder_with_faults_is_refused_with_all_of_them(desk: Any) -> None:
    """One line for each fault of each file."""
    desk.write("a", "kind: reprt\npriority: shw\nsay: {zh: 好, en: x}\n")
    desk.write("b", "kind: report\npriority: show\nsay: {zh: 好}\n")
    with pytest.raises(ConfigError) as caught:
        load_folder(desk.root / "greeter", desk.library().table)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "line 2 (kind)",
        "line 3 (priority)",
        "line 4 (say.en)",
    ]


@pytest.mark.parametrize(
    ("joint", "time", "line", "place"),
    [
        ("left_elbow", 1.0, 7, "tracks.arm_left[1]"),
        ("left_elbow", 3.0, 8, "tracks.arm_left[2]"),
        ("head_yaw", 1.0, 11, "tracks.head[1]"),
        ("left_hand / head", 1.9, 7, "tracks.arm_left[1]"),
        ("head / trunk", 4.5, 12, "tracks.head[2]"),
        ("right_knee", 1.0, 7, "tracks.arm_left[1]"),
        ("", 4.9, 12, "tracks.head[2]"),
        ("left_elbow", 9.0, 8, "tracks.arm_left[2]"),
    ],
)
def test_a_proofs_finding_gets_the_keyframe_that_is_moved_to(
    desk: Any, joint: str, time: float, line: int, place: str
) -> None:
    """By joint and time; by limb for links; by time alone for the body."""
    desk.good(TWO)
    sheet = desk.compiled("one").sheet
    one = Finding("torque", ("太重", "too heavy"), time=time, joint=joint)
    found = located(one, sheet)
    assert (found.line, found.place, found.file) == (line, place, sheet.file)
    assert located(found, sheet) == found


def test_a_finding_about_the_whole_stands_at_its_section(desk: Any) -> None:
    """Without a time it is the tracks, the steps or the words."""
    desk.good(TWO)
    one = Finding("duration", ("太长", "too long"))
    assert located(one, desk.compiled("one").sheet).place == "tracks"
    desk.good("kind: report\npriority: show\nsay: {zh: 好, en: ok}\n", "two")
    found = located(replace(one, joint="say.zh"), desk.compiled("two").sheet)
    assert (found.place, found.line) == ("say", 4)
