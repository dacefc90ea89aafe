"""The reasons of decisions, as sentences with their numbers taken out, in two languages.

A thousand villages share a dozen sentences. The page gets each sentence once, and for each
unit the numbers that stand in it. The English is the run's own, to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exitline.publish.explorer.model import Text
from exitline.publish.explorer.texts import in_language, known

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_N = r"(\{\d+\})"
_P = r"(\{\d+\} %|unknown)"
_AT = {"below": "低于", "at most": "不超过", "above": "高于", "at least": "不低于"}
_FRAGMENTS: tuple[tuple[str, str], ...] = (
    (rf"{_P} in a full count of {_N} households", r"全数调查\2户，为\1"),
    (rf"{_P} in a full count of {_N} villages", r"全数统计\2个村，为\1"),
    (rf"{_P} in a sample of {_N} households", r"抽样调查\2户，为\1"),
    (rf" \(up to {_P}: {_N} not known\)", r"（最高可达\1：\2个情况不明）"),
    (r"those not known decide whether it is (.+)", r"情况不明者决定其是否\1"),
    (rf", at most {_P} with {_P} confidence", r"，在\2置信度下至多\1"),
    (rf", at least {_P} with {_P} confidence", r"，在\2置信度下至少\1"),
    (r"by the point rule, required: (.+)", r"按点估计规则，要求：\1"),
    (r"required: (.+)", r"要求：\1"),
    (r"too few PSUs for a standard error", "初级抽样单元太少，无法得出标准误"),
    (rf"with {_P} confidence anything between {_P} and {_P}", r"在\1置信度下，\2至\3皆有可能"),
    (
        rf": too few clusters with such households for a narrower bound "
        rf"\({_N} effective, {_N} needed\)",
        r"：有这类住户的群太少，无法得出更窄的界限（有效\1个，需要\2个）",
    ),
    (
        rf": too few clusters without such households for a narrower bound "
        rf"\({_N} effective, {_N} needed\)",
        r"：没有这类住户的群太少，无法得出更窄的界限（有效\1个，需要\2个）",
    ),
    (rf"only a full count of about {_N} households would settle it", r"对约\1户作全数调查才能定论"),
    (rf"about {_N} more households would settle it at this rate", r"按此比率再调查约\1户可以定论"),
    (
        "the observed share is at the threshold, so no larger sample would settle it",
        "观测值恰在门槛上，再大的样本也无法定论",
    ),
    (
        "were the true share at the threshold, evidence this favourable would come up "
        f"with probability {_N}",
        r"若真实值恰在门槛上，出现同样有利证据的概率为\1",
    ),
    ("its error probability cannot be estimated", "其错判概率无法估计"),
    ("no evidence was given for this criterion", "没有提供这一条件的证据"),
    ("the standard asks for a full count", "标准要求全数调查"),
    ("the standard has no threshold for this unit's area class", "标准没有为这类地区规定门槛"),
    ("no villages were named in the study", "研究没有列出村"),
    ("no assessment sample was given", "没有提供评估样本"),
    ("see `exitline assess`", "见 `exitline assess`"),
    (rf"all {_N} criteria are met", r"全部\1项条件均已达到"),
)


class Sentences:
    """Sentences met so far, each once.

    Parameters
    ----------
    labels : sequence of str
        Labels of criteria, which stand in sentences and are translated by themselves.
    translations : mapping of str to str
        Chinese for labels.

    Examples
    --------
    >>> said = Sentences(["Share of poor"], {"Share of poor": "贫困比例"})
    >>> said.take("Share of poor: 2.4 % in a full count of 521 households; required: below 3 %")
    [0, '2.4', '521', '3']
    >>> said.templates[0]["zh"]
    '贫困比例：全数调查{1}户，为{0}%；要求：低于{2}%'
    """

    def __init__(self, labels: Sequence[str], translations: Mapping[str, str]) -> None:
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
            self.templates.append({"en": whole, "zh": self._chinese(label, template)})
        return [self._position[whole], *numbers]

    def _chinese(self, label: str, template: str) -> str:
        """A sentence in Chinese: its parts one by one; what is not known stays as it is."""
        head, listed = "", template
        for en, zh in (("not met: ", "未达到："), ("cannot tell yet: ", "尚不能判断：")):
            if template.startswith(en):
                head, listed = zh, template[len(en) :]
        parts = [self._label(part) or _part(part) for part in listed.split("; ")]
        lead = f"{self._label(label) or label}：" if label else ""
        return lead + head + "；".join(parts)

    def _label(self, text: str) -> str:
        """A label or a single known word in Chinese, "" where it is neither."""
        words = {"yes": "是", "no": "否"}
        found = in_language(known(text, self._translations), "zh")
        return found if found != text or text in self._labels else words.get(text, "")


def _part(text: str) -> str:
    """One part of a sentence in Chinese."""
    for pattern, chinese in _FRAGMENTS:
        text = re.sub(pattern, chinese, text)
    for en, zh in _AT.items():
        text = re.sub(rf"(?<![A-Za-z]){en} (?=\{{)", zh, text)
    return text.replace("} %", "}%").replace("unknown", "未知")
