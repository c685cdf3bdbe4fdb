"""Read a recording, also one whose end was torn off."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from mcap.exceptions import McapError
from mcap.records import Attachment, Channel, Footer, Message, Schema
from mcap.stream_reader import StreamReader
from mcap.writer import Writer
from zstandard import ZstdError

from robotics.core.errors import RecordError

_TORN = (McapError, EOFError, ValueError, OSError, struct.error, ZstdError)
"""What the library may raise at the torn end of a killed run."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded message."""

    topic: str
    time: float
    """[s]."""
    data: bytes
    """JSON text."""

    @property
    def value(self) -> Any:
        """The message as plain values."""
        return orjson.loads(self.data)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the first tick: all that a replay needs."""

    config: dict[str, Any]
    site: bytes
    """The site map's folder as a zip archive; empty if there was none."""

    def unpack_site(self, folder: Path) -> Path:
        """Write the site map into ``folder`` and return it."""
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(io.BytesIO(self.site)) as archive:
            archive.extractall(folder)
        return folder


def read_head(path: Path) -> Head:
    """Return the configuration and the site map of a recording.

    Raises:
        RecordError: The file is missing, or is no recording of this project.
    """
    found: dict[str, bytes] = {}
    for record in _records(path):
        if isinstance(record, Attachment):
            found[record.name] = record.data
        elif isinstance(record, Message):
            break
    if "config.json" not in found:
        raise RecordError(
            path, "", "it holds no configuration", "give a file made by 'robotics run'"
        )
    return Head(orjson.loads(found["config.json"]), found.get("site.zip", b""))


def read_entries(path: Path) -> Iterator[Entry]:
    """Yield every message in the order in which it was recorded, up to where the file ends.

    A file whose end was torn off (a killed run) gives all that reached the disk.

    Raises:
        RecordError: The file is missing, or is no MCAP file.
    """
    topics: dict[int, str] = {}
    for record in _records(path):
        if isinstance(record, Channel):
            topics[record.id] = record.topic
        elif isinstance(record, Message):
            yield Entry(topics[record.channel_id], record.log_time / 1e9, record.data)


def is_whole(path: Path) -> bool:
    """Return whether the recording was closed, so that any MCAP reader opens it."""
    return any(isinstance(record, Footer) for record in _records(path))


def recover(torn: Path, whole: Path) -> int:
    """Copy all that can be read of ``torn`` into a complete file ``whole``.

    Returns:
        The number of messages copied.

    Raises:
        RecordError: ``torn`` cannot be read, or ``whole`` cannot be written.
    """
    try:
        with whole.open("wb") as stream:
            return _copy(torn, Writer(stream))
    except OSError as error:
        raise RecordError(whole, "", str(error), "choose a folder that can be written") from error


def _copy(torn: Path, writer: Writer) -> int:
    writer.start(profile="", library="scenic-robots")
    schemas: dict[int, int] = {}
    channels: dict[int, int] = {}
    count = 0
    for record in _records(torn):
        if isinstance(record, Attachment):
            writer.add_attachment(0, 0, record.name, record.media_type, record.data)
        elif isinstance(record, Schema) and record.id not in schemas:
            schemas[record.id] = writer.register_schema(record.name, record.encoding, record.data)
        elif isinstance(record, Channel) and record.id not in channels:
            channels[record.id] = writer.register_channel(
                record.topic, record.message_encoding, schemas[record.schema_id]
            )
        elif isinstance(record, Message):
            writer.add_message(
                channels[record.channel_id], record.log_time, record.data, record.publish_time
            )
            count += 1
    writer.finish()
    return count


def _records(path: Path) -> Iterator[Any]:
    try:
        stream = path.open("rb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise RecordError(path, "", reason, "give a readable recording") from error
    with stream:
        if stream.read(5) != b"\x89MCAP":
            raise RecordError(path, "", "not an MCAP file", "give a file made by 'robotics run'")
        stream.seek(0)
        records = iter(StreamReader(stream, record_size_limit=1 << 30).records)
        while True:
            try:
                record = next(records)
            except StopIteration:
                return
            except _TORN:
                return
            yield record
