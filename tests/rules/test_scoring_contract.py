"""The contract of scoring: what code imports, what its environment gives, and in which version the model was made."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from mlinfra.diagnostics import Diagnostic
from mlinfra.schemas.modules import BRINGS, GIVEN_BY, STANDARD_LIBRARY, normal
from tests.spec import HEADER, found, said

CONTRACT_CODES = ("MLI740", "MLI741", "MLI742", "MLI743", "MLI748", "MLI822")
IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04:20260715.v1"
SERVER = "azureml-inference-server-http==1.5.1"
ENDS = "\n\ndef init(): ...\n\n\ndef run(data): ...\n"

BASE = f"{HEADER}workspaces: {{main: {{}}}}\ncompute_clusters: {{cpu: {{size: Standard_D4ds_v4}}}}\n"
SCORE = f"environments:\n  score: {{image: '{IMAGE}', conda_file: score.yml}}\n"
ONLINE = """\
online_endpoints:
  fares:
    auth_mode: aad_token
    deployments:
      main:
        model: MODEL
        environment: score
        instance_type: Standard_D4as_v4
        instance_count: 1
        code_configuration: {code: src, scoring_script: score.py}
"""
BATCH = """\
batch_endpoints:
  months:
    defaults: {deployment_name: main}
    deployments:
      main:
        type: model
        model: MODEL
        compute: cpu
        environment: score
        code_configuration: {code: src, scoring_script: score.py}
