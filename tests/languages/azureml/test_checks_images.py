"""Checks of the images that environments start from: a wrong and a right body for each code."""

from __future__ import annotations

import subprocess
from datetime import date

import pytest

from mlinfra.azure import base_images
from mlinfra.azure.base_images import BASE_IMAGES, SUPPORTED, BaseImage
from mlinfra.azure.image_names import is_image_name
from mlinfra.languages.azureml.checks import images
from mlinfra.release import RELEASED
from tests.languages.azureml.body_cases import Case

IDLE = "idle_time_before_shutdown_minutes: 60, "
OURS = "mcr.microsoft.com/azureml"
TAGS = "https://mcr.microsoft.com/v2/azureml"
KNOWN = f"Azure ML keeps up {', '.join(SUPPORTED)}"
DIGEST_OF = "add @ and the digest that this prints: docker buildx imagetools inspect"
DIGEST = f"@sha256:{'00ff' * 16}"

IMAGE_CASES = (
    Case(
        images.LATEST_IMAGE,
        "environments",
        f"{{image: {OURS}/minimal-py312-inference}}",
        ("image",),
        f'image "{OURS}/minimal-py312-inference" has no fixed tag',
        f"write {OURS}/minimal-py312-inference:<tag>, with the newest tag, which this prints: curl -s "
        f"{TAGS}/minimal-py312-inference/tags/list | grep -oE '20[0-9]{{6}}\\.v[0-9]+' | sort -V | tail -n 1",
        f"{{image: '{OURS}/minimal-py312-inference{DIGEST}'}}",
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "environments",
        f"{{image: '{OURS}/openmpi5.0-ubuntu24.04:stable'}}",
        ("image",),
        f'image "{OURS}/openmpi5.0-ubuntu24.04:stable" has no fixed tag',
        f"write {OURS}/openmpi5.0-ubuntu24.04:20260901.v1",
        f"{{image: '{OURS}/curated/sklearn-1.5:49'}}",  # curated ones count their versions
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "jobs",
        "{type: sweep, trial: {command: a, environment: {image: 'localhost:5000/train:latest'}}}",
        ("trial", "environment", "image"),
        'image "localhost:5000/train:latest" has no fixed tag',
        f"{DIGEST_OF} localhost:5000/train:latest",
        "{type: sweep, trial: {command: a, environment: {image: 'localhost:5000/train:1.4'}}}",
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "online_deployments",
        "{environment: {image: 'localhost:5000/server:latest'}}",
        ("environment", "image"),
        'image "localhost:5000/server:latest" has no fixed tag',
        f"{DIGEST_OF} localhost:5000/server:latest",
        "{environment: {image: 'localhost:5000/server:1.4'}}",
        mode="production",
    ),
    Case(
        images.LATEST_IMAGE,
        "environments",
        "{build: {path: moves}}",
        ("build", "path"),
        'image "python:latest", from which Dockerfile starts, has no fixed tag',
        f"{DIGEST_OF} python:latest",
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
        images.NO_IMAGE,
        "jobs",
        "{command: a, environment: {image: 'a b:1'}}",
        ("environment", "image"),
        'image "a b:1" is no name that a registry can have',
        f"write one such as {OURS}/{SUPPORTED[0]}:<tag>",
        "{command: a, environment: {image: 'a:1'}}",
    ),
    Case(
        images.NO_IMAGE,
        "environments",
        f"{{image: 'docker://{OURS.replace('azureml', 'AzureML')}/x:1'}}",
        ("image",),
        f'image "docker://{OURS.replace("azureml", "AzureML")}/x:1" is no name that a registry can have',
        f"write {OURS}/x:1",
        "{image: 'ContosoML.azurecr.io:443/ml_x/y-z:V1.4'}",  # a host may have capitals, and so may a tag
    ),
    Case(
        images.NO_IMAGE,
        "environments",
        "{build: {path: wrong}}",
        ("build", "path"),
        'image "python@sha256:abc", from which Dockerfile starts, is no name that a registry can have',
        f"write one such as {OURS}/{SUPPORTED[0]}:<tag>",
        "{build: {path: right}}",
        files={"wrong": {"Dockerfile": "FROM python@sha256:abc\n"}, "right": {"Dockerfile": "FROM python:3.11.9\n"}},
    ),
    Case(
        images.NO_IMAGE,
        "compute_instances",
        f"{{{IDLE}custom_applications: [{{name: r, image: {{reference: 'https://contoso.azurecr.io/RStudio:1'}}}}]}}",
        ("custom_applications", 0, "image", "reference"),
        'image "https://contoso.azurecr.io/RStudio:1" is no name that a registry can have',
        "write contoso.azurecr.io/rstudio:1",
        f"{{{IDLE}custom_applications: [{{name: r, image: {{reference: 'contoso.azurecr.io/rstudio:1'}}}}]}}",
    ),
    Case(
        images.LATEST_IMAGE,
        "compute_instances",
        f"{{{IDLE}custom_applications: [{{name: r, image: {{reference: contoso.azurecr.io/rstudio}}}}]}}",
        ("custom_applications", 0, "image", "reference"),
        'image "contoso.azurecr.io/rstudio" has no fixed tag',
        f"{DIGEST_OF} contoso.azurecr.io/rstudio",
        f"{{{IDLE}custom_applications: [{{name: r, image: {{reference: 'contoso.azurecr.io/rstudio:1'}}}}]}}",
        mode="production",
    ),
    Case(
        images.NO_DOCKERFILE,
        "environments",
        "{build: {path: context}}",
        ("build", "path"),
        "there is no Dockerfile in context",
        "add it, or name it in dockerfile_path",
        "{build: {path: context, dockerfile_path: dockerfile}}",  # the name of another file, which is there
        files={"context": {"dockerfile": "FROM python:3.11.9\n"}},
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
        f"write {OURS}/openmpi5.0-cuda12.4-ubuntu22.04:20260901.v1, the image that follows it "
        "(https://github.com/Azure/AzureML-Containers)",
        f"{{command: a, environment: {{image: '{OURS}/openmpi5.0-cuda12.4-ubuntu22.04:20260715.v1'}}}}",
    ),
    Case(
        images.OLD_IMAGE,
        "environments",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20260524.v1'}}",
        ("image",),
        f'image "{OURS}/openmpi4.1.0-ubuntu22.04:20260524.v1" is of 2026-05-24, more than six months before this '
        "release, 2026-11-25",
        f"write {OURS}/openmpi4.1.0-ubuntu22.04:20260715.v1",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20260525.v1'}}",
    ),
    Case(
        images.OLD_IMAGE,
        "environments",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20250101.v1'}}",
        ("image",),
        f'image "{OURS}/openmpi4.1.0-ubuntu22.04:20250101.v1" is of 2025-01-01, more than six months before this '
        "release, 2026-11-25",
        f"write {OURS}/openmpi4.1.0-ubuntu22.04:20260715.v1",
        f"{{image: '{OURS}/openmpi4.1.0-ubuntu22.04:20250101.v1{DIGEST}'}}",
    ),
)


