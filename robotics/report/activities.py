"""What a robot was doing, in Chinese: the missions name it in English, people read both.

A line is a pattern for the beginning of an activity and what it is called; groups go into the text.
``tests/report/test_activities.py`` holds that every activity of both robots has one.
"""

from __future__ import annotations

import re

NUMBERS = {"one": "一", "two": "两", "three": "三", "four": "四", "five": "五", "six": "六"}
"""As people count visitors; larger numbers stay figures."""
CHINESE = (
    # the sweeper
    (r"sweeping", "清扫"),
    (r"driving to the station for charge", "去充电"),
    (r"driving to the station for water", "去加水"),
    (r"driving to the station for tip", "去倾倒尘箱"),
    (r"driving to the dock", "回充电位"),
    (r"driving", "前往作业区"),
    (r"at the station for charge", "充电"),
    (r"at the station for water", "加水"),
    (r"at the station for tip", "倾倒尘箱"),
    (r"asking people", "请游客让行"),
    (r"asking for help", "请求人员协助"),
    (r"lost", "请求人员协助"),
    (r"returning", "返回"),
    (r"leaving", "离开停靠位"),
    (r"choosing", "选择下一步"),
    (r"in the dock", "在充电位等候"),
    (r"parked", "已停靠"),
    # the greeter
    (r"swaying and looking around", "轻轻摇摆，四处看看"),
    (r"noticing (\w+) visitor", r"注意到\1位游客"),
    (r"greeting (\w+) visitor", r"问候\1位游客"),
    (r"following (\w+) visitor", r"目光跟随\1位游客"),
    (r"saying goodbye", "道别"),
    (r"answering a question", "回答提问"),
    (r"walking to somebody who lingers", "走向停留的游客"),
    (r"turning to people", "转向身旁的游客"),
    (r"taking a few steps", "走几步"),
    (r"walking back to its station", "走回岗位"),
    (r"standing and looking at the sea", "停步看海"),
    (r"somebody ran into it", "有人撞上来：站稳，并说没关系"),
    (r"bowing", "鞠躬：服务结束"),
    (r"showing the way", "指路"),
    (r"showing .*?\(([^()]+)\)", r"表演：\1"),
    (r"showing", "表演"),
    (r"shaking hands: offers its hand", "握手：伸出手"),
    (r"shaking hands: holds its hand out", "握手：伸出手，请人握"),
    (r"shaking hands: waits", "握手：等人来握"),
    (r"shaking hands: its hand was taken", "握手：手被握住，感觉对方是否摇动"),
    (r"shaking hands: nobody shakes", "握手：自己轻轻摇一摇"),
    (r"shaking hands: joins", "握手：跟着对方的节奏摇"),
    (r"shaking hands: has shaken", "握手：摇好了，放松等对方松手"),
    (r"shaking hands: asks", "握手：请对方松手，轻轻收回"),
    (r"shaking hands: the hand let go", "握手：对方松手，道谢，收回手臂"),
    (r"shaking hands: nobody took", "握手：没人来握，说没关系，收回手臂"),
    (r"shaking hands: has to stop", "握手：需要停下，收回手臂"),
    (r"shaking hands", "握手"),
    (r"getting up", "正在站起来"),
    # both
    (r"getting ready", "准备中"),
    (r"finding", "重新定位"),
    (r"starting", "启动"),
    (r"stopped", "已停止"),
    (r"fault", "故障"),
    (r"finished", "完成"),
)
"""The first that fits counts."""


def chinese(label: str) -> str:
    """Return what an activity is in Chinese; "" where nobody wrote it down."""
    for begin, text in CHINESE:
        found = re.match(begin, label)
        if found is not None:
            groups = [NUMBERS.get(group, group) for group in found.groups()]
            return text.replace(r"\1", groups[0]) if groups else text
    return ""


def both(label: str) -> str:
    """Return an activity in Chinese, then in English, on one line."""
    return f"{chinese(label)} {label}".strip()
