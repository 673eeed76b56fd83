"""From the text of a spec to the resources of a target: the phases up to resolve, nothing implied and nothing derived.

A derived kind has no section: a case writes its bodies as if it had one, and they come into the graph as derived ones.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlinfra.bodies.mending import mended_body
from mlinfra.compile import VOCABULARY
from mlinfra.diagnostics import Diagnostic, has_errors
from mlinfra.formats.bicep import Commented, Exempt
from mlinfra.graph import Entry, Graph
from mlinfra.header import read_header
from mlinfra.header.targets import Mode
from mlinfra.languages import ROWS
from mlinfra.languages.platform import DERIVED_KINDS, KINDS
from mlinfra.languages.platform.kind import Kind
from mlinfra.languages.resource import (
    Location,
    Of,
    OncePrepared,
    Resource,
    RoleDefinition,
    Tags,
    TenantId,
    VersionOf,
)
from mlinfra.overrides import View, apply_target
from mlinfra.plan import layer_of
from mlinfra.repository.files import Files
from mlinfra.resolve import resolve
from mlinfra.source import Given, load, tree
from mlinfra.source.yaml_events import read_yaml
from mlinfra.validate import validate

HEADER = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: %s}}
include: [case.yaml]
"""
ALL_KINDS: dict[str, Kind[Any]] = {kind.name: kind for kind in (*KINDS, *DERIVED_KINDS)}
DERIVED = {kind.name: kind for kind in DERIVED_KINDS}


def parsed(text: str) -> tree.Mapping:
    root = read_yaml("/specs/churn/ml-platform.yaml", text).root
    assert root is not None
    return root


def graph_of(text: str, mode: Mode = "development") -> Graph:
    """The graph of a spec that is right: all but its header."""
    graph, diagnostics = judged(text, mode)
    assert not has_errors(diagnostics), diagnostics
    return graph


def judged(text: str, mode: Mode = "development") -> tuple[Graph, tuple[Diagnostic, ...]]:
    """The graph of a spec without its header (sections, derived ones too, `network:`…), and what is wrong with it.

    The header includes the text, so that lines are counted as the text has them. As in a compilation, references are
    not judged where bodies are wrong.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        spec = root / "ml-platform.yaml"
        spec.write_text(HEADER % mode, encoding="utf-8")
        (root / "case.yaml").write_text(text, encoding="utf-8")
        source = load(Given(spec, Files(root), VOCABULARY))
        written = source.value.tree.fields
        of_spec = {key: field for key, field in written.items() if key not in DERIVED}
        source = replace(source, value=replace(source.value, tree=source.value.tree._replace(fields=of_spec)))
        header = source.then(read_header)
        assert header.value is not None, header.findings
        view = View(source.value, header.value, header.value.targets[0])
        valid = apply_target(view).then(validate)
        graph = resolve(valid.value)
    derived, wrong = _derived({key: field for key, field in written.items() if key in DERIVED})
    of_graph = () if valid.failed else graph.findings
    return graph.value.with_entries(derived), (*header.findings, *valid.findings, *of_graph, *wrong)


def _derived(written: Mapping[str, tree.Field]) -> tuple[list[Entry], list[Diagnostic]]:
    """Entries of derived kinds, and what is wrong with their bodies."""
    entries: list[Entry] = []
    found: list[Diagnostic] = []
    for section, field in written.items():
        assert isinstance(field.value, tree.Mapping)
        for name, entry in field.value.fields.items():
            assert isinstance(entry.value, tree.Mapping)
            address = f"{section}.{name}"
            mended = mended_body(DERIVED[section].model, entry.value, address, entry.key)
            found += mended.findings
            because = "a test derives it"
            entries.append(Entry(address, section, name, entry.key, entry.value, {}, mended.model, because=because))
    return entries, found


def resources_of(graph: Graph, section: str) -> list[Resource]:
    """The resources of the entries of one section, those of nested entries among them."""
    return [resource for entry in graph.section(section) for resource in ROWS[entry.section].becomes(entry, graph)]


def printed(resources: list[Resource]) -> str:
    """The resources as JSON, for golden files: all that a resource says, without what it leaves at its default."""
    return json.dumps([_plain(resource) for resource in resources], indent=2, ensure_ascii=False) + "\n"


def _plain(resource: Resource) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "address": resource.address,
        "type": resource.type,
        "names": list(resource.names),
        "layer": layer_of(resource, {}),
        "parent": resource.parent,
        "scope": resource.scope,
        "name_parts": value(resource.name_parts),
        "depends_on": list(resource.depends_on),
        "owner": None if resource.owner == resource.address else resource.owner,
        "because": resource.because,
        "exceptions": [list(exception) for exception in resource.exceptions],
        "properties_written": resource.properties_written,
    }
    return {key: field for key, field in fields.items() if field} | {"body": value(resource.body)}


def value(node: Any) -> Any:
    """A value of a body as JSON has it; what becomes an expression stands in `<…>`."""
    match node:
        case VersionOf(address=address):
            return f"<version of {address}>"
        case OncePrepared():
            return {"<once prepared>": value(dict(node))}
        case Of(address=address, property=property):
            return f"<{address}.{property}>"
        case Location(region=region):
            return region or "<location>"
        case Tags(extra=extra):
            return {"<tags>": "", **extra} if extra else "<tags>"
        case RoleDefinition(role=role):
            return f"<role {role}>"
        case TenantId():
            return "<tenant>"
        case Exempt(value=inner, disabled=disabled):
            return f"{inner} <without {disabled.rule}>"
        case Commented(value=inner, comment=comment):
            return f"{inner} <{comment}>"
        case Mapping():
            return {key if isinstance(key, str) else value(key): value(below) for key, below in node.items()}
        case list() | tuple():
            return [value(item) for item in node]
        case _:
            return node
