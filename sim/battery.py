"""Energy bookkeeping: what the electronics, the motors and the tools take, what a dock gives."""

from __future__ import annotations

from dataclasses import dataclass

from robotics.core.messages import Battery


@dataclass(frozen=True, slots=True)
class BatterySpec:
    """A battery and the loads that are always on."""

    capacity: float
    """Energy when full [J]."""
    idle: float
    """Computer, sensors, radio [W]."""
    charger: float = 0.0
    """Power of the charging dock [W]; 0 where the robot has none."""
    nominal: float = 24.0
    """Voltage when full and unloaded [V]."""
    sag_empty: float = 0.12
    """Fraction of the voltage that is lost when empty (LiFePO4 and Li-ion: 10 to 15 %)."""
    resistance: float = 0.02
    """Of cells and cables [Ω]."""
    start: float = 1.0
    """Charge at the start, 0 to 1."""


@dataclass(slots=True)
class Accumulator:
    """The battery of one body."""

    spec: BatterySpec
    charge: float = 1.0
    voltage: float = 24.0
    charging: bool = False

    def restart(self) -> None:
        """Go back to the start."""
        self.charge, self.voltage, self.charging = self.spec.start, self.spec.nominal, False

    @property
    def supply(self) -> float:
        """Voltage over nominal voltage."""
        return self.voltage / self.spec.nominal

    def draw(self, power: float, duration: float, *, docked: bool) -> None:
        """Take ``power`` [W] beyond the idle load for ``duration`` [s]; charge when docked."""
        spec = self.spec
        load = spec.idle + power
        self.charging = docked and spec.charger > 0.0
        balance = (spec.charger if self.charging else 0.0) - load
        self.charge = min(1.0, max(0.0, self.charge + balance * duration / spec.capacity))
        open_circuit = spec.nominal * (1.0 - spec.sag_empty * (1.0 - self.charge))
        self.voltage = open_circuit - spec.resistance * load / open_circuit

    def read(self) -> Battery:
        """Return what the gauge says."""
        return Battery(self.charge, self.voltage, self.charging)
