"""The reasons of decisions, as sentences with their numbers taken out.

A thousand villages share a dozen sentences. The page gets each sentence once, and for each
unit the numbers that stand in it. The English is the run's own, to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from exitline.publish.explorer.texts import Translations, known
from exitline.words.said import Text, say

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


class Sentences:
    """Sentences met so far, each once.

    Parameters
    ----------
    labels : sequence of str
        Labels of criteria, which stand in sentences and are translated by themselves.
    translations : mapping of str to mapping of str to str
        For labels, by language.

    Examples
    --------
    >>> from exitline.publish.explorer.texts import in_language
    >>> said = Sentences(["Share of poor"], {"zh": {"Share of poor": "贫困比例"}})
    >>> said.take("Share of poor: 2.4 % in a full count of 521 households; required: below 3 %")
    [0, '2.4', '521', '3']
    >>> in_language(said.templates[0], "zh")
    '贫困比例：全数调查{1}户，为{0}%；要求：低于{2}%'
    """

    def __init__(self, labels: Sequence[str], translations: Translations) -> None:
        self._labels = sorted(labels, key=len, reverse=True)
        self._translations = translations
        self._position: dict[str, int] = {}
        self.templates: list[Text] = []

    def take(self, reason: str) -> list[int | str]:
        """The position of a reason's sentence, then its numbers in order.

        Parameters
        ----------
        reason : str
            As a run has it.
        """
        label = next((x for x in self._labels if reason.startswith(f"{x}: ")), "")
        start = len(label) + 2 if label else 0
        numbers: list[int | str] = []

        def out(match: re.Match[str]) -> str:
            numbers.append(match.group())
            return f"{{{len(numbers) - 1}}}"

        rest = reason[start:]
        template = rest if rest in self._labels else _NUMBER.sub(out, rest)
        whole = (f"{label}: " if label else "") + template
        if whole not in self._position:
            self._position[whole] = len(self.templates)
            said = known(template, self._translations)
            own = known(label, self._translations)
            text = say("{label}: {reason}", label=own, reason=said) if label else said
            self.templates.append(text)
        return [self._position[whole], *numbers]
