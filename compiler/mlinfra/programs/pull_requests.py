"""The comments of a pull request, as Azure Repos and GitHub keep them: listed, made, changed and deleted.

Each service is asked with the token of the job, which goes to its own address and nowhere else: an answer that leads to
another address is none. A comment is ours where the identity of the job wrote it and the mark stands in its first line:
anybody may copy the mark, and nobody else's comment is touched.

Sources: REST API 7.1 of Azure DevOps, Git, Pull Request Threads, and connectionData, which says who asks; REST API of
GitHub, Issue comments.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, Protocol

SECONDS = 30  # of one answer
ATTEMPTS = 4  # at what may pass: a service that is busy, a connection that breaks
MOST_PAUSE = 20  # seconds between two of them, where the service doesn't say how many
MOST_ASKED_PAUSE = 120  # seconds that a service may ask for: a limit of GitHub passes after a minute, and a job has 15
MINUTE = 60  # seconds to wait at least where GitHub says that something was too much, and not for how long
MOST_BYTES = 1 << 25  # of an answer: the comments of a long discussion
MOST_PAGES = 50
MOST_SAID = 300  # characters of an error's text
FORBIDDEN = 403
TOO_MUCH = 429
PASSING = (408, TOO_MUCH, 500, 502, 503, 504)
OVERTAKEN = (409, 412)  # somebody changed it meanwhile
GONE = (404, 410)
NOT_SIGNED_IN = (203, 301, 302, 307, 401)  # Azure DevOps shows its sign-in page, or leads to it

_AZURE_VERSION = "api-version=7.1"
_PROPERTY = "mlinfra"  # of a thread: the mark
_GITHUB_VERSION = "2022-11-28"
_GITHUB_JOB = "github-actions[bot]"  # who writes with the token of a job; no person's name may have a bracket


class Refused(Exception):
    """An answer that is none of those that were hoped for; `status` is 0 where there is none at all.

    `may_be_there` where what was to be made may be there all the same: the list says whether it is.
    """

    def __init__(self, status: int, said: str, *, may_be_there: bool = False) -> None:
        super().__init__(said)
        self.status, self.may_be_there = status, may_be_there


@dataclass(frozen=True)
class Written:
    """A comment of ours; `thread` is the number of the thread that it begins, where there are threads."""

    number: int  # in its thread, where there are threads
    text: str
    thread: int = 0

    @property
    def place(self) -> tuple[int, int]:
        return self.thread, self.number


class Service(Protocol):
    """What is asked of either service; every answer may be Refused."""

    name: str
    right: str  # what lets it write, as whoever may grant it would say

    def newest(self) -> str:
        """The commit to which the pull request leads now; nothing where it is no longer open."""

    def ours(self, mark: str) -> list[Written]:
        """The comments of this identity with the mark, the oldest first."""

    def make(self, text: str, *, waits: bool) -> Written:
        """A new comment; where `waits`, somebody has to say that it was looked at, as far as the service knows that."""

    def change(self, written: Written, text: str) -> None: ...

    def settle(self, written: Written, *, waits: bool) -> None:
        """Says whether somebody has to look."""

    def delete(self, written: Written) -> None: ...

    def place(self, path: str, line: int, commit: str) -> str:
        """The address of a line; without a commit, of the branch to which the pull request leads."""

    def foot(self, text: str) -> str:
        """The last line of a comment, with a link to what else the run found."""


def page_of_run() -> str:
    """The address of the run, as far as a step knows it."""
    if os.environ.get("TF_BUILD"):
        return f"{_project()}/_build/results?buildId={os.environ.get('BUILD_BUILDID', '')}"
    names = ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
    server, repository, run = (os.environ.get(name, "") for name in names)
    return f"{server}/{repository}/actions/runs/{run}"


def _project() -> str:
    """The address of the project of Azure DevOps."""
    collection, project = (os.environ.get(name, "") for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT"))
    return f"{collection.rstrip('/')}/{urllib.parse.quote(project, safe='')}"


def service() -> Service | None:
    """That of the pull request of this run; None where the run is of none. Raises KeyError for what a step lacks."""
    if os.environ.get("TF_BUILD"):
        number = os.environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID", "")
        if not number or os.environ.get("BUILD_REPOSITORY_PROVIDER") != "TfsGit":
            return None
        return AzureRepos(int(number))
    if os.environ.get("GITHUB_ACTIONS"):
        event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
        found = event.get("pull_request")
        return GitHub(int(found["number"]), str(found["base"]["sha"])) if found else None
    return None


class AzureRepos:
    name = "Azure DevOps"
    right = "run scripts/bootstrap-devops.sh, which lets the build service contribute to pull requests"

    def __init__(self, number: int) -> None:
        collection, project, repository = (
            os.environ[name] for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECTID", "BUILD_REPOSITORY_ID")
        )
        self._collection = collection.rstrip("/")
        names = (urllib.parse.quote(each, safe="") for each in (project, "_apis", "git", "repositories", repository))
        self._url = f"{self._collection}/{'/'.join(names)}/pullRequests/{number}"
        self._headers = {"Authorization": f"Bearer {os.environ['MLINFRA_TOKEN']}"}

    def newest(self) -> str:
        found, _ = self._ask("GET", f"{self._url}?{_AZURE_VERSION}")
        is_open = found.get("status") == "active"
        return str((found.get("lastMergeSourceCommit") or {}).get("commitId", "")) if is_open else ""

    def ours(self, mark: str) -> list[Written]:
        who, _ = self._ask("GET", f"{self._collection}/_apis/connectionData?api-version=7.1-preview.1")
        me = str(who["authenticatedUser"]["id"]).lower()
        threads, _ = self._ask("GET", f"{self._url}/threads?{_AZURE_VERSION}")
        found = ((thread, _first(thread, me)) for thread in threads["value"] if not thread.get("isDeleted"))
        ours = [each for thread, each in found if each and (_property(thread) == mark or _has(each, mark))]
        return sorted(ours, key=lambda each: each.place)

    def make(self, text: str, *, waits: bool) -> Written:
        body = {
            "comments": [{"parentCommentId": 0, "content": text, "commentType": "text"}],
            "status": _status(waits),
            "properties": {_PROPERTY: {"$type": "System.String", "$value": text.partition("\n")[0]}},
        }
        made, _ = self._ask("POST", f"{self._url}/threads?{_AZURE_VERSION}", body)
        return Written(int(made["comments"][0]["id"]), text, int(made["id"]))

    def change(self, written: Written, text: str) -> None:
        self._ask("PATCH", self._comment(written), {"content": text})

    def settle(self, written: Written, *, waits: bool) -> None:
        url = f"{self._url}/threads/{written.thread}?{_AZURE_VERSION}"
        self._ask("PATCH", url, {"status": _status(waits)})

    def delete(self, written: Written) -> None:
        self._ask("DELETE", self._comment(written))

    def place(self, path: str, line: int, commit: str) -> str:
        target = os.environ.get("SYSTEM_PULLREQUEST_TARGETBRANCH", "").removeprefix("refs/heads/")
        repository = urllib.parse.quote(os.environ.get("BUILD_REPOSITORY_NAME", ""), safe="")
        at = {"path": f"/{path}", "version": f"GC{commit}" if commit else f"GB{target}", "line": line, "lineEnd": line}
        columns = {"lineStartColumn": 1, "lineEndColumn": 99}
        query = urllib.parse.urlencode({**at, **columns}, quote_via=urllib.parse.quote, safe="/")
        return f"{_project()}/_git/{repository}?{query}"

    def foot(self, text: str) -> str:
        artifacts = f"{page_of_run()}&view=artifacts&type=publishedArtifacts"
        return f"{text} · [report.html]({artifacts}) · [what Azure says]({page_of_run()})"

    def _comment(self, written: Written) -> str:
        return f"{self._url}/threads/{written.thread}/comments/{written.number}?{_AZURE_VERSION}"

    def _ask(self, method: str, url: str, body: object = None) -> tuple[Any, str]:
        return _ask(self.name, method, url, self._headers, body)


def _property(thread: Any) -> str:
    return str(((thread.get("properties") or {}).get(_PROPERTY) or {}).get("$value", ""))


def _status(waits: bool) -> str:
    return "active" if waits else "closed"  # a policy of the branch may want every thread to be resolved


def _first(thread: Any, me: str) -> Written | None:
    """The comment that begins a thread, where `me` wrote it and it is there."""
    comments = thread.get("comments") or []
    if not comments or comments[0].get("isDeleted"):
        return None
    first = comments[0]
    if str((first.get("author") or {}).get("id", "")).lower() != me:
        return None
    return Written(int(first["id"]), str(first.get("content") or ""), int(thread["id"]))


def _has(written: Written, mark: str) -> bool:
    return written.text.replace("\r\n", "\n").partition("\n")[0] == mark


class GitHub:
    name = "GitHub"
    right = "the job needs `permissions: {pull-requests: write}`, and a run of a fork never has it"

    def __init__(self, number: int, base: str) -> None:
        self._base = base
        self._api = os.environ["GITHUB_API_URL"].rstrip("/")
        self._repository = f"{self._api}/repos/{urllib.parse.quote(os.environ['GITHUB_REPOSITORY'])}"
        self._number = number
        self._headers = {
            "Authorization": f"Bearer {os.environ['MLINFRA_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": _GITHUB_VERSION,
            "User-Agent": "mlinfra",  # GitHub refuses who says no name
        }

    def newest(self) -> str:
        found, _ = self._ask("GET", f"{self._repository}/pulls/{self._number}")
        return str(found["head"]["sha"]) if found.get("state") == "open" else ""

    def ours(self, mark: str) -> list[Written]:
        url, found = f"{self._repository}/issues/{self._number}/comments?per_page=100", []
        for _ in range(MOST_PAGES):
            listed, link = self._ask("GET", url)
            by_job = (each for each in listed if (each.get("user") or {}).get("login") == _GITHUB_JOB)
            found += [Written(int(each["id"]), str(each.get("body") or "")) for each in by_job]
            following = re.search(r'<([^>]+)>; rel="next"', link)
            if not following or not following[1].startswith(f"{self._api}/"):
                break
            url = following[1]
        return sorted((each for each in found if _has(each, mark)), key=lambda each: each.place)

    def make(self, text: str, *, waits: bool) -> Written:
        made, _ = self._ask("POST", f"{self._repository}/issues/{self._number}/comments", {"body": text})
        return Written(int(made["id"]), text)

    def change(self, written: Written, text: str) -> None:
        self._ask("PATCH", self._comment(written), {"body": text})

    def settle(self, written: Written, *, waits: bool) -> None:
        """A comment of GitHub is neither open nor closed."""

    def delete(self, written: Written) -> None:
        self._ask("DELETE", self._comment(written))

    def place(self, path: str, line: int, commit: str) -> str:
        server, repository = (os.environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"))
        return f"{server}/{repository}/blob/{commit or self._base}/{urllib.parse.quote(path)}#L{line}"

    def foot(self, text: str) -> str:
        return f"{text} · [the run]({page_of_run()})"

    def _comment(self, written: Written) -> str:
        return f"{self._repository}/issues/comments/{written.number}"

    def _ask(self, method: str, url: str, body: object = None) -> tuple[Any, str]:
        return _ask(self.name, method, url, self._headers, body)


class _StayHere(urllib.request.HTTPRedirectHandler):
    """Leads nowhere: the token would go along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_StayHere)


