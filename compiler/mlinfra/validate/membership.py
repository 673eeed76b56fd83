"""Which workspace each entry belongs to: the one it names, or the only one of its language."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mlinfra.diagnostics import Code, Diagnostic, Related, Span, finding
from mlinfra.diagnostics.near import of_nearly_the_name
from mlinfra.diagnostics.suggest import Known, did_you_mean, listed
from mlinfra.graph import Entry
from mlinfra.graph.findings import at
from mlinfra.languages import ROWS
from mlinfra.overrides.merging import Removal
from mlinfra.source.tree import UNKNOWN

MEMBERSHIP = Code(
    "MLI222",
    "error",
    "Entry without a workspace",
    "Data, computes, jobs and endpoints live in a workspace; with none, or several, nobody knows where they go",
    "Declare a workspace, or name one of them with `workspace:` in the entry",
    "docs/language.md#keys-that-mlinfra-adds",
)
NOT_IN_A_HUB = Code(
    "MLI369",
    "error",
    "Entry that names a hub or a project",
    "Azure takes no clusters, batch endpoints and parallel steps there, and what else lies there people make in the "
    "studio; a spec makes the hub, its projects, and lets in who works there",
    "Name a workspace, in which jobs run and models serve",
    "https://learn.microsoft.com/azure/machine-learning/concept-hub-workspace",
)


_HOMES = frozenset({"hubs", *(row.home for row in ROWS.values())})  # the sections in which entries live
HOME, IN_A_HUB = "workspace", "hub"  # the keys that name where an entry lives


def in_workspaces(
    entries: Mapping[str, Entry], removed: Mapping[str, Removal], lost: Collection[str] = ()
) -> tuple[dict[str, Entry], list[Diagnostic]]:
    """The entries, each with the workspace that it lives in, if it lives in one; and what belongs nowhere.

    An entry of Azure ML has its name under `workspace`; of another language, under the section of that. Where a home
    may be one that is `lost`, as it can't be read, nothing is said of who lacks it.
    """
    named: dict[str, Known[Span]] = {}
    for entry in entries.values():
        named.setdefault(entry.section, Known())[entry.name] = entry.key
    in_hubs = {entry.name: address for address, entry in entries.items() if entry.section in ("hubs", "projects")}
    placed: dict[str, Entry] = {}
    diagnostics: list[Diagnostic] = []
    may_be_lost = {address.partition(".")[0] for address in lost} & _HOMES
    for address, entry in entries.items():
        row, said = ROWS[entry.section], len(diagnostics)
        if HOME not in row.additions:
            placed[address] = entry
            continue
        in_a_hub = IN_A_HUB in row.additions and entry.additions.get(IN_A_HUB) is not None
        if isinstance(entry.additions.get("registry"), str) and "from_job" not in entry.additions:
            placed[address] = _in_a_registry(entry, diagnostics)
        elif in_a_hub:
            placed[address] = _in_a_hub(entry, named.get("hubs", Known()), removed, diagnostics)
        else:
            name = _workspace_of(entry, row.home, named.get(row.home, Known()), in_hubs, removed, diagnostics)
            additions = dict(entry.additions)
            additions.pop(HOME, None)
            additions[row.home_key] = name
            placed[address] = entry.with_additions(additions)
        if row.home in may_be_lost or (in_a_hub and "hubs" in may_be_lost):
            diagnostics[said:] = [found for found in diagnostics[said:] if found.code is not MEMBERSHIP]
    for address, entry in placed.items():
        if entry.parent and "workspace" in placed[entry.parent].additions:
            workspace = placed[entry.parent].additions["workspace"]
            placed[address] = entry.with_additions({**entry.additions, "workspace": workspace})
    return placed, diagnostics


def _in_a_hub(entry: Entry, hubs: Known[Span], removed: Mapping[str, Removal], diagnostics: list[Diagnostic]) -> Entry:
    """What a hub has for its projects, where it says so in the place of a workspace."""
    named, additions = entry.additions[IN_A_HUB], dict(entry.additions)
    if additions.pop(HOME, None) is not None:
        message = f"{entry.address} lies in a hub, and in no workspace"
        diagnostics.append(finding(MEMBERSHIP, message, at(entry, (HOME,), on_key=True), f"leave {HOME} out"))
    if removal := removed.get(f"hubs.{named}"):
        related = (Related(removal.reason, removal.span),)
        message = f"hubs.{named} is not in this target"
        diagnostics.append(finding(MEMBERSHIP, message, at(entry, (IN_A_HUB,)), related=related))
    elif named not in hubs:
        message = f'hubs "{named}" is not defined'
        help, near = did_you_mean(str(named), hubs), of_nearly_the_name(str(named), hubs, "hubs")
        diagnostics.append(finding(MEMBERSHIP, message, at(entry, (IN_A_HUB,)), help, near))
    return entry.with_additions(additions)


def _in_a_registry(entry: Entry, diagnostics: list[Diagnostic]) -> Entry:
    """What lies in a registry, and so in no workspace; what a run makes lies in the workspace of the run as well."""
    additions = dict(entry.additions)
    if additions.pop("workspace", None) is not None:
        message = f"{entry.address} lies in a registry, and in no workspace"
        diagnostics.append(finding(MEMBERSHIP, message, at(entry, ("workspace",), on_key=True), "leave workspace out"))
    return entry.with_additions(additions)


def _workspace_of(
    entry: Entry,
    home: str,
    workspaces: Known[Span],
    in_hubs: Mapping[str, str],
    removed: Mapping[str, Removal],
    diagnostics: list[Diagnostic],
) -> str:
    written = entry.additions.get("workspace")
    if isinstance(written, str):
        if written not in workspaces and written in in_hubs:
            message = f"{entry.address} names {in_hubs[written]}, which is no workspace"
            help = f"defined: {listed(workspaces)}" if workspaces else None
            if IN_A_HUB in ROWS[entry.section].additions:
                help = f"write {IN_A_HUB}: <the hub>: its projects have it, too"
            diagnostics.append(finding(NOT_IN_A_HUB, message, at(entry, ("workspace",)), help))
        elif removal := removed.get(f"{home}.{written}"):
            message = f"{home}.{written} is not in this target"
            related = (Related(removal.reason, removal.span),)
            diagnostics.append(finding(MEMBERSHIP, message, at(entry, ("workspace",)), related=related))
        elif written not in workspaces:
            message = f'{home} "{written}" is not defined'
            help, near = did_you_mean(written, workspaces), of_nearly_the_name(written, workspaces, home)
            diagnostics.append(finding(MEMBERSHIP, message, at(entry, ("workspace",)), help, near))
        return written
    if len(workspaces) == 1:
        [only] = workspaces
        return only
    if written is UNKNOWN:
        return ""
    if workspaces:
        message = f"{entry.address} does not say which workspace it belongs to"
        first, *others = workspaces
        help = f"add workspace: {first}, or in place of that {listed(others)}"
    else:
        what = "a workspace" if home == "workspaces" else f"an entry of {home}"
        message = f"{entry.address} needs {what}, and the spec has none"
        help = f"add one: {home}: {{main: {{}}}}"
    diagnostics.append(finding(MEMBERSHIP, message, at(entry), help))
    return ""
