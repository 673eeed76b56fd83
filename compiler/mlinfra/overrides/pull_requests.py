"""Jobs of pull requests: entries of `jobs` in the first target, each a job of that section with what differs in it.

They are judged, hashed and given rights like all others. What they are called tells them from those: an entry
`<job>-in-pull-requests` that somebody writes beside one is an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from mlinfra.diagnostics import Diagnostic, Span
from mlinfra.header import Header, Target
from mlinfra.header.places import mapping_at
from mlinfra.overrides.entries import Nested
from mlinfra.overrides.merging import Merging
from mlinfra.overrides.templates import Templates
from mlinfra.source import tree
from mlinfra.source.tree import Field

PLACE = ("pipelines", "pull_request", "jobs")
SECTION = "jobs"
_SUFFIX = "-in-pull-requests"
_NAMES = ("name", "azure_name")  # keys of a job that would be those of two


def called_in_pull_requests(job: str) -> str:
    """The entry that a job of pull requests is, by the entry whose body it changes."""
    return f"{job}{_SUFFIX}"


def jobs_of_pull_requests(header: Header, target: Target) -> dict[str, str]:
    """The entries that are jobs of pull requests in a target, by what they are called, with those that they change."""
    changes = mapping_at(header.written, PLACE)
    if changes is None or not header.targets or target.name != header.targets[0].name:
        return {}
    return {called_in_pull_requests(name): name for name in changes.fields}


def with_pull_requests(
    written: Mapping[str, Field], header: Header, target: Target, nested: Nested
) -> tuple[dict[str, Field], Iterator[Diagnostic]]:
    """The sections of a target with the jobs of pull requests among its jobs, and what is wrong with the changes.

    Rules say what names no job, and what somebody calls so himself.
    """
    merging = Merging(target.name, nested, {})
    section = written.get(SECTION)
    jobs = dict(section.value.fields) if section and isinstance(section.value, tree.Mapping) else {}
    changes = mapping_at(header.written, PLACE)
    for called, name in jobs_of_pull_requests(header, target).items():
        if section and changes and name in jobs and called not in section_names(section):
            change = changes.fields[name]
            jobs[called] = Field(change.key, _without_names(merging.entry(jobs[name], change, (SECTION, name)).value))
    if section is None or not isinstance(section.value, tree.Mapping):
        return dict(written), iter(())
    return {**written, SECTION: Field(section.key, section.value._replace(fields=jobs))}, merging.findings()


def with_made_for_pull_requests(templates: Templates, header: Header, target: Target) -> Templates:
    """The templates with the jobs of pull requests, which are made for the items of the jobs that they change."""
    made = {
        f"{SECTION}.{called}": templates.instances[address]._replace(name=called)
        for called, name in jobs_of_pull_requests(header, target).items()
        if (address := f"{SECTION}.{name}") in templates.instances
    }
    return replace(templates, instances={**templates.instances, **made}) if made else templates


def section_names(section: Field) -> Iterable[str]:
    return section.value.fields if isinstance(section.value, tree.Mapping) else ()


def without_echoes(findings: tuple[Diagnostic, ...]) -> tuple[Diagnostic, ...]:
    """The findings without those of a job of pull requests that are said of the very same place of the job itself."""
    said = {(found.code.id, found.span, found.address) for found in findings}
    return tuple(found for found in findings if not _is_echo(found, said))


def _is_echo(found: Diagnostic, said: set[tuple[str, Span, str | None]]) -> bool:
    address = found.address or ""
    if not (address.startswith(f"{SECTION}.") and address.endswith(_SUFFIX)):
        return False
    return (found.code.id, found.span, address.removesuffix(_SUFFIX)) in said


def _without_names(body: tree.Node) -> tree.Node:
    if not isinstance(body, tree.Mapping):
        return body
    return body._replace(fields={key: field for key, field in body.fields.items() if key not in _NAMES})
