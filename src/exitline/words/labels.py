"""Labels that come from below as data: of measures, units, outcomes, levels and areas.

Rooms below make them in English, where a measure or a status is declared; here they stand as
messages, so that every catalogue has them. `tests/words` fails where a measure's label is missing.
"""

from __future__ import annotations

from exitline.words.said import collected


def column_words(column: str) -> str:
    """A column's name as a heading, where nobody says what it means.

    Examples
    --------
    >>> column_words("area_type"), column_words("GEO1")
    ('Area type', 'GEO1')
    """
    said = " ".join(column.replace("_", " ").split()) or column
    return said[:1].upper() + said[1:]


def inside(text: str) -> str:
    """A title as it stands within a sentence.

    Examples
    --------
    >>> inside("Absolute poverty line"), inside("WHO line")
    ('absolute poverty line', 'WHO line')
    """
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


MEASURES = (
    collected("mean welfare"),
    collected("mean of {column}"),
    collected("total welfare"),
    collected("total of {column}"),
    collected("{column} per {by}"),
    collected("persons"),
    collected("households"),
    collected("{column}, share of persons"),
    collected("{column}, share of households"),
    collected("{column}, share of each value"),
    collected("{column} = {what}, share"),
    collected("correlation of {column} and {by}"),
    collected("poor persons, share"),
    collected("poor households, share"),
    collected("poor persons"),
    collected("poor households"),
    collected("poverty gap index"),
    collected("poverty severity index"),
    collected("FGT index, alpha = {n}"),
    collected("Watts index"),
    collected("average shortfall of the poor"),
    collected("total shortfall"),
    collected("Sen index"),
    collected("Sen-Shorrocks-Thon index"),
    collected("Takayama index"),
    collected("prosperity gap, standard {n}"),
    collected("richness index, beta = {n}"),
    collected("concave richness index, alpha = {n}"),
    collected("convex richness index, alpha = {n}"),
    collected("elasticity of FGT({n}) to growth"),
    collected("persons above the line, share"),
    collected("households above the line, share"),
    collected("mean log deviation"),
    collected("Theil index"),
    collected("generalised entropy, epsilon = {n}"),
    collected("Atkinson index, epsilon = {n}"),
    collected("J-divergence"),
    collected("Gini index"),
    collected("Gini index of {column}"),
    collected("concentration index of {column} by welfare"),
    collected("Kakwani index of {column}"),
    collected("Reynolds-Smolensky index to {column}"),
    collected("Kolm index, alpha = {n}"),
    collected("Renyi divergence, alpha = {n}"),
    collected("Bourguignon index of {columns}"),
    collected("Bourguignon-Chakravarty index of {columns}"),
    collected("Amato index"),
    collected("Amato index, from 0 to 1"),
    collected("Clark-Hemming-Ulph index, g = {n}"),
    collected("Zenga index"),
    collected("Zenga curve at {n}"),
    collected("Wolfson polarisation index"),
    collected("gap in {column} by {by}"),
    collected("median of {column} over that of all others"),
    collected("standard deviation of {column}"),
    collected("standard deviation of welfare"),
    collected("variance of {column}"),
    collected("variance of welfare"),
    collected("median welfare"),
    collected("at-risk-of-poverty threshold, {line}"),
    collected("{n} of the median"),
    collected("{n} of quantile {m}"),
    collected("share of welfare of the poorest {share}"),
    collected("share of welfare of the richest {share}"),
    collected("share of welfare from quantile {n} to {m}"),
    collected("share of the richest {share} over the poorest {most}"),
    collected("quintile share ratio (S80/S20)"),
    collected("Palma ratio"),
    collected("total welfare of the poorest {share}"),
    collected("total welfare above quantile {n}"),
    collected("at risk of poverty, share of persons below {line}"),
    collected("at risk of poverty, share of households below {line}"),
    collected("median welfare of those below {line}"),
    collected("gap of the median of those below {line}, share of it"),
    collected("multidimensionally poor persons, share"),
    collected("multidimensionally poor households, share"),
    collected("multidimensionally poor persons"),
    collected("intensity: mean score of poor persons"),
    collected("adjusted headcount ratio (M0) of persons"),
    collected("adjusted headcount ratio (M0) of households"),
    collected("intensity: mean score of poor households"),
    collected("persons deprived in {what}, share"),
    collected("households deprived in {what}, share"),
    collected("poor persons deprived in {what}, share"),
    collected("poor households deprived in {what}, share"),
    collected("each indicator"),
    collected("welfare at quantile {n}"),
    collected("reached, share of persons"),
    collected("reached, share of households"),
    collected("poor persons reached, share of the poor"),
    collected("poor households reached, share of the poor"),
    collected("others reached, share of those who are not poor"),
    collected("poor persons not reached, share of the poor"),
    collected("poor households not reached, share of the poor"),
    collected("not poor, share of those reached"),
    collected("coverage of the poor less that of others"),
    collected("poor, share of those reached"),
    collected("share of benefits from quantile {n} to {m}"),
    collected("reached, share of persons from quantile {n} to {m}"),
    collected("reached, share of households from quantile {n} to {m}"),
    collected("benefits, share of recipients' welfare from quantile {n} to {m}"),
    collected("average benefits of recipients from quantile {n} to {m}"),
    collected("recipients of {column} who also receive {by}, share"),
    collected("benefits of the poorest {share} over what a uniform transfer gives them"),
    collected("share of added places that goes to quantiles {n} to {m}"),
    collected("mean social weight of benefits, epsilon = {n}"),
    collected("area under the ROC curve"),
    collected("FGT({n}) after a transfer of {m}"),
    collected("FGT({n}) without a transfer of {m}"),
    collected("FGT({n}) left by a budget of {share} of the gap"),
    collected("{what} after a transfer of {n}"),
    collected("{what} without a transfer of {n}"),
    collected("{what} left by a budget of {share} of the gap"),
    collected("headcount"),
    collected("cost of a transfer of {n}"),
    collected("cost per unit of gap closed, transfer of {n}"),
    collected("contribution of {what} to M0"),
    collected("share of {what} in M0"),
    collected("{what}, at the cut-off {line}"),
)
"""Of measures, as `exitline.stats.measure.catalogue.counting` says them."""
UNITS = (
    collected("% of persons"),
    collected("% of households"),
    collected("index"),
    collected("money"),
    collected("number"),
)
WORDS = (
    collected("All together"),
    collected("overall"),
    collected("village"),
    collected("villages"),
    collected("county"),
    collected("counties"),
    collected("(missing)"),
    collected("met"),
    collected("not met"),
    collected("cannot tell yet"),
    collected("unknown"),
    collected("yes"),
    collected("no"),
    collected("one PSU in the domain: no standard error can be estimated"),
    collected("no household of the kind the measure averages over"),
)
"""Outcomes, levels, and why a figure is missing."""
HEADINGS = (
    collected("looked at"),
    collected("not known"),
    collected("actual"),
    collected("synthetic"),
    collected("gap"),
    collected("treated"),
    collected("donor"),
    collected("comparison"),
    collected("band"),
    collected("indicator"),
)
"""Over columns of results, by their names with spaces (`exitline.cli.shared.show.table`)."""
CELLS = (
    collected("asset"),
    collected("matched"),
    collected("all, as they are"),
    collected("True"),
    collected("False"),
    collected("uncensored"),
    collected("censored"),
    collected("contribution"),
    collected("contribution_share"),
    collected("Intercept"),
    collected("proxy means test"),
    collected("score card"),
)
"""Words of ours in cells."""
