"""The schema for editors: current, readable by every engine, and right about what a person types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from mlinfra.commands.schema import text
from mlinfra.editor_schema import editor_schema
from tests.conftest import Golden

ROOT = Path(__file__).parent.parent
COMMITTED = ROOT / "schemas/ml-platform.schema.json"
NOT_ECMA = re.compile(r"\(\?[aiLmsux-]|\(\?P|\\A|\\Z|\(\?#|\(\?\(|[*+?}]\+")  # flags, named groups, possessive repeats

SPEC = """\
apiVersion: mlinfra/v1
platform: churn
targets:
  dev:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
"""


@pytest.fixture(scope="module")
def validator() -> Any:
    return jsonschema_rs.validator_for(editor_schema())


def test_the_committed_schema_is_current(golden: Golden) -> None:
    golden(COMMITTED, text(editor_schema()))


def test_the_schema_is_one_of_draft_2020_12() -> None:
    schema = editor_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)


def test_every_expression_is_one_of_ecmascript() -> None:
    assert [pattern for pattern in patterns(editor_schema()) if NOT_ECMA.search(pattern)] == []


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from patterns(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "pattern" and isinstance(value, str):
                yield value
            elif key == "patternProperties":
                yield from value
            yield from patterns(value)


@pytest.mark.parametrize("spec", sorted(ROOT.glob("specs/*/ml-platform.yaml")), ids=lambda path: path.parent.name)
def test_examples_are_valid(validator: Any, spec: Path) -> None:
    assert [error.message for error in validator.iter_errors(yaml.safe_load(spec.read_bytes()))] == []


VALID = {
    "nothing after a section or an entry": "storage_accounts:\nworkspaces:\n  main:\n",
    "an override of one field of a required many": "storage_accounts: {lake: {}}\n"
    "jobs: {train: {type: command, command: x, environment: train}}\n",
    "keys of the user's own": "x-mine: 1\nstorage_accounts: {lake: {x-mine: 1}}\n",
    "a variable where a figure is due": "compute_clusters: {cpu: {size: Standard_D2_v4, max_instances: '${var.n}'}}\n",
}
OVERRIDES = {
    "one field of an entry": "compute_clusters: {cpu: {max_instances: 8}}",
    "null removes an entry": "compute_clusters: {cpu: null}",
    "null removes a field": "compute_clusters: {cpu: {tier: null}}",
    "one field of a deployment": "online_endpoints: {churn: {deployments: {blue: {instance_count: 3}}}}",
    "a sweep that does not say again that it is one": "jobs: {tune: {limits: {max_total_trials: 3}}}",
    "the network": "network: {outbound: approved}",
}
WRONG = {
    "an unknown section": ("storage_acounts: {}", []),
    "an unknown key of a kind of ours": (
        "storage_accounts: {lake: {hierarchical: true}}",
        ["storage_accounts", "lake"],
    ),
    "an unknown key of Azure ML's": ("compute_clusters: {cpu: {sizes: x}}", ["compute_clusters", "cpu"]),
    "a wrong type": ("storage_accounts: {lake: {tags: 1}}", ["storage_accounts", "lake", "tags"]),
    "the name of an entry": ("storage_accounts: {1a: {}}", ["storage_accounts"]),
    "an unknown key of pipelines": ("pipelines: {pools: {}}", ["pipelines"]),
}


@pytest.mark.parametrize("sections", VALID.values(), ids=VALID)
def test_what_is_right_passes(validator: Any, sections: str) -> None:
    assert [error.message for error in validator.iter_errors(yaml.safe_load(SPEC + sections))] == []


@pytest.mark.parametrize("override", OVERRIDES.values(), ids=OVERRIDES)
def test_overrides_need_no_whole_bodies(validator: Any, override: str) -> None:
    spec = yaml.safe_load(SPEC)
    spec["targets"]["dev"]["overrides"] = yaml.safe_load(override)
    assert [error.message for error in validator.iter_errors(spec)] == []


@pytest.mark.parametrize(("sections", "place"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_marked_where_it_stands(validator: Any, sections: str, place: list[str]) -> None:
    places = [error.instance_path for error in validator.iter_errors(yaml.safe_load(SPEC + sections))]
    assert any(found[: len(place)] == place for found in places)


def test_wrong_overrides_are_marked(validator: Any) -> None:
    spec = yaml.safe_load(SPEC)
    spec["targets"]["dev"]["overrides"] = {"compute_clusters": {"cpu": {"max_instanses": 8}}}
    places = [error.instance_path for error in validator.iter_errors(spec)]
    assert ["targets", "dev", "overrides", "compute_clusters", "cpu"] in places


SPECS = sorted((ROOT / "specs").glob("*/ml-platform.yaml"))


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.parent.name)
def test_every_line_of_an_example_explains_itself(spec: Path) -> None:
    schema = editor_schema()
    unsaid = dict.fromkeys(_unsaid(yaml.safe_load(spec.read_text(encoding="utf-8")), [schema], (), schema))
    assert [".".join(path) for path in unsaid] == []


def _unsaid(value: Any, nodes: list[Any], path: tuple[str, ...], schema: Any) -> Iterator[tuple[str, ...]]:
    """The keys of a spec at which an editor has nothing to say, names of entries and the like among them."""
    found = [each for node in nodes for each in _meant(node, schema)]
    if isinstance(value, list):
        items = [each["items"] for each in found if isinstance(each.get("items"), dict)]
        for item in value:
            yield from _unsaid(item, items, path, schema)
    if not isinstance(value, dict):
        return
    for key, below in value.items():
        named = [each["properties"][key] for each in found if isinstance(each.get("properties", {}).get(key), dict)]
        patterns = [(*each.get("patternProperties", {}).items(),) for each in found]
        free = [below for each in patterns for pattern, below in each if re.search(pattern, key)]
        free += [each["additionalProperties"] for each in found if isinstance(each.get("additionalProperties"), dict)]
        said = [each for node in named or free for each in _meant(node, schema) if each.get("description")]
        if not said:
            yield (*path, key)
        assert named or free or any(each.get("type") == "object" for each in found), (*path, key)
        yield from _unsaid(below, named or free, (*path, key), schema)


def test_no_choice_of_a_field_has_words_that_an_editor_shows_in_place_of_the_fields() -> None:
    """yaml-language-server shows the first description that it meets, and meets what is chosen before the field."""
    schema = editor_schema()
    assert sorted(_hidden(schema, schema)) == []


def _hidden(node: Any, schema: Any) -> Iterator[str]:
    if isinstance(node, list):
        for below in node:
            yield from _hidden(below, schema)
    elif isinstance(node, dict):
        for name, field in node.get("properties", {}).items():
            described = field.get("description") if isinstance(field, dict) else None
            if described and any(said != described for said in _shown(field, schema)):
                yield f"{name}: {described}"
        for key, below in node.items():
            yield from _hidden(below, schema) if key != "properties" else _hidden(list(below.values()), schema)


def _shown(node: Any, schema: Any) -> Iterator[str]:
    """What an editor shows of a field, in its order: a reference is replaced by what it names, but for what it says."""
    if "$ref" in node:
        node = {**schema["$defs"][node["$ref"].rpartition("/")[2]], **{k: v for k, v in node.items() if k != "$ref"}}
    for key in ("anyOf", "oneOf", "allOf"):
        for choice in node.get(key, ()):
            yield from _shown(choice, schema)
    for key in ("then", "else"):
        if key in node:
            yield from _shown(node[key], schema)
    if "description" in node:
        yield node["description"]


def _meant(node: Any, schema: Any) -> Iterator[Any]:
    """A schema and all that it refers to or chooses from."""
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if not isinstance(one, dict) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if "$ref" in one:
            waiting.append(schema["$defs"][one["$ref"].rpartition("/")[2]])
        for key in ("anyOf", "allOf", "oneOf"):
            waiting += one.get(key, [])
        waiting += [one[key] for key in ("then", "else") if key in one]
