"""Studies, readers, column roles, the sampling design, and checks of all of these.

`load_study` reads a study file, `TableRef.open` looks at its data, `bind` gives their
columns the names of their roles, `findings` says what is wrong with them.

May import `rules`; executes no query. Provides `Study`, `Design` and what reads them.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exitline.stats.data.binding import bind, bind_facts
    from exitline.stats.data.money import StudyLine, line_value, study_lines
    from exitline.stats.data.readers import open_file
    from exitline.stats.data.roles import bound_design
    from exitline.stats.data.sampling.design import Design
    from exitline.stats.data.scannable import Source
    from exitline.stats.data.source import open_source
    from exitline.stats.data.studies.loader import load_study, parse_study
    from exitline.stats.data.studies.study import Study

_HOME = {
    "Design": "sampling.design",
    "Source": "source",
    "Study": "studies.study",
    "StudyLine": "money",
    "bind": "binding",
    "bind_facts": "binding",
    "bound_design": "roles",
    "line_value": "money",
    "load_study": "studies.loader",
    "open_file": "readers",
    "open_source": "source",
    "parse_study": "studies.loader",
    "study_lines": "money",
}


def __getattr__(name: str) -> Any:
    """Load a name's module when the name is first used: importing the room stays cheap."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


__all__ = [
    "Design",
    "Source",
    "Study",
    "StudyLine",
    "bind",
    "bind_facts",
    "bound_design",
    "line_value",
    "load_study",
    "open_file",
    "open_source",
    "parse_study",
    "study_lines",
]
