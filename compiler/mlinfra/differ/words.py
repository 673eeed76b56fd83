"""The words that people read: one for each class, in the order in which a reader wants them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from mlinfra.differ.bundled import is_of_a_bundle
from mlinfra.differ.effects import STAYS
from mlinfra.differ.gaining import few, gains, in_a_sentence, in_order, new_ones
from mlinfra.differ.model import TARGETS, Action, Difference, Found, Property, Reach
from mlinfra.differ.unknown import MAY, TAKES, question
from mlinfra.formats.text import names_in_words
from mlinfra.header.accept import Class
from mlinfra.languages import ROWS, section_row
from mlinfra.languages.language import Section

WORDS: dict[Class, str] = {
    "loses_data": "lost",
    "orphans": "left behind",
    "refused": "refused",
    "ignored": "ignored",
    "not_known": "not known",
    "interrupts": "stands still",
    "irreversible": "for good",
    "opens_access": "opens",
    "weakens": "weakened",
    "replaced": "replaced",
    "retrains": "retrained",
    "releases": "released",
    "closes_access": "closes",
    "renames": "renamed",
    "process": "pipelines",
    "in_place": "changed",
    "creates": "made",
    "no_effect": "no effect",
}
ELSEWHERE: dict[str, str] = {  # the causes that stand at no line
    "compiler": "another release of mlinfra",
    "facts": "another table of facts in this release",
}
COLORS: dict[Class, str] = {  # ECMA-48 SGR, as the class word is painted
    **dict.fromkeys(("loses_data", "orphans", "refused"), "1;31"),
    **dict.fromkeys(("replaced", "ignored", "interrupts", "not_known", "weakens", "irreversible"), "1;33"),
    "opens_access": "1;35",
    **dict.fromkeys(("retrains", "releases"), "1;36"),
    **dict.fromkeys(("creates", "closes_access"), "1;32"),
}


_BY_REMEDY: tuple[Class, ...] = ("loses_data", "interrupts")


def of_remedy(found: Found) -> set[Class]:
    """What only the remedy of something refused would bring: it is not lost at this merge."""
    if not STAYS.intersection(found.classes):
        return set()
    parts = [each.classes for each in found.properties] or [found.classes]
    now = {name for classes in parts if not _may_stay_as_it_was(classes) for name in classes}
    return set(found.classes) & set(_BY_REMEDY) - now


def _may_stay_as_it_was(classes: Iterable[Class]) -> bool:
    return bool(STAYS.intersection(classes)) and {"in_place", "creates"}.isdisjoint(classes)


def headline(found: Found) -> Class:
    """The class under which a change is told: the worst of what happens at this merge."""
    classes = set(found.classes) - of_remedy(found)
    if "releases" in classes:
        classes.discard("replaced")
    if "creates" in classes:
        classes.discard("releases")  # said of what is released
    if "creates" in classes and not found.opens_more:
        classes.discard("opens_access")  # said of who gains access
    return next(name for name in WORDS if name in classes)


def weight(found: Found) -> tuple[int, int]:
    """Less for what is told earlier: by its class, and within that what data depends on before the rest."""
    told = headline(found)
    if told == "orphans" and not _goes_on(found):  # what harms nobody while it stays
        return list(WORDS).index("not_known"), 1
    if told in STAYS:  # by what making it anew would cost
        places = (place for place, name in enumerate(_BY_REMEDY) if name in found.classes)
        return list(WORDS).index(told), next(places, len(_BY_REMEDY))
    is_less = not _holds_data(found) if told in ("orphans", "opens_access") else False
    return list(WORDS).index(told), -1 if _is_a_new_target(found) else int(is_less)


def _is_a_new_target(found: Found) -> bool:
    return found.type == TARGETS and found.action == "created"


def worst_first_of(properties: Iterable[Property]) -> list[Property]:
    """What is read first of a change: what does the worst, and what is only written on it last."""
    order = list(WORDS)
    return sorted(
        properties,
        key=lambda each: (
            min((order.index(name) for name in each.classes), default=len(order)),
            each.path.endswith(_WRITTEN_ON_IT),
        ),
    )


_WRITTEN_ON_IT = (".description", ".notes")


def words_of(found: Found) -> list[str]:
    """What happens, the worst first; what only its remedy would bring is said of that."""
    told, asked, of_it = headline(found), question(found), of_remedy(found)
    first = f"{WORDS[told]} whether {asked}" if told == "not_known" and asked else WORDS[told]
    rest = [word for name, word in WORDS.items() if name in {*found.classes} - of_it - {told, "in_place"}]
    by_remedy = ", ".join(word for name, word in WORDS.items() if name in of_it)
    return [first, *rest, *([f"{by_remedy} only if it is deleted to be made anew"] if by_remedy else [])]


def counted(changes: Iterable[Found]) -> str:
    """How many there are of each, by the word under which they are told."""
    counts: dict[Class, int] = {}
    for each in changes:
        told = headline(each)
        counts[told] = counts.get(told, 0) + 1
    return " · ".join(f"{word} {counts[name]}" for name, word in WORDS.items() if name in counts)


def counted_things(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


SENTENCES: dict[Class, str] = {  # of the title, which is the subject of a mail as well
    "loses_data": "{} may lose data",
    "orphans": "{} leaves the spec, and stays in Azure",
    "refused": "Azure refuses a change of {}",
    "ignored": "a change of {} is ignored",
    "not_known": "what Azure does with a change of {} is not known",
    "interrupts": "{} stands still for a while",
    "irreversible": "{} changes for good",
    "opens_access": "more may reach {}",
    "weakens": "{} asks for less than before",
    "replaced": "{} is replaced",
    "retrains": "{} is trained anew",
    "releases": "{} is released anew",
    "closes_access": "fewer may reach {}",
    "renames": "{} is called otherwise, and keeps its name in Azure",
    "process": "{} runs otherwise",
    "in_place": "{} changes in place",
    "creates": "{} is made",
    "no_effect": "{} is written otherwise",
}
_COMES_OR_GOES: Mapping[Action, str] = {"created": "{} is new", "deleted": "{} is gone"}  # of what pipelines do
_DATA_IS_LEFT = "all data of {} is left behind"
_STOPPED = "the deployment stops, as it would delete {} with its data"
_DECIDE: tuple[Class, ...] = ("loses_data", "refused", "ignored", "not_known")
_LOOK: tuple[Class, ...] = ("orphans", "interrupts", "irreversible", "opens_access", "weakens", "retrains", "releases")


def grade(changes: Iterable[Found]) -> str:
    """How much of a reader's attention it asks for, by the worst that nobody accepted."""
    left = [each for each in changes if not each.is_accepted]
    told = {headline(each) for each in left}
    if told & set(_DECIDE) or any(headline(each) == "orphans" and _goes_on(each) for each in left):
        return "Decide first"
    return "Look" if told & set(_LOOK) else ""


