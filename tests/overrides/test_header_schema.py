"""The header's model and the schema for editors that is derived from it say the same of a header."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema_rs
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.bodies.codes import CODES
from mlinfra.bodies.mending import mended_body
from mlinfra.bodies.words import Said
from mlinfra.diagnostics import Span
from mlinfra.editor_schema import editor_schema
from mlinfra.header.model import WrittenHeader
from tests.kinds.harness import parsed

SCHEMA = jsonschema_rs.validator_for(editor_schema())
TEXTS = st.sampled_from(["a", "Contoso ML", "$${x}", "100 %", "$", "a$$b"])
REGIONS = st.sampled_from(["westeurope", "uksouth"])
TAGS = st.dictionaries(st.sampled_from(["env", "costCenter", "$${k}"]), TEXTS)
GUID = st.just("11111111-1111-1111-1111-111111111111")
NAMES = ("dev", "test", "prod")
VARIABLES = st.dictionaries(
    st.sampled_from(["min_auc", "n-1"]),
    st.fixed_dictionaries({"type": st.just("integer")}, optional={"default": st.integers(0, 9), "description": TEXTS}),
)
TARGETS = st.dictionaries(
    st.sampled_from(NAMES),
    st.fixed_dictionaries(
        {"subscription": GUID, "mode": st.sampled_from(["development", "production"])},
        optional={
            "default": st.booleans(),
            "promote_from": st.sampled_from(NAMES),
            "branch": st.sampled_from(["main", "release/*"]),
            "location": REGIONS,
            "tags": TAGS,
            "resource_group": st.fixed_dictionaries({}, optional={"name": st.just("rg-x"), "tags": TAGS}),
            "x-own": TEXTS,
        },
    ),
    min_size=1,
)
PIPELINES = st.fixed_dictionaries(
    {
        "pool": st.sampled_from(
            [
                {"name": "agents"},
                {"vmImage": "ubuntu-24.04"},
                {"pull_request": {"vmImage": "ubuntu-24.04"}, "deploy": {"name": "agents"}},
            ]
        ),
        "service_connections": st.dictionaries(
            st.sampled_from(NAMES), st.sampled_from(["churn", {"deploy": "churn", "run": "churn-run"}])
        ),
        "install": st.just({"source": "tools/mlinfra", "requirements": "tools/mlinfra.txt"}),
    },
    optional={"branch": st.sampled_from(["main", "releases/v1"]), "train": st.just({"jobs": ["train"]})},
)
HEADERS = st.fixed_dictionaries(
    {"apiVersion": st.just("mlinfra/v1"), "platform": st.sampled_from(["churn", "a1"]), "targets": TARGETS},
    optional={
        "short": st.just("ch"),
        "owner": TEXTS,
        "location": REGIONS,
        "tags": TAGS,
        "cloud": st.sampled_from(["public", "usgov", "china"]),
        "naming": st.fixed_dictionaries({}, optional={"generation": st.integers(1, 9), "region_codes": TAGS}),
        "variables": VARIABLES,
        "pipelines": PIPELINES,
        "x-own": st.just({"any": ["thing"]}),
    },
)
# None of them is nothing at all: a key with nothing after its colon is marked by editors only.
WRONG: tuple[Any, ...] = (
    "",
    "West Europe",
    "${var.x}",
    "a/b",
    "scripts",
    0,
    -1,
    1.5,
    True,
    [],
    ["a"],
    {},
    {"a": 1},
    {"scripts": {}},
)


def is_accepted(header: Any) -> tuple[bool, bool]:
    """By the schema, and by the model."""
    mended = mended_body(
        WrittenHeader,
        _without_own(parsed(yaml.safe_dump(header))),
        "",
        Span("ml-platform.yaml", 1, 1, 1, 1),
        said_at=lambda path: Said(CODES),
    )
    assert mended.model is not None or mended.findings
    return SCHEMA.is_valid(header), not mended.findings


def _without_own(tree: Any) -> Any:
    return tree._replace(fields={key: field for key, field in tree.fields.items() if not key.startswith("x-")})


@given(HEADERS)
@settings(max_examples=100, deadline=None)
def test_both_accept_a_header_that_is_right(header: dict[str, Any]) -> None:
    assert is_accepted(header) == (True, True)


@given(HEADERS, st.data())
@settings(max_examples=300, deadline=None)
def test_both_say_the_same_of_a_header_with_one_other_value(header: dict[str, Any], data: st.DataObject) -> None:
    header = copy.deepcopy(header)
    node: Any = header
    key = data.draw(st.sampled_from(sorted(node)))
    while isinstance(node[key], dict) and node[key] and data.draw(st.booleans()):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node)))
    if data.draw(st.booleans()):
        node[key] = data.draw(st.sampled_from(WRONG))
    elif data.draw(st.booleans()):
        del node[key]
    else:
        node[data.draw(st.sampled_from(["zzz", "a/b", "${x}", "scripts", "UPPER"]))] = node[key]
    of_schema, of_model = is_accepted(header)
    if of_schema:  # what the parts of pipelines say of each other is for the model alone
        assert of_model or "pipelines" in header
    else:
        assert not of_model
