"""Sound: a user's track, or captions spoken by a speech engine of this machine."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from exitline.publish.story.captions import Cue
from exitline.publish.story.errors import StoryError
from exitline.publish.story.model import FPS

ENGINES = ("espeak-ng", "espeak")
USUAL_RATE, FASTEST_RATE = 165, 260
"""Words a minute."""

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
    """Speak every caption at its time into one sound file.

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
        When there is no engine, it fails, or a caption cannot be spoken in its time.
    """
    engine = speech_engine()
    spoken = [(cue, _within(engine, cue, language, path)) for cue in cues]
    rate = spoken[0][1].rate if spoken else 22050
    track = np.zeros(frames * rate // FPS + rate, np.int16)
    for cue, speech in spoken:
        start = cue.start * rate // FPS
        end = min(start + len(speech.samples), len(track))
        track[start:end] = speech.samples[: end - start]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(track.tobytes())


def _within(engine: str, cue: Cue, language: str, path: Path) -> Speech:
    """A caption spoken at the usual rate, or faster where its time asks for it."""
    room = (cue.end - cue.start) / FPS
    speech = _speak(engine, cue.text, language, USUAL_RATE, path)
    if speech.seconds > room:
        rate = int(USUAL_RATE * speech.seconds / room) + 8
        if rate <= FASTEST_RATE:
            speech = _speak(engine, cue.text, language, rate, path)
    if speech.seconds > room + 0.25:
        raise StoryError(
            "a caption cannot be spoken in its time",
            where=f"scene {cue.scene}, {language}",
            expected=f"at most {room:.1f} seconds",
            got=f"{speech.seconds:.1f} seconds of speech",
            remedy="shorten what is said, or give the scene more seconds",
        )
    return speech


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
        speech = Speech(samples, sound.getframerate())
    file.unlink()
    return speech
