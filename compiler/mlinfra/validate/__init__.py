"""validate: every body of one target is judged, by its pydantic model or by the schema of Azure ML."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlinfra.bodies.codes import BAD_VALUE, UNKNOWN_KEY
from mlinfra.bodies.later import FOR_EACH, NOT_SUPPORTED
from mlinfra.bodies.mending import mended_body
from mlinfra.diagnostics import Diagnostic, Where, finding
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.diagnostics.suggest import closest_name
from mlinfra.graph import Entries, Entry
from mlinfra.graph.alterations import Alterations, Met
from mlinfra.header import Header, Target
from mlinfra.header.network import Network
from mlinfra.languages import HAS_A_SCHEMA, SECTIONS, WRITTEN, nested_in
from mlinfra.languages.language import Section
from mlinfra.overrides import EntryTree, Removal, TargetTree
from mlinfra.overrides.substitution import Expression, expressions
from mlinfra.repository.files import Files
from mlinfra.source.tree import UNKNOWN, Field, Path, Scalar, plain, scalars, value_at, with_value
from mlinfra.source.tree import Mapping as Tree
from mlinfra.validate.alterations import alterations_of, as_entries, omissions
from mlinfra.validate.azureml_bodies import BODY as BODY
from mlinfra.validate.azureml_bodies import explained as explained
from mlinfra.validate.azureml_bodies import judged_bodies
from mlinfra.validate.lent import as_lent, lender
from mlinfra.validate.membership import in_workspaces
from mlinfra.validate.settings import with_settings

CHILDREN_OF_A_WORKSPACE = frozenset(row.name for row in SECTIONS if "workspace" in row.additions)
_SECTION_NAMES = frozenset(row.name for row in WRITTEN)
NESTED = {row.nested_in[0]: (row.nested_in[1], row) for row in SECTIONS if row.nested_in}


@dataclass(frozen=True)
class Spec:
    """One target of the spec, every body judged."""

    header: Header
    target: Target
    files: Files
    network: Network
    network_is_whole: bool  # nothing of it was left out
    entries: Entries
    removed: Mapping[str, Removal]
    uncompiled: frozenset[str]  # addresses of what is left out, as a later release compiles it
    alterations: Alterations = dataclasses.field(default_factory=dict)
    met: Mapping[str, Met] = dataclasses.field(default_factory=dict)  # by address: what an alteration met

    def section(self, name: str) -> Sequence[Entry]:
        """The entries of a section, in order."""
        return self.entries.by_section.get(name, ())


def validate(tree: TargetTree) -> Outcome[Spec]:
    """The entries of one target, and all that is wrong with their bodies."""
    diagnostics: list[Diagnostic] = []
    network = _network(tree, diagnostics)
    network_is_whole = not diagnostics
    alterations, wrong = alterations_of(tree)
    diagnostics += wrong
    altered = as_entries(alterations)
    entries: dict[str, Entry] = {}
    for row in WRITTEN:
        read = _of_a_model if row.model else _of_a_schema
        for written in (*tree.sections.get(row.name, {}).values(), *altered.get(row.name, {}).values()):
            if FOR_EACH in written.body.fields:
                place = Where(written.body.fields[FOR_EACH].key, f"{row.name}.{written.name}")
                diagnostics.append(finding(NOT_SUPPORTED, f"{FOR_EACH} is not supported yet", place))
            else:
                if row.model and (made_in := lender(tree.header, tree.target, written.body)):
                    written = replace(written, body=as_lent(row, written.body, made_in))
                for entry in read(row, written, diagnostics):
                    entries[entry.address] = entry
    bodies, refused = judged_bodies(
        {address: entry for address, entry in entries.items() if entry.section in HAS_A_SCHEMA}
    )
    entries |= bodies
    diagnostics += at_most(refused)
    placed, strays = in_workspaces(
        {address: entry for address, entry in entries.items() if address not in alterations},
        CHILDREN_OF_A_WORKSPACE,
        tree.removed,
    )
    diagnostics += strays
    diagnostics = [_not_indented_too_far(found) for found in diagnostics]
    entries |= placed
    spec = Spec(
        tree.header,
        tree.target,
        tree.files,
        network,
        network_is_whole,
        Entries(entries),
        {**tree.removed, **omissions(alterations)},
        tree.uncompiled | set(_uncompiled(tree)),
        alterations,
    )
    return Outcome(spec, tuple(diagnostics))


def _uncompiled(tree: TargetTree) -> Iterator[str]:
    for row in WRITTEN:
        for name, written in tree.sections.get(row.name, {}).items():
            if row.compiled_to == "unsupported yet" or FOR_EACH in written.body.fields:
                yield f"{row.name}.{name}"


def _network(tree: TargetTree, diagnostics: list[Diagnostic]) -> Network:
    model = None
    if tree.network is not None:
        body = plain(tree.network)
        for path, text in _of_entries(tree.network):
            message = f'{path[0]} can\'t be made of what is known of an entry, as "{text.value}" is'
            diagnostics.append(finding(BAD_VALUE, message, Where(text.span, "network"), "write the value itself"))
            body = with_value(body, path, UNKNOWN)
        mended = mended_body(Network, tree.network, "network", body=body)
        model = mended.model
        diagnostics += mended.findings
    return (model or Network()).with_presets(tree.target.mode)


def _of_entries(network: Tree) -> Iterator[tuple[Path, Scalar]]:
    """The texts of the network with expressions about entries, which have no names before the network is known."""
    for path, scalar in scalars(network):
        if isinstance(scalar.value, str) and any(isinstance(part, Expression) for part in expressions(scalar.value)):
            yield path, scalar


def _of_a_model(kind: Section, written: EntryTree, diagnostics: list[Diagnostic]) -> Iterator[Entry]:
    address = f"{kind.name}.{written.name}"
    assert kind.model
    tree, contradictions = with_settings(kind, written.body, address)
    diagnostics += contradictions
    mended = mended_body(kind.model, tree, address, written.key, called_elsewhere=kind.called_elsewhere)
    model, body = mended.model, mended.body
    diagnostics += mended.findings
    yield Entry(
        address,
        kind.name,
        written.name,
        written.key,
        mended.tree,
        body,
        model,
        existing=body.get("existing") is True,
        others=mended.others,
        lacks_model=model is None,
    )
    for row in nested_in(kind.name):
        key = row.nested_in[1] if row.nested_in else ""
        below = mended.tree.fields.get(key)
        for name, field in below.value.fields.items() if below and isinstance(below.value, Tree) else ():
            inner = getattr(model, key).get(name) if model else None
            known = value_at(body, (key, name)) or {}
            below_address = f"{address}.{key}.{name}"
            yield Entry(
                below_address,
                row.name,
                name,
                field.key,
                _mapping(field),
                known,
                inner,
                parent=address,
                lacks_model=inner is None,
            )


def _of_a_schema(section: Section, written: EntryTree, diagnostics: list[Diagnostic]) -> Iterator[Entry]:
    address = f"{section.name}.{written.name}"
    if section.compiled_to == "unsupported yet":
        message = f"{section.name} is not supported yet"
        diagnostics.append(finding(NOT_SUPPORTED, message, Where(written.key, address)))
        return
    tree, contradictions = with_settings(section, written.body, address)
    diagnostics += contradictions
    whole = written if tree is written.body else replace(written, body=tree)
    yield _entry(section, address, written.name, whole, None)
    if section.name in NESTED:
        key, nested_section = NESTED[section.name]
        below = written.body.fields.get(key) or _misspelt(written.body, key)
        for name, field in below.value.fields.items() if below and isinstance(below.value, Tree) else ():
            inner = EntryTree(name, field.key, _mapping(field))
            inner_address = f"{address}.{key}.{name}"
            yield _entry(nested_section, inner_address, name, inner, address)


def _not_indented_too_far(found: Diagnostic) -> Diagnostic:
    """A finding about a key that entries of a section do not have, in one that is called as another section is."""
    section, _, entry = (found.address or "").partition(".")
    if entry not in _SECTION_NAMES or entry == section or found.code not in (UNKNOWN_KEY, BODY):
        return found
    return replace(found, help=f"{entry} is a section: where it is meant, indent it less, to stand at the top")


def _misspelt(body: Tree, key: str) -> Field | None:
    """What is taken for the entries below a body without such a key: the finding about the key is all that is said."""
    return next((field for name, field in body.fields.items() if closest_name(name, (key,))), None)


def _entry(section: Section, address: str, name: str, written: EntryTree, parent: str | None) -> Entry:
    holds = NESTED[section.name][0] if section.name in NESTED else None
    body: dict[str, Any] = {}
    given: dict[str, Any] = {}
    for key, field in written.body.fields.items():
        if key != holds:
            (given if key in section.additions else body)[key] = plain(field.value)
    if body.get("name") == name:
        del body["name"]
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
