from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import pollutants
from hotspots.errors import MethodError
from hotspots.fields import Classes, raster_layers
from hotspots.fields.changes import change_layer
from tiles.style import NOT_ASSESSED, class_index, colour_of, legend, ramp

THREE = Classes((1.0, 2.0), "heat", "by hand")


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2."""
    channels = np.array(list(bytes.fromhex(colour[1:]))) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_a_break_is_the_upper_bound_of_its_class():
    values = np.array([0.5, 1.0, 1.1, 2.0, 2.1, np.nan])
    assert class_index(values, THREE).tolist() == [0, 0, 1, 1, 2, 3]


def test_legend_has_one_class_more_than_breaks_and_says_its_bounds():
    items = legend(THREE)
    assert [(item.lower, item.upper, item.label) for item in items] == [
        (None, 1.0, "≤ 1"),
        (1.0, 2.0, "1 – 2"),
        (2.0, None, "> 2"),
    ]
    assert len({item.colour for item in items}) == 3


@pytest.mark.parametrize("name", ["heat", "blue"])
@given(count=st.integers(2, 12))
def test_sequential_ramps_darken_with_every_class(name, count):
    colours = [item.colour for item in legend(Classes(tuple(range(count)), name, "steps"))]
    light = [luminance(colour) for colour in colours]
    assert all(before > after for before, after in pairwise(light))


def test_reversed_ramp_runs_backwards():
    assert ramp("heat_reversed", 0.0) == ramp("heat", 1.0)
    assert ramp("heat_reversed", 0.3) == ramp("heat", 0.7)


def test_diverging_is_neutral_where_zero_is():
    items = legend(Classes((-2.0, 2.0, 4.0, 8.0), "change", "z"))
    middle = items[1].colour
    assert middle == ramp("change", 0.5)
    assert max(luminance(item.colour) for item in items) == luminance(middle)


@pytest.mark.parametrize(
    ("name", "colours"),
    {
        "heat": ["#fff7bc", "#fec44f", "#ec7014", "#b10026", "#49006a"],
        "blue": ["#f1eef6", "#bdc9e1", "#74a9cf", "#2b8cbe", "#045a8d"],
        "change": ["#01665e", "#80cdc1", "#f5f5f5", "#dfc27d", "#8c510a"],
    }.items(),
)
def test_five_classes_have_the_colours_of_their_ramp(name, colours):
    classes = Classes((-2.0, -1.0, 1.0, 2.0), name, "by hand")
    assert [item.colour for item in legend(classes)] == colours


def test_every_layer_has_five_classes_or_two_in_words():
    """Scores in the warm ramp, what is modelled or counted in the blue one, two-sided figures in that of changes."""
    for layer in raster_layers(pollutants().values()).values():
        assert len(layer.classes.breaks) == 4 or layer.name == "air_near_coast", layer.name
        base = layer.classes.ramp.removesuffix("_reversed")
        expected = "heat" if layer.name in {"priority", "burden", "vulnerability"} else "blue"
        assert base == ("change" if layer.name.endswith("_gi_z") else expected), layer.name


def test_a_change_is_drawn_in_five_named_colours():
    layer = raster_layers(())["priority"]
    change = change_layer(layer)
    assert change.classes.breaks == (-10, -1, 1, 10)
    assert [item.colour for item in legend(change.classes)] == ["#01665e", "#80cdc1", "#f5f5f5", "#dfc27d", "#8c510a"]
    assert change_layer(raster_layers(())["air_pressure"]).classes.breaks == (-0.5, -0.05, 0.05, 0.5)


def test_missing_value_has_its_own_colour():
    assert colour_of(None, THREE) == colour_of(float("nan"), THREE) == NOT_ASSESSED
    assert NOT_ASSESSED not in {item.colour for item in legend(THREE)}


def test_unknown_ramp_is_refused():
    with pytest.raises(MethodError, match="rainbow"):
        ramp("rainbow", 0.5)


def test_classes_may_be_told_in_words() -> None:
    items = legend(Classes((0.5,), "heat", "limit", ("inland", "near a coast")))
    assert [(item.lower, item.upper, item.label) for item in items] == [
        (None, 0.5, "inland"),
        (0.5, None, "near a coast"),
    ]
    with pytest.raises(ValueError, match=r"shorter|longer"):
        legend(Classes((0.5,), "heat", "limit", ("inland",)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20, unique=True).map(sorted), st.data())
def test_classes_of_float32_are_those_of_exact_bounds(breaks, data):
    near = [float(np.nextafter(np.float32(bound), np.float32(way))) for bound in breaks for way in (-np.inf, np.inf)]
    values = np.array([*breaks, *near, np.nan], np.float32)
    exact = [sum(float(value) > bound for bound in breaks) for value in values[:-1]]
    found = class_index(values, Classes(tuple(breaks), "heat", "test"))
    assert found.tolist() == [*exact, len(breaks) + 1]