@pytest.mark.parametrize("case", IMAGE_CASES, ids=lambda case: case.id)
def test_wrong_image_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", IMAGE_CASES, ids=lambda case: case.id)
def test_right_image_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("ubuntu", True),
        ("localhost:5000/a/b:1", True),
        ("[::1]:5000/a", True),
        ("a__b/c--d.e:_1", True),
        (f"a{DIGEST}", True),
        (f"a:1{DIGEST}", True),
        ("", False),
        ("a:", False),
        ("a:1:2", False),
        ("a/", False),
        ("/a", False),
        ("a..b", False),
        ("-a", False),
        ("A", False),
        ("a/B", False),
        ("a:" + "1" * 129, False),
        ("a/" * 128 + "b", False),
        ("a@sha256:00ff", False),
        ("a\n", False),
    ],
)
def test_a_name_of_an_image_is_what_the_grammar_of_registries_has(name: str, is_one: bool) -> None:
    assert is_image_name(name) is is_one


def test_who_is_retired_has_a_successor_that_is_kept_up() -> None:
    retired = [image for image in BASE_IMAGES.values() if image.retired]
    assert [image.name for image in retired if BASE_IMAGES[str(image.successor)].retired] == []
    assert [image.name for image in BASE_IMAGES.values() if image.successor and not image.retired] == []
    assert all(date(2020, 1, 1) < image.retired <= RELEASED for image in retired if image.retired)


@pytest.mark.parametrize("name", SUPPORTED)
def test_whoever_is_proposed_is_known_and_kept_up(name: str) -> None:
    assert BASE_IMAGES[name].retired is None


LISTED = {  # what the registry may list, and the newest of it
    True: ('{"name":"N","tags":["20260901.v1","20261020.v2","20261020.v10","latest","20250101.v1"]}', "20261020.v10"),
    False: ('{"name":"N","tags":["1","10","9","latest","1.0"]}', "10"),
}


@pytest.mark.parametrize("image", BASE_IMAGES.values(), ids=BASE_IMAGES)
def test_each_image_is_given_with_a_tag_or_with_the_command_that_prints_one(image: BaseImage) -> None:
    said = base_images.to_write(image.name)
    start = f"write {OURS}/{image.name}:"
    assert said.startswith(start)
    if image.name in base_images.TAGS:
        reference = base_images.reference(said.removeprefix("write "))
        assert reference
        assert reference.built
        assert images.OLDEST <= reference.built <= RELEASED
        return
    ask, piped = said.split("which this prints: ")[1].split(" | ", 1)
    assert ask == f"curl -s {TAGS}/{image.name}/tags/list"
    text, newest = LISTED[image.has_dates]
    printed = subprocess.run(  # what stands here is of our own making
        ["bash", "-c", piped],
        input=text.replace("N", f"azureml/{image.name}"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert printed.stdout == newest + "\n"
