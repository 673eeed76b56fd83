"""`--set` of an update is laid over as the locked azure-cli-core does it."""

from __future__ import annotations

import copy
import json
import subprocess
from typing import Any

import pytest

from tests.scripts.fake_az.generic_update import CannotSet, lay_over
from tests.tools import azure_cli

DEPLOYMENT = {"name": "a", "tags": {"team": "x"}, "instance_count": 1, "none": None}
OF_FILE = {
    "name": "a",
    "endpoint_name": "e",
}  # all that the getter of an online deployment returns where there is a file
SETTINGS = (
    "tags.mlinfra-content=1234567890e5",
    "tags.mlinfra-content=12e4567890",
    "tags.mlinfra-content=1_234",
    "tags.mlinfra-content=0x1",
    "tags.mlinfra-content='a'",
    "tags.mlinfra-content=None",
    "tags.mlinfra-content=true",
    "tags.mlinfra-previous=a=90 b=10",
    "tags.mlinfra-rejected=none",
    'tags={"a": "b"}',
    "instance_count=2",
    "model=azureml:churn:2",
    "none.a=b",
    "name.a=b",
    "gone.a=b",
    "tags.team.a=b",
)
PROGRAM = """\
import copy, json, sys
from azure.cli.core.commands.arm import set_properties
from knack.util import CLIError

def play(instance, setting, is_text):
    instance = copy.deepcopy(instance)
    try:
        set_properties(instance, setting, is_text)
    except CLIError as error:
        return str(error)
    return repr(instance)

print(json.dumps([play(*each) for each in json.load(sys.stdin)]))
"""


@pytest.mark.azure
def test_the_core_does_the_same() -> None:
    cases = [(one, each, text) for one in (DEPLOYMENT, OF_FILE) for each in SETTINGS for text in (False, True)]
    python = azure_cli().parent / "python"
    done = subprocess.run(
        [python, "-c", PROGRAM], input=json.dumps(cases), capture_output=True, text=True, timeout=60, check=True
    )
    assert [_played(*case) for case in cases] == json.loads(done.stdout)


def _played(instance: dict[str, Any], setting: str, is_text: bool) -> str:
    instance = copy.deepcopy(instance)
    try:
        lay_over(instance, setting, is_text=is_text)
    except CannotSet as error:
        return str(error)
    return repr(instance)


def test_an_update_with_a_file_finds_no_tags() -> None:
    with pytest.raises(CannotSet) as refused:
        lay_over(dict(OF_FILE), "tags.x=y", is_text=True)
    assert str(refused.value) == "Couldn't find 'tags' in ''. Available options: ['endpointName', 'name']"
