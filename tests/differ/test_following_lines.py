"""What follows from one line is told together, each behind what it uses, in every form."""

from __future__ import annotations

from difflib import SequenceMatcher
from pathlib import Path

import pytest

from mlinfra.differ import file_lines
from mlinfra.differ.as_markdown import markdown
from mlinfra.differ.as_text import Page, text
from mlinfra.differ.build import difference
from mlinfra.differ.document import document
from mlinfra.differ.findings_as_markdown import Comment
from mlinfra.differ.model import Difference
from tests.differ.edits import copied
from tests.differ.platforms import side_of

TARGETS = ("dev", "test", "prod")
OLD, NEW = "azureml-mlflow==1.62.0.post6", "azureml-mlflow==1.62.0.post5"


def _found(folder: Path, file: str, old: str, new: str) -> Difference:
    sides = []
    for name, said in (("before", old), ("after", new)):
        (folder / name).mkdir()
        root = copied(folder / name, "churn", folders=("specs",))
        path = root / "specs/churn" / file
        before = path.read_text(encoding="utf-8")
        assert old in before
        path.write_text(before.replace(old, said, 1), encoding="utf-8")
        sides.append(side_of(root / "specs/churn/ml-platform.yaml", root))
    (earlier_output, earlier), (output, now) = sides
    return difference(earlier_output, output, now, earlier, earlier_output)


@pytest.fixture(scope="module")
def pin(tmp_path_factory: pytest.TempPathFactory) -> Difference:
    return _found(tmp_path_factory.mktemp("pin"), "environments/train.yml", OLD, NEW)


STEPS = [
    ["environments.train"],
    ["components.evaluate", "components.prep", "components.train"],
    ["jobs.judge", "jobs.train", "jobs.tune"],
    ["models.churn", "schedules.weekly"],
    ["batch_endpoints.nightly.deployments.main", "online_endpoints.churn.deployments.main"],
]


def test_a_pin_leads_to_what_serves(pin: Difference) -> None:
    (line,) = document(pin, {}, {})["lines"]
    assert (line["before"], line["after"]) == (OLD, NEW)
    assert line["cause"]["file"] == "specs/churn/environments/train.yml"
    assert line["steps"] == STEPS
    assert line["targets"] == sorted(TARGETS)
    assert line["classes"]["releases"] == 6


def test_a_terminal_and_a_page_say_what_happens_where(pin: Difference) -> None:
    written = frozenset(each for step in STEPS for each in step)
    said = text(pin, Page("churn", TARGETS, written))
    assert f"             {OLD} → {NEW}\n  has it     environments.train: made\n  then       components.eval" in said
    assert "jobs.train: retrained in dev, pipelines in test and prod\n" in said
    page = markdown(pin, Comment("churn", "churn", "main", "mlinfra diff", TARGETS, written))
    assert f"What follows from `specs/churn/environments/train.yml:13`\n`{OLD}` → `{NEW}`\n" in page


def test_targets_that_are_left_out_take_their_part_with_them(pin: Difference) -> None:
    (line,) = pin.only(["prod"]).lines
    assert {each.target for each in line.changes} == {"prod"}
    assert "models.churn" not in [each for step in line.steps for each in step]  # it is trained in dev alone


def test_two_long_lines_are_shown_from_where_they_differ(tmp_path: Path) -> None:
    long = "One row per customer, exported every Sunday" + ", and once more for those who come later" * 3
    old, new = (f"description: {long}, {end}" for end in ("as it was", "as it is"))
    sides = []
    for name, said in (("before", old), ("after", new)):
        (tmp_path / name).mkdir()
        root = copied(tmp_path / name, "churn", folders=("specs",))
        path = root / "specs/churn/ml-platform.yaml"
        text_of = path.read_text(encoding="utf-8")
        path.write_text(
            text_of.replace("description: One row per customer, exported every Sunday", said), encoding="utf-8"
        )
        sides.append(side_of(path, root))
    (earlier_output, earlier), (output, now) = sides
    (line,) = difference(earlier_output, output, now, earlier, earlier_output).lines
    assert (line.before, line.after) == ("…o come later, as it was", "…o come later, as it is")


def test_a_line_from_which_nothing_follows_is_none(tmp_path: Path) -> None:
    found = _found(tmp_path, "ml-platform.yaml", "retention_days: 90", "retention_days: 120")
    assert [each.address for each in found.changes if each.target == "dev"] == ["log_analytics.main"]
    assert found.lines == ()


def test_a_file_is_compared_once_for_all_of_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[SequenceMatcher[str]] = []

    def counted(junk: None, old: list[str], new: list[str], *, autojunk: bool) -> SequenceMatcher[str]:
        compared.append(SequenceMatcher(junk, old, new, autojunk=autojunk))
        return compared[-1]

    monkeypatch.setattr(file_lines, "SequenceMatcher", counted)
    names = "    display_name: {}\n    experiment_name: {}\n"
    old, new = names.format("churn-train", "churn"), names.format("monthly", "monthly")
    found = _found(tmp_path, "ml-platform.yaml", old, new)
    assert [(line.before, line.after) for line in found.lines] == [
        ("display_name: churn-train", "display_name: monthly"),
        ("experiment_name: churn", "experiment_name: monthly"),
    ]
    assert len(compared) == 1
