"""Damage frames in every way, both ways, and look what the other side makes of them.

Usage: python benchmarks/fuzz.py [--seed N] [--frames N] [--quick]

*To the devices*: goals of 22 servos, as our cycle tells them on a line that damages bytes, are
damaged (``wired/damage.py``: flipped bits, lost, added and overwritten bytes, torn and spliced
frames, wrong lengths, garbage), in turn all that is said at once and a single frame of it; intact
ones follow without any pause. Servos are played by our decoder; each obeys a goal if it is within
its limits, and goes as far as an XM430-W350 can in a control period of 5 ms. With ``--long`` the
goals go out in one frame, as on slow lines (below 3 Mbit/s for 22 servos) that were clean so far.
*To the host*: the same with the common answer of 22 servos, read by our control cycle.

- *accepted*: what passed every check although nobody sent it, now or one cycle before. A CRC of 16
  bits lets about one in 30 000 through if many bits are wrong, whoever implements it.
- *wrong motion*: a joint is farther from where the goals that were sent lead it than it goes in a
  period: more than a frame that was lost can explain. Or a reading is believed that is so far off.
- *resynchronised*: intact frames in a row that were lost after a damaged one, at most.

The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from wired.damage import KINDS
from wired.devices import IDS, READING, SERVOS

from robotics.wire.bus import Bus, Timing
from robotics.wire.cycle import Addresses, Cycle, Group
from robotics.wire.fast import Block, common_answer
from robotics.wire.health import Health, StepBound
from robotics.wire.instructions import sync_write, writes
from robotics.wire.packet import HEADER, Decoder, Instruction, Packet, WireError
from robotics.wire.servos import XM430_W350

PERIOD = 0.005
"""Of the control loop [s]."""
REACH = int(
    PERIOD
    * XM430_W350["velocity_limit"].value(XM430_W350["velocity_limit"].initial)
    / XM430_W350["present_position"].unit
)
"""How far a servo can go in that time [counts]."""
LIMIT = REACH
"""Farther off is a wrong motion [counts]."""
HALF = REACH // 2
POOL = 1000
"""So many different frames, told in a walk there and back."""
LOW, HIGH = 0, 4095
"""Position limits [counts]."""


@dataclass
class Account:
    """What happened on one way."""

    frames: int = 0
    crashes: int = 0
    accepted: int = 0
    wrong_motions: int = 0
    resync: int = 0
    worst: int = 0
    """Largest error of a joint or a believed reading [counts]."""


def main() -> None:
    """Run both ways, print the table and one JSON line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, default=1_000_000, help="damaged ones, each way")
    parser.add_argument("--quick", action="store_true", help="20 000 frames")
    parser.add_argument("--long", action="store_true", help="goals in one frame")
    arguments = parser.parse_args()
    count = 20_000 if arguments.quick else arguments.frames
    print(
        f"{'':16}{'frames':>9}{'crashes':>9}{'accepted':>10}{'worst':>7}{'wrong':>7}{'resync':>8}"
    )
    accounts = []
    ways = {"to the devices": partial(to_devices, is_long=arguments.long), "to the host": to_host}
    for name, run in ways.items():
        began = time.process_time()
        one = run(count, np.random.default_rng(arguments.seed))
        accounts.append(one)
        cells = f"{one.frames:9}{one.crashes:9}{one.accepted:10}{one.worst:7}{one.wrong_motions:7}"
        print(
            f"{name:16}{cells}{one.resync:8}   {time.process_time() - began:.0f} s CPU", flush=True
        )
    print(f"(worst and limit, {LIMIT}, in counts of 0.088 degrees; a vendor's slave lost up to 74)")
    figures = {
        "frames": min(one.frames for one in accounts),
        "crashes": sum(one.crashes for one in accounts),
        "wrong_motions": sum(one.wrong_motions for one in accounts),
        "resync_frames_max": max(one.resync for one in accounts),
        "accepted": sum(one.accepted for one in accounts),
    }
    print(json.dumps(figures))


def there_and_back(count: int) -> Iterator[int]:
    """Return 0 to ``count`` - 1, back to 0, and so on: a walk without a jump."""
    while True:
        yield from range(count - 1)
        yield from range(count - 1, 0, -1)


# ---------------------------------------------------------------------------- to the devices


def goal_frame(goals: NDArray[np.int64]) -> bytes:
    """Return the Sync Write that tells goals (22,)."""
    rows = goals.astype("<i4").tobytes()
    return sync_write(116, {id: rows[4 * at : 4 * at + 4] for at, id in enumerate(IDS)})


def noisy_line() -> tuple[Cycle, Answering]:
    """Return a cycle that has heard damaged bytes, and its link."""
    link = Answering()
    group = Group(IDS, Addresses(116, 4), Addresses(126, READING.itemsize))
    cycle = Cycle(Bus(link, link, Timing(4_000_000)), group)
    link.said = bytes(40)
    cycle.exchange(None, until=0.0)
    return cycle, link


def told(cycle: Cycle, link: Answering, goals: NDArray[np.int64]) -> list[bytes]:
    """Return the frames in which a cycle tells goals (22,)."""
    link.said, link.heard = bytes(40), b""
    rows = goals.astype("<i4").view(np.uint8).reshape(SERVOS, 4)
    cycle.exchange(rows, until=link.time + 0.8 * PERIOD)
    frames = [HEADER + one for one in link.heard.split(HEADER)[1:]]
    return [one for one in frames if one[7] == Instruction.SYNC_WRITE]


