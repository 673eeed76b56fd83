"""The registries of images that environments name: `<registry>.azurecr.io/<image>`, by its name on Azure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlinfra.languages.forms import IMAGE, Named
from mlinfra.schemas.values import texts

_REGISTRY = re.compile(r"(?P<name>[a-z0-9]{5,50})\.azurecr\.(?:io|us|cn)/", re.IGNORECASE)


def named_in_images(body: Mapping[str, Any]) -> Iterator[Named]:
    """The registries whose images the environments of a body start from; who no entry is, is someone else's."""
    for path, text in texts(body, ()):
        if path[-1:] == ("image",) and (found := _REGISTRY.match(text)):
            name = found["name"].lower()
            yield Named(path, "container_registries", name, IMAGE.name, optional=True, named_by="azure_name")
