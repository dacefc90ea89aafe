"""Files that were brought with a form, and what the form says of them until it is signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from django.core.signing import BadSignature, dumps, loads
from django.http import HttpRequest

from exitline.exits.register.store.papers.files import WAITS, BroughtFile, bring
from exitline.publish.web.register.acting import SignedIn


def brought(
    request: HttpRequest, person: SignedIn, kinds: Iterable[str], typed: dict[str, str]
) -> dict[str, BroughtFile]:
    """The files of a form by the kind of their paper; each is named in what was typed.

    Parameters
    ----------
    kinds : iterable of str
        Papers of the step.
    typed : dict
        Gets the digest as the reference of each paper that has a file.

    Raises
    ------
    StoreError
        For a file that will not do.
    """
    found = {}
    for kind in kinds:
        upload = request.FILES.get(f"file.{kind}")
        one = (
            kept_file(person.name, typed.get(f"kept.{kind}", ""))
            if upload is None
            else bring(person.store, str(upload.name), upload.chunks())
        )
        if one is not None:
            typed |= {f"paper.{kind}": "yes", f"reference.{kind}": one.digest}
            found[kind] = one
    return found


def kept_token(name: str, one: BroughtFile) -> str:
    """What a form carries of a file that its person brought."""
    return dumps(asdict(one), salt=f"paper {name}", compress=True)


def kept_file(name: str, token: str) -> BroughtFile | None:
    """The file of a token; None for one of another person, or too old."""
    try:
        return BroughtFile(**loads(token, salt=f"paper {name}", max_age=WAITS)) if token else None
    except (BadSignature, TypeError):
        return None
