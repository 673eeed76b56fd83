"""Every rule over all targets: specs of two targets that break it, and specs that do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

WORKSPACE = "workspaces: {main: {}}\n"
CPU = "compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 2}}\n"
USER = "44444444-4444-4444-4444-444444444444"
TRAIN = """\
jobs:
  train:
    type: command
    command: python -c 1 --out ${{outputs.model}}
    environment: azureml:curated:1
    compute: cpu
    outputs: {model: {type: MODEL}}
"""
TWO = """\
apiVersion: mlinfra/v1
platform: churn
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production, promote_from: dev}
"""
ONE_GROUP = TWO.replace("2222", "1111").replace("mode: ", "resource_group: {name: rg-one}, mode: ")
PUBLIC = "network: {inbound: public}\n"
_TAGGED = ONE_GROUP.replace("mode: ", "tags: {%s}, mode: ") + PUBLIC
_WATCHED = (
    "network: {inbound: public}\nlog_analytics: {main: {}}\ndiagnostic_settings:\n"
    "  siem: {of: /subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers/Microsoft.KeyVault"
    "/vaults/kv-theirs, log_analytics: main, azure_name: %s}\n"
    "locks: {theirs: {of: /subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg}}\n"
)
_OF_THEIRS = "/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-dns/providers/Microsoft.Network"
_ZONES = f"{_OF_THEIRS}/privateDnsZones/"
_DNS = f"{_ZONES}corp.example"
_LINKED = f"""\
network: {{inbound: public}}
virtual_networks: {{corp: {{azure_name: %s, address_space: [10.0.0.0/20]}}}}
private_dns_zones:
  corp:
    existing: true
    id: {_DNS}
    links: {{corp: %s}}
"""
_JOINED = (
    TWO.replace("2222", "1111")
    + """\
network: {inbound: public}
network_security_groups: {ends: {}}
virtual_networks:
  corp:
    {existing: true, resource_group: rg-net, azure_name: vnet, subnets: {ends: {%s, network_security_group: ends}}}
"""
)
_NORTH = "location: northeurope, promote_from"


class Case(NamedTuple):
    code: str
    wrong: str
    message: str
    right: str
    files: Mapping[str, str] = {}


def _spokes(dev: str) -> str:
    hub = "hub: {existing: true, azure_name: vnet-hub, resource_group: rg-hub, subscription: HUB}".replace("HUB", USER)
    return f"""\
network: {{inbound: public}}
virtual_networks:
  {hub}
  spoke: {{address_space: [{dev}], peerings: {{hub: {{}}}}}}
"""


def _measured(auc: str) -> str:
    """A model of which production asks that, and development an AUC of at least 0.8, and a loss of at most 0.2."""
    overrides = f"promote_from: dev, overrides: {{models: {{churn: {{release: {{at_least: {{auc: {auc}}}}}}}}}}}"
    job = TRAIN.replace("{model: {type: MODEL}}", "{model: {type: mlflow_model}, report: {type: uri_folder}}")
    job = job.replace("--out", "${{outputs.report}}")
    return f"""\
{TWO.replace("promote_from: dev", overrides)}{PUBLIC}{WORKSPACE}{CPU}{job}models:
  churn:
    from_job: train
    output: model
    release: {{metrics: {{output: report, file: m.json}}, at_least: {{auc: 0.8}}, at_most: {{loss: 0.2}}}}
