"""Bodies of our kinds that are too wrong for a model: what is wrong is said, and nothing else goes wrong."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mlinfra.languages import WRITTEN
from tests.spec import HEADER, found

BODIES = {
    "many": f"{{{', '.join(f'k{number}: 1' for number in range(300))}}}",
    "another kind's": "{retention_days: 90, hierarchical_namespace: true}",
    "of maps": f"{{{', '.join(f'k{number}: {{a: [1, {{}}]}}' for number in range(20))}}}",
    "a list": "[]",
    "a number": "3",
}
KINDS = tuple(row.name for row in WRITTEN if row.model is not None)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_wrong_is_said(kind: str, body: str, tmp_path: Path) -> None:
    said = found(tmp_path, f"{HEADER}workspaces: {{main: {{}}}}\n{kind}: {{main: {body}}}\n")
    assert any(item.severity == "error" for item in said)


def test_what_is_unknown_is_said_once_however_much_of_it_there_is(tmp_path: Path) -> None:
    tags = ", ".join(f"k{number}: '${{var.nothing}}'" for number in range(300))
    said = found(tmp_path, f"{HEADER}workspaces: {{main: {{}}}}\nkey_vaults: {{v: {{tags: {{{tags}}}, unheard: 1}}}}\n")
    assert Counter(item.code.id for item in said) == {"MLI235": 300, "MLI212": 1}


def test_what_names_one_is_judged_without_it(tmp_path: Path) -> None:
    instance = "compute_instances: {nb: {size: Standard_D4ds_v4, create_on_behalf_of: lead}}\n"
    said = found(tmp_path, f"{HEADER}workspaces: {{main: {{}}}}\n{instance}principals: {{lead: {{}}}}\n")
    assert {item.code.id for item in said if item.severity == "error"} == {"MLI215"}


def test_nothing_is_said_of_a_key_that_was_only_guessed(tmp_path: Path) -> None:
    """`network` is near `network_acls`, and may be another thing: its keys are not held against that."""
    spec = f"{HEADER}workspaces: {{main: {{}}}}\nkey_vaults: {{v: {{network: {{vnet: a, bypass: nobody}}}}}}\n"
    errors = [item.message for item in found(tmp_path, spec) if item.severity == "error"]
    assert errors == [
        'unknown key "network" in key_vaults.v',
        'bypass must be one of azure_services, none, not "nobody"',
    ]


def test_what_stands_empty_is_said_and_nothing_follows(tmp_path: Path) -> None:
    body = "{managed_network: {isolation_mode: , firewall_sku: }, identity: {type: }}"
    spec = f"{HEADER}workspaces: {{main: {body}}}\n"
    assert [item.code.id for item in found(tmp_path, spec) if item.severity == "error"] == ["MLI220"] * 3


def test_a_role_of_one_is_judged_without_it(tmp_path: Path) -> None:
    assignment = "role_assignments: {a: {principal: lead, role: Reader, scope: resource_group}}\n"
    said = found(tmp_path, f"{HEADER}workspaces: {{main: {{}}}}\n{assignment}principals: {{lead: {{}}}}\n")
    assert {item.code.id for item in said if item.severity == "error"} == {"MLI215"}
