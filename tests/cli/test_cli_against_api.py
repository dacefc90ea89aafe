"""A command's options are the keywords of the function it calls, but for what is listed here."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any, get_args

import click
import pytest

import exitline as xl
from exitline.cli import COMMANDS

READER = {"encoding", "delimiter", "decimal", "comment", "sheet", "missing", "text", "number"}
"""Options of `xl.open_source`: in a notebook they go with the data."""
DESIGN = {
    "weight", "size", "strata", "psu", "nest", "fpc", "lonely", "census", "replicates", "kind",
    "scale", "rscales", "rho", "mse", "df", "calibrated_to", "base_weight", "pps",
    "pps_estimator", "joint", "mean_square", "second_phase", "second_strata", "second_psu",
    "second_method", "responded", "response_classes", "response_levels", "response_numeric",
    "propensity",
}  # fmt: skip
"""Options that are one `xl.Design`."""
PRINTED = {
    "saved", "page", "as_json", "everything", "json_", "full", "top", "listed", "cv", "goodness",
    "language",
}  # fmt: skip
"""How a result is printed."""
FUNCTIONS: dict[str, tuple[Callable[..., Any], ...]] = {
    "calibrate": (xl.calibrate,),
    "change": (xl.change, xl.estimate),
    "claim": (xl.claim, xl.new_key),
    "draw": (xl.draw, xl.frame_digest, xl.check_draw),
    "grouped": (xl.grouped, xl.grouped_table),
    "nonresponse": (xl.adjust_nonresponse,),
    "plan": (xl.plan, xl.plan_counties),
    "replicates": (xl.replicate_weights,),
    "smallarea": (xl.small_areas,),
    "works": (xl.effect.difference_in_differences,),
    "target": (xl.target.fit, xl.target.evaluate, xl.target.study_scenario),
}
"""Commands that are more than one function, or one of another name."""
PART = {"story": "build", "works": "effect"}
"""Groups with one command that has a function."""
ANOTHER = {
    ("calibrate", "levels"): "totals={columns: {}}",
    ("calibrate", "numeric"): "totals={column: None}",
    ("calibrate", "out"): "found.write(out)",
    ("calibrate", "totals_out"): "found.write_totals(path)",
    ("change", "boundary"): "xl.PovertyLine(label, value, boundary)",
    ("change", "change_df"): "df=",
    ("change", "lines_after"): "line= of the second xl.estimate",
    ("change", "unit"): "a Design without size",
    ("change", "welfare_after"): "welfare= of the second xl.estimate",
    ("change", "where_after"): "where= of the second xl.estimate",
    ("claim", "encrypt"): "passphrase=",
    ("claim", "new_key"): "xl.new_key(path)",
    ("draw", "digest"): "xl.frame_digest",
    ("estimate", "boundary"): "xl.PovertyLine(label, value, boundary)",
    ("estimate", "unit"): "a Design without size",
    ("glm", "exponentiated"): "found.to_pandas(exponentiated=True)",
    ("glm", "terms"): "found.wald(term)",
    ("grouped", "fits"): "curves=",
    ("mpi", "dimensions"): "indicators=",
    ("mpi", "indicator"): "indicators=",
    ("mpi", "missing_indicator"): "missing=",
    ("mpi", "standard"): "indicators=",
    ("nonresponse", "levels"): "predictors={columns: {}}",
    ("nonresponse", "numeric"): "predictors={column: None}",
    ("nonresponse", "out"): "found.write(out)",
    ("replicates", "count"): "replicates=",
    ("replicates", "out"): "found.write(out)",
    ("story", "watching"): "call it again",
    ("schema", "keys"): "the keys in words: docs/study.md",
    ("smallarea", "out"): "figures.to_pandas()",
    ("tabulate", "share"): "found.to_pandas(share)",
    ("tabulate", "statistic"): "found.test(statistic)",
    ("works", "by"): "found.aggregate(by)",
    ("works", "bounds"): "series.honest(kind, bounds)",
    ("works", "honest"): "series.honest(kind)",
    ("works", "longest"): "found.aggregate('event', longest=)",
    ("works", "shares"): "found.aggregate('event', shares=)",
    ("works", "matters"): "series.needed(effect)",
    ("target", "source"): "data, or a study's path",
    ("target", "fitted"): "method=",
    ("target", "plot"): "found.plot(kind)",
    ("target", "card"): "test.card(points)",
    ("target", "rules"): "xl.target.load_rule(path)",
}
"""Options that a function says in another way, and how."""
CALLS_ALONE = {
    "calibrate": {"regression"},
    "change": {"deff", "year"},
    "claim": {"passphrase", "path"},
    "draw": {"keep"},
    "estimate": {"year"},
    "grouped": {"source"},
    "nonresponse": {"predictors"},
    "serve": {"ready"},
    "target": {"poorest", "seed", "study", "ties", "unit"},
}
"""Keywords that no command has: arguments that are no text, or that a study says."""
HOW = {"say", "reading", "engine", "design", "data"}
GROUPS = {
    "lifecycle": {"state": ("states", "standing"), "overdue": ("overdue", "duties"),
                  "procedure": ("procedure", "procedures")},
    "register": {"init": ("make",), "import": ("bring_in",), "undo": ("take_back",),
                 "export": ("export_county",), "password": ("set_password",),
                 "draw": ("draw", "frame"), "households": ("write_households",),
                 "second-factor": ("second_factor",)},
}  # fmt: skip
"""Groups whose commands are functions of a module of that name on `xl`; those of other names."""
GROUPS_ELSEWHERE = {
    ("lifecycle", "overdue", "everything"): "xl.lifecycle.duties",
    ("register", "demo", "open_"): "xl.register.serve",
    ("register", "demo", "port"): "xl.register.serve",
    ("register", "serve", "host"): "a socket: listening=",
    ("register", "serve", "port"): "a socket: listening=",
    ("register", "serve", "https"): "secure=",
    ("register", "serve", "oidc"): "elsewhere=",
    ("register", "password", "person"): "name=",
    ("register", "watch", "dry_run"): "keep=",
    ("register", "draw", "dry_run"): "keep=",
    ("register", "draw", "digest"): "xl.register.frame_digest",
}
EVENT = {"household", "step", "on", "actor", "role", "documents", "evidence", "category", "reason"}
"""Options of one event: `event=` in a call."""
WITHOUT = set(GROUPS)


def _command(name: str) -> click.Command:
    """The command, or that of a group which the function is for."""
    found = importlib.import_module(COMMANDS[name][0]).command
    return found.commands[PART[name]] if name in PART else found


def _functions(name: str) -> tuple[Callable[..., Any], ...]:
    return FUNCTIONS.get(name) or (getattr(xl, name.replace("-", "_")),)


def _names(parameter: click.Parameter) -> set[str]:
    """What an option may be called in a call: by its long name, or where the list is kept."""
    return {str(parameter.name), *(o.lstrip("-").replace("-", "_") for o in parameter.opts)}


def _keywords(name: str) -> set[str]:
    return {k for function in _functions(name) for k in inspect.signature(function).parameters}


@pytest.mark.parametrize("name", [n for n in COMMANDS if n not in WITHOUT])
def test_every_option_is_a_keyword(name):
    command = _command(name)
    keywords = _keywords(name)
    elsewhere = READER | PRINTED | (DESIGN if "design" in keywords else set())
    lacking = [
        p.name
        for p in command.params
        if not _names(p) & keywords and p.name not in elsewhere and (name, p.name) not in ANOTHER
    ]
    assert lacking == []


@pytest.mark.parametrize("name", [n for n in COMMANDS if n not in WITHOUT])
def test_every_keyword_is_an_option(name):
    command = _command(name)
    options = {"language"} | {one for p in command.params for one in _names(p)}  # all have it
    alone = _keywords(name) - options - HOW - CALLS_ALONE.get(name, set())
    said = {how.removesuffix("=") for (which, _), how in ANOTHER.items() if which == name}
    assert alone - said == set()


@pytest.mark.parametrize("name", [n for n in COMMANDS if n not in WITHOUT])
def test_defaults_are_the_same(name):
    """A figure does not depend on whether it was asked for in a notebook or a terminal."""
    command = _command(name)
    for function in _functions(name):
        parameters = inspect.signature(function).parameters
        for option in command.params:
            key = next((k for k in _names(option) if k in parameters), None)
            if key is None or isinstance(option, click.Argument) or option.multiple:
                continue
            default = parameters[key].default
            given = option.get_default(click.Context(command))
            plain = isinstance(default, str | int | float) and default != ""
            if plain and given is not None and type(given) in (str, int, float, bool):
                assert given == default, (name, key)


@pytest.mark.parametrize("group", GROUPS)
def test_every_command_of_a_group_is_a_function(group):
    home = getattr(xl, group)
    for name, command in importlib.import_module(COMMANDS[group][0]).command.commands.items():
        functions = [getattr(home, one) for one in GROUPS[group].get(name, (name,))]
        keywords = {k for one in functions for k in inspect.signature(one).parameters}
        known = keywords | READER | PRINTED | (EVENT if "event" in keywords else set())
        lacking = [
            p.name for p in command.params
            if not _names(p) & known and (group, name, p.name) not in GROUPS_ELSEWHERE
        ]  # fmt: skip
        assert lacking == [], name


def test_the_lists_name_what_there_is():
    assert set(COMMANDS) >= WITHOUT
    for name, option in ANOTHER:
        command = _command(name)
        assert option in {p.name for p in command.params}


def test_kinds_of_replicates_are_those_that_can_be_made():
    from exitline.cli.replicates import KINDS
    from exitline.stats.infer.weighting.replicates import Kind

    assert get_args(Kind) == KINDS
