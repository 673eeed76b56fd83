"""What every script says to wrong arguments and missing tools, before it changes anything."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from mlinfra.pipelines.scripts import scripts
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure
from tests.scripts.steps import (
    BACK,
    BACK_BATCH,
    COMPUTES,
    DEPLOY,
    MODELS,
    PROMOTE,
    REGISTER,
    RELEASE,
    RELEASE_BATCH,
    SCHEDULE,
    TRAIN,
    Step,
)

SCRIPTS = [name for name in scripts(PLATFORM) if name.endswith(".sh") and not name.startswith("lib")]
RUN_JOB = ("run-job.sh", "--target", "dev")
ENDPOINT = ("release-endpoint.sh", "--target", "dev")
ADD_ML = "2.42.0 is needed: az extension add --name ml --version 2.42.0 --upgrade --yes"
BOOTSTRAP = ("bootstrap.sh", "--target", "dev")
OBJECT = "00000000-0000-0000-0000-000000000001"
GENERATED = Path(__file__).parents[2] / "generated"


@pytest.mark.parametrize("script", SCRIPTS)
def test_help(azure: Azure, script: str) -> None:
    result = azure.run(script, "--target", "dev", "--help")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout.startswith(f"usage: {script} --target TARGET")
    assert "dev, prod" in result.stdout


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--target is missing: dev, prod"),
        (("--target",), "--target needs a value"),
        (("--target", ""), "--target needs a value"),
        (("--target", "test"), 'unknown target "test", defined: dev, prod'),
        (("--target", "dev", "--$(touch x)"), 'unknown argument "--$(touch x)"'),
        (("dev",), 'unknown argument "dev"'),
    ],
)
def test_wrong_target(azure: Azure, script: str, arguments: Step, message: str) -> None:
    _assert_usage_error(azure, (script, *arguments), message)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            ("what-if.sh", "--target", "dev", "--unit", "all"),
            'target dev has no unit "all", it has: main connections serving',
        ),
        (("what-if.sh", "--target", "prod", "--unit", "serving"), 'target prod has no unit "serving", it has: main'),
        (
            ("what-if.sh", "--target", "dev", "--validation-level", "none"),
            'unknown validation level "none", defined: Provider, ProviderNoRbac, Template',
        ),
        (
            (*DEPLOY, "--unit", "main connections"),
            'target dev has no unit "main connections", it has: main connections serving',
        ),
        (RUN_JOB, "--job is missing"),
        ((*RUN_JOB, "--job", "trian", "--out", "x"), 'target dev has no job "trian"'),
        ((*RUN_JOB, "--job", "train"), "--out is missing"),
        ((*TRAIN, "--build", "7; x"), "build \"7; x\" is not a plain name: letters, digits, '.', '_' and '-'"),
        (PROMOTE, '--models is no file: "out/models.json"'),
        ((*PROMOTE[:3], "--models", "bin/az", "--artifacts", "bin/az"), '--artifacts is no folder: "bin/az"'),
        (ENDPOINT, "--kind is online or batch"),
        ((*ENDPOINT, "--kind", "online"), "--endpoint is missing"),
        ((*ENDPOINT, "--kind", "batch", "--endpoint", "churn"), 'target dev has no batch endpoint "churn"'),
        ((*ENDPOINT, "--kind", "both", "--endpoint", "churn"), "--kind is online or batch"),
        (RELEASE, '--models is no file: "out/models.json"'),
        (
            RELEASE[:-2],
            '--models is missing: deployment "blue" serves model "churn", which comes from a job',
        ),
        ((*BOOTSTRAP, "--dry-run", "--audit"), "--dry-run and --audit exclude each other"),
        ((*BOOTSTRAP, "--federations", "none.tsv"), '--federations is no file: "none.tsv"'),
        (
            (*BOOTSTRAP, "--object-id", "churn-dev-run=me@contoso.com"),
            '--object-id is no CONNECTION=ID with an object id: "churn-dev-run=me@contoso.com"',
        ),
        ((*BOOTSTRAP, "--object-id", f"={OBJECT}"), f'--object-id is no CONNECTION=ID with an object id: "={OBJECT}"'),
        (
            (*BOOTSTRAP, "--object-id", f"churn-prod={OBJECT}"),
            'target dev has no connection "churn-prod", it has: churn dev, churn-dev-read, churn-dev-run',
        ),
        (
            (*BOOTSTRAP, "--object-id", f"churn dev={OBJECT}", "--object-id", f"churn dev={OBJECT}"),
            'connection "churn dev" is given twice',
        ),
    ],
)
def test_wrong_arguments(azure: Azure, step: Step, message: str) -> None:
    _assert_usage_error(azure, step, message)


def _assert_usage_error(azure: Azure, step: Step, message: str) -> None:
    result = azure.run(*step)
    first, usage = result.stderr.split("\n", 1)
    assert (result.code, result.stdout, first) == (2, "", f"error: {message}")
    assert usage.startswith(f"usage: {step[0]} ")
    assert azure.log("calls.jsonl") == []


@pytest.mark.parametrize("step", [DEPLOY, REGISTER])
def test_az_is_missing(azure: Azure, step: Step, tmp_path: Path) -> None:
    azure.path = _tools(tmp_path, "sha256sum")
    result = azure.run(*step)
    assert (result.code, result.stderr) == (1, "error: az is not installed: Azure CLI 2.91.0 is needed\n")


def test_nothing_that_hashes_is_installed(azure: Azure, tmp_path: Path) -> None:
    azure.path = f"{azure.folder / 'bin'}:{_tools(tmp_path)}"
    result = azure.run(*REGISTER)
    assert (result.code, result.stderr) == (1, "error: neither sha256sum nor shasum is installed\n")


def test_shasum_serves_where_sha256sum_is_missing(azure: Azure, tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    shasum = Path(tools) / "shasum"
    shasum.write_text(f'#!/bin/sh\n[ "$1 $2" = "-a 256" ] && shift 2 && exec {shutil.which("sha256sum")} "$@"\n')
    shasum.chmod(0o755)
    azure.with_infrastructure()
    azure.path = f"{azure.folder / 'bin'}:{tools}"
    result = azure.run(*COMPUTES)
    assert (result.code, result.stderr) == (0, "creating compute ci-churn\n")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ({"ml": "2.41.0"}, f"ml extension: 2.41.0 is installed, {ADD_ML}"),
        ({"ml": None}, f"ml extension: none is installed, {ADD_ML}"),
        ({"subscriptions": []}, "not signed in to subscription 11111111-1111-1111-1111-111111111111: az login"),
    ],
)
def test_a_tool_does_not_serve(azure: Azure, script: dict[str, object], message: str) -> None:
    azure.script |= script
    result = azure.run(*REGISTER)
    assert (result.code, result.stderr.splitlines()[-1], azure.changes) == (1, f"error: {message}", [])


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ({"az": "2.92.0"}, "warning: az 2.92.0 is installed, these scripts were made for 2.91.0\n"),
        (
            {"bicep": "Bicep CLI version 0.49.20 (x)"},
            'warning: Bicep: "Bicep CLI version 0.49.20 (x)" is installed, these files were made for 0.49.2\n',
        ),
    ],
)
def test_another_version_of_a_tool_is_a_warning(azure: Azure, script: dict[str, object], message: str) -> None:
    azure.with_infrastructure()
    azure.script |= script
    result = azure.run(*DEPLOY)
    assert result.code == 0
    assert result.stderr.startswith(message + "deploying")


@pytest.mark.parametrize(
    "step", [COMPUTES, REGISTER, TRAIN, RELEASE, RELEASE_BATCH, SCHEDULE, (*DEPLOY, "--unit", "serving"), PROMOTE]
)
@pytest.mark.parametrize("state", ["other", "none", "absent"])
def test_other_infrastructure_stops_what_builds_on_it(azure: Azure, step: Step, state: str) -> None:
    azure.with_infrastructure()
    _write_models(azure)
    target = next(target for target in azure.context.targets if target.name in step)
    digest = azure.state["groups"][target.scope]["tags"].pop("mlinfra-churn")
    match state:
        case "other":
            azure.state["groups"][target.scope]["tags"]["mlinfra-churn"] = "0" * 64
            message = f"has other infrastructure ({'0' * 64}) than this folder ({digest}): run deploy-infra.sh of this"
        case "none":
            message = f"has other infrastructure (none) than this folder ({digest}): run deploy-infra.sh of this"
        case _:
            azure.state["groups"].clear()
            message = "does not exist: run bootstrap.sh, then deploy-infra.sh"
    result = azure.run(*step)
    assert result.code == 1
    assert result.stderr.startswith(f"error: resource group {target.resource_group} {message}")


@pytest.mark.parametrize("step", [BACK, BACK_BATCH])
def test_other_infrastructure_does_not_stop_the_way_back(azure: Azure, step: Step) -> None:
    """It is wanted most while something else is not as it should be."""
    azure.with_infrastructure()
    azure.state["groups"][azure.context.targets[0].scope]["tags"]["mlinfra-churn"] = "0" * 64
    result = azure.run(*step)
    assert result.code == 1
    assert re.fullmatch(r"error: endpoint \S+ has no (split|default) to go back to\n", result.stderr)
    assert azure.changes == []


V1 = '{"schema": "mlinfra/models/v1", "models": '


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
        ("{}\n", 'does not say "schema": "mlinfra/models/v1"'),
        ('{"schema": "mlinfra/models/v2", "models": {}}', 'does not say "schema": "mlinfra/models/v1"'),
        (f"{V1}[]}}", 'holds no "models"'),
        (f'{V1}{{"churn": 7}}}}', ': the record of model "churn" is none'),
        (
            f'{V1}{{"churn": {{"version": "$(id)", "job": "x"}}}}}}',
            ': the version of model churn is "$(id)"',
        ),
        (
            f'{V1}{{"churn": {{"version": "1", "job": "x", "commit": "main"}}}}}}',
            ': the commit of model churn is "main"',
        ),
        (
            f'{V1}{{"churn": {{"version": "1", "job": "x", "reason": "why"}}}}}}',
            ': the reason of model churn is "why", which is none of change, schedule, person',
        ),
        (
            f'{V1}{{"churn": {{"version": "1", "job": "x", "metrics": {{"auc": "1"}}}}}}}}',
            ": the metrics of model churn are no map of at most 25 numbers",
        ),
        (
            f'{V1}{{"churn": {{"version": "1", "job": "x", "data": [{{"name": "a\\nb"}}]}}}}}}',
            ": the data of model churn are no texts name, version, path, at",
        ),
    ],
)
def test_models_that_are_not_as_run_job_writes_them(azure: Azure, text: str, message: str) -> None:
    azure.with_infrastructure()
    _write_models(azure, text)
    result = azure.run(*PROMOTE)
    said = f"error: out/models.json{'' if message.startswith(':') else ' '}{message}\n"
    assert (result.code, result.stderr, azure.changes) == (1, said, [])


def test_azure_pipelines_shows_errors_and_obeys_no_text(azure: Azure) -> None:
    result = azure.run("deploy-infra.sh", "--target", "##vso[task.complete]", TF_BUILD="True")
    assert result.stderr.startswith('error: unknown target "# # vso[task.complete]"')
    azure.script["ml"] = "2\n##vso[x]%3B;]"
    result = azure.run(*REGISTER, TF_BUILD="True")
    assert (
        "##vso[task.logissue type=error]ml extension: 2%0A# # vso[x]%AZP253B;] is installed, 2.42.0 is needed: "
        in result.stderr
    )
    assert result.stderr.count("##") == 1


def _tools(folder: Path, *names: str) -> str:
    """A folder with the programs that every script uses, and these; az and what hashes are not among them."""
    tools = folder / "tools"
    tools.mkdir()
    for name in ("awk", "bash", "sh", "cat", "dirname", "grep", "mktemp", "rm", "sed", "sleep", "tr", *names):
        (tools / name).symlink_to(shutil.which(name) or name)
    return str(tools)


def _write_models(azure: Azure, text: str = f'{V1}{{"churn": {{"version": "1", "job": "train-1"}}}}}}') -> None:
    (azure.folder / "out").mkdir(exist_ok=True)
    (azure.folder / "out" / "models.json").write_text(text)
    assert MODELS[1] == "out/models.json"


@pytest.mark.parametrize(
    "script", sorted(GENERATED.glob("*/scripts/*.sh")), ids=lambda path: f"{path.parts[-3]}-{path.name}"
)
def test_the_first_lines_of_help_offer_what_is_taken_and_all_of_it(script: Path) -> None:
    """Also where a platform has no part of it: what a spec does not have is neither taken nor offered."""
    text = script.read_text()
    usage = re.search(r"<<USAGE\n(.*?)\nUSAGE\n(.*)", text, re.DOTALL)
    if usage is None:
        assert script.name.startswith("lib")
        return
    option = r"--[a-z][a-z0-9-]*"
    offered = set(re.findall(option, usage[1].split("\n\n")[0]))
    told = set(re.findall(rf"^  ({option})", usage[1], re.MULTILINE))
    taken = {
        name
        for line in re.findall(r"^ +((?:--?[a-z0-9-]+(?: \| )?)+)\)$", usage[2], re.MULTILINE)
        for name in re.findall(option, line)
    }
    assert (offered, told) == (taken - {"--help"}, taken - {"--help"})
