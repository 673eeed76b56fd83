"""Changes of what the language itself says: targets, overrides, names, what belongs to someone else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.hunt.draft import Draft, Place
from tests.hunt.hostile import NAMES, NUMBERS, PATHS, SHAPES, SYNTAX, TEXTS, UNICODE

EACH = "${each.key}"
ITEMS: tuple[Any, ...] = ("${var.x}", "x", None, [], {}, [["a"]], ["a", "A"], ["a", "a"], list("abcdefgh") * 3, 7)
OF_THE_HEADER = ("apiVersion", "platform", "owner", "location", "tags", "targets", "variables", "network", "pipelines")
ONES_OWN_NAME = ("azure_name", "resource_group", "subscription", "id", "version", "name", "type", "$schema")
VALUES_OF_HEADER: dict[str, tuple[Any, ...]] = {
    "platform": ("ab", "a1b2c3d4e5f6", "churn", *NAMES[:8]),
    "short": ("ab", "abcdefgh", "a1", *NAMES[:8]),
    "cloud": ("public", "usgov", "china", "Public"),
    "location": ("westeurope", "West Europe", "usgovvirginia", "chinanorth2", "${var.x}", "global", *SYNTAX[:6]),
    "naming": (
        {"pattern": "{abbr}{platform}{target}{name}"},
        {"pattern": "{abbr}-{platform}-{target}-{name}-{region}"},
        {"pattern": "{name}"},
        {"pattern": "{abbr}/../{name}"},
        {"pattern": "a'{name}"},
        {"region_codes": {"westeurope": "../x"}},
        {"region_codes": {"westeurope": ""}},
        {"generation": 2},
        {"generation": 2**64},
    ),
    "owner": ("a@b.example", "'\n@x", "##vso[x]y"),
    "tags": (
        {"a": "@marker"},
        {"@a": "b"},
        {"a=@/etc/passwd": "b"},
        {"-x": "--y"},
        {"a": "b" * 257},
        {"": ""},
        {f"k{n}": "v" for n in range(60)},
    ),
    "network": (
        {"inbound": "private"},
        {"outbound": "vnet"},
        {"outbound": "open"},
        {"allowed_ips": ["0.0.0.0/0"]},
        {"allowed_ips": ["::/0", "x"]},
    ),
    "pipelines": (
        {"pool": {"name": "a b"}},
        {"pool": {"vmImage": "ubuntu-24.04", "demands": ["docker"]}},
        {"pool": {"pull_request": {"name": "a"}, "deploy": {"vmImage": "ubuntu-22.04"}}},
        {"branch": "releases/v1"},
        {"branch": "refs/heads/main"},
        {"feeds": ["a b/c"]},
        {"feeds": ["p/f", "p/g", "P/F"]},
        {"feeds": ["p/f@view"]},
        {"train": {"jobs": [], "schedules": [{"cron": "0 5 * * 1"}]}},
        {"train": {"jobs": ["train", "train"], "schedules": [{"cron": "0 5 * * 1", "jobs": ["train", "train"]}]}},
        {"train": {"jobs": ["tune"], "schedules": [{"cron": "0 5 * * 1"}, {"cron": "0  5 * * 1"}]}},
        {"score": {"endpoints": ["nightly", "nightly"]}},
        {"score": {"endpoints": ["churn"], "schedules": [{"cron": "0 5 * * 1"}]}},
        {"score": None},
        {"versions": {"bicep": {"version": "0.49.2", "sha256": []}, "az": "2.0", "ml": "2.0.0"}},
        {"service_connections": {"dev": "a", "test": "a", "prod": {"deploy": "b"}}},
        {"service_connections": {"dev": {"deploy": "a", "plan": "a", "run": "a", "check": "a", "score": "a"}}},
        {"install": {"wheel": "a/mlinfra_compiler-0.1.0-py3-none-any.whl", "requirements": "requirements/run.txt"}},
        {"install": {"source": ".", "requirements": "../x"}},
    ),
    "include": (["*.yml"], ["../**/*.yml"], ["/etc/*"], ["**/*"], ["."], [PATHS[2]], "x", ["ml-platform.yaml"]),
}


def of_header(random: Random, draft: Draft) -> str | None:
    """A key of the header says something else."""
    key = random.choice(tuple(VALUES_OF_HEADER))
    value = copy.deepcopy(random.choice(VALUES_OF_HEADER[key]))
    if key in ("network", "pipelines") and isinstance(draft.spec.get(key), dict):
        draft.spec[key].update(value)
    else:
        draft.spec[key] = value
    draft.change(draft.example.spec)
    return f"{key} becomes {value!r:.200}"


def override(random: Random, draft: Draft) -> str | None:
    """A target overrides a value: with another, with null, or with the same."""
    target = _target(random, draft)
    place = draft.pick(random, _is_in_an_entry)
    if target is None or place is None:
        return None
    values = (None, copy.deepcopy(place.value), copy.deepcopy(random.choice((*SHAPES, *NUMBERS[:8], *TEXTS))))
    node = target.setdefault("overrides", {})
    for step in place.trail[:-1]:
        node = node.setdefault(step, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            return None
    node[place.trail[-1]] = value = random.choice(values)
    draft.change(draft.example.spec)
    return f"a target overrides {place} with {value!r:.100}"


def _is_in_an_entry(place: Place) -> bool:
    return 2 <= len(place.trail) <= 6 and place.trail[0] not in OF_THE_HEADER and place.is_in_map


def _target(random: Random, draft: Draft) -> dict[str, Any] | None:
    targets = draft.spec.get("targets")
    named = [target for target in targets.values() if isinstance(target, dict)] if isinstance(targets, dict) else []
    return random.choice(named) if named else None


def only_in_some_targets(random: Random, draft: Draft) -> str | None:
    """An entry exists in some targets only."""
    names = list(draft.spec.get("targets") or ()) if isinstance(draft.spec.get("targets"), dict) else []
    entry = _entry(random, draft)
    if entry is None or not names:
        return None
    entry.value["targets"] = random.choice(
        ([random.choice(names)], random.sample(names, len(names)), [], names + names[:1], ["x"])
    )
    draft.change(entry.document)
    return f"{entry} exists in {entry.value['targets']}"


def template(random: Random, draft: Draft) -> str | None:
    """An entry is made for each item of a list or a map."""
    entry = _entry(random, draft)
    if entry is None or not isinstance(entry.holder, dict):
        return None
    words = random.sample((*NAMES, *SYNTAX, *UNICODE, *TEXTS, "a", "b", "c"), 3)
    entry.value["for_each"] = copy.deepcopy(random.choice((words, dict.fromkeys(words, random.choice(SHAPES)), *ITEMS)))
    keys = [key for key, value in entry.value.items() if isinstance(value, str)]
    if keys:
        key = random.choice(keys)
        entry.value[key] = random.choice((EACH, f"{entry.value[key]}{EACH}", "${each.value}", "${each.value.x}"))
    name = random.choice((entry.key, EACH, f"{entry.key}-{EACH}", "${each.value}"))
    items = [(name if key == entry.key else key, value) for key, value in entry.holder.items()]
    entry.holder.clear()
    entry.holder.update(items)
    draft.change(entry.document)
    return f"{entry.document}: {'.'.join(map(str, entry.trail))} is made for each of it, as {name}"


def _entry(random: Random, draft: Draft) -> Place | None:
    return draft.pick(random, lambda it: len(it.trail) in (2, 4) and isinstance(it.value, dict) and _is_in_an_entry(it))


def own_name(random: Random, draft: Draft) -> str | None:
    """An entry gets a name, version or id of its own."""
    entry = _entry(random, draft)
    if entry is None:
        return None
    key = random.choice(ONES_OWN_NAME)
    value = random.choice((*NAMES, *random.choice((PATHS, SYNTAX, UNICODE)), *NUMBERS[:12]))
    entry.value[key] = value
    draft.change(entry.document)
    return f"{entry} gets {key}: {value!r:.100}"


def of_someone_else(random: Random, draft: Draft) -> str | None:
    """An entry is someone else's."""
    entry = _entry(random, draft)
    if entry is None:
        return None
    names = {
        key: random.choice(random.choice((NAMES, NAMES, PATHS, SYNTAX))) for key in _some(random, ONES_OWN_NAME[:4])
    }
    if random.random() < 0.6:
        entry.value.clear()
    entry.value.update({"existing": True, **names})
    draft.change(entry.document)
    return f"{entry} is someone else's, with {names!r:.200}"


