"""Checks of rows that every table shares. Each notes what it finds in the ledger and changes no value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from data_pipelines.area import Area
from data_pipelines.files import ROW
from data_pipelines.ledger import Ledger
from hotspots.errors import InputError

BORDER_TOLERANCE_KM = 5.0
"""Outlines are generalised: a position this far beyond one, and its own accuracy more, is not called wrong."""
OUTLIER_FACTOR = 1000.0
MISSING_TEXT = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})

_YEAR = r"\b(1[5-9]\d\d|2\d\d\d)\b"
_UTF8_AS_LATIN = re.compile(
    r"[\u00C2\u00C3][\u0080-\u00BF\u0152\u0153\u0160\u0161\u0178\u017D\u017E\u0192\u02C6\u02DC\u2013-\u203A\u20AC\u2122]"
    r"|[\u00C4-\u00C6][\u0080-\u009F\u00A0-\u00BF\u2018-\u203A\u20AC\u2122]"
    r"|\u00E1[\u00BA\u00BB]|\u00E2\u20AC|\u00EF\u00BF\u00BD"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_QUESTION_RUN = re.compile(r"(?<=\w)\?+(?=\w)|\?{2,}(?=\w)|(?<=\w)\?{2,}")


def numbers(text: pd.Series) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Text as numbers: (values, missing, invalid). Infinite values are invalid; what is no number is NaN."""
    missing = text.str.lower().isin(MISSING_TEXT).to_numpy()
    values = pd.to_numeric(text.where(~missing), errors="coerce").to_numpy(dtype=np.float64)
    invalid = ~missing & ~np.isfinite(values)
    return np.where(invalid, np.nan, values), missing, invalid


def years(text: pd.Series) -> pd.Series:
    """Years as written: ``2011``, ``2013.9999999999998``, ``1996-2006`` (the first); missing where there is none."""
    values, _, _ = numbers(text)
    rounded = pd.Series(np.round(values), index=text.index).astype("Int64")
    first = pd.to_numeric(text.str.extract(_YEAR)[0]).astype("Int64")
    return rounded.fillna(first)


def damaged(text: str) -> bool:
    """Whether ``text`` was spoilt by a wrong encoding before it was received.

    It is, if it holds the replacement character, UTF-8 read as Latin-1 or Windows-1252 (``Ã©``, ``Æ°``, ``áº©``),
    question marks inside or at the edge of a word (``V?nh``, ``??ng``; one at the end of a word is a question), or
    control characters.
    """
    return "\ufffd" in text or any(mark.search(text) for mark in (_UTF8_AS_LATIN, _QUESTION_RUN, _CONTROL))


def check_text(ledger: Ledger, table: pd.DataFrame, columns: Sequence[str]) -> None:
    """Flag rows with damaged text in one of ``columns``.

    Control characters become U+FFFD in ``table``: a NUL would cut the text short in formats that end text there.
    """
    for column in columns:
        spoilt = table[table[column].map(damaged)]
        ledger.flag(spoilt[ROW], "TEXT_DAMAGED", f"{column}: " + spoilt[column])
        table[column] = table[column].str.replace(_CONTROL, "\ufffd", regex=True)


def check_years(ledger: Ledger, rows: pd.Series, year: pd.Series, today: date) -> None:
    """Quarantine rows whose year lies after that of ``today``."""
    future = (year > today.year).fillna(False).to_numpy(dtype=bool)
    ledger.quarantine(rows[future], "YEAR_IN_FUTURE", year[future].astype(str))


def of_year(ledger: Ledger, path: Path, rows: pd.Series, year: pd.Series, wanted: int | None) -> None:
    """Set aside rows of another year than ``wanted``, the dataset's.

    Raises
    ------
    InputError
        If the dataset states no year and the rows are of several: their amounts must not be added up.
    """
    stated = sorted(year.dropna().unique())
    if wanted is None and len(stated) > 1:
        raise InputError(
            f"the rows are of {len(stated)} years, {stated[0]} to {stated[-1]}.",
            source=path,
            field="year",
            remedy="State the dataset's year in the region's file, and check with --region and --dataset.",
        )
    if wanted is not None:
        other = (year != wanted).fillna(False).to_numpy(dtype=bool)
        ledger.quarantine(rows[other], "OTHER_YEAR", year[other].astype(str))


def check_releases(ledger: Ledger, rows: pd.Series, text: pd.Series, field: str) -> npt.NDArray[np.float64]:
    """Released amounts as numbers, NaN where none is stated; negative and unusable ones are quarantined."""
    values, missing, invalid = numbers(text)
    named_nan = text.str.lower().eq("nan").to_numpy()
    unusable = invalid | (missing & named_nan)
    ledger.quarantine(rows[unusable], "RELEASE_INVALID", f"{field} = " + text[unusable])
    negative = values < 0
    ledger.quarantine(rows[negative], "NEGATIVE_RELEASE", f"{field} = " + text[negative])
    return values


