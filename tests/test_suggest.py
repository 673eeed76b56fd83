import pytest

from mlinfra.suggest import closest_name, did_you_mean, listed


@pytest.mark.parametrize(
    ("word", "candidates", "help_text"),
    [
        ("gpuu", ["gpu", "cpu"], 'did you mean "gpu"? Defined: cpu, gpu'),
        ("GPU", ["gpu", "cpu"], 'did you mean "gpu"? Defined: cpu, gpu'),
        ("lake", ["gpu", "cpu", "gpu"], "Defined: cpu, gpu"),
        ("lake", [], None),
        (
            "n1",
            [f"n{i}" for i in range(12)],
            'did you mean "n1"? Defined: n0, n1, n10, n11, n2, n3, n4, n5, n6, n7, … and 2 more',
        ),
    ],
)
def test_help_for_an_unknown_name(word: str, candidates: list[str], help_text: str | None) -> None:
    assert did_you_mean(word, candidates) == help_text


def test_the_closest_name_does_not_depend_on_the_order_of_candidates() -> None:
    assert closest_name("cpx", ["cpb", "cpa"]) == closest_name("cpx", ["cpa", "cpb"])


def test_a_list_at_its_limit_is_not_cut() -> None:
    assert listed(["a", "b"], limit=2) == "a, b"
