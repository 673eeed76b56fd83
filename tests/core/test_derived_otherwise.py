"""`derived`: what follows from the spec is left out, or has other fields."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlinfra.diagnostics import has_errors
from mlinfra.graph import Graph
from mlinfra.languages import WRITTEN
from mlinfra.languages.resource import Of, Resource
from mlinfra.plan import Plan
from tests.core.cases import Wrong, told
from tests.spec import HEADER, compiled, found, said

TARGETS = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, overrides: {derived: DEV}}
  prod:
    subscription: 22222222-2222-2222-2222-222222222222
    mode: production
    promote_from: dev
    overrides: {derived: PROD}
network: {inbound: public, outbound: approved}
"""
SPEC = """\
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v5}}
storage_accounts: {lake: {hierarchical_namespace: true, containers: {raw: {}}}}
log_analytics: {central: {}}
datastores: {raw: {type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}
"""


def plans(folder: Path, text: str, dev: str = "{}", prod: str = "{}") -> tuple[Plan, Plan]:
    header = TARGETS.replace("DEV", dev).replace("PROD", prod)
    found = compiled(folder, header + SPEC + text)
    assert len(found.plans) == 2, found.diagnostics
    return found.plans[0], found.plans[1]


def resources(plan: Plan) -> dict[str, Resource]:
    return {planned.resource.address: planned.resource for planned in plan.resources}


def properties(plan: Plan, address: str) -> dict[str, Any]:
    return dict(resources(plan)[address].body["properties"])


def omit(*addresses: str) -> str:
    lines = "".join(f"  {address}: {{omit: true, because: we say so}}\n" for address in addresses)
    return f"derived:\n{lines}"


class Omitted(NamedTuple):
    address: str
    goes_with_it: tuple[str, ...]  # beginnings of addresses


OMITTED = (
    Omitted("storage_accounts.main.lock", ()),
    Omitted("storage_accounts.main.diagnostics", ()),
    Omitted("storage_accounts.main.queue_services", ("storage_accounts.main.queue_services.diagnostics",)),
    Omitted("storage_accounts.main.lifecycle", ()),
    Omitted("workspaces.main.outbound_rules.lake-blob", ()),
    Omitted("role_assignments.identities.cpu-compute/AcrPull/container_registries.main", ()),
    Omitted(
        "container_registries.main",
        (
            "container_registries.main.",
            "role_assignments.identities.main/Contributor/container_registries.main",
            "role_assignments.identities.cpu-compute/AcrPull/container_registries.main",
        ),
    ),
    Omitted("identities.cpu-compute", ("role_assignments.identities.cpu-compute/",)),
)


@pytest.mark.parametrize("case", OMITTED, ids=[case.address for case in OMITTED])
def test_what_is_left_out_goes_with_what_is_derived_from_it(case: Omitted, tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    whole, without = plans(tmp_path / "whole", "")[1], plans(tmp_path, omit(case.address))[1]
    gone = resources(whole).keys() - resources(without).keys()
    assert gone == {
        each for each in resources(whole) if each == case.address or each.startswith(case.goes_with_it or "-")
    }
    assert resources(without).keys() <= resources(whole).keys()


def test_what_is_left_out_is_said_with_what_it_was_for(tmp_path: Path) -> None:
    text = HEADER + SPEC + omit("storage_accounts.main.lifecycle")
    assert said(tmp_path, text, "MLI362") == [
        (
            "12: storage_accounts.main.lifecycle is left out, and was derived because old versions of blobs in "
            "storage_accounts.main would be kept for ever"
        )
    ]


def test_rules_of_a_network_are_still_made_one_after_the_other(tmp_path: Path) -> None:
    text = "key_vaults: {other: {}}\n" + omit("workspaces.main.outbound_rules.lake-dfs")
    graph = plans(tmp_path, text)[1].graph
    rules = [entry.address for entry in graph.section("outbound_rules")]
    after = [getattr(entry.model, "after", None) for entry in graph.section("outbound_rules")]
    assert after == [None, *rules[:-1]]


CHANGED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "storage_accounts.main.lock",
        "{level: read_only, notes: ours}",
        {"level": "ReadOnly", "notes": "ours"},
    ),
    (
        "storage_accounts.main.blob_services.diagnostics",
        "{log_analytics: central, storage_account: lake, categories: [StorageRead, audit], metrics: []}",
        {
            "workspaceId": Of("log_analytics.central"),
            "storageAccountId": Of("storage_accounts.lake"),
            "logs": [{"category": "StorageRead", "enabled": True}, {"categoryGroup": "audit", "enabled": True}],
        },
    ),
    (
        "workspaces.main.outbound_rules.lake-blob",
        "{spark: true, fqdns: [lake.contoso.example]}",
        {
            "type": "PrivateEndpoint",
            "category": "UserDefined",
            "destination": {
                "serviceResourceId": Of("storage_accounts.lake"),
                "subresourceTarget": "blob",
                "sparkEnabled": True,
            },
            "fqdns": ["lake.contoso.example"],
        },
    ),
    (
        "storage_accounts.main.queue_services",
        "{properties: {cors: {corsRules: []}}}",
        {"cors": {"corsRules": []}},
    ),
)


