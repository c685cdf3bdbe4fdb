"""Words as they are read by people: without the tags that are there for voice and arms."""

from __future__ import annotations

import re

READING = re.compile(r"\[([\u3400-\u4dbf\u4e00-\u9fff]+):\s*((?:[a-zü]+[1-5]\s*)+)\]")
"""``[重:zhong4]``, ``[重庆:chong2 qing4]``: characters and how they are pronounced."""


def bare(text: str) -> str:
    """Return a text with readings replaced by their characters, and without gesture tags."""
    return re.sub(r"\[[^\[\]]*\]", "", READING.sub(lambda match: match[1], text))
