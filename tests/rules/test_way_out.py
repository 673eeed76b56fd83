"""What stands under `properties:` is judged as the field that sets it would be, where it is written."""

from __future__ import annotations

import json
from pathlib import Path as Folder
from typing import Any

import pytest
from pydantic import BaseModel

from mlinfra.languages import SECTIONS
from mlinfra.languages.language import Section
from mlinfra.languages.settings import Setting
from mlinfra.source.tree import Path
from tests.kinds.harness import graph_of
from tests.spec import HEADER, PRODUCTION, found

CLOSED = PRODUCTION + "network: {inbound: public, allowed_ips: [203.0.113.0/24]}\n"
LEAVE = "leave %s out, or say why it has to be"
FOUND = {  # header, an entry with the field, the same with the property, and what is found where that is written
    "an old version of TLS": (
        HEADER,
        "storage_accounts: {lake: {minimum_tls: TLS1_0}}",
        "storage_accounts: {lake: {properties: {minimumTlsVersion: TLS1_0}}}",
        'MLI215 minimum_tls must be one of TLS1_2, TLS1_3, not "TLS1_0" | did you mean "TLS1_2"?',
    ),
    "keys in production": (
        CLOSED,
        "storage_accounts: {lake: {shared_key_access: true}}",
        "storage_accounts: {lake: {properties: {allowSharedKeyAccess: true}}}",
        f"MLI424 storage_accounts.lake is opened by its keys, past Entra | {LEAVE % 'shared_key_access'}",
    ),
    "keys in production, by a name in another case": (
        CLOSED,
        "storage_accounts: {lake: {shared_key_access: true}}",
        "storage_accounts: {lake: {properties: {AllowSharedKeyAccess: true}}}",
        f"MLI424 storage_accounts.lake is opened by its keys, past Entra | {LEAVE % 'shared_key_access'}",
    ),
    "everyone past the list, by names in another case": (
        CLOSED,
        "storage_accounts: {lake: {network_acls: {default_action: allow}}}",
        "storage_accounts: {lake: {properties: {NetworkAcls: {DefaultAction: allow}}}}",
        "MLI437 storage_accounts.lake lets everyone in, though addresses are listed | None",
    ),
    "blobs for everyone": (
        HEADER,
        "storage_accounts: {lake: {public_blobs: true}}",
        "storage_accounts: {lake: {properties: {allowBlobPublicAccess: true}}}",
        "MLI413 containers of storage_accounts.lake may be opened to everyone | None",
    ),
    "a workspace that nobody reaches": (
        HEADER,
        "workspaces: {main: {public_network_access: disabled}}",
        "workspaces: {main: {properties: {publicNetworkAccess: Disabled}}}",
        "MLI465 nobody reaches workspaces.main: public access is disabled, and it has no private endpoint | None",
    ),
    "a vault without purge protection": (
        CLOSED,
        "key_vaults: {main: {purge_protection: false}}",
        "key_vaults: {main: {properties: {enablePurgeProtection: false}}}",
        "MLI420 key_vaults.main can be destroyed for good, as purge_protection is off | None",
    ),
    "an admin user": (
        HEADER,
        "container_registries: {main: {admin_user: true}}",
        "container_registries: {main: {properties: {adminUserEnabled: true}}}",
        "MLI426 container_registries.main has an admin user, one password for everyone | None",
    ),
    "everyone, past the list": (
        CLOSED,
        "storage_accounts: {lake: {network_acls: {default_action: allow}}}",
        "storage_accounts: {lake: {properties: {networkAcls: {defaultAction: Allow}}}}",
        "MLI437 storage_accounts.lake lets everyone in, though addresses are listed | None",
    ),
    "logs by a key": (
        CLOSED,
        "log_analytics: {main: {local_auth: true}}",
        "log_analytics: {main: {properties: {features: {disableLocalAuth: false}}}}",
        f"MLI424 log_analytics.main takes logs from whoever has its key | {LEAVE % 'local_auth'}",
    ),
    "traces by a connection string": (
        CLOSED,
        "log_analytics: {main: {}}\napplication_insights: {main: {local_auth: true}}",
        "log_analytics: {main: {}}\napplication_insights: {main: {properties: {DisableLocalAuth: false}}}",
        (
            "MLI424 application_insights.main takes traces from whoever has its connection string | "
            f"{LEAVE % 'local_auth'}"
        ),
    ),
    "addresses of callers": (
        CLOSED,
        "log_analytics: {main: {}}\napplication_insights: {main: {ip_masking: false}}",
        "log_analytics: {main: {}}\napplication_insights: {main: {properties: {DisableIpMasking: true}}}",
        f"MLI424 application_insights.main keeps the addresses of callers | {LEAVE % 'ip_masking'}",
    ),
    "SSH for the public": (
        HEADER + "workspaces: {main: {}}\n",
        "compute_clusters: {cpu: {size: Standard_D4ds_v5, ssh_public_access_enabled: true}}",
        (
            "compute_clusters: {cpu: {size: Standard_D4ds_v5, "
            "properties: {properties: {remoteLoginPortPublicAccess: Enabled}}}}"
        ),
        "MLI683 SSH is open to the public, for as long as this compute exists | set it to false",
    ),
    "data that are encrypted once": (
        CLOSED,
        "storage_accounts: {lake: {infrastructure_encryption: false}}",
        "storage_accounts: {lake: {properties: {encryption: {requireInfrastructureEncryption: false}}}}",
        f"MLI424 storage_accounts.lake encrypts its data once only | {LEAVE % 'infrastructure_encryption'}",
    ),
    "logs that are encrypted once": (
        CLOSED,
        "log_analytics_clusters: {logs: {double_encryption: false}}",
        "log_analytics_clusters: {logs: {properties: {isDoubleEncryptionEnabled: false}}}",
        f"MLI424 log_analytics_clusters.logs encrypts its data once only | {LEAVE % 'double_encryption'}",
    ),
    "data that go anywhere": (
        CLOSED,
        "workspaces: {main: {managed_network: {isolation_mode: disabled}}}",
        "workspaces: {main: {properties: {managedNetwork: {isolationMode: Disabled}}}}",
        f"MLI424 workspaces.main lets jobs send data wherever they like | {LEAVE % 'managed_network.isolation_mode'}",
    ),
    "serverless jobs with public addresses": (
        CLOSED,
        "workspaces: {main: {serverless_compute: {no_public_ip: false}}}",
        "workspaces: {main: {properties: {serverlessComputeSettings: {serverlessComputeNoPublicIP: false}}}}",
        f"MLI424 workspaces.main gives serverless jobs public addresses | {LEAVE % 'serverless_compute.no_public_ip'}",
    ),
    "nodes with public addresses": (
        CLOSED + "workspaces: {main: {}}\n",
        "compute_clusters: {cpu: {size: Standard_D4ds_v5, enable_node_public_ip: true}}",
        "compute_clusters: {cpu: {size: Standard_D4ds_v5, properties: {properties: {enableNodePublicIp: true}}}}",
        f"MLI424 compute_clusters.cpu gives its nodes public addresses | {LEAVE % 'enable_node_public_ip'}",
    ),
    "a retired size": (
        HEADER + "workspaces: {main: {}}\n",
        "compute_clusters: {cpu: {size: Standard_NC6}}",
        "compute_clusters: {cpu: {properties: {properties: {vmSize: Standard_NC6}}}}",
        "MLI480 Standard_NC6 was retired on 2023-09-06 | take Standard_NC4as_T4_v3",
    ),
    "machines of Databricks with public addresses": (
        CLOSED,
        "databricks_workspaces: {main: {no_public_ip: false}}",
        "databricks_workspaces: {main: {properties: {parameters: {enableNoPublicIp: {value: false}}}}}",
        f"MLI424 databricks_workspaces.main gives its machines public addresses | {LEAVE % 'no_public_ip'}",
    ),
    "what no field is for": (
        CLOSED,
        "storage_accounts: {lake: {properties: {defaultToOAuthAuthentication: false}}}",
        "storage_accounts: {lake: {properties: {defaultToOAuthAuthentication: false}}}",
        "MLI424 storage_accounts.lake asks for its keys first in the portal | "
        + LEAVE % "properties.defaultToOAuthAuthentication",
    ),
}
ALLOWED = {
    "keys in development": HEADER + "storage_accounts: {lake: {shared_key_access: true}}",
    "a newer version of TLS": CLOSED + "storage_accounts: {lake: {properties: {minimumTlsVersion: TLS1_3}}}",
    "what the default says": CLOSED + "storage_accounts: {lake: {properties: {allowSharedKeyAccess: false}}}",
    "field and property that agree": (
        HEADER + "storage_accounts: {lake: {shared_key_access: false, properties: {allowSharedKeyAccess: false}}}"
    ),
    "a property of its own": CLOSED + "storage_accounts: {lake: {properties: {dnsEndpointType: Standard}}}",
    "one of someone else's": (
        CLOSED + "storage_accounts: {lake: {existing: true, azure_name: stlake, shared_key_access: true}}"
    ),
}
REPLACED = {  # a property over what would stand there, the mode, and what is found
    "a default of ours": (
        CLOSED + "workspaces: {main: {}}\ncompute_clusters: {cpu: {size: S, properties: {disableLocalAuth: false}}}",
        "MLI896 disableLocalAuth under properties of compute_clusters.cpu replaces true",
    ),
    "who comes in": (
        CLOSED + "storage_accounts: {lake: {properties: {networkAcls: {ipRules: [{value: 0.0.0.0/1}]}}}}",
        "MLI896 networkAcls.ipRules under properties of storage_accounts.lake replaces what is there without it",
    ),
    "where a workspace keeps its keys": (
        CLOSED + "workspaces: {main: {properties: {keyVault: /subscriptions/1/resourceGroups/r/providers/x/vaults/y}}}",
        "MLI896 keyVault under properties of workspaces.main replaces what is there without it",
    ),
    "a part of a network": (
        CLOSED + "virtual_networks: {v: {address_space: [10.0.0.0/16], subnets: {a: {address_prefix: 10.0.1.0/24, "
        "properties: {defaultOutboundAccess: true}}}}}",
        "MLI896 defaultOutboundAccess under properties of virtual_networks.v.subnets.a replaces false",
    ),
    "a default of ours in development": (
        HEADER + "workspaces: {main: {}}\ncompute_clusters: {cpu: {size: S, properties: {disableLocalAuth: false}}}",
        None,
    ),
    "what says the same": (CLOSED + "public_ips: {p: {properties: {publicIPAllocationMethod: static}}}", None),
    "what only adds": (CLOSED + "storage_accounts: {lake: {properties: {dnsEndpointType: Standard}}}", None),
    "a list that a field says": (
        HEADER + "virtual_networks: {v: {address_space: [10.0.0.0/16], "
        "properties: {addressSpace: {addressPrefixes: [10.9.0.0/16]}}}}",
        "MLI423 addressSpace.addressPrefixes under properties contradicts address_space",
    ),
    "a text that a field of a part says": (
        HEADER + "virtual_networks: {v: {address_space: [10.0.0.0/16], subnets: {a: {address_prefix: 10.0.1.0/24, "
        "properties: {addressPrefix: 10.0.2.0/24}}}}}",
        "MLI423 addressPrefix under properties contradicts address_prefix",
    ),
    "a text that a field of a rule says": (
        HEADER + "network_security_groups: {n: {rules: {r: {priority: 100, direction: inbound, access: allow, "
        "protocol: tcp, from: VirtualNetwork, to: '*', ports: ['443'], properties: {sourceAddressPrefix: '*'}}}}}",
        "MLI423 sourceAddressPrefix under properties contradicts from",
    ),
    "a number that a field says": (
        HEADER + "workspaces: {main: {}}\ncompute_clusters: {cpu: {size: S, max_instances: 2, "
        "properties: {properties: {scaleSettings: {maxNodeCount: 100}}}}}",
        "MLI423 properties.scaleSettings.maxNodeCount under properties contradicts max_instances",
    ),
}
INSECURE = {  # in production, with no field for it or as the whole platform has it, and what is found
    "rules that nobody judges": (
        "network_security_groups: {n: {properties: {securityRules: [{name: a}]}}}",
        "network_security_groups.n has rules that nothing looks at: write them in rules",
    ),
    "routes that nobody judges": (
        "route_tables: {t: {properties: {routes: [{name: a}]}}}",
        "route_tables.t has routes that nothing looks at: write them in routes",
    ),
    "outbound rules that nobody judges": (
        "workspaces: {main: {properties: {managedNetwork: {outboundRules: {a: {type: FQDN, destination: '*'}}}}}}",
        "workspaces.main has outbound rules that nothing looks at: write them in managed_network",
    ),
    "the internet past the endpoints of a workspace": (
        "workspaces: {main: {properties: {allowPublicAccessWhenBehindVnet: true}}}",
        "workspaces.main answers the internet past its endpoints",
    ),
}
SAID_OF_SETTINGS = {
    "MLI480",
    "MLI896",
    "MLI214",
    "MLI215",
    "MLI413",
    "MLI420",
    "MLI423",
    "MLI424",
    "MLI426",
    "MLI437",
    "MLI465",
    "MLI683",
}
MEANT = [
    (row, setting, written, field)
    for row in SECTIONS
    if row.model
    for setting in row.settings
    for written, field in setting.means.items()
]


