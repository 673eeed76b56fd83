"""What a write touches, what it refuses to touch, and what it says."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlinfra.cli import run
from mlinfra.diagnostics import Problem
from mlinfra.diagnostics.formats.as_text import text
from mlinfra.output import comparison, manifest_of, write
from mlinfra.output.comparison import compare
from mlinfra.output.listing import listing
from mlinfra.output.local_disk import LocalDisk
from mlinfra.output.manifest import MANIFEST, NotAManifest, read_manifest, write_manifest
from tests.output.disks import MemoryDisk
from tests.output.outputs import PLACE, ROOT, output_of, texts_on
from tests.spec import HEADER

OLD = {"README.md": "one\ntwo\n", "dev/main.bicep": "a\n", "dev/stale.yml": "stale\n"}
NEW = {"README.md": "one\n2\n", "dev/main.bicep": "a\n"}


def written(texts: dict[str, str] = OLD) -> MemoryDisk:
    disk = MemoryDisk()
    write(disk, output_of(texts), PLACE)
    return disk


def refusal(disk: MemoryDisk, texts: dict[str, str], force: bool = False) -> str:
    """What is said, after nothing was changed."""
    before = dict(disk.files)
    with pytest.raises(Problem) as caught:
        write(disk, output_of(texts), PLACE, force)
    assert disk.files == before
    return text(caught.value.diagnostics, caught.value.texts, ROOT)


def test_an_empty_folder_is_filled() -> None:
    result = write(disk := MemoryDisk(), output_of(OLD), PLACE)
    assert texts_on(disk) == OLD
    assert (len(result.changes), result.files, result.recovered) == (4, 4, False)


def test_what_is_current_is_not_written_again() -> None:
    assert write(written(), output_of(OLD), PLACE).changes == ()


def test_stale_files_go_with_their_empty_folders_and_files_of_others_stay() -> None:
    disk = written({**OLD, "test/infra/main.bicep": "b\n"})
    disk.write("dev/notes.md", b"mine")
    write(disk, output_of(NEW), PLACE)
    assert texts_on(disk) == {**NEW, "dev/notes.md": "mine"}
    assert disk.folders == {"dev"}


def test_a_file_that_was_deleted_is_written_again() -> None:
    disk = written()
    disk.remove("README.md")
    assert [state.state for state in write(disk, output_of(OLD), PLACE).changes] == ["missing"]
    assert texts_on(disk) == OLD


def test_edited_files_are_reported_at_the_first_edited_line_and_kept() -> None:
    disk = written()
    disk.write("README.md", b"one\ntwo, by hand\n")
    disk.write("dev/stale.yml", b"by hand\n")
    assert refusal(disk, NEW) == (
        "generated/churn/README.md:2:1: error[MLI801]: README.md was edited by hand\n"
        "    2 | two, by hand\n"
        "      | ^\n"
        "   help: write it into the spec and undo it here, or compile with --force; --check shows the difference\n"
        "generated/churn/dev/stale.yml:1:1: error[MLI801]: dev/stale.yml was edited by hand\n"
        "    1 | by hand\n"
        "      | ^\n"
        "   help: write it into the spec and undo it here, or compile with --force; --check shows the difference\n"
        "2 errors\n"
    )


def test_force_overwrites_and_removes_edited_files() -> None:
    disk = written()
    disk.write("README.md", b"by hand\n")
    disk.write("dev/stale.yml", b"by hand\n")
    write(disk, output_of(NEW), PLACE, force=True)
    assert texts_on(disk) == NEW


def test_an_edit_that_says_what_the_spec_now_says_is_none() -> None:
    disk = written()
    disk.write("README.md", NEW["README.md"].encode())
    write(disk, output_of(NEW), PLACE)
    assert texts_on(disk) == NEW


@pytest.mark.parametrize("force", [False, True])
def test_a_file_of_others_is_never_touched(force: bool) -> None:
    disk = written({"dev/main.bicep": "a\n"})
    disk.write("README.md", b"mine\n")
    assert refusal(disk, NEW, force) == (
        "generated/churn/README.md:1:1: error[MLI802]: "
        "README.md is due here, and mlinfra did not write what lies there\n"
        "   help: move it away, or choose another folder with --outdir\n"
        "1 error\n"
    )


def test_a_file_of_others_that_says_the_same_is_taken_over() -> None:
    disk = MemoryDisk()
    disk.write("README.md", NEW["README.md"].encode())
    write(disk, output_of(NEW), PLACE)
    assert texts_on(disk) == NEW


def test_a_file_of_others_in_another_case_is_in_the_way_on_every_system() -> None:
    disk = MemoryDisk()
    disk.write("readme.md", b"mine\n")
    assert "error[MLI802]: README.md is due here" in refusal(disk, NEW)


OTHERS_IN_ANOTHER_CASE = {  # what was written, the path of a file of others -> what is due and in its way
    "the manifest": ({}, "Manifest.JSON", MANIFEST),
    "the manifest, in letters that fold to its own": ({}, "manife\u017ft.json", MANIFEST),
    "a file that was written and is due": ({"README.md": "one\n"}, "readme.md", "README.md"),
}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(("texts", "there", "due"), OTHERS_IN_ANOTHER_CASE.values(), ids=OTHERS_IN_ANOTHER_CASE)
def test_what_others_wrote_in_another_case_is_never_taken_for_ours(
    texts: dict[str, str], there: str, due: str, force: bool
) -> None:
    disk = written(texts) if texts else MemoryDisk()
    disk.files.pop(due, None)
    disk.write(there, b"mine")
    message = f"error[MLI802]: {due} is due here, and mlinfra did not write what lies there\n"
    assert message in refusal(disk, NEW, force)


def test_a_file_of_others_is_not_removed_for_one_that_went_stale_in_another_case() -> None:
    disk = written({**OLD, "dev/stale.md": "stale\n"})
    disk.remove("dev/stale.md")
    disk.write("dev/Stale.md", b"stale\n")
    write(disk, output_of(NEW), PLACE, force=True)
    assert texts_on(disk) == {**NEW, "dev/Stale.md": "stale\n"}


def test_a_manifest_that_a_disk_without_case_keeps_in_another_one_is_ours() -> None:
    disk = MemoryDisk(knows_case=False)
    write(disk, output_of(OLD), PLACE)
    disk.files["Manifest.json"] = disk.files.pop(MANIFEST)
    write(disk, output_of(NEW), PLACE)
    assert texts_on(disk) == NEW
    assert MANIFEST in disk.files


@pytest.mark.parametrize(
    ("there", "due"), [("dev", "dev/main.bicep"), ("dev/main.bicep/notes.md", "dev/main.bicep")], ids=["file", "folder"]
)
def test_a_file_where_a_folder_is_due_is_in_the_way_and_the_other_way_round(there: str, due: str) -> None:
    disk = MemoryDisk()
    disk.write(there, b"mine")
    assert f"error[MLI802]: {due} is due here, and mlinfra did not write what lies there\n" in refusal(disk, NEW)


def test_the_folder_of_another_spec_is_refused() -> None:
    disk = MemoryDisk()
    disk.write(MANIFEST, write_manifest(listing("other", "../../specs/other/ml-platform.yaml", [], [])).encode())
    assert refusal(disk, NEW, force=True) == (
        "generated/churn/manifest.json:1:1: error[MLI803]: the output folder is that of specs/other/ml-platform.yaml, "
        "not of specs/churn/ml-platform.yaml\n"
        "   help: choose another with --outdir; where the spec was moved, delete the folder and compile again\n"
        "1 error\n"
    )


UNREADABLE = {
    "a merge conflict": (
        b"{\n<<<<<<< HEAD\n",
        "it is not JSON from line 2 on",
    ),
    "another schema": (b'{"schema": "v9"}', 'its schema is "v9", and this release reads "mlinfra/manifest/v1"'),
    "a schema that is a command of a log": (
        b'{"schema": "##vso[task.complete]"}',
        'its schema is something else, and this release reads "mlinfra/manifest/v1"',
    ),
    "a list": (b"[]", "it does not say what mlinfra writes into a manifest"),
    "a number": (b"5", "it does not say what mlinfra writes into a manifest"),
    "200,000 brackets": (b"[" * 200_000, "it is nested deeper than any that mlinfra writes"),
    "200,000 objects": (b'{"a":' * 200_000, "it is nested deeper than any that mlinfra writes"),
    "a number of 6,000 digits": (
        b'{"schema": ' + b"9" * 6_000 + b"}",
        "it holds a longer number than any that mlinfra writes",
    ),
    "two million objects": (
        b"[" + b'{"":0},' * 2_000_000 + b"0]",
        "it is longer than any that mlinfra writes",
    ),
    "not UTF-8": (b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    "a path outside": (
        b'{"schema": "mlinfra/manifest/v1", "files": [{"path": "../../x", "sha256": "", "target": null, "from": []}]}',
        'it lists "../../x", which is no path below its folder',
    ),
}


@pytest.mark.parametrize(("content", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_manifest_that_cannot_be_read_is_refused(content: bytes, reason: str) -> None:
    disk = written()
    disk.write(MANIFEST, content)
    assert refusal(disk, NEW) == (
        f"generated/churn/manifest.json:1:1: error[MLI804]: the manifest of the output folder can't be read: {reason}\n"
        "   help: restore it from the repository; after a merge, take either side and compile with --force\n"
        "1 error\n"
    )


STRANGE: tuple[object, ...] = (
    *(None, True, 5, 1e400, "", "x\n##vso[task.complete]", "\ud800", "x" * 10_000),
    *([], [5], [[]], [{}], {}, {"a": 5}),
)


def places(value: Any, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value in a document."""
    yield way
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*way, key))


