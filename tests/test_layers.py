"""Imports point down, and heavy packages are imported in one place each."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PEERS = ("planning", "control", "estimation", "wire", "behaviour", "voice")
"""Folders that never import one another."""

TOP = frozenset(
    {
        *("robots", "app", "certify", "record", "report", "remember", "daybook"),
        *("replay", "survey", "session", "console", "cli", "deploy"),
        *("talk", "cli_voice", "soundtrack", "hearing"),
        *("authoring", "cli_behaviour", "cli_walk", "gait_report"),
    }
)

ALLOWED: dict[str, frozenset[str]] = {
    "__init__": frozenset({"app", "robots", "mapping", "core"}),
    "assets": frozenset({"core"}),
    "core": frozenset({"core"}),
    "mapping": frozenset({"mapping", "core"}),
    **{peer: frozenset({peer, "mapping", "core", "assets"}) for peer in PEERS},
    "robots": frozenset({"robots", *PEERS, "mapping", "core", "assets"}),
    "app": frozenset({"core"}),
    "certify": frozenset({"certify", "robots", *PEERS, "mapping", "core", "assets"}),
    "record": frozenset({"record", "core"}),
    "report": frozenset({"report", "record", "mapping", "core"}),
    "remember": frozenset({"record", "robots", "planning", "core"}),
    "daybook": frozenset({"record", "remember", "robots", "mapping", "core"}),
    "replay": frozenset({"app", "daybook", "record", "robots", "mapping", "core"}),
    "survey": frozenset({"estimation", "record", "robots", "mapping", "core"}),
    "hearing": frozenset({"voice", "core"}),
    "soundtrack": frozenset({"record", "voice", "core"}),
    "session": frozenset(
        {
            *("app", "deploy", "daybook", "hearing", "record", "robots", "voice"),
            *("mapping", "core", "assets"),
        }
    ),
    "deploy": frozenset({"deploy", "robots", "wire", "core", "assets"}),
    "console": frozenset(
        {
            *("session", "replay", "survey", "soundtrack", "record", "report", "deploy"),
            *("robots", "wire", "mapping", "core", "assets"),
        }
    ),
    "talk": frozenset({"voice", "assets", "core"}),
    "cli_voice": frozenset({"talk", "core"}),
    "authoring": frozenset(
        {"authoring", "behaviour", "certify", "robots", "voice", "core", "assets"}
    ),
    "cli_behaviour": frozenset({"authoring", "behaviour", "wire", "core"}),
    "gait_report": frozenset({"report", "core"}),
    "cli_walk": frozenset({"gait_report", "core"}),
    "cli": frozenset(
        {
            *("cli_behaviour", "cli_voice", "cli_walk", "console", "deploy", "session"),
            *("record", "wire", "core"),
        }
    ),
}
"""What each part of ``robotics`` may import of ``robotics``."""

SIM_MAY_IMPORT = frozenset({"robots", "wire", "core", "assets"})
"""A simulator that shares code with what it tests would agree with its bugs."""

SIM_EXCEPTIONS = {
    *(("scenario.py", "app"), ("render.py", "record")),
    *(("preview.py", "certify"), ("preview_strip.py", "certify")),
}
"""A scenario brings controllers and bodies together; pictures are made from recordings; a preview
shows what was certified."""

ONLY_IN = {
    "pybullet": ("sim/",),
    "serial": ("robotics/wire/links.py",),
    "pynmea2": ("robotics/wire/gnss.py",),
    "transitions": ("robotics/behaviour/mission.py",),
    "pinocchio": ("robotics/control/dynamics.py",),
    "time": ("robotics/wire/pacer.py", "robotics/cli.py"),
    "mcap": ("robotics/record/",),
    "pypinyin": ("robotics/voice/", "robotics/behaviour/format/"),
    "pyworld": ("robotics/voice/vocoder.py",),
    "librosa": ("robotics/voice/beats.py",),
    "sounddevice": ("robotics/voice/device.py",),
    "sherpa_onnx": ("robotics/voice/sherpa.py",),
    "typer": ("robotics/cli.py", "robotics/cli_"),
    "rich": ("robotics/cli.py", "robotics/cli_", "robotics/console.py"),
    "ruamel": ("robotics/core/config.py", "robotics/core/marked.py"),
    "threading": (),
    "random": (),
}
"""Where each package may be imported."""


def _sources() -> Iterator[Path]:
    for package in ("robotics", "sim"):
        yield from sorted((ROOT / package).rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _part(path: Path) -> str:
    return path.relative_to(ROOT / "robotics").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", list(_sources()), ids=lambda p: str(p.relative_to(ROOT)))
def test_every_import_points_down(path: Path) -> None:
    """A part imports only the parts below it; robotics never imports sim."""
    inside = path.is_relative_to(ROOT / "robotics")
    for name in _imports(path):
        first, _, rest = name.partition(".")
        if first == "sim":
            assert not inside, f"robotics must not import {name}"
        if first != "robotics" or not rest:
            continue
        part = rest.split(".")[0]
        if inside:
            assert part in ALLOWED[_part(path)], f"{_part(path)} must not import {name}"
        elif (path.name, part) not in SIM_EXCEPTIONS:
            assert part in SIM_MAY_IMPORT, f"sim must not import {name}"


@pytest.mark.parametrize("path", list(_sources()), ids=lambda p: str(p.relative_to(ROOT)))
def test_heavy_packages_are_imported_in_one_place(path: Path) -> None:
    """Such as pybullet only in sim, pinocchio only in dynamics, the clock only in two files."""
    where = path.relative_to(ROOT).as_posix()
    for name in _imports(path):
        for package, places in ONLY_IN.items():
            if name == package or name.startswith(package + "."):
                assert where.startswith(places or ("nowhere",)), f"{where} imports {name}"


def test_the_table_names_every_part() -> None:
    """A new folder has to be given its place."""
    parts = {_part(path) for path in _sources() if path.is_relative_to(ROOT / "robotics")}
    assert parts <= set(ALLOWED), f"give these a row: {parts - set(ALLOWED)}"


def test_the_core_never_branches_on_being_simulated() -> None:
    """No name such as ``simulated`` stands in a condition of robotics."""
    for path in sorted((ROOT / "robotics").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.If | ast.IfExp):
                names = {n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)}
                names |= {n.attr for n in ast.walk(node.test) if isinstance(n, ast.Attribute)}
                assert not any("simul" in name or name == "is_real" for name in names), path


def test_no_file_is_longer_than_400_lines() -> None:
    """Small files; data belongs in data files."""
    long = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in _sources()}
    assert {str(p): n for p, n in long.items() if n > 400} == {}


@pytest.mark.parametrize("path", list(_sources()), ids=lambda p: str(p.relative_to(ROOT)))
def test_no_function_is_longer_than_60_lines(path: Path) -> None:
    """One thing each, to be read on one screen."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            length = node.end_lineno - node.lineno + 1
            assert length <= 60, f"{path}: {node.name} has {length} lines"


def test_the_tests_of_this_file_can_fail(tmp_path: Path) -> None:
    """A planted upward import is found."""
    planted = tmp_path / "x.py"
    planted.write_text("from robotics.planning import search\nimport pybullet\n")
    assert "robotics.planning.search" in set(_imports(planted))
    assert "planning" not in ALLOWED["control"]
    assert "planning" not in SIM_MAY_IMPORT
