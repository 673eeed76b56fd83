"""The comments of pull requests as Azure Repos and GitHub keep them, in this process: they refuse what those refuse.

Sources: REST API 7.1 of Azure DevOps, Git, Pull Request Threads (CommentThreadStatus, Comment), its versions (what is
in preview is asked for as such), runatlantis/atlantis 1585 (the longest comment, and what is answered to a longer one);
REST API of GitHub, Issue comments, Using pagination (where a next page is), telia-oss/github-pr-resource 259 (the
longest comment).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

TOKEN = "token of the job"
BUILD_SERVICE = "aaaaaaaa-0000-4000-8000-000000000001"
SOMEBODY = "aaaaaaaa-0000-4000-8000-000000000002"
JOB = {"login": "github-actions[bot]", "type": "Bot"}
MOST = {"Azure": 150_000, "GitHub": 65_536}  # characters of a comment
_STATES = ("unknown", "active", "fixed", "wontFix", "closed", "byDesign", "pending")


class Refusal(Exception):
    def __init__(self, status: int, message: str = "no", headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.headers = status, headers or {}


@dataclass
class Service:
    """What either keeps of pull request 7; `meanwhile` happens, once each, before a request of that method."""

    commit: str = "1" * 40
    is_open: bool = True
    may_write: bool = True
    token: str = TOKEN
    asked: list[str] = field(default_factory=list)
    refusals: list[tuple[str, Refusal]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    lost: int = 0  # how many comments are made, while the answer is that something went wrong
    name: ClassVar[str]
    too_long: ClassVar[tuple[int, str]]
    answers: ClassVar[Mapping[str, int]]  # what it answers to a method where all went well, if not 200

    def __post_init__(self) -> None:
        handler = type("Handler", (_Handler,), {"service": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[Any, dict[str, str]]:
        raise NotImplementedError

    def add(self, content: str, author: Any = None) -> None:
        """A comment of somebody, or of the job."""
        raise NotImplementedError

    def written(self, text: Any) -> str:
        if not isinstance(text, str) or not text.strip():
            raise Refusal(400, "A comment has no content")
        if len(text) > MOST[self.name]:
            raise Refusal(*self.too_long)
        return text

    def refuse_unless(self, may: bool, message: str) -> None:
        if not may:
            raise Refusal(403, message)


class Azure(Service):
    """Each of `comments` begins a thread: `id` is the thread's."""

    name = "Azure"
    too_long = 400, "A discussion comment cannot be longer than 150000 characters.\r\nParameter name: comment.Content"
    answers: ClassVar[Mapping[str, int]] = {}

    @property
    def environment(self) -> dict[str, str]:
        return {
            "TF_BUILD": "True",
            "SYSTEM_COLLECTIONURI": f"{self.url}/contoso/",
            "SYSTEM_TEAMPROJECT": "a b",
            "SYSTEM_TEAMPROJECTID": "p-1",
            "BUILD_REPOSITORY_ID": "r-1",
            "BUILD_REPOSITORY_NAME": "shop",
            "BUILD_REPOSITORY_PROVIDER": "TfsGit",
            "BUILD_BUILDID": "42",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main",
            "MLINFRA_TOKEN": TOKEN,
        }

    def add(self, content: str, author: Any = None, **more: Any) -> None:
        thread = {"id": 10 + len(self.comments), "content": content, "author": author or BUILD_SERVICE}
        self.comments.append({**thread, "status": "active", **more})

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[Any, dict[str, str]]:
        if path == "/contoso/_apis/connectionData":
            if not query.get("api-version", [""])[0].startswith("7.1-preview"):
                raise Refusal(400, "The -preview flag must be supplied in the api-version for such requests.")
            return {"authenticatedUser": {"id": BUILD_SERVICE.upper()}}, {}
        if query.get("api-version") != ["7.1"]:
            raise Refusal(400, "No api-version was supplied")
        base = "/contoso/p-1/_apis/git/repositories/r-1/pullRequests/7"
        rest = re.fullmatch(re.escape(base) + r"(/threads(?:/(\d+)(/comments/(\d+))?)?)?", path)
        if rest is None:
            raise Refusal(404, "TF401180: The requested pull request was not found.")
        if not rest[1]:
            status = "active" if self.is_open else "completed"
            return {"status": status, "lastMergeSourceCommit": {"commitId": self.commit}}, {}
        if method == "GET":
            return {"value": [_SYSTEM, *map(_thread, self.comments)]}, {}
        self.refuse_unless(
            self.may_write,
            "TF401027: You need the Git 'PullRequestContribute' permission to perform this action.",
        )
        if method == "POST":
            [first] = body["comments"]
            if first["commentType"] != "text" or first["parentCommentId"] != 0:
                raise Refusal(400, "The comment is none that begins a thread")
            self.add(self.written(first["content"]), status=_state(body["status"]), properties=body["properties"])
            return _thread(self.comments[-1]), {}
        found = next((each for each in self.comments if each["id"] == int(rest[2])), None)
        if found is None or (rest[3] and (rest[4] != "1" or found.get("deleted"))):
            raise Refusal(404, "The comment does not exist")
        if method == "DELETE":
            self.refuse_unless(found["author"] == BUILD_SERVICE, "TF401027: only its author may delete a comment")
            found["deleted"] = True
            return None, {}
        if rest[3]:
            self.refuse_unless(found["author"] == BUILD_SERVICE, "TF401027: only its author may edit a comment")
            found["content"] = self.written(body["content"])
        else:
            found["status"] = _state(body["status"])
        return {}, {}


