"""What may stand in the files that people write: JSON Schemas and tables of keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exitline.errors import unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from exitline.rules.yamlfile.declared import Record

KINDS = {
    "study": "a study file", "standard": "a rule file", "procedure": "a procedure file",
    "series": "a series file", "episode": "a file of an episode", "works": "a works file",
}  # fmt: skip
"""The files that have a schema, and what each is called."""


def schema(kind: str, language: str = "en") -> dict[str, Any]:
    """The JSON Schema of a kind of file, by which editors complete and check keys.

    Parameters
    ----------
    kind : {"study", "standard", "procedure", "series", "episode", "works"}
    language : {"en", "es", "fr", "zh"}
        Of titles and descriptions; keys are the same in all.

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
    >>> schema("study", "fr")["title"]
    'un fichier d’étude d’exitline'
    """
    from exitline.rules.yamlfile.declared import json_schema
    from exitline.words.catalogue import language as spoken

    found = json_schema(_record(kind), f"{KINDS[kind]} of exitline")
    title = spoken(language).key(found["title"])
    return {**_described(found, spoken(language).key), "title": title}


def _described(value: Any, put: Callable[[str], str]) -> Any:
    """A schema, or a part of it, with its descriptions as `put` has them."""
    if isinstance(value, list):
        return [_described(one, put) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: put(below) if key == "description" and isinstance(below, str)
        else _described(below, put)
        for key, below in value.items()
    }  # fmt: skip


def key_texts() -> tuple[str, ...]:
    """All that schemas and tables of keys say: the messages of `keys.po`.

    Examples
    --------
    >>> "One source." in key_texts(), "of the law, page or paper (required)" in key_texts()
    (True, True)
    """
    found: dict[str, None] = {}

    def put(message: str) -> str:
        return found.setdefault(" ".join(message.split())) or message

    for kind in KINDS:
        put(_described(schema(kind), put)["title"])
    return tuple(found)


def key_tables(kind: str, language: str = "en") -> str:
    """The keys of a kind of file with their meanings, as tables in Markdown.

    Parameters
    ----------
    kind : {"study", "standard", "procedure", "series", "episode", "works"}
    language : {"en", "es", "fr", "zh"}
        Of the meanings; keys are the same in all.

    Examples
    --------
    >>> key_tables("study").splitlines()[2:5]
    ['| key | meaning |', '| --- | --- |', '| `households` | the table of households. Required |']
    """
    from exitline.rules.yamlfile.declared import described
    from exitline.words.catalogue import language as spoken

    t, tables = spoken(language), []
    columns = (t("key"), t("meaning"))
    for record, rows in described(_record(kind)).items():
        if rows:
            lines = [f"| `{key}` | {t.key(meaning)} |" for key, meaning in rows]
            head = t.key(str(record.__doc__).partition("\n\n")[0])
            top = [head, "", "| {} | {} |".format(*columns), "| --- | --- |"]
            tables.append("\n".join([*top, *lines]))
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
