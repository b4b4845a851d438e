"""Archives as strangers pack them: nothing outside, no links, no bombs."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
from pathlib import Path

import pytest

from data_pipelines.fetching.archives import UnpackLimits, unpack_gzip, unpack_zip
from hotspots.errors import InputError

SMALL = UnpackLimits(most_bytes=10_000_000, small_bytes=100_000, most_ratio=20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def packed(tmp_path: Path, files: dict[str, bytes]) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo("x")
            info.filename = name  # as it stands: the constructor would tidy it up
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return path


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_one_member_is_unpacked_and_its_parts_with_it(tmp_path: Path, folder: Path) -> None:
    files = {"d/plants.shp": b"s", "d/plants.dbf": b"d", "d/plants.shp.xml": b"x", "d/other.shp": b"o", "readme": b"r"}
    assert unpack_zip(packed(tmp_path, files), "*plants.shp", folder) == folder / "plants.shp"
    assert everything(folder) == {"plants.shp", "plants.dbf", "plants.shp.xml"}
    assert (folder / "plants.dbf").read_bytes() == b"d"


def test_names_with_dots_bring_no_strangers_with_them(tmp_path: Path, folder: Path) -> None:
    files = {"v8.1_NOx_2022.nc": b"n", "v8.1_SO2_2022.nc": b"s"}
    unpack_zip(packed(tmp_path, files), "*NOx*.nc", folder)
    assert everything(folder) == {"v8.1_NOx_2022.nc"}


@pytest.mark.parametrize(
    "name", ["../evil.tif", "a/../../evil.tif", "/etc/evil.tif", "..\\evil.tif", "C:evil.tif", "a\0../evil.tif"]
)
def test_no_path_leads_outside_even_beside_the_member(tmp_path: Path, folder: Path, name: str) -> None:
    with pytest.raises(InputError, match="would lie outside"):
        unpack_zip(packed(tmp_path, {"good.tif": b"g", name: b"e"}), "good.tif", folder)
    assert everything(tmp_path) == {"a.zip"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path: Path, folder: Path, kind: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("good.tif")
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(InputError, match="holds a link or a device"):
        unpack_zip(path, "good.tif", folder)


def test_a_bomb_is_stopped_by_what_comes_out(tmp_path: Path, folder: Path) -> None:
    # 5 MB of zeros pack to about 5 kB: 1000 times smaller
    bomb = packed(tmp_path, {"good.tif": bytes(5_000_000)})
    assert bomb.stat().st_size < 10_000
    with pytest.raises(InputError, match=r"grows beyond (100,000|\d{3},\d{3}) bytes"):
        unpack_zip(bomb, "good.tif", folder, SMALL)


def test_a_bomb_that_lies_about_its_size_is_stopped_too(tmp_path: Path, folder: Path) -> None:
    bomb = packed(tmp_path, {"good.tif": bytes(5_000_000)})
    content = bytearray(bomb.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (1000).to_bytes(4, "little")  # the size it claims
    bomb.write_bytes(content)
    with pytest.raises(InputError, match=r"grows beyond|damaged"):
        unpack_zip(bomb, "good.tif", folder, SMALL)
    assert sum(path.stat().st_size for path in folder.iterdir()) <= 100_000


def test_a_nodata_raster_of_a_small_archive_is_no_bomb(tmp_path: Path, folder: Path) -> None:
    flat = packed(tmp_path, {"good.tif": bytes(90_000)})
    assert unpack_zip(flat, "good.tif", folder, SMALL).stat().st_size == 90_000


def test_a_gzip_bomb_is_stopped(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(bytes(5_000_000)))
    with pytest.raises(InputError, match="grows beyond"):
        unpack_gzip(path, folder, SMALL)


def test_gzip(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"id\n1\n"))
    assert unpack_gzip(path, folder).read_bytes() == b"id\n1\n"


@pytest.mark.parametrize("cut", [50, 400])
def test_a_cut_archive_is_damaged(tmp_path: Path, folder: Path, cut: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("good.tif", bytes(range(256)) * 4)
    path = tmp_path / "a.zip"
    path.write_bytes(buffer.getvalue()[:-cut])
    with pytest.raises(InputError, match="the archive is damaged"):
        unpack_zip(path, "good.tif", folder)
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(bytes(range(256)) * 4)[:-8])
    with pytest.raises(InputError, match="the archive is damaged"):
        unpack_gzip(path, folder)


def test_a_changed_byte_is_noticed(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("good.tif", b"0123456789")
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"0123456780"))
    with pytest.raises(InputError, match="damaged"):
        unpack_zip(path, "good.tif", folder)


def test_a_locked_archive_says_so(tmp_path: Path, folder: Path) -> None:
    path = packed(tmp_path, {"good.tif": b"g"})
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="password"):
        unpack_zip(path, "good.tif", folder)


@pytest.mark.parametrize("files", [{"a.tif": b"a", "b.tif": b"b"}, {"readme": b"r"}])
def test_not_exactly_one_member_is_an_error_that_lists_them(
    tmp_path: Path, folder: Path, files: dict[str, bytes]
) -> None:
    with pytest.raises(InputError, match=rf"{len(files) if len(files) > 1 else 0} of its files fit.*{min(files)}"):
        unpack_zip(packed(tmp_path, files), "*.tif", folder)
