"""A stream of raw pictures, each with its time: frames that do not change are not sent twice.

Matroska (RFC 9559) with uncompressed video: what the encoder reads from a pipe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

_UNKNOWN = b"\x01" + b"\xff" * 7
_NANOSECONDS = 1_000_000_000


class Sink(Protocol):
    """Anything bytes can be written to."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Take all of them."""
        ...


@dataclass(frozen=True)
class RawVideo:
    """Writes pictures of one size at whole multiples of a frame's time.

    Parameters
    ----------
    sink : Sink
    width, height : int
    fps : int
        Frames a second.

    Examples
    --------
    >>> import io
    >>> pipe = io.BytesIO()
    >>> video = RawVideo(pipe, 2, 2, 30)
    >>> video.begin()
    >>> video.picture(0, memoryview(bytes(16)))
    >>> pipe.getvalue()[:4].hex()
    '1a45dfa3'
    """

    sink: Sink
    width: int
    height: int
    fps: int

    def begin(self) -> None:
        """Write the head of the stream."""
        head = _element(
            0x1A45DFA3,
            _number(0x4286, 1) + _number(0x42F7, 1) + _number(0x42F2, 4) + _number(0x42F3, 8)
            + _element(0x4282, b"matroska") + _number(0x4287, 4) + _number(0x4285, 2),
        )  # fmt: skip
        info = _element(
            0x1549A966,
            _number(0x2AD7B1, _NANOSECONDS // self.fps)
            + _element(0x4D80, b"exitline") + _element(0x5741, b"exitline"),
        )  # fmt: skip
        video = _element(
            0xE0, _number(0xB0, self.width) + _number(0xBA, self.height)
            + _element(0x2EB524, b"BGRA"),
        )  # fmt: skip
        track = _element(
            0xAE,
            _number(0xD7, 1) + _number(0x73C5, 1) + _number(0x83, 1)
            + _element(0x86, b"V_UNCOMPRESSED") + video,
        )  # fmt: skip
        segment = (0x18538067).to_bytes(4, "big") + _UNKNOWN
        self.sink.write(head + segment + info + _element(0x1654AE6B, track))

    def picture(self, frame: int, pixels: memoryview) -> None:
        """Write one picture, which stands until the next one.

        Parameters
        ----------
        frame : int
            When it begins, counted in frames.
        pixels : memoryview
            Blue, green, red, alpha; rows from the top; width x height x 4 bytes.
        """
        time = _number(0xE7, frame)
        size = 4 + pixels.nbytes
        block = b"\xa3" + _length(size) + b"\x81\x00\x00\x80"
        cluster = (0x1F43B675).to_bytes(4, "big") + _length(len(time) + 9 + size)
        self.sink.write(cluster + time + block)
        self.sink.write(pixels)


def _length(value: int) -> bytes:
    """A size in eight bytes (RFC 8794, section 4)."""
    return (value | 1 << 56).to_bytes(8, "big")


def _element(name: int, body: bytes) -> bytes:
    """One element: name, size, content."""
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + _length(len(body)) + body


def _number(name: int, value: int) -> bytes:
    """An element that holds a whole number."""
    return _element(name, value.to_bytes(8, "big"))
