"""`version: auto`: what of a folder counts, and that the same content has the same version on every machine."""

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import pytest
from azure.ai.ml._utils._asset_utils import get_ignore_file, get_upload_files_from_folder
from azure.ai.ml._utils._pathspec import GitWildMatchPattern, GitWildMatchPatternError
from azure.ai.ml.entities._component.code import ComponentIgnoreFile
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlinfra.repository import ignore_file
from mlinfra.repository.files import Files, Unreadable
from mlinfra.repository.git import Repository
from mlinfra.repository.ignore_file import IgnorePatternError, parse_ignore_lines
from mlinfra.repository.uploads import (
    CHUNK_BYTES,
    COMPONENT,
    LEFT_OUT_NAMES,
    LocalFile,
    content_sha256,
    local_files,
    selected_files,
)
from mlinfra.schemas.content import content_version
from mlinfra.schemas.problems import BodyPath
from tests.repository.repositories import git
from tests.steps import steps_in

NAMES = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "a.py",
        "b.txt",
        "A",
        ".env",
        "logs",
        "data",
        "é",
        "x y",
        "[a]",
        "a*",
        "!a",
        *sorted(LEFT_OUT_NAMES),
    ]
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PIECES = st.sampled_from(
    [
        *("a", "b", "ab", "logs", "data", "é", "x y", " ", "", "/", "#", "!"),
        *("*", "**", "*.py", "a*", ".*", "?", "\\*", "\\!a"),
        *("[ab]", "[!a]", "[^a]", "[]a]", "[a", "[[ab&]", "[a-b]*"),
    ]
)
LINES = st.builds(
    lambda start, pieces, end: start + "".join(pieces) + end,
    st.sampled_from(["", "", "!", "/", "!/", "#", "**/"]),
    st.lists(st.one_of(PIECES, PIECES.map(lambda piece: f"{piece}/")), max_size=4),
    st.sampled_from(["", "", "/", "/**", "/*", " "]),
)


@given(st.lists(LINES, max_size=5), PATHS)
@example(["**/"], "a")
@example(["**/"], "a/b")
@example(["a/**/**/b"], "a/x/b")
@example(["logs/", "!logs/a.py"], "logs/a.py")
@example(["/a"], "b/a")
@example(["[z-a]"], "a")
@example(["a\\"], "a")
@settings(max_examples=600, deadline=None)
def test_ignore_lines_decide_as_the_sdk_does(lines: list[str], path: str) -> None:
    try:
        expected = sdk_ignores(lines, path)
    except (GitWildMatchPatternError, re.error):
        with pytest.raises(IgnorePatternError):
            parse_ignore_lines(lines)
        return
    assert parse_ignore_lines(lines).ignores(path) is expected


def test_the_way_to_a_folder_is_matched_once_for_all_its_files() -> None:
    """Of thousands of files whose paths have thousands of characters, each character is a step for each pattern."""
    folder = "/".join(["a" * 100] * 10)

    def run(count: int) -> object:
        ignored = parse_ignore_lines(["*a*b", "!a*c"])
        return [ignored.ignores(f"{folder}/{place}") for place in range(count)]

    few, many = (steps_in(ignore_file, partial(run, count)) for count in (10, 100))
    assert many < 2 * few


def sdk_ignores(lines: list[str], path: str) -> bool:
    decision = False
    for line in lines:
        pattern = GitWildMatchPattern(line.rstrip())
        if pattern.include is not None and pattern.match_file(path) is not None:
            decision = pattern.include
    return decision


