"""Folders that are uploaded: what may lie in them though it is left out, and what is said of what may not."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.repository import files
from tests.core.cases import WORKSPACE, told
from tests.spec import HEADER

CODE = "jobs: {t: {type: command, command: x, environment: azureml:e:1, compute: serverless, code: src}}\n"
PLACE = "7:92 MLI340"
TOO_MUCH = f'{PLACE} "src" is too much: one run reads 500 files and folders, and no more\n'
LINKED = "delete the link: the files of a linked folder are uploaded, whatever .amlignore says of the link"
PYTHON = "/usr/local/bin/python3.11"


class Uploaded(NamedTuple):
    """What lies in `src`: files, folders of so many files, and links; and what is said of it."""

    what: str
    said: str
    files: Mapping[str, str] = {}
    folders: Mapping[str, int] = {}
    links: Mapping[str, str] = {}


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
    Uploaded(
        "an interpreter in a virtual environment that is left out",
        "",
        {".amlignore": ".venv/\n"},
        links={".venv/bin/python3": "python", ".venv/bin/python": PYTHON, ".venv/lib64": "lib"} | {".venv/lib": "bin"},
    ),
    Uploaded(
        "an interpreter in a virtual environment",
        f'{PLACE} "src" can\'t be uploaded: .venv/bin/python leads out of the repository: src/.venv/bin/python is a '
        f"link to {PYTHON}\n  help: {LINKED}",
        links={".venv/bin/python": PYTHON},
    ),
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
    assert told(tmp_path, HEADER + WORKSPACE + CODE, texts) == case.said


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
def test_code_that_is_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "src").symlink_to("sources")
    assert told(tmp_path, HEADER + WORKSPACE + CODE, {"train.py": ""}) == (
        '7:92 MLI330 "src" is a link to nowhere\n  help: In the folder: ml-platform.yaml, train.py'
    )
