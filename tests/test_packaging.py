"""The project works from a checkout, from an editable install and from a wheel."""

import os
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROBE = (
    "import robotics, sim, robotics.assets as a;"
    "print(a.asset('urdf/greeter/greeter.urdf'), a.asset('behaviours/greeter'))"
)


def _run(python: Path | str, *arguments: str, cwd: Path, path: str = "") -> str:
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(python), *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once, with the build tools that are installed."""
    folder = tmp_path_factory.mktemp("dist")
    _run(
        sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder), ".", cwd=ROOT
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def empty_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a Python that sees this environment's libraries, but not this project."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, with_pip=False)
    site = next(folder.glob("lib/python*/site-packages"))
    libraries = [p for p in Path(sysconfig.get_path("purelib")).iterdir() if _is_library(p)]
    for library in libraries:
        (site / library.name).symlink_to(library)
    return folder / "bin" / "python"


def _is_library(path: Path) -> bool:
    ours = ("scenic", "_scenic", "__editable__", "__pycache__")
    return not path.name.startswith(ours) and not path.name.endswith(".pth")


def test_a_checkout_finds_its_data(tmp_path: Path, empty_python: Path) -> None:
    """With the checkout on the path, data comes from its top level."""
    found = _run(empty_python, "-c", PROBE, cwd=tmp_path, path=str(ROOT))
    assert str(ROOT / "urdf" / "greeter" / "greeter.urdf") in found


def test_an_editable_install_finds_its_data(tmp_path: Path, empty_python: Path) -> None:
    """An editable install is a path entry to the checkout, nothing else."""
    site = next(empty_python.parents[1].glob("lib/python*/site-packages"))
    entry = site / "scenic.pth"
    entry.write_text(f"{ROOT}\n")
    found = _run(empty_python, "-c", PROBE, cwd=tmp_path)
    entry.unlink()
    assert str(ROOT / "behaviours" / "greeter") in found


def test_a_wheel_carries_its_data(tmp_path: Path, empty_python: Path, wheel: Path) -> None:
    """Unpacked elsewhere, the wheel finds URDFs, behaviours, worlds and the type marker."""
    home = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(home)
    found = _run(empty_python, "-c", PROBE, cwd=tmp_path, path=str(home))
    assert str(home / "robotics" / "_share") in found
    assert "robotics/py.typed" in names
    assert "sim/worlds/zhanqiao.yaml" in names
    listed = _run(empty_python, "-m", "robotics.cli", "list", cwd=tmp_path, path=str(home))
    assert "zhanqiao" in listed


def test_an_onboard_computer_needs_no_simulator() -> None:
    """PyBullet stands only in the extra ``sim``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert not [line for line in project["dependencies"] if "pybullet" in line]
    assert [line for line in project["optional-dependencies"]["sim"] if "pybullet" in line]