def sentence_of(found: Found) -> str:
    """The sentence of a title, with a place for what it is about."""
    name = headline(found)
    if name == "process" and found.action in _COMES_OR_GOES:
        return _COMES_OR_GOES[found.action]
    if found.opens_more and name == "opens_access":
        return "{} is made, and opens more"
    if name == "refused" and "loses_data" in found.classes and is_of_a_bundle(found):
        return _STOPPED
    if name == "refused" and is_of_a_bundle(found):
        return "the deployment stops at a change of {}"
    if name == "interrupts" and found.action == "deleted":
        return "{} leaves the spec, and the deployment deletes it"
    if name == "not_known" and (asked := question(found)):
        return MAY[asked]
    return _DATA_IS_LEFT if name == "orphans" and _holds_data(found) else SENTENCES[name]


def _holds_data(found: Found) -> bool:
    """Whether data lies in it, which nobody can make again."""
    own, nested = section_row(found.address), _nested_row(found.address)
    if nested is not None:
        return nested.stateful and not nested.lost_with_it
    return own is not None and own.stateful and found.address.count(".") == 1


def _goes_on(found: Found) -> bool:
    """Whether what is left behind holds data, or a key to it, or machines of its own go on serving."""
    nested = _nested_row(found.address)
    row = nested or section_row(found.address)
    is_key = nested is not None and nested.stateful
    return _holds_data(found) or is_key or bool(row and row.is_a_slot and row.charges)


