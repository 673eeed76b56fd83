"""Each code has an example, and it is true: the wrong spec gives the code, the right one does not and has no error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pytest

from mlinfra.catalogue import BY_ID
from mlinfra.explain.example import example_of
from tests.examples.run import found

OF_THE_DISK = "is about what lies on the disk beside the spec, not about what it says"
OF_A_DIFFERENCE = "takes another side to compare with, and is said by diff alone"
TOO_LARGE = "takes a spec or a folder that is too large to read"
WITHOUT_EXAMPLE: Mapping[str, str] = {
    "MLI101": OF_THE_DISK,
    "MLI102": "takes bytes that are no text",
    "MLI138": TOO_LARGE,
    "MLI144": TOO_LARGE,
    "MLI162": TOO_LARGE,
    "MLI239": TOO_LARGE,
    "MLI309": OF_THE_DISK,
    "MLI320": TOO_LARGE,
    "MLI321": TOO_LARGE,
    "MLI324": OF_THE_DISK,
    "MLI334": OF_THE_DISK,
    "MLI340": OF_THE_DISK,
    "MLI348": OF_THE_DISK,
    "MLI349": OF_THE_DISK,
    "MLI498": OF_THE_DISK,
    "MLI548": OF_A_DIFFERENCE,
    "MLI549": OF_A_DIFFERENCE,
    "MLI552": TOO_LARGE,
    "MLI675": TOO_LARGE,
    "MLI676": TOO_LARGE,
    "MLI801": OF_THE_DISK,
    "MLI802": OF_THE_DISK,
    "MLI803": OF_THE_DISK,
    "MLI804": OF_THE_DISK,
    "MLI805": OF_THE_DISK,
    "MLI806": OF_THE_DISK,
    "MLI807": OF_THE_DISK,
    "MLI808": OF_THE_DISK,
    "MLI811": OF_THE_DISK,
    "MLI882": OF_THE_DISK,
    "MLI812": OF_THE_DISK,
}
WITH_EXAMPLE = sorted(set(BY_ID) - set(WITHOUT_EXAMPLE))


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_wrong_gives_the_code_and_right_does_not(code: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    example = example_of(code)
    assert example is not None, f"write compiler/mlinfra/examples/{code}.yaml"
    wrong = found(tmp_path / "wrong", example, example.wrong, capfd)
    assert [item.line for item in wrong if item.code == code][:1] == [example.line]
    right = found(tmp_path / "right", example, example.right, capfd)
    assert [item for item in right if item.code == code or item.severity == "error"] == []


def test_no_example_is_of_another_code() -> None:
    written = {Path(file.name).stem for file in files("mlinfra").joinpath("examples").iterdir()}
    assert sorted(written - {"__pycache__"}) == WITH_EXAMPLE


def test_explain_shows_both_and_points_at_the_line() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "mlinfra", "explain", "MLI420"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    ).stdout
    assert shown.endswith("""\
  wrong:
      key_vaults:
    >   main: {purge_protection: false}
  right:
      key_vaults:
        main: {}
""")
