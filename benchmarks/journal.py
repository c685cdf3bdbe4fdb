"""Kill a working sweeper again and again, and see what it remembers.

Usage: python benchmarks/journal.py [--data DAY] [--site NAME] [--kills N] [--seed N] [--quick]

Each life of the robot is a process of its own that is ended by SIGKILL: at a random tick, or in the
midst of writing its journal, after a random number of SQLite's own steps. Then the end of the
journal's log is torn in two of three cases: cut, or overwritten with rubbish, as a loss of power
may leave it. The next process has nothing but that file. The world goes on meanwhile: this process
keeps where the body stands and what is in it (bodies without physics, so that it takes minutes).

``lost``: lives after which something was forgotten that was so two seconds before the kill (a zone,
ground swept, a visit to a station). ``repeated_s``: seconds of sweeping that the robot does not
know of, and will do again. ``back_s``: from the restart until new ground is swept. The last line is
one JSON object.
"""

from __future__ import annotations

import argparse
import json
import mmap
import os
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from robotics.app import StageTimes, tick
from robotics.assets import asset
from robotics.core.arrays import Array
from robotics.daybook import NAME, Daybook, Wishes
from robotics.mapping.places import Site, load_site
from robotics.planning.navigator import Navigator
from robotics.robots.catalog import assemble
from robotics.robots.sweeper.mission import SweeperMission
from sim.kinematic import KinematicBody, KinematicWorld
from sim.simulated import Levels
from sim.site_export import export_site
from sim.spec import sweeper_spec
from sim.world import World, load_world

LIFE = (0.5, 12.0)
"""A life lasts from so long to so long [s]."""
GRACE = 2.0
"""What happened so long before the kill may not be forgotten [s]."""
RING = 4000
"""Ticks that are kept: longer than any life."""
BEGIN = (0.95, 0.5, 0.85)
"""Charge, water and bin at first: the bin has to be emptied on the way."""
WAIT = 100
"""Ticks within which the next entry comes."""
BIN_TIME = 1500.0
"""Sweeping so long fills the bin [s]: no dirt is simulated here."""
STEPS, POSE, LEVELS, COUNT, BORN, PAGE, RECALLED = 0, 1, 4, 7, 8, 9, 10
"""Where things stand in the shared head."""
TIME, CLOSED, SWEPT, SERVED, BRUSH = range(5)
"""Columns of the shared log: one row a tick."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one life ends."""

    ticks: int
    """After so many."""
    inside: int
    """Then after so many steps of SQLite; 0 for at once."""
    torn: str
    """What happens to the end of the log: "", "cut" or "rubbish"."""
    bytes: int
    """So much of it."""


NOW = Plan(0, 0, "", 0)


class Shared:
    """What outlives every life: the world's own account, in memory shared with the children."""

    def __init__(self) -> None:
        self.memory = mmap.mmap(-1, 8 * (32 + 5 * RING))
        whole = np.frombuffer(self.memory, dtype=np.float64)
        self.head, self.log = whole[:32], whole[32:].reshape(RING, 5)

    def rows(self) -> Array:
        """Return the log of the last life, oldest first, shape (k, 5)."""
        count = int(self.head[COUNT])
        order = np.arange(max(0, count - RING), count) % RING
        return np.array(self.log[order])


