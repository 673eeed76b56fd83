"""bootstrap-devops.sh against the emulated organization: made, made again, mended, audited, refused."""

from __future__ import annotations

import copy
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Golden
from tests.emulator.devops import OTHER, fresh_state
from tests.emulator.devops_projects import TENANT, fresh_project, guid_of
from tests.scripts.devops_summary import summary
from tests.scripts.harness import ROOT, Azure, Result
from tests.scripts.test_churn import _context


def _number(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012}"


HERE = Path(__file__).parent
TARGETS = ("dev", "test", "prod")
PLACE = ("--organization", "https://dev.azure.com/contoso", "--project", "ML platform")
CONNECTIONS = [f"churn-{target}{use}" for target in TARGETS for use in ("", "-read", "-run")]
IDENTITIES = [word for number, name in enumerate(CONNECTIONS) for word in ("--identity", f"{name}={_number(number)}")]
ALL = [word for target in TARGETS for word in ("--target", target)]
MAKE = (*PLACE, *ALL, "--tenant", TENANT, *IDENTITIES, "--federations", "federations.tsv")
PROD = (*PLACE, "--target", "prod")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, port: int) -> tuple[Azure, Result]:
    """After the first run on an organization in which nothing was made yet."""
    azure = _azure(tmp_path_factory.mktemp("devops"), port)
    return azure, _run(azure, *MAKE)


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory, port: int, made: tuple[Azure, Result]) -> tuple[Azure, Result]:
    """After the second run, once the branch was pushed and a pipeline has run."""
    azure = _azure(tmp_path_factory.mktemp("devops"), port)
    azure.state = copy.deepcopy(made[0].state)
    azure.state["devops"]["ran"] = True
    _project(azure)["branches"] = ["refs/heads/main", "refs/heads/main2"]
    return azure, _run(azure, *MAKE)


@pytest.fixture
def settled(tmp_path: Path, port: int, second: tuple[Azure, Result]) -> Azure:
    """An organization in which nothing differs."""
    azure = _azure(tmp_path, port)
    azure.state = copy.deepcopy(second[0].state)
    return azure


def test_the_first_run_makes_all_that_the_pipelines_need(made: tuple[Azure, Result], golden: Golden) -> None:
    azure, result = made
    assert result.code == 0, result.stderr
    golden(HERE / "devops.txt", summary(azure.state["devops"]))
    golden(HERE / "devops_said.txt", result.stderr)
    assert result.stdout == "".join(
        f"scripts/bootstrap.sh --target {target} --federations federations.tsv\n" for target in TARGETS
    )
    endpoints = _project(azure)["endpoints"].values()
    parameters = {each["name"]: each["authorization"]["parameters"] for each in endpoints}
    assert (azure.folder / "federations.tsv").read_text() == "".join(
        f"{name}\t{of['workloadIdentityFederationIssuer']}\t{of['workloadIdentityFederationSubject']}\n"
        for name, of in ((name, parameters[name]) for name in CONNECTIONS)
    )


def test_the_second_run_makes_what_comes_with_the_branch_and_the_first_run(second: tuple[Azure, Result]) -> None:
    azure, result = second
    assert result.stderr.splitlines()[:-1] == [
        "require churn-pr of pull requests to refs/heads/main",
        "require 2 reviewers of pull requests to refs/heads/main",
        "let the build service of the project retain runs",
        "let the build service of the project contribute to pull requests of churn",
    ]
    assert azure.changes == ["rest"] * 4
    said = summary(azure.state["devops"])
    assert "right of the build service on pipelines: 4\nright of the build service on Git: 16384\n" in said


def test_the_third_run_changes_nothing_and_the_audit_is_silent(settled: Azure) -> None:
    before = copy.deepcopy(settled.state)
    assert (_run(settled, *MAKE).code, settled.changes, settled.state) == (0, [], before)
    assert (_run(settled, *PLACE, *ALL, "--audit"), settled.changes) == (Result(0, "", ""), [])


