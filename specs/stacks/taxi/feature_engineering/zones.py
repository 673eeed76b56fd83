"""What pickups and dropoffs of a zone have in common: how many there were in an hour, and what they cost."""

import pandas as pd


def by_zone_and_hour(trips: pd.DataFrame, zone: str, moment: str, what: str) -> pd.DataFrame:
    """Count and mean fare of the trips of each zone and hour; `what` begins the names of the features."""
    hours = pd.to_datetime(trips[moment]).dt.floor("h")
    groups = trips.assign(zip=trips[zone].astype(str), hour=hours).groupby(["zip", "hour"])
    features = groups["fare_amount"].agg(["mean", "count"]).reset_index()
    return features.rename(columns={"mean": f"{what}_mean_fare", "count": f"{what}_trips"})


def between(trips: pd.DataFrame, moment: str, start: str, end: str) -> pd.DataFrame:
    """The trips from a day on and before another one; an empty text is no limit."""
    days = pd.to_datetime(trips[moment])
    kept = pd.Series(True, index=trips.index)
    if start:
        kept &= days >= pd.Timestamp(start)
    if end:
        kept &= days < pd.Timestamp(end)
    return trips[kept]
