"""Looking into an MP4: its tracks, lengths and sizes, from its boxes (ISO 14496-12)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from exitline.publish.film.errors import StoryError

_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl"))


@dataclass(frozen=True)
class TrackInfo:
    """One track.

    Parameters
    ----------
    kind : str
        Handler: "vide", "soun", "sbtl" or "text".
    codec : str
        Four letters: "avc1", "mp4a", "tx3g".
    language : str
        ISO 639-2.
    seconds : float
    samples : int
        Frames of a picture track.
    width, height : int
        0 for tracks without pictures.

    Examples
    --------
    >>> TrackInfo("vide", "avc1", "und", 2.0, 60, 1920, 1080).fps
    30.0
    """

    kind: str
    codec: str
    language: str
    seconds: float
    samples: int
    width: int
    height: int

    @property
    def fps(self) -> float:
        """Samples a second."""
        return self.samples / self.seconds if self.seconds else 0.0


def tracks(path: str | Path) -> tuple[TrackInfo, ...]:
    """Every track of an MP4.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    tuple of TrackInfo

    Raises
    ------
    StoryError
        When it is not an MP4, or its end is missing.
    """
    data = Path(path).read_bytes()
    try:
        found = [box for box in _boxes(data, 0, len(data)) if box.kind in (b"moov", b"mdat")]
        moov = next(box for box in found if box.kind == b"moov")
        return tuple(_track(data, b) for b in _inside(data, moov) if b.kind == b"trak")
    except (StopIteration, struct.error, IndexError) as reason:
        raise StoryError(
            "this is not a whole MP4 file", where=Path(path).name, expected="boxes of ISO 14496-12",
            got=f"{len(data)} bytes", remedy="build it again",
        ) from reason  # fmt: skip


@dataclass(frozen=True)
class _Box:
    """A stretch of the file with a name."""

    kind: bytes
    start: int
    end: int


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    """Boxes one after the other."""
    while start < end:
        size, kind = struct.unpack_from(">I4s", data, start)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, start + 8)
            head = 16
        size = size or end - start
        if size < head or start + size > end:
            raise IndexError("a box reaches beyond its end")
        yield _Box(kind, start + head, start + size)
        start += size


def _inside(data: bytes, box: _Box) -> Iterator[_Box]:
    """Boxes within a box."""
    return _boxes(data, box.start, box.end)


def _all(data: bytes, box: _Box) -> dict[bytes, _Box]:
    """The first box of each kind at any depth below a track."""
    found: dict[bytes, _Box] = {}
    for inner in _inside(data, box):
        found.setdefault(inner.kind, inner)
        if inner.kind in _CONTAINERS:
            for kind, below in _all(data, inner).items():
                found.setdefault(kind, below)
    return found


def _track(data: bytes, box: _Box) -> TrackInfo:
    """One track's boxes, read."""
    below = _all(data, box)
    head = below[b"mdhd"].start
    if data[head] == 1:
        scale, length = struct.unpack_from(">IQ", data, head + 20)
        (packed,) = struct.unpack_from(">H", data, head + 32)
    else:
        scale, length = struct.unpack_from(">II", data, head + 12)
        (packed,) = struct.unpack_from(">H", data, head + 20)
    language = "".join(chr((packed >> shift & 31) + 0x60) for shift in (10, 5, 0))
    kind = data[below[b"hdlr"].start + 8 : below[b"hdlr"].start + 12].decode("ascii")
    described = below[b"stsd"].start + 8
    codec = data[described + 4 : described + 8].decode("ascii")
    width = height = 0
    if kind == "vide":
        width, height = struct.unpack_from(">HH", data, described + 32)
    sizes = below[b"stsz"].start
    (samples,) = struct.unpack_from(">I", data, sizes + 8)
    return TrackInfo(kind, codec, language, length / scale, samples, width, height)
