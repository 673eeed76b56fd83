"""Whoever deletes what a release wrote into tags of an endpoint is noticed by the next one, whichever they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BACK, BACK_BATCH, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN, Step
from tests.scripts.test_in_place import begun as begun
from tests.scripts.test_in_place import make as make
from tests.scripts.test_release import BATCH_ENDPOINT, ENDPOINT
from tests.scripts.test_rollout import EARLY
from tests.scripts.test_rollout import of_commit as of_commit
from tests.scripts.test_rollout import repository as repository

BOTH = ("mlinfra-rejected", "mlinfra-rejected-copy")
SPLIT = "mlinfra-split (whether somebody moved its traffic by hand)"
REJECTED = "mlinfra-rejected (what was taken back)"
LAST = "mlinfra-release (what was released last)"
DELETED: dict[str, tuple[tuple[str, ...], str]] = {
    "both of what was taken back": (BOTH, REJECTED),
    "the split": (("mlinfra-split",), SPLIT),
    "the last release": (("mlinfra-release",), LAST),
    "the last release and who moved": (("mlinfra-release", "mlinfra-moved"), LAST),
    "several": ((*BOTH, "mlinfra-split", "mlinfra-release", "mlinfra-moved"), f"{SPLIT}, {REJECTED}, {LAST}"),
}
KINDS = [("online", ENDPOINT, RELEASE, BACK), ("batch", BATCH_ENDPOINT, RELEASE_BATCH, BACK_BATCH)]


def _endpoint(azure: Azure, kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = azure.workspace()[f"{kind}_endpoints"][name]
    return found


def _delete(azure: Azure, kind: str, name: str, tags: tuple[str, ...]) -> dict[str, Any]:
    """The endpoint, whose tags are without these."""
    endpoint = _endpoint(azure, kind, name)
    for tag in tags:
        endpoint["tags"].pop(tag, None)
    return endpoint


@pytest.mark.parametrize("run", [("--run", "9"), ()], ids=["by a pipeline", "by hand"])
@pytest.mark.parametrize(("tags", "lacks"), DELETED.values(), ids=DELETED)
@pytest.mark.parametrize(("kind", "name", "release", "back"), KINDS, ids=["online", "batch"])
def test_the_next_release_stops_until_a_person_says_older(
    of_commit: Callable[[str], Azure],
    after: Callable[..., Snapshot],
    kind: str,
    name: str,
    release: Step,
    back: Step,
    tags: tuple[str, ...],
    lacks: str,
    run: Step,
) -> None:
    """Also of the first release, which moved nothing that was there before."""
    azure = of_commit(EARLY).restore(after(REGISTER, TRAIN, release, RETRAIN))
    endpoint = _delete(azure, kind, name, tags)
    before = dict(endpoint["tags"])
    result = azure.run(*release, *run)
    why = (
        f"endpoint {name} serves what a release made, and lacks of its tags {lacks}: somebody deleted that, or moved"
        " the traffic before any release did, and nobody knows any more"
    )
    stays = "what serves stays. Where this release is good all the same: start it with older, or --older"
    assert (result.code, azure.changes, result.stderr) == (1, [], f"error: {why}; {stays}\n")
    assert _endpoint(azure, kind, name)["tags"] == before
    result = azure.run(*release, *run, "--older")
    assert (result.code, result.stderr.splitlines()[0]) == (0, f"warning: {why}: this goes on all the same")
    assert {*BOTH, "mlinfra-split", "mlinfra-release"} <= _endpoint(azure, kind, name)["tags"].keys()
    assert azure.run(*release, *run).code == 0


@pytest.mark.parametrize(("kind", "name", "release", "back"), KINDS, ids=["online", "batch"])
def test_a_way_back_says_so_and_goes_on(
    azure: Azure, after: Callable[..., Snapshot], kind: str, name: str, release: Step, back: Step
) -> None:
    azure.restore(after(REGISTER, TRAIN, release, RETRAIN, release))
    _delete(azure, kind, name, BOTH)
    result = azure.run(*back)
    assert result.code == 0, result.stderr
    assert f"lacks of its tags {REJECTED}" in result.stderr.splitlines()[0]
    assert result.stderr.splitlines()[0].endswith(": this goes on all the same")


@pytest.mark.parametrize(("kind", "name", "release", "back"), KINDS, ids=["online", "batch"])
@pytest.mark.parametrize("version", ["the same version", "a new version"])
def test_what_earlier_releases_made_is_taken_as_it_is(
    of_commit: Callable[[str], Azure],
    after: Callable[..., Snapshot],
    kind: str,
    name: str,
    release: Step,
    back: Step,
    version: str,
) -> None:
    """They wrote less, and their deployments note no numbers; from this release on nothing is lacking."""
    azure = of_commit(EARLY).restore(
        after(REGISTER, TRAIN, release, *((RETRAIN,) if version == "a new version" else ()))
    )
    endpoint = _delete(azure, kind, name, (*BOTH, "mlinfra-split"))
    for slot in endpoint["slots"].values():
        slot["body"].pop("tags", None)
    result = azure.run(*release, "--run", "9")
    assert (result.code, "warning" in result.stderr) == (0, False), result.stderr
    assert {*BOTH, "mlinfra-split", "mlinfra-release"} <= _endpoint(azure, kind, name)["tags"].keys()
    assert azure.run(*release, "--run", "9").code == 0


@pytest.mark.parametrize("is_old", [True, False])
def test_it_is_so_with_what_is_updated_in_place(make: Callable[..., Azure], is_old: bool) -> None:
    """An earlier release made it, and this one updates it; or somebody deleted the tags."""
    azure = make()
    endpoint = _delete(azure, "online", ENDPOINT, (*BOTH, "mlinfra-split", "mlinfra-release"))
    if is_old:
        del endpoint["slots"]["blue"]["body"]["tags"]["mlinfra-numbers-1"]
    result = azure.run(*RELEASE, "--run", "9")
    assert (result.code, "lacks of its tags" in result.stderr) == (int(not is_old), not is_old), result.stderr
    if is_old:
        assert azure.run(*RELEASE, "--run", "9").code == 0
        _delete(azure, "online", ENDPOINT, BOTH)
        result = azure.run(*RELEASE, "--run", "9")
        assert (result.code, f"lacks of its tags {REJECTED}" in result.stderr) == (1, True), result.stderr
