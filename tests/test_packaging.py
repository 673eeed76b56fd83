"""What an installation takes: locked with hashes, one version for all, and nothing that names an index."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import mlinfra
from mlinfra.pipelines.requirements import BUILD_BACKEND, DEPENDENCIES, DISTRIBUTION, logical_lines, read_requirements

ROOT = Path(__file__).parent.parent
LOCKS = ("run", "lowest", "test", "checkov", "azure-cli", "server")
PYTHONS = ("3.11", "3.12", "3.13")


def lock(name: str) -> list[str]:
    """The entries of a lock file, each on one line: requirement, then its hashes."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    return [entry for entry in re.sub(r"#.*", "", text.replace("\\\n", " ")).splitlines() if entry.strip()]


def locked(name: str, python: str) -> dict[str, Requirement]:
    """What a lock file installs on Linux with that Python, by name."""
    environment = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": "linux"}
    requirements = [Requirement(entry.split(" --hash")[0]) for entry in lock(name)]
    return {
        canonicalize_name(requirement.name): requirement
        for requirement in requirements
        if requirement.marker is None or _applies(requirement.marker, environment)
    }


def _applies(marker: Marker, environment: dict[str, str]) -> bool:
    return marker.evaluate(
        {**environment, "implementation_name": "cpython", "platform_python_implementation": "CPython"}
    )


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(name: str) -> None:
    for entry in lock(name):
        assert re.match(r"[A-Za-z0-9._-]+(?:\[[a-z0-9,-]+\])?==[^ ]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_names_no_index(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|--(?:extra-)?index-url|--find-links", text)


@pytest.mark.parametrize("python", PYTHONS)
def test_tests_run_with_the_versions_that_users_run(python: str) -> None:
    tests = {name: requirement.specifier for name, requirement in locked("test", python).items()}
    run = {name: requirement.specifier for name, requirement in locked("run", python).items()}
    assert run.items() <= tests.items()


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("run", "dependencies"),
        ("lowest", "dependencies"),
        ("test", "verify"),
        ("test", "test"),
        ("checkov", "checkov"),
        ("server", "server"),
    ],
)
def test_what_the_project_asks_for_is_locked(name: str, group: str, python: str) -> None:
    declared = project()
    asked: list[str] = {
        "dependencies": declared["project"]["dependencies"],
        **declared["project"]["optional-dependencies"],
        **declared["dependency-groups"],
    }[group]
    have = locked(name, python)
    for requirement in map(Requirement, asked):
        if requirement.name != project()["project"]["name"]:
            version = str(next(iter(have[canonicalize_name(requirement.name)].specifier)).version)
            assert requirement.specifier.contains(version), requirement


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lowest_lock_holds_the_lower_bound_of_every_direct_dependency(python: str) -> None:
    have = locked("lowest", python)
    for requirement in map(Requirement, project()["project"]["dependencies"]):
        version = Version(next(iter(have[canonicalize_name(requirement.name)].specifier)).version)
        bounds = [Version(each.version) for each in requirement.specifier if each.operator == ">="]
        assert bounds == [version], requirement


def test_a_validator_that_is_not_tested_yet_is_not_installed() -> None:
    tested = next(iter(locked("run", "3.11")["jsonschema-rs"].specifier)).version
    asked = next(
        each for each in map(Requirement, project()["project"]["dependencies"]) if each.name == "jsonschema-rs"
    )
    following = f"{Version(tested).major}.{Version(tested).minor + 1}"
    assert not asked.specifier.contains(following)


def test_the_distribution_has_a_name_of_its_own_and_the_command_stays() -> None:
    declared = project()["project"]
    assert (declared["name"], declared["scripts"]) == ("mlinfra-compiler", {"mlinfra": "mlinfra.cli:main"})


def test_what_pipelines_ask_of_their_requirements_is_what_the_project_declares() -> None:
    declared = project()
    assert declared["project"]["name"] == DISTRIBUTION
    assert [Requirement(each).name for each in declared["project"]["dependencies"]] == list(DEPENDENCIES)
    assert [Requirement(each).name for each in declared["build-system"]["requires"]] == [BUILD_BACKEND]


def test_users_install_nothing_that_only_tests_or_judges_need() -> None:
    assert {requirement.name for requirement in map(Requirement, project()["project"]["dependencies"])} == {
        "click",
        "jinja2",
        "jsonschema-rs",
        "networkx",
        "pydantic",
        "pyyaml",
    }


def test_the_version_is_written_once() -> None:
    assert "version" not in project()["project"]
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", mlinfra.__version__)


@pytest.mark.parametrize(
    "file", sorted((ROOT / "specs").glob("*/requirements-*.txt")), ids=lambda file: f"{file.parent.name} {file.stem}"
)
def test_what_the_tests_of_an_example_install_is_held_by_hashes(file: Path) -> None:
    """As `make lock` makes it of the pins beside it; no line names an index."""
    locked, pins = file.read_text(encoding="utf-8"), file.with_suffix(".in").read_text(encoding="utf-8")
    _, refused = read_requirements(locked)
    assert refused is None
    lines = [line for _, line in logical_lines(pins)]
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9-]+==[0-9.]+", line)] == []
    assert [line for line in lines if f"\n{line} \\\n" not in locked] == []
