"""Where two trees differ: the places that may be the reason, and those among them that somebody changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from mlinfra.diagnostics import Span
from mlinfra.differ.file_lines import FileLines
from mlinfra.differ.model import SideName
from mlinfra.overrides.templates import Instance
from mlinfra.source import tree
from mlinfra.source.tree import Node

Groups = tuple[tuple[Span, ...], ...]  # the first with a changed line holds the reason
Place = tuple[SideName, Span]


class Differing(NamedTuple):
    """A value that differs, with the places that it comes from on each side."""

    path: tree.Path
    now: Groups
    before: Groups

    def changed(self, lines: FileLines) -> Iterator[Place]:
        """The places whose lines somebody changed; those of before only where there is none now."""
        sides: tuple[tuple[SideName, Groups], ...] = (("to", self.now), ("from", self.before))
        for side, groups in sides:
            for group in groups:
                if found := [place for span in group if (place := lines.changed_in(side, span))]:
                    yield from ((side, place) for place in dict.fromkeys(found))
                    return

    def elsewhere(self) -> Iterator[Place]:
        """Of one spec in two targets: the places that only one of them has."""
        now, before = (tuple(dict.fromkeys(chain.from_iterable(groups))) for groups in (self.now, self.before))
        only_now: list[Place] = [("to", span) for span in now if span not in before]
        only_before: list[Place] = [("from", span) for span in before if span not in now]
        yield from only_now[:1] or only_before[:1]


def differing_lines(old: Node, new: Node, path: tree.Path = ()) -> Iterator[Differing]:
    """Each value that differs between two trees."""
    if isinstance(old, tree.Mapping) and isinstance(new, tree.Mapping):
        for key in dict.fromkeys((*new.fields, *old.fields)):
            before, after = old.fields.get(key), new.fields.get(key)
            if before is not None and after is not None:
                yield from differing_lines(before.value, after.value, (*path, key))
            elif after is not None:
                yield Differing((*path, key), ((after.key,), _spans(after.value)), (_used_at(old),))
            elif before is not None:
                yield Differing((*path, key), (_used_at(new),), ((before.key,), _spans(before.value)))
    elif tree.plain(old) != tree.plain(new):
        yield from _of_items(old, new, path)


def _of_items(old: Node, new: Node, path: tree.Path) -> Iterator[Differing]:
    """A value that differs; of a list, the items that the other side does not have."""
    if not isinstance(old, tree.Sequence) or not isinstance(new, tree.Sequence):
        yield Differing(path, (_spans(new),), (_spans(old),))
        return
    there, here = ({repr(tree.plain(item)): item for item in side.items} for side in (old, new))
    added = [item for value, item in here.items() if value not in there]
    removed = [item for value, item in there.items() if value not in here]
    now, before = (tuple(chain.from_iterable(map(_spans, items))) for items in (added, removed))
    yield Differing(path, (now, (new.span, *_used_at(new))), (before, (old.span,)))


def with_item(found: Differing, old: Instance | None, new: Instance | None) -> Differing:
    """The same in what a template made, where the value may also come from its item."""
    if old is None or new is None:
        return found
    of_item = list(differing_lines(old.value, new.value))
    now, before = (tuple(chain.from_iterable(each)) for each in ([d.now for d in of_item], [d.before for d in of_item]))
    return found._replace(now=(*found.now, *now), before=(*found.before, *before))


def _spans(node: Node) -> tuple[Span, ...]:
    """Where a value, or what it is made of, is written."""
    if isinstance(node, tree.Scalar):
        return (node.span, *_used_at(node), *(part.span for part in node.made_of))
    below: Sequence[Node] = (
        [field.value for field in node.fields.values()] if isinstance(node, tree.Mapping) else node.items
    )
    keys = [field.key for field in node.fields.values()] if isinstance(node, tree.Mapping) else []
    return (*keys, *chain.from_iterable(map(_spans, below)), *_used_at(node))


def _used_at(node: Node) -> tuple[Span, ...]:
    return (node.used_at,) if node.used_at else ()
