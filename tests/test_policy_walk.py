"""Every file and every answer of a region with an open, a generalised and a withheld inventory, searched."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.features.formats import MEDIA_TYPES
from data_pipelines.refresh import refresh
from hotspots.editions import Store
from hotspots.errors import PolicyError
from hotspots.policy.cells import snapped
from hotspots.progress import Silent
from hotspots.scopes import Scope
from tests import policy_region
from tests.needles import Needles
from tests.new_region import REGION
from tests.policy_region import CELL_DEG, MINES, OPEN, WORKS
from tests.serving import served

LOOKED_FOR = (*MINES, *WORKS)
EVERY = 12
"""Of each operation this share of the addresses in a usual run; all of them in the soak."""
FORMATS = ("html", "json", *MEDIA_TYPES)
LANGUAGES = ("en", "ar")
RULES = ("priority_people", "severity", "ecological", "people_above_standard")
SAME_ROWS = frozenset(
    {
        *("ramp", "range", "breaks", "resampling"),  # how a raster is drawn
        *("crs", "bbox-crs", "filter-crs", "filter-lang"),  # how positions and filters are written
        *("tag", "label", "confidence", "unit"),  # fewer of the rows that the page has without them
        *("intersects", "collections", "ids", "token", "datetime"),  # fewer editions of the catalogue
    }
)
"""Parameters of a query that are not asked with: they bring nothing that the same address has not without them."""
AREA = {
    "inputs": {
        "region": REGION,
        "area": {
            "type": "Polygon",
            "coordinates": [[[-77.2, 17.8], [-76.6, 17.8], [-76.6, 18.4], [-77.2, 18.4], [-77.2, 17.8]]],
        },
    }
}


def published(folder: Path, mines: str, works: str, editions: int) -> tuple[Store, str]:
    """A store with ``editions`` of one policy, each after a change of the open inventory; its log."""
    config, lines = policy_region.write(folder / "config", mines, works), _Lines()
    root = logging.getLogger()
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.INFO)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HOTSPOTS_CONFIG", str(config))
            store = Store(folder / "home")
            inventory = config / "regions" / "inventory.csv"
            text = inventory.read_text(encoding="latin-1")
            for number in range(editions):
                inventory.write_text(text.replace(";900;", f";{900 + number};"), encoding="latin-1")
                refresh(REGION, store, lines)
    finally:
        root.removeHandler(lines)
        root.setLevel(level)
    return store, "\n".join(lines.told)


class _Lines(logging.Handler, Silent):
    """Everything logged, and everything a progress bar is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(f"{record.getMessage()} {record.__dict__}")

    def finish(self, stage: str, note: str) -> None:
        self.told.append(f"{stage} {note}")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    return published(tmp_path_factory.mktemp("closed"), policy_region.WITHHELD, policy_region.GENERALISED, editions=2)


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, str]:
    return published(tmp_path_factory.mktemp("opened"), OPEN, OPEN, editions=1)


