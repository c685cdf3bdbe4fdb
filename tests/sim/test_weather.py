"""Water dries as the weather lets it; dust moves, sand does not."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robotics.core.errors import ConfigError
from sim import world
from sim.weather import Weather, saltation_wind
from sim.world import load_world

MORNING = Weather()


def test_evaporation_of_a_worked_example() -> None:
    """Penman by hand, for 20 °C, 50 % humidity, still air and 100 W/m²."""
    dull = Weather(temperature=20.0, humidity=0.5, wind=(0.0, 0.0), radiation=100.0)
    daily = (0.14474 * 8.64 + 6.43 * 0.06723 * 1.1691) / (2.4538 * (0.14474 + 0.06723))
    assert dull.evaporation() * 86400.0 == pytest.approx(daily, rel=2e-3)


@given(st.floats(0.0, 35.0), st.floats(0.1, 0.95), st.floats(0.0, 3.0), st.floats(0.0, 500.0))
def test_warmer_drier_windier_sunnier_dries_faster(
    temperature: float, humidity: float, wind: float, sun: float
) -> None:
    """Evaporation grows with heat, wind and sun, and falls with humidity."""
    here = Weather(temperature, humidity, (wind, 0.0), sun)
    drying = here.evaporation()
    assert drying >= 0.0
    assert replace(here, temperature=temperature + 2.0).evaporation() > drying
    assert replace(here, humidity=humidity + 0.04).evaporation() < drying
    assert replace(here, wind=(wind + 1.0, 0.0)).evaporation() > drying
    assert replace(here, radiation=sun + 50.0).evaporation() > drying


def test_wind_is_less_near_the_ground() -> None:
    """The profile is logarithmic: zero at the roughness length, itself at 10 m."""
    assert MORNING.wind_at(10.0) == pytest.approx(MORNING.wind)
    assert 0.0 < MORNING.wind_at(0.3)[0] < MORNING.wind_at(2.0)[0] < MORNING.wind[0]


def test_it_rains_in_showers() -> None:
    """Rain begins and ends when told; showers add up."""
    wet = Weather(showers=((10.0, 20.0, 2.0), (15.0, 30.0, 3.0)))
    assert [wet.rain(t) for t in (9.9, 10.0, 15.0, 20.0, 30.0)] == [0.0, 2.0, 5.0, 3.0, 0.0]


def test_sand_begins_to_hop_where_others_have_seen_it() -> None:
    """Dry sand of 0.25 mm moves from 5 to 7 m/s at 10 m on; what is finer sticks, coarser lies."""
    assert 5.0 < saltation_wind() < 7.0
    assert saltation_wind(0.03e-3) > saltation_wind(0.08e-3) < saltation_wind(1e-3)


def test_a_sand_storm_is_refused() -> None:
    """The model says in one line what it does not know."""
    with pytest.raises(ConfigError, match=r"blows sand along the ground.*take less than 6\.\d m/s"):
        Weather(wind=(6.0, 3.0))


def test_a_world_has_its_weather(tmp_path: Path) -> None:
    """A world file tells it; what it leaves out is a mild, dry morning."""
    yard = Path(world.__file__).parent / "worlds" / "yard.yaml"
    text = yard.read_text(encoding="utf-8")
    assert load_world("yard").weather == Weather()
    file = tmp_path / "wet.yaml"
    rain = "weather: {temperature: 4, wind: [2, -1], showers: [{begin: 60, end: 90, rain: 5}]}"
    file.write_text(f"{text}\n{rain}\n", encoding="utf-8")
    wet = load_world(file).weather
    assert (wet.temperature, wet.wind, wet.rain(75.0)) == (4.0, (2.0, -1.0), 5.0)
    file.write_text(f"{text}\nweather: {{wind: [9, 0]}}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="wind"):
        load_world(file)
