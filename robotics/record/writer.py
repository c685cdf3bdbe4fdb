"""Write a run into one MCAP file that is readable up to its last second, however it ends."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import orjson
from mcap.writer import Writer

from robotics.core.errors import RecordError
from robotics.core.messages import Plan, Tick
from robotics.record.codec import encode
from robotics.record.schemas import SCHEMAS

FLUSH_PERIOD = 0.5
"""A chunk is closed and handed to the system this often [s of recorded time]."""


class Recorder:
    """One recording: ticks of all robots, what an onlooker saw, the configuration, the site.

    Topics: ``/<robot>/observation``, ``state``, ``goal``, ``plan`` (when it changes: it holds until
    the next), ``twist``, ``command`` (what was really sent), ``timing``; ``/witness``, ``/scene``,
    ``/events``; ``/tf`` for viewers.
    """

    def __init__(self, path: Path, config: dict[str, Any], site_folder: Path | None) -> None:
        """Open the file and write what a replay needs first.

        Args:
            path: The file to make.
            config: Options, seed, versions and file digests, as plain values.
            site_folder: The site map that the robots were given.

        Raises:
            RecordError: The file cannot be written.
        """
        try:
            self._stream = path.open("wb")
        except OSError as error:
            reason = error.strerror or str(error)
            raise RecordError(path, "", reason, "choose a folder that can be written") from error
        self.path = path
        self._writer = Writer(self._stream, chunk_size=4 << 20)
        self._writer.start(profile="", library="scenic-robots")
        self._channels: dict[str, int] = {}
        self._plans: dict[str, Plan] = {}
        self._flushed = 0.0
        self._attach("config.json", "application/json", orjson.dumps(config))
        if site_folder is not None:
            self._attach("site.zip", "application/zip", _zip(site_folder))
        self._writer.flush()

    def tick(self, robot: str, tick: Tick) -> None:
        """Record one tick of ``robot``."""
        time = tick.observation.time
        self._write(f"/{robot}/observation", "Observation", time, encode(tick.observation))
        self._write(f"/{robot}/state", "State", time, encode(tick.state))
        self._write(f"/{robot}/goal", "Goal", time, encode(tick.goal))
        if self._plans.get(robot) is not tick.plan:
            self._plans[robot] = tick.plan
            stamped = encode({"time": time, "plan": encode_plan(tick.plan)})
            self._write(f"/{robot}/plan", "Plan", time, stamped)
        self._write(f"/{robot}/twist", "Twist2", time, encode(tick.twist))
        self._write(f"/{robot}/command", "Command", time, encode(tick.sent))
        if time - self._flushed >= FLUSH_PERIOD:
            self.flush(time)

    def value(self, topic: str, time: float, value: dict[str, Any]) -> None:
        """Record a plain value on ``/witness``, ``/scene``, ``/events``, ``/tf`` or a timing."""
        self._write(topic, topic.rsplit("/", 1)[-1], time, encode(value))

    def flush(self, time: float) -> None:
        """Hand all that was recorded until ``time`` [s] to the operating system."""
        self._flushed = time
        self._writer.flush()

    def close(self) -> None:
        """Finish the file. May be called twice."""
        if not self._stream.closed:
            self._writer.finish()
            self._stream.close()

    def _attach(self, name: str, media_type: str, data: bytes) -> None:
        self._writer.add_attachment(0, 0, name, media_type, data)

    def _write(self, topic: str, schema: str, time: float, data: bytes) -> None:
        channel = self._channels.get(topic)
        if channel is None:
            channel = self._channels[topic] = self._register(topic, schema)
        stamp = round(time * 1e9)
        self._writer.add_message(channel, log_time=stamp, publish_time=stamp, data=data)

    def _register(self, topic: str, schema: str) -> int:
        name, text = SCHEMAS.get(schema, (f"robotics.{schema}", {"type": "object"}))
        schema_id = self._writer.register_schema(name, "jsonschema", orjson.dumps(text))
        return self._writer.register_channel(topic, "json", schema_id)


def encode_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values."""
    decoded: dict[str, Any] = orjson.loads(encode(plan))
    return decoded


def _zip(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
    return buffer.getvalue()
