"""No value reaches az where it would take it for a file or an option: of a spec, a person, a service or a file."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlinfra.pipelines.scripts import TargetContext, scripts
from tests.scripts.example import PLATFORM
from tests.scripts.fake_az.parse import may_be_replaced
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BACK, BACK_BATCH, PROMOTE, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN

REPLACED = (
    *("@file", "@~/.git-credentials", "@-", "@/dev/stdin", "@a=b", "@"),
    *("costCenter=@file", "a=@-", "--set=@file", "=@file", "a.b=@/etc/passwd", '{"a":"=@/etc/passwd"}'),
)
OPTIONS = (
    *("-x", "-", "--", "-o", "-1", "---x", "--A", "--x=1", "--query=@", "-\n"),
    *("--help", "-h", "--debug", "--query", "--yes"),
)
PASSED = (
    *(
        "",
        "a",
        "a@b",
        "a=b",
        "a=b=@c",
        "a = @b",
        "x@",
        "=",
        "a=",
        "join(' ', @)",
        "[?a=='b'].c",
        "--name",
        "x",
        "--yes",
    ),
    *("{}", '{"a": "b=c"}', "a b", "é", "*", "$(id)", "a\nb", "a-b", "azureml:a:1", "/subscriptions/x?api-version=1"),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library") / "scripts"
    folder.mkdir()
    (folder / "lib.sh").write_text(scripts(PLATFORM)["lib.sh"])
    (folder / "az").write_text("#!/usr/bin/env bash\nprintf '<%s>' \"$@\"\n")
    (folder / "az").chmod(0o755)
    return folder


def _call(library: Path, *arguments: str) -> tuple[int, str, str]:
    command = ["bash", "-c", '. "$0/lib.sh"; call_az "$@"', str(library), *arguments]
    environment = {"PATH": f"{library}:/usr/bin:/bin", "TMPDIR": str(library)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout, ended.stderr


@pytest.mark.parametrize("argument", REPLACED)
def test_what_az_would_read_from_a_file_is_refused(library: Path, argument: str) -> None:
    assert may_be_replaced(argument)
    message = f'error: az would replace "{argument}" by what that file holds, so it was not called\n'
    assert _call(library, "x", "--name", argument) == (1, "", message)


@pytest.mark.parametrize("argument", OPTIONS)
def test_what_az_would_take_for_an_option_is_refused(library: Path, argument: str) -> None:
    assert not may_be_replaced(argument) or "=" in argument
    code, stdout, stderr = _call(library, "x", "--name", argument)
    assert (code, stdout) == (1, "")
    assert stderr.endswith("so it was not called\n")


def test_an_option_without_a_value_is_followed_by_options(library: Path) -> None:
    passed = ("x", "--yes", "--upgrade", "--no-pretty-print", "--output", "none", "--name", "x", "--query", "y")
    assert _call(library, *passed) == (0, "".join(f"<{argument}>" for argument in passed), "")


def test_all_else_is_passed_as_it_is(library: Path) -> None:
    assert not any(map(may_be_replaced, PASSED))
    assert _call(library, *PASSED) == (0, "".join(f"<{argument}>" for argument in PASSED), "")


def test_tags_are_written_so_that_az_reads_no_file(azure: Azure) -> None:
    tags = (("a", "@~/.git-credentials"), ("=@/etc/passwd", "x"), ("c=", "@-"), ("d", 'q " \\ \u2028 = @'))
    target = TargetContext("dev", "33333333-3333-3333-3333-333333333333", "rg", "westeurope", ("main",), tags=tags)
    assert not {"=", "@"} & set(target.group_tags)
    assert target.group_tags.isascii()
    assert json.loads(target.group_tags) == dict(tags)


@pytest.mark.parametrize("version", ["@file", "-x", "--yes", ".", "", "1 2", "a=@b"])
def test_models_json_names_no_file_and_no_option(azure: Azure, version: str) -> None:
    azure.with_infrastructure()
    (azure.folder / "out").mkdir()
    _write_models(azure.folder / "out", version)
    result = azure.run(*PROMOTE)
    message = f"error: out/models.json: the version of model churn is {json.dumps(version)}\n"
    assert (result.code, result.stderr, azure.changes) == (1, message, [])


JOB = "train-3f2a91c07b1e-1"


@pytest.mark.parametrize("job", ["@file", "-x", "j'] | [?'", "`j`", "a=@b"])
def test_the_name_of_a_job_in_a_tag_is_asked_for_only_where_it_is_ours(
    azure: Azure, after: Callable[..., Snapshot], job: str
) -> None:
    azure.restore(after(REGISTER, TRAIN))
    azure.workspace()["assets"]["model"]["churn"]["1"]["tags"]["job"] = job
    result = azure.run(*TRAIN)
    assert (result.code, result.stderr) == (0, f"job {JOB} is done\n")
    assert not [call for call in azure.log("calls.jsonl") if job in json.dumps(call)]


@pytest.mark.parametrize("previous", ["@/etc/passwd", "blue=@/etc/passwd", "-x", "*", "/*", "blue=100 *", "blue=1000"])
def test_the_way_back_names_no_file_and_no_pattern(azure: Azure, after: Callable[..., Snapshot], previous: str) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE, RETRAIN, RELEASE))
    for endpoint in azure.workspace()["online_endpoints"].values():
        endpoint["tags"]["mlinfra-previous"] = previous
    result = azure.run(*BACK)
    assert (result.code, azure.changes) == (1, ["ml online-endpoint update"])  # which rejects what serves
    assert all(previous not in change["arguments"].values() for change in azure.log("changes.jsonl"))
    assert result.stderr.endswith(f': its tag mlinfra-previous is "{previous}", and no split\n')


@pytest.mark.parametrize("previous", ["@/etc/passwd", "-x"])
def test_the_way_back_of_a_batch_endpoint_names_no_file(
    azure: Azure, after: Callable[..., Snapshot], previous: str
) -> None:
    azure.restore(after(REGISTER, TRAIN, RELEASE_BATCH, RETRAIN, RELEASE_BATCH))
    for endpoint in azure.workspace()["batch_endpoints"].values():
        endpoint["tags"]["mlinfra-previous"] = previous
    result = azure.run(*BACK_BATCH)
    assert (result.code, azure.changes) == (1, [])
    assert "so it was not called\n" in result.stderr


def test_a_file_of_a_model_is_not_read_in_the_place_of_its_name(azure: Azure) -> None:
    azure.with_infrastructure()
    folder = azure.folder / "out" / "model-churn"
    folder.mkdir(parents=True)
    (folder / "x=@secret").write_text("weights")
    _write_models(folder.parent, "1")
    result = azure.run(*PROMOTE)
    assert (result.code, azure.changes) == (1, [])
    assert "so it was not called\n" in result.stderr


def _write_models(folder: Path, version: str) -> None:
    models = {"churn": {"version": version, "job": "j"}}
    (folder / "models.json").write_text(json.dumps({"schema": "mlinfra/models/v1", "models": models}))


MODULE = "from pathlib import Path\nPath(__file__).with_suffix('.ran').touch()\n"


def test_no_file_of_the_folder_in_which_a_script_starts_is_a_module_of_az(azure: Azure) -> None:
    """az is `python -m azure.cli` where pip installed it: the folder it starts in comes first."""
    az = azure.folder / "bin" / "az"
    imports = f"{shlex.quote(sys.executable)} -m json.tool --help >/dev/null\n"
    az.write_text(az.read_text().replace("\n", f"\n{imports}", 1))
    (azure.folder / "argparse.py").write_text(MODULE)
    assert azure.with_infrastructure().run(*REGISTER).code == 0
    assert list(azure.folder.glob("*.ran")) == []


@pytest.mark.parametrize("name", ["MLINFRA_POLL_SECONDS", "MLINFRA_DEADLINE_SECONDS"])
@pytest.mark.parametrize("seconds", ["PATH[$(touch pwned)0]", "-1", "08", "1000000", "1.5", "a"])
def test_a_number_of_seconds_is_one(azure: Azure, name: str, seconds: str) -> None:
    result = azure.with_infrastructure().run(*REGISTER, kill_after=0, **{name: seconds})
    message = f'error: {name} is a number of seconds below 1000000, not "{seconds}"\n'
    assert (result.code, result.stderr, azure.changes) == (1, message, [])
    assert not (azure.folder / "pwned").exists()
