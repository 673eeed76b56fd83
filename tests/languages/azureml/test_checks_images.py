"""Checks of the images that environments start from: a wrong and a right body for each code."""

from __future__ import annotations

from datetime import date

import pytest

from mlinfra.azure.base_images import BASE_IMAGES, SUPPORTED
from mlinfra.languages.azureml.checks import images
from mlinfra.release import RELEASED
from tests.languages.azureml.body_cases import Case

OURS = "mcr.microsoft.com/azureml"
SINCE = "take a tag since 2026-05-25 of https://mcr.microsoft.com/v2/azureml"
KNOWN = f"Azure ML keeps up {', '.join(SUPPORTED)}"
DIGEST = "@sha256:00ff"

IMAGE_CASES = (
    Case(
        images.LATEST_IMAGE,
        "environments",
        f"{{image: {OURS}/minimal-py312-inference}}",
        ("image",),
        f'image "{OURS}/minimal-py312-inference" has no fixed tag',
        "name a tag or digest",
        f"{{image: '{OURS}/minimal-py312-inference{DIGEST}'}}",
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "environments",
        f"{{image: '{OURS}/openmpi5.0-ubuntu24.04:stable'}}",
        ("image",),
        f'image "{OURS}/openmpi5.0-ubuntu24.04:stable" has no fixed tag',
        "name a tag or digest",
        f"{{image: '{OURS}/curated/sklearn-1.5:49'}}",  # curated ones count their versions
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "jobs",
        "{type: sweep, trial: {command: a, environment: {image: 'localhost:5000/train:latest'}}}",
        ("trial", "environment", "image"),
        'image "localhost:5000/train:latest" has no fixed tag',
        "name a tag or digest",
        "{type: sweep, trial: {command: a, environment: {image: 'localhost:5000/train:1.4'}}}",
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "online_deployments",
        "{environment: {image: 'localhost:5000/server:latest'}}",
        ("environment", "image"),
        'image "localhost:5000/server:latest" has no fixed tag',
        "name a tag or digest",
        "{environment: {image: 'localhost:5000/server:1.4'}}",
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "environments",
        "{build: {path: moves}}",
        ("build", "path"),
        'image "python:latest", from which Dockerfile starts, has no fixed tag',
        "name a tag or digest",
        "{build: {path: stays}}",
        mode="production",
        files={
            "moves": {"Dockerfile": "FROM python:latest\n"},
            "stays": {
                "Dockerfile": "ARG BASE=x\nFROM python:3.11.9 AS first\nFROM first\nFROM ${BASE}\nFROM scratch\n"
            },
        },
    ),
    Case(
        images.UNKNOWN_IMAGE,
        "environments",
        f"{{image: '{OURS}/minimal-ubuntu22.04-py311-cpu-inference:20260715.v1'}}",
        ("image",),
        f'image "{OURS}/minimal-ubuntu22.04-py311-cpu-inference:20260715.v1" is no base image that this release knows',
        f'did you mean "minimal-ubuntu22.04-py39-cpu-inference"? {KNOWN}',
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20991231.v9'}}",  # a tag is never called unknown
    ),
    Case(
        images.UNKNOWN_IMAGE,
        "environments",
        f"{{image: '{OURS}/zzz{DIGEST}'}}",
        ("image",),
        f'image "{OURS}/zzz{DIGEST}" is no base image that this release knows',
        KNOWN,
        "{image: 'contoso.azurecr.io/azureml/zzz:1'}",  # of other registries nothing is known
    ),
    Case(
        images.UNKNOWN_IMAGE,
        "environments",
        "{build: {path: context, dockerfile_path: gpu/Dockerfile}}",
        ("build", "path"),
        f'image "{OURS}/openmpi5.0-cuda12.9-ubuntu24.04:20260901.v1", from which gpu/Dockerfile starts, is no base '
        "image that this release knows",
        f'did you mean "openmpi5.0-cuda12.8-ubuntu24.04"? {KNOWN}',
        "{build: {path: context}}",
        files={
            "context": {
                "gpu/Dockerfile": f"from --platform=linux/amd64 {OURS}/openmpi5.0-cuda12.9-ubuntu24.04:20260901.v1\n",
                "Dockerfile": f"FROM {OURS}/openmpi5.0-cuda12.8-ubuntu24.04:20260901.v1\n",
            }
        },
    ),
    Case(
        images.RETIRED_IMAGE,
        "jobs",
        f"{{command: a, environment: {{image: '{OURS}/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04:20250701.v1'}}}}",
        ("environment", "image"),
        f'image "{OURS}/openmpi4.1.0-cuda11.8-cudnn8-ubuntu22.04:20250701.v1" is not kept up since 2025-09-09',
        f"take {OURS}/openmpi5.0-cuda12.4-ubuntu22.04 (https://github.com/Azure/AzureML-Containers); {KNOWN}",
        f"{{command: a, environment: {{image: '{OURS}/openmpi5.0-cuda12.4-ubuntu22.04:20260715.v1'}}}}",
    ),
    Case(
        images.OLD_IMAGE,
        "environments",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20260524.v1'}}",
        ("image",),
        f'image "{OURS}/openmpi4.1.0-ubuntu22.04:20260524.v1" is of 2026-05-24, more than six months before this '
        "release, 2026-11-25",
        f"{SINCE}/openmpi4.1.0-ubuntu22.04/tags/list",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20260525.v1'}}",
    ),
    Case(
        images.OLD_IMAGE,
        "environments",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20250101.v1'}}",
        ("image",),
        f'image "{OURS}/openmpi4.1.0-ubuntu22.04:20250101.v1" is of 2025-01-01, more than six months before this '
        "release, 2026-11-25",
        f"{SINCE}/openmpi4.1.0-ubuntu22.04/tags/list",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20250101.v1{DIGEST}'}}",
    ),
)


@pytest.mark.parametrize("case", IMAGE_CASES, ids=lambda case: case.id)
def test_wrong_image_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", IMAGE_CASES, ids=lambda case: case.id)
def test_right_image_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []


def test_who_is_retired_has_a_successor_that_is_kept_up() -> None:
    retired = [image for image in BASE_IMAGES.values() if image.retired]
    assert [image.name for image in retired if BASE_IMAGES[str(image.successor)].retired] == []
    assert [image.name for image in BASE_IMAGES.values() if image.successor and not image.retired] == []
    assert all(date(2020, 1, 1) < image.retired <= RELEASED for image in retired if image.retired)


@pytest.mark.parametrize("name", SUPPORTED)
def test_whoever_is_proposed_is_known_and_kept_up(name: str) -> None:
    assert BASE_IMAGES[name].retired is None
