"""Pictures into a video file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from robotics.core.errors import MissingDependency


def encode(
    film: Path,
    pictures: Iterator[NDArray[np.uint8]],
    *,
    size: tuple[int, int],
    rate: int,
) -> None:
    """Write a silent video; the same pictures make the same file.

    Args:
        film: The mp4 file.
        pictures: In order, each of shape (height, width, 3).
        size: Width and height [pixel], even.
        rate: Pictures a second.

    Raises:
        MissingDependency: imageio-ffmpeg is not installed.
    """
    try:
        import imageio_ffmpeg
    except ModuleNotFoundError as error:
        raise MissingDependency("imageio-ffmpeg", "writing a video", "sim") from error
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(rate)),
        *("-i", "-", "-c:v", "libx264", "-preset", "medium", "-crf", "24", "-threads", "1"),
        *("-pix_fmt", "yuv420p", "-movflags", "+faststart", "-fflags", "+bitexact"),
        *("-map_metadata", "-1", str(film)),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as writer:
        assert writer.stdin is not None
        for picture in pictures:
            writer.stdin.write(np.ascontiguousarray(picture).tobytes())
        writer.stdin.close()