def test_a_dry_run_says_what_the_first_run_does_and_changes_nothing(
    tmp_path: Path, port: int, made: tuple[Azure, Result]
) -> None:
    azure = _azure(tmp_path, port)
    before = copy.deepcopy(azure.state)
    for mode, code in (("--dry-run", 0), ("--audit", 1)):
        result = _run(azure, *MAKE, mode)
        assert result.code == code
        assert (azure.changes, azure.state, result.stdout) == ([], before, "")
        said = [line.removeprefix("would ") for line in result.stderr.splitlines() if line.startswith("would ")]
        did = [line for line in made[1].stderr.splitlines() if not line.startswith(("warning", "next"))]
        later = (
            "retain runs",
            "contribute to",
            " pool ",
            "of pull requests to",
        )  # known once there is a project, a branch, a run
        assert [line for line in said if not any(word in line for word in later)] == [
            line for line in did if not any(word in line for word in later)
        ]
    assert not (azure.folder / "federations.tsv").exists()


def _check(project: dict[str, Any], resource: str, kind: str) -> dict[str, Any]:
    checks: dict[str, dict[str, Any]] = project["checks"]
    return next(
        check for check in checks.values() if check["resource"]["name"] == resource and check["type"]["name"] == kind
    )


def _widen(project: dict[str, Any]) -> None:
    _check(project, "churn-prod", "Branch control")["settings"]["inputs"]["allowedBranches"] = "*"


def _policy(project: dict[str, Any], **changes: Any) -> None:
    policy = list(project["policies"].values())[1]
    policy["settings"] = policy["settings"] | changes | {"kept": "by others"}


def _queue(project: dict[str, Any], name: str) -> str:
    queues: dict[str, dict[str, Any]] = project["queues"]
    return next(id for id, each in queues.items() if each["name"] == name)


def _swap_pool(project: dict[str, Any]) -> None:
    _definition(project, "churn-pr")["queue"] = {"id": int(_queue(project, "churn-agents"))}


# what somebody changed by hand, and what the audit says of it, below `would`
DRIFT: tuple[tuple[Callable[[dict[str, Any]], object], str], ...] = (
    (
        lambda project: _check(project, "churn-agents", "Branch control").update(isDisabled=True),
        'change the check "Branch control" on pool churn-agents',
    ),
    (_swap_pool, "let pipeline churn-pr run by default in the pool churn-checks"),
    (
        lambda project: _definition(project, "churn-infra")["process"].update(yamlFilename="mine.yml"),
        "let pipeline churn-infra run generated/churn/pipelines/infra.yml of churn, by default of refs/heads/main",
    ),
    (
        lambda project: next(iter(project["policies"].values())).update(isEnabled=False),
        "turn the build validation of refs/heads/main by churn-pr on",
    ),
    (
        lambda project: _policy(project, minimumApproverCount=1, creatorVoteCounts=True),
        (
            "require 2 reviewers of pull requests to refs/heads/main, none of them the author, none against it, again "
            "after each push"
        ),
    ),
    (
        lambda project: _endpoint(project, "churn-prod")["data"].update(subscriptionId=_number(9)),
        f"let connection churn-prod sign in as {_number(6)} to 22222222-2222-2222-2222-222222222222",
    ),
    (_widen, 'change the check "Branch control" on connection churn-prod'),
    (
        lambda project: project["permissions"][f"endpoint/{_endpoint(project, 'churn-prod')['id']}"].update(
            allPipelines={"authorized": True}
        ),
        "no longer let every pipeline of the project use connection churn-prod",
    ),
    (
        lambda project: _check(project, "churn-prod", "Approval")["settings"].update(approvers=[{"id": OTHER}]),
        'change the check "Approval" on environment churn-prod',
    ),
    (
        lambda project: _check(project, "churn-prod", "ExclusiveLock").update(isDisabled=True),
        'change the check "ExclusiveLock" on environment churn-prod',
    ),
    (
        lambda project: project["permissions"][f"queue/{_queue(project, 'churn-agents')}"].update(
            allPipelines={"authorized": True}
        ),
        "no longer let every pipeline of the project use pool churn-agents",
    ),
)


def test_what_was_changed_by_hand_is_seen_and_mended(settled: Azure) -> None:
    right = summary(settled.state["devops"])
    policies = list(_project(settled)["policies"])
    for change, _ in DRIFT:
        change(_project(settled))
    changed = copy.deepcopy(settled.state)
    audit = _run(settled, *PROD, "--audit")
    assert audit.stderr.splitlines() == [
        *(f"would {text}" for _, text in DRIFT),
        f"error: {len(DRIFT)} things differ from what the pipelines need",
    ]
    assert (audit.code, settled.changes, settled.state) == (1, [], changed)
    mended = _run(settled, *PROD, "--tenant", TENANT, "--federations", "federations.tsv")
    assert (mended.code, mended.stderr.splitlines()[:-1]) == (0, [text for _, text in DRIFT])
    assert len(settled.changes) == len(DRIFT)
    assert summary(settled.state["devops"]) == right
    assert list(_project(settled)["policies"]) == policies


