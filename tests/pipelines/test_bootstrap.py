"""What bootstrap.sh prepares for a target: providers, connections and their rights, as they follow from a spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.azure.conditions import Assignable
from mlinfra.azure.roles import ROLES
from mlinfra.cli import run
from mlinfra.compile import compile_spec
from mlinfra.emit.bootstrap import (
    connections_of,
    custom_roles,
    needs,
    principals,
    roles_of_consumers,
    roles_of_the_spec,
)
from mlinfra.emit.script_targets import script_target
from mlinfra.languages.resource import Of, RoleDefinition
from mlinfra.pipelines.rights import Right, Use, assigned_by, rights_of
from mlinfra.plan import Plan
from tests.emulator.conditions import Subject, parse
from tests.emulator.rights import ON_DATA as DATA
from tests.emulator.rights import ON_RESOURCES as ACTIONS
from tests.emulator.rights import permits
from tests.installation import FROM_INDEX, add_installation

GROUP, PERSON, CUSTOM = (f"{number}" * 8 + "-0000-0000-0000-000000000000" for number in (4, 5, 6))
HEAD = """\
apiVersion: mlinfra/v1
platform: shop
location: westeurope
targets: {dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}}
"""
WORKSPACE = "workspaces: {main: {}}\n"
ENDPOINT = """\
online_endpoints:
  best:
    deployments:
      blue:
        model: azureml://registries/azureml/models/m/versions/1
        instance_type: Standard_D4as_v4
        instance_count: 1
