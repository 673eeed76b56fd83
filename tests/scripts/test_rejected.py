"""The tag that says what an endpoint takes no more, when there is more of that than a tag holds."""

import pytest

from mlinfra.programs import rejected

MANY = [f"churn:{number}/train-{number}" for number in range(2, 40)]


def _added(capsys: pytest.CaptureFixture[str], tag: str, *models: str) -> str:
    rejected.main(["add", tag, *models])
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize("name", ["churn", "m" * 120])
def test_nothing_is_forgotten_for_want_of_room(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A model whose canary failed would come again with the next change of code that has its content."""
    many = [model.replace("churn", name) for model in MANY]
    tag = rejected.NOTHING
    for model in many:
        tag = _added(capsys, tag, model)
        assert len(tag) <= rejected.MOST_CHARACTERS
        assert model in rejected.among(tag, [model])
    assert rejected.among(tag, many) == many
    assert rejected.among(tag, [f"{name}:40/train-40", f"other{name}:3/train-3", f"{name}:2b/other"]) == []


def test_what_stands_for_several_holds_of_its_model_alone(capsys: pytest.CaptureFixture[str]) -> None:
    tag = _added(capsys, "none", *MANY[:12], "value:3/a", "value:4/b", *MANY[12:])
    assert [entry for entry in tag.split() if "~" in entry] == ["churn:~26", "value:~4"]
    assert rejected.among(tag, ["value:4/b", "value:5/c", "churn:2/x"]) == ["value:4/b", "churn:2/x"]


def test_who_chooses_a_version_lets_no_other_one_come_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    tag = _added(capsys, "none", *MANY)
    rejected.main(["drop", tag, "churn:3/train-3"])
    assert rejected.among(capsys.readouterr().out.strip(), MANY) == MANY