@given(
    st.lists(PATHS, min_size=1, max_size=12, unique=True),
    st.one_of(st.none(), st.lists(LINES.filter(lambda line: "[" not in line), max_size=4)),
    st.one_of(st.none(), st.lists(LINES.filter(lambda line: "[" not in line), max_size=4)),
    st.sampled_from(["\n", "\r\n", "\r", "\x85", "\u2028", "\x0c"]),
)
@example(["a", "b"], ["a", "# b", "!a"], None, "\r")
@settings(max_examples=120, deadline=None)
def test_selection_of_a_folder_is_the_sdks(
    paths: list[str], amlignore: list[str] | None, gitignore: list[str] | None, line_end: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        write_tree(root, dict.fromkeys(paths, "x"))
        for name, lines in ((".amlignore", amlignore), (".gitignore", gitignore)):
            if lines is not None:
                (root / name).write_text(line_end.join(lines), encoding="utf-8", newline="")
        for what, ignored_by in (("", get_ignore_file), (COMPONENT, ComponentIgnoreFile)):
            try:
                uploaded = {path for _, path in get_upload_files_from_folder(root, ignore_file=ignored_by(root))}
            except GitWildMatchPatternError:
                with pytest.raises(Unreadable, match="is no pattern that Azure ML understands"):
                    selected_files(Files(root), root, what)
            else:
                assert [file.path for file in selected_files(Files(root), root, what)] == sorted(uploaded)


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@pytest.mark.parametrize(("link", "leads"), [("__pycache__", "shared"), ("shared", "__pycache__"), ("x", "a.py")])
@pytest.mark.parametrize("amlignore", ["", "shared/\n", "x\n", "__pycache__/*.txt\n"])
def test_linked_folders_are_selected_as_the_sdk_does(tmp_path: Path, link: str, leads: str, amlignore: str) -> None:
    """Patterns, and what is left out of components, see where the files of a linked folder really lie."""
    write_tree(tmp_path, {f"{leads}/in.txt": "x", "a.txt": "x", ".amlignore": amlignore})
    (tmp_path / link).symlink_to(leads)
    for what, ignored_by in (("", get_ignore_file), (COMPONENT, ComponentIgnoreFile)):
        uploaded = {path for _, path in get_upload_files_from_folder(tmp_path, ignore_file=ignored_by(tmp_path))}
        assert [file.path for file in selected_files(Files(tmp_path), tmp_path, what)] == sorted(uploaded)


def write_tree(root: Path, files: Mapping[str, str]) -> None:
    """Write each file whose way is not blocked by another one that is a file already."""
    for path, text in files.items():
        file = root / path
        if any(parent.is_file() for parent in file.parents) or file.is_dir():
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def test_what_comes_and_goes_by_itself_is_left_out_whatever_the_ignore_file_says(tmp_path: Path) -> None:
    code = tmp_path / "code"
    write_tree(
        code,
        {
            "train.py": "",
            "__pycache__/train.pyc": "",
            "pkg/__pycache__/a.pyc": "",
            ".DS_Store": "",
            "mlruns/0/meta.yaml": "",
            ".amlignore": "!__pycache__/\n!mlruns/\n",
        },
    )
    git(tmp_path, "init", "-q")
    assert [file.path for file in selected_files(Files(tmp_path), code)] == [
        ".DS_Store",
        ".amlignore",
        "train.py",
    ]


IN_GIT = [
    pytest.param("*.log\n", None, [], [".DS_Store", "a.py", "logs/b.py"], id="what git ignores"),
    pytest.param(
        "*.log\n", None, ["b.log"], [".DS_Store", "a.py", "b.log", "logs/b.py"], id="what git ignores and tracks"
    ),
    pytest.param(
        "*.log\n", "a.py\n", ["b.log"], [".DS_Store", ".amlignore", "b.log", "logs/b.py"], id="what .amlignore takes"
    ),
    pytest.param(
        "logs/\n", "!logs/\n", [], [".DS_Store", ".amlignore", "a.py", "b.log"], id="what .amlignore takes back"
    ),
    pytest.param("", None, [], [".DS_Store", "a.py", "b.log", "logs/a.log", "logs/b.py"], id="what is not added yet"),
    pytest.param(
        "*.log\n",
        None,
        [".DS_Store", "__pycache__/a.pyc", "mlruns/0"],
        [".DS_Store", "__pycache__/a.pyc", "a.py", "logs/b.py", "mlruns/0"],
        id="what comes by itself and was committed",
    ),
]


@pytest.mark.parametrize(("gitignore", "amlignore", "added", "selected"), IN_GIT)
def test_what_git_ignores_does_not_count(
    tmp_path: Path, gitignore: str, amlignore: str | None, added: list[str], selected: list[str]
) -> None:
    names = (
        "a.py",
        "b.log",
        "logs/a.log",
        "logs/b.py",
        "__pycache__/a.pyc",
        "__pycache__/b.pyc",
        "mlruns/0",
        ".DS_Store",
    )
    write_tree(tmp_path, {".gitignore": gitignore, **{f"code/{name}": "" for name in names}})
    if amlignore is not None:
        (tmp_path / "code/.amlignore").write_text(amlignore)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--force", "--", ".gitignore", *(f"code/{name}" for name in added))
    assert [file.path for file in selected_files(Files(tmp_path), tmp_path / "code")] == selected


def test_git_is_asked_once_and_runs_no_program_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {"a/x": "", "b/y": "", "b/z": "", ".gitattributes": "* filter=x\n", ".gitignore": "z\n"})
    git(tmp_path, "init", "-q")
    marker = tmp_path / "marker"
    for name in ("core.fsmonitor", "filter.x.clean", "filter.x.process", "core.hooksPath", "core.editor", "core.pager"):
        git(tmp_path, "config", name, f"touch {marker}; false")
    asked: list[str] = []
    ask = Repository.ask

    def noted(repository: Repository, *arguments: str, seconds: int | None = None) -> str | None:
        asked.append(arguments[0])
        return ask(repository, *arguments, seconds=seconds)

    monkeypatch.setattr(Repository, "ask", noted)
    files = Files(tmp_path)
    assert [file.path for name in "ab" for file in selected_files(files, tmp_path / name)] == ["x", "y"]
    assert asked == ["--version", "rev-parse", "ls-files"]
    assert not marker.exists()


