"""Specs of any size over all kinds, for measuring how the compiler grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

HEADER = """\
apiVersion: mlinfra/v1
platform: bench
location: westeurope
targets:
  dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
network: {inbound: public, outbound: approved, package_hosts: [packages.contoso.example]}
workspaces:
  main: {}
"""


class Share(NamedTuple):
    """How many of a hundred entries a section has, and at most how many of all: one deployment takes 800 resources."""

    section: str
    percent: int
    most: int | None
    entry: Callable[[int, Counts], str]


Counts = dict[str, int]


def spec_text(entries: int) -> str:
    """A valid spec of about so many entries; what the caps leave over become data assets."""
    counts = _counts(entries)
    return HEADER + "\n".join(line for share in SHARES for line in _section(share, counts)) + "\n"


def _counts(entries: int) -> Counts:
    counts = {share.section: min(max(1, entries * share.percent // 100), share.most or entries) for share in SHARES}
    counts["data"] += max(0, entries - sum(counts.values()))
    return counts


def _section(share: Share, counts: Counts) -> Iterator[str]:
    yield f"{share.section}:"
    for number in range(counts[share.section]):
        yield share.entry(number, counts)


def _any(section: str, number: int, counts: Counts) -> int:
    """The number of an entry of another section, spread evenly."""
    return number % counts[section]


SHARES: tuple[Share, ...] = (
    Share(
        "storage_accounts",
        2,
        10,
        lambda n, c: (
            f"  lake{n}: {{azure_name: stbench{n}, hierarchical_namespace: true, containers: {{raw: {{}}, out: {{}}}}}}"
        ),
    ),
    Share("key_vaults", 1, 5, lambda n, c: f"  v{n}: {{azure_name: kv-bench-{n}}}"),
    Share("identities", 1, 10, lambda n, c: f"  i{n}: {{}}"),
    Share(
        "compute_clusters",
        5,
        25,
        lambda n, c: f"  cpu{n}: {{size: Standard_D4ds_v4, max_instances: 4, idle_time_before_scale_down: 300}}",
    ),
    Share(
        "datastores",
        4,
        20,
        lambda n, c: (
            f"  store{n}: {{type: azure_data_lake_gen2, filesystem: raw, "
            f"account_name: lake{_any('storage_accounts', n, c)}}}"
        ),
    ),
    Share(
        "data",
        25,
        None,
        lambda n, c: (
            f"  d{n}: {{type: uri_folder, path: azureml://datastores/store{_any('datastores', n, c)}/paths/d{n}/}}"
        ),
    ),
    Share(
        "environments",
        10,
        None,
        lambda n, c: (
            f"  e{n}: {{image: 'mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1', tags: {{n: '{n}'}}}}"
        ),
    ),
    Share(
        "components",
        15,
        None,
        lambda n, c: (
            f"  step{n}:\n    type: command\n"
            "    command: python step.py --data ${{inputs.data}} --out ${{outputs.out}}\n"
            "    inputs: {data: {type: uri_folder}}\n    outputs: {out: {type: mlflow_model}}\n"
            f"    environment: e{_any('environments', n, c)}"
        ),
    ),
    Share(
        "jobs",
        20,
        None,
        lambda n, c: (
            f"  j{n}:\n    type: pipeline\n    settings: {{default_compute: cpu{_any('compute_clusters', n, c)}}}\n"
            f"    inputs: {{data: {{type: uri_folder, path: d{_any('data', n, c)}}}}}\n"
            "    outputs: {model: {type: mlflow_model}}\n"
            f"    jobs:\n      one:\n        type: command\n        component: step{_any('components', n, c)}\n"
            "        inputs: {data: '${{parent.inputs.data}}'}\n        outputs: {out: '${{parent.outputs.model}}'}"
        ),
    ),
    Share("models", 10, None, lambda n, c: f"  m{n}: {{from_job: j{_any('jobs', n, c)}, output: model}}"),
    Share(
        "online_endpoints",
        3,
        15,
        lambda n, c: (
            f"  ep{n}:\n    auth_mode: aad_token\n    deployments:\n"
            f"      blue: {{model: m{_any('models', n, c)}, instance_type: Standard_D4as_v4, instance_count: 1}}\n"
            "    traffic: {blue: 100}"
        ),
    ),
    Share(
        "schedules",
        4,
        None,
        lambda n, c: (
            f"  s{n}: {{trigger: {{type: cron, expression: '0 5 * * 1', time_zone: UTC}}, "
            f"create_job: j{_any('jobs', n, c)}}}"
        ),
    ),
)