def _ask(name: str, method: str, url: str, headers: dict[str, str], body: object) -> tuple[Any, str]:
    """What a service answers, and where it says that the list goes on; raises Refused.

    What is only read is asked again where the trouble may pass, and what is written only where nothing came of it.
    """
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url, method=method, data=data, headers={**headers, "Content-Type": "application/json"}
    )
    for attempt in range(1, ATTEMPTS + 1):
        pause = float(2**attempt)
        try:
            with _OPENER.open(request, timeout=SECONDS) as answered:
                if answered.status in NOT_SIGNED_IN:
                    raise Refused(answered.status, f"{name} shows its sign-in page")
                text = answered.read(MOST_BYTES).decode("utf-8-sig")
                return (json.loads(text) if text else {}), answered.headers.get("Link", "")
        except urllib.error.HTTPError as error:
            reason = _reason(error.read(MOST_BYTES))
            status, wait = _limit(error.code, error.headers, reason, pause)
            said = f"{name} answered {error.code} to {method}: {reason}"
            if status not in PASSING or attempt == ATTEMPTS or wait > MOST_ASKED_PAUSE:
                raise Refused(status, said) from None
            if status != TOO_MUCH and method == "POST":
                raise Refused(status, said, may_be_there=True) from None
            pause = wait
        except (OSError, http.client.HTTPException) as error:
            if attempt == ATTEMPTS or method == "POST":
                raise Refused(0, f"{name} can't be asked: {error}", may_be_there=method == "POST") from None
        except ValueError:
            raise Refused(0, f"{name} answered to {method} what is no JSON") from None
        time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


