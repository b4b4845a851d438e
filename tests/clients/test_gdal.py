"""Debian's own GDAL opens every output of a fresh edition."""

import json
import os
import re
import shutil
import subprocess
import sys

import geopandas as gpd
import httpx
import pyogrio
import pytest
import rasterio

from tiles.mercator import tiles_over


def run(program, *arguments):
    """What a GDAL program prints; it must succeed without a word of complaint."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (Debian package gdal-bin)")
    # GDAL's WMS and WMTS drivers would keep the tiles in the folder where the tests were started.
    environment = {**os.environ, "GDAL_ENABLE_WMS_CACHE": "NO"}
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "csv"])
def test_every_feature_is_read_in_every_vector_format(edition, counts, suffix):
    assert set(counts) == {"hotspots", "sources", "admin", "protected"}
    for layer, count in counts.items():
        told = run("ogrinfo", "-ro", "-so", "-al", edition.folder / "vectors" / f"{layer}.{suffix}")
        assert re.search(r"^Feature Count: (\d+)$", told, re.MULTILINE).group(1) == str(count)
        if suffix != "csv":
            assert re.search(r"^Geometry: (Point|Polygon|Multi Polygon|Unknown \(any\))$", told, re.MULTILINE)
            assert 'ID["EPSG",4326]' in told


def test_typed_columns_stay_typed_in_geopackage(edition):
    told = run("ogrinfo", "-ro", "-so", edition.folder / "vectors" / "hotspots.gpkg", "hotspots")
    for column in ("rank: Integer64", "people: Real", "clustered: Integer(Boolean)", "name: String"):
        assert column in told


def test_a_filter_of_the_manual_works(edition, tmp_path):
    top = tmp_path / "top3.geojson"
    where = "dimension = 'all' AND rank <= 3"
    run("ogr2ogr", "-where", where, top, edition.folder / "vectors" / "hotspots.gpkg", "hotspots")
    assert sorted(feature["properties"]["rank"] for feature in json.loads(top.read_text())["features"]) == [1, 2, 3]


def test_every_raster_is_read_to_its_last_block(edition):
    rasters = sorted(edition.folder.glob("rasters/*.tif"))
    assert len(rasters) > 10
    for path in rasters:
        told = json.loads(run("gdalinfo", "-json", "-checksum", path))
        (band,) = told["bands"]
        assert told["size"] == [263, 99]
        assert 'ID["EPSG",4326]' in told["coordinateSystem"]["wkt"]
        assert (band["type"], band["noDataValue"]) == ("Float32", "NaN")
        assert band["description"]
        assert band["checksum"] > 0
        assert told["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"] == "COG"


def test_every_picture_is_read(edition):
    for path in sorted(edition.folder.glob("pictures/*.webp")):
        assert json.loads(run("gdalinfo", "-json", path))["driverShortName"] == "WEBP"


def test_tiles_are_read_where_gdal_knows_them(edition, counts):
    """PMTiles came with GDAL 3.8: the one inside pyogrio, newer than Debian's, reads them."""
    assert "PMTiles" in pyogrio.list_drivers()
    for layer in counts:
        path = edition.folder / "tiles" / f"{layer}.pmtiles"
        names = {name for name, _ in pyogrio.list_layers(path)}
        assert layer in names
        assert len(gpd.read_file(path, layer=layer)) > 0


def test_parquet_is_read(edition, counts):
    """Debian's GDAL and the one inside pyogrio know no Parquet: pyarrow reads it."""
    for layer, count in counts.items():
        table = gpd.read_parquet(edition.folder / "vectors" / f"{layer}.parquet")
        assert len(table) == count
        assert table.crs.to_authority() == ("OGC", "CRS84")


def test_the_service_is_read_page_by_page(service):
    """GDAL's driver for OGC API - Features follows the links from the landing page on."""
    listed = run("ogrinfo", "-ro", "-q", f"OAPIF:{service.address}")
    for entry in service.edition.manifest.vectors:
        name = f"{service.region}-{entry.name}"
        assert f"{name} " in listed
        told = run("ogrinfo", "-ro", "-so", "-oo", "PAGE_SIZE=7", f"OAPIF:{service.address}", name)
        assert feature_count(told) == service.count(entry.name)


