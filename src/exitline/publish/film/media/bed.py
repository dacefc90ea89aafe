"""A sound bed from figures: each one a soft tone, high where it is high, low where it is low."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exitline.publish.film.model import FPS

RATE = 48_000
LOWEST = 196.0
"""Hertz of the lowest tone, g."""
SCALE = (0, 2, 4, 7, 9)
"""Semitones of a pentatonic scale: no two of its tones clash."""
TONES = 15
LOUD = 0.09
"""Of the loudest that can be: a bed lies under a voice."""
RING = 2.4
"""Seconds for which a tone dies away."""


def pitch(share: float) -> float:
    """Hertz of a tone for a figure, 0 the least of its row and 1 the greatest.

    Examples
    --------
    >>> pitch(0.0), round(pitch(1.0), 1)
    (196.0, 1318.5)
    """
    step = round(min(max(share, 0.0), 1.0) * (TONES - 1))
    return float(LOWEST * 2 ** ((12 * (step // len(SCALE)) + SCALE[step % len(SCALE)]) / 12))


def bed(values: Sequence[float], frames: int) -> npt.NDArray[np.int16]:
    """Samples of a bed as long as a film, its figures in turn, one after the other.

    Parameters
    ----------
    values : sequence of float
        At least one; they are spread evenly over the film.
    frames : int
        Of the film.

    Returns
    -------
    int16 array, shape (n,)
        One channel at 48,000 samples a second.

    Examples
    --------
    >>> len(bed([3.0, 1.0], 60)) == 2 * RATE
    True
    """
    total = frames * RATE // FPS
    low, high = min(values), max(values)
    sound = np.zeros(total)
    long = np.arange(round(RING * RATE)) / RATE
    shape = np.minimum(long / 0.02, 1.0) * np.exp(-3.0 * long / RING)
    for i, value in enumerate(values):
        hertz = pitch((value - low) / (high - low)) if high > low else pitch(0.5)
        tone = np.sin(2 * np.pi * hertz * long) + 0.25 * np.sin(4 * np.pi * hertz * long)
        start = round(i * total / len(values))
        part = (tone * shape)[: total - start]
        sound[start : start + len(part)] += part
    fade = min(RATE, total)
    sound[total - fade :] *= np.linspace(1.0, 0.0, fade)
    loudest = float(np.abs(sound).max()) or 1.0
    return np.round(sound / loudest * LOUD * 32_767).astype(np.int16)


def write_bed(values: Sequence[float], frames: int, path: Path) -> None:
    """Write a bed as a WAV file."""
    samples = bed(values, frames)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