def _limit(status: int, headers: Message[str, str], reason: str, otherwise: float) -> tuple[int, float]:
    """What an answer means, and for how many seconds to wait: GitHub says 403 where it was asked too much, too.

    Source: REST API of GitHub, rate limits: 403 or 429 with retry-after, or with x-ratelimit-remaining 0 and the second
    at which that ends, or with neither, after which one waits a minute at least.
    """
    after = headers.get("Retry-After", "")
    is_spent = headers.get("X-RateLimit-Remaining", "") == "0"
    is_told = status == FORBIDDEN and (is_spent or bool(after) or "rate limit" in reason.lower())
    if re.fullmatch(r"[0-9]{1,6}", after):
        wait = float(after)
    elif is_spent and re.fullmatch(r"[0-9]{1,12}", ends := headers.get("X-RateLimit-Reset", "")):
        wait = max(float(ends) - time.time(), 1.0)
    else:
        wait = MINUTE if is_told else min(otherwise, MOST_PAUSE)
    return (TOO_MUCH if is_told else status), wait


def _reason(content: bytes) -> str:
    """What the service says of an error, on one line."""
    text = content.decode("utf-8", errors="replace")
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if isinstance(document, dict) and isinstance(document.get("message"), str):
        text = document["message"]
    return " ".join(text.split())[:MOST_SAID] or "nothing"
