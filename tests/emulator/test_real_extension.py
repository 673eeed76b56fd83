"""Where MLINFRA_AZ_ML_WHEEL names the extension's wheel, az gets that, and the fake is asked nothing."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.emulator.emulator import Emulator
from tests.emulator.extension import WHEEL, Extension
from tests.emulator.machine import Machine
from tests.tools import azure_cli

VERSION = "9.9.9"
LOADER = """\
from azure.cli.core import AzCommandsLoader
from azure.cli.core.commands import CliCommandType


class Loader(AzCommandsLoader):
    def load_command_table(self, args):
        with self.command_group("ml workspace", CliCommandType(operations_tmpl="azext_ml#{}")) as group:
            group.command("show", "show")
        return self.command_table


def show(cmd):
    return {"name": "of the wheel"}


COMMAND_LOADER_CLS = Loader
"""


@pytest.mark.azure
@pytest.mark.slow
def test_the_wheel_that_is_named_answers(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    az = azure_cli()
    monkeypatch.setenv(WHEEL, str(_wheel(tmp_path)))
    with Extension(emulator, tmp_path / "ml") as extension:
        machine = Machine(tmp_path / "machine", emulator, az, extension)
        shown = machine.az("ml", "workspace", "show", "--query", "name", "--output", "tsv")
        assert (shown.code, shown.stdout) == (0, "of the wheel\n"), shown.stderr
        version = machine.az("version", "--output", "json")
        assert json.loads(version.stdout)["extensions"] == {"ml": VERSION}
        unknown = machine.az("ml", "job", "create")
        assert (unknown.code, extension.refused) == (2, [])


def _wheel(folder: Path) -> Path:
    """An extension `ml` of one command, as `az extension add --source` takes it."""
    file, about = folder / f"ml-{VERSION}-py3-none-any.whl", f"ml-{VERSION}.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("azext_ml/__init__.py", LOADER)
        wheel.writestr("azext_ml/azext_metadata.json", json.dumps({"azext.minCliCoreVersion": "2.15.0"}))
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: ml\nVersion: {VERSION}\n")
        wheel.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{about}/top_level.txt", "azext_ml\n")
        wheel.writestr(f"{about}/RECORD", "")
    return file
