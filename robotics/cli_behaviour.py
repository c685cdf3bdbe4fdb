"""The commands for authors: ``robotics behaviour new|check|certify|list|schema|watch|preview``."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from robotics.core.errors import OptionError

out = Console(highlight=False, soft_wrap=True)

behaviour_app = typer.Typer(
    help="Write what the robots do: start, check, watch and preview behaviours.",
    no_args_is_help=True,
)


class Language(StrEnum):
    """Of what the author reads."""

    ZH = "zh"
    EN = "en"


class Robot(StrEnum):
    """Whose behaviour."""

    GREETER = "greeter"
    SWEEPER = "sweeper"


ROBOT = typer.Option(help="Whose behaviour.")
FOLDER = typer.Option(help="Your own folder of behaviours (the package's if not given).")
LANG = typer.Option(help="Of the messages.")
FILES = typer.Argument(help="Names or files; all in the folder if none is given.")
WATCH_PERIOD = 0.5
"""A saved file is noticed after so long [s]."""


@behaviour_app.command("new")
def new_command(
    kind: Annotated[str, typer.Argument(help="greeting, gesture, dance, tour … (see 'list').")],
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits and _.")],
    robot: Annotated[Robot, ROBOT] = Robot.GREETER,
    folder: Annotated[Path | None, FOLDER] = None,
    lang: Annotated[Language, LANG] = Language.ZH,
) -> None:
    """Start a behaviour from the template of its kind; it passes the check as it is."""
    from robotics.authoring.shelf import Shelf
    from robotics.authoring.start import create
    from robotics.authoring.telling import say, shown

    path = shown(create(Shelf(robot.value, folder), kind, name))
    out.print(say("made", lang.value, path=path), markup=False)
    out.print(say("next", lang.value), markup=False)
    out.print(f"  robotics behaviour check {path}", markup=False)


@behaviour_app.command("check")
def check_command(
    files: Annotated[list[str] | None, FILES] = None,
    robot: Annotated[Robot, ROBOT] = Robot.GREETER,
    folder: Annotated[Path | None, FOLDER] = None,
    lang: Annotated[Language, LANG] = Language.ZH,
    quick: Annotated[
        bool, typer.Option("--quick", help="Look at the files alone, not at the movements.")
    ] = False,
) -> None:
    """Say everything that is wrong with behaviours, and prove that they are safe.

    Ends with exit code 1 if one of them must not run.
    """
    from robotics.authoring.examine import Examiner, around
    from robotics.authoring.shelf import Shelf, find
    from robotics.authoring.telling import line, lines, say, total
    from robotics.behaviour.finding import faults

    shelf = Shelf(robot.value, folder)
    examiner = Examiner(proves=not quick)
    checked = examiner.check(find(shelf, files or []))
    beside = () if files else around(shelf)
    for text in (*(line(one, lang.value) for one in beside), *lines(checked, lang.value)):
        out.print(text, markup=False)
    if examiner.missing:
        out.print(say("missing", lang.value, what=examiner.missing), markup=False)
    out.print(total(checked, lang.value, beside), markup=False)
    if faults(beside) or not all(one.passes for one in checked):
        raise typer.Exit(1)


@behaviour_app.command("certify")
def certify_command(
    files: Annotated[list[str] | None, FILES] = None,
    robot: Annotated[Robot, ROBOT] = Robot.GREETER,
    folder: Annotated[Path | None, FOLDER] = None,
    lang: Annotated[Language, LANG] = Language.ZH,
    physics: Annotated[
        bool, typer.Option(help="Rehearse movements in the simulation: pushed, on wet ground.")
    ] = True,
    again: Annotated[
        bool, typer.Option("--again", help="Also those whose certificate holds already.")
    ] = False,
) -> None:
    """Check behaviours and write the certificates of those that pass; a robot runs no others.

    Those whose certificate holds are left alone. Ends with exit code 1 if one of them gets none.
    """
    from robotics.authoring.examine import Examiner
    from robotics.authoring.shelf import Shelf, find
    from robotics.authoring.telling import lines, say, shown, total

    if physics:
        out.print(say("rehearsing", lang.value), markup=False)
    done = []
    found = find(Shelf(robot.value, folder), files or [])
    for checked, path in Examiner().certify(found, physics=physics, again=again):
        done.append((checked, path))
        for text in lines([checked], lang.value):
            out.print(text, markup=False)
        if path is not None:
            out.print("  " + say("certificate", lang.value, path=shown(path)), markup=False)
    out.print(total([checked for checked, _ in done], lang.value), markup=False)
    if not all(path for _, path in done):
        raise typer.Exit(1)


@behaviour_app.command("list")
def list_command(
    robot: Annotated[Robot, ROBOT] = Robot.GREETER,
    folder: Annotated[Path | None, FOLDER] = None,
    lang: Annotated[Language, LANG] = Language.ZH,
) -> None:
    """Show the behaviours of a robot, and what a new one can be made of."""
    from robotics.authoring.listing import listing
    from robotics.authoring.shelf import Shelf

    for text in listing(Shelf(robot.value, folder), lang.value):
        out.print(text, markup=False)


@behaviour_app.command("schema")
def schema_command() -> None:
    """Print the JSON schema of a behaviour file, for editors that complete and check."""
    from robotics.behaviour.format.editors import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@behaviour_app.command("watch")
def watch_command(
    files: Annotated[list[str] | None, FILES] = None,
    robot: Annotated[Robot, ROBOT] = Robot.GREETER,
    folder: Annotated[Path | None, FOLDER] = None,
    lang: Annotated[Language, LANG] = Language.ZH,
    video: Annotated[
        Path | None, typer.Option(help="Folder for a video of each one that passes.")
    ] = None,
) -> None:
    """Check again whenever a file is saved, until Ctrl-C; with --video, preview it, too."""
    from robotics.authoring.examine import Examiner, preview
    from robotics.authoring.shelf import Found, Shelf
    from robotics.authoring.telling import lines, say, shown
    from robotics.authoring.watching import Watcher, watch
    from robotics.wire.pacer import WallClock

    shelf, examiner, clock = Shelf(robot.value, folder), Examiner(), WallClock()

    def tell(found: Found) -> None:
        for (at, _), one in zip(found, examiner.check(found), strict=True):
            for text in lines([one], lang.value):
                out.print(text, markup=False)
            if video is not None and one.behaviour is not None:
                path = preview(one.behaviour, at.robot, video)
                out.print("  " + say("preview", lang.value, path=shown(path)), markup=False)

    def wait() -> bool:
        clock.wait_until(clock.now() + WATCH_PERIOD)
        return True

    out.print(say("watching", lang.value, folder=shown(shelf.home)), markup=False)
    try:
        watch(Watcher(shelf, tuple(files or ())), tell, wait)
    except KeyboardInterrupt:
        out.print()


@behaviour_app.command("preview")
def preview_command(
    name: Annotated[str, typer.Argument(help="Name or file of a behaviour.")],
    robot: Annotated[Robot, ROBOT] = Robot.GREETER,
    folder: Annotated[Path | None, FOLDER] = None,
    to: Annotated[Path, typer.Option(help="Folder for the video.")] = Path("previews"),
    lang: Annotated[Language, LANG] = Language.ZH,
) -> None:
    """Show a behaviour before it runs: a video with sound, its tracks, its balance."""
    from robotics.authoring.examine import Examiner, preview
    from robotics.authoring.shelf import Shelf, find
    from robotics.authoring.telling import lines, say, shown

    files = find(Shelf(robot.value, folder), [name])
    (checked,) = Examiner().check(files)
    if checked.behaviour is None:
        for text in lines([checked], lang.value):
            out.print(text, markup=False)
        raise OptionError(f"{name} is refused; mend what is said above")
    path = preview(checked.behaviour, files[0][0].robot, to)
    out.print(say("preview", lang.value, path=shown(path)), markup=False)


def add_to(app: typer.Typer) -> None:
    """Give ``app`` the commands of this file."""
    app.add_typer(behaviour_app, name="behaviour")