"""


_VAULT = "derived: {{key_vaults.main{0}: {{omit: true, because: x}}}}\n".format
CORP = """\
network: {inbound: private, outbound: internet, virtual_network: corp, endpoints_subnet: ends, dns: DNS}
virtual_networks: {corp: {existing: true, resource_group: rg-net, azure_name: vnet, SUBSCRIPTION, subnets: {ends: {}}}}
key_vaults: {main: {}}
""".replace("SUBSCRIPTION", "subscription: 33333333-3333-3333-3333-333333333333")
SIGN_IN = """\
network: {inbound: private, outbound: internet, virtual_network: corp, endpoints_subnet: ends, dns: DNS}
virtual_networks: {corp: {address_space: [10.0.0.0/20], subnets: {ends: {address_prefix: 10.0.0.0/24}}}}
databricks_workspaces: {main: {compute_mode: serverless}}
"""
SIGN_IN_BY_TWO = (
    "7: dev and prod each have an endpoint for signing in to Databricks of westeurope, and their zone has one "
    "address for all of them (keep that of the target that lasts longest; in the others write overrides: "
    "{derived: {databricks_workspaces.main.private_endpoints.browser_authentication: {omit: true, because: "
    "…}}})"
)
_HUB = "{zones: {subscription: 33333333-3333-3333-3333-333333333333, resource_group: rg-dns}HERE}"
_IN_A_HUB = SIGN_IN.replace("DNS", _HUB.replace("HERE", "")).partition("databricks")[0] + "key_vaults: {main: {}}\n"
_LEFT_OUT = (
    "overrides: {derived: {databricks_workspaces.main.private_endpoints.browser_authentication: "
    "{omit: true, because: prod has it}}}"
)
SHARED_REGISTRY = """\
apiVersion: mlinfra/v1
platform: demo
location: westeurope
targets:
  common: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, shared: true, variables: {net: 10.6.}}
  dev: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, variables: {net: 10.7.}}
variables: {net: {type: string}}
network: {inbound: private, outbound: approved, virtual_network: spoke, endpoints_subnet: e, dns: policy}
virtual_networks:
  hub:
    targets: [common, dev]
    existing: true
    azure_name: vnet-hub
    subscription: 33333333-3333-3333-3333-333333333333
    resource_group: rg-hub
    address_space: [10.0.0.0/20]
  spoke:
    targets: [common, dev]
    address_space: ["${var.net}0.0/16"]
    subnets: {e: {address_prefix: "${var.net}0.0/24"}}
registries: {models: {made_in: common}}
principals: {ds: {object_id: 44444444-4444-4444-4444-444444444444, type: group, role: data_scientist}}
workspaces: {main: {}}
"""
NOT_REACHED = (
    "principals.ds of dev may use registries.models, and virtual_networks.spoke is not joined to "
    "virtual_networks.spoke.subnets.e of common, in which it is reached"
)
REACH_IT = "peer the two networks, or both with one hub; or write registries: [] in the principals"
LENT = """\
apiVersion: mlinfra/v1
platform: demo
location: westeurope
targets:
  common: {subscription: 11111111-1111-1111-1111-111111111111, mode: development, shared: true, variables: {net: 10.6.}}
  dev: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, variables: {net: 10.7.}}
variables: {net: {type: string}}
network: {inbound: private, outbound: vnet, virtual_network: spoke, endpoints_subnet: e, compute_subnet: m, dns: policy}
route_tables: {hub: {targets: [common, dev], routes: {all: {address_prefix: 0.0.0.0/0, next_hop: 10.0.0.4}}}}
public_ips: {out: {targets: [common, dev]}}
nat_gateways: {out: {targets: [common, dev], public_ips: [out]}}
key_vaults: {keys: {made_in: common}}
virtual_networks:
  hub: {targets: [common, dev], existing: true, azure_name: vnet-hub, resource_group: rg-hub}
  spoke:
    targets: [common, dev]
    address_space: ["${var.net}0.0/16"]
    dns_servers: [10.0.0.68]
    peerings: {hub: {allow_forwarded_traffic: true}}
    subnets:
      e: {address_prefix: "${var.net}0.0/24"}
      m: {address_prefix: "${var.net}2.0/24", WAY}
workspaces: {main: {}}
compute_clusters: {cpu: {size: Standard_D4ds_v4, max_instances: 2}}
"""
_USED = (
    LENT.replace("WAY", "nat_gateway: out, route_table: hub, network_security_group: m").replace(
        "key_vaults: {keys: {made_in: common}}", "registries: {models: {made_in: common}}"
    )
    + """\
