"""A targeting rule as a file: who comes before whom, in words that can be published.

```yaml
rule: Poor districts first, by the village's own ranking
eligible: "NOT owns_car"            # nobody else is chosen
first: "age_head >= 65"             # these come before all others
areas:                              # only areas that a poverty map calls poor
  column: geo2
  map: poverty-map.csv
  on: geo2
  value: headcount
  at_least: 0.3
rank: rooms - hhsize                # lowest first
within: ea                          # each village ranks its own, and fills its own share
quota: 0.3
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exitline.exits.target.errors import TargetError

if TYPE_CHECKING:
    from exitline.rules.yamlfile.tree import Tree

KEYS = ("rule", "eligible", "first", "areas", "rank", "within", "quota")
AREA_KEYS = ("column", "map", "on", "value", "at_least")


@dataclass(frozen=True)
class PovertyMap:
    """A poverty map: what it says of each area, and which are poor enough.

    Attributes
    ----------
    column : str
        Of the data: the area of a household.
    table : Path
        The map, one row for each area.
    on, value : str
        Its columns: the area, and its poverty.
    at_least : float, optional
        Areas below this are not served; without it the poorest area comes first.
    """

    column: str
    table: Path
    on: str
    value: str
    at_least: float | None = None


@dataclass(frozen=True)
class TargetingRule:
    """Who comes before whom.

    Attributes
    ----------
    title : str
    eligible, first : str, optional
        Conditions.
    areas : PovertyMap, optional
    rank : str, optional
        A column or an expression, lowest first; "score" is a score that is given beside the rule.
    within : str, optional
        The column whose values each rank their own.
    quota : float, optional
        Share of persons.
    """

    title: str
    eligible: str | None = None
    first: str | None = None
    areas: PovertyMap | None = None
    rank: str | None = None
    within: str | None = None
    quota: float | None = None

    @property
    def kind(self) -> str:
        """What such a rule is called."""
        parts = [
            name
            for name, there in (
                ("geographic", self.areas), ("categorical", self.first or self.eligible),
                ("community", self.within), ("by score", self.rank and not self.within),
            )
            if there
        ]  # fmt: skip
        return parts[0] if len(parts) == 1 else f"hybrid ({', '.join(parts)})"


def load_rule(path: str | Path) -> TargetingRule:
    """Read a targeting rule.

    Parameters
    ----------
    path : path
        A YAML file; docs/targeting.md explains its keys.

    Returns
    -------
    TargetingRule

    Raises
    ------
    TargetError
        For anything in the file that cannot be used, with file, line and key.
    """
    from exitline.rules.yamlfile.tree import read_file

    file = Path(path)
    found = read_file(file, TargetError).fields(KEYS, required=("rule",))
    if not {"eligible", "first", "areas", "rank"} & set(found):
        raise TargetError(
            "the rule says nothing of who comes first",
            where=str(file),
            expected="one of eligible, first, areas, rank",
            got="none of them",
            remedy="for instance rank: rooms - hhsize",
        )
    if "within" in found and "rank" not in found:
        raise TargetError(
            "nothing says how each area ranks its own",
            where=found["within"].where,
            expected="rank: beside within:",
            got="within: alone",
            remedy="name the column with the community's ranks, such as rank: village_rank",
        )
    texts = {k: found[k].text() for k in ("eligible", "first", "rank", "within") if k in found}
    return TargetingRule(
        found["rule"].text(), areas=_areas(found["areas"], file) if "areas" in found else None,
        quota=_share(found["quota"]) if "quota" in found else None, **texts,
    )  # fmt: skip


def _areas(tree: Tree, file: Path) -> PovertyMap:
    """The poverty map of a rule."""
    found = tree.fields(AREA_KEYS, required=("column", "map", "value"))
    column = found["column"].text()
    return PovertyMap(
        column, file.parent / found["map"].text(),
        found["on"].text() if "on" in found else column, found["value"].text(),
        found["at_least"].number() if "at_least" in found else None,
    )  # fmt: skip


def _share(tree: Tree) -> float:
    """A share of persons."""
    value = tree.number()
    if not 0 < value <= 1:
        raise TargetError(
            "a quota is a share of persons",
            where=tree.where,
            expected="a number above 0, up to 1",
            got=f"{value:g}",
            remedy="write 20 % as 0.2",
        )
    return value
