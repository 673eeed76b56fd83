"""What is not known of a change: what the question is, why nobody answers it here, and who can find out."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.differ.effects import STAYS
from mlinfra.differ.model import Found, Property
from mlinfra.emit.az import word
from mlinfra.formats.text import names_in_words
from mlinfra.header.accept import Class

NOT_CONFIRMED = "the sources leave this open"
TAKES = "Azure takes it"
_DOES: dict[Class, str] = {  # with a value that Azure does take
    "loses_data": "it deletes data",
    "opens_access": "it opens more",
    "closes_access": "it closes anything",
    "interrupts": "it stands still meanwhile",
    "in_place": "all goes on as before",
}
MAY: dict[str, str] = {  # the same in the sentence of a title
    TAKES: "Azure may refuse or ignore a change of {}",
    "it deletes data": "{} may delete data",
    "it opens more": "{} may open more",
    "it closes anything": "{} may close something",
    "it stands still meanwhile": "{} may stand still for a while",
    "all goes on as before": "{} may not go on as before",
}
MAX_NAMES = 3  # of properties in a sentence


def question(found: Found) -> str:
    """What is asked of it, behind *whether*; empty where all is known."""
    if "not_known" not in found.classes:
        return ""
    asked = [each for each in found.properties if "not_known" in each.classes]
    if list(_left_open(found)):
        return TAKES
    return _done({name for each in asked for name in each.classes} if asked else set(found.classes))


def unknown(found: Found) -> tuple[str, str]:
    """The question in full with the sources that are silent, and who finds the answer by which command, if any."""
    asked = question(found)
    if not asked:
        return "", ""
    left_open = list(_left_open(found))
    if not left_open:
        silent = [each for each in found.properties if "not_known" in each.classes]
        return " ".join((f"whether {asked}.", *_why(silent))), ""
    names = names_in_words(_names(left_open))
    what = f"whether Azure takes the new {names}, refuses it and the deployment stops there, or silently keeps the old."
    return " ".join((what, *_why(left_open))), _who(found, left_open)


def _left_open(found: Found) -> Iterator[Property]:
    """The properties of which Azure may keep the old value."""
    for each in found.properties:
        if "not_known" in each.classes and STAYS & set(each.classes) and "in_place" not in each.classes:
            yield each


def _done(classes: set[Class]) -> str:
    return next((does for name, does in _DOES.items() if name in classes), TAKES)


def _names(properties: list[Property]) -> list[str]:
    names = list(dict.fromkeys(each.path.rpartition("properties.")[2] for each in properties))
    return names if len(names) <= MAX_NAMES else [*names[: MAX_NAMES - 1], f"{len(names) - MAX_NAMES + 1} more"]


def _why(properties: list[Property]) -> Iterator[str]:
    notes = (note for each in properties for note in each.note.split("; ") if note)
    sources = list(dict.fromkeys(note.removesuffix(f" ({NOT_CONFIRMED})") for note in notes))
    if sources:
        yield f"Its {'source does' if len(sources) == 1 else 'sources do'} not say: {', '.join(sources)}."


def _who(found: Found, properties: list[Property]) -> str:
    """Whoever deploys, and then reads what Azure has."""
    if found.id is None:
        return ""
    path = properties[0].path.partition("[")[0]
    return f"Who deploys sees it afterwards: az resource show --ids {word(found.id)} --query {word(path)}"
