"""The names that large survey programmes give to their columns, and what is no welfare.

EU-SILC (Eurostat, doc. 065: DB.., RB.., HB.., HX..), DHS recode files (hv..., v...), LSMS, MICS
(HH1, HH2, hhweight), NHANES, SISBEN, KoboToolbox exports, and the data that come with R's
survey, convey and laeken. Matched as written, in upper or lower case.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from exitline.words.said import collected

_KNOWN = {
    "household": """db030 hb030 hx030 rx030 hhid hhserial case_id y4_hhid y5_hhid directorio
        nroficha num_ficha ficha _uuid _id _index""",
    "weight": """rb050 db090 hb090 pb040 hv005 v005 mv005 d005 wgt hh_wgt hhwgt hhweight hh_weight
        wt_hh hh_wt wmweight chweight wtmec2yr wtint2yr wtmec4yr wtint4yr pwgtp wgtp fex fex_c
        fexp pw finalwt svywt totwt weighta""",
    "person": "rb030 pb030 rx010 seqn hvidx hl1 ln indiv individ_id personid sporder _person_id",
    "size": "hx040 hv009 hsize hhsize hh_size hh48 hh11 indfmsiz dmdhhsiz npersona n_personas",
    "strata": "db050 hv022 v022 hv023 v023 sdmvstra stratum stype",
    "psu": """db060 db062 hv021 v021 sdmvpsu psu dnum hv001 v001 hh1 ea_id ea clust
        clusterid commune""",
    "urban": "hv025 v025 hh6 reside db100 clase",
    "region": "db040 hv024 v024 hh7 cod_mpio cod_dpto codmpio coddpto mpio dpto",
    "village": "",
    "county": "cod_mpio codmpio",
    "year": "db010 rb010 hb010 hx010 hv007 v007 hh5y",
}
KNOWN = {role: tuple(names.split()) for role, names in _KNOWN.items()}
WEAK = frozenset({"stype", "commune", "ea", "ln", "_id", "_index", "_uuid", "hh11", "pw"})
"""Known names that stand for something else as often: the values must agree."""

OF_PERSONS = frozenset(
    {
        "rb050",
        "pb040",
        "v005",
        "mv005",
        "wmweight",
        "chweight",
        "wtmec2yr",
        "wtint2yr",
        "wtmec4yr",
        "wtint4yr",
        "pwgtp",
    }
)
"""Weights of persons, not of their households."""
IN_MILLIONS = frozenset({"hv005", "v005", "mv005", "d005"})
"""DHS weights are written without their decimal point: six digits follow it."""
PERSONS = frozenset(
    {
        "rb030",
        "pb030",
        "rb080",
        "rb090",
        "seqn",
        "hvidx",
        "v003",
        "riagendr",
        "sporder",
        "pwgtp",
        "idd",
        "hl1",
    }
)
"""Columns that tables of persons alone have."""
PAIRS = (("hh1", "hh2"), ("hv001", "hv002"), ("v001", "v002"), ("cluster", "hhnum"))
"""Household keys in two columns: cluster, and number within it."""
MEMBERS = ("ln", "hl1", "hvidx", "v003", "pid", "indid", "line")
"""The number of a person within a household."""

WELFARE = frozenset({"hx090", "eqincome", "eqinc", "eq_income", "equivalised_income"})
"""Income or consumption of one person, or equivalised, by name."""
OF_HOUSEHOLDS = frozenset(
    {
        "hy020",
        "rexpagg",
        "expagg",
        "expm",
        "expmr",
        "nom_totexp",
        "hhinc",
        "hhincome",
        "hhexp",
        "hhcons",
        "hincome",
    }
)
"""Totals of the household, by name."""
EU_SILC = ("hy020", "hy025", "hx050")
"""Equivalised income is HY020 * HY025 / HX050 where HX090 is not there."""

_NO_WELFARE = (
    (collected("a wealth index score"), "hv271 v191 wscore wlthindf wi_score"),
    (collected("a wealth quintile"), "hv270 v190 windex5 windex10 wlthind5 hv270a v190a"),
    (collected("an income to poverty ratio"), "indfmpir povpip pir fpl"),
    (collected("a score"), "puntaje puntaje_sisben score_r pmt pmt_score ppi"),
    (collected("a flag of poverty"), "hx080 poor pobre pauvre"),
)
NO_WELFARE = {name: what for what, names in _NO_WELFARE for name in names.split()}
_FORMS = (
    (collected("a quintile or another group"), r"quint|decil|tercil|quartil|ventil"),
    (
        collected("a percentage or a share"),
        r"pct|percent|porcent|pourcent|perc(?!ap)|share|ratio|rate$|prop$",
    ),
    (collected("a score or an index"), r"score|puntaje|puntuac|index|indice"),
    (collected("a logarithm"), r"^log|^ln$|^l(inc|cons|exp|wel)"),
)


def known(role: str, name: str) -> bool:
    """Whether a survey programme calls a column of this role so.

    Parameters
    ----------
    role, name : str

    Examples
    --------
    >>> known("weight", "HV005"), known("psu", "SDMVPSU"), known("size", "age")
    (True, True, False)
    """
    return name.lower() in KNOWN.get(role, ())


def place(role: str, name: str) -> int:
    """The place of a known name among those of its role: the first are the better ones.

    Examples
    --------
    >>> place("psu", "hv021") < place("psu", "hv001") < place("psu", "my_psu")
    True
    """
    names = KNOWN.get(role, ())
    return names.index(name.lower()) if name.lower() in names else len(names)


def no_welfare(name: str, parts: Collection[str]) -> str | None:
    """What a column is that refers to wealth, income or consumption and is no amount of money.

    Parameters
    ----------
    name : str
    parts : collection of str
        Its words (`exitline.stats.data.proposing.recognise.words`).

    Examples
    --------
    >>> no_welfare("hv271", ["hv271"]), no_welfare("pct_income", ["pct", "income"])
    ('a wealth index score', 'a percentage or a share')
    >>> no_welfare("income", ["income"]) is None
    True
    """
    if name.lower() in NO_WELFARE:
        return NO_WELFARE[name.lower()]
    for what, form in _FORMS:
        if any(re.search(form, part) for part in parts):
            return what
    return None
