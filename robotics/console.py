"""What the command shows in the terminal: live progress, the summary, lists."""

from __future__ import annotations

import importlib
import signal
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from robotics.core.errors import MissingDependency, OptionError
from robotics.deploy.computer import check_computer, check_realtime
from robotics.deploy.doctor import Doctor, on_wire
from robotics.deploy.findings import Finding, Level, gathered, worst
from robotics.deploy.hardware import is_port
from robotics.deploy.rest import rest
from robotics.deploy.service import Service, files, steps
from robotics.mapping.places import load_site
from robotics.record.reader import read_head
from robotics.replay import Comparison, replay
from robotics.report.activities import both
from robotics.report.digest import RunDigest, digest
from robotics.report.page import figures, write_report
from robotics.report.quality import write_quality
from robotics.robots.catalog import ROBOTS, behaviours
from robotics.session import STAGES, Session
from robotics.soundtrack import write_soundtrack
from robotics.survey import place_on_earth, read_drive, start_of, survey, write_survey
from robotics.wire.links import SerialLink
from robotics.wire.pacer import WallClock
from robotics.wire.realtime import ask, release

BEHIND_THE_HOST = 50
"""Priority of emulated devices: real ones are never late, but the host comes first."""


def watch(session: Session, out: Console) -> None:
    """Run ``session`` with a live progress bar that says what each robot is doing.

    A real robot's run has lines instead: the bar is drawn by a thread without real time, for which
    the control loop would wait (measured: 58 ms on a busy machine).
    """
    if is_port(session.options.on):
        _watch_lines(session, out)
        return
    doing = dict.fromkeys(session.options.robots, both("getting ready"))
    with _progress(out) as progress:
        bar = progress.add_task("", total=session.options.seconds, note="")
        first: list[float] = []

        def show(time: float, robot: str, activity: str) -> None:
            doing[robot] = both(activity)
            first[:] = first or [session.clock()]
            pace = time / max(session.clock() - first[0], 1e-9)
            note = "\n".join(f"[bold]{name}[/bold] {what}" for name, what in doing.items())
            progress.update(bar, completed=time, note=f"{pace:.1f}× real time\n{note}")

        session.on_preparing = lambda what: progress.update(bar, note=what)
        session.on_resuming = lambda line: progress.console.print(line, soft_wrap=True)
        session.on_progress = show
        session.work()


def _watch_lines(session: Session, out: Console) -> None:
    """Run ``session`` with a line whenever a robot does something else, one a second at most."""
    told, told_at = "", -1.0

    def show(time: float, robot: str, activity: str) -> None:
        nonlocal told, told_at
        if activity != told and time >= told_at + 1.0:
            told, told_at = activity, time
            out.print(f"{time:6.1f} s  {robot}: {both(activity)}", markup=False, soft_wrap=True)

    def say(line: str) -> None:
        out.print(line, markup=False, soft_wrap=True)

    session.on_preparing, session.on_resuming, session.on_progress = say, say, show
    session.work()


def watch_replay(record: Path, out: Console) -> Comparison:
    """Replay ``record`` with a progress bar."""
    total = 60.0 * read_head(record).config["minutes"]
    with _progress(out) as progress:
        bar = progress.add_task("", total=total, note="replaying")
        return replay(record, lambda time, robot, done: progress.update(bar, completed=time))


def survey_map(record: Path, folder: Path, out: Console, *, robot: str, resolution: float) -> None:
    """Make a map from ``record``, write it into ``folder`` and print what became of it."""
    with _progress(out) as progress:
        bar = progress.add_task("", total=1.0, note="reading the recording")
        drive = read_drive(record, robot)
        found = survey(
            drive,
            record,
            start=start_of(record, drive.robot),
            resolution=resolution,
            told=lambda what, share: progress.update(bar, completed=share, note=what),
        )
        progress.update(bar, completed=1.0, note="done")
    origin = place_on_earth(found, drive)
    files = write_survey(found, folder, drive.robot, origin)
    area = float((found.occupancy.cells >= 0).sum()) * resolution**2
    out.print(
        f"{found.length:.0f} m driven, {len(found.frames)} scans laid together,"
        f" {found.closures} loops closed, {area:.0f} m² seen"
    )
    if origin is not None:
        latitude, longitude, _, yaw = origin.written
        out.print(f"on Earth: {latitude:.7f}, {longitude:.7f}, x axis {yaw:.2f}° from east")
    out.print(
        f"{len(files)} files in {folder}; for people: {folder / 'survey.png'}", soft_wrap=True
    )


