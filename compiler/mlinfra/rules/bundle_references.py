"""What texts of bundles ask of Databricks, between double braces, that it does not know.

Sources: docs, "Dynamic value references", "Use a secret in a Spark configuration property or environment variable".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.diagnostics.suggest import closest_name, did_you_mean, is_slip
from mlinfra.graph import Entry
from mlinfra.languages.databricks.clusters import items, tasks
from mlinfra.languages.databricks.row import Row
from mlinfra.languages.databricks.sections.work import JOBS
from mlinfra.rules.bundle_values import Wrong, is_known
from mlinfra.schemas.values import texts
from mlinfra.source.tree import Path

_ASKED = re.compile(r"\{\{\s*(?P<way>[^{}]*?)\s*\}\}")
_SECRET = re.compile(r"secrets?[/.]", re.IGNORECASE)
_OF_A_SECRET = re.compile(r"secrets/[^/]+/[^/]+")
_WORD = r"(?:`(?P<quoted>[^`]+)`|(?P<plain>\w+))"
_NAMED = re.compile(rf"(?P<of>job\.parameters|tasks)\.{_WORD}(?:\.|\Z)")
_OF_A_JOB = ("id", "name", "run_id", "repair_count", "start_time", "parameters", "trigger")
_OF_THE_JOB = re.compile(r"job\.(?P<word>\w+)")
_SECRETS_HELP = "write {{secrets/<scope>/<key>}}"


def wrong_references(row: Row, entry: Entry) -> Iterator[Wrong]:
    for path, text in texts(entry.body, ()):
        for found in _ASKED.finditer(text) if "{{" in text else ():
            if _SECRET.match(found["way"]) and not _OF_A_SECRET.fullmatch(found["way"]):
                yield Wrong(path, f'"{found.group()}" is no secret that Databricks finds', _SECRETS_HELP)
            elif row is JOBS and "$" not in found["way"]:
                yield from _of_a_run(entry, path, found["way"])


def _of_a_run(job: Entry, path: Path, way: str) -> Iterator[Wrong]:
    """A value of a run: in a name space that it knows Databricks refuses what is not there.

    Who starts a run may give it parameters that the job does not have, so of these a slip alone is told.
    """
    if named := _NAMED.match(way):
        of = "parameters" if named["of"] == "job.parameters" else "tasks"
        declared = _declared(job, of)
        word = named["quoted"] or named["plain"]
        near = closest_name(word, declared)
        is_wrong = of == "tasks" or (near is not None and is_slip(word, near))
        if is_wrong and word not in declared and all(map(is_known, declared)):
            yield Wrong(path, f'{job.address} has no "{word}" in {of}', did_you_mean(word, declared) or f"declare {of}")
    elif (of_job := _OF_THE_JOB.match(way)) and (word := of_job["word"]) not in _OF_A_JOB:
        near = closest_name(word, _OF_A_JOB)
        if near and is_slip(word, near):
            yield Wrong(path, f'"job.{word}" is no value of a run', f"write job.{near}")


def _declared(job: Entry, of: str) -> list[str]:
    """The names of the parameters of a job, or of its tasks."""
    if of == "tasks":
        return [str(task.body.get("task_key")) for task in tasks(job)]
    return [str(each.get("name")) for _, each in items(job.body.get("parameters"))]
