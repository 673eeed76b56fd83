"""Training: a model that is good enough, complete and reproducible, and the figures that a sweep goes by."""

from pathlib import Path

import mlflow
import pandas as pd
import pytest
from mlflow.models import Model

import customers
import model as churn_model
import train


def test_model_reaches_the_floor_and_logs_what_a_sweep_maximises(
    prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--train_data", str(prepared / "train_data"), "--model", str(tmp_path / "model")]
    train.main([*given, "--learning_rate", "0.1", "--max_depth", "2"])
    run = mlflow.last_active_run()
    assert run is not None
    assert run.data.metrics["auc"] > 0.88
    assert run.data.params == {
        "learning_rate": "0.1",
        "max_depth": "2",
        "max_iter": "100",
        "seed": "7",
        "customers": str(len(customers.read(prepared / "train_data", labelled=True))),
    }
    assert capsys.readouterr().out.splitlines()[-1] == f"AUC {run.data.metrics['auc']:.4f} over 5 folds"


def test_saved_model_says_what_goes_in_and_what_it_needs(trained: Path) -> None:
    saved = Model.load(str(trained))
    assert saved.signature is not None
    assert saved.signature.inputs.input_names() == customers.names_of(customers.FEATURES)
    example = saved.load_input_example(str(trained))
    assert isinstance(example, pd.DataFrame)
    assert example.columns.tolist() == customers.names_of(customers.FEATURES)
    requirements = (trained / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert [line.split("==")[0] for line in requirements] == list(train.REQUIREMENTS)


def test_same_seed_gives_the_same_predictions(prepared: Path, trained: Path, tmp_path: Path) -> None:
    hyperparameters = churn_model.Hyperparameters(0.05, 3, 100)
    train.train(prepared / "train_data", tmp_path / "again", hyperparameters, seed=7)
    asked = customers.read(prepared / "test_data", labelled=False)
    first, second = (
        churn_model.churn_probability(churn_model.load(folder), asked) for folder in (trained, tmp_path / "again")
    )
    assert first.equals(second)


def test_broken_training_data_ends_the_step_with_a_message(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r'^train: no CSV file in ".*"$'):
        train.main(["--train_data", str(tmp_path), "--model", str(tmp_path / "model")])
