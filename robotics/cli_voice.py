"""The commands for sound: ``robotics say``, ``robotics sing``, ``robotics music``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

out = Console(highlight=False)

OUT = typer.Option(help="The WAV file to write; without it, it is played.")


def say_command(
    text: Annotated[str, typer.Argument(help="Chinese or English; [重:zhong4] tells a reading.")],
    file: Annotated[Path | None, typer.Option("--out", help="The WAV file to write.")] = None,
    voice: Annotated[str, typer.Option(help="child, piper:MODEL.onnx or sherpa:FOLDER.")] = "child",
) -> None:
    """Speak a text with the robot's voice: into a file, or through this computer's loudspeaker."""
    from robotics.talk import deliver, say

    out.print(deliver(say(text, voice), file), soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    """Give ``app`` the commands of this file."""
    app.command("say")(say_command)