@pytest.mark.parametrize("command", ["compile --check", "compile", "verify"])
def test_a_manifest_that_spells_a_path_in_many_ways_is_none(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is asked for each spelling whether it is the file, and a name has thousands of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}workspaces: {{main: {{}}}}\n")
    assert run(["compile"]) == 0
    path = tmp_path / "generated" / MANIFEST
    document = json.loads(path.read_text())
    file = next(item for item in document["files"] if item["path"] == "dev/infra/main.bicep")
    for again in (file["path"], "dev/INFRA/main.bicep", "DEV/INFRA/MAIN.BICEP"):
        path.write_text(json.dumps({**document, "files": [*document["files"], {**file, "path": again}]}))
        capsys.readouterr()
        assert run(command.split()) == 1
        said = capsys.readouterr().err
        assert "the manifest of the output folder can't be read: it lists a path twice, or in upper and in" in said


def test_a_manifest_with_other_types_anywhere_is_none_or_is_read() -> None:
    """What is read is text of one line, and a path is one below the folder, wherever something else is written."""
    whole = {
        "schema": "mlinfra/manifest/v1",
        "platform": "churn",
        "spec": "../../specs/churn/ml-platform.yaml",
        "targets": [dict.fromkeys(("name", "mode", "subscription", "resource_group", "location"), "x")],
        "files": [{"path": "README.md", "sha256": "x", "target": "dev", "from": ["workspaces.main"]}],
        "resources": [dict.fromkeys(("address", "target", "type", "name", "id", "unit", "file", "because"), "x")],
        "assets": [dict.fromkeys(("address", "target", "kind", "name", "version", "file"), "x")],
    }
    assert read_manifest(json.dumps(whole)).platform == "churn"
    refused = 0
    for way in places(whole):
        for strange in STRANGE:
            try:
                read = read_manifest(json.dumps(_with(whole, way, strange)))
            except NotAManifest:
                refused += 1
            else:
                assert "##" not in f"{replace(read, spec='')}"
    assert refused > 350


