"""bootstrap-devops.sh under the real az: one target of the example, made, and made again without a change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.emulator.devops import fresh_state
from tests.emulator.devops_feeds import fresh_feed
from tests.emulator.devops_projects import COLLECTION, fresh_project, guid_of
from tests.emulator.emulator import Emulator
from tests.emulator.extension import Extension
from tests.emulator.machine import Machine, Result
from tests.emulator.people import SECRET, add_somebody
from tests.emulator.tokens import TENANT
from tests.pipelines.platforms import compiled_in, files_of, pipelines, repository, spec
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


@pytest.mark.azure
@pytest.mark.slow
def test_feeds_are_given_by_the_real_az(emulator: Emulator, tmp_path: Path) -> None:
    """One that is ours, one whose owner is somebody else, one of another project: made, then audited."""
    feeds = "  feeds: [ML platform/python, ML platform/locked, shared/wheels]\n"
    with repository() as root:
        text = spec(["dev"], pipelines(["dev"], more=feeds))
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    scripts = tmp_path / "output" / "scripts"
    scripts.mkdir(parents=True)
    for path, script in files.items():
        if path.startswith("scripts/"):
            (scripts / Path(path).name).write_text(script)
    place = ("--organization", "https://dev.azure.com/contoso", "--project", "ML platform", "--target", "dev")
    identities = [word for use in ("", "-read", "-run") for word in ("--identity", f"shop-dev{use}={_ID}")]
    ours, theirs = guid_of("project ML platform"), guid_of("project shared")
    python, locked, wheels = (guid_of(name) for name in ("python", "locked", "wheels"))
    with Extension(emulator, tmp_path / "ml") as extension:
        machine = Machine(tmp_path / "machine", emulator, azure_cli(), extension)
        devops = emulator.state.table("devops")
        devops.update(fresh_state() | {"ran": True, "pools": {"1": "Azure Pipelines", "9": "shop agents"}})
        devops["projects"] = {ours: fresh_project("ML platform"), theirs: fresh_project("shared")}
        devops["feeds"] = {
            python: fresh_feed("python", ours),
            locked: fresh_feed("locked", ours, "contributor"),
            wheels: fresh_feed("wheels", theirs),
            guid_of("of all"): fresh_feed("python", None),
        }
        somebody = add_somebody(emulator.state, "administrator")
        machine.sign_in_without_subscription(somebody.client_id, SECRET)

        make = ("--tenant", TENANT, *identities, "--federations", "f")
        made = _run_feeds(machine, scripts, *place, *make)
        assert made.code == 0, made.stderr
        let = f"let {_SERVICE} read feed ML platform/"
        assert _said_of_feeds(made) == [f"{let}locked", f"{let}python", *_LEFT]
        descriptor = f"Microsoft.TeamFoundation.ServiceIdentity;{COLLECTION}:Build:{ours}"
        given = {id: feed["permissions"] for id, feed in devops["feeds"].items() if feed["permissions"]}
        assert given == {python: {descriptor: "reader"}}
        emulator.log.clear()
        audit = _run_feeds(machine, scripts, *place, "--audit")
        assert _said_of_feeds(audit) == [f"would {let}locked", _LEFT[1]]
        asked = {exchange.request.method for exchange in emulator.log if exchange.request.host == "feeds.dev.azure.com"}
        assert asked == {"GET"}


_ID = "00000000-0000-0000-0000-000000000001"
_SERVICE = "ML platform Build Service (contoso)"
_LEFT = (
    (
        f"warning: the owner of feed ML platform/locked makes {_SERVICE} a Feed Reader of it: "
        "https://dev.azure.com/contoso/ML%20platform/_artifacts/feed/locked, Feed settings, Permissions"
    ),
    (
        f"warning: the owner of feed shared/wheels makes {_SERVICE} a Feed Reader of it: "
        "https://dev.azure.com/contoso/shared/_artifacts/feed/wheels, Feed settings, Permissions; and an administrator "
        'of project shared gives it the permission "View project-level information" there'
    ),
)


def _run(machine: Machine, *arguments: str) -> Result:
    command: Sequence[str] = (str(SCRIPT), *PLACE, *arguments)
    return machine.run("bash", *command, MLINFRA_POLL_SECONDS="0")


def _run_feeds(machine: Machine, scripts: Path, *arguments: str) -> Result:
    return machine.run("bash", str(scripts / "bootstrap-devops.sh"), *arguments, MLINFRA_POLL_SECONDS="0")


def _loaded(text: str, emulator: Emulator) -> object:
    before = type(emulator.state)()
    before.load(text)
    return before.table("devops")


def _said_of_feeds(result: Result) -> list[str]:
    return [line for line in result.stderr.splitlines() if "feed" in line]
