"""One question, one answer: everything that is said on the bus outside of the control cycle.

Answers are matched by id and length, late ones are thrown away, and whoever asks gets an answer or
an error within a bounded time. The control cycle itself is ``robotics.wire.cycle``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from robotics.wire import instructions as say
from robotics.wire.fast import BLOCK_FRAME, PROLOGUE, salvage
from robotics.wire.instructions import ALERT, Change, Error, Span
from robotics.wire.links import Link
from robotics.wire.pacer import Clock
from robotics.wire.packet import LAST_ID, Decoder, Packet, WireError
from robotics.wire.table import Field

STATUS_FRAME = 11
"""Bytes of a status beside its parameters."""
PING_DATA = 3
"""Parameters of the answer to a ping: model number, firmware version."""
_BITS = 10
"""On the wire for each byte: start, eight of data, stop."""


class NoAnswer(WireError):
    """A device said nothing, or nothing whole, however often it was asked."""


class Refused(WireError):
    """A device answered that it will not.

    Attributes:
        error: Why.
    """

    def __init__(self, id: int, error: int, what: str) -> None:
        self.error = Error(error) if error in list(Error) else Error.RESULT
        super().__init__(f"device {id} refuses to {what}: {self.error.name.lower()} error")


@dataclass(frozen=True, slots=True)
class Timing:
    """What to reckon with on a line."""

    baud: int
    """[bit/s]."""
    delay: float = 0.0005
    """A device begins to answer within this (register ``return_delay``) [s]."""
    latency: float = 0.0025
    """Adapter, kernel and scheduling, there and back [s]: 1 ms each for an FTDI chip set to a
    latency of 1 ms, and the rest for a machine that is busy."""
    quiet: float = 0.0015
    """Once answers come, a pause longer than this is their end [s]: longer than the 1 ms that such
    a chip waits for more."""

    def on_wire(self, count: int) -> float:
        """Return how long ``count`` bytes take on the wire [s]."""
        return count * _BITS / self.baud


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered a ping."""

    id: int
    model: int
    firmware: int


