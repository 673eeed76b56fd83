"""validate: every body of one target is judged, by its pydantic model or by the schema of Azure ML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mlinfra.bodies.validation import validate_body
from mlinfra.diagnostics import Code, Diagnostic, Where, finding
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import listed
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.header import Header, Target
from mlinfra.header.codes import NOT_SUPPORTED
from mlinfra.header.network import Network
from mlinfra.languages import HAS_A_SCHEMA, SECTIONS, WRITTEN, keys_of_nested
from mlinfra.languages.documents import document, judge, located
from mlinfra.languages.language import Section
from mlinfra.overrides import EntryTree, Removal, TargetTree
from mlinfra.repository.files import Files
from mlinfra.schemas.messages import BodyError
from mlinfra.source.tree import Field, plain
from mlinfra.source.tree import Mapping as Tree
from mlinfra.validate.membership import in_workspaces
from mlinfra.validate.vault_secrets import vault_secrets

BODY = Code(
    "MLI220",
    "error",
    "Azure ML entry that the Azure ML CLI does not take",
    "The body of an Azure ML section is the body that the Azure ML CLI takes; what the CLI refuses fails an hour later "
    "in a pipeline, and what its client silently ignores never happens",
    "Write the field as the message says; the names are those of the Azure ML CLI (v2) YAML reference",
    "https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview",
)
CHILDREN_OF_A_WORKSPACE = frozenset(row.name for row in SECTIONS if "workspace" in row.additions)
NESTED = {row.nested_in[0]: (row.nested_in[1], row) for row in SECTIONS if row.nested_in}


@dataclass(frozen=True)
class Spec:
    """One target of the spec, every body judged."""

    header: Header
    target: Target
    files: Files
    network: Network
    entries: Mapping[str, Entry]
    removed: Mapping[str, Removal]


def validate(tree: TargetTree) -> Outcome[Spec]:
    """The entries of one target, and all that is wrong with their bodies."""
    diagnostics: list[Diagnostic] = []
    network = _network(tree, diagnostics)
    entries: dict[str, Entry] = {}
    for row in WRITTEN:
        read = _of_a_model if row.model else _of_a_schema
        for written in tree.sections.get(row.name, {}).values():
            entries.update((entry.address, entry) for entry in read(row, written, diagnostics))
    diagnostics += at_most(_judged(entries.values()))
    entries, strays = in_workspaces(entries, CHILDREN_OF_A_WORKSPACE, tree.removed)
    diagnostics += strays
    return Outcome(Spec(tree.header, tree.target, tree.files, network, entries, tree.removed), tuple(diagnostics))


def _network(tree: TargetTree, diagnostics: list[Diagnostic]) -> Network:
    model = None
    if tree.network is not None:
        model, problems = validate_body(Network, tree.network, "network", "network")
        diagnostics += problems
    return (model or Network()).with_presets(tree.target.mode)


def _of_a_model(kind: Section, written: EntryTree, diagnostics: list[Diagnostic]) -> Iterator[Entry]:
    address = f"{kind.name}.{written.name}"
    assert kind.model
    model, problems = validate_body(kind.model, written.body, kind.name, address, written.key)
    diagnostics += problems
    body = plain(written.body)
    yield Entry(
        address,
        kind.name,
        written.name,
        written.key,
        written.body,
        body,
        model,
        existing=body.get("existing") is True,
    )
    for key in keys_of_nested(kind.name):
        below = written.body.fields.get(key)
        for name, field in below.value.fields.items() if below and isinstance(below.value, Tree) else ():
            inner = getattr(model, key).get(name) if model else None
            tree = _mapping(field)
            yield Entry(f"{address}.{key}.{name}", key, name, field.key, tree, plain(tree), inner, parent=address)


def _of_a_schema(section: Section, written: EntryTree, diagnostics: list[Diagnostic]) -> Iterator[Entry]:
    address = f"{section.name}.{written.name}"
    if section.compiled_to == "unsupported yet":
        message = f"{section.name} is not supported yet"
        diagnostics.append(finding(NOT_SUPPORTED, message, Where(written.key, address)))
        return
    yield _entry(section, address, written.name, written, None)
    if section.name in NESTED:
        key, nested_section = NESTED[section.name]
        below = written.body.fields.get(key)
        for name, field in below.value.fields.items() if below and isinstance(below.value, Tree) else ():
            inner = EntryTree(name, field.key, _mapping(field))
            inner_address = f"{address}.{key}.{name}"
            yield _entry(nested_section, inner_address, name, inner, address)


def _entry(section: Section, address: str, name: str, written: EntryTree, parent: str | None) -> Entry:
    holds = NESTED[section.name][0] if section.name in NESTED else None
    whole = {key: plain(field.value) for key, field in written.body.fields.items() if key != holds}
    body = {key: value for key, value in whole.items() if key not in section.additions}
    if body.get("name") == name:
        del body["name"]
    given = {key: value for key, value in whole.items() if key in section.additions}
    return Entry(
        address,
        section.name,
        name,
        written.key,
        written.body,
        body,
        additions=given,
        parent=parent,
        existing=given.get("existing") is True,
    )


def _mapping(field: Field) -> Tree:
    """The body of a nested entry; nothing after the colon is an empty one."""
    return field.value if isinstance(field.value, Tree) else Tree({}, field.value.span)


def _judged(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    judged = {entry.address: entry for entry in entries if entry.section in HAS_A_SCHEMA}
    refused = {(address, path): found for address, entry in judged.items() for path, found in vault_secrets(entry)}
    yield from refused.values()
    for entry in judged.values():
        yield from _schema_of_others(entry)
    for error in judge(document(judged.values())):
        address, path = located(error.path)
        if not any((address, path[:depth]) in refused for depth in range(len(path) + 1)):
            yield explained(error, judged[address], path)


def _schema_of_others(entry: Entry) -> Iterator[Diagnostic]:
    """A `$schema` that is another section's; one that no section has may be a name that Azure ML gave anew."""
    written = str(entry.body.get("$schema"))
    name = written.rpartition("/")[2].removesuffix(".schema.json")
    sections = [row.name for row in SECTIONS if name in row.schemas.values()]
    if sections and entry.section not in sections:
        help = "move the body there, or leave $schema out"
        yield finding(
            BODY, f"$schema is that of {listed(sections)}, not of {entry.section}", at(entry, ("$schema",)), help
        )


def explained(error: BodyError, entry: Entry, path: tuple[str | int, ...]) -> Diagnostic:
    """What the schema says of a body, under the line that is wrong."""
    if error.key is not None:
        return finding(BODY, error.message, at(entry, (*path, error.key), on_key=True), error.help)
    return finding(BODY, error.message, at(entry, path, on_key=error.keyword == "required"), error.help)