def extension(random: Random, draft: Draft) -> str | None:
    """An entry sets properties of the Azure resource itself."""
    entry = _entry(random, draft)
    if entry is None:
        return None
    entry.value["properties"] = {random.choice(TEXTS): copy.deepcopy(random.choice((*SHAPES, *NUMBERS, *TEXTS)))}
    draft.change(entry.document)
    return f"{entry} has properties {entry.value['properties']!r:.200}"


def _some(random: Random, keys: tuple[str, ...]) -> Iterator[str]:
    return (key for key in keys if random.random() < 0.5)


def one_target(random: Random, draft: Draft) -> str | None:
    """All targets but one go; what is only in others goes with them."""
    targets = draft.spec.get("targets")
    if not isinstance(targets, dict) or len(targets) < 2:
        return None
    kept = random.choice(list(targets))
    draft.spec["targets"] = {kept: {key: value for key, value in targets[kept].items() if key != "promote_from"}}
    _leave_out(draft.spec, kept)
    for document, data in draft.data.items():
        if isinstance(data, dict):
            _keep(data, kept)
            draft.touched.add(document)
    draft._places = None
    return f"of the targets only {kept} is left"


def _leave_out(spec: dict[str, Any], kept: str) -> None:
    pipelines = spec.get("pipelines")
    connections = pipelines.get("service_connections") if isinstance(pipelines, dict) else None
    if isinstance(connections, dict):
        for name in [name for name in connections if name != kept]:
            del connections[name]


def _keep(data: dict[str, Any], kept: str) -> None:
    """Entries that name targets lose the others; an entry that is left with none goes."""
    for key, value in list(data.items()):
        if not isinstance(value, dict):
            continue
        named = value.get("targets")
        if isinstance(named, list) and all(isinstance(name, str) for name in named):
            if kept in named:
                del value["targets"]
            else:
                del data[key]
                continue
        _keep(value, kept)