def main() -> None:
    """Kill, look, print a table and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="a day's file")
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="10 kills")
    arguments = parser.parse_args()
    kills = 10 if arguments.quick else arguments.kills
    day = arguments.data or asset(f"behaviours/days/{arguments.site}.yaml")
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(campaign(Path(folder), arguments.site, day, kills, arguments.seed)))


def campaign(folder: Path, site_name: str, day: Path, kills: int, seed: int) -> dict[str, float]:
    """Run ``kills`` lives and one more that only looks; return the figures."""
    world = load_world(site_name)
    export_site(world, folder)
    site, shared = load_site(folder), Shared()
    assemble(NAME, site, seconds=1.0)  # compiled and loaded once, for all lives
    kept = Path(shutil.copy(day, folder / "day.yaml"))
    wishes = Wishes(site_name, kept, "", folder / "day.journal")
    rng, before, outcomes = np.random.default_rng(seed), None, list[tuple[float, float, bool]]()
    resumed, back = 0, list[float]()
    for life in range(kills + 1):
        plan = draw(rng)
        shared.head[PAGE] = -1.0
        status = live(world, site, wishes, plan, shared)
        if status != signal.SIGKILL:
            print(f"life {life} ended with {status}", file=sys.stderr)
            break
        if before is not None and shared.head[PAGE] >= 0.0:
            resumed += 1
            outcomes.append(compare(before, shared.head))
            back.append(back_at_work(shared.rows()))
        before = shared.rows()
        if life < kills:
            tear(wishes.journal, plan, rng)
    return report(kills, resumed, outcomes, back)


def draw(rng: np.random.Generator) -> Plan:
    """Return how a life ends."""
    ticks = int(rng.uniform(*LIFE) / 0.02)
    inside = int(rng.integers(1, 40)) if rng.random() < 0.4 else 0
    torn = ("", "cut", "rubbish")[int(rng.integers(3))]
    return Plan(ticks, inside, torn, int(rng.integers(1, 600)))


def live(world: World, site: Site, wishes: Wishes, plan: Plan, shared: Shared) -> int:
    """Run one life in a process of its own; return the signal that ended it, or its exit code."""
    child = os.fork()
    if child == 0:
        try:
            work(world, site, wishes, plan, shared)
        except BaseException as error:  # the parent has to see that it was no kill
            print(repr(error), file=sys.stderr)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)


def work(world: World, site: Site, wishes: Wishes, plan: Plan, shared: Shared) -> None:
    """Work until killed."""
    head, book = shared.head, Daybook.open(wishes)
    robot, mission = assemble(NAME, site, seconds=book.seconds, plan=book.plan)
    assert isinstance(mission, SweeperMission)
    assert isinstance(robot.planner, Navigator)
    place = KinematicWorld(world)
    begun = head[STEPS] > 0.0
    if not begun:
        head[POSE : POSE + 3] = world.place("start", NAME).pose
        head[LEVELS : LEVELS + 3] = BEGIN
    place.steps = int(head[STEPS])
    body = KinematicBody(
        place, sweeper_spec(), head[POSE : POSE + 3].copy(), np.random.default_rng(place.steps)
    )
    body.begin = Levels(*head[LEVELS : LEVELS + 3].tolist())
    recall(book, mission, robot.planner, head)
    observation = body.reset()
    head[COUNT], head[BORN] = 0.0, observation.time
    while True:
        done = tick(robot, mission, observation, StageTimes())
        body.act(done.sent)
        body.bin_fraction += done.sent.tools.brush * body.period / BIN_TIME
        log(shared, mission, robot.planner, (observation.time, done.sent.tools.brush))
        if head[COUNT] == plan.ticks or head[COUNT] > plan.ticks + WAIT:
            kill(book, plan if head[COUNT] == plan.ticks else NOW)
        book.note(robot, mission, done.state)
        observation = body.observe()
        head[STEPS] = place.steps
        head[POSE : POSE + 3] = body.true_pose()
        levels = observation.battery.charge, observation.tools.water, observation.tools.bin
        head[LEVELS : LEVELS + 3] = levels


def kill(book: Daybook, plan: Plan) -> None:
    """End this process now, or in the midst of the next entry."""
    if plan.inside == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    journal = book.journal
    assert journal is not None
    journal.on_progress(lambda: os.kill(os.getpid(), signal.SIGKILL), plan.inside)


def log(
    shared: Shared, mission: SweeperMission, planner: Navigator, seen: tuple[float, float]
) -> None:
    """Write down what is true after this tick."""
    time_now, brush = seen
    closed, swept, served = standing(mission, planner)
    row = int(shared.head[COUNT]) % RING
    shared.log[row] = time_now, closed, swept, served, brush
    shared.head[COUNT] += 1.0


def standing(mission: SweeperMission, planner: Navigator) -> tuple[float, float, float]:
    """Return zones closed, cells swept in those at work, visits to stations."""
    cells = sum(np.unpackbits(np.frombuffer(one.swept, np.uint8)).sum() for one in planner.memory())
    return len(mission.day.closed), float(cells), float(sum(mission.day.services.values()))


def recall(book: Daybook, mission: SweeperMission, planner: Navigator, head: Array) -> None:
    """Tell the parent what was remembered at birth."""
    journal = book.journal
    page = None if journal is None else journal.last()
    if book.memory is None or page is None:
        return
    head[RECALLED : RECALLED + 3] = standing(mission, planner)
    head[PAGE] = page.time


def compare(rows: Array, head: Array) -> tuple[float, float, bool]:
    """Return the seconds forgotten, those of them swept, and whether anything older is lost."""
    died, page = rows[-1, TIME], head[PAGE]
    known = rows[rows[:, TIME] <= died - GRACE]
    then = (known[-1] if len(known) else rows[0])[[CLOSED, SWEPT, SERVED]]
    now = head[RECALLED : RECALLED + 3]
    zones_kept = now[0] > then[0] or (now[0] == then[0] and now[1] >= then[1])
    lost = bool(not zones_kept or now[2] < then[2])
    unknown = rows[rows[:, TIME] > page + 1e-9]
    return died - page, 0.02 * float((unknown[:, BRUSH] > 0.0).sum()), lost


def back_at_work(rows: Array) -> float:
    """Return the time until new ground was swept [s]; inf if the life ended before."""
    new = np.flatnonzero(np.diff(rows[:, SWEPT]) > 0.0)
    return float(rows[new[0], TIME] - rows[0, TIME]) if len(new) else float("inf")


def tear(path: Path | None, plan: Plan, rng: np.random.Generator) -> None:
    """Spoil the last bytes of the log's last frames."""
    log_file = Path(f"{path}-wal")
    if not plan.torn or not log_file.exists():
        return
    data = bytearray(log_file.read_bytes())
    end = end_of(data)
    if end <= 32:
        return
    begin = max(32, end - plan.bytes)
    if plan.torn == "cut":
        log_file.write_bytes(data[:begin])
    else:
        data[begin:end] = rng.bytes(end - begin)
        log_file.write_bytes(data)


