"""Sound: a user's track, or captions spoken by a speech engine of this machine.

A sound bed from figures: each one a soft tone, high where it is high, low where it is low.
"""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exitline.publish.film.errors import StoryError
from exitline.publish.film.media.captions import Cue
from exitline.publish.film.model import FPS

ENGINES = ("espeak-ng", "espeak")
RATES = {"": (165, 230), "zh": (280, 360)}
"""Usual and fastest rate by language, in the engine's words a minute. Its Chinese words are
syllables: at 280 it speaks three to four in a second, at 360 not yet five."""
PAUSE = 0.15
"""Least seconds of silence after each caption."""
SILENCE = 150
"""Samples up to this are silence (the loudest is 32,767)."""

_VOICES = {"zh": "cmn", "zh-Hant": "cmn"}


@dataclass(frozen=True)
class Speech:
    """Samples of a voice.

    Parameters
    ----------
    samples : int16 array, shape (n,)
        One channel.
    rate : int
        Samples a second.

    Examples
    --------
    >>> Speech(np.zeros(22050, np.int16), 22050).seconds
    1.0
    """

    samples: npt.NDArray[np.int16]
    rate: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate


def speech_engine() -> str:
    """The speech engine of this machine.

    Raises
    ------
    StoryError
        Naming the package to install when there is none.
    """
    for name in ENGINES:
        found = shutil.which(name)
        if found:
            return found
    raise StoryError(
        "narration needs a speech engine, and there is none",
        expected=" or ".join(ENGINES),
        got="neither",
        remedy="install the package espeak-ng (Debian: apt install espeak-ng), give a track of "
        "your own with --sound, or leave narration out",
    )


def narrate(cues: Sequence[Cue], language: str, frames: int, path: Path) -> None:
    """Speak the captions into one sound file, each at its time as far as its scene allows.

    A voice needs longer for "2019" than the eye. Within a scene a caption may therefore be
    spoken a little before or after it is seen; never beyond the scene.

    Parameters
    ----------
    cues : sequence of Cue
    language : str
    frames : int
        Of the film.
    path : Path
        A WAV file, written here.

    Raises
    ------
    StoryError
        When there is no engine, it fails, or a scene's captions cannot be spoken in its time.
    """
    engine = speech_engine()
    scenes = [tuple(group) for _, group in groupby(cues, key=lambda cue: cue.scene)]
    ends = [scene[0].start / FPS for scene in scenes[1:]] + [frames / FPS]
    spoken = [
        placed
        for scene, end in zip(scenes, ends, strict=True)
        for placed in _scene(engine, scene, end, language, path)
    ]
    rate = spoken[0][1].rate if spoken else 22050
    track = np.zeros(frames * rate // FPS + rate, np.int16)
    for start, speech in spoken:
        at = round(start * rate)
        track[at : at + len(speech.samples)] = speech.samples[: max(0, len(track) - at)]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(track.tobytes())


def _scene(
    engine: str, cues: Sequence[Cue], end: float, language: str, path: Path
) -> list[tuple[float, Speech]]:
    """A scene's captions spoken at the usual rate, or faster where its time asks for it."""
    room = end - cues[0].start / FPS - PAUSE * len(cues)
    rate, fastest = RATES.get(language.partition("-")[0], RATES[""])
    spoken = [_speak(engine, cue.text, language, rate, path) for cue in cues]
    while (needed := sum(speech.seconds for speech in spoken)) > room and rate < fastest:
        rate = min(fastest, int(rate * needed / room) + 6)
        spoken = [_speak(engine, cue.text, language, rate, path) for cue in cues]
    if needed > room:
        raise StoryError(
            "captions cannot be spoken in the time of their scene",
            where=f"scene {cues[0].scene}, {language}",
            expected=f"at most {room:.1f} seconds",
            got=f"{needed:.1f} seconds of speech, at {rate} words a minute",
            remedy="shorten what is said, or give the scene more seconds",
        )
    return list(zip(starts([c.start / FPS for c in cues], [s.seconds for s in spoken], end),
                    spoken, strict=True))  # fmt: skip


def starts(wanted: Sequence[float], seconds: Sequence[float], end: float) -> list[float]:
    """When to begin each of some speeches, so that none overlaps and all end in time.

    Parameters
    ----------
    wanted : sequence of float
        When each would best begin.
    seconds : sequence of float
        How long each is.
    end : float
        When all must have ended.

    Examples
    --------
    >>> starts([0.0, 2.0], [1.0, 3.5], 5.0)  # the second begins earlier, to end in time
    [0.0, 1.35]
    """
    latest: list[float] = []
    left = end
    for long in reversed(seconds):
        left -= long + PAUSE
        latest.insert(0, left)
    found: list[float] = []
    free = wanted[0] if wanted else 0.0
    for best, last, long in zip(wanted, latest, seconds, strict=True):
        begin = max(free, min(best, last))
        found.append(round(begin, 6))
        free = begin + long + PAUSE
    return found


def _speak(engine: str, text: str, language: str, rate: int, path: Path) -> Speech:
    """One text through the engine."""
    file = path.with_suffix(".part.wav")
    voice = _VOICES.get(language, language)
    done = subprocess.run(
        [engine, "-v", voice, "-s", str(rate), "-w", str(file), "--stdin"],
        input=text.encode(), capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    if done.returncode != 0 or not file.is_file():
        said = done.stderr.decode(errors="replace").strip()
        raise StoryError(
            f"the speech engine cannot speak '{language}'",
            expected="a sound file",
            got=said.splitlines()[-1] if said else f"status {done.returncode}",
            remedy="install a voice for it, or leave narration out",
        )
    with wave.open(str(file), "rb") as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16)
        speech = Speech(_trimmed(samples), sound.getframerate())
    file.unlink()
    return speech


def _trimmed(samples: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """A voice without the silence before and after it."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENCE)
    return samples[loud[0] : loud[-1] + 1] if loud.size else samples[:0]


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
