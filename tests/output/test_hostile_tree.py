"""Whatever a branch or an archive puts into the output folder: nothing is touched outside, and nothing hangs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.output.manifest import sha256

MINIMAL = Path(__file__).parent.parent / "acceptance/compile_minimal/ml-platform.yaml"
OUT = "generated/tiny"
JOURNAL = f"{OUT}/.mlinfra-journal"
HOOK = b"#!/bin/sh\necho harm\n"
Plant = Callable[[Path], object]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a platform that has been compiled, a file written by hand, and one outside of it all."""
    root = tmp_path / "repository"
    (root / "specs/tiny").mkdir(parents=True)
    shutil.copy(MINIMAL, root / "specs/tiny")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / ".git/hooks").mkdir(exist_ok=True)
    (root / "infra").mkdir()
    (root / "infra/network.bicep").write_text("by hand\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/bashrc").write_text("mine\n")
    monkeypatch.chdir(root)
    assert run(["compile", "-q", "-f", "specs/tiny"]) == 0
    return root


def contents(root: Path) -> dict[str, bytes | str]:
    """Everything in the folder above the repository but its output: content of files, targets of links."""
    found: dict[str, bytes | str] = {}
    for above, folders, names in os.walk(root.parent):
        for name in (*folders, *names):
            path = Path(above, name)
            if path.is_symlink():
                found[str(path)] = str(path.readlink())
            elif path.is_file() and not path.is_relative_to(root / OUT):
                found[str(path)] = path.read_bytes()
    return found


def put(path: str, content: str | bytes) -> Plant:
    def plant(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).unlink(missing_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)

    return plant


def link(path: str, target: str) -> Plant:
    def plant(root: Path) -> None:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    return plant


def pipe(path: str) -> Plant:
    def plant(root: Path) -> None:
        (root / path).unlink(missing_ok=True)
        os.mkfifo(root / path)

    return plant


def folder(path: str) -> Plant:
    def plant(root: Path) -> None:
        (root / path).unlink(missing_ok=True)
        (root / path).mkdir(parents=True)

    return plant


def both(*plants: Plant) -> Plant:
    return lambda root: [plant(root) for plant in plants]


def old_journal(*steps: Mapping[str, str | None]) -> Plant:
    return put(f"{JOURNAL}/journal.json", json.dumps(steps))


def journal(files: object, spec: object = "../../specs/tiny/ml-platform.yaml") -> Plant:
    return put(
        f"{JOURNAL}/.git/journal.json", json.dumps({"schema": "mlinfra/journal/v1", "spec": spec, "files": files})
    )


NOT_A_JOURNAL = "error[MLI805]: .mlinfra-journal is not what an interrupted write leaves: "
OF_AN_EARLIER_RELEASE = "it is that of an earlier release of mlinfra, or a branch brings it\n"
NOT_READ = "error[MLI804]: the manifest of the output folder can't be read: "
IN_THE_WAY = " is due here, and mlinfra did not write what lies there"
NOT_WRITTEN = "its journal.json does not say what mlinfra writes into one"