"""
REGISTERED = "data: {rows: {type: uri_folder, path: azureml://datastores/workspaceblobstore/paths/rows/}}\n"
TESTED = ENDPOINT.replace("    dep", "    auth_mode: aad_token\n    smoke_test: {command: echo ok}\n    dep", 1)
PIPELINES = f"pipelines:\n  pool: {{name: agents}}\n  service_connections: {{dev: shop}}\n{FROM_INDEX}"


def planned(folder: Path, text: str) -> Plan:
    (folder / ".git").mkdir()
    add_installation(folder)
    (folder / "ml-platform.yaml").write_text(HEAD + text, encoding="utf-8")
    compiled = compile_spec(folder / "ml-platform.yaml", folder, {})
    wrong = [each for found in compiled.diagnostics.values() for each in found if each.severity == "error"]
    assert not wrong, wrong
    return compiled.plans[0]


def test_each_connection_has_an_identity_and_rights(tmp_path: Path) -> None:
    plan = planned(tmp_path, WORKSPACE + REGISTERED + PIPELINES)
    made = connections_of(plan)
    assert [(each.use, each.name, each.identity) for each in made] == [
        ("deploy", "shop", "id-shop-dev-deploy"),
        ("plan", "shop-read", "id-shop-dev-plan"),
        ("run", "shop-run", "id-shop-dev-run"),
    ]
    assert [[right.name.rstrip("0123456789abcdef") for right in each.rights] for each in made] == [
        ["Contributor", "mlinfra blobs ", "Role Based Access Control Administrator"],
        ["mlinfra what-if "],
        ["mlinfra run ", "mlinfra blobs "],
    ]


CONTAINERS = "Microsoft.Storage/storageAccounts/blobServices/containers"
BLOBS = (  # an action, of which kind, in the account of the workspace and in another one of the group
    (f"{CONTAINERS}/blobs/read", DATA, True, False),
    (f"{CONTAINERS}/blobs/write", DATA, True, False),
    (f"{CONTAINERS}/blobs/delete", DATA, False, False),
    (f"{CONTAINERS}/blobs/add/action", DATA, False, False),
    (f"{CONTAINERS}/blobs/move/action", DATA, False, False),
    (f"{CONTAINERS}/blobs/tags/write", DATA, False, False),
    (f"{CONTAINERS}/read", ACTIONS, False, False),
    (f"{CONTAINERS}/write", ACTIONS, False, False),
    (f"{CONTAINERS}/delete", ACTIONS, False, False),
    ("Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action", ACTIONS, False, False),
    ("Microsoft.Storage/storageAccounts/listKeys/action", ACTIONS, False, False),
)


@pytest.mark.parametrize("use", ["run", "check"])
def test_what_runs_reads_and_puts_blobs_of_the_workspaces_account_and_makes_no_container(
    use: Use, tmp_path: Path
) -> None:
    plan = planned(tmp_path, f"storage_accounts: {{lake: {{}}}}\n{WORKSPACE}{PIPELINES}")
    rights = rights_of(use, needs(plan, ("deploy", "plan", "run", "check")))
    names = [plan.graph.entries[f"storage_accounts.{name}"].azure_name for name in ("main", "lake")]
    found = [
        (action, kind, *(_may(rights, action, kind, account) for account in names)) for action, kind, _, _ in BLOBS
    ]
    assert found == list(BLOBS)


def _may(rights: tuple[Right, ...], action: str, kind: tuple[str, str], account: str) -> bool:
    """Whether one of the roles holds an action, and its condition for an account of that name, as Azure judges them."""
    subject = Subject(action, {}, {"Microsoft.Storage/storageAccounts:name": account})
    lists = ("actions", "not_actions", "data_actions")
    names = ("actions", "notActions", "dataActions")
    for right in rights:
        permission = {name: list(getattr(right, field)) for name, field in zip(names, lists, strict=True)}
        role = {"properties": {"permissions": [permission]}}
        if permits(role, action, kind) and (not right.condition or parse(right.condition)(subject)):
            return True
    return False


def test_without_pipelines_the_two_that_scripts_can_sign_in_as_have_rights(tmp_path: Path) -> None:
    assert [each.name for each in connections_of(planned(tmp_path, WORKSPACE))] == ["deploy", "plan"]


def test_what_runs_invokes_batch_endpoints_where_there_are_some(tmp_path: Path) -> None:
    (run,) = (
        each for each in connections_of(planned(tmp_path, WORKSPACE + REGISTERED + PIPELINES)) if each.use == "run"
    )
    assert not [action for action in run.rights[0].actions if "batchEndpoints" in action]
    (tmp_path / "batch").mkdir()
    plan = planned(tmp_path / "batch", f"{WORKSPACE}{REGISTERED}batch_endpoints: {{nightly: {{}}}}\n{PIPELINES}")
    (run,) = (each for each in connections_of(plan) if each.use == "run")
    assert "Microsoft.MachineLearningServices/workspaces/batchEndpoints/write" in run.rights[0].actions


def test_who_deploys_gives_each_role_to_those_alone_whom_the_spec_gives_it(tmp_path: Path) -> None:
    text = f"""\
storage_accounts: {{lake: {{}}}}
identities: {{etl: {{}}}}
principals:
  team: {{object_id: {GROUP}, role: reader}}
role_assignments:
  a: {{identity: etl, role: Storage Blob Data Reader, scope: storage_accounts.lake}}
  b: {{identity: etl, role: {CUSTOM}, scope: resource_group}}
  c: {{principal: team, role: Reader, scope: resource_group}}
  d: {{object_id: {PERSON.upper()}, principal_type: user, role: Owner, scope: resource_group}}
