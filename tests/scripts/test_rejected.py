"""The tags that say what an endpoint takes no more: when there is more than one holds, and when somebody edits one."""

from collections.abc import Callable

import pytest

from mlinfra.programs import rejected
from tests.scripts.harness import Azure, Snapshot
from tests.scripts.steps import BACK, BACK_BATCH, GATE, REGISTER, RELEASE, RELEASE_BATCH, RETRAIN, TRAIN, Step, publish
from tests.scripts.test_release import BATCH_ENDPOINT, ENDPOINT

SECOND = rejected.noted("churn:2/train-3f2a91c07b1e-8-1")
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


_EDITS: dict[str, dict[str, str | None]] = {
    "the tag is deleted": {"mlinfra-rejected": None},
    "the copy is deleted": {"mlinfra-rejected-copy": None},
    "the tag is emptied": {"mlinfra-rejected": rejected.NOTHING},
    "the tag says something else": {"mlinfra-rejected": "churn:9"},
    "an older release wrote the tag alone": {"mlinfra-rejected-copy": None, "mlinfra-rejected": SECOND},
}


@pytest.mark.parametrize("edit", _EDITS)
@pytest.mark.parametrize(
    ("kind", "endpoint", "release", "back"),
    [("online", ENDPOINT, RELEASE, BACK), ("batch", BATCH_ENDPOINT, RELEASE_BATCH, BACK_BATCH)],
    ids=["online", "batch"],
)
def test_who_takes_a_version_out_of_one_tag_lets_it_not_come_again(
    azure: Azure, after: Callable[..., Snapshot], kind: str, endpoint: str, release: Step, back: Step, edit: str
) -> None:
    """What a person took back stands in two tags; the gate reads both, and the release writes both anew."""
    azure.restore(after(REGISTER, TRAIN, release, RETRAIN, release, back))
    tags = azure.workspace()[f"{kind}_endpoints"][endpoint]["tags"]
    assert (tags["mlinfra-rejected"], tags["mlinfra-rejected-copy"]) == (SECOND, SECOND)
    for tag, value in _EDITS[edit].items():
        tags.pop(tag)
        tags.update({} if value is None else {tag: value})
    edited = dict(tags)
    publish(azure)
    assert f"{kind} endpoint {release[4]} took version 2" in azure.run(*GATE[:-1], "gated").stderr
    result = azure.run(*release)
    assert (result.code, "churn:2 of job" in result.stderr) == (1, True), result.stderr
    tags = azure.workspace()[f"{kind}_endpoints"][endpoint]["tags"]
    said = f"warning: endpoint {endpoint}: somebody took churn:2 out of its tag mlinfra-rejected"
    if SECOND in edited.get("mlinfra-rejected", ""):  # nobody can tell it from a release of before there were two
        assert (said in result.stderr, azure.changes) == (False, [])
    else:
        assert (said in result.stderr, azure.changes) == (True, [f"ml {kind}-endpoint update"])
        assert tags["mlinfra-rejected"] == tags["mlinfra-rejected-copy"]
        assert SECOND in tags["mlinfra-rejected"].split()
    assert azure.run(*release, MLINFRA_AGAIN="it was the network").code == 0
    tags = azure.workspace()[f"{kind}_endpoints"][endpoint]["tags"]
    assert SECOND not in tags["mlinfra-rejected"] + tags["mlinfra-rejected-copy"]
