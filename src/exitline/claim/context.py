"""What all claims of one run share: its data, rule file, study and software."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exitline.claim.canonical import canonical
from exitline.claim.errors import ClaimError
from exitline.claim.form import known, plain
from exitline.claim.record import Claim, InputDigest, RuleRef

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

    Examples
    --------
    >>> Context((InputDigest("s.csv", sha256="e3" * 32),), "exitline 0.1.0").software
    'exitline 0.1.0'
    """

    inputs: tuple[InputDigest, ...]
    software: str
    standard: RuleRef | None = None
    study: RuleRef | None = None

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], *, where: str = "") -> Context:
        """The context in a run's run.json: its keys inputs, software, standard, study.

        Parameters
        ----------
        content : mapping
            `inputs` is a list of {name, sha256, rows?}; `software` is text; `standard`
            and `study` are {name, sha256, version?, text?} or absent. Other keys of
            run.json (timings, seed) are passed over.
        where : str
            The file, for messages.

        Raises
        ------
        ClaimError
            When a part is missing or of another form.
        """
        shared = {name: content[name] for name in _SHARED if content.get(name) is not None}
        made = known(cls, shared, where)
        if not isinstance(made["inputs"], (list, tuple)):
            raise _unreadable(where, "inputs that are not a list")
        made["inputs"] = tuple(
            InputDigest(**known(InputDigest, one, where)) for one in made["inputs"]
        )
        for name in ("standard", "study"):
            if name in made:
                made[name] = RuleRef(**known(RuleRef, made[name], where))
        return cls(**made)

    @classmethod
    def of_run(cls, folder: str | Path) -> Context:
        """The context of a run's folder.

        Raises
        ------
        ClaimError
            When the folder holds no run.json, or one of another form.
        """
        path = Path(folder) / "run.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except OSError as reason:
            raise ClaimError(
                "not a run's folder",
                where=str(path),
                expected="a folder that exitline run has written",
                got=reason.strerror or type(reason).__name__,
                remedy="check the path, or run the study first",
            ) from reason
        except (ValueError, RecursionError) as reason:
            raise _unreadable(str(path), "something that is not JSON") from reason
        if not isinstance(content, Mapping):
            raise _unreadable(str(path), "JSON that is not an object")
        return cls.from_dict(content, where=str(path))


def claims_document(claims: Sequence[Claim]) -> bytes:
    """The content of a run's claims.json: what the claims share once, then each claim.

    Parameters
    ----------
    claims : sequence of Claim
        Claims of one run: all with the same inputs, software, standard and study.

    Returns
    -------
    bytes
        Canonical JSON.

    Raises
    ------
    ClaimError
        When they are of different runs.

    Examples
    --------
    >>> claims_document([])
    b'{"claims":[],"run":{}}'
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
    return canonical({"run": shared[0] if shared else {}, "claims": contents})


def read_claims_document(content: bytes, *, where: str = "") -> tuple[Claim, ...]:
    """The claims of a claims.json that :func:`claims_document` wrote.

    Raises
    ------
    ClaimError
        When it has another form.

    Examples
    --------
    >>> read_claims_document(claims_document([]))
    ()
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as reason:
        raise _unreadable(where, "something that is not JSON") from reason
    if not isinstance(document, dict) or set(document) != {"run", "claims"}:
        raise _unreadable(where, "JSON without run and claims")
    shared, claims = document["run"], document["claims"]
    if not isinstance(shared, dict) or not isinstance(claims, list):
        raise _unreadable(where, "run or claims of another form")
    if not all(isinstance(one, dict) for one in claims):
        raise _unreadable(where, "a claim that is not an object")
    return tuple(Claim.from_dict({**shared, **one}, where=where) for one in claims)


def context_document(context: Context) -> dict[str, Any]:
    """A context as the keys that it takes in run.json.

    Examples
    --------
    >>> context_document(Context((InputDigest("s.csv", sha256="e3" * 32),), "x 1"))["software"]
    'x 1'
    """
    return plain(context)


def _unreadable(where: str, got: str) -> ClaimError:
    return ClaimError(
        "the run's record cannot be read",
        where=where or None,
        expected="the file as exitline run wrote it",
        got=got,
        remedy="run the study again",
    )
