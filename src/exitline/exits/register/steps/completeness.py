"""Whether a step has what it needs: role, documents, words."""

from __future__ import annotations

from exitline.errors import nearest
from exitline.exits.register.errors import (
    IncompleteStepError,
)
from exitline.exits.register.steps.request import StepRequest
from exitline.words.said import say


def role_may(request: StepRequest) -> None:
    """Refuse a role that the step does not name."""
    step, role = request.step, request.draft.role
    if role not in step.by:
        raise request.refused(
            IncompleteStepError,
            say("a role that may not take the step"),
            expected="one of " + ", ".join(step.by),
            got=repr(role),
            remedy=nearest(role, step.by) or say("let the role take it that the procedure names"),
        )


def documents_are_there(request: StepRequest) -> None:
    """Refuse missing or undeclared documents, and a notice that shows too much."""
    step, attached = request.step, request.draft.documents
    kinds = {document.kind for document in attached}
    unknown = sorted(kinds - set(request.procedure.documents))
    missing = [kind for kind in step.documents if kind not in kinds]
    if unknown or missing:
        raise request.refused(
            IncompleteStepError,
            say("the documents are not the ones the step needs"),
            expected=", ".join(step.documents) or say("no document"),
            got=", ".join(sorted(kinds)) or say("none"),
            remedy="; ".join(
                [f"attach '{kind}'" for kind in missing]
                + [
                    nearest(kind, request.procedure.documents) or f"'{kind}' is not declared"
                    for kind in unknown
                ]
            ),
        )
    for document in attached:
        never = request.procedure.documents[document.kind].never_shows
        shown = [name for name in document.shows if name.strip().casefold() in never]
        if never and (shown or not document.shows):
            raise request.refused(
                IncompleteStepError,
                f"the document '{document.kind}' shows what it may not, or does not say",
                expected="the fields it shows, without " + ", ".join(never),
                got=", ".join(shown) or say("no list of fields"),
                remedy=say("list the fields the document shows, and take these away"),
            )


def words_are_there(request: StepRequest) -> None:
    """Refuse a step without a person, a reason or a category where these are needed."""
    step, draft = request.step, request.draft
    if not draft.actor.strip():
        raise request.refused(
            IncompleteStepError,
            say("nobody is named as having taken the step"),
            expected=say("the id of a person"),
            got=say("nothing"),
            remedy=say("name who took the step"),
        )
    if step.reason and not draft.reason.strip():
        raise request.refused(
            IncompleteStepError,
            say("the step needs a reason in words"),
            expected=say("a reason"),
            got=say("nothing"),
            remedy=say("say why"),
        )
    state = request.procedure.states.get(step.to or "")
    known = state.categories if state is not None else ()
    same = step.to == request.history.standing().state and not draft.category
    if (known and not same and draft.category not in known) or (draft.category and not known):
        raise request.refused(
            IncompleteStepError,
            say("the category does not fit the state that the step leads to"),
            expected="one of " + ", ".join(known) if known else say("no category"),
            got=repr(draft.category),
            remedy=nearest(draft.category, known) or say("name the category"),
        )
