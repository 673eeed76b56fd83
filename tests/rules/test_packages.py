"""What conda files ask for, against what the network lets through and what Azure ML still has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.spec import HEADER, found, said

WORKSPACE = "workspaces: {main: {}}\n"
IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"
TRAIN = f"environments:\n  train: {{image: '{IMAGE}', conda_file: train.yml}}\n"
LIST = "outbound: approved, package_hosts: [packages.contoso.example]"
PAGE = (
    "https://learn.microsoft.com/azure/machine-learning/how-to-managed-network"
    "#scenario-access-public-machine-learning-packages"
)
LISTED = f"public hosts are listed in {PAGE}"
ADDED = "the channel defaults, which conda adds where nodefaults is not written"
OWN_INDEX = "--index-url https://packages.contoso.example/simple"

SCORE = "def init(): ...\n\n\ndef run(mini_batch): ...\n"


def _approved(written: str) -> str:
    return f"outbound: approved, package_hosts: {{{written}}}"


CONDA_FORGE = _approved("conda-forge: [conda.contoso.example]")


def _spec(network: str, environments: str = TRAIN) -> str:
    return f"{HEADER}network: {{{network}}}\n{WORKSPACE}{environments}"


def _conda(channels: str, *pip: str) -> dict[str, str]:
    packages = "".join(f", '{line}'" for line in pip)
    below = f", {{pip: [{packages[2:]}]}}" if pip else ""
    return {"src/score.py": SCORE, "train.yml": f"channels: {channels}\ndependencies: [python=3.11{below}]\n"}


IN_A_STEP = f"""\
compute_clusters: {{cpu: {{size: Standard_D4ds_v4}}}}
jobs:
  train:
    type: pipeline
    jobs:
      prep:
        type: command
        command: python -c 1
        compute: cpu
        environment:
          image: {IMAGE}
          conda_file: {{channels: [bioconda, nodefaults], dependencies: [python=3.11]}}
"""


class Case(NamedTuple):
    code: str
    wrong: str
    message: str
    right: str
    files: Mapping[str, str] = {}
    right_files: Mapping[str, str] | None = None


ENDED = (
    "version 1 of the SDK, whose support ended on 2026-06-30 (use azure-ai-ml, azureml-mlflow for tracking, "
    "azureml-inference-server-http for scoring (https://learn.microsoft.com/azure/machine-learning/"
    "how-to-migrate-from-v1))"
)
SCORED_IN_BATCHES = """\
compute_clusters: {cpu: {size: Standard_D4ds_v4}}
batch_endpoints:
  nightly:
    defaults: {deployment_name: main}
    deployments:
      main:
        type: model
        model: azureml:churn:1
        compute: cpu
        environment: train
        code_configuration: {code: src, scoring_script: score.py}
