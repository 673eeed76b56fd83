"""Hostile trees: what a branch can bring beside the text of the spec, links, pipes, names and configurations."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeAlias

from tests.hunt.hostile import PATHS, SYNTAX, UNICODE


class Ground(NamedTuple):
    """Where a case stands on the disk."""

    root: Path  # of the repository, with `.git`
    folder: Path  # of the spec
    out: Path  # the output folder, not there yet
    outside: Path  # what no command may read, with secret.txt, conda.yml and the folder code/


Damage: TypeAlias = Callable[[Random, Ground], str | None]

MARK = "import pathlib; pathlib.Path({marker!r}).write_text('')\n"


def link_out(random: Random, ground: Ground) -> str | None:
    """A file or folder of the branch is a link to something outside it."""
    path = _any(random, ground.folder, lambda path: True)
    if path is None:
        return None
    is_folder = path.is_dir()
    target = random.choice(_targets(ground, is_folder))
    _remove(path)
    path.symlink_to(target)
    return f"{_short(path, ground)} -> {target}"


def _targets(ground: Ground, is_folder: bool) -> tuple[str, ...]:
    if is_folder:
        return (
            str(ground.outside / "code"),
            "..",
            "../..",
            ".",
            "/etc",
            "/proc/self",
            "/dev",
            str(ground.root / ".git"),
        )
    files = (
        str(ground.outside / "secret.txt"),
        str(ground.outside / "conda.yml"),
        "/etc/passwd",
        "/dev/zero",
        "/dev/stdin",
    )
    return (*files, "/proc/self/environ", "/proc/self/mem", "nowhere", str(ground.root / ".git" / "config"))


def link_in_code(random: Random, ground: Ground) -> str | None:
    """A folder of the branch holds a link that leads out, or round."""
    folder = _any(random, ground.folder, Path.is_dir) or ground.folder
    name = random.choice(("etc", "a.py", "__pycache__", ".gitignore", ".amlignore", "conda.yml"))
    target = random.choice((*_targets(ground, True), *_targets(ground, False), name))
    path = folder / name
    if path.is_symlink() or path.exists():
        return None
    path.symlink_to(target)
    return f"{_short(path, ground)} -> {target}"


def pipe(random: Random, ground: Ground) -> str | None:
    """A file is a FIFO that nobody writes to."""
    path = _any(random, ground.folder, Path.is_file)
    if path is None:
        return None
    _remove(path)
    os.mkfifo(path)
    return f"{_short(path, ground)} is a pipe"


def other_sort(random: Random, ground: Ground) -> str | None:
    """A file is a folder, or a folder a file, or gone, or empty, or not text, or large."""
    path = _any(random, ground.folder, lambda path: True)
    if path is None:
        return None
    was_folder = path.is_dir()
    _remove(path)
    if was_folder:
        path.write_bytes(b"")
        return f"{_short(path, ground)} is a file"
    match random.randrange(5):
        case 0:
            path.mkdir()
        case 1:
            path.write_bytes(b"")
        case 2:
            path.write_bytes(bytes(random.randrange(256) for _ in range(200)))
        case 3:
            path.write_bytes(
                random.choice((b"[" * 200_000, b"9" * 6_000, b"a: " * 50_000, b"- " * 50_000, b"&a [*a]", b"\0" * 100))
            )
        case _:
            return f"{_short(path, ground)} is gone"
    return f"{_short(path, ground)} is something else"


def odd_name(random: Random, ground: Ground) -> str | None:
    """A folder of the branch holds a file whose name is hostile."""
    folder = _any(random, ground.folder, Path.is_dir) or ground.folder
    name = random.choice((*SYNTAX, *UNICODE, *PATHS)).replace("/", "_").replace("\0", "_")[:100] or "x"
    raw = os.fsencode(name) if random.random() < 0.9 else b"\xff\xfe.py"
    path = os.path.join(os.fsencode(folder), raw)  # noqa: PTH118  # the name need not be text
    if raw in (b".", b"..") or os.path.lexists(path):
        return None
    with open(path, "wb") as file:  # noqa: PTH123  # a name that need not be text
        file.write(b"x")
    return f"a file {raw!r} in {_short(folder, ground)}"


def deep_folders(random: Random, ground: Ground) -> str | None:
    """A folder of the branch goes down a long way."""
    path = (_any(random, ground.folder, Path.is_dir) or ground.folder).joinpath(*["d"] * 100)
    path.mkdir(parents=True, exist_ok=True)
    (path / "x.py").write_text("x")
    return f"100 folders below {_short(path.parents[99], ground)}"


def ignore_file(random: Random, ground: Ground) -> str | None:
    """A folder of the branch has an ignore file that is costly or odd."""
    folder = _any(random, ground.folder, Path.is_dir) or ground.folder
    lines = (
        *(
            "*a" * 30 + "b",
            "[",
            "[!",
            "[a-",
            "\\",
            "**" * 20,
            "!*",
            "/",
            "//",
            "#",
            "!",
            " ",
            "***/x",
            "a/**/b/**/c",
            "[[:alpha:]]",
            "(",
            "{a,b}",
        ),
        *("[]]", "[z-a]", "\\\\", "?" * 50, "*" * 100, "\ufeff*", "\0", "(a+)+$", "[^", "a\\ ", "é*"),
    )
    (folder / ("a" * 120)).write_text("x")
    name = random.choice((".amlignore", ".gitignore"))
    _remove(folder / name)
    (folder / name).write_text("\n".join(random.sample(lines, 3)), encoding="utf-8")
    return f"{name} in {_short(folder, ground)}"


def planted(random: Random, ground: Ground) -> str | None:
    """The branch brings configurations that tools run code from."""
    marker = str(ground.root.parent / "marker")
    code = MARK.format(marker=marker)
    name, text = random.choice(
        (
            ("sitecustomize.py", code),
            ("yaml.py", code),
            ("mlinfra.py", code),
            ("click/__init__.py", code),
            (".checkov.yaml", "external-checks-dir: [.]\n"),
            ("bicepconfig.json", '{"analyzers": {"core": {"enabled": false}}}'),
            (".gitattributes", "* filter=x diff=x\n"),
            (".gitmodules", '[submodule "x"]\n\tpath = specs\n\turl = ext::touch marker\n'),
            (".shellcheckrc", "disable=all\n"),
            ("pyproject.toml", "[tool.x]\n"),
        )
    )
    path = random.choice((ground.root, ground.folder)) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return None
    path.write_text(text)
    return f"{_short(path, ground)} is planted"


def output_in_the_way(random: Random, ground: Ground) -> str | None:
    """The output folder holds what a branch can commit there: links, journals, manifests."""
    match random.randrange(7):
        case 0:
            _plant(ground.out / ".mlinfra-journal" / "0", ground.outside / "secret.txt")
        case 1:
            _plant(ground.out / "dev", ground.outside / "code")
        case 2:
            _plant(ground.out / "README.md", ground.outside / "secret.txt")
        case 3:
            _plant(
                ground.out / "manifest.json", random.choice(("/dev/zero", "/etc/passwd", ground.outside / "secret.txt"))
            )
        case 4:
            ground.out.mkdir(parents=True, exist_ok=True)
            text = random.choice(
                ("[" * 200_000, "9" * 6_000, "{}", '{"schema": "mlinfra/manifest/v1"}', "null", "[]", "\0")
            )
            (ground.out / "manifest.json").write_text(text)
        case 5:
            ground.out.mkdir(parents=True, exist_ok=True)
            os.mkfifo(ground.out / random.choice(("manifest.json", "README.md", ".mlinfra-journal")))
        case _:
            _plant(ground.out / ".mlinfra-journal", ground.outside / "code")
    return "the output folder is prepared"


def _plant(path: Path, target: Path | str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def _any(random: Random, folder: Path, fits: Callable[[Path], bool]) -> Path | None:
    """A path below a folder that fits; the spec itself seldom."""
    paths = [path for path in sorted(folder.rglob("*")) if not path.is_symlink() and fits(path)]
    paths = [path for path in paths if path.name != "ml-platform.yaml" or random.random() < 0.2]
    return random.choice(paths) if paths else None


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for below in sorted(path.iterdir()):
        _remove(below)
    path.rmdir()


def _short(path: Path, ground: Ground) -> str:
    return path.relative_to(ground.root).as_posix()


DAMAGES: tuple[Damage, ...] = (
    *(link_out, link_out, link_in_code, link_in_code, pipe, other_sort, other_sort),
    *(odd_name, odd_name, deep_folders, ignore_file, planted, output_in_the_way, output_in_the_way),
)
