"""Which role a column probably plays, by its name: English, French, Spanish, Portuguese.

Names are cut into words (``pc_exp``, ``FactorExp``, ``hh-size``), accents are left out,
and each role has words that stand for it in survey files of national offices, of the
LSMS, the DHS (hv...) and the GMD.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from exitline.stats.data.proposing.programmes import (
    NO_WELFARE,
    OF_HOUSEHOLDS,
    WEAK,
    WELFARE,
    known,
    no_welfare,
    place,
)

CERTAIN, LIKELY, POSSIBLE = 3, 2, 1

_WHOLE = {
    "household": """hhid hid idhh hhkey household householdid idhousehold hhcode hhno idmenage
        menage idmen nummen hogar idhogar hogarid folio domicilio iddomicilio iddom hh
        interviewkey interviewid""",
    "weight": """weight weights wgt wt wta wtahh hhweight hhwgt hhwt hweight weighthh pweight
        popweight wgthh poids pond ponderation coef coefext coefpond hhwta factor factorexp
        facexp fexp fex fexc factorexpansion expansor peso pesos pesopes v1032 hv005""",
    "strata": """strata stratum strat strate estrato estratos stratid strataid hv022 hv023""",
    "psu": """psu psuid cluster clusterid clust clid hhcluster grappe numgrappe zd idzd upm upa
        conglome conglomerado ea eaid eacode enumerationarea segmento setor hv021 hv001""",
    "size": """hhsize size hhsz famsize householdsize capita npers taille taillemenage taillemen
        nbpers tamhog tamhogar totmiem totper npersonas nmiembros miembros tamanho tamdom
        numpes numpessoas members nmembers nmem hhmembers hv009 v2001""",
    "urban": """urban rural urbrur urbanrural ruralurban urb milieu area zona situacao residence
        reside sector hv025 estratosocio""",
    "region": """region regions reg province prov prefecture prefectu departement dept departamento
        dpto depto uf estado municipio district distrito state county comarca wilaya
        governorate geo1 geo2 geo3 admin1 admin2 admin3 adm1 adm2 adm3 hv024 subnatid1
        subnatid2 strate1 zone""",
    "village": "village villageid vid commune comunidad aldea localite localidad localidade",
    "county": "county countyid district distrito municipio woreda upazila tehsil arrondissement",
    "person": "idno pid personid indid memberid membre individu persona pessoa hvidx lineno line",
    "year": "year annee ano anio surveyyear hv007",
}
_WORDS = {
    "household": "hhid household menage hogar domicilio",
    "weight": "weight wgt wt poids pond peso fexp expansion expansor",
    "strata": "strata stratum strat strate estrato",
    "psu": "psu cluster grappe upm conglomerado",
    "size": "hhsize taille tamhog",
    "urban": "urban rural milieu",
    "region": "region province departement departamento estado municipio district prefecture",
    "village": "village",
    "county": "county",
    "person": "pid",
    "year": "year",
}
_WELFARE = re.compile(
    r"welfare|welf|consum|conso|cons(?!t|ent|ult|er|ider)|expend|exp(?!ans|t|er|la|os|ec|ir|lo|or)"
    r"|depens|gasto|despesa|incom(?!pl)|inc$|ingres|ipcf|(?<!p)reven|renda|rendim|ctotal"
)
_PER_PERSON = re.compile(r"^pc|pc$|percap|perpers|partete|pertete|aeq|equiv|^r(cons|exp|inc)")
_PARTS = re.compile(
    r"food|alim|dur|util|edu|health|sante|salud|saude|rent|loyer|share|ratio|index|dummy"
    r"|deflat|agric|farm|wage|busi|livestock|loan|saving|asset|remit|transf|scon|tax|debt|benef"
    r"|source|fuente|group|categ|class|bracket|level|type|change|growth|^sd$|^se$|^var$"
)


@dataclass(frozen=True)
class Match:
    """How well a column's name fits a role.

    Parameters
    ----------
    role : str
    column : str
    score : int
        3 certain, 2 likely, 1 possible; for welfare, more is better without a limit.
    """

    role: str
    column: str
    score: int


def words(name: str) -> tuple[str, ...]:
    """A column name as plain lower-case words.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> words("FactorExpansión"), words("hh_size"), words("HHWeight")
    (('factor', 'expansion'), ('hh', 'size'), ('hh', 'weight'))
    """
    bare = unicodedata.normalize("NFKD", name)
    bare = "".join(c for c in bare if not unicodedata.combining(c))
    bare = re.sub(r"([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])", r"\1\3 \2\4", bare)
    return tuple(w for w in re.split(r"[\W_]+", bare.lower()) if w)


def score(role: str, name: str) -> int:
    """How well a name fits a role: 3 certain, 2 likely, 1 possible, 0 not at all.

    Parameters
    ----------
    role : str
        "household", "weight", "strata", "psu", "size", "urban", "region", "village",
        "county", "person", "year" or "welfare".
    name : str

    Examples
    --------
    >>> score("weight", "factor_expansion"), score("psu", "v021_cluster"), score("size", "water")
    (3, 2, 0)
    """
    if role == "welfare":
        return welfare_score(name)
    if known(role, name):
        return POSSIBLE if name.lower() in WEAK else CERTAIN
    parts = words(name)
    if "".join(parts) in _WHOLE[role].split():
        return CERTAIN
    return LIKELY if set(parts) & set(_WORDS[role].split()) else 0


def welfare_score(name: str) -> int:
    """How well a name fits consumption or income of one person: 0 is not at all.

    It names an amount of money: a percentage ("literate_pc"), a score, a quintile or a
    logarithm is none. Per-person, equivalised and real amounts come before totals; parts of
    consumption (food, durables, rent ...) are left out.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> [welfare_score(n) for n in ("rcons", "pc_exp", "totcons", "tot_food", "ingreso_pc")]
    [5, 5, 2, 0, 5]
    """
    parts = words(name)
    joined = "".join(parts)
    if no_welfare(name, parts) is not None:
        return 0
    if name.lower() in WELFARE:
        return 6
    if name.lower() in OF_HOUSEHOLDS:
        return 2
    per_person = any(_PER_PERSON.search(word) for word in (*parts, joined))
    amount = any(_WELFARE.search(word) for word in (*parts, joined))
    if any(_PARTS.search(word) for word in (*parts, joined)) or not amount:
        return 0
    total = any(word.startswith("tot") for word in parts)
    return 3 * amount + 2 * per_person - (1 if total else 0)


def sounds_like_money(name: str) -> bool:
    """Whether a name refers to wealth, income or consumption at all, as a score or a share may.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> [sounds_like_money(name) for name in ("hv271", "pct_income", "county_index")]
    [True, True, False]
    """
    return name.lower() in NO_WELFARE or any(_WELFARE.search(word) for word in words(name))


def rank(role: str, names: tuple[str, ...]) -> tuple[Match, ...]:
    """The columns that fit a role, best first; equal ones as `place` or the file has them.

    Parameters
    ----------
    role : str
    names : tuple of str

    Examples
    --------
    >>> [m.column for m in rank("weight", ("hhid", "poids_men", "weight"))]
    ['weight', 'poids_men']
    """
    found = [Match(role, name, score(role, name)) for name in names]
    there = (m for m in found if m.score)
    return tuple(sorted(there, key=lambda m: (-m.score, place(role, m.column))))


def whose(name: str) -> str:
    """Whom an amount refers to, by its name.

    Parameters
    ----------
    name : str

    Returns
    -------
    str
        "person" (of one person, or equivalised), "household" (its total), "total" (of whom is
        not said) or "".

    Examples
    --------
    >>> whose("pc_exp"), whose("HY020"), whose("hh_income"), whose("totcons"), whose("income")
    ('person', 'household', 'household', 'total', '')
    """
    parts = words(name)
    joined = "".join(parts)
    if name.lower() in OF_HOUSEHOLDS:
        return "household"
    if name.lower() in WELFARE or any(_PER_PERSON.search(word) for word in (*parts, joined)):
        return "person"
    if set(parts) & {"hh", "household", "hogar", "menage"}:
        return "household"
    return "total" if any(word.startswith("tot") for word in parts) else ""
