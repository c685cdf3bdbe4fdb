"""The robot as a service of systemd: unit, udev rules and limits, as text.

Nothing is written here and nothing is asked of the system, so that what would be installed can be
read first. Sources: systemd.service(5), systemd.exec(5), udev(7), limits.conf(5), and measurements
in ``docs/hardware.md``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from robotics.core.errors import OptionError

GROUP = "dialout"
"""Who may open serial ports on Debian."""
PRIORITY = 60
"""Of the control loop under SCHED_FIFO."""
LONGEST = "1440"
"""Most that one run may last [min]: a day."""


@dataclass(frozen=True, slots=True)
class Service:
    """What is to run at boot."""

    robot: str
    """greeter or sweeper."""
    command: tuple[str, ...]
    """What is run, its program as an absolute path."""
    rest: tuple[str, ...]
    """What brings the robot to rest afterwards, however that ended."""
    user: str
    folder: str
    """Where it runs and may write; absolute."""
    watchdog: float = 1.0
    """systemd ends the program if it is silent for this long [s]; 0 for one that cannot tell."""
    adapters: tuple[tuple[str, str], ...] = ()
    """(USB serial number, name of the link in /dev) of each serial adapter."""

    def __post_init__(self) -> None:
        for program in (self.command[0], self.rest[0], self.folder):
            if not PurePosixPath(program).is_absolute():
                raise OptionError(f"'{program}' is not allowed; give an absolute path")
        if not re.fullmatch(r"[a-z_][a-z0-9_-]*", self.user):
            raise OptionError(f"--user is '{self.user}'; allowed: the name of a Linux user")
        for serial, name in self.adapters:
            if not re.fullmatch(r"[\w.:-]+", serial) or not re.fullmatch(r"[\w-]+", name):
                allowed = "letters, digits, '-' and '_', as 'udevadm info' prints them"
                raise OptionError(f"adapter '{serial}={name}' is not allowed; give {allowed}")

    @property
    def name(self) -> str:
        """Of the unit."""
        return f"scenic-{self.robot}"


def run_words(site: str, robot: str, port: str, more: Sequence[str] = ()) -> tuple[str, ...]:
    """Return what a service says to the program so that it runs a robot.

    It runs for ``LONGEST``, or as ``more`` says: for so many minutes, or by the plan of a day.
    """
    ends = any(one.partition("=")[0] in ("--minutes", "--day") for one in more)
    length = () if ends else ("--minutes", LONGEST)
    return ("run", site, "--robot", robot, "--on", port, "--no-video", *length, *more)


def files(service: Service) -> dict[str, str]:
    """Return path -> text of every file that has to be installed."""
    return {
        f"/etc/systemd/system/{service.name}.service": unit(service),
        f"/etc/udev/rules.d/60-{service.name}.rules": udev_rules(service),
        f"/etc/security/limits.d/60-{service.name}.conf": limits(service),
    }


def unit(service: Service) -> str:
    """Return the systemd unit.

    The program is started anew when it fails, five times in five minutes at most; then a person has
    to look. Whatever ends it, ``ExecStopPost`` brings the robot to rest: boards stop and let go,
    servos keep holding, so that raised arms and a standing robot do not drop. The robot's own
    watchdogs have stopped it long before.
    """
    return f"""[Unit]
Description=Scenic {service.robot}
After=network.target
StartLimitIntervalSec=300
StartLimitBurst=5

[Service]
{"Type=notify" if service.watchdog else "Type=exec"}
{f"WatchdogSec={1000 * service.watchdog:.0f}ms" if service.watchdog else "# no WatchdogSec"}
User={service.user}
SupplementaryGroups={GROUP}
WorkingDirectory={service.folder}
ExecStart={_words(service.command)}
ExecStopPost={_words(service.rest)}
Restart=on-failure
RestartSec=2
TimeoutStopSec=45
TimeoutStartSec=180
KillSignal=SIGTERM
# before all ordinary programs, never paged out, the last to be ended when memory is short
LimitRTPRIO=99
LimitMEMLOCK=infinity
OOMScoreAdjust=-900
Environment=OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 PYTHONUNBUFFERED=1
# a robot needs its ports and its folder, and nothing else
NotifyAccess=main
NoNewPrivileges=true
ProtectSystem=full
ReadWritePaths={service.folder}
PrivateTmp=true

[Install]
WantedBy=multi-user.target
"""


def udev_rules(service: Service) -> str:
    """Return the udev rules: fast adapters, left alone by ModemManager, under names that stay."""
    lines = [
        "# FTDI chips pass bytes on after 1 ms instead of 16",
        'ACTION=="add", SUBSYSTEM=="usb-serial", DRIVER=="ftdi_sio", ATTR{latency_timer}="1"',
        "# ModemManager would talk to whatever is plugged in",
        'SUBSYSTEM=="tty", SUBSYSTEMS=="usb", ENV{ID_MM_DEVICE_IGNORE}="1", '
        f'GROUP="{GROUP}", MODE="0660"',
    ]
    for serial, name in service.adapters:
        lines.append(f'SUBSYSTEM=="tty", ATTRS{{serial}}=="{serial}", SYMLINK+="{name}"')
    return "\n".join(lines) + "\n"


def limits(service: Service) -> str:
    """Return the limits for a person who starts the robot by hand."""
    return "".join(
        f"{service.user} - {key} {value}\n"
        for key, value in (("rtprio", 99), ("memlock", "unlimited"))
    )


def steps(service: Service) -> tuple[str, ...]:
    """Return the commands that take the files into use, for root."""
    return (
        f"usermod -aG {GROUP} {service.user}",
        "udevadm control --reload && udevadm trigger",
        "systemctl daemon-reload",
        f"systemctl enable --now {service.name}.service",
    )


def _words(command: tuple[str, ...]) -> str:
    """Return a command line as systemd reads it."""
    quoted = []
    for word in command:
        plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
        quoted.append(plain if re.fullmatch(r"[\w@:+,./=%$-]+", word) else f'"{plain}"')
    return " ".join(quoted)