def _with(document: Any, way: tuple[str | int, ...], value: object) -> Any:
    """A copy of a document with another value in one place."""
    if not way:
        return value
    copy = document.copy()
    copy[way[0]] = _with(document[way[0]], way[1:], value)
    return copy


def test_a_checkout_with_crlf_is_no_edit_and_becomes_lf_again() -> None:
    disk = written()
    for path in OLD:
        disk.write(path, OLD[path].replace("\n", "\r\n").encode())
    result = write(disk, output_of(NEW), PLACE)
    assert texts_on(disk) == NEW
    assert {state.path: state.state for state in result.changes} == {
        "README.md": "outdated",
        "dev/main.bicep": "line ends",
        "dev/stale.yml": "stale",
        MANIFEST: "outdated",
    }


SCRIPT = "a=1 \\\n  b=2\nc\n"
CARRIAGE_RETURNS = {  # a file, what lies there for it -> its state
    "a checkout": ("README.md", SCRIPT.replace("\n", "\r\n"), "line ends"),
    "one line of a text": ("README.md", SCRIPT.replace("\\\n", "\\\r\n"), "edited"),
    "all lines of a script": ("scripts/a.sh", SCRIPT.replace("\n", "\r\n"), "outdated"),
    "one line of a script": ("scripts/a.sh", SCRIPT.replace("\\\n", "\\\r\n"), "edited"),
    "all lines of a pipeline": ("pipelines/a.yml", SCRIPT.replace("\n", "\r\n"), "outdated"),
    "one line of a pipeline": ("pipelines/a.yml", SCRIPT.replace("\\\n", "\\\r\n"), "edited"),
    "carriage returns alone": ("README.md", SCRIPT.replace("\n", "\r"), "edited"),
}


