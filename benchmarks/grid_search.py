"""Measure exact grid search on every query of MovingAI maps, and on maps four times as wide.

Usage: python benchmarks/grid_search.py --data FOLDER [--seed N] [--quick]

FOLDER holds NAME.map and NAME.map.scen of the MovingAI benchmarks (octile, no corner cutting; the
last column of a query is its published optimum). Peers run a sample of the queries of the largest
maps. The wide maps are these, each cell made 4 × 4, with their longest queries; the one that takes
us longest is the hardest query, and its cost is checked against scipy's Dijkstra. The last line is
one JSON object; times are process CPU milliseconds, preparation of a map apart from the queries.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import dijkstra

from robotics.core.arrays import Array, BoolArray
from robotics.mapping.distance import exact_distance
from robotics.mapping.grid import Grid
from robotics.planning.grid_search.clearance import Field
from robotics.planning.grid_search.costly import Keep, cheapest
from robotics.planning.grid_search.jumping import shortest
from robotics.planning.grid_search.packed import PackedGrid

SAME = 1e-6
"""Costs nearer than this count as equal."""
PASSABLE = b".GS"
"""Letters of a map that may be entered (swamp as ground)."""
STRETCH = 4
Cell = tuple[int, int]


class City(NamedTuple):
    """One map and its queries."""

    name: str
    free: BoolArray
    queries: Array
    """Column, row of start, column, row of goal, optimum, shape (n, 5)."""


@dataclass(frozen=True)
class Peer:
    """A way to answer queries: preparation per map, then one search (ready, start, goal) → cost."""

    name: str
    prepare: Callable[[BoolArray], Any]
    search: Callable[[Any, Cell, Cell], float]
    exact: bool = True
    slow: bool = False
    """Takes an eighth of the sample, and with --quick no wide map."""


def main() -> None:
    """Run, print the tables, print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="a tenth of the queries, fewer peers'")
    arguments = parser.parse_args()
    cities = [read_city(path) for path in sorted(arguments.data.glob("*.map"))]
    cities = [city for city in cities if len(city.queries)]
    if not cities:
        parser.error(f"{arguments.data} holds no NAME.map with a NAME.map.scen")
    figures = all_queries(cities, 10 if arguments.quick else 1)
    most = max(city.free.size for city in cities)
    large = [city for city in cities if city.free.size == most]
    rng, count = np.random.default_rng(arguments.seed), 8 if arguments.quick else 64
    sample = [(city, rng.choice(city.queries)) for city in large for _ in range(count)]
    figures |= beside_peers(sample, hardest_query(large), quick=arguments.quick)
    print(json.dumps(figures))


def read_city(path: Path) -> City:
    """Read a map and its queries (none, if there is no scen file beside it)."""
    lines = path.read_bytes().splitlines()
    head = dict(line.split() for line in lines[:3])
    height, width = int(head[b"height"]), int(head[b"width"])
    rows = [list(line[:width].ljust(width, b"@")) for line in lines[4 : 4 + height]]
    free = np.isin(np.array(rows, dtype=np.uint8), list(PASSABLE))
    scen = path.with_name(path.name + ".scen")
    text = scen.read_text(encoding="utf-8").splitlines() if scen.is_file() else []
    queries = [line.split()[4:9] for line in text if len(line.split()) == 9]
    return City(path.stem, free, np.array(queries, dtype=float).reshape(-1, 5))


