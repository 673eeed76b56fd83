"""Stages that only some runs have: Azure Pipelines leaves the others out before it looks for what a run names.

A condition is too late: a service connection or an environment that is not there makes the whole file invalid, whether
its stage would run or not (https://github.com/dotnet/docker-tools/pull/1319). Source: docs, "Template expressions".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

ONLY_IF = "only if"  # the key of a stage whose value is the expression for which a run has it
_BEGINS, _ENDS = "${{ if ", " }}"


def inserted(pipeline: Mapping[str, Any]) -> dict[str, Any]:
    """The pipeline with its stages as the file writes them: those of one expression together."""
    stages: list[dict[str, Any]] = []
    for only_if, group in groupby(pipeline["stages"], lambda stage: stage.get(ONLY_IF)):
        each = [{key: value for key, value in stage.items() if key != ONLY_IF} for stage in group]
        stages += [{f"{_BEGINS}{only_if}{_ENDS}": each}] if only_if else each
    return {**pipeline, "stages": stages}


def stages_of(pipeline: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All stages of a file, each with the expression for which a run has it; empty: every run has it."""
    for stage in pipeline["stages"]:
        only_if = next((key for key in stage if key.startswith(_BEGINS)), "")
        for each in stage[only_if] if only_if else [stage]:
            yield only_if.removeprefix(_BEGINS).removesuffix(_ENDS), each