def report_on(record: Path, folder: Path, out: Console, *, video: bool) -> RunDigest:
    """Write the report of ``record`` into ``folder`` and print its summary."""
    with out.status("reading the recording"):
        run = digest(record)
        site = load_site(read_head(record).unpack_site(folder / "site"))
    with out.status("making the sound"):
        heard = write_soundtrack(record, folder / "run.wav")
    film: Path | None = None
    stills: list[Path] = []
    if video:
        with out.status("rendering pictures and video (about a minute)"):
            film, stills = _render(record, folder, heard.path, out)
    page = write_report(folder, run, site, video=film, stills=stills, sound=heard.line())
    quality = write_quality(folder, run, site)
    _print_summary(run, out)
    out.print(f"report:    {page}", soft_wrap=True)
    if quality is not None:
        out.print(f"quality:   {quality}", soft_wrap=True)
    out.print(f"recording: {record}", soft_wrap=True)
    out.print(heard.line(), soft_wrap=True)
    return run


def show_all(out: Console) -> None:
    """Print sites, robots, bodies and behaviours."""
    sections: list[tuple[str, list[tuple[str, str]]]] = [
        ("sites", _sites()),
        ("robots", [(name, _ROBOT_LINES[name]) for name in ROBOTS]),
        ("bodies (--on)", [(name, _BODY_LINES[name]) for name in STAGES]),
    ]
    for robot in ROBOTS:
        sections.append((f"behaviours of the {robot}", _behaviours(robot)))
    for title, rows in sections:
        table = Table(
            title=title, title_justify="left", show_header=False, box=None, padding=(0, 2)
        )
        for name, line in rows:
            table.add_row(f"[bold]{name}[/bold]", line)
        out.print(table)
        out.print()


def export(site: str, folder: Path) -> str:
    """Write the map files of ``site`` and return a line about them."""
    load_world = _sim("sim.world", "load_world", "the site's world file")
    write = _sim("sim.site_export", "export_site", "exporting a site map")
    write(load_world(site), folder)
    return f"{len(list(folder.iterdir()))} files in {folder}"


def emulate(
    robot: str,
    site: str,
    seed: int,
    clock: Callable[[], float],
    out: Console,
    *,
    in_jig: bool,
) -> None:
    """Put ``robot`` behind serial ports in real time until Ctrl-C, and say which ports."""
    open_live = _sim("sim.emulator.live", "open_live", "emulated devices")
    asked: list[bool] = []
    signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    with TemporaryDirectory() as folder:
        emulator = open_live(
            site, robot, seed=seed, site_folder=Path(folder), clock=clock, in_jig=in_jig
        )
        try:
            for port, what in emulator.ports:
                out.print(f"{port}  {what}", soft_wrap=True)
            for refused in ask(BEHIND_THE_HOST).refused:
                out.print(f"devices may answer late: {refused}", soft_wrap=True)
            out.print("running in real time; Ctrl-C ends it")
            emulator.serve(lambda: bool(asked))
        finally:
            emulator.close()
            release()


_ROBOT_LINES = {
    "greeter": "Youyou (优友): humanoid, 22 joints; notices visitors, waves, greets, takes steps",
    "sweeper": "Woxiaobai (蜗小白): differential drive, 1.12 m sweep; plans, sweeps, avoids, docks",
}
_BODY_LINES = {
    "sim": "physics in PyBullet: motors, contacts, sensors with noise and delay",
    "emulator": "the same physics behind emulated servos and boards on a serial line",
    "kinematic": "perfect wheels and servos, no physics: quick trials without PyBullet",
}


