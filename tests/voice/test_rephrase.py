"""A language model may only say the same in other words; else the retrieved answer stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from robotics.core.errors import OptionError
from robotics.voice.answers.answerer import Answer
from robotics.voice.answers.rephrase import Endpoint, allowed, rephrased

FOUND = Answer("pier_length", "[wave]栈桥长440米，很长！", "It is 440 metres long!", "zh", 0.9)


class Says:
    """A rephraser with one thing to say."""

    def __init__(self, text: str | None) -> None:
        self.text = text

    def rephrase(self, question: str, text: str) -> str | None:
        """Return it."""
        return self.text


def test_off_by_default() -> None:
    """Without a rephraser nothing changes; a refusal never does."""
    assert rephrased(FOUND, "多长", None) is FOUND
    refusal = Answer("unknown", "我不知道。", "I do not know.", "zh", 0.0)
    assert rephrased(refusal, "多长", Says("我什么都知道！")) is refusal


def test_other_words_are_taken_and_gestures_kept() -> None:
    """Only the language of the question changes, and its tags stay."""
    said = rephrased(FOUND, "多长", Says("哇，它有440米那么长！"))
    assert said.zh == "[wave]哇，它有440米那么长！"
    assert (said.en, said.id, said.margin) == (FOUND.en, FOUND.id, FOUND.margin)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "它有450米那么长！",
        "它有四百五十米长！",
        "[bow]它有440米那么长！",
        "长440米，见 https://x.cn",
        "长440米\n走吧",
        "It is 440 metres.",
        "长440米，哈哈 robot",
        "笨蛋，长440米！",
        "长" * 200,
    ],
)
def test_what_is_not_allowed_leaves_the_answer(text: str | None) -> None:
    """New numbers, tags, links, lines, another language, names, blocked words, too long."""
    assert rephrased(FOUND, "多长", Says(text), blocked=("笨蛋", "")) is FOUND


def test_blocked_words_are_found_in_any_width_and_case() -> None:
    """Full-width and capital letters hide nothing."""
    assert allowed("A fine pier!", "A very fine pier!")
    assert not allowed("A \uff26\uff29\uff2e\uff25 pier!", "A very good pier!", ("fine",))


@contextmanager
def served(body: bytes, status: int = 200) -> Iterator[tuple[str, list[dict[str, object]]]]:
    """Serve one answer to every request; yield the address and what was asked."""
    asked: list[dict[str, object]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/chat/completions", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_endpoint_is_asked_with_the_retrieved_words_alone() -> None:
    """A chat completion in the usual form, without tags in the request."""
    body = json.dumps({"choices": [{"message": {"content": " 它有440米长呢！ "}}]}).encode()
    with served(body) as (url, asked):
        said = rephrased(FOUND, "栈桥多长", Endpoint(url, "small", "secret"))
    assert said.zh == "[wave]它有440米长呢！"
    assert asked[0]["model"] == "small"
    assert "栈桥长440米" in json.dumps(asked[0], ensure_ascii=False)
    assert "[wave]" not in json.dumps(asked[0])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 200),
        (b"[]", 200),
        (b'{"choices": []}', 200),
        (b'{"choices": [{"message": {"content": 7}}]}', 200),
        (b"\xff\xfe", 200),
        (b"{}", 500),
    ],
)
def test_a_broken_endpoint_leaves_the_answer(body: bytes, status: int) -> None:
    """Whatever comes back, nothing is raised."""
    with served(body, status) as (url, _):
        assert rephrased(FOUND, "多长", Endpoint(url, "small")) is FOUND


def test_nobody_there_leaves_the_answer() -> None:
    """A closed port."""
    with served(b"") as (url, _):
        pass
    assert rephrased(FOUND, "多长", Endpoint(url, "small", timeout=0.5)) is FOUND


def test_an_endpoint_needs_a_sensible_address_and_time() -> None:
    """No local files, no endless waiting."""
    with pytest.raises(OptionError, match=r"file:///etc/passwd.*http://"):
        Endpoint("file:///etc/passwd", "small")
    for seconds in (0.0, -1.0, float("nan"), 100.0):
        with pytest.raises(OptionError, match="0 to 30"):
            Endpoint("http://127.0.0.1/", "small", timeout=seconds)
