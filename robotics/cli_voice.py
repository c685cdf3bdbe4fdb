"""The commands for sound: ``robotics say``, ``robotics sing``, ``robotics music``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

out = Console(highlight=False)


def say_command(
    text: Annotated[str, typer.Argument(help="Chinese or English; [重:zhong4] tells a reading.")],
    file: Annotated[Path | None, typer.Option("--out", help="The WAV file to write.")] = None,
    voice: Annotated[str, typer.Option(help="child, piper:MODEL.onnx or sherpa:FOLDER.")] = "child",
) -> None:
    """Speak a text with the robot's voice: into a file, or through this computer's loudspeaker."""
    from robotics.talk import deliver, say

    out.print(deliver(say(text, voice), file), soft_wrap=True)


def sing_command(
    song: Annotated[str, typer.Argument(help="A song's name, or its .yaml or .musicxml file.")],
    file: Annotated[Path | None, typer.Option("--out", help="The WAV file to write.")] = None,
    alone: Annotated[bool, typer.Option("--alone", help="The voice without instruments.")] = False,
) -> None:
    """Sing or play a song: into a file, or through this computer's loudspeaker."""
    from robotics.talk import deliver, sing_song

    out.print(deliver(sing_song(song, alone=alone), file), soft_wrap=True)


music = typer.Typer(help="Music for dances.", no_args_is_help=True)


@music.command("analyse")
def analyse_command(
    audio: Annotated[Path, typer.Argument(help="A recording: WAV, 16 bits.")],
    name: Annotated[str, typer.Option(help="The song's name (the file's if not given).")] = "",
    file: Annotated[
        Path | None, typer.Option("--out", help="The song file to write; else it is printed.")
    ] = None,
) -> None:
    """Propose tempo and beats of a recording as a song file, for you to correct."""
    from robotics.talk import propose_grid

    text = propose_grid(audio, name or audio.stem)
    if file is None:
        out.print(text, markup=False, soft_wrap=True, end="")
    else:
        file.write_text(text, encoding="utf-8")
        out.print(f"wrote {file}: correct it, beat by beat", soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    """Give ``app`` the commands of this file."""
    app.command("say")(say_command)
    app.command("sing")(sing_command)
    app.add_typer(music, name="music")
