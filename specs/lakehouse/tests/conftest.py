"""The platform's code on the path, runs tracked in a folder of the tests' own, and two years of a small company."""

import os
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

os.environ["OMP_NUM_THREADS"] = "1"  # so small a model is slower on many threads
sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

TODAY = date(2026, 11, 1)


class Kept:
    """Tables that are frames in memory."""

    def __init__(self, **frames: pd.DataFrame) -> None:
        self.frames = {name.replace("__", "."): frame for name, frame in frames.items()}

    def read(self, name: str) -> pd.DataFrame:
        return self.frames[name]

    def write(self, name: str, frame: pd.DataFrame, *, key: str = "", append: bool = False) -> None:
        assert not key or frame[key].is_unique
        kept = [self.frames[name]] if append and name in self.frames else []
        self.frames[name] = pd.concat([*kept, frame], ignore_index=True)


@pytest.fixture(scope="session", autouse=True)
def _tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", (tmp_path_factory.mktemp("tracking") / "runs").as_uri())
        patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # MLflow 3 asks for it
        yield


def customers_who(leave: float, seed: int = 7) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Usage and customers of a company; who leaves calls for help more, and uses less in the month before."""
    chance = random.Random(seed)
    people, used = [], []
    for number in range(800):
        since = TODAY - timedelta(days=chance.randrange(200, 900))
        left_on = TODAY - timedelta(days=chance.randrange(0, 60)) if chance.random() < leave else None
        people.append((f"c{number:03}", since, left_on))
        for weeks in range(1, 22):
            day = TODAY - timedelta(days=7 * weeks)
            if left_on and day >= left_on:
                continue
            goes = left_on is not None and day > left_on - timedelta(days=60)
            minutes = chance.uniform(20, 60) * (0.6 if goes else 1)
            used.append((f"c{number:03}", day, minutes, minutes / 30, int(chance.random() < (0.4 if goes else 0.1))))
    usage = pd.DataFrame(used, columns=["customer_id", "day", "minutes", "data_gb", "support_calls"])
    return usage, pd.DataFrame(people, columns=["customer_id", "since", "left_on"])


@pytest.fixture(scope="session")
def company() -> tuple[pd.DataFrame, pd.DataFrame]:
    return customers_who(leave=0.35)


@pytest.fixture
def tables(company: tuple[pd.DataFrame, pd.DataFrame]) -> Kept:
    return Kept(landing__usage=company[0], landing__customers=company[1])
