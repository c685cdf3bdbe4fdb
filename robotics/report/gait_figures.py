"""The figures of a walk, and why it fell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from robotics.core.arrays import Array, BoolArray, IntArray
from robotics.core.walked import SIDES, Legs
from robotics.report.gait_frames import Footfall, Seen, loaded

UP_TO_SPEED = 3.0
"""Speed is measured from so long after the start on [s]; from the middle of a shorter walk."""
BEFORE = 1.0
"""What happened so long before ξ left the soles may have been the cause [s]."""
LASTING = 3.0
"""A push is told if ξ is lost so long after it [s]."""
STALLED = 0.03
"""A joint that was at its stall torque for so long is told [s]."""
SLID, KNOCKED = 0.015, 20.0
"""A sole that moved farther has slid [m]; feet with more force between them have knocked [N]."""
NEARLY = 0.7
"""Of a speed: with less it is not nearly reached."""
EARLY = 0.6
"""Of the step time: force on the foot in the air before that is a stumble."""
SMALL = (0.005, 0.005, 0.01)
"""Of a speed: less is shown as none, and is not asked for: [m/s], [m/s], [rad/s]."""
WAYS = ("ahead", "to the left", "turning left")
UNITS = ("m/s", "m/s", "rad/s")

Figure = tuple[str, str, str]
"""Label, value, note."""


def figures(seen: Seen) -> list[Figure]:
    """Return the figures of a walk as (label, value, note): for the page and the terminal."""
    walked, counted = seen.walked, seen.walked.figures
    found = [_outcome(seen), *_speeds(seen), _way(seen)]
    found += _steps(seen)
    found += [
        ("slip per step", f"{1e3 * counted['slip_mean_m']:.1f} mm", _slip_note(counted)),
        ("no foot on the ground", f"{100 * counted['airborne_fraction']:.1f} %", "of the time"),
        ("deepest in the ground", f"{1e3 * counted['penetration_m']:.1f} mm", "of any sole"),
    ]
    motors, rms = walked.motors, torque_rms(seen)
    worst = int((rms / motors.stall).argmax())
    over = int((rms > motors.continuous).sum())
    hottest = int(motors.settled.argmax())
    found += [
        (
            "torque, RMS over stall",
            f"{rms[worst] / motors.stall[worst]:.2f}",
            f"{_plain(motors.names[worst])}; {over} of {len(rms)} joints over their continuous"
            " rating",
        ),
        (
            "hottest winding, in the long run",
            f"{motors.settled[hottest]:.0f} °C",
            _heat_note(seen, hottest),
        ),
    ]
    error = 1e3 * np.hypot(*(seen.believed_xi - seen.xi)[seen.upright].T)
    error = error[np.isfinite(error)]
    if len(error):
        note = f"believed and true ξ apart, mean; 95 %: {np.percentile(error, 95):.0f} mm"
        found.append(("error of ξ", f"{error.mean():.0f} mm", note))
    tilt = np.degrees(np.abs(walked.truth.attitude[seen.upright, :2]).max(axis=0))
    found.append(
        ("largest tilt", f"{tilt.max():.1f}°", f"roll {tilt[0]:.1f}°, pitch {tilt[1]:.1f}°")
    )
    return found


def torque_rms(seen: Seen) -> Array:
    """Return the root mean square torque of each joint until it fell, shape (n,) [N·m]."""
    torque = seen.walked.truth.torque[seen.upright]
    return np.asarray(np.sqrt((torque**2).mean(axis=0)))


def steady(seen: Seen) -> IntArray:
    """Return the rows from which speed is measured, as places."""
    time = seen.walked.time
    end = float(time[seen.upright][-1])
    return np.flatnonzero(seen.upright & (time >= min(UP_TO_SPEED, 0.5 * end)))


def mean_twist(seen: Seen) -> Array:
    """Return the base's mean twist along its own heading once up to speed, shape (3,)."""
    truth, rows = seen.walked.truth, steady(seen)
    if len(rows) < 2:
        return np.zeros(3)
    place, yaw = truth.base[rows, :2], np.unwrap(truth.attitude[rows, 2])
    step, c, s = np.diff(place, axis=0), np.cos(yaw[:-1]), np.sin(yaw[:-1])
    ahead, left = c * step[:, 0] + s * step[:, 1], c * step[:, 1] - s * step[:, 0]
    span = float(seen.walked.time[rows[-1]] - seen.walked.time[rows[0]])
    return np.array([ahead.sum(), left.sum(), yaw[-1] - yaw[0]]) / span