REFUSED = {  # what is planted -> what compile and --check both say of it, or compile alone
    "a journal whose step installs a hook behind a link": (
        both(
            link(f"{OUT}/o", "../.."),
            put(f"{JOURNAL}/0", HOOK),
            old_journal({"path": "o/.git/hooks/post-checkout", "was": None, "staged": ".mlinfra-journal/0"}),
        ),
        NOT_A_JOURNAL + OF_AN_EARLIER_RELEASE,
    ),
    "staged files of an earlier release": (put(f"{JOURNAL}/0", HOOK), NOT_A_JOURNAL + OF_AN_EARLIER_RELEASE),
    "a journal that an earlier release had not moved into place": (
        put(f"{JOURNAL}/journal.json.new", "[]"),
        NOT_A_JOURNAL + OF_AN_EARLIER_RELEASE,
    ),
    "a file of no release": (
        both(old_journal(), put(f"{JOURNAL}/hook", HOOK)),
        NOT_A_JOURNAL + 'git could have brought the file ".mlinfra-journal/hook"',
    ),
    "staged files that are links": (
        link(f"{JOURNAL}/0", "../../../../outside/bashrc"),
        NOT_A_JOURNAL + 'git could have brought the link ".mlinfra-journal/0"',
    ),
    "a journal in another case": (
        put(f"{OUT}/.MLINFRA-Journal/journal.json", "[]"),
        NOT_A_JOURNAL + 'git could have brought the folder ".MLINFRA-Journal"',
    ),
    "a journal that is a file": (put(JOURNAL, "[]"), NOT_A_JOURNAL + "it is no folder"),
    "a journal that is a link": (link(JOURNAL, "../../.git"), NOT_A_JOURNAL + "it is no folder"),
    "a journal that is a submodule": (
        put(f"{JOURNAL}/.git", "gitdir: ../../../.git/modules/x\n"),
        NOT_A_JOURNAL + 'git could have brought the file ".mlinfra-journal/.git"',
    ),
    "a journal behind a link": (
        link(f"{JOURNAL}/.git", "../../../.git"),
        NOT_A_JOURNAL + 'git could have brought the link ".mlinfra-journal/.git"',
    ),
    "a staged file of an archive that is a link": (
        both(link(f"{JOURNAL}/.git/0", "../../../../../outside/bashrc"), journal({})),
        NOT_A_JOURNAL + 'git could have brought the link ".mlinfra-journal/.git/0"',
    ),
    "a repository in the place of the journal": (
        put(f"{JOURNAL}/.git/hooks/post-checkout", HOOK),
        NOT_A_JOURNAL + 'git could have brought the folder ".mlinfra-journal/.git/hooks"',
    ),
    "a journal of an archive that leads outside": (
        journal({"../../infra/network.bicep": []}),
        NOT_A_JOURNAL + NOT_WRITTEN,
    ),
    "a journal of an archive that leads into .git": (
        journal({"o/.git/hooks/post-checkout": []}),
        NOT_A_JOURNAL + NOT_WRITTEN,
    ),
    "a journal that is no object": (put(f"{JOURNAL}/.git/journal.json", "[" * 200_000), NOT_A_JOURNAL + NOT_WRITTEN),
    "a journal of other types": (journal({"README.md": 5}), NOT_A_JOURNAL + NOT_WRITTEN),
    "a journal of no spec": (journal({}, ["x"]), NOT_A_JOURNAL + NOT_WRITTEN),
    "the journal of another spec": (
        journal({}, "../../specs/other/ml-platform.yaml"),
        "error[MLI803]: the output folder is that of specs/other/ml-platform.yaml, not of specs/tiny/ml-platform.yaml",
    ),
    "a manifest that is a link to a file without end": (
        link(f"{OUT}/manifest.json", "/dev/zero"),
        NOT_READ + "it is no regular file",
    ),
    "a manifest that is a link outside": (
        link(f"{OUT}/manifest.json", "../../../outside/bashrc"),
        NOT_READ + "it is no regular file",
    ),
    "a manifest that is a pipe": (pipe(f"{OUT}/manifest.json"), NOT_READ + "it is no regular file"),
    "a manifest that is a folder": (folder(f"{OUT}/manifest.json"), NOT_READ + "it is no regular file"),
    "an output folder that is a link": (
        link(OUT, "../../outside"),
        "error[MLI806]: generated/tiny is a link, and the output folder lies behind it",
    ),
    "an output folder that is a link into git": (
        link(OUT, "../.git"),
        "error[MLI806]: generated/tiny is a link, and the output folder lies behind it",
    ),
    "an output folder that is a link to itself": (
        link(OUT, "tiny"),
        "error[MLI806]: generated/tiny is a link, and the output folder lies behind it",
    ),
    "a link above the output folder": (
        link("generated", "infra"),
        "error[MLI806]: generated is a link, and the output folder lies behind it",
    ),
}
IN_PLACES = {  # what lies where a file is due, or a folder
    "a link": link(f"{OUT}/README.md", "../../infra/network.bicep"),
    "a link outside": link(f"{OUT}/README.md", "../../../outside/bashrc"),
    "a link to nothing": link(f"{OUT}/README.md", "nowhere"),
    "a link to itself": link(f"{OUT}/README.md", "README.md"),
    "a pipe": pipe(f"{OUT}/README.md"),
    "a folder": folder(f"{OUT}/README.md"),
    "a link in another case": both(
        lambda root: (root / OUT / "README.md").unlink(), link(f"{OUT}/ReadMe.md", "/dev/zero")
    ),
}


@pytest.mark.parametrize("check", [[], ["--check"]], ids=["compile", "check"])
@pytest.mark.parametrize(("plant", "message"), REFUSED.values(), ids=REFUSED)
def test_is_refused_and_nothing_is_touched(
    repository: Path, capfd: pytest.CaptureFixture[str], plant: Plant, message: str, check: list[str]
) -> None:
    plant(repository)
    before = contents(repository)
    assert run(["compile", "-f", "specs/tiny", "--force" if not check else "--check"]) == 1
    assert message in capfd.readouterr().err
    assert contents(repository) == before


@pytest.mark.parametrize("plant", IN_PLACES.values(), ids=IN_PLACES)
def test_what_is_no_file_is_in_the_way(repository: Path, capfd: pytest.CaptureFixture[str], plant: Plant) -> None:
    plant(repository)
    before = contents(repository)
    assert run(["compile", "-f", "specs/tiny", "--force"]) == 1
    assert f"error[MLI802]: README.md{IN_THE_WAY}\n" in capfd.readouterr().err
    assert run(["compile", "-f", "specs/tiny", "--check"]) == 2
    assert "1 not written by mlinfra where one is due" in capfd.readouterr().err
    assert contents(repository) == before