"""
SPEC = BASE + SCORE + ONLINE.replace("MODEL", "azureml:fares:1")
SCRIPT_LINE, ENVIRONMENT_LINE = 19, 16


def _conda(*pip: str, conda: str = "python=3.11") -> str:
    lines = "".join(f"    - {line}\n" for line in pip)
    return f"channels: [nodefaults]\ndependencies:\n- {conda}\n" + (f"- pip:\n{lines}" if pip else "")


def _files(script: str, *pip: str, **modules: str) -> dict[str, str]:
    of_code = {f"src/{name.replace('__', '/')}.py": text for name, text in modules.items()}
    return {"src/score.py": script + ENDS, "score.yml": _conda(SERVER, *pip), **of_code}


def _not_given(imported: str, package: str, *, is_guess: bool = False) -> str:
    if is_guess:
        last = imported.rpartition(" ")[2]
        package = f"the package that gives {last} to its conda file: {package}, if that is what it is called"
        return _not_given(imported, "X").replace("X to its conda file", package)
    return (
        f'{SCRIPT_LINE}: "score.py" imports {imported}, and no package of environments.score gives it '
        f"(add {package} to its conda file)"
    )


def _neither(imported: str, other: str, packages: str) -> str:
    return (
        f'{SCRIPT_LINE}: "score.py" imports {imported} where {other} is missing, and no package of environments.score '
        f"gives either (add {packages} to its conda file)"
    )


MISSING = {
    "another name": (_files("import cv2"), [_not_given("cv2", "opencv-python")]),
    "below a module": (_files("import sklearn.svm"), [_not_given("sklearn", "scikit-learn")]),
    "a module that many share": (
        _files("from azure.identity import X"),
        [_not_given("azure.identity", "azure-identity")],
    ),
    "a name of such a module": (_files("from azure import identity"), [_not_given("azure.identity", "azure-identity")]),
    "its own name": (
        _files("import contoso_tools as tools"),
        [_not_given("contoso_tools", "contoso-tools", is_guess=True)],
    ),
    "two levels below what many share": (
        _files("from azure.ai.ml import MLClient\nfrom google.cloud import storage"),
        [
            _not_given("azure.ai.ml", "azure-ai-ml"),
            _not_given("google.cloud.storage", "google-cloud-storage", is_guess=True),
        ],
    ),
    "where nothing catches that": (
        _files("try:\n    import cv2\nexcept ValueError:\n    pass"),
        [_not_given("cv2", "opencv-python")],
    ),
    "where the failure is raised again": (
        _files("try:\n    import cv2\nexcept ImportError as e:\n    raise RuntimeError from e"),
        [_not_given("cv2", "opencv-python")],
    ),
    "the one in the place of the other, and neither is there": (
        _files(
            "try:\n    import tensorflow.lite as t\nexcept ImportError:\n    import tflite_runtime.interpreter as t"
        ),
        [_neither("tflite_runtime", "tensorflow", "tensorflow or tflite-runtime")],
    ),
    "the last of three": (
        _files(
            "try:\n    import cv2\nexcept ImportError:\n    try:\n        import PIL\n"
            "    except ImportError:\n        import imageio"
        ),
        [_neither("imageio", "PIL", "pillow or imageio")],
    ),
    "in the place of the code's own, which needs another": (
        _files("try:\n    import fares, cv2\nexcept Exception:\n    import PIL", fares=""),
        [_neither("PIL", "cv2", "opencv-python or pillow")],
    ),
    "from a folder of the code that does not have it": (
        _files("import tools.gone", tools__text=""),
        [
            (
                f'{SCRIPT_LINE}: "score.py" imports tools.gone, which the folder "tools" of its code does not have, '
                "and no package of environments.score gives it (correct its name, or add the file)"
            )
        ],
    ),
    "each once": (
        _files("import PIL.Image\nimport os, yaml\nfrom PIL import Image"),
        [
            _not_given("PIL", "pillow"),
            _not_given("yaml", "pyyaml"),
        ],
    ),
    "by a module of the code": (
        _files("import fares", fares="import json\nfrom shap import Explainer\n"),
        [_not_given('"fares.py", which imports shap', "shap")],
    ),
    "by a package of the code": (
        _files("from fares.model import load", fares__model="from . import files\n", fares__files="import joblib\n"),
        [_not_given('"fares/files.py", which imports joblib', "joblib")],
    ),
    "in a with": (
        _files("import warnings\nwith warnings.catch_warnings():\n    import xgboost"),
        [
            _not_given("xgboost", "xgboost"),
        ],
    ),
    "whatever comes after": (_files("try:\n    import numpy\nfinally:\n    pass"), [_not_given("numpy", "numpy")]),
    "beside a folder of that name": (
        _files("import azure.identity", azure__helpers=""),
        [_not_given("azure.identity", "azure-identity")],
    ),
}
GIVEN = {
    "by its name": _files("import pandas, requests", "pandas==2.3.3", "Requests"),
    "by the table": _files("import cv2, yaml, PIL", "opencv-python-headless", "PyYAML", "Pillow>=11"),
    "by what brings it": _files("import numpy, joblib\nimport flask", "scikit-learn==1.7.2"),
    "with extras": _files("import uvicorn", "uvicorn[standard]==0.40.0"),
    "with a marker": _files("import uvloop", 'uvloop; sys_platform == "linux"'),
    "at an address": _files("import contoso_tools", "contoso-tools @ https://packages.contoso.example/tools.whl"),
    "below a shared module": _files("from azure.identity import X\nimport azure.core", "azure-identity"),
    "by Python": _files("import asyncio, tomllib, distutils, typing as t\nfrom __future__ import annotations"),
    "where it may be missing": _files("try:\n    import cv2\nexcept ImportError:\n    cv2 = None"),
    "the first of two": _files("try:\n    import cv2\nexcept ImportError:\n    import PIL", "opencv-python"),
    "the second of two": _files("try:\n    import cv2\nexcept ImportError:\n    import PIL", "pillow"),
    "the second of two, by the code": _files("try:\n    import cv2\nexcept ImportError:\n    import fares", fares=""),
    "the first of two, by the code": _files("try:\n    import fares\nexcept ImportError:\n    import cv2", fares=""),
    "in the place of what Python has": _files("try:\n    import json\nexcept ImportError:\n    import cv2"),
    "where the third does without": _files(
        "try:\n    import cv2\nexcept ImportError:\n    try:\n        import PIL\n    except Exception:\n        pass"
    ),
    "where any failure is caught": _files("try:\n    import cv2\nexcept (ValueError, Exception):\n    cv2 = None"),
    "where nobody knows what is caught": _files("try:\n    import cv2\nexcept FAILURES:\n    cv2 = None"),
    "where the failure is suppressed": _files("import contextlib as c\nwith c.suppress(ImportError):\n    import cv2"),
    "for type checkers": _files("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import cv2"),
    "for another system": _files("import sys\nif sys.platform == 'win32':\n    import win32api"),
    "when it is needed": _files("def load():\n    import cv2"),
    "by the code": _files("import fares\nfrom zones import Z\nimport tools.text", fares="", zones="", tools__text=""),
    "by a package of the code": _files("import tools", tools__x="") | {"src/tools/__init__.py": "from .x import Y"},
    "by a compiled module": _files("import fast") | {"src/fast.cpython-311-x86_64-linux-gnu.so": ""},
    "by a folder of the code": _files("from tools import text\nimport tools", tools__text=""),
    "relative, in a package": _files("import tools.x", tools__x="from .y import Y\nfrom . import y", tools__y=""),
    "nobody knows by what": _files("import cv2", "-r https://packages.contoso.example/list.txt"),
    "nobody knows by which": _files("import cv2", "git+https://git.contoso.example/vision"),
    "in circles": _files("import fares", fares="import zones\n", zones="import fares\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_import_that_nothing_gives_is_a_warning_that_names_the_package(name: str, tmp_path: Path) -> None:
    files, messages = MISSING[name]
    assert said(tmp_path, SPEC, "MLI740", files) == messages
    assert _errors(tmp_path, SPEC, files) == []


@pytest.mark.parametrize("name", GIVEN)
def test_import_that_something_gives_or_that_may_not_run_is_none(name: str, tmp_path: Path) -> None:
    assert said(tmp_path, SPEC, "MLI740", GIVEN[name]) == []
    assert _errors(tmp_path, SPEC, GIVEN[name]) == []


def test_conda_gives_what_it_calls_otherwise(tmp_path: Path) -> None:
    files = _files("import torch, dateutil, sympy") | {"score.yml": _conda(SERVER, conda="conda-forge::pytorch=2.8")}
    assert said(tmp_path, SPEC, "MLI740", files) == []


def test_import_is_shown_where_it_is_written(tmp_path: Path) -> None:
    files = _files("import fares", fares='"""Ä."""; import cv2\n')
    (finding,) = [item for item in found(tmp_path, SPEC, files) if item.code.id == "MLI740"]
    (place,) = finding.related
    assert place.message == "it is imported here"
    assert place.span[:3] == (f"{tmp_path}/src/fares.py", 1, 11)


def test_batch_deployment_is_looked_at_too(tmp_path: Path) -> None:
    spec = BASE + SCORE + BATCH.replace("MODEL", "azureml:fares:1")
    (message,) = said(tmp_path, spec, "MLI740", _files("import cv2"))
    assert message.partition(": ")[2] == _not_given("cv2", "opencv-python").partition(": ")[2]


@pytest.mark.parametrize(
    "change",
    [
        ("environment: score", "environment: azureml:curated:1"),
        ("environment: score", "environment: {image: 'contoso.azurecr.io/score:1'}"),
        ("instance_type:", "environment_variables: {AZUREML_EXTRA_REQUIREMENTS_TXT: r.txt}\n        instance_type:"),
    ],
    ids=["curated", "image", "installed-at-the-start"],
)  # fmt: skip
def test_environment_of_which_nobody_knows_what_is_in_it_is_not_judged(change: tuple[str, str], tmp_path: Path) -> None:
    assert said(tmp_path, SPEC.replace(*change), "MLI740", _files("import cv2")) == []


def test_script_in_a_folder_finds_its_neighbours_and_the_code(tmp_path: Path) -> None:
    files = _files("", common="")
    files |= {"src/online/score.py": f"import rules, common, cv2{ENDS}", "src/online/rules.py": ""}
    spec = SPEC.replace("score.py", "online/score.py")
    assert said(tmp_path, spec, "MLI740", files) == [
        _not_given("cv2", "opencv-python").replace("score.py", "online/score.py")
    ]


@pytest.mark.parametrize(
    ("written", "said_of_it"),
    [
        ("from .fares import X", "says from .fares import X, and belongs to no package (write from fares import X)"),
        ("from . import fares, b", "says from . import fares, b, and belongs to no package (write import fares, b)"),
        ("from ..x.y import *", "says from ..x.y import *, and belongs to no package (write from x.y import *)"),
    ],
)
def test_script_is_loaded_as_a_module_of_no_package(written: str, said_of_it: str, tmp_path: Path) -> None:
    files = _files(f"import os\n{written}\nfrom .more import Z", fares="")
    assert said(tmp_path, SPEC, "MLI822", files) == [f'{SCRIPT_LINE}: "score.py" {said_of_it}']
    assert said(tmp_path, BASE + SCORE + BATCH.replace("MODEL", "azureml:fares:1"), "MLI822", files) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [("from fares import X", "from .fares import X"), ("from .fares import X", "from fares import X")],
)
def test_script_that_is_also_a_module_of_a_package_imports_both_ways(first: str, second: str, tmp_path: Path) -> None:
    files = _files(f"try:\n    {first}\nexcept ImportError:\n    {second}", fares="")
    assert [said(tmp_path, SPEC, code, files) for code in CONTRACT_CODES] == [[]] * len(CONTRACT_CODES)


@pytest.mark.parametrize(
    ("written", "absolute"),
    [("from .rules import R", "from online.rules import R"), ("from . import rules", "from online import rules")],
)
def test_script_in_a_folder_imports_by_the_folder_of_the_code(written: str, absolute: str, tmp_path: Path) -> None:
    files = _files("") | {"src/online/score.py": f"{written}{ENDS}", "src/online/rules.py": ""}
    (message,) = said(tmp_path, SPEC.replace("score.py", "online/score.py"), "MLI822", files)
    assert message.endswith(f"belongs to no package (write {absolute})")


def test_module_that_is_no_python_is_said_with_its_file_and_line(tmp_path: Path) -> None:
    files = _files("import fares", fares="import json\ndef load(:\n")
    (finding,) = [item for item in found(tmp_path, SPEC, files) if item.code.id == "MLI743"]
    assert finding.message == '"score.py" imports "fares.py", which is no Python: invalid syntax'
    assert finding.help == "look at line 2 of it"
    assert finding.related[0].span[:2] == (f"{tmp_path}/src/fares.py", 2)


@pytest.mark.parametrize(
    "source",
    [
        "import x\0",
        "(" * 100_000,
        "if x:\n" * 200,
        "import cv2\n" + "# " * 200_000,
        "\ufeff# -*- coding: latin-1 -*-\n",
    ],
    ids=["nul", "parentheses", "unfinished", "long", "coded"],
)
def test_module_is_read_under_bounds_and_never_run(source: str, tmp_path: Path) -> None:
    files = _files("import fares", fares=source)
    codes = {item.code.id for item in found(tmp_path, SPEC, files)}
    assert codes <= {"MLI743", "MLI654", "MLI434"} | {item.code.id for item in found(tmp_path, SPEC, _files(""))}
    assert _errors(tmp_path, SPEC, files) == []


def test_code_that_would_do_harm_is_not_run(tmp_path: Path) -> None:
    harm = f"open({str(tmp_path / 'harm')!r}, 'w')\n"
    assert said(tmp_path, SPEC, "MLI740", _files(f"{harm}import fares", fares=harm)) == []
    assert not (tmp_path / "harm").exists()


# Which environment has which server

NO_SERVER = (
    f"{ENVIRONMENT_LINE}: environments.score has no azureml-inference-server-http, which calls the scoring script of "
    "online_endpoints.fares.deployments.main (add it to its conda file, under pip: azureml-inference-server-http)"
)


def test_online_deployment_needs_the_server_in_its_conda_file(tmp_path: Path) -> None:
    files = {**_files(""), "score.yml": _conda("pandas==2.3.3")}
    assert said(tmp_path, SPEC, "MLI742", files) == [NO_SERVER]
    assert said(tmp_path, SPEC, "MLI742", {**files, "score.yml": _conda("azureml-defaults")}) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("environment: score", "environment: azureml:curated:1"),
        ("score.yml}", "score.yml, inference_config: {scoring_route: {path: /score, port: 80}}}"),
    ],
)  # fmt: skip
def test_who_has_another_server_needs_none(old: str, new: str, tmp_path: Path) -> None:
    assert said(tmp_path, SPEC.replace(old, new), "MLI742", {**_files(""), "score.yml": _conda()}) == []


def test_batch_deployment_and_one_without_a_script_need_none(tmp_path: Path) -> None:
    files = {**_files(""), "score.yml": _conda()}
    assert said(tmp_path, BASE + SCORE + BATCH.replace("MODEL", "azureml:fares:1"), "MLI742", files) == []
    without = SPEC.replace("        code_configuration: {code: src, scoring_script: score.py}\n", "")
    assert said(tmp_path, without, "MLI742", files) == []


def test_environment_that_is_written_in_the_deployment_is_judged_as_well(tmp_path: Path) -> None:
    written = f"environment: {{image: '{IMAGE}', conda_file: {{dependencies: [python=3.11]}}}}"
    (message,) = said(tmp_path, SPEC.replace("environment: score", written), "MLI742", _files(""))
    assert "online_endpoints.fares.deployments.main has no azureml-inference-server-http" in message


# Which versions trained


class Versions(NamedTuple):
    train: str  # the conda file
    score: str
    found: str | None  # of two packages, as the message quotes them


OTHERS = {
    "a library": Versions(_conda("scikit-learn==1.5.0"), _conda(SERVER, "scikit-learn==1.7.2"),
                          "scikit-learn==1.7.2|scikit-learn==1.5.0"),
    "Python": Versions(_conda(conda="python=3.10.14"), _conda(SERVER, conda="python=3.11"),
                       "python=3.11|python=3.10.14"),
    "by conda and by pip": Versions(_conda(conda="pytorch=2.6"), _conda(SERVER, "torch==2.8.0"),
                                    "torch==2.8.0|pytorch=2.6"),
    "what pip puts over conda's": Versions(_conda("numpy==2.3.2", conda="numpy=1.26"), _conda(SERVER, "numpy==1.26.4"),
                                           "numpy==1.26.4|numpy==2.3.2"),
    "the same": Versions(_conda("scikit-learn==1.7.2"), _conda(SERVER, "scikit_learn==1.7.2"), None),
    "a patch of Python": Versions(_conda(conda="python=3.11.9"), _conda(SERVER, conda="python=3.11.13"), None),
    "a zero": Versions(_conda("pandas==2.3"), _conda(SERVER, "pandas==2.3.0"), None),
    "any that begin so": Versions(_conda("pandas==2.3.*"), _conda(SERVER, "pandas==2.3.3"), None),
    "a range": Versions(_conda("pandas>=2"), _conda(SERVER, "pandas==2.3.3"), None),
    "one is not pinned": Versions(_conda("pandas"), _conda(SERVER, "pandas==2.3.3"), None),
    "one lacks it": Versions(_conda(), _conda(SERVER, "pandas==2.3.3"), None),
    "what does not pickle": Versions(_conda("requests==2.31.0"), _conda(SERVER, "requests==2.32.0"), None),
    "where a marker says": Versions(_conda('dill==0.3; python_version < "3.9"'), _conda(SERVER, "dill==0.4"), None),
}  # fmt: skip
TRAIN = SCORE + f"  train: {{image: '{IMAGE}', conda_file: train.yml}}\n"
COMMAND = (
    'jobs:\n  train: {type: command, command: "python -c 1 --to ${{outputs.m}}", compute: cpu, environment: train, '
)
JOB = COMMAND + "outputs: {m: {type: custom_model}}}\nmodels: {fares: {from_job: train, output: m}}\n"


def _said_of_versions(folder: Path, job: str, train: str, score: str, endpoint: str = ONLINE) -> list[Diagnostic]:
    files = {**_files(""), "train.yml": train, "score.yml": score}
    spec = BASE + TRAIN + job + endpoint.replace("MODEL", "fares")
    assert [item for item in _errors(folder, spec, files) if not item.startswith("MLI741")] == []
    return [item for item in found(folder, spec, files) if item.code.id == "MLI741"]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("endpoint", [ONLINE, BATCH], ids=["online", "batch"])
def test_versions_that_can_not_be_one_are_an_error(name: str, endpoint: str, tmp_path: Path) -> None:
    case = OTHERS[name]
    of_score, _, of_train = (case.found or "").partition("|")
    message = f"environments.score has {of_score}, and environments.train, in which models.fares is made, {of_train}"
    items = _said_of_versions(tmp_path, JOB, case.train, case.score, endpoint)
    assert [item.message for item in items] == ([message] if case.found else [])


def test_what_one_line_mends_is_said_once(tmp_path: Path) -> None:
    both = ONLINE + BATCH
    (item,) = _said_of_versions(tmp_path, JOB, _conda("dill==0.3.8"), _conda(SERVER, "dill==0.4.0"), both)
    assert item.address == "online_endpoints.fares.deployments.main"


def test_both_versions_are_shown_where_they_are_written(tmp_path: Path) -> None:
    (item,) = _said_of_versions(tmp_path, JOB, _conda("dill==0.3.8"), _conda(SERVER, "dill==0.4.0"))
    assert [(each.message, *each.span[:2]) for each in item.related] == [
        ("for scoring it is written here", f"{tmp_path}/score.yml", 6),
        ("for training here", f"{tmp_path}/train.yml", 5),
    ]


PIPELINE = """\
components:
  fit:
    type: command
    command: python -c 1 --to ${{outputs.m}}
    environment: train
    outputs: {m: {type: custom_model}}
