"""A wrong knowledge file gets one line for every fault: where, what, and the cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("pypinyin", reason="pypinyin is not installed (extra 'voice')")

from robotics.core.errors import ConfigError
from robotics.voice.answers.knowledge import load_knowledge

UNKNOWN = """\
topic: unknown
answer:
  zh: |
    我不知道。
    我还没学会。
  en: |
    I do not know.
    I have not learnt that.
refuse:
  zh: |
    今天股票涨了吗
  en: |
    Who won the match?
elsewhere: |
  北京 上海
"""
LENGTHS = "一二三四五六七八九十"
ENTRY = """\
  - id: pier_length
    subject: {zh: 栈桥, en: the pier}
    ask:
      zh: |
PHRASINGS
      en: |
        How long is the pier?
        How many metres?
    answer:
      zh: |
        [wave]四百四十米！
        很长很长。
      en: |
        [wave]440 metres!
        Very, very long.
    follow_ups: [pier_length]
    source: a sign
""".replace("PHRASINGS", "\n".join(f"        栈桥有多长第{n}问" for n in LENGTHS))
GOOD = "topic: pier\nentries:\n" + ENTRY
GESTURES = frozenset({"wave", "nod"})


def written(folder: Path, text: str = GOOD, unknown: str = UNKNOWN, name: str = "pier") -> Path:
    """Write a folder with one topic."""
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "unknown.yaml").write_text(unknown, encoding="utf-8")
    return folder


def faults(folder: Path) -> list[str]:
    """Return the lines that the folder's author gets."""
    with pytest.raises(ConfigError) as caught:
        load_knowledge(folder, GESTURES)
    return str(caught.value).splitlines()


def test_a_good_folder_loads(tmp_path: Path) -> None:
    """Every part arrives, the blocks as one sentence a line."""
    knowledge = load_knowledge(written(tmp_path), GESTURES)
    (entry,) = knowledge.entries
    assert (entry.id, entry.topic, entry.subject_zh) == ("pier_length", "pier", "栈桥")
    assert len(entry.ask) == 12
    assert entry.zh == ("[wave]四百四十米！", "很长很长。")
    assert entry.source == ("a sign",)
    assert knowledge.refuse == ("今天股票涨了吗", "Who won the match?")
    assert knowledge.elsewhere == {"北京", "上海"}


