"""Trees that a branch may bring to harm whoever compiles it: what lies beside the spec, and what is said of it."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.spec import HEADER, SCORING

SECRET = "hunter2"  # in every file and name outside the repository
CODE = (
    "environments: {e: {image: 'mcr.microsoft.com/a/b:1'}}\n"
    "jobs: {t: {type: command, command: x, environment: e, compute: serverless, code: src}}\n"
)
CONDA = "environments: {e: {image: 'mcr.microsoft.com/a/b:1', conda_file: envs/e.yml}}\n"
COMPONENT = (
    "jobs: {p: {type: pipeline, settings: {default_compute: serverless}, "
    "jobs: {a: {type: command, component: ./c.yml}}}}\n"
)
PIPELINE_IN_A_FILE = (
    "type: pipeline\nsettings: {default_compute: azureml:a, default_datastore: azureml:a}\n"
    "jobs: {s: {type: command, command: x, environment: azureml:e:1, compute: azureml:a}}\n"
)
BOMB = "a0: &a0 [x, x, x]\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 16))
Put = Callable[[Path], object]


class Tree(NamedTuple):
    """A repository, and the first line that is said of it behind the place: a code and a message; "" for nothing."""

    what: str
    spec: str
    files: Mapping[str, str | Put]
    said: str


def link(target: str) -> Put:
    return lambda path: path.symlink_to(target)


def many(count: int) -> Put:
    """A folder of empty files."""

    def put(path: Path) -> None:
        path.mkdir()
        for number in range(count):
            (path / str(number)).touch()

    return put


def named(*names: bytes) -> Put:
    """A folder of files whose names need be no text."""

    def put(path: Path) -> None:
        path.mkdir()
        for name in names:
            Path(os.fsdecode(os.fsencode(path) + b"/" + name)).touch()

    return put


def sparse(gibibytes: int) -> Put:
    def put(path: Path) -> None:
        path.touch()
        os.truncate(path, gibibytes << 30)

    return put


def deep(levels: int) -> Put:
    """A folder in a folder in a folder, deeper than a path can say."""

    def put(path: Path) -> None:
        path.mkdir()
        start = Path.cwd()
        try:
            for _ in range(levels):
                os.chdir(path)
                path = Path("d")
                path.mkdir()
        finally:
            os.chdir(start)

    return put


def listening(path: Path) -> None:
    start = Path.cwd()
    os.chdir(path.parent)  # a socket's own path is short
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(start)


def fan(path: Path) -> None:
    """Two links a folder to the next folder: 2⁴⁰ ways to the last."""
    for level in range(40):
        (path / f"d{level}").mkdir(parents=True)
        for name in "xy":
            (path / f"d{level}" / name).symlink_to(f"../d{level + 1}")
    (path / "d40").mkdir()


INTO_GIT = "leads into .git, which is no part of a branch and may hold a token"
HOLDS_GIT = f'MLI340 "src" can\'t be uploaded: {{}} {INTO_GIT}; name a folder without it'
TOO_MANY = "is too much: one run reads 50,000 files and folders, and no more"
DEVICE = "../../../../../../../../../../dev/zero"
NO_SCRIPT: Mapping[str, str | Put] = {"model": "", "request.json": "{}", "src/a.py": ""}
FILES = (
    Tree("a pipe for a conda file", CONDA, {"envs/e.yml": os.mkfifo}, 'MLI334 "envs/e.yml" is no regular file'),
    Tree("a pipe for a component", COMPONENT, {"c.yml": os.mkfifo}, 'MLI334 "./c.yml" is no regular file'),
    Tree(
        "a pipe for a script",
        SCORING,
        {**NO_SCRIPT, "src/s.py": os.mkfifo},
        'MLI334 "s.py" is no regular file',
    ),
    Tree("a pipe in code", CODE, {"src/a": os.mkfifo}, 'MLI340 "src" can\'t be uploaded: a is no regular file'),
    Tree("a socket in code", CODE, {"src/a": listening}, 'MLI340 "src" can\'t be uploaded: a is no regular file'),
    Tree("a pipe to include", "include: [a.yaml]\n", {"a.yaml": os.mkfifo}, "MLI101 a.yaml is no regular file"),
    Tree(
        "a device to include",
        "include: [a.yaml]\n",
        {"a.yaml": link(DEVICE)},
        'MLI118 include "a.yaml" leaves the repository',
    ),
    Tree("a large conda file", CONDA, {"envs/e.yml": sparse(1_024)}, 'MLI334 "envs/e.yml" is larger than 4 MiB'),
    Tree("a large component", COMPONENT, {"c.yml": sparse(1_024)}, 'MLI334 "./c.yml" is larger than 4 MiB'),
    Tree(
        "a large file to include", "include: [a.yaml]\n", {"a.yaml": sparse(10)}, "MLI101 a.yaml is larger than 4 MiB"
    ),
    Tree(
        "a large file in code",
        CODE,
        {"src/a": sparse(1_024)},
        'MLI340 "src" is too much: one run reads 4 GiB of content, and no more',
    ),
    Tree(
        "a large ignore file",
        CODE,
        {"src/.amlignore": sparse(1_024)},
        'MLI340 "src" can\'t be uploaded: .amlignore is larger than 4 MiB',
    ),
    Tree(
        "too many files",
        CODE,
        {"src": many(50_001)},
        f'MLI340 "src" {TOO_MANY}',
    ),
    Tree(
        "folders without end",
        CODE,
        {"src": deep(2_500)},
        'MLI340 "src" nests deeper than 100 folders',
    ),
    Tree(
        "a name that is no text",
        CODE,
        {"src": named(b"a\xff")},
        'MLI340 "src" can\'t be uploaded: the name a\\xff is not UTF-8',
    ),
    Tree("names of all sorts", CODE, {"src": named(b"a\nb", b"\x1b[31m", b"'\"$(x)", b"x" * 255)}, ""),
    Tree("a repository in code", CODE, {"src/.git/config": "", "src/a.py": ""}, HOLDS_GIT.format(".git")),
    Tree("a work tree in code", CODE, {"src/.git": "gitdir: /x", "src/a.py": ""}, HOLDS_GIT.format(".git")),
    Tree("a repository below code", CODE, {"src/a/.GIT/config": "", "src/a.py": ""}, HOLDS_GIT.format("a/.GIT")),
    Tree("the root as code", CODE.replace("src", "."), {"a.py": ""}, HOLDS_GIT.format(".git").replace("src", ".")),
    Tree(
        "a repository that is ignored",
        CODE,
        {"src/a/.git/config": "", "src/.amlignore": ".git\n"},
        HOLDS_GIT.format("a/.git"),
    ),
    Tree(
        "a repository of which a file is taken back",
        CODE,
        {"src/.git/FETCH_HEAD": "", "src/.amlignore": ".git\n!.git/FETCH_HEAD\n"},
        HOLDS_GIT.format(".git"),
    ),
    Tree(
        "the same name twice",
        CODE,
        {"src/caf\xe9.py": "", "src/cafe\u0301.py": ""},
        "MLI340 \"src\" can't be uploaded: two names are one in Unicode's composed form: caf\xe9.py",
    ),
    Tree(
        "the name of a folder twice",
        CODE,
        {"src/\xe9/a": "", "src/e\u0301/b": ""},
        "MLI340 \"src\" can't be uploaded: two names are one in Unicode's composed form: \xe9",
    ),
    Tree(
        "ignore patterns of many stars",
        CODE,
        {"src/.amlignore": "*a" * 40 + "b\n" + "**/a/" * 40 + "b\n", f"src/{'a' * 120}": "", f"src/{'a/' * 90}c": ""},
        "",
    ),
    Tree(
        "more patterns than anybody means",
        CODE,
        {"src/.gitignore": "*a\n" * 20_000},
        'MLI340 "src" can\'t be uploaded: its patterns have more than 32,000 characters',
    ),
    Tree(
        "includes without number",
        "include: [" + ", ".join(f"'**/*{number}*/**/*x'" for number in range(2_000)) + "]\n",
        {},
        "MLI118 include has 2,000 patterns, and no more than 100 are followed",
    ),
    Tree(
        "includes that multiply",
        f"include: ['{'**/a/' * 60}**/x.yaml']\n",
        {f"d{number}/{'a/' * 10}b": "" for number in range(100)},
        f'MLI119 include "{("**/a/" * 60)[:99]}…" finds no file',
    ),
)
TEXTS = (
    Tree(
        "aliases that multiply in a conda file",
        CONDA,
        {"envs/e.yml": BOMB},
        'MLI336 "envs/e.yml" can\'t be read: aliases repeat more than 100,000 values',
    ),
    Tree(
        "aliases that multiply in a component",
        COMPONENT,
        {"c.yml": BOMB},
        'MLI336 "./c.yml" can\'t be read: aliases repeat more than 100,000 values',
    ),
    Tree(
        "a conda file of brackets",
        CONDA,
        {"envs/e.yml": "a: " + "[" * 200_000},
        'MLI336 "envs/e.yml" can\'t be read: YAML does not parse: exceeded maximum nesting depth',
    ),
    Tree(
        "a component of braces",
        COMPONENT,
        {"c.yml": "a: " + "{a: " * 100_000},
        'MLI336 "./c.yml" can\'t be read: nested deeper than 64 levels',
    ),
    Tree(
        "a conda file that is a list",
        CONDA,
        {"envs/e.yml": "- a\n"},
        'MLI336 "envs/e.yml" can\'t be read: the file holds a list, not sections',
    ),
    Tree(
        "a component that Azure ML does not take",
        COMPONENT,
        {"c.yml": "type: command\ncommand: x\nenvironment: azureml:e:1\ninputs: {a: {type: tensor_board}}\n"},
        'MLI220 "./c.yml": type must be one of',
    ),
    Tree(
        "a component with a key that nobody reads",
        COMPONENT,
        {"c.yml": "type: command\ncommand: x\nenvironment: azureml:e:1\ncomputer: cpu\n"},
        'MLI220 "./c.yml": computer is not a field of components of type command',
    ),
    *(
        Tree(
            f"a component whose environment is {name}",
            COMPONENT,
            {"c.yml": f"type: command\ncommand: x\nenvironment: {name}\n"},
            f'MLI220 "./c.yml": environment must be azureml://registries/… or azureml:<name>:<version>, not "{name}"',
        )
        for name in ("train", "a b", "train:1")
    ),
    *(
        Tree(
            f"a job with {named} in a file",
            "schedules: {s: {trigger: {type: cron, expression: 0 0 * * *}, create_job: file:./j.yml}}\n",
            {"j.yml": PIPELINE_IN_A_FILE.replace(named.replace(": a", ": azureml:a"), named)},
            said,
        )
        for named, said in (
            ("default_compute: a", 'MLI220 "file:./j.yml": default_compute must be azureml:<name> or serverless, not'),
            ("default_datastore: a", 'MLI220 "file:./j.yml": default_datastore must be azureml:<name>, not "a"'),
            (" compute: a", ""),  # which the client takes for what Azure calls it
            ("nothing", ""),
        )
    ),
    Tree(
        "a conda file elsewhere",
        CONDA.replace("envs/e.yml", "https://example.com/e.yml"),
        {},
        'MLI347 "https://example.com/e.yml" is no path of the repository',
    ),
    Tree(
        "components that name each other without end",
        COMPONENT,
        {
            f"c{number or ''}.yml": f"type: pipeline\njobs: {{a: {{type: command, component: ./c{number + 1}.yml}}}}\n"
            for number in range(1_100)
        },
        'MLI334 "./c.yml" leads to more than 1,000 other files',
    ),
    Tree("a script of minus signs", SCORING, {**NO_SCRIPT, "src/s.py": "-" * 90_000 + "1"}, "MLI643"),
    Tree("a script of brackets", SCORING, {**NO_SCRIPT, "src/s.py": "(" * 90_000}, "MLI643"),
    Tree("a script of sums", SCORING, {**NO_SCRIPT, "src/s.py": "1" + "+1" * 90_000}, "MLI643"),
    Tree("a script of conditions", SCORING, {**NO_SCRIPT, "src/s.py": "if a: 0\n" + "elif a: 0\n" * 15_000}, "MLI643"),
    Tree("a script of data", SCORING, {**NO_SCRIPT, "src/s.py": "a\n" * 200_000}, "MLI643"),
    Tree(
        "a number of the spec that has no decimal digits",
        "tags: {a: 0x" + "f" * 9_000 + "}\n",
        {},
        "MLI114 the number is not one of 64 bits",
    ),
)
CHANNELS, PACKAGES = "channels takes a list", "dependencies takes a list"
SHAPES = (
    ("channels: 5", CHANNELS),
    ("channels: {a: b}", CHANNELS),
    ("channels: [5]", "a channel is text, not 5"),
    ('channels: ["https://[x"]', '"https://[x" is no address'),
    ('channels: ["https://a b/"]', '"https://a b/" is no address'),
    ('channels: ["https://x..y/"]', '"https://x..y/" is no address'),
    ('channels: ["https://"]', '"https://" is no address'),
    ("dependencies: 5", PACKAGES),
    ("dependencies: [true]", "a package is text, not true"),
    ("dependencies: [[a]]", "a package is text, not a list"),
    ("dependencies: [{pip: 5}]", "pip takes a list"),
    ("dependencies: [{pip: [{a: b}]}]", "a line of pip is text, not a mapping"),
    ("dependencies: [{pip: ['--index-url https://[x']}]", '"https://[x" is no address'),
    ("dependencies: [{pip: ['-ihttps://[x']}]", '"https://[x" is no address'),
    ("dependencies: [{pip: ['-i http://℀/']}]", '"http://℀/" is no address'),
    ("dependencies: [{pip: ['--index-url', 'http://[x']}]", '"--index-url" has an option without its value'),
    ("dependencies: [{pip: ['-i', 'http://℀/']}]", '"-i" has an option without its value'),
    ("dependencies: [{pip: ['--find-links= # x', 'a']}]", '"--find-links= # x" has an option without its value'),
    ('dependencies: [{pip: ["a -f \\\\", "http://[x"]}]', '"a -f \\" has an option without its value'),
)


def header() -> str:
    """A workspace whose network lets through what conda files name."""
    return HEADER + "workspaces: {main: {managed_network: {isolation_mode: allow_only_approved_outbound}}}\n"
