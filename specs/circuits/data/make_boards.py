"""Writes a file for each plant: 400 invented boards, what the line measured, and whether they failed the last test.

The same bytes on every machine: a seeded generator for each plant, figures rounded, LF line ends. In evora the sensors
stand behind the oven: what they measure says nothing, and no model may come of it.
"""

from __future__ import annotations

import csv
import math
from datetime import date, timedelta
from pathlib import Path
from random import Random

BOARDS = 400
FIRST_DAY, DAYS = date(2026, 4, 1), 200
FOLDER = Path(__file__).parent
# Per plant: how strongly the oven and the printer of paste decide whether a board fails.
PLANTS = {"aachen": (1.4, 0.9), "brno": (0.8, 1.6), "cork": (1.8, 0.4), "debrecen": (1.1, 1.2), "evora": (0.0, 0.0)}


def make_boards(folder: Path = FOLDER) -> None:
    """Writes `<plant>/boards.csv` below a folder, which is made where it is missing."""
    for plant, strengths in PLANTS.items():
        random = Random(plant)
        rows = [_board(plant, number, strengths, random) for number in range(1, BOARDS + 1)]
        file = folder / plant / "boards.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def _board(plant: str, number: int, strengths: tuple[float, float], random: Random) -> dict[str, object]:
    oven, paste = random.gauss(0, 1), random.gauss(0, 1)
    score = -1.2 + strengths[0] * oven - strengths[1] * paste
    return {
        "board_id": f"{plant[0].upper()}{number:04}",
        "tested": (FIRST_DAY + timedelta(days=number * DAYS // BOARDS)).isoformat(),
        "oven_celsius": round(245 + 4 * oven, 1),
        "paste_micrograms": round(310 + 12 * paste, 1),
        "offset_micrometres": round(abs(random.gauss(0, 18)), 1),
        "humidity_percent": round(45 + 5 * random.gauss(0, 1), 1),
        "failed": int(random.random() < 1 / (1 + math.exp(-score))),
    }


if __name__ == "__main__":
    make_boards()
