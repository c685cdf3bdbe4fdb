"""A binary heap in two flat arrays: keys, and what they stand for."""

from __future__ import annotations

from robotics.core.arrays import Array, IntArray
from robotics.core.compiled import compiled


@compiled
def push(keys: Array, items: IntArray, count: int, key: float, item: int) -> None:
    """Put in one item; ``count`` are in the heap before it."""
    i = count
    while i > 0:
        above = (i - 1) >> 1
        if keys[above] <= key:
            break
        keys[i], items[i] = keys[above], items[above]
        i = above
    keys[i], items[i] = key, item


@compiled
def pop(keys: Array, items: IntArray, count: int) -> int:
    """Take out the item with the least key; ``count`` are in the heap before it."""
    top = items[0]
    last = count - 1
    key, item = keys[last], items[last]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= last:
            break
        if child + 1 < last and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i], items[i] = keys[child], items[child]
        i = child
    keys[i], items[i] = key, item
    return int(top)
