"""The title of a difference: one sentence that says the worst of it, which is the subject of a mail as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlinfra.differ.costs import jump
from mlinfra.differ.gaining import Gain, gains, in_order
from mlinfra.differ.grouping import Told
from mlinfra.differ.model import TARGETS, Difference
from mlinfra.differ.renaming import ONLY_THE_NAME
from mlinfra.differ.trained_anew import chain
from mlinfra.differ.words import grade, headline, is_work, sentence_of
from mlinfra.formats.text import names_in_words

LOOK = "Look"
_RENAMES = "It looks like a rename: if it is one, add the line `moved` below, and Azure keeps all. "


@dataclass(frozen=True)
class Title:
    """A sentence around the address that it is about."""

    grade: str
    before: str
    address: str
    after: str


def hint(groups: Sequence[Told]) -> str:
    """What is said before all else where something may only be called otherwise; else nothing."""
    return _RENAMES if any(group.first.remedy.startswith(ONLY_THE_NAME) for group in groups) else ""


def title(found: Difference, groups: Sequence[Told], order: Sequence[str]) -> Title | None:
    """What has to be decided; else who gains access, else what is looked at, else what it costs; None of nothing."""
    graded = grade(found.changes)
    said = _of_groups(found, groups, order, graded)
    if graded not in ("", LOOK):
        return said
    access = _of_access(found, groups, order)
    if access is not None and not _opens_further(groups, found, order):
        return access
    if said is not None and not graded and (more := jump(found.costs)):
        return Title(LOOK, said.before, said.address, f"{said.after}; {more}")
    return said


def _opens_further(groups: Sequence[Told], found: Difference, order: Sequence[str]) -> bool:
    """Whether what opens to more does so in a later target than those in which somebody gains access."""
    places = {target: place for place, target in enumerate(order)}
    opening = [group for group in groups if headline(group.first) == "opens_access"]
    opened = [places.get(each, 0) for group in opening for each in group.targets]
    gained = [places.get(each, 0) for gain in _of_what_was_there(found) for each in gain.targets]
    return max(opened, default=-1) > max(gained, default=-1)


def _of_groups(found: Difference, groups: Sequence[Told], order: Sequence[str], graded: str) -> Title | None:
    if not groups:
        return None
    first = _first(groups)
    before, _, after = sentence_of(first.first).partition("{}")
    where = f" in {names_in_words(first.targets)}" if first.targets and first.first.type != TARGETS else ""
    released = in_order({each.target or "" for each in found.changes if "releases" in each.classes}, order)
    if headline(first.first) == "retrains" and released:
        said = f"{after}{where}, and released in {names_in_words(released)}{_because(groups)}"
        return Title(graded, before, first.first.address, said)
    said = f"{after}{where}{_more(len(groups) - 1)}{_of_which_open(first, groups)}"
    return Title(graded, before, first.first.address, said)


def _of_which_open(first: Told, groups: Sequence[Told]) -> str:
    """How many of the others open to more, where the first is about something else."""
    opened = sum(headline(each.first) == "opens_access" for each in groups)
    if not opened or headline(first.first) == "opens_access":
        return ""
    return f", of which {opened} {'opens' if opened == 1 else 'open'} to more"


def _because(groups: Sequence[Told]) -> str:
    """What was changed itself, where all follows from that."""
    followed, _ = chain(groups)
    roots = [root.first.address for root in followed.roots] if followed else []
    return f", as {names_in_words(roots)} {'changes' if len(roots) == 1 else 'change'}" if 0 < len(roots) < 3 else ""


def _first(groups: Sequence[Told]) -> Told:
    """The worst that nobody looked at; of what is trained, the model and not its job."""
    first = next((group for group in groups if not group.first.is_accepted), groups[0])
    if headline(first.first) == "retrains":
        models = (group for group in groups if headline(group.first) == "retrains" and not is_work(group.first))
        return next(models, first)
    return first


def _of_what_was_there(found: Difference) -> list[Gain]:
    """Those who were there, and gain access to what was there."""
    return [gain for gain in gains(found) if not (gain.is_new or gain.is_of_new)]


def _of_access(found: Difference, groups: Sequence[Told], order: Sequence[str]) -> Title | None:
    known = _of_what_was_there(found)
    opening = [each for each in found.changes if "opens_access" in each.classes]
    if not known or (opening and all(each.is_accepted for each in opening)):
        return None
    first = known[0]
    more = " and more" if len(first.what) > 1 else ""
    where = names_in_words(in_order(first.targets, order))
    others = _more(len({gain.who for gain in known[1:]}) + len(groups))
    return Title(LOOK, "", first.who, f" gains access to {first.what[0]}{more} in {where}{others}")


def _more(count: int) -> str:
    return f", and {count} more" if count else ""
