"""Folders that are uploaded: what may lie in them though it is left out, and what is said of what may not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.cli import run
from mlinfra.repository import files
from tests.core.cases import WORKSPACE, told
from tests.repository.repositories import git
from tests.spec import HEADER

CODE = "jobs: {t: {type: command, command: x, environment: azureml:e:1, compute: serverless, code: src}}\n"
PLACE = "7:92 MLI340"
TOO_MUCH = f'{PLACE} "src" is too much: one run reads 500 files and folders, and no more\n'
OUTSIDE = "leads out of the repository: src/data is a link to ../../data"
MEANT = (
    "delete the link, or name it in .gitignore if it is only for this machine; .amlignore does not keep the client "
    "from following it"
)
LINKED = "delete the link: the files of a linked folder are uploaded, whatever .amlignore says of the link"
PYTHON = "/usr/local/bin/python3.11"


class Uploaded(NamedTuple):
    """What lies in `src`: files, folders of so many files, and links; and what is said of it.

    Where there is a `.gitignore` of the whole, it is a repository of git; it tracks what is `added`, ignored or not.
    """

    what: str
    said: str
    files: Mapping[str, str] = {}
    folders: Mapping[str, int] = {}
    links: Mapping[str, str] = {}
    gitignore: str | None = None
    added: tuple[str, ...] = ()


CASES = (
    Uploaded("a large folder that is left out", "", {".amlignore": ".venv/\n"}, {".venv/lib": 600}),
    Uploaded("a large folder that git leaves out", "", {".gitignore": ".venv\n"}, {".venv/lib": 600}),
    Uploaded(
        "a large folder",
        TOO_MUCH + "  help: leave out what is not needed in src/.amlignore; most files lie in .venv",
        folders={".venv/lib": 600, "data": 10},
    ),
    Uploaded(
        "a large folder beside what git leaves out",
        TOO_MUCH + "  help: leave out what is not needed in src/.gitignore; most files lie in data",
        {".gitignore": ".venv/\n"},
        {".venv/lib": 600, "data/raw": 600},
    ),
    Uploaded(
        "many files in the folder itself",
        TOO_MUCH + "  help: leave out what is not needed in src/.amlignore",
        folders={".": 600},
    ),
    Uploaded(
        "a large folder of which some is taken back",
        "",
        {".amlignore": "data/\n!data/*.py\n", "data/a.py": ""},
        {"data": 600},
    ),
    *(
        Uploaded(
            f"a virtual environment that git leaves out by {line}",
            "",
            files={"a.py": ""} if is_at_the_root else {".gitignore": line},
            links={".venv/bin/python": PYTHON, ".venv/lib64": "lib", ".venv/lib": "/usr/lib"},
            gitignore=line if is_at_the_root else "",
        )
        for line in (".venv", ".venv/", "**/bin/python\nli*", "python\nlib\nlib64")
        for is_at_the_root in (True, False)
    ),
    Uploaded(
        "a virtual environment",
        f'{PLACE} "src" can\'t be uploaded: .venv/bin/python leads out of the repository: src/.venv/bin/python is a '
        f"link to {PYTHON}\n  help: {LINKED}",
        {".amlignore": ".venv/\n", ".gitignore": ".venv/\n"},
        links={".venv/bin/python": PYTHON},
    ),
    Uploaded(
        "a link out of the repository that git would add",
        f'{PLACE} "src" can\'t be uploaded: data {OUTSIDE}\n  help: {MEANT}',
        {".amlignore": "data\n"},
        links={"data": "../../data"},
        gitignore="",
    ),
    Uploaded(
        "a link out of the repository that git tracks though it ignores it",
        f'{PLACE} "src" can\'t be uploaded: data {OUTSIDE}\n  help: {MEANT}',
        links={"data": "../../data"},
        gitignore="data\n",
        added=("data",),
    ),
    Uploaded("a link out that git ignores", "", links={"data": "../../data", "x": "/"}, gitignore="data\nx\n"),
    Uploaded(
        "a link to a file that git ignores",
        f'{PLACE} "src" can\'t be uploaded: a is a link to what git ignores\n  help: delete the link, or leave it out: '
        "write a (without / after it) in src/.amlignore",
        {"b": ""},
        links={"a": "b"},
        gitignore="b\n",
    ),
    Uploaded("a large folder that git leaves out elsewhere", "", folders={"data": 600}, gitignore="data/\n"),
    Uploaded(
        "code that git ignores",
        f'{PLACE} "src" holds no file that git does not ignore, and so is not there where the pipeline runs\n'
        "  help: change the pattern in .gitignore, or add what is needed with git add --force",
        gitignore="src\n",
    ),
    Uploaded("code that git tracks though it ignores it", "", gitignore="src\n", added=("train.py",)),
    Uploaded(
        "a repository in the code",
        f'{PLACE} "src" can\'t be uploaded: vendor/.git leads into .git, which is no part of a branch and may hold a '
        "token; name a folder without it",
        {"vendor/.git/HEAD": "ref: refs/heads/main\n", "vendor/.git/config": "", "vendor/a.py": ""},
        {"vendor/.git/objects": 0, "vendor/.git/refs": 0},
        gitignore="",
    ),
    Uploaded("a repository in the code that git ignores", "", {"vendor/.git/HEAD": ""}, gitignore="vendor\n"),
    *(
        Uploaded(
            f"a link out of the repository that {line} does not leave out",
            f'{PLACE} "src" can\'t be uploaded: data leads out of the repository: src/data is a link to ../../data\n'
            f"  help: {LINKED}",
            {".amlignore": f"{line}\n"},
            links={"data": "../../data"},
        )
        for line in ("data", "data/", "/data/", "data/**", "data/*", "**/data/")
    ),
    Uploaded(
        "a link out of the repository in a folder that is left out",
        f'{PLACE} "src" can\'t be uploaded: a/b leads out of the repository: src/a/b is a link to /bin/python/x\n'
        f"  help: {LINKED}",
        {".amlignore": "a/\n"},
        links={"a/b": "/bin/python/x"},
    ),
    Uploaded(
        "a link to nowhere",
        f'{PLACE} "src" can\'t be uploaded: data is a link to nowhere\n  help: delete the link, or leave it out: '
        "write data (without / after it) in src/.amlignore",
        {".amlignore": "data/\n"},
        links={"data": "none"},
    ),
    Uploaded("a link to nowhere that is left out", "", {".amlignore": "data\n"}, links={"data": "none"}),
)


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_what_lies_in_a_folder_that_is_uploaded(
    case: Uploaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_ITEMS", 500)
    src = tmp_path / "src"
    for name, count in case.folders.items():
        (src / name).mkdir(parents=True)
        for number in range(count):
            (src / name / str(number)).touch()
    for name, target in case.links.items():
        (src / name).parent.mkdir(parents=True, exist_ok=True)
        (src / name).symlink_to(target)
    texts = {f"src/{name}": text for name, text in {"train.py": "", **case.files}.items()}
    if case.gitignore is not None:
        for name, text in (texts | {".gitignore": case.gitignore}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        git(tmp_path, "init", "-q")
        git(tmp_path, "add", "--force", "--", ".gitignore", *(f"src/{name}" for name in case.added))
    assert told(tmp_path, HEADER + WORKSPACE + CODE, texts) == case.said


def test_a_folder_counts_once_whatever_it_is_uploaded_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_ITEMS", 500)
    folder = {f"src/{number}.py": "" for number in range(300)}
    job = "type: command, command: x, environment: azureml:e:1, compute: serverless, code: src"
    steps = f"jobs: {{t: {{{job}}}, p: {{type: pipeline, jobs: {{s: {{{job}}}}}}}}}\n"
    assert told(tmp_path, HEADER + WORKSPACE + steps, folder) == ""
    spec = tmp_path / "ml-platform.yaml"
    assert run(["-q", "-f", str(spec), "compile", "--outdir", str(tmp_path / "out")]) == 0  # which looks once more


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
def test_code_that_is_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "src").symlink_to("sources")
    assert told(tmp_path, HEADER + WORKSPACE + CODE, {"train.py": ""}) == (
        '7:92 MLI330 "src" is a link to nowhere\n  help: In the folder: ml-platform.yaml, train.py'
    )


def test_the_root_of_a_repository_as_code_says_where_to_put_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert told(tmp_path, HEADER + WORKSPACE + CODE.replace("src", "."), {"train.py": "", ".amlignore": ".git\n"}) == (
        f'{PLACE} "." can\'t be uploaded: .git leads into .git, which is no part of a branch and may hold a token; '
        "name a folder without it\n  help: put what the job runs into a folder such as src and write that: commands "
        'start in it, so that "python -m src.train" becomes "python -m train"'
    )
