from __future__ import annotations

import pytest

from config.units import convert, spelled_out


@pytest.mark.parametrize(
    ("unit", "to", "factor"),
    [
        ("m s-1", "m/s", 1.0),
        ("m s**-1", "m/s", 1.0),
        ("kg m-2 s-1", "g/m**2/s", 1000.0),
        ("ug/m3", "µg/m³", 1.0),
        ("mg m^-3", "µg/m³", 1000.0),
        ("t/yr", "kg/year", 1000.0),
    ],
)
def test_units_as_netcdf_files_write_them(unit, to, factor):
    assert convert(1.0, spelled_out(unit), to) == pytest.approx(factor)


@pytest.mark.parametrize("unit", ["furlong", "", "Tonnes per cell", "kg"])
def test_what_measures_something_else_is_refused(unit):
    with pytest.raises(ValueError, match="unit should convert"):
        convert(1.0, spelled_out(unit), "µg/m³")
