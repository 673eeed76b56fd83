"""validate: every body of one target is judged, by its pydantic model or by the schema of Azure ML."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from mlinfra.bodies.body import Body
from mlinfra.bodies.codes import BAD_VALUE, UNKNOWN_KEY
from mlinfra.bodies.mending import mended_body
from mlinfra.diagnostics import Diagnostic, Where, finding
from mlinfra.diagnostics.merge import at_most
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.graph import Entries, Entry
from mlinfra.graph.alterations import Alterations, Met
from mlinfra.header import Header, Target
from mlinfra.header.network import CALLED_ELSEWHERE, Network
from mlinfra.header.security import PlatformKey, Security
from mlinfra.languages import HAS_A_SCHEMA, LANGUAGES, WRITTEN
from mlinfra.overrides import Removal, TargetTree
from mlinfra.overrides.merging import NETWORK, SECURITY
from mlinfra.overrides.substitution import Expression, expressions
from mlinfra.overrides.templates import Templates
from mlinfra.repository.files import Files
from mlinfra.source.tree import UNKNOWN, Path, Scalar, holds_unknown, plain, scalars, with_value
from mlinfra.source.tree import Mapping as Tree
from mlinfra.validate.alterations import alterations_of, as_entries, omissions
from mlinfra.validate.azureml_bodies import explained as explained
from mlinfra.validate.azureml_bodies import judged_bodies
from mlinfra.validate.forgotten import as_existing
from mlinfra.validate.lent import as_lent, lender, may_be_lent
from mlinfra.validate.membership import in_workspaces
from mlinfra.validate.reading import entries_of

B = TypeVar("B", bound=Body)
_OF_KEYS = (UNKNOWN_KEY, *(language.refused for language in LANGUAGES if language.refused))
_LISTS_KEYS = ("Defined: ", "fields: ", "did you mean ")  # begins a help that knows nothing better
_SECTION_NAMES = frozenset(row.name for row in WRITTEN)


@dataclass(frozen=True)
class Spec:
    """One target of the spec, every body judged."""

    header: Header
    target: Target
    files: Files
    network: Network
    other_networks: tuple[Network, ...]  # what else may be meant where a word of it is wrong
    network_is_whole: bool  # nothing of it was left out
    key: PlatformKey | None  # with which everything is encrypted that can be
    entries: Entries
    removed: Mapping[str, Removal]
    uncompiled: frozenset[str]  # addresses of what is left out, as a later release compiles it
    templates: Templates = dataclasses.field(default_factory=Templates)  # what entries were made for each item
    alterations: Alterations = dataclasses.field(default_factory=dict)
    met: Mapping[str, Met] = dataclasses.field(default_factory=dict)  # by address: what an alteration met
    lost: frozenset[str] = frozenset()  # addresses of what may be in the target: it is written, and can't be read

    def section(self, name: str) -> Sequence[Entry]:
        """The entries of a section, in order."""
        return self.entries.by_section.get(name, ())


def validate(tree: TargetTree) -> Outcome[Spec]:
    """The entries of one target, and all that is wrong with their bodies."""
    diagnostics: list[Diagnostic] = []
    said, unknown = _of_the_whole(Network, NETWORK, tree.network, diagnostics, CALLED_ELSEWHERE)
    network_is_whole = unknown is None
    network, *others = (each.with_presets(tree.target.mode) for each in said or (Network(),))
    key = _key(tree, diagnostics)
    alterations, wrong = alterations_of(tree)
    diagnostics += wrong
    altered = as_entries(alterations)
    entries: dict[str, Entry] = {}
    for row in WRITTEN:
        for written in (*tree.sections.get(row.name, {}).values(), *altered.get(row.name, {}).values()):
            if may_be_lent(row) and (made_in := lender(tree.header, tree.target, written.body)):
                written = replace(written, body=as_lent(row, written.body, made_in))
            body, forgotten = as_existing(row, written.body, f"{row.name}.{written.name}")
            written, diagnostics = replace(written, body=body), [*diagnostics, *forgotten]
            for entry in entries_of(row, written, diagnostics):
                entries[entry.address] = entry
    bodies, refused = judged_bodies(
        {address: entry for address, entry in entries.items() if entry.section in HAS_A_SCHEMA}
    )
    entries |= bodies
    diagnostics += at_most(refused)
    placed, strays = in_workspaces(
        {address: entry for address, entry in entries.items() if not {address, entry.parent} & alterations.keys()},
        tree.removed,
        tree.lost,
    )
    diagnostics += strays
    diagnostics = [_not_indented_too_far(found) for found in diagnostics]
    entries |= placed
    spec = Spec(
        tree.header,
        tree.target,
        tree.files,
        network,
        tuple(others),
        network_is_whole,
        key,
        Entries(entries),
        {**tree.removed, **omissions(alterations)},
        tree.uncompiled | set(_uncompiled(tree)),
        tree.templates,
        alterations,
        lost=tree.lost | {f"{NETWORK}.{key}" for key in unknown or ()},
    )
    return Outcome(spec, tuple(diagnostics))


def _uncompiled(tree: TargetTree) -> Iterator[str]:
    for row in WRITTEN:
        if row.compiled_to == "unsupported yet":
            yield from (f"{row.name}.{name}" for name in tree.sections.get(row.name, {}))


def _of_the_whole(
    model: type[B], name: str, written: Tree | None, diagnostics: list[Diagnostic], called: Mapping[str, str] = {}
) -> tuple[Sequence[B], frozenset[str] | None]:
    """What the target makes of a key of the header, with what else may be meant behind it, and the fields of which
    something is unknown; None where nothing of it was left out."""
    if written is None:
        return (), None
    before, body = len(diagnostics), plain(written)
    for path, text in _of_entries(written):
        message = f'{path[0]} can\'t be made of what is known of an entry, as "{text.value}" is'
        diagnostics.append(finding(BAD_VALUE, message, Where(text.span, name), "write the value itself"))
        body = with_value(body, path, UNKNOWN)
    mended = mended_body(model, written, name, body=body, called_elsewhere=called)
    diagnostics += mended.findings
    unknown = frozenset(field for field, value in mended.body.items() if holds_unknown(value))
    meant = () if mended.model is None else (mended.model, *mended.others)
    return meant, unknown if len(diagnostics) > before else None


def _key(tree: TargetTree, diagnostics: list[Diagnostic]) -> PlatformKey | None:
    """The key of the platform, of which all is known."""
    security, _ = _of_the_whole(Security, SECURITY, tree.security, diagnostics)
    is_known = tree.security is None or not any(_of_entries(tree.security))
    return security[0].customer_managed_key if security and is_known else None


def _of_entries(written: Tree) -> Iterator[tuple[Path, Scalar]]:
    """The texts with expressions about entries, which have no names before what is of the whole is known."""
    for path, scalar in scalars(written):
        if isinstance(scalar.value, str) and any(isinstance(part, Expression) for part in expressions(scalar.value)):
            yield path, scalar


def _not_indented_too_far(found: Diagnostic) -> Diagnostic:
    """A finding about a key that entries of a section do not have, in one that is called as another section is."""
    section, _, entry = (found.address or "").partition(".")
    is_helped = not (found.help or "").startswith(_LISTS_KEYS)
    if entry not in _SECTION_NAMES or entry == section or found.code not in _OF_KEYS or (found.help and is_helped):
        return found
    return replace(found, help=f"{entry} is a section: where it is meant, indent it less, to stand at the top")
