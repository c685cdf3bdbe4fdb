"""The drawings of the machines are those of the tables."""

from __future__ import annotations

from pathlib import Path

from robotics.robots.tables import all_tables, page

PAGE = Path(__file__).parents[2] / "docs" / "machines.md"


def test_the_page_is_up_to_date() -> None:
    """If not: write ``robotics.robots.tables.page()`` to docs/machines.md."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_state_and_event_is_drawn() -> None:
    """Nothing is left out, and no name breaks Mermaid's syntax."""
    text = page()
    for table, _ in all_tables():
        for path, state in table.walk():
            assert f"| `{path}` | {state.meaning} |" in text
            assert f'state "{state.name}" as {path.replace("/", "__")}' in text
        for step in table.transitions:
            arrow = f"{step.source.replace('/', '__')} --> {step.target.replace('/', '__')}: "
            line = next(row for row in text.splitlines() if row.strip().startswith(arrow))
            assert step.event in line
