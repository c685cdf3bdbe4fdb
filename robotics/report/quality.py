"""The quality report: what an operator hands to the scenic area's manager after a job."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path

from robotics.mapping.places import Site
from robotics.report.activities import chinese
from robotics.report.digest import RunDigest
from robotics.report.page import data_uri
from robotics.report.quality_asked import amounts, verdict
from robotics.report.quality_belief import comparisons
from robotics.report.quality_charts import day, dust, levels, merged, progress
from robotics.report.quality_data import ROBOT, Quality, gather
from robotics.report.quality_files import write_files
from robotics.report.quality_ground import kerb_section, missed_section, zone_section
from robotics.report.quality_missed import missed
from robotics.report.quality_style import SHEET
from robotics.report.quality_words import both, heading, keep, row, table

SHORT = 3.0
"""Activities shorter than this are in the CSV only [s]."""
MOST_ROWS = 40
"""So many activities are told on the page."""
PAGE = "quality.html"
"""Name of the page beside ``report.html``."""


def write_quality(folder: Path, run: RunDigest, site: Site) -> Path | None:
    """Write ``quality.html`` and its CSV and GeoJSON files into ``folder``.

    Args:
        folder: Existing folder; photos that the recording names are taken from it.
        run: The run.
        site: The site map that the robots were given.

    Returns:
        The page; None where no onlooker recorded any swept ground.
    """
    quality = gather(run, site)
    if quality is None:
        return None
    patches = missed(quality)
    files = write_files(folder, quality, patches)
    parts = [
        _head(quality),
        _verdict(quality),
        *(zone_section(quality, work, patches) for work in quality.zones),
        keep(kerb_section(quality)),
        missed_section(quality, patches),
        _litter(quality, folder),
        _day(quality),
        _resources(quality),
        keep(_belief(quality)),
        keep(_how(files)),
        _signatures(),
    ]
    path = folder / PAGE
    title = escape(f"保洁质量报告 · {_title(quality)}")
    page = SHEET.replace("{{title}}", title).replace("{{body}}", "".join(parts))
    path.write_text(page, encoding="utf-8")
    return path


def _title(quality: Quality) -> str:
    run = quality.run
    return str(run.summary.get("title") or run.config.get("title") or quality.site.name)


def _head(quality: Quality) -> str:
    run = quality.run
    title = str(quality.plan.get("title", ""))
    start, end = (quality.clock(time) for time in (0.0, run.duration))
    when = f"{escape(title)} {start} – {end}" if title else f"{run.duration / 60.0:.1f} min"
    names = "、".join(work.title for work in quality.zones)
    place = escape(_title(quality))
    body = {
        "sim": "物理仿真 simulated with physics",
        "kinematic": "运动学仿真 kinematic simulation",
    }
    facts = f"{place} · 蜗小白 Woxiaobai · {when} · {body.get(str(run.config.get('on')), '')}"
    return (
        "<header><h1>保洁质量报告<i>Cleaning quality report</i></h1>"
        f"<p>{facts}</p><p>作业区域 Zones: {escape(names)}</p></header>"
    )


def _verdict(quality: Quality) -> str:
    found = verdict(quality)
    measured = [kept for _, _, kept in found if kept is not None]
    kept_all = len(measured) == len(found) and all(measured)
    open_ = len(found) - len(measured)
    zh = (
        f"{len(found)} 项要求中，达到 {sum(measured)} 项，未达到 {len(measured) - sum(measured)} 项"
    )
    en = f"Of {len(found)} requirements {sum(measured)} are met"
    en += f" and {len(measured) - sum(measured)} are not"
    if open_:
        zh, en = f"{zh}，{open_} 项未测", f"{en}; {open_} could not be measured"
    rows = []
    for promise, value, kept in found:
        mark = '<sup class="m">*</sup>' if promise.rests_on_model else ""
        words = {True: ("kept", "✓ 达到"), False: ("broken", "✗ 未达到"), None: ("none", "未测")}
        style, text = words[kept]
        cells = [f"{both(promise.zh, promise.en)}", promise.text(value) + mark, promise.asked]
        rows.append(row(*cells, f'<span class="{style}">{text}</span>', numbers=(1, 2)))
    head = row(
        both("要求", "requirement"), both("实测", "measured"), both("目标", "asked"),
        both("结果", "result"), numbers=(1, 2), tag="th",
    )  # fmt: skip
    boxes = "".join(
        f"<div><b>{escape(one.text)}</b><span>{one.zh} {one.en}</span></div>"
        for one in amounts(quality)
    )
    note = (
        "<b>*</b> 带星号的清洁数字来自我们自己的脏物模型（仿真），不是现场称重；"
        "覆盖、重复、距离与碰撞为几何实测（仿真真值）。"
        '<span class="en"> Figures with a star rest on our own simulated dirt model, not on '
        "weighing at the site. Coverage, repeats, distances and contacts are true geometry of "
        "the simulation.</span>"
    )
    words_both = both(f"{zh}。", f"{en}.", block=False)
    return (
        f'<div class="result {"all" if kept_all else "some"}">{words_both}</div>'
        f'<div class="amounts">{boxes}</div>{heading("结论", "Verdict")}'
        f'{table(head, rows)}<p class="note">{note}</p>'
    )


def _litter(quality: Quality, folder: Path) -> str:
    if not quality.reported:
        left = sum(len(work.litter_left) for work in quality.zones)
        zh = f"没有上报需要人工处理的垃圾；作业结束时区内还留有 {left} 件小垃圾（地图红点）。"
        en = f"No litter was reported to people. Small pieces left (red dots): {left}."
        return (
            heading("需要人工处理的垃圾", "Litter for people to take")
            + f"<p>{both(zh, en, block=False)}</p>"
        )
    shown = []
    for number, one in enumerate(quality.reported, start=1):
        photo = folder / str(one.get("photo") or f"litter_{number}.jpg")
        picture = f'<img src="{data_uri(photo)}" alt="">' if photo.is_file() else ""
        where = f"x {float(one['x']):.1f} m, y {float(one['y']):.1f} m"
        size = f"{100.0 * float(one.get('size', math.nan)):.0f} cm"
        caption = f"{number}. {where} · {size} · {escape(str(one.get('note', '')))}"
        shown.append(f"<figure>{picture}<figcaption>{caption}</figcaption></figure>")
    photos = f'<div class="photos">{"".join(shown)}</div>'
    return heading("需要人工处理的垃圾", "Litter for people to take") + photos


def _day(quality: Quality) -> str:
    spans = [s for s in merged(quality.run.robots[ROBOT].activities) if s.end - s.start >= SHORT]
    rows = [
        row(
            quality.clock(span.start),
            both(chinese(span.label), span.label or "–"),
            f"{(span.end - span.start) / 60.0:.1f} min",
            numbers=(2,),
        )
        for span in spans[:MOST_ROWS]
    ]
    more = len(spans) - len(rows)
    note = f"<p>另有 {more} 项见 quality_day.csv。{more} more in the CSV.</p>" if more > 0 else ""
    head = row(
        both("开始", "from"), both("做什么", "activity"), both("用时", "took"),
        numbers=(2,), tag="th",
    )  # fmt: skip
    return heading("当日过程", "The day") + day(quality) + table(head, rows) + note


def _resources(quality: Quality) -> str:
    charts = [
        ("清扫进度（旁观者所见）", "Progress, as the onlooker saw it", progress(quality)),
        ("扬尘（旁观者所见，脏物模型）", "Dust raised, onlooker, dirt model", dust(quality)),
        (
            "电量、水箱、尘箱（机器人仪表）",
            "Battery, water, bin: the robot's gauges",
            levels(quality),
        ),
    ]
    shown = [f"<h3>{zh}<i>{en}</i></h3>{chart}" for zh, en, chart in charts if chart]
    return heading("进度与消耗", "Progress and what it took") + "".join(shown)


def _belief(quality: Quality) -> str:
    rows = [
        row(both(one.zh, one.en), one.believed, one.seen, numbers=(1, 2))
        for one in comparisons(quality)
    ]
    head = row(
        both("项目", "figure"),
        '<span class="tag belief">机器人自己以为</span><span class="en">the robot believes</span>',
        '<span class="tag truth">旁观者所见</span><span class="en">the onlooker saw</span>',
        numbers=(1, 2), tag="th",
    )  # fmt: skip
    zh = "机器人从不知道右列；本报告其余各处的地图与结论全部用右列。"
    en = "The robot never knows the right column; maps and verdict of this report use it alone."
    intro = f"<p>{both(zh, en, block=False)}</p>"
    return heading("机器人的判断与事实", "Belief beside truth") + intro + table(head, rows)


def _how(files: Sequence[Path]) -> str:
    links = " · ".join(f'<a href="{file.name}">{file.name}</a>' for file in files)
    definitions = (
        ("覆盖：机身与障碍保持 5 cm 时刷子能够到的地面中，转动的刷子真正扫过的部分。",
         "Ground swept: of what the brushes can reach with the body 5 cm clear of everything."),
        ("重复：同一块地面隔 5 秒以上又被扫过。",
         "Swept again: brushes came back to the same 5 cm cell after more than five seconds."),
        ("路缘距离：边刷外缘（真实位置）到路缘石脚的最小距离，每 5 cm 取一点，含转角。",
         "Gap: least distance of the true brush edge to the kerb's foot, along every kerb metre."),
        ("漏扫原因由录像判断：规划路线、当时的游客位置与机器可达范围。",
         "Reasons for what was missed are judged from the recording: plans, visitors, reach."),
    )  # fmt: skip
    items = "".join(f"<li>{both(zh, en, block=False)}</li>" for zh, en in definitions)
    return (
        heading("怎样测量", "How it was measured")
        + f"<ul>{items}</ul><p>数据文件 Data files: {links}<br>运行报告 Technical report: "
        + '<a href="report.html">report.html</a></p>'
    )


def _signatures() -> str:
    lines = ("作业单位 Operator", "景区验收 Accepted by", "日期 Date")
    return '<div class="sign">' + "".join(f"<span>{line}</span>" for line in lines) + "</div>"
