"""Let a language model say a retrieved answer in other words: off unless somebody passes one in.

The model sees the question and the answer that was found, and its text is taken only if it is
short, has no number, no Latin name and no tag that the answer has not, and no blocked word. Else,
and whenever it is slow or broken, the retrieved answer stands. It never moves anything: its tags
are refused, those of the answer are kept.

It waits for a network, so it must never be called from within a tick: only from a process beside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Protocol
from urllib.error import URLError
from urllib.request import Request, urlopen

from robotics.core.errors import OptionError
from robotics.voice.answers.answerer import Answer
from robotics.voice.answers.tags import gestures_in, plain
from robotics.voice.answers.terms import is_chinese, normal

LONGEST = 120
"""Of a rephrased answer [characters], English three times as many: half a minute (own choice)."""
GROWTH = 1.5
"""And not longer than so many times the retrieved answer (own choice)."""
_RESPONSE = 65536
"""So much of a response is read [bytes]."""
_TASK = (
    "You are a kind, childlike robot guide. Say the given answer in other words, in the same "
    "language, not longer, with exactly the same facts. Reply with the sentence alone."
)
_NUMBER = re.compile(r"\d+|[零〇一二两三四五六七八九十百千万亿]{2,}")
_SIGNS = re.compile(r"[\[\]{}<>\n\r]|https?:|www\.")


class Rephraser(Protocol):
    """Says an answer in other words."""

    def rephrase(self, question: str, text: str) -> str | None:
        """Return ``text`` in other words and the same language; None if it cannot."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An OpenAI-compatible chat endpoint, asked through the standard library."""

    url: str
    """Such as ``http://127.0.0.1:8000/v1/chat/completions``."""
    model: str
    key: str = ""
    """Sent as a bearer token; "" sends none."""
    timeout: float = 2.0
    """For each step of the exchange [s]."""

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")):
            raise OptionError(
                f"the endpoint is '{self.url}'; it must begin with http:// or https://"
            )
        if not 0.0 < self.timeout <= 30.0:
            raise OptionError(f"the endpoint's timeout is {self.timeout} s; allowed: 0 to 30")

    def rephrase(self, question: str, text: str) -> str | None:
        """Ask the endpoint; None for any failure."""
        told = f"Question: {question}\nAnswer: {text}"
        messages = [{"role": "system", "content": _TASK}, {"role": "user", "content": told}]
        body = {"model": self.model, "messages": messages, "temperature": 0.7, "max_tokens": 200}
        head = {"Content-Type": "application/json"}
        if self.key:
            head["Authorization"] = f"Bearer {self.key}"
        request = Request(self.url, json.dumps(body).encode(), head, method="POST")
        try:
            with urlopen(request, timeout=self.timeout) as response:
                reply = json.loads(response.read(_RESPONSE))
            said = reply["choices"][0]["message"]["content"]
        except (URLError, HTTPException, OSError, ValueError, LookupError, TypeError):
            return None
        return said.strip() if isinstance(said, str) else None


def rephrased(
    answer: Answer, question: str, rephraser: Rephraser | None, blocked: Iterable[str] = ()
) -> Answer:
    """Return the answer in other words, or as it is.

    Args:
        answer: What was retrieved; a refusal stays as it is.
        question: What was heard.
        rephraser: None leaves every answer as it is.
        blocked: Words that must not be said, in any spelling of case or width.
    """
    if rephraser is None or not answer.known:
        return answer
    written = answer.zh if answer.language == "zh" else answer.en
    said = rephraser.rephrase(question, plain(written))
    if said is None or not allowed(said, plain(written), blocked):
        return answer
    tags = "".join(f"[{name}]" for name in gestures_in(written))
    text = tags + said
    return replace(answer, zh=text) if answer.language == "zh" else replace(answer, en=text)


def allowed(said: str, retrieved: str, blocked: Iterable[str] = ()) -> bool:
    """Return whether ``said`` may stand for ``retrieved``."""
    chinese = is_chinese(retrieved)
    longest = min((1 if chinese else 3) * LONGEST, GROWTH * len(retrieved) + 10)
    if not said or len(said) > longest or _SIGNS.search(said) or is_chinese(said) != chinese:
        return False
    if not set(_NUMBER.findall(said)) <= set(_NUMBER.findall(retrieved)):
        return False
    names = set(re.findall(r"[a-z]+", normal(said))) - set(re.findall(r"[a-z]+", normal(retrieved)))
    if chinese and names:
        return False
    return not any(normal(word) in normal(said) for word in blocked if word)
