"""Encoding: pictures through a pipe into an MP4 that is the same, byte for byte, each time.

A stream of raw pictures, each with its time: frames that do not change are not sent twice.

Matroska (RFC 9559) with uncompressed video: what the encoder reads from a pipe.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from exitline.errors import install_extra
from exitline.files import OutputError
from exitline.publish.film.errors import StoryError
from exitline.publish.film.model import FPS
from exitline.publish.film.theme import Size

_ISO = {
    "am": "amh", "ar": "ara", "bn": "ben", "de": "deu", "en": "eng", "es": "spa", "fa": "fas",
    "fr": "fra", "ha": "hau", "he": "heb", "hi": "hin", "id": "ind", "it": "ita", "ja": "jpn",
    "km": "khm", "ko": "kor", "lo": "lao", "my": "mya", "ne": "nep", "pt": "por", "ru": "rus",
    "sq": "sqi", "sw": "swa", "ta": "tam", "th": "tha", "tr": "tur", "uk": "ukr", "ur": "urd",
    "vi": "vie", "zh": "zho",
}  # fmt: skip
"""ISO 639-1 to 639-2/T, which MP4 asks for."""

_PIPE = 1 << 20
"""Bytes that wait in the pipe: fewer changes between drawing and encoding."""

_FULL = ("No space left", "File too large", "Disk quota")


@dataclass(frozen=True)
class Track:
    """Captions of one language as a track.

    Examples
    --------
    >>> Track("zh", "1\\n00:00:00,000 --> 00:00:01,000\\n一\\n").code
    'zho'
    """

    language: str
    subrip: str

    @property
    def code(self) -> str:
        """The language as MP4 names it."""
        return mp4_language(self.language)


def mp4_language(language: str) -> str:
    """A language as MP4 names it, "und" where it is unknown.

    Examples
    --------
    >>> mp4_language("zh-Hant"), mp4_language("")
    ('zho', 'und')
    """
    return _ISO.get(language.partition("-")[0], "und")


@dataclass(frozen=True)
class Film:
    """What is to be encoded.

    Parameters
    ----------
    path : Path
        Where the MP4 is written.
    size : Size
    frames : int
    tracks : tuple of Track
        Players show the first one unless told otherwise.
    sound : Path, optional
        A sound file, as long as the film or longer.
    spoken : str
        The language that is spoken in it, "" where that is not known.
    """

    path: Path
    size: Size
    frames: int
    tracks: tuple[Track, ...] = ()
    sound: Path | None = None
    spoken: str = ""


def encoder() -> str:
    """The encoder's program, which comes with imageio-ffmpeg.

    Raises
    ------
    StoryError
        When the extra `film` is not installed.
    """
    try:
        import imageio_ffmpeg
    except ImportError as reason:
        raise StoryError(
            "films need the extra 'film'",
            expected="imageio-ffmpeg and skia-python",
            got="not installed",
            remedy=install_extra("film"),
        ) from reason
    return str(imageio_ffmpeg.get_ffmpeg_exe())


@contextmanager
def encoding(film: Film) -> Iterator[RawVideo]:
    """A pipe into the encoder; the file is whole when the block ends well.

    Yields
    ------
    RawVideo
        Takes a picture whenever one changes; the last frame must be sent.

    Raises
    ------
    OutputError
        When the file cannot be written, a full disk included.
    StoryError
        When the encoder fails for another reason.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            _command(film, Path(folder)), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=said,
        )  # fmt: skip
        try:
            pipe = _pipe(process)
            video = RawVideo(pipe, film.size.width, film.size.height, FPS)
            with suppress(BrokenPipeError):  # the encoder has ended: its own words say why
                video.begin()
                yield video
                pipe.close()
            status = process.wait()
        finally:
            _end(process)
        if status != 0:
            said.seek(0)
            raise _failed(film, status, said.read().decode(errors="replace"))


def _command(film: Film, folder: Path) -> list[str]:
    """The encoder's arguments: one thread and no time stamps, for identical bytes."""
    inputs = ["-f", "matroska", "-i", "pipe:0"]
    maps = ["-map", "0:v"]
    marks: list[str] = []
    for i, track in enumerate(film.tracks):
        file = folder / f"{i}.srt"
        file.write_text(track.subrip, encoding="utf-8")
        inputs += ["-f", "srt", "-i", str(file)]
        maps += ["-map", f"{i + 1}:s"]
        marks += [f"-metadata:s:s:{i}", f"language={track.code}", f"-disposition:s:{i}", "0"]
    if film.sound is not None:
        inputs += ["-i", str(film.sound)]
        maps += ["-map", f"{len(film.tracks) + 1}:a:0"]
        marks += ["-metadata:s:a:0", f"language={mp4_language(film.spoken)}"]
        marks += ["-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2",
                  "-af", f"apad,atrim=end_sample={film.frames * 48000 // FPS}"]  # fmt: skip
    picture = (
        "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuv420p,"
        + f"fps={FPS}"
    )
    return [
        encoder(), "-nostdin", "-y", "-v", "error", *inputs, *maps,
        "-vf", picture, "-frames:v", str(film.frames),
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "19", "-g", str(8 * FPS),
        "-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709",
        "-color_trc", "bt709", "-color_range", "tv", "-threads", "1", "-filter_threads", "1",
        "-c:s", "mov_text", *marks, "-map_metadata", "-1", "-map_chapters", "-1",
        "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        "-movflags", "+faststart", "-f", "mp4", str(film.path),
    ]  # fmt: skip


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    """The encoder's standard input."""
    if process.stdin is None:
        raise RuntimeError("the encoder has no input")
    with suppress(ImportError, AttributeError, OSError):  # Linux only, and only for speed
        import fcntl

        fcntl.fcntl(process.stdin.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)
    return process.stdin


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave no encoder behind, whatever happened."""
    if process.poll() is None:
        process.kill()
        process.wait()
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()


def _failed(film: Film, status: int, said: str) -> StoryError | OutputError:
    """The encoder's failure: a full disk, or something else."""
    last = said.strip().splitlines()[-1] if said.strip() else f"status {status}"
    if status == -25 or any(word in said for word in _FULL):
        return OutputError(
            "the film cannot be written",
            where=str(film.path.parent),
            expected="a folder with room for it",
            got="No space left, or a limit on the size of files",
            remedy="free some room, or choose another folder with --out",
        )
    return StoryError(
        "the film could not be encoded",
        where=film.path.name,
        expected="an encoder that ends well",
        got=last,
        remedy="look at the sound file and the folder, and try again",
    )


def tracks_of(captions: Sequence[tuple[str, str]]) -> tuple[Track, ...]:
    """Tracks from languages and their captions in SubRip; empty ones are left out.

    Examples
    --------
    >>> tracks_of([("en", ""), ("zh", "1\\n00:00:00,000 --> 00:00:01,000\\n一\\n")])[0].code
    'zho'
    """
    return tuple(Track(language, subrip) for language, subrip in captions if subrip)


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
