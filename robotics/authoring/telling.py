"""What the author reads, in the author's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from robotics.authoring.examine import Checked
from robotics.behaviour.finding import LANGUAGES, Finding, faults

TEXTS: dict[str, tuple[str, str]] = {
    "made": ("已创建 {path}", "made {path}"),
    "next": ("下一步：编辑它，然后运行", "next: edit it, then run"),
    "fault": ("错误", "fault"),
    "warning": ("提醒", "warning"),
    "passes": ("通过", "passes"),
    "refused": ("不通过", "refused"),
    "file_only": ("(只检查了文件)", "(the file alone was looked at)"),
    "sum": (
        "行为 {files} 个，错误 {faults} 个，提醒 {warnings} 个",
        "behaviours: {files}, faults: {faults}, warnings: {warnings}",
    ),
    "certificate": ("证书：{path}", "certificate: {path}"),
    "rehearsed": (
        "仿真排练 {runs:.0f} 次，推了也没有倒，最多倾斜 {tilt:.1f} 度",
        "rehearsed {runs:.0f} times in the simulation, with pushes: never fell, "
        "tilted up to {tilt:.1f} deg",
    ),
    "kept": ("证书仍然有效", "its certificate holds"),
    "rehearsing": (
        "正在检查和仿真排练，每个动作大约半分钟",
        "checking and rehearsing in the simulation, about half a minute for each movement",
    ),
    "missing": (
        "没有安装 {what}，动作没有证明；运行:pip install 'scenic-robots[all]'",
        "{what} is not installed, so movements were not proved; "
        "run: pip install 'scenic-robots[all]'",
    ),
    "watching": ("正在看着 {folder};按 Ctrl-C 结束", "watching {folder}; Ctrl-C ends it"),
    "preview": ("视频：{path}", "video: {path}"),
    "seconds": ("{seconds:.1f} 秒", "{seconds:.1f} s"),
    "margins": (
        "离自己最近 {near:.0f} 厘米，平衡余量 {balance:.1f} 厘米，停下最多 {leave:.2f} 秒",
        "nearest to itself {near:.0f} cm, balance margin {balance:.1f} cm, "
        "stops within {leave:.2f} s",
    ),
}
"""In zh and en."""


def say(key: str, language: str, **words: object) -> str:
    """Return a text in the author's language."""
    return TEXTS[key][LANGUAGES.index(language)].format(**words)


def line(one: Finding, language: str) -> str:
    """Return a finding as one line that begins with where it is, as editors understand it."""
    kind = say(one.severity.value, language)
    where = f"{one.file}:{one.line}:{one.column}" if one.line else one.file
    return f"{where}: {kind}: {replace(one, file='', line=0).text(language)}"


def lines(checked: Iterable[Checked], language: str) -> Iterator[str]:
    """Yield what came of each file, its findings first."""
    for one in checked:
        yield from (line(finding, language) for finding in one.findings)
        verdict = say("passes" if one.passes else "refused", language)
        mark = "✓" if one.passes else "✗"
        about = [one.path.stem, verdict]
        if one.behaviour is not None:
            about.append(say("seconds", language, seconds=one.behaviour.duration))
            about.append(say("kept", language) if one.is_kept else _margins(one, language))
        yield f"{mark} {'  '.join(part for part in about if part)}"
        if one.passes and one.rehearsal:
            words = {"runs": one.rehearsal["runs"], "tilt": one.rehearsal["tilt_deg"]}
            yield "  " + say("rehearsed", language, **words)


def _margins(one: Checked, language: str) -> str:
    if not one.is_proved:
        return say("file_only", language)
    names = ("self_distance_m", "zmp_margin_m", "exit_s")
    if not all(name in one.figures for name in names):
        return ""
    near, balance, leave = (one.figures[name] for name in names)
    return say("margins", language, near=100 * near, balance=100 * balance, leave=leave)


def total(checked: Sequence[Checked], language: str, around: Sequence[Finding] = ()) -> str:
    """Return the last line."""
    findings = [*around, *(finding for one in checked for finding in one.findings)]
    wrong = len(faults(findings))
    words = {"files": len(checked), "faults": wrong, "warnings": len(findings) - wrong}
    return say("sum", language, **words)


def shown(path: Path) -> Path:
    """Return a path as a person would write it from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