def test_a_manifest_of_others_in_another_case_stays(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (repository / OUT / "manifest.json").rename(repository / OUT / "Manifest.JSON")
    if (repository / OUT / "manifest.json").exists():
        pytest.skip("to this file system it is the manifest")
    assert run(["compile", "-f", "specs/tiny", "--force"]) == 1
    assert f"error[MLI802]: manifest.json{IN_THE_WAY}\n" in capfd.readouterr().err
    assert (repository / OUT / "Manifest.JSON").is_file()


def test_a_carriage_return_in_a_script_is_a_difference(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    script = repository / OUT / "scripts/bootstrap.sh"
    script.write_bytes(script.read_bytes().replace(b" \\\n", b" \\\r\n"))
    assert b"\\\r\n" in script.read_bytes()
    assert run(["compile", "-f", "specs/tiny", "--check"]) == 2
    assert "1 edited by hand" in capfd.readouterr().err
    assert run(["compile", "-f", "specs/tiny"]) == 1
    assert "error[MLI801]: scripts/bootstrap.sh was edited by hand\n" in capfd.readouterr().err


def test_a_link_to_a_folder_where_one_is_due_is_in_the_way(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    link(f"{OUT}/dev", "../../infra")(repository)
    before = contents(repository)
    assert run(["compile", "-f", "specs/tiny", "--force"]) == 1
    assert f"dev/infra/main.bicep{IN_THE_WAY}\n" in capfd.readouterr().err
    assert run(["verify", "-f", "specs/tiny"]) == 1
    assert f"dev/infra/main.bicep{IN_THE_WAY}\n" in capfd.readouterr().err
    assert contents(repository) == before


def test_a_journal_of_an_archive_lets_nothing_be_written_that_the_spec_does_not_say(repository: Path) -> None:
    """What is staged is thrown away, and a file that the journal claims is removed only with the content it claims."""
    out = repository / OUT
    before = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (out / "notes.md").write_text("by hand\n")
    (out / ".mlinfra-journal/.git").mkdir(parents=True)
    (out / ".mlinfra-journal/.git/0").write_bytes(HOOK)
    journal({"README.md": [sha256(HOOK)], "hooks/post-checkout": [sha256(HOOK)]})(repository)
    assert run(["compile", "-q", "-f", "specs/tiny"]) == 0
    after = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert after == {**before, Path("notes.md"): b"by hand\n"}


def test_git_neither_tracks_nor_checks_out_what_lies_where_the_journal_does(repository: Path) -> None:
    (repository / JOURNAL / ".git").mkdir(parents=True)
    put(f"{JOURNAL}/.git/journal.json", "{}")(repository)
    git = ("git", "-C", str(repository), "-c", "core.protectNTFS=false")
    subprocess.run([*git, "add", "-A"], check=True)
    listed = subprocess.run([*git, "ls-files", OUT], check=True, capture_output=True, text=True).stdout
    assert ".mlinfra-journal" not in listed
    assert "README.md" in listed
    blob = subprocess.run(
        [*git, "hash-object", "-w", "--stdin"], check=True, capture_output=True, text=True, input="{}"
    )
    for name in (".git", ".GIT", ".gIt"):
        entry = f"100644,{blob.stdout.strip()},{JOURNAL}/{name}/journal.json"
        added = subprocess.run([*git, "update-index", "--add", "--cacheinfo", entry], capture_output=True, check=False)
        assert b"Invalid path" in added.stderr


@pytest.mark.parametrize("outdir", [".git", ".git/hooks", "infra/.GIT"])
def test_nothing_is_written_into_what_is_gits_own(
    repository: Path, capfd: pytest.CaptureFixture[str], outdir: str
) -> None:
    before = contents(repository)
    assert run(["compile", "-f", "specs/tiny", "--outdir", outdir]) == 3
    assert f"Error: --outdir {outdir} lies in a folder that is git's own\n" in capfd.readouterr().err
    assert contents(repository) == before


def test_a_folder_that_a_person_names_may_lie_behind_a_link(repository: Path) -> None:
    (repository / "link").symlink_to("../outside")
    assert run(["compile", "-q", "-f", "specs/tiny", "--outdir", "link/out"]) == 0
    assert (repository.parent / "outside/out/manifest.json").is_file()


def test_a_tree_of_any_depth_is_walked(repository: Path) -> None:
    deep = repository / OUT
    for _ in range(1500):
        deep = deep / "d"
    subprocess.run(["mkdir", "-p", str(deep)], check=True)
    try:
        assert run(["compile", "-q", "-f", "specs/tiny"]) == 0
    finally:
        subprocess.run(["rm", "-rf", str(repository / OUT)], check=True)  # deeper than pytest can clean up


@pytest.mark.parametrize("outdir", [".", "specs/tiny"])
def test_files_of_others_are_in_the_way_wherever_a_person_points(
    repository: Path, capfd: pytest.CaptureFixture[str], outdir: str
) -> None:
    for name in ("README.md", ".gitattributes"):
        (repository / outdir / name).write_text("by hand\n")
    before = contents(repository)
    assert run(["compile", "-f", "specs/tiny", "--outdir", outdir, "--force"]) == 1
    assert capfd.readouterr().err.count(IN_THE_WAY) == 2
    assert contents(repository) == before


def test_a_file_of_a_branch_gives_no_command_to_the_agent_that_checks_it(
    repository: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    put(f"{OUT}/README.md", "###vso[task.setvariable variable=x]y\n")(repository)
    assert run(["compile", "-f", "specs/tiny", "--check"]) == 2
    out = capfd.readouterr().out
    assert "##vso" not in out
    assert "\n-## #vso[task.setvariable variable=x]y\n" in out


def test_explain_reads_no_spec_of_another_repository(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    other = repository.parent / "other/ml-platform.yaml"
    put("../other/ml-platform.yaml", MINIMAL.read_text(encoding="utf-8"))(repository)
    manifest = json.loads((repository / OUT / "manifest.json").read_text(encoding="utf-8"))
    for spec in (os.path.relpath(other, repository / OUT), str(other)):
        put(f"{OUT}/manifest.json", json.dumps({**manifest, "spec": spec}))(repository)
        assert run(["explain", f"{OUT}/README.md:1"]) == 3
        message = "the spec that manifest.json names lies in another repository; name it with -f FILE"
        assert capfd.readouterr().err.endswith(f"Error: {message}\n")


@pytest.mark.parametrize("spec", ["\ud800", "../\udc00/ml-platform.yaml", "a\0b"])
@pytest.mark.parametrize("arguments", [["explain", f"{OUT}/README.md"], ["compile", "-f", "specs/tiny"]])
def test_a_spec_of_a_name_that_no_system_has_is_none(
    repository: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], spec: str
) -> None:
    manifest = json.loads((repository / OUT / "manifest.json").read_text(encoding="utf-8"))
    put(f"{OUT}/manifest.json", json.dumps({**manifest, "spec": spec}))(repository)
    assert run(arguments) in (1, 3)
    assert "can't be read: it does not say what mlinfra writes into a manifest\n" in capfd.readouterr().err


def test_a_manifest_of_large_files_is_not_kept_in_memory(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads((repository / OUT / "manifest.json").read_text(encoding="utf-8"))
    size = 60 * 2**20
    hashed = sha256(bytes(size))
    names = [f"{number}.md" for number in range(3)]
    for name in names:
        with (repository / OUT / name).open("wb") as sparse:
            sparse.truncate(size)
    listed: list[dict[str, object]] = [{"path": name, "sha256": hashed, "target": None, "from": []} for name in names]
    put(f"{OUT}/manifest.json", json.dumps({**manifest, "files": [*manifest["files"], *listed]}))(repository)
    for arguments in (["compile"], ["compile", "--check"], ["compile", "--force"]):
        assert run([*arguments, "-f", "specs/tiny"]) == 3
        message = "the files of the output have more than 134,217,728 bytes together"
        assert capfd.readouterr().err.endswith(f"Error: 2.md: {message}\n")
    assert (repository / OUT / "0.md").is_file()


@pytest.mark.parametrize(
    ("size", "code", "said"),
    [
        (13_000_000, 0, "workspaces.main"),
        (20_000_000, 3, "Error: dev/infra/job.yml has 20,000,000 bytes; at most 16,777,216 are read\n"),
    ],
)
def test_a_line_of_a_huge_file_is_explained_by_its_entry_or_not_at_all(
    repository: Path, capfd: pytest.CaptureFixture[str], size: int, code: int, said: str
) -> None:
    manifest = json.loads((repository / OUT / "manifest.json").read_text(encoding="utf-8"))
    listed = {"path": "dev/infra/job.yml", "sha256": "", "target": "dev", "from": ["workspaces.main"]}
    put(f"{OUT}/{listed['path']}", ("- {a: b}\n" * (size // 9 + 1))[:size])(repository)
    put(f"{OUT}/manifest.json", json.dumps({**manifest, "files": [*manifest["files"], listed]}))(repository)
    started = time.process_time()
    assert run(["explain", f"{OUT}/{listed['path']}:7"]) == code
    assert time.process_time() - started < 10
    output = capfd.readouterr()
    assert said in output.out + output.err
