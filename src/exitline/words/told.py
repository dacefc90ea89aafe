"""Sentences that rooms below write in English into files and results, as messages.

They are told by their words (`exitline.words.recognising`), so that the rooms that write them
know nothing of readers. What is not listed here is read in English.
"""

from __future__ import annotations

from exitline.words.said import collected

NOTES = (
    collected("suppressed: a small count would be given away"),
    collected("a full count: no sampling error"),
    collected("full count"),
    collected("out"),
    collected("replicate weights"),
    collected("Taylor linearisation"),
    collected("columns {what}"),
)
"""Of reasons and designs."""
TABLES = (
    collected("Households"),
    collected("Persons"),
    collected("Households and persons"),
    collected("n: persons in the sample"),
    collected("n: households in the sample"),
    collected("Households, %"),
    collected("Persons, %"),
    collected("poor"),
    collected("not poor"),
)
"""Of tables for publication."""
ERRORS = (
    collected("there is no {what} '{name}'"),
    collected("one of {names}"),
    collected("a declared {what}"),
    collected("write {what}"),
    collected("did you mean {what}?"),
    collected("choose one of these"),
    collected("check the spelling; upper and lower case count"),
    collected("there is no such file"),
    collected("the file cannot be read"),
    collected("a file"),
    collected("a data file"),
    collected("a YAML file"),
    collected("nothing under this name"),
    collected("check the path"),
    collected("the result cannot be written"),
    collected("a folder that exists, allows writing and has room"),
    collected("choose another folder with --out, or free it"),
    collected("a file to be written is named twice"),
    collected("each name once"),
    collected("name another file"),
)
"""What rooms below this one say that went wrong."""
SIGNALS = (
    collected("interrupted; nothing was left half-written"),
    collected("terminated; nothing was left half-written"),
)
"""Of the end of an interrupted command."""
MEASURES = (
    collected("index"),
    collected("money"),
    collected("share"),
    collected("everyone"),
    collected("the poor"),
    collected("all with welfare above zero"),
    collected("all with welfare of zero or above"),
    collected("all whose indicators are known"),
    collected("all whose answer is known"),
    collected("those who are not poor"),
    collected("those who receive"),
    collected("those who are chosen"),
    collected("those between the quantiles"),
    collected("welfare"),
    collected("a poverty line"),
    collected("take part"),
    collected("negative welfare is left out, and counted; zero takes part"),
    collected("welfare of zero and below is left out, and counted"),
    collected("welfare and a poverty line"),
    collected("lower"),
    collected("higher"),
)
"""Of what is known of a measure: its unit, of whom it speaks, what it needs, which welfare
takes part, what is better."""
RECORD = (
    collected("software"),
    collected("libraries"),
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
    collected("sample"),
    collected("Household"),
    collected("deprived"),
    collected("not deprived"),
    collected("excluded"),
    collected("Of all unregistered people of the sampled villages"),
    collected("A rate above the threshold fails"),
    collected("1 %, as one page says"),
    collected("Of the unregistered people who were surveyed"),
    collected("consistent"),
    collected("not consistent"),
    collected("cannot tell"),
)
"""Units, states and readings of a standard, as its rule file has them; outcomes of relations."""
