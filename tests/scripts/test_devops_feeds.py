"""bootstrap-devops.sh where pip installs from feeds: the identity of the jobs becomes a reader, and nothing more."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.emulator.devops_feeds import fresh_feed
from tests.emulator.devops_projects import COLLECTION, fresh_project, guid_of
from tests.scripts.harness import Azure
from tests.scripts.test_devops import _id, _project, _run
from tests.scripts.test_devops_pools import AGENTS, _shop

FEED, SHARED = guid_of("feed python"), guid_of("feed shared")
OTHER_PROJECT = guid_of("project shared")
OURS, THEIRS = "feed ML Platform/Python", "feed shared/wheels"
SERVICE, OF_ALL = "ML platform Build Service (contoso)", "Project Collection Build Service (contoso)"
PAGES = "https://dev.azure.com/contoso"
LET = f"let {SERVICE} read {OURS}"
OWNER_THERE = (
    f"the owner of {THEIRS} makes {SERVICE} a Feed Reader of it: {PAGES}/shared/_artifacts/feed/wheels, Feed settings, "
    'Permissions; and an administrator of project shared gives it the permission "View project-level information" there'
)


def _service(scope: str) -> str:
    return f"Microsoft.TeamFoundation.ServiceIdentity;{COLLECTION}:Build:{scope}"


def _made(folder: Path, port: int, feeds: str = "[ML Platform/Python]") -> tuple[Azure, tuple[str, ...]]:
    """An organization with feeds, one of them in the project, which the spec writes in other letters."""
    azure, arguments = _shop(folder, port, AGENTS, more=f"  feeds: {feeds}\n")
    azure.state["devops"]["projects"][_id()] = fresh_project("ML platform")
    azure.state["devops"]["projects"][OTHER_PROJECT] = fresh_project("shared")
    azure.state["devops"]["feeds"] = {
        guid_of("feed of all"): fresh_feed("python", None),
        FEED: fresh_feed("python", _id()),
    }
    return azure, arguments


def _permissions(azure: Azure, feed: str = FEED) -> Mapping[str, str]:
    found: Mapping[str, str] = azure.state["devops"]["feeds"][feed]["permissions"]
    return found


def _said(stderr: str) -> list[str]:
    """What is said of feeds."""
    return [line for line in stderr.splitlines() if "feed" in line]


def test_the_identity_of_the_jobs_reads_the_feed_and_a_second_run_changes_nothing(tmp_path: Path, port: int) -> None:
    azure, arguments = _made(tmp_path, port)
    for mode, code in (("--dry-run", 0), ("--audit", 1)):
        before = copy.deepcopy(azure.state)
        result = _run(azure, *arguments, mode)
        assert (result.code, _said(result.stderr)) == (code, [f"would {LET}"])
        assert (azure.changes, azure.state) == ([], before)
    first = _run(azure, *arguments)
    assert (first.code, _said(first.stderr)) == (0, [LET]), first.stderr
    assert _permissions(azure) == {_service(_id()): "reader"}
    before = copy.deepcopy(azure.state)
    again = _run(azure, *arguments)
    assert (again.code, _said(again.stderr), azure.changes, azure.state) == (0, [], [], before)


def test_where_jobs_act_for_the_organization_its_identity_reads_the_feed(tmp_path: Path, port: int) -> None:
    azure, arguments = _made(tmp_path, port)
    _project(azure)["scoped"] = False
    result = _run(azure, *arguments)
    assert _said(result.stderr) == [f"let {OF_ALL} read {OURS}"]
    assert _permissions(azure) == {_service(COLLECTION): "reader"}


# what the identity is of a feed, what it is after a run, and how that is said
ROLES = (
    ("none", "reader", f"let {SERVICE} read feed ML platform/none"),
    ("reader", "reader", ""),
    ("collaborator", "collaborator", ""),
    *(
        (
            role,
            role,
            (
                f"warning: {SERVICE} may publish to feed ML platform/{role}, and so may whatever a pipeline of the "
                f"project runs: make it a reader, unless it is meant to: {PAGES}/ML%20platform/_artifacts/feed/{role}, "
                "Feed settings, Permissions"
            ),
        )
        for role in ("contributor", "administrator")
    ),
)


def test_a_role_that_is_enough_stays(tmp_path: Path, port: int) -> None:
    names = ", ".join(f"ML platform/{role}" for role, _, _ in ROLES)
    azure, arguments = _made(tmp_path, port, f"[{names}]")
    feeds = {role: fresh_feed(role, _id()) for role, _, _ in ROLES}
    for role, feed in feeds.items():
        feed["permissions"] = {_service(_id()): role, "somebody": "administrator"}
    azure.state["devops"]["feeds"] = {guid_of(role): feed for role, feed in feeds.items()}
    result = _run(azure, *arguments)
    said = sorted(text for _, _, text in ROLES if text)
    assert (result.code, sorted(_said(result.stderr))) == (0, said)
    for role, after, _ in ROLES:
        assert _permissions(azure, guid_of(role)) == {_service(_id()): after, "somebody": "administrator"}


def test_a_feed_of_another_project_is_its_owners(tmp_path: Path, port: int) -> None:
    azure, arguments = _made(tmp_path, port, "[shared/wheels, ML Platform/Python]")
    azure.state["devops"]["feeds"][SHARED] = fresh_feed("wheels", OTHER_PROJECT)
    result = _run(azure, *arguments)
    assert (result.code, _said(result.stderr)) == (0, [LET, f"warning: {OWNER_THERE}"])
    assert _permissions(azure, SHARED) == {}
    audit = _run(azure, *arguments, "--audit")
    assert (audit.code, _said(audit.stderr)) == (1, [f"warning: {OWNER_THERE}"])
    azure.state["devops"]["feeds"][SHARED]["permissions"] = {_service(_id()): "reader"}
    assert _said(_run(azure, *arguments, "--audit").stderr) == []


def _missing(feed: str) -> str:
    return (
        f"warning: there is no feed ML platform/{feed}, or none that you may see: make it in "
        f"{PAGES}/ML%20platform/_artifacts, or let its owner make you a reader of it, or correct pipelines.feeds of "
        "the spec; then start this again"
    )


def _owner(feed: str) -> str:
    return (
        f"warning: the owner of feed ML platform/{feed} makes {SERVICE} a Feed Reader of it: "
        f"{PAGES}/ML%20platform/_artifacts/feed/{feed}, Feed settings, Permissions"
    )


# a feed that can't be given, what it is like (None: there is none), and what is said
LEFT: tuple[tuple[str, dict[str, Any] | None, str], ...] = (
    ("absent", None, _missing("absent")),
    ("hidden", {"role": "none"}, _missing("hidden")),
    ("elsewhere", {"project": OTHER_PROJECT}, _missing("elsewhere")),
    ("of-all", {"project": None}, _missing("of-all")),
    ("by-a-view", {"role": "view"}, _owner("by-a-view")),
    ("of-somebody", {"role": "contributor"}, _owner("of-somebody")),
)


def test_what_a_person_has_to_do_is_said_and_the_rest_is_done(tmp_path: Path, port: int) -> None:
    names = ", ".join(f"ML platform/{name}" for name, _, _ in LEFT)
    azure, arguments = _made(tmp_path, port, f"[{names}, ML Platform/Python]")
    feeds = azure.state["devops"]["feeds"]
    for name, change, _ in LEFT:
        if change is not None:
            feeds[guid_of(name)] = fresh_feed(name, _id()) | change
    before = copy.deepcopy(feeds)
    result = _run(azure, *arguments)
    after = azure.state["devops"]["feeds"]
    assert result.code == 0, result.stderr
    assert {id for id in before if before[id] != after[id]} == {FEED}
    said = [line for line in _said(result.stderr) if line.startswith("warning: ")]
    assert sorted(said) == sorted(text for _, _, text in LEFT)


def test_a_grant_that_azure_devops_does_not_make_is_seen(tmp_path: Path, port: int) -> None:
    """It answers what it doesn't take with an empty list, and no error."""
    azure, arguments = _made(tmp_path, port)
    azure.state["devops"]["feeds"][FEED]["ignores"] = True
    result = _run(azure, *arguments)
    assert result.code == 1
    assert _said(result.stderr)[-1] == (
        f"error: Azure DevOps took it, and {SERVICE} is no reader of {OURS} (none): make it one in "
        f"{PAGES}/ML%20Platform/_artifacts/feed/Python, Feed settings, Permissions"
    )


def test_the_identity_comes_with_the_first_run(tmp_path: Path, port: int) -> None:
    azure, arguments = _made(tmp_path, port)
    azure.state["devops"]["ran"] = False
    assert _said(_run(azure, *arguments).stderr) == [
        f"warning: {SERVICE} comes with the first run: start this again after it, to let it read {OURS}"
    ]
    azure.state["devops"]["ran"] = True
    assert _said(_run(azure, *arguments).stderr) == [LET]


def test_no_feed_is_looked_for_where_none_is_written(tmp_path: Path, port: int) -> None:
    _shop(tmp_path, port, AGENTS)
    for name in ("bootstrap-devops.sh", "lib-devops.sh", "install-tools.sh"):
        text = (tmp_path / "output" / "scripts" / name).read_text()
        assert "packaging" not in text
        assert "with_feeds" not in text
