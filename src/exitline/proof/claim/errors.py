"""What can be wrong with a claim, its signature or its ledger."""

from __future__ import annotations

from exitline.errors import ExitlineError


class ClaimError(ExitlineError):
    """A claim that cannot be made, or a claim file that cannot be read."""


class SignatureError(ExitlineError):
    """A signature that is missing, or that none of the given keys made."""


class LedgerError(ExitlineError):
    """A ledger that is not whole, or that cannot be added to."""


class RecomputeError(ExitlineError):
    """A figure that the data at hand do not allow to be computed again.

    Parameters
    ----------
    what : str
        One sentence: why the figure cannot be computed.
    missing : tuple of str
        What is missing, each named as a user would look for it: a column, a rule file,
        a data file, a domain.
    where, expected, got, remedy : str, optional
        As in :class:`exitline.errors.ExitlineError`.

    Examples
    --------
    >>> RecomputeError("a column is gone", missing=("column 'rcons'",)).missing
    ("column 'rcons'",)
    """

    def __init__(
        self,
        what: str,
        *,
        missing: tuple[str, ...] = (),
        where: str | None = None,
        expected: str | None = None,
        got: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.missing = missing
        super().__init__(what, where=where, expected=expected, got=got, remedy=remedy)
