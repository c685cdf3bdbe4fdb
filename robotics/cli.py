"""The command ``robotics``: reads options, shows progress, prints errors; no logic of its own."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from robotics.cli_behaviour import add_to as add_authoring_to
from robotics.cli_voice import add_to as add_sound_to
from robotics.cli_walk import add_to as add_walk_to
from robotics.core.errors import RoboticsError

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

app = typer.Typer(
    name="robotics",
    help="Two robots for a scenic area: Youyou (优友) greets, Woxiaobai (蜗小白) sweeps.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
add_sound_to(app)
add_authoring_to(app)
add_walk_to(app)


class Who(StrEnum):
    """Which robots take part."""

    GREETER = "greeter"
    SWEEPER = "sweeper"
    BOTH = "both"


def read_minutes(text: str | float) -> float:
    """Return the number that ``text``, or the default, is.

    Raises:
        BadParameter: It is none (Typer's own words leave out what was given).
    """
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a number; give for example 2.5") from None


def read_resolution(text: str | float) -> float:
    """Return the side of a cell that ``text``, or the default, is [m].

    Raises:
        BadParameter: It is no number from 0.01 to 1.
    """
    try:
        size = float(text)
    except ValueError:
        size = 0.0
    if not 0.01 <= size <= 1.0:
        raise typer.BadParameter(f"{text!r} is not allowed; give metres from 0.01 to 1")
    return size


def read_seed(text: str | int) -> int:
    """Return the whole number that ``text``, or the default, is.

    Raises:
        BadParameter: It is none, or below zero.
    """
    if not str(text).isdecimal():
        raise typer.BadParameter(f"{text!r} is not a whole number from 0 on; give for example 3")
    return int(text)


def read_count(text: str | int) -> int:
    """Return the whole number that ``text`` is.

    Raises:
        BadParameter: It is none, or below zero.
    """
    if not str(text).isdecimal():
        raise typer.BadParameter(f"{text!r} is not a whole number from 0 on; give for example 50")
    return int(text)


MINUTES: Any = typer.Option(
    help="Length of the run in minutes (5; with a day, until it is over).",
    metavar="<float>",
    parser=read_minutes,
)
VISITORS: Any = typer.Option(
    help="How many people walk about (the site's own number if not given).",
    metavar="<int>",
    parser=read_count,
)

KERB_LIDAR: Any = typer.Option(help="The sweeper's down-tilted lidar: its port.")
HEAR: Any = typer.Option(
    help="How the greeter hears: console, a model's FOLDER, or FILE.wav@FOLDER."
)
HEARD: Any = typer.Option(help="A file of what visitors say: lines of SECONDS: TEXT.")

DERATE: Any = typer.Option("--derate", help="Drive slowly if the system gives no real time.")
SPEAK: Any = typer.Option(help="Speak while it runs, with this voice: child, piper:MODEL.onnx.")

DAY: Any = typer.Option(help="The sweeper's plan of the day (alone, it has one for its site).")
RELOAD: Any = typer.Option("--reload", help="Take in behaviours edited meanwhile, once they pass.")


@app.command("run")
def run_command(
    site: Annotated[str, typer.Argument(help="Name of a site, or a world file (see 'list').")],
    robot: Annotated[Who, typer.Option(help="Which robots take part.")] = Who.BOTH,
    on: Annotated[
        str,
        typer.Option(
            help="The bodies: sim (physics), emulator (sim, over serial), kinematic,"
            " or the port of a real robot's bus (/dev/ttyUSB0; the site is a map's folder)."
        ),
    ] = "sim",
    minutes: Annotated[float | None, MINUTES] = None,
    seed: Annotated[
        int, typer.Option(help="Same seed, same run.", metavar="<int>", parser=read_seed)
    ] = 1,
    report: Annotated[Path | None, typer.Option(help="Folder for the report.")] = None,
    visitors: Annotated[int | None, VISITORS] = None,
    day: Annotated[Path | None, DAY] = None,
    clock: Annotated[
        str, typer.Option(help="Time of day at the start (when the day opens).", metavar="HH:MM")
    ] = "",
    journal: Annotated[
        Path | None,
        typer.Option(help="Where the sweeper's memory is kept; an unfinished day is resumed."),
    ] = None,
    view: Annotated[bool, typer.Option("--view", help="Show PyBullet's window.")] = False,
    video: Annotated[bool, typer.Option(help="Render pictures and a video.")] = True,
    lidar: Annotated[str, typer.Option(help="A real robot's lidar: its port.")] = "",
    kerb_lidar: Annotated[str, KERB_LIDAR] = "",
    gnss: Annotated[
        str, typer.Option(help="A real sweeper's satellite receiver: its port, or PORT@BAUD.")
    ] = "",
    derate: Annotated[bool, DERATE] = False,
    calibration: Annotated[str, typer.Option(help="File of 'robotics calibrate'.")] = "",
    hear: Annotated[str, HEAR] = "",
    heard: Annotated[Path | None, HEARD] = None,
    speak: Annotated[str, SPEAK] = "",
    reload: Annotated[bool, RELOAD] = False,
) -> None:
    """Let the robots do their job at a site, then write a report.

    Ctrl-C stops both robots safely and still writes the report; twice, at once.
    """
    from robotics.console import report_on, watch
    from robotics.deploy.hardware import Ports
    from robotics.session import Options, Session, with_day
    from robotics.wire.pacer import monotonic

    names = ("greeter", "sweeper") if robot is Who.BOTH else (robot.value,)
    ports = Ports(on, lidar, kerb_lidar, derate, calibration, gnss)
    wished = Options(site, names, on, 5.0, seed, view, visitors, day, clock, journal, ports)
    wished = replace(wished, hear=hear, heard=heard, speak=speak, reload=reload)
    options = with_day(wished, minutes)
    stamp = time.strftime("%Y%m%d-%H%M%S")
    folder = make_folder(report or Path("reports") / f"{Path(site).stem}-{stamp}")
    session = Session(options, folder, monotonic)
    signal.signal(signal.SIGINT, lambda *_: session.stop("Ctrl-C"))
    signal.signal(signal.SIGTERM, lambda *_: session.stop("asked to end", power_down=True))
    watch(session, out)
    report_on(session.record, folder, out, video=video)


@app.command("emulate")
def emulate_command(
    robot: Annotated[str, typer.Argument(help="greeter or sweeper.")],
    site: Annotated[str, typer.Option(help="Where it stands.")] = "yard",
    seed: Annotated[
        int, typer.Option(help="Same seed, same noise.", metavar="<int>", parser=read_seed)
    ] = 1,
    jig: Annotated[
        bool, typer.Option("--jig", help="Hold a limp greeter in its zero pose, to calibrate.")
    ] = False,
) -> None:
    """Put a simulated robot behind real serial ports, for any Dynamixel tool, until Ctrl-C.

    It hangs on a stand until the torque of all its devices is on.
    """
    from robotics.console import emulate
    from robotics.wire.pacer import monotonic

    emulate(robot, site, seed, monotonic, out, in_jig=jig)


@app.command("replay")
def replay_command(
    record: Annotated[Path, typer.Argument(help="A recording: run.mcap of a report folder.")],
    report: Annotated[Path | None, typer.Option(help="Folder for the report.")] = None,
    video: Annotated[bool, typer.Option(help="Render pictures and a video.")] = False,
) -> None:
    """Run a recording through the same functions again and write its report.

    Ends with exit code 1 if any command differs from what was sent.
    """
    from robotics.console import report_on, watch_replay

    found = watch_replay(record, out)
    folder = make_folder(report or record.parent / "replay")
    report_on(record, folder, out, video=video)
    if not found.is_equal:
        err.print(f"{found.differing} of {found.ticks} commands differ; first: {found.first}")
        raise typer.Exit(1)
    out.print(f"all {found.ticks} commands are the same, bit for bit")


@app.command("recover")
def recover_command(
    record: Annotated[Path, typer.Argument(help="The torn recording of a killed run.")],
    whole: Annotated[Path, typer.Argument(help="The file to write.")],
) -> None:
    """Make the recording of a killed run open in any MCAP reader."""
    from robotics.record.reader import recover

    out.print(f"{recover(record, whole)} messages recovered into {whole}")


@app.command("list")
def list_command() -> None:
    """Show the sites, robots, bodies and behaviours that there are."""
    from robotics.console import show_all

    show_all(out)


@app.command("export")
def export_command(
    site: Annotated[str, typer.Argument(help="Name of a site, or a world file.")],
    folder: Annotated[Path, typer.Argument(help="Where the map files go.")],
) -> None:
    """Write a site's map for other tools: ROS map_server images, Nav2 masks, GeoJSON."""
    from robotics.console import export

    out.print(export(site, make_folder(folder)))


@app.command("map")
def map_command(
    record: Annotated[
        Path, typer.Argument(help="A drive: run.mcap of a report folder, or a CARMEN log (.log).")
    ],
    folder: Annotated[Path, typer.Argument(help="Where the map files go.")],
    robot: Annotated[str, typer.Option(help="Whose lidar, if several robots drove.")] = "",
    resolution: Annotated[
        float,
        typer.Option(help="Side of a cell in metres.", metavar="<float>", parser=read_resolution),
    ] = 0.05,
) -> None:
    """Make a site map from a recorded drive: odometry and lidar only, loops closed."""
    from robotics.console import survey_map

    survey_map(record, make_folder(folder), out, robot=robot, resolution=resolution)


@app.command("doctor")
def doctor_command(
    on: Annotated[str, typer.Option(help="The bus's port: /dev/ttyUSB0.")],
    robot: Annotated[str, typer.Option(help="greeter or sweeper (found out if not given).")] = "",
    fix: Annotated[
        bool, typer.Option("--fix", help="Write settings that can be mended without motion.")
    ] = False,
    prove: Annotated[
        bool, typer.Option("--prove", help="Torque on for a moment: see the watchdogs bite.")
    ] = False,
) -> None:
    """Look at a robot and its computer; say what is wrong, and what to do.

    Ends with exit code 1 if the robot must not run.
    """
    from robotics.console import examine

    if not examine(on, robot, out, fix=fix, prove=prove):
        raise typer.Exit(1)


@app.command("rest")
def rest_command(
    on: Annotated[str, typer.Option(help="The bus's port: /dev/ttyUSB0.")],
    robot: Annotated[str, typer.Option(help="greeter or sweeper.")],
) -> None:
    """Bring a robot to rest after a program that drove it has died: nothing moves, nothing drops.

    Wheels and tools stop and have no torque; servos hold where they are.
    """
    from robotics.console import bring_to_rest

    if not bring_to_rest(on, robot, out):
        raise typer.Exit(1)


@app.command("calibrate")
def calibrate_command(
    on: Annotated[str, typer.Option(help="The bus's port: /dev/ttyUSB0.")],
    robot: Annotated[str, typer.Option(help="greeter or sweeper.")],
    file: Annotated[Path, typer.Option(help="Where it is written; an old file is kept.")] = Path(
        "calibration.yaml"
    ),
) -> None:
    """Find what differs from the drawing, with a person beside the robot.

    Sweeper: the IMU at rest, then 4 m straight ahead (measure it) and three turns on the spot, on
    free, hard, level ground. Greeter: the servos' offsets, in its zero pose.
    """
    from robotics.deploy.procedures import Person, calibrate

    def measure(question: str) -> float:
        return float(typer.prompt(question, type=float))

    person = Person(
        lambda text: out.print(text, soft_wrap=True),
        lambda question: typer.confirm(question, abort=True),
        measure,
    )
    calibrate(on, robot, file, person)


@app.command("install-service")
def install_command(
    robot: Annotated[str, typer.Argument(help="greeter or sweeper.")],
    on: Annotated[str, typer.Option(help="The bus's port: /dev/scenic_bus.")],
    user: Annotated[str, typer.Option(help="The Linux user it runs as.")] = "robot",
    folder: Annotated[Path, typer.Option(help="Where it runs, and may write.")] = Path(
        "/srv/robot"
    ),
    site: Annotated[str, typer.Option(help="Folder of its map, seen from FOLDER.")] = "map",
    more: Annotated[
        list[str] | None, typer.Argument(help="After '--': further options of 'robotics run'.")
    ] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(help="SERIAL=NAME: give a USB adapter a name in /dev that stays."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the files (as root) instead of printing them.")
    ] = False,
) -> None:
    """Print, or write, what lets a robot start at boot and keep its deadlines.

    A systemd unit, udev rules and real-time limits; then the commands that take them into use.
    """
    from robotics.console import install
    from robotics.deploy.service import run_words

    program, more = str(Path(sys.argv[0]).resolve()), more or []
    command = (program, *run_words(site, robot, on, more))
    typer.main.get_command(app).commands["run"].make_context("run", list(command[2:]))  # type: ignore[attr-defined]
    rest = (program, "rest", "--on", on, "--robot", robot)
    named = tuple((one.partition("=")[0], one.partition("=")[2]) for one in adapter or [])
    install((robot, user, str(folder)), (command, rest), named, out, write=write)


def make_folder(folder: Path) -> Path:
    """Create ``folder`` and return it.

    Raises:
        OptionError: It cannot be written.
    """
    from robotics.core.errors import OptionError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        reason = error.strerror or str(error)
        raise OptionError(f"{folder}: {reason}; give --report a folder you can write") from error
    return folder


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; a user's mistake ends with one line and exit code 2."""
    try:
        app(args=arguments)
    except RoboticsError as error:
        err.print("error:", str(error), markup=False, soft_wrap=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
