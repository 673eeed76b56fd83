"""How much one platform may be: each entry is judged, named and planned anew for each target."""

from __future__ import annotations

from collections.abc import Collection

from mlinfra.diagnostics import Code, Diagnostic, finding
from mlinfra.header import Target
from mlinfra.overrides.templates import FOR_EACH, is_template
from mlinfra.source import Source
from mlinfra.source.tree import Field, Mapping, Node, Scalar, Sequence

TOO_MANY = Code(
    "MLI138",
    "error",
    "More entries than one platform may have",
    "Each entry is compiled for each target: with more than this a pull request waits for minutes, and whoever opens "
    "one could make it wait for hours",
    "Split the platform into several specs, or compile some of its targets at a time with -t",
    "https://cwe.mitre.org/data/definitions/770.html",
)
CODES = (TOO_MANY,)
MAX_RESOURCES = 800  # in one deployment (ARM's limit; Bicep's linter: max-resources)
MAX_DEPLOYED = 5 * MAX_RESOURCES  # of less it is said how many there are exactly, and all else that is wrong
MAX_ENTRIES = 50_000  # of all targets together; each takes up to half a millisecond and 10 kB
_OF_SOME = frozenset(
    {"existing", "id", "targets", "made_in", "resource_group", "subscription"}
)  # not made, or elsewhere


def beyond_extent(source: Source, targets: Collection[Target]) -> tuple[Diagnostic, ...]:
    """An error at the largest section where there is more than can be compiled in time; none else."""
    vocabulary = source.given.vocabulary
    written = {name: field for name, field in source.tree.fields.items() if name in vocabulary.sections}
    counts = {name: _entries(field, vocabulary.nested.get(name, ()), targets) for name, field in written.items()}
    entries = sum(counts.values())
    if entries * len(targets) <= MAX_ENTRIES:
        return ()
    largest = max(counts, key=lambda name: counts[name])
    message = (
        f"{entries:,} entries for {len(targets)} target{'s' * (len(targets) > 1)} are more than can be compiled at a "
        f"time: entries times targets may be {MAX_ENTRIES:,}"
    )
    help = "split the platform into several specs" + ", or name some targets with -t" * (len(targets) > 1)
    return (finding(TOO_MANY, message, written[largest].key, help),)


def beyond_deployment(source: Source, targets: Collection[Target], deployed: Collection[str]) -> tuple[Diagnostic, ...]:
    """An error at the largest section where a target surely has far more resources than one deployment takes.

    Those in `deployed` become a resource each, unless their bodies say otherwise or the target's overrides name them.
    """
    for target in (each for each in targets if not each.shared):
        counts = {name: _deployed(source, name, target) for name in deployed}
        if sum(counts.values()) > MAX_DEPLOYED:
            largest = max(counts, key=lambda name: counts[name])
            message = (
                f"{sum(counts.values()):,} entries of target {target.name} become a resource each, and one deployment "
                f"takes {MAX_RESOURCES}"
            )
            key = source.tree.fields[largest].key
            return (finding(TOO_MANY, message, key, "split the platform into several specs"),)
    return ()


def _deployed(source: Source, section: str, target: Target) -> int:
    """How many of a section's entries are surely made in a target."""
    written = source.tree.fields.get(section)
    if written is None or not isinstance(written.value, Mapping):
        return 0
    changes = target.overrides.fields.get(section) if target.overrides else None
    changed = changes.value.fields if changes and isinstance(changes.value, Mapping) else {}
    made = (
        _made_of(entry, [target]) for name, entry in written.value.fields.items() if _is_plain(name, entry, changed)
    )
    return max(0, sum(made) - len(changed))


def _is_plain(name: str, entry: Field, changed: Collection[str]) -> bool:
    body = entry.value.fields if isinstance(entry.value, Mapping) else {}
    return name not in changed and _OF_SOME.isdisjoint(body)


def _entries(section: Field, nested: tuple[str, ...], targets: Collection[Target]) -> int:
    """How many entries a section has, those that are nested in its own included; of templates what they make."""
    if not isinstance(section.value, Mapping):
        return 0
    count = 0
    for entry in section.value.fields.values():
        body = entry.value.fields if isinstance(entry.value, Mapping) else {}
        inner = [body[key].value for key in nested if key in body]
        below = [each for value in inner if isinstance(value, Mapping) for each in value.fields.values()]
        count += _made_of(entry, targets) * (1 + sum(_made_of(each, targets) for each in below))
    return count


def _made_of(entry: Field, targets: Collection[Target]) -> int:
    """How many entries one is: of a template as many as it has items, in the target in which these are the most."""
    if not is_template(entry) or not isinstance(entry.value, Mapping):
        return 1
    items = entry.value.fields[FOR_EACH].value
    if not isinstance(items, Scalar):
        return _length(items)
    name = str(items.value).removeprefix("${var.").removesuffix("}")
    values = [target.variables[name] for target in targets if name in target.variables]
    return max(map(_length, values), default=1)


def _length(items: Node) -> int:
    return len(items.fields) if isinstance(items, Mapping) else len(items.items) if isinstance(items, Sequence) else 1
