"""Draws tables as Mermaid state diagrams and Markdown, so that no drawing can be out of date."""

from __future__ import annotations

from collections.abc import Iterable

from robotics.behaviour.machine import SEPARATOR, State, Table, Transition


def mermaid(table: Table) -> str:
    """Return the text of a Mermaid ``stateDiagram-v2``."""
    lines = ["stateDiagram-v2", f"    [*] --> {_id(table.initial)}"]
    for state in table.states:
        lines += _block(state, state.name, "    ")
    merged: dict[tuple[str, str], list[str]] = {}
    for step in table.transitions:
        merged.setdefault((step.source, step.target), []).append(_label(step))
    for (source, target), labels in merged.items():
        lines.append(f"    {_id(source)} --> {_id(target)}: {', '.join(labels)}")
    lines += [f"    {_id(path)} --> [*]" for path in table.final]
    return "\n".join(lines)


def markdown(tables: Iterable[Table]) -> str:
    """Return the page with one section for each table: what each state means, and the diagram."""
    sections = [
        "# State machines\n\n"
        "Generated from the tables by `robotics.behaviour.diagram`; a test keeps it up to date.\n"
        "Names are paths; an event that an inner state does not answer goes to its parent. The\n"
        "stop is latched outside of the machines: see `robotics.behaviour.latch.StopLatch`.\n"
    ]
    for table in tables:
        rows = "\n".join(f"| `{path}` | {state.meaning} |" for path, state in table.walk())
        sections.append(
            f"## {table.name}\n\n| state | what the robot does |\n|---|---|\n{rows}\n\n"
            f"```mermaid\n{mermaid(table)}\n```\n"
        )
    return "\n".join(sections)


def _id(path: str) -> str:
    return path.replace(SEPARATOR, "__")


def _block(state: State, path: str, indent: str) -> list[str]:
    opening = f'{indent}state "{state.name}" as {_id(path)}'
    if not state.children:
        return [opening]
    lines = [f"{opening} {{", f"{indent}    [*] --> {_id(f'{path}{SEPARATOR}{state.initial}')}"]
    for child in state.children:
        lines += _block(child, f"{path}{SEPARATOR}{child.name}", indent + "    ")
    return [*lines, f"{indent}}}"]


def _label(step: Transition) -> str:
    conditions = [*step.guards, *(f"not {name}" for name in step.unless)]
    return f"{step.event} [{' and '.join(conditions)}]" if conditions else step.event
