"""Checks of the computer: real time, the port's latency, the processor's governor."""

from __future__ import annotations

from pathlib import Path

from robotics.deploy.findings import Finding, bad, good, warning
from robotics.wire.realtime import Granted

INSTALL = "run 'robotics install-service'"
ROOT = Path("/")


def check_realtime(granted: Granted) -> list[Finding]:
    """Return what the system's answer to the request for real time means."""
    if granted.is_complete:
        return [good("scheduling", "SCHED_FIFO granted, memory locked")]
    cure = f"{INSTALL} and log in again; or run with --derate"
    return [bad("scheduling", reason.split(":")[0], cure) for reason in granted.refused]


def check_computer(port: str, root: Path = ROOT) -> list[Finding]:
    """Return what the files of the kernel say about the computer.

    Args:
        port: The bus's port, ``/dev/ttyUSB0``.
        root: Where the file system begins; another one in tests.
    """
    return [*_latency(port, root), *_governor(root), *_kernel(root)]


def _latency(port: str, root: Path) -> list[Finding]:
    """FTDI chips gather bytes for 16 ms unless told otherwise: 30 exchanges a second at most."""
    name = Path(port).resolve().name
    told = _read(root / "sys/bus/usb-serial/devices" / name / "latency_timer")
    if not told.isdigit():
        return []
    if int(told) <= 1:
        return [good(port, "latency timer 1 ms")]
    cure = f"{INSTALL} (udev rule), or: echo 1 > /sys/bus/usb-serial/devices/{name}/latency_timer"
    return [bad(port, f"the adapter gathers bytes for {told} ms before it passes them on", cure)]


def _governor(root: Path) -> list[Finding]:
    files = sorted(root.glob("sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor"))
    slow = {_read(file) for file in files} - {"performance", ""}
    if not slow:
        return [good("processor", "governor 'performance'")] if files else []
    what = f"governor {', '.join(sorted(slow))}: the clock changes under the control loop"
    return [warning("processor", what, "cpupower frequency-set -g performance")]


def _kernel(root: Path) -> list[Finding]:
    if _read(root / "sys/kernel/realtime") == "1":
        return [good("kernel", "PREEMPT_RT")]
    cure = "on Debian: apt-get install linux-image-rt-amd64 (or -arm64)"
    return [warning("kernel", "not PREEMPT_RT: rare delays of milliseconds", cure)]


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
