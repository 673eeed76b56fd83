"""A model of what a trip costs, of plain frames: the notebook brings tables and keeps runs."""

import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

FEATURES = [
    "trip_distance",
    "pickup_mean_fare",
    "pickup_trips",
    "dropoff_mean_fare",
    "dropoff_trips",
    "dropoff_is_weekend",
]
TARGET = "fare_amount"


def with_features(trips: pd.DataFrame, pickups: pd.DataFrame, dropoffs: pd.DataFrame) -> pd.DataFrame:
    """Each trip with what is known of its zones in the hour before it begins: in its own hour is its own fare."""
    begins = pd.to_datetime(trips["tpep_pickup_datetime"]).dt.floor("h") - pd.Timedelta(hours=1)
    known = trips.assign(hour=begins)
    for features, zone in ((pickups, "pickup_zip"), (dropoffs, "dropoff_zip")):
        known[zone] = known[zone].astype(str)
        known = known.merge(features.rename(columns={"zip": zone}), on=[zone, "hour"], how="left")
    return known.drop(columns="hour")


def train(known: pd.DataFrame, seed: int = 1) -> tuple[HistGradientBoostingRegressor, dict[str, float]]:
    """A model, and what it shows on the last fifth of the trips, which it has not seen."""
    ordered = known.sort_values("tpep_pickup_datetime")
    last = int(len(ordered) * 0.8)
    learnt, held = ordered.iloc[:last], ordered.iloc[last:]
    model = HistGradientBoostingRegressor(random_state=seed).fit(learnt[FEATURES], learnt[TARGET])
    return model, measured(held[TARGET], model.predict(held[FEATURES]))


def measured(fares: pd.Series, predicted: pd.Series) -> dict[str, float]:
    return {
        "mean_absolute_error": float(mean_absolute_error(fares, predicted)),
        "root_mean_squared_error": float(root_mean_squared_error(fares, predicted)),
    }
