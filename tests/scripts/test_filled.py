"""The file that an update in place sends says what the release says of the deployment."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mlinfra.programs import filled

BLOCK = """\
# Generated
name: main
endpoint_name: churn
code_configuration:
  code: ../src
instance_count: 1
"""
TAGS = "tags:\n  team: growth\n  'no': \"1\"\n"
SETTINGS = {"tags.mlinfra-content": "12e4567890", "tags.mlinfra-previous": 'churn:6 "ü" a=b', "model": "azureml:m:2"}


@pytest.mark.parametrize("text", [BLOCK, BLOCK + TAGS, TAGS + BLOCK, BLOCK.replace("inst", TAGS + "inst"), "{}"])
def test_the_file_says_it_all(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    file = tmp_path / "main.yml"
    file.write_text(text, encoding="utf-8")
    filled.main([str(file), *(f"{name}={value}" for name, value in SETTINGS.items())])
    before, after = yaml.safe_load(text), yaml.safe_load(capsys.readouterr().out)
    tags = {"mlinfra-content": "12e4567890", "mlinfra-previous": 'churn:6 "ü" a=b'}
    assert after == before | {"model": "azureml:m:2", "tags": before.get("tags", {}) | tags}


def test_what_the_file_says_is_not_said_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "main.yml"
    file.write_text(BLOCK)
    with pytest.raises(SystemExit) as ended:
        filled.main([str(file), "name=other"])
    assert ended.value.code == "error: the file says name already"