def timed(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Return the CPU time [ms] of a call, and its result."""
    begin = time.process_time()
    result = work(*arguments)
    return 1e3 * (time.process_time() - begin), result


def ends(query: Array, scale: int = 1) -> tuple[Cell, Cell]:
    """Return start and goal (row, column) of a query, on a map stretched ``scale`` times."""
    c0, r0, c1, r1 = (int(value) * scale + scale // 2 for value in query[:4])
    return (r0, c0), (r1, c1)


def all_queries(cities: list[City], every: int) -> dict[str, float]:
    """Answer the queries of all maps; print a line for each map, return the figures."""
    shortest(PackedGrid.of(np.ones((4, 4))), (0, 0), (3, 2))  # compile
    print(f"{'map':24}{'queries':>9}{'optimal':>9}{'prepare':>9}", end="")
    print(f"{'mean':>9}{'p50':>9}{'p95':>9}{'max ms':>9}")
    large, prepared = [math.nan], [math.nan]
    optimal = count = 0
    for city in cities:
        prepare, packed = timed(PackedGrid.of, city.free)
        times, hits = [], 0
        for query in city.queries[::every]:
            spent, way = timed(shortest, packed, *ends(query))
            times.append(spent)
            hits += abs(way.cost - query[4]) < SAME
        if city.free.shape == (1024, 1024):
            large, prepared = large + times, [*prepared, prepare]
        optimal, count = optimal + hits, count + len(times)
        p50, p95 = np.percentile(times, [50, 95])
        print(f"{city.name:24}{len(times):9}{hits / len(times):9.2%}{prepare:9.2f}", end="")
        print(f"{np.mean(times):9.3f}{p50:9.3f}{p95:9.3f}{max(times):9.3f}")
    return {
        "queries": count,
        "optimal_fraction": optimal / count,
        "mean_ms_1024": round(float(np.nanmean(large)), 4),
        "p95_ms_1024": round(float(np.nanpercentile(large, 95)), 4),
        "max_ms_1024": round(float(np.nanmax(large)), 4),
        "prepare_ms_1024": round(float(np.nanmean(prepared)), 3),
    }


def hardest_query(large: list[City]) -> tuple[BoolArray, Cell, Cell]:
    """Return the wide map and the ends of the longest query that takes us longest."""
    found: list[tuple[float, int]] = []
    for number, city in enumerate(large):
        start, goal = ends(longest(city), STRETCH)
        spent, way = best_of_three(shortest, PackedGrid.of(stretched(city)), start, goal)
        print(f"{city.name} x {STRETCH}: longest query {spent:.2f} ms, {way.expanded} expanded")
        found.append((spent, number))
    city = large[max(found)[1]]
    return stretched(city), *ends(longest(city), STRETCH)


def longest(city: City) -> Array:
    """Return the query with the largest optimum."""
    return np.asarray(city.queries[city.queries[:, 4].argmax()])


def stretched(city: City) -> BoolArray:
    """Return the map with each cell made ``STRETCH`` × ``STRETCH``."""
    return np.kron(city.free, np.ones((STRETCH, STRETCH), dtype=np.bool_))


def best_of_three(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Return the least CPU time [ms] of three calls, and the result."""
    runs = [timed(work, *arguments) for _ in range(3)]
    return min(run[0] for run in runs), runs[0][1]


def beside_peers(
    sample: list[tuple[City, Array]], wide: tuple[BoolArray, Cell, Cell], *, quick: bool
) -> dict[str, float]:
    """Run the sample and the hardest query by all; print a line each, return our figures."""
    free, start, goal = wide
    print(f"\n{len(sample)} queries on {sample[0][0].free.shape}, the hardest on {free.shape}")
    print(f"{'':34}{'prepare':>9}{'mean ms':>9}{'optimal':>9}{'prepare':>11}{'ms':>11}{'cost':>12}")
    figures: dict[str, float] = {}
    for peer in peers():
        on_sample(peer, sample[:: 8 if peer.slow else 1])
        if quick and peer.slow:
            print(f"{'not with --quick':>34}")
            continue
        prepare, ready = timed(peer.prepare, free)
        spent, cost = (timed if peer.slow else best_of_three)(peer.search, ready, start, goal)
        del ready
        print(f"{prepare:11.1f}{spent:11.2f}{cost:12.4f}")
        if not figures:
            figures["hardest_ms_4096"] = round(spent, 3)
            figures["prepare_ms_4096"] = round(prepare, 2)
            ours = cost
        elif peer.exact:
            error = max(abs(cost - ours), figures.get("hardest_cost_error", 0.0))
            figures["hardest_cost_error"] = error
    return figures


def on_sample(peer: Peer, sample: list[tuple[City, Array]]) -> None:
    """Print preparation, mean time and share of optimal answers of a peer."""
    prepared, times, hits = [], [], 0
    name, ready = "", None
    for city, query in sample:  # sorted by city
        if city.name != name:
            name = city.name
            prepare, ready = timed(peer.prepare, city.free)
            prepared.append(prepare)
        spent, cost = timed(peer.search, ready, *ends(query))
        times.append(spent)
        hits += abs(cost - query[4]) < 1e-3  # some peers add up in single precision
    print(f"{peer.name:34}{np.mean(prepared):9.1f}{np.mean(times):9.2f}", end="")
    print(f"{hits / len(times):9.0%}", end="", flush=True)


# ---------------------------------------------------------------------- peers


def peers() -> list[Peer]:
    """Return ours first, then what is installed; name what is not."""
    found = [
        Peer("jump points (ours)", PackedGrid.of, lambda ready, a, b: shortest(ready, a, b).cost),
        Peer("A* at a cost of none (ours)", plain_field, plain_cost),
        Peer("scipy csgraph dijkstra", plain_graph, graph_cost, slow=True),
    ]
    try:
        import pyastar2d
    except ImportError:
        print("pyastar2d: not installed")
    else:

        def star(ready: Any, start: Cell, goal: Cell) -> float:
            return length(pyastar2d.astar_path(ready, start, goal, allow_diagonal=True))

        def weights(free: BoolArray) -> Any:
            return np.where(free, 1.0, np.inf).astype(np.float32)

        found.append(Peer("pyastar2d (cuts corners)", weights, star, exact=False))
    try:
        from skimage.graph import MCP_Geometric
    except ImportError:
        print("scikit-image: not installed")
    else:

        def geometric(ready: Any, start: Cell, goal: Cell) -> float:
            costs = MCP_Geometric(ready)
            costs.find_costs([start], [goal])
            return length(costs.traceback(goal))

        def ground(free: BoolArray) -> Array:
            return np.where(free, 1.0, -1.0)

        found.append(
            Peer("scikit-image MCP (cuts corners)", ground, geometric, exact=False, slow=True)
        )
    return found


def length(path: Any) -> float:
    """Return the length of a path of cells (n, 2)."""
    return float(np.hypot(*np.diff(np.asarray(path, dtype=float), axis=0).T).sum())


def plain_field(free: BoolArray) -> tuple[Field, Keep]:
    """Return the map for the search at a cost, without any."""
    grid = Grid(exact_distance(~free), 1.0, np.zeros(2))
    return Field.of(grid, np.zeros((0, 3))), Keep(0.5, 0.0, 0.0)


def plain_cost(ready: tuple[Field, Keep], start: Cell, goal: Cell) -> float:
    """Return the cost that the search at a cost finds."""
    return cheapest(*ready, start, goal)[0]


def plain_graph(free: BoolArray) -> tuple[csr_matrix, int]:
    """Return every step in one of its directions, and the cells of a row."""
    number = np.arange(free.size, dtype=np.int32).reshape(free.shape)
    block = free[:-1, :-1] & free[:-1, 1:] & free[1:, :-1] & free[1:, 1:]
    pairs = (
        (number[:, :-1], number[:, 1:], free[:, :-1] & free[:, 1:], 1.0),
        (number[:-1], number[1:], free[:-1] & free[1:], 1.0),
        (number[:-1, :-1], number[1:, 1:], block, math.sqrt(2.0)),
        (number[:-1, 1:], number[1:, :-1], block, math.sqrt(2.0)),
    )
    begin, end = (np.concatenate([pair[k][pair[2]] for pair in pairs]) for k in (0, 1))
    cost = np.concatenate([np.full(int(pair[2].sum()), pair[3]) for pair in pairs])
    return coo_matrix((cost, (begin, end)), (free.size,) * 2).tocsr(), free.shape[1]


def graph_cost(ready: tuple[csr_matrix, int], start: Cell, goal: Cell) -> float:
    """Return the cost that scipy finds."""
    steps, cols = ready
    costs = dijkstra(steps, directed=False, indices=start[0] * cols + start[1])
    return float(costs[goal[0] * cols + goal[1]])


if __name__ == "__main__":
    main()
