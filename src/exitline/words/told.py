"""Sentences that rooms below write in English into files and results, as messages.

They are told by their words (`exitline.words.recognising`), so that the rooms that write them
know nothing of readers. What is not listed here is read in English.
"""

from __future__ import annotations

from exitline.words.said import collected

NOTES = (
    collected("areas by {column} are not shown: they name households or persons"),
    collected("the numbers of households by outcome are suppressed: one of them is below {n}"),
    collected("{n} area of one household is not shown"),
    collected("{n} areas of one household are not shown"),
    collected("{n} area is suppressed: counts below {m}, and what would give them away"),
    collected("{n} areas are suppressed: counts below {m}, and what would give them away"),
    collected("figures speak of the part where {what}"),
    collected("{n} domains: {reason}"),
    collected("{n} households left out: {reason}"),
    collected("one PSU in each stratum of the domain: no degrees of freedom for an interval"),
    collected("all values are equal: no density, and no standard error"),
    collected("no relative change from a figure that is zero, or to one of another sign"),
    collected("a limit of the interval lies beyond the values of the sample"),
    collected("suppressed: a small count would be given away"),
)
"""On estimates."""
DESIGN = (
    collected("a full count: no sampling error"),
    collected("strata with a single cluster: {what}"),
    collected("an error (none occurred)"),
    collected("removed from the variance"),
    collected("taken as certain"),
    collected("centred at the grand mean"),
    collected("given the average variance of the others"),
    collected("cluster ids start anew in each stratum"),
    collected("{n} replicate weights ({what})"),
    collected("replicate weights"),
    collected("Taylor linearisation"),
)
"""On designs and variances."""
FINDINGS = (
    collected("there are no rows"),
    collected("no weight is declared: every row counts once"),
    collected("name the weight, or say 'census: true' for a full count"),
    collected("{n} of {m} areas of '{what}' have one PSU alone: they get no standard error"),
    collected("report them within a larger area, or with small-area estimation"),
    collected("{n} stratum has one PSU alone: {what}"),
    collected("{n} strata have one PSU alone: {what}"),
    collected("their variance follows 'lonely: {what}'"),
    collected("{n} of {m} rows have zero welfare: measures with a logarithm leave them out"),
    collected("look whether zero stands for missing"),
    collected("see how income was computed"),
    collected("the figure of the line '{line}' was not read at its source"),
    collected("see `exitline standards`"),
    collected("the study is of {year}, the standard {what} holds from {first} to {last}"),
    collected("choose the standard of that time"),
    collected("add {column} to 'levels'"),
    collected("'{what}' lies outside the study's folder"),
    collected("copy it beside the study, so that the folder can be handed on as a whole"),
    collected("look whether they are institutions or slips of the keyboard"),
    collected("look whether weights are for households or for persons, and scaled to the country"),
    collected("complete the persons table"),
    collected("complete the key of the persons table"),
    collected("column {column}"),
    collected("columns {what}"),
)
"""Of the quality report."""
TABLES = (
    collected("Households, number"),
    collected("Persons, number"),
    collected("Households and persons, number"),
    collected("n: households"),
    collected("n: persons in the sample"),
    collected("n: households in the sample"),
    collected("Households, weighted estimates"),
    collected("Persons, weighted estimates"),
    collected("Households and persons, weighted estimates"),
    collected("Households in the sample, not weighted"),
    collected("Households, %"),
    collected("Persons, %"),
    collected(
        "Cells of 1 to {n} rows of data and the cells needed to protect them are suppressed: "
        "{m} of {most} cells. Linear programmes have checked that no small cell can be told "
        "within its protection interval."
    ),
    collected(
        "Every cell is rounded to a multiple of {n}; totals are the sums of the rounded cells. "
        "No cell is further than {m} from its count."
    ),
    collected(
        "Estimates from a sample carry sampling error, which this table does not show; "
        "`exitline estimate` gives intervals."
    ),
    collected("poor"),
    collected("not poor"),
)
"""Of tables for publication."""
RECORD = (
    collected("reading the study"),
    collected("checking the data"),
    collected("estimating"),
    collected("deciding"),
    collected("modelling small areas"),
    collected("protecting small counts"),
    collected("writing the report"),
    collected("inputs"),
    collected("versions"),
    collected("engine"),
    collected("seed"),
    collected("area class"),
    collected("median"),
    collected("mean"),
    collected("error"),
    collected("warning"),
    collected("note"),
)
"""Of a run's record."""
STANDARDS = (
    collected("Poverty lines"),
    collected("Deprivations"),
    collected("Cut-offs"),
    collected("Bands"),
    collected("Who is poor"),
    collected("When a household has exited"),
    collected("Cohorts"),
    collected("When a village has exited"),
    collected("When a county has exited"),
    collected("What the data must hold"),
    collected("Not verified"),
    collected("Household"),
    collected("deprived"),
    collected("not deprived"),
    collected("excluded"),
)
"""Headings of a standard in words, and units of its lines; its sentences stay its own."""
