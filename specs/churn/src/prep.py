"""Step 1: raw customers → checked customers, split into training and test data."""

import argparse
import hashlib
from pathlib import Path

import pandas as pd

from customers import ID, InvalidCustomers, read


def prep(data: Path, train_data: Path, test_data: Path, *, seed: int, test_share: float, tolerated: float) -> None:
    """Writes `customers.csv` into the folders `train_data` and `test_data`.

    A customer's side depends on seed and id alone: it stays the same however the data grows, so no test customer
    ever slips into training.
    """
    customers = read(data, labelled=True, tolerated=tolerated).sort_values(ID)
    is_test = customers[ID].map(lambda customer: _draw(customer, seed) < test_share)
    for folder, part in ((train_data, customers[~is_test]), (test_data, customers[is_test])):
        _write(part, folder)
        print(f"{folder.name}: {len(part)} customers, {(part['churned'] == '1').mean():.1%} churned")


def _draw(customer: str, seed: int) -> float:
    """A number in [0, 1) that looks random and never changes."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{customer}".encode()).digest()[:8]) / 2**64


def _write(customers: pd.DataFrame, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    customers.to_csv(folder / "customers.csv", index=False, lineterminator="\n")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="a CSV file, or a folder of them")
    parser.add_argument("--train_data", type=Path, required=True, help="folder to write")
    parser.add_argument("--test_data", type=Path, required=True, help="folder to write")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--test_share", type=float, default=0.2)
    parser.add_argument("--tolerated", type=float, default=0.01, help="share of broken rows that is left out")
    try:
        prep(**vars(parser.parse_args(arguments)))
    except InvalidCustomers as error:
        raise SystemExit(f"prep: {error}") from error


if __name__ == "__main__":
    main()
