"""Checking behaviours: the file first, then the proof of its movement."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from robotics.authoring.shelf import Found, Shelf
from robotics.behaviour.certificate import Certificate
from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding, faults
from robotics.behaviour.format.compile import Compiler, Outcome
from robotics.behaviour.format.locate import located
from robotics.behaviour.songs import read_song
from robotics.certify import Proof, Prover
from robotics.core.errors import MissingDependency

PREVIEW = "sim.preview:preview"
"""Makes the video of a behaviour, as ``module:function``; loaded when asked for."""
TRIAL = "sim.trial:trial"
"""Lets a behaviour run under physics, with pushes."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One behaviour file, checked."""

    path: Path
    behaviour: Behaviour | None
    """None if the file has faults."""
    findings: tuple[Finding, ...]
    is_proved: bool = False
    """Whether the movement was proved, too, and not the file alone."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """The least margins of the proof."""

    @property
    def passes(self) -> bool:
        """Whether it may run."""
        return not faults(self.findings)


@dataclass(slots=True)
class Examiner:
    """Checks files; what is slow to load is loaded once."""

    proves: bool = True
    """Whether movements are proved, too."""
    missing: str = ""
    """What is not installed, so that movements cannot be proved."""
    _provers: dict[Shelf, Prover] = field(default_factory=dict)

    def check(self, files: Found) -> tuple[Checked, ...]:
        """Return what is wrong with each file; all files are read anew."""
        compilers: dict[Shelf, Compiler] = {}
        found = []
        for shelf, path in files:
            if shelf not in compilers:
                compilers[shelf] = Compiler(shelf.library())
            found.append(self._file(compilers[shelf], shelf, path)[0])
        return tuple(found)

    def certify(self, files: Found) -> tuple[tuple[Checked, Path | None], ...]:
        """Check files, and write the certificates of those that pass.

        Returns:
            Each with the file of its certificate; None if it has none.

        Raises:
            MissingDependency: Something is missing without which nothing can be proved.
        """
        found: list[tuple[Checked, Path | None]] = []
        for shelf, path in files:
            checked, proof = self._file(Compiler(shelf.library()), shelf, path)
            if self.missing:
                raise MissingDependency(self.missing, "a certificate", "all")
            if checked.behaviour is None or proof is None:
                found.append((checked, None))
                continue
            prover = self._provers[shelf]
            made: Certificate = prover.certificate(checked.behaviour, proof)
            file = prover.path(checked.behaviour.name)
            made.write(file)
            found.append((checked, file))
        return tuple(found)

    def _file(self, compiler: Compiler, shelf: Shelf, path: Path) -> tuple[Checked, Proof | None]:
        is_known = compiler.library.paths().get(path.stem) == path
        outcome = compiler.named(path.stem) if is_known else compiler.file(path)
        prover = self._prover(shelf) if self.proves and outcome.behaviour is not None else None
        if prover is None or outcome.behaviour is None:
            return Checked(path, outcome.behaviour, outcome.findings), None
        proof = prover.prove(outcome.behaviour)
        more = _placed(compiler, outcome, proof)
        found = tuple(dict.fromkeys((*outcome.findings, *more)))
        behaviour = None if faults(found) else outcome.behaviour
        return Checked(path, behaviour, found, True, dict(proof.figures)), proof

    def _prover(self, shelf: Shelf) -> Prover | None:
        """Return what proves movements; None if what it needs is not installed here."""
        if shelf not in self._provers:
            try:
                self._provers[shelf] = Prover(shelf.robot, folder=shelf.roots[0])
            except MissingDependency as error:
                self.missing = error.library
                return None
        return self._provers[shelf]


def _placed(compiler: Compiler, outcome: Outcome, proof: Proof) -> list[Finding]:
    """Return the findings of a proof with their lines, without songs that the package has."""
    songs = {f"songs/{path.name}" for path in compiler.library.song_paths().values()}
    return [
        located(one, outcome.sheet)
        for one in proof.findings
        if not (one.rule == "missing_file" and one.joint in songs)
    ]


def around(shelf: Shelf) -> tuple[Finding, ...]:
    """Return what is wrong with the author's poses and songs."""
    library = shelf.library()
    found = list(library.pose_findings)
    for path in library.song_paths().values():
        if path.is_relative_to(shelf.roots[0]):
            found += read_song(path)[0].findings
    return tuple(found)


def preview(behaviour: Behaviour, robot: str, folder: Path) -> Path:
    """Make the video of a behaviour that has passed; return its file.

    Raises:
        MissingDependency: The simulation is not installed.
    """
    try:
        render = _load(PREVIEW)
    except ImportError as error:
        raise MissingDependency("pybullet", "a preview", "sim") from error
    return Path(str(render(behaviour, robot, folder)))


def _load(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