def walk(store: Store, log: str, needles: Needles, every: int) -> None:
    """Look into every file of the home, the log, and the answers to one of ``every`` addresses of each operation."""
    for path in sorted(store.layout.home.rglob("*")):
        # What is kept for those who may read restricted data is looked at in test_restricted_reading.py.
        if path.is_file() and not path.is_relative_to(store.layout.restricted):
            needles.look(f"file {path.suffix}", path.read_bytes())
            needles.look("file name", str(path.relative_to(store.layout.home)).encode())
    scopes = frozenset(Scope) - {Scope.READ_RESTRICTED}
    _, key = store.keys.create("walker", scopes, datetime.now(UTC) + timedelta(days=1))
    with served(store.layout.home) as address, httpx.Client(base_url=address, trust_env=False) as client:
        for method, url, body in requests(client, store, every):
            answer = client.request(method, url, json=body, headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code < 500, url
            needles.look(url.split("?")[0].split("/")[1] or "landing", answer.content)
            needles.look("headers", str(answer.headers).encode())
    needles.look("log", log.encode())
    needles.look("audit", str(store.audit()).encode())
    needles.look("jobs", str(store.jobs.all()).encode())


@dataclass(frozen=True)
class Values:
    """What the parameters of a path can be, and by the name of a parameter the queries to ask with."""

    path: dict[str, list[str]]
    query: dict[str, list[str]]


def requests(client: httpx.Client, store: Store, every: int) -> Iterator[tuple[str, str, object]]:
    """The operations of the service's own description, with the values that each parameter of its path can have.

    Of each operation the first request and one of ``every`` after it.
    """
    editions = [record.id for record in store.editions(REGION)]
    values = _values(client, store, editions)
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        if "get" in operations:
            for url in itertools.islice(_addresses(path, operations["get"], values), 0, None, every):
                yield "GET", url, None
    yield "POST", "/processes/area-statistics/execution", AREA


def _addresses(path: str, operation: dict[str, Any], values: Values) -> Iterator[str]:
    parameters = operation.get("parameters", [])
    names = [item["name"] for item in parameters if item["in"] == "path"]
    asked = {item["name"] for item in parameters if item["in"] == "query"}
    unknown = asked - SAME_ROWS - set(values.query)
    assert not unknown, f"{path}: the walk does not know what to ask with {', '.join(sorted(unknown))}"
    for combination in _combinations(path, names, values):
        url = path.format(**combination)
        yield url
        yield from (f"{url}?{query}" for name in sorted(asked - SAME_ROWS) for query in values.query[name])


def _values(client: httpx.Client, store: Store, editions: list[str]) -> Values:
    manifests = [store.edition(REGION, edition).manifest for edition in editions]
    vectors = sorted({entry.name for manifest in manifests for entry in manifest.vectors})
    rasters = sorted({entry.name for manifest in manifests for entry in manifest.rasters})
    features = client.get(f"/collections/{REGION}-sources/items?limit=1000").json()["features"]
    hotspots = client.get(f"/collections/{REGION}-hotspots/items?limit=5").json()["features"]
    of_path = {
        "region": [REGION],
        "edition": [*editions, "current"],
        "layer": [*vectors, *rasters],
        "collection": [f"{REGION}-{name}{end}" for name in vectors for end in ("", *(f"-{e}" for e in editions))],
        "feature": [str(item["id"]) for item in features],
        "path": [*sorted({file.path for manifest in manifests for file in manifest.files}), "manifest.json"],
        "before": editions,
        "hotspot": [str(item["id"]) for item in hotspots],
        "file": sorted({path.name for path in store.layout.comparisons.rglob("*") if path.is_file()} | {"sources.csv"}),
        "countries": ["JAM"],
        "dataset": ["works", "mines"],
        "job": [job.id for job in store.jobs.all()],
        "tile_matrix_set": ["WebMercatorQuad"],
        "zxy": [f"{z}/{x}/{y}" for z, x, y in _tiles(manifests[0].bounds)],
    }
    return Values(of_path, _queries(manifests[0].bounds, editions, hotspots))


def _queries(bounds: tuple[float, ...], editions: list[str], hotspots: list[Any]) -> dict[str, list[str]]:
    changes = [f"edition={after}&compare={before}" for after in editions for before in editions if before < after]
    found = {
        "f": [f"f={item}" for item in FORMATS],
        "lang": [f"lang={item}" for item in LANGUAGES],
        "region": [f"region={REGION}"],
        "edition": [f"region={REGION}&edition={edition}" for edition in editions],
        "compare": [f"region={REGION}&{change}" for change in changes],
        "dimension": ["dimension=air", "dimension=land"],
        "rule": [f"rule={rule}" for rule in RULES],
        "hotspot": [f"hotspot={item['id']}" for item in hotspots],
        "limit": ["limit=1000"],
        "offset": ["offset=1"],
        "bbox": [f"bbox={','.join(map(str, bounds))}"],
        "filter": ["filter=people%20%3E%200", "filter=rank%20%3C%203"],
        "sortby": ["sortby=name", "sortby=-rank"],
        "properties": ["properties=name"],
    }
    place = ["lon=-76.8&lat=18.0"]
    return found | {"lon": place, "lat": place}


def _combinations(path: str, names: list[str], values: Values) -> Iterator[dict[str, str]]:
    tiled = {"z", "x", "y"} <= set(names)
    others = [name for name in names if name not in {"z", "x", "y"}]
    unknown = set(others) - set(values.path)
    assert not unknown, f"{path}: the walk does not know what {', '.join(unknown)} can be"
    # A picture in tiles shows what the raster's file holds; one layer of them is looked at, of features all.
    known = {**values.path, "layer": ["priority", "hotspots"]} if path.endswith(".png") else values.path
    for chosen in itertools.product(*(known[name] for name in others)):
        given = dict(zip(others, chosen, strict=True))
        if not tiled:
            yield given
        elif given.get("edition") != "current":
            for place in values.path["zxy"]:
                yield given | dict(zip(("z", "x", "y"), place.split("/"), strict=True))


def _tiles(bounds: tuple[float, float, float, float]) -> Iterator[tuple[int, int, int]]:
    """The Web Mercator tiles of the region at every zoom up to 10, beyond which none are built for it."""

    def index(lon: float, lat: float, zoom: int) -> tuple[int, int]:
        angle = math.radians(lat)
        share = (1 - math.log(math.tan(angle) + 1 / math.cos(angle)) / math.pi) / 2
        return int((lon + 180) / 360 * 2**zoom), int(share * 2**zoom)

    west, south, east, north = bounds
    for zoom in range(11):
        (left, top), (right, bottom) = index(west, north, zoom), index(east, south, zoom)
        yield from ((zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1))


def test_nothing_that_is_kept_back_is_found_anywhere(closed: tuple[Store, str]) -> None:
    needles = Needles(LOOKED_FOR)
    walk(*closed, needles, EVERY)
    assert needles.found == set()
    assert {"tiles", "collections", "files", "stac", "jobs", "processes", "map", "log"} <= set(needles.searched)


@pytest.mark.soak
def test_nothing_is_found_at_any_address(closed: tuple[Store, str]) -> None:
    needles = Needles(LOOKED_FOR)
    walk(*closed, needles, 1)
    assert needles.found == set()


def test_who_asks_for_a_source_by_its_own_identifier_finds_none(closed: tuple[Store, str]) -> None:
    with served(closed[0].layout.home) as address:
        for name, item in (("works", WORKS[0]), ("mines", MINES[0])):
            answer = httpx.get(f"{address}/collections/{REGION}-sources/items/{name}:{item.id}", trust_env=False)
            assert answer.status_code == 404


def test_the_edition_says_what_is_kept_back_and_why(closed: tuple[Store, str]) -> None:
    edition = closed[0].current(REGION)
    said = {item.dataset: item for item in edition.manifest.consents}
    assert (said["mines"].precision, said["mines"].reason, said["mines"].conf_status) == ("withheld", "security", "N")
    assert (said["works"].precision, said["works"].access_right) == ("generalised", "RESTRICTED")
    assert "totals" in said["mines"].effect
    assert said["facilities"].basis == "licence"
    (withheld,) = edition.manifest.withheld
    assert (withheld.layer, withheld.dataset) == ("sources", "mines")
    assert "mines" not in {item.dataset for item in edition.manifest.inputs}
    (closed_input,) = (item for item in edition.manifest.inputs if item.dataset == "works")
    assert (closed_input.file, closed_input.size_bytes) == ("", None)
    sources = edition.layer("sources").set_index("source_id")
    assert set(sources["position_policy"]) == {"", "generalised"}
    assert sources.loc[["works:generalised-1", "works:generalised-2"], "release_pm25_kg_yr"].sum() == 420_000


def test_no_byte_tells_where_in_its_cell_a_source_lies_or_what_is_withheld(
    closed: tuple[Store, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other positions in the same cells, other names, another withheld inventory: the same editions."""
    works = tuple(
        replace(item, row=item.row + 0.4, col=item.col - 0.3, name=f"Other {number}", id=f"other-{number}")
        for number, item in enumerate(WORKS[::-1])
    )
    for one, other in zip(WORKS[::-1], works, strict=True):
        assert one.at != other.at
        assert snapped(one.at, CELL_DEG).tolist() == snapped(other.at, CELL_DEG).tolist()
    config = policy_region.write(tmp_path / "config")
    policy_region.write_inventory(config, "works", works)
    policy_region.write_inventory(config, "mines", (replace(MINES[0], pm25_t=1e6),))
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(config))
    outcome = refresh(REGION, Store(tmp_path / "home"), Silent())
    assert outcome.edition is not None
    first = closed[0].edition(REGION, closed[0].editions(REGION)[-1].id)
    assert outcome.edition.manifest.files == first.manifest.files
    assert outcome.edition.id == first.id


def test_what_cannot_be_read_of_a_closed_inventory_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = policy_region.write(tmp_path / "config")
    broken = "\n".join(["id,name,lat,lon,pm25_t", *(f"QS-{n},Quillfeather {n},0,0,1" for n in range(9))])
    (config / "regions" / "works.csv").write_text(broken + "\n")
    monkeypatch.setenv("HOTSPOTS_CONFIG", str(config))
    store = Store(tmp_path / "home")
    with pytest.raises(PolicyError, match="dataset works") as caught:
        refresh(REGION, store, Silent())
    assert caught.value.__cause__ is None
    told = f"{caught.value} {store.stale(REGION)} {store.jobs.all()} {store.audit()}"
    assert "works" in told
    assert "QS" not in told
    assert "works.csv" not in told


def test_the_same_walk_finds_everything_where_the_policy_is_open(opened: tuple[Store, str]) -> None:
    needles = Needles(LOOKED_FOR)
    walk(*opened, needles, EVERY)
    places = {place for place, _ in needles.found}
    files = {".gpkg", ".parquet", ".geojson", ".csv", ".pmtiles", ".sqlite"}
    assert {f"file {suffix}" for suffix in files} <= places
    assert {"collections", "tiles", "files", "snapshot"} <= places
    hits = {hit for _, hit in needles.found}
    for item in LOOKED_FOR:
        assert {item.id.lower(), f"point of {item.id}", f"double of {item.id}"} <= hits
        assert any(hit.startswith(f"{item.at[1]:.6f}"[:7]) for hit in hits)
