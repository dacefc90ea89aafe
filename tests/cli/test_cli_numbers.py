"""Numbers of every option of every command: finite, ordinary, in range; nothing else is let in."""

from __future__ import annotations

import importlib
import math
from collections.abc import Iterator

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exitline.cli import COMMANDS, call
from exitline.cli.shared import numbers

NEVER = (
    "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e999", "-1e999", "1e308", "9" * 400,
    "9" * 5000, "", " ", "abc", "0x10", "1_000", "1,5", "٣", "１", "1e", "--", "1/0", "1e400000000",
)  # fmt: skip


def leaves(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for below, inner in command.commands.items():
            yield from leaves(f"{name} {below}", inner)
    else:
        yield name, command


OPTIONS = [
    (name, parameter)
    for top, (module, _) in COMMANDS.items()
    for name, command in leaves(top, importlib.import_module(module).command)
    for parameter in command.params
]
NUMERIC = [
    pytest.param(parameter, id=f"{name} {parameter.opts[0]}")
    for name, parameter in OPTIONS
    if isinstance(parameter.type, click.types.IntParamType | click.types.FloatParamType)
]


def test_every_numeric_option_has_its_type_from_one_place():
    assert len(NUMERIC) > 45
    for parameter in (case.values[0] for case in NUMERIC):
        assert isinstance(parameter.type, numbers.FiniteNumber | numbers.Whole), parameter


@pytest.mark.parametrize("parameter", NUMERIC)
def test_what_is_no_ordinary_number_is_refused(parameter):
    for text in NEVER:
        with pytest.raises(click.BadParameter) as refused:
            parameter.type.convert(text, parameter, None)
        assert len(str(refused.value)) < 200


@pytest.mark.parametrize("parameter", NUMERIC)
@given(text=st.one_of(st.text(), st.floats().map(repr), st.integers().map(str)))
def test_any_text_is_a_number_within_the_range_or_refused(parameter, text):
    try:
        found = parameter.type.convert(text, parameter, None)
    except click.BadParameter:
        return
    assert math.isfinite(found)
    assert parameter.type.min <= found <= parameter.type.max


@given(st.one_of(st.text(), st.text("0123456789./eE+-", max_size=12)))
def test_a_fraction_is_a_number_or_nothing(text):
    found = numbers.fraction(text)
    assert found is None or not math.isnan(found)


@pytest.mark.parametrize("bad", ["nan", "inf", "-5", "0", "1e308", "1e400000000"])
@pytest.mark.parametrize(
    "command",
    [
        ["estimate", "examples/albania-2012/lival.parquet", "--welfare", "rcons", "--line"],
        ["dynamics", "examples/pakistan-graduation/graduation.parquet", "--household", "id_hh",
         "--welfare", "ctotal_pcmonth_{wave}", "--waves", "bsl,end", "--line"],
        ["plan", "--curve"],
        ["dynamics", "examples/pakistan-graduation/graduation.parquet", "--household", "id_hh",
         "--welfare", "ctotal_pcmonth_{wave}", "--waves", "bsl,end", "--line", "60", "--times"],
    ],
)  # fmt: skip
def test_numbers_inside_other_texts_are_held_to_the_same(command, bad, capsys):
    status = call([*command, bad])
    said = capsys.readouterr().err
    assert status in (1, 2) or (command[-1] in ("--curve", "--times") and bad == "0"), said
    assert "Traceback" not in said