def said(folder: Folder, text: str) -> list[str]:
    items = [item for item in found(folder, text) if item.code.id in SAID_OF_SETTINGS]
    return [f"{item.code.id} {item.message} | {item.help}" for item in items]


@pytest.mark.parametrize(("header", "field", "property", "finding"), FOUND.values(), ids=FOUND)
def test_a_property_is_found_as_its_field_is(
    header: str, field: str, property: str, finding: str, tmp_path: Folder
) -> None:
    assert said(tmp_path, header + field + "\n") == [finding]
    assert said(tmp_path, header + property + "\n") == [finding]
    (item,) = (item for item in found(tmp_path, header + property + "\n") if item.code.id in SAID_OF_SETTINGS)
    shown = (header + property).splitlines()[item.span.line - 1][: item.span.column]
    assert "properties: {" in shown


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED)
def test_what_is_secure_or_agrees_is_no_finding(text: str, tmp_path: Folder) -> None:
    assert said(tmp_path, text + "\n") == []


@pytest.mark.parametrize(("text", "said_of_it"), REPLACED.values(), ids=REPLACED)
def test_a_property_that_replaces_what_would_stand_there_is_found(
    text: str, said_of_it: str | None, tmp_path: Folder
) -> None:
    items = [item for item in found(tmp_path, text + "\n") if item.code.id in ("MLI423", "MLI896")]
    assert [f"{item.code.id} {item.message}" for item in items] == [said_of_it] * (said_of_it is not None)


