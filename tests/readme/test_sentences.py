"""What the README says of what is checked and derived: each of its sentences, and the tests that hold it.

`sentences.txt` has each sentence of the README, with the tests below it; none where it says nothing of the kind.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from mlinfra.cli import run
from tests.bench import bench
from tests.bench.bench import SIZES
from tests.reading_yaml import read_yaml
from tests.spec import HEADER, PRODUCTION, SCORING, compiled, found
from tools.readme_table import MARK

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
LISTED = Path(__file__).with_name("sentences.txt")
MINIMAL = ROOT / "specs/minimal/ml-platform.yaml"
OUTPUT = ROOT / "generated/minimal"
ALLOWED = "network: {inbound: public, allowed_ips: [203.0.113.0/24]}\n"
SERVED = {"model/x": "", "src/s.py": "def init(): ...\n\n\ndef run(data): ...\n", "request.json": "{}"}


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a page without its headings, blocks of code and generated tables; a row of a table is one."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for block in re.split(r"\n\s*\n", text):
        if block.startswith("|"):
            yield from (row.strip() for row in block.splitlines()[2:])
        elif not block.startswith(("#", MARK)) and block.strip():
            yield from re.split(r"(?<=[.:])(?<!\*\*\d\.) (?=[A-Z`*\[])", " ".join(block.split()))  # **1. is no end


def test_each_sentence_is_listed_with_the_tests_that_hold_it() -> None:
    listed = [part.splitlines() for part in LISTED.read_text(encoding="utf-8").split("\n\n")]
    assert [lines[0] for lines in listed] == list(_sentences(README.read_text(encoding="utf-8")))
    tests = [line.strip() for lines in listed for line in lines[1:]]
    assert len(tests) > 40
    assert [lines[0] for lines in listed if len(lines) == 1] == []
    assert [test for test in tests if not _is_there(test)] == []


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    wanted = "def test_" if name == "*" else f"def {name}("
    return (ROOT / file).is_file() and wanted in (ROOT / file).read_text(encoding="utf-8")


def test_nobody_signs_in_to_know_whether_a_platform_is_right(tmp_path: Path) -> None:
    """No program is found, no variable is set, and the folder of the user's settings is empty."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "ml-platform.yaml").write_text(MINIMAL.read_text())
    environment = {
        "PATH": str(tmp_path / "empty"),
        "HOME": str(tmp_path),
        "PYTHONPATH": ":".join(filter(None, sys.path)),
    }
    command = [sys.executable, "-m", "mlinfra", "validate"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "minimal: valid for dev\n")


def test_the_smallest_platform_has_what_is_said_of_it() -> None:
    manifest = json.loads((OUTPUT / "manifest.json").read_text())
    resources = manifest["resources"]
    counted = re.search(r"\[(\d+) resources\]", README.read_text())
    assert counted
    assert len(resources) == int(counted[1])
    page = (OUTPUT / "README.md").read_text()
    derived = [each for each in resources if each.get("because")]
    assert [each["address"] for each in derived if each["because"] not in page] == []
    assert {each["address"] for each in resources} - {each["address"] for each in derived} == {
        "workspaces.main",
        "compute_clusters.cpu",
    }
    identities = [each["address"] for each in resources if each["address"].startswith("identities.")]
    assert identities == ["identities.cpu-compute", "identities.main"]
    bicep = "".join(file.read_text() for file in OUTPUT.rglob("*.bicep"))
    assert "allowSharedKeyAccess: true" not in bicep
    assert "adminUserEnabled: true" not in bicep
    assert "listKeys(" not in bicep


