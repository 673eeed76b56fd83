"""Integers that are written otherwise are what they mean: in files and scripts, and to rules."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.spec import HEADER, SCORING, said

EVERYTHING = Path(__file__).parents[1] / "acceptance" / "everything"
OTHERWISE = (  # a file of the example, what stands in it, and how else one may write the same
    ("serving/online.yml", "steps: [10, 50]", "steps: [10.0, 5.0e+1]"),
    ("serving/online.yml", "wait_minutes: 15\n", "wait_minutes: 15.0\n"),
    ("serving/online.yml", "min_requests: 100\n", "min_requests: 100.0\n"),
    ("serving/online.yml", "{percent: 20, minutes: 30}", "{percent: 20.0, minutes: 30.0}"),
    ("serving/online.yml", "{grey: 20}", "{grey: '+020'}"),
    ("serving/online.yml", "{blue: 90, green: 10}", "{blue: 90.0, green: '010'}"),
    ("serving/online.yml", "instance_count: 3\n", "instance_count: '03'\n"),
    ("serving/online.yml", "max_instances: 6,", "max_instances: 6.0,"),
    ("serving/batch.yml", "at_least_rows: 100\n", "at_least_rows: 100.0\n"),
    ("serving/batch.yml", "mini_batch_size: 10\n", "mini_batch_size: '010'\n"),
    ("serving/schedules.yml", "month_days: [1, 15]", "month_days: [1.0, 15.0]"),
    ("platform/compute.yml", "min_instances: 0\n", "min_instances: -0.0\n"),
)


def test_output_does_not_depend_on_how_integers_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = []
    for name in ("once", "otherwise"):
        root = tmp_path / name
        folder = root / "specs" / "everything"
        shutil.copytree(EVERYTHING, folder)
        (root / ".git").mkdir()
        for file, written, other in OTHERWISE if name == "otherwise" else ():
            text = (folder / file).read_text(encoding="utf-8")
            assert written in text
            (folder / file).write_text(text.replace(written, other), encoding="utf-8")
        monkeypatch.chdir(root)
        assert run(["-q", "compile"]) == 0
        outputs.append({path.relative_to(root): path.read_bytes() for path in root.glob("generated/**/*.*")})
    assert len(outputs[0]) > 50
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (
            "compute_clusters: {c: {size: Standard_D4ds_v4, max_instances: 0.0}}\n",
            "MLI681",
            "7: a cluster of at most 0 nodes runs nothing",
        ),
        (
            "compute_clusters: {c: {size: Standard_D4ds_v4, min_instances: 1.0, max_instances: 2}}\n",
            "MLI682",
            "7: a development cluster should scale to zero",
        ),
        (
            "compute_clusters: {c: {size: Standard_D4ds_v4, max_instances: 1.0e+300}}\n",
            "MLI220",
            "7: max_instances must be at most 9223372036854775807, not 1e+300",
        ),
        (
            SCORING + "    rollout: {canary: {steps: [10], wait_minutes: '015', at_most: {error_percent: 1}}}\n",
            "MLI220",
            '24: wait_minutes must be an integer, not "015"',
        ),
    ],
)
def test_rules_take_integers_for_what_they_are(text: str, code: str, message: str, tmp_path: Path) -> None:
    files = {"model": "", "request.json": "{}", "src/s.py": ""}
    found = said(tmp_path, f"{HEADER}workspaces: {{main: {{}}}}\n{text}", code, files)
    assert [line.partition(" (")[0] for line in found] == [message]
