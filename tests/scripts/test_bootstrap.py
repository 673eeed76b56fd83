"""What bootstrap.sh makes of an empty subscription, again and in part, and what it says without making anything."""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlinfra.azure.own_roles import SCORE, own_role
from mlinfra.pipelines.rights import Connection, Needs
from mlinfra.pipelines.rights import rights_of as rights_of_use
from mlinfra.pipelines.scripts import ScriptsContext
from mlinfra.pipelines.smoke_test import SmokeCommand
from tests.scripts.example import PLATFORM, SCIENTISTS
from tests.scripts.fake_az.control import TENANT
from tests.scripts.harness import ROOT, Azure, Snapshot, write_output
from tests.scripts.steps import BOOTSTRAP

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
PROD, BESIDE = f"{GROUPS}/rg-churn-prod", f"{GROUPS}/rg-churn-prod-connections"
TAGS = {"costCenter": "47 'n' 11", "owner": '$(id) "x"'}
CONTRIBUTOR, BLOBS, ADMINISTRATOR, READER = (
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "1f9936c3-6a94-564f-b8e1-fc36cddcffde",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
)
LOCKS, WHAT_IF, RUN = (
    "015e9458-b9dd-55d8-adff-ff9b5829f5a3",
    "a24290cf-613c-5a42-b3b4-98f2b943b2ef",
    "fd18a20c-3762-519f-b45e-4ccfb0ea48d4",
)
NEXT = "next, by an administrator of the project in Azure DevOps, with the names of organization and project:"
OTHER = "00000000-0000-0000-0000-000000000009"
ISSUER, SUBJECT = "https://issuer.example/x", "/eid1/c/pub/t/a/sc/b $(id) #"
NAMES = ("churn prod", "churn-prod-read", "churn-prod-run")
USES = ("deploy", "plan", "run")
LINES = tuple(f"{name}\t{ISSUER}\t{SUBJECT}{name}" for name in NAMES)
EVERYTHING = """\
register resource provider Microsoft.MachineLearningServices
register resource provider Microsoft.Storage
create resource group rg-churn-prod in westeurope
create resource group rg-churn-prod-connections in westeurope
create identity id-churn-prod-deploy of connection churn prod in rg-churn-prod-connections
create identity id-churn-prod-plan of connection churn-prod-read in rg-churn-prod-connections
create identity id-churn-prod-run of connection churn-prod-run in rg-churn-prod-connections
make churn prod Contributor of rg-churn-prod
define role "mlinfra blobs 1f9936c3"
make churn prod mlinfra blobs 1f9936c3 of rg-churn-prod
make churn prod Role Based Access Control Administrator of rg-churn-prod
define role "mlinfra locks 015e9458"
make churn prod mlinfra locks 015e9458 of rg-churn-prod
define role "mlinfra what-if a24290cf"
make churn-prod-read mlinfra what-if a24290cf of rg-churn-prod
define role "mlinfra run fd18a20c"
make churn-prod-run mlinfra run fd18a20c of rg-churn-prod
make churn-prod-run mlinfra blobs 1f9936c3 of rg-churn-prod
""".splitlines()


@pytest.fixture(scope="module")
def bootstrapped(new_azure: Callable[[], Azure]) -> Snapshot:
    """After the first run."""
    azure = new_azure()
    result = azure.run(*BOOTSTRAP)
    assert result.code == 0, result.stderr
    return azure.snapshot()


def _ids(azure: Azure, key: str = "principalId") -> list[str]:
    return [azure.state["identities"][BESIDE][f"id-churn-prod-{use}"][key] for use in USES]


def rights_of(azure: Azure) -> dict[str, dict[str, str | None]]:
    """By object: the condition of each of its roles on the target's group."""
    found: dict[str, dict[str, str | None]] = {}
    for assignment in azure.state["assignments"][PROD].values():
        assert assignment["principalType"] == "ServicePrincipal"
        role = assignment["roleDefinitionId"].rpartition("/")[2]
        found.setdefault(assignment["principalId"], {})[role] = assignment.get("condition")
    return found


