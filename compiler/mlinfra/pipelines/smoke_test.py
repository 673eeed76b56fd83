"""What a new deployment of an online endpoint has to answer before it gets traffic, as the scripts know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SmokeRequest:
    """A request, and what its answer has to contain, and must not; the path counts from the output folder."""

    request: str
    contains: str = ""
    absent: str = ""


@dataclass(frozen=True)
class SmokeCommand:
    """A command of bash that tests a deployment, run in `folder`, the root of the repository.

    `folder` counts from the output folder, `requirements` from the root of the repository; empty where nothing is
    installed, and `tool` is by which install-tools.sh knows it. `field` is what az calls the secret that scores;
    `apart`: where that is a token of Entra, with which the connection that scores signs in, in a job of its own, and
    `field` is empty.
    """

    command: str
    folder: str
    requirements: str = ""
    tool: str = ""
    field: str = ""

    @property
    def apart(self) -> bool:
        return not self.field
