"""Compare two published editions, and write what differs to a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio

from data_pipelines.outputs.pictures import description
from data_pipelines.outputs.spreadsheet import write_csv
from hotspots.comparison import Comparison, Dataset, Subject, compare
from hotspots.editions import Edition, Manifest, Store
from hotspots.errors import EditionError, HotspotsError, NotFoundError
from hotspots.fields import raster_layers
from hotspots.fields.changes import change_layer
from hotspots.progress import Progress
from tiles.picture import frame, webp

HOTSPOTS = "hotspots_difference.geojson"
TABLE = "hotspots_difference.csv"
WHOLE = "comparison.json"
STAGE = "compare"
MOST_CELLS = 25_000_000
"""Of a grid that a refresh compares: every layer of both editions is held at once, 16 bytes a cell."""


def compare_editions(before: Edition, after: Edition) -> Comparison:
    """What changed from one edition of a region to another.

    Raises
    ------
    EditionError
        If they lie on different grids.
    """
    return compare(subject(before), subject(after))


def chosen(store: Store, region: str, before: str | None, after: str | None) -> tuple[Edition, Edition]:
    """The editions to compare: ``after`` is the current one unless named, ``before`` the one published before it.

    Raises
    ------
    NotFoundError
        If there is none such; it names those there are.
    """
    later = store.current(region) if after is None else store.edition(region, after)
    if before is not None:
        return store.edition(region, before), later
    newest_first = [record.id for record in store.editions(region)]
    older = newest_first[newest_first.index(later.id) + 1 :]
    if not older:
        raise NotFoundError(
            f"no edition was published before {later.id}, so there is nothing to compare it with.",
            source=f"region {region}",
            remedy=f"It has {', '.join(newest_first)}; name two of them, or refresh again once an input has changed.",
        )
    return store.edition(region, older[0]), later


def subject(edition: Edition) -> Subject:
    """What of ``edition`` is compared."""
    manifest = edition.manifest
    names = [entry.name for entry in manifest.rasters]
    layers = [name for name in names if name in {"people", "priority", "burden"} or name.endswith("_pressure")]
    rasters = {name: edition.raster(name) for name in layers}
    tables = {entry.name for entry in manifest.vectors}
    return Subject(
        edition=edition.id,
        hotspots=edition.layer("hotspots"),
        sources=edition.layer("sources") if "sources" in tables and not _withheld(manifest) else None,
        units=edition.layer("admin") if "admin" in tables else None,
        grid=edition.grid,
        layers={name: raster.to_numpy().astype(np.float64) for name, raster in rasters.items()},
        inputs=_inputs(manifest),
        settings={
            "method": manifest.method,
            "region_settings": manifest.region_settings,
            "pollutants": manifest.pollutants,
        },
        software=manifest.software_version,
    )


def _withheld(manifest: Manifest) -> bool:
    """Whether any source is kept back, so that the table does not tell what all of them release."""
    return any(item.layer == "sources" for item in manifest.withheld)


def _inputs(manifest: Manifest) -> dict[str, Dataset]:
    found: dict[str, Dataset] = {}
    for item in manifest.inputs:
        known = found.get(item.dataset)
        others = known.sha256 if known else frozenset()
        found[item.dataset] = Dataset(item.provides, item.year, others | {item.sha256})
    return found


def records(comparison: Comparison) -> list[dict[str, object]]:
    """The rows of the comparison's table as JSON knows them: what is missing is null."""
    return [dict(row) for row in json.loads(table(comparison).to_json(orient="records"))]


def table(comparison: Comparison) -> pd.DataFrame:
    """The comparison's table without shapes."""
    return pd.DataFrame(comparison.hotspots.drop(columns="geometry"))


def document(comparison: Comparison) -> dict[str, object]:
    """The comparison as one JSON document."""
    return {
        "before": comparison.before,
        "after": comparison.after,
        "differences": [
            {"kind": item.kind, "what": item.what, "detail": item.detail} for item in comparison.differences
        ],
        "hotspots": records(comparison),
    }


def keep_comparison(store: Store, region: str, comparison: Comparison, statements: Mapping[str, str]) -> Path:
    """Keep a comparison in the store, where pages find it: tables, and a picture of every layer's difference.

    Raises
    ------
    EditionError
        If the disk is full.
    """
    said = {**statements, "before": comparison.before, "after": comparison.after}
    with store.staging() as staged:
        _write_tables(comparison, staged, said)
        _write_pictures(comparison, staged)
        return store.comparisons.keep(region, comparison.after, comparison.before, staged)


