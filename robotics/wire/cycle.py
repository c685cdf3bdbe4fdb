"""The control cycle: goals to all devices and readings from all of them, in one write and one read.

All devices of a line take their goals at the same addresses and are read at the same addresses (our
boards are laid out for that; P and X series on one line are brought together by their indirect
addresses). So a cycle is one Sync Write, which nobody answers, and one Fast Sync Read, which all
answer together. Everything that does not change is prepared.

What comes back damaged is salvaged block by block; what is missing is asked for again while there
is time. A silent device silences those behind it: it is the first of a tail that is missing whole,
and from then on it is asked last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from robotics.core.arrays import BoolArray
from robotics.wire.bus import STATUS_FRAME, Bus
from robotics.wire.fast import BLOCK_FRAME, PROLOGUE, prologue, salvage
from robotics.wire.instructions import sync_read, sync_write
from robotics.wire.packet import (
    BROADCAST,
    HEADER,
    Decoder,
    Instruction,
    Packet,
    crc16,
    encode,
    status_frame,
)
from robotics.wire.pieces import Pieces

ByteArray = NDArray[np.uint8]

_MARK = HEADER[:3]
_BODY = 7
"""Where the instruction stands in a frame."""
_ROWS = 12
"""Where the rows of a Sync Write begin."""
_QUESTIONS = 64
"""So many different questions are kept ready."""
_TRIES = 12
"""So often the missing are asked again, if there is time."""
_ALERTED = 200
"""After damage goals are told in short frames, and repeatedly, for so many cycles."""
_SPARE = 0.0005
"""Goals are told in short frames always, if that takes no more time than this [s]: the first frame
that is damaged on a line that was clean is a short one, too. At 4 Mbit/s, 22 devices: 0.35 ms."""
_REPEATS = 3
"""So often a short one is told: a lost goal is worth a wait no longer than a tick."""
_HASTE, _LEAST, _FORGETS = 1.5, 0.0005, 0.99
"""Where questions get lost, an answer is waited for 1.5 times as long as it was late lately, and
0.5 ms more; what it was is forgotten by a hundredth a cycle."""
_SHARE = 0.12
"""Part of an exchange's time that may go into that."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Neighbouring addresses of a device."""

    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Group:
    """Devices that are told and read together."""

    ids: tuple[int, ...]
    told: Addresses
    """Where all of them take their goals."""
    read: Addresses
    """Where all of them are read."""
    fast: bool = True
    """Whether all know Fast Sync Read (X and P series: from firmware 45 and 12 on; our boards)."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What devices said in one cycle, in the order of the group."""

    rows: ByteArray
    """Data, shape (n, length); whatever was there where nothing came."""
    fresh: BoolArray
    """Whose data came and were right, shape (n,)."""
    errors: ByteArray
    """Error bytes of those, shape (n,); 0 where nothing came."""
    is_whole: bool = False
    """Whether all devices answered, none of them with an error."""
    blamed: list[int] = field(default_factory=list)
    """Places of devices whose silence silenced those behind them."""
    is_damaged: bool = False
    """Whether bytes came, and were damaged: the line is noisy, nobody is silent."""

    @staticmethod
    def none(count: int, length: int) -> Answers:
        """Nobody said anything."""
        nothing = np.zeros(count, dtype=np.uint8)
        return Answers(np.zeros((count, length), np.uint8), nothing.astype(np.bool_), nothing)

    def put(self, place: int, data: bytes, error: int) -> None:
        """Take note of what one device said."""
        self.rows[place] = np.frombuffer(data, np.uint8)
        self.errors[place] = error
        self.fresh[place] = True


@dataclass(frozen=True, slots=True)
class _Question:
    frame: bytes
    places: tuple[int, ...]
    """Of the devices asked, in the group."""
    ids: bytes
    head: bytes
    """What the answer begins with."""
    expected: int
    """Bytes of the whole answer."""
    is_everybody: bool
    """Whether it asks the whole group, in its own order."""


