"""Words of the explorer that come from here, not from a study, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from exitline.publish.explorer.model import Text

LANGUAGES = ("en", "zh")

_CHINESE = {
    "Poor persons, share": "贫困人口占比",
    "Poor households, share": "贫困户占比",
    "Poor persons": "贫困人口",
    "Poor households": "贫困户",
    "Poverty gap index": "贫困差距指数",
    "Poverty severity index": "贫困深度平方指数",
    "Mean welfare": "人均福利均值",
    "Total welfare": "福利总额",
    "Persons": "人口",
    "Households": "户数",
    "Watts index": "瓦茨指数",
    "Total shortfall": "贫困缺口总额",
    "J-divergence": "J散度",
    "% of persons": "占人口的百分比",
    "% of households": "占户数的百分比",
    "persons": "人",
    "households": "户",
    "index": "指数",
    "money": "金额",
    "number": "数值",
    "All together": "全部",
    "overall": "总体",
    "village": "村",
    "villages": "村",
    "county": "县",
    "counties": "县",
    "(missing)": "（缺失）",
    "met": "达到",
    "not met": "未达到",
    "cannot tell yet": "尚不能判断",
    "below": "低于",
    "at most": "不超过",
    "above": "高于",
    "at least": "不低于",
    "no interval can be given": "无法给出区间",
    "one PSU in the domain: no standard error can be estimated": (
        "该地区只有一个初级抽样单元：无法估计标准误"
    ),
    "no household of the kind the measure averages over": "没有该指标所统计的住户",
}


def both(en: str, zh: str) -> Text:
    """A text in the two languages of this room."""
    return {"en": en, "zh": zh}


def known(en: str, translations: Mapping[str, str] | None = None) -> Text:
    """A text of a run in every language that knows it: the reader's file first, then ours.

    Parameters
    ----------
    en : str
        As the run has it.
    translations : mapping of str to str, optional
        Chinese for such texts, from an explorer file.

    Examples
    --------
    >>> known("Poor persons, share"), known("Tirana")
    ({'en': 'Poor persons, share', 'zh': '贫困人口占比'}, 'Tirana')
    """
    zh = (translations or {}).get(en) or _CHINESE.get(en)
    return {"en": en, "zh": zh} if zh is not None and zh != en else en


def in_language(text: Text, language: str) -> str:
    """A text in one language; in English, then in any, where it is not known in that one.

    Examples
    --------
    >>> in_language({"en": "met", "zh": "达到"}, "zh"), in_language("Tirana", "zh")
    ('达到', 'Tirana')
    """
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def joined(pattern: Text, *parts: Text) -> Text:
    """A pattern with its places {0}, {1} filled, language by language.

    Examples
    --------
    >>> joined(both("{0}: {1}", "{0}：{1}"), known("met"), "3")
    {'en': 'met: 3', 'zh': '达到：3'}
    """
    return {
        language: in_language(pattern, language).format(*(in_language(p, language) for p in parts))
        for language in LANGUAGES
    }
