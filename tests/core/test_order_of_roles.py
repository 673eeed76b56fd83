"""Roles are there before what acts with them: Azure starts nothing again because a role came late."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mlinfra.azure.roles import ROLE_ASSIGNMENTS_TYPE
from mlinfra.compile import compile_spec
from mlinfra.emit.bicep import bicep_files
from mlinfra.graph import Entry
from mlinfra.languages.resource import RESOURCE_GROUP
from mlinfra.plan import Plan

REPOSITORY = Path(__file__).parent.parent.parent
SPECS = (
    ("specs/churn", {("identities.main/Contributor/workspaces.main", "workspaces.main")}),
    ("specs/minimal", {("identities.main/Contributor/workspaces.main", "workspaces.main")}),
    (
        "tests/acceptance/everything",
        {
            ("identities.workspace/Contributor/workspaces.main", "workspaces.main"),
            ("identities.hub/Contributor/hubs.main", "hubs.main"),
        },
    ),
)
ACTS_AS = {"identity", "identities", "primary_user_assigned_identity"}  # fields in which what acts names whom as
AFTER_ALL = "after all modules"  # what scripts make, once `main` is deployed


@cache
def plans(spec: str) -> tuple[Plan, ...]:
    return compile_spec(REPOSITORY / spec / "ml-platform.yaml", REPOSITORY, {}).plans


def before(plan: Plan) -> Mapping[str, set[str]]:
    """From each file of the unit `main` to the files that are deployed before it begins, as its main.bicep says."""
    (main,) = (file.text for file in bicep_files(plan, "// header") if file.path.endswith("/infra/main.bicep"))
    modules = re.findall(r"^module (\w+) '([^']+)\.bicep' = \{\n(.*?)^\}", main, re.MULTILINE | re.DOTALL)
    files = {symbol: file for symbol, file, _ in modules}
    found: dict[str, set[str]] = {}
    for symbol, _, body in modules:
        waits_for = re.findall(r"^    (\w+)$", body.partition("dependsOn: [")[2], re.MULTILINE)
        found[files[symbol]] = {file for name in waits_for for file in (files[name], *found[files[name]])}
    return found | {AFTER_ALL: set(files.values())}


def file_of(plan: Plan, address: str) -> str | None:
    """Where something is made; None where it exists already, or is what is deployed into."""
    if address == RESOURCE_GROUP:
        return None
    planned = plan.by_address.get(address)
    if planned:
        return planned.file if planned.unit == "main" else AFTER_ALL
    return None if _is_there(plan, plan.graph.entries[address]) else AFTER_ALL


def _is_there(plan: Plan, entry: Entry) -> bool:
    return entry.existing or (entry.parent is not None and _is_there(plan, plan.graph.entries[entry.parent]))


def assignments(plan: Plan) -> Iterator[tuple[str, str, str, str]]:
    """Address, identity, scope and file of every role that an identity of the spec gets by our own deployment.

    Less those on endpoints, which come last: who may call one makes nothing with that.
    """
    for planned in plan.resources:
        is_role = planned.resource.type == ROLE_ASSIGNMENTS_TYPE
        if is_role and planned.group is None and planned.unit == "main":
            model: Any = plan.graph.entries[planned.resource.owner].model
            if identity := getattr(model, "identity", None):
                address = identity if "." in identity else f"identities.{identity}"
                yield planned.resource.address, address, model.scope, planned.file


def actors(plan: Plan, identity: str) -> set[str]:
    """What acts as an identity: it names the identity, and is made by a template or, after that, by a script."""
    users = (edge for edge in plan.graph.edges_to(identity) if ACTS_AS & set(edge.path))
    return {edge.source for edge in users if "role_assignments" not in plan.graph.entries[edge.source].section}


def late(plan: Plan) -> set[tuple[str, str]]:
    """Roles that are not there before what acts with them begins, with who that is."""
    order = before(plan)
    found = set()
    for address, identity, _, file in assignments(plan):
        for actor in actors(plan, identity):
            made_in = file_of(plan, actor)
            if made_in is not None and file not in order[made_in]:
                found.add((address.partition(".")[2], actor))
    return found


@pytest.mark.parametrize(("spec", "of_itself"), SPECS)
def test_a_role_comes_a_layer_before_what_acts_with_it(spec: str, of_itself: set[tuple[str, str]]) -> None:
    """Unless it is on that itself, which is stated in its reason."""
    for plan in plans(spec):
        assert {actor for _, identity, _, _ in assignments(plan) for actor in actors(plan, identity)}
        assert late(plan) == of_itself
        for role, _ in of_itself:
            because = str(plan.graph.entries[f"role_assignments.{role}"].because)
            assert "nothing can be granted on it before it is there" in because
