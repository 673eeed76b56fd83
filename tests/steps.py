"""How many steps a piece of the compiler takes: lines that run, which no busy machine makes more."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType, ModuleType
from typing import Any


def steps_in(module: ModuleType, run: Callable[[], object]) -> int:
    """How many lines of a module run, those of loops and comprehensions each time."""
    lines = 0

    def within(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return within

    def outside(frame: FrameType, _event: str, _argument: object) -> Any:
        return within if frame.f_code.co_filename == module.__file__ else None

    before = sys.gettrace()
    sys.settrace(outside)
    try:
        run()
    finally:
        sys.settrace(before)
    return lines
