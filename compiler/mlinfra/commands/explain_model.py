"""explain --model: a version of a model, by the models.json that its run has published."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from mlinfra.commands.echo import print_document
from mlinfra.commands.options import Settings
from mlinfra.commands.session import Request, compiled, failed_with, report
from mlinfra.commands.typed_file import typed_file
from mlinfra.diagnostics.formats.display import shown_path
from mlinfra.diagnostics.suggest import closest_name, listed, question
from mlinfra.explain import model
from mlinfra.explain.models_file import MAX_BYTES, ModelRecord, NotModels, read_models
from mlinfra.explain.places import texts_as_shown
from mlinfra.plan import Plan
from mlinfra.versions import is_from_job

_NAMED = re.compile(r"(?:azureml:)?(?P<name>[^:/@]{1,255}):(?P<version>[^:/@]{1,255})")
# As Azure ML writes the model of a deployment
_BY_ID = re.compile(
    r"(?:azureml:)?/subscriptions/.{1,1000}/models/(?P<name>[^/]{1,255})/versions/(?P<version>[^/]{1,255})"
)


@dataclass(frozen=True)
class Asked:
    """The version of a model as it was typed, and the file about it."""

    model: str
    file: str


def explain_model(settings: Settings, asked: Asked, target: str | None, form: str, variables: Mapping[str, str]) -> int:
    """Print what is known of the version; raises click.UsageError for what is not there or none."""
    parts = _NAMED.fullmatch(asked.model) or _BY_ID.fullmatch(asked.model)
    if parts is None:
        raise click.UsageError("--model takes NAME:VERSION, such as churn:7")
    records = _read(asked.file)
    request = Request.of(settings, variables, (target,) if target else ())
    outcome = compiled(request)
    if outcome.failed or outcome.compiled is None:
        report(outcome, form, settings)
        return failed_with(outcome)
    plans, here = outcome.compiled.plans, Path.cwd()
    name = model.named(parts["name"], plans)
    record = _record(asked.file, records, name, parts["version"])
    entry = model.model_entries(plans).get(name)
    if entry is None:
        raise click.UsageError(_not_in_the_spec(name, record, plans))
    if not is_from_job(entry):
        raise click.UsageError(
            f"{entry.address} has files of its own, and no run made it: mlinfra explain {entry.address}"
        )
    spec = request.spec.relative_to(request.root).as_posix()
    document = model.document(entry, record, plans, spec, here)
    print_document(document, model.text(document, texts_as_shown(outcome.texts, here)), form)
    return 0


def _read(file: str) -> dict[str, ModelRecord]:
    try:
        return read_models(typed_file(file, MAX_BYTES), shown_path(file, Path.cwd()))
    except NotModels as problem:
        raise click.UsageError(str(problem)) from None


def _record(file: str, records: Mapping[str, ModelRecord], name: str, version: str) -> ModelRecord:
    shown = shown_path(file, Path.cwd())
    if name not in records:
        others = f"it has {listed(sorted(records))}" if records else "it has none: that run has made no model"
        help = question(closest_name(name, records), others)
        raise click.UsageError(f'{shown} has no model "{name}"; {help}')
    record = records[name]
    if record.version != version:
        message = (
            f"{shown} is of version {record.version} of {name}, not of {version}: take the file of the run that made "
            f"{version}, which the tag mlinfra-build of that version names on Azure"
        )
        raise click.UsageError(message)
    return record


def _not_in_the_spec(name: str, record: ModelRecord, plans: tuple[Plan, ...]) -> str:
    then = f"it had it at commit {record.commit}" if record.commit else ""
    help = question(closest_name(name, model.model_entries(plans)), then)
    return "; ".join(filter(None, (f'the spec has no model "{name}"', help)))
