"""The code of the taxis without Databricks: features, a model, its gate, and when to train again."""

import random
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from taxi.feature_engineering import dropoff_features, pickup_features
from taxi.feature_engineering.zones import between
from taxi.monitoring.violations import is_violated
from taxi.training.fares import train, with_features
from taxi.validation.gate import refusals


@pytest.fixture(scope="module")
def trips() -> pd.DataFrame:
    """Trips of a fortnight; a mile costs three dollars, and in one zone five."""
    chance = random.Random(3)
    rows = []
    for number in range(3000):
        begins = pd.Timestamp("2016-02-01") + pd.Timedelta(minutes=6 * number)
        miles, zone = chance.uniform(1, 8), chance.choice([10001, 10002])
        fare = 2.5 + miles * (5 if zone == 10002 else 3)
        rows.append((begins, begins + pd.Timedelta(minutes=5 * miles), zone, 10003, miles, fare))
    names = [
        "tpep_pickup_datetime",
        "tpep_dropoff_datetime",
        "pickup_zip",
        "dropoff_zip",
        "trip_distance",
        "fare_amount",
    ]
    return pd.DataFrame(rows, columns=names)


def test_features_say_what_happened_in_a_zone_and_hour(trips: pd.DataFrame) -> None:
    found = pickup_features.features(trips, "tpep_pickup_datetime")
    first = trips[trips["tpep_pickup_datetime"] < "2016-02-01 01:00"].query("pickup_zip == 10002")["fare_amount"]
    row = found[(found["zip"] == "10002") & (found["hour"] == pd.Timestamp("2016-02-01"))]
    assert row["pickup_trips"].item() == len(first)
    assert row["pickup_mean_fare"].item() == pytest.approx(first.mean())
    weekend = dropoff_features.features(trips, "tpep_dropoff_datetime").set_index("hour")["dropoff_is_weekend"]
    assert weekend["2016-02-06"].eq(1).all()
    assert weekend["2016-02-05"].eq(0).all()


def test_days_are_from_one_on_and_before_another(trips: pd.DataFrame) -> None:
    kept = between(trips, "tpep_pickup_datetime", "2016-02-02", "2016-02-03")["tpep_pickup_datetime"]
    assert set(kept.dt.date.astype(str)) == {"2016-02-02"}
    assert len(between(trips, "tpep_pickup_datetime", "", "")) == len(trips)


def test_a_model_learns_what_a_trip_costs_and_passes_the_gate(trips: pd.DataFrame) -> None:
    pickups = pickup_features.features(trips, "tpep_pickup_datetime")
    dropoffs = dropoff_features.features(trips, "tpep_dropoff_datetime")
    known = with_features(trips, pickups, dropoffs)
    assert len(known) == len(trips)
    first = known[known["tpep_pickup_datetime"] < "2016-02-01 01:00"]
    assert first["pickup_mean_fare"].isna().all()  # of the hour before it nothing is known
    _, shown = train(known)
    assert 0 < shown["mean_absolute_error"] < 3
    assert refusals(shown, 10, None) == []


@pytest.mark.parametrize(
    ("shown", "baseline", "expected"),
    [
        ({}, None, ["it shows no mean_absolute_error"]),
        ({"mean_absolute_error": float("nan")}, None, ["it shows no mean_absolute_error"]),
        ({"mean_absolute_error": 12.0}, None, ["its mean_absolute_error is 12.00, and 10.00 is the highest"]),
        (
            {"mean_absolute_error": 4.0},
            {"mean_absolute_error": 3.5},
            ["the version that serves shows 3.50, and it 4.00"],
        ),
    ],
)
def test_a_version_is_refused_with_its_reason(
    shown: dict[str, float], baseline: dict[str, float] | None, expected: list[str]
) -> None:
    assert refusals(shown, 10, baseline) == expected


@pytest.mark.parametrize(
    ("newest_first", "expected"),
    [
        ([101, 5, 102], True),
        ([5, 101, 102], False),
        ([101, 5, 5, 5, 5, 102], False),
        ([None, 101, 102], True),
        ([], False),
    ],
)
def test_it_is_trained_again_where_the_newest_windows_are_too_high(
    newest_first: list[float | None], expected: bool
) -> None:
    assert is_violated(newest_first, 100, 5, 2) is expected
