"""Images below `mcr.microsoft.com/azureml/`: on one that is not there nothing can be built or run."""

from __future__ import annotations

from typing import Any

from mlinfra.azure.base_images import BASE_IMAGES, reference


def unknown_image(environment: Any) -> str:
    """What Azure says of an environment whose image nobody has made; empty where there is such an image.

    What the compiler's table does not know is unknown here too: an example names no other.
    """
    image = environment.get("image") if isinstance(environment, dict) else None
    parts = reference(image) if isinstance(image, str) else None
    if parts is None or parts.name in BASE_IMAGES:
        return ""
    return f"The image {image} was not found: manifest unknown."


def unknown_image_within(body: Any) -> str:
    """The same of a job or a deployment: of the environments that stand in it, in a step of it or in what it tries."""
    if not isinstance(body, dict):
        return ""
    found = (unknown_image_within(below) for below in body.values())
    return unknown_image(body.get("environment")) or next(filter(None, found), "")
