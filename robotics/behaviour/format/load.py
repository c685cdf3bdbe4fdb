"""The door to the format: the behaviours of a folder, ready, or everything that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding, faults
from robotics.behaviour.format.compile import Compiler, Outcome, variant_name
from robotics.behaviour.format.library import Library
from robotics.core.errors import ConfigError
from robotics.core.joints import JointTable


def library_of(folder: Path, table: JointTable) -> Library:
    """Return the library around a folder of behaviours: poses and songs are beside it."""
    return Library(folder.name, table, (folder.parent,))


def load_folder(folder: Path, table: JointTable) -> Mapping[str, Behaviour]:
    """Return all behaviours of a folder by name, each checked against the robot's joints.

    A behaviour that another one plays with parameters is there a second time, under the name that
    the step says: ``cheer(times=3)``.

    Raises:
        ConfigError: Every fault of every wrong file, with its line.
    """
    if not any(folder.glob("*.yaml")):
        raise ConfigError(folder, "", "it has no behaviour", "add one .yaml file for each")
    library = library_of(folder, table)
    outcomes = compile_all(library)
    _raise((*library.pose_findings, *(f for one in outcomes.values() for f in one.findings)))
    ready = {name: one.behaviour for name, one in outcomes.items() if one.behaviour is not None}
    return MappingProxyType(ready)


def load_file(path: Path, table: JointTable) -> Behaviour:
    """Return the behaviour of one file, checked against the robot's joints.

    Raises:
        ConfigError: The file is wrong, or asks more than a joint can do.
    """
    outcome = Compiler(library_of(path.parent, table)).file(path)
    _raise(outcome.findings)
    assert outcome.behaviour is not None
    return outcome.behaviour


def reload(
    folder: Path, table: JointTable, now: Mapping[str, Behaviour]
) -> tuple[Mapping[str, Behaviour], tuple[Finding, ...]]:
    """Return the behaviours of a folder while a robot runs, and what is wrong with its files.

    Args:
        folder: The folder.
        table: The robot's joints.
        now: What is in use: a file that has faults now leaves its behaviour as it is.
    """
    outcomes = compile_all(library_of(folder, table))
    ready = dict(now)
    for name in now:
        if name not in outcomes:
            del ready[name]
    ready |= {n: one.behaviour for n, one in outcomes.items() if one.behaviour is not None}
    findings = tuple(finding for one in outcomes.values() for finding in one.findings)
    return MappingProxyType(dict(sorted(ready.items()))), findings


def compile_all(library: Library) -> Mapping[str, Outcome]:
    """Return every behaviour of a library, compiled, by name; variants with parameters too."""
    compiler = Compiler(library)
    for name in library.paths():
        compiler.named(name)
    found = {
        variant_name(name, arguments) if arguments else name: outcome
        for (name, arguments), outcome in compiler.done.items()
        if not arguments or outcome.behaviour is not None
    }
    return dict(sorted(found.items()))


def as_error(one: Finding) -> ConfigError:
    """Return a finding as the error that ends a program."""
    line = f"line {one.line} ({one.place})" if one.place else f"line {one.line}"
    problem = replace(one, file="", place="", cure=("", "")).text("en")
    return ConfigError(one.file, line, problem, one.cure[1])


def _raise(findings: Iterable[Finding]) -> None:
    errors = [as_error(one) for one in dict.fromkeys(faults(findings))]
    if errors:
        errors[0].args = ("\n".join(str(error) for error in errors),)
        raise errors[0]
