"""What there is to play, and what a new behaviour can be made of."""

from __future__ import annotations

from collections.abc import Iterator

from robotics.authoring.shelf import Shelf
from robotics.authoring.start import templates
from robotics.behaviour.finding import LANGUAGES
from robotics.behaviour.format.compile import Compiler
from robotics.robots.proven import certified

HEADINGS: dict[str, tuple[str, str]] = {
    "behaviours": ("行为", "behaviours"),
    "poses": ("姿势", "poses"),
    "songs": ("歌曲", "songs"),
    "actions": ("动作 (act)", "actions (act)"),
    "kinds": ("可以新建的种类", "kinds to start from"),
    "broken": ("有错误", "has faults"),
    "certified": ("有证书", "certified"),
    "seconds": ("秒", "s"),
}
"""In zh and en."""


def listing(shelf: Shelf, language: str) -> Iterator[str]:
    """Yield the lines of the list.

    Args:
        shelf: Whose behaviours.
        language: ``zh`` or ``en``.
    """
    which = LANGUAGES.index(language)
    library = shelf.library()
    compiler = Compiler(library)
    yield f"{HEADINGS['behaviours'][which]} ({shelf.robot}):"
    for name in library.paths():
        one = compiler.named(name).behaviour
        if one is None:
            yield f"  {name:24} ✗ {HEADINGS['broken'][which]}"
            continue
        seconds = f"{one.duration:6.1f} {HEADINGS['seconds'][which]}"
        words = one.title[which] or (one.zh, one.en)[which][:1]
        about = words if isinstance(words, str) else "".join(words)
        mark = "✓" if certified(one, shelf.robot, folder=library.paths()[name].parents[1]) else " "
        yield f"  {name:24} {mark} {one.kind:10} {seconds}  {about[:40]}".rstrip()
    rows = (
        ("poses", sorted(library.poses)),
        ("songs", list(library.song_paths())),
        ("actions", sorted(library.actions)),
        ("kinds", list(templates(shelf.robot))),
    )
    for heading, names in rows:
        yield f"{HEADINGS[heading][which]}: {', '.join(names) or '-'}"
