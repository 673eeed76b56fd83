"""A platform in which everybody reaches what he calls, in small: nodes in two networks, a managed one, agents."""

from __future__ import annotations

from pathlib import Path

from mlinfra.diagnostics import Diagnostic
from mlinfra.plan import Plan
from tests.installation import FROM_INDEX, add_installation
from tests.spec import HEADER, compiled, found

PLATFORM = f"""\
{HEADER}\
network:
  {{inbound: private, outbound: vnet, virtual_network: spoke, endpoints_subnet: endpoints, compute_subnet: training}}
virtual_networks:
  hub: {{existing: true, resource_group: rg-hub, azure_name: vnet-hub, address_space: [10.0.0.0/20]}}
  spoke:
    address_space: [10.60.0.0/18]
    peerings: {{hub: {{}}, lab: {{}}}}
    subnets:
      endpoints: {{address_prefix: 10.60.0.0/24, private_endpoint_network_policies: enabled}}
      training: {{address_prefix: 10.60.4.0/23, network_security_group: training, route_table: inspected}}
  lab:
    address_space: [10.70.0.0/18]
    subnets:
      graphics:
        {{address_prefix: 10.70.4.0/23, network_security_group: graphics, route_table: around, nat_gateway: out}}
  island:
    address_space: [10.90.0.0/18]
    subnets:
      alone: {{address_prefix: 10.90.0.0/24, nat_gateway: out}}
  far: {{existing: true, resource_group: rg-far, azure_name: vnet-far}}
network_security_groups:
  training:
    rules:
      shut: {{priority: 4096, direction: outbound, access: deny}}
      shut-in: {{priority: 4096, direction: inbound, access: deny}}
  graphics: {{derive: false, rules: {{}}}}
  spoke-endpoints: {{rules: {{}}}}
public_ips: {{out: {{}}}}
nat_gateways: {{out: {{public_ips: [out]}}}}
route_tables:
  inspected: {{routes: {{default: {{address_prefix: 0.0.0.0/0, next_hop: 10.0.0.4}}}}}}
  around: {{routes: {{}}}}
storage_accounts: {{lake: {{hierarchical_namespace: true, containers: {{raw: {{}}}}}}}}
workspaces:
  main: {{}}
  shut: {{managed_network: {{isolation_mode: allow_only_approved_outbound}}}}
datastores:
  raw: {{workspace: main, type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}
  lake: {{workspace: shut, type: azure_data_lake_gen2, account_name: lake, filesystem: raw}}
compute_clusters:
  cpu: {{workspace: main, size: Standard_D4ds_v4, max_instances: 2}}
  gpu:
    workspace: main
    size: Standard_D4ds_v4
    max_instances: 2
    network_settings: {{subnet: "${{virtual_networks.lab.subnets.graphics.id}}"}}
environments:
  train: {{workspace: main, image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1}}
jobs:
  parallel:
    workspace: main
    type: pipeline
    jobs:
      score:
        type: parallel
        compute: cpu
        inputs: {{data: {{type: uri_folder, path: azureml://datastores/raw/paths/in/}}}}
        input_data: ${{{{inputs.data}}}}
        mini_batch_size: "10"
        task: {{type: run_function, code: ./src, entry_script: score.py, environment: train}}
principals: {{people: {{object_id: 30000000-0000-0000-0000-000000000001, type: group, role: data_scientist}}}}
pipelines:
  pool: {{pull_request: {{vmImage: ubuntu-24.04}}, deploy: {{name: agents, inside: hub}}}}
  service_connections: {{dev: churn-dev}}
{FROM_INDEX}"""
_FILES = {
    "src/score.py": "def run(batch):\n    return batch\n",
    "own.yml": "channels: [conda-forge, nodefaults]\ndependencies: [python=3.12, pip, {pip: [pandas==2.3.3]}]\n",
}


def plan_of(folder: Path, text: str = PLATFORM) -> Plan:
    add_installation(folder)
    (plan,) = compiled(folder, text, _FILES).plans
    return plan


def found_in(folder: Path, text: str) -> list[Diagnostic]:
    add_installation(folder)
    return found(folder, text, _FILES)
