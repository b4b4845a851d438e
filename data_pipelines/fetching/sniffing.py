"""Whether a downloaded file is of the kind it should be, by its first bytes."""

from __future__ import annotations

from pathlib import Path

from config.catalogue_file import FileFormat, RemoteFile
from data_pipelines.files import sound
from hotspots.errors import InputError

_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_STARTS: dict[str, tuple[bytes, ...]] = {
    "zip": (_ZIP,),
    "gzip": (_GZIP,),
    "geotiff": (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    "netcdf": (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF\r\n\x1a\n"),
    "csv_gz": (_GZIP,),
    "shapefile": (b"\x00\x00\x27\x0a",),
    "geopackage": (b"SQLite format 3\x00",),
}
_HEAD_BYTES = 4096
_BOM = b"\xef\xbb\xbf"


def check_download(path: Path, file: RemoteFile) -> None:
    """Check the file as downloaded: an archive, or of the dataset's own format; errors as `check_format`."""
    check_format(path, file.archive or file.format)


def check_format(path: Path, kind: FileFormat | str) -> None:
    """Check that ``path`` begins as a file of ``kind`` does.

    Raises
    ------
    InputError
        If it is empty, a web page or something else.
    """
    sound(path)
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if not _is(head, kind):
        raise InputError(
            f"the server sent something else than {kind}: it begins with {head[:16]!r}.",
            source=path.name,
            remedy="Open the address in a browser; where it asks for a log-in, download by hand and name it with path.",
        )


def _is(head: bytes, kind: str) -> bool:
    if kind in _STARTS:
        return head.startswith(_STARTS[kind])
    text = head.removeprefix(_BOM).lstrip()
    if b"\x00" in head or not text:
        return False
    if kind == "geojson":
        return text.startswith(b"{")
    # A table: no markup or JSON, which is how servers report errors, and nothing that is packed.
    return not text.startswith((b"<", b"{", b"[", _ZIP, _GZIP, b"%PDF"))
