"""A path counts from the file in which it is written, for the checks of bodies as for whoever uploads."""

from __future__ import annotations

from pathlib import Path

from tests.spec import HEADER, SCORING, said

ENTRIES = "workspaces: {main: {}}\n" + SCORING
OVERRIDE = """\
    overrides:
      online_endpoints: {o: {deployments: {blue: {code_configuration: {code: ./code}}}}}
"""
SPEC = HEADER.replace("{subscription: ", "\n    subscription: ").replace(
    ", mode: development}", "\n    mode: development"
)
FILES = {"parts/e.yaml": ENTRIES, "parts/model": "", "parts/request.json": "{}", "parts/src/s.py": "def run(data): ..."}
NO_INIT = '"s.py" does not define init (def init(): … and def run(data): …)'


def test_what_an_include_names_lies_beside_it(tmp_path: Path) -> None:
    files = {**FILES, "src/s.py": "def init(): ..."}
    assert said(tmp_path, SPEC + "include: parts/e.yaml\n", "MLI642", files) == [f"18: {NO_INIT}"]


def test_what_an_override_names_lies_beside_the_override(tmp_path: Path) -> None:
    files = {**FILES, "code/s.py": "def run(data): ...", "parts/code/s.py": "def init(): ..."}
    spec = f"{SPEC}{OVERRIDE}include: parts/e.yaml\n"
    assert said(tmp_path, spec, "MLI642", files) == [f"18: {NO_INIT}"]
