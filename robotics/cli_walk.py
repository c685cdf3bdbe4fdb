"""The command ``robotics walk``: the greeter alone under physics, and the gait report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from robotics.core.errors import OptionError

out = Console(highlight=False)


def walk_command(
    speed: Annotated[
        str, typer.Option(help="Ahead, or back if negative [m/s].", metavar="<float>")
    ] = "0.2",
    side: Annotated[
        str, typer.Option(help="To the left, or right if negative [m/s].", metavar="<float>")
    ] = "0",
    turn: Annotated[
        str, typer.Option(help="To the left, or right if negative [rad/s].", metavar="<float>")
    ] = "0",
    seconds: Annotated[str, typer.Option(help="How long.", metavar="<float>")] = "10",
    seed: Annotated[str, typer.Option(help="Same seed, same walk.", metavar="<int>")] = "1",
    ground: Annotated[
        str, typer.Option(help="flat, ramp_up, ramp_down, bumps, edge, grate or wet.")
    ] = "flat",
    push: Annotated[
        str,
        typer.Option(help="A push on the trunk in N·s, at a time in s.", metavar="AHEAD,LEFT@T"),
    ] = "",
    report: Annotated[Path | None, typer.Option(help="The page, FILE.html.")] = None,
    video: Annotated[Path | None, typer.Option(help="The video, FILE.mp4.")] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="No pictures.")] = False,
    reflexes: Annotated[
        bool, typer.Option("--reflexes", help="It braces when it falls, and gets up.")
    ] = False,
) -> None:
    """Let the greeter walk alone under physics, and write its gait report.

    Ends with exit code 1 if it fell.
    """
    from robotics.gait_report import read_order, report_walk

    if not seed.isdecimal():
        raise OptionError(f"--seed {seed!r} is not a whole number from 0 on; give for example 3")
    order = read_order(
        (speed, side, turn), seconds, seed=int(seed), ground=ground, push=push, reflexes=reflexes
    )
    page = report or _free(Path("reports") / f"walk-{ground}-seed{seed}") / "walk.html"
    film = None if no_video else (video or page.with_suffix(".mp4"))
    _check_names(page, film)
    with out.status("getting ready") as status:
        made, notes = report_walk(order, page, film, status.update)
    for note in filter(None, notes):
        out.print(note, soft_wrap=True)
    table = Table(show_header=False, box=None, padding=(0, 2))
    for label, value, note in made.figures:
        table.add_row(label, f"[bold]{value}[/bold]", note)
    out.print(table)
    out.print(f"report: {made.page}", soft_wrap=True)
    if made.video is not None:
        out.print(f"video:  {made.video}", soft_wrap=True)
    if made.fell:
        raise typer.Exit(1)


def _check_names(page: Path, film: Path | None) -> None:
    if page.suffix.lower() not in (".html", ".htm"):
        raise OptionError(f"--report {page}: give a file that ends in .html")
    if film is not None and film.suffix.lower() != ".mp4":
        raise OptionError(f"--video {film}: give a file that ends in .mp4, or --no-video")


def _free(folder: Path) -> Path:
    """Return ``folder``, or the same name with the first number that is free."""
    number, found = 1, folder
    while found.exists():
        number += 1
        found = folder.with_name(f"{folder.name}-{number}")
    return found


def add_to(app: typer.Typer) -> None:
    """Give ``app`` the command of this file."""
    app.command("walk")(walk_command)