@pytest.mark.parametrize(("address", "fields", "expected"), CHANGED, ids=[case[0] for case in CHANGED])
def test_fields_take_the_place_of_what_is_derived(
    address: str, fields: str, expected: dict[str, Any], tmp_path: Path
) -> None:
    assert properties(plans(tmp_path, f"derived: {{{address}: {fields}}}\n")[1], address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "storage_accounts.main.lock",
        "storage_accounts.main.diagnostics",
        "workspaces.main.outbound_rules.lake-blob",
    ],
)
def test_what_is_derived_takes_another_name(address: str, tmp_path: Path) -> None:
    plan = plans(tmp_path, f"derived: {{{address}: {{azure_name: our-own}}}}\n")[1]
    assert resources(plan)[address].names[-1] == "our-own"


def test_fields_of_what_a_section_holds_go_over_what_is_derived(tmp_path: Path) -> None:
    said = "derived: {key_vaults.main: {sku: premium}, identities.main: {azure_name: id-ours}}\n"
    graph = plans(tmp_path, said)[1].graph
    vault = graph.entries["key_vaults.main"]
    assert vault.because == "workspaces.main keeps its secrets in a key vault"
    assert vault.model is not None
    assert vault.model.model_dump()["sku"] == "premium"
    assert graph.bound("workspaces.main", "key_vault") == "key_vaults.main"
    assert graph.entries["identities.main"].azure_name == "id-ours"


PULL = "role_assignments.identities.cpu-compute/AcrPull/container_registries.main"


def roles(graph: Graph, who: str) -> dict[str, str]:
    found = [entry for entry in graph.section("derived_role_assignments") if entry.name.startswith(who)]
    return {entry.name: str(entry.model.model_dump()["role"]) for entry in found if entry.model}


def test_the_address_of_a_role_keeps_the_role_that_is_derived(tmp_path: Path) -> None:
    graph = plans(tmp_path, f"derived: {{{PULL}: {{role: acrpush}}}}\n")[1].graph
    assert roles(graph, "identities.cpu-compute/AcrPull") == {PULL.partition(".")[2]: "acrpush"}


def test_no_workload_gives_roles_by_a_role_that_was_changed(tmp_path: Path) -> None:
    text = HEADER + SPEC + f"derived: {{{PULL}: {{role: Owner}}}}\n"
    (message,) = said(tmp_path, text, "MLI550")
    assert message.startswith(
        f"11: {PULL} lets identities.cpu-compute give roles, as Owner (give a role that does not give roles"
    )


def test_roles_that_are_equal_are_one(tmp_path: Path) -> None:
    """The workspace manages its registry and, once changed, its storage by the role that it holds there anyway."""
    changed = "role_assignments.identities.main/Contributor/storage_accounts.main"
    graph = plans(tmp_path, f"derived: {{{changed}: {{role: Storage Blob Data Contributor}}}}\n")[1].graph
    (entry,) = [
        entry
        for entry in graph.section("derived_role_assignments")
        if entry.name.startswith("identities.main/") and entry.name.endswith("/storage_accounts.main")
    ]
    assert entry.because == (
        "workspaces.main manages storage_accounts.main, which it is linked to; "
        "workspaces.main keeps runs and models in storage_accounts.main"
    )


def test_a_role_that_is_written_is_not_made_again(tmp_path: Path) -> None:
    written = (
        "role_assignments: {own: {identity: cpu-compute, role: AcrPush, scope: container_registries.main}}\n"
        f"derived: {{{PULL}: {{role: AcrPush}}}}\n"
    )
    assert PULL not in resources(plans(tmp_path, written)[1])


def test_targets_say_it_over_the_whole(tmp_path: Path) -> None:
    lifecycle, lock = "storage_accounts.main.lifecycle", "key_vaults.main.lock"
    dev, prod = plans(
        tmp_path, omit(lifecycle), dev=f"{{{lifecycle}: null}}", prod=f"{{{lock}: {{omit: true, because: x}}}}"
    )
    assert [lifecycle in resources(plan) for plan in (dev, prod)] == [True, False]
    assert [lock in resources(plan) for plan in (dev, prod)] == [False, False]