OTHER = ENTRY.replace("pier_length", "pier_width").replace("多长", "多宽")
OTHER = OTHER.replace("How long", "How wide").replace("How many metres", "How broad")
WRONG = {
    "an entry twice": (
        GOOD + OTHER.replace("pier_width", "pier_length"),
        r"line 29 \(entries\[1\]\.id\): there are two entries 'pier_length', one in pier\.yaml; ",
    ),
    "a phrasing in two entries": (
        GOOD + OTHER.replace("栈桥有多宽第三问", "栈桥有多长\uff0c第三问？"),
        r"line 35 \(entries\[1\]\.ask\.zh\[2\]\): .* is also a phrasing of 'pier_length'; .*remove",
    ),
    "a phrasing that is to be refused": (
        GOOD.replace("栈桥有多长第二问", "今天股票涨了吗"),
        r"line 8 \(entries\[0\]\.ask\.zh\[1\]\): .* is also a phrasing of 'unknown'",
    ),
    "a language missing": (
        GOOD.replace("      en: |\n        [wave]440 metres!\n        Very, very long.\n", ""),
        r"line \d+ \(entries\[0\]\.answer\.en\): 'en' is missing; add it",
    ),
    "a language 'no'": (
        GOOD.replace("      en: |\n        [wave]440", "      no: |\n        [wave]440"),
        r"line 24 \(entries\[0\]\.answer\.no\): unknown key 'no'; allowed: zh, en",
    ),
    "no source": (
        GOOD.replace("    source: a sign\n", ""),
        r"line 3 \(entries\[0\]\): the fact 'pier_length' has no source; add 'source', or 'kind",
    ),
    "nine phrasings": (
        GOOD.replace("        栈桥有多长第五问\n", ""),
        r"line 6 \(entries\[0\]\.ask\.zh\): 'pier_length' has 9 phrasings in zh; write at least 10",
    ),
    "one English phrasing": (
        GOOD.replace("        How many metres?\n", ""),
        r"\(entries\[0\]\.ask\.en\): 'pier_length' has 1 phrasings in en; write at least 2",
    ),
    "an unknown follow-up": (
        GOOD.replace("[pier_length]", "[pier_lenght]"),
        r"line 27 \(.*follow_ups\[0\]\): follow-up 'pier_lenght' is no entry; .* 'pier_length'\?",
    ),
    "one answer less in a language": (
        GOOD.replace("        很长很长。\n", ""),
        r"line 20 \(entries\[0\]\.answer\): 1 answers in zh and 2 in en; each needs its",
    ),
    "an unknown gesture": (
        GOOD.replace("[wave]四", "[wafe]四"),
        r"line 22 \(entries\[0\]\.answer\.zh\[0\]\): there is no gesture 'wafe'; did you mean",
    ),
    "half a bracket": (
        GOOD.replace("[wave]四", "[wave四"),
        r"line 22 \(.*answer\.zh\[0\]\): a bracket without its other half",
    ),
    "a reading of another length": (
        GOOD.replace("[wave]四百", "[四百:si4]"),
        r"'\[四百:si4\]' has 2 characters, 1 syllables; pair them",
    ),
    "a key twice": (GOOD.replace("    source: a", "    ask: x\n    source: a"), r"stands twice"),
    "an unknown key": (
        GOOD.replace("    source:", "    sourse:"),
        r"line 28 \(entries\[0\]\.sourse\): unknown key 'sourse'; did you mean 'source'",
    ),
    "another topic": (
        GOOD.replace("topic: pier", "topic: pire"),
        r"line 1 \(topic\): 'pire'; the file says 'pier'",
    ),
    "an id with blanks": (
        GOOD.replace("id: pier_length", "id: Pier Length"),
        r"line 3 \(entries\[0\]\.id\): 'Pier Length' is not allowed",
    ),
    "nothing but marks": (
        GOOD.replace("栈桥有多长第一问", "\uff1f\uff01"),
        r"line 7 \(entries\[0\]\.ask\.zh\[0\]\): .* has no words; write a question",
    ),
    "an empty file": ("", r"pier\.yaml: the file is empty; it needs topic, entries"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_says_where_what_and_how(tmp_path: Path, name: str) -> None:
    """With file, line, place, value and cure."""
    text, expected = WRONG[name]
    assert text != GOOD
    said = faults(written(tmp_path, text))
    assert any(re.search(expected, line) for line in said), said
    assert all(line.startswith(str(tmp_path)) for line in said), said


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Of several files, each once."""
    text = GOOD.replace("    source: a sign\n", "").replace("[pier_length]", "[nothing]")
    (tmp_path / "town.yaml").write_text("topic: town\n", encoding="utf-8")
    said = faults(written(tmp_path, text, UNKNOWN.replace("    我还没学会。\n", "")))
    assert len(said) == len(set(said)) == 4, said
    for word in ("town.yaml", "no source", "'nothing' is no entry", "1 answers in zh and 2"):
        assert sum(word in line for line in said) == 1, said


def test_a_folder_needs_both_kinds_of_files(tmp_path: Path) -> None:
    """An empty one says what to write."""
    said = faults(tmp_path)
    assert [re.sub(r".*: ", "", line) for line in said] == [
        "it has no unknown.yaml; say what to refuse",
        "it has no entries; add a file for each topic",
    ]


def test_a_line_within_a_block_is_found_behind_empty_lines(tmp_path: Path) -> None:
    """The line that is named is the one to mend."""
    text = GOOD.replace("        栈桥有多长第一问\n", "        栈桥有多长第一问\n\n\n")
    text = text.replace("栈桥有多长第二问", "今天股票涨了吗")
    (said,) = faults(written(tmp_path, text))
    number = int(re.search(r"line (\d+)", said)[1])  # type: ignore[index]  # it is there
    assert "今天股票涨了吗" in text.splitlines()[number - 1]
