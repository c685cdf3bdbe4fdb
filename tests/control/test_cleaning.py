"""The cleaning law: no water on people, none wasted, none missing at the end; slower where dry."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.control.cleaning import CleaningConfig, CleaningControl
from robotics.core.geometry import transform
from robotics.core.messages import GroundSight, Joints, State, ToolReadings, Tools

CONFIG = CleaningConfig()
FRESH = ToolReadings()
GAPS = st.floats(0.0, 10.0)
READINGS = st.builds(
    ToolReadings,
    water=st.floats(0.0, 1.0),
    dust=st.floats(0.0, 100.0),
    wetness=st.floats(0.0, 1.0),
    temperature=st.floats(-20.0, 45.0),
    rain=st.floats(0.0, 10.0),
)


def _state(tools: ToolReadings = FRESH, *, speed: float = 0.5, time: float = 0.0) -> State:
    zero = np.zeros(3)
    twist = np.array([speed, 0.0, 0.0])
    return State(time, zero, twist, Joints.at_rest(np.zeros(5)), np.zeros(2), zero, tools=tools)


def _set(tools: ToolReadings = FRESH, **how: float) -> tuple[Tools, float]:
    speed = how.pop("speed", 0.5)
    return CleaningControl(CONFIG).settings(_state(tools, speed=speed), **how)  # type: ignore[arg-type]


@given(READINGS, GAPS, st.floats(0.0, 1.5), st.booleans(), st.floats(0.0, 3.0))
def test_settings_are_sound_whatever_is_read(
    tools: ToolReadings, gap: float, speed: float, kerb: bool, share: float
) -> None:
    """Settings and speed are within bounds; no water near people, in frost, in rain."""
    set_to, cap = CleaningControl(CONFIG).settings(
        _state(tools, speed=speed), people_gap=gap, kerb=kerb, water_share_for_rest=share
    )
    assert all(0.0 <= value <= 1.0 for value in (set_to.brush, set_to.spray, set_to.fan))
    assert CONFIG.least_speed <= cap <= CONFIG.speed
    if gap < 1.5 or tools.temperature <= 3.0 or tools.rain >= 0.1 or tools.water == 0.0:
        assert set_to.spray == 0.0


@given(READINGS, GAPS, GAPS)
def test_nearer_people_never_make_it_rougher(tools: ToolReadings, one: float, other: float) -> None:
    """The nearer somebody is, the less water, brush speed and fan."""
    (near, _), (far, _) = (_set(tools, people_gap=gap) for gap in sorted((one, other)))
    assert near.spray <= far.spray
    assert near.brush <= far.brush
    assert near.fan <= far.fan


@given(READINGS, st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(0.1, 1.0))
def test_wetter_ground_gets_less_water_and_faster_brushes(
    tools: ToolReadings, one: float, other: float, speed: float
) -> None:
    """Water is made up to what is wanted; what is wet already needs none."""
    results = []
    for wetness in sorted((one, other)):
        here = ToolReadings(tools.water, 0.0, tools.dust, wetness, tools.temperature, tools.rain)
        results.append(_set(here, speed=speed)[0])
    drier, wetter = results
    assert wetter.spray <= drier.spray
    assert wetter.brush >= drier.brush - 1e-12


@given(st.floats(0.0, 100.0), st.floats(0.0, 100.0), st.floats(0.1, 1.0))
def test_more_dust_in_the_air_gets_more_water(one: float, other: float, speed: float) -> None:
    """The dust sensor only ever adds water, and never slurry."""
    clear, dusty = (
        _set(ToolReadings(dust=dust), speed=speed)[0].spray for dust in sorted((one, other))
    )
    assert clear <= dusty
    assert dusty * CONFIG.flow <= CONFIG.width * speed * CONFIG.most_film + 1e-12


@given(
    st.floats(0.2, 3.0), st.floats(0.0, 100.0), st.lists(st.booleans(), min_size=50, max_size=50)
)
def test_water_lasts_for_the_rest(enough: float, dust: float, kerbs: list[bool]) -> None:
    """Whatever the tank holds at the start, it is not empty before the ground is done."""
    area = 500.0
    water = enough * CONFIG.film * area
    control = CleaningControl(CONFIG)
    for k, kerb in enumerate(kerbs):
        share, step = CONFIG.water_share(water, area), 0.1 * area
        cap = CONFIG.kerb_speed
        for _ in range(5):  # the speed follows the bound
            state = _state(ToolReadings(dust=dust), speed=cap, time=100.0 * k)
            tools, cap = control.settings(state, kerb=kerb, water_share_for_rest=share)
        speed = float(state.twist_base_in_base[0])
        water -= tools.spray * CONFIG.flow * step / (CONFIG.width * speed)
        area -= step
        assert water >= -1e-9


def test_the_wanted_film_arrives_at_the_bound() -> None:
    """On dry open ground at the speed it asks for, the spray bar lays just the wanted film."""
    _, cap = _set()
    tools, again = _set(speed=cap)
    film = tools.spray * CONFIG.flow / (CONFIG.width * cap)
    assert film == pytest.approx(CONFIG.film)
    assert again == pytest.approx(cap)


def test_standing_still_makes_no_puddle() -> None:
    """No water without motion."""
    assert _set(speed=0.0)[0].spray == 0.0


@given(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_turning_sprays_what_the_bar_passes_over(vx: float, wz: float) -> None:
    """The water is in proportion to the mean speed along the bar, as a sum over it says."""
    zero = np.zeros(3)
    turning = State(0.0, zero, np.array([vx, 0.0, wz]), Joints.at_rest(np.zeros(5)), zero[:2], zero)
    tools, _ = CleaningControl(CONFIG).settings(turning)
    along = CONFIG.width * ((np.arange(2000) + 0.5) / 2000 - 0.5)
    area = CONFIG.width * np.abs(vx - wz * along).mean()
    assert tools.spray == pytest.approx(min(1.0, area * CONFIG.film / CONFIG.flow), abs=1e-3)


def test_dry_means_gentle_and_slow() -> None:
    """Without water the brushes turn slowly, and it drives so slowly that it still gets clean."""
    dry, slow = _set(ToolReadings(water=0.0))
    wet, fast = _set()
    assert dry.brush == pytest.approx(CONFIG.dry_brush)
    assert dry.brush < wet.brush
    assert slow / dry.brush == pytest.approx(CONFIG.speed)
    assert slow < fast


def test_the_dust_sensor_is_smoothed_over_a_second() -> None:
    """One dusty reading changes the water by less than a lasting one."""
    control = CleaningControl(CONFIG)
    sprays = []
    for k, dust in enumerate((0.0, 18.0, 18.0, 18.0, 18.0, 18.0)):
        tools, _ = control.settings(_state(ToolReadings(dust=dust), speed=0.2, time=float(k)))
        sprays.append(tools.spray)
    assert sprays == sorted(sprays)
    assert sprays[1] < sprays[-1]


def test_along_a_kerb_it_is_slower_and_wetter() -> None:
    """Most of the dust lies along the kerb."""
    (open_ground, fast), (kerb, slow) = (_set(kerb=k, speed=0.3) for k in (False, True))
    assert kerb.spray > open_ground.spray
    assert slow < fast


@pytest.mark.parametrize(("y", "beside"), [(0.57, True), (-0.57, True), (2.0, False)])
def test_a_kerb_that_is_seen_beside_the_brush_counts(y: float, beside: bool) -> None:
    """Nobody has to tell it: what the estimator sees of the kerb is enough."""
    zero = np.zeros(3)
    pose = np.array([3.0, -2.0, 2.0])
    kerb = transform(pose, np.array([[0.2, y], [0.6, y], [1.0, y]]))
    state = State(
        0.0, pose, zero, Joints.at_rest(np.zeros(5)), zero[:2], zero, ground=GroundSight(kerb)
    )
    _, cap = CleaningControl(CONFIG).settings(state)
    assert cap == pytest.approx(_set(kerb=beside)[1])


def test_broken_sensors_do_no_harm() -> None:
    """A dust reading that is no number counts as none; time that stands still changes nothing."""
    control = CleaningControl(CONFIG)
    first = control.settings(_state(ToolReadings(dust=float("nan"))))
    assert first == control.settings(_state(ToolReadings(dust=float("nan"))))
    assert first == _set()
