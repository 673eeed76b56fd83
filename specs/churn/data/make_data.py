"""Writes `customers.csv`: 2,400 invented customers of a telecom, and who of them left in the next quarter.

The same bytes on every machine: one seeded generator, figures rounded, LF line ends. As in life, a few rows are broken;
`src/prep.py` has to find them.
"""

import csv
import math
from pathlib import Path
from random import Random

CUSTOMERS = 2400
SEED = 7
DEFAULT_OUT = Path(__file__).parent / "customers.csv"

Row = dict[str, object]


def make_data(out: Path = DEFAULT_OUT) -> None:
    """Writes the data set to `out`, whose folder is made where it is missing."""
    random = Random(SEED)
    rows = _break_some([_customer(number, random) for number in range(1, CUSTOMERS + 1)])
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _customer(number: int, random: Random) -> Row:
    contract = _choose(random, {"monthly": 0.55, "one_year": 0.25, "two_years": 0.20})
    internet = _choose(random, {"none": 0.15, "dsl": 0.40, "fibre": 0.45})
    payment = _choose(random, {"direct_debit": 0.45, "card": 0.30, "invoice": 0.25})
    tenure = int(72 * random.random() ** 1.4)
    calls = int(-1.5 * math.log(1 - random.random()))
    charge = round({"none": 18.0, "dsl": 38.0, "fibre": 62.0}[internet] + 30 * random.random(), 2)
    gigabytes = "" if internet == "none" else round(180 * random.random() * (1.5 if internet == "fibre" else 1.0), 1)
    return {
        "customer_id": f"C{number:05}",
        "tenure_months": tenure,
        "contract": contract,
        "internet": internet,
        "payment": payment,
        "monthly_charge": charge,
        "support_calls": calls,
        "data_gb": gigabytes,
        "churned": int(random.random() < _churn_probability(contract, payment, tenure, charge, calls)),
    }


def _churn_probability(contract: str, payment: str, tenure: int, charge: float, calls: int) -> float:
    """Where no contract binds them, new customers leave most, and those who pay or call a lot."""
    unbound = contract == "monthly"
    score = -3.2 - 0.075 * tenure + 1.1 * max(calls - 1, 0)
    score += 0.9 if payment == "invoice" else 0.0
    score += 2.6 + 0.045 * (charge - 50) if unbound else 0.0
    return 1 / (1 + math.exp(-score))


def _choose(random: Random, shares: dict[str, float]) -> str:
    return random.choices(list(shares), weights=list(shares.values()))[0]


def _break_some(rows: list[Row]) -> list[Row]:
    """The slips of a real export: a customer twice, an unknown contract, a price below zero, no label."""
    rows[310] |= {"contract": "weekly"}
    rows[1204] |= {"monthly_charge": -12.5}
    rows[1777] |= {"churned": ""}
    return [*rows, dict(rows[42])]


if __name__ == "__main__":
    make_data()
