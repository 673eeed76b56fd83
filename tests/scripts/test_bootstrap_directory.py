"""What bootstrap.sh takes of the directory: whom a connection signs in as, and the service that reads a key."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from tests.scripts.example import SCIENTISTS
from tests.scripts.harness import Azure, write_output
from tests.scripts.steps import BOOTSTRAP
from tests.scripts.test_bootstrap import (
    ADMINISTRATOR,
    BESIDE,
    BLOBS,
    CONTRIBUTOR,
    LOCKS,
    NEXT,
    OTHER,
    PROD,
    rights_of,
    with_prod,
)


def test_a_connection_may_sign_in_as_what_exists(azure: Azure) -> None:
    result = azure.run(*BOOTSTRAP, "--object-id", f"churn prod={OTHER.upper()}")
    assert result.code == 0
    assert list(azure.state["identities"][BESIDE]) == ["id-churn-prod-plan", "id-churn-prod-run"]
    assert set(rights_of(azure)[OTHER]) == {CONTRIBUTOR, BLOBS, ADMINISTRATOR, LOCKS}
    assert f"GuidNotEquals {{{OTHER}, " in str(rights_of(azure)[OTHER][ADMINISTRATOR])
    assert "churn prod=" not in result.stdout
    assert "--identity 'churn-prod-read=" in result.stdout


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            (f"churn prod={SCIENTISTS}",),
            (
                f"connection churn prod signs in as {SCIENTISTS}, to which the templates give roles: bootstrap.sh "
                "gives connections their rights, so take it out of principals and role_assignments"
            ),
        ),
        (
            (f"churn prod={OTHER}", f"churn-prod-run={OTHER}"),
            f"connection churn-prod-run signs in as {OTHER}, as another one does: each needs an identity of its own",
        ),
    ],
)
def test_a_connection_is_nobody_else(azure: Azure, given: tuple[str, ...], message: str) -> None:
    arguments = [word for each in given for word in ("--object-id", each)]
    result = azure.run(*BOOTSTRAP, *arguments)
    assert (result.code, result.stdout) == (1, "")
    assert result.stderr.endswith(f"error: {message}\n")
    assert "assignments" not in azure.state


def test_a_connection_lives_outside_the_group_that_it_deploys(azure: Azure) -> None:
    assert azure.run(*BOOTSTRAP).code == 0
    own = {"principalId": OTHER.upper(), "clientId": SCIENTISTS, "location": "westeurope", "credentials": {}}
    azure.state["identities"][PROD] = {"id-by-hand": own}
    before = copy.deepcopy(azure.state)
    for mode in ((), ("--dry-run",), ("--audit",)):
        result = azure.run(*BOOTSTRAP, "--object-id", f"churn-prod-run={OTHER}", *mode)
        assert (result.code, result.stdout, azure.state) == (1, "", before)
        assert result.stderr.splitlines()[-1] == (
            f"error: connection churn-prod-run signs in as {OTHER}, identity id-by-hand of rg-churn-prod, which it "
            "deploys: take an identity of another resource group"
        )


COSMOS = "a232010e-820c-4083-83bb-3ace5fc29d0b"
CRYPTO_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
NO_COSMOS = (
    "the directory has no Azure Cosmos DB, which has to read the key of a workspace: who may register applications "
    f"there runs az ad sp create --id {COSMOS}, then run this again"
)
UNREADABLE = (
    "error: the id of Azure Cosmos DB in the directory can't be read: Insufficient privileges to complete the "
    "operation.; somebody who may read it runs this, or the spec gives the role in role_assignments"
)
CRYPTO = "Key Vault Crypto Service Encryption User"
OF_COSMOS = f"make Azure Cosmos DB {CRYPTO} of rg-churn-prod"
KEYS = f"{PROD}/providers/Microsoft.KeyVault/vaults/kv-keys/keys"
TILL_THEN = (
    "warning: Azure Cosmos DB may use every key of rg-churn-prod, as these are not there yet: {}. Run this again after "
    "the first deployment, which makes them: it limits Azure Cosmos DB to them"
)
TAKEN_BACK = f"take from Azure Cosmos DB the role {CRYPTO} on all of rg-churn-prod"


def _with_cosmos(azure: Azure, tmp_path: Path, *keys: str) -> Azure:
    ids = " ".join(f"{KEYS}/{key}" for key in keys or ("data",))
    context = with_prod(key_services=((COSMOS, "Azure Cosmos DB", ids),), keys_api="2024-11-01")
    return Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)


def test_the_service_that_reads_a_key_is_found_in_the_directory_and_gets_the_role(azure: Azure, tmp_path: Path) -> None:
    azure = _with_cosmos(azure, tmp_path)
    azure.state["directory"] = {COSMOS: OTHER}
    assert f"would {OF_COSMOS}" in azure.run(*BOOTSTRAP, "--dry-run").stderr.splitlines()
    first = azure.run(*BOOTSTRAP)
    assert (first.code, first.stderr.splitlines()[-3:]) == (0, [OF_COSMOS, TILL_THEN.format("data"), NEXT])
    assert rights_of(azure)[OTHER] == {CRYPTO_USER: None}
    again = azure.run(*BOOTSTRAP)
    assert (again.code, again.stderr) == (0, f"{TILL_THEN.format('data')}\n{NEXT}\n")
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, audit.stderr) == (0, f"{TILL_THEN.format('data')}\ntarget prod: nothing differs\n")


def test_once_its_key_is_there_the_service_may_use_no_other(azure: Azure, tmp_path: Path) -> None:
    azure = _with_cosmos(azure, tmp_path, "data", "more")
    azure.state["directory"] = {COSMOS: OTHER}
    assert azure.run(*BOOTSTRAP).code == 0
    azure.script["resources"] = [f"{KEYS}/data"]
    half = azure.run(*BOOTSTRAP)
    of_data = f"make Azure Cosmos DB {CRYPTO} of data"
    assert (half.code, half.stderr) == (0, f"{of_data}\n{TILL_THEN.format('more')}\n{NEXT}\n")
    assert rights_of(azure)[OTHER] == {CRYPTO_USER: None}
    azure.script["resources"] = [f"{KEYS}/data", f"{KEYS}/more"]
    of_more = f"make Azure Cosmos DB {CRYPTO} of more"
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, audit.stderr.splitlines()) == (
        1,
        [
            f"differs: would {of_more}",
            f"differs: would {TAKEN_BACK}",
            "error: target prod differs from what bootstrap.sh makes, 2 times",
        ],
    )
    whole = azure.run(*BOOTSTRAP)
    assert (whole.code, whole.stderr) == (0, f"{of_more}\n{TAKEN_BACK}\n{NEXT}\n")
    assert OTHER not in rights_of(azure)
    for key in ("data", "more"):
        (given,) = azure.state["assignments"][f"{KEYS}/{key}"].values()
        assert (given["principalId"], given["roleDefinitionId"].rpartition("/")[2]) == (OTHER, CRYPTO_USER)
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, audit.stderr) == (0, "target prod: nothing differs\n")


def test_a_key_that_is_there_before_the_first_run_is_all_that_the_service_may_use(azure: Azure, tmp_path: Path) -> None:
    azure = _with_cosmos(azure, tmp_path)
    azure.state["directory"] = {COSMOS: OTHER}
    azure.script["resources"] = [f"{KEYS}/data"]
    assert azure.run(*BOOTSTRAP).code == 0
    assert OTHER not in rights_of(azure)
    assert list(azure.state["assignments"][f"{KEYS}/data"]) != []


def test_a_directory_without_the_service_or_that_nobody_may_read_is_told(azure: Azure, tmp_path: Path) -> None:
    azure = _with_cosmos(azure, tmp_path)
    without = azure.run(*BOOTSTRAP)
    assert (without.code, without.stderr.splitlines()[-2:]) == (0, [f"warning: {NO_COSMOS}", NEXT])
    audit = azure.run(*BOOTSTRAP, "--audit")
    assert (audit.code, audit.stderr.splitlines()[0]) == (1, f"differs: {NO_COSMOS}")
    azure.script["directory"] = "closed"
    closed = azure.run(*BOOTSTRAP)
    assert (closed.code, closed.stderr.splitlines()[-1]) == (1, UNREADABLE)
