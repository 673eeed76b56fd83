"""docs/map.svg of the output: the platform as a picture, for the README."""

from __future__ import annotations

from collections.abc import Sequence

from mlinfra.drawing.platform import platform_picture
from mlinfra.drawing.svg import svg
from mlinfra.emit.output_file import OutputFile
from mlinfra.plan import Plan

PATH = "docs/map.svg"


def map_of(plans: Sequence[Plan], notice: str) -> OutputFile:
    """The picture of one target, the default one, else the first; `notice` the sentence of every generated file."""
    return OutputFile(PATH, svg(shown_first(plans).graph.once(platform_picture), notice), None, ())


def shown_first(plans: Sequence[Plan]) -> Plan:
    """The plan that stands for all where one target is shown."""
    return next((plan for plan in plans if plan.graph.target.default), plans[0])