@pytest.mark.parametrize(("text", "message"), INSECURE.values(), ids=INSECURE)
def test_what_opens_production_past_every_field_wants_a_reason(text: str, message: str, tmp_path: Folder) -> None:
    assert [item.message for item in found(tmp_path, f"{CLOSED}{text}\n") if item.code.id == "MLI424"] == [message]


@pytest.mark.parametrize(
    ("outbound", "codes"), [("open", ["MLI424"]), ("internet", ["MLI424"]), ("approved", []), (None, [])]
)
def test_production_from_which_data_may_go_anywhere_wants_a_reason(
    outbound: str | None, codes: list[str], tmp_path: Folder
) -> None:
    network = "network: {inbound: public" + (f", outbound: {outbound}" if outbound else "") + "}\n"
    said = found(tmp_path, f"{PRODUCTION}{network}workspaces: {{main: {{}}}}\n")
    assert [each.code.id for each in said if each.code.id == "MLI424"] == codes
    nothing_runs = found(tmp_path, f"{PRODUCTION}{network}storage_accounts: {{lake: {{}}}}\n")
    assert "MLI424" not in {each.code.id for each in nothing_runs}


def test_a_property_that_contradicts_its_field_is_an_error_that_shows_both(tmp_path: Folder) -> None:
    text = "storage_accounts: {lake: {shared_key_access: false, properties: {allowSharedKeyAccess: true}}}\n"
    (item,) = (item for item in found(tmp_path, HEADER + text) if item.code.id == "MLI423")
    assert f"{item.span.line}:{item.span.column} {item.message} | {item.help}" == (
        "6:88 allowSharedKeyAccess under properties contradicts shared_key_access | write shared_key_access alone"
    )
    assert [(place.span.column, place.message) for place in item.related] == [(46, "the field is written here")]


@pytest.mark.parametrize(("row", "setting", "written", "field"), MEANT)
def test_a_property_means_what_its_field_means(row: Section, setting: Setting, written: Any, field: Any) -> None:
    by_property = _model(row, ("properties", *setting.property), written)
    assert by_property.model_copy(update={"properties": {}}) == _model(row, setting.field, field)


def _model(row: Section, path: Path, value: Any) -> BaseModel:
    body = value
    for step in reversed(path):
        body = {step: body}
    model = graph_of(f"{row.name}: {{main: {json.dumps(body)}}}\n").entries[f"{row.name}.main"].model
    assert model is not None
    return model
