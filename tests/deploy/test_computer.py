"""Checks of the computer, on made-up kernels."""

from __future__ import annotations

from pathlib import Path

from robotics.deploy.computer import check_computer, check_realtime
from robotics.deploy.findings import Level, worst
from robotics.wire.realtime import Granted


def kernel(root: Path, **files: str) -> Path:
    """Write files of a made-up kernel; double underscores stand for slashes."""
    for name, text in files.items():
        file = root / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n", encoding="utf-8")
    return root


def test_a_slow_adapter_is_found(tmp_path: Path) -> None:
    """16 ms is what an FTDI chip has from the factory."""
    key = "sys__bus__usb-serial__devices__ttyUSB0__latency_timer"
    (found, *_) = check_computer("/dev/ttyUSB0", kernel(tmp_path, **{key: "16"}))
    assert found.level is Level.BAD
    assert "16 ms" in found.what
    assert "udev" in found.cure
    (found, *_) = check_computer("/dev/ttyUSB0", kernel(tmp_path, **{key: "1"}))
    assert found.level is Level.GOOD


def test_what_has_no_latency_timer_is_not_judged(tmp_path: Path) -> None:
    """A pseudo-terminal, or another chip: only the kernel's line is left."""
    found = check_computer("/dev/pts/3", tmp_path)
    assert [one.about for one in found] == ["kernel"]


def test_governor_and_kernel(tmp_path: Path) -> None:
    """A governor that changes the clock is a warning, and so is a kernel without PREEMPT_RT."""
    key = "sys__devices__system__cpu__cpu{}__cpufreq__scaling_governor"
    root = kernel(tmp_path, **{key.format(0): "performance", key.format(1): "schedutil"})
    found = check_computer("/dev/ttyUSB0", root)
    assert [one.level for one in found] == [Level.WARNING, Level.WARNING]
    assert "schedutil" in found[0].what
    kernel(root, **{key.format(1): "performance", "sys__kernel__realtime": "1"})
    assert worst(check_computer("/dev/ttyUSB0", root)) is Level.GOOD


def test_refused_real_time_is_bad_with_its_cure() -> None:
    """One line for each thing refused."""
    refused = Granted(refused=("no SCHED_FIFO 60 (no): do", "memory not locked (no): do"))
    found = check_realtime(refused)
    assert [one.level for one in found] == [Level.BAD, Level.BAD]
    assert all("install-service" in one.cure for one in found)
    assert worst(check_realtime(Granted(fifo=True, locked=True))) is Level.GOOD