# settings of a policy that somebody changed by hand, and what the audit says of it, below `would`; None is not said
JUDGES = "let churn-pr judge every pull request to refs/heads/main by itself, and again after 12 hours"
READS = (
    "require 2 reviewers of pull requests to refs/heads/main, none of them the author, none against it, again after "
)
LOOSE: tuple[tuple[int, dict[str, Any], str], ...] = (
    (0, {"manualQueueOnly": True}, JUDGES),
    (0, {"filenamePatterns": ["/docs/*"]}, JUDGES),
    (0, {"validDuration": 0.0}, JUDGES),  # never again
    (0, {"validDuration": 10080.0}, JUDGES),
    (1, {"resetOnSourcePush": False}, f"{READS}each push"),
    (1, {"resetOnSourcePush": None}, f"{READS}each push"),
    (1, {"allowDownvotes": True}, f"{READS}each push"),
    (1, {"blockLastPusherVote": None}, f"{READS}each push"),
)


def test_what_makes_a_policy_looser_is_seen_and_mended(settled: Azure) -> None:
    right = copy.deepcopy(settled.state)
    for number, changes, text in LOOSE:
        settled.state = copy.deepcopy(right)
        settings = list(_project(settled)["policies"].values())[number]["settings"]
        settings |= changes
        for name in (name for name, value in changes.items() if value is None):
            del settings[name]
        audit = _run(settled, *PROD, "--audit")
        assert audit.stderr.splitlines() == [f"would {text}", "error: 1 things differ from what the pipelines need"]
        assert _run(settled, *PROD, "--tenant", TENANT, "--federations", "f").code == 0
        assert settled.state == right, changes


def test_a_build_that_is_asked_for_again_sooner_stays(settled: Azure) -> None:
    settings = next(iter(_project(settled)["policies"].values()))["settings"]
    for sooner in ({"validDuration": 60.0}, {"validDuration": 0.0, "queueOnSourceUpdateOnly": False}):
        settings |= sooner
        assert _run(settled, *PROD, "--audit").code == 0


def test_a_policy_on_a_later_page_is_no_second_time_required(settled: Azure) -> None:
    """az shows no header, so the next page is asked for by the id that follows. It may hold fewer than that."""
    settled.state["devops"]["page"] = 1
    policies = _project(settled)["policies"]
    first = min(policies.values(), key=lambda each: int(each["id"]))
    for id in range(3):
        policies[str(id + 1)] = {**copy.deepcopy(first), "id": id + 1}
        policies[str(id + 1)]["settings"]["scope"][0]["refName"] = f"refs/heads/other-{id}"
    result = _run(settled, *MAKE)
    assert (result.code, settled.changes) == (0, []), result.stderr


def test_agents_that_deploy_are_guarded_before_a_pipeline_is_there(made: tuple[Azure, Result]) -> None:
    said = made[1].stderr.splitlines()
    guarded = said.index('set the check "Branch control" on pool churn-agents')
    assert guarded < said.index("create pipeline churn-pr from generated/churn/pipelines/pr.yml")
    everyone = "churn-infra, churn-train, churn-release, churn-back, churn-score"
    assert guarded < said.index(f"let {everyone} use pool churn-agents")
    assert not any(line.endswith('" on pool churn-checks') for line in said)


def test_a_check_that_is_gone_is_set_again(settled: Azure) -> None:
    right = summary(settled.state["devops"])
    del _project(settled)["checks"][str(_check(_project(settled), "churn-prod", "Approval")["id"])]
    mended = _run(settled, *PROD, "--tenant", TENANT, "--federations", "federations.tsv")
    assert mended.stderr.splitlines()[0] == 'set the check "Approval" on environment churn-prod'
    assert summary(settled.state["devops"]) == right


