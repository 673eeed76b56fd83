"""From the data of each plant to a model that is released, or refused, and to scored boards."""

import json
from pathlib import Path

import make_boards
import pytest

import boards
import score_boards
import train_plant

PLATFORM = Path(__file__).parents[1]
CUTOFF, FLOOR = "2026-10-01", 0.75  # the default and the floor of ml-platform.yaml


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Plant → the folder with its model and its report."""
    folders = {plant: tmp_path_factory.mktemp(plant) for plant in make_boards.PLANTS}
    for plant, folder in folders.items():
        train_plant.train(PLATFORM / "data" / plant, CUTOFF, folder / "model", folder / "report")
    return folders


def test_script_reproduces_the_committed_boards_byte_for_byte(tmp_path: Path) -> None:
    make_boards.make_boards(tmp_path)
    for plant in make_boards.PLANTS:
        committed = PLATFORM / "data" / plant / "boards.csv"
        assert (tmp_path / plant / "boards.csv").read_bytes() == committed.read_bytes()


def test_every_plant_but_evora_passes_the_floor(trained: dict[str, Path]) -> None:
    reports = {plant: json.loads((folder / "report" / "metrics.json").read_text()) for plant, folder in trained.items()}
    assert {plant for plant, report in reports.items() if report["auc"] < FLOOR} == {"evora"}


def test_nothing_tested_on_or_after_the_cutoff_is_learned_from() -> None:
    known = boards.read(PLATFORM / "data" / "cork", labelled=True)
    day = known[boards.TESTED].iloc[100]
    earlier = boards.before(known, day.isoformat())
    assert 0 < len(earlier) <= 100
    assert earlier[boards.TESTED].max() < day


def test_batch_deployment_scores_boards_without_labels(
    trained: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header, *rows = (PLATFORM / "data" / "brno" / "boards.csv").read_text().splitlines()
    file = tmp_path / "today.csv"
    file.write_text("\n".join(line.rpartition(",")[0] for line in (header, *rows[:50])) + "\n")
    monkeypatch.setenv("AZUREML_MODEL_DIR", str(trained["brno"] / "model"))
    score_boards.init()
    scored = score_boards.run([str(file)])
    assert list(scored.columns) == ["board_id", "fails_probability"]
    assert len(scored) == 50
    assert scored["fails_probability"].between(0, 1).all()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("board_id,tested\nA1,2026-04-01\n", "boards.csv: missing columns: oven_celsius"),
        ("{header}\nA1,1 April,245,310,1,45,0\n", 'boards.csv: "1 April" is no day of the form YYYY-MM-DD'),
        ("{header}\nA1,2026-04-01,hot,310,1,45,0\n", 'boards.csv: oven_celsius "hot" of A1 is no number'),
        ("{header}\n", "no boards"),
        ("{header}\n{row}\n{row}\n", "A1 is there twice"),
        ("{header}\n{row}\n", "1 boards were tested before 2026-10-01, 100 are needed"),
    ],
)
def test_data_that_can_not_be_used_ends_with_the_reason(tmp_path: Path, text: str, reason: str) -> None:
    header = ",".join([boards.ID, boards.TESTED, *boards.FEATURES, boards.LABEL])
    (tmp_path / "boards.csv").write_text(text.format(header=header, row="A1,2026-04-01,245,310,1,45,0"))
    given = {"data": tmp_path, "cutoff": CUTOFF, "model": tmp_path / "model", "report": tmp_path / "report"}
    with pytest.raises(SystemExit) as ended:
        train_plant.main([part for name, value in given.items() for part in (f"--{name}", str(value))])
    assert str(ended.value).startswith(f"train: {reason}")
