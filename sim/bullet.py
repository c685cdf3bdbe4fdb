"""A place under physics: ground, solids, visitors and robots, in a client of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from robotics.core.arrays import Array
from sim.docks import Stations
from sim.engine import Engine
from sim.ground import Crowd, Solids, lay_plane
from sim.sensors import GRAVITY
from sim.timeline import STEP, Timeline, Walkers
from sim.world_model import World

SOLVER_ITERATIONS = 10
"""Of the constraint solver; 10 and 50 give the prototype the same gait."""


class BulletWorld(Timeline):
    """A world in PyBullet.

    Attributes:
        engine: The physics client.
        names: ``body -> what it is``: "ground", "visitor 3", a robot's name; see ``name_of``.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        visitors: Walkers | None = None,
        step: float = STEP,
        view: bool = False,
    ) -> None:
        """Build the place; a bare plane without a ``world``.

        Raises:
            MissingDependency: PyBullet is not installed.
            OptionError: The visitors' period is not a whole number of steps.
        """
        super().__init__(step, visitors)
        self.engine = engine = Engine(view=view)
        engine.setGravity(0.0, 0.0, -GRAVITY)
        engine.setPhysicsEngineParameter(
            fixedTimeStep=step,
            numSolverIterations=SOLVER_ITERATIONS,
            numSubSteps=0,
            deterministicOverlappingPairs=1,
        )
        if view:
            engine.configureDebugVisualizer(engine.COV_ENABLE_RENDERING, 0)
        self.docks = Stations.of(world)
        self.names = {lay_plane(engine): "ground"}
        self._solids = None if world is None else Solids(engine, world, view=view)
        self._crowd = None if visitors is None else Crowd(engine, visitors, view=view)
        if self._crowd is not None:
            self.names |= self._crowd.names
        if view:
            engine.configureDebugVisualizer(engine.COV_ENABLE_RENDERING, 1)

    def make_step(self) -> None:
        """Let the physics go on by one step."""
        self.engine.stepSimulation()

    def place_visitors(self, visitors: Walkers) -> None:
        """Move the visitors' capsules."""
        if self._crowd is not None:
            self._crowd.place(visitors)

    def ray_test(self, starts: Array, ends: Array) -> tuple[Array, Array]:
        """Return what rays meet first.

        Args:
            starts: In the map, shape (m, 3) [m].
            ends: In the map, shape (m, 3) [m].

        Returns:
            Bodies (m,), -1 for none, and fractions of the way (m,), infinite for none.
        """
        hits = self.engine.rayTestBatch(starts.tolist(), ends.tolist(), numThreads=1)
        bodies = np.array([hit[0] for hit in hits])
        fractions = np.array([hit[2] for hit in hits])
        return bodies, np.where(bodies >= 0, fractions, np.inf)

    def name_of(self, body: int, point: Sequence[float]) -> str:
        """Return what is touched: ``body`` at ``point`` (3,) in the map [m]."""
        if self._solids is not None and body == self._solids.body:
            return self._solids.name_at(point)
        return self.names.get(body, "something")

    def ground_height(self, x: float, y: float) -> float:
        """Return the height of the paving at (x, y), looking down from 0.3 m [m]."""
        _, fraction = self.ray_test(np.array([[x, y, 0.3]]), np.array([[x, y, -0.1]]))
        return 0.3 - 0.4 * float(fraction[0]) if np.isfinite(fraction[0]) else 0.0

    def close(self) -> None:
        """Leave physics. May be called twice."""
        self.engine.close()