def federations_of(azure: Azure, *lines: str) -> Azure:
    (azure.folder / "federations.tsv").write_text("".join(f"{line}\n" for line in lines))
    return azure


def test_it_makes_groups_and_identities_and_waits_for_providers(azure: Azure) -> None:
    result = azure.run(*BOOTSTRAP)
    assert result.code == 0
    told = result.stderr.splitlines()
    waiting = "waiting until these are registered: Microsoft.MachineLearningServices Microsoft.Storage"
    assert told.count(waiting) == 2
    assert [line for line in told if line != waiting] == [
        *EVERYTHING,
        NEXT,
    ]
    assert azure.state["groups"] == {
        PROD: {"location": "westeurope", "tags": TAGS},
        BESIDE: {"location": "westeurope", "tags": TAGS},
    }
    assert list(azure.state["identities"]) == [BESIDE]
    assert {identity["location"] for identity in azure.state["identities"][BESIDE].values()} == {"westeurope"}
    assert set(azure.state["providers"][SUBSCRIPTION].values()) == {"Registered"}


def test_it_prints_what_the_next_person_runs(azure: Azure, bootstrapped: Snapshot) -> None:
    azure.restore(bootstrapped)
    result = azure.run(*BOOTSTRAP)
    identities = " ".join(
        f"--identity '{name}={client}'" for name, client in zip(NAMES, _ids(azure, "clientId"), strict=True)
    )
    place = "--organization https://dev.azure.com/ORGANIZATION --project PROJECT --target prod"
    assert result.stdout == (
        f"scripts/bootstrap-devops.sh {place} --tenant {TENANT} {identities} --federations federations-prod.tsv\n"
    )
    next_script = (ROOT / "generated" / "churn" / "scripts" / "bootstrap-devops.sh").read_text()
    options = re.findall(r"--[a-z-]+", result.stdout)
    assert [option for option in options if f"      {option})\n" not in next_script] == []


def test_it_gives_exactly_these_rights(azure: Azure, bootstrapped: Snapshot) -> None:
    azure.restore(bootstrapped)
    deploy, plan, run = _ids(azure)
    rights = rights_of(azure)
    blobs = rights[deploy][BLOBS]
    assert blobs is not None
    assert blobs.endswith(" OR (@Resource[Microsoft.Storage/storageAccounts:name] StringEquals 'stchurnprod'))")
    condition = rights[deploy].pop(ADMINISTRATOR)
    assert condition is not None
    assert condition.count(f"GuidNotEquals {{{deploy}, {plan}, {run}}}") == 2
    assert condition.count(f"PrincipalId] ForAnyOfAnyValues:GuidEquals {{{SCIENTISTS}}}") == 2
    assert rights == {
        deploy: {CONTRIBUTOR: None, BLOBS: blobs, LOCKS: None},
        plan: {WHAT_IF: None},
        run: {RUN: None, BLOBS: blobs},
    }
    assert list(azure.state["assignments"]) == [PROD]


def test_roles_of_our_own_are_narrow_and_live_in_the_group(azure: Azure, bootstrapped: Snapshot) -> None:
    roles = azure.restore(bootstrapped).state["roles"]
    assert list(roles) == [PROD]
    assert {name: role["roleName"] for name, role in roles[PROD].items()} == {
        BLOBS: "mlinfra blobs 1f9936c3",
        LOCKS: "mlinfra locks 015e9458",
        WHAT_IF: "mlinfra what-if a24290cf",
        RUN: "mlinfra run fd18a20c",
    }
    assert all(role["assignableScopes"] == [PROD] for role in roles[PROD].values())
    permissions = {name: role["permissions"] for name, role in roles[PROD].items()}
    locks = ["Microsoft.Authorization/locks/read", "Microsoft.Authorization/locks/write"]
    assert permissions[LOCKS] == [{"actions": locks, "notActions": [], "dataActions": []}]
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
    assert permissions[BLOBS] == [{"actions": [], "notActions": [], "dataActions": [f"{blobs}/read", f"{blobs}/write"]}]
    ((what_if,), (run,)) = permissions[WHAT_IF], permissions[RUN]
    assert what_if["actions"] == [
        "*/read",
        "Microsoft.Resources/deployments/validate/action",
        "Microsoft.Resources/deployments/whatIf/action",
    ]
    writes = [action for action in run["actions"] if not action.endswith("/read")]
    assert not [action for action in writes if "onlineEndpoints" in action or "Microsoft.Authorization" in action]
    assert not [action for action in writes if action.endswith(("/workspaces/*", "/workspaces/write"))]
    assert run["notActions"] == ["Microsoft.MachineLearningServices/workspaces/*/delete"]


