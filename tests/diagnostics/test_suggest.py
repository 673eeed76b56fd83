import difflib

import pytest

from mlinfra.diagnostics import suggest
from mlinfra.diagnostics.suggest import MAX_NEIGHBOURS, MAX_PAIRS_COMPARED, Names, closest_name, did_you_mean, listed


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


@pytest.mark.parametrize("name", ["cluster{:05}", "{:05}cluster", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{}" * 9])
def test_a_word_is_compared_with_no_more_names_than_there_is_time_for(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    matches = difflib.get_close_matches

    def counted(word: str, names: list[str], n: int, cutoff: float) -> list[str]:
        compared.append(len(word) * sum(map(len, names)))
        return matches(word, names, n, cutoff)

    monkeypatch.setattr(difflib, "get_close_matches", counted)
    names = [name.format(*[number] * 9) for number in range(3_000)]
    for number in range(5):
        closest_name(name.format(*[f"x{number}"] * 9), names)
    assert len(compared) == 5
    assert max(compared) <= MAX_PAIRS_COMPARED


def test_a_name_that_is_asked_for_again_is_not_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"asked{number}" for number in range(50)]
    first = closest_name("asket7", names)
    monkeypatch.setattr(difflib, "get_close_matches", None)
    assert closest_name("asket7", names) == first == "asked7"


@pytest.mark.parametrize("word", ["cluster-1500x", "clustr-1500", "luster-1500", "xcluster-1500"])
def test_a_slip_of_the_pen_is_found_among_thousands(word: str) -> None:
    names = [f"cluster-{number}" for number in range(1_000, 3_000, MAX_NEIGHBOURS)] + ["a" * 50] * 200
    names += [f"{letter}{number}" for letter in "abxyz" for number in range(1_000)]
    assert closest_name(word, names) == "cluster-1500"


def test_names_are_sorted_once_for_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(["cpu", "gpu"])
    assert did_you_mean("gpuu", names) == did_you_mean("gpuu", ["gpu", "cpu"])
    monkeypatch.setattr(suggest, "sorted", None, raising=False)
    assert did_you_mean("cpuu", names) == 'did you mean "cpu"? Defined: cpu, gpu'