class Cycle:
    """Tells and reads a group."""

    def __init__(self, bus: Bus, group: Group) -> None:
        """Prepare all frames."""
        self.bus, self.group = bus, group
        count = len(group.ids)
        self._everybody = tuple(range(count))
        self._all = np.ones(count, dtype=np.bool_)
        self._questions: dict[tuple[int, ...], _Question] = {}
        self._all.setflags(write=False)
        still = dict.fromkeys(group.ids, bytes(group.told.length))
        frame = sync_write(group.told.first, still)[:-2]
        self._frame = np.frombuffer(frame, np.uint8).copy()
        self._goals = self._frame[_ROWS:].reshape(count, -1)[:, 1:]
        self._pieces = Pieces(group.told.first, group.told.length, group.ids)
        more = len(self._pieces.tell(self._goals)) - len(self._frame) - 2
        self._is_short = bus.timing.on_wire(more) <= _SPARE
        silent = bytes(group.read.length)
        self._heads = {id: status_frame(id, silent)[: _BODY + 1] for id in group.ids}
        self._is_clean = False
        self._alerted = 0
        self._usual = 0.0

    def exchange(
        self,
        goals: ByteArray | None,
        *,
        until: float,
        asked: Sequence[int] | None = None,
        suspects: Sequence[int] = (),
        before: bytes = b"",
    ) -> Answers:
        """Tell all devices their goals and return what the asked ones say.

        Args:
            goals: Row of each device, shape (n, length); None to tell nothing.
            until: When the answers must be there [s].
            asked: Places in the group, in the order in which they are to answer; None for all.
            suspects: Places of devices that may be silent: asked behind the others, and only once.
            before: Frames that nobody answers, to be sent ahead of the goals.

        Raises:
            LinkLost: The port is gone.
        """
        first = self._everybody if asked is None else tuple(asked)
        question = self._question((*first, *suspects))
        if not self._is_clean:
            self.bus.link.flush()
        told = b"" if goals is None else self._told(goals, until)
        said = before + told + question.frame
        self.bus.link.write(said)
        data = self._collect(question, len(said), until)
        answers = self._whole(question, data)
        self._is_clean = answers is not None
        if answers is None:
            answers = self._nothing()
            self._take(question, data, answers)
            is_damaged = self.group.fast and _is_damage(question, data, answers)
            if is_damaged:
                self._alerted = _ALERTED
            self._ask_again(first, answers, until)
            if self._alerted:  # who is missing on a noisy line is not to blame
                answers.blamed.clear()
            answers = replace(answers, is_damaged=is_damaged)
        elif self._alerted:
            self._alerted -= 1
        return answers

    # --------------------------------------------------------------------------------- sending

    def _told(self, goals: ByteArray, until: float) -> bytes:
        """Return the Sync Write; short ones where there is time, or the line damages bytes."""
        if self._alerted:
            pieces = self._pieces.tell(goals)
            spare = _SHARE * (until - self.bus.clock.now())
            most = int(spare / self.bus.timing.on_wire(len(pieces)))
            return pieces * min(max(most, 1), _REPEATS)
        if self._is_short:
            return self._pieces.tell(goals)
        self._goals[:] = goals
        frame = self._frame.tobytes()
        if _MARK in frame[_BODY:]:
            return encode(Packet(BROADCAST, Instruction.SYNC_WRITE, frame[_BODY + 1 :]))
        return frame + crc16(frame).to_bytes(2, "little")

    def _question(self, places: tuple[int, ...]) -> _Question:
        """Return the question to the devices at these places."""
        question = self._questions.get(places)
        if question is None:
            if len(self._questions) >= _QUESTIONS:
                self._questions.clear()
            question = self._questions[places] = self._new_question(places)
        return question

    def _new_question(self, places: tuple[int, ...]) -> _Question:
        group, count = self.group, len(places)
        ids = bytes(group.ids[place] for place in places)
        where = group.read
        size = where.length + (BLOCK_FRAME if group.fast else STATUS_FRAME)
        head = prologue([where.length] * count) if group.fast else b""
        return _Question(
            frame=sync_read(where.first, where.length, ids, fast=group.fast),
            places=places,
            ids=ids,
            head=head,
            expected=len(head) + count * size,
            is_everybody=places == self._everybody,
        )

    def _ask_again(self, places: Sequence[int], answers: Answers, until: float) -> None:
        """Ask those who are missing once more, as long as there is time."""
        bus = self.bus
        for turn in range(_TRIES):
            missing = [place for place in places if not answers.fresh[place]]
            if not missing:
                return
            innocent = [place for place in missing if place not in answers.blamed]
            guilty = [place for place in missing if place in answers.blamed]
            question = self._question((*innocent[:: 1 if turn % 2 else -1], *guilty))
            count = len(question.frame) + question.expected
            if bus.clock.now() + bus.timing.on_wire(count) + bus.timing.delay > until:
                return
            bus.link.flush()
            bus.link.write(question.frame)
            self._take(question, self._collect(question, len(question.frame), until), answers)

    # ------------------------------------------------------------------------------- receiving

    def _collect(self, question: _Question, said: int, until: float) -> bytes:
        """Return what comes, until it is all, or nothing more comes, or it is too late.

        Args:
            question: What was asked.
            said: How many bytes were sent.
            until: When it is too late [s].
        """
        link, clock = self.bus.link, self.bus.clock
        asked = clock.now()
        first = min(until, self.bus.deadline(said + question.expected))
        if self._alerted:
            first = min(
                first, asked + self.bus.timing.on_wire(said + question.expected) + self._patience
            )
        data = link.read(first - asked)
        if data:
            self._learn(clock.now() - asked - self.bus.timing.on_wire(said + len(data)))
        while data and len(data) < question.expected + self._stuffing(data):
            more = link.read(min(self.bus.timing.quiet, until - clock.now()))
            if not more:
                break
            data += more
        return data

    @property
    def _patience(self) -> float:
        """How late an answer may come where questions get lost [s]."""
        return _HASTE * self._usual + _LEAST

    def _learn(self, late: float) -> None:
        """Note how long after its time on the wire an answer came [s]; forgets slowly."""
        self._usual = max(late, _FORGETS * self._usual)

    def _stuffing(self, data: bytes) -> int:
        """Return how many bytes were stuffed into what came; none into a common answer."""
        return 0 if self.group.fast else data.count(_MARK + _MARK[-1:])

    def _whole(self, question: _Question, data: bytes) -> Answers | None:
        """Return the answers if everything came as it should; None else."""
        if len(data) != question.expected:
            return None
        if not self.group.fast:
            return self._whole_apart(question, data)
        size = self.group.read.length + BLOCK_FRAME
        if (
            data[:PROLOGUE] != question.head
            or data[PROLOGUE + 1 :: size] != question.ids
            or not _is_intact(data)
        ):
            return None
        blocks = np.frombuffer(data, np.uint8, offset=PROLOGUE).reshape(-1, size)
        return self._placed(question, blocks[:, 2:-2], blocks[:, 0])

    def _whole_apart(self, question: _Question, data: bytes) -> Answers | None:
        """Return the answers if each stands in a frame of its own, none of them stuffed."""
        size = self.group.read.length + STATUS_FRAME
        for number, id in enumerate(question.ids):
            frame = data[number * size : (number + 1) * size]
            if frame[: _BODY + 1] != self._heads[id] or not _is_intact(frame):
                return None
        frames = np.frombuffer(data, np.uint8).reshape(-1, size)
        return self._placed(question, frames[:, _BODY + 2 : -2], frames[:, _BODY + 1])

    def _placed(self, question: _Question, rows: ByteArray, errors: ByteArray) -> Answers:
        """Return what the asked ones said, each at its place in the group."""
        if question.is_everybody:
            return Answers(rows, self._all, errors, is_whole=not any(errors.tobytes()))
        answers, places = self._nothing(), list(question.places)
        answers.rows[places], answers.errors[places] = rows, errors
        answers.fresh[places] = True
        return answers

    def _take(self, question: _Question, data: bytes, answers: Answers) -> None:
        """Put what came through, in pieces or in frames of their own, into ``answers``."""
        length, places = self.group.read.length, question.places
        if self.group.fast:
            asked = [(id, length) for id in question.ids]
            for number, block in salvage(data, asked):
                answers.put(places[number], block.data, block.error)
        else:
            place_of = dict(zip(question.ids, places, strict=True))
            for packet in Decoder().feed(data):
                if packet.is_status and packet.id in place_of and len(packet.parameters) == length:
                    answers.put(place_of[packet.id], packet.parameters, packet.error)
        tail = len(places)
        while tail and not answers.fresh[places[tail - 1]]:
            tail -= 1
        if tail < len(places):
            answers.blamed.append(places[tail])

    def _nothing(self) -> Answers:
        return Answers.none(len(self.group.ids), self.group.read.length)


def _is_damage(question: _Question, data: bytes, answers: Answers) -> bool:
    """Return whether bytes came that were damaged: one is missing before one that is not, or all.

    A silent device is another matter: it takes all behind it with it, or nothing comes.
    """
    there = [bool(answers.fresh[place]) for place in question.places]
    last = len(there) - there[::-1].index(True) if any(there) else len(there)
    return len(data) > PROLOGUE and not all(there[:last])


def _is_intact(frame: bytes) -> bool:
    """Return whether the CRC of a whole frame is right."""
    return crc16(frame[:-2]) == int.from_bytes(frame[-2:], "little")
