"""The environments: what pickled a model unpickles it, and packages come from where the network lets them come from."""

import re
from pathlib import Path

import pytest
import yaml

PLATFORM = Path(__file__).parents[1]
UNPICKLES = {"cloudpickle", "joblib", "mlflow-skinny", "numpy", "pandas", "scikit-learn", "scipy"}


def test_train_score_and_batch_agree_on_what_pickles_and_unpickles_a_model() -> None:
    train, score, batch = (_pinned(name) for name in ("train", "score", "batch"))
    assert {name: train[name] for name in UNPICKLES} == {name: score[name] for name in UNPICKLES}
    assert {name: train[name] for name in UNPICKLES} == {name: batch[name] for name in UNPICKLES}


@pytest.mark.parametrize("file", ["requirements-test.txt", "requirements-try.txt"])
def test_tests_run_with_the_versions_that_are_deployed(file: str) -> None:
    deployed = _pinned("train") | _pinned("score")
    pins = re.findall(r"^([a-z0-9-]+)==([^ ]+)", (PLATFORM / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert not UNPICKLES - {name for name, _ in pins}
    assert {name: pin for name, pin in pins if name in deployed} == {
        name: deployed[name] for name, _ in pins if name in deployed
    }


@pytest.mark.parametrize("name", ["train", "score", "batch"])
def test_packages_come_from_the_company_only(name: str) -> None:
    environment = yaml.safe_load((PLATFORM / "environments" / f"{name}.yml").read_text(encoding="utf-8"))
    assert environment["channels"] == ["https://packages.contoso.example/conda/conda-forge", "nodefaults"]
    assert environment["dependencies"][-1]["pip"][0] == "--index-url https://packages.contoso.example/simple"


def _pinned(name: str) -> dict[str, str]:
    """Package → exact version of an environment's pip section; anything else than a pin fails."""
    environment = yaml.safe_load((PLATFORM / "environments" / f"{name}.yml").read_text(encoding="utf-8"))
    requirements = environment["dependencies"][-1]["pip"][1:]
    return dict(requirement.split("==") for requirement in requirements)
