"""Renames that nobody wrote down: what is left behind and made anew, and the line of `moved` that keeps it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from mlinfra.differ.model import Found
from mlinfra.differ.side import Side
from mlinfra.differ.spec import Spec
from mlinfra.graph import Entry
from mlinfra.resolve.naming import made_name

ONLY_THE_NAME = "Only the name?"  # begins the remedy of what may have been renamed


def with_moves_offered(found: Sequence[Found], spec: Spec) -> list[Found]:
    """The changes; what is left behind, and could be kept by an entry that is made anew, says by which line."""
    made: dict[tuple[str | None, str], list[Found]] = {}
    for each in found:
        if each.action == "created":
            made.setdefault((each.target, each.type), []).append(each)
    gone = {(each.target, each.address) for each in found if each.action == "deleted"}
    return [_offered(each, made.get((each.target, each.type), ()), gone, spec) for each in found]


def _offered(found: Found, made: Iterable[Found], gone: Collection[tuple[str | None, str]], spec: Spec) -> Found:
    """The same; what is gone and made anew under one address lies elsewhere now, which no line changes."""
    if found.action != "deleted":
        return found
    for other in made:
        entry = spec.graphs[found.target or ""].entries.get(other.address) if found.target in spec.graphs else None
        if entry is None or entry.because is not None or (found.target, other.address) in gone:
            continue
        if _would_keep(found, entry, spec):
            line = f"moved: [{{from: {found.address}, to: {entry.address}}}]"
            return replace(found, remedy=f"{ONLY_THE_NAME} At the top of the spec: {line}. {found.remedy}")
    return found


def _would_keep(found: Found, entry: Entry, spec: Spec) -> bool:
    """Whether an entry would be called on Azure as this is if it were moved from there."""
    above, _, name = found.address.rpartition(".")
    target = spec.graphs[found.target or ""].target
    moved = replace(entry, former_name=name)
    return entry.address.rpartition(".")[0] == above and made_name(spec.header, target, moved) == found.name


def named_otherwise(spec: Spec, earlier: Spec | None) -> Iterator[str]:
    """What is said first, too: that all names, or the place of a target, are others than before."""
    if earlier is None:
        return
    old, new = earlier.header, spec.header
    if old.cloud != new.cloud:
        what = "all that the platform has stays there, and is made anew in the other one, without its data"
        yield f"the cloud was {old.cloud} and is {new.cloud}: {what}; to keep it, restore the line"
    naming = [
        key for key in ("pattern", "region_codes", "generation") if getattr(old.naming, key) != getattr(new.naming, key)
    ]
    said = [*(f"naming.{key}" for key in naming), *(["short"] if old.short != new.short else [])]
    if said and old.lasting_name == new.lasting_name:
        what = "what has such a name on Azure is left behind, and made anew under another one"
        yield f"{' and '.join(said)} changed: {what}; to keep it, restore the line"
    for target in new.targets:
        there = next((each for each in old.targets if each.name == target.name), None)
        if there is None:
            continue
        places = [("subscription", there.subscription, target.subscription)]
        places.append(("resource group", there.resource_group.name, target.resource_group.name))
        for noun, was, now in places:
            if was != now and (noun == "subscription" or old.lasting_name == new.lasting_name):
                what = f"all that it holds stays in {was}, and is made anew in {now}, without its data"
                yield f"target {target.name} lies in another {noun}: {what}"
                break


def renamed_above(before: Side, spec: Spec) -> Iterator[str]:
    """What is said first: that the platform, or a target, is called otherwise, and nothing keeps its names."""
    old, header = before.manifest, spec.header
    if old.platform and old.platform not in (header.platform, header.lasting_name):
        line = f"moved: [{{from: platform.{old.platform}, to: platform.{header.platform}}}]"
        what = "everything of it is left behind, and made anew under other names"
        yield f"the platform was called {old.platform}: {what}; to keep it, write at the top: {line}"
    now = {name for target in header.targets for name in (target.name, target.lasting_name)}
    gone = sorted(set(old.targets) - now)
    new = [each.name for each in header.targets if {each.name, each.lasting_name}.isdisjoint(old.targets)]
    if len(gone) == 1 and len(new) == 1:
        line = f"moved: [{{from: targets.{gone[0]}, to: targets.{new[0]}}}]"
        yield f"target {gone[0]} is gone and {new[0]} is new; to keep what it holds, write at the top: {line}"
    else:
        yield from (f"target {name} is gone: all that it holds is left behind" for name in gone)
