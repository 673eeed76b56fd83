"""The images that environments start from: written in the environment, or in the Dockerfile of its build context."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mlinfra.azure import base_images
from mlinfra.azure.base_images import BASE_IMAGES, FOLDER, SUPPORTED
from mlinfra.azure.image_names import DOCKER_HUB, is_image_name, meant_by, registry_of
from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.languages.azureml.checks.walk import environments_of
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.release import RELEASED, months_before, retired
from mlinfra.schemas.addresses import is_local
from mlinfra.schemas.problems import BodyPath, BodyProblem

DOCKERFILE = "Dockerfile"  # reference-yaml-environment: dockerfile_path, unless written
MAX_AGE_MONTHS = 6  # concept-prebuilt-docker-images-inference: "up to six months older than latest"

LATEST_IMAGE = Code(
    id="MLI672",
    severity="warning",
    title="Image without a fixed tag in production",
    why="The tag latest, also meant where none is written, moves; a rebuilt environment is another one. Tags of Azure "
    "ML's base images that stay begin with the day on which they were built",
    fix="Name a tag that stays, or a digest",
    source="https://learn.microsoft.com/azure/machine-learning/concept-environments",
)
UNKNOWN_IMAGE = Code(
    id="MLI580",
    severity="warning",
    title="Base image of Azure ML that this release does not know",
    why="An image that is not there fails the build of the environment, and with it the job or deployment; nothing "
    "says so before",
    fix="Take one of the images that Azure ML keeps up, or ignore this with the page on which the new one stands",
    source="https://github.com/Azure/AzureML-Containers",
)
RETIRED_IMAGE = Code(
    id="MLI581",
    severity="warning",
    title="Base image of Azure ML that is no longer kept up",
    why="Its old tags can still be pulled, and there are no new ones: holes in it stay open",
    fix="Take the image that follows it",
    source="https://github.com/Azure/AzureML-Containers",
)
OLD_IMAGE = Code(
    id="MLI582",
    severity="warning",
    title="Base image of Azure ML older than six months",
    why="Azure ML supports images up to six months older than the newest; holes are closed in new tags only. The age "
    "is counted up to the day of this release of mlinfra, not up to today",
    fix="Take a newer tag of the same image",
    source="https://learn.microsoft.com/azure/machine-learning/concept-prebuilt-docker-images-inference",
)
NO_IMAGE = Code(
    id="MLI569",
    severity="error",
    title="Text that names no image",
    why="No registry has an image of such a name: the environment is registered, and its build fails, or the job that "
    "pulls it",
    fix="Write <registry>/<path>:<tag>, the path in lower case, or @sha256: and 64 digits after it",
    source="https://github.com/distribution/reference",
)
NOT_LET_THROUGH = Code(
    id="MLI667",
    severity="warning",
    title="Image of a registry to which no rule of an approved network leads",
    why="The network lets nothing out that no rule names, but to Microsoft's own registry and to that of the "
    "workspace: what pulls the image, or builds an environment from it, waits for an answer that does not come",
    fix="Copy the image into the platform's own registry, or write the hosts of its registry under its name in "
    "network.package_hosts",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-managed-network",
)
NO_DOCKERFILE = Code(
    id="MLI547",
    severity="error",
    title="Build context without a Dockerfile",
    why="The context is uploaded as it is, and the build of the environment fails for want of the file",
    fix="Add a Dockerfile to the folder, or name the file in dockerfile_path",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-environment",
)


class Image(NamedTuple):
    """An image, and where the body names it or the build context whose Dockerfile does."""

    path: BodyPath
    written: str
    subject: str  # what a message begins with


def check_latest(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    if context.target_mode == "production":
        for image in images_of(body, context):
            if _moves(image.written):
                yield BodyProblem(LATEST_IMAGE, image.path, f"{image.subject} has no fixed tag", _fixed(image.written))


def check_names(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for image in images_of(body, context):
        if "${" not in image.written and not is_image_name(image.written):
            meant = meant_by(image.written)
            help = f"write {meant}" if meant else f"write one such as {FOLDER}{SUPPORTED[0]}:<tag>"
            yield BodyProblem(NO_IMAGE, image.path, f"{image.subject} is no name that a registry can have", help)


def check_registries(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for image in images_of(body, context):
        registry = registry_of(image.written)
        workspace = context.unreached(registry)
        if workspace and "${" not in image.written and is_image_name(image.written):
            message = f"{image.subject} comes from {registry}, to which no rule of the approved network of {workspace}"
            help = "copy it into a registry of the spec (az acr import), or write "
            help += f"network.package_hosts: {{{registry}: [{registry}]}}"
            help += f"; its other hosts are listed in {_LISTED[registry]}" if registry in _LISTED else ""
            yield BodyProblem(NOT_LET_THROUGH, image.path, f"{message} leads", help)


def check_build_contexts(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for path, environment in environments_of(body, context):
        build = mapping(environment.get("build"))
        folder = build.get("path")
        files = context.list_files(str(folder)) if is_local(folder) and "dockerfile_path" not in build else None
        if files is not None and DOCKERFILE not in {file.path for file in files}:
            message = f"there is no {DOCKERFILE} in {folder}"
            yield BodyProblem(NO_DOCKERFILE, (*path, "build", "path"), message, "add it, or name it in dockerfile_path")


def check_base_images(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for image in images_of(body, context):
        reference = base_images.reference(image.written)
        if reference is None or not is_image_name(image.written):
            continue
        known = BASE_IMAGES.get(reference.name)
        if known is None:
            help = question(closest_name(reference.name, BASE_IMAGES), _KEPT_UP)
            yield BodyProblem(
                UNKNOWN_IMAGE, image.path, f"{image.subject} is no base image that this release knows", help
            )
        elif retired(known.retired):
            message = f"{image.subject} is not kept up since {known.retired}"
            help = f"{base_images.to_write(str(known.successor))}, the image that follows it ({known.source})"
            yield BodyProblem(RETIRED_IMAGE, image.path, message, help)
        elif known.has_dates and reference.built and not reference.has_digest and reference.built < OLDEST:
            message = f"{image.subject} is of {reference.built}, more than six months before this release, {RELEASED}"
            yield BodyProblem(OLD_IMAGE, image.path, message, base_images.to_write(reference.name))


OLDEST = months_before(MAX_AGE_MONTHS)
RULES: tuple[Rule, ...] = (
    over_body(LATEST_IMAGE, check_latest),
    over_body(NO_IMAGE, check_names),
    over_body(NO_DOCKERFILE, check_build_contexts),
    over_body(NOT_LET_THROUGH, check_registries),
    over_body((UNKNOWN_IMAGE, RETIRED_IMAGE, OLD_IMAGE), check_base_images),
)
RULES_OF_INSTANCES = tuple(rule for rule in RULES if NO_DOCKERFILE not in rule.codes)
_LISTED = {DOCKER_HUB: "https://docs.docker.com/desktop/setup/allow-list/"}  # where the hosts of a registry are named
_KEPT_UP = f"Azure ML keeps up {', '.join(SUPPORTED)}"
_FROM = re.compile(r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*(?P<image>\S+)(?:[ \t]+AS[ \t]+(?P<stage>\S+))?", re.I | re.M)


def images_of(body: Body, context: CheckContext) -> Iterator[Image]:
    """The images that a body names, and those that a Dockerfile in its build context starts from."""
    yield from _of_applications(body)
    for path, environment in environments_of(body, context):
        image = environment.get("image")
        if isinstance(image, str):
            yield Image((*path, "image"), image, f'image "{image}"')
        build = mapping(environment.get("build"))
        folder, file = build.get("path"), build.get("dockerfile_path") or DOCKERFILE
        text = context.read_text(str(folder), str(file)) if is_local(folder) else None
        for image in _from(text or ""):
            yield Image((*path, "build", "path"), image, f'image "{image}", from which {file} starts,')


def _of_applications(body: Body) -> Iterator[Image]:
    """The images that a compute instance runs beside its own; no other body has the field."""
    applications = body.get("custom_applications")
    for number, application in enumerate(applications if isinstance(applications, list) else ()):
        image = mapping(mapping(application).get("image")).get("reference")
        if isinstance(image, str):
            yield Image(("custom_applications", number, "image", "reference"), image, f'image "{image}"')


def _from(dockerfile: str) -> Iterator[str]:
    """The images of others that a Dockerfile starts from: no stages of its own, nothing that an argument fills in."""
    stages = {"scratch"}
    for found in _FROM.finditer(dockerfile):
        image = found["image"]
        if image.lower() not in stages and "$" not in image:
            yield image
        if found["stage"]:
            stages.add(found["stage"].lower())


def _fixed(image: str) -> str:
    """What to write for an image whose tag moves."""
    reference = base_images.reference(image)
    if reference:
        return base_images.to_write(reference.name)
    return f"add @ and the digest that this prints: docker buildx imagetools inspect {image}"


def _moves(image: str) -> bool:
    """Whether what an image's name means changes over time: no digest, and a tag that moves or none."""
    last = image.rsplit("/", 1)[-1]
    if "@" in last:
        return False
    reference = base_images.reference(image)
    known = BASE_IMAGES.get(reference.name) if reference else None
    if reference and known and known.has_dates:
        return reference.built is None
    return ":" not in last or last.endswith(":latest")
