"""What can be wrong with a store or with a request to it, one class per remedy."""

from __future__ import annotations

from exitline.exits.register.errors import LifecycleError, UnknownHouseholdError


class StoreError(LifecycleError):
    """A database that cannot be used as it stands: not there, not a register, gone."""


class StoreGoneError(StoreError):
    """A database that does not answer, or gave up: the same can be sent again."""


class StaleVersionError(LifecycleError):
    """A change to a household that somebody else has changed since it was looked at.

    Attributes
    ----------
    changed : tuple of (version, what, by)
        What was changed since, oldest first.
    """

    changed: tuple[tuple[int, str, str], ...] = ()


class AuthorityError(LifecycleError):
    """A person who holds no role that may do this, there and on that day."""


class IdentifierTakenError(LifecycleError):
    """An identifier that a household of the register has already."""


class SecondHeadError(LifecycleError):
    """A second head of a household."""


class SentTwiceError(LifecycleError):
    """A form that was recorded when it was sent before."""


class LifeChangeError(LifecycleError):
    """A split, merge or move that cannot be."""


class GoneHouseholdError(UnknownHouseholdError):
    """A household that was merged, moved away or taken back; `got` says which."""
