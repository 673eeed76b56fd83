"""Lists that cost their square once: ten times as long they take ten times the calls, and more of them never a minute.

`make hunt` grows every other list as well.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.hunt.lists import LISTS, PLATFORM
from tests.hunt.long_lists import MOST_GROWTH, every_list, growth_of
from tests.limits import limited_time

LISTED = {
    "address spaces and subnets": 100,
    "names with a slip": 100,
    "items of for_each": 100,
    "tasks, each after the one before": 100,
    "tasks, each after one that is not there": 100,
    "tasks in a circle": 100,
    "overrides of what is not there": 100,
    "moved again and again": 100,
    "moved to what is not there": 100,
}
SUPPRESSIONS = 60_000


@pytest.mark.parametrize(("name", "count"), LISTED.items())
def test_a_list_that_is_ten_times_as_long_takes_ten_times_the_calls(name: str, count: int, tmp_path: Path) -> None:
    assert growth_of(every_list()[name], count, tmp_path) < MOST_GROWTH


def test_comments_do_not_cost_their_square(tmp_path: Path) -> None:
    """A tuple that is copied for each comment makes no calls: only its time tells, of which it took ten times this."""
    text = LISTS["suppressions before an entry"](SUPPRESSIONS)
    (tmp_path / "ml-platform.yaml").write_text(text, encoding="utf-8")
    with limited_time(cpu_seconds=60, wall_seconds=600):
        assert run(["-q", "-f", str(tmp_path), "validate"]) == 0
    assert text.startswith(PLATFORM)
