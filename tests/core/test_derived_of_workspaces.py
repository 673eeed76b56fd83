"""What is derived around a workspace: locks, logs, and the roles of its own identity, its instances and its keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.emit.bootstrap import roles_of_instances
from mlinfra.emit.script_targets import script_target
from tests.core.cases import WORKSPACE
from tests.core.derived import LAKE, derived, graph, roles
from tests.core.test_derived_roles import OUT, RAW
from tests.spec import HEADER, PRODUCTION, compiled


def test_what_keeps_data_is_locked_in_production_alone(tmp_path: Path) -> None:
    text = WORKSPACE + "storage_accounts: {old: {existing: true, azure_name: stold}, lake: {}}\n"
    network = "network: {inbound: public}\n"
    assert derived(graph(tmp_path, HEADER + text), "derived_locks") == {}
    assert derived(graph(tmp_path, PRODUCTION + network + text), "derived_locks") == {
        "storage_accounts.lake.lock": "storage_accounts.lake holds data that nobody can make again, and prod is "
        "production",
        "storage_accounts.main.lock": "storage_accounts.main holds data that nobody can make again, and prod is "
        "production",
        "key_vaults.main.lock": "key_vaults.main holds secrets, and no workspace can be given another vault, and prod "
        "is production",
        "container_registries.main.lock": "container_registries.main holds the images that are run, and none is built "
        "again as it was, and prod is production",
        "log_analytics.main.lock": "log_analytics.main holds the record of what happened, and what is deleted there "
        "can't be asked, and prod is production",
    }


def test_what_happens_is_kept_where_the_workspace_keeps_its_logs(tmp_path: Path) -> None:
    found = derived(
        graph(tmp_path, HEADER + "workspaces: {a: {}, b: {}}\nkey_vaults: {other: {}}\n"), "derived_diagnostic_settings"
    )
    assert {address: because.rpartition(" ")[2] for address, because in found.items() if "storage" not in address} == {
        "key_vaults.other.diagnostics": "log_analytics.a",
        "key_vaults.a.diagnostics": "log_analytics.a",
        "key_vaults.b.diagnostics": "log_analytics.b",
        "container_registries.a.diagnostics": "log_analytics.a",
        "container_registries.b.diagnostics": "log_analytics.b",
        "workspaces.a.diagnostics": "log_analytics.a",
        "workspaces.b.diagnostics": "log_analytics.b",
        "log_analytics.a.diagnostics": "itself",
        "log_analytics.b.diagnostics": "itself",
    }


def test_where_there_are_no_logs_nothing_is_kept(tmp_path: Path) -> None:
    assert derived(graph(tmp_path, HEADER + "storage_accounts: {lake: {}}\n"), "derived_diagnostic_settings") == {}


def test_of_several_identities_the_workspace_acts_as_the_primary_one(tmp_path: Path) -> None:
    text = """\
identities: {ws: {}, other: {}}
key_vaults: {keys: {}}
workspaces:
  main:
    identity: {type: user_assigned, user_assigned_identities: {ws: {}, other: {}}}
    primary_user_assigned_identity: ws
    customer_managed_key: {key_vault: keys, key_uri: "https://k.example/keys/a/1"}
