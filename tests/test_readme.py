"""What the documents promise exists: commands, options, files, tests, the code that is shown."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from robotics.cli import app

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCUMENTS = (
    README,
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    ROOT / "urdf" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
GROUP = typer.main.get_command(app)


def _code(text: str) -> Iterator[str]:
    """Yield every line of every code block, and every inline piece of code."""
    for block in re.findall(r"```\w*\n(.*?)```", text, flags=re.DOTALL):
        yield from re.sub(r"\\\n\s*", "", block).splitlines()  # lines that go on
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def _command_lines() -> list[str]:
    """Return the distinct ``robotics …`` lines of all documents, without what stands before."""
    found = {
        match[1].strip()
        for document in DOCUMENTS
        for line in _code(document.read_text(encoding="utf-8"))
        if (match := re.search(r"(?:^|&& |/)robotics ([a-z][^&|#]*)(?:#.*)?$", line))
    }
    return sorted(found)


def _parse(line: str) -> None:
    """Let the real command line read ``line``; nothing is run."""
    name, *arguments = line.split()
    assert name in GROUP.commands, f"robotics has no command {name!r}"  # type: ignore[attr-defined]
    if arguments:
        GROUP.commands[name].make_context(name, arguments)  # type: ignore[attr-defined]


@pytest.mark.parametrize("line", _command_lines())
def test_every_command_in_the_documents_is_understood(line: str) -> None:
    """Command, arguments and options are those of the real command line."""
    _parse(line)


def test_the_readme_shows_every_command() -> None:
    """Nothing that the command line can do is kept secret."""
    shown = {line.split()[0] for line in _command_lines()}
    assert shown == set(GROUP.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("line", ["fly", "run zhanqiao --minuts 3", "run zhanqiao --seed x"])
def test_a_wrong_line_would_be_found(line: str) -> None:
    """An unknown command, an unknown option and an impossible value do not pass."""
    with pytest.raises(Exception, match=r"fly|minuts|whole number"):
        _parse(line)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document: Path) -> None:
    """Links and pictures inside the project, and programs that a reader is told to start."""
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not target.startswith("https://"):
            assert (document.parent / target).exists(), target
    for program in re.findall(r"python (benchmarks/\w+\.py)", text):
        assert (ROOT / program).exists(), program
    for module in re.findall(r"python -m (urdf[.\w]*)", text):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_path_that_is_named_exists(document: Path) -> None:
    """Such as `tests/test_layers.py` or `sim/`; `<robot>` stands for both."""
    tops = tuple(f"{path.name}/" for path in ROOT.iterdir() if path.is_dir())
    for word in _code(document.read_text(encoding="utf-8")):
        if re.fullmatch(r"[\w.<>/-]+", word) and word.startswith(tops):
            for robot in ("greeter", "sweeper"):
                assert (ROOT / word.replace("<robot>", robot)).exists(), word


def test_every_test_that_is_named_exists() -> None:
    """A document that says which test shows something names a real one."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    real = set(re.findall(r"^def (test_\w+)", "\n".join(sources), flags=re.MULTILINE))
    for document in DOCUMENTS:
        named = set(re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8")))
        assert named <= real, f"{document.name}: {named - real}"


def test_the_lines_that_the_readme_shows_are_those_of_the_loop() -> None:
    """Six lines, word for word and in the same order, in robotics/app.py."""
    shown = re.search(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert shown is not None
    lines = shown[1].split("\n")[:-1]
    source = [
        line.strip() for line in (ROOT / "robotics" / "app.py").read_text("utf-8").splitlines()
    ]
    assert len(lines) == 6
    places = [source.index(line) for line in lines]
    assert places == sorted(places)


def test_the_readme_is_short() -> None:
    """Less than 150 lines."""
    assert len(README.read_text(encoding="utf-8").splitlines()) < 150


def test_the_gate_finds_the_tests_block() -> None:
    """`.ci/run` takes its commands from the README: the mark is there, and pytest under it."""
    text = README.read_text(encoding="utf-8")
    block = re.search(r"<!-- tests -->\n```bash\n(.*?)```", text, flags=re.DOTALL)
    assert block is not None
    assert "pytest" in block[1]
    assert "<!-- tests -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
