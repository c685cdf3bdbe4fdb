"""What is said and sung, in both languages, and the gestures that start at a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from robotics.behaviour.clips import Behaviour
from robotics.behaviour.compiled import Words
from robotics.behaviour.format.cues import Say, VoiceCue
from robotics.behaviour.format.polyphones import ambiguous
from robotics.behaviour.format.tags import Tagged, has_chinese, untag
from robotics.behaviour.format.task import Task
from robotics.core.config import Location


@dataclass(frozen=True, slots=True)
class Insert:
    """A gesture that comes in while something else goes on."""

    start: float
    """[s]."""
    behaviour: Behaviour
    at: Location


def spoken_time(task: Task, words: Words) -> float:
    """Return how long words take at most, in either language [s]."""
    if words.song:
        song = task.library.song(words.song)
        return 0.0 if song is None else song.duration
    texts = [untag(text).plain for text in (*words.zh, *words.en)]
    return max((task.library.pace(text) for text in texts), default=0.0)


def voice(task: Task, cues: Sequence[VoiceCue]) -> tuple[list[Words], list[Insert]]:
    """Return what a voice track says and sings, with the gestures of its tags."""
    found: list[Words] = []
    inserts: list[Insert] = []
    for place, cue in enumerate(cues):
        at: Location = ("tracks", "voice", place)
        start = task.timing.of(at, cue)
        if (cue.say is None) == (cue.sing is None) and task.sheet.is_whole(at):
            task.sheet.fault(at, "pose_or_joints", allowed="say, sing")
        if start is None:
            continue
        if cue.sing is not None and sung(task, (*at, "sing"), cue.sing):
            found.append(Words(start, song=cue.sing))
        if cue.say is not None:
            words, more = said(task, (*at, "say"), start, cue.say)
            found.append(words)
            inserts += more
    return found, inserts


def sung(task: Task, at: Location, name: str) -> bool:
    """Return whether there is a song ``name``; else the fault is noted."""
    if name not in task.library.song_paths():
        task.sheet.unknown(at, "song", name, task.library.song_paths())
        return False
    task.sheet.include(task.library.song_findings(name))
    return True


def said(task: Task, at: Location, start: float, say: Say) -> tuple[Words, list[Insert]]:
    """Return words without gesture tags, and the gestures, each where its word is.

    A behaviour is proved once for both languages and all variants, so all of them have the same
    gestures in the same order; they come when they come in the first Chinese text.
    """
    if len(say.zh) != len(say.en):
        task.sheet.fault(at, "unpaired", zh=len(say.zh), en=len(say.en))
    tagged = {
        (*at, language, place): untag(text)
        for language, texts in (("zh", say.zh), ("en", say.en))
        for place, text in enumerate(texts)
    }
    for where, one in tagged.items():
        _check(task, where, one)
    first = tagged[(*at, "zh", 0)]
    _check_same(task, tagged, first)
    inserts = []
    for name, before in first.gestures:
        one_at: Location = (*at, "zh", 0)
        behaviour = gesture(task, one_at, name)
        if behaviour is not None:
            inserts.append(Insert(start + task.library.pace(before), behaviour, one_at))
    words = {language: _texts(tagged, language) for language in ("zh", "en")}
    return Words(start, words["zh"], words["en"]), inserts


def gesture(task: Task, at: Location, name: str) -> Behaviour | None:
    """Return a behaviour that may run beside words; None, and a finding, if it may not."""
    found = task.refer(at, name, ())
    if found is None:
        return None
    rule = ""
    if found.words:
        rule = "speaks"
    elif found.steps:
        rule = "steps_gesture"
    elif found.clip is not None and found.clip.loop:
        rule = "plays_loop"
    if rule:
        task.sheet.fault(at, rule, name=name)
    return None if rule else found


def plain(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts as people read them, without any tag."""
    return tuple(untag(text).plain for text in texts)


def _texts(tagged: dict[Location, Tagged], language: str) -> tuple[str, ...]:
    return tuple(one.text for where, one in tagged.items() if where[-2] == language)


def _check(task: Task, where: Location, one: Tagged) -> None:
    for tag in one.wrong:
        mend = "手势写 [wave]，读音写 [重:zhong4]"
        mend_en = "a gesture is [wave], a reading [重:zhong4]"
        task.sheet.fault(where, "tag", value=tag, mend=mend, mend_en=mend_en)
    chinese = has_chinese(one.plain)
    if where[-2] == "en" and chinese:
        task.sheet.fault(where, "untranslated", value=one.plain[:20])
    if where[-2] == "zh" and not chinese:
        task.sheet.warn(where, "no_chinese")
    if where[-2] == "zh":
        for character, readings in ambiguous(one.text):
            mend = f"[{character}:{readings[0]}]"
            words = {"value": character, "readings": "、".join(readings), "mend": mend}
            task.sheet.warn(where, "polyphone", **words)


def _check_same(task: Task, tagged: dict[Location, Tagged], first: Tagged) -> None:
    wanted = [name for name, _ in first.gestures]
    known = task.library.paths()
    is_clear = all(name in known for name in wanted)
    for where, one in tagged.items():
        found = [name for name, _ in one.gestures]
        for name in set(found) - set(wanted):
            task.refer(where, name, ())  # which notes it if there is none
        if found != wanted and is_clear:
            shown = " ".join(f"[{name}]" for name in found) or "-"
            mend = " ".join(f"[{name}]" for name in wanted) or "-"
            task.sheet.fault(where, "tags_differ", value=shown, first=mend)