"""
    found = graph(tmp_path, HEADER + text)
    because = "workspaces.main is encrypted with a key in key_vaults.keys"
    assert roles(found, "identities.ws")["Key Vault Crypto Service Encryption User/key_vaults.keys"] == because
    assert roles(found, "identities.ws")["Reader/key_vaults.keys"] == LOOKS
    assert roles(found, "identities.other") == {}


LOOKS = "workspaces.main looks at key_vaults.keys, in which the key lies that encrypts it"


def test_a_workspace_that_manages_the_vault_of_its_key_needs_no_role_to_look_at_it(tmp_path: Path) -> None:
    text = "key_vaults: {main: {keys: {data: {}}}}\n"
    text += "workspaces: {main: {customer_managed_key: {key_vault: main, key_uri: data}}}\n"
    found = roles(graph(tmp_path, HEADER + text), "identities.main")
    assert [role for role in found if role.endswith("/key_vaults.main")] == [
        "Contributor/key_vaults.main",
        "Key Vault Administrator/key_vaults.main",
    ]


NOTEBOOK = """\
principals: {lead: {object_id: 44444444-4444-4444-4444-444444444444, type: user, role: ROLE}}
compute_instances: {nb: {size: Standard_D4ds_v5, create_on_behalf_of: USER, idle_time_before_shutdown_minutes: 60}}
"""
ITS_IDS = "{user_object_id: 44444444-4444-4444-4444-444444444444, user_tenant_id: 77777777-7777-7777-7777-777777777777}"
NOTES = "storage_accounts.lake.file_shares.notes"
OF_AN_INSTANCE = {
    "AcrPull/container_registries.main": "compute_instances.nb pulls the images of its jobs from "
    "container_registries.main",
    "Storage Blob Data Contributor/storage_accounts.main": "compute_instances.nb reads code from storage_accounts.main "
    "and writes outputs and logs to it",
    f"Storage File Data Privileged Contributor/{NOTES}": "the user of compute_instances.nb works on the data of "
    "datastores.notes",
    "Storage File Data Privileged Contributor/storage_accounts.main": "compute_instances.nb opens notebooks in the "
    "file share of storage_accounts.main, where keys are off",
    "mlinfra stop/workspaces.main": "compute_instances.nb stops itself when it is idle, and may do nothing else to its "
    "workspace",
}


@pytest.mark.parametrize(
    ("role", "user", "data"),
    [
        ("data_scientist", "lead", "Storage Blob Data Reader"),
        ("ml_engineer", "lead", "Storage Blob Data Contributor"),
        ("ml_engineer", ITS_IDS, "Storage Blob Data Contributor"),
        ("ml_engineer", ITS_IDS.replace("4-4444", "5-4444"), "Storage Blob Data Reader"),
    ],
)
def test_an_instance_stops_itself_and_opens_what_its_user_works_on(
    role: str, user: str, data: str, tmp_path: Path
) -> None:
    text = NOTEBOOK.replace("ROLE", role).replace("USER", user)
    why = {OUT: "datastores.out", RAW: "datastores.raw"}
    of_data = {
        f"{data}/{scope}": f"the user of compute_instances.nb works on the data of {why[scope]}" for scope in why
    }
    assert roles(graph(tmp_path, HEADER + WORKSPACE + LAKE + text), "identities.nb-instance") == {
        **OF_AN_INSTANCE,
        **of_data,
    }


def test_bootstrap_defines_the_role_by_which_instances_stop_and_it_may_do_nothing_else(tmp_path: Path) -> None:
    text = NOTEBOOK.replace("ROLE", "data_scientist").replace("USER", "lead")
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + text).plans
    (right,) = roles_of_instances(plan)
    assert (right.actions, right.not_actions, right.data_actions) == (
        (
            "Microsoft.MachineLearningServices/workspaces/computes/read",
            "Microsoft.MachineLearningServices/workspaces/computes/stop/action",
            "Microsoft.MachineLearningServices/workspaces/read",
        ),
        (),
        (),
    )
    assert script_target(plan, tmp_path).roles == (right,)


def test_an_instance_that_never_stops_needs_no_role_of_ours(tmp_path: Path) -> None:
    text = NOTEBOOK.replace("ROLE", "data_scientist").replace("USER", "lead")
    text = text.replace(", idle_time_before_shutdown_minutes: 60", "")
    (plan,) = compiled(tmp_path, HEADER + WORKSPACE + text).plans
    assert (roles_of_instances(plan), script_target(plan, tmp_path).roles) == ((), ())


def test_an_instance_that_never_stops_and_has_keys_has_no_role_to_stop_and_none_on_files(tmp_path: Path) -> None:
    text = NOTEBOOK.replace("ROLE", "data_scientist").replace("USER", "lead")
    text = text.replace(", idle_time_before_shutdown_minutes: 60", "")
    keys = "storage_accounts: {main: {shared_key_access: true}}\n"
    assert list(roles(graph(tmp_path, HEADER + WORKSPACE + keys + text), "identities.nb-instance")) == [
        "AcrPull/container_registries.main",
        "Storage Blob Data Contributor/storage_accounts.main",
    ]


APPROVER = "Azure AI Enterprise Network Connection Approver"
ELSEWHERE = """\
key_vaults: {theirs: {existing: true, azure_name: kvtheirs, resource_group: rg-theirs}}
storage_accounts:
  near: {existing: true, azure_name: stnear}
  far: {existing: true, azure_name: stfar, subscription: 55555555-5555-5555-5555-555555555555, containers: {rows: {}}}
datastores: {d: {type: azure_blob, account_name: far, container_name: rows}}
"""
IN_ITS_GROUP = "workspaces.main approves the private endpoints of its network, the first ones while it is made"
BY_ITS_BODY = """\
workspaces:
  main:
    key_vault: theirs
    managed_network:
      isolation_mode: AllowInternetOutbound
      outbound_rules:
        - name: near
          type: private_endpoint
          destination: {service_resource_id: near, subresource_target: blob, spark_enabled: false}
