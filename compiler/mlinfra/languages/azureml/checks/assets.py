"""Data, environments and models; and what is pinned in production."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks import curated, images
from mlinfra.languages.azureml.checks.walk import environments_of, word
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.azureml.references import PROSE_KEYS
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.addresses import is_local
from mlinfra.schemas.problems import BodyProblem
from mlinfra.schemas.values import texts

LATEST_ASSET = Code(
    id="MLI671",
    severity="error",
    title="Asset at @latest in production",
    why="What runs changes with every new version, unseen by review",
    fix="Name a version",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-core-syntax#referencing-an-azure-machine-learning-asset",
)
NO_MLTABLE = Code(
    id="MLI673",
    severity="error",
    title="Data of type mltable without an MLTable file",
    why="The file MLTable says how the data is read; without it whatever uses the data fails",
    fix="Add a file named MLTable to the folder, or use type: uri_folder",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-mltable",
)
ENVIRONMENT_BASE = Code(
    id="MLI674",
    severity="error",
    title="Environment without exactly one of image and build",
    why="It is an image, an image with conda packages, or a build context; the service refuses anything else",
    fix="Give image, or image and conda_file, or build",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-environment",
)
BUILD_CONTEXT = Code(
    id="MLI675",
    severity="warning",
    title="Large build context",
    why="A build context has at most 100 files and 1 MB in all",
    fix="Leave files out with .amlignore, or copy them into the image elsewhere",
    source="https://learn.microsoft.com/azure/machine-learning/resource-limits-capacity",
)
MODEL_FILES = Code(
    id="MLI676",
    severity="error",
    title="Model of too many files",
    why="The service refuses a model of more than 1500 files",
    fix="Pack the files, or leave some out with .amlignore",
    source="https://learn.microsoft.com/azure/machine-learning/resource-limits-capacity",
)
MODEL_VERSION = Code(
    id="MLI677",
    severity="error",
    title="Version of a model that is not a positive integer",
    why="The service counts a model's versions and refuses others",
    fix="Use 1, 2, 3…, or leave it out: then Azure counts, once for each content",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-model",
)

MAX_CONTEXT_FILES = 100  # resource-limits-capacity
MAX_CONTEXT_BYTES = 1_000_000  # resource-limits-capacity: 1 MB
MAX_MODEL_FILES = 1500  # resource-limits-capacity
_LATEST = re.compile(r"@latest$|/labels/latest$")


def check_latest(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    if context.target_mode == "production":
        for path, text in texts(body, (), PROSE_KEYS):
            if _LATEST.search(text) and not context.is_entry(path):
                help_text = "write the bare name of an entry, which is fixed to its version, or name a version"
                if context.is_in_file:
                    help_text = "name a version, or put the body into the spec, where names of entries are fixed"
                if path[-1] == "path":
                    help_text += ", or declare data that something else versions: data: {<name>: {existing: true}}"
                yield BodyProblem(LATEST_ASSET, path, f'"{text}" is not fixed in production', help_text)


def check_environments(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for path, environment in environments_of(body, context):
        has = {key: environment.get(key) is not None for key in ("image", "build", "conda_file")}
        if has["image"] and has["build"]:
            message = "an environment is an image or a build context, not both"
            yield BodyProblem(ENVIRONMENT_BASE, (*path, "build"), message, "leave image or build out", on_key=True)
        elif has["conda_file"] and not has["image"]:
            message = "conda packages need an image to go into"
            yield BodyProblem(ENVIRONMENT_BASE, (*path, "conda_file"), message, "give an image", on_key=True)
        elif not has["image"] and not has["build"]:
            yield BodyProblem(ENVIRONMENT_BASE, path, "an environment needs an image or a build context")


def check_build_context(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for path, environment in environments_of(body, context):
        folder = mapping(environment.get("build")).get("path")
        files = context.list_files(str(folder)) if is_local(folder) else None
        if files is None:
            continue
        size = sum(file.size_bytes for file in files)
        if len(files) > MAX_CONTEXT_FILES:
            message = f"a build context has at most {MAX_CONTEXT_FILES} files, and {folder} has {len(files)}"
            yield BodyProblem(BUILD_CONTEXT, (*path, "build", "path"), message)
        elif size > MAX_CONTEXT_BYTES:
            message = f"a build context has at most {MAX_CONTEXT_BYTES} bytes, and {folder} has {size}"
            yield BodyProblem(BUILD_CONTEXT, (*path, "build", "path"), message)


def check_mltable(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    folder = body.get("path")
    is_table = word(body.get("type")) == "mltable"
    files = context.list_files(str(folder)) if is_table and is_local(folder) else None
    if files is not None and "MLTable" not in {file.path for file in files}:
        message = f'there is no file named "MLTable" in {folder}'
        yield BodyProblem(NO_MLTABLE, ("path",), message, "add it, or use type: uri_folder")


def check_model_files(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    folder = body.get("path")
    files = context.list_files(str(folder)) if is_local(folder) else None
    if files is not None and len(files) > MAX_MODEL_FILES:
        message = f"a model has at most {MAX_MODEL_FILES} files, and {folder} has {len(files)}"
        yield BodyProblem(MODEL_FILES, ("path",), message)


def check_model_version(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    version = body.get("version")
    if version is not None and not re.fullmatch(r"[1-9][0-9]*", str(version)):
        message = f'version "{version}" of a model is no positive integer'
        help_text = "use 1, 2, 3…, or leave it out: Azure counts then"
        yield BodyProblem(MODEL_VERSION, ("version",), message, help_text)


LATEST_RULE = over_body(LATEST_ASSET, check_latest)
PINNED_RULES: tuple[Rule, ...] = (
    LATEST_RULE,
    *images.RULES,
    *curated.RULES,
    over_body(ENVIRONMENT_BASE, check_environments),
    over_body(BUILD_CONTEXT, check_build_context),
)
"""For every kind whose body may name assets or hold an environment."""
DATA_RULES: tuple[Rule, ...] = (over_body(NO_MLTABLE, check_mltable),)
MODEL_RULES: tuple[Rule, ...] = (
    over_body(MODEL_FILES, check_model_files),
    over_body(MODEL_VERSION, check_model_version),
)