def check_outliers(
    ledger: Ledger, rows: pd.Series, values: npt.NDArray[np.float64], peers: pd.Series, field: str
) -> None:
    """Flag positive values above 1 000 times the median of the positive values of their ``peers`` (a group label)."""
    positive = pd.Series(np.where(values > 0, values, np.nan), index=rows.index)
    median = positive.groupby(peers).transform("median")
    suspect = (positive > OUTLIER_FACTOR * median).to_numpy()
    ledger.flag(rows[suspect], "OUTLIER_X1000", [f"{field} = {value:g}" for value in values[suspect]])


def drop_duplicates(ledger: Ledger, table: pd.DataFrame, keys: Sequence[str], reason: str) -> None:
    """Quarantine all but one row of each group equal in ``keys``.

    The one that stays is the first in the order of contents, not of the file: how a file is sorted changes nothing.
    """
    kept = ledger.kept(table)
    contents = [column for column in kept.columns if column not in (ROW, "geometry")]
    ordered = kept.sort_values([*contents, ROW], key=lambda column: column if column.name == ROW else column.map(str))
    later = ordered[ordered.duplicated(list(keys), keep="first")]
    first = ordered.drop_duplicates(list(keys)).set_index(list(keys))[ROW]
    same = [first.loc[tuple(key) if len(keys) > 1 else key[0]] for key in later[list(keys)].itertuples(index=False)]
    ledger.quarantine(later[ROW], reason, [f"same as row {row}" for row in same])


def check_coordinates(
    ledger: Ledger, table: pd.DataFrame, latitude: str, longitude: str, area: Area | None
) -> pd.DataFrame:
    """Positions as numbers in the columns ``lon`` and ``lat``; rows without a usable one are quarantined.

    With an ``area``, positions that lie in it only with latitude and longitude swapped, and those outside it, are
    quarantined too.
    """
    lat, lat_missing, lat_invalid = numbers(table[latitude])
    lon, lon_missing, lon_invalid = numbers(table[longitude])
    text = table[latitude] + ", " + table[longitude]
    missing, invalid = lat_missing | lon_missing, lat_invalid | lon_invalid
    known = ~(missing | invalid)
    zero = known & (lat == 0) & (lon == 0)
    possible = known & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    inside = possible & (_holds(area, lon, lat, possible) if area else True)
    mirrored = known & ~zero & ~inside & (np.abs(lon) <= 90) & (np.abs(lat) <= 180)
    swapped = mirrored & (_holds(area, lat, lon, mirrored) if area else False)
    verdicts = [
        ("COORDINATE_MISSING", missing),
        ("COORDINATE_INVALID", invalid & ~missing),
        ("ZERO_COORDINATE", zero),
        ("PRESUMED_SWAPPED_COORDINATE", swapped),
        ("COORDINATE_OUT_OF_RANGE", known & ~possible & ~swapped),
        ("OUTSIDE_REGION", possible & ~inside & ~swapped & ~zero),
    ]
    for reason, rows in verdicts:
        ledger.quarantine(table[ROW][rows], reason, text[rows])
    return table.assign(lon=lon, lat=lat)


def check_countries(ledger: Ledger, table: pd.DataFrame, area: Area) -> None:
    """Quarantine rows whose ``country`` disagrees with their position (``lon``, ``lat``, ``position_accuracy_m``).

    A row that names the region's country must not lie further outside the units than its accuracy and a tolerance
    for generalised outlines; one that names another must not lie further inside.
    """
    kept = ledger.kept(table)
    if kept.empty or not area.whole_countries:
        return
    lon, lat = kept["lon"].to_numpy(), kept["lat"].to_numpy()
    allowed_km = BORDER_TOLERANCE_KM + kept["position_accuracy_m"].to_numpy() / 1000
    outside_km = area.distance_km(lon, lat)
    own = kept["country"].isin(area.countries).to_numpy()
    strayed = own & (outside_km > allowed_km)
    detail = [f"{code}, {km:.0f} km outside" for code, km in zip(kept["country"], outside_km, strict=True)]
    ledger.quarantine(kept[ROW][strayed], "COUNTRY_COORDINATE_MISMATCH", np.array(detail, dtype=object)[strayed])
    foreign = ~own & (outside_km == 0)
    if foreign.any():
        inside = kept[foreign]
        depth_km = area.depth_km(lon[foreign], lat[foreign])
        deep = depth_km > allowed_km[foreign]
        detail = [f"{code}, {km:.0f} km inside" for code, km in zip(inside["country"], depth_km, strict=True)]
        ledger.quarantine(inside[ROW][deep], "COUNTRY_COORDINATE_MISMATCH", np.array(detail, dtype=object)[deep])


def _holds(
    area: Area, lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], usable: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Which of the usable points the area holds; unusable ones never reach the projection."""
    held = np.zeros(len(lon), dtype=bool)
    held[usable] = area.holds(lon[usable], lat[usable])
    return held
