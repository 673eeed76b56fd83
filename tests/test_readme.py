"""The README shows what really happens: every command in it is run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SAMPLE = Path(__file__).parent / "readme" / "ml-platform.yaml"
CONSOLE = re.compile(r"(?<=```console\n)\$ (mlinfra [^\n]+)\n(.*?)(?=^\$ |^```)", re.MULTILINE | re.DOTALL)
STEP = re.compile(r"(?<=^\$ )(?:mlinfra|git) [^\n]+", re.MULTILINE)


def test_readme_shows_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[Path, str], None]
) -> None:
    text = README.read_text(encoding="utf-8")
    assert len(CONSOLE.findall(text)) >= 3

    def run(match: re.Match[str]) -> str:
        return f"$ {match[1]}\n{_printed(match[1], tmp_path, monkeypatch)}"

    golden(README, CONSOLE.sub(run, text))


def _printed(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a command prints where it is shown: in a folder of its own, or, where it names our output, at our root."""
    at_root = "generated/" in command
    monkeypatch.chdir(ROOT if at_root else _project(folder, broken="validate" in command))
    result = subprocess.run(
        [sys.executable, "-m", *command.split()], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return f"{result.stdout.decode().rstrip()}\n"


def _project(folder: Path, broken: bool) -> Path:
    """A repository with the sample, or with our examples, as the README has it."""
    place = folder / ("broken" if broken else "examples")
    shutil.rmtree(place, ignore_errors=True)
    (place / ".git").mkdir(parents=True)
    if broken:
        shutil.copy(SAMPLE, place)
    else:
        shutil.copytree(ROOT / "specs", place / "specs")
    return place


def test_what_is_compiled_can_be_committed_from_the_same_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = README.read_text(encoding="utf-8")
    steps = STEP.findall(text[text.index("**3. ") : text.index("**4. ")].partition("```\n\n")[0])
    assert [step.split()[0] for step in steps] == ["mlinfra", "git"]
    monkeypatch.chdir(_project(tmp_path, broken=False))
    subprocess.run(["git", "init", "--quiet"], check=True)
    name = ["git config user.name t", "git config user.email t@example.com"]
    mlinfra = f'mlinfra() {{ "{sys.executable}" -m mlinfra "$@"; }}'
    subprocess.run(["bash", "-ec", "\n".join((mlinfra, *name, *steps))], check=True)
    assert _modes(Path.cwd())["generated/minimal/README.md"] == "100644"


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="the sources of a release lie in no repository")
def test_scripts_of_the_examples_are_committed_so_that_they_can_be_run() -> None:
    assert set(_modes(ROOT).values()) == {"100644", "100755"}


def _modes(repository: Path) -> dict[str, str]:
    """What git keeps of each file in generated/ beside its content; those and no others can be run that are scripts."""
    command = ["git", "ls-files", "--stage", "generated"]
    listed = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True).stdout
    modes = {line.partition("\t")[2]: line.partition(" ")[0] for line in listed.splitlines()}
    assert {path for path, mode in modes.items() if mode == "100755"} == {
        path for path in modes if (repository / path).read_bytes().startswith(b"#!")
    }
    return modes


def test_minimal_example_is_the_one_that_the_readme_shows() -> None:
    spec = (ROOT / "specs" / "minimal" / "ml-platform.yaml").read_text(encoding="utf-8")
    shown = spec.partition("\n")[2]  # without the line for the editor
    assert f"```yaml\n{shown}```" in README.read_text(encoding="utf-8")
