"""Let both robots work among people who do not make way, and count what they cause.

Usage: python benchmarks/crowd.py [--hours H] [--robot both|sweeper|greeter] [--seed N] [--quick]
           [--density D] [--data TRACKS [--rate FPS]] [--save RUNS.jsonl] [--part K/N]
           [--peer-hours H] [--picture FILE.png]
       python benchmarks/crowd.py --bound SECONDS [--seed N] [--density D]

People walk by the social force and do not know of the robot: nobody makes way. Who walks into it
is stopped by its side and slides along it. Five places with 0.05 to 0.06 people/m² take turns, five
minutes each: a plaza with crossing flows (26 m by 24 m), a corridor 7.5 m wide, a gate 5.6 m wide
that everybody passes (twenty people in both directions: the extreme one), standing groups, an open
place. --density asks for other numbers of people in the same places: fifty visitors on the plaza of
Zhanqiao are 0.025/m². The footprint of the sweeper is 1.12 m wide and 1.2 m long. With --data,
people walk as recorded, right through the robot: rows of frame, person, x, y [m], separated by
blanks or commas (ETH, UCY); frames are divided by --rate.

Each robot is its own perception, planner, tracker and collision monitor on a body without physics
that obeys 150 ms late (``promenade/rig.py``). Contacts: ``promenade/judge.py``. The speed ratio is
the time that the ways would take with nobody there, over the time that they took. Episodes written
to --save are not run again, so a campaign can be cut in parts (--part 1/12 and so on, one after the
other or side by side, into one file), resumed, and added up by the same command without --part.
--bound drives no robot: it says what speed ratio nobody can exceed who knows everybody's way
beforehand and keeps the sweeper's collision monitor's law, or none (``promenade/bound.py``).
The figures so far are shown after each hour. The last line is one JSON object;
``personal_space_fraction`` is the share of time in which somebody is inside 0.5 m and the robot's
nearest point moves towards them, ``_moving`` in which it moves at all, and ``_strict`` in which
somebody is inside, people who walk up to or through a standing robot included.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from promenade.bound import Law, course_of, ratio, sweeper
from promenade.peers import contenders
from promenade.scenes import SCENES, Scene, recorded_scene
from promenade.trial import OURS, Contender, Episode, free_times, run
from promenade.walkers import Recording, read_tracks

SECONDS = 300.0
"""Of an episode."""
HOURLY = round(3600.0 / SECONDS)
"""Episodes after which it says how far it is."""
ROBOTS = ("sweeper", "greeter")
LAWS = {
    "the monitor's law": (Law(), None),
    "the same, brakes of 2 m/s²": (Law(), 2.0),
    "no law, personal space kept": (Law(yields=False, gap=0.5), None),
    "no law, nobody touched": (Law(yields=False, gap=0.05), None),
}
"""Under which the bound is asked for, with which brakes [m/s²] (None: the sweeper's)."""
COLUMNS = ("hours", "contacts", "caused", "speed ratio", "personal", "moving", "strict", "ms/tick")


def main() -> None:
    """Run, print a table, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=10.0, help="of each robot, simulated")
    parser.add_argument("--robot", choices=("both", *ROBOTS), default="both")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="one episode in each place")
    parser.add_argument("--density", type=float, help="people per m² (0.05 to 0.06)")
    parser.add_argument("--data", type=Path, help="recorded tracks")
    parser.add_argument("--rate", type=float, default=25.0, help="frames a second in --data")
    parser.add_argument("--save", type=Path, help="episodes, one JSON object a line")
    parser.add_argument("--part", default="1/1", help="K/N: only every Nth episode from the Kth on")
    parser.add_argument("--peer-hours", type=float, default=0.5, help="0 for none")
    parser.add_argument("--bound", type=float, help="only this, over so many seconds")
    parser.add_argument("--picture", type=Path, help="draw part of an episode there")
    arguments = parser.parse_args()
    recording = read_tracks(arguments.data, arguments.rate) if arguments.data else None
    scenes = (recorded_scene(recording.low, recording.high),) if recording else SCENES
    if arguments.density is not None:
        scenes = tuple(scene.peopled(arguments.density) for scene in scenes)
    if arguments.bound is not None:
        print(json.dumps({"bound": bounds(scenes, arguments.seed, arguments.bound)}))
        return
    robots = ROBOTS if arguments.robot == "both" else (arguments.robot,)
    hours = len(SCENES) * SECONDS / 3600.0 if arguments.quick else arguments.hours
    campaign = Campaign(scenes, recording, arguments.seed, arguments.save)
    k, n = (int(word) for word in arguments.part.split("/"))
    figures: dict[str, Any] = {}
    print(f"{'':34}" + "".join(f"{head:>12}" for head in COLUMNS))
    for robot in robots:
        rows = campaign.rows(robot, OURS, hours, (k, n))
        figures[robot] = show(f"{robot}, ours", rows)
        for scene in dict.fromkeys(row["scene"] for row in rows):
            show(f"  {scene}", [row for row in rows if row["scene"] == scene])
        peer_hours = min(arguments.peer_hours, hours)
        for rival, missing in contenders():
            if missing or peer_hours <= 0.0:
                print(f"{robot}, {rival.name}: {missing or 'not asked for'}")
                continue
            theirs = show(f"{robot}, {rival.name}", campaign.rows(robot, rival, peer_hours, (k, n)))
            figures[robot][rival.name] = theirs
    if arguments.picture:
        from promenade.picture import draw

        draw(arguments.picture, seed=arguments.seed)
    print(json.dumps(figures))


def bounds(scenes: Sequence[Scene], seed: int, seconds: float) -> dict[str, float]:
    """Print and return the speed ratio that nobody can exceed under each law."""
    print(f"{'':34}" + "".join(f"{scene.name:>12}" for scene in scenes) + f"{'all':>12}")
    courses = [course_of(scene, seed, k, seconds) for k, scene in enumerate(scenes)]
    figures = {}
    for name, (law, brakes) in LAWS.items():
        driven = [replace(course, body=sweeper(brakes)) for course in courses]
        times = [ratio(driven[k], scene, k, law) for k, scene in enumerate(scenes)]
        whole = tuple(sum(column) for column in zip(*times, strict=True))
        shares = [credit / max(1e-9, worked) for credit, worked in (*times, whole)]
        print(f"{name:34}" + "".join(f"{share:12.3f}" for share in shares), flush=True)
        figures[name] = round(shares[-1], 4)
    return figures


class Campaign:
    """Runs episodes that have not been run yet."""

    def __init__(
        self,
        scenes: Sequence[Scene],
        recording: Recording | None,
        seed: int,
        save: Path | None,
    ) -> None:
        """Read what was saved."""
        self.scenes, self.recording, self.seed, self.save = scenes, recording, seed, save
        self.known: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.free: dict[str, dict[str, float]] = {}
        if save is not None and _beside(save).exists():
            self.free = json.loads(_beside(save).read_text(encoding="utf-8"))
        if save is not None and save.exists():
            for line in save.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self.known[_key(row)] = row

    def rows(
        self, robot: str, contender: Contender, hours: float, part: tuple[int, int]
    ) -> list[dict[str, Any]]:
        """Return the rows of all episodes of a part."""
        count = max(1, round(hours * 3600.0 / SECONDS))
        result = []
        for number in range(part[0] - 1, count, part[1]):
            scene = self.scenes[number % len(self.scenes)]
            key = (robot, contender.name, scene.name, scene.people, self.seed, number)
            if key not in self.known:
                self._run(
                    Episode(robot, scene, self.seed, number, SECONDS, self.recording), contender
                )
            result.append(self.known[key])
            if len(result) % HOURLY == 0:
                show(f"  {robot}, {contender.name}, so far", result)
        return result

    def _run(self, episode: Episode, contender: Contender) -> None:
        row = run(episode, contender, free=self._free(episode)).row
        self.known[_key(row)] = row
        if row["caused"] and contender is OURS:
            print(
                f"  {row['robot']} {row['scene']} {row['number']}: {row['caused_at']}", flush=True
            )
        if self.save is not None:
            with self.save.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")

    def _free(self, episode: Episode) -> dict[int, float]:
        """Return the times of an episode's ways where nobody is, from the last run if there was."""
        scene = episode.scene
        name = f"{episode.robot} {scene.name} {episode.number % len(scene.rounds)}"
        if name not in self.free:
            self.free[name] = {str(way): time for way, time in free_times(episode).items()}
            if self.save is not None:
                _beside(self.save).write_text(json.dumps(self.free), encoding="utf-8")
        return {int(way): time for way, time in self.free[name].items()}


def _beside(save: Path) -> Path:
    """Return the file that keeps the times of free driving, beside that of the episodes."""
    return save.with_suffix(".free.json")


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("robot", "contender", "scene", "people", "seed", "number")
    return tuple(row.get(name) for name in names)


def show(name: str, rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Print and return the figures of some episodes."""

    def total(key: str) -> float:
        return float(sum(row[key] for row in rows))

    seconds = total("seconds")
    figures = {
        "hours": round(seconds / 3600.0, 3),
        "contacts": int(total("contacts")),
        "caused_contacts": int(total("caused")),
        "speed_ratio": round(total("credit") / max(1e-9, total("worked")), 4),
        "personal_space_fraction": round(total("intruded") / seconds, 5),
        "personal_space_fraction_moving": round(total("near_moving") / seconds, 5),
        "personal_space_fraction_strict": round(total("near") / seconds, 5),
        "tick_ms": round(1e3 * total("cpu") / (seconds / 0.05), 2),
    }
    print(f"{name:34}" + "".join(f"{value:12.4g}" for value in figures.values()), flush=True)
    return figures


if __name__ == "__main__":
    main()
