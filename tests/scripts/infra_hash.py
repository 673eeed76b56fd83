"""The hash of a target's infra/, in Python as the scripts make it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def infra_hash(files: Mapping[str, bytes]) -> str:
    """The hash that `deploy-infra.sh` notes in a tag of the resource group; `files` are those of a target's infra/."""
    names = sorted(name for name in files if name.endswith((".bicep", ".bicepparam")))
    digests = [hashlib.sha256(files[name].replace(b"\r", b"")).hexdigest() for name in names]
    lines = [f"{digest}  {name}\n" for digest, name in zip(digests, names, strict=True)]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
