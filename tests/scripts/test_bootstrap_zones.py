"""What bootstrap.sh says of zones of others in which private endpoints are registered."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scripts.harness import Azure, write_output
from tests.scripts.steps import BOOTSTRAP
from tests.scripts.test_bootstrap import with_prod

HUB = "/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/rg-dns/providers/Microsoft.Network"
BLOB, VAULT = f"{HUB}/privateDnsZones/privatelink.blob.core.windows.net", f"{HUB}/privateDnsZones/vault.example"
ABSENT = f"{VAULT} is not there: private endpoints are registered in that zone, which its owner makes first"


@pytest.mark.parametrize(
    ("there", "more", "code", "said"),
    [
        ([BLOB, VAULT], (), 0, []),
        ([BLOB], (), 0, [f"warning: {ABSENT}"]),
        ([BLOB], ("--dry-run",), 0, [f"warning: {ABSENT}"]),
        ([BLOB], ("--audit",), 1, [f"differs: {ABSENT}"]),
    ],
)
def test_a_zone_that_is_not_there_is_said_before_anything_is_deployed(
    azure: Azure, tmp_path: Path, there: list[str], more: tuple[str, ...], code: int, said: list[str]
) -> None:
    context = with_prod(zones=(BLOB, VAULT))
    azure = Azure(tmp_path / "azure", azure.port, write_output(tmp_path / "out", context), context)
    azure.script["resources"] = there
    if "--audit" in more:
        assert azure.run(*BOOTSTRAP).code == 0
    result = azure.run(*BOOTSTRAP, *more)
    assert result.code == code, result.stderr
    assert [line for line in result.stderr.splitlines() if "is not there" in line] == said
