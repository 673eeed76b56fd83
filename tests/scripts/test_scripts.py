"""The text of the scripts: which are written, that shellcheck finds nothing, and that values stay values."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlinfra.azure.regions import Cloud
from mlinfra.formats.shell import shell_literal
from mlinfra.overrides.run_values import TextPart
from mlinfra.pipelines.rights import Connection, Needs, connections
from mlinfra.pipelines.scripts import ScriptsContext, TargetContext, scripts
from mlinfra.pipelines.smoke_test import SmokeCommand, SmokeRequest
from mlinfra.pipelines.trained import DataContext, Evaluation, FillContext, ParameterContext, Training
from mlinfra.pipelines.versions import ToolVersions
from tests.scripts.example import IN_PULL_REQUESTS, PLATFORM, TOLD_IN_PULL_REQUESTS, VERSIONS
from tests.scripts.harness import Azure, write_output

HOSTILE = '\'; touch pwned; $(touch pwned) `touch pwned` "${HOME}" \\ ##vso[x]\n# \t%s *'
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups"
MINIMAL = ScriptsContext(
    platform="tiny",
    spec="../../ml-platform.yaml",
    targets=(
        TargetContext(
            "dev",
            "33333333-3333-3333-3333-333333333333",
            "rg-tiny-dev",
            "westeurope",
            ("main",),
            connections=connections(Needs("/subscriptions/3"), "tiny", "dev", {"deploy": "deploy", "plan": "plan"}),
        ),
    ),
    versions=VERSIONS,
)
# What bash 3.2, which macOS comes with, does not have.
NEWER_BASH = re.compile(
    r"declare -[Agn]|local -n|mapfile|readarray|\$\{[^}]*(,,|\^\^|@[A-Z])\}|&>>|\|&|\[-1\]\}|wait -n"
)
ASKS_FIRST = """\
  elif ((BASH_VERSINFO[0] > 3)); then
    lowered="${1,,}"
