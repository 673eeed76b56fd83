"""Parts of a platform by a word: an address, a section, what changed, what has a class, a target."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias, get_args

from mlinfra.differ.model import Action, Bill, Costing, DataReach, Difference, Found
from mlinfra.graph import Graph
from mlinfra.header.accept import CLASSES
from mlinfra.languages import ROWS
from mlinfra.languages.charges import Amount

Kind: TypeAlias = Literal["address", "section", "state", "target"]
MODIFIED = "modified"
STATES = (MODIFIED, *get_args(Action), *CLASSES)
STATE, TARGET = "state:", "target:"


class Selector(NamedTuple):
    kind: Kind
    word: str
    follows: bool = False  # what follows from it, too: a + at its end
    made: tuple[str, ...] = ()  # where the address is that of a template: those of what it makes, or made


class NotASelector(ValueError):
    """The word selects nothing that there is; `known` are the words in whose place it stands."""

    def __init__(self, word: str, known: tuple[str, ...]) -> None:
        super().__init__(word)
        self.word, self.known = word, known


def read_selector(text: str) -> Selector:
    """What a word selects; raises NotASelector for a state that there is not."""
    word, follows = text.removesuffix("+"), text.endswith("+")
    if word.startswith(STATE):
        state = word.removeprefix(STATE)
        if state not in STATES:
            raise NotASelector(state, STATES)
        return Selector("state", state, follows)
    if word.startswith(TARGET):
        return Selector("target", word.removeprefix(TARGET), follows)
    return Selector("section" if word in ROWS else "address", word, follows)


def with_what_is_made(selector: Selector, graphs: Sequence[Graph], changes: Iterable[Found] = ()) -> Selector:
    """The selector of a template with the addresses of what it makes, and of what is gone that it made."""
    made = (each for graph in graphs for each in graph.templates.made_of(selector.word, graph.entries))
    gone = (
        each.address
        for each in changes
        if any(graph.templates.may_have_made(selector.word, each.address) for graph in graphs)
        and not any(each.address in graph.entries for graph in graphs)
    )
    return selector._replace(made=tuple(dict.fromkeys((*made, *gone))))


def selected(found: Difference, selector: Selector) -> Difference:
    """What of a difference is selected, with who gains access by it."""
    changes = tuple(each for each in found.changes if is_selected(each, selector))
    if selector.follows:
        changes = _with_what_follows(found.changes, changes)
    places = {(each.target, each.address) for each in changes}
    targets = {each.target for each in changes}
    return replace(
        found,
        changes=changes,
        access=tuple(
            each
            for each in found.access
            if each.target in targets and any(_is_grant(change, each.principal, each.scope) for change in changes)
        ),
        data=tuple(each for each in found.data if any(_is_about(change, each) for change in changes)),
        network=tuple(each for each in found.network if (each.target, each.scope) in places),
        costs=tuple(_costs(found.costs, places, selector)),
        removals=tuple(each for each in found.removals if (each.target, each.address) in places),
    ).with_lines()


def _costs(
    costs: Iterable[Costing], places: Container[tuple[str | None, str]], selector: Selector
) -> Iterator[Costing]:
    """What becomes dearer or cheaper of what is selected, with the sums of that; all of a target that is."""
    for each in costs:
        if selector.kind == "target":
            yield from [each] if each.target == selector.word else ()
            continue
        bills = tuple(bill for bill in each.bills if (each.target, bill.address) in places)
        if bills == each.bills:
            yield each
        elif bills:
            before, after = (_sum(bill[number] for bill in map(_amounts, bills)) for number in (0, 1))
            yield replace(each, before=before, after=after, bills=bills, unpriced=(), families=())


def _amounts(bill: Bill) -> tuple[Amount, Amount]:
    return bill.before, bill.after


def _sum(amounts: Iterable[Amount]) -> Amount:
    """The sum of each figure; one that is not known of one is not known of all."""
    columns = zip(*amounts, strict=True)
    return Amount(*(None if None in column else sum(filter(None, column), Decimal()) for column in columns))


def _is_about(found: Found, reach: DataReach) -> bool:
    """Whether a change has to do with somebody, some data, or the way to it."""
    names = (reach.principal, reach.data, reach.through)
    return found.target in (None, reach.target) and any(name and name in found.address for name in names)


def _is_grant(found: Found, principal: str, scope: str) -> bool:
    return principal in found.address and found.address.endswith(scope)


def is_selected(found: Found, selector: Selector) -> bool:
    match selector.kind:
        case "target":
            return found.target == selector.word
        case "state" if selector.word == MODIFIED:
            return found.is_own
        case "state":
            return selector.word == found.action or selector.word in found.classes
        case "section":
            return found.address.partition(".")[0] == selector.word
    return any(f"{found.address}.".startswith(f"{each}.") for each in (selector.word, *selector.made))


def _with_what_follows(changes: Iterable[Found], chosen: Iterable[Found]) -> tuple[Found, ...]:
    """Those that are chosen, and those with a cause that one of them has as well."""
    own = {(each.target, each.address) for each in chosen}
    causes = {cause for each in chosen for cause in each.cause}
    return tuple(
        each for each in changes if (each.target, each.address) in own or (not each.is_own and causes & set(each.cause))
    )


def addresses(graph: Graph, selector: Selector, changes: Iterable[Found]) -> list[str]:
    """The addresses of one target's graph that a section selects, or those of changes that are selected."""
    if selector.kind == "section":
        return [entry.address for entry in graph.section(selector.word)]
    target = graph.target.name
    return [each.address for each in changes if each.target == target]
