"""The text of something that failed on Azure: which entry of the spec it is about, and why, as far as that is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlinfra.azure.failures import KNOWN, Cause, Found, foreign
from mlinfra.azure.failures.signs import kind
from mlinfra.diagnostics.characters import one_line
from mlinfra.diagnostics.secrecy import masked
from mlinfra.explain.named import BY_OWN_NAME, Named, flat, named_in
from mlinfra.explain.nearby import Near, nearby
from mlinfra.explain.places import place, shown
from mlinfra.explain.rights import with_advice
from mlinfra.graph import Entry
from mlinfra.languages import ROWS
from mlinfra.plan import Plan

MAX_OTHERS = 3  # causes and entries beside the likeliest
MAX_QUOTED_CHARACTERS = 160  # of the text, around what is known
FITS = 15  # how much likelier an entry is whose type the cause is about
OF_TARGET = 30  # and one in a target of which a name of its own stands in the text
OF_NAMED = 12  # and one whose holder is named beside it: the text is about the part
DECISIVE = 40  # and one that is named where the cause looks


class Why(NamedTuple):
    """A cause, with what of the text says so, and whether that says it or only comes near it."""

    cause: Cause
    said: str
    is_sure: bool


class Failure(NamedTuple):
    """What a text is about, the likeliest first."""

    entries: tuple[Named, ...]
    near: tuple[Near, ...]  # of the header
    causes: tuple[Why, ...]


def failure(text: str, plans: Sequence[Plan]) -> Failure:
    """What a text of Azure says of a platform; without plans, only why."""
    said = flat(text)
    sections = frozenset(entry.section for plan in plans for entry in plan.graph.entries.values())
    causes = KNOWN.found(said, foreign(said, sections))
    weighed = sorted(_weighed(said, plans, causes), key=lambda item: (-item.weight, item.address))
    best: dict[str, Named] = {}
    for item in weighed:
        best.setdefault(item.address, item)
    near = tuple(nearby(said, plans))
    first = next(iter(best.values()), None)
    of_first = first.plan.graph.target.name if first else next((each.target for each in near if each.target), "")
    ordered = sorted(plans, key=lambda plan: plan.graph.target.name != of_first)
    named = of_first or (plans[0].graph.target.name if len(plans) == 1 else "")
    quoted = tuple(
        Why(with_advice(found, said, ordered, named), _around(said, found), found.is_sure) for found in causes
    )
    return Failure(tuple(best.values()), near, quoted)


def _weighed(said: str, plans: Sequence[Plan], causes: Sequence[Found]) -> Iterator[Named]:
    first = causes[0] if causes else None
    about = first.cause.about if first else ()
    region = " ".join(first.named) if first else ""
    for plan in plans:
        found = list(named_in(said, plan))
        decisive = {item.address for item in named_in(region, plan)} if region else set()
        here = OF_TARGET if any(item.weight >= BY_OWN_NAME for item in found) else 0
        named = {item.address for item in found}
        settled = {item.how for item in found if _holder(item, plan) in named}
        for item in found:
            if item.how in settled and _holder(item, plan) not in {"", *named}:
                continue  # the same words, and the holder of another entry stands beside them
            entry = plan.graph.entries.get(item.address)
            more = here + _fit(entry, about) + (DECISIVE if item.address in decisive else 0)
            more += OF_NAMED if entry and entry.lies_in in named else 0
            yield item._replace(weight=item.weight + more)
        if not found and len(plans) == 1:
            ends = (*about[:1], *filter(None, (kind(said),)))
            yield from next(filter(None, (list(_only_one(plan, end)) for end in ends)), ())


def _holder(item: Named, plan: Plan) -> str:
    """The address of the entry that it lies in, which may be named as well; empty of what lies in none."""
    entry = plan.graph.entries.get(item.address)
    return entry.lies_in if entry else ""


def _fit(entry: Entry | None, about: tuple[str, ...]) -> int:
    """How well the type of an entry fits what a cause is about: the first type fits best."""
    types = ROWS[entry.section].types_in_ids if entry else ()
    fitting = [place for place, end in enumerate(about) if any(_ends(type, end) for type in types)]
    return FITS - 2 * fitting[0] if fitting else 0


def _only_one(plan: Plan, end: str) -> Iterator[Named]:
    """The only entry of the type that a text speaks of, or its cause is likeliest about, where the text names none."""
    of_type = [
        entry
        for entry in plan.graph.entries.values()
        if any(_ends(type, end) for type in ROWS[entry.section].types_in_ids)
    ]
    if len(of_type) == 1:
        yield Named(of_type[0].address, plan, 1, f"nothing; it is the only {ROWS[of_type[0].section].noun} there")


def _ends(type: str, end: str) -> bool:
    return f"/{type.lower()}".endswith(f"/{end.lower()}")


def _around(said: str, found: Found) -> str:
    """What of the text says so, with a little before and after it."""
    middle = (found.start + min(found.end, found.start + MAX_QUOTED_CHARACTERS)) // 2
    start = max(0, middle - MAX_QUOTED_CHARACTERS // 2)
    end = start + MAX_QUOTED_CHARACTERS
    before, after = "…" if start else "", "…" if end < len(said) else ""
    return before + masked(said[start:end].strip()) + after


def document(found: Failure, here: Path) -> dict[str, Any]:
    entries = [_entry(item, here) for item in found.entries[: MAX_OTHERS + 1]]
    causes = [_cause(why) for why in found.causes[: MAX_OTHERS + 1]]
    return {
        "entry": entries[0] if entries else None,
        "other_entries": [entry["address"] for entry in entries[1:]],
        "near": [
            {"what": near.what, "named_by": masked(near.how), "written": place(near.written, here)}
            for near in found.near[: MAX_OTHERS + 1]
        ],
        "cause": causes[0] if causes else None,
        "other_causes": [{key: cause[key] for key in ("cause", "title", "sure")} for cause in causes[1:]],
    }


def _entry(item: Named, here: Path) -> dict[str, Any]:
    graph, planned = item.plan.graph, item.plan.by_address.get(item.address)
    entry = graph.entries.get(item.address) or graph.entries[planned.resource.owner if planned else ""]
    return {
        "address": item.address,
        "target": graph.target.name,
        "name": planned.resource.names[-1] if planned else entry.azure_name,
        "id": planned.id if planned else entry.id,
        "named_by": masked(item.how),
        "written": place(entry.key, here),
        "because": planned.resource.because if planned else entry.because,
    }


def _cause(found: Why) -> dict[str, Any]:
    cause = found.cause
    return {
        "cause": cause.key,
        "title": cause.title,
        "sure": found.is_sure,
        "why": cause.why,
        "do": cause.do,
        "source": cause.source,
        "said": found.said,
    }


def text(document: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    return "".join(f"{one_line(line)}\n" for line in _lines(document, texts))


def _lines(document: Mapping[str, Any], texts: Mapping[str, str]) -> Iterator[str]:
    entry, cause = document["entry"], document["cause"]
    if entry:
        yield f"{entry['address']} in {entry['target']}"
        yield f"  named by  {entry['named_by']}"
        yield f"  written   {shown(entry['written'], texts)}"
        if entry["because"]:
            yield f"  derived   because {entry['because']}"
        for other in document["other_entries"]:
            yield f"  or        {other}"
    else:
        yield "no entry of the spec is named"
        for near in document["near"]:
            yield f"  near      {near['what']}"
            yield f"  written   {shown(near['written'], texts)}"
    if cause is None:
        yield "no cause is known of this error"
        return
    yield _titled(cause)
    yield f"  said      {cause['said']}"
    yield f"  why       {cause['why']}"
    yield f"  do        {cause['do']}"
    yield f"  source    {cause['source']}"
    for other in document["other_causes"]:
        yield f"  or        {_titled(other)}"


def _titled(cause: Mapping[str, Any]) -> str:
    return f"{'' if cause['sure'] else 'perhaps: '}{cause['title']} ({cause['cause']})"