def compare_and_keep(store: Store, before: Edition, after: Edition) -> None:
    """Compare two editions of a region and keep what differs in the store.

    Raises
    ------
    EditionError
        If they lie on different grids, or the disk is full.
    """
    keep_comparison(store, after.region, compare_editions(before, after), statements_of(after))


def cells(edition: Edition) -> int:
    """How many cells its grid has: what a comparison takes grows with them."""
    return edition.grid.rows * edition.grid.cols


def _write_pictures(comparison: Comparison, folder: Path) -> None:
    """``difference_<layer>.webp`` in Web Mercator and ``difference_<layer>.json`` with corners and classes."""
    layers, target = raster_layers(()), frame(comparison.grid)
    for name, values in comparison.layers.items():
        change = change_layer(layers[name])
        (folder / f"{change.name}.webp").write_bytes(webp(values, target, change.classes))
        about = json.dumps(description(change, target), ensure_ascii=False, indent=1)
        (folder / f"{change.name}.json").write_text(about + "\n", encoding="utf-8")


def compare_with_last(store: Store, edition: Edition, progress: Progress) -> None:
    """Keep what changed since the edition published before ``edition``, if there is one.

    Where the two cannot be compared, the note of the stage says why.
    """
    newest_first = [record.id for record in store.editions(edition.region)]
    older = newest_first[newest_first.index(edition.id) + 1 :]
    if not older:
        return
    progress.start(STAGE, 1)
    try:
        if cells(edition) > MOST_CELLS:
            raise EditionError("the grid is too large to be compared beside a refresh.")
        compare_and_keep(store, store.edition(edition.region, older[0]), edition)
        progress.finish(STAGE, f"with {older[0]}")
    except HotspotsError as error:
        progress.finish(STAGE, f"not with {older[0]}: {error.message}")


def statements_of(edition: Edition) -> dict[str, str]:
    """What every view of a comparison must say: the later edition's statements."""
    policy = edition.manifest.policy
    return {"disclaimer": policy.disclaimer, "statement": policy.statement, "licence": policy.licence}


def write_comparison(comparison: Comparison, folder: Path, statements: Mapping[str, str]) -> list[Path]:
    """``difference_<layer>.tif`` (after - before), the hotspots as GeoJSON and CSV, and the whole as JSON.

    Parameters
    ----------
    statements:
        What every view must say, by name; written into every file that has a place for it.

    Raises
    ------
    HotspotsError
        If the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return _written(comparison, folder, statements)
    except OSError as error:
        raise HotspotsError(
            f"cannot be written: {error.strerror or error}.", source=folder, remedy="Name another folder with --output."
        ) from error


def _written(comparison: Comparison, folder: Path, statements: Mapping[str, str]) -> list[Path]:
    paths = []
    said = {**statements, "before": comparison.before, "after": comparison.after}
    for name, values in comparison.layers.items():
        paths.append(folder / f"difference_{name}.tif")
        _write_raster(paths[-1], comparison, name, values, said)
    return paths + _write_tables(comparison, folder, said)


def _write_tables(comparison: Comparison, folder: Path, said: Mapping[str, str]) -> list[Path]:
    paths = []
    features = json.loads(comparison.hotspots.to_json(na="null", drop_id=True))
    del features["crs"]  # RFC 7946: longitude and latitude in WGS 84, and no other
    for path, content in ((HOTSPOTS, {**said, **features}), (WHOLE, {**said, **document(comparison)})):
        paths.append(folder / path)
        paths[-1].write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    paths.append(folder / TABLE)
    write_csv(table(comparison), paths[-1])
    return paths


def _write_raster(
    path: Path, comparison: Comparison, name: str, values: np.ndarray, statements: Mapping[str, str]
) -> None:
    grid = comparison.grid
    profile = {"driver": "GTiff", "dtype": "float32", "nodata": np.nan, "count": 1, "compress": "zstd", "predictor": 3}
    shape = {"height": grid.rows, "width": grid.cols, "crs": grid.crs_wkt, "transform": grid.transform}
    with rasterio.open(path, "w", **profile, **shape) as file:
        file.write(values.astype(np.float32), 1)
        file.set_band_description(1, f"{name}: {comparison.after} - {comparison.before}")
        file.update_tags(**{key.upper(): text for key, text in statements.items()})
