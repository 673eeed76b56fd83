"""The schema's verdict is the SDK's, on bodies made from the schema and on the same bodies damaged."""

import re
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.languages.azureml.schema import SCHEMA as AZUREML
from mlinfra.languages.azureml.sections import SECTIONS
from tests.languages.azureml.generated_bodies import body, damaged
from tests.languages.azureml.sdk import verdict

pytestmark = pytest.mark.judges

BODIES_OF_A_SECTION = 40
SHARE_THAT_AGREES = 0.99
MISSING_FILE = "Can't find|No such file"
SEEDS = st.integers(0, 2**32)  # a body each: what a seed made once it makes again

# What we take and the SDK refuses: its words, and why no schema says it.
LOOSER = {
    "Cannot instantiate a Connection with a type of": "credentials by connection type: for a rule, once they compile",
    "Registry reference for .* is not supported for K8SDeployment": "a reference by its form: for a rule",
    "Can't set instance_count when resources is provided": "two fields of two levels: for a rule",
    "KeyError: 'base_path'": "a defect: a path on the compute, in a pipeline, can't be read",
    "RegistrySchema failed(?s:.*)Missing data for required field": "ours: the location of the target",
    "KeyError: .replication_locations": "ours: where it is itself",
    MISSING_FILE: "files that must exist: the compiler checks paths itself",
    "SparkJobSchema failed(?s:.*)Field may not be null": "a null among the properties of a scheduled Spark job, whose "
    "schema is judged by another class than the one that the field names",
    "Not supporting non file for create_job": "file: before a path: we write the path without it",
}

# What we refuse and the SDK takes: our words, and why.
STRICTER = {
    "is not a field of": "the SDK reads past unknown keys, or hands them on to no one",
    "is set by Azure": "the SDK reads past what Azure sets",
    "must be a string or a number, not (true|false)": "true is no version",
    "must be an integer.*, not [0-9.]+$": "the SDK cuts 0.5 to 0",
    "must be at least (-1|0|1), not ": "the SDK hands times and counts on that no service takes",
    "must be .*a duration such as ": "the SDK hands durations on as they are",
    "must be .*(the|its) id (of .* )?/subscriptions/": "the SDK leaves it to Azure of what an id is",
    "must be a number of files from 1 on": "the SDK hands a batch of nothing on",
    "must be a size such as 2g": "the SDK hands sizes of memory on as they are",
    "must be an integer, not ": "in a kind that becomes Bicep, text is no number",
    "must be the name of an entry or a resource id": "the SDK leaves it to Azure whether there is such a thing",
    "resource_id is required here": "the SDK makes an identity of nothing, and fails when it sends it",
    "^(key_uri|key_vault) (must be|is required)": "the SDK sends half a key, which Resource Manager refuses",
    "conda_file must be a map or a string, not a list": "the SDK asks whether there is one; an empty list is none",
    "^(type|kind|task) must be ": "the SDK reads past a discriminator, where it goes by section or shape",
    "^(azure_name|targets|existing|id|subscription|resource_group|properties|workspace|registry) ": "ours",
    "^(made_in|system_identity|identities|usage) ": "ours",
    "^(feature_store|from_job|output|registered_by|consumers|invoke|smoke_test|rollout|path is required)": "ours",
    "^(release|metrics|at_least|at_most|not_worse_than_serving|file|key) ": "ours, and below release",
}


@pytest.mark.parametrize("section", [section.name for section in SECTIONS])
@pytest.mark.parametrize("is_damaged", [False, True], ids=["made", "damaged"])
@settings(max_examples=BODIES_OF_A_SECTION // 2)
@given(seed=SEEDS)
def test_the_sdk_says_the_same(section: str, is_damaged: bool, seed: int) -> None:
    random = Random(seed)
    made = body(section, random)
    if is_damaged:
        made = damaged(made, random)
    ours = [error.message for error in AZUREML.judge({section: {"entry": made}})]
    with tempfile.TemporaryDirectory() as folder:
        theirs = verdict(section, made, Path(folder))
    assert bool(ours) == bool(theirs) or _is_known(ours, theirs), (made, ours, theirs)


def test_nearly_every_damaged_body_gets_the_same_verdict() -> None:
    """The share that agrees, leaving aside missing files and unknown and own keys, on which we are stricter."""
    verdicts: Counter[bool] = Counter()
    for section in (
        "jobs",
        "components",
        "environments",
        "online_deployments",
        "batch_deployments",
        "schedules",
        "monitors",
    ):
        for number in range(BODIES_OF_A_SECTION):
            random = Random(f"{section}{number}")
            made = damaged(body(section, random), random)
            errors = AZUREML.judge({section: {"entry": made}})
            if any(error.keyword in ("additionalProperties", "readOnly", "name") for error in errors):
                continue
            with tempfile.TemporaryDirectory() as folder:
                theirs = verdict(section, made, Path(folder))
            if theirs is None or not re.search(MISSING_FILE, theirs):
                verdicts[bool(errors) == bool(theirs)] += 1
    assert verdicts[True] / verdicts.total() >= SHARE_THAT_AGREES


def _is_known(ours: list[str], theirs: str | None) -> bool:
    if theirs is not None:
        return any(re.search(pattern, theirs) for pattern in LOOSER)
    return all(any(re.search(pattern, message) for pattern in STRICTER) for message in ours)
