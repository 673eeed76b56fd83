"""What pipelines install, installed: a source and a wheel of this project, with its own lock file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import mlinfra
from tests.pipelines.platforms import ROOT, compiled_in, files_of, pipelines, spec

pytestmark = pytest.mark.judges

BASH = shutil.which("bash") or "bash"
FILES_OF_THE_PROJECT = ("pyproject.toml", "README.md", "LICENSE", "requirements/run.txt")
# Modules that Python would take from the folder in which it is started, each with a trace of having run.
TRAPS = ("pip.py", "venv.py", "sitecustomize.py", "hashlib.py")
TRAP = "import pathlib; pathlib.Path(__file__).with_suffix('.ran').touch(); raise SystemExit(9)\n"


class Repository:
    """The project's own files, with a platform whose pipelines install them into `folder`."""

    def __init__(self, root: Path) -> None:
        self.root = root / "repository"
        self.folder = root / "tools"
        shutil.copytree(ROOT / "compiler", self.root / "compiler")
        (self.root / "requirements").mkdir()
        for name in FILES_OF_THE_PROJECT:
            shutil.copy(ROOT / name, self.root / name)
        for name in TRAPS:
            (self.root / name).write_text(TRAP, encoding="utf-8")

    def compile(self, origin: str) -> None:
        """Writes the scripts of a platform that installs mlinfra like this."""
        install = f"  install: {{{origin}, requirements: requirements/run.txt}}\n"
        text = spec(["dev"], pipelines(["dev"], install=install))
        for path, script in files_of(compiled_in(self.root, text), self.root, self.root / "generated").items():
            (self.root / "generated" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "generated" / path).write_text(script, encoding="utf-8")

    def install(self) -> subprocess.CompletedProcess[str]:
        words = [BASH, "generated/scripts/install-tools.sh", "--dir", str(self.folder), "mlinfra"]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        return subprocess.run(words, cwd=self.root, env=environment, capture_output=True, text=True, check=False)

    def python(self, *arguments: str) -> str:
        """What the Python of the installation prints."""
        command = [str(self.folder / "mlinfra" / "bin" / "python"), "-I", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """A repository from whose source mlinfra was installed."""
    repository = Repository(tmp_path_factory.mktemp("installed").resolve())
    repository.compile("source: .")
    done = repository.install()
    assert done.returncode == 0, done.stderr
    yield repository
    shutil.rmtree(repository.root.parent)


VERSION = f"mlinfra {mlinfra.__version__}\n"
ORIGIN = "import importlib.metadata as m; print(m.distribution('mlinfra-compiler').read_text('direct_url.json'))"


@pytest.mark.slow
def test_a_source_is_installed_and_nothing_beside_pip_runs(installed: Repository) -> None:
    command = [str(installed.folder / "mlinfra" / "bin" / "mlinfra"), "--version"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == VERSION
    assert f'"url": "file://{installed.root}"' in installed.python("-c", ORIGIN)
    assert list(installed.root.glob("*.ran")) == []


@pytest.mark.slow
def test_a_wheel_is_installed_with_the_hash_that_it_was_compiled_with_and_with_no_other(installed: Repository) -> None:
    pip = ("-m", "pip", "--disable-pip-version-check", "--quiet")
    build = ("--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", "wheels", ".")
    installed.python(*pip, "wheel", *build)
    installed.python(*pip, "uninstall", "--yes", "mlinfra-compiler")
    [wheel] = (installed.root / "wheels").iterdir()
    installed.compile(f"wheel: wheels/{wheel.name}")
    done = installed.install()
    assert done.returncode == 0, done.stderr
    assert f'"url": "file://{wheel}"' in installed.python("-c", ORIGIN)

    wheel.write_bytes(wheel.read_bytes() + b"\0")
    installed.python(*pip, "uninstall", "--yes", "mlinfra-compiler")
    done = installed.install()
    assert done.returncode == 1
    assert "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE" in done.stderr
    assert list(installed.root.glob("*.ran")) == []
