"""The same of the bank, with zones of a hub and of its own: each thing that is left out is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.diagnostics import Diagnostic, Problem
from tests.reach.test_ways import OF_WAYS, omitted

ROOT = Path(__file__).parents[2]
TARGETS = {"common": (), "prod": (), "dev": ("prod",)}  # what others have as well is looked at there; test is as prod
_OF_THE_HUB = '  dns: {zones: {subscription: "${var.hub}", resource_group: rg-hub-dns}}\n'
_OF_LOGS = ("monitor_private_link_scopes.", "private_dns_zones.")
VARIANTS = {
    "as it is": (),
    "with zones of its own": (
        (_OF_THE_HUB, "  dns: here\n"),
        ("    dns_servers: [10.0.0.68, 10.0.0.69]", "    x-was:"),
    ),
    "with logs that are private": (("  inbound: private\n", "  inbound: private\n  monitor: private\n"),),
}


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bank")
    shutil.copytree(ROOT / "specs" / "bank", root / "specs" / "bank")
    for name in ("pyproject.toml", "requirements/run.txt"):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    return root


@pytest.mark.judges
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_left_out_of_the_bank_is_named(bank: Path, variant: str, target: str) -> None:
    spec = bank / "specs" / "bank" / "ml-platform.yaml"
    text = (ROOT / "specs" / "bank" / "ml-platform.yaml").read_text(encoding="utf-8")
    for old, new in VARIANTS[variant]:
        assert old in text
        text = text.replace(old, new)
    spec.write_text(text, encoding="utf-8")
    plan, *others = compile_spec(spec, bank, {}, [target, *TARGETS[target]]).plans
    if plan.graph.target.name != target:
        plan, *others = *others, plan
    elsewhere = {entry.address for other in others for entry in omitted(other.graph)}
    silent = []
    for entry in omitted(plan.graph):
        if entry.address in elsewhere:
            continue
        if variant.endswith("private") and not entry.address.startswith(_OF_LOGS):
            continue  # looked at as it is
        spec.write_text(
            f'{text}\nderived: {{"{entry.address}": {{omit: true, because: we make it elsewhere}}}}\n', encoding="utf-8"
        )
        if not any(item.code.id in OF_WAYS for item in _found(spec, bank, target)):
            silent.append(entry.address)
    assert silent == []


def _found(spec: Path, root: Path, target: str) -> tuple[Diagnostic, ...]:
    try:
        return compile_spec(spec, root, {}, [target]).diagnostics[target]
    except Problem as problem:
        return problem.diagnostics


def test_nothing_of_the_bank_answers_the_internet(bank: Path) -> None:
    spec = bank / "specs" / "bank" / "ml-platform.yaml"
    shutil.copyfile(ROOT / "specs" / "bank" / "ml-platform.yaml", spec)
    plans = compile_spec(spec, bank, {}).plans
    made = [planned.resource for plan in plans for planned in plan.resources]
    types = {each.type for each in made if each.body.get("properties", {}).get("publicNetworkAccess") == "Disabled"}
    assert types == {
        "Microsoft.ContainerRegistry/registries",
        "Microsoft.KeyVault/vaults",
        "Microsoft.MachineLearningServices/registries",
        "Microsoft.MachineLearningServices/workspaces",
        "Microsoft.Storage/storageAccounts",
    }
    assert [
        each.address for each in made if each.body.get("properties", {}).get("publicNetworkAccess") == "Enabled"
    ] == []
    assert [each.address for each in made if each.type == "Microsoft.Network/publicIPAddresses"] == []
    handed_over = {planned.unit for plan in plans for planned in plan.resources if planned.group}
    ours_and_theirs = {unit.partition("-rg-")[2] for unit in handed_over}
    assert ours_and_theirs == {"hub-network", "bank-common"}  # sides of peerings, and who takes from the registry


def test_the_first_run_of_the_bank_is_told_in_the_order_of_time() -> None:
    page = (ROOT / "generated" / "bank" / "README.md").read_text(encoding="utf-8")
    steps = (
        "runs `bank-infra`",
        "approve common",
        "infrastructure of common is there",
        "behind common",
        "approve test",
    )
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
