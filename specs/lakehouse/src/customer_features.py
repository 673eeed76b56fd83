"""What is known of each customer on a day, from the tables that `ingest` keeps: `features.customers`."""

from __future__ import annotations

import argparse
from datetime import date, timedelta

import pandas as pd

from lake_tables import CatalogTables, Tables

KEY, LABEL = "customer_id", "left"
COLUMNS = ("tenure_days", "minutes_30", "data_gb_30", "support_calls_90", "usage_trend")
_FORESEEN = timedelta(days=30)  # a customer who leaves in that time is one who left


class NoCustomers(ValueError):
    pass


def features(usage: pd.DataFrame, customers: pd.DataFrame, day: date) -> pd.DataFrame:
    """One row for each customer of that day, of what was known before it."""
    at = pd.Timestamp(day)
    since, left_on = pd.to_datetime(customers["since"]), pd.to_datetime(customers["left_on"])
    here = customers[(since < at) & (left_on.isna() | (left_on >= at))]
    if here.empty:
        raise NoCustomers(f"nobody is a customer on {day}")
    used = usage.assign(day=pd.to_datetime(usage["day"]))
    used = used[used["day"] < at]
    month = _sums(used, at, 30)
    before = _sums(used[used["day"] < at - timedelta(days=30)], at, 60)
    tenure = (at - pd.to_datetime(here["since"])).dt.days.astype("float64")
    made = pd.DataFrame({KEY: here[KEY], "tenure_days": tenure}).set_index(KEY)
    made["minutes_30"] = month["minutes"]
    made["data_gb_30"] = month["data_gb"]
    made["support_calls_90"] = _sums(used, at, 90)["support_calls"]
    made = made.fillna(0.0)
    made["usage_trend"] = (month["minutes"] / before["minutes"]).reindex(made.index).fillna(1.0).clip(0.0, 10.0)
    return made.reset_index()[[KEY, *COLUMNS]].sort_values(KEY, ignore_index=True)


def labelled(usage: pd.DataFrame, customers: pd.DataFrame, day: date) -> pd.DataFrame:
    """The same, with who of them left in the month after."""
    made = features(usage, customers, day)
    left_on = pd.to_datetime(customers.set_index(KEY)["left_on"]).reindex(made[KEY]).reset_index(drop=True)
    return made.assign(**{LABEL: (left_on <= pd.Timestamp(day) + _FORESEEN).astype("int64")})


def _sums(used: pd.DataFrame, at: pd.Timestamp, days: int) -> pd.DataFrame:
    return used[used["day"] >= at - timedelta(days=days)].groupby(KEY)[["minutes", "data_gb", "support_calls"]].sum()


def main(arguments: list[str] | None = None, tables: Tables | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--catalog", required=True)
    parser.add_argument("--day", type=date.fromisoformat, default=None, help="YYYY-MM-DD; by default the newest")
    given = parser.parse_args(arguments)
    tables = tables or CatalogTables(given.catalog)
    usage, customers = tables.read("landing.usage"), tables.read("landing.customers")
    day = given.day or pd.to_datetime(usage["day"]).max().date() + timedelta(days=1)
    made = features(usage, customers, day)
    tables.write("features.customers", made, key=KEY)
    print(f"{len(made)} customers on {day}")


if __name__ == "__main__":
    main()
