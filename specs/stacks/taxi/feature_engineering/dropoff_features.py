"""Features of the zones in which trips end."""

import pandas as pd

from taxi.feature_engineering.zones import by_zone_and_hour


def features(trips: pd.DataFrame, moment: str) -> pd.DataFrame:
    found = by_zone_and_hour(trips, "dropoff_zip", moment, "dropoff")
    return found.assign(dropoff_is_weekend=found["hour"].dt.day_of_week.ge(5).astype(int))
