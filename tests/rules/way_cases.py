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
)
