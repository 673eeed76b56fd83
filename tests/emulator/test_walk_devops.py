"""bootstrap-devops.sh under the real az: one target of the example, made, and made again without a change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.emulator.devops import fresh_state
from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension
from tests.emulator.machine import Machine, Result
from tests.emulator.people import SECRET, add_somebody
from tests.emulator.tokens import TENANT
from tests.tools import azure_cli

SCRIPT = Path(__file__).parents[2] / "generated" / "churn" / "scripts" / "bootstrap-devops.sh"
PLACE = ("--organization", "https://dev.azure.com/contoso", "--project", "ML platform", "--target", "prod")
IDENTITIES = [
    word
    for number, use in enumerate(("", "-read", "-run"))
    for word in ("--identity", f"churn-prod{use}=00000000-0000-0000-0000-{number:012}")
]


@pytest.mark.azure
@pytest.mark.slow
def test_azure_devops_is_set_up_by_the_real_az(emulator: Emulator, tmp_path: Path) -> None:
    with Extension(emulator, tmp_path / "ml") as extension:
        machine = Machine(tmp_path / "machine", emulator, azure_cli(), extension)
        emulator.state.table("devops").update(fresh_state())
        somebody = add_somebody(emulator.state, "administrator")
        machine.sign_in_without_subscription(somebody.client_id, SECRET)

        first = _run(machine, "--tenant", TENANT, *IDENTITIES, "--federations", "f")
        assert first.code == 0, first.stderr
        made = emulator.state.dump()
        emulator.log.clear()
        again = _run(machine, "--tenant", TENANT, *IDENTITIES, "--federations", "f")
        assert again.code == 0, again.stderr
        asked = {
            exchange.request.method for exchange in emulator.log if exchange.request.host.endswith("dev.azure.com")
        }
        assert asked == {"GET"}
        assert emulator.state.table("devops") == _loaded(made, emulator)
        assert len((machine.folder / "f").read_text().splitlines()) == 3

        emulator.state.table("devops")["ran"] = True
        audit = _run(machine, "--audit")
        assert audit.code == 1
        assert audit.stderr.splitlines()[0] == "would let the build service of the project retain runs"


def _run(machine: Machine, *arguments: str) -> Result:
    command: Sequence[str] = (str(SCRIPT), *PLACE, *arguments)
    return machine.run("bash", *command, MLINFRA_POLL_SECONDS="0")


def _loaded(text: str, emulator: Emulator) -> object:
    before = type(emulator.state)()
    before.load(text)
    return before.table("devops")
