"""What may stand in place of a path: addresses, each in its full form.

The SDK takes for an address what looks like one at its start, field by field, and goes along the rest as a path. So a
text is a path here where it looks like an address to nobody, and an address only where all of it is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

AddressForm = Literal["asset", "id", "uri", "run", "binding"]
FILE_PREFIX = "file:"  # which may stand before a path

_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_WAY = r"(?:/[^\s/\\]+)+/?"
_ADDRESSES: Mapping[AddressForm, re.Pattern[str]] = {
    "asset": re.compile(
        rf"azureml:{_NAME}(?:[:@]{_NAME})?|azureml:/?subscriptions{_WAY}|(?:azureml:)?azureml://registries{_WAY}"
    ),
    "id": re.compile(rf"/subscriptions/[0-9a-fA-F]{{8}}(?:-[0-9a-fA-F]{{4}}){{3}}-[0-9a-fA-F]{{12}}{_WAY}"),
    "uri": re.compile(
        r"(?:azureml|https?|wasbs?|abfss?|adl)://[A-Za-z0-9._~%!$&'()*+,;=:@-]+(?:[/?#][^\\\x00-\x1f]*)?"
    ),
    "run": re.compile(rf"runs:{_WAY}"),
    "binding": re.compile(r"\$\{\{\s*[^\s{}/\\]+\s*\}\}"),
}
SHOWN: Mapping[AddressForm, str] = {
    "asset": "azureml:<name>:<version>",
    "id": "a resource id /subscriptions/…",
    "uri": "an address such as azureml://datastores/… or https://…",
    "run": "runs:/<run>/<path>",
    "binding": "a binding ${{…}}",
}
_LOOKS_LIKE_AN_ADDRESS = re.compile(
    r"(?!file:)[A-Za-z][A-Za-z0-9+.-]+:"  # a scheme; of one letter it is a drive of Windows
    r"|git\+|/subscriptions/|.*(?:://|\$\{\{)",
    re.DOTALL | re.IGNORECASE,
)


def is_local(written: object) -> bool:
    """Whether a text at the place of a path is one, and looks like an address to nobody."""
    return isinstance(written, str) and not _LOOKS_LIKE_AN_ADDRESS.match(written)


def is_address(written: str, forms: Iterable[AddressForm]) -> bool:
    """Whether all of a text is an address of one of the forms; no address leads upwards."""
    return ".." not in re.split(r"[/?#]", written) and any(_ADDRESSES[form].fullmatch(written) for form in forms)
