"""`pipelines.feeds`: how they are written, where pip is signed in, and who gets the sign-in."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.readme import readme
from mlinfra.pipelines.feeds import feed_of
from tests.installation import FROM_INDEX, FROM_SOURCE, FROM_WHEEL, INDEX, REQUIREMENTS
from tests.pipelines.platforms import (
    PLATFORMS,
    compiled,
    compiled_in,
    files_of,
    found,
    output,
    pipeline,
    pipelines,
    repository,
    spec,
)
from tests.pipelines.reading import jobs, steps_of
from tests.pipelines.test_tools import AZ, Machine

FEEDS = "  feeds: [ML platform/python, shared/wheels]\n"
SIGN_IN = {
    "task": "PipAuthenticate@1",
    "displayName": "Sign pip in to the feeds",
    "inputs": {"artifactFeeds": "ML platform/python,shared/wheels", "onlyAddExtraIndex": False},
}
FORM = (
    "must be a feed as <project>/<feed>, such as platform/python: names, not ids, without a view (letters, digits, . _ "
    "and -, in the name of the project also spaces)"
)
ID = "11111111-1111-1111-1111-111111111111"
# what is written after `feeds:`, in line 11, and what is said about it
WRONG = {
    "a text": (
        "platform/python",
        '11:10 MLI214 feeds must be a list, not "platform/python"\n  help: write feeds: [platform/python]\n',
    ),
    "twice": ("[platform/python, a/b, Platform/Python]", "11:10 MLI215 feeds names Platform/Python twice\n"),
    **{
        feed: (f'["{feed}"]', f'11:11 MLI215 feeds[0] {FORM}, not "{feed}"\n')
        for feed in (
            "python",
            "/python",
            "platform/",
            "contoso/platform/python",
            "platform/python@Release",
            "platform/python,a/b",
            "platform/a b",
            f"{ID}/python",
            f"platform/{ID}",
            "$(x)/python",
            "${{ x }}/python",
            "https://packages.contoso.example/python",
        )
    },
}


@pytest.mark.parametrize(("feeds", "expected"), WRONG.values(), ids=WRONG)
def test_a_feed_that_is_written_otherwise_is_told_how(feeds: str, expected: str) -> None:
    assert found(spec(["dev"], pipelines(["dev"], install="", more=f"  feeds: {feeds}\n{FROM_INDEX}"))) == expected


def test_feeds_are_names_of_at_most_64_characters() -> None:
    for length, is_right in ((64, True), (65, False)):
        for feed in (f"{'p' * length}/f", f"p/{'f' * length}"):
            feeds = f"  feeds: [ML platform/python, a/b_1.2-3, {feed}]\n"
            said = found(spec(["dev"], pipelines(["dev"], more=feeds)))
            assert (said == "") is is_right
            assert is_right or said.startswith(f"12:42 MLI215 feeds[2] {FORM}, not ")


def _signing_in(data: Any) -> list[tuple[str, str]]:
    """Each job that signs pip in, with the title of the step behind that."""
    found = []
    for job in jobs(data):
        steps = list(steps_of(job))
        names = [step.get("displayName", "") for step in steps]
        found += [
            (job.get("job") or job["deployment"], names[place + 1])
            for place, step in enumerate(steps)
            if step.get("task") == "PipAuthenticate@1"
        ]
        assert all(step == SIGN_IN for step in steps if "PipAuthenticate" in str(step))
    return found


def test_pip_is_signed_in_before_each_install_by_it_and_nowhere_else() -> None:
    assert {which: _signing_in(pipeline("feeds", which)) for which in ("pr", "infra", "train", "release")} == {
        "pr": [("check", "Install mlinfra, bicep")],
        "infra": [],
        "train": [("train", "Install ml")],
        "release": [
            ("choose", "Install ml"),
            ("gate", "Install ml"),
            ("dev_deploy", "Install bicep, ml"),
            ("gate", "Install ml"),
            ("test_deploy", "Install bicep, ml"),
        ],
    }
    assert _signing_in(pipeline("everything", "infra")) == [("dev_deploy", "Install bicep, ml, databricks")]


@pytest.mark.parametrize("name", [name for name, text in PLATFORMS.items() if "feeds:" not in text])
def test_without_feeds_nothing_signs_in(name: str) -> None:
    for path, text in output(name).items():
        assert "PipAuthenticate" not in text, path
        assert "with_feeds" not in text, path
        assert "packaging" not in text, path


# Each of these programs writes how it was called, and what it sees of the sign-in.
SEES = "${PIP_INDEX_URL-} ${PIP_EXTRA_INDEX_URL-}"
PROGRAM = f"""\
#!/usr/bin/env bash
echo "mlinfra | {SEES}" >>"$CALLS"
"""
PIP = f"""\
#!/usr/bin/env bash
echo "pip ${{*:7}} | {SEES}" >>"$CALLS"
"""
PYTHON = f"""\
#!/usr/bin/env bash
mkdir -p "$4/bin"
printf '%s' {shlex.quote(PIP)} >"$4/bin/python"
printf '%s' {shlex.quote(PROGRAM)} >"$4/bin/mlinfra"
chmod +x "$4/bin/"*
"""
FIRST, SECOND = "https://build:t@packages.contoso.example/a/", "https://build:t@packages.contoso.example/b/"
SIGN_OUT = "##vso[task.setvariable variable=PIP_INDEX_URL]\n##vso[task.setvariable variable=PIP_EXTRA_INDEX_URL]\n"
A_FEED = "https://packages.contoso.example/contoso/ML%20platform/_packaging/Python/pypi/simple/"
FROM_FEED = f"  install: {{index: {A_FEED}, requirements: {REQUIREMENTS}}}\n"
ALL = "--require-hashes --only-binary :all: --requirement ./tools/requirements.txt"


def _machine(folder: Path, install: str) -> Machine:
    with repository() as root:
        text = spec(["dev"], pipelines(["dev"], install=install, more=FEEDS))
        files = files_of(compiled_in(root, text), root, root / "generated" / "shop")
    machine = Machine(folder.resolve(), files)
    (machine.folder / "bin" / "python3").write_text(PYTHON, encoding="utf-8")
    az = AZ.replace('echo "az $*"', f'echo "az $* | {SEES}"')
    (machine.folder / "bin" / "az").write_text(az, encoding="utf-8")
    return machine


# By where mlinfra comes from: how pip is called, and whether it gets the sign-in.
INSTALLS = {
    "a source": (
        FROM_SOURCE,
        [(ALL, True), ("--no-index --no-deps --no-build-isolation ./tools/mlinfra", False)],
    ),
    "a wheel": (
        FROM_WHEEL,
        [(ALL, True), ("--no-index --no-deps --require-hashes --requirement SCRATCH/mlinfra.txt", False)],
    ),
    "an index that is a feed": (FROM_FEED, [(ALL, True)]),
    "another index": (FROM_INDEX, [(f"--index-url {INDEX} {ALL}", False)]),
}


@pytest.mark.parametrize(("install", "calls"), INSTALLS.values(), ids=INSTALLS)
def test_only_what_installs_from_feeds_gets_the_sign_in(
    tmp_path: Path, install: str, calls: list[tuple[str, bool]]
) -> None:
    machine = _machine(tmp_path, install)
    tools = ("--dir", f"{machine.folder}/t", "mlinfra", "ml")
    code, told, messages = machine.run("install-tools.sh", *tools, PIP_INDEX_URL=FIRST, PIP_EXTRA_INDEX_URL=SECOND)
    assert (code, told, messages) == (0, f"##vso[task.prependpath]@/t/mlinfra/bin\n{SIGN_OUT}", "")
    signed_in, signed_out = f" | {FIRST} {SECOND}", " |  "
    assert [re.sub(r"\S+/mlinfra\.txt", "SCRATCH/mlinfra.txt", line) for line in machine.calls()] == [
        *(f"pip install {words}{signed_in if reads else signed_out}" for words, reads in calls),
        f"mlinfra{signed_out}",
        f"az extension add --name ml --version 2.42.0 --upgrade --yes{signed_in}",
        f"az version --query extensions.ml || 'none' --output tsv{signed_out}",
    ]


def test_who_has_no_sign_in_asks_the_address_itself(tmp_path: Path) -> None:
    machine = _machine(tmp_path, FROM_FEED)
    code, told, _ = machine.run("install-tools.sh", "--dir", f"{machine.folder}/t", "mlinfra", TF_BUILD="")
    assert (code, told) == (0, "")
    assert machine.calls()[0] == f"pip install {ALL} | {A_FEED} "


# the address of an index, and the feed that it is
INDEXES = {
    A_FEED: "ML platform/Python",
    A_FEED.removesuffix("/"): "ML platform/Python",
    "https://contoso.packages.visualstudio.com/platform/_packaging/python/pypi/simple": "platform/python",
    "https://packages.contoso.example/contoso/platform/_packaging/python%40Release/pypi/simple/": "platform/python",
    "https://packages.contoso.example/contoso/_packaging/python/pypi/simple/": None,  # of the organization
    f"https://packages.contoso.example/contoso/{ID}/_packaging/python/pypi/simple/": None,
    "https://packages.contoso.example/contoso/platform/_packaging/python/npm/registry/": None,
    INDEX: None,
}


@pytest.mark.parametrize(("index", "feed"), INDEXES.items())
def test_an_index_that_is_a_feed_is_seen(index: str, feed: str | None) -> None:
    assert feed_of(index) == feed
    install = f"  install: {{index: {index}, requirements: {REQUIREMENTS}}}\n"
    warned = f"11:20 MLI577 index is the feed {feed}, to which nothing signs pip in\n  help: add feeds: "
    assert found(spec(["dev"], pipelines(["dev"], install=install))) == (f"{warned}[{feed}]\n" if feed else "")
    other = "  feeds: [shared/wheels]\n"
    said = found(spec(["dev"], pipelines(["dev"], install=install, more=other)))
    assert said == (f"{warned}[shared/wheels, {feed}]\n" if feed else "")
    if feed:
        listed = f"  feeds: [shared/wheels, {feed.upper()}]\n"
        assert found(spec(["dev"], pipelines(["dev"], install=install, more=listed))) == ""


def test_the_page_says_who_reads_the_feeds_and_what_has_to_be_in_them() -> None:
    page = readme(compiled(PLATFORMS["feeds"]).plans, "made in a test").text
    assert (
        "Pip reads the feeds ML platform/python, shared/wheels of Azure Artifacts as the account of the builds" in page
    )
    assert "; Feed Owner of ML platform/python, shared/wheels, where they are of this project |" in page
    assert (
        "| who owns the feeds | Feed Owner of ML platform/python, shared/wheels | has in them all that "
        "tools/requirements.txt names and all that the ml extension of az depends on: pipelines are readers, who get "
        "nothing from upstream that was not saved before, as by installing it once |"
    ) in page
    text = spec(["dev"], pipelines(["dev"], more=FEEDS))
    assert "has in them all that tools/requirements.txt names: " in readme(compiled(text).plans, "made").text
    without = readme(compiled(PLATFORMS["one target"]).plans, "made in a test").text
    assert "feed" not in without.lower()
