"""Figures in words, in both languages, and syllables with the tones that they are said with."""

from __future__ import annotations

import pytest

from robotics.core.errors import MissingDependency
from robotics.core.spoken import bare
from robotics.voice.reading.chinese import in_words as chinese
from robotics.voice.reading.english import in_words as english
from robotics.voice.reading.numbers_en import cardinal as cardinal_en
from robotics.voice.reading.numbers_zh import cardinal
from robotics.voice.reading.syllables import syllables

pytest.importorskip("pypinyin")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0", "零"),
        ("10", "十"),
        ("15", "十五"),
        ("110", "一百一十"),
        ("105", "一百零五"),
        ("1001", "一千零一"),
        ("1010", "一千零一十"),
        ("2000", "两千"),
        ("20050", "两万零五十"),
        ("120000", "十二万"),
        ("100000001", "一亿零一"),
        ("1000000", "一百万"),
    ],
)
def test_chinese_numbers(written: str, said: str) -> None:
    """Noughts are said once, and only inside; 一十 is 十 at the head."""
    assert cardinal(written) == said


def test_every_chinese_number_up_to_ten_thousand_reads_back() -> None:
    """The words of a number are those of no other number, and give it back."""
    values = dict(zip("零一二三四五六七八九", range(10), strict=True)) | {"两": 2}
    for number in range(10001):
        total = section = digit = 0
        for one in cardinal(str(number)):
            if one in values:
                digit = values[one]
            elif one == "万":
                total, section, digit = (section + digit) * 10000, 0, 0
            else:
                unit = {"十": 10, "百": 100, "千": 1000}[one]
                section += (digit or 1) * unit
                digit = 0
        assert total + section + digit == number


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("建于1892年，长440米。", "建于[一:yi1]八九二年，长四百四十米。"),
        ("2024-05-01", "二零二四年五月一日"),
        ("每天8:30-17:00", "每天八点三十分到十七点"),
        ("9:05", "九点零五分"),
        ("2:00", "两点"),
        ("票价¥12.50", "票价十二点五元"),
        ("儿童2元", "儿童两元"),
        ("25℃", "二十五摄氏度"),
        ("-3℃", "零下三摄氏度"),
        ("60%", "百分之六十"),
        ("请拨打电话0532-82884548", "请拨打电话零五三二，八二八八四五四八"),
        ("报警110", "报警幺幺零"),
        ("110年的历史", "一百一十年的历史"),
        ("第3座", "第三座"),
        ("2个人", "两个人"),
        ("3-5天", "三到五天"),
        ("10km/h", "十公里每小时"),
        ("1/2", "二分之一"),
        ("１２个", "十二个"),
        ("R2机器人", "R2机器人"),
    ],
)
def test_chinese_figures_in_words(written: str, said: str) -> None:
    """Dates, times, prices, units, telephone numbers; a figure inside a Latin word stays."""
    assert chinese(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Built in 1892.", "Built in eighteen ninety-two."),
        ("440 m long", "four hundred and forty metres long"),
        ("May 1, 2024", "May first twenty twenty-four"),
        ("open 8:30-17:00", "open eight thirty to seventeen hundred hours"),
        ("at 9:05 am", "at nine oh five a m"),
        ("call 0532-8288", "call zero five three two, eight two eight eight"),
        ("25°C", "twenty-five degrees Celsius"),
        ("$12.50", "twelve dollars fifty"),
        ("1 kg", "one kilogram"),
        ("2 kWh", "two kilowatt hours"),
        ("10 km/h", "ten kilometres per hour"),
        ("1990s", "nineteen nineties"),
        ("21st", "twenty-first"),
        ("2008", "two thousand and eight"),
        ("R2-D2", "R2-D2"),
    ],
)  # fmt: skip
def test_english_figures_in_words(written: str, said: str) -> None:
    """The same kinds."""
    assert english(written) == said


def test_english_numbers_are_all_different() -> None:
    """No two numbers up to ten thousand have the same words."""
    assert len({cardinal_en(str(number)) for number in range(10001)}) == 10001


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("你好", "ni2 hao3"),
        ("展览馆", "zhan2 lan2 guan3"),
        ("老虎小", "lao2 hu2 xiao3"),
        ("一个", "yi2 ge4"),
        ("一天", "yi4 tian1"),
        ("一百", "yi4 bai3"),
        ("第一", "di4 yi1"),
        ("十一", "shi2 yi1"),
        ("一月一日", "yi1 yue4 yi1 ri4"),
        ("看一看", "kan4 yi5 kan4"),
        ("不是", "bu2 shi4"),
        ("不好", "bu4 hao3"),
        ("是不是", "shi4 bu5 shi4"),
        ("看不见", "kan4 bu5 jian4"),
        ("长江很长", "chang2 jiang1 hen3 chang2"),
        ("银行", "yin2 hang2"),
        ("女儿", "nv3 er2"),
        ("[重:zhong4]要", "zhong4 yao4"),
        ("[落叶:luo4ye4]", "luo4 ye4"),
        ("去[重庆:chong2 qing4]玩", "qu4 chong2 qing4 wan2"),
        ("[一:yi1]个", "yi1 ge4"),
        ("嗯", "en1"),
    ],
)
def test_syllables_and_tones_in_a_row(text: str, said: str) -> None:
    """Third tones, 一, 不, words with more than one reading, and readings that are told."""
    assert " ".join(one.pinyin for one in syllables(text)) == said


def test_tags_leave_nothing_behind() -> None:
    """A reading leaves its characters, a gesture nothing."""
    assert bare("大家好[wave]！[重:zhong4]重地") == "大家好！重重地"


def test_every_sound_of_the_dictionary_is_one_that_the_voice_has() -> None:
    """All common characters give a sound and a tone from 1 to 5."""
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 3000, 7))
    for one in syllables(text):
        assert one.sound.isalpha()
        assert one.sound.isascii()
        assert 1 <= one.tone <= 5


def test_missing_readings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pypinyin there is one line with its cure."""
    monkeypatch.setitem(__import__("sys").modules, "pypinyin", None)
    with pytest.raises(MissingDependency, match=r"scenic-robots\[voice\]"):
        syllables("你好")
