"""`version: auto` counts what the SDK takes from a clean checkout: held against the SDK, over trees in repositories."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from azure.ai.ml._utils._asset_utils import get_ignore_file, get_upload_files_from_folder
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.uploads import LEFT_OUT_NAMES, selected_files
from tests.repository.repositories import committed, git
from tests.spec import HEADER, said

NAMES = st.sampled_from(["a.py", "b.log", "data", "pkg", ".env", *sorted(LEFT_OUT_NAMES)])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
IGNORED = st.lists(
    st.sampled_from(
        ["*.log", "data/", "!data/a.py", "/a.py", "pkg", "__pycache__", "mlruns/", "!mlruns/a.py", ".*", "**/data/*"]
    ),
    max_size=3,
).map(lambda lines: "".join(f"{line}\n" for line in lines))
WHERE = st.sampled_from(["code/.amlignore", "code/.gitignore", "code/pkg/.gitignore", ".gitignore"])
LINKS = st.sampled_from(["data", "pkg/data", "a.py", "b.log", "mlruns"])


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@given(
    st.sets(PATHS, min_size=1, max_size=8),
    st.dictionaries(WHERE, IGNORED, max_size=3),
    st.dictionaries(LINKS, st.sampled_from(["shared", "shared/a.py", "shared/data"]), max_size=2),
    st.sets(PATHS, max_size=3),
)
@example({"mlruns/a.py", "__pycache__/a.py", "a.py"}, {}, {}, {"mlruns/a.py", "__pycache__/a.py"})
@example({"b.log", "a.py"}, {"code/.gitignore": "*.log\n"}, {}, {"b.log"})
@example({"data/a.py", "a.py"}, {"code/.amlignore": "data/\n", ".gitignore": "a.py\n"}, {}, {"a.py"})
@example({"a.py"}, {}, {"mlruns": "shared"}, set())
@example({"a.py", "b.log"}, {"code/.amlignore": "*.log\n", ".gitignore": ".*\n"}, {}, set())
@example({"a.py", "b.log"}, {"code/.amlignore": "a.py\n", "code/.gitignore": ".amlignore\n*.log\n"}, {}, set())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_counts_is_what_the_sdk_takes_from_a_clean_checkout(
    paths: set[str], ignore_files: Mapping[str, str], links: Mapping[str, str], forced: set[str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root, clean = Path(folder).resolve() / "here", Path(folder).resolve() / "clean"
        _write(root, paths, ignore_files, links)
        git(root, "init", "-q")
        tracked = [f"code/{path}" for path in sorted(forced & paths) if (root / "code" / path).is_file()]
        git(root, "add", "--force", "--", "shared", *tracked)
        try:
            counted = [file.path for file in selected_files(Files(root), root / "code")]
        except Unreadable as error:
            assert "git does not ignore" in str(error) or "what git ignores" in str(error)  # noqa: PT017  # it need not be raised
            return
        others = git(root, "ls-files", "--others", "--exclude-standard").split("\n")
        git(root, "add", "--", *(path for path in others if path and LEFT_OUT_NAMES.isdisjoint(path.split("/"))))
        git(root, "commit", "-q", "--allow-empty", "-m", "all")
        git(root, "worktree", "add", "-q", str(clean))
        uploaded = get_upload_files_from_folder(clean / "code", ignore_file=get_ignore_file(clean / "code"))
        assert counted == sorted(path for _, path in uploaded)


def _write(root: Path, paths: set[str], ignore_files: Mapping[str, str], links: Mapping[str, str]) -> None:
    """A folder `code`, with links out of it to `shared`; what is in the way of another path is left out."""
    texts = {**dict.fromkeys((f"code/{path}" for path in sorted(paths)), "x"), **ignore_files}
    for path, text in {"shared/a.py": "x", "shared/data/b.log": "x", **texts}.items():
        file = root / path
        if not file.is_dir() and not any(parent.is_file() for parent in file.parents):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    for path, target in links.items():
        link = root / "code" / path
        if not os.path.lexists(link) and link.parent.is_dir():
            link.symlink_to(os.path.relpath(root / target, link.parent))


JOB = "workspaces: {main: {}}\njobs: {t: {command: x, environment: azureml:e:1, compute: serverless, code: src}}\n"


def test_what_is_not_committed_yet_counts_and_is_said(tmp_path: Path) -> None:
    committed(tmp_path)
    files = {"src/a.py": "", "src/b/c.py": "", "src/__pycache__/a.pyc": "", "src/mlruns/0": "", "src/x.log": ""}
    message = (
        '7:75 "src" leads to what git does not track: a.py, b/c.py '
        "(git add src; or name in .gitignore what is only for this machine)"
    )
    (found,) = said(tmp_path, HEADER + JOB, "MLI324", {**files, ".gitignore": "*.log\n"})
    assert found == message.replace("7:75", "7:")
    git(tmp_path, "add", "src/a.py", "src/b")
    assert said(tmp_path, HEADER + JOB, "MLI324") == []


def test_a_file_to_which_two_paths_lead_is_listed_once(tmp_path: Path) -> None:
    committed(tmp_path)
    step = "settings: {default_compute: serverless}, jobs: {a: {type: command, component: c/a.yml}}"
    text = f"workspaces: {{main: {{}}}}\njobs: {{p: {{type: pipeline, {step}}}}}\n"
    component = "type: command\ncommand: x\nenvironment: azureml:e:1\ncode: .\n"
    (found,) = said(tmp_path, HEADER + text, "MLI324", {"c/a.yml": component, "c/b.py": ""})
    assert '"c/a.yml" leads to what git does not track: a.yml, b.py' in found


def test_two_files_of_one_name_are_listed_by_their_paths(tmp_path: Path) -> None:
    committed(tmp_path)
    step = "settings: {default_compute: serverless}, jobs: {a: {type: command, component: c/a.yml}}"
    text = f"workspaces: {{main: {{}}}}\njobs: {{p: {{type: pipeline, {step}}}}}\n"
    component = "type: command\ncommand: x\nenvironment: azureml:e:1\ncode: ../d\n"
    (found,) = said(tmp_path, HEADER + text, "MLI324", {"c/a.yml": component, "d/a.yml": ""})
    assert '"c/a.yml" leads to what git does not track: c/a.yml, d/a.yml' in found
