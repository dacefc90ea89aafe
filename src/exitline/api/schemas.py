"""What may stand in the files that people write: JSON Schemas and tables of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.errors import unknown

if TYPE_CHECKING:
    from exitline.rules.yamlfile.declared import Record

KINDS = {
    "study": "a study file", "standard": "a rule file", "procedure": "a procedure file",
    "series": "a series file", "episode": "a file of an episode", "works": "a works file",
}  # fmt: skip
"""The files that have a schema, and what each is called."""


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file, by which editors complete and check keys.

    Parameters
    ----------
    kind : {"study", "standard", "procedure", "series", "episode", "works"}

    Returns
    -------
    dict
        In the dialect of 2020-12.

    Raises
    ------
    ExitlineError
        For another kind.

    Examples
    --------
    >>> found = schema("study")
    >>> found["required"], found["additionalProperties"]
    (['study', 'data'], False)
    """
    from exitline.rules.yamlfile.declared import json_schema

    return json_schema(_record(kind), f"{KINDS[kind]} of exitline")


def key_tables(kind: str) -> str:
    """The keys of a kind of file with their meanings, as tables in Markdown.

    Parameters
    ----------
    kind : {"study", "standard", "procedure", "series", "episode", "works"}

    Examples
    --------
    >>> key_tables("study").splitlines()[2:5]
    ['| key | meaning |', '| --- | --- |', '| `households` | the table of households. Required |']
    """
    from exitline.rules.yamlfile.declared import described

    tables = []
    for record, rows in described(_record(kind)).items():
        if rows:
            lines = [f"| `{key}` | {meaning} |" for key, meaning in rows]
            head = str(record.__doc__).splitlines()[0]
            tables.append("\n".join([head, "", "| key | meaning |", "| --- | --- |", *lines]))
    return "\n\n".join(tables) + "\n"


def _record(kind: str) -> type[Record]:
    """The record that a kind of file is declared by."""
    from exitline.exits.register.procedures.keys import ProcedureFile
    from exitline.exits.works.records.keys import WorksFile
    from exitline.publish.film.load import EpisodeFile, SeriesFile
    from exitline.rules.standard.keys import StandardFile
    from exitline.stats.data.studies.study_file import StudyFile

    records: dict[str, type[Record]] = {
        "study": StudyFile, "standard": StandardFile, "procedure": ProcedureFile,
        "series": SeriesFile, "episode": EpisodeFile, "works": WorksFile,
    }  # fmt: skip
    if kind not in records:
        raise unknown("schema", kind, KINDS)
    return records[kind]
