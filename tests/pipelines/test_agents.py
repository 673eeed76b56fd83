"""Where agents are: an entry of `virtual_networks`, whether anything is private or not."""

from __future__ import annotations

import pytest

from tests.pipelines.platforms import found, pipelines, spec

SPOKE = "virtual_networks: {spoke: {address_space: [10.60.0.0/18], subnets: {a: {address_prefix: 10.60.0.0/24}}}}\n"
OF_TEST = SPOKE.replace("}}}}\n", "}}, targets: [test]}}\n")
PRIVATE = "network: {inbound: private, virtual_network: spoke, endpoints_subnet: a, dns: policy}\n"
NO_ENTRY = "in which agents are, is no entry of virtual_networks"


def _platform(deploys: str, *parts: str, checks: str = "{name: checks}") -> str:
    pool = f"{{pull_request: {checks}, deploy: {{name: agents, inside: {deploys}}}}}"
    return spec(["dev", "test"], pipelines(["dev", "test"], pool=pool), *parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (_platform("spoke", SPOKE), ""),
        (_platform("spoke", OF_TEST), ""),
        (_platform("spok", SPOKE), f'"spok", {NO_ENTRY} (help: did you mean "spoke"? Defined: spoke'),
        (_platform("spok", SPOKE, PRIVATE), f'"spok", {NO_ENTRY} (help: did you mean "spoke"? Defined: spoke'),
        (_platform("spoke"), f'"spoke", {NO_ENTRY}'),
        (_platform("spoke", SPOKE, checks="{name: checks, inside: spoke}"), ""),
        (_platform("spoke", SPOKE, checks="{name: checks, inside: far}"), f'"far", {NO_ENTRY} (help: Defined: spoke'),
        (
            _platform("spoke", OF_TEST, PRIVATE),
            (
                f'"spoke", {NO_ENTRY} in dev, which they reach by private endpoints (help: let the entry be in each of '
                "these targets, with existing: true where the network is made elsewhere"
            ),
        ),
    ],
)
def test_the_network_of_agents_is_an_entry(text: str, expected: str) -> None:
    said = found(text).replace("\n  help: ", " (help: ").splitlines()
    assert [line.partition(" MLI405 ")[2] for line in said if " MLI405 " in line] == ([expected] if expected else [])
