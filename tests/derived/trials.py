"""Every alteration of what an example derives, one at a time: each address left out, each field of each changed."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
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
TOGETHER = 12  # alterations that the judges see in one output
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


def grouped(some: Sequence[Trial]) -> list[list[Trial]]:
    """Those that may be judged in one output: no two of an address, no two names, and what is left out alone.

    What is left out takes away what others name, and one such could hide what is wrong with another.
    """
    groups: list[list[Trial]] = []
    for trial in some:
        fits = (group for group in groups if len(group) < TOGETHER and _is_apart(trial, group))
        if group := next(fits, None):
            group.append(trial)
        else:
            groups.append([trial])
    return groups


def _is_apart(trial: Trial, group: Sequence[Trial]) -> bool:
    is_named = "azure_name" in trial.says and any("azure_name" in other.says for other in group)
    is_alone = OMIT in (trial.says, group[0].says) or is_named
    return not is_alone and trial.address not in [other.address for other in group]


class Bench:
    """An example laid out on a disk, and compiled with what `derived` says."""

    def __init__(self, example: Example, root: Path) -> None:
        self.root, self.spec = root, root / example.spec
        for path, content in example.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        (root / ".git").mkdir(exist_ok=True)
        self._text = self.spec.read_text(encoding="utf-8")

    def compiled(self, *altered: Trial) -> Compiled:
        """Raises Problem where the spec itself is wrong."""
        said = f"\nderived: {json.dumps({trial.address: trial.says for trial in altered})}\n" if altered else ""
        self.spec.write_text(self._text + said, encoding="utf-8")
        return compile_spec(self.spec, self.root, {})

    def wrong(self, group: Sequence[Trial], judges: Judges) -> Iterator[tuple[Trial, list[Fault]]]:
        """What the judges find of each; nothing of one of which the compiler says why it can't be so.

        Each is compiled alone. The judges see all in one output where that holds the lines of each and no others.
        """
        each = [(trial, self._texts(trial)) for trial in group]
        alone, apart = [trial for trial, texts in each if texts], [texts for _, texts in each if texts]
        whole = self._texts(*alone) if len(alone) > 1 else {}
        is_sum = bool(whole) and self._added(whole) == sum(map(self._added, apart), Counter[str]())
        if is_sum and not self._judged(alone, judges):
            return
        yield from ((trial, faults) for trial in alone if (faults := self._judged([trial], judges)))

    def _texts(self, *altered: Trial) -> Mapping[str, str]:
        """The output by path; nothing where the compiler says why not."""
        compiled = self.compiled(*altered)
        return {} if why_not(compiled) else output(compiled.header, compiled.plans, self._place()).texts()

    def _place(self) -> Place:
        return Place(self.spec, self.root, self.root / "generated")

    def _added(self, texts: Mapping[str, str]) -> Counter[str]:
        """The lines that judges read and that are not there where nothing is altered, and those that are gone."""
        now, before = _lines(texts), self._before
        return Counter(
            {
                **{f"+{line}": count for line, count in (now - before).items()},
                **{f"-{line}": count for line, count in (before - now).items()},
            }
        )

    @cached_property
    def _before(self) -> Counter[str]:
        return _lines(self._texts())

    def _judged(self, altered: Sequence[Trial], judges: Judges) -> list[Fault]:
        compiled, place = self.compiled(*altered), self._place()
        shutil.rmtree(place.outdir, ignore_errors=True)
        for path, text in output(compiled.header, compiled.plans, place).texts().items():
            (place.outdir / path).parent.mkdir(parents=True, exist_ok=True)
            (place.outdir / path).write_text(text, encoding="utf-8")
        return list(judges.faults(place, compiled))


def _lines(texts: Mapping[str, str]) -> Counter[str]:
    judged = (path for path in texts if path.endswith((".bicep", ".bicepparam", ".yml")))
    return Counter(f"{path}: {line}" for path in judged for line in texts[path].splitlines())


def why_not(compiled: Compiled) -> list[str]:
    """The errors of all targets, each once."""
    found = (item for items in compiled.diagnostics.values() for item in items if item.code.severity == "error")
    return list(dict.fromkeys(f"{item.code.id} {item.message}" for item in found))
