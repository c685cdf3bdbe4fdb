"""Goals in short frames say the same as in one, whatever the goals are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from robotics.wire.instructions import sync_write, writes
from robotics.wire.packet import Decoder
from robotics.wire.pieces import SHORT, Pieces


@given(
    count=st.integers(1, 7),
    data=st.lists(st.sampled_from([0xFF, 0xFD, 0, 1]), min_size=28, max_size=28),
)
def test_pieces_say_what_one_frame_says(count: int, data: list[int]) -> None:
    """Byte for byte the Sync Writes of each two devices, also such as have to be stuffed."""
    goals = np.array(data, dtype=np.uint8).reshape(7, 4)[:count]
    ids = range(11, 11 + count)
    said = Pieces(116, 4, ids).tell(goals)
    rows = {id: row.tobytes() for id, row in zip(ids, goals, strict=True)}
    shares = [list(ids)[at : at + SHORT] for at in range(0, count, SHORT)]
    assert said == b"".join(sync_write(116, {id: rows[id] for id in one}) for one in shares)
    heard = [change for packet in Decoder().feed(said) for change in writes(packet)]
    assert {change.id: change.data for change in heard} == rows