def test_again_it_changes_nothing(azure: Azure, bootstrapped: Snapshot) -> None:
    azure.restore(bootstrapped).state["groups"][PROD]["tags"]["mlinfra-churn"] = "kept"
    before = copy.deepcopy(azure.state)
    result = azure.run(*BOOTSTRAP)
    assert (result.code, azure.changes) == (0, [])
    assert result.stderr == f"{NEXT}\n"
    assert azure.state == before
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, audit.stdout, audit.stderr) == (0, "", "target prod: nothing differs\n")


def test_a_dry_run_says_what_it_would_do(azure: Azure) -> None:
    result = azure.run(*BOOTSTRAP, "--dry-run")
    assert (result.code, result.stdout, azure.changes) == (0, "", [])
    assert result.stderr.splitlines() == [f"would {line}" for line in EVERYTHING]


def test_an_audit_of_nothing_finds_everything_missing(azure: Azure) -> None:
    result = azure.run(*BOOTSTRAP, "--audit")
    assert (result.code, result.stdout, azure.changes) == (1, "", [])
    assert result.stderr.splitlines() == [
        *(f"differs: would {line}" for line in EVERYTHING),
        "error: target prod differs from what bootstrap.sh makes, 18 times",
    ]


def _other_condition(azure: Azure) -> None:
    deploy = _ids(azure)[0]
    for assignment in azure.state["assignments"][PROD].values():
        if assignment["principalId"] == deploy and "condition" in assignment and ADMINISTRATOR in str(assignment):
            assignment["condition"] = "true\nOR false"


def _lost_condition(azure: Azure) -> None:
    for assignment in azure.state["assignments"][PROD].values():
        if assignment["principalId"] == _ids(azure)[2] and assignment.pop("condition", None):
            del assignment["conditionVersion"]


def _lost_right(azure: Azure) -> None:
    plan = _ids(azure)[1]
    assignments = azure.state["assignments"][PROD]
    azure.state["assignments"][PROD] = {name: each for name, each in assignments.items() if each["principalId"] != plan}


def _wider_role(azure: Azure) -> None:
    azure.state["roles"][PROD][LOCKS]["permissions"][0]["actions"].append("Microsoft.Authorization/locks/delete")


def _deletes_blobs(azure: Azure) -> None:
    (permission,) = azure.state["roles"][PROD][BLOBS]["permissions"]
    permission["dataActions"].append("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete")


def _read_again(azure: Azure) -> None:
    azure.state["roles"][PROD][WHAT_IF]["permissions"][0]["notActions"].pop(0)


def _lost_tag(azure: Azure) -> None:
    azure.state["groups"][BESIDE]["tags"]["owner"] = "someone else"


