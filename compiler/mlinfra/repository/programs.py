"""Programs of others: found where the user keeps them, and started so that no folder of a repository speaks to them.

What a program gets to see of the environment is what is listed here. A relative or empty entry of a list of folders
means the current folder, which is somebody's branch: it counts nowhere.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

WORDS = ("LANG", "LANGUAGE", "PATHEXT", "SYSTEMDRIVE", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT")
FOLDERS = (
    *("HOME", "TMPDIR", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "SYSTEMROOT", "WINDIR", "TEMP", "TMP"),
    *("COMSPEC", "DOTNET_BUNDLE_EXTRACT_BASE_DIR"),
)
LISTS = ("PATH", "LD_LIBRARY_PATH")
WINDOWS_SUFFIXES = ".COM;.EXE;.BAT;.CMD"  # of programs, where PATHEXT does not say


def find_program(name: str, environ: Mapping[str, str]) -> Path | None:
    """The absolute path of the program that a name on the PATH means."""
    found = (_executable(Path(folder, name), environ) for folder in absolute_folders(environ.get("PATH", "")))
    return next(filter(None, found), None)


def named_program(written: str, environ: Mapping[str, str]) -> Path | None:
    """The absolute path of the program that a user names, by its path or its name; the path may be a relative one."""
    if Path(written).name == written:
        return find_program(written, environ)
    return _executable(Path(written).absolute(), environ)


def program_in(folder: Path, name: str, environ: Mapping[str, str]) -> Path | None:
    """The program of that name in a folder; None in one that is not absolute."""
    return _executable(folder / name, environ) if folder.is_absolute() else None


def run(
    program: Path,
    arguments: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    timeout_seconds: float,
    input: str | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a program in a folder with exactly this environment; raises OSError and subprocess.TimeoutExpired.

    It reads `input`, or nothing. What it writes is UTF-8; bytes that are not are replaced.
    """
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout_seconds,
        check=False,
        input=input or "",
    )


def run_raw(
    program: Path,
    arguments: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    timeout_seconds: float,
    input: bytes,
) -> subprocess.CompletedProcess[bytes]:
    """The same of what reads and writes bytes that may be no text."""
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        timeout=timeout_seconds,
        check=False,
        input=input,
    )


def environment(environ: Mapping[str, str], **more: str) -> dict[str, str]:
    """What a program gets to see of an environment, and what it is told besides."""
    seen = {name: value for name, value in environ.items() if name in WORDS or name.startswith("LC_")}
    seen |= {name: environ[name] for name in FOLDERS if Path(environ.get(name, "")).is_absolute()}
    lists = {name: os.pathsep.join(absolute_folders(environ.get(name, ""))) for name in LISTS}
    return {**seen, **{name: value for name, value in lists.items() if value}, **more}


def absolute_folders(written: str) -> Iterator[str]:
    """The entries of a list such as the PATH that mean the same folder wherever one stands."""
    return (folder for folder in written.split(os.pathsep) if Path(folder).is_absolute())


def _executable(file: Path, environ: Mapping[str, str]) -> Path | None:
    suffixes = environ.get("PATHEXT", WINDOWS_SUFFIXES).split(";") if os.name == "nt" and not file.suffix else [""]
    candidates = (file.with_name(f"{file.name}{suffix}") for suffix in suffixes)
    return next((path for path in candidates if path.is_file() and os.access(path, os.X_OK)), None)