WRONG = (
    Wrong(
        "what is written",
        "key_vaults: {main: {}}\nworkspaces: {main: {}}\nderived: {key_vaults.main: {sku: premium}}\n",
        "8:11 MLI363 key_vaults.main is written as an entry\n"
        "  help: write its fields there\n"
        "  6:14 key_vaults.main is written here",
    ),
    Wrong(
        "what nothing derives",
        "workspaces: {main: {}}\nderived:\n"
        "  key_vaults.mian: {sku: premium}\n"
        "  key_vaults.main.lock: {omit: true, because: it is development}\n",
        '8:3 MLI363 key_vaults.mian is derived in no target\n  help: did you mean "key_vaults.main"?\n'
        "9:3 MLI363 key_vaults.main.lock is derived in no target\n"
        '  help: did you mean "key_vaults.main"?',
    ),
    Wrong(
        "a section without a name",
        "workspaces: {main: {}}\nderived: {data: {main: {path: x}}, jobs.: {command: x}}\n",
        "7:11 MLI363 data is derived in no target\n7:36 MLI363 jobs. is derived in no target",
    ),
    Wrong(
        "what Azure needs",
        "workspaces: {main: {}}\n"
        + omit("storage_accounts.main", "key_vaults.main", "application_insights.main", "log_analytics.main"),
        "8:3 MLI364 storage_accounts.main can't be left out: no workspace is made without a storage account\n"
        "9:3 MLI364 key_vaults.main can't be left out: no workspace is made without a key vault\n"
        "10:3 MLI364 application_insights.main can't be left out: no workspace is made without Application Insights\n"
        "11:3 MLI364 log_analytics.main can't be left out: no Application Insights is made without Log Analytics",
    ),
    Wrong(
        "what something lies in",
        "storage_accounts: {lake: {containers: {raw: {}}}}\n" + omit("storage_accounts.lake.blob_services"),
        "8:3 MLI364 storage_accounts.lake.blob_services can't be left out: storage_accounts.lake.containers.raw lies "
        "in it",
    ),
    Wrong(
        "what something names",
        "workspaces: {main: {}}\nrole_assignments: {r: {identity: main, role: Reader, scope: resource_group}}\n"
        + omit("identities.main"),
        "7:34 MLI303 identities.main is not in target dev\n  9:3 left out, because we say so",
    ),
    Wrong(
        "no reason, no mapping, fields beside omit",
        "workspaces: {main: {}}\nderived:\n"
        "  identities.main: {omit: true}\n"
        "  key_vaults.main: 5\n"
        "  container_registries.main: {omit: true, because: x, sku: premium}\n",
        "8:3 MLI213 identities.main lacks because\n"
        "  help: add because: …\n"
        "9:20 MLI214 key_vaults.main takes a mapping, not a number\n"
        "  help: write {omit: true, because: …}, or what is different\n"
        '10:55 MLI212 unknown key "sku" in container_registries.main\n'
        "  help: Defined: because, omit",
    ),
    Wrong(
        "one name for two of a kind",
        "workspaces: {main: {}}\nstorage_accounts: {lake: {containers: {raw: {}}, file_shares: {abc: {quota_gb: 5}}}}\n"
        "network: {outbound: approved}\n"
        "datastores:\n  f: {type: azure_file, account_name: lake, file_share_name: abc}\n"
        "  raw: {type: azure_blob, account_name: lake, container_name: raw}\nderived:\n"
        "  workspaces.main.outbound_rules.lake-blob: {azure_name: our-own}\n"
        "  workspaces.main.outbound_rules.lake-file: {azure_name: Our-Own}\n",
        "14:46 MLI311 workspaces.main.outbound_rules.lake-file and workspaces.main.outbound_rules.lake-blob are both "
        'named "Our-Own" on Azure\n'
        "  help: give one of them another azure_name:",
    ),
    Wrong(
        "fields that it has not, and values that they don't take",
        "workspaces: {main: {}}\nnetwork: {outbound: approved, package_hosts: [pkgs.contoso.example]}\nderived:\n"
        "  storage_accounts.main.diagnostics: {level: read_only, log_analytics: lab}\n"
        "  storage_accounts.main.blob_services: {deleteRetentionPolicy: {enabled: false}}\n"
        "  workspaces.main.outbound_rules.packages-pkgs-contoso-example: {spark: true}\n",
        "10:3 MLI213 storage_accounts.main.blob_services lacks properties\n"
        '10:41 MLI212 unknown key "deleteRetentionPolicy" in storage_accounts.main.blob_services\n'
        "  help: Defined: properties\n"
        "11:3 MLI215 spark and fqdns are of private endpoints, and "
        "workspaces.main.outbound_rules.packages-pkgs-contoso-example is none\n"
        '9:39 MLI212 unknown key "level" in storage_accounts.main.diagnostics\n'
        "  help: Defined: azure_name, categories, category_groups, event_hub, log_analytics, metrics, "
        "storage_account, table_type\n"
        '9:72 MLI301 log_analytics "lab" is not defined\n'
        "  help: Defined: main",
    ),
)


