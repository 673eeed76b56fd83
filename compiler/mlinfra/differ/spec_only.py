"""What changes in the spec and in no resource: what pipelines and scripts do, and what they ask before they do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from mlinfra.derive.databricks import ISOLATION
from mlinfra.derive.workspace import USER
from mlinfra.differ.comparing import Differing, differing
from mlinfra.differ.effects import known
from mlinfra.differ.made import WORKSPACES
from mlinfra.differ.model import TARGETS, Found, Property, sorted_classes
from mlinfra.differ.named_first import of_key, of_target
from mlinfra.differ.pipelines_only import more_of_pipelines
from mlinfra.differ.spec import Spec
from mlinfra.emit.databricks_steps import isolation_of
from mlinfra.graph import Entry
from mlinfra.header import Target
from mlinfra.header.accept import Class
from mlinfra.header.pipelines import DEFAULT_BRANCH
from mlinfra.languages import ROWS
from mlinfra.rules.lookups import approvers
from mlinfra.source.tree import plain

_HOLDERS = "whoever may read the secret under this name"
_READERS = "whoever may look at the folders of its bundles"
IN_NO_FILE = ("release", "smoke_test", "rollout", "invoke", "registered_by", "is_enabled")  # keys of ours in bodies
PIPELINES = "pipelines"
ACCOUNT = "databricks"  # whose script an administrator of the account runs
SILENCED = "silenced"  # the type of findings that comments silence
OF_THE_SPEC = frozenset({PIPELINES, TARGETS, ACCOUNT, SILENCED})  # types of what has no name in Azure
# What is asked for before something goes out, or comes out: less of it weakens, more of it does not. Below `at_most`
# the number is a bound from above.
_GATES = ("release", "smoke_test", "rollout", "approval")
_GATES_OF_SCORING = ("invoke.check", "invoke.at_least_rows")


def spec_only(before: Spec, now: Spec) -> Iterator[Found]:
    """The changes of entries, targets and pipelines that no resource shows."""
    for target, graph in now.graphs.items():
        old = before.graphs.get(target)
        if old is None:
            remedy = of_target(target) if now.header.pipelines and before.header.pipelines else ""
            yield Found(f"{TARGETS}.{target}", target, TARGETS, None, target, "created", ("process",), remedy=remedy)
            continue
        for entry in graph.entries.values():
            there = now.was(before, target, entry.address)
            if there is not None:
                yield from _of_entry(there, entry, target)
                if not (there.existing or entry.existing):  # what somebody else's is, no step of ours sets
                    yield from _of_isolation(isolation_of(old, there), isolation_of(graph, entry), entry, target)
        yield from _of_approvers(old.entries, graph.entries, target)
        yield from _of_target(before, now, target)
    old_pipelines, new_pipelines = before.header.pipelines, now.header.pipelines
    for found in _of_header(before, now, PIPELINES, more_of_pipelines(old_pipelines, new_pipelines)):
        yield replace(found, remedy=of_key(found.name, old_pipelines, new_pipelines) if old_pipelines else "")
    yield from _of_header(before, now, ACCOUNT)
    yield from _of_comments(before, now)


def _of_entry(old: Entry, new: Entry, target: str) -> Iterator[Found]:
    properties = [
        found for key in IN_NO_FILE for found in _compared(old.additions.get(key), new.additions.get(key), key)
    ]
    row = ROWS[new.section]
    if row.compiled_to == "nothing" and row.changes:  # a role that bootstrap.sh makes
        for found in differing(old.body, new.body):
            classes = {name for name in known(row.changes, found).classes if name != "in_place"}
            properties.append(Property(found.path, found.before, found.after, sorted_classes({"process", *classes})))
    properties += _of_user(old, new)
    properties += _of_secrets(old, new)
    if new.section == WORKSPACES:
        properties += _of_uploads(old.body.get("sync"), new.body.get("sync"))
    if properties:
        yield changed(new.address, target, new.section, new.azure_name, properties)


def _of_user(old: Entry, new: Entry) -> Iterator[Property]:
    """For whom an instance is, which its file leaves to the script that makes it, once and not again."""
    before, after = old.body.get(USER), new.body.get(USER)
    if before != after:
        opens = "opens_access" in known(ROWS[new.section].changes, Differing(USER, before, after)).classes
        yield Property(USER, before, after, ("ignored", "opens_access") if opens else ("ignored",))


def _of_secrets(old: Entry, new: Entry) -> Iterator[Property]:
    """Another secret of a vault, which no bundle names: whoever deploys takes it from there."""
    row = ROWS[new.section]
    for secret in row.secrets if row.compiled_to == "bundle" else ():
        before, after = (side.value_at(secret.path) for side in (old, new))
        if before != after:
            yield Property(".".join(secret.path), before, after, ("opens_access", "process"), whom=_HOLDERS)


def _of_uploads(before: Any, after: Any) -> Iterator[Property]:
    """What bundles upload beside the folder of the spec, where whoever may look at their folder reads it."""
    for found in differing(before, after, "sync"):
        old, new = (set(side if isinstance(side, list) else ()) for side in (found.before, found.after))
        more = old - new if found.path.endswith(".exclude") else new - old
        classes: tuple[Class, ...] = ("opens_access", "process") if more else ("process",)
        yield Property(found.path, found.before, found.after, classes, whom=_READERS if more else "")


def _of_isolation(before: str, after: str, entry: Entry, target: str) -> Iterator[Found]:
    """Which workspaces see something of Unity Catalog, which no bundle says: a step sets it."""
    if before != after:
        said = known(ROWS[entry.section].changes, Differing(ISOLATION, before, after))
        yield changed(
            entry.address, target, entry.section, entry.azure_name, [Property(ISOLATION, before, after, said.classes)]
        )


def _of_approvers(old: Mapping[str, Entry], new: Mapping[str, Entry], target: str) -> Iterator[Found]:
    """Who approves is no resource: one who is gone is asked no more."""
    for address in dict.fromkeys((*old, *new)):
        if not address.startswith("principals."):
            continue
        before, after = (_approves(side.get(address)) for side in (old, new))
        if before != after:
            classes: tuple[Class, ...] = ("weakens", "process") if before else ("process",)
            entry = new.get(address) or old[address]
            role = Property("approves", before or None, after or None, classes)
            yield changed(address, target, entry.section, entry.name, [role])


def _approves(entry: Entry | None) -> str:
    body = entry.body if entry else {}
    return str(body.get("mail") or body.get("object_id") or "yes") if body.get("role") == "approver" else ""


def _of_target(before: Spec, now: Spec, target: str) -> Iterator[Found]:
    old, new = (side.graphs[target].target for side in (before, now))
    passed, passes = (_stages(side, target) for side in (before, now))
    sides = [
        {
            "approval": side.approval.model_dump(exclude_unset=True) if side.approval else None,
            "mode": side.mode,
            "branch": side.branch,
            "promote_from": side.promote_from,
        }
        for side in (old, new)
    ]
    properties = [found for key in sides[0] for found in _compared(sides[0][key], sides[1][key], key)]
    if _has_own_branch(before, old) and not _has_own_branch(now, new):
        properties = [_weakened(each) if each.path == "branch" else each for each in properties]
    if _asked(before, target) - _asked(now, target):
        properties = [_weakened(each) if each.path.startswith("approval") else each for each in properties]
    if passes < passed:
        properties.append(Property("stages_before", passed, passes, ("weakens", "process")))
    if properties:
        yield changed(f"{TARGETS}.{new.name}", new.name, TARGETS, new.name, properties)


def _has_own_branch(spec: Spec, target: Target) -> bool:
    pipelines = spec.header.pipelines
    return target.branch != (pipelines.branch if pipelines else DEFAULT_BRANCH)


def _asked(spec: Spec, target: str) -> set[str]:
    """Who is asked before pipelines change a target."""
    return {entry.address for entry in approvers(spec.graphs[target])}


def _weakened(found: Property) -> Property:
    """Nobody has to merge into a branch of its own any more before it is deployed, or somebody is asked no more."""
    return replace(found, classes=sorted_classes({*found.classes, "weakens"}))


def _stages(spec: Spec, target: str) -> int:
    """How many targets what goes to this one went through before."""
    count, name = 0, spec.graphs[target].target.promote_from
    while name is not None:
        count, name = count + 1, spec.header.target(name).promote_from
    return count


def _of_header(
    before: Spec, now: Spec, part: str, more: Callable[[str, Property], Property] | None = None
) -> Iterator[Found]:
    """Each key of a part of the header that no resource shows: what pipelines, or scripts, do by it."""
    old, new = (
        plain(side.header.written.fields[part].value) if part in side.header.written.fields else {}
        for side in (before, now)
    )
    old, new = (side if isinstance(side, dict) else {} for side in (old, new))
    for key in dict.fromkeys((*new, *old)):
        properties = list(_compared(old.get(key), new.get(key), key))
        properties = [more(key, found) for found in properties] if more else properties
        if properties:
            yield changed(f"{part}.{key}", None, part, key, properties)


def _of_comments(before: Spec, now: Spec) -> Iterator[Found]:
    """Findings that are silenced once more, or once less: a risk that somebody took, or takes no more."""
    old, new = (side.header.silenced for side in (before, now))
    for code in sorted({*old, *new}):
        was, are = (len(side.get(code, ())) for side in (old, new))
        if was != are:
            classes: tuple[Class, ...] = ("weakens", "process") if are > was else ("process",)
            reasons = "; ".join(now.header.accepted.get(code, ()))
            found = Property("comments", was, are, classes, reasons)
            yield changed(f"{SILENCED}.{code}", None, SILENCED, code, [found])


def _compared(old: Any, new: Any, key: str) -> Iterator[Property]:
    for found in differing(old, new, key):
        classes: set[Class] = {"process"}
        is_less = _weakens(found.path, found.before, found.after) if _is_a_gate(key, found.path) else False
        if is_less or (key in _WIDER and _WIDER[key](found.before, found.after)):
            classes.add("weakens")
        yield Property(found.path, found.before, found.after, sorted_classes(classes))


def _is_a_gate(key: str, path: str) -> bool:
    return key in _GATES or path.startswith(_GATES_OF_SCORING)


def _takes_more_branches(before: Any, after: Any) -> bool:
    old, new = str(before), str(after)
    return old != new and (fnmatchcase(old, new) or ("*" in new and "*" not in old))


def _has_fewer_tests(before: Any, after: Any) -> bool:
    """Whether one of them, or all, are gone; what they do and where their results lie is another matter."""
    return after is None and (isinstance(before, list) or (isinstance(before, Mapping) and "command" in before))


_WIDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "mode": lambda before, after: before == "production",
    "branch": _takes_more_branches,
    "tests": _has_fewer_tests,
    "pull_request": lambda before, after: before is not None and after is None,
    "is_enabled": lambda before, after: before in (None, True) and after is False,
}


def _weakens(path: str, before: Any, after: Any) -> bool:
    """Whether less is asked for than before."""
    if path == "rollout":
        return _watched(after) < _watched(before)
    if path.endswith(".keep"):
        return after == _KEPT[0] if None in (before, after) else _KEPT.index(after) < _KEPT.index(before)
    if before is None:
        return path.endswith(".own") and after is True
    if after is None:
        return True
    if isinstance(before, bool):
        return path.endswith(".own") and after is True
    if isinstance(before, int | float) and isinstance(after, int | float):
        is_bound_above = any(f".{word}" in path for word in ("at_most", "not_worse_than_serving"))
        return after > before if is_bound_above else after < before
    if isinstance(before, list) and isinstance(after, list):
        return len(after) < len(before)
    return not path.endswith((".by", ".request", ".contains", ".command"))


_KEPT = ("none", "one", "full")  # of what served before, to go back to


def _watched(rollout: Any) -> int:
    """How much is seen of a model before all requests reach it: in place nothing, else a test, in a canary more."""
    ways = ("in_place", "all_at_once", "canary")
    return next((place for place, way in enumerate(ways) if way in (rollout or ())), ways.index("all_at_once"))


def changed(address: str, target: str | None, type: str, name: str, properties: Sequence[Property]) -> Found:
    """That properties of something differ which no resource shows."""
    classes = sorted_classes({name for each in properties for name in each.classes})
    return Found(address, target, type, None, name, "changed", classes, properties=tuple(properties))


def merged(found: list[Found], more: list[Found]) -> list[Found]:
    """Both, with what is about the same thing as one change."""
    gone = [each for each in (*found, *more) if each.action == "deleted"]
    by_place = {(each.target, each.address): each for each in found if each.action != "deleted"}
    for each in (each for each in more if each.action != "deleted"):
        there = by_place.get((each.target, each.address))
        if there is None:
            by_place[each.target, each.address] = each
        else:
            classes = sorted_classes({*there.classes, *each.classes})
            properties = (*there.properties, *each.properties)
            by_place[each.target, each.address] = replace(
                there,
                classes=classes,
                properties=properties,
                remedy=there.remedy or each.remedy,
                opens_more=there.opens_more or each.opens_more,
            )
    return [*by_place.values(), *gone]
