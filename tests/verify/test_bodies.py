"""The bodies that become Bicep, all their fields, against what the SDK would send for them."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest

from mlinfra.languages import SECTIONS
from mlinfra.verify import azureml_bodies
from mlinfra.verify.azureml_bodies import differences
from mlinfra.verify.bicep_lint import bicep_lint
from mlinfra.verify.case import Case
from mlinfra.verify.sdk import ask
from tests import tools
from tests.findings import nothing_found
from tests.verify.platforms import written

DEFAULTS = [(row.name, path) for row in SECTIONS for path in (*row.beyond_the_sdk, *row.instead_of_the_sdk)]


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Case:
    tools.bicep()
    return written("bodies", tmp_path_factory.mktemp("bodies"))


@pytest.fixture(scope="module")
def unexplained(bodies: Case) -> set[tuple[str, str]]:
    """Sections and paths of what the judge finds where no default has a reason."""
    with pytest.MonkeyPatch.context() as patch:
        _without_defaults(patch)
        findings = azureml_bodies.azureml_bodies(bodies).findings
    return {(_section(finding.addresses[0]), finding.message.split()[0]) for finding in findings}


def _without_defaults(patch: pytest.MonkeyPatch) -> None:
    bare = {row.name: replace(row, beyond_the_sdk={}, instead_of_the_sdk={}) for row in SECTIONS}
    patch.setattr(azureml_bodies, "ROWS", bare)


def _section(address: str) -> str:
    return "outbound_rules" if ".outbound_rules." in address else address.partition(".")[0]


@pytest.mark.judges
def test_every_field_says_what_the_sdk_would_send(bodies: Case) -> None:
    nothing_found(azureml_bodies.azureml_bodies(bodies).findings)


@pytest.mark.judges
def test_the_same_answers_are_judged_alike_twice(bodies: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = []

    def kept(*asked: Any) -> list[Any]:
        answers[:] = answers or ask(*asked)
        return answers

    monkeypatch.setattr(azureml_bodies, "ask", kept)
    _without_defaults(monkeypatch)
    assert azureml_bodies.azureml_bodies(bodies).findings == azureml_bodies.azureml_bodies(bodies).findings


@pytest.mark.judges
def test_every_field_is_printed_as_the_linter_wants_it(bodies: Case) -> None:
    nothing_found(bicep_lint(bodies).findings)


@pytest.mark.parametrize(("section", "path"), DEFAULTS, ids=[f"{section}-{path}" for section, path in DEFAULTS])
def test_a_default_of_ours_is_listed_because_it_is_there(
    section: str, path: str, unexplained: set[tuple[str, str]]
) -> None:
    assert any(of == section and fnmatchcase(found, path) for of, found in unexplained)


DIFFERENCES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], list[str]]] = {
    "the same": ({"kind": "default", "tags": {}}, {"kind": "Default", "id": "/x", "apiVersion": "1"}, {}, []),
    "another value": (
        {"properties": {"description": "a"}},
        {"properties": {"description": "b"}},
        {},
        ["properties.description is 'b'; the SDK would send 'a'"],
    ),
    "the case of a name": (
        {"properties": {"imageBuildCompute": "cpu"}},
        {"properties": {"imageBuildCompute": "CPU"}},
        {},
        ["properties.imageBuildCompute is 'CPU'; the SDK would send 'cpu'"],
    ),
    "a boolean that is a number": (
        {"properties": {"hbiWorkspace": True}},
        {"properties": {"hbiWorkspace": 1}},
        {},
        ["properties.hbiWorkspace is 1; the SDK would send True"],
    ),
    "left out": (
        {"properties": {"hbiWorkspace": False}},
        {"properties": {}},
        {},
        [
            "properties.hbiWorkspace is not there; the SDK would send False",
        ],
    ),
    "an identity less": (
        {"identity": {"userAssignedIdentities": {"/a": {}, "/b": {}}}},
        {"identity": {"userAssignedIdentities": {"/a": {}}}},
        {},
        ["identity.userAssignedIdentities./b is not there; the SDK would send {}"],
    ),
    "more": (
        {"properties": {"hbiWorkspace": False}},
        {"properties": {"hbiWorkspace": False, "softDeleteEnabled": True}},
        {},
        [
            "properties.softDeleteEnabled is True; the SDK would not send it, and it is no listed default",
        ],
    ),
    "more, as the spec writes it": (
        {"properties": {"hbiWorkspace": False}},
        {"properties": {"hbiWorkspace": True, "ipAllowlist": ["203.0.113.0/24"]}},
        {"hbiWorkspace": True, "ipAllowlist": ["203.0.113.0/24"]},
        [],
    ),
}


@pytest.mark.parametrize(("theirs", "ours", "own", "expected"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_a_difference_names_the_path_and_both_values(
    theirs: dict[str, Any], ours: dict[str, Any], own: dict[str, Any], expected: list[str]
) -> None:
    assert list(differences("workspaces", theirs, ours, own)) == expected