def test_what_others_set_up_stays(settled: Azure) -> None:
    """More reviewers, settings of a policy and a description of a pipeline that this script knows nothing of."""
    project = _project(settled)
    _policy(project, minimumApproverCount=3, creatorVoteCounts=True)
    definition = _definition(project, "churn-pr")
    definition["description"] = "a=@b"
    definition["process"]["yamlFilename"] = "mine.yml"
    assert _run(settled, *PROD, "--tenant", TENANT, "--federations", "f").code == 0
    project = _project(settled)
    settings = list(project["policies"].values())[1]["settings"]
    assert (settings["minimumApproverCount"], settings["creatorVoteCounts"], settings["kept"]) == (
        3,
        False,
        "by others",
    )
    assert _definition(project, "churn-pr")["description"] == "a=@b"
    assert _definition(project, "churn-pr")["revision"] == 2


# what a person has to do, and how it is said
LEFT: tuple[tuple[Callable[[dict[str, Any]], object], str], ...] = (
    (
        lambda project: _definition(project, "churn-infra").update(queueStatus="paused"),
        (
            "pipeline churn-infra is paused, so no run of it starts: "
            "https://dev.azure.com/contoso/{project}/_build?definitionId={infra}"
        ),
    ),
    (
        lambda project: project["permissions"][f"endpoint/{_endpoint(project, 'churn-prod')['id']}"][
            "pipelines"
        ].append({"id": _definition(project, "churn-pr")["id"], "authorized": True}),
        "other pipelines may use connection churn-prod too, by id: {pr}; take that away unless it is meant",
    ),
    (
        lambda project: _endpoint(project, "churn-prod-run")["authorization"].update(scheme="ServicePrincipal"),
        "connection churn-prod-run signs in by ServicePrincipal: delete it, and start this again",
    ),
    (
        lambda project: project["checks"].update({"9": copy.deepcopy(_check(project, "churn-prod", "Approval"))}),
        'environment churn-prod has 2 checks "Approval": remove all but one of them',
    ),
    (
        lambda project: project.update(scoped=False),
        (
            "jobs act for the whole organization: limit them to the project, "
            "https://dev.azure.com/contoso/{project}/_settings/settings"
        ),
    ),
)


def test_what_a_person_has_to_do_is_said(settled: Azure) -> None:
    pipeline, infra = (_definition(_project(settled), f"churn-{name}")["id"] for name in ("pr", "infra"))
    for change, _ in LEFT:
        change(_project(settled))
    changed = copy.deepcopy(settled.state)
    audit = _run(settled, *PROD, "--audit")
    assert (audit.code, settled.state) == (1, changed)
    assert audit.stderr.splitlines() == [
        *(f"warning: {text.format(pr=pipeline, infra=infra, project=_id())}" for _, text in LEFT),
        f"error: {len(LEFT)} things differ from what the pipelines need",
    ]


def test_a_mail_that_somebody_changed_is_said(settled: Azure) -> None:
    page = f"https://dev.azure.com/contoso/{_id()}/_settings/notifications"
    right = copy.deepcopy(settled.state)
    first = right["devops"]["subscriptions"][0]
    whose = f'the mail "{first["description"]}" to {first["channel"]["address"]}'
    other = copy.deepcopy(first["filter"])
    other["criteria"]["clauses"][0]["value"] = "Succeeded"
    for changes, text in (
        ({"status": "disabled"}, f"{whose} is turned off: turn it on in {page}"),
        ({"filter": other}, f"{whose} comes on other conditions: delete it in {page}, then start this again"),
    ):
        settled.state = copy.deepcopy(right)
        settled.state["devops"]["subscriptions"][0] |= changes
        audit = _run(settled, *PROD, "--audit")
        assert audit.stderr.splitlines() == [
            f"warning: {text}",
            "error: 1 things differ from what the pipelines need",
        ]


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (MAKE[2:], 2, 'error: --organization is https://dev.azure.com/NAME, not ""'),
        (
            ("--organization", "https://dev.azure.com.evil.example/contoso", *MAKE[2:]),
            2,
            'error: --organization is https://dev.azure.com/NAME, not "https://dev.azure.com.evil.example/contoso"',
        ),
        (
            (*MAKE, "--project", "it's"),
            2,
            "error: --project \"it's\" is no name of letters, digits, spaces, '.', '_' and '-'",
        ),
        ((*MAKE, "--identity", "churn-dev"), 2, 'error: --identity is CONNECTION=CLIENT-ID, not "churn-dev"'),
        (
            (*MAKE, "--identity", "churn-dev=me"),
            2,
            'error: --identity is no id such as 11111111-1111-1111-1111-111111111111: "me"',
        ),
        (PLACE, 2, "error: --target is missing: dev, test, prod"),
        (PROD, 2, "error: --tenant and --federations are needed, unless with --dry-run or --audit"),
        (
            (*PROD, "--tenant", TENANT, "--federations", "f"),
            1,
            (
                'error: connection churn-prod does not exist: --identity "churn-prod=CLIENT-ID" is needed, as '
                "bootstrap.sh prints it"
            ),
        ),
        (
            ("--organization", "https://dev.azure.com/fabrikam", *MAKE[2:]),
            1,
            (
                "error: https://dev.azure.com/fabrikam answers with a page to sign in: is it the organization of the "
                "tenant that az is signed in to?"
            ),
        ),
    ],
    ids=lambda value: None,
)
def test_wrong_usage(tmp_path: Path, port: int, arguments: tuple[str, ...], code: int, expected: str) -> None:
    result = _run(_azure(tmp_path, port), *arguments)
    assert result.code == code
    assert expected in result.stderr.splitlines()


