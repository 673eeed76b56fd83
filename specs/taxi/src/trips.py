"""What a ride is: its columns, and the one way in which files of rides are read."""

from pathlib import Path

import pandas as pd

ID = "trip_id"
LABEL = "fare"  # dollars
FEATURES = ("distance_miles", "passengers", "pickup_hour", "pickup_weekday", "airport")
HIGHEST = {
    "distance_miles": 200.0,
    "passengers": 8.0,
    "pickup_hour": 23.0,
    "pickup_weekday": 6.0,
    "airport": 1.0,
    LABEL: 1000.0,
}
WHOLE = ("passengers", "pickup_hour", "pickup_weekday", "airport")  # numbers without a fraction


class InvalidTrips(ValueError):
    """The rides can't be used; the message says why."""


def read(path: Path) -> pd.DataFrame:
    """The rides of a CSV file, or of every one below a folder: id, features and fare.

    Rows in which a number is missing or out of bounds are left out. Raises `InvalidTrips` where a column is missing,
    nothing is there, or more than one row in ten is left out.
    """
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise InvalidTrips(f'no CSV file in "{path}"')
    raw = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
    missing = [name for name in (ID, *HIGHEST) if name not in raw]
    if missing:
        raise InvalidTrips(f"missing columns: {', '.join(missing)}")
    values = raw[list(HIGHEST)].apply(pd.to_numeric, errors="coerce").astype("float64")
    good = pd.concat([values[name].between(0, most) for name, most in HIGHEST.items()], axis=1).all(axis=1)
    if good.sum() < max(0.9 * len(raw), 1):
        raise InvalidTrips(f"only {good.sum()} of {len(raw)} rides can be used")
    whole = values[good].astype(dict.fromkeys(WHOLE, "int64"))
    return whole.assign(**{ID: raw.loc[good, ID]}).reset_index(drop=True)
