"""Every key of pipelines and of a model's life stands in an example: in one of `specs/`, or on a page of a how-to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_how_to import FENCE, HERE, PAGES

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "schemas" / "ml-platform.schema.json").read_text(encoding="utf-8"))
ANY = "*"  # in a path, the name of an entry or the number of an item
# What is shown: where it stands in a spec.
PARTS = {
    "pipelines": ("pipelines",),
    "approval": ("targets", ANY, "approval"),
    "rollout": ("online_endpoints", ANY, "rollout"),
    "smoke_test": ("online_endpoints", ANY, "smoke_test"),
    "invoke": ("batch_endpoints", ANY, "invoke"),
    "release": ("models", ANY, "release"),
}
# What no example can write, and why.
ELSEWHERE = {
    "pipelines": {
        "install.index": "an example installs mlinfra from this repository",
        "install.wheel": "an example installs mlinfra from this repository",
        "pool.deploy.vmImage": "the agents of the examples have addresses of their own, as allowed_ips asks",
        "pool.pull_request.demands": "as of pool.deploy",
        "pool.inside": "as of pool.deploy",
        "pool.pull_request.inside": "as of pool.deploy",
        "pool.name": "as of pool.deploy",
        "pool.demands": "as of pool.deploy",
    },
    "rollout": {"all_at_once": "the example writes its name alone, which says the same"},
}
EXAMPLES = sorted((ROOT / "specs").glob("*/ml-platform.yaml"))
Path_ = tuple[str, ...]


def _branches(schema: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """A schema without references and unions: all that a value may be judged by. A list is as one of its items."""
    if "$ref" in schema:
        found: Any = SCHEMA
        for word in schema["$ref"].removeprefix("#/").split("/"):
            found = found[word]
        yield from _branches(found)
    unions = [schema.get(union, ()) for union in ("anyOf", "oneOf", "allOf")]
    chosen = [schema[key] for key in ("then", "else", "items") if key in schema]
    for branch in chain(chosen, *unions):
        yield from _branches(branch)
    yield schema


def _below(schema: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    """What may stand in a value: by key, or ANY, the schemas of what stands there."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for branch in _branches(schema):
        named = {**branch.get("properties", {}), ANY: branch.get("additionalProperties")}
        for key, each in named.items():
            if isinstance(each, Mapping):
                found.setdefault(key, []).append(each)
    return found


def _keys(schema: Mapping[str, Any], path: Path_ = ()) -> Iterator[Path_]:
    for key, schemas in _below(schema).items():
        if key != ANY:
            yield (*path, key)
        yield from chain.from_iterable(_keys(each, (*path, key)) for each in schemas)


def _at(schema: Mapping[str, Any], place: Path_) -> list[Mapping[str, Any]]:
    found = [schema]
    for word in place:
        found = [each for one in found for each in _below(one).get(word, ())]
    return found


def _written(value: Any, keys: set[Path_], path: Path_ = ()) -> Iterator[Path_]:
    """The keys that a value writes; the name of an entry is ANY."""
    if isinstance(value, list):
        yield from chain.from_iterable(_written(each, keys, path) for each in value)
    elif isinstance(value, Mapping):
        for word, each in value.items():
            key = (*path, word) if (*path, word) in keys else (*path, ANY)
            yield key
            yield from _written(each, keys, key)


def _values(spec: Any, place: Path_) -> Iterator[Any]:
    if not place:
        yield spec
    elif isinstance(spec, Mapping):
        for each in spec.values() if place[0] == ANY else [spec.get(place[0])]:
            yield from _values(each, place[1:])


def _specs() -> Iterator[Any]:
    """The examples, what each target has otherwise in them, and what the pages write."""
    texts = [path.read_text(encoding="utf-8") for path in EXAMPLES]
    for page in PAGES:
        here = HERE.search(page.read_text(encoding="utf-8"))
        assert here
        texts += [FENCE.findall(here[1])[0][1]]
    for spec in map(yaml.safe_load, texts):
        yield spec
        yield from (target.get("overrides", {}) for target in spec.get("targets", {}).values())


@pytest.mark.parametrize("part", PARTS)
def test_every_key_is_shown_in_an_example(part: str) -> None:
    keys = {key for schema in _at(SCHEMA, PARTS[part]) for key in _keys(schema)}
    found = {key for spec in _specs() for value in _values(spec, PARTS[part]) for key in _written(value, keys)}
    missing = {".".join(key) for key in keys - found}
    assert len(keys) > len(missing)
    assert sorted(missing) == sorted(ELSEWHERE.get(part, {}))


def test_a_model_that_its_job_registers_is_shown() -> None:
    assert "run" in {value for spec in _specs() for value in _values(spec, ("models", ANY, "registered_by"))}


LIFE = ROOT / "docs" / "how-to" / "README.md"
WORDS = re.compile(r"`([^`]+)`")
LINKED = re.compile(r"\[[^]]+\]\(([^)]+)\)[^`|]*`([^`]+)`")


def _found(spec: Any, place: str) -> list[Any]:
    """What a spec writes at a place; each item of a list is one of its entries."""
    values = [spec]
    for word in place.split("."):
        below: list[Any] = []
        for value in values:
            entries = dict(enumerate(value)) if isinstance(value, list) else value
            if isinstance(entries, Mapping):
                below += entries.values() if word == ANY else [entries[word]] if word in entries else []
        values = below
    return values


def _spec_of(file: Path) -> Any:
    """An example, or the lines that a page lays over one."""
    text = file.read_text(encoding="utf-8")
    here = HERE.search(text)
    return yaml.safe_load(FENCE.findall(here[1])[0][1] if here else text)


def test_the_example_has_what_the_table_says_and_others_have_what_it_excludes() -> None:
    churn = yaml.safe_load((ROOT / "specs" / "churn" / "ml-platform.yaml").read_text(encoding="utf-8"))
    table = LIFE.read_text(encoding="utf-8").split("| A model's life |")[1].split("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines()[2:]]
    shown = [place for _, here, _ in rows for place in WORDS.findall(here)]
    assert [place for place in shown if not _found(churn, place)] == []
    instead = [pair for _, _, elsewhere in rows for pair in LINKED.findall(elsewhere)]
    assert len(shown) > 10
    assert len(instead) == sum(len(WORDS.findall(elsewhere)) for *_, elsewhere in rows) > 5
    for page, place in instead:
        found = _found(_spec_of((LIFE.parent / page).resolve()), place)
        assert found, f"{page} writes no {place}"
        assert not any(value in _found(churn, place) for value in found), f"the example has {place} of {page}, too"
