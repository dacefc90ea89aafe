"""Fonts of the machine: found by file, without a font service, so that a film is the same
wherever the same fonts are."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from exitline.publish.film.errors import StoryError

if TYPE_CHECKING:
    import skia

FONTS_VARIABLE = "EXITLINE_FONTS"
"""Environment variable: a folder that is searched for fonts instead of the system's."""

_INVISIBLE = frozenset(
    "\n\t \u00a0\u00ad\u200b\u200c\u200d\u200e\u200f\u202f\u2060\u2066\u2067\u2068\u2069\ufeff"
)


@dataclass(frozen=True)
class Script:
    """A writing system, where its characters lie and which fonts write it.

    Parameters
    ----------
    name : str
    ranges : tuple of (int, int)
        Code points, both ends included.
    stems : tuple of str
        File names without ending of the regular face, best first; ``-Bold`` beside it.
    package : str
        Debian package that brings the first one.
    family : str
        Name of the family inside a collection (.ttc), "" for the only one.

    Examples
    --------
    >>> Script("Thai", ((0x0E00, 0x0E7F),), ("NotoSansThai-Regular",), "fonts-noto-core").name
    'Thai'
    """

    name: str
    ranges: tuple[tuple[int, int], ...]
    stems: tuple[str, ...]
    package: str
    family: str = ""

    def writes(self, character: str) -> bool:
        """Whether a character belongs to it."""
        return any(low <= ord(character) <= high for low, high in self.ranges)


LATIN = Script(
    "Latin", ((0x0000, 0x052F), (0x1E00, 0x20CF)),
    ("NotoSans-Regular", "DejaVuSans", "LiberationSans-Regular", "Arial", "segoeui", "Helvetica"),
    "fonts-noto-core",
)  # fmt: skip
_HAN = ((0x2E80, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF00, 0xFFEF),
        (0x20000, 0x323AF))  # fmt: skip
_HANGUL = ((0x1100, 0x11FF), (0x3130, 0x318F), (0xAC00, 0xD7AF))


def _east_asian(name: str, region: str, ranges: tuple[tuple[int, int], ...]) -> Script:
    stems = ("NotoSansCJK-Regular", f"NotoSans{region}-Regular", f"SourceHanSans{region}-Regular")
    return Script(name, ranges, stems, "fonts-noto-cjk", f"Noto Sans CJK {region}")


CHINESE = _east_asian("Chinese", "SC", _HAN)
_REGIONAL = {
    "zh-Hant": _east_asian("Chinese", "TC", _HAN),
    "zh-TW": _east_asian("Chinese", "TC", _HAN),
    "zh-HK": _east_asian("Chinese", "HK", _HAN),
    "ja": _east_asian("Japanese", "JP", _HAN),
    "ko": _east_asian("Korean", "KR", (*_HAN, *_HANGUL)),
}
_EXTRA = {"Symbols": ("NotoSansMath-Regular", "DejaVuSans")}
_OTHERS = tuple(
    Script(
        name, ranges, _EXTRA.get(name, (f"NotoSans{name}-Regular", "DejaVuSans")), "fonts-noto-core"
    )
    for name, ranges in {
        "Arabic": ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF), (0xFB50, 0xFEFC)),
        "Hebrew": ((0x0590, 0x05FF),),
        "Armenian": ((0x0530, 0x058F),),
        "Georgian": ((0x10A0, 0x10FF),),
        "Devanagari": ((0x0900, 0x097F),),
        "Bengali": ((0x0980, 0x09FF),),
        "Gurmukhi": ((0x0A00, 0x0A7F),),
        "Gujarati": ((0x0A80, 0x0AFF),),
        "Tamil": ((0x0B80, 0x0BFF),),
        "Telugu": ((0x0C00, 0x0C7F),),
        "Kannada": ((0x0C80, 0x0CFF),),
        "Malayalam": ((0x0D00, 0x0D7F),),
        "Sinhala": ((0x0D80, 0x0DFF),),
        "Thai": ((0x0E00, 0x0E7F),),
        "Lao": ((0x0E80, 0x0EFF),),
        "Tibetan": ((0x0F00, 0x0FFF),),
        "Myanmar": ((0x1000, 0x109F),),
        "Ethiopic": ((0x1200, 0x139F),),
        "Khmer": ((0x1780, 0x17FF),),
        "Symbols": ((0x2190, 0x2BFF),),
    }.items()
)


@dataclass(frozen=True, eq=False)
class Fonts:
    """Loaded faces for one language.

    Parameters
    ----------
    families : tuple of str
        Names in the order in which they are asked for a glyph.
    collection : skia.textlayout_FontCollection
    faces : tuple of skia.Typeface
    """

    families: tuple[str, ...]
    collection: Any
    faces: tuple[Any, ...]

    def missing(self, text: str) -> str:
        """Characters that no face can write, each once, in order."""
        wanted = dict.fromkeys(c for c in text if c not in _INVISIBLE)
        return "".join(c for c in wanted if not any(f.unicharToGlyph(ord(c)) for f in self.faces))


