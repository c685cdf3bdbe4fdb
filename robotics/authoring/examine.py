"""Checking behaviours: the file first, then the proof of its movement."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from robotics.assets import asset
from robotics.authoring.answers import check_answers
from robotics.authoring.shelf import Found, Shelf
from robotics.behaviour.certificate import certificate_path, read_certificate
from robotics.behaviour.clips import Behaviour
from robotics.behaviour.finding import Finding, faults
from robotics.behaviour.format.compile import Compiler, Outcome
from robotics.behaviour.format.locate import located
from robotics.behaviour.format.sheet import Sheet
from robotics.behaviour.songs import read_song
from robotics.core.errors import MissingDependency

if TYPE_CHECKING:
    from robotics.certify import Proof, Prover

PREVIEW = "sim.preview:preview"
"""Makes the video of a behaviour, as ``module:function``; loaded when asked for."""


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
    rehearsal: Mapping[str, float] = field(default_factory=dict)
    """What the simulation measured; nothing if there was no rehearsal."""
    is_kept: bool = False
    """Whether the certificate that there was holds: nothing was proved again."""

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

    def certify(
        self, files: Found, *, physics: bool = True, again: bool = False
    ) -> Iterator[tuple[Checked, Path | None]]:
        """Check files one after the other, and write the certificates of those that pass.

        Args:
            files: Read anew.
            physics: Whether a movement is rehearsed in the simulation, with pushes.
            again: Also those whose certificate holds already.

        Yields:
            Each with the file of its certificate; None if it has none.

        Raises:
            MissingDependency: Something is missing without which nothing can be proved.
        """
        for shelf, path in files:
            compiler = Compiler(shelf.library())
            kept = None if again else _kept(compiler, shelf, path, physics=physics)
            if kept is not None:
                yield kept, certificate_path(shelf.roots[0], shelf.robot, path.stem)
                continue
            checked, proof = self._file(compiler, shelf, path)
            if self.missing:
                raise MissingDependency(self.missing, "a certificate", "all")
            if checked.behaviour is not None and physics and _moves(shelf, checked.behaviour):
                checked = _rehearsed(checked, _outcome(compiler, path).sheet)
            if checked.behaviour is None or proof is None:
                yield checked, None
                continue
            prover = self._provers[shelf]
            file = prover.path(checked.behaviour.name)
            prover.certificate(checked.behaviour, proof, checked.rehearsal).write(file)
            yield checked, file

    def _file(self, compiler: Compiler, shelf: Shelf, path: Path) -> tuple[Checked, Proof | None]:
        outcome = _outcome(compiler, path)
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
        from robotics.certify import Prover  # loads the whole robot: a second

        if shelf not in self._provers:
            try:
                self._provers[shelf] = Prover(shelf.robot, folder=shelf.roots[0])
            except MissingDependency as error:
                self.missing = error.library
                return None
        return self._provers[shelf]


def _kept(compiler: Compiler, shelf: Shelf, path: Path, *, physics: bool) -> Checked | None:
    """Return a behaviour whose certificate holds, a rehearsal included if one is asked for."""
    from robotics.robots.proven import certified  # loads the numbers of the whole robot

    outcome = _outcome(compiler, path)
    one, home = outcome.behaviour, shelf.roots[0]
    if one is None or not certified(one, shelf.robot, folder=home).holds:
        return None
    known = read_certificate(certificate_path(home, shelf.robot, one.name))
    if known is None or (physics and _moves(shelf, one) and not known.physics):
        return None
    figures, rehearsal = dict(known.proved), dict(known.physics)
    return Checked(path, one, outcome.findings, True, figures, rehearsal, is_kept=True)


def _outcome(compiler: Compiler, path: Path) -> Outcome:
    is_known = compiler.library.paths().get(path.stem) == path
    return compiler.named(path.stem) if is_known else compiler.file(path)


def _moves(shelf: Shelf, one: Behaviour) -> bool:
    """Whether there is something that could bring a robot down."""
    return shelf.robot == "greeter" and bool(one.clip or one.sway or one.feet)


def _rehearsed(checked: Checked, sheet: Sheet) -> Checked:
    """Return a behaviour that passed as it is after its rehearsal under physics."""
    from robotics.certify.rehearsal import rehearse

    assert checked.behaviour is not None
    rehearsal = rehearse(checked.behaviour)
    found = (*checked.findings, *(located(one, sheet) for one in rehearsal.findings))
    behaviour = None if faults(found) else checked.behaviour
    figures = dict(rehearsal.figures)
    return replace(checked, behaviour=behaviour, findings=found, rehearsal=figures)


def _placed(compiler: Compiler, outcome: Outcome, proof: Proof) -> list[Finding]:
    """Return the findings of a proof with their lines, without songs that the package has."""
    songs = {f"songs/{path.name}" for path in compiler.library.song_paths().values()}
    return [
        located(one, outcome.sheet)
        for one in proof.findings
        if not (one.rule == "missing_file" and one.joint in songs)
    ]


def around(shelf: Shelf) -> tuple[Finding, ...]:
    """Return what is wrong with the author's poses, songs and answers."""
    library = shelf.library()
    found = list(library.pose_findings)
    for path in library.song_paths().values():
        if path.is_relative_to(shelf.roots[0]):
            found += read_song(path)[0].findings
    own = shelf.roots[0] / "answers"
    found += check_answers(own, asset("behaviours/answers"), frozenset(library.paths()))
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
