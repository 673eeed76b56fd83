"""python -m tests.faults: how many of the faults that are planted at once does the first run find?"""

from __future__ import annotations

import argparse
import sys

from tests.faults.measure import SIZES, details, measured, table
from tests.faults.table import FAULTS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="of each number of faults at once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, nargs="*", default=SIZES)
    parser.add_argument("--details", action="store_true", help="name what was missed, and what nothing explains")
    arguments = parser.parse_args()
    measures = measured(FAULTS, dict.fromkeys(arguments.at_once, arguments.rounds), arguments.seed)
    sys.stdout.write(f"{table(measures)}\n")
    if arguments.details:
        sys.stdout.write(f"{details(measures)}\n")


if __name__ == "__main__":
    main()