"""
APPROVERS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("an open network", "", "workspaces: {main: {}}\n", {}),
    ("a managed one", "network: {outbound: internet}\n", "workspaces: {main: {}}\n", {"resource_group": IN_ITS_GROUP}),
    (
        "one that its own body manages, with endpoints to what lies in another group",
        "",
        BY_ITS_BODY + ELSEWHERE,
        {
            "key_vaults.theirs": "workspaces.main approves the private endpoint that its network opens to "
            "key_vaults.theirs",
            "resource_group": IN_ITS_GROUP,
            "storage_accounts.far": "workspaces.main approves the private endpoint that its network opens to "
            "storage_accounts.far",
        },
    ),
)


@pytest.mark.parametrize(("what", "network", "text", "expected"), APPROVERS, ids=[case[0] for case in APPROVERS])
def test_who_opens_private_endpoints_may_approve_them_before_the_workspace_is_there(
    what: str, network: str, text: str, expected: dict[str, str], tmp_path: Path
) -> None:
    (plan,) = compiled(tmp_path, HEADER + network + text).plans
    found = roles(plan.graph, "identities.main")
    assert {role.removeprefix(f"{APPROVER}/"): why for role, why in found.items() if APPROVER in role} == expected
    in_the_group = plan.by_address.get(f"role_assignments.identities.main/{APPROVER}/resource_group")
    assert in_the_group is None or in_the_group.file == "foundation"


def test_a_workspace_with_a_key_of_the_spec_gets_the_role_on_that_key_and_sees_its_vault(tmp_path: Path) -> None:
    text = "key_vaults: {keys: {keys: {data: {}, other: {}}}}\n"
    text += "workspaces: {main: {customer_managed_key: {key_vault: keys, key_uri: data}}}\n"
    (plan,) = compiled(tmp_path, HEADER + text).plans
    of_keys = roles(plan.graph, "identities.main").items()
    found = {role: why for role, why in of_keys if "key_vaults.keys" in role}
    role = "Key Vault Crypto Service Encryption User/key_vaults.keys.keys.data"
    assert found == {
        role: "workspaces.main is encrypted with key_vaults.keys.keys.data",
        "Reader/key_vaults.keys": LOOKS,
    }
    assert plan.by_address["key_vaults.keys.keys.data"].file == "foundation"
    assert plan.by_address[f"role_assignments.identities.main/{role}"].file == "foundation"
    assert plan.by_address["workspaces.main"].file == "workspace"


def test_whoever_is_encrypted_with_a_key_reads_it_as_an_identity_with_the_role_on_that_key_alone(
    tmp_path: Path,
) -> None:
    text = """\
key_vaults: {keys: {keys: {data: {}, images: {}}}}
identities: {reader: {}}
storage_accounts:
  main: {customer_managed_key: {key_vault: keys, key: data}}
  lake: {customer_managed_key: {key_vault: keys, key: data, identity: reader}}
container_registries: {main: {customer_managed_key: {key_vault: keys, key: images}}}
workspaces: {main: {}}
"""
    (plan,) = compiled(tmp_path, HEADER + text).plans
    role = "Key Vault Crypto Service Encryption User/key_vaults.keys.keys"
    readers = {
        "identities.main-storage-key": ("storage_accounts.main", "data"),
        "identities.reader": ("storage_accounts.lake", "data"),
        "identities.main-registry-key": ("container_registries.main", "images"),
    }
    for identity, (encrypted, key) in readers.items():
        found = roles(plan.graph, identity)
        assert found == {f"{role}.{key}": f"{encrypted} is encrypted with key_vaults.keys.keys.{key}"}
        assert plan.by_address[f"role_assignments.{identity}/{role}.{key}"].file == "foundation"
        assert plan.by_address[encrypted].file == "storage"
    because = "storage_accounts.main reads the key that encrypts it with an identity of its own"
    assert plan.graph.entries["identities.main-storage-key"].because == because
    on_the_registry = "role_assignments.identities.main/Contributor/container_registries.main"
    assert plan.by_address[on_the_registry].file == "storage"  # with the registry, and before the workspace


def test_beside_what_is_written_no_setting_for_the_same_logs_and_no_lock_is_derived(tmp_path: Path) -> None:
    text = """\
network: {inbound: public}
workspaces: {main: {}}
log_analytics: {audit: {}, main: {}}
diagnostic_settings:
  same: {of: key_vaults.main, log_analytics: main, category_groups: [audit]}
  beside: {of: container_registries.main, log_analytics: audit}
locks: {vault: {of: key_vaults.main, level: read_only}}
"""
    found = graph(tmp_path, PRODUCTION + text)
    settings, locks = derived(found, "derived_diagnostic_settings"), derived(found, "derived_locks")
    assert "key_vaults.main.diagnostics" not in settings
    assert "container_registries.main.diagnostics" in settings
    assert "key_vaults.main.lock" not in locks
    assert "container_registries.main.lock" in locks


def test_networks_have_settings_and_batch_endpoints_have_none(tmp_path: Path) -> None:
    text = """\
workspaces: {main: {}}
public_ips: {out: {}}
virtual_networks: {spoke: {address_space: [10.60.0.0/18], subnets: {a: {address_prefix: 10.60.0.0/24}}}}
batch_endpoints: {nightly: {}}
"""
    settings = derived(graph(tmp_path, HEADER + text), "derived_diagnostic_settings")
    of_networks = {"public_ips.out", "virtual_networks.spoke", "network_security_groups.spoke-a"}
    assert {f"{each}.diagnostics" for each in of_networks} <= set(settings)
    assert not [address for address in settings if "batch" in address]
