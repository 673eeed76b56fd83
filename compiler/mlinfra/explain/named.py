"""What of a platform a text names: by id, by Azure name, by address, by a word for its kind beside its name."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.explain.alone import begins_alone, stands_alone
from mlinfra.explain.named_in_bundles import by_full_name, by_key
from mlinfra.graph import Entry, Graph
from mlinfra.languages import ROWS
from mlinfra.plan import Plan

# How sure a naming is. An id says most, the longer the more; a name that only this entry has says more than a word.
BY_ID = 100
BY_ADDRESS = 80
BY_FILE = 70
BY_OWN_NAME = 60  # of Azure, and no other entry's
BY_KIND = 50  # a word for its kind beside its name
BY_VERSION = 45  # name:version, which assets of two kinds may have
BY_IDENTITY = 40  # who did it, which is seldom what it is about
BY_SIZE = 12
PER_SEGMENT = 2  # of an id: a child is named by more than what it is in
MIN_OWN_CHARACTERS = 6  # of a name that stands alone: `cpu` and `main` are words
MIN_HOST = 10  # characters of a name that is unique in all of Azure and begins as its kind does: stshopdevxkcd
_ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_DRAWN = re.compile(r"^\s*[|\u2502\u2577\u2575]\s?")  # how tools draw a frame around a message
_BLANKS = re.compile(r"\\+[nrt]")  # line ends and tabs, as JSON in JSON has them
_ESCAPED = re.compile(r"\\+(?=[\"'])")
_OF_JSON = re.compile(r"\\+u00(2[267]|3[ce])", re.IGNORECASE)  # " & ' < > as JSON for pages writes them
_OF_PAGES = re.compile(r"&(?:quot|apos|amp|lt|gt|#\d{2,4}|#x[0-9a-f]{2,4});", re.IGNORECASE)
# What a log puts before each line, also in the middle of a message of several.
_STAMPED = re.compile(r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z|[+-]\d\d:?\d\d)? ?")
# Deployments of Resource Manager are called as our units, which are words of other entries.
_OF_DEPLOYMENTS = re.compile(
    r"/providers/Microsoft\.Resources/deployments/\S+|deployment '[^']{1,90}' failed with error\(s\)", re.IGNORECASE
)
_ID = re.compile(r"/subscriptions/[^\s\"'<>(),;|\\\]]+", re.IGNORECASE)


class Named(NamedTuple):
    """An entry, or a resource that belongs to one, in one target."""

    address: str
    plan: Plan
    weight: int
    how: str  # what of the text names it


def flat(text: str) -> str:
    """A text in one line, without the escapes of terminals, pages and JSON in JSON, and the times of a log.

    A line that comes again stands once.
    """
    plain = _OF_JSON.sub(lambda match: chr(int(match[1], 16)), _ESCAPES.sub("", text))
    plain = _OF_PAGES.sub(lambda match: html.unescape(match[0]), plain)
    lines = dict.fromkeys(_DRAWN.sub("", _STAMPED.sub("", line)).strip() for line in plain.splitlines())
    return " ".join(_ESCAPED.sub("", _BLANKS.sub(" ", " ".join(lines))).split())


def named_in(said: str, plan: Plan) -> Iterator[Named]:
    """Everything of one target that a text names, in no order; the same may be named several times."""
    yield from _by_id(said, plan)
    said = _OF_DEPLOYMENTS.sub(" ", said)
    lower = said.lower()
    for address, how in by_key(lower, plan.graph):
        yield Named(address, plan, BY_ADDRESS, how)
    for address, how in by_full_name(lower, plan.graph):
        yield Named(address, plan, BY_OWN_NAME + PER_SEGMENT * (how.count(".") + 1), how)
    names = Counter(entry.azure_name.lower() for entry in plan.graph.entries.values() if entry.azure_name)
    for entry in plan.graph.entries.values():
        yield from _by_address(lower, entry, plan)
        yield from _by_identity(lower, entry, plan)
        if entry.azure_name and begins_alone(lower, entry.azure_name.lower()):
            yield from _by_name(said, entry, plan, names[entry.azure_name.lower()])
        yield from _by_size(lower, entry, plan)


def _by_id(said: str, plan: Plan) -> Iterator[Named]:
    """Each id of the text leads to the resource that it is of, or to the nearest that it lies in."""
    known = _ids(plan)
    for found in dict.fromkeys(_ID.findall(said)):
        parts = found.rstrip(".:/").lower().split("/")
        for length in range(len(parts), 8, -1):
            address = known.get("/".join(parts[:length]))
            if address is not None:
                yield Named(address, plan, BY_ID + PER_SEGMENT * length, found)
                break


def _ids(plan: Plan) -> dict[str, str]:
    """The addresses of resources and entries, by their ids in lower case."""
    entries = {entry.id.lower(): entry.address for entry in plan.graph.entries.values() if entry.id}
    slots = dict(_ids_of_slots(plan.graph))
    return {**{item.id.lower(): item.resource.address for item in plan.resources}, **slots, **entries}


def _ids_of_slots(graph: Graph) -> Iterator[tuple[str, str]]:
    for entry in graph.entries.values():
        holder = graph.entries.get(entry.parent or "")
        if ROWS[entry.section].is_a_slot and holder and holder.id:
            yield f"{holder.id}/deployments/{entry.azure_name}".lower(), entry.address


def _by_address(lower: str, entry: Entry, plan: Plan) -> Iterator[Named]:
    address = entry.address.lower()
    if "." in address and stands_alone(lower, address, before="."):
        yield Named(entry.address, plan, BY_ADDRESS, entry.address)
    path = f"azureml/{entry.section}/{entry.name}.yml".lower()
    if path in lower:
        yield Named(entry.address, plan, BY_FILE, path)


def _by_identity(lower: str, entry: Entry, plan: Plan) -> Iterator[Named]:
    """By the id that a principal has in Entra, or the address of a person."""
    field = ROWS[entry.section].identified_by
    for key in (field, "mail") if field else ():
        identity = entry.body.get(key)
        if isinstance(identity, str) and len(identity) >= MIN_OWN_CHARACTERS and identity.lower() in lower:
            yield Named(entry.address, plan, BY_IDENTITY, identity)


def _by_name(said: str, entry: Entry, plan: Plan, count: int) -> Iterator[Named]:
    """By its Azure name, which `count` entries have: alone where it can be nothing else, or beside a word for its kind.

    A release adds six digits to the name of a slot.
    """
    row, holder = ROWS[entry.section], plan.graph.entries.get(entry.parent or "")
    name = re.escape(entry.azure_name)
    alone = rf"(?<![\w-]){name}{'(-[0-9a-f]{6})?' if row.is_a_slot else ''}(?![\w-])"
    if count == 1 and _is_no_word(entry, plan.graph) and (found := re.search(alone, said, re.IGNORECASE)):
        levels = entry.azure_name.count(".")  # a table that is monitored is called catalog.schema.table
        yield Named(entry.address, plan, BY_OWN_NAME + PER_SEGMENT * levels + _depth(entry), found[0])
    words = "|".join(map(re.escape, _words(entry)))
    called = r"(?i:(?:\s+(?:container|version|asset))?\s+(?:with (?:the )?)?(?:name|id))?"
    beside = rf"\b(?i:{words})s?{called}\s?[:=/`(\[\"']{{0,3}}\s?[\"'`]?{alone}[\"'`]?"
    before = rf"{alone}[\"'`]?\s+(?i:{words})\b"
    dotted = rf"(?<![\w-]){re.escape(holder.azure_name)}[./]{alone}" if row.is_a_slot and holder else ""
    version = rf"(?<![\w-])(azureml:)?{name}:[0-9a-f]{{1,12}}\b" if row.versioned or row.numbers_its_versions else ""
    prefixed = rf"(?<![\w-])azureml:{name}(?![\w:-])" if row.versioned or row.has_nodes else ""
    given = rf"\baz ml {row.az_noun}\b[^|;]{{0,120}}--name[ =]{alone}" if row.az_noun else ""
    said_as = (
        (given, BY_KIND),
        (beside, BY_KIND),
        (before, BY_KIND),
        (dotted, BY_KIND),
        (version, BY_VERSION),
        (prefixed, BY_VERSION),
    )
    for expression, weight in said_as:
        if expression and (found := re.search(expression, said)):
            yield Named(entry.address, plan, weight + _depth(entry), found[0].strip())
            return


def _is_no_word(entry: Entry, graph: Graph) -> bool:
    """Whether a name that stands alone can be nothing else: it has digits or hyphens, or was made of other names."""
    name, rule = entry.azure_name.lower(), ROWS[entry.section].name_rule
    platform = graph.header.lasting_name.replace("-", "").lower()
    of_platform = platform in name and len(name) >= len(platform) + MIN_OWN_CHARACTERS
    is_host = (
        rule is not None and rule.scope == "global" and name.startswith(rule.abbreviation) and len(name) >= MIN_HOST
    )
    return len(name) >= MIN_OWN_CHARACTERS and (of_platform or is_host or bool(re.search(r"[\d.-]", name)))


def _depth(entry: Entry) -> int:
    """What is nested says more than what holds it, which the same text names."""
    return 4 if entry.parent else 0


def _words(entry: Entry) -> tuple[str, ...]:
    """The words that Azure has for a kind of entry: of its noun, of `az ml`, of its type."""
    row = ROWS[entry.section]
    nouns = [row.noun, row.noun.split()[-1], row.az_noun, row.az_noun.split("-")[-1]]
    types = [type.rpartition("/")[2].removesuffix("s") for type in row.types_in_ids if not type.endswith("/versions")]
    if row.has_nodes:
        nouns += ["compute target", "cluster", "azuremlcompute cluster", "compute"]
    if row.is_work:
        nouns += ["experiment", "run", "pipeline"]
    return tuple(dict.fromkeys(word.lower() for word in (*nouns, *types, entry.section) if word))


def _by_size(lower: str, entry: Entry, plan: Plan) -> Iterator[Named]:
    field = ROWS[entry.section].size_field
    size = entry.body.get(field) if field else None
    if isinstance(size, str) and not entry.existing and stands_alone(lower, size.lower(), before="."):
        yield Named(entry.address, plan, BY_SIZE, size)
