"""Step 1: rides → checked rides, one in five of them for the test."""

import argparse
import zlib
from pathlib import Path

from trips import ID, InvalidTrips, read

TEST_SHARE = 0.2


def split(trips: Path, train: Path, test: Path) -> None:
    """Writes `trips.csv` into both folders; a ride's side depends on its id only, so it stays where it was."""
    rides = read(trips)
    is_test = rides[ID].map(lambda name: zlib.crc32(str(name).encode()) / 2**32 < TEST_SHARE)
    for folder, side in ((train, rides[~is_test]), (test, rides[is_test])):
        folder.mkdir(parents=True, exist_ok=True)
        side.to_csv(folder / "trips.csv", index=False, lineterminator="\n")
        print(f"{folder.name}: {len(side)} rides")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trips", type=Path, required=True, help="CSV file, or a folder of them")
    parser.add_argument("--train", type=Path, required=True, help="folder to write")
    parser.add_argument("--test", type=Path, required=True, help="folder to write")
    given = parser.parse_args()
    try:
        split(given.trips, given.train, given.test)
    except InvalidTrips as error:
        raise SystemExit(f"split: {error}") from error


if __name__ == "__main__":
    main()
