"""Palette PNG: one byte a pixel or less, for pictures that hold classes."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

MOST_COLOURS = 255
"""One of the 256 entries of a palette is the transparent one."""
SMALL, QUICK = 6, 1
"""zlib levels: for what is written once and read often, and for what a client waits for."""


def palette_png(index: npt.NDArray[np.uint8], colours: Sequence[str], compress_level: int) -> bytes:
    """A PNG of ``index`` (rows, cols) into ``colours`` (``#rrggbb``, at most 255); one past the last is transparent."""
    image = Image.frombytes("P", (index.shape[1], index.shape[0]), np.ascontiguousarray(index).tobytes())
    image.putpalette(b"".join(bytes.fromhex(colour[1:]) for colour in (*colours, "#000000")))
    bits = 4 if len(colours) < 16 else 8
    buffer = io.BytesIO()
    image.save(buffer, "PNG", transparency=len(colours), compress_level=compress_level, bits=bits)
    return buffer.getvalue()