def test_an_approver_whom_the_organization_does_not_know_stops_everything(tmp_path: Path, port: int) -> None:
    """One of a longer mail, and one who left, are others."""
    azure = _azure(tmp_path, port)
    azure.state["devops"]["people"] = {OTHER: azure.state["devops"]["people"][OTHER]}
    result = _run(azure, *MAKE)
    assert result.code == 1
    assert result.stderr == (
        "error: https://dev.azure.com/contoso knows nobody with the mail release@contoso.com, who is to approve: add "
        "the user, or the group of Entra, in https://dev.azure.com/contoso/_settings/users, then start this again\n"
    )
    assert azure.changes == []


def test_what_each_script_prints_is_what_the_next_person_runs(tmp_path: Path, port: int) -> None:
    """Identities, then connections that sign in as them, then credentials that trust these."""
    azure = _azure(tmp_path, port)
    identities = azure.run("bootstrap.sh", "--target", "prod")
    assert identities.code == 0, identities.stderr
    printed = identities.stdout.replace("ORGANIZATION", "contoso").replace("PROJECT", "shop")
    script, *arguments = shlex.split(printed)
    azure.state["devops"] |= {"tenants": [arguments[arguments.index("--tenant") + 1]]}
    connections = azure.run(script.removeprefix("scripts/"), *arguments)
    assert connections.code == 0, connections.stderr
    script, *arguments = shlex.split(connections.stdout)
    credentials = azure.run(script.removeprefix("scripts/"), *arguments)
    assert credentials.code == 0, credentials.stderr
    before = copy.deepcopy(azure.state)
    assert azure.run(script.removeprefix("scripts/"), *arguments).code == 0
    assert azure.state == before


def _azure(folder: Path, port: int) -> Azure:
    azure = Azure(folder / "azure", port, ROOT / "generated" / "churn", _context())
    azure.state["devops"] = fresh_state()
    return azure


@pytest.mark.parametrize(("times", "code"), [(5, 0), (6, 1)])
def test_what_a_change_is_merged_with_is_read_again_where_the_service_is_busy(
    settled: Azure, times: int, code: int
) -> None:
    _policy(_project(settled), minimumApproverCount=1)
    drifted = settled.snapshot()
    assert _run(settled, *MAKE).code == 0
    calls = [call["arguments"].get("--query", "") for call in settled.log("calls.jsonl") if call["name"] == "rest"]
    merged = next(number for number, query in enumerate(calls) if query.startswith("merge(@"))
    order = {"on": "rest", "error": "429", "times": times, "skip": merged}
    settled.restore(drifted).script["faults"] = [order]
    result = _run(settled, *MAKE)
    failed = [call["arguments"]["--query"][:7] for call in settled.log("calls.jsonl") if call["code"]]
    assert (result.code, failed) == (code, ["merge(@"] * times)
    assert ("error: az rest exited with 1: " in result.stderr) is bool(code)


def _run(azure: Azure, *arguments: str) -> Result:
    return azure.run("bootstrap-devops.sh", *arguments)


def _id() -> str:
    return guid_of("project ML platform")


def _project(azure: Azure) -> dict[str, Any]:
    found: dict[str, Any] = azure.state["devops"]["projects"][_id()]
    assert found.keys() == fresh_project("").keys()
    return found


def _endpoint(project: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in project["endpoints"].values() if each["name"] == name)


def _definition(project: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in project["definitions"].values() if each["name"] == name)