def cause(seen: Seen) -> list[str]:
    """Return what is known about a fall, sentence by sentence; nothing if it stayed up."""
    fall = seen.walked.fall
    if fall is None:
        return []
    told = [f"It fell at {fall.time:.2f} s: {fall.sign}."]
    lost = seen.lost
    row = min(int(np.searchsorted(seen.walked.time, lost)) + 1, len(seen.xi) - 1)
    told.append(
        f"ξ left the hull of both soles for good at {lost:.2f} s, {fall.time - lost:.2f} s before,"
        f" {_direction(seen, row)}, {_doing(seen, row)}."
    )
    if _pushed(seen, lost):
        told.append(_pushed(seen, lost))
    reasons = list(_reasons(seen, lost))
    if reasons:
        told.append(f"In the second before, {'; '.join(reasons)}.")
    elif not _pushed(seen, lost):
        told.append("In the second before, nothing unusual is seen but ξ itself.")
    if fall.stood_again is not None:
        told.append(f"The reflexes had it on its feet again at {fall.stood_again:.1f} s.")
    return told


def missing(seen: Seen) -> list[str]:
    """Return which speeds were not nearly reached, in words."""
    mean, asked = mean_twist(seen), seen.walked.asked
    return [
        f"{_zero(got, small):.2f} of {wanted:.2f} {unit} {way}"
        for got, wanted, small, unit, way in zip(mean, asked, SMALL, UNITS, WAYS, strict=True)
        if abs(wanted) > 4.0 * small and got / wanted < NEARLY
    ]


def _outcome(seen: Seen) -> Figure:
    fall, end = seen.walked.fall, float(seen.walked.time[-1] + seen.walked.period)
    if fall is None:
        return ("it stayed up", "yes", f"for all {end:.0f} s")
    again = "" if fall.stood_again is None else f"; on its feet again at {fall.stood_again:.1f} s"
    return ("it stayed up", "no", f"fell at {fall.time:.2f} s: {fall.sign}{again}")


def _speeds(seen: Seen) -> Iterator[Figure]:
    walked = seen.walked
    rows, mean = steady(seen), mean_twist(seen)
    followed = walked.belief.followed[rows]
    commanded = np.nanmean(followed, axis=0) if np.isfinite(followed).any() else np.zeros(3)
    for axis, (way, unit) in enumerate(zip(WAYS, UNITS, strict=True)):
        ordered = walked.order.twist[axis]
        if abs(ordered) < SMALL[axis] and (axis > 0 or any(walked.order.twist)):
            continue
        limited = " (limited)" if abs(ordered) > walked.largest[axis] else ""
        note = f"asked {ordered:.2f}{limited}, commanded {commanded[axis]:.2f}"
        yield (f"speed {way}", f"{_zero(mean[axis], SMALL[axis]):.3f} {unit}", note)


def _way(seen: Seen) -> Figure:
    counted = seen.walked.figures
    turned = math.degrees(counted["turned_rad"])
    ahead, left = _zero(counted["ahead_m"], 5e-3), _zero(counted["left_m"], 5e-3)
    return ("way", f"{ahead:.2f} m", f"ahead; {left:.2f} m to the left, {turned:.0f}° turned")


def _steps(seen: Seen) -> Iterator[Figure]:
    landed = seen.landed
    yield ("steps", f"{len(landed)}", _cadence(landed))
    if len(landed) < 2:
        return
    step = np.array([one.step for one in landed])
    miss = 1e3 * np.array([one.miss for one in landed])
    width = 1e3 * np.abs(step[:, 1]).mean()
    yield ("length of a step", f"{1e3 * step[:, 0].mean():.0f} mm", f"mean; {width:.0f} mm wide")
    note = f"mean; {miss[:, 0].mean():+.0f} mm ahead, {miss[:, 1].mean():+.0f} mm to the left"
    yield ("landed off its aim", f"{np.hypot(*miss.T).mean():.0f} mm", note)


def _cadence(landed: list[Footfall]) -> str:
    if len(landed) < 3:
        return ""
    every = (landed[-1].landed - landed[0].landed) / (len(landed) - 1)
    return f"one each {every:.2f} s"