def end_of(data: bytearray) -> int:
    """Return where the last frame of this round of a write-ahead log ends.

    Frames of earlier rounds, with other salts, may follow (sqlite.org/fileformat2.html, 4.1).
    """
    if len(data) < 32:
        return len(data)
    frame, salt, place = 24 + int.from_bytes(data[8:12], "big"), data[16:24], 32
    while place + frame <= len(data) and data[place + 8 : place + 16] == salt:
        place += frame
    return place


def report(
    kills: int, resumed: int, outcomes: list[tuple[float, float, bool]], back: list[float]
) -> dict[str, float]:
    """Print a table and return the figures."""
    gaps = [one[0] for one in outcomes] or [0.0]
    swept = [one[1] for one in outcomes] or [0.0]
    finite = [one for one in back if np.isfinite(one)] or [0.0]
    figures = {
        "kills": kills,
        "resumed": resumed,
        "lost": sum(one[2] for one in outcomes),
        "repeated_s_max": round(max(swept), 3),
        "repeated_s_mean": round(float(np.mean(swept)), 3),
        "forgotten_s_max": round(max(gaps), 3),
        "back_s_p50": round(float(np.median(finite)), 2),
        "cpu_s": round(time.process_time() + os.times().children_user, 1),
    }
    for key, value in figures.items():
        print(f"{key:18} {value:g}")
    return figures


if __name__ == "__main__":
    main()
