"""What the batch endpoints of Azure ML read from and write to, by its address.

Source: docs, "Create jobs and input data for batch endpoints", and `az ml batch-endpoint invoke`.
"""

from __future__ import annotations

import re

from mlinfra.overrides.run_values import parts

_TAIL = r"[^\s=][^=\s]*"  # a = could be followed by an @, where az reads a file
INPUT = re.compile(
    rf"azureml://datastores/[^/\s]+/paths/{_TAIL}|azureml:[A-Za-z0-9._-]+[:@][A-Za-z0-9._-]+|https://{_TAIL}"
)
OUTPUT = re.compile(r"azureml://datastores/(?P<datastore>[^/\s]+)/paths/(?P<folder>(?!/)[A-Za-z0-9._/-]+)")
BLOB = "azureblob"  # the type of a datastore, as the client compares it
BUILT_IN = ("workspaceblobstore", "workspaceartifactstore")  # those of a workspace that are of that type


def is_input(written: str) -> bool:
    """Whether an address, in which a run may fill something in, is one that is read."""
    return INPUT.fullmatch(_filled_in(written)) is not None


def is_folder(written: str) -> bool:
    """Whether an address is taken for that of a folder: it ends in /, or its last part has no extension.

    >>> [is_folder(f"https://example/{path}") for path in ("a.csv", "a", "a.v1/")], is_folder("azureml:customers:1.0")
    ([False, True, True], True)
    """
    address = _filled_in(written)
    return "://" not in address or "." not in address.rpartition("/")[2]


def _filled_in(written: str) -> str:
    """An address with a letter for each value of a run."""
    return "".join(part.text + ("x" if part.value else "") for part in parts(written))