"""
    plan = planned(tmp_path, text + PIPELINES)
    uses: tuple[Use, ...] = ("deploy", "plan", "run")
    ours = [rights_of(use, needs(plan, uses))[0].role for use in uses[1:]]
    assert set(assigned_by(needs(plan, uses))) == {
        Assignable(tuple(sorted([ROLES["Storage Blob Data Reader"], CUSTOM, *ours]))),
        Assignable((ROLES["Reader"],), (GROUP,)),
        Assignable((ROLES["Owner"],), (PERSON,)),
    }
    assert (principals(plan), custom_roles(plan)) == ((GROUP, PERSON), (CUSTOM,))


CALLED = f"""\
identities: {{shop: {{}}}}
principals:
  app: {{object_id: {PERSON}, type: service_principal}}
{ENDPOINT.replace("best:", "best:" + chr(10) + "    auth_mode: aad_token" + chr(10) + "    consumers: [app, shop]")}"""
ASSIGNMENTS = "Microsoft.Authorization/roleAssignments"
SCORES = ("Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action",)


def test_who_calls_an_endpoint_has_a_role_of_ours_on_it_that_bootstrap_defines(tmp_path: Path) -> None:
    plan = planned(tmp_path, WORKSPACE + CALLED + PIPELINES)
    (right,) = roles_of_consumers(plan)
    assert (right.actions, right.not_actions) == (SCORES, ())
    assert right.name == f"mlinfra score {right.role[:8]}"
    given = {
        planned.resource.address: (planned.resource.scope, planned.unit, planned.resource.body["properties"])
        for planned in plan.resources
        if "mlinfra score" in planned.resource.address
    }
    role, endpoint = RoleDefinition(right.role), "online_endpoints.best"
    assert given == {
        f"role_assignments.principals.app/mlinfra score/{endpoint}": (
            endpoint,
            "serving",
            {"principalId": PERSON, "principalType": "ServicePrincipal", "roleDefinitionId": role},
        ),
        f"role_assignments.identities.shop/mlinfra score/{endpoint}": (
            endpoint,
            "serving",
            {
                "principalId": Of("identities.shop", "properties.principalId"),
                "principalType": "ServicePrincipal",
                "roleDefinitionId": role,
            },
        ),
    }


@pytest.mark.parametrize(
    ("written", "who", "kind"),
    [
        (f"principals: {{x: {{object_id: {GROUP}}}}}", GROUP, "Group"),
        (f"principals: {{x: {{object_id: {GROUP}, role: reader}}}}", GROUP, "Group"),
        (f"principals: {{x: {{object_id: {PERSON}, type: user}}}}", PERSON, "User"),
        ("identities: {x: {}}", Of("identities.x", "properties.principalId"), "ServicePrincipal"),
        (
            "identities: {x: {existing: true, azure_name: id-x, resource_group: rg-theirs}}",
            Of("identities.x", "properties.principalId"),
            "ServicePrincipal",
        ),
    ],
    ids=["group", "group that works", "user", "identity", "identity of others"],
)
def test_whoever_calls_is_given_the_role_as_what_it_is(tmp_path: Path, written: str, who: object, kind: str) -> None:
    text = ENDPOINT.replace("best:\n", "best:\n    auth_mode: aad_token\n    consumers: [x]\n")
    plan = planned(tmp_path, f"{WORKSPACE}{written}\n{text}")
    (given,) = (each.resource.body for each in plan.resources if "mlinfra score" in each.resource.address)
    assert (given["properties"]["principalId"], given["properties"]["principalType"]) == (who, kind)


def test_who_is_not_in_a_target_calls_nothing_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".git").mkdir()
    endpoint = "online_endpoints: {best: {auth_mode: aad_token, consumers: [x]}}\n"
    text = f"principals: {{x: {{object_id: {GROUP}, targets: [prod]}}}}\n{endpoint}"
    prod = "prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, promote_from: dev"
    (tmp_path / "ml-platform.yaml").write_text(
        HEAD.replace("development}}", f"development}}, {prod}}}}}") + WORKSPACE + text, encoding="utf-8"
    )
    assert run(["validate", "-q", "-f", str(tmp_path)]) == 1
    told = "error[MLI303]: principals.x is not in target dev"
    assert told in capfd.readouterr().err
    without = HEAD.replace(
        "development}}", f"development, overrides: {{online_endpoints: {{best: {{consumers: null}}}}}}}}, {prod}}}}}"
    )
    (tmp_path / "ml-platform.yaml").write_text(without + WORKSPACE + text, encoding="utf-8")
    dev, of_prod = compile_spec(tmp_path / "ml-platform.yaml", tmp_path, {}).plans
    given = [[each for each in plan.by_address if "mlinfra score" in each] for plan in (dev, of_prod)]
    assert given == [[], ["role_assignments.principals.x/mlinfra score/online_endpoints.best"]]


def test_who_deploys_may_let_those_call_whom_the_spec_names(tmp_path: Path) -> None:
    plan = planned(tmp_path, WORKSPACE + CALLED + PIPELINES)
    (right,) = roles_of_consumers(plan)
    of_objects = [each for each in assigned_by(needs(plan, ("deploy",))) if each.objects]
    assert of_objects == [Assignable((right.role,), (PERSON,))]
    assert (principals(plan), custom_roles(plan)) == ((PERSON,), ())


def test_a_connection_that_scores_defines_the_role_once(tmp_path: Path) -> None:
    connections = "dev: {deploy: shop, plan: shop-read, run: shop-run, score: shop-score}"
    called = CALLED.replace("    consumers", "    smoke_test: {command: echo ok}\n    consumers")
    plan = planned(tmp_path, WORKSPACE + REGISTERED + called + PIPELINES.replace("dev: shop", connections))
    (score,) = (each for each in connections_of(plan) if each.use == "score")
    assert score.rights == ()  # a release gives it the role, on each endpoint that it tests
    (right,) = roles_of_consumers(plan)
    assert right.actions == SCORES


def test_who_deploys_lets_the_connection_that_scores_do_that_and_nothing_else(tmp_path: Path) -> None:
    connections = "dev: {deploy: shop, plan: shop-read, run: shop-run, score: shop-score}"
    plan = planned(tmp_path, WORKSPACE + REGISTERED + TESTED + PIPELINES.replace("dev: shop", connections))
    (right,) = roles_of_consumers(plan)
    (deploy,) = (each for each in connections_of(plan) if each.use == "deploy")
    (gives,) = (each for each in deploy.rights if ASSIGNMENTS in each.condition)
    only = f"ForAnyOfAnyValues:GuidEquals {{{right.role}}} AND @Request[{ASSIGNMENTS}:PrincipalId] "
    assert gives.condition.count(f"{only}ForAnyOfAnyValues:GuidEquals {{<scorer>}}") == 1
    assert gives.because.endswith("lets the connection that scores do that on the endpoints that it tests")
    for use in ("plan", "run"):
        (other,) = (each for each in connections_of(plan) if each.use == use)
        assert "<scorer>" not in "".join(right.condition for right in other.rights)


def test_what_a_condition_can_not_name_is_an_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".git").mkdir()
    people = "".join(
        f"  p{number}: {{object_id: {number:08}-0000-0000-0000-000000000000, type: user, role: reader}}\n"
        for number in range(120)
    )
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(f"{HEAD}{WORKSPACE}principals:\n{people}", encoding="utf-8")
    assert run(["compile", "-q", "-f", str(spec)]) == 1
    told = "error[MLI552]: roles are given to 120 object ids, more than the 8 KB of a condition can name"
    assert f"{spec.name}:4:11: {told}\n" in capfd.readouterr().err


def test_a_role_of_the_spec_is_defined_by_bootstrap_and_whoever_deploys_may_give_it(tmp_path: Path) -> None:
    text = """\
storage_accounts: {lake: {}}
identities: {etl: {}}
role_definitions:
  lister:
    description: Lists accounts
    actions: [Microsoft.Storage/storageAccounts/read]
    data_actions: ["Microsoft.Storage/storageAccounts/blobServices/*"]
    not_data_actions: [Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete]
role_assignments: {a: {identity: etl, role: lister, scope: storage_accounts.lake}}
"""
    plan = planned(tmp_path, text + PIPELINES)
    (role,) = roles_of_the_spec(plan)
    assert (role.actions, role.is_ours) == (("Microsoft.Storage/storageAccounts/read",), True)
    assert role.name == f"shop lister {role.role[:8]}"
    assert role.role in assigned_by(needs(plan, ("deploy",)))[0].roles
    assert custom_roles(plan) == ()  # nothing to look at in the tenant: bootstrap.sh makes it
    body = plan.by_address["role_assignments.a"].resource.body["properties"]
    assert body["roleDefinitionId"] == RoleDefinition(role.role)
    target = script_target(plan, tmp_path)
    assert '"notDataActions"' in target.role_body(role)