def load_fonts(language: str, texts: Iterable[str]) -> Fonts:
    """Faces that can write all the texts of a language.

    Parameters
    ----------
    language : str
        Code such as "zh"; chooses among regional forms of the same characters.
    texts : iterable of str
        Everything that will be written.

    Returns
    -------
    Fonts

    Raises
    ------
    StoryError
        Naming the script, the characters and the package to install.
    """
    characters = {c for text in texts for c in text if c not in _INVISIBLE}
    han = _REGIONAL.get(language) or _REGIONAL.get(language.partition("-")[0]) or CHINESE
    needed = [s for s in (LATIN, han, *_OTHERS) if s is LATIN or _writes_any(s, characters)]
    files = {script.name: _find(script) for script in needed}
    for script in needed:
        if files[script.name] is None:
            raise _no_glyphs(script, "".join(sorted(c for c in characters if script.writes(c))))
    east_asian = language.partition("-")[0] in ("zh", "ja", "ko")
    ordered = sorted(needed, key=lambda s: s is not han) if east_asian else needed
    fonts = _collect(tuple((files[s.name], s.family) for s in ordered))
    missing = fonts.missing("".join(sorted(characters)))
    if missing:
        culprit = next((s for s in (han, *_OTHERS, LATIN) if s.writes(missing[0])), LATIN)
        raise _no_glyphs(culprit, missing)
    return fonts


@cache
def _collect(files: tuple[tuple[Path | None, str], ...]) -> Fonts:
    """Regular and bold faces of these files as one collection."""
    import skia

    manager = skia.FontMgr.New_Custom_Empty()
    provider = skia.textlayout.TypefaceFontProvider()
    families, regular = [], []
    for file, family in files:
        if file is None:
            continue
        face = _face(manager, file, family)
        provider.registerTypeface(face)
        families.append(str(face.getFamilyName()))
        regular.append(face)
        bold = _bold(file)
        if bold is not None:
            provider.registerTypeface(_face(manager, bold, family))
    collection = skia.textlayout.FontCollection()
    collection.setDefaultFontManager(provider)
    return Fonts(tuple(dict.fromkeys(families)), collection, tuple(regular))


def _face(manager: skia.FontMgr, file: Path, family: str) -> Any:
    """The face of a family in a file; the first one where the family is not in it."""
    first = manager.makeFromFile(str(file), 0)
    if first is None:
        raise StoryError("a font cannot be read", where=str(file), remedy="install it again")
    if not family or file.suffix.lower() != ".ttc":
        return first
    for index in range(16):
        face = manager.makeFromFile(str(file), index)
        if face is None:
            break
        if str(face.getFamilyName()) == family:
            return face
    return first


def _bold(file: Path) -> Path | None:
    """The bold face beside a regular one."""
    stem = file.stem.removesuffix("-Regular")
    for name in (f"{stem}-Bold", f"{stem}bd", f"{stem} Bold", "segoeuib"):
        beside = file.with_name(name + file.suffix)
        if beside.is_file():
            return beside
    return None


def _find(script: Script) -> Path | None:
    """The best font file of a script on this machine."""
    known = _installed(os.environ.get(FONTS_VARIABLE, ""))
    return next((known[stem] for stem in script.stems if stem in known), None)


@cache
def _installed(instead: str) -> dict[str, Path]:
    """Font files by name without ending."""
    found: dict[str, Path] = {}
    for folder in _folders(instead):
        for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if file.suffix.lower() in (".ttf", ".otf", ".ttc"):
                found.setdefault(file.stem, file)
    return found


def _folders(instead: str) -> Iterator[Path]:
    """Where fonts lie on Linux, macOS and Windows."""
    if instead:
        yield Path(instead)
        return
    home = Path.home()
    yield from (home / ".local/share/fonts", home / ".fonts")
    yield from (Path("/usr/local/share/fonts"), Path("/usr/share/fonts"))
    if sys.platform == "darwin":
        yield from (home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts"))
    if sys.platform == "win32":
        yield Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"


def _writes_any(script: Script, characters: set[str]) -> bool:
    return any(script.writes(c) for c in characters)


def _no_glyphs(script: Script, characters: str) -> StoryError:
    shown = characters[:12] + ("..." if len(characters) > 12 else "")
    return StoryError(
        f"no font on this machine can write {script.name}",
        expected=f"a font such as {script.stems[0]}",
        got=f"no glyph for: {shown}",
        remedy=f"install the package {script.package} (Debian: apt install {script.package}), "
        f"or name a folder of fonts in {FONTS_VARIABLE}",
    )
