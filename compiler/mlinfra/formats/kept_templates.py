"""Templates as Jinja has compiled them, kept beside Python's own compiled modules: compiling them takes 0.1 s."""

from __future__ import annotations

import marshal
import os
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class KeptTemplates(BytecodeCache):
    """The compiled templates of a folder, kept where Python would keep the modules in it.

    As with those, whoever may not write there goes without, and so does whoever tells Python not to write bytecode.
    `settings` are those of the environment: with others, the same text is another program.
    """

    def __init__(self, folder: Path, settings: str) -> None:
        self._folder = folder
        self._settings = settings

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(f"{jinja2.__version__} {self._settings} {source}")

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError, EOFError, ValueError, TypeError):  # not there, or not whole: it is compiled
            checksum, code = marshal.loads(self._file(bucket).read_bytes())
            if checksum == bucket.checksum:
                bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        file = self._file(bucket)
        unfinished = file.with_suffix(f".{os.getpid()}")
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(marshal.dumps((bucket.checksum, bucket.code)))
            unfinished.replace(file)

    def _file(self, bucket: Bucket) -> Path:
        return Path(cache_from_source(str(self._folder / f"{bucket.key}.py")))