jobs:
  train:
    type: pipeline
    settings: {default_compute: cpu}
    outputs: {m: {type: custom_model}}
    jobs:
      prep: {type: command, command: python -c 1, environment: score}
      fit: {type: command, component: fit, outputs: {m: "${{parent.outputs.m}}"}}
models: {fares: {from_job: train, output: m}}
"""
OLD, NEW = _conda("joblib==1.4.0"), _conda(SERVER, "joblib==1.5.3")


def test_step_that_writes_the_model_counts_and_no_other(tmp_path: Path) -> None:
    (item,) = _said_of_versions(tmp_path, PIPELINE, OLD, NEW)
    assert "environments.train, in which models.fares is made, joblib==1.4.0" in item.message
    swapped = PIPELINE.replace("environment: train", "environment: S").replace(
        "environment: score", "environment: train"
    )
    assert _said_of_versions(tmp_path, swapped.replace("environment: S", "environment: score"), OLD, NEW) == []


def test_where_a_step_registers_the_model_one_step_that_agrees_is_enough(tmp_path: Path) -> None:
    of_run = PIPELINE.replace("from_job: train, output: m", "from_job: train, registered_by: run")
    of_run = of_run.replace(', outputs: {m: "${{parent.outputs.m}}"}', "").replace(
        "    outputs: {m: {type: custom_model}}\n    jobs", "    jobs"
    )
    assert _said_of_versions(tmp_path, of_run, OLD, NEW) == []
    both = of_run.replace("environment: score", "environment: train")
    assert len(_said_of_versions(tmp_path, both, OLD, NEW)) == 1


def test_model_of_an_environment_that_nobody_knows_is_not_judged(tmp_path: Path) -> None:
    outside = JOB.replace("environment: train", "environment: azureml:curated:1")
    assert _said_of_versions(tmp_path, outside, OLD, NEW) == []


# What trained is there to score


LACKING = {
    "a library of pip": (_conda("lightgbm==4.5.0"), _conda(SERVER), "lightgbm==4.5.0|lightgbm"),
    "a library of conda": (_conda(conda="pytorch=2.6"), _conda(SERVER), "pytorch=2.6|torch"),
    "called otherwise by conda": (_conda("torch==2.6.0"), _conda(SERVER, conda="pytorch=2.6"), None),
    "of another build": (_conda("xgboost==3.0.0"), _conda(SERVER, "xgboost-cpu==3.0.0"), None),
    "brought by another one": (_conda("numpy==2.3.2", "joblib==1.5.3"), _conda(SERVER, "scikit-learn==1.7.2"), None),
    "in another version": (_conda("lightgbm==4.5.0"), _conda(SERVER, "lightgbm==4.3.0"), None),  # which MLI741 reports
    "not pinned": (_conda("lightgbm"), _conda(SERVER), None),
    "what does not pickle": (_conda("requests==2.31.0", "pytest==8.4.1"), _conda(SERVER), None),
    "Python itself": (_conda(conda="python=3.11"), _conda(SERVER, conda="pip=25"), None),
    "packages without a name": (_conda("lightgbm==4.5.0"), _conda(SERVER, "https://contoso.example/all.whl"), None),
}


@pytest.mark.parametrize("name", LACKING)
@pytest.mark.parametrize("endpoint", [ONLINE, BATCH], ids=["online", "batch"])
def test_library_that_trains_and_is_not_there_to_score(name: str, endpoint: str, tmp_path: Path) -> None:
    train, score, expected = LACKING[name]
    files = {**_files(""), "train.yml": train, "score.yml": score}
    items = [
        item
        for item in found(tmp_path, BASE + TRAIN + JOB + endpoint.replace("MODEL", "fares"), files)
        if item.code.id == "MLI748"
    ]
    pinned, _, library = (expected or "").partition("|")
    kind = "online_endpoints.fares" if endpoint is ONLINE else "batch_endpoints.months"
    message = (
        f"environments.train, in which models.fares is made, has {pinned}, and environments.score, in which "
        f"{kind}.deployments.main loads it, lacks {library}"
    )
    assert [(item.message, item.help) for item in items] == (
        [(message, f"add {pinned} to its conda file")] if expected else []
    )


def test_library_that_one_line_adds_is_reported_once(tmp_path: Path) -> None:
    spec = BASE + TRAIN + JOB + (ONLINE + BATCH).replace("MODEL", "fares")
    files = {**_files(""), "train.yml": _conda("lightgbm==4.5.0"), "score.yml": _conda(SERVER)}
    assert len(said(tmp_path, spec, "MLI748", files)) == 1


# The table


def test_table_names_packages_as_they_are_compared() -> None:
    names = {*BRINGS, *(name for row in (*BRINGS.values(), *GIVEN_BY.values()) for name in row)}
    assert sorted(name for name in names if normal(name) != name) == []
    assert "pandas" in BRINGS["mlflow"]
    assert GIVEN_BY["cv2"][0] == "opencv-python"


def test_standard_library_is_that_of_every_version_whichever_runs() -> None:
    gone_and_there = {"distutils", "imp", "telnetlib", "tomllib", "asyncio", "__future__", "zoneinfo"}
    assert gone_and_there <= STANDARD_LIBRARY


def _errors(folder: Path, spec: str, files: Mapping[str, str]) -> list[str]:
    return [f"{item.code.id} {item.message}" for item in found(folder, spec, files) if item.severity == "error"]