def damaged(
    number: int, frames: list[bytes], before: list[bytes], rng: np.random.Generator
) -> bytes:
    """Return what arrives of frames that were sent: hit as a whole, or one of them."""
    kind = KINDS[number % len(KINDS)]
    if number // len(KINDS) % 2:
        return kind(b"".join(frames), b"".join(before), rng)
    at = int(rng.integers(len(frames)))
    hit = kind(frames[at], (before[-1:] + frames)[at], rng)
    return b"".join((*frames[:at], hit, *frames[at + 1 :]))


def obeyed(packet: Packet, goals: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the goals (22,) of servos after a packet."""
    try:
        changes = writes(packet)
    except WireError:
        return goals
    new = goals.copy()
    for change in changes:
        if change.address == 116 and len(change.data) == 4 and 1 <= change.id <= SERVOS:
            goal = int.from_bytes(change.data, "little", signed=True)
            if LOW <= goal <= HIGH:
                new[change.id - 1] = goal
    return new


def to_devices(count: int, rng: np.random.Generator, *, is_long: bool = False) -> Account:
    """Damage goals, in short frames or in one."""
    account, decoder = Account(), Decoder()
    steps = rng.integers(-REACH, REACH + 1, (POOL, SERVOS))
    plans = np.clip(2048 + np.cumsum(steps, axis=0), 1024, 3072)
    line = noisy_line()
    frames = [[goal_frame(plan)] if is_long else told(*line, plan) for plan in plans]
    said, goals, wished, lost = [0, 0, 0], plans[0], plans[0], 0
    position, wanted = goals.astype(float), goals.astype(float)
    for number, plan in zip(range(2 * count), there_and_back(POOL), strict=False):
        is_damaged = number % 2 == 0
        said = [*said[1:], plan]
        sent = b"".join(frames[plan])
        if is_damaged:
            account.frames += 1
            sent = damaged(number // 2, frames[plan], frames[said[-2]], rng)
        try:
            found = decoder.feed(sent)
        except Exception:  # that is what is looked for
            account.crashes += 1
            found, decoder = [], Decoder()
        last = goals
        for packet in found:
            goals = obeyed(packet, goals)
        is_new = goals != last
        is_sent = (goals == plans[said]).any(axis=0)
        account.accepted += int(np.count_nonzero(is_new & ~is_sent))
        wished = np.where(is_new & is_sent, goals, wished)
        position += np.clip(goals - position, -REACH, REACH)
        wanted += np.clip(wished - wanted, -REACH, REACH)
        off = int(np.abs(position - wanted).max())
        account.worst = max(account.worst, off)
        account.wrong_motions += off > LIMIT
        if not is_damaged:
            lost = 0 if np.array_equal(goals, plans[plan]) else lost + 1
            account.resync = max(account.resync, lost)
    return account


# -------------------------------------------------------------------------------- to the host


class Answering:
    """Link and clock of a host that gets what it is given."""

    name = "fuzz"

    def __init__(self) -> None:
        self.said, self.time = b"", 0.0
        self.heard = b""

    def now(self) -> float:
        """See ``Clock``."""
        return self.time

    def wait_until(self, instant: float) -> None:
        """See ``Clock``."""
        self.time = max(self.time, instant)

    def write(self, data: bytes) -> None:
        """See ``Link``; the first that was said is kept."""
        self.heard = self.heard or data

    def read(self, timeout: float) -> bytes:
        """See ``Link``: once what was said, then nothing."""
        said, self.said = self.said, b""
        self.time += 0.0 if said else max(timeout, 0.0)
        return said

    def flush(self) -> None:
        """See ``Link``."""

    def close(self) -> None:
        """See ``Link``."""


def blocks_of(truth: NDArray[np.void]) -> list[Block]:
    """Return what servos say, given their readings (22,)."""
    rows, size = truth.tobytes(), READING.itemsize
    return [Block(id, rows[size * at : size * (at + 1)]) for at, id in enumerate(IDS)]


def to_host(count: int, rng: np.random.Generator) -> Account:
    """Damage readings."""
    account, link = Account(), Answering()
    group = Group(IDS, Addresses(116, 4), Addresses(126, READING.itemsize))
    cycle = Cycle(Bus(link, link, Timing(4_000_000)), group)
    bound = StepBound(XM430_W350["present_position"], np.full(SERVOS, float(REACH)))
    health = Health(group, bound)
    truths = np.zeros((POOL, SERVOS), dtype=READING)
    truths["position"] = 2048 + np.cumsum(rng.integers(-HALF, HALF + 1, (POOL, SERVOS)), axis=0)
    truths["velocity"] = rng.integers(-200, 200, (POOL, SERVOS))
    said = [common_answer([READING.itemsize] * SERVOS, blocks_of(truth)) for truth in truths]
    now, lost = 0, 0
    for number, place in zip(range(2 * count), there_and_back(POOL), strict=False):
        then, now = now, place
        truth, is_damaged = truths[now], number % 2 == 1
        link.said = said[now]
        if is_damaged:
            account.frames += 1
            link.said = KINDS[number // 2 % len(KINDS)](said[now], said[then], rng)
        try:
            answers = cycle.exchange(None, until=link.time)
            health.take(answers, link.time)
        except Exception:  # that is what is looked for
            account.crashes += 1
            continue
        seen = np.ascontiguousarray(health.rows).view(READING)[:, 0]
        fresh = health.fresh
        account.accepted += int(np.count_nonzero((seen != truth) & (seen != truths[then]) & fresh))
        off = np.abs(seen["position"].astype(np.int64) - truth["position"])[fresh]
        account.worst = max(account.worst, int(off.max(initial=0)))
        account.wrong_motions += int(np.count_nonzero(off > LIMIT))
        if not is_damaged:
            lost = 0 if fresh.all() else lost + 1
            account.resync = max(account.resync, lost)
    return account


if __name__ == "__main__":
    main()
