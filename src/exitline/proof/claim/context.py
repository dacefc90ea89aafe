"""What all claims of one run share: its data, rule file, study and software."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exitline.proof.claim.errors import ClaimError
from exitline.proof.claim.form import known
from exitline.proof.claim.record import Claim, InputDigest, RuleRef
from exitline.records import parse_json, read_json

MOST_VALUES = 10_000_000
"""Most values of a run's claims.json: some 700,000 claims."""
_SHARED = ("inputs", "software", "standard", "study")


@dataclass(frozen=True)
class Context:
    """Data, rule file, study and software of a run.

    Parameters
    ----------
    inputs : tuple of InputDigest
        The data files that the run read.
    software : str
        Name and version, such as "exitline 0.1.0".
    standard, study : RuleRef, optional
        The rule file and the study file.
    year : str
        The year of the study ("" where it does not say).
    people : str
        Whom measures of persons count: "persons" or, without a household size, "households".
    where : str
        The condition of the part of the population that estimates refer to ("" for all).

    Examples
    --------
    >>> Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0").software
    'exitline 0.1.0'
    """

    inputs: tuple[InputDigest, ...]
    software: str
    standard: RuleRef | None = None
    study: RuleRef | None = None
    year: str = ""
    people: str = ""
    where: str = ""

    @classmethod
    def of_provenance(cls, content: Mapping[str, Any], *, where: str = "") -> Context:
        """The context in the record that a run keeps in run.json.

        Parameters
        ----------
        content : mapping
            `software` is {name, version}; `inputs` a list of {name, sha256}; `standard`
            {name, digest} and `study` {title, digest}, each with version and text where
            the run knows them, or None; `about` has year and counted (persons or
            households). Other keys (timings, seed) are passed over.
        where : str
            The file, for messages.

        Raises
        ------
        ClaimError
            When a part is missing or of another form.

        Examples
        --------
        >>> Context.of_provenance({
        ...     "software": {"name": "exitline", "version": "0.1.0"},
        ...     "inputs": [{"name": "s.csv", "sha256": "e3" * 32}], "seed": None,
        ... }).software
        'exitline 0.1.0'
        """
        software, inputs = content.get("software"), content.get("inputs")
        if not isinstance(inputs, (list, tuple)) or not isinstance(software, Mapping):
            raise _unreadable(where, "no list of inputs, or no software")
        if not all(isinstance(one, Mapping) for one in inputs):
            raise _unreadable(where, "an input that is not an object")
        return cls(
            tuple(
                InputDigest(**known(InputDigest, _texts(one, "name", "sha256", "rows"), where))
                for one in inputs
            ),
            " ".join(_texts(software, "name", "version").values()),
            _rule(content.get("standard"), "name", where),
            _rule(content.get("study"), "title", where),
            **_about(content.get("about")),
        )

    @classmethod
    def of_run(cls, folder: str | Path) -> Context:
        """The context of a run's folder.

        Raises
        ------
        ClaimError
            When the folder contains no run.json, or one of another form.
        """
        path = Path(folder) / "run.json"
        content = read_json(
            path, what="the run's record", shape={}, error=ClaimError,
            remedy="check the path, or run the study again",
        )  # fmt: skip
        return cls.of_provenance(content, where=str(path))


def claims_document(claims: Sequence[Claim]) -> dict[str, Any]:
    """The content of a run's claims.json: what the claims share once, then each claim.

    Parameters
    ----------
    claims : sequence of Claim
        Claims of one run: all with the same inputs, software, standard and study.

    Returns
    -------
    dict
        JSON-ready: {"run": what is shared, "claims": [the rest of each]}.

    Raises
    ------
    ClaimError
        When they are of different runs.

    Examples
    --------
    >>> claims_document([])
    {'run': {}, 'claims': []}
    """
    contents = [claim.to_dict() for claim in claims]
    shared = [{n: c.pop(n) for n in _SHARED if n in c} for c in contents]
    if any(one != shared[0] for one in shared):
        raise ClaimError(
            "claims of different runs do not share a document",
            expected="the same inputs, software, standard and study",
            got="several",
            remedy="write one document a run",
        )
    return {"run": shared[0] if shared else {}, "claims": contents}


def read_claims_document(content: bytes, *, where: str = "") -> tuple[Claim, ...]:
    """The claims of a run's claims.json, which holds a :func:`claims_document`.

    Parameters
    ----------
    content : bytes
        JSON, however it is laid out.
    where : str
        The file, for messages.

    Raises
    ------
    ClaimError
        When it has another form.

    Examples
    --------
    >>> read_claims_document(b'{"run": {}, "claims": []}')
    ()
    """
    document = parse_json(
        content, what="claims.json", where=where, error=ClaimError,
        max_values=MOST_VALUES, remedy="run the study again",
    )  # fmt: skip
    if not is_claims_document(document):
        raise _unreadable(where, "JSON without run and claims")
    shared, claims = document["run"], document["claims"]
    if not isinstance(shared, dict) or not isinstance(claims, list):
        raise _unreadable(where, "run or claims of another form")
    if not all(isinstance(one, dict) for one in claims):
        raise _unreadable(where, "a claim that is not an object")
    return tuple(Claim.from_dict({**shared, **one}, where=where) for one in claims)


def is_claims_document(content: Any) -> bool:
    """Whether some JSON is meant as the claims of a run."""
    return isinstance(content, dict) and set(content) == {"run", "claims"}


def _about(content: Any) -> dict[str, str]:
    """The year of a run and whom it counts."""
    if not isinstance(content, Mapping):
        return {}
    year, people = content.get("year"), content.get("counted")
    where = content.get("where")
    return {
        "year": "" if year is None else str(year),
        "where": where if isinstance(where, str) else "",
        "people": people if people in ("persons", "households") else "",
    }


def _rule(content: Any, name: str, where: str) -> RuleRef | None:
    """The rule file or study file in a run's record."""
    if content is None:
        return None
    if not isinstance(content, Mapping):
        raise _unreadable(where, "a rule file or study that is not an object")
    texts = _texts(content, "version", "text")
    named = {"name": content.get(name), "sha256": content.get("digest")}
    return RuleRef(**known(RuleRef, {**_texts(named, "name", "sha256"), **texts}, where))


def _texts(content: Mapping[str, Any], *names: str) -> dict[str, str]:
    """The named parts that are text."""
    return {name: content[name] for name in names if isinstance(content.get(name), str)}


def _unreadable(where: str, got: str) -> ClaimError:
    return ClaimError(
        "the run's record cannot be read",
        where=where or None,
        expected="the file as exitline run wrote it",
        got=got,
        remedy="run the study again",
    )
