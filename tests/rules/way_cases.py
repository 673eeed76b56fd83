"""Cases of the rules about where agents are; what they and nodes reach is looked at in `tests/reach`."""

from __future__ import annotations

from tests.rules.case import Case


def _agents(inside: str) -> str:
    return f"""\
network: {{inbound: private, virtual_network: spoke, endpoints_subnet: a}}
virtual_networks: {{spoke: {{address_space: [10.60.0.0/18], subnets: {{a: {{address_prefix: 10.60.0.0/24}}}}}}}}
workspaces: {{main: {{}}}}
pipelines:
  pool: {{pull_request: {{vmImage: ubuntu-24.04}}, deploy: {{name: agents{inside}}}}}
  service_connections: {{dev: churn-dev}}
  install: {{index: "https://packages.contoso.example/simple", requirements: tools/requirements.txt}}
"""


def _at(address: str, entry: str = "a", name: str = "a") -> str:
    endpoint = "resource: key_vaults.main, group: vault, subnet: virtual_networks.spoke.subnets.a, dns: policy"
    return f"""\
virtual_networks:
  spoke: {{address_space: [10.60.0.0/18], subnets: {{a: {{address_prefix: 10.60.0.0/24}}}}}}
key_vaults: {{main: {{}}}}
private_endpoints:
  {entry}: {{azure_name: {name}, {endpoint}, static_ips: {{default: {address}}}}}
"""


WAY_CASES = (
    Case(
        "MLI404",
        _agents(", inside: spoke"),
        _agents(""),
        (
            (
                '5:64 nobody says where the agents of "agents" are, and network.inbound is private'
                " | add inside: spoke, or the network in which they are"
            ),
        ),
    ),
    Case(
        "MLI887",
        _at("10.60.0.4"),
        _at("10.60.0.3") + _at("10.60.1.4", "b", "b").partition("private_endpoints:\n")[2],
        (
            (
                "5:140 10.60.0.3 of private_endpoints.a is none of the addresses that "
                "virtual_networks.spoke.subnets.a gives, 10.60.0.0/24 | the first is 10.60.0.4"
            ),
            (
                "6:140 10.60.1.4 of private_endpoints.b is none of the addresses that "
                "virtual_networks.spoke.subnets.a gives, 10.60.0.0/24 | the first is 10.60.0.4"
            ),
        ),
    ),
)
