"""The nouns of the register as tables. Their names are the words of docs and messages."""

from __future__ import annotations

from exitline.exits.register.store.models.audited import (
    ChainRow,
    DailyHeadRow,
    KeptTextRow,
    SettingRow,
    ViewLogRow,
)
from exitline.exits.register.store.models.cards import (
    CardRow,
    HelperRow,
    IncomeLineRow,
    MeasureRow,
    SubmissionRow,
    VisitRow,
)
from exitline.exits.register.store.models.households import (
    BatchRow,
    ChangeRow,
    HouseholdRow,
    IdentifierRow,
    MemberRow,
    TransferRow,
)
from exitline.exits.register.store.models.papers import (
    AskedVisitRow,
    DownloadRow,
    PaperRow,
    VisitListRow,
)
from exitline.exits.register.store.models.places import AreaRow, AssignmentRow, OfficeRow
from exitline.exits.register.store.models.quality import FindingRow, PairRow
from exitline.exits.register.store.models.steps import (
    CaseRow,
    DocumentRow,
    DutyRow,
    NoticeRow,
    ObjectionRow,
    StandingRow,
    StepRow,
)
from exitline.exits.register.store.models.work import JobRow
from exitline.exits.register.store.models.works import (
    AssetRow,
    AssetStepRow,
    InspectionRow,
    ServiceRow,
    WorkPartRow,
    WorkPlaceRow,
    WorkRow,
    WorksTakenRow,
    WorkStepRow,
)

__all__ = [
    "AreaRow", "AskedVisitRow", "AssetRow", "AssetStepRow", "AssignmentRow", "BatchRow", "CardRow",
    "CaseRow",
    "ChainRow", "ChangeRow", "DailyHeadRow", "DocumentRow", "DownloadRow", "DutyRow", "FindingRow",
    "HelperRow", "HouseholdRow", "IdentifierRow", "IncomeLineRow", "InspectionRow", "JobRow",
    "KeptTextRow", "MeasureRow", "MemberRow", "NoticeRow", "ObjectionRow", "OfficeRow", "PairRow",
    "PaperRow", "ServiceRow", "SettingRow", "StandingRow", "StepRow", "SubmissionRow",
    "TransferRow", "ViewLogRow", "VisitListRow", "VisitRow", "WorkPartRow", "WorkPlaceRow",
    "WorkRow", "WorkStepRow", "WorksTakenRow",
]  # fmt: skip
