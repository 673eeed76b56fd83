"""Platforms whose free texts are meant to do harm, compiled and taken into an Azure that refuses such arguments."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlinfra.azure.clouds import DATABRICKS_APPLICATION
from mlinfra.cli import run
from mlinfra.pipelines.scripts import ScriptsContext, TargetContext
from mlinfra.pipelines.trained import JobContext
from tests.repository.repositories import committed
from tests.scripts.example import VERSIONS
from tests.scripts.harness import ROOT, Azure
from tests.scripts.steps import Step, publish
from tests.scripts.test_logs import CHATTER, commands

TAGS = {
    "costCenter": "@~/.git-credentials",
    "a=": "@/etc/passwd",
    "=@-": "--debug",
    "--set": "-",
    "@-": "=@-",
    "q": "' || `x` \" \\ [?a=='b'] $(touch pwned) {subscriptionId} ##vso[task.complete]",
}
WORDS = ("costCenter", "of Contoso")  # of the tags and the owner
PLATFORMS = (ROOT / "specs" / "churn", ROOT / "tests" / "acceptance" / "everything")
COSMOS = "a232010e-820c-4083-83bb-3ace5fc29d0b"  # the application that keeps the data of an encrypted workspace
# The monitors of everything, and its endpoints whose smoke tests are commands: another job runs the one, and nobody
# answers the other.
STOPPED = (
    "with traffic to monitor: release it first",
    "was not tested, and gets no traffic",
    "failed the smoke test and is deleted; the traffic of edge-dev-",
)
_WORKSPACE = "Microsoft.MachineLearningServices/workspaces"


@pytest.fixture(scope="module", params=PLATFORMS, ids=lambda folder: folder.name)
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output of a platform whose tags are those above, and whose owner would be an expression elsewhere."""
    repository = tmp_path_factory.mktemp("hostile")
    shutil.copytree(
        ROOT / "requirements", repository / "requirements"
    )  # of mlinfra itself, which churn's pipelines install
    shutil.copy(ROOT / "pyproject.toml", repository)
    platform: Path = request.param
    folder, output = repository / "specs" / platform.name, repository / "generated" / platform.name
    shutil.copytree(platform, folder)
    spec = folder / "ml-platform.yaml"
    text, found = re.subn(r"(?m)^tags: .*$", lambda _: f"tags: {json.dumps(TAGS)}", spec.read_text(), count=1)
    assert found == 1
    text, found = re.subn(r"(?m)^owner: .*$", lambda _: "owner: 'a$${b}c$${{d}} of Contoso'", text, count=1)
    assert found == 1
    spec.write_text(text)
    committed(repository)
    assert run(["compile", "-q", "-f", str(spec), "--outdir", str(output)]) == 0
    committed(repository)
    return output


def _context(output: Path) -> ScriptsContext:
    """As much of the platform as the harness has to know, from the manifest: all workspaces stand in every target."""
    manifest = json.loads((output / "manifest.json").read_text())
    targets = tuple(
        TargetContext(
            name=target["name"],
            subscription=target["subscription"],
            resource_group=target["resource_group"],
            location=target["location"],
            units=(),
            jobs=tuple(
                JobContext("", resource["name"], "", "", "")
                for resource in manifest["resources"]
                if (resource["type"], resource["target"]) == (_WORKSPACE, target["name"])
            ),
        )
        for target in manifest["targets"]
    )
    return ScriptsContext(manifest["platform"], manifest["spec"], targets, VERSIONS)


def _steps(output: Path) -> Iterator[Step]:
    """All that the scripts can do in the first target."""
    to = ("--target", "dev")
    models = ("--models", "decided/models.json")
    yield ("bootstrap.sh", *to)
    yield ("bootstrap.sh", *to, "--audit")
    yield ("what-if.sh", *to)
    yield ("deploy-infra.sh", *to)
    yield ("create-computes.sh", *to)
    yield ("register-assets.sh", *to)
    for job in _cases(output, "run-job.sh", r"dev/([a-z0-9_-]+)"):
        person = ("--reason", "person", "--build", "7", "--commit", "0" * 40)
        yield ("run-job.sh", *to, "--job", job, "--out", "out", *person)
    yield ("gate-model.sh", *to, "--artifacts", "artifacts", "--out", "decided", "--build", "7")
    for endpoint in _cases(output, "release-endpoint.sh", r"dev/((?:online|batch)/[a-z0-9_-]+)"):
        kind, _, name = endpoint.partition("/")
        yield ("release-endpoint.sh", *to, "--kind", kind, "--endpoint", name, *models, "--run", "7")
    if (output / "scripts" / "schedule.sh").exists():
        yield ("schedule.sh", *to)


def _cases(output: Path, script: str, pattern: str) -> list[str]:
    """What the branches of a script name."""
    text = (output / "scripts" / script).read_text().replace("'", "")
    return sorted(set(re.findall(rf"(?m)^ +{pattern}\)$", text)))


@pytest.mark.judges
def test_shellcheck_finds_nothing_where_texts_look_like_expressions(hostile: Path) -> None:
    shellcheck = Path(sys.executable).parent / "shellcheck"
    """Of `everything` tests/acceptance judges the scripts without such a text."""
    scripts = sorted((hostile / "scripts").glob("*.sh"))
    is_whole = hostile.name != "everything"
    files = [str(script) for script in scripts if is_whole or any(word in script.read_text() for word in WORDS)]
    assert files
    command = [str(shellcheck), "--external-sources", "--enable=all", *files]
    process = subprocess.run(command, cwd=hostile / "scripts", capture_output=True, text=True, check=False)
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


def test_no_free_text_is_read_as_a_file_an_option_or_a_command(hostile: Path, tmp_path: Path, port: int) -> None:
    azure = Azure(tmp_path / "azure", port, hostile, _context(hostile))
    azure.state["directory"] = dict.fromkeys((COSMOS, DATABRICKS_APPLICATION), "66666666-6666-6666-6666-666666666667")
    azure.script["registers"] = ["challenger"]
    azure.script["outputs"] = {"report": {"metrics.json": '{"auc": 0.9, "loss": 0.1}'}}
    azure.script |= {"answer": '[{"churn_probability": 0.7, "score": 1}]', "chatter": CHATTER}
    for step in _steps(hostile):
        if step[0] == "gate-model.sh":
            publish(azure)
        result = azure.run(*step, MLINFRA_BRANCH="refs/heads/main")
        assert result.code == 0 or any(reason in result.stderr for reason in STOPPED), (step, result.stderr)
        assert commands(f"{result.stdout}\n{result.stderr}") == [], step
    for group in azure.state["groups"].values():
        assert TAGS.items() <= group["tags"].items()
    assert not list(tmp_path.rglob("pwned"))
