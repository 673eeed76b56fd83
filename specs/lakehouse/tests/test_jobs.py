"""From what `ingest` keeps to features, a registered model, and scores."""

from datetime import date
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from mlflow.tracking import MlflowClient

import customer_features
import score_churn
import train_churn

CATALOG, EXPERIMENT = "lakehouse_dev_main", "/Shared/lakehouse-dev-churn"
DAY = date(2026, 10, 1)


def _usage(*rows: tuple[str, str, float, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(who, day, minutes, minutes / 10, calls) for who, day, minutes, calls in rows],
        columns=["customer_id", "day", "minutes", "data_gb", "support_calls"],
    )


def _customers(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_id", "since", "left_on"])


def test_features_are_of_what_was_known_before_the_day() -> None:
    usage = _usage(
        ("a", "2026-09-30", 10, 1), ("a", "2026-08-20", 20, 2), ("a", "2026-06-01", 99, 9), ("a", "2026-10-01", 500, 5)
    )
    made = customer_features.features(
        usage, _customers(("a", "2026-01-01", "2026-10-05"), ("b", "2026-09-01", None)), DAY
    )
    assert list(made.columns) == ["customer_id", *customer_features.COLUMNS]
    assert made.to_numpy().tolist() == [["a", 273, 10, 1, 3, 0.5], ["b", 30, 0, 0, 0, 1]]


def test_only_customers_of_the_day_count() -> None:
    people = _customers(("gone", "2026-01-01", "2026-09-30"), ("new", "2026-10-01", None), ("a", "2026-01-01", None))
    assert list(customer_features.features(_usage(("a", "2026-09-30", 1, 0)), people, DAY)["customer_id"]) == ["a"]
    with pytest.raises(customer_features.NoCustomers, match="nobody is a customer on 2025-10-01"):
        customer_features.features(_usage(("a", "2026-09-30", 1, 0)), people, date(2025, 10, 1))


def test_who_leaves_in_the_month_after_is_one_who_left() -> None:
    people = _customers(("a", "2026-01-01", "2026-10-31"), ("b", "2026-01-01", "2026-11-01"), ("c", "2026-01-01", None))
    made = customer_features.labelled(_usage(("a", "2026-09-30", 1, 0)), people, DAY)
    assert list(made["left"]) == [1, 0, 0]


def test_from_usage_to_scores(tables, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    customer_features.main(["--catalog", CATALOG], tables)
    train_churn.main(["--catalog", CATALOG, "--experiment", EXPERIMENT, "--min-auc", "0.7"], tables)
    for _ in range(2):
        score_churn.main(["--catalog", CATALOG, "--shared", str(tmp_path / "churn")], tables)
    told = capsys.readouterr().out.splitlines()
    assert told[1].startswith("version 1, auc 0.")
    scored = tables.read("ml.predictions")
    assert len(scored) == 2 * len(tables.read("features.customers"))
    assert scored["probability"].between(0, 1).all()
    assert set(scored["model_version"]) == {"1"}
    assert set(scored["prediction"]) == {0, 1}
    (shared,) = (tmp_path / "churn").iterdir()
    assert list(pd.read_csv(shared).columns) == ["customer_id", "probability"]


def test_a_model_that_shows_too_little_is_no_champion(company) -> None:
    mlflow.set_experiment(EXPERIMENT)
    sets = train_churn.examples(*company, date(2026, 11, 1))
    first, auc = train_churn.train(*sets, "some.ml.churn", 0.5)
    assert auc < 1
    second, _ = train_churn.train(*sets, "some.ml.churn", 1.0)
    assert (first, second) == ("1", "2")
    assert str(MlflowClient().get_model_version_by_alias("some.ml.churn", train_churn.CHAMPION).version) == "1"


def test_nothing_is_learned_from_a_handful() -> None:
    few = pd.DataFrame({"left": [1, 0, 0]})
    with pytest.raises(train_churn.TooFew, match="1 and 1 customers left, 50 are needed"):
        train_churn.train(few, few, "none", 0.5)
