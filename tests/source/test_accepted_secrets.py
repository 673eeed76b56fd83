"""A guess at a secret is silenced where it arises, with a reason; what has the form of a service's secret is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from mlinfra.cli import run
from tests.core.cases import WORKSPACE
from tests.spec import HEADER, SCORING

TOKEN = "hf" + "_" + "aB3d" * 9
SILENCED = "# mlinfra: ignore MLI219 because it names a column"
NOT_SILENCED = "warning[MLI132]: MLI219 is an error, which can't be ignored"
JOB = "jobs:\n  t:\n    type: command\n    environment: azureml:e:1\n    compute: serverless\n"
CONDA = "environments: {e: {image: a/b:1, conda_file: c.yml}}\n"
OF_SCORING = {"model/x": "", "src/s.py": "", "request.json": '{"api_key": "customers2024"}'}


def said(folder: Path, text: str, capsys: pytest.CaptureFixture[str], files: Mapping[str, str] = {}) -> list[str]:
    """The lines of the report that name what is wrong with secrets and with comments."""
    for name, content in {**files, "ml-platform.yaml": HEADER + WORKSPACE + text}.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    run(["validate", "-f", str(folder / "ml-platform.yaml")])
    lines = capsys.readouterr().err.splitlines()
    return [line.partition(": ")[2] for line in lines if any(f"MLI{code}]" in line for code in (131, 132, 133, 219))]


@pytest.mark.parametrize(
    "text",
    [
        f"tags:\n  api_key: customers2024  {SILENCED}\n",
        f"tags:\n  {SILENCED}\n  api_key: customers2024\n",
        f"{JOB}    {SILENCED}\n    command: >-\n      python train.py\n      --password hunter2\n",
        f"variables:\n  {SILENCED}\n  api_key: {{type: string, default: customers2024}}\n",
    ],
)
def test_a_comment_with_a_reason_silences_a_guess(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(tmp_path, text, capsys) == []
    assert "MLI219" in " ".join(said(tmp_path, text.replace(SILENCED, "#"), capsys))


def test_what_is_silenced_keeps_its_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(tmp_path, f"tags:\n  api_key: customers2024  {SILENCED}\n", capsys) == []
    assert run(["compile", "-f", str(tmp_path / "ml-platform.yaml")]) == 0
    written = "".join(path.read_text() for path in (tmp_path / "generated").rglob("*.bicep"))
    assert "customers2024" in written


def test_without_a_reason_it_stays_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(tmp_path, "tags:\n  api_key: customers2024  # mlinfra: ignore MLI219\n", capsys) == [
        'error[MLI219]: the value of "api_key" is written in clear text',
        "warning[MLI131]: MLI219 is ignored without a reason",
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"tags:\n  note: {TOKEN}  {SILENCED}\n", "an access token"),
        (f"tags:\n  api_key: {TOKEN}  {SILENCED}\n", "an access token"),
        (f"{JOB}    {SILENCED}\n    command: python a.py --password hunter2 --token {TOKEN}\n", "an access token"),
        (f"tags:\n  note: 'AccountKey={'aB3d' * 9}'  {SILENCED}\n", "a connection string with its key"),
    ],
)
def test_the_secret_of_a_known_service_is_not_silenced(
    text: str, what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(said(tmp_path, text, capsys)) == [f"error[MLI219]: {what} is written in clear text", NOT_SILENCED]


def test_a_comment_that_silences_no_guess_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(tmp_path, f"tags:\n  token: cls  {SILENCED}\n", capsys) == [
        "info[MLI133]: there is no MLI219 to ignore here"
    ]


def test_a_guess_in_a_file_that_the_spec_names_is_silenced_in_that_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conda = "dependencies: [python=3.11]\nvariables:\n  API_KEY: customers2024of{}\n"
    (accused,) = said(tmp_path, CONDA, capsys, {"c.yml": conda.format("")})
    assert accused == 'error[MLI219]: "c.yml": the value of "API_KEY" is written in clear text'
    assert said(tmp_path, CONDA, capsys, {"c.yml": conda.format(f"  {SILENCED}")}) == []
    assert said(tmp_path, CONDA, capsys, {"c.yml": conda.format(f"\n  NOTE: {TOKEN}  {SILENCED}")}) != []


def test_a_guess_in_a_request_is_silenced_where_the_spec_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (accused,) = said(tmp_path, SCORING, capsys, OF_SCORING)
    assert accused == 'error[MLI219]: "request.json": the value of "api_key" is written in clear text'
    assert "request: request.json" in SCORING
    line = next(line for line in SCORING.splitlines() if "request: request.json" in line)
    silenced = SCORING.replace(line, f"{line}  {SILENCED}")
    assert said(tmp_path, silenced, capsys, OF_SCORING) == []
    token = {**OF_SCORING, "request.json": f'{{"api_key": "{TOKEN}"}}'}
    assert sorted(said(tmp_path, silenced, capsys, token)) == [
        'error[MLI219]: "request.json": an access token is written in clear text',
        NOT_SILENCED,
    ]
