"""What could not be read is said once, and nothing that it would have changed: no way, name or compute is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from tests.hunt.examples import Example, examples

EXAMPLES = {example.name: example for example in examples()}
_OF_LAKEHOUSE = "MLI402"  # is found in it as it stands, and silenced with a reason
_OF_TAXI = "MLI648"  # the same of it
_OF_ITS_CLI = "MLI819"  # the same of all of lakehouse, of which no case is about it
_OF_BANK = "MLI424"  # the same of the bank, of which no case is about it
CASES = (
    ("bank", "next_hop: 10.0.0.4", "next_hop: firewall", ["MLI215"]),
    ("bank", "address_prefix: 0.0.0.0/0", "address_prefix: 0.0.0.0", ["MLI215"]),
    ("bank", 'address_space: ["${var.net}.0.0/18"]', "address_space: [everything]", ["MLI215"]),
    ("bank", "dns_servers: [10.0.0.68, 10.0.0.69]", "dns_servers: [dns.contoso.com]", ["MLI215"]),
    (
        "bank",
        "resource_group: rg-hub-dns}}",
        "resource_group: rg-hub-dns}, here: [privatelink.dfs.core.windows.net]}",
        ["MLI367"],
    ),
    (
        "bank",
        "expires_after: P1Y, rotate_after: P10M",
        "expires: tomorrow, expires_after: P1Y, rotate_before_expiry: P30D",
        ["MLI215"],
    ),
    ("bank", "address_space: [10.0.0.0/20]", "address_space: [10.0.0.0]", ["MLI215"]),
    ("bank", "network_security_group: training, ", "network_security_group: [training], ", ["MLI214"]),
    ("bank", "direction: outbound, access: deny", "direction: outbound, access: deny, from_ports: high", ["MLI215"]),
    ("bank", "  virtual_network: spoke", "  virtual_network: spook", ["MLI380"]),
    ("lakehouse", "  virtual_network: main\n", "  virtual_network: mian\n", ["MLI380"]),
    ("bank", "  virtual_network: spoke", "  virtual_network: [spoke]", ["MLI214"]),
    ("bank", "  inbound: private", "  inbound: none", ["MLI215"]),
    ("bank", "allow_forwarded_traffic: true", "allow_forwarded_traffic: -1", ["MLI214"]),
    ("bank", "peerings: {hub: {allow_forwarded_traffic: true}}", "peerings: -1", ["MLI234"]),
    ("bank", "route_table: inspected", "route_table: -1", ["MLI214"]),
    ("bank", 'endpoints: {address_prefix: "${var.net}.0.0/24"}', "endpoints: [x]", ["MLI234"]),
    ("bank", 'variables: {net: "10.63"}', "variables: -1", ["MLI204"]),
    ("bank", 'variables: {net: "10.60"}', "variables: {net: [1]}", ["MLI209"]),
    ("bank", "raw: {}, curated: {}", "raw: {}, curated: [x]", ["MLI234"]),
    (
        "bank",
        "keys: {platform: {type: RSA-HSM, size: 3072, expires_after: P1Y, rotate_after: P10M}}",
        "keys: true",
        ["MLI234"],
    ),
    (
        "bank",
        "  spark: {managed_network: {isolation_mode: allow_internet_outbound}",
        "  spark: {managed_network: -1",
        ["MLI220"],
    ),
    ("churn", "settings: {default_compute: cpu}", "settings: -1", ["MLI220"]),
    ("churn", "cpu: {usage: {hours_a_month: 90}}", "cpu: -1", ["MLI231"]),
    ("churn", "jobs: [train]", "jobs: {a: b}", ["MLI214"]),
    ("taxi", "jobs: [train]", "jobs: [trani]", ["MLI493", _OF_TAXI]),
    ("taxi", "jobs: [train]", "jobs: [nightly]", ["MLI493", _OF_TAXI]),
    ("churn", "outbound: approved", "outbound: shut", ["MLI215"]),
    ("lakehouse", "  inbound: private", "  inbound: none", ["MLI215"]),
    ("lakehouse", "  endpoints_subnet: endpoints", "  endpoints_subnet: parlour", ["MLI380"]),
    ("lakehouse", "account_id: 55555555-5555-5555-5555-555555555555", "account_id: contoso", ["MLI205", _OF_LAKEHOUSE]),
    (
        "lakehouse",
        "spark_python_task:\n          python_file: src/train_churn.py",
        "spark_pyhton_task:\n          python_file: src/train_churn.py",
        ["MLI402", "MLI860"],  # the first of which the example accepts
    ),
    (
        "lakehouse",
        "job_clusters: [{job_cluster_key: ml, new_cluster: *cluster}]",
        "job_clusters: true",
        [_OF_LAKEHOUSE, "MLI860"],
    ),
    ("churn", "raw: {type: uri_folder, path: customers}", "raw: {type: uri_folder, file: customers}", ["MLI220"]),
)


@pytest.mark.parametrize(("name", "right", "wrong", "codes"), CASES, ids=[case[2].strip() for case in CASES])
def test_one_mistake_is_one_finding(name: str, right: str, wrong: str, codes: list[str], tmp_path: Path) -> None:
    example = EXAMPLES[name]
    text = example.files[example.spec].decode()
    assert right in text
    assert sorted({*_codes(example, text.replace(right, wrong, 1), tmp_path)} - {_OF_BANK, _OF_ITS_CLI}) == codes


def _codes(example: Example, text: str, root: Path) -> list[str]:
    """Those of what a person is shown that is wrong in any target; infos are about what is right."""
    (root / ".git").mkdir()
    for path, content in {**example.files, example.spec: text.encode()}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    compiled = compile_spec(root / example.spec, root, {})
    said = (*compiled.of_spec, *(item for items in compiled.diagnostics.values() for item in items))
    return [item.code.id for item in said if item.severity != "info" and not item.follows]