"""
MIRROR = "with your mirror's hosts, "
UNKNOWN_HOSTS = (
    Case(
        "MLI474",
        _spec("outbound: approved"),
        "9: environments.train takes packages from the channel conda-forge and pip's own index: no rule names the host "
        "(write network.package_hosts: {conda-forge: [packages.contoso.example], pip: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file; "
        + LISTED
        + ")",
        _spec(_approved("conda-forge: [packages.contoso.example], pip: [packages.contoso.example]")),
        _conda("[conda-forge, nodefaults]", "pandas==2.3.3"),
    ),
    Case(  # one channel does not speak for another, nor for pip
        "MLI474",
        _spec(CONDA_FORGE),
        "9: environments.train takes packages from pip's own index: no rule names the host "
        "(write network.package_hosts: {pip: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file; "
        + LISTED
        + ")",
        _spec(CONDA_FORGE),
        _conda("[conda-forge, nodefaults]", "pandas==2.3.3"),
        _conda("[conda-forge, nodefaults]", OWN_INDEX, "pandas==2.3.3"),
    ),
    Case(
        "MLI474",
        _spec(CONDA_FORGE),
        f"9: environments.train takes packages from {ADDED}: no rule names the host (write network.package_hosts: "
        "{defaults: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file and nodefaults among its channels; "
        + LISTED
        + ")",
        _spec(CONDA_FORGE),
        _conda("[conda-forge]"),
        _conda("[conda-forge, nodefaults]"),
    ),
    Case(
        "MLI474",
        _spec(CONDA_FORGE),
        "9: environments.train takes packages from the channel defaults: no rule names the host (write "
        "network.package_hosts: {defaults: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file; "
        + LISTED
        + ")",
        _spec(_approved("conda-forge: [conda.contoso.example], defaults: [conda.contoso.example]")),
        _conda("[conda-forge, defaults]"),
    ),
    Case(  # a file without channels has the default one
        "MLI474",
        _spec("outbound: approved"),
        f"9: environments.train takes packages from {ADDED}: no rule names the host (write network.package_hosts: "
        "{defaults: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file and nodefaults among its channels; "
        + LISTED
        + ")",
        _spec("outbound: approved"),
        {"train.yml": "dependencies: [python=3.11]\n"},
        _conda("[nodefaults, 'https://packages.contoso.example/conda']"),
    ),
    Case(  # a list says nothing of a channel
        "MLI474",
        _spec(LIST),
        "9: environments.train takes packages from the channel conda-forge and pip's own index: no rule names the "
        "host, and the list network.package_hosts doesn't say whose hosts it has (write network.package_hosts: "
        "{conda-forge: [packages.contoso.example], pip: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file; "
        + LISTED
        + ")",
        _spec(LIST),
        _conda("[conda-forge, nodefaults]", "pandas==2.3.3"),
        _conda("['https://packages.contoso.example/conda', nodefaults]", OWN_INDEX, "pandas==2.3.3"),
    ),
    Case(
        "MLI474",
        _spec(_approved("conda_forge: [conda.contoso.example]")),
        "9: environments.train takes packages from the channel conda-forge: no rule names the host "
        '(network.package_hosts has "conda_forge": did you mean "conda-forge"?)',
        _spec(CONDA_FORGE),
        _conda("[conda-forge/label/dev, nodefaults]"),
    ),
    Case(  # a channel in front of a package is asked although it is not among the channels
        "MLI474",
        _spec(CONDA_FORGE),
        "9: environments.train takes packages from the channel pytorch: no rule names the host "
        "(write network.package_hosts: {pytorch: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file; "
        + LISTED
        + ")",
        _spec(CONDA_FORGE),
        {"train.yml": "channels: [conda-forge, nodefaults]\ndependencies: ['pytorch::pytorch=2.5']\n"},
        {"train.yml": "channels: [conda-forge, nodefaults]\ndependencies: ['conda-forge::numpy=2.3']\n"},
    ),
    Case(  # an extra index stands beside pip's own, -i and --no-index in its place
        "MLI474",
        _spec(CONDA_FORGE),
        "9: environments.train takes packages from pip's own index: no rule names the host "
        "(write network.package_hosts: {pip: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file; "
        + LISTED
        + ")",
        _spec(CONDA_FORGE),
        _conda("[conda-forge, nodefaults]", "--extra-index-url https://packages.contoso.example/simple", "pandas"),
        _conda("[conda-forge, nodefaults]", "-i https://packages.contoso.example/simple", "pandas"),
    ),
    Case(  # written in place, in a step
        "MLI474",
        _spec("outbound: approved", IN_A_STEP),
        "19: jobs.train takes packages from the channel bioconda: no rule names the host "
        "(write network.package_hosts: {bioconda: [packages.contoso.example]}, "
        + MIRROR
        + "or addresses in the conda file; "
        + LISTED
        + ")",
        _spec(_approved("bioconda: [conda.contoso.example]"), IN_A_STEP),
    ),
)
OLD_SDK = (
    Case(
        "MLI583",
        HEADER + WORKSPACE + TRAIN,
        f"8: environments.train installs azureml-core and azureml-defaults, {ENDED}",
        HEADER + WORKSPACE + TRAIN,
        _conda("[nodefaults]", "azureml_core==1.62.0", "azureml-defaults", "azureml-mlflow==1.62.0"),
        _conda("[nodefaults]", "azureml-mlflow==1.62.0", "azureml-inference-server-http==1.5.1", "azure-ai-ml"),
    ),
    Case(  # the driver of batch deployments asks for one of them, and for no other
        "MLI583",
        HEADER + WORKSPACE + TRAIN + SCORED_IN_BATCHES,
        f"8: environments.train installs azureml-core and azureml-sdk, {ENDED}",
        HEADER + WORKSPACE + TRAIN + SCORED_IN_BATCHES,
        _conda("[nodefaults]", "azureml-core", "azureml-sdk"),
        _conda("[nodefaults]", "azureml-core", "azureml-dataset-runtime[fuse]"),
    ),
)
MLFLOW = "Azure ML's tracking server takes no models logged by MLflow 2.19 or newer"
SAVE = "save models into an output of the job instead of logging them"
NEW_MLFLOW = (
    Case(
        "MLI584",
        HEADER + WORKSPACE + TRAIN,
        f"8: environments.train installs mlflow-skinny==2.22.5, and {MLFLOW} (write mlflow-skinny<2.19, or {SAVE})",
        HEADER + WORKSPACE + TRAIN,
        _conda("[nodefaults]", "mlflow-skinny==2.22.5"),
        _conda("[nodefaults]", "mlflow-skinny==2.18.0"),
    ),
    Case(  # without a bound it is the newest
        "MLI584",
        HEADER + WORKSPACE + TRAIN,
        f"8: environments.train installs conda-forge::mlflow, and {MLFLOW} (write mlflow<2.19, or {SAVE})",
        HEADER + WORKSPACE + TRAIN,
        {"train.yml": "channels: [nodefaults]\ndependencies: ['conda-forge::mlflow']\n"},
        {"train.yml": "channels: [nodefaults]\ndependencies: ['conda-forge::mlflow=2.18']\n"},
    ),
    Case(  # what only serves models logs none
        "MLI584",
        HEADER + WORKSPACE + TRAIN,
        f"8: environments.train installs mlflow>=2, and {MLFLOW} (write mlflow<2.19, or {SAVE})",
        HEADER + WORKSPACE + TRAIN + SCORED_IN_BATCHES,
        _conda("[nodefaults]", "mlflow>=2"),
    ),
)
OLD_PYTHON = (
    Case(
        "MLI245",
        HEADER + WORKSPACE + TRAIN,
        "8: environments.train installs python=3.9, whose support ended on 2025-10-31 (write python=3.11 or newer)",
        HEADER + WORKSPACE + TRAIN,
        {"train.yml": "channels: [nodefaults]\ndependencies: [python=3.9]\n"},
        {"train.yml": "channels: [nodefaults]\ndependencies: [python=3.12]\n"},
    ),
)
PACKAGE_CASES = (*UNKNOWN_HOSTS, *OLD_SDK, *NEW_MLFLOW, *OLD_PYTHON)


@pytest.mark.parametrize("case", PACKAGE_CASES, ids=range(len(PACKAGE_CASES)))
def test_what_is_asked_for_in_vain_is_found_and_nothing_else(case: Case, tmp_path: Path) -> None:
    wrong, right = tmp_path / "wrong", tmp_path / "right"
    wrong.mkdir()
    right.mkdir()
    assert said(wrong, case.wrong, case.code, case.files) == [case.message]
    files = case.files if case.right_files is None else case.right_files
    assert [item.message for item in found(right, case.right, files) if item.code.severity == "error"] == []
    assert said(right, case.right, case.code, files) == []


def test_what_a_wrong_deployment_would_use_is_not_called_unused(tmp_path: Path) -> None:
    text = HEADER + WORKSPACE + TRAIN + SCORED_IN_BATCHES
    used, wrong = "compute: cpu", "compute: cpu, mini_batch_size: 10, settings: {mini_batch_size: 10}"
    assert used in text
    findings = found(tmp_path, text.replace(used, wrong), _conda("[nodefaults]", "azureml-core"))
    assert "error" in {each.code.severity for each in findings}
    assert "MLI583" not in {each.code.id for each in findings}


def test_each_conda_file_is_asked_for_by_itself(tmp_path: Path) -> None:
    environments = TRAIN + TRAIN.removeprefix("environments:\n").replace("train", "other")
    other = "channels: [bioconda, nodefaults]\ndependencies: [python=3.11]\n"
    files = {**_conda("[conda-forge, nodefaults]"), "other.yml": other}
    lines = said(tmp_path, _spec("outbound: approved", environments), "MLI474", files)
    assert [line.partition(":")[0] for line in lines] == ["9", "10"]


BESIDE = (
    *("-r requirements.txt", "--requirement=a/b.txt", "-c limits.txt", "-e .", "./wheels/a-1-py3-none-any.whl"),
    *("wheels/a-1-py3-none-any.whl", "a-1-py3-none-any.whl", "../libs/tools", ".[all]"),
)
ELSEWHERE = (
    *("-r https://packages.contoso.example/list.txt", "-e git+https://git.contoso.example/a#egg=a", "a[b]==1"),
    *("a @ https://packages.contoso.example/a.whl", "https://packages.contoso.example/a-1-py3-none-any.whl"),
    *(OWN_INDEX, "--pre", "a==1  # as in b/c.txt", "a>=1,<2", "/opt/wheels/a-1-py3-none-any.whl"),
)


def test_pip_is_given_no_file_that_only_lies_beside_the_conda_file(tmp_path: Path) -> None:
    files = _conda("[nodefaults]", *BESIDE, *ELSEWHERE)
    assert said(tmp_path, _spec("outbound: internet"), "MLI823", files) == [
        f'9: environments.train lets pip take "{line}", and only the conda file itself reaches Azure ML'
        for line in BESIDE
    ]
