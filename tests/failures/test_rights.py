"""A missing right: who grants it depends on where it is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.azure.failures import KNOWN, Found
from mlinfra.compile import Compiled, compile_spec
from mlinfra.explain.failure import failure
from mlinfra.explain.rights import with_advice

ROOT = Path(__file__).parents[2]
DENIED = "(AuthorizationFailed) The client 'a' does not have authorization to perform action '{}' over scope '{}'."
LINKED = (
    "(LinkedAuthorizationFailed) The client has permission to perform action '{}' on scope '/subscriptions/x/"
    "resourceGroups/rg-bank-{}'; however, it does not have permission to perform action(s) on the linked scope(s) '{}'."
)
HUB = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg-hub-network"
NETWORK = f"{HUB}/providers/Microsoft.Network/virtualNetworks/vnet-hub"
JOIN, WRITE = "Microsoft.Network/virtualNetworks/subnets/join/action", "Microsoft.Storage/storageAccounts/write"
OF_HUB = "handover/99999999-9999-9999-9999-999999999999-rg-hub-network/run.sh"


@pytest.fixture(scope="module")
def bank() -> Compiled:
    return compile_spec(ROOT / "specs/bank/ml-platform.yaml", ROOT, {})


def _advice(bank: Compiled, text: str, *targets: str) -> str:
    plans = [plan for plan in bank.plans if not targets or plan.graph.target.name in targets]
    return failure(text, plans).causes[0].cause.do


@pytest.mark.parametrize(
    ("text", "targets", "advice"),
    [
        (DENIED.format(JOIN, NETWORK), ("prod",), f"The owner of resource group rg-hub-network runs prod/{OF_HUB}, "),
        (
            DENIED.format(JOIN, HUB.lower()),
            ("test",),
            f"The owner of resource group rg-hub-network runs test/{OF_HUB}, ",
        ),
        (DENIED.format(JOIN, NETWORK), (), f"The owner of resource group rg-hub-network runs dev/{OF_HUB}, "),
        (
            LINKED.format(WRITE, "test", NETWORK),
            ("test",),
            f"The owner of resource group rg-hub-network runs test/{OF_HUB}, ",
        ),
        (
            DENIED.format(WRITE, "/subscriptions/x/resourceGroups/rg-bank-prod"),
            (),
            "scripts/bootstrap.sh --target prod ",
        ),
        (DENIED.format(WRITE, "/subscriptions/x"), ("prod",), "scripts/bootstrap.sh --target prod --audit says "),
        (DENIED.format(WRITE, "/subscriptions/x"), (), "scripts/bootstrap.sh --target <target> --audit says "),
        (
            DENIED.format(WRITE, "/subscriptions/x/resourceGroups/rg-elsewhere/providers/Microsoft.Storage/s"),
            ("prod",),
            "The scope is in resource group rg-elsewhere, which is not a group of the platform: ask its owner ",
        ),
    ],
    ids=["hub", "its group", "any target", "linked", "a group of ours", "with -t", "no target known", "of nobody"],
)
def test_it_names_who_grants_it_in_the_target(bank: Compiled, text: str, targets: tuple[str, ...], advice: str) -> None:
    assert _advice(bank, text, *targets).startswith(advice)


def test_no_advice_leaves_a_target_open_that_is_known() -> None:
    open_ones = [cause for cause in KNOWN.causes if "<target>" in cause.do]
    assert open_ones
    for cause in open_ones:
        assert with_advice(Found(cause, 0, 0, ()), "", (), "prod").do == cause.do.replace("<target>", "prod")
