"""Laws of templates: n items make what n entries make that are written out, byte for byte, and so is what is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlinfra.cli import run
from mlinfra.compile import VOCABULARY, check_target
from mlinfra.diagnostics import Diagnostic, Problem
from mlinfra.diagnostics.outcome import Outcome
from mlinfra.header import read_header
from mlinfra.overrides import View
from mlinfra.overrides.named_in_header import with_instances_named
from mlinfra.repository.files import Files
from mlinfra.source import Given, load
from tests.installation import FROM_INDEX, add_installation

HEAD = {
    "apiVersion": "mlinfra/v1",
    "platform": "churn",
    "location": "westeurope",
    "targets": {
        "dev": {"subscription": "11111111-1111-1111-1111-111111111111", "mode": "development"},
        "prod": {"subscription": "22222222-2222-2222-2222-222222222222", "mode": "production", "promote_from": "dev"},
    },
    "network": {"inbound": "public", "outbound": "internet", "allowed_ips": ["203.0.113.0/24"]},
    "workspaces": {"main": {}},
    "principals": {"release": {"role": "approver", "type": "user", "mail": "release@contoso.com"}},
    "environments": {"train": {"image": "contoso.example/train:1"}},
    "pipelines": {
        "pool": {"name": "agents"},
        "service_connections": {"dev": "churn-dev", "prod": "churn-prod"},
        **yaml.safe_load(FROM_INDEX),
    },
}
KEYS = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True), min_size=1, max_size=4, unique=True)
TEXTS = st.lists(
    st.sampled_from(["a", "b c", "$", "{", "}", "${", "${each.key}", "${{inputs.x}}", '"', "#", "ö", "1", "-"]),
    max_size=4,
).map("".join)
VALUES = st.fixed_dictionaries(
    {
        "text": TEXTS,
        "nodes": st.integers(1, 9),
        "on": st.booleans(),
        "tags": st.dictionaries(st.sampled_from("xyz"), TEXTS),
    }
)
WORDS = st.sampled_from(["", "a", "x-", "{b}", " c", "}"])


class Slot:
    """What is filled into a body: a part of the item, alone or between two texts."""

    def __init__(self, path: str, before: str | None = None, behind: str = "") -> None:
        self.path, self.before, self.behind = path, before, behind

    def as_template(self) -> str:
        return f"{_escaped(self.before or '')}${{each.{self.path}}}{_escaped(self.behind)}"

    def as_written(self, key: str, value: Mapping[str, Any]) -> Any:
        item: Any = key if self.path == "key" else value[self.path.removeprefix("value.")]
        if self.before is None:
            return _literal(item)
        text = ("true" if item else "false") if isinstance(item, bool) else str(item)
        return _escaped(f"{self.before}{text}{self.behind}")


def _escaped(text: str) -> str:
    return text.replace("${", "$${")


def _literal(data: Any) -> Any:
    """The data as a spec holds them so that nothing is filled in."""
    if isinstance(data, dict):
        return {key: _literal(value) for key, value in data.items()}
    return _escaped(data) if isinstance(data, str) else data


def _with(body: Any, of: Callable[[Slot], Any]) -> Any:
    if isinstance(body, dict):
        return {of(key) if isinstance(key, Slot) else key: _with(value, of) for key, value in body.items()}
    if isinstance(body, list):
        return [_with(item, of) for item in body]
    return of(body) if isinstance(body, Slot) else body


def _bodies(before: str, behind: str) -> dict[str, dict[str, Any]]:
    """The templates of a spec, by section; each names what is made for the same item in another one."""
    key, text = Slot("key"), Slot("value.text", before, behind)
    return {
        "data": {
            "type": "uri_folder",
            "path": Slot("key", "https://contoso.example/", "/"),
            "description": Slot("value.text"),
            "tags": Slot("value.tags"),
        },
        "compute_clusters": {
            "size": "Standard_D4ds_v4",
            "max_instances": Slot("value.nodes"),
            "tags": {"nodes": Slot("value.nodes", "n"), Slot("key", "of-"): text},
        },
        "jobs": {
            "type": "command",
            "command": "cat ${{inputs.rows}} > ${{outputs.model}}/m",
            "display_name": text,
            "environment": "train",
            "compute": Slot("key", "c-"),
            "inputs": {"rows": {"type": "uri_folder", "path": key}, "on": Slot("value.on")},
            "outputs": {"model": {"type": "mlflow_model"}},
        },
        "models": {"from_job": Slot("key", "fit-"), "output": "model"},
    }


NAMES = {
    "data": Slot("key"),
    "compute_clusters": Slot("key", "c-"),
    "jobs": Slot("key", "fit-"),
    "models": Slot("key", "m_"),
}


def _written(items: Mapping[str, Any], bodies: Mapping[str, Any]) -> dict[str, Any]:
    items = dict(sorted(items.items()))  # in which order templates have them, too
    sections: dict[str, Any] = {}
    for section, body in bodies.items():
        sections[section] = {}
        for key, value in items.items():
            filled = _with(body, partial(Slot.as_written, key=key, value=value))
            sections[section][NAMES[section].as_written(key, value)] = filled
    containers = {f"raw-{key}": {"metadata": {"text": _escaped(value["text"])}} for key, value in items.items()}
    jobs = [f"fit-{key}" for key in items]
    return _spec(sections, containers, jobs, {})


def _as_templates(items: Mapping[str, Any], bodies: Mapping[str, Any], *, is_variable: bool) -> dict[str, Any]:
    literal = {key: _literal(value) for key, value in items.items()}
    for_each = "${var.items}" if is_variable else literal
    variables = {"items": {"type": "map", "default": literal}} if is_variable else {}
    sections = {
        section: {NAMES[section].as_template(): {"for_each": for_each, **_with(body, Slot.as_template)}}
        for section, body in bodies.items()
    }
    containers = {"raw-${each.key}": {"for_each": for_each, "metadata": {"text": "${each.value.text}"}}}
    return _spec(sections, containers, ["fit-${each.key}"], variables)


def _spec(sections: Any, containers: Any, jobs: list[str], variables: Any) -> dict[str, Any]:
    # one after the other, as jobs of no template run
    pipelines = {**HEAD["pipelines"], "train": {"jobs": jobs, "parallel": 1}}  # type: ignore[dict-item]  # HEAD is of any shape
    lake = {"lake": {"hierarchical_namespace": True, "containers": containers}}
    return {**HEAD, "pipelines": pipelines, "variables": variables, "storage_accounts": lake, **sections}


def _compiled(folder: Path, spec: Any) -> dict[str, str]:
    (folder / "ml-platform.yaml").write_text(
        yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), encoding="utf-8"
    )
    add_installation(folder)
    assert run(["compile", "-q", "-f", str(folder)]) == 0
    files = sorted((folder / "generated").rglob("*"))
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files if path.is_file()}


@pytest.mark.judges
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(keys=KEYS, data=st.data(), before=WORDS, behind=WORDS, is_variable=st.booleans())
def test_what_items_make_is_what_is_written_out(
    keys: list[str], data: st.DataObject, before: str, behind: str, *, is_variable: bool
) -> None:
    items = {key: data.draw(VALUES) for key in keys}
    bodies = _bodies(before, behind)
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        assert _compiled(Path(one), _as_templates(items, bodies, is_variable=is_variable)) == _compiled(
            Path(other), _written(items, bodies)
        )


FAULTS: tuple[tuple[str, tuple[str, ...], Any], ...] = (
    ("data", ("type",), "uri_folders"),
    ("data", ("paths",), "x"),
    ("compute_clusters", ("max_instances",), Slot("value.text")),
    ("compute_clusters", ("size",), Slot("key", "Standard_")),
    ("compute_clusters", ("tags", "nodes"), {"a": 1}),
    ("jobs", ("compute",), Slot("key", "d-")),
    ("jobs", ("compute",), "nothing"),
    ("jobs", ("inputs", "rows", "path"), Slot("key", "no-")),
    ("jobs", ("command",), "cat ${{inputs.gone}}"),
    ("models", ("output",), Slot("key", "no-")),
    ("models", ("from_job",), None),
)


def _broken(bodies: dict[str, dict[str, Any]], fault: tuple[str, tuple[str, ...], Any]) -> None:
    section, (*above, last), value = fault
    body = bodies[section]
    for key in above:
        body = body[key]
    body[last] = value


def _said(spec: Any) -> list[tuple[str, str, str | None]]:
    """What is said of the targets before items are named: code, message and address."""
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        file = folder / "ml-platform.yaml"
        file.write_text(yaml.safe_dump(spec, sort_keys=False, allow_unicode=True), encoding="utf-8")
        try:
            source = load(Given(file, Files(folder), VOCABULARY))
        except Problem as problem:
            return sorted(map(_shown, problem.diagnostics), key=str)
        header = source.then(read_header).value
        assert header
        named = Outcome(with_instances_named(source.value, header))
        header = named.then(read_header).value
        assert header
        graphs = [check_target(View(named.value, header, target)) for target in header.targets]
        return sorted((_shown(found) for graph in graphs for found in graph.findings), key=str)


def _shown(found: Diagnostic) -> tuple[str, str, str | None]:
    return found.code.id, found.message, found.address


@pytest.mark.judges
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    keys=KEYS,
    data=st.data(),
    faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=3),
    is_variable=st.booleans(),
)
def test_what_is_said_of_items_is_said_of_what_is_written_out(
    keys: list[str], data: st.DataObject, faults: list[tuple[str, tuple[str, ...], Any]], *, is_variable: bool
) -> None:
    items = {key: data.draw(VALUES) for key in keys}
    bodies = _bodies("a", "b")
    for fault in faults:
        _broken(bodies, fault)
    assert _said(_as_templates(items, bodies, is_variable=is_variable)) == _said(_written(items, bodies))
