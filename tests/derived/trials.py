"""Every alteration of what an example derives, one at a time: each address left out, each field of each changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from mlinfra.compile import Compiled, compile_spec
from mlinfra.emit.platform import Place
from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.languages.platform.identity.derived_role_assignments import SECTION as ROLES
from mlinfra.languages.platform.network.outbound_rules import SECTION as RULES
from mlinfra.languages.platform.observe.diagnostic_settings import DERIVED_DIAGNOSTIC_SETTINGS
from mlinfra.languages.platform.security.locks import DERIVED_LOCKS
from mlinfra.output.output import output
from tests.hunt.examples import Example
from tests.hunt.judge import Fault, Judges

OMIT = {"omit": True, "because": "we do it otherwise"}
# A value for each field of what no section holds.
FIELDS: Mapping[str, Mapping[str, Any]] = {
    DERIVED_LOCKS.name: {"azure_name": "our-own", "level": "read_only", "notes": "ours"},
    DERIVED_DIAGNOSTIC_SETTINGS.name: {
        "azure_name": "our-own",
        "log_analytics": "main",
        "storage_account": "main",
        "categories": ["audit"],
        "metrics": [],
        "table_type": "dedicated",
    },
    RULES: {"azure_name": "our-own", "spark": True, "fqdns": ["other.contoso.example"]},
    ROLES: {
        "role": "Reader",
        "condition": "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete'})))",
    },
}
OF_RESOURCES: Mapping[str, Any] = {"properties": {}}  # what stands in them, Bicep judges
OF_CLUSTERS: Mapping[str, Any] = {"max_instances": 2, "idle_time_before_scale_down": 600, "tier": "low_priority"}


class Trial(NamedTuple):
    address: str
    says: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.address} {self.says}"


def trials(compiled: Compiled) -> list[Trial]:
    """The alterations of a platform, sorted."""
    found: dict[str, Trial] = {}
    for plan in compiled.plans:
        for entry in plan.graph.entries.values():
            if entry.because:
                fields = FIELDS.get(entry.section) or dict(_fields(entry))
                found |= {str(trial): trial for trial in _of(entry.address, fields)}
        for planned in plan.resources:
            resource = planned.resource
            if resource.because and resource.address not in plan.graph.entries:
                found |= {str(trial): trial for trial in _of(resource.address, OF_RESOURCES)}
    return [trial for _, trial in sorted(found.items())]


def _of(address: str, fields: Mapping[str, Any]) -> Iterator[Trial]:
    yield Trial(address, OMIT)
    yield from (Trial(address, {name: value}) for name, value in fields.items())


def _fields(entry: Entry) -> Iterator[tuple[str, Any]]:
    """Other values for the fields of an entry's body: its name, what is switched, and what is chosen of a list."""
    rule = ROWS[entry.section].name_rule
    yield "azure_name", "ourown" if rule and rule.form == "squeezed" else "our-own"
    if entry.model is None:
        yield from OF_CLUSTERS.items() if entry.section == "compute_clusters" else ()
        return
    for name, field in type(entry.model).model_fields.items():
        value = getattr(entry.model, name)
        if isinstance(value, bool) and name != "existing":
            yield name, not value
        else:
            others = [choice for choice in _choices(field.annotation) if choice != value]
            yield from ((name, choice) for choice in others[:1])


def _choices(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        for inner in get_args(annotation):
            yield from _choices(inner)


class Bench:
    """An example laid out on a disk, and compiled with what `derived` says."""

    def __init__(self, example: Example, root: Path) -> None:
        self.root, self.spec = root, root / example.spec
        for path, content in example.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        (root / ".git").mkdir(exist_ok=True)
        self._text = self.spec.read_text(encoding="utf-8")

    def compiled(self, trial: Trial | None = None) -> Compiled:
        """Raises Problem where the spec itself is wrong."""
        said = f"\nderived: {json.dumps({trial.address: trial.says})}\n" if trial else ""
        self.spec.write_text(self._text + said, encoding="utf-8")
        return compile_spec(self.spec, self.root, {})

    def faults(self, trial: Trial, judges: Judges) -> list[Fault]:
        """What the judges find; nothing where the compiler says why it can't be so."""
        compiled = self.compiled(trial)
        if why_not(compiled):
            return []
        place = Place(self.spec, self.root, self.root / "generated")
        for path, text in output(compiled.header, compiled.plans, place).texts().items():
            (place.outdir / path).parent.mkdir(parents=True, exist_ok=True)
            (place.outdir / path).write_text(text, encoding="utf-8")
        return list(judges.faults(place, compiled))


def why_not(compiled: Compiled) -> list[str]:
    """The errors of all targets, each once."""
    found = (item for items in compiled.diagnostics.values() for item in items if item.code.severity == "error")
    return list(dict.fromkeys(f"{item.code.id} {item.message}" for item in found))