_JSON = "application/json"
_SYSTEM = {"id": 1, "comments": [{"id": 1, "commentType": "system", "content": "Ada voted 10", "author": {}}]}


def _state(status: str) -> str:
    if status not in _STATES:
        raise Refusal(400, f"{status} is no status of a thread")
    return status


def _thread(each: Mapping[str, Any]) -> dict[str, Any]:
    gone = bool(each.get("deleted"))
    first = {"id": 1, "author": {"id": each["author"]}, "commentType": "text", "isDeleted": gone}
    content = {} if gone else {"content": each["content"]}
    thread = {"id": each["id"], "comments": [first | content], "status": each["status"], "isDeleted": gone}
    return thread | {"properties": each.get("properties", {})}


class GitHub(Service):
    name = "GitHub"
    too_long = 422, "Validation Failed"
    answers: ClassVar[Mapping[str, int]] = {"POST": 201, "DELETE": 204}
    page = 2  # comments a page: GitHub's is 100

    def event(self) -> dict[str, Any]:
        return {"pull_request": {"number": 7, "base": {"sha": "b" * 40}, "head": {"sha": self.commit}}}

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.url,
            "GITHUB_SERVER_URL": "https://github.example",
            "GITHUB_REPOSITORY": "contoso/shop",
            "GITHUB_RUN_ID": "42",
            "MLINFRA_TOKEN": TOKEN,
        }

    def add(self, content: str, author: Any = None) -> None:
        self.comments.append({"id": 10 + len(self.comments), "body": content, "user": dict(author or JOB)})

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[Any, dict[str, str]]:
        if path == "/repos/contoso/shop/pulls/7":
            return {"state": "open" if self.is_open else "closed", "head": {"sha": self.commit}}, {}
        if path in ("/repos/contoso/shop/issues/7/comments", "/repositories/99/issues/7/comments"):
            if method == "GET":
                return self._listed(int(query.get("page", ["1"])[0]))
            self.refuse_unless(self.may_write, "Resource not accessible by integration")
            self.add(self.written(body["body"]))
            return self.comments[-1], {}
        one = re.fullmatch(r"/repos/contoso/shop/issues/comments/(\d+)", path)
        self.refuse_unless(self.may_write, "Resource not accessible by integration")
        found = next((each for each in self.comments if one and each["id"] == int(one[1])), None)
        if found is None:
            raise Refusal(404, "Not Found")
        if method == "DELETE":
            self.comments.remove(found)
            return None, {}
        found["body"] = self.written(body["body"])
        return found, {}

    def _listed(self, number: int) -> tuple[Any, dict[str, str]]:
        end = number * self.page
        url = f"{self.url}/repositories/99/issues/7/comments?per_page=100&page={number + 1}"
        link = {"Link": f'<{url}>; rel="next", <{url}>; rel="last"'} if end < len(self.comments) else {}
        return self.comments[end - self.page : end], link


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def _answer(self) -> None:
        service, address = self.service, urlsplit(self.path)
        service.asked.append(f"{self.command} {address.path.rpartition('/pullRequests/7')[2] or address.path}")
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
        status = 200
        headers: dict[str, str] = {}
        try:
            if not self.headers["User-Agent"] or (body is not None and self.headers["Content-Type"] != _JSON):
                raise Refusal(403 if not self.headers["User-Agent"] else 415, "Administrative rules")
            if self.headers["Authorization"] != f"Bearer {service.token}":
                raise Refusal(401, "Bad credentials")
            for index, (method, refusal) in enumerate(service.refusals):
                if method in (self.command, service.asked[-1]):
                    del service.refusals[index]
                    raise refusal
            answer, headers = service.answer(self.command, address.path, parse_qs(address.query), body)
            status = service.answers.get(self.command, 200)
            if self.command == "POST" and service.lost:
                service.lost -= 1
                raise Refusal(502, "nobody knows")
        except Refusal as refusal:
            status, answer, headers = refusal.status, {"message": str(refusal)}, dict(refusal.headers)
        text = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815 # names of http.server

    def log_message(self, *_: Any) -> None:
        """Says nothing."""
