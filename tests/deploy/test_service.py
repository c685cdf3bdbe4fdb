"""What is installed: read by the programs that will read it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from robotics.core.errors import OptionError
from robotics.deploy.service import Service, files, limits, run_words, steps, udev_rules, unit

SWEEPER = Service(
    robot="sweeper",
    command=("/usr/bin/true", "run", "zhanqiao", "--on", "/dev/scenic bus"),
    rest=("/usr/bin/true", "rest", "--on", "/dev/scenic_bus"),
    user="root",
    folder="/var/tmp",
    watchdog=0.5,
    adapters=(("FT5WIZ7C", "scenic_bus"),),
)


@pytest.mark.parametrize("watchdog", [0.0, 0.5])
def test_systemd_understands_the_unit(tmp_path: Path, watchdog: float) -> None:
    """By systemd's own judgement: no warning about our file."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    file = tmp_path / "scenic-sweeper.service"
    file.write_text(unit(replace(SWEEPER, watchdog=watchdog)), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    complaints = [line for line in done.stderr.splitlines() if file.name in line]
    assert complaints == []


def test_the_unit_restarts_limits_and_rests() -> None:
    """What keeps a robot going, in time and harmless."""
    lines = unit(SWEEPER).splitlines()
    for line in (
        *("WatchdogSec=500ms", "Type=notify", "Restart=on-failure", "StartLimitBurst=5"),
        *("LimitRTPRIO=99", "LimitMEMLOCK=infinity", "KillSignal=SIGTERM", "TimeoutStopSec=45"),
        "ExecStopPost=/usr/bin/true rest --on /dev/scenic_bus",
        'ExecStart=/usr/bin/true run zhanqiao --on "/dev/scenic bus"',
    ):
        assert line in lines
    assert not any(
        line.startswith("WatchdogSec") for line in unit(replace(SWEEPER, watchdog=0.0)).splitlines()
    )


def test_specifiers_and_variables_are_taken_as_they_are() -> None:
    """Systemd would replace % and $."""
    text = unit(replace(SWEEPER, command=("/usr/bin/true", "100%", "$HOME", 'say "hi"')))
    assert r'ExecStart=/usr/bin/true 100%% $$HOME "say \"hi\""' in text.splitlines()


def test_udev_rules_name_the_adapter_and_hasten_it() -> None:
    """One rule a line; the serial number decides, not the order of plugging in."""
    rules = [line for line in udev_rules(SWEEPER).splitlines() if not line.startswith("#")]
    assert 'ATTR{latency_timer}="1"' in rules[0]
    assert 'ENV{ID_MM_DEVICE_IGNORE}="1"' in rules[1]
    assert rules[2] == 'SUBSYSTEM=="tty", ATTRS{serial}=="FT5WIZ7C", SYMLINK+="scenic_bus"'


def test_udev_itself_reads_them(tmp_path: Path) -> None:
    """Where udevadm can check rules."""
    tool = shutil.which("udevadm")
    if (
        tool is None
        or "verify"
        not in subprocess.run([tool, "--help"], capture_output=True, text=True, check=False).stdout
    ):
        pytest.skip("no 'udevadm verify' here")
    file = tmp_path / "60-scenic.rules"
    file.write_text(udev_rules(SWEEPER), encoding="utf-8")
    subprocess.run([tool, "verify", str(file)], check=True, capture_output=True)


def test_all_files_and_steps() -> None:
    """Three files at their places; limits for real time; nothing is done by itself."""
    found = files(SWEEPER)
    assert sorted(found) == [
        "/etc/security/limits.d/60-scenic-sweeper.conf",
        "/etc/systemd/system/scenic-sweeper.service",
        "/etc/udev/rules.d/60-scenic-sweeper.rules",
    ]
    assert limits(SWEEPER) == "root - rtprio 99\nroot - memlock unlimited\n"
    assert steps(SWEEPER)[-1] == "systemctl enable --now scenic-sweeper.service"


@pytest.mark.parametrize(
    "wrong",
    [
        {"user": "rm -rf"},
        {"command": ("robotics", "run")},
        {"folder": "reports"},
        {"adapters": (('A"B', "x"),)},
        {"adapters": (("AB", "../sda"),)},
    ],
)
def test_what_could_break_a_file_is_refused(wrong: dict[str, object]) -> None:
    """One line that says what is allowed."""
    with pytest.raises(OptionError, match="allowed"):
        replace(SWEEPER, **wrong)  # type: ignore[arg-type]


def test_the_command_prints_what_it_would_write() -> None:
    """Nothing is written unless it is asked for."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "robotics.cli", "install-service", "sweeper"),
            *("--on", "/dev/scenic_bus", "--user", "robot", "--folder", "/srv/robot"),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "/etc/systemd/system/scenic-sweeper.service" in done.stdout
    assert "systemctl enable" in done.stdout
    assert not Path("/etc/systemd/system/scenic-sweeper.service").exists()


def test_a_service_runs_what_a_person_would_type() -> None:
    """A map's folder, further ports, a day's length; an option that 'run' does not have is told."""
    words = [sys.executable, "-m", "robotics.cli", "install-service", "sweeper"]
    words += ["--on", "/dev/scenic_bus", "--"]
    done = subprocess.run(
        [*words, "--lidar", "/dev/scenic_lidar"], capture_output=True, text=True, check=True
    )
    run = next(line for line in done.stdout.splitlines() if line.startswith("ExecStart="))
    assert run.endswith("--no-video --minutes 1440 --lidar /dev/scenic_lidar")
    assert " run map --robot sweeper --on /dev/scenic_bus " in run
    wrong = subprocess.run(
        [*words, "--lidr", "/dev/x"], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "--lidr" in wrong.stderr
    assert "--minutes" not in run_words("map", "sweeper", "/dev/x", ["--day", "day.yaml"])
