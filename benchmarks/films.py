"""How much the films of a series move: measured on the MP4 files, frame by frame.

    pip install av                       # PyAV, which reads the films independently of their maker
    exitline story build examples/series-out-of-poverty --out films --lang en --size 1920x1080
    python -m benchmarks.films films

For each film: the share of seconds in which something moves, the longest rest, when the
finding stands, how long method, sources and credits take together, and its length.

Pictures are compared at 640 pixels in grey, each with the one a tenth of a second before. A
frame moves where at least 50 of its pixels (0.02 %) differ by more than 20 of 255. A run of
moving frames counts from 0.4 s on: the change of a scene, which takes a third of a second,
is no movement. A second moves when at least half of its frames do. The finding stands from
the first frame of its scene that equals the scene's last picture (but for 0.1 % of the
pixels). Which scene is the finding, and which are method, sources and credits, is in the
list of figures that is written beside each film; all else is read from the film.

``--frames FOLDER`` writes a picture every two seconds, to be looked at.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WIDE, STEP, DIFFERENT, FEWEST = 640, 3, 20, 0.0002
RUN, SHARE, ALIKE, FADE = 0.4, 0.5, 0.001, 0.35
CLOSING = ("method", "sources", "credits", "closing")
EVERY = 2.0

Frames = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Measured:
    """What was measured of one film."""

    name: str
    seconds: float
    moving: float
    rest: float
    at: float
    finding: float | None
    closing: float | None

    @property
    def row(self) -> str:
        """As a line of the table."""
        stands = "-" if self.finding is None else f"{self.finding:.1f} s"
        end = "-" if self.closing is None else f"{self.closing:.1f} s"
        return (
            f"{self.name:<34} {self.seconds:6.1f} s {self.moving:6.0%} "
            f"{self.rest:6.1f} s at {self.at:4.0f} s"
            f" {stands:>9} {end:>9}"
        )


def read(path: Path) -> tuple[Frames, float]:
    """Every frame of a film in grey, at most 640 pixels wide, and frames a second."""
    import av

    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        stream.thread_type = "AUTO"
        wide = min(WIDE, stream.width)
        high = round(stream.height * wide / stream.width / 2) * 2
        found = [
            frame.to_ndarray(format="gray", width=wide, height=high)
            for frame in film.decode(stream)
        ]
        return np.stack(found), float(stream.average_rate or 30)


def differs(one: Frames, other: Frames) -> float:
    """Share of pixels that are clearly different."""
    return float((np.abs(one.astype(np.int16) - other) > DIFFERENT).mean())


def moving(frames: Frames, fps: float) -> npt.NDArray[np.bool_]:
    """Whether each frame belongs to a movement that lasts."""
    now = np.zeros(len(frames), bool)
    for i in range(STEP, len(frames)):
        now[i] = differs(frames[i], frames[i - STEP]) > FEWEST
    lasting, at = np.zeros(len(frames), bool), 0
    for value, run in groupby(now):
        n = len(list(run))
        # a movement is seen for STEP frames after it has ended
        if value and (n - STEP + 1) / fps >= RUN:
            lasting[at : at + n - STEP + 1] = True
        at += n
    return lasting


def measure(path: Path) -> Measured:
    """One film."""
    frames, fps = read(path)
    moves = moving(frames, fps)
    whole = int(np.ceil(len(moves) / fps))
    seconds = [moves[round(s * fps) : round((s + 1) * fps)].mean() for s in range(whole)]
    rest, at = _longest_rest(moves)
    scenes = _scenes(path)
    found = next((s for s in scenes if s.get("finding")), None)
    closing = sum(s["seconds"] for s in scenes if s["kind"] in CLOSING) if scenes else None
    return Measured(
        path.stem, len(frames) / fps, float(np.mean(np.array(seconds) >= SHARE)),
        rest / fps, at / fps, None if found is None else _stands(frames, fps, found), closing,
    )  # fmt: skip


def _longest_rest(moves: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Frames of the longest rest, and the frame at which it begins."""
    longest, begins, at = 0, 0, 0
    for value, run in groupby(moves):
        n = len(list(run))
        if not value and n > longest:
            longest, begins = n, at
        at += n
    return longest, begins


def _stands(frames: Frames, fps: float, scene: dict[str, Any]) -> float:
    """When a scene's picture is as it stays."""
    first = round(scene["start"] * fps)
    last = round((scene["start"] + scene["seconds"]) * fps) - 1
    final = frames[last]
    at = last
    while at > first and differs(frames[at - 1], final) < ALIKE:
        at -= 1
    return float(at / fps)


def _scenes(path: Path) -> list[dict[str, Any]]:
    """The scenes, from the list of figures beside a film."""
    beside = path.parent / f"{path.name.partition('.')[0]}.figures.json"
    if not beside.is_file():
        return []
    return list(json.loads(beside.read_text(encoding="utf-8")).get("scenes", []))


def pictures(path: Path, folder: Path) -> int:
    """A picture every two seconds; how many."""
    import av
    import skia

    folder.mkdir(parents=True, exist_ok=True)
    wanted, n = 0.0, 0
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            if frame.time is not None and frame.time + 1e-6 >= wanted:
                pixels = np.ascontiguousarray(frame.to_ndarray(format="rgba"))
                image = skia.Image.fromarray(pixels, skia.kRGBA_8888_ColorType)
                image.save(str(folder / f"{path.stem}.{int(wanted):03}.png"))
                wanted, n = wanted + EVERY, n + 1
    return n


def main() -> None:
    """Measure every film of a folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("films", type=Path, help="a film, or a folder of a build")
    parser.add_argument("--frames", type=Path, help="write a picture every two seconds here")
    asked = parser.parse_args()
    films = [asked.films] if asked.films.is_file() else sorted(asked.films.rglob("*.mp4"))
    heads = f"{'film':<34} {'length':>8} {'moving':>6} {'longest rest':>16}"
    print(f"{heads} {'finding':>9} {'closing':>9}")
    for film in films:
        print(measure(film).row, flush=True)
        if asked.frames is not None:
            pictures(film, asked.frames)


if __name__ == "__main__":
    main()