def _unregistered(azure: Azure) -> None:
    azure.state["providers"][SUBSCRIPTION]["Microsoft.Storage"] = "Unregistered"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            _other_condition,
            "put another condition on churn prod as Role Based Access Control Administrator of rg-churn-prod",
        ),
        (_lost_condition, "put another condition on churn-prod-run as mlinfra blobs 1f9936c3 of rg-churn-prod"),
        (_lost_right, "make churn-prod-read mlinfra what-if a24290cf of rg-churn-prod"),
        (_wider_role, 'define role "mlinfra locks 015e9458"'),
        (_deletes_blobs, 'define role "mlinfra blobs 1f9936c3"'),
        (_read_again, 'define role "mlinfra what-if a24290cf"'),
        (_lost_tag, "set the tags of resource group rg-churn-prod-connections"),
        (_unregistered, "register resource provider Microsoft.Storage"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_differs_is_found_and_mended(
    azure: Azure, bootstrapped: Snapshot, change: Callable[[Azure], None], told: str
) -> None:
    azure.restore(bootstrapped)
    change(azure)
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, azure.changes) == (1, [])
    assert audit.stderr.splitlines() == [
        f"differs: would {told}",
        "error: target prod differs from what bootstrap.sh makes, 1 times",
    ]
    again = azure.run(*BOOTSTRAP)
    assert (again.code, again.stderr.splitlines()[0]) == (0, told)
    assert azure.state == bootstrapped.state


def test_a_tag_in_another_case_is_the_same_tag(azure: Azure, bootstrapped: Snapshot) -> None:
    """Azure compares names of tags without case, and keeps that in which each was first given."""
    for group in azure.restore(bootstrapped).state["groups"].values():
        group["tags"] = {"Team": "x", "OWNER": TAGS["owner"], "CostCenter": TAGS["costCenter"]}
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, audit.stderr, azure.changes) == (0, "target prod: nothing differs\n", [])
    azure.state["groups"][PROD]["tags"]["CostCenter"] = "12"
    told = "set the tags of resource group rg-churn-prod"
    again = azure.run(*BOOTSTRAP)
    assert (again.code, again.stderr.splitlines()[0]) == (0, told)
    tags = {"Team": "x", "OWNER": TAGS["owner"], "CostCenter": TAGS["costCenter"]}
    assert azure.state["groups"][PROD]["tags"] == tags
    assert azure.run(*BOOTSTRAP, "--audit").code == 0


def test_what_a_connection_has_beside_is_told_and_stays(azure: Azure, bootstrapped: Snapshot) -> None:
    azure.restore(bootstrapped)
    plan, whole = _ids(azure)[1], f"/subscriptions/{SUBSCRIPTION}"
    definition = f"{whole}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    azure.state["assignments"][whole] = {
        "other": {"principalId": plan, "roleDefinitionId": definition, "condition": "a\n\tb\n"}
    }
    told = f"connection churn-prod-read has role {READER} on {whole} as well, which bootstrap.sh does not give"
    again = azure.run(*BOOTSTRAP)
    assert (again.code, again.stderr.splitlines()[0], azure.changes) == (0, f"warning: {told}", [])
    assert azure.run(*BOOTSTRAP, "--audit").stderr.splitlines()[0] == f"differs: {told}"


def test_an_identity_of_a_connection_that_left_the_spec_is_told_and_stays(azure: Azure, bootstrapped: Snapshot) -> None:
    identities = azure.restore(bootstrapped).state["identities"][BESIDE]
    identities["id-churn-prod-score"] = {**identities["id-churn-prod-plan"], "principalId": OTHER}
    beside = BESIDE.rpartition("/")[2]
    told = f"no connection signs in as identity id-churn-prod-score of {beside}: delete it, as it keeps its rights"
    again = azure.run(*BOOTSTRAP)
    assert (again.code, again.stderr.splitlines()[0], azure.changes) == (0, f"warning: {told}", [])
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, audit.stderr.splitlines()[0]) == (1, f"differs: {told}")


def test_a_group_stays_where_it_is(azure: Azure, bootstrapped: Snapshot) -> None:
    azure.restore(bootstrapped).state["groups"][PROD]["location"] = "northeurope"
    told = "resource group rg-churn-prod is in northeurope, the spec says westeurope: it stays where it is"
    assert azure.run(*BOOTSTRAP).stderr.splitlines()[0] == f"warning: {told}"
    assert azure.run(*BOOTSTRAP, "--audit").stderr.splitlines()[0] == f"differs: {told}"


