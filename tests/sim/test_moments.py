"""What is filmed beside greetings, and its sound."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from robotics.core.messages import Goal, Hand, Music, Posture, Utterance
from robotics.record.codec import encode, to_plain
from sim.audio import cut_to
from sim.moments import bumps, is_busy, moments
from sim.shots import Shot

RATE = 1000


def _goal(**parts: object) -> dict[str, object]:
    plain: dict[str, object] = to_plain(Goal(**parts))  # type: ignore[arg-type]
    return plain


def test_the_first_of_each_kind_is_shown() -> None:
    """A song, a dance, an answer and a handshake, in order of time, each once."""
    song = Utterance("茉莉花", "Jasmine", 20.0, 42.0, "sing_jasmine", song="jasmine")
    answer = Utterance("在那边", "over there", 3.0, 2.0, "answer_toilet")
    goals = [
        (3.0, _goal(voice=answer)),
        (4.0, _goal(voice=answer)),
        (8.0, _goal(posture=Posture(hand=Hand.OFFERED))),
        (20.0, _goal(voice=song)),
        (90.0, _goal(music=Music("sea_breeze", 90.0, 64.0))),
        (200.0, _goal(music=Music("sea_breeze", 200.0, 64.0))),
    ]
    found = moments(goals)
    assert [one.title for one in found] == ["an answer", "a handshake", "a song", "a dance"]
    assert found[0].start == 2.0
    assert 90.0 < found[3].start < 110.0
    assert all(one.length <= 16.0 for one in found)


def test_a_word_between_two_phrases_of_a_song_is_no_dance() -> None:
    """The music goes on while it says hello, and it sings on afterwards."""
    music = Music("jasmine", 20.0, 42.0)
    song = Utterance("茉莉花", "Jasmine", 20.0, 42.0, "sing_jasmine", song="jasmine")
    word = Utterance("你好", "hello", 28.0, 2.0, "greet_too")
    goals = [
        (20.0, _goal(voice=song, music=music)),
        (28.0, _goal(voice=word, music=music)),
        (30.5, _goal(music=music)),
        (33.0, _goal(voice=song, music=music)),
    ]
    assert [one.title for one in moments(goals)] == ["a song"]


def test_a_goal_without_voice_music_and_hand_is_passed_over() -> None:
    """By its bytes, for most of a recording is such."""
    assert not is_busy(encode(Goal()))
    assert is_busy(encode(Goal(music=Music("sea_breeze", 0.0, 1.0))))
    assert is_busy(encode(Goal(posture=Posture(hand=Hand.HELD))))


def _shot(start: float, end: float, pace: float = 1.0) -> Shot:
    return Shot("", start, end, pace, "greeter", 0.0, 1.0, 1.0, 1.0)


def test_a_child_that_runs_into_it_is_shown() -> None:
    """From before the touch until it has stepped back; nothing where nobody did."""
    found = bumps([{"time": 31.5, "partner": "visitor 4"}])
    assert [one.title for one in found] == ["a child runs into it"]
    assert found[0].start < 31.0
    assert found[0].start + found[0].length > 36.0
    assert bumps([]) == []


def test_each_shot_has_the_sound_of_its_time(tmp_path: Path) -> None:
    """As long as its pictures; fast shots are silent; beyond the end of the run is silence."""
    sound, film = tmp_path / "run.wav", tmp_path / "film.wav"
    ramp = np.arange(10 * RATE)
    with wave.open(str(sound), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(ramp.astype("<i2").tobytes())
    shots = [_shot(0.0, 8.0, 4.0), _shot(5.0, 7.0), _shot(9.0, 11.0)]
    assert cut_to(shots, sound, film, 12.0)
    with wave.open(str(film), "rb") as file:
        heard = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(heard) == 6 * RATE
    assert not heard[: 2 * RATE].any()
    middle = heard[2 * RATE + 100 : 4 * RATE - 100]
    assert np.array_equal(middle, ramp[5 * RATE + 100 : 7 * RATE - 100])
    assert heard[4 * RATE + 500] == ramp[9 * RATE + 500]
    assert not heard[5 * RATE + 10 :].any()
    assert not cut_to(shots[:1], sound, film, 12.0)