def _nested_row(address: str) -> Section | None:
    """The row of an entry that stands within another one: storage_accounts.lake.containers.raw."""
    section, _, rest = address.partition(".")
    within = (section, rest.split(".")[1]) if rest.count(".") == 2 else None
    return next((row for row in ROWS.values() if within and row.nested_in == within), None)


def verdict(found: Difference, order: Sequence[str] = ()) -> str:
    """Three answers that always stand there, also with no: is anything lost, who gains access, what is released."""
    sentences = (sentence.rstrip(".") for sentence in verdict_sentences(found, order))
    return "; ".join(f"{sentence[0].lower()}{sentence[1:]}" for sentence in sentences)


def verdict_sentences(found: Difference, order: Sequence[str] = ()) -> tuple[str, str, str]:
    """The same, as sentences; `order` is that of the targets."""
    changes = found.changes
    lost = sum(headline(each) == "loses_data" for each in changes)
    return (
        f"{lost} may lose data." if lost else f"Nothing lost{_STOPS if _is_stopped(changes) else ''}.",
        f"{'; '.join(_access(found, order)) or 'Nobody gains access'}.",
        f"{'; '.join(_released(changes, order)) or 'Nothing retrained or released'}.",
    )


_STOPS = " as long as no run is started with --data-loss"


def _is_stopped(changes: Iterable[Found]) -> bool:
    """Whether a bundle would delete data, before which its script stops."""
    return any("refused" in each.classes and "loses_data" in each.classes and is_of_a_bundle(each) for each in changes)


def _released(changes: Iterable[Found], order: Sequence[str]) -> Iterator[str]:
    """What is trained anew, without the jobs that do it, and what is released, each with where."""
    retrained = [each for each in changes if "retrains" in each.classes]
    models = [each for each in retrained if not is_work(each)] or retrained
    released = [each for each in changes if "releases" in each.classes]
    for found, noun, verb in ((models, "model", "retrained"), (released, "slot", "released")):
        if found:
            names = list(dict.fromkeys(each.address for each in found))
            where = names_in_words(in_order({each.target or "" for each in found}, order))
            yield f"{counted_things(len(names), noun)} {verb} in {where}"


def is_work(found: Found) -> bool:
    row = section_row(found.address)
    return row is not None and row.is_work


def _access(found: Difference, order: Sequence[str]) -> Iterator[str]:
    listed = gains(found)
    who, new = in_a_sentence(listed, order), new_ones(listed)
    if who:
        yield who
    opening = [each for each in found.changes if _opens(each)]
    if opened := list(dict.fromkeys(each.address for each in opening)):
        targets = in_order({each.target for each in opening if each.target}, order)
        where = f" in {names_in_words(targets)}" if targets else ""  # none of what all pipelines do
        is_in_doubt = all(headline(each) == "not_known" and question(each) != TAKES for each in opening)
        verb = "may open" if is_in_doubt else "opens" if len(opened) == 1 else "open"
        yield f"{names_in_words(few(opened))} {verb} to {_whom(opening, found.network)}{where}"
    if new and not who and not opened:
        is_new = "which is new" if len(new) == 1 else "which are new"
        yield f"Nobody gains access but {names_in_words(few(new))}, {is_new}"
    elif not who and not opened and any(each.after for each in found.access):
        yield "Nobody gains access to what was there"


def _whom(opening: Iterable[Found], network: Iterable[Reach]) -> str:
    """To whom they all open, where that is the same."""
    let_in = {(each.scope, each.target): _added(each) for each in network}
    said = {
        whom or let_in.get((found.address, found.target or ""), "")
        for found in opening
        for whom in [each.whom for each in found.properties if "opens_access" in each.classes] or [""]
    }
    return next(iter(said)) if len(said) == 1 and all(said) else "more"


def _added(reach: Reach) -> str:
    """Who may knock now that could not before."""
    before = reach.before.split(", ")
    return ", ".join(each for each in reach.after.split(", ") if each not in before)


def _opens(found: Found) -> bool:
    return "opens_access" in found.classes and ("creates" not in found.classes or found.opens_more)
