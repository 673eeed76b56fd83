"""comment.py: the one comment of a platform, made and changed in place, on services that refuse as the real ones do."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from mlinfra.programs import comment
from tests.scripts.pull_requests import SOMEBODY, Azure, GitHub, Refusal, Service

ROOT = Path(__file__).parents[2]
MARK = "[//]: <> (mlinfra:churn)"
FIRST, SECOND, THIRD = ("1" * 40, "2" * 40, "3" * 40)
DECIDE = f"""{MARK}

### 🛑 Decide first · churn: a change of `compute_instances.nb` is ignored in dev
**Nothing lost. Nobody gains access. Nothing retrained or released.** ignored 1 · not known 3 · run `mlinfra diff`

#### 1 · `compute_instances.nb` · ignored
`specs/churn/ml-platform.yaml:85` · dev, and `specs/churn/ml-platform.yaml:9` removed

<details>
<summary>Every property: 1 entry</summary>

`specs/churn/ml-platform.yaml:85`

</details>

churn  origin/main 32e57ef → working tree
"""
LOOK = DECIDE.replace("🛑 Decide first", "⚠️ Look").replace("ignored 1 · not known 3", "opens 2 · not known 3")
NOTHING = f"{MARK}\n\n### churn: no difference\n"


class Said(NamedTuple):
    code: int
    out: str


class Run(NamedTuple):
    service: Service
    push: Callable[..., Said]
    write: Callable[..., None]
    slept: list[float]  # seconds, each time that it waited

    @property
    def texts(self) -> list[str]:
        return [each.get("body") or each["content"] for each in self.service.comments if not each.get("deleted")]

    @property
    def states(self) -> list[str]:
        return [each["status"] for each in self.service.comments if not each.get("deleted")]


@pytest.fixture(params=[Azure, GitHub], ids=["Azure", "GitHub"])
def run(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    service = request.param()
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    for name in [*os.environ]:
        if name.startswith(("TF_BUILD", "SYSTEM_", "BUILD_", "GITHUB_", "MLINFRA_")):
            monkeypatch.delenv(name)
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MLINFRA_SPEC", "specs/churn/ml-platform.yaml")
    if isinstance(service, GitHub):
        (tmp_path / "event.json").write_text(json.dumps(service.event()))
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

    def write(page: str, name: str) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / "page.md").write_text(page, encoding="utf-8")

    def push(page: str, commit: str = FIRST, *, newest: str = "", name: str = "page", platform: str = "churn") -> Said:
        write(page, name)
        service.commit = newest or commit
        service.asked.clear()
        code = 0
        try:
            comment.main(["--platform", platform, "--pages", str(tmp_path), "--commit", commit])
        except SystemExit as ended:
            code = int(ended.code or 0)
        return Said(code, capsys.readouterr().out.replace(str(tmp_path), "TMP"))

    yield Run(service, push, write, slept)
    service.stop()


def _is_shown_instead(run: Run, said: Said, tmp_path: Path) -> bool:
    if isinstance(run.service, GitHub):
        return (tmp_path / "summary.md").read_text().startswith(MARK)
    return "##vso[task.uploadsummary]TMP/page/page.md\n" in said.out


def test_the_first_push_comments_and_the_second_changes_that_in_place(run: Run) -> None:
    assert run.push(DECIDE) == Said(0, "commented\n")
    [text] = run.texts
    assert text.startswith(f"{MARK}\n\n### 🛑 Decide first · churn")
    assert text.endswith("\n\n[//]: <> (1111111)\n")
    assert "origin/main 32e57ef → 1111111 · [" in text
    assert run.push(LOOK, SECOND) == Said(0, "changed the comment\n")
    [text] = run.texts
    assert text.split("\n")[3:7] == [
        LOOK.split("\n")[3],
        "",
        "Since the last push (1111111): + 2 opens, − 1 ignored.",
        "",
    ]
    assert run.push(LOOK, SECOND) == Said(0, "")
    assert run.texts == [text]
    run.push(LOOK, THIRD)
    assert "Since the last push (2222222): as many of each.\n" in run.texts[0]


def test_each_line_that_it_names_is_a_link_and_one_that_was_removed_leads_to_what_is_there_now(run: Run) -> None:
    run.push(DECIDE)
    [text] = run.texts
    head, _, folds = text.partition("<details>")
    assert "](" not in folds.partition("</details>")[0]
    if isinstance(run.service, GitHub):
        at = "https://github.example/contoso/shop/blob/{}/specs/churn/ml-platform.yaml#L{}"
        links = at.format(FIRST, 85), at.format("b" * 40, 9)
    else:
        at = (
            run.service.url + "/contoso/a%20b/_git/shop?path=/specs/churn/ml-platform.yaml&version={0}&line={1}"
            "&lineEnd={1}&lineStartColumn=1&lineEndColumn=99"
        )
        links = at.format(f"GC{FIRST}", 85), at.format("GBmain", 9)
    name = "[`specs/churn/ml-platform.yaml:{}`]({})"
    assert f"{name.format(85, links[0])} · dev, and {name.format(9, links[1])} removed\n" in head


def test_nothing_that_changes_is_no_comment_and_what_changes_no_more_is_said(run: Run) -> None:
    assert run.push(NOTHING) == Said(0, "nothing changes: no comment\n")
    assert run.texts == []
    run.push(DECIDE)
    assert run.push(NOTHING, SECOND) == Said(0, "changed the comment\n")
    assert run.texts == [f"{MARK}\n\n### churn: no difference any more\n"]
    run.push(DECIDE, THIRD)
    assert "Decide first" in run.texts[0]


def test_a_thread_waits_as_long_as_there_is_something_to_decide_and_what_a_person_says_of_it_holds(run: Run) -> None:
    run.push(DECIDE)
    if isinstance(run.service, GitHub):  # whose comments are neither open nor closed
        return
    assert run.states == ["active"]
    run.service.comments[0]["status"] = "wontFix"
    run.push(DECIDE, SECOND)
    assert run.states == ["wontFix"]
    run.push(DECIDE.replace("not known 3", "not known 4"), THIRD)
    assert run.states == ["active"]
    run.push(LOOK, FIRST)
    assert run.states == ["closed"]
    run.push(DECIDE, SECOND)
    run.push(NOTHING, THIRD)
    assert run.states == ["closed"]


def test_two_platforms_have_a_comment_each_whose_name_is_whole(run: Run) -> None:
    other = DECIDE.replace("churn", "churn-eu")
    run.push(DECIDE)
    run.push(other, platform="churn-eu")
    run.push(LOOK, SECOND)
    assert [text.split("\n")[0] for text in run.texts] == [MARK, "[//]: <> (mlinfra:churn-eu)"]
    assert ["Look" in text for text in run.texts] == [True, False]
    said = run.push(other)
    assert (said.code, len(run.texts)) == (1, 2)
    assert said.out.endswith("TMP/page/page.md is no page of churn\n")


def test_what_somebody_else_wrote_is_not_touched_though_it_has_the_mark(run: Run) -> None:
    forged = f"{MARK}\n\n### churn: no difference\n"
    run.service.add(
        forged, {"login": "github-actions", "type": "User"} if isinstance(run.service, GitHub) else SOMEBODY
    )
    run.service.add(f"see {MARK}\n")
    run.push(DECIDE)
    run.push(LOOK, SECOND)
    assert run.texts[:2] == [forged, f"see {MARK}\n"]
    assert len(run.texts) == 3
    assert "Look" in run.texts[2]


def test_the_comment_is_found_on_a_later_page(run: Run) -> None:
    for number in range(7):
        run.service.add(f"text {number}")
    run.push(DECIDE)
    run.push(LOOK, SECOND)
    assert [text.split("\n")[0] for text in run.texts].count(MARK) == 1


def test_a_comment_that_somebody_deleted_is_made_again(run: Run) -> None:
    run.push(DECIDE)
    if isinstance(run.service, GitHub):
        run.service.comments.clear()
    else:
        run.service.comments[0]["deleted"] = True
    assert run.push(LOOK, SECOND) == Said(0, "commented\n")
    [text] = run.texts
    assert "Since" not in text


@pytest.mark.parametrize("status", [404, 409, 412])
def test_what_was_changed_or_deleted_meanwhile_is_looked_for_again(run: Run, status: int) -> None:
    run.push(DECIDE)
    run.service.refusals = [("PATCH", Refusal(status, "TF401190: it was changed meanwhile"))]
    assert run.push(LOOK, SECOND) == Said(0, "changed the comment\n")
    assert "Look" in run.texts[0]
    assert not isinstance(run.service, Azure) or run.states == ["closed"]


def test_of_two_that_were_made_at_once_the_older_one_stays(run: Run) -> None:
    run.service.add(f"{MARK}\n\n### churn: an older page\n")
    run.service.add(f"{MARK}\n\n### churn: another one\n")
    run.push(DECIDE)
    [text] = run.texts
    assert "Decide first" in text
    assert "POST" not in str(run.service.asked)


def test_a_newer_push_is_not_overtaken_and_what_is_merged_is_left_alone(run: Run) -> None:
    run.push(LOOK, SECOND)
    said = run.push(DECIDE, FIRST, newest=SECOND)
    assert said.out.startswith("a newer push is there, whose run comments\n")
    run.service.is_open = False
    said = run.push(DECIDE, SECOND)
    assert said.out.startswith("the pull request is no longer open\n") or isinstance(run.service, GitHub)
    assert ["Look" in text for text in run.texts] == [True]


@pytest.mark.parametrize("status", [403, 401, 302, 400, 422])
def test_where_it_may_not_write_the_page_stands_on_that_of_the_run(run: Run, status: int, tmp_path: Path) -> None:
    if status == 403:
        run.service.may_write = False
    elif status == 401:
        run.service.token = "another one: this has expired"
    else:
        elsewhere = {"Location": "http://127.0.0.1:1/sign-in"}
        run.service.refusals = [("POST", Refusal(status, "no\r\n##vso[task.complete]::error::", elsewhere))]
    said = run.push(DECIDE)
    assert said.code == 0
    assert run.texts == []
    assert _is_shown_instead(run, said, tmp_path)
    assert said.out.count("##vso") == (2 if isinstance(run.service, Azure) else 0)
    warning = "##vso[task.logissue type=warning]" if isinstance(run.service, Azure) else "::warning::"
    assert said.out.startswith(
        "why: mlinfra -f specs/churn/ml-platform.yaml explain --error FILE, where FILE holds what was printed\n"
        f"{warning}no comment: "
    )
    right = "pull-requests: write" if isinstance(run.service, GitHub) else "bootstrap-devops.sh"
    told = {403: right, 401: "not taken"}
    assert told.get(status, "") in said.out


def test_a_run_of_no_pull_request_shows_the_page(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if isinstance(run.service, GitHub):
        (tmp_path / "event.json").write_text("{}")
    else:
        monkeypatch.delenv("SYSTEM_PULLREQUEST_PULLREQUESTID")
    said = run.push(DECIDE)
    assert (said.code, run.texts, run.service.asked) == (0, [], [])
    assert said.out.startswith("this run is of no pull request\n")
    assert _is_shown_instead(run, said, tmp_path)


def test_what_is_busy_is_asked_again_and_a_comment_is_never_made_twice(run: Run) -> None:
    run.service.refusals = [("GET", Refusal(503)), ("GET", Refusal(429, headers={"Retry-After": "1"}))]
    assert run.push(DECIDE).out == "commented\n"
    run.service.refusals = [("PATCH", Refusal(502))]
    assert run.push(LOOK, SECOND).out == "changed the comment\n"
    assert len(run.texts) == 1


@pytest.mark.parametrize(
    ("status", "headers", "message", "seconds"),
    [
        (429, {"Retry-After": "75"}, "slower", [75]),
        (403, {"Retry-After": "60"}, "You have exceeded a secondary rate limit.", [60]),
        (403, {}, "You have exceeded a secondary rate limit. Please wait a few minutes.", [60]),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, "API rate limit exceeded", [1]),
        (429, {"Retry-After": "3600"}, "slower", []),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "999999999999"}, "API rate limit exceeded", []),
    ],
)
def test_it_waits_as_long_as_it_is_told_and_no_limit_is_taken_for_a_missing_right(
    run: Run, status: int, headers: dict[str, str], message: str, seconds: list[float]
) -> None:
    run.service.refusals = [("POST", Refusal(status, message, headers))]
    said = run.push(DECIDE)
    assert run.slept == seconds
    assert len(run.texts) == (1 if seconds else 0)
    assert "permission" not in said.out
    assert "bootstrap-devops" not in said.out


def test_what_is_asked_again_after_nobody_knows_whether_it_was_made_is_made_once(run: Run) -> None:
    run.service.refusals = [("POST", Refusal(500))]
    assert run.push(DECIDE).out == "commented\n"
    run.service.comments.clear()
    run.service.lost = 1
    assert run.push(DECIDE).code == 0
    assert len(run.texts) == 1
    assert str(run.service.asked).count("POST") == 1


def test_a_page_is_shortened_to_what_is_read(run: Run) -> None:
    folds = "<details>\n" + "x" * 20_000
    run.push(DECIDE.replace("<details>\n", folds))
    assert run.texts[0].count("\n") < 15
    assert "The rest is too long for a comment. · [" in run.texts[0]
    run.push(DECIDE.replace("· dev", "· dev" + "y" * 20_000), SECOND)
    assert len(run.texts[0].encode()) < 2000
    run.push(DECIDE.replace("is ignored", "ü" * 20_000), THIRD)
    assert len(run.texts[0].encode()) < 2000


@pytest.mark.parametrize("spare", [0, 1, 60, 400])
def test_no_comment_is_longer_than_the_most_of_one_with_all_that_is_added(run: Run, spare: int) -> None:
    run.push(LOOK)
    run.push(f"{DECIDE}".replace("· dev", f"· dev{'y' * (comment.MOST_BYTES - spare - len(DECIDE.encode()))}"), SECOND)
    assert len(run.texts[0].encode()) <= comment.MOST_BYTES
    assert run.texts[0].endswith("\n[//]: <> (2222222)\n")


@pytest.mark.parametrize("counts", ["page", "page.2"])
def test_the_page_that_its_job_names_is_taken(run: Run, counts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLINFRA_PAGE", counts)
    monkeypatch.setenv("MLINFRA_PAGE_DIGEST", hashlib.sha256(DECIDE.encode()).hexdigest())
    for name in {"page", "page.2", "page.99999"} - {counts}:
        run.write(LOOK, name)
    assert run.push(DECIDE, name=counts).code == 0
    assert "Decide first" in run.texts[0]


def test_without_a_name_no_page_is_chosen_among_several(run: Run) -> None:
    run.write(LOOK, "page.99999")
    said = run.push(DECIDE)
    assert (said.code, run.texts) == (1, [])
    assert said.out.endswith(
        "TMP has several artifacts with a page: page, page.99999; MLINFRA_PAGE names the one that counts\n"
    )


def test_a_page_of_another_digest_is_not_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(LOOK.encode()).hexdigest()
    monkeypatch.setenv("MLINFRA_PAGE", "page")
    monkeypatch.setenv("MLINFRA_PAGE_DIGEST", digest)
    said = run.push(DECIDE)
    assert (said.code, run.texts) == (1, [])
    assert said.out.endswith(
        f"TMP/page/page.md is not the page that its job has published: its SHA-256 is not {digest}\n"
    )


@pytest.mark.parametrize("name", ["page/../elsewhere", "page.0", "../page", "page.2/", "Page"])
def test_no_other_folder_is_a_page(run: Run, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLINFRA_PAGE", name)
    said = run.push(DECIDE)
    assert (said.code, run.texts) == (1, [])
    assert said.out.endswith(f"MLINFRA_PAGE is {name}, which is not the name of an artifact with a page\n")


def test_no_token_goes_to_where_an_answer_leads(run: Run) -> None:
    led = Refusal(302, "there", {"Location": f"{run.service.url}/elsewhere"})
    run.service.refusals = [(f"GET {'' if isinstance(run.service, Azure) else '/repos/contoso/shop/pulls/7'}", led)]
    run.service.refusals.append(("GET", led))
    run.push(DECIDE)
    assert not any("elsewhere" in each for each in run.service.asked)


def test_the_job_of_github_in_the_docs_has_least_rights_and_comments(run: Run, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8")
    workflow = yaml.load(page.partition("```yaml\non:")[2].partition("```")[0].join(("on:", "")), yaml.BaseLoader)
    assert (workflow["on"], workflow["permissions"]) == ("pull_request", {})
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert rights == {"page": {"contents": "read"}, "comment": {"contents": "read", "pull-requests": "write"}}
    checkout, fetched, step = workflow["jobs"]["comment"]["steps"]
    base = "${{ github.event.pull_request.base.sha }}"
    assert checkout["with"] == {"ref": base, "fetch-tags": "false", "persist-credentials": "false"}
    if not isinstance(run.service, GitHub):
        return
    there = fetched["with"]["path"].replace("${{ runner.temp }}", str(tmp_path))
    Path(there).mkdir(parents=True)
    (Path(there) / "page.md").write_text(DECIDE, encoding="utf-8")
    run.service.commit = FIRST
    of_expressions = {
        "${{ github.event.pull_request.head.sha }}": FIRST,
        "${{ github.token }}": os.environ["MLINFRA_TOKEN"],
        "${{ needs.page.outputs.digest }}": hashlib.sha256(DECIDE.encode()).hexdigest(),
    }
    given = {name: of_expressions.get(value, value) for name, value in step["env"].items()}
    environment = {**os.environ, **given, "RUNNER_TEMP": str(tmp_path)}
    ended = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "commented\n", "")
    assert run.texts[0].startswith(MARK)


def test_the_job_of_github_in_the_docs_runs_and_installs_only_what_is_pinned(tmp_path: Path) -> None:
    """By a commit of each action, whose tag can be moved, and by a hash of each package."""
    text = (ROOT / "docs" / "diff.md").read_text(encoding="utf-8").partition("```yaml\non:")[2].partition("```")[0]
    uses = [line.partition("uses:")[2] for line in text.splitlines() if "uses:" in line]
    assert len(uses) == 4
    for each in uses:
        assert re.fullmatch(r" actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)
    assert "-latest" not in text
    steps = yaml.load(f"on:{text}", yaml.BaseLoader)["jobs"]["page"]["steps"]
    install, page = (step["run"] for step in steps if "run" in step)
    called = tmp_path / "mlinfra/bin"
    called.mkdir(parents=True)
    for name in ("python", "mlinfra"):
        (called / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"$RUNNER_TEMP/called"; echo page\n')
        (called / name).chmod(0o755)
    (tmp_path / "python3").write_text("#!/bin/sh\n")
    (tmp_path / "python3").chmod(0o755)
    given = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "output")}
    for lines in (install, page):
        environment = {**os.environ, **given, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        subprocess.run(["bash", "-e", "-c", lines], cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "called").read_text().splitlines() == [
        "python -I -m pip --no-input install --require-hashes --only-binary :all: -r requirements/run.txt",
        "python -I -m pip --no-input install --no-index --no-deps --no-build-isolation .",
        "mlinfra diff -f specs/churn --against HEAD^1 -o markdown",
    ]
    digest = hashlib.sha256(b"page\n").hexdigest()
    assert (tmp_path / "output").read_text() == f"digest={digest}\n"
