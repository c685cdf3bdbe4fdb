"""Questions get their entry, whatever way they are asked or misheard; others a polite refusal."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pypinyin", reason="pypinyin is not installed (extra 'voice')")

from pypinyin import lazy_pinyin

from robotics.assets import asset
from robotics.voice.answers.answerer import REMEMBERED, Answer, Answerer
from robotics.voice.answers.index import Index
from robotics.voice.answers.knowledge import Knowledge, load_knowledge
from robotics.voice.answers.tags import gestures_in, plain

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from answering.asked import homophones, questions

QUESTIONS = Path(__file__).resolve().parents[2] / "benchmarks" / "answering" / "questions.tsv"
LATER = 10.0 * REMEMBERED
"""Between two questions [s]: what was spoken of is forgotten."""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    """Return what the greeter ships with, its tags checked against its behaviours."""
    gestures = frozenset(path.stem for path in asset("behaviours/greeter").glob("*.yaml"))
    return load_knowledge(asset("behaviours/answers"), gestures)


@pytest.fixture(scope="module")
def answerer(knowledge: Knowledge) -> Answerer:
    """Return one answerer for all tests; they ask at times far apart."""
    return Answerer(knowledge)


class Visit:
    """Somebody who asks one thing after another."""

    start = 0.0

    def __init__(self, answerer: Answerer) -> None:
        Visit.start += LATER
        self.answerer, self.time = answerer, Visit.start

    def ask(self, text: str, after: float = 5.0) -> Answer:
        """Ask some seconds after the last question."""
        self.time += after
        Visit.start = max(Visit.start, self.time)
        answer = self.answerer.answer(text, self.time)
        assert answer is not None
        return answer


def test_there_is_enough_to_know(knowledge: Knowledge) -> None:
    """At least 120 entries, every fact with a source, both languages, tags that exist."""
    assert len(knowledge.entries) >= 120
    topics = {entry.topic for entry in knowledge.entries}
    assert {"pier", "qingdao", "robots", "directions", "safety", "chat"} <= topics
    for entry in knowledge.entries:
        assert len(entry.ask) >= 10
        assert len(entry.zh) == len(entry.en) >= 2
        assert entry.source or entry.topic == "chat"


def test_every_phrasing_finds_its_entry(knowledge: Knowledge, answerer: Answerer) -> None:
    """What staff wrote down works, with marks and case as they may come."""
    visit = Visit(answerer)
    for entry in knowledge.entries:
        for text in entry.ask:
            assert visit.ask(text, LATER).id == entry.id, text
            assert answerer.nearest(text.upper() + "\uff1f") == entry.id, text


FIRST = {
    "directions": r"[东南西北边旁前后]|背对大海|红色|广场|草坪|桥|不要|别",
    "safety": r"不|别|请|快|喊|打|去|站|坐|先|离|危险|[一二]{2}零",
}
"""What the first sentence of an answer has to tell: where to go, or what to do."""


def test_where_and_what_to_do_comes_before_the_joke(knowledge: Knowledge) -> None:
    """Somebody in need hears the help first, in every variant; humour waits its turn."""
    for entry in knowledge.entries:
        told = FIRST.get(entry.topic)
        for text in entry.zh if told else ():
            first = re.split(r"[。!！?？；]", plain(text))[0]
            assert re.search(told or "", first), f"{entry.id}: {first}"
    toilet = next(entry for entry in knowledge.entries if entry.id == "way_toilet")
    assert all("志愿服务站" in re.split(r"[。！]", text)[0] for text in toilet.zh)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Excuse me, could you tell me where the toilet is, please?", "where is the toilet"),
        ("你好，请问一下栈桥有多长呀？谢谢", "栈桥有多长"),
        ("Do you know how long the pier is?", "how long the pier is"),
    ],
)
def test_politeness_changes_nothing(answerer: Answerer, said: str, meant: str) -> None:
    """What is said around a question does not hide it; alone it stays what it is."""
    assert answerer.nearest(said) == answerer.nearest(meant)
    for alone in ("你好", "谢谢", "Hello", "Thank you"):
        assert answerer.nearest(alone) in ("chat_hello", "chat_thanks")


def test_every_question_to_refuse_is_refused(knowledge: Knowledge, answerer: Answerer) -> None:
    """As written in unknown.yaml."""
    visit = Visit(answerer)
    answered = [text for text in knowledge.refuse if visit.ask(text, LATER).known]
    assert answered == []


def test_held_back_questions(answerer: Answerer) -> None:
    """Other words find their entry, few are refused, and what is out of scope mostly is."""
    held, outside = questions(QUESTIONS, "test")
    visit = Visit(answerer)
    assert np.mean([answerer.nearest(text) == entry for text, entry in held]) >= 0.90
    assert np.mean([visit.ask(text, LATER).id == entry for text, entry in held]) >= 0.85
    assert np.mean([visit.ask(text, LATER).known for text in outside]) <= 0.05


def test_misheard_questions(knowledge: Knowledge, answerer: Answerer) -> None:
    """With 12 % of the characters replaced by homophones, four of five are still right."""
    held = [one for one in questions(QUESTIONS, "test")[0] if not one[0].isascii()]
    rng = np.random.default_rng(7)
    visit = Visit(answerer)
    said = [(homophones(text, knowledge, rng), text, entry) for text, entry in held]
    assert np.mean([heard != text for heard, text, _ in said]) > 0.4
    assert np.mean([visit.ask(heard, LATER).id == entry for heard, _, entry in said]) >= 0.8


def test_a_question_in_nothing_but_homophones() -> None:
    """Where no character is right, the sounds alone tell."""
    asked = [["栈桥有多长"], ["回澜阁几点开门"], ["哪里有厕所"]]
    index = Index(asked)
    for place, text in enumerate(["站乔油朵常", "汇兰格己电凯们", "那里油策所"]):
        assert index.match(text).best == place
        heard = lazy_pinyin(text)
        assert len(heard) == len(text)


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("回澜阁是什么", "那里几点开门", "huilan_hours"),
        ("回澜阁是什么", "要门票吗", "huilan_ticket"),
        ("栈桥是什么", "走完要多久", "pier_walk_time"),
        ("你是谁", "你几岁了", "robot_age"),
        ("蜗小白是谁", "它有多重", "sweeper_weight"),
        ("这里有海鸥吗", "它们吃什么", "pier_gull_feeding"),
        ("啤酒博物馆在哪", "那儿门票多少钱", "beer_museum"),
        ("What is Huilan Ge?", "When does it open?", "huilan_hours"),
        ("What is this pier?", "How wide is it?", "pier_width"),
    ],
)
def test_follow_ups(answerer: Answerer, first: str, then: str, entry: str) -> None:
    """Words such as "there" mean what was spoken of, and it need not be named at all."""
    visit = Visit(answerer)
    visit.ask(first)
    assert visit.ask(then).id == entry


def test_what_was_spoken_of_is_forgotten(answerer: Answerer) -> None:
    """After a while, and when time runs backwards, the same words are asked afresh."""
    fresh = Visit(answerer).ask("那里几点开门")
    visit = Visit(answerer)
    visit.ask("回澜阁是什么")
    assert visit.ask("那里几点开门", REMEMBERED + 1.0).id == fresh.id
    visit.ask("回澜阁是什么")
    assert visit.ask("那里几点开门", -1.0).id == fresh.id
    visit.ask("回澜阁是什么", LATER)
    again = answerer.answer("那里几点开门", float("nan"))
    assert again is not None
    assert again.id == fresh.id


def test_context_does_not_answer_what_is_out_of_scope(answerer: Answerer) -> None:
    """After an entry, at most 5 % of other questions are taken for one about it."""
    _, outside = questions(QUESTIONS, "test")
    visit, known = Visit(answerer), []
    for number, text in enumerate(outside):
        visit.ask(("回澜阁是什么", "你是谁", "崂山有多高")[number % 3], LATER)
        known.append(visit.ask(text).known)
    assert np.mean(known) <= 0.05


def test_another_place_is_refused(answerer: Answerer) -> None:
    """The same question about a place of which nothing is known."""
    assert Visit(answerer).ask("今天天气怎么样").id == "weather_today"
    assert not Visit(answerer).ask("三亚今天天气怎么样").known
    assert not Visit(answerer).ask("What is the weather in London today").known


def test_answers_take_turns(knowledge: Knowledge, answerer: Answerer) -> None:
    """No answer comes twice in a row, all are used; refusals as well."""
    joke = next(entry for entry in knowledge.entries if entry.id == "chat_joke")
    visit = Visit(answerer)
    said = [visit.ask("讲个笑话", LATER) for _ in range(2 * len(joke.zh))]
    assert {answer.zh for answer in said} == set(joke.zh)
    assert all(one.zh != other.zh for one, other in pairwise(said))
    assert all(joke.zh.index(answer.zh) == joke.en.index(answer.en) for answer in said)
    refused = [visit.ask("今天股票涨了吗", LATER) for _ in knowledge.unknown_zh]
    assert {answer.zh for answer in refused} == set(knowledge.unknown_zh)


def test_the_language_is_that_of_the_question(answerer: Answerer) -> None:
    """Both texts come, and which one was asked for."""
    assert Visit(answerer).ask("How long is the pier?").language == "en"
    answer = Visit(answerer).ask("栈桥 how long")
    assert answer.language == "zh"
    assert answer.en.isascii()
    assert not answer.zh.isascii()


@pytest.mark.parametrize("text", ["", "  \n", "\uff1f\uff01\u2026", "\u0000", "🙂🙂"])
def test_nothing_said_is_not_answered(answerer: Answerer, text: str) -> None:
    """Silence, marks and pictures are no question."""
    assert answerer.answer(text, Visit.start + LATER) is None


@pytest.mark.parametrize("text", ["啊", "x", "\ud800栈桥", "嗯" * 5000, "ß" * 300, "1234567890"])
def test_strange_input_is_survived(answerer: Answerer, text: str) -> None:
    """One sign, broken text, endless text: an answer or a refusal, never an exception."""
    assert answerer.answer(text, Visit.start + LATER) is not None


def test_the_same_questions_get_the_same_answers(knowledge: Knowledge) -> None:
    """Two answerers agree to the last bit."""
    small = Knowledge(
        knowledge.entries[:0] + tuple(e for e in knowledge.entries if not e.follow_ups),
        knowledge.refuse[:40],
        knowledge.unknown_zh,
        knowledge.unknown_en,
    )
    asked = [text for text, _ in questions(QUESTIONS, "test")[0]][:60]
    both = [Answerer(small), Answerer(small)]
    told = [[one.answer(text, float(i)) for i, text in enumerate(asked)] for one in both]
    assert told[0] == told[1]


def test_an_index_needs_something_to_find() -> None:
    """No entries, or an entry without phrasing, is refused."""
    for asked in ([], [["你好"], []]):
        with pytest.raises(ValueError, match="phrasings"):
            Index(asked)


def test_tags_are_left_out_of_the_words() -> None:
    """A gesture is no word, a reading is its character."""
    assert plain("[wave]你好呀[nod] 再见") == "你好呀 再见"
    assert plain("[重:zhong4]重的") == "重重的"
    assert gestures_in("[wave]你好[重:zhong4][nod]") == ("wave", "nod")


def test_homophones_sound_alike(knowledge: Knowledge) -> None:
    """The noise of the misheard questions is one of characters, not of sounds."""
    rng = np.random.default_rng(3)
    changed = defaultdict(int)
    for text in ("栈桥是什么时候建的", "回澜阁几点开门", "附近哪里有厕所"):
        for _ in range(20):
            heard = homophones(text, knowledge, rng)
            assert len(heard) == len(text)
            changed[heard != text] += 1
            for one, other in zip(heard, text, strict=True):
                same = lazy_pinyin(one)[0] == lazy_pinyin(text)[text.index(other)]
                assert one == other or same
    assert changed[True] > 20
