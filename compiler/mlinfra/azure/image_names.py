"""The grammar of an image's name: `[host[:port]/]path[:tag][@digest]`.

Source: https://github.com/distribution/reference, reference.go and regexp.go, which Docker and the registries follow.
"""

from __future__ import annotations

import re

DOCKER_HUB = "docker.io"
_INDEX = "index.docker.io"  # another name for it; normalize.go
MAX_NAME_CHARACTERS = 255  # of host and path together; reference.go: RepositoryNameTotalLengthMax
_LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH = f"{_PART}(?:/{_PART})*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_IMAGE = re.compile(rf"(?P<name>(?:{_HOST}/)?{_PATH})(?::{_TAG})?(?:@{_DIGEST})?")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")


def is_image_name(text: str) -> bool:
    """Whether a registry can have an image of that name.

    >>> is_image_name("localhost:5000/churn/train:1.4"), is_image_name("a b:1")
    (True, False)
    """
    found = _IMAGE.fullmatch(text)
    return found is not None and len(found["name"]) <= MAX_NAME_CHARACTERS


def registry_of(image: str) -> str:
    """The host, in lower case and without its port, of the registry that has an image of that name.

    What stands before the first slash is a host where it has a dot or a port; else the image is one of Docker Hub.

    >>> registry_of("ghcr.io/a/b:1"), registry_of("python:3.12"), registry_of("vllm/vllm-openai:v0.6.3")
    ('ghcr.io', 'docker.io', 'docker.io')
    """
    first, slash, _ = image.partition("/")
    is_host = slash and (first == "localhost" or "." in first or ":" in first)
    host = first.rpartition(":")[0] or first if is_host else DOCKER_HUB
    return DOCKER_HUB if host.lower() == _INDEX else host.lower()


def meant_by(text: str) -> str | None:
    """The image's name that a text is near, which has a scheme, blanks around it, or capitals in its path.

    >>> meant_by("https://mcr.microsoft.com/AzureML/x:1")
    'mcr.microsoft.com/azureml/x:1'
    """
    bare = _SCHEME.sub("", text.strip(), count=1)
    last = bare.rfind("/") + 1
    colon = bare.find(":", last) if ":" in bare[last:] else len(bare)
    name, rest = bare[:colon], bare[colon:]
    for near in (bare, name.lower() + rest):
        if is_image_name(near):
            return near
    return None