def test_paths_are_sorted_by_code_point_and_files_are_digested(tmp_path: Path) -> None:
    write_tree(tmp_path, {"b": "", "B": "", "a/z": "", "a.txt": "one\r\ntwo\r\n", "é": ""})
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert local_files(Files(tmp_path), tmp_path) == (
        LocalFile("B", empty),
        LocalFile("a.txt", "c3f9c8c283a2b1f2f1896f27a01cbe3cddc0c9d93f752e4639035a0f5b36f6e8"),
        LocalFile("a/z", empty),
        LocalFile("b", empty),
        LocalFile("é", empty),
    )


SAME_CONTENT = [
    pytest.param(b"a\r\nb\r\n", b"a\nb\n", True, id="CRLF and LF in text"),
    pytest.param(b"a\rb", b"a\nb", False, id="a lone CR is content"),
    pytest.param(b"\0a\r\nb", b"\0a\nb", False, id="binary is taken as it is"),
    pytest.param(b"a" * 8000 + b"\0\r\n", b"a" * 8000 + b"\0\n", True, id="a NUL after 8,000 bytes"),
    pytest.param(
        b"a" * (CHUNK_BYTES - 1) + b"\r\nb", b"a" * (CHUNK_BYTES - 1) + b"\nb", True, id="CRLF over a chunk's end"
    ),
    pytest.param(b"a" * (CHUNK_BYTES - 2) + b"\r\r\n", b"a" * (CHUNK_BYTES - 2) + b"\r\n", False, id="CR before CRLF"),
    pytest.param(b"a\r", b"a", False, id="CR at the end"),
    pytest.param(
        b"a" * (CHUNK_BYTES - 1) + b"\r", b"a" * (CHUNK_BYTES - 1), False, id="CR at the end and at a chunk's end"
    ),
    pytest.param(b"\r" * (2 * CHUNK_BYTES), b"\r" * (2 * CHUNK_BYTES - 1), False, id="CR alone"),
    pytest.param(b"", b"\n", False, id="empty"),
]


@pytest.mark.parametrize(("first", "second", "is_same"), SAME_CONTENT)
def test_line_ends_of_text_do_not_count(first: bytes, second: bytes, is_same: bool) -> None:
    assert (content_sha256(io.BytesIO(first)) == content_sha256(io.BytesIO(second))) is is_same


def test_a_file_of_nothing_but_cr_is_read_in_chunks() -> None:
    class Counted(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.reads += 1
            return super().read(size)

    stream = Counted(b"\r" * (3 * CHUNK_BYTES))
    content_sha256(stream)
    assert stream.reads == 4  # the last finds nothing


def test_a_text_without_cr_is_hashed_as_it_is_read() -> None:
    class Kept(bytes):
        def __radd__(self, _: object) -> NoReturn:
            raise AssertionError("it is changed")

        def replace(self, *_: object) -> NoReturn:
            raise AssertionError("it is searched for line ends")

    class Stream(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return Kept(super().read(size))

    text = b"line\n" * CHUNK_BYTES
    assert content_sha256(Stream(text)) == hashlib.sha256(text).hexdigest()


@pytest.mark.skipif(os.name == "nt", reason="links and executable bits are POSIX's")
def test_links_are_followed_and_the_executable_bit_does_not_count(tmp_path: Path) -> None:
    write_tree(tmp_path, {"asset/run.sh": "x", "common/util.py": "y", "plain/run.sh": "x", "plain/common/util.py": "y"})
    (tmp_path / "asset/common").symlink_to("../common")
    (tmp_path / "asset/run.sh").chmod(0o755)
    assert local_files(Files(tmp_path), tmp_path / "asset") == local_files(Files(tmp_path), tmp_path / "plain")


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@pytest.mark.parametrize("name", ["mlruns", "__pycache__", ".DS_Store", "a/mlruns/0/b", "__pycache__/b", "ignored"])
def test_a_link_out_of_the_repository_is_refused_though_it_does_not_count(tmp_path: Path, name: str) -> None:
    """The client uploads what lies there: of the names it knows none, and it looks for `ignored` by where that lies."""
    write_tree(tmp_path, {"repository/code/.amlignore": "ignored\n", "outside/secret": "x"})
    link = tmp_path / "repository/code" / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(os.path.relpath(tmp_path / "outside", link.parent))
    uploaded = get_upload_files_from_folder(
        tmp_path / "repository/code", ignore_file=get_ignore_file(tmp_path / "repository/code")
    )
    assert str(tmp_path / "outside/secret") in [file for file, _ in uploaded]
    with pytest.raises(Unreadable, match=f"^can't be uploaded: {re.escape(name)} leads out of the repository"):
        selected_files(Files(tmp_path / "repository"), tmp_path / "repository/code")


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
def test_an_absolute_link_is_refused_though_it_leads_inside(tmp_path: Path) -> None:
    write_tree(tmp_path, {"code/a.py": "", "shared/b.py": ""})
    (tmp_path / "code/shared").symlink_to(tmp_path / "shared")
    with pytest.raises(Unreadable, match=r"^can't be uploaded: shared leads out of the repository: code/shared is a "):
        selected_files(Files(tmp_path), tmp_path / "code")


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere", "can't be uploaded: link is a link to nowhere"),
        (".", "can't be uploaded: link leads back to a folder above it"),
        ("..", "can't be uploaded: link/asset leads back to a folder above it"),
    ],
)
def test_a_link_that_can_not_be_followed_is_refused(tmp_path: Path, target: str, message: str) -> None:
    write_tree(tmp_path, {"asset/a": ""})
    (tmp_path / "asset/link").symlink_to(target)
    with pytest.raises(Unreadable) as raised:
        selected_files(Files(tmp_path), tmp_path / "asset")
    assert str(raised.value) == message