def test_validate_looks_at_every_target_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    second = "  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: production}\n"
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}{second}workspaces: {{main: {{}}}}\n")
    monkeypatch.chdir(tmp_path)
    assert run(["validate"]) == 1  # of prod alone, where inbound has to be written
    assert run(["validate", "-t", "dev"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".git", "ml-platform.yaml"]


def test_exit_codes_are_those_that_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    spec = tmp_path / "ml-platform.yaml"
    spec.write_text(MINIMAL.read_text())
    monkeypatch.chdir(tmp_path)
    assert run(["-q", "compile"]) == 0
    assert run(["-q", "compile", "--check"]) == 0
    spec.write_text(MINIMAL.read_text().replace("max_instances: 2", "max_instances: 3"))
    assert run(["-q", "compile", "--check"]) == 2
    spec.write_text(MINIMAL.read_text().replace("max_instances", "max_instance"))
    assert run(["-q", "compile", "--check"]) == 1
    assert run(["-q", "-f", "nowhere.yaml", "validate"]) == 3


def test_a_change_shows_beside_it_what_it_does(tmp_path: Path) -> None:
    job = "{type: command, command: 'x ${{inputs.a}}', environment: 'azureml:e:1', compute: cpu, inputs: %s}"
    spec = HEADER + "workspaces: {main: {}}\ncompute_clusters: {cpu: {size: Standard_D4ds_v4}}\n"
    spec += "storage_accounts: {lake: {containers: {raw: {}}}}\n"
    spec += "datastores: {raw: {type: azure_blob, account_name: lake, container_name: raw}}\njobs: {j: %s}\n"

    def roles(path: str) -> set[str]:
        (plan,) = compiled(tmp_path, spec % job % f"{{a: {{type: uri_folder, path: '{path}'}}}}").plans
        return {entry.address for entry in plan.graph.section("derived_role_assignments")}

    new = roles("azureml://datastores/raw/paths/x/") - roles("https://example.com/a")
    role = "role_assignments.identities.cpu-compute/Storage Blob Data Reader/storage_accounts.lake.containers.raw"
    assert new == {role}


def test_what_is_secure_unless_it_is_written_otherwise() -> None:
    bicep = "".join(file.read_text() for file in sorted(OUTPUT.rglob("*.bicep")))
    for secure in (
        "allowSharedKeyAccess: false",
        "enableRbacAuthorization: true",
        "enablePurgeProtection: true",
        "adminUserEnabled: false",
        "minimumTlsVersion: 'TLS1_2'",
    ):
        assert secure in bicep, secure


def test_production_is_closed_locked_and_served_by_three(tmp_path: Path) -> None:
    served = "workspaces: {main: {}}\n" + SCORING.replace("        instance_count: 1\n", "")
    (plan,) = compiled(tmp_path, PRODUCTION + ALLOWED + served, SERVED).plans
    entries = plan.graph.entries
    assert entries["workspaces.main"].body["managed_network"]["isolation_mode"] == "allow_only_approved_outbound"
    locked = {entry.parent or entry.address.removesuffix(".lock") for entry in plan.graph.section("derived_locks")}
    kept = ("storage_accounts", "key_vaults", "container_registries", "log_analytics")
    assert {f"{section}.main" for section in kept} <= locked
    assert entries["online_endpoints.o.deployments.blue"].body["instance_count"] == 3
    asked = [each.message for each in found(tmp_path, PRODUCTION + served, SERVED) if each.code.id == "MLI432"]
    assert asked == ["network.inbound is not written, and production has no default"]


def test_churn_is_trained_on_mondays_released_in_steps_and_scored_every_night() -> None:
    pipelines = {file.stem: file.read_text() for file in (ROOT / "generated/churn/pipelines").iterdir()}
    assert re.findall("cron: (.+)", pipelines["train"]) == ["0 5 * * 1"]
    assert re.findall("cron: (.+)", pipelines["score"]) == ["0 22 * * *"]
    steps = re.findall(r"name: (canary_?\d*)\n", pipelines["release"])
    assert len(steps) > 1
    assert "not_worse_than_serving" in (ROOT / "specs/churn/ml-platform.yaml").read_text()


def test_what_is_derived_has_its_reason_in_three_places() -> None:
    manifest = json.loads((OUTPUT / "manifest.json").read_text())
    derived = [each for each in manifest["resources"] if each.get("because")]
    bicep = "".join(file.read_text() for file in sorted(OUTPUT.rglob("*.bicep")))
    page = (OUTPUT / "README.md").read_text()
    reasons = {each["because"] for each in derived}
    assert len(reasons) > 10
    assert {why for why in reasons if why not in page} == set()
    assert {why for why in reasons if why not in bicep} == set()


def test_a_warning_is_silenced_with_a_reason_and_an_error_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    ignored = "  # mlinfra: ignore MLI434 because the data are public"
    spec = f"{PRODUCTION}network: {{inbound: public}}{ignored}\nworkspaces: {{main: {{}}}}\n"
    wrong = "compute_clusters: {cpu: {workspace: mian, size: Standard_D4ds_v4}}  # mlinfra: ignore MLI222 because so\n"

    def codes(text: str) -> list[str]:
        Path("ml-platform.yaml").write_text(text)
        run(["validate"])
        return re.findall(r"(?:error|warning)\[(MLI\d+)\]", capsys.readouterr().err)

    assert codes(spec.replace(ignored, "")) == ["MLI434"]
    assert codes(spec) == []
    assert codes(spec + wrong) == ["MLI222", "MLI132"]  # and that an error was to be silenced


def test_an_example_describes_every_part_for_every_stage() -> None:
    spec = read_yaml((ROOT / "specs/churn/ml-platform.yaml").read_text(encoding="utf-8"))
    assert list(spec["targets"]) == ["dev", "test", "prod"]
    parts = ("storage_accounts", "compute_clusters", "network", "workspaces", "jobs", "models", "online_endpoints")
    assert {*parts, "pipelines"} <= spec.keys()


def test_two_commands_do_everything_with_the_pythons_that_are_said() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in makefile
    assert re.search(
        r"^compile: \$\(VENV\)/run\.stamp .*\n\t@for spec in \$\(SPECS\); do \$\(MLINFRA\) compile", makefile, re.M
    )
    tested = makefile[makefile.index("\ntest: ") :].partition("\n\n")[0]
    assert [word for word in ("ruff check", "mypy", "pytest") if word in tested] == ["ruff check", "mypy", "pytest"]
    assert re.search(r"^strict = true$", (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)


def test_the_first_line_of_each_example_leads_an_editor_to_its_schema() -> None:
    said = re.search(r"`(# yaml-language-server:\s\$schema=\S+)`", README.read_text(encoding="utf-8"))
    assert said
    first = {spec.read_text(encoding="utf-8").partition("\n")[0] for spec in ROOT.glob("specs/*/ml-platform.yaml")}
    assert first == {" ".join(said[1].split())}
    schema = json.loads((MINIMAL.parent / said[1].partition("=")[2]).read_text(encoding="utf-8"))
    judge = Draft202012Validator(schema)
    assert list(judge.iter_errors(read_yaml(MINIMAL.read_text()))) == []
    wrong = read_yaml(MINIMAL.read_text().replace("max_instances", "max_instance"))
    assert [list(error.absolute_path) for error in judge.iter_errors(wrong)] != []


def test_paths_of_the_install_count_from_the_root_of_the_repository(tmp_path: Path) -> None:
    install = "install: {source: tools/mlinfra, requirements: tools/asked.txt}"
    pipelines = f"pipelines: {{{install}, pool: {{vmImage: ubuntu-24.04}}, service_connections: {{dev: c}}}}\n"
    (tmp_path / ".git").mkdir()
    spec = tmp_path / "specs" / "shop" / "ml-platform.yaml"
    for file, text in ((spec, HEADER + pipelines), (tmp_path / "tools" / "asked.txt", "")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def missing() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-m", "mlinfra", "-f", str(spec), "validate"], capture_output=True, text=True, check=False
        )
        return re.findall(r'"(tools/[^"]+)" does not exist', done.stderr)

    assert missing() == ["tools/mlinfra"]
    (tmp_path / "tools" / "asked.txt").rename(spec.parent / "asked.txt")  # beside the spec nobody looks for it
    assert missing() == ["tools/mlinfra", "tools/asked.txt"]


def test_make_hunt_starts_each_search() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    hunt = makefile[makefile.index("\nhunt: ") :].partition("\n\n")[0]
    searches = re.findall(r"-m (tests\.\S+)|\$\(VENV\)/bin/pytest -q (tests/\S+)|\$\(MAKE\) (\S+)", hunt)
    assert ["".join(found) for found in searches] == [
        "tests.hunt",
        "tests.hunt.wrong_types",
        "tests.hunt.long_lists",
        "tests.hunt.floods",
        "tests.hunt.bodies",
        "tests/languages/databricks/test_verdicts.py",
        "tests/output/test_together.py",
        "tests/derived",
        "matrix",
        "azure",
    ]


def test_make_bench_measures_what_is_said_of_it() -> None:
    assert re.search(r"^bench: .*\n\t\S+/python -m tests\.bench\.bench", (ROOT / "Makefile").read_text(), re.M)
    assert (SIZES[0], SIZES[-1]) == (10, 10_000)
    measured = json.loads(
        subprocess.run(
            [sys.executable, "-m", "tests.bench.phases", "10"], cwd=ROOT, capture_output=True, check=True
        ).stdout
    )
    assert {"seconds", "peak_mb"} <= measured.keys()


@pytest.mark.bicep
def test_make_bench_compares_a_cold_start_with_a_build_by_bicep(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is timed and how the ratio is told; no test asserts a time."""
    timed: list[list[str]] = []

    def seconds(command: list[str]) -> float:
        timed.append(command)
        return 1.0 if command[0] == sys.executable else 2.5

    monkeypatch.setattr(bench, "_seconds", seconds)
    bench._against_bicep()
    ours, theirs = timed[-2:]
    assert ours[:-1] == [sys.executable, "-m", "mlinfra", "-q", "compile", "-f", "specs/churn", "--outdir"]
    assert theirs[1:] == ["build", f"{ours[-1]}/dev/infra/main.bicep", "--stdout"]
    assert timed == [ours] + [ours, theirs] * bench.RUNS
    assert re.search(r"^  ratio +0\.40$", capsys.readouterr().out, re.MULTILINE)
