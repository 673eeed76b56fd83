"""Which versions a conda file leaves open, for packages of conda and of pip."""

from __future__ import annotations

import pytest

from mlinfra.schemas.packages import requirements

FIRST = (2, 19)
OPEN_FOR_PIP = (
    *("mlflow", "mlflow==2.22.5", "mlflow==2.19", "mlflow==2.19.0rc1", "mlflow<3", "mlflow~=2.18", "mlflow==2.*"),
    *("mlflow >=2.10", "mlflow!=2.18", "MLFLOW[extras] >= 2 ; python_version < '3.12'", "mlflow<2.19.1"),
)
CLOSED_FOR_PIP = (
    *("mlflow==2.18.0", "mlflow<2.19", "mlflow>=2,<2.19", "mlflow~=2.18.0", "mlflow<=2.18", "mlflow===2.18.0"),
    *("mlflow[extras]==2.18.* ; python_version<'3.12'", "mlflow @ https://a.example/mlflow-3.whl", "mlflow==2"),
)
OPEN_FOR_CONDA = ("mlflow", "mlflow=2", "mlflow<3", "mlflow=3.1=0", "conda-forge::mlflow>=2")
CLOSED_FOR_CONDA = (
    *("mlflow=2.18", "mlflow=2.18.0=py311_0", "mlflow 2.18.0", "mlflow 2.18.0 py_0", "mlflow>=2.0,<2.19"),
    *("conda-forge::mlflow==2.18.0", "mlflow=2.18.*"),
)


@pytest.mark.parametrize(
    ("written", "is_open"), [*((line, True) for line in OPEN_FOR_PIP), *((line, False) for line in CLOSED_FOR_PIP)]
)
def test_a_line_of_pip_leaves_versions_open(written: str, is_open: bool) -> None:
    (required,) = requirements({"dependencies": [{"pip": [written]}]})
    assert (required.name, required.may_be(FIRST)) == ("mlflow", is_open)


@pytest.mark.parametrize(
    ("written", "is_open"), [*((line, True) for line in OPEN_FOR_CONDA), *((line, False) for line in CLOSED_FOR_CONDA)]
)
def test_a_package_of_conda_leaves_versions_open(written: str, is_open: bool) -> None:
    (required,) = requirements({"dependencies": [written]})
    assert (required.name, required.may_be(FIRST)) == ("mlflow", is_open)


def test_options_and_addresses_are_no_packages_and_names_are_compared_without_case_and_dots() -> None:
    lines = ["--find-links x", "-i https://a.example/simple", "Azure_ML.Core==1  # old"]
    conda = {"dependencies": ["https://a.example/x.conda", {"pip": lines}]}
    assert [required.name for required in requirements(conda)] == ["azure-ml-core"]
