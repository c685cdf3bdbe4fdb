"""Two languages at once: headings, cells and tables of the quality report."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def both(zh: str, en: str, *, block: bool = True) -> str:
    """Return Chinese with the English after it; ``block`` is for cells, where it stands below."""
    space = "" if block else " "
    first = f"{escape(zh)}{space}" if zh else ""
    return f'{first}<span class="en">{escape(en)}</span>'


def heading(zh: str, en: str, *, new_page: bool = False) -> str:
    """Return a section's heading; ``new_page`` begins a sheet when printed."""
    style = ' class="page"' if new_page else ""
    return f"<h2{style}>{escape(zh)}<i>{escape(en)}</i></h2>"


def keep(content: str) -> str:
    """Return content that is not torn apart between two sheets."""
    return f'<div class="keep">{content}</div>'


def row(*cells: str, numbers: Sequence[int] = (), tag: str = "td") -> str:
    """Return a table row of HTML cells; those in columns ``numbers`` are set to the right."""
    style = [' class="n"' if k in numbers else "" for k in range(len(cells))]
    return (
        "<tr>"
        + "".join(f"<{tag}{s}>{c}</{tag}>" for s, c in zip(style, cells, strict=True))
        + "</tr>"
    )


def table(head: str, rows: Sequence[str]) -> str:
    """Return a table with its head repeated on every sheet."""
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def legend(items: Sequence[tuple[str, str]]) -> str:
    """Return the key to the colours: (colour, label) each."""
    keys = "".join(f'<span><i style="background:{c}"></i>{escape(t)}</span>' for c, t in items)
    return f'<div class="legend">{keys}</div>'
