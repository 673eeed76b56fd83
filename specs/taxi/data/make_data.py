"""Writes `trips/trips.csv`, 1,500 invented taxi rides of a city with their fares, and how to read it (`trips/MLTable`).

The same bytes on every machine: one seeded generator, figures rounded, LF line ends.
"""

import csv
from pathlib import Path
from random import Random

TRIPS = 1500
SEED = 11
DEFAULT_OUT = Path(__file__).parent / "trips"

TABLE = """\
type: mltable
paths: [{file: ./trips.csv}]
transformations:
  - read_delimited: {delimiter: ",", encoding: utf8, header: all_files_same_headers}
"""

Row = dict[str, object]


def make_data(out: Path = DEFAULT_OUT) -> None:
    """Writes the data set into the folder `out`, which is made where it is missing."""
    random = Random(SEED)
    rows = [_trip(number, random) for number in range(1, TRIPS + 1)]
    out.mkdir(parents=True, exist_ok=True)
    with (out / "trips.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    (out / "MLTable").write_text(TABLE, encoding="utf-8", newline="\n")


def _trip(number: int, random: Random) -> Row:
    """Base fare, distance, time in traffic, a surcharge at night and for the airport, and what nobody can explain."""
    hour, weekday = random.randrange(24), random.randrange(7)
    is_airport = random.random() < 0.12
    miles = round(random.uniform(8.0, 18.0) if is_airport else 0.5 + 9.5 * random.random() ** 2, 1)
    is_busy = weekday < 5 and (7 <= hour < 10 or 16 <= hour < 19)
    minutes = round(miles * (6.5 if is_busy else 3.5) * random.uniform(0.8, 1.2), 1)
    fare = 3.0 + 2.1 * miles + 0.35 * minutes
    fare += 1.5 if hour >= 20 or hour < 6 else 0.0
    fare += 5.0 if is_airport else 0.0
    return {
        "trip_id": f"T{number:05}",
        "distance_miles": miles,
        "passengers": random.choices((1, 2, 3, 4), weights=(70, 18, 7, 5))[0],
        "pickup_hour": hour,
        "pickup_weekday": weekday,
        "airport": int(is_airport),
        "fare": round(fare * random.uniform(0.95, 1.05), 2),
    }


if __name__ == "__main__":
    make_data()
