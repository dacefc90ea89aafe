"""An option given twice is a list or an error, in every command; never the last one silently."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pandas as pd
import pytest
from click.testing import CliRunner

import exitline as xl
from exitline.cli import COMMANDS, exitline


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it."""
    context = click.Context(exitline)
    waiting = [((name,), exitline.get_command(context, name)) for name in COMMANDS]
    while waiting:
        words, command = waiting.pop()
        assert command is not None
        yield words, command
        if isinstance(command, click.Group):
            waiting += [((*words, name), below) for name, below in command.commands.items()]


SINGLE = [
    (words, option)
    for words, command in _commands()
    for option in command.params
    if isinstance(option, click.Option) and not option.multiple and not option.count
    and not option.is_eager
]  # fmt: skip


def _value(option: click.Option) -> list[str]:
    if option.is_flag:
        return []
    if isinstance(option.type, click.Choice):
        return [str(option.type.choices[0])] * option.nargs
    return ["1"] * option.nargs


@pytest.mark.parametrize(
    ("words", "option"),
    SINGLE,
    ids=lambda x: x.name if isinstance(x, click.Option) else " ".join(x),
)
def test_given_twice_it_is_refused(words: tuple[str, ...], option: click.Option) -> None:
    given = [option.opts[0], *_value(option)] * 2
    result = CliRunner().invoke(exitline, [*words, *given])
    assert result.exit_code == 2, result.output
    assert f"{option.opts[0]} is given 2 times" in result.output


def test_there_are_many_of_them() -> None:
    assert len(SINGLE) > 250
    assert len({words for words, _ in SINGLE}) > 25


def test_stages_and_strata_are_lists(tmp_path) -> None:
    rows = range(64)
    homes = pd.DataFrame(
        {"a": [i // 32 for i in rows], "b": [i // 16 % 2 for i in rows],
         "ea": [i // 4 for i in rows], "hh": rows,
         "y": [1 + i * 7 % 13 for i in rows], "big": 40, "more": 20}
    )  # fmt: skip
    homes.to_csv(tmp_path / "homes.csv", index=False)
    design = ["--strata", "a", "--strata", "b", "--psu", "ea", "--psu", "hh", "--fpc", "big",
              "--fpc", "more"]  # fmt: skip
    asked = ["estimate", str(tmp_path / "homes.csv"), "--welfare", "y", "--line", "6", "--json"]
    done = CliRunner().invoke(exitline, [*asked, *design])
    assert done.exit_code == 0, done.output
    found = json.loads(done.output)[0]
    homes["ab"] = homes.a.astype(str) + homes.b.astype(str)
    one = xl.Design(strata="ab", psu=("ea", "hh"), fpc=("big", "more"))
    expected = xl.estimate(homes, "headcount", welfare="y", line=6, design=one).find()
    assert (found["se"], found["df"]) == (pytest.approx(expected.se, rel=1e-12), 12)
