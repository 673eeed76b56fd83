"""What a customer is: columns, what each may hold, and the one way in which files and requests are checked."""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd


class Number(NamedTuple):
    name: str
    highest: float
    optional: bool = False

    @property
    def rule(self) -> str:
        return f"is not a number from 0 to {self.highest:g}"

    def parse(self, text: pd.Series) -> tuple[pd.Series, pd.Series]:
        """The typed values, and where the rule holds."""
        values = pd.to_numeric(text, errors="coerce").astype("float64")
        return values, values.between(0, self.highest) | (text.eq("") & self.optional)


class Choice(NamedTuple):
    name: str
    values: tuple[str, ...]

    @property
    def rule(self) -> str:
        return f"is none of {', '.join(self.values)}"

    def parse(self, text: pd.Series) -> tuple[pd.Series, pd.Series]:
        """The typed values, and where the rule holds."""
        return text, text.isin(self.values)


Column = Number | Choice

ID = "customer_id"
LABEL = Choice("churned", ("0", "1"))
CHOICES = (
    Choice("contract", ("monthly", "one_year", "two_years")),
    Choice("internet", ("none", "dsl", "fibre")),
    Choice("payment", ("direct_debit", "card", "invoice")),
)
NUMBERS = (
    Number("tenure_months", highest=1200),
    Number("monthly_charge", highest=1000),  # euros
    Number("support_calls", highest=1000),  # in the last quarter
    Number("data_gb", highest=100_000, optional=True),  # a month; empty without internet
)
FEATURES: tuple[Column, ...] = (*CHOICES, *NUMBERS)


class InvalidCustomers(ValueError):
    """The data can't be used; the message says which and why."""


class Fault(NamedTuple):
    row: int  # position, from 0
    message: str


def read(path: Path, *, labelled: bool, tolerated: float = 0.0) -> pd.DataFrame:
    """Reads a CSV file, or every CSV file below a folder, into one frame of id, features and, if `labelled`, label.

    Rows that break the schema, and repeated customers, are named on stderr and left out. Raises `InvalidCustomers`
    where a file can't be read, a column is missing, or more than the share `tolerated` of the rows is broken.
    """
    columns = (*FEATURES, LABEL) if labelled else FEATURES
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise InvalidCustomers(f'no CSV file in "{path}"')
    raw = pd.concat([_read_text(file, [ID, *names_of(columns)]) for file in files], ignore_index=True)
    customers, faults = parse(raw, columns)
    customers.insert(0, ID, raw[ID].str.strip())
    faults += _identity_faults(customers[ID])
    for fault in sorted(faults):
        print(f"{raw['place'][fault.row]}: {fault.message}", file=sys.stderr)
    broken = {fault.row for fault in faults}
    if len(broken) > tolerated * len(raw):
        raise InvalidCustomers(f"{len(broken)} of {len(raw)} rows are broken, tolerated are {tolerated:.1%}")
    return customers.drop(index=sorted(broken)).reset_index(drop=True)


def parse(raw: pd.DataFrame, columns: tuple[Column, ...] = FEATURES) -> tuple[pd.DataFrame, list[Fault]]:
    """Types `columns` of `raw`, which holds text or JSON values; the second result names each value that breaks a rule.

    Raises `InvalidCustomers` where there is no row, or a column is missing or there twice; other columns are left out.
    """
    _check_columns(raw.columns, names_of(columns))
    if raw.empty:
        raise InvalidCustomers("no customers")
    parsed, faults = {}, []
    for column in columns:
        text = raw[column.name].map(_text).astype("object")
        parsed[column.name], valid = column.parse(text)
        faults += [Fault(row, _complaint(column, text.iloc[row])) for row in _positions(~valid)]
    return pd.DataFrame(parsed), faults


def names_of(columns: Iterable[Column]) -> list[str]:
    return [column.name for column in columns]


def _read_text(file: Path, names: list[str]) -> pd.DataFrame:
    """The file's cells as they are written, and the `place` of each row; blank lines are none."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = next(reader, [])
            rows = {f"{file.name}:{reader.line_num}": row for row in reader if row}
        _check_columns(header, names)
    except (OSError, ValueError, csv.Error) as error:
        raise InvalidCustomers(f"{file.name}: {error}") from error
    for place, row in rows.items():
        if len(row) != len(header):
            raise InvalidCustomers(f"{place}: {len(row)} values under {len(header)} columns")
    return pd.DataFrame(list(rows.values()), columns=header, dtype="object")[names].assign(place=list(rows))


def _check_columns(header: Iterable[str], names: list[str]) -> None:
    counts = Counter(header)
    if missing := [name for name in names if counts[name] == 0]:
        raise InvalidCustomers(f"missing columns: {', '.join(missing)}")
    if repeated := [name for name in names if counts[name] > 1]:
        raise InvalidCustomers(f"repeated columns: {', '.join(repeated)}")


def _identity_faults(ids: pd.Series) -> Iterator[Fault]:
    yield from (Fault(row, f"{ID} is missing") for row in _positions(ids.eq("")))
    yield from (Fault(row, f'{ID} "{ids[row]}" is repeated') for row in _positions(ids.duplicated() & ids.ne("")))


def _complaint(column: Column, text: str) -> str:
    return f'{column.name} "{text}" {column.rule}' if text else f"{column.name} is missing"


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value).strip()  # NaN alone differs from itself


def _positions(mask: pd.Series) -> list[int]:
    return [position for position, hit in enumerate(mask) if hit]
