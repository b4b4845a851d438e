import time
from dataclasses import replace

from data_pipelines.outputs import write_all
from hotspots.policy import publishable
from hotspots.progress import Silent
from tests import miniature


class Counter(Silent):
    def __init__(self):
        self.total = self.count = 0

    def start(self, stage, total):
        self.total = total

    def advance(self, stage):
        self.count += 1


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_equal_results_give_equal_bytes_whatever_the_order_of_rows(folder, tmp_path):
    time.sleep(1.1)  # so that a time stamp of whole seconds would differ
    first = miniature.assessment()
    shuffled = replace(
        first,
        hotspots=first.hotspots.iloc[::-1],
        units=first.units.iloc[::-1],
        contributions=first.contributions.iloc[::-1],
    )
    write_all(publishable(shuffled, miniature.POLICY), tmp_path, Silent())
    before, after = contents(folder), contents(tmp_path)
    assert before.keys() == after.keys()
    assert [str(name) for name in before if before[name] != after[name]] == []


def test_every_file_is_reported_and_progress_reaches_its_end(publication, tmp_path):
    counter = Counter()
    paths = write_all(publication, tmp_path, counter)
    assert set(paths) == set(contents(tmp_path))
    assert len(paths) == len(set(paths))
    assert counter.count == counter.total > 0


def test_the_layout_of_an_edition(folder, publication):
    names = {str(path) for path in contents(folder)}
    for layer in publication.vector_layers:
        expected = {f"vectors/{layer}.{suffix}" for suffix in ("geojson", "gpkg", "parquet", "csv", "qml")}
        assert expected | {f"tiles/{layer}.pmtiles"} <= names
    for layer in publication.raster_layers:
        assert {f"rasters/{layer}.tif", f"rasters/{layer}.qml"} <= names
        assert {f"pictures/{layer}.webp", f"pictures/{layer}.json"} <= names
    assert {"report/CITATION.cff", "report/ATTRIBUTION.md", "report/quality.json"} <= names


def test_a_layer_without_rows_is_written_too(tmp_path):
    empty = miniature.assessment()
    empty = replace(empty, hotspots=empty.hotspots.iloc[:0], sources=empty.sources.iloc[:0])
    write_all(publishable(empty, miniature.POLICY), tmp_path, Silent())
    assert '"features": [\n\n]' in (tmp_path / "vectors" / "hotspots.geojson").read_text()


def test_no_file_names_this_machine(folder):
    here = str(folder).encode()
    assert [str(name) for name, data in contents(folder).items() if here in data] == []