@pytest.mark.parametrize("case", WRONG, ids=[case.what for case in WRONG])
def test_what_derived_can_not_say(case: Wrong, tmp_path: Path) -> None:
    assert told(tmp_path, case.header + case.text, case.files) == case.said


BY_TWO = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  test:
    subscription: 22222222-2222-2222-2222-222222222222
    mode: development
    overrides:
      derived:
        ADDRESS: {omit: true, because: dev has it}
network: {inbound: private, outbound: internet, virtual_network: corp, endpoints_subnet: ends, dns: policy}
virtual_networks: {corp: {address_space: [10.0.0.0/20], subnets: {ends: {address_prefix: 10.0.0.0/24}}}}
databricks_workspaces: {main: {compute_mode: serverless}}
"""
ONE_SIGN_IN = "databricks_workspaces.main.private_endpoints.browser_authentication"


@pytest.mark.parametrize(
    "written",
    [
        "databricks_workspaces.mian.private_endpoints.browser_authentication",
        "databricks_workspaces.main.private_endpoints.browser_authenticaton",
        "databrick_workspaces.main.private_endpoint.browser_authentication",
    ],
)
def test_a_misspelt_address_is_said_once_and_leaves_out_what_is_meant(tmp_path: Path, written: str) -> None:
    (tmp_path / "right").mkdir()
    assert not has_errors(found(tmp_path / "right", BY_TWO.replace("ADDRESS", ONE_SIGN_IN)))
    wrong = [each for each in found(tmp_path, BY_TWO.replace("ADDRESS", written)) if has_errors([each])]
    assert {(each.code.id, each.span.line, each.message, each.help) for each in wrong} == {
        ("MLI363", 11, f"{written} is derived in no target", f'did you mean "{ONE_SIGN_IN}"?')
    }


def test_the_zones_of_a_derived_endpoint_can_be_left_out(tmp_path: Path) -> None:
    """An endpoint is derived after what accounts are made of, and holds what is derived of itself."""
    address = f"{ONE_SIGN_IN}.dns"
    text = BY_TWO.replace("dns: policy", "dns: here")
    (tmp_path / "whole").mkdir()
    whole = compiled(tmp_path / "whole", text.replace("ADDRESS: {omit: true, because: dev has it}", "{}")).plans[1]
    assert address in resources(whole)
    without = compiled(tmp_path, text.replace("ADDRESS", address)).plans[1]
    assert resources(whole).keys() - resources(without).keys() == {address}


def test_a_misspelt_address_beside_fields_of_catalogs_is_said(tmp_path: Path) -> None:
    """Fields that are derived of Databricks become no resource, and are asked for none."""
    text = """\
databricks_storage_credentials: {lake: {azure_managed_identity: {access_connector_id: main}, comment: ours}}
databricks_access_connectors: {main: {}}
databricks_workspaces: {main: {}}
derived: {databricks_storage_credentials.lake.isolation_mod: {omit: true, because: we say so}}
"""
    assert said(tmp_path, HEADER + text, "MLI363") == [
        (
            "9: databricks_storage_credentials.lake.isolation_mod is derived in no target "
            '(did you mean "databricks_storage_credentials.lake.isolation_mode"?)'
        )
    ]


def test_what_goes_with_what_is_left_out_has_no_fields(tmp_path: Path) -> None:
    text = """\
derived:
  container_registries.main: {omit: true, because: images are theirs}
  container_registries.main.lock: {level: read_only}
"""
    assert said(tmp_path, TARGETS.replace("DEV", "{}").replace("PROD", "{}") + SPEC + text, "MLI363") == [
        (
            "19: container_registries.main.lock is derived in no target "
            "(what is derived from container_registries.main goes with it)"
        )
    ]


@pytest.mark.parametrize("section", [row.name for row in WRITTEN if row.is_in_a_workspace])
def test_what_belongs_to_no_workspace_stops_nobody_who_asks_what_is_derived(tmp_path: Path, section: str) -> None:
    text = """workspaces: {main: {}, other: {}}
compute_clusters: {cpu-a: {workspace: main, size: Standard_D4ds_v4, max_instances: 1}}
derived: {locks.nowhere: {}}
"""
    strays = f"{section}: {{one-a: {{}}}}\n"
    if section == "compute_clusters":
        text, strays = text.replace("cpu-a:", "one-a: {}, cpu-a:"), ""
    codes = {(each.code.id, each.address) for each in found(tmp_path, HEADER + text + strays)}
    assert ("MLI363", "locks.nowhere") in codes
