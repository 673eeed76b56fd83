"""The fake az of the fast tests answers `az ml` as azure-ai-ml's client: each command that a script calls, compared."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.emulator.ml import orders
from tests.emulator.ml.ground import Platform
from tests.emulator.ml.hands import Hands
from tests.scripts.example import PLATFORM
from tests.scripts.fake_az.__main__ import answer
from tests.scripts.fake_az.commands import COMMANDS
from tests.scripts.fake_az.server import Answer
from tests.scripts.fake_az.world import World
from tests.scripts.harness import Azure

ONLINE, BATCH = "oep-x", "bep-x"
AZUREML = "FOLDER/dev/azureml"
STATE = "provisioning_state"
_VERSION = re.compile(r"VERSION\(([^)]+)\)")
_LOOKS = 9
COMMAND = """\
type: command
command: echo
environment: azureml:train:VERSION
compute: azureml:cpu
tags: {team: growth}
"""


class Heard(NamedTuple):
    """What a caller of az can go by: of stderr only whether it says anything."""

    code: str
    stdout: str
    complains: bool


class Case(NamedTuple):
    """A call, its words apart by blanks, and words that hold blanks; it is made again until it prints `until`."""

    words: str
    more: tuple[str, ...] = ()
    until: str = ""


ENDPOINT = f"{AZUREML}/online_endpoints/churn.yml"
# With which numbers a deployment comes to serve, and which of those that are there say so.
NUMBERS = ("tags.mlinfra-numbers-1=1: auc=0.9 error=0.1",)
NOTED = ('[?tags."mlinfra-numbers-1"].[name, tags."mlinfra-numbers-1"]',)
INVOKE = f"ml online-endpoint invoke --name {ONLINE} --output tsv"
MODEL = "ml model create --type mlflow_model"
CONTENT = "tags.\"mlinfra-content\" || 'none'"
MADE = f"join(' ', [{STATE} || 'Unknown', {CONTENT}])"
SPLIT = (
    "[join(' ', keys(traffic || `{}`)), join(' ', map(&to_string(@), values(traffic || `{}`))), "
    "join(' ', keys(mirror_traffic || `{}`)), tags.\"mlinfra-previous\" || '']"
)
SLOTS = "[].join(' ', [name, to_string(instance_count), join(',', sort(keys(@)))])"
SHOWN = "ml online-deployment show --endpoint-name oep-x --output tsv --query"
SCHEDULE = f"join(' ', [to_string(is_enabled), {CONTENT}])"
# In this order, on a workspace with a cluster and nothing else: what one of them does, the next ones find.
CASES = (
    Case("ml compute show --name ci --query name --output tsv"),
    Case(
        f"ml compute create --name ci --file {AZUREML}/compute_instances/nb.yml --output none --set",
        ("tags.mlinfra-content=c1",),
    ),
    Case("ml compute show --name ci --output tsv --query", (f"[{CONTENT}, {STATE}]",)),
    *(
        case
        for kind, name, file in (
            ("environment", "train", "environments/train.yml"),
            ("environment", "score", "environments/score.yml"),
            ("environment", "batch", "environments/batch.yml"),
            ("data", "customers", "data/customers.yml"),
            ("data", "sample", "data/sample.yml"),
            ("component", "prep", "components/prep.yml"),
            ("component", "train", "components/train.yml"),
            ("component", "evaluate", "components/evaluate.yml"),
        )
        for case in (
            Case(f"ml {kind} show --name {name} --version VERSION({file}) --output tsv --query", (CONTENT,)),
            Case(
                f"ml {kind} create --file {AZUREML}/{file} --name {name} --version VERSION({file}) --output none --set",
                ("tags.mlinfra-content=e1",),
            ),
            Case(f"ml {kind} show --name {name} --version VERSION({file}) --output tsv --query", (CONTENT,)),
        )
    ),
    Case("ml job show --name train-1 --query status --output tsv"),
    Case(
        f"ml job create --file {AZUREML}/jobs/train.yml --name train-1 --output none --set",
        ("display_name=Train (change)", "tags.mlinfra-job=train", "settings.force_rerun=true"),
    ),
    Case(f"ml job create --file {AZUREML}/jobs/train.yml --name train-1 --output none"),
    Case("ml job list --output tsv --query", ("[?tags.\"mlinfra-job\"=='train'].[name, status]",)),
    Case("ml job download --name train-1 --output-name report --download-path OUT/early"),
    Case("ml job show --name train-1 --query status --output tsv", until="Completed"),
    Case("ml job show --name train-1 --output tsv --query", ("[name, display_name]",)),
    Case("ml job show --name gone --query status --output tsv"),
    Case("ml job download --name train-1 --output-name report --download-path OUT/numbers --output none"),
    Case("ml job download --name train-1 --output-name none --download-path OUT/none --output none"),
    Case("ml job download --name gone --output-name report --download-path OUT/none --output none"),
    Case(f"ml job create --file {AZUREML}/jobs/tune.yml --name tune-1 --output none"),
    Case(
        f"ml job create --file {AZUREML}/jobs/tune.yml --name tune-2 --output none --set settings.force_rerun=true", ()
    ),
    Case("ml job create --file OUT/command.yml --name command-1 --output none --set", ("display_name=One (change)",)),
    Case("ml job create --file OUT/command.yml --name command-2 --output none --set settings.force_rerun=true"),
    Case("ml job show --name command-1 --query status --output tsv", until="Completed"),
    Case("ml job show --name command-1 --output tsv --query", ("[name, display_name, tags.team]",)),
    Case("ml job cancel --name tune-1 --output none"),
    Case("ml job show --name tune-1 --query status --output tsv", until="Canceled"),
    Case("ml job cancel --name gone --output none"),
    Case("ml model list --name churn --output tsv --query", ("[].version",)),
    Case("ml model show --name churn --version 1 --query tags.job --output tsv"),
    Case(
        f"{MODEL} --name churn --path azureml://jobs/train-1/outputs/model/paths/ "
        "--tags job=train-1 mlinfra-content=c --query version --output tsv"
    ),
    Case(f"{MODEL} --name churn --path azureml://jobs/tune-1/outputs/model/paths/ --output none"),
    Case("ml model show --name churn --version 1 --output tsv --query", ("[tags.job, type, version]",)),
    Case("ml model list --name churn --output tsv --query", ("[?tags.job=='train-1'].version",)),
    Case("ml model list --name churn --output tsv --query", ("[?contains(path || '', '/train-1/')].version",)),
    Case("ml model list --name churn --archived-only --output tsv --query", ("[].version",)),
    Case("ml model update --name churn --version 1 --force-string --output none --set", ("tags.a=1", "tags.b=x y")),
    Case("ml model update --name churn --version 9 --force-string --output none --set", ("tags.a=1",)),
    Case("ml model show --name churn --version 1 --output tsv --query", ("[tags.job, tags.a, tags.b]",)),
    Case("ml model download --name churn --version 1 --download-path OUT/model --output none"),
    Case("ml model create --name churn --version 7 --type custom_model --path OUT/numbers --tags job=j --output none"),
    Case("ml model create --name vendor --version 7 --type custom_model --path OUT/numbers --tags job=j --output none"),
    Case("ml model show --name vendor --version 7 --output tsv --query", ("[tags.job, type]",)),
    Case(f"ml online-deployment list --endpoint-name {ONLINE} --query [].name --output tsv"),
    Case(f"ml online-endpoint show --name {ONLINE} --query name --output tsv"),
    Case(f"ml online-endpoint update --name {ONLINE} --set tags.a=b --output none"),
    *(
        Case(
            f"ml online-endpoint create --file {ENDPOINT} --name {ONLINE} --output none --set",
            ("tags.mlinfra-content=sha256:e1",),
        )
        for _ in range(2)
    ),
    *(
        Case(
            f"ml online-deployment create --file {AZUREML}/online_endpoints/churn/main.yml --endpoint-name {ONLINE} "
            f"--name {name} --output none --set model=azureml:churn:{version}",
            NUMBERS,
        )
        for name, version in (("main-000001", 1), ("main-000001", 1), ("main-000002", 9), ("main-000002", 1))
    ),
    Case(f"ml online-deployment list --endpoint-name {ONLINE} --output tsv --query", (SLOTS,)),
    Case(f"ml online-deployment list --endpoint-name {ONLINE} --output tsv --query", ("[].model",)),
    *(
        Case(f"ml online-endpoint update --name {ONLINE} --output none", more)
        for more in (
            ("--traffic", "main-000001=100", "--set", "tags.mlinfra-previous="),
            ("--traffic", "main-000009=100"),
            ("--traffic", "main-000001=50"),
            ("--mirror-traffic", "main-000002=10"),
            ("--mirror-traffic", "main-000001=10"),
            ("--mirror-traffic", "main-000002=60"),
        )
    ),
    Case(f"ml online-endpoint show --name {ONLINE} --output tsv --query", (SPLIT,)),
    Case(
        f"ml online-endpoint update --name {ONLINE} --output none --traffic",
        (
            "main-000001=90 main-000002=10",
            "--mirror-traffic",
            "main-000002=0",
            "--set",
            "tags.mlinfra-previous=main-000001=100",
        ),
    ),
    Case(f"ml online-endpoint show --name {ONLINE} --output tsv --query", (SPLIT,)),
    Case(
        f"ml online-endpoint update --file {ENDPOINT} --name {ONLINE} --output none --traffic",
        ("main-000001=100", "--set", "tags.mlinfra-content=sha256:e2"),
    ),
    Case(f"ml online-endpoint show --name {ONLINE} --output tsv --query", (SPLIT,)),
    Case(f"ml online-endpoint get-credentials --name {ONLINE} --query primaryKey --output tsv"),
    Case(f"{INVOKE} --deployment-name main-000001 --request-file OUT/request.json"),
    Case(f"{INVOKE} --deployment-name main-000009 --request-file OUT/request.json"),
    Case(f"{INVOKE} --deployment-name main-000001 --request-file OUT/none.json"),
    Case(
        f"ml online-deployment update --endpoint-name {ONLINE} --name main-000002 --set instance_count=2 --output none"
    ),
    Case(
        f"ml online-deployment update --endpoint-name {ONLINE} --name main-000009 --set instance_count=2 --output none"
    ),
    Case(f"ml online-deployment list --endpoint-name {ONLINE} --output tsv --query", (SLOTS,)),
    *(
        Case(
            f"ml online-deployment update {file} --endpoint-name {ONLINE} --name {name} --force-string --set "
            f"model=azureml:churn:1 {tags} --output none"
        )
        for file, name, tags in (
            (f"--file {AZUREML}/online_endpoints/churn/main.yml", "main-000002", "tags.mlinfra-model=churn:0"),
            (f"--file {AZUREML}/online_endpoints/churn/main.yml", "main-000002", ""),
            (f"--file {AZUREML}/online_endpoints/churn/main.yml", "main-000009", ""),
            ("", "main-000002", "tags.mlinfra-model=churn:1 tags.mlinfra-content=12e4567890"),
        )
    ),
    Case(f"ml online-deployment list --endpoint-name {ONLINE} --output tsv --query", NOTED),
    *(
        Case(SHOWN, (query, "--name", name))
        for name in ("main-000002", "main-000009")
        for query in ('[tags."mlinfra-model", instance_type, model, to_string(instance_count)]', "tags")
    ),
    *(
        Case(f"ml online-deployment get-logs --endpoint-name {ONLINE} --name {name} --lines 200 --output tsv")
        for name in ("main-000002", "main-000009")
    ),
    *(
        Case(f"ml online-deployment delete --endpoint-name {ONLINE} --name {name} {yes} --output none")
        for name, yes in (("main-000001", "--yes"), ("main-000002", ""), ("main-000002", "--yes"))
    ),
    Case(f"ml online-deployment list --endpoint-name {ONLINE} --output tsv --query", (SLOTS,)),
    Case(f"ml batch-endpoint show --name {BATCH} --query name --output tsv"),
    Case(f"ml batch-deployment list --endpoint-name {BATCH} --query [].name --output tsv"),
    *(
        Case(
            f"ml batch-endpoint create --file {AZUREML}/batch_endpoints/nightly.yml --name {BATCH} --output none --set",
            ("tags.mlinfra-content=sha256:e1",),
        )
        for _ in range(2)
    ),
    Case(f"ml batch-deployment show --endpoint-name {BATCH} --name main-000001 --query name --output tsv"),
    *(
        Case(
            f"ml batch-deployment create --file {AZUREML}/batch_endpoints/nightly/main.yml --endpoint-name {BATCH} "
            f"--name {name} --output none --set model=azureml:churn:{version}",
            NUMBERS,
        )
        for name, version in (("main-000001", 1), ("main-000001", 1), ("main-000002", 9), ("main-000002", 1))
    ),
    Case(f"ml batch-deployment list --endpoint-name {BATCH} --output tsv --query", ("[].[name, model]",)),
    Case(f"ml batch-deployment list --endpoint-name {BATCH} --output tsv --query", NOTED),
    Case(f"ml batch-deployment show --endpoint-name {BATCH} --name main-000001 --query {STATE} --output tsv"),
    Case(f"ml batch-endpoint update --name {BATCH} --set defaults.deployment_name=none --output none"),
    Case(
        f"ml batch-endpoint update --name {BATCH} --output none --set",
        ("defaults.deployment_name=main-000001", "tags.mlinfra-previous=none"),
    ),
    Case(
        f"ml batch-endpoint update --file {AZUREML}/batch_endpoints/nightly.yml --name {BATCH} --output none --set",
        ("tags.mlinfra-content=sha256:e2", "defaults.deployment_name=main-000001"),
    ),
    Case(f"ml batch-endpoint show --name {BATCH} --output tsv --query", (f"[defaults.deployment_name || '', {MADE}]",)),
    *(
        Case(
            f"ml batch-endpoint invoke --name {BATCH} --deployment-name {name} --job-name {job} --input {given} "
            "--input-type uri_folder --query name --output tsv"
        )
        for name, job, given in (
            ("main-000001", "score-1", "azureml://datastores/raw/paths/daily/"),
            ("main-000001", "score-1", "azureml://datastores/raw/paths/daily/"),
            ("main-000009", "score-2", "azureml://datastores/raw/paths/daily/"),
            ("main-000001", "score-3", "azureml:none:1"),
            ("main-000001", "score-4", "azureml:customers:VERSION(data/customers.yml)"),
            ("main-000001", "score-5", "OUT/none"),
        )
    ),
    Case("ml job show --name score-1 --query status --output tsv", until="Completed"),
    Case("ml job list --parent-job-name score-1 --output tsv --query", ("length([].name)",)),
    Case("ml job download --name score-1 --output-name score --download-path OUT/score --output none"),
    Case(f"ml batch-deployment delete --endpoint-name {BATCH} --name main-000001 --yes --output none"),
    Case(f"ml batch-deployment delete --endpoint-name {BATCH} --name main-000002 --yes --output none"),
    Case(f"ml batch-deployment list --endpoint-name {BATCH} --output tsv --query", ("[].name",)),
    Case("ml schedule show --name weekly --query name --output tsv"),
    *(
        Case(
            f"ml schedule create --file {AZUREML}/schedules/weekly.yml --name weekly --output none --set",
            ("tags.mlinfra-content=unfinished", f"trigger.start_time={start}"),
        )
        for start in ("2099-01-01T00:00:00", "2099-01-02T00:00:00")
    ),
    Case("ml schedule show --name weekly --output tsv --query", (SCHEDULE,)),
    Case("ml schedule disable --name weekly --output none"),
    Case("ml schedule show --name weekly --output tsv --query", (f"join(' ', [{SCHEDULE}, {STATE}])",)),
    Case("ml schedule enable --name weekly --output none"),
    Case("ml schedule enable --name none --output none"),
    Case("ml schedule show --name weekly --output tsv --query", (SCHEDULE,)),
)


def test_every_command_of_the_extension_is_compared() -> None:
    compared = {name for case in CASES for name in COMMANDS if case.words.startswith(f"{name} ")}
    assert {name for name in COMMANDS if name.startswith("ml ")} - compared == set()


@pytest.mark.judges
def test_both_answer_the_same(hands: Hands, churn: Platform, tmp_path: Path) -> None:
    scripted = _scripted(hands, churn, tmp_path)
    differ = []
    for case in CASES:
        words = [_filled(word, churn, tmp_path) for word in (*case.words.split(), *case.more)]
        real = _heard(partial(hands.run, "", *words), case.until)
        fake = _heard(partial(_answer, scripted, [*words, *hands.place]), case.until)
        if fake != real:
            differ.append(f"az {' '.join(words)}\n  real: {real}\n  fake: {fake}")
    assert not differ, "\n".join(differ)


def _answer(folder: Path, words: list[str]) -> Answer:
    return answer(World(folder), words)


def _scripted(hands: Hands, churn: Platform, folder: Path) -> Path:
    """The folder of a fake az with a workspace at the same place, where the same is to happen."""
    for name in ("numbers", "fake"):
        (folder / name).mkdir()
    (folder / "numbers" / "metrics.json").write_text('{"auc": 0.9}')
    (folder / "request.json").write_text("{}")
    (folder / "command.yml").write_text(
        COMMAND.replace("VERSION", _filled("VERSION(environments/train.yml)", churn, folder))
    )
    orders.write_output(hands.emulator.state, "report", {"metrics.json": '{"auc": 0.9}'})
    azure = Azure(folder / "fake" / "az", 0, churn.output, PLATFORM)
    script = azure.script | {"workspaces": ["/".join(hands.place[1::2])], "kill_after": 0}
    script |= {"answer": '{"churn_probability": [0.5]}'}
    (azure.folder / "world.json").write_text(json.dumps({"state": {}, "script": script}))
    return azure.folder


def _filled(word: str, churn: Platform, folder: Path) -> str:
    """A word with the folders, and the version that a file says, in their places."""
    word = word.replace("FOLDER", str(churn.output)).replace("OUT", str(folder))
    version = _VERSION.search(word)
    if version is None:
        return word
    body = yaml.safe_load((churn.output / "dev" / "azureml" / version[1]).read_text(encoding="utf-8"))
    return word.replace(version[0], str(body["version"]))


def _heard(call: Callable[[], Answer], until: str) -> Heard:
    """What one call, or the last of several, says."""
    for _ in range(_LOOKS):
        done = call()
        if not until or done.code != "0" or until in done.stdout:
            break
    return Heard(done.code, done.stdout.lstrip("."), bool(done.stderr))
