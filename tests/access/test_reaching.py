"""Who can reach which data: each way in by a spec that has it, and nobody in one that has not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlinfra.access.network import reached_from
from mlinfra.access.reaching import ANY_RIGHT, NOT_KNOWN, reaching
from mlinfra.azure.data_roles import Powers, powers, powers_of
from mlinfra.compile import compile_spec
from mlinfra.drawing.reach import reach_picture
from mlinfra.emit.reached import reached
from mlinfra.plan import Plan
from tests.core.test_neighbours import CHURN
from tests.spec import HEADER, compiled

LAKE = "storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}, other: {}}}}\n"
RAW, OTHER = "storage_accounts.lake.containers.raw", "storage_accounts.lake.containers.other"
GROUP = "principals: {team: {object_id: 33333333-3333-3333-3333-333333333333, type: group}}\n"
READER = "role_assignments: {r: {principal: team, role: Storage Blob Data Reader, scope: SCOPE}}\n"
OBJECT = (
    "role_assignments: {r: {object_id: 33333333-3333-3333-3333-333333333333, principal_type: group, "
    "role: ROLE, scope: SCOPE}}\n"
)
DATASET = """\
datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}
data: {d: {type: uri_folder, path: azureml://datastores/raw/paths/d/}}
environments: {e: {image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 1, idle_time_before_scale_down: 300}}
jobs:
  j:
    type: command
    command: ls ${{inputs.d}}
    inputs: {d: {type: uri_folder, path: d}}
    environment: e
    compute: cpu
workspaces: {main: {}}
"""
SCIENTISTS = (
    "principals: {team: {object_id: 33333333-3333-3333-3333-333333333333, type: group, role: data_scientist}}\n"
)


def plan(folder: Path, text: str) -> Plan:
    folder.mkdir(exist_ok=True)
    result = compiled(folder, HEADER + text)
    assert result.plans, result.diagnostics
    return result.plans[0]


def ways(of: Plan, data: str = RAW) -> set[tuple[str, str, str]]:
    return {(each.who, each.may, each.through) for each in reaching(of.graph) if each.data == data}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LAKE, set()),
        (LAKE + GROUP + READER.replace("SCOPE", RAW), {("principals.team", "read", "")}),
        (LAKE + GROUP + READER.replace("SCOPE", OTHER), set()),
        (LAKE + GROUP + READER.replace("SCOPE", "storage_accounts.lake"), {("principals.team", "read", "")}),
        (LAKE + GROUP + READER.replace("SCOPE", "resource_group"), {("principals.team", "read", "")}),
    ],
    ids=["nobody", "on it", "on its neighbour", "on its account", "on the group"],
)
def test_a_role_on_the_data_or_above_it_opens_it(text: str, found: set[tuple[str, str, str]], tmp_path: Path) -> None:
    assert ways(plan(tmp_path, text)) == found


@pytest.mark.parametrize(
    ("role", "keys", "may"),
    [
        ("Storage Blob Data Contributor", False, "read and write"),
        ("Storage Blob Data Reader (preview)", False, "read"),
        ("Storage File Data Privileged Reader", False, ""),
        ("Reader", True, ""),
        ("Contributor", False, ""),
        ("Contributor", True, "read and write"),
        ("Owner", False, ANY_RIGHT),
        ("User Access Administrator", False, ANY_RIGHT),
        ("12345678-1234-1234-1234-123456789abc", False, NOT_KNOWN),
    ],
)
def test_what_a_role_opens(role: str, keys: bool, may: str, tmp_path: Path) -> None:
    account = LAKE.replace("{lake: {", "{lake: {shared_key_access: true, ") if keys else LAKE
    spec = account + OBJECT.replace("ROLE", role).replace("SCOPE", "storage_accounts.lake")
    assert {each[1] for each in ways(plan(tmp_path, spec))} == ({may} if may else set())


def test_who_has_a_role_is_named_by_the_spec_where_it_knows_him(tmp_path: Path) -> None:
    spec = LAKE + OBJECT.replace("ROLE", "Storage Blob Data Reader").replace("SCOPE", RAW)
    assert ways(plan(tmp_path / "a", spec)) == {("33333333-3333-3333-3333-333333333333", "read", "")}
    assert ways(plan(tmp_path / "b", spec + GROUP)) == {("principals.team", "read", "")}


def test_a_role_of_the_spec_opens_what_its_operations_say(tmp_path: Path) -> None:
    operations = "[Microsoft.Storage/storageAccounts/blobServices/*]"
    but = "[Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write]"
    own = f"role_definitions: {{own: {{data_actions: {operations}, not_data_actions: {but}}}}}\n"
    spec = LAKE + GROUP + own + READER.replace("Storage Blob Data Reader", "own").replace("SCOPE", RAW)
    assert ways(plan(tmp_path, spec)) == {("principals.team", "read", "")}


def test_who_starts_jobs_reaches_what_their_compute_reaches(tmp_path: Path) -> None:
    of = plan(tmp_path, LAKE + DATASET + SCIENTISTS)
    found = ways(of)
    assert ("identities.cpu-compute", "read", "") in found
    assert ("principals.team", "read", "compute_clusters.cpu") in found
    assert not ways(of, OTHER)


def test_the_workspace_itself_starts_no_jobs(tmp_path: Path) -> None:
    assert not [each for each in ways(plan(tmp_path, LAKE + DATASET)) if each[2]]


def test_service_connections_are_named_with_what_their_conditions_leave(tmp_path: Path) -> None:
    shutil.copytree(CHURN, tmp_path / "specs/churn")
    of = compile_spec(tmp_path / "specs/churn/ml-platform.yaml", tmp_path, {}).plans[0]
    found = {(each.who, each.data, each.may, each.through) for each in reached(of)}
    assert ("churn-dev-run", RAW, "read", "") in found
    assert ("churn-dev", RAW, "read", "compute_clusters.cpu") in found
    assert ("churn-dev", RAW, "read and write", "") not in found
    assert not [each for each in found if each[0] == "churn-dev-read"]
    picture = reach_picture(of.graph, reached(of), reached_from(of))
    keys = {box.key for box in picture.boxes}
    assert {end for line in picture.lines for end in line[:2]} <= keys
    assert {"churn-dev-run", "principals.scientists", "compute_clusters.cpu", RAW, "from everyone"} <= keys


@pytest.mark.parametrize(
    ("network", "said", "is_open"),
    [
        ("{inbound: public}", "everyone", True),
        ("{inbound: public, outbound: internet, allowed_ips: [203.0.113.0/24]}", "203.0.113.0/24", False),
    ],
)
def test_from_where_data_is_reached(network: str, said: str, is_open: bool, tmp_path: Path) -> None:
    (way,) = reached_from(plan(tmp_path, f"network: {network}\n{LAKE}"))
    assert said in way.said
    assert way.is_open is is_open


@pytest.mark.parametrize(
    ("role", "data", "ways"),
    [
        ("Owner", {"images": "rw"}, {"keys", "grants", "jobs"}),
        ("Contributor", {"images": "rw"}, {"keys", "jobs"}),
        ("User Access Administrator", {"images": "r"}, {"grants"}),
        ("Monitoring Reader", {"images": "r"}, set()),
        ("Storage Blob Data Reader", {"blobs": "r"}, set()),
        ("Storage Account Contributor", {}, {"keys"}),
        ("Storage File Data SMB Share Contributor", {"files": "rw"}, set()),
        ("Key Vault Secrets User", {"secrets": "r"}, set()),
        ("Key Vault Data Access Administrator", {}, {"grants"}),
        ("Container Registry Repository Writer", {"images": "rw"}, set()),
        ("Azure AI Administrator", {"images": "rw"}, {"keys", "jobs"}),
        ("AzureML Data Scientist", {}, {"jobs"}),
        ("Azure Event Hubs Data Sender", {}, set()),
    ],
)
def test_what_a_built_in_role_opens(role: str, data: dict[str, str], ways: set[str]) -> None:
    found = powers_of(role)
    assert found is not None
    assert {what: "".join(sorted(deed[0] for deed in deeds)) for what, deeds in found.data.items()} == data
    assert found.ways == ways


def test_what_a_role_opens_is_unknown_where_its_operations_are() -> None:
    assert powers_of("Defender Servers P2") is None
    assert powers_of("No such role") is None


def test_operations_with_stars_open_what_they_cover() -> None:
    assert powers(["*"], [], [], []).ways == {"keys", "grants", "jobs"}
    assert powers(["*"], ["Microsoft.Authorization/*/write"], [], []).ways == {"keys", "jobs"}
    assert powers(["*/read"], [], [], []) == Powers({"images": frozenset({"read"})})


@pytest.mark.parametrize(("account", "found"), [("true", {"everyone, without signing in"}), ("false", set())])
def test_blobs_that_need_no_sign_in_are_read_by_everyone(account: str, found: set[str], tmp_path: Path) -> None:
    public = "{raw: {properties: {publicAccess: Blob}}}"
    spec = f"storage_accounts: {{lake: {{properties: {{allowBlobPublicAccess: {account}}}, containers: {public}}}}}\n"
    assert {each.who for each in reached(plan(tmp_path, spec)) if each.data == RAW} == found


def test_what_is_granted_on_a_catalog_opens_the_containers_that_keep_what_is_in_it(tmp_path: Path) -> None:
    shutil.copytree(CHURN.parent / "lakehouse", tmp_path / "specs/lakehouse")
    of = compile_spec(tmp_path / "specs/lakehouse/ml-platform.yaml", tmp_path, {}).plans[0]
    found = {(each.who, each.data.rpartition(".")[2], each.may) for each in reached(of) if "catalogs" in each.through}
    names = {"raw": "read", "curated": "read", "managed": "read"}
    assert {("principals.scientists", name, may) for name, may in names.items()} <= found
    assert {("principals.engineers", name, "read and write") for name in names} <= found
    keys = {box.key for box in reach_picture(of.graph, reached(of), reached_from(of)).boxes}
    assert "databricks_catalogs.main" in keys