@pytest.mark.parametrize(("path", "there", "state"), CARRIAGE_RETURNS.values(), ids=CARRIAGE_RETURNS)
def test_a_carriage_return_is_an_edit_but_where_a_checkout_made_all_of_them(path: str, there: str, state: str) -> None:
    disk = written({path: SCRIPT})
    disk.write(path, there.encode())
    assert [found.state for found in compare(disk, {path: SCRIPT}, manifest_of(disk, PLACE))] == [state]
    if state == "edited":
        assert f"generated/churn/{path}:1:1: error[MLI801]: {path} was edited by hand\n" in refusal(
            disk, {path: SCRIPT}
        )
    else:
        write(disk, output_of({path: SCRIPT}), PLACE)
        assert texts_on(disk) == {path: SCRIPT}


@pytest.mark.parametrize("knows_case", [True, False])
def test_an_entry_renamed_in_case_alone_moves_its_file(knows_case: bool) -> None:
    disk = MemoryDisk(knows_case)
    write(disk, output_of({"dev/Churn/Blue.yml": "1"}), PLACE)
    write(disk, output_of({"dev/churn/blue.yml": "1"}), PLACE)
    assert texts_on(disk) == {"dev/churn/blue.yml": "1"}
    assert disk.folders == {"dev", "dev/churn"}


def test_bytes_on_a_real_disk_are_those_of_the_text(tmp_path: Path) -> None:
    disk = LocalDisk(tmp_path / "generated/churn")
    write(disk, output_of({"dev/a.yml": "line\nÄ\n"}), PLACE)
    assert (tmp_path / "generated/churn/dev/a.yml").read_bytes() == b"line\n\xc3\x84\n"
    write(disk, output_of({"b.yml": "1"}), PLACE)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b.yml", "churn", "generated", MANIFEST]


def test_what_lies_there_is_read_up_to_a_bound_of_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = written({"a.txt": "x" * 1000, "b.txt": "x" * 1000, "README.md": ""})
    monkeypatch.setattr(comparison, "MAX_BYTES", 2500)
    with pytest.raises(OSError, match="the files of the output have more than 2,500 bytes together"):
        write(disk, output_of({"README.md": ""}), PLACE)
    monkeypatch.setattr(comparison, "MAX_BYTES", 5000)
    write(disk, output_of({"README.md": ""}), PLACE)
    assert texts_on(disk) == {"README.md": ""}


def test_the_edited_line_of_a_large_file_is_found_and_not_shown() -> None:
    disk = written({"README.md": "one\r\ntwo\rthree\n", "b.txt": ""})
    disk.write("README.md", b"one\r\ntwo\rt" + b"\n" * 40_000_000)
    tracemalloc.start()
    said = refusal(disk, {"README.md": "one\r\ntwo\rthree\n", "b.txt": ""})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said == (
        "generated/churn/README.md:3:1: error[MLI801]: README.md was edited by hand\n"
        "   help: write it into the spec and undo it here, or compile with --force; --check shows the difference\n"
        "1 error\n"
    )
    assert peak < 200 * 2**20


def _link_to_a_file(folder: Path, elsewhere: Path) -> None:
    (folder / "README.md").symlink_to(elsewhere / "mine.md")


def _link_to_a_folder(folder: Path, elsewhere: Path) -> None:
    (folder / "dev").symlink_to(elsewhere, target_is_directory=True)


@pytest.mark.parametrize("link", [_link_to_a_file, _link_to_a_folder])
def test_links_are_not_followed(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "generated"
    for path in (elsewhere, folder):
        path.mkdir()
    (elsewhere / "mine.md").write_text("mine")
    link(folder, elsewhere)
    with pytest.raises(Problem, match="is due here, and mlinfra did not write what lies there"):
        write(LocalDisk(folder), output_of(NEW), PLACE)
    assert [path.name for path in elsewhere.iterdir()] == ["mine.md"]


def test_a_folder_that_disappears_meanwhile_is_no_obstacle(tmp_path: Path) -> None:
    assert LocalDisk(tmp_path).remove_folder("gone")
