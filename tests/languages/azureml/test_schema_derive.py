"""The schema is what the installed SDK and the overlay say, and the overlay decides on every field that takes text."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Golden
from tools.azureml_schema import derive, overlay, overlay_bounds, overlay_checks, spellings
from tools.azureml_schema.annotate import Overlay

# Whole numbers that may be negative, or whose least value a check gives with words of its own.
SIGNED = {
    "mu sigma q min_value max_value upper values": "numbers of the user's own code",
    "random_seed seed": "a seed may be any number",
    "period initial_delay timeout success_threshold failure_threshold": "checks.online_deployments",
    "traffic mirror_traffic": "checks.online_endpoints",
    "hours minutes month_days interval": "checks.triggers",
    "idle_time_before_shutdown_minutes max_instances": "checks.computes",
    "port ssh_port dashboard_port": "checks.jobs",
}
TEXT_FIELDS = Path(__file__).with_name("text_fields.txt")


@pytest.fixture(scope="module")
def asked() -> Overlay:
    """The overlay after it was asked about every field of every class in use."""
    table = Overlay()
    derive.derive(table)
    return table


def test_the_committed_schema_is_current() -> None:
    """In a process of its own: the SDK changes fields that its classes share when a pipeline is read."""
    command = [sys.executable, "-m", "tools.azureml_schema.derive", "--check"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.judges
def test_a_stale_schema_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(derive, "SCHEMA_FILE", tmp_path / "azureml.schema.json")
    assert derive.main(["--check"]) == 1
    assert capsys.readouterr().err == "azureml.schema.json is stale: run make azureml-schema and review what changed\n"
    assert derive.main([]) == 0
    assert derive.main(["--check"]) == 0


def test_every_field_that_takes_text_has_a_decision(asked: Overlay, golden: Golden) -> None:
    """A field that a new SDK brings stands in the difference, as text until someone decides otherwise."""
    golden(TEXT_FIELDS, "".join(f"{field}: {decision}\n" for field, decision in sorted(asked.decisions.items())))


def test_every_line_of_the_overlay_is_about_a_field_of_a_class_in_use(asked: Overlay) -> None:
    lines = {
        *(name for _, names in (*overlay.REFERENCES, *overlay.PATHS) for name in names),
        *overlay_bounds.LEAST,
        *overlay_checks.BODIES,
        *overlay_checks.CONSTRAINTS,
        *overlay_checks.OPTIONAL,
        *overlay_checks.REQUIRED,
        *overlay_checks.UNUSABLE,
    }
    assert sorted(lines - asked.used) == []


def test_every_whole_number_has_a_least_value_or_a_reason_to_have_none(asked: Overlay) -> None:
    fields = {name.rpartition(".")[2] for name in asked.unbounded}
    assert sorted(fields) == sorted(" ".join(SIGNED).split())


@pytest.mark.parametrize(
    ("spelling", "taken", "refused"),
    [
        (spellings.EXACT, ["low_priority"], ["Low_priority", "lowPriority"]),
        (spellings.ANY_CASE, ["low_priority", "LOW_PRIORITY"], ["lowPriority"]),
        (
            spellings.SNAKE,
            ["low_priority", "LowPriority", "lowPriority", "LOW_PRIORITY"],
            ["lowpriority", "Low_Priority"],
        ),
    ],
)
def test_an_enumeration_is_spelled_as_the_casing_function_of_the_sdk_takes_it(
    spelling: str, taken: list[str], refused: list[str]
) -> None:
    from azure.ai.ml._utils.utils import camel_to_snake

    functions = {spellings.EXACT: lambda text: text, spellings.ANY_CASE: str.lower, spellings.SNAKE: camel_to_snake}
    casing = functions[spelling]
    assert spellings.spelling_of(casing) == spelling
    pattern = re.compile(spellings.pattern_for(["low_priority"], spelling))
    assert [text for text in [*taken, *refused] if pattern.search(text)] == taken
    assert [text for text in [*taken, *refused] if casing(text) == "low_priority"] == taken
