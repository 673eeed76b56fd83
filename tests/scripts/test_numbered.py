"""A declared model without a version: registered once for each content, and served in the version that Azure gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mlinfra.pipelines.scripts import ScriptsContext, TargetContext
from tests.scripts.example import PLATFORM
from tests.scripts.harness import Azure, write_output
from tests.scripts.steps import REGISTER, RELEASE, TRAIN

NewAzureOf = Callable[[ScriptsContext], Azure]


def _numbered(content: str) -> ScriptsContext:
    """The platform, where the model of somebody else has this content and no version."""
    return replace(PLATFORM, targets=tuple(_target(target, content) for target in PLATFORM.targets))


def _target(target: TargetContext, content: str) -> TargetContext:
    assets = tuple(
        replace(asset, version="", content_hash=content) if asset.name == "vendor" else asset for asset in target.assets
    )
    endpoints = tuple(
        replace(
            endpoint,
            deployments=tuple(
                replace(slot, model_name="vendor", model_version=content) if slot.model_version else slot
                for slot in endpoint.deployments
            ),
        )
        for endpoint in target.endpoints
    )
    return replace(target, assets=assets, endpoints=endpoints)


@pytest.fixture
def azure(new_azure_of: NewAzureOf) -> Azure:
    return new_azure_of(_numbered("m1")).with_infrastructure()


def _versions(azure: Azure) -> dict[str, Any]:
    versions: dict[str, Any] = azure.workspace()["assets"]["model"]["vendor"]
    return {version: body["tags"]["mlinfra-content"] for version, body in versions.items()}


def _change(azure: Azure, content: str) -> None:
    write_output(azure.output, _numbered(content))
    azure.with_infrastructure()


def test_each_content_gets_one_version(azure: Azure) -> None:
    first = azure.run(*REGISTER)
    assert (first.code, first.stderr.splitlines()[-2:]) == (
        0,
        ["registering model vendor", "model vendor 1 is registered"],
    )
    again = azure.run(*REGISTER)
    assert (again.code, azure.changes, again.stderr.splitlines()[-1]) == (0, [], "model vendor 1 is registered")
    _change(azure, "m2")
    assert azure.run(*REGISTER).code == 0
    assert _versions(azure) == {"1": "m1", "2": "m2"}
    _change(azure, "m1")
    assert (azure.run(*REGISTER).code, azure.changes) == (0, [])


def test_a_release_serves_the_version_of_the_content(azure: Azure) -> None:
    for step in (REGISTER, TRAIN):
        assert azure.run(*step).code == 0
    _change(azure, "m2")
    assert azure.run(*REGISTER).code == 0
    result = azure.run(*RELEASE)
    assert result.code == 0, result.stderr
    (endpoint,) = azure.workspace()["online_endpoints"].values()
    served = {slot["body"]["model"] for slot in endpoint["slots"].values()}
    assert served == {"azureml:churn:1", "azureml:vendor:2"}


def test_what_is_not_registered_is_not_served(azure: Azure) -> None:
    for step in (REGISTER, TRAIN):
        assert azure.run(*step).code == 0
    _change(azure, "m2")
    result = azure.run(*RELEASE)
    assert (result.code, result.stderr.splitlines()[-1]) == (
        1,
        "error: model vendor of this content (m2) is not registered: register-assets.sh --target dev does that",
    )


def test_a_version_that_a_person_registered_for_the_content_is_not_served(azure: Azure) -> None:
    for step in (REGISTER, TRAIN):
        assert azure.run(*step).code == 0
    model = azure.workspace()["assets"]["model"]["vendor"]["1"]
    model["creation_context"] = {"created_by": "somebody", "created_by_type": "User"}
    message = "error: model vendor 1 was registered by a person, somebody, and by no pipeline: archive that version"
    result = azure.run(*RELEASE)
    assert (result.code, result.stderr.splitlines()[-1]) == (1, message)
    assert (azure.run(*REGISTER).code, azure.changes) == (1, [])
