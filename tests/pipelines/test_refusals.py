"""The README says what a release does not let serve: only what can happen on the platform."""

from __future__ import annotations

import pytest

from mlinfra.emit.readme import readme
from tests.pipelines.platforms import PLATFORMS, compiled

TITLE = "What serves goes on to, and the run is red or says what stays out, where it would bring:\n\n"
GATED = (
    "- a model whose numbers are missing, past what its release asks for in the target, or worse than those of what "
)
FILES = "- a version that is handed on with other files than those that passed its gate: "
OLDER = "- what was committed, or trained, before what was released already: "
CANARY = (
    "Any other 4xx, such as 400 or 401, is the caller's fault. A deployment is rejected only if it exceeds a limit "
    "of `at_most` by more than chance explains, and the live deployment does better in the same minutes by more "
    "than chance explains. If the live deployment exceeds the limit, too, or chance explains the rate, the step "
    "waits for more requests. A deployment that rejects more requests than the live one, by more than 5 percentage "
    "points and than chance explains, is bad. If the live one had no requests, one that rejects more than 50 % is. "
    "Rejected requests don't count for `min_requests`\n"
)


def _page(name: str) -> str:
    return readme(compiled(PLATFORMS[name]).plans, "").text


def test_of_a_canary_it_says_what_is_an_error_and_what_a_caller_is_to_blame_for() -> None:
    page = _page("a canary")
    assert TITLE in page
    assert all(each in page for each in (GATED, FILES, OLDER, CANARY))


@pytest.mark.parametrize(
    ("name", "says", "is_silent_of"),
    [
        ("two targets", (TITLE, GATED, FILES, OLDER), (CANARY,)),
        ("infrastructure alone", (), (TITLE, GATED, FILES, OLDER, CANARY)),
    ],
)
def test_it_says_nothing_of_what_can_not_happen(
    name: str, says: tuple[str, ...], is_silent_of: tuple[str, ...]
) -> None:
    page = _page(name)
    assert [each for each in says if each not in page] == []
    assert [each for each in is_silent_of if each in page] == []