def _progress(out: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:3.0f}%"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=out,
        transient=False,
    )


def _print_summary(run: RunDigest, out: Console) -> None:
    table = Table(show_header=False, box=None, padding=(0, 2))
    for label, value, note in figures(run):
        table.add_row(label, f"[bold]{value}[/bold]", note)
    out.print(table)


def _render(
    record: Path, folder: Path, sound: Path | None, out: Console
) -> tuple[Path | None, list[Path]]:
    try:
        render = _sim("sim.render", "render", "rendering pictures")
        film, stills = render(record, folder, sound)
    except MissingDependency as error:
        out.print(f"no pictures: {error}", soft_wrap=True)
        return None, []
    return film, stills


def _sites() -> list[tuple[str, str]]:
    try:
        names = _sim("sim.world", "world_names", "listing sites")()
        load_world = _sim("sim.world", "load_world", "listing sites")
        return [(name, load_world(name).title) for name in names]
    except MissingDependency as error:
        return [("none", str(error))]


def _behaviours(robot: str) -> list[tuple[str, str]]:
    return list(behaviours(robot).items())


def _sim(module: str, function: str, purpose: str) -> Any:
    try:
        return getattr(importlib.import_module(module), function)
    except ModuleNotFoundError as error:
        library = (error.name or module).split(".")[0]
        raise MissingDependency(library, purpose, "sim") from error


def examine(port: str, robot: str, out: Console, *, fix: bool, prove: bool) -> bool:
    """Look at the robot on ``port`` and at this computer; return whether it may run."""
    granted = ask()
    release()
    doctor = Doctor(lambda baud: SerialLink(port, baud), WallClock(), robot)
    doctor.findings += [*check_realtime(granted), *check_computer(port)]
    doctor.visit(fix=fix, prove=prove)
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for one in gathered(doctor.findings):
        table.add_row(_MARKS[one.level], one.about, _words(one))
    out.print(table)
    return worst(doctor.findings) is not Level.BAD


_MARKS = {
    Level.GOOD: "[green]good[/green]",
    Level.WARNING: "[yellow]mend[/yellow]",
    Level.BAD: "[bold red]BAD[/bold red]",
}


def _words(finding: Finding) -> str:
    return f"{finding.what}\n[bold]→ {finding.cure}[/bold]" if finding.cure else finding.what


def bring_to_rest(port: str, robot: str, out: Console) -> bool:
    """Bring the robot on ``port`` to rest; return whether all of it is."""
    line = on_wire(robot).line
    link = SerialLink(port, line.timing.baud)
    try:
        troubles = rest(link, WallClock(), line)
    finally:
        link.close()
    for trouble in troubles:
        out.print(trouble, soft_wrap=True)
    if not troubles:
        out.print(f"the {robot} is at rest")
    return not troubles


def install(
    who: tuple[str, str, str],
    commands: tuple[tuple[str, ...], tuple[str, ...]],
    adapters: tuple[tuple[str, str], ...],
    out: Console,
    *,
    write: bool,
) -> None:
    """Print or write the files of a service.

    Args:
        who: Robot, user and folder.
        commands: What is run, and what brings it to rest.
        adapters: (USB serial number, name in /dev).
        out: Where it is told.
        write: Write them; this needs root.
    """
    robot, user, folder = who
    service = Service(robot, *commands, user, folder, adapters=adapters)
    for path, text in files(service).items():
        if write:
            try:
                Path(path).write_text(text, encoding="utf-8")
            except OSError as error:
                raise OptionError(f"{path}: {error.strerror}; run it as root") from error
        out.print(f"{'wrote' if write else '#'} {path}", soft_wrap=True)
        if not write:
            out.print(text, markup=False, soft_wrap=True)
    out.print("then, as root:")
    for step in steps(service):
        out.print(f"  {step}", markup=False, soft_wrap=True)