"""


def _hostile() -> ScriptsContext:
    target, *later = PLATFORM.targets
    online, batch = target.endpoints
    target = dataclasses.replace(
        target,
        resource_group="rg (churn) 'x'",
        tags=(("a=b", HOSTILE), ("costCenter", "@~/.git-credentials"), ("a", "=@/etc/passwd"), (HOSTILE, "@-")),
        endpoints=(
            dataclasses.replace(
                online,
                smoke_requests=(SmokeRequest("../../a request's.json", HOSTILE, f"{HOSTILE}{HOSTILE}"),),
                smoke_command=SmokeCommand(
                    f"printf %s {shell_literal(HOSTILE)}", "../a b's", "a b.txt", "smoke-dev-churn", "primaryKey"
                ),
            ),
            batch,
        ),
        jobs=tuple(dataclasses.replace(job, file="dev/a job's.yml", is_pipeline=False) for job in target.jobs),
    )
    online, batch = later[0].endpoints
    endpoints = (dataclasses.replace(online, smoke_requests=(), smoke_command=SmokeCommand(HOSTILE, "..")), batch)
    prod = dataclasses.replace(later[0], endpoints=endpoints)
    return dataclasses.replace(PLATFORM, spec=f"../{HOSTILE}.yaml", targets=(target, prod))


def _told() -> ScriptsContext:
    """Training that a change does not start, whose jobs and evaluations are told of their run, with reports."""
    fills = (
        FillContext("inputs.days.path", (TextPart("azureml://$x/", "date"), TextPart("/"))),
        FillContext("display_name", (TextPart("to ", "by"),)),
    )
    training = Training(("schedule", "person"), (ParameterContext("cutoff", "string", "a b", ("a b", "$c")),))
    targets = []
    for target in PLATFORM.targets:
        (job,), (model,) = target.jobs, target.models
        read = (DataContext("", "", "azureml://${run.date}/", "days"),)
        of_parameters = FillContext("tags.cutoff", (TextPart("", "parameter.cutoff"),))
        trains = dataclasses.replace(job, fills=(*fills, of_parameters), data=read)
        judges = dataclasses.replace(job, name="judge", fills=fills)
        evaluation = Evaluation(judges, "model", "scored", "metrics.json")
        models = (dataclasses.replace(model, evaluation=evaluation, report_output="page"),)
        targets.append(dataclasses.replace(target, jobs=(trains, judges), models=models))
    return dataclasses.replace(PLATFORM, targets=tuple(targets), training=training)


def _tested_apart() -> ScriptsContext:
    """A connection of its own scores for the smoke test."""
    dev, *later = PLATFORM.targets
    online, *others = dev.endpoints
    tested = dataclasses.replace(online, smoke_requests=(), smoke_command=SmokeCommand("./smoke.sh", ".."))
    score = Connection("score", "churn-dev-score", "id-churn-dev-score", ())
    dev = dataclasses.replace(dev, endpoints=(tested, *others), connections=(*dev.connections, score))
    return dataclasses.replace(PLATFORM, targets=(dev, *later))


def _from_a_registry() -> ScriptsContext:
    """The platform whose models are released from a registry, and handed on to whoever scores with them."""
    targets = [
        dataclasses.replace(each, models=tuple(dataclasses.replace(model, registry="mlr-x") for model in each.models))
        for each in PLATFORM.targets
    ]
    return dataclasses.replace(PLATFORM, targets=tuple(targets), tells_scoring=True)


CONTEXTS = {
    "minimal": MINIMAL,
    "churn": PLATFORM,
    "hostile": _hostile(),
    "pull requests": IN_PULL_REQUESTS,
    "pull requests that are told": TOLD_IN_PULL_REQUESTS,
    "told": _told(),
    "of several branches": dataclasses.replace(_from_a_registry(), chooses_among=True, has_guests=True),
    "tested apart": _tested_apart(),
}


def test_a_platform_gets_the_scripts_that_have_something_to_do() -> None:
    assert list(scripts(MINIMAL)) == ["bootstrap.sh", "deploy-infra.sh", "lib.sh", "what-if.sh"]
    assert list(scripts(PLATFORM)) == [
        "bootstrap.sh",
        "choose-model.sh",
        "create-computes.sh",
        "deploy-infra.sh",
        "gate-model.sh",
        "keep-runs.sh",
        "lib-batch.sh",
        "lib-canary.sh",
        "lib-contents.sh",
        "lib-jobs.sh",
        "lib-models.sh",
        "lib-online.sh",
        "lib-rollout.sh",
        "lib-score.sh",
        "lib-serving.sh",
        "lib-train.sh",
        "lib.sh",
        "promote-models.sh",
        "register-assets.sh",
        "release-endpoint.sh",
        "run-job.sh",
        "schedule.sh",
        "score-batch.sh",
        "what-if.sh",
        "batch.py",
        "digest.py",
        "gate.py",
        "leases.py",
        "decision.py",
        "noted.py",
        "rejected.py",
        "models.py",
    ]


_JUDGED = set[tuple[str, ...]]()


@pytest.mark.judges
@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_shellcheck_finds_nothing(context: ScriptsContext, tmp_path: Path) -> None:
    """Each script once with all that it reads: platforms share most of theirs."""
    folder = write_output(tmp_path / "out", context) / "scripts"
    shellcheck = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck")
    assert shellcheck is not None, "shellcheck comes with the extra `verify`"
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.sh")}
    read = {name: (name, *(texts[each] for each in _reads(texts, name))) for name in sorted(texts)}
    files = [str(folder / name) for name in read if read[name] not in _JUDGED]
    process = subprocess.run(
        [shellcheck, "--external-sources", "--enable=all", *files], capture_output=True, text=True, check=False
    )
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")
    _JUDGED.update(read.values())


def _reads(texts: Mapping[str, str], script: str) -> list[str]:
    """A script, and the libraries that it names, and those that these name, sorted."""
    found, pending = set[str](), [script]
    while pending:
        name = pending.pop()
        found.add(name)
        pending += {each for each in re.findall(r"lib[\w-]*\.sh", texts[name]) if each in texts} - found
    return sorted(found)


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_every_script_says_where_it_comes_from_and_runs_on_old_bash(context: ScriptsContext) -> None:
    for name, text in scripts(context).items():
        shebang, header, _ = text.split("\n", 2)
        assert shebang == f"#!/usr/bin/env {'python3' if name.endswith('.py') else 'bash'}"
        assert header.startswith("# Generated by mlinfra from ../")
        assert header.endswith(", do not edit")
        assert NEWER_BASH.findall(text.replace(ASKS_FIRST, "")) == [], name
        assert "\r" not in text
        assert text.endswith("\n")


def test_the_same_context_gives_the_same_bytes() -> None:
    assert scripts(PLATFORM) == scripts(dataclasses.replace(PLATFORM))


def test_values_come_out_as_they_are(tmp_path: Path, port: int) -> None:
    context = _hostile()
    azure = Azure(tmp_path / "azure", port, write_output(tmp_path / "an 'out' folder $(x)", context), context)
    bootstrap = ("bootstrap.sh", "--target", "dev")
    result = azure.run(*bootstrap)
    assert result.code == 0, result.stderr
    group, of_connections = azure.state["groups"]
    assert (group, of_connections) == (f"{SUBSCRIPTION}/rg (churn) 'x'", f"{SUBSCRIPTION}/rg-churn-dev-connections")
    assert azure.state["groups"][group]["tags"] == dict(context.targets[0].tags)
    azure.state["groups"][group]["tags"].clear()
    assert azure.run(*bootstrap).code == 0
    assert azure.changes == ["rest"]
    assert azure.state["groups"][group]["tags"] == dict(context.targets[0].tags)
    assert azure.run(*bootstrap).code == 0
    assert azure.changes == []

    azure.with_infrastructure()
    azure.script["answer"] = f"<{HOSTILE}>"
    (tmp_path / "a b's").mkdir()
    for step in (
        ("register-assets.sh", "--target", "dev"),
        ("run-job.sh", "--target", "dev", "--job", "train", "--out", "an out'put $(touch pwned)"),
        (
            *("release-endpoint.sh", "--target", "dev", "--kind", "online", "--endpoint", "churn"),
            *("--models", "an out'put $(touch pwned)/models.json"),
        ),
    ):
        result = azure.run(*step)
        assert result.code == 0, result.stderr
    assert not list(tmp_path.rglob("pwned"))


def test_versions_are_words_too() -> None:
    odd = dataclasses.replace(PLATFORM, versions=ToolVersions(az="1 $(x)", ml="2'", bicep="3\n", databricks=""))
    assert "needed_az='1 $(x)'\nneeded_ml='2'\\'''\nneeded_bicep=$'3\\n'\n" in scripts(odd)["lib.sh"]


@pytest.mark.parametrize(
    ("cloud", "audience", "sign_in"),
    [
        ("public", "api://AzureADTokenExchange", "az login"),
        ("usgov", "api://AzureADTokenExchangeUSGov", "az cloud set --name \"'AzureUSGovernment'\", then az login"),
        ("china", "api://AzureADTokenExchangeChina", "az cloud set --name \"'AzureChinaCloud'\", then az login"),
    ],
)
def test_tokens_and_sign_in_are_those_of_the_cloud(cloud: Cloud, audience: str, sign_in: str) -> None:
    made = scripts(dataclasses.replace(PLATFORM, cloud=cloud))
    assert f"--audiences '{audience}'\n" in made["bootstrap.sh"]
    assert f'    fail "not signed in to subscription ${{subscription}}: {sign_in}"\n' in made["lib.sh"]