def test_it_notes_who_scores_and_lets_who_deploys_give_him_that_role(azure: Azure, tmp_path: Path) -> None:
    deploy, *others = PLATFORM.targets[1].connections
    rights = rights_of_use("deploy", Needs(PROD, uses=("deploy", "plan", "run", "score")))
    score = Connection("score", "churn-prod-score", "id-churn-prod-score", ())
    command = SmokeCommand("python ask.py", "..")
    endpoint_of_prod, *more = PLATFORM.targets[1].endpoints
    endpoints = (dataclasses.replace(endpoint_of_prod, smoke_command=command), *more)
    context = with_prod(connections=(dataclasses.replace(deploy, rights=rights), *others, score), endpoints=endpoints)
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    note = "note in the tag mlinfra-churn-score of rg-churn-prod who scores for smoke tests\n"
    assert azure.run(*BOOTSTRAP).stderr.count(note) == 1
    scorer = azure.state["identities"][BESIDE]["id-churn-prod-score"]["principalId"]
    tags = azure.state["groups"][PROD]["tags"]
    assert tags == {**TAGS, "mlinfra-churn-score": scorer}
    found = rights_of(azure)
    assert scorer not in found
    condition = found[_ids(azure)[0]][ADMINISTRATOR] or ""
    assert condition.count(f"PrincipalId] ForAnyOfAnyValues:GuidEquals {{{scorer}}}") == 2

    assert (azure.run(*BOOTSTRAP).code, azure.changes) == (0, [])
    workspaces = f"{PROD}/providers/Microsoft.MachineLearningServices/workspaces"
    endpoint = f"{workspaces}/{endpoint_of_prod.workspace}/onlineEndpoints/{endpoint_of_prod.name}"
    role = own_role(PROD, SCORE)
    given = {
        "principalId": scorer,
        "roleDefinitionId": f"/x/roleDefinitions/{role}",
        "principalType": "ServicePrincipal",
    }
    azure.state["assignments"][endpoint] = {"a": given}  # by a release
    assert azure.run(*BOOTSTRAP, "--audit").code == 0
    untested = f"{workspaces}/{endpoint_of_prod.workspace}/onlineEndpoints/old"
    # as an earlier release of mlinfra did; on an endpoint that was tested once, or whose test was by a request since
    for place in (PROD, untested):
        azure.state["assignments"].setdefault(place, {})["b"] = given
        told = f"connection churn-prod-score has role {role} on {place} as well, which bootstrap.sh does not give\n"
        audit = azure.run(*BOOTSTRAP, "--audit")
        assert (audit.code, f"differs: {told}" in audit.stderr) == (1, True), audit.stderr
        del azure.state["assignments"][place]["b"]
    assert azure.run(*BOOTSTRAP, "--audit").code == 0
    azure.state["groups"][PROD]["tags"]["mlinfra-churn-score"] = OTHER
    assert note in azure.run(*BOOTSTRAP).stderr
    assert azure.state["groups"][PROD]["tags"]["mlinfra-churn-score"] == scorer


def test_without_pipelines_no_identity_is_made(azure: Azure, tmp_path: Path) -> None:
    first = PLATFORM.targets[1].connections[0]
    context = with_prod(connections_group="", connections=(dataclasses.replace(first, name="deploy"),))
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    result = azure.run(*BOOTSTRAP)
    assert (result.code, result.stdout, list(azure.state["groups"])) == (0, "", [PROD])
    assert "identities" not in azure.state
    assert "assignments" not in azure.state
    assert result.stderr.endswith("next: scripts/deploy-infra.sh --target prod\n")
    assert azure.run(*BOOTSTRAP, "--object-id", f"deploy={OTHER}").code == 0
    assert set(rights_of(azure)) == {OTHER}
    federated = federations_of(azure, *LINES).run(*BOOTSTRAP, "--federations", "federations.tsv")
    told = "error: --federations is for pipelines, of which the spec has none: nobody's identity is made here"
    assert (federated.code, federated.stderr.splitlines()[0], azure.changes) == (2, told, [])


def with_prod(**changes: Any) -> ScriptsContext:
    dev, prod = PLATFORM.targets
    return dataclasses.replace(PLATFORM, targets=(dev, dataclasses.replace(prod, **changes)))
