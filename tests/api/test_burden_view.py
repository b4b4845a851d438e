"""The parts of a hotspot's burden, computed by hand."""

from __future__ import annotations

from api.burden_view import BurdenPart, burden_data, burden_parts

DATA = {
    "dimensions": {"air": "Air", "land": "Land and soil", "freshwater": "Freshwater"},
    "burden": {
        "facilities": {"plants": "Plants (2019)", "dumps": "Dumps"},
        "dimensions": {
            "air": {"weight": 1.0, "datasets": ["Census (2020)"]},
            "freshwater": {"weight": 1.0, "datasets": ["Census (2020)"]},
            "land": {"weight": 2.0, "datasets": ["Census (2020)"]},
        },
    },
}


def row(**values: object) -> dict[str, object]:
    listed = [
        {"id": "plants:1", "dimension": "air"},
        {"id": "plants:2", "dimension": "air"},
        {"id": "municipal:E", "dimension": "air"},
        {"id": "dumps:7", "dimension": "land"},
    ]
    return {"top_sources": listed, **values}


def test_shares_are_weight_times_percentile() -> None:
    # 1 × 60 and 2 × 20 of 100; freshwater is not assessed and is no part, which is not 0.
    parts = burden_parts(row(air_percentile=60.0, land_percentile=20.0, freshwater_percentile=None), DATA)
    assert parts == (
        BurdenPart("Air", 60.0, 0.6, ("Census (2020)", "Plants (2019)")),
        BurdenPart("Land and soil", 20.0, 0.4, ("Census (2020)", "Dumps")),
    )


def test_a_burden_of_0_has_no_shares() -> None:
    (air,) = burden_parts(row(air_percentile=0.0), DATA)
    assert (air.percentile, air.share) == (0.0, None)


def test_an_edition_from_before_has_no_parts() -> None:
    assert burden_parts(row(), DATA) == ()


def test_the_data_behind_are_of_the_manifest(edition) -> None:
    # Of the two that the method weighs, air alone is assessed.
    assert burden_data(edition) == {
        "dimensions": {"air": {"weight": 1.0, "datasets": []}},
        "facilities": {"facilities": "Facilities (2020)"},
    }