class Bus:
    """Talks to devices one at a time.

    Attributes:
        link: Where the bytes go; may be replaced after a replug.
        clock: Whose time counts.
        timing: What to reckon with.
        strays: Packets that nobody had asked for, so far.
    """

    def __init__(self, link: Link, clock: Clock, timing: Timing) -> None:
        self.link, self.clock, self.timing = link, clock, timing
        self.strays = 0

    # ------------------------------------------------------------------------------ questions

    def ping(self, id: int, *, tries: int = 2) -> Found | None:
        """Return what a device is; None if it does not answer.

        Raises:
            LinkLost: The port is gone.
        """
        try:
            answer = self._ask(id, say.ping(id), PING_DATA, "answer a ping", tries=tries)
        except NoAnswer:
            return None
        return _found(id, answer.parameters)

    def scan(self) -> tuple[Found, ...]:
        """Return all devices that there are, by one ping to everybody.

        Raises:
            LinkLost: The port is gone.
        """
        self.link.flush()
        self.link.write(say.ping())
        wait = self.timing.on_wire((LAST_ID + 1) * (STATUS_FRAME + PING_DATA))
        packets = self._hear(self.clock.now() + self.timing.latency + wait, lambda heard: False)
        found = {
            one.id: _found(one.id, one.parameters)
            for one in packets
            if one.is_status and len(one.parameters) == PING_DATA
        }
        return tuple(found[id] for id in sorted(found))

    def read(self, span: Span, *, tries: int = 3) -> bytes:
        """Return bytes of a device.

        Raises:
            NoAnswer: It is silent.
            Refused: It does not have them.
            LinkLost: The port is gone.
        """
        what = f"read {span.length} bytes at {span.address}"
        return self._ask(span.id, say.read(span), span.length, what, tries=tries).parameters

    def write(self, change: Change, *, tries: int = 3) -> None:
        """Write bytes to a device and wait until it agrees.

        Raises:
            NoAnswer: It is silent; the bytes may have arrived.
            Refused: It will not.
            LinkLost: The port is gone.
        """
        what = f"take {change.data.hex(' ')} at {change.address}"
        self._ask(change.id, say.write(change), 0, what, tries=tries)

    def get(self, id: int, field: Field) -> int:
        """Return the counts of a field. Raises as ``read``."""
        return field.from_bytes(self.read(Span(id, field.address, field.size)))

    def set(self, id: int, field: Field, counts: int) -> None:
        """Write the counts of a field. Raises as ``write``."""
        self.write(Change(id, field.address, field.to_bytes(counts)))

    def reboot(self, id: int) -> None:
        """Restart a device; it answers, and is away for some 0.5 s. Raises as ``write``."""
        self._ask(id, say.reboot(id), 0, "reboot", tries=1)

    def tell(self, address: int, data: Mapping[int, bytes]) -> None:
        """Write to the same addresses of several devices; nobody answers.

        Raises:
            LinkLost: The port is gone.
        """
        self.link.write(say.sync_write(address, data))

    def read_many(
        self, spans: Sequence[Span], *, fast: bool = True, until: float = math.inf
    ) -> dict[int, bytes]:
        """Return bytes of several devices, of those that answered.

        Args:
            spans: Of which device, and what.
            fast: Whether all know Fast reads.
            until: When it is too late for an answer [s].

        Raises:
            LinkLost: The port is gone.
        """
        first = spans[0]
        if all((one.address, one.length) == (first.address, first.length) for one in spans):
            ids = [one.id for one in spans]
            frame = say.sync_read(first.address, first.length, ids, fast=fast)
        else:
            frame = say.bulk_read(spans, fast=fast)
        self.link.flush()
        self.link.write(frame)
        return (self._common if fast else self._separate)(spans, frame, until)

    # -------------------------------------------------------------------------------- answers

    def _ask(self, id: int, frame: bytes, length: int, what: str, *, tries: int) -> Packet:
        """Return the answer of a device, asking again while there is none."""
        for _ in range(tries):
            self.link.flush()
            self.link.write(frame)
            until = self.deadline(len(frame) + STATUS_FRAME + length)
            packets = self._hear(until, lambda heard: any(one.id == id for one in heard))
            for answer in packets:
                if not answer.is_status or answer.id != id:
                    self.strays += answer.is_status
                elif answer.error & ~ALERT:
                    raise Refused(id, answer.error & ~ALERT, what)
                elif len(answer.parameters) == length:
                    return answer
        raise NoAnswer(
            f"device {id} does not answer on {self.link.name}; is it powered, and its id?"
        )

    def deadline(self, count: int) -> float:
        """Return by when ``count`` bytes of question and answer must have passed [s]."""
        timing = self.timing
        return self.clock.now() + timing.on_wire(count) + timing.delay + timing.latency

    def _hear(self, until: float, enough: Callable[[list[Packet]], bool]) -> list[Packet]:
        """Return what comes until ``until`` [s], or until it is enough."""
        decoder, heard = Decoder(), list[Packet]()
        while not enough([one for one in heard if one.is_status]):
            data = self.link.read(until - self.clock.now())
            if not data:
                break
            heard += decoder.feed(data)
        return heard

    def _separate(self, spans: Sequence[Span], frame: bytes, until: float) -> dict[int, bytes]:
        count = sum(one.length + STATUS_FRAME for one in spans)
        late = self.deadline(len(frame) + count) + len(spans) * self.timing.delay
        until = min(until, late)
        last = spans[-1].id
        packets = self._hear(until, lambda heard: any(one.id == last for one in heard))
        asked = {one.id: one.length for one in spans}
        return {
            one.id: one.parameters
            for one in packets
            if one.is_status and asked.get(one.id) == len(one.parameters)
        }

    def _common(self, spans: Sequence[Span], frame: bytes, until: float) -> dict[int, bytes]:
        count = PROLOGUE + sum(one.length + BLOCK_FRAME for one in spans)
        late = self.deadline(len(frame) + count) + len(spans) * self.timing.delay
        until = min(until, late)
        heard, patience = b"", until - self.clock.now()
        while len(heard) < count and (data := self.link.read(patience)):
            heard += data
            patience = min(self.timing.quiet, until - self.clock.now())
        asked = [(one.id, one.length) for one in spans]
        return {block.id: block.data for _, block in salvage(heard, asked)}


def _found(id: int, data: bytes) -> Found:
    return Found(id, data[0] | data[1] << 8, data[2])
