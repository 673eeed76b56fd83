"""The one comment of a platform in a pull request: made at the first push, changed in place at each further one.

The page is what `mlinfra diff -o markdown` printed, and nothing of it is run. There is no comment where nothing changes
and none was; where one was, it says so. Where a newer push is there, or the service doesn't let the job write, the page
stands on that of the run instead, and the run goes on: a comment is no check.

In Azure Pipelines MLINFRA_TOKEN is System.AccessToken, whose identity has to be let contribute to pull requests; in
GitHub Actions it is the job's token, with `pull-requests: write`.

Any job of a run may publish artifacts, also one that runs the code of the branch. MLINFRA_PAGE names the artifact that
the job of the page has published, and MLINFRA_PAGE_DIGEST is the SHA-256 of the page, as that job says. Without a name
there may be only one artifact.

Exit code 1: the page is not of this platform, or not the one that was published.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from mlinfra.programs import pull_requests
else:  # beside this file, which is run with -I: that looks for no module in its folder
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    import pull_requests

MOST_BYTES = 12_000  # of a comment: a longer one is not read
ADDED_BYTES = 50  # the commit, and the lines between: what stands below a page
MOST_TITLE = 1000  # bytes of a page whose title alone is too long
MOST_READ = 1 << 24  # of the file
MOST_NAMED = 5  # artifacts, in a message
ROUNDS = 3  # where somebody else changes or deletes the comment meanwhile, or nobody knows whether it was made
PAUSE = 5  # seconds before the list is asked whether it was
DECIDE = "Decide first"  # in the title: somebody has to say that it was looked at
_PLATFORM = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_COUNT = re.compile(r"([a-z][a-z ]*) ([0-9]{1,6})")
_LAST = re.compile(r"^\[//\]: <> \(([0-9a-f]{7})\)$", re.MULTILINE)
_PLACE = re.compile(r"`(?P<path>[\w.-][\w ./@+=,~-]*):(?P<line>[1-9][0-9]{0,6})`(?P<removed> removed)?")
_NAME = re.compile(r"page(?:\.([1-9][0-9]{0,5}))?")  # of an artifact: of a second attempt at its job, page.2
_SHOWN = 7  # digits of a commit
_SINCE = "Since the last push ("


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="comment.py", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--platform", required=True)
    parser.add_argument(
        "--pages", required=True, type=Path, help="a folder with page/page.md, or page.2/page.md of a later try"
    )
    parser.add_argument("--commit", default="", help="the newest commit of the branch, without the merge")
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]  # typed as any stream of text
    if not _PLATFORM.fullmatch(given.platform) or not _COMMIT.fullmatch(given.commit or "0" * 40):
        parser.error("--platform is the name of one, and --commit has 40 digits")
    mark = f"[//]: <> (mlinfra:{given.platform})"
    file = _published(given.pages)
    page = _read(file)
    if not page.startswith(f"{mark}\n\n### "):
        _fail(f"{file} is no page of {given.platform}")
    service = None
    try:
        service = pull_requests.service()
        told = _told(service, mark, page, given.commit) if service else "this run is of no pull request"
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        told = f"no comment: {type(error).__name__} {error} in what this step is given, or was answered"
    except pull_requests.Refused as refused:
        told = f"no comment: {_how_to_mend(refused, service)}"
        _say("", f"why: mlinfra {_spec()}explain --error FILE, where FILE holds what was printed")
    if told:
        _show_instead(file, page, told)


def _published(folder: Path) -> Path:
    """The page that the job of the page has published: no other artifact counts, whatever it is called."""
    name = os.environ.get("MLINFRA_PAGE", "")
    if name and not _NAME.fullmatch(name):
        _fail(f"MLINFRA_PAGE is {name}, which is not the name of an artifact with a page")
    found = sorted(each for each in (folder.iterdir() if folder.is_dir() else ()) if _NAME.fullmatch(each.name))
    if not name and len(found) > 1:
        names = ", ".join(each.name for each in found[:MOST_NAMED])
        _fail(f"{folder} has several artifacts with a page: {names}; MLINFRA_PAGE names the one that counts")
    return (folder / name if name else found[0] if found else folder / "page") / "page.md"


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_READ)
    except OSError as error:
        _fail(f"{file} can't be read: {error}")
    digest = os.environ.get("MLINFRA_PAGE_DIGEST", "")
    if digest and hashlib.sha256(content).hexdigest() != digest:
        _fail(f"{file} is not the page that its job has published: its SHA-256 is not {digest}")
    return content.decode("utf-8", errors="replace").replace("\r\n", "\n")


def _fail(text: str) -> NoReturn:
    _say("error", text)
    sys.exit(1)


def _told(service: pull_requests.Service, mark: str, page: str, commit: str) -> str:
    """Makes or changes the comment; what is said where it does not. Raises Refused."""
    for left in reversed(range(ROUNDS)):
        newest = service.newest()
        if commit and newest != commit:
            return "the pull request is no longer open" if not newest else "a newer push is there, whose run comments"
        try:
            return _written(service, mark, page, commit)
        except pull_requests.Refused as refused:
            is_again = refused.may_be_there or refused.status in (*pull_requests.OVERTAKEN, *pull_requests.GONE)
            if not left or not is_again:
                raise
            time.sleep(PAUSE if refused.may_be_there else 0)
    return ""


def _written(service: pull_requests.Service, mark: str, page: str, commit: str) -> str:
    known = service.ours(mark)
    if not known:
        if _is_of_nothing(page):
            _say("", "nothing changes: no comment")
            return ""
        made = service.make(_whole(service, page, commit, ""), waits=DECIDE in _title(page))
        _say("", "commented")
        known = service.ours(mark)  # another run may have made one at the same time
        if not known or known[0].place == made.place:
            return ""
    first, *others = known
    text = _whole(service, page, commit, first.text)
    if _findings(text) != _findings(first.text):  # else what somebody said of it holds
        service.settle(first, waits=DECIDE in _title(page))
    if text != first.text:
        service.change(first, text)
        _say("", "changed the comment")
    for each in others:
        service.delete(each)
    return ""


def _is_of_nothing(page: str) -> bool:
    return ": no difference" in _title(page)


def _title(page: str) -> str:
    return page.split("\n")[2]


def _whole(service: pull_requests.Service, page: str, commit: str, former: str) -> str:
    """The comment: the page with links, what changed since the last push, and of which commit it is, for the next."""
    if _is_of_nothing(page):
        return f"{_title_and_mark(page)}{' any more' if former else ''}\n"
    since = _since(former, page, commit)
    added = len(f"{since}{service.foot('')}".encode()) + ADDED_BYTES
    lines = _short(page, service, commit, MOST_BYTES - added).rstrip("\n").split("\n")
    if since:
        lines[4:4] = ["", since]
    lines[-1] = service.foot(
        lines[-1].replace("→ working tree", f"→ {commit[:_SHOWN]}" if commit else "→ working tree")
    )
    return "\n".join((*lines, *(("", f"[//]: <> ({commit[:_SHOWN]})") if commit else ()), ""))


def _title_and_mark(page: str) -> str:
    return "\n".join(page.split("\n")[:3])


def _short(page: str, service: pull_requests.Service, commit: str, most_bytes: int) -> str:
    """As much of the page as is read: without its links, without what is folded, or its title and verdict alone."""
    head, opens, folds = page.partition("\n<details>")
    verdict = "\n".join(page.split("\n")[:4])
    too_long = "\n\nThe rest is too long for a comment."
    linked = f"{_linked(head, service, commit)}{opens}{folds}"
    for each in (linked, page, f"{head}{too_long}", f"{verdict}{too_long}"):
        if len(each.encode()) <= most_bytes:
            return each
    return f"{page.encode()[:MOST_TITLE].decode(errors='ignore')} …"


def _linked(text: str, service: pull_requests.Service, commit: str) -> str:
    """With a link to each line that the page names; one that is removed is there in the branch to which this leads."""

    def link(found: re.Match[str]) -> str:
        at = service.place(found["path"], int(found["line"]), "" if found["removed"] else commit)
        return f"[`{found['path']}:{found['line']}`]({at}){found['removed'] or ''}"

    return _PLACE.sub(link, text)


def _since(former: str, page: str, commit: str) -> str:
    """What changed since the last push; of the same one, what stood there."""
    last = _LAST.search(former)
    if not last or not commit:
        return ""
    if commit.startswith(last[1]):
        return next((line for line in former.split("\n") if line.startswith(_SINCE)), "")
    before, after = _counts(former), _counts(page)
    moved = {name: after.get(name, 0) - before.get(name, 0) for name in {**after, **before}}
    said = [f"{'+' if by > 0 else '−'} {abs(by)} {name}" for name, by in moved.items() if by]
    same = "as many of each"
    return f"{_SINCE}{last[1]}): {', '.join(said) or same}."


def _counts(page: str) -> dict[str, int]:
    """How many there are of each class, as the line below the title says."""
    verdict = (page.split("\n")[3:4] or [""])[0].rpartition("** ")[2]
    found = (_COUNT.fullmatch(each.strip()) for each in verdict.split("·"))
    return {each[1]: int(each[2]) for each in found if each}


def _findings(text: str) -> list[str]:
    """What a comment says of the change, without what tells one push from another: links, and its last lines."""
    plain = re.sub(r"\[(`[^`]*`)\]\([^)]*\)", r"\1", text.replace("\r\n", "\n"))
    kept = [line.rstrip() for line in plain.split("\n") if line.strip() and not line.startswith(_SINCE)]
    if _LAST.fullmatch(kept[-1]):
        del kept[-2:]
    return kept


def _spec() -> str:
    """The option that names the spec, where the step says it: a pipeline of a former release does not."""
    spec = os.environ.get("MLINFRA_SPEC", "")
    return f"-f {shlex.quote(spec)} " if spec else ""


def _how_to_mend(refused: pull_requests.Refused, service: pull_requests.Service | None) -> str:
    if service and refused.status in pull_requests.NOT_SIGNED_IN:
        return f"{refused}; the token of the job is not taken, or the run took too long for it"
    if service and refused.status in (403, 404):
        return f"{refused}; {service.right}"
    return str(refused)


def _show_instead(file: Path, page: str, told: str) -> None:
    """The page on that of the run, and why it stands there."""
    _say("warning" if told.startswith("no comment: ") else "", told)
    if _is_of_nothing(page):
        return
    if os.environ.get("TF_BUILD"):
        sys.stdout.write(f"##vso[task.uploadsummary]{file.resolve()}\n")
    elif summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8", newline="\n") as opened:
            opened.write(f"{page}\n")
    _say("", f"it stands on the page of the run: {pull_requests.page_of_run()}")


def _say(level: str, text: str) -> None:
    """A line that no log obeys but as it is meant: what a service answers, anybody may have written."""
    plain = "".join(each if each.isprintable() else "?" for each in text).replace("#", "# ").replace("::", ": :")
    if level and os.environ.get("TF_BUILD"):
        sys.stdout.write(f"##vso[task.logissue type={level}]{plain.replace('%', '%AZP25')}\n")
    elif level and os.environ.get("GITHUB_ACTIONS"):
        sys.stdout.write(f"::{level}::{plain.replace('%', '%25')}\n")
    else:
        sys.stdout.write(f"{f'{level}: ' if level else ''}{plain}\n")


if __name__ == "__main__":
    main()