def _slip_note(counted: Mapping[str, float]) -> str:
    return (
        f"mean; 95 %: {1e3 * counted['slip_p95_m']:.1f} mm, "
        f"largest {1e3 * counted['slip_max_m']:.1f} mm"
    )


def _heat_note(seen: Seen, joint: int) -> str:
    motors, name = seen.walked.motors, _plain(seen.walked.motors.names[joint])
    now = f"{name}; {motors.heat[joint]:.0f} °C at the end"
    until = float(motors.until_limit[joint])
    if math.isinf(until):
        return f"{now}, never {motors.limit:.0f} °C"
    return f"{now}, {motors.limit:.0f} °C after {until / 60:.1f} min"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _zero(value: float, small: float) -> float:
    """Return ``value`` without the sign of what is too small to be shown."""
    return 0.0 if abs(value) < 0.1 * small else float(value)


def _direction(seen: Seen, row: int) -> str:
    truth = seen.walked.truth
    away = seen.xi[row] - truth.soles[row, :, :2].mean(axis=0)
    yaw = float(truth.attitude[row, 2])
    ahead = math.cos(yaw) * away[0] + math.sin(yaw) * away[1]
    left = math.cos(yaw) * away[1] - math.sin(yaw) * away[0]
    if abs(ahead) > abs(left):
        return "ahead" if ahead > 0.0 else "backwards"
    return "to the left" if left > 0.0 else "to the right"


def _doing(seen: Seen, row: int) -> str:
    belief = seen.walked.belief
    if belief.legs[row] == Legs.STEP:
        return f"while the {SIDES[1 - int(belief.stance[row])]} foot was in the air"
    return {Legs.STAND: "standing", Legs.SHIFT: "shifting its weight"}.get(
        Legs(int(belief.legs[row])), "with the reflexes at work"
    )


def _reasons(seen: Seen, lost: float) -> Iterator[str]:
    walked = seen.walked
    near = (walked.time >= lost - BEFORE) & (walked.time <= lost + 1e-9)
    for side, name in enumerate(SIDES):
        slid = _slid(seen, side, near)
        if slid > SLID:
            yield f"the {name} sole slid {1e3 * slid:.0f} mm under load"
    if walked.truth.knock[near].max(initial=0.0) > KNOCKED:
        yield f"the feet knocked together with {walked.truth.knock[near].max():.0f} N"
    steps = [one for one in seen.footfalls if lost - BEFORE < one.lifted <= lost]
    early = [one for one in steps if one.landed - one.lifted < EARLY * walked.step_time]
    if early:
        after, foot = early[0].landed - early[0].lifted, SIDES[early[0].side]
        again = "" if len(early) == 1 else f" (and {len(early) - 1} more so)"
        yield f"the {foot} foot met the ground {after:.2f} s after it was lifted{again}"
    full = np.abs(walked.truth.torque[near]) > 0.98 * walked.motors.stall
    joints = np.flatnonzero(full.sum(axis=0) * walked.period > STALLED)
    if len(joints):
        names = ", ".join(_plain(walked.motors.names[joint]) for joint in joints)
        yield f"{names} {'was' if len(joints) == 1 else 'were'} at stall torque"


def _pushed(seen: Seen, lost: float) -> str:
    """Return a sentence about a push that may have to do with it; "" for none."""
    push = seen.walked.order.push
    if push is None or not push.time - 0.05 <= lost <= push.time + LASTING:
        return ""
    strength = math.hypot(*push.impulse)
    each = strength / seen.walked.mass
    before = max(lost - push.time, 0.0)
    return f"It was pushed with {strength:.1f} N·s ({each:.2f} N·s/kg) {before:.2f} s before that."


def _slid(seen: Seen, side: int, near: BoolArray) -> float:
    """Return the largest move of a sole while it carried, in the rows ``near`` [m]."""
    stands = loaded(seen.walked)[:, side] & near
    track = seen.walked.truth.soles[:, side, :2]
    starts = np.flatnonzero(stands & ~np.roll(stands, 1))
    most = 0.0
    for start in starts:
        ends = np.flatnonzero(~stands[start:])
        last = start + (int(ends[0]) if len(ends) else len(stands) - start)
        moved = np.linalg.norm(track[start:last] - track[start], axis=1)
        most = max(most, float(moved.max()))
    return most
