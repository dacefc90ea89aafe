"""The numbers of the watch, read from dated rule files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from exitline.errors import RuleFileError


@dataclass(frozen=True)
class WatchRules:
    """What the watch compares with.

    Parameters
    ----------
    monitoring_multiple : float
        Households below this many times the line are near it; above 1.
    sudden_fall : float
        Share of welfare lost since the wave before from which a fall is sudden; in (0, 1).
    days : int
        Days from clue to decision.

    Raises
    ------
    RuleFileError
        For numbers out of range.

    Examples
    --------
    >>> WatchRules(1.5, 0.3, 15).days
    15
    """

    monitoring_multiple: float
    sudden_fall: float
    days: int

    def __post_init__(self) -> None:
        if not (self.monitoring_multiple > 1 and 0 < self.sudden_fall < 1 and self.days >= 0):
            raise RuleFileError(
                "the rules of the watch cannot be used",
                expected="a multiple of the line above 1, a fall between 0 and 1, days of 0 or "
                "more",
                got=f"{self.monitoring_multiple:g}, {self.sudden_fall:g}, {self.days}",
                remedy="a fall of 30 % is 0.3",
            )


@cache
def shipped_rules() -> WatchRules:
    """The rules that come with the software: see ``rules.yaml`` beside this module.

    Examples
    --------
    >>> shipped_rules().monitoring_multiple
    1.5
    """
    import yaml

    from exitline.exits.register import load_procedure

    path = Path(__file__).with_name("rules.yaml")
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    clock = raw["clue_to_decision"]
    days = load_procedure(clock["procedure"], rules=False).clocks[clock["clock"]].days
    return WatchRules(raw["monitoring_multiple"]["value"], raw["sudden_fall"]["value"], days)


def adjusted_rules(
    multiple: float | None = None, fall: float | None = None, days: int | None = None
) -> WatchRules:
    """The shipped rules with some numbers replaced.

    Parameters
    ----------
    multiple, fall, days : optional
        As in `WatchRules`; None keeps the shipped number.

    Returns
    -------
    WatchRules

    Examples
    --------
    >>> adjusted_rules(fall=0.5)
    WatchRules(monitoring_multiple=1.5, sudden_fall=0.5, days=15)
    """
    shipped = shipped_rules()
    return WatchRules(
        shipped.monitoring_multiple if multiple is None else multiple,
        shipped.sudden_fall if fall is None else fall,
        shipped.days if days is None else days,
    )