def test_a_bad_ignore_pattern_names_itself(tmp_path: Path) -> None:
    write_tree(tmp_path, {".amlignore": "a\nlogs\\\n"})
    with pytest.raises(Unreadable) as raised:
        selected_files(Files(tmp_path), tmp_path)
    assert str(raised.value) == 'can\'t be uploaded: "logs\\" is no pattern that Azure ML understands'


def test_a_single_file_is_an_asset_of_one(tmp_path: Path) -> None:
    write_tree(tmp_path, {"conda.yml": "dependencies: []\n"})
    assert [file.path for file in selected_files(Files(tmp_path), tmp_path / "conda.yml")] == ["conda.yml"]


Found = Mapping[BodyPath, tuple[LocalFile, ...]]

ENVIRONMENT = {"image": "mcr.microsoft.com/a:1", "conda_file": "environments/train.yml", "tags": {"team": "ml"}}
CONDA: Found = {("conda_file",): (LocalFile("train.yml", "00ff"),)}


def test_a_version_is_twelve_hex_digits_that_never_change() -> None:
    assert content_version(ENVIRONMENT, {}, CONDA) == "4a65f6efbb77"


SAME_VERSION = [
    pytest.param(dict(reversed(ENVIRONMENT.items())), {}, CONDA, id="order of keys"),
    pytest.param({**ENVIRONMENT, "conda_file": "../elsewhere/train.yml"}, {}, CONDA, id="where the file lies"),
    pytest.param({**ENVIRONMENT, "version": "auto"}, {}, CONDA, id="version: auto written out"),
    pytest.param(
        {**ENVIRONMENT, "name": "train", "targets": ["dev"], "workspace": "main"}, {}, CONDA, id="name and home"
    ),
    pytest.param({**ENVIRONMENT, "x-note": "mine"}, {}, CONDA, id="a key of the user's own"),
]


@pytest.mark.parametrize(("body", "references", "files"), SAME_VERSION)
def test_what_is_not_content_does_not_change_the_version(
    body: Mapping[str, Any], references: Mapping[BodyPath, str], files: Found
) -> None:
    assert content_version(body, references, files) == content_version(ENVIRONMENT, {}, CONDA)


OTHER_VERSION = [
    pytest.param({**ENVIRONMENT, "image": "mcr.microsoft.com/a:2"}, {}, CONDA, id="a field"),
    pytest.param({**ENVIRONMENT, "tags": {"team": "ml", "x": "1"}}, {}, CONDA, id="a tag"),
    pytest.param(ENVIRONMENT, {}, {("conda_file",): (LocalFile("train.yml", "00fe"),)}, id="a file's content"),
    pytest.param(ENVIRONMENT, {}, {("conda_file",): (LocalFile("test.yml", "00ff"),)}, id="a file's name"),
    pytest.param(ENVIRONMENT, {}, {}, id="a file that is not reached"),
    pytest.param(ENVIRONMENT, {("image",): "base@1"}, CONDA, id="a reference"),
]


@pytest.mark.parametrize(("body", "references", "files"), OTHER_VERSION)
def test_content_changes_the_version(body: Mapping[str, Any], references: Mapping[BodyPath, str], files: Found) -> None:
    assert content_version(body, references, files) != content_version(ENVIRONMENT, {}, CONDA)


def test_a_reference_counts_by_name_and_version_not_as_written() -> None:
    def version(written: str, bound: str) -> str:
        return content_version({"jobs": [{"environment": written}]}, {("jobs", 0, "environment"): bound}, {})

    assert version("train", "train@1") == version("azureml:train:1", "train@1")
    assert version("train", "train@1") != version("train", "train@2")
