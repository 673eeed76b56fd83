"""What a printed circuit board is when it leaves the line: its measurements, and whether it failed the last test."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

ID, TESTED, LABEL = "board_id", "tested", "failed"
FEATURES = ["oven_celsius", "paste_micrograms", "offset_micrometres", "humidity_percent"]


class InvalidBoards(ValueError):
    """The data can't be used; the message says which and why."""


def read(path: Path, *, labelled: bool) -> pd.DataFrame:
    """The boards of a CSV file, or of every CSV file below a folder, sorted by day and id.

    Raises `InvalidBoards` where there is no file or row, a column is missing, or a cell isn't what it has to be.
    """
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    if not files:
        raise InvalidBoards(f'no CSV file in "{path}"')
    boards = pd.concat([_read_file(file, labelled) for file in files], ignore_index=True)
    if boards.empty:
        raise InvalidBoards("no boards")
    if boards[ID].duplicated().any():
        raise InvalidBoards(f"{boards[ID][boards[ID].duplicated()].iloc[0]} is there twice")
    return boards.sort_values([TESTED, ID]).reset_index(drop=True)


def before(boards: pd.DataFrame, cutoff: str) -> pd.DataFrame:
    """The boards that were tested before a day, YYYY-MM-DD."""
    return boards[boards[TESTED] < _day(cutoff)].reset_index(drop=True)


def _read_file(file: Path, labelled: bool) -> pd.DataFrame:
    try:
        raw = pd.read_csv(file, dtype="string", keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InvalidBoards(f"{file.name}: {error}") from error
    columns = [ID, TESTED, *FEATURES, *([LABEL] if labelled else [])]
    if missing := [column for column in columns if column not in raw.columns]:
        raise InvalidBoards(f"{file.name}: missing columns: {', '.join(missing)}")
    boards = pd.DataFrame({ID: raw[ID], TESTED: [_day(text, f"{file.name}: ") for text in raw[TESTED]]})
    for column in columns[2:]:
        boards[column] = pd.to_numeric(raw[column], errors="coerce")
        if boards[column].isna().any():
            row = int(boards[column].isna().idxmax())
            raise InvalidBoards(f'{file.name}: {column} "{raw[column][row]}" of {raw[ID][row]} is no number')
    return boards


def _day(text: str, place: str = "") -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidBoards(f'{place}"{text}" is no day of the form YYYY-MM-DD') from None
