"""Sections of the quality report about the ground: zones, kerbs, what was missed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from robotics.report.quality_charts import gap_strip, share_within
from robotics.report.quality_data import OUTSIDE, Quality, ZoneWork
from robotics.report.quality_maps import (
    DIRT,
    GAPS,
    NEVER,
    NUMBERED,
    PASSES,
    REASON_COLOURS,
    SHUT,
    dirt_map,
    dirt_top,
    is_wide,
    missed_map,
    passes_map,
)
from robotics.report.quality_missed import WORDS, Patch, Reason, crumbs
from robotics.report.quality_words import both, heading, legend, row, table


def zone_section(quality: Quality, work: ZoneWork, patches: Sequence[Patch]) -> str:
    """Return one zone: its figures and four maps."""
    wide = " wide" if is_wide(work) else ""
    maps = (
        ("清扫前的脏物", "dirt before", dirt_map(quality, work, after=False)),
        (
            "清扫后的脏物（同一色标）",
            "dirt after, same colours",
            dirt_map(quality, work, after=True),
        ),
        ("清扫次数", "passes", passes_map(quality, work)),
        ("漏扫及路缘距离", "missed, and gap at the kerb", missed_map(quality, work, patches)),
    )
    figures = [
        f"<figure><figcaption>{both(zh, en, block=False)}</figcaption>{drawn}</figure>"
        for zh, en, drawn in maps
    ]
    return (
        heading(work.title, "zone", new_page=True)
        + _figures(work)
        + f'<div class="maps{wide}">{"".join(figures)}</div>'
        + _ramp(quality)
        + _keys(quality)
    )


def _figures(work: ZoneWork) -> str:
    before, after = work.number("mass_before_kg"), work.number("mass_after_kg")
    removed = 1.0 - after / before if before > 0.0 else math.nan
    head = row(
        both("面积", "area"), both("可达", "in reach"), both("覆盖", "swept"),
        both("一次", "once"), both("两次", "twice"), both("三次以上", "3 or more"),
        both("用时", "time"), both("效率", "rate"), both("脏物 *", "dirt *"),
        numbers=range(9), tag="th",
    )  # fmt: skip
    cells = (
        f"{work.number('area_m2'):.1f} m²",
        _percent(work.number("reachable_fraction")),
        _percent(work.number("covered_fraction")),
        *(_percent(work.repeated(times)) for times in (1, 2, 3)),
        f"{work.seconds / 60.0:.1f} min",
        f"{work.rate:.0f} m²/h" if math.isfinite(work.rate) else "–",
        f"{before:.2f} → {after:.2f} kg<br>−{_percent(removed)}",
    )
    return table(head, [row(*cells, numbers=range(9))])


def _ramp(quality: Quality) -> str:
    stops = ",".join(f"rgb({r},{g},{b})" for r, g, b in DIRT.tolist())
    bar = f'<b style="background:linear-gradient(90deg,{stops})"></b>'
    top = dirt_top(quality)
    middle = f"中间色 middle: {top / 4.0:.0f} g/m²"
    red = "红点 = 剩余垃圾 red dots: litter left"
    return (
        f'<div class="ramp">0 {bar} ≥ {top:.0f} g/m² · {middle} · 脏物模型 dirt model · {red}</div>'
    )


def _keys(quality: Quality) -> str:
    words = ("未扫 0", "一次 1", "两次 2", "三次以上 3+")
    named = [(_rgb(c), f"{w} ×") for c, w in zip(PASSES, words, strict=True)]
    named.append((_rgb(SHUT), "够不到 out of reach"))
    return legend(named) + (_gap_key() if quality.kerbs else "")


def _gap_key() -> str:
    items = [(c, f"≤ {100.0 * bound:g} cm") for bound, c in GAPS]
    return legend([*items, (NEVER, "更远或未沿边清扫 farther, or never swept along")])


def kerb_section(quality: Quality) -> str:
    """Return the gap along all kerbs of the zones as a strip."""
    title = heading("路缘石边", "Along the kerbs")
    if not quality.kerbs:
        zh, en = "本次没有路缘距离数据。", "This recording holds no gap along the kerbs."
        return f"{title}<p>{both(zh, en, block=False)}</p>"
    metres = sum(line.length for line in quality.kerbs)
    bent = max(0.0, -min(float(line.gap.min()) for line in quality.kerbs))
    within = [share_within(quality.kerbs, bound) for bound in (0.02, 0.035)]
    zh = f"区内路缘石共 {metres:.1f} m：{_percent(within[0])} 的长度距离 ≤ 2 cm，"
    zh += f"{_percent(within[1])} ≤ 3.5 cm；刷毛最多弯入 {100.0 * bent:.1f} cm。"
    zh += "虚线为目标：平均 2 cm，95 % 3.5 cm。平均值只算刷子 10 cm 内经过的路缘。"
    en = f"{metres:.1f} m of kerb: the brush came within 2 cm along {_percent(within[0])} of it, "
    en += f"within 3.5 cm along {_percent(within[1])}; bristles bent by {100.0 * bent:.1f} cm at "
    en += "most. Dashed: what is asked, mean and 95 %. The mean is of kerbs passed within 10 cm."
    text = f"<p>{both(zh, en, block=False)}</p>"
    return f"{title}{text}{gap_strip(quality.kerbs)}{_gap_key()}"


def missed_section(quality: Quality, patches: Sequence[Patch]) -> str:
    """Return what was left and why: by reason, then patch by patch."""
    title = heading("没有扫到的地方及原因", "What was missed, and why")
    whole = sum(
        float((w.passes.cells != OUTSIDE).sum()) * w.passes.resolution**2 for w in quality.zones
    )
    rest = sum(crumbs(work) for work in quality.zones)
    title += _not_begun(quality)
    if not patches and rest < 0.01:
        return f"{title}<p>{both('没有。', 'Nothing.', block=False)}</p>"
    head = row(
        "", both("原因", "reason"), both("块数", "patches"), both("面积", "area"),
        both("占作业区", "of the zones"), numbers=(2, 3, 4), tag="th",
    )  # fmt: skip
    rows = []
    for reason in Reason:
        areas = [patch.area for patch in patches if patch.reason is reason]
        if areas:
            swatch = f'<span style="color:{REASON_COLOURS[reason]}">■</span>'
            rows.append(_reason_row(swatch, WORDS[reason], len(areas), sum(areas), whole))
    if rest >= 0.005:
        words = ("零星小点（每处不到 200 cm²）", "specks, each under 200 cm²")
        rows.append(_reason_row("", words, 0, rest, whole))
    return title + table(head, rows) + _patches(patches)


def _not_begun(quality: Quality) -> str:
    if not quality.not_begun:
        return ""
    names = "、".join(quality.not_begun)
    zh, en = f"计划中但没有开始的区域：{names}。", "Zones of the plan that were not begun."
    return f"<p>{both(zh, en, block=False)}</p>"


def _reason_row(swatch: str, words: tuple[str, str], count: int, area: float, whole: float) -> str:
    share = f"{100.0 * area / whole:.2f} %" if whole else "–"
    return row(swatch, both(*words), str(count or "–"), f"{area:.2f} m²", share, numbers=(2, 3, 4))


def _patches(patches: Sequence[Patch]) -> str:
    rows = [
        row(
            str(place),
            f"x {patch.centre[0]:.1f}, y {patch.centre[1]:.1f}",
            f"{patch.area:.2f} m²",
            both(*WORDS[patch.reason]),
            numbers=(2,),
        )
        for place, patch in enumerate(patches[:NUMBERED], start=1)
    ]
    if not rows:
        return ""
    head = row(
        both("编号", "no."), both("位置", "where [m]"), both("面积", "area"), both("原因", "why"),
        numbers=(2,), tag="th",
    )  # fmt: skip
    more = len(patches) - len(rows)
    note = f'<p>另有 {more} 处见 CSV。<span class="en"> {more} more in the CSV.</span></p>'
    return f"<h3>逐处<i>One by one</i></h3>{table(head, rows)}{note if more > 0 else ''}"


def _percent(value: float) -> str:
    return f"{100.0 * value:.1f} %" if math.isfinite(value) else "–"


def _rgb(colour: tuple[int, int, int]) -> str:
    return f"rgb({colour[0]},{colour[1]},{colour[2]})"
