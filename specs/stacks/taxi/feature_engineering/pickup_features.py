"""Features of the zones in which trips begin."""

import pandas as pd

from taxi.feature_engineering.zones import by_zone_and_hour


def features(trips: pd.DataFrame, moment: str) -> pd.DataFrame:
    return by_zone_and_hour(trips, "pickup_zip", moment, "pickup")