models: {base: {registry: models, path: azureml://registries/azureml/models/t/versions/1, version: 1}}
environments: {plain: {image: python:3.12.4}}
jobs:
  try:
    {type: command, command: "ls ${{inputs.m}}", environment: plain, compute: cpu,
     inputs: {m: {type: custom_model, path: base}}}
network_security_groups:
  m: {targets: [common, dev], rules: {BEFORE shut: {priority: 4096, direction: outbound, access: deny}}}
"""
)
_SHUT = LENT.replace("WAY", "nat_gateway: out, route_table: hub, network_security_group: m") + (
    "network_security_groups:\n"
    "  m: {targets: [common, dev], rules: {shut: {priority: 4096, direction: outbound, access: deny}}}\n"
)
_LET_THROUGH = "priority: 200, direction: outbound, access: allow, to: [10.6.0.0/16], ports: 443"
TARGET_CASES = (
    Case(
        "MLI840",
        _USED.replace("BEFORE ", ""),
        (
            "12: virtual_networks.spoke.subnets.m of dev can't reach registries.models: "
            "network_security_groups.m.rules.shut denies it (add a rule before it: {direction: outbound, access: "
            "allow, to: [10.6.0.0/24], ports: 443, …})"
        ),
        _USED.replace("BEFORE ", f"shared: {{{_LET_THROUGH}}}, "),
    ),
    Case(
        "MLI840",
        _USED.replace("BEFORE ", f"shared: {{{_LET_THROUGH.replace('10.6.0.0', '10.8.0.0')}}}, "),
        (
            "12: virtual_networks.spoke.subnets.m of dev can't reach registries.models: "
            "network_security_groups.m.rules.shut denies it (add a rule before it: {direction: outbound, access: "
            "allow, to: [10.6.0.0/24], ports: 443, …})"
        ),
        _USED.replace("BEFORE ", "").replace("path: base}", "path: azureml:other:1}"),
    ),
    Case(
        "MLI840",
        _SHUT.replace("main: {}", "main: {key_vault: keys}"),
        (
            "12: virtual_networks.spoke.subnets.m of dev can't reach key_vaults.keys: "
            "network_security_groups.m.rules.shut denies it (add a rule before it: {direction: outbound, access: "
            "allow, to: [10.6.0.0/24], ports: 443, …})"
        ),
        _SHUT,
    ),
    Case(
        "MLI839",
        LENT.replace("WAY", "nat_gateway: out"),
        (
            "12: virtual_networks.spoke.subnets.m of dev and virtual_networks.spoke.subnets.e of common, in which "
            "key_vaults.keys is reached, are not joined (peer the two networks, or give "
            "virtual_networks.spoke.subnets.m a route to the hub's firewall)"
        ),
        LENT.replace("WAY", "nat_gateway: out, route_table: hub"),
    ),
    *(
        Case("MLI647", SHARED_REGISTRY, f"21: {NOT_REACHED} ({REACH_IT})", SHARED_REGISTRY.replace(old, new))
        for old, new in (
            ("role: data_scientist", "role: data_scientist, registries: []"),
            ('    address_space: ["', '    peerings: {hub: {allow_forwarded_traffic: true}}\n    address_space: ["'),
        )
    ),
    Case(
        "MLI390",
        TWO + SIGN_IN.replace("DNS", _HUB.replace("HERE", "")),
        SIGN_IN_BY_TWO,
        TWO.replace("mode: development", f"mode: development, {_LEFT_OUT}")
        + SIGN_IN.replace("DNS", _HUB.replace("HERE", "")),
    ),
    Case(
        "MLI390",
        TWO + SIGN_IN.replace("DNS", "policy"),
        SIGN_IN_BY_TWO,
        TWO + SIGN_IN.replace("DNS", _HUB.replace("HERE", ", here: [databricks]")),
    ),
    Case(
        "MLI390",
        TWO + SIGN_IN.replace("DNS", "policy"),
        SIGN_IN_BY_TWO,
        TWO.replace("promote_from: dev", "promote_from: dev, location: northeurope") + SIGN_IN.replace("DNS", "policy"),
    ),
    Case(
        "MLI390",
        TWO + CORP.replace("DNS", "here"),
        (
            "7: prod and dev each make zones of the same names, and link them to virtual_networks.corp (write "
            "network.dns: {zones: {subscription: …, resource_group: …}}, where one set of zones is)"
        ),
        TWO + CORP.replace("DNS", "policy"),
    ),
    Case(
        "MLI362",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}{_VAULT('.diagnostics')}",
        "9: key_vaults.main.diagnostics is left out, and was derived because what happens on key_vaults.main is kept "
        "in log_analytics.main",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}",
    ),
    Case(
        "MLI363",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}{_VAULT('.rock')}",
        '9: key_vaults.main.rock is derived in no target (did you mean "key_vaults.main.lock"?)',
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}{_VAULT('.lock')}",
    ),
    Case(
        "MLI364",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}{_VAULT('')}",
        "9: key_vaults.main can't be left out: no workspace is made without a key vault",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}{_VAULT('.lock')}",
    ),
    Case(
        "MLI361",
        TWO + "network: {inbound: public}\n"
        "moved: [{from: key_vaults.a, to: key_vaults.b}]\nkey_vaults: {a: {targets: [dev]}, b: {targets: [prod]}}\n",
        "8: key_vaults.a is still there, so its name on Azure is taken (take the line out, or rename the entry: what "
        "is nested in it or derived from it follows)",
        TWO + "network: {inbound: public}\n"
        "moved: [{from: key_vaults.a, to: key_vaults.b}]\nkey_vaults: {b: {targets: [prod]}}\n",
    ),
    Case(
        "MLI495",
        ONE_GROUP + "network: {inbound: public}\nkey_vaults: {one: {azure_name: kv-shared}}\n",
        '8: key_vaults.one is "kv-shared" in both dev and prod',
        TWO + "network: {inbound: public}\nkey_vaults: {one: {azure_name: 'kv-shared-${target.name}'}}\n",
    ),
    Case(
        "MLI495",
        TWO + _WATCHED % "siem",
        "10: diagnostic_settings.siem: dev and prod write different content to one Azure resource, /subscriptions/"
        "99999999-9999-9999-9999-999999999999/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-theirs"
        "/providers/Microsoft.Insights/diagnosticSettings/siem (write azure_name: siem-${target.name})",
        TWO + _WATCHED % "'siem-${target.name}'",
    ),
    Case(
        "MLI495",
        TWO + _LINKED % ("vnet-corp", "{}"),
        f"13: private_dns_zones.corp.links.corp: dev and prod write different content to one Azure resource, {_DNS}"
        "/virtualNetworkLinks/vnet-corp (write azure_name: vnet-corp-${target.name})",
        TWO + _LINKED % ("vnet-corp", "{azure_name: 'corp-${target.name}'}"),
    ),
    Case(
        "MLI495",
        TWO + _IN_A_HUB.replace("corp: {a", "corp: {azure_name: vnet-corp, a"),
        "9: private_dns_zones.vault.links.corp: dev and prod write different content to one Azure resource, "
        f"{_ZONES}privatelink.vaultcore.azure.net/virtualNetworkLinks/vnet-corp (write derived: "
        "{private_dns_zones.vault.links.corp: {azure_name: vnet-corp-${target.name}}})",
        TWO + _IN_A_HUB,
    ),
    Case(
        "MLI495",
        _JOINED % "azure_name: ends",
        "11: virtual_networks.corp.subnets.ends: dev and prod write different content to one Azure resource, "
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-net/providers/Microsoft.Network"
        "/virtualNetworks/vnet/subnets/ends (write azure_name: ends-${target.name})",
        _JOINED % "azure_name: 'ends-${target.name}'",
    ),
    Case(
        "MLI747",
        ONE_GROUP.replace("rg-one", "RG-one", 1).replace("promote_from", _NORTH) + PUBLIC,
        "6: resource group rg-one is in westeurope for dev, and in northeurope for prod (write resource_group: {name: "
        "rg-one-prod} in prod, or one location in both)",
        TWO.replace("promote_from", _NORTH) + PUBLIC,
    ),
    Case(
        "MLI747",
        _TAGGED % ("Team: fraud, stage: dev", "team: churn, stage: prod, more: x"),
        "6: resource group rg-one has another team, stage for prod than for dev among its tags (write resource_group: "
        "{tags: {team: …}} alike in both)",
        _TAGGED % ("team: fraud, stage: dev", "Team: fraud, more: x"),
    ),
    Case(
        "MLI554",
        TWO + "network: {inbound: public}\nstorage_accounts: {one: {azure_name: stshared}}\n",
        '8: storage_accounts.one is named "stshared" in dev and prod, and all of Azure has that name only once '
        "(write azure_name: stshared${target.name}, or leave azure_name out)",
        TWO + "network: {inbound: public}\nstorage_accounts: {one: {azure_name: 'stshared${target.name}'}}\n",
    ),
    Case(
        "MLI554",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}online_endpoints: {{churn: {{azure_name: churn}}}}\n",
        '9: online_endpoints.churn is named "churn" in dev and prod, and westeurope has that name only once '
        "(write azure_name: churn-${target.name}, or leave azure_name out)",
        TWO.replace("mode: production", "mode: production, location: northeurope")
        + f"network: {{inbound: public}}\n{WORKSPACE}online_endpoints: {{churn: {{azure_name: churn}}}}\n",
    ),
    Case(
        "MLI496",
        TWO.replace("mode: development}", "mode: development, overrides: {network: {outbound: approved}}}")
        + "network: {inbound: public, outbound: open}\n",
        "6: outbound is open in prod, and approved in dev",
        TWO + "network: {inbound: public, outbound: approved}\n",
    ),
    Case(
        "MLI497",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}{CPU}{TRAIN.replace('MODEL', 'mlflow_model')}"
        "models: {churn: {from_job: train, output: model, targets: [prod]}}\n",
        "17: models.churn exists in prod, and dev does not train it",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}{CPU}{TRAIN.replace('MODEL', 'mlflow_model')}"
        "models: {churn: {from_job: train, output: model}}\n",
    ),
    Case(
        "MLI857",
        _measured("0.5"),
        "6: models.churn needs auc of at least 0.5, and at least 0.8 in dev before",
        _measured("0.8"),
    ),
    Case(
        "MLI857",
        _measured("0.9, error: 0.1}, at_most: {loss: 0.3"),
        "6: models.churn needs loss of at most 0.3, and at most 0.2 in dev before",
        _measured("0.9, error: 0.1}, at_most: {loss: 0.2"),
    ),
    Case(
        "MLI375",
        TWO + _spokes("10.60.0.0/18"),
        "10: virtual_networks.spoke of prod and of dev share 10.60.0.0/18, and both are joined to virtual_networks.hub "
        "(give each target a range of its own, as by a variable)",
        TWO.replace("from: dev", "from: dev, overrides: {virtual_networks: {spoke: {address_space: [10.61.0.0/18]}}}")
        + _spokes("10.60.0.0/18"),
    ),
    Case(
        "MLI407",
        f"{TWO}network: {{inbound: public}}\ncontainer_registries: {{images: {{made_in: prod}}}}\n",
        "8: container_registries.images is made in prod, and dev, which waits for prod, which waits for dev",
        f"{TWO}network: {{inbound: public}}\ncontainer_registries: {{images: {{made_in: dev}}}}\n",
    ),
    Case(
        "MLI715",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}principals: {{app: {{object_id: {USER}}}}}\n",
        "9: principals.app has no role, and nothing names it "
        "(write its role, or name it under consumers of an online endpoint)",
        TWO + f"network: {{inbound: public}}\n{WORKSPACE}principals: {{app: {{object_id: {USER}}}}}\n"
        "online_endpoints: {o: {auth_mode: aad_token, consumers: [app], targets: [prod]}}\n",
    ),
)
