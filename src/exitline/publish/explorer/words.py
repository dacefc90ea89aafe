"""The explorer's own sentences about a run: summary, method, protection, how to verify."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exitline.publish.explorer.model import Text, Verify
from exitline.publish.explorer.texts import both, joined

if TYPE_CHECKING:
    from exitline.publish.explorer.model import DecisionSet, Explorer
    from exitline.publish.explorer.runs import RunFolder
    from exitline.stats.data.keys import Joined


def summary_of(shown: Explorer) -> Text:
    """What is shown, in a sentence."""
    last = shown.years[-1]
    span = last if len(shown.years) < 2 else f"{shown.years[0]}–{last}"
    if not shown.series:
        return joined(both("Decisions by area, {0}.", "各地区的判定，{0}年。"), span)
    if not span:
        return joined(both("{0}, by area.", "各地区的{0}。"), shown.series[0].label)
    return joined(both("{0}, by area, {1}.", "{1}年各地区的{0}。"), shown.series[0].label, span)


_SHARES = {
    "logit": both("on the logit scale", "logit尺度"),
    "beta": both("by Korn and Graubard's beta limits", "Korn-Graubard beta界限"),
}


def method_of(runs: Sequence[RunFolder]) -> tuple[tuple[Text, Text], ...]:
    """How the figures came about, term by term."""
    last = runs[-1]
    rows = f"{max((int(row['n']) for row in last.estimates), default=0):,}"
    persons = last.about.get("unit", "household") == "person"
    if last.census:
        data = joined(
            both("A full count of {0} persons: there is no sampling error.",
                 "全数调查{0}人：没有抽样误差。") if persons else
            both("A full count of {0} households: there is no sampling error.",
                 "全数调查{0}户：没有抽样误差。"), rows,
        )  # fmt: skip
        return ((both("Data", "数据"), data), *_decided(last, census=True))
    level = f"{100 * last.estimates[0]['level']:g}" if last.estimates else "95"
    return (
        (
            both("Data", "数据"),
            joined(
                both("A sample of {0} persons.", "样本为{0}人。")
                if persons
                else both("A sample of {0} households.", "样本为{0}户。"),
                rows,
            ),
        ),
        (
            both("Intervals", "区间"),
            joined(
                both(
                    "{0} % confidence intervals from the sampling design (strata, clusters and "
                    "weights, by linearisation); for shares {2}. Each speaks for "
                    "one area: among many areas, about one in {1} misses.",
                    "按抽样设计（层、群与权数，线性化方法）计算的{0}%置信区间；比例用{2}。"
                    "每个区间只对一个地区而言：地区多时，约{1}个中有一个不含真值。",
                ),
                level,
                f"{100 / (100 - float(level)):.0f}",
                _SHARES[last.about.get("interval", "logit")],
            ),
        ),
        *_decided(last, census=False),
    )


def _decided(run: RunFolder, *, census: bool) -> tuple[tuple[Text, Text], ...]:
    """How decisions come about."""
    if not run.decisions:
        return ()
    text = (
        both(
            "Each share is compared exactly with its threshold. Where missing values could tip "
            "the comparison, one cannot tell yet.",
            "每项比例与门槛精确比较。缺失值可能改变结果时，尚不能判断。",
        )
        if census
        else both(
            "A criterion is met only where the one-sided confidence bound lies beyond the "
            "threshold, and not met only where the other bound does. Between the two, one "
            "cannot tell yet.",
            "单侧置信界越过门槛才算达到，另一侧置信界越过才算未达到；两者之间，尚不能判断。",
        )
    )
    return ((both("Decisions", "判定"), text),)


def unplaced(match: Joined, level: str) -> tuple[tuple[Text, Text], ...]:
    """Areas of a level without a place, where these are the most."""
    if not match.few:
        return ()
    said = both(
        "Only {0} of {1} areas of '{2}' are in the table of places; {3}.",
        "地点表中只有“{2}”{1}个地区中的{0}个；{3}。",
    )
    text = joined(said, f"{match.matched:,}", f"{match.left.keys:,}", level, match.forms)
    return ((both("Areas without a place", "没有位置的地区"), text),)


def left_out(decided: Sequence[DecisionSet]) -> tuple[tuple[Text, Text], ...]:
    """That a page carries only so many units of a level, where it does."""
    cut = [(len(d.areas), sum(d.counts[0])) for d in decided if sum(d.counts[0]) > len(d.areas)]
    if not cut:
        return ()
    text = joined(
        both(
            "{0} of {1} units of the lowest level are listed here, the undecided and those not met "
            "first; all of them are in decisions.parquet. Numbers count all.",
            "此处列出最低一级{1}个单位中的{0}个，尚不能判断和未达到的在前；全部见decisions.parquet。"
            "计数包括全部单位。",
        ),
        *(f"{n:,}" for n in cut[-1]),
    )
    return ((both("Units left out", "未列出的单位"), text),)


def disclosure_words(shown: Explorer, min_count: float) -> Text:
    """How small counts are protected, and how many figures that concerns."""
    if min_count <= 1:
        return both(
            "No figure is suppressed: whoever made this page switched suppression off.",
            "没有隐去任何数字：制作者关闭了对小数目的保护。",
        )
    return joined(
        both(
            "Figures that would give away a count of fewer than {0} households or persons are "
            "suppressed, and so many others that they cannot be worked out from totals: {1} "
            "figures here. Outcomes are shown all the same.",
            "凡会透露少于{0}户（人）的数字均不公布，另有若干数字一并隐去，以免由合计推出：此处共{1}个。"
            "判定结果照常显示。",
        ),
        f"{min_count:g}", f"{shown.suppressed:,}",
    )  # fmt: skip


def verify_of(runs: Sequence[RunFolder], recomputed: bool) -> Verify:
    """How a stranger recomputes the figures."""
    words = (
        both(
            "Every figure is that of a claim of the run. All of them were computed again from "
            "the data when this page was made. To do so yourself, take the data with these "
            "digests and run:",
            "每个数字都出自该次运行的一项声明；制作本页时已全部由数据重新计算。自行核对：取下列摘要的数据，运行：",
        )
        if recomputed
        else both(
            "Every figure is that of a claim of the run; they were not computed again from the "
            "data when this page was made. To do so, take the data with these digests and run:",
            "每个数字都出自该次运行的一项声明；制作本页时没有由数据重新计算。核对：取下列摘要的数据，运行：",
        )
    )
    commands = tuple(
        dict.fromkeys(str(run.record["verify"]) for run in runs if run.record["verify"])
    )
    digests = [
        (str(part["name"]), str(part["sha256"]))
        for run in runs for part in run.record["inputs"] if part.get("sha256")
    ]  # fmt: skip
    return Verify(words, commands, tuple(dict.fromkeys(digests)))
