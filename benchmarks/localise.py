"""Measure the localisation: accuracy among walkers, recovery when lost, the scan match and peers.

Usage: python benchmarks/localise.py [--site NAME|FILE] [--data LOG] [--trials N] [--walkers N]
                                     [--seed N] [--quick]

* Accuracy: both robots drive along the site's visitor routes among its visitors: the sweeper with
  slipping wheels and a biased gyro, the greeter with the drift of its steps and a swaying lidar.
* Recovery: a third of the trials each starts told a pose up to 5 m and 180° off, starts told any
  pose of the site, or is carried away after 2 s. Of each kind a third stands, drives slowly or
  turns. The true place is drawn evenly from the free ground where the site's robots are: its sweep
  zones, and lanes 2 m wide along the planner's ways between all zones, docks, stations and starts
  (``recovery_fraction``). Half as many trials again are drawn from all the ground that they can
  reach (``recovery_fraction_anywhere``; told poses of the second kind always are).
  A trial has recovered when the pose is within 10 cm and 3° and the quality above 0.5 for good; a
  false recovery is a pose more than 0.5 m wrong with a quality above 0.5, for 2 s together or at
  the end. A place may have a twin within the lidar's reach (on a pier with nothing on it but a row
  of lamps, say): ``recovery_fraction_unique`` is over the others of all trials.
* Scan match: a hall of 20 m, 360 beams of 1 cm noise, from up to ±0.3 m and ±0.15 rad off.
* --data: a log in CARMEN's format. A map is made of the poses in its first half; the second half
  is localised in it by odometry and laser, and held against the log's own poses.

The last line is one JSON object; times are CPU-clock milliseconds of this process.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from finding.accuracy import accuracy
from finding.ground import Ground
from finding.logs import log
from finding.peers import matching
from finding.recovery import recovery

from robotics.estimation.perception import warm_up


def main() -> None:
    """Run, print the tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--site", default="zhanqiao")
    parser.add_argument("--data", type=Path, help="a log in CARMEN's format")
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--walkers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="12 trials, 10 s drives")
    arguments = parser.parse_args()
    warm_up()
    ground = Ground(arguments.site, arguments.walkers)
    trials, seconds = (12, 10.0) if arguments.quick else (arguments.trials, 60.0)
    figures: dict[str, float] = {"walkers": arguments.walkers}
    figures |= accuracy(ground, seconds, arguments.seed)
    figures |= recovery(ground, trials, arguments.seed)
    figures |= matching(arguments.seed, 20 if arguments.quick else 200)
    if arguments.data is not None:
        figures |= log(arguments.data)
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