def test_the_service_is_read_by_the_newer_gdal_of_pyogrio(service):
    """Values as well as counts; in a process of its own, see below."""
    own = service.edition.layer("hotspots")
    told = in_a_process(READ_FEATURES, f"OAPIF:{service.address}", f"{service.region}-hotspots")
    assert told == {"count": len(own), "people": pytest.approx(own["people"].sum()), "crs": ["OGC", "CRS84"]}


def test_a_window_of_the_service_is_asked_of_it(service):
    """The quarter around the first source."""
    sources = service.edition.layer("sources")
    x, y = sources.geometry.iloc[0].x, sources.geometry.iloc[0].y
    window = (x - 0.3, y - 0.3, x + 0.3, y + 0.3)
    inside = sources.cx[window[0] : window[2], window[1] : window[3]]
    assert 0 < len(inside) < len(sources)
    told = run("ogrinfo", "-ro", "-so", "-spat", *window, f"OAPIF:{service.address}", f"{service.region}-sources")
    assert feature_count(told) == len(inside)


def test_rasters_are_read_by_wmts(service, tmp_path):
    """Debian's WMTS driver, over both encodings, shows the colours of the legend and nothing else."""
    edition = service.edition
    legend = json.loads((edition.folder / "pictures" / "people.json").read_text())["classes"]
    colours = {tuple(bytes.fromhex(item["colour"][1:])) for item in legend}
    for number, capabilities in enumerate(("wmts/1.0.0/WMTSCapabilities.xml", "wmts?REQUEST=GetCapabilities")):
        place = f"WMTS:{service.address}/{capabilities},layer={service.region}-people"
        told = json.loads(run("gdalinfo", "-json", place))
        assert 'ID["EPSG",3857]' in told["coordinateSystem"]["wkt"]
        west, south = told["wgs84Extent"]["coordinates"][0][1]
        assert (west, south) == pytest.approx((edition.manifest.bounds[0], edition.manifest.bounds[1]), abs=0.01)
        picture = tmp_path / f"{number}.tif"
        run("gdal_translate", "-q", "-co", "PROFILE=BASELINE", "-outsize", "512", "0", "-r", "nearest", place, picture)
        with rasterio.open(picture) as file:
            red, green, blue, alpha = file.read()
        assert 0.1 < (alpha == 255).mean() < 0.9
        assert set(alpha.ravel()) == {0, 255}
        assert set(zip(red[alpha > 0], green[alpha > 0], blue[alpha > 0], strict=True)) <= colours


def test_vector_tiles_are_read_one_by_one(service):
    base = f"{service.address}/tiles/{service.region}/{service.edition.id}/admin"
    tiles = (f"{base}/{tile.z}/{tile.x}/{tile.y}.mvt" for tile in tiles_over(service.edition.grid, 7))
    told = run("ogrinfo", "-ro", "-so", "-al", "MVT:" + next(at for at in tiles if httpx.get(at).status_code == 200))
    assert "Layer name: admin" in told
    assert feature_count(told) > 0


def test_tilesets_of_a_collection_are_found(service):
    """Debian's OGCAPI driver knows only drafts of the tile matrix sets; the one inside pyogrio reads the standard."""
    told = in_a_process(READ_TILES, f"OGCAPI:{service.address}/collections/{service.region}-admin")
    assert told["layers"][0] == "Zoom level 0"
    assert told["epsg"] == 3857
    own = set(service.edition.layer("admin")["name"])
    assert set(told["names"]) <= own
    assert len(set(told["names"])) > len(own) / 2


READ_TILES = """
import json, sys
import geopandas, pyogrio
layers = [name for name, _ in pyogrio.list_layers(sys.argv[1])]
units = geopandas.read_file(sys.argv[1], layer=layers[-1])
print(json.dumps({"layers": layers, "epsg": units.crs.to_epsg(), "names": sorted(units["name"])}))
"""
READ_FEATURES = """
import json, sys
import geopandas
read = geopandas.read_file(sys.argv[1], layer=sys.argv[2])
print(json.dumps({"count": len(read), "people": read["people"].sum(), "crs": read.crs.to_authority()}))
"""


def in_a_process(program, *arguments):
    """What ``program`` prints as JSON. GDAL waits for the service, which runs here, with Python's lock in its hand."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


def feature_count(told):
    """The count in what ogrinfo prints."""
    return int(re.search(r"^Feature Count: (\d+)$", told, re.MULTILINE).group(1))
