"""What can be wrong with an event, a log or a procedure, one class per remedy."""

from __future__ import annotations

from exitline.errors import ExitlineError, RuleFileError


class ProcedureError(RuleFileError):
    """A procedure file that cannot be used as it stands."""


class LifecycleError(ExitlineError):
    """An event that cannot be recorded, or a log that cannot be used."""


class UnknownHouseholdError(LifecycleError):
    """An event for a household that no entry step has brought into the log."""


class IllegalTransitionError(LifecycleError):
    """A step that the procedure does not allow from where the household stands."""


class BackdatedError(LifecycleError):
    """An event dated before something that is already recorded, or after its recording."""


class IncompleteStepError(LifecycleError):
    """A step without the document, role, waiting time or reason that it needs."""


class IndependenceError(LifecycleError):
    """A step taken by somebody who may not be the one to take it."""


class EvidenceError(LifecycleError):
    """Evidence that does not carry the decision asked of it."""


class LogDamagedError(LifecycleError):
    """A log whose content is not what was recorded."""


class SpellError(LifecycleError):
    """Spells that overlap, run backwards or contradict each other."""
