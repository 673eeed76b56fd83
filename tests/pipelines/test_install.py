"""`pipelines.install`: what it takes, what its requirements may hold, and what is said of the rest."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pip._internal.req.req_file import preprocess

from mlinfra.pipelines.requirements import DEPENDENCIES, logical_lines
from tests.installation import (
    FROM_INDEX,
    FROM_SOURCE,
    FROM_WHEEL,
    HASH,
    HASHED,
    INDEX,
    REQUIREMENTS,
    SOURCE,
    WHEEL,
)
from tests.pipelines.platforms import found, spec

RIGHT = """\
pipelines:
  pool: {vmImage: ubuntu-24.04}
  service_connections: {dev: {deploy: shop-dev, plan: shop-dev-read}}
"""
FORMS = (
    "install must be {wheel: …, requirements: …}, {source: …, requirements: …} or {index: …, requirements: …}, "
    "where requirements is a file with hashes"
)
WRITE = "  help: write install: {source: tools/mlinfra, requirements: tools/mlinfra/requirements/run.txt}\n"
INSIDE = "counted from the root of the repository (only letters, digits and . _ - +)"
FILE = f"must be the path of a file, {INSIDE}"
FOLDER = f"must be the path of a folder, such as tools/mlinfra, {INSIDE}"
A_WHEEL = (
    f"must be the path of a wheel of mlinfra-compiler, such as tools/mlinfra_compiler-0.1.0-py3-none-any.whl, {INSIDE}"
)
AN_INDEX = "must be the address of an index, such as https://packages.contoso.com/simple, without credentials, ? or #"
FROM_ROOT = "  help: paths of pipelines.install count from the root of the repository\n"


def said(install: str, prepare: Callable[[Path], None] = lambda root: None) -> str:
    """What is said of these lines, the first of which is line 10."""
    return found(spec(["dev"], RIGHT + install), prepare)


@pytest.mark.parametrize("install", [FROM_WHEEL, FROM_SOURCE, FROM_INDEX])
def test_each_of_the_three_forms_is_right(install: str) -> None:
    assert said(install) == ""


def test_there_is_no_default() -> None:
    assert said("") == (
        "7:1 MLI213 pipelines lacks install\n"
        "  help: add install: {source: tools/mlinfra, requirements: tools/mlinfra/requirements/run.txt}\n"
    )


# what is written after `install:`, and what is said about it
WRONG = {
    "a command": (
        "pip install mlinfra==0.1.0",
        (
            f'10:12 MLI215 {FORMS}, not "pip install mlinfra==0.1.0"\n'
            "  help: write install: {source: tools/mlinfra, requirements: tools/mlinfra/requirements/run.txt}\n"
        ),
    ),
    "no origin": (f"{{requirements: {REQUIREMENTS}}}", f"10:12 MLI215 {FORMS}, not a mapping\n{WRITE}"),
    "two origins": (
        f"{{source: {SOURCE}, index: {INDEX}, requirements: {REQUIREMENTS}}}",
        "10:12 MLI215 install names two origins, source and index\n",
    ),
    "three origins": (
        f"{{wheel: {WHEEL}, source: {SOURCE}, index: {INDEX}, requirements: {REQUIREMENTS}}}",
        "10:12 MLI215 install names three origins, wheel, source and index\n",
    ),
    "an index over http": (
        f'{{index: "http://packages.contoso.example/simple", requirements: {REQUIREMENTS}}}',
        (
            "10:20 MLI215 index must be asked over https: on the way of http others can change what is installed, "
            'not "http://packages.contoso.example/simple"\n'
        ),
    ),
    "an index at half a name": (
        f'{{index: "https://packages/simple", requirements: {REQUIREMENTS}}}',
        (
            "10:20 MLI215 index must be at a host with its whole name, such as packages.contoso.com: a short one may "
            'be another\'s, not "https://packages/simple"\n'
        ),
    ),
    "no requirements": (
        f"{{source: {SOURCE}}}",
        ("10:3 MLI213 pipelines.install lacks requirements\n  help: add requirements: tools/requirements.txt\n"),
    ),
    "an unknown key": (
        f"{{source: {SOURCE}, requirements: {REQUIREMENTS}, extras: verify}}",
        '10:74 MLI212 unknown key "extras" in pipelines.install\n  help: Defined: index, requirements, source, wheel\n',
    ),
    "a wheel of another distribution": (
        f"{{wheel: tools/mlinfra-0.1.0-py3-none-any.whl, requirements: {REQUIREMENTS}}}",
        f'10:20 MLI215 wheel {A_WHEEL}, not "tools/mlinfra-0.1.0-py3-none-any.whl"\n',
    ),
    "a wheel of extras": (
        f'{{wheel: "{WHEEL}[verify]", requirements: {REQUIREMENTS}}}',
        f'10:20 MLI215 wheel {A_WHEEL}, not "{WHEEL}[verify]"\n',
    ),
    "a wheel that is not there": (
        f"{{wheel: tools/mlinfra_compiler-9-py3-none-any.whl, requirements: {REQUIREMENTS}}}",
        (
            '10:20 MLI330 "tools/mlinfra_compiler-9-py3-none-any.whl" does not exist\n'
            '  help: did you mean "mlinfra_compiler-0.1.0-py3-none-any.whl"? Paths of pipelines.install count from the '
            "root of the repository\n"
        ),
    ),
    "a source outside": (
        f"{{source: ../mlinfra, requirements: {REQUIREMENTS}}}",
        f'10:21 MLI215 source {FOLDER}, not "../mlinfra"\n',
    ),
    "an absolute source": (
        f"{{source: /opt/mlinfra, requirements: {REQUIREMENTS}}}",
        f'10:21 MLI215 source {FOLDER}, not "/opt/mlinfra"\n',
    ),
    "a source that is an option": (
        f'{{source: "--editable=x y", requirements: {REQUIREMENTS}}}',
        f'10:21 MLI215 source {FOLDER}, not "--editable=x y"\n',
    ),
    "a source that is evaluated": (
        f'{{source: "$(id)", requirements: {REQUIREMENTS}}}',
        f'10:21 MLI215 source {FOLDER}, not "$(id)"\n',
    ),
    "a source that is not there": (
        f"{{source: mlinfra, requirements: {REQUIREMENTS}}}",
        f'10:21 MLI330 "mlinfra" does not exist\n{FROM_ROOT}',
    ),
    "a source that is a file": (
        f"{{source: {REQUIREMENTS}, requirements: {REQUIREMENTS}}}",
        f'10:21 MLI331 "{REQUIREMENTS}" is a file, and a folder is due here\n',
    ),
    "a source of something else": (
        f"{{source: specs, requirements: {REQUIREMENTS}}}",
        (
            '10:21 MLI544 "specs" holds no pyproject.toml that names a project, not mlinfra-compiler\n'
            '  help: [project] name = "mlinfra-compiler" in its pyproject.toml is what tells it\n'
        ),
    ),
    "requirements that are a folder": (
        f"{{index: {INDEX}, requirements: tools}}",
        '10:80 MLI331 "tools" is a folder, and a file is due here\n',
    ),
    "requirements that are not there": (
        f"{{index: {INDEX}, requirements: requirements.txt}}",
        f'10:80 MLI330 "requirements.txt" does not exist\n{FROM_ROOT}',
    ),
    "requirements on the web": (
        f"{{index: {INDEX}, requirements: {INDEX}}}",
        f'10:80 MLI215 requirements {FILE}, not "{INDEX}"\n  help: write requirements: tools/requirements.txt\n',
    ),
    **{
        f"the index {index}": (
            f'{{index: "{index}", requirements: {REQUIREMENTS}}}',
            f'10:20 MLI215 index {AN_INDEX}, not "{index}"\n',
        )
        for index in (
            "https://user@packages.contoso.example/simple",
            "https://packages.contoso.example/simple?x=1",
            "https://packages.contoso.example/simple#x",
            "https://packages.contoso.example:443:1/",
            "https://packages.contoso.example/$(id)",
            "https://packages.contoso.example/ --trusted-host x",
            "https://packages.contoso.example//other",
            "--trusted-host",
        )
    },
}


@pytest.mark.parametrize(("install", "expected"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_the_place_of_mlinfra(install: str, expected: str) -> None:
    assert said(f"  install: {install}\n") == expected


def test_a_version_of_mlinfra_is_written_nowhere_else() -> None:
    assert said(FROM_INDEX + "  versions: {mlinfra: 1.2.3}\n") == (
        '11:14 MLI212 unknown key "mlinfra" in pipelines.versions\n  help: Defined: az, bicep, databricks, ml\n'
    )


@pytest.mark.parametrize(
    ("install", "file", "column"), [(FROM_WHEEL, WHEEL, 20), (FROM_SOURCE, SOURCE, 21), (FROM_INDEX, REQUIREMENTS, 80)]
)
def test_a_link_out_of_the_repository_is_no_file_of_it(install: str, file: str, column: int, tmp_path: Path) -> None:
    def link(root: Path) -> None:
        (root / file).rename(tmp_path / "moved")
        (root / file).symlink_to(tmp_path / "moved")

    assert said(install, link) == (
        f'10:{column} MLI332 "{file}" lies outside the repository\n  help: move it into the repository\n'
    )


NO_PROJECT = "no pyproject.toml that names a project"
PROJECTS = {
    "another project": ('[project]\nname = "mlinfra"\n', 'the project "mlinfra"'),
    "the name of another table": ('[tool.x]\nname = "mlinfra-compiler"\n', NO_PROJECT),
    "nothing": ("", NO_PROJECT),
    "brackets": ("[" * 100_000, NO_PROJECT),
    "dots": ("a." * 100_000, NO_PROJECT),
    "a number": ("[project]\nname = " + "1" * 6_000, NO_PROJECT),
}


@pytest.mark.parametrize(("text", "holds"), PROJECTS.values(), ids=PROJECTS)
def test_a_project_of_another_name_is_not_mlinfra(text: str, holds: str) -> None:
    def rename(root: Path) -> None:
        (root / SOURCE / "pyproject.toml").write_text(text, encoding="utf-8")

    assert said(FROM_SOURCE, rename) == (
        f'10:21 MLI544 "{SOURCE}" holds {holds}, not mlinfra-compiler\n'
        '  help: [project] name = "mlinfra-compiler" in its pyproject.toml is what tells it\n'
    )


@pytest.mark.parametrize(
    ("install", "file", "column", "mebibytes"), [(FROM_WHEEL, WHEEL, 20, 64), (FROM_INDEX, REQUIREMENTS, 80, 1)]
)
def test_only_regular_files_of_a_sensible_size_are_read(install: str, file: str, column: int, mebibytes: int) -> None:
    def pipe(root: Path) -> None:
        (root / file).unlink()
        os.mkfifo(root / file)

    def grow(root: Path) -> None:
        os.truncate(root / file, (mebibytes << 20) + 1)

    assert said(install, pipe) == f'10:{column} MLI331 "{file}" is no regular file, and a file is due here\n'
    assert said(install, grow) == f'10:{column} MLI544 "{file}" has more than {mebibytes} MiB\n'
    circle = "leads through more than 40 links, or in a circle, and a file is due here"
    assert said(install, lambda root: _loop(root / file)) == f'10:{column} MLI331 "{file}" {circle}\n'


def _loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


ELSEWHERE = "takes packages from another place"
ANOTHER_FILE = "reads another file, whose hashes are not looked at: put what it says into this one"
BUILDS = "runs a build, which brings in what it needs without hashes"
NOT_ALL = "takes :all:, or names: anything else lets packages be built"
BACKSLASHED = "\\--index-url=https://example.com"
UNKNOWN = "is no option that a file of hashes needs"
OWN_PLACE = "comes from a place of its own: write its name, == and its version"
# a line before the requirements, and why it can't stand there
REFUSED = {
    "a name alone": ("tomli", "tomli is not pinned to one version by =="),
    "a range": (f"tomli>=2 {HASH}", "tomli>=2 is not pinned to one version by =="),
    "every patch of a version": (f"tomli==2.* {HASH}", "tomli==2.* is not one package, ==, and its version"),
    "two conditions": (f"tomli==2,!=3 {HASH}", "tomli==2,!=3 is not one package, ==, and its version"),
    "no hash": ("tomli==2.0", "tomli has no --hash=sha256:…"),
    "a weak hash": ("tomli==2.0 --hash=md5:00", "tomli has --hash=md5:00, and no --hash=sha256:… of 64 digits"),
    "half a hash": ("tomli==2.0 --hash=sha256:00", "tomli has --hash=sha256:00, and no --hash=sha256:… of 64 digits"),
    "a hash in a comment": (f"tomli==2.0 # {HASH}", "tomli has no --hash=sha256:…"),
    "a hash past a comment": (f"tomli==2.0 \\\n # x \\\n {HASH}", "tomli has no --hash=sha256:…"),
    "an option of its build": (
        f"tomli==2.0 {HASH} --config-settings=x=y",
        "tomli has --config-settings=x=y beside --hash=sha256:…, 64 digits",
    ),
    "a variable": (f"${{TOMLI}}==2.0 {HASH}", "${TOMLI}==2.0 is not one package, ==, and its version"),
    "an address": (f"https://example.com/tomli.whl {HASH}", f"https://example.com/tomli.whl {OWN_PLACE}"),
    "a name at an address": (
        f"tomli @ https://example.com/tomli-2.0-py3-none-any.whl {HASH}",
        f"tomli @ https://example.com/tomli-2.0-p… {OWN_PLACE}",
    ),
    "a repository": ("git+https://example.com/tomli", f"git+https://example.com/tomli {OWN_PLACE}"),
    "a folder": ("./tomli", f"./tomli {OWN_PLACE}"),
    "something editable": ("-e ./tomli", f"-e {BUILDS}"),
    "something editable, in long": ("--editable=./tomli", f"--editable {BUILDS}"),
    "an index": ("--index-url https://example.com", f"--index-url {ELSEWHERE}"),
    "an index, in short": ("-ihttps://example.com", f"-i {ELSEWHERE}"),
    "an index, abbreviated": ("--index https://example.com", f"--index {UNKNOWN}"),
    "one more index": ("--extra-index-url=https://example.com", f"--extra-index-url {ELSEWHERE}"),
    "links": ("--find-links wheels", f"--find-links {ELSEWHERE}"),
    "a host": ("--trusted-host example.com", "--trusted-host trusts a host whose certificate is wrong"),
    "another file": ("-r others.txt", f"-r {ANOTHER_FILE}"),
    "constraints": ("--constraint=others.txt", f"--constraint {ANOTHER_FILE}"),
    "builds": ("--only-binary=x --no-binary :all:", f"--no-binary {BUILDS}"),
    "builds after all": ("--only-binary :none:", f"--only-binary {NOT_ALL}"),
    "builds after all, in one word": ("--only-binary=:all:,:none:", f"--only-binary {NOT_ALL}"),
    "builds after all, in quotes": ("--only-binary ':none:'", f"--only-binary {NOT_ALL}"),
    "an index in quotes": ('--require-hashes "--index-url" https://example.com', f'"--index-url" {UNKNOWN}'),
    "an index behind a backslash": ("--prefer-binary \\--index-url=https://example.com", f"{BACKSLASHED} {UNKNOWN}"),
    "an encoding": ("# -*- coding: utf-7 -*-", "declares an encoding: use UTF-8"),
    "an encoding behind that of the file": ("# coding: utf-7 coding: utf-8", "declares an encoding: use UTF-8"),
    "an encoding of many names": ("# coding=utf-8-sig", "declares an encoding: use UTF-8"),
    "words that no terminal shows": (
        f"\u202etomli==2.0 {HASH}",
        "what is written is not one package, ==, and its version",
    ),
    "a very long line": ("a" * 100_000, f"{'a' * 39}… is longer than 500 characters"),
}


@pytest.mark.parametrize(("line", "why"), REFUSED.values(), ids=REFUSED)
def test_a_line_that_no_hash_holds_is_refused(line: str, why: str) -> None:
    def add(root: Path) -> None:
        (root / REQUIREMENTS).write_text(f"{line}\n{HASHED}", encoding="utf-8")

    help = "  help: delete the line: index of pipelines.install names the index\n" if why.endswith(ELSEWHERE) else ""
    assert said(FROM_INDEX, add) == f'10:80 MLI545 "{REQUIREMENTS}", line 1: {why}\n{help}'


@pytest.mark.parametrize(("install", "column"), [(FROM_WHEEL, 81), (FROM_SOURCE, 50)])
def test_an_index_of_requirements_is_for_pips_own_settings(install: str, column: int) -> None:
    def add(root: Path) -> None:
        (root / REQUIREMENTS).write_text(f"--index-url https://example.com\n{HASHED}", encoding="utf-8")

    assert said(install, add) == (
        f'10:{column} MLI545 "{REQUIREMENTS}", line 1: --index-url {ELSEWHERE}\n'
        "  help: delete the line: pip's own settings on the agent name the index\n"
    )


HARMLESS = {
    "the encoding that it has": "# -*- coding: utf-8 -*-\n",
    "the encoding that it has, for another editor": "# x\n# vim: set fileencoding=UTF8 :\n",
    "comments": "# a comment\n   # another -r x\n",
    "a comment of many": "#" + " #" * 200_000 + "\n",
    "a marker": f"tomli==2.0 ; python_full_version < '3.11' and sys_platform != \"win32\" {HASH}\n",
    "extras": f"uvicorn[standard]==1.0 {HASH} # with all\n",
    "two hashes on lines of their own": f"tomli==2.0 \\\n    {HASH} \\\n    {HASH}\n    # via x\n",
    "a hash after a space": f"tomli==2.0+local.1 {HASH.replace('=', ' ', 1)}\n",
    "options that ask for less": "--require-hashes\n--only-binary :all:\n--only-binary=x,y-z --prefer-binary\n",
    "line ends of Windows": f"\r\ntomli==2.0 \\\r\n    {HASH}\r\n",
}


@pytest.mark.parametrize("lines", HARMLESS.values(), ids=HARMLESS)
def test_what_pip_reads_as_a_requirement_with_its_hash_is_right(lines: str) -> None:
    assert said(FROM_INDEX, lambda root: _write(root, lines + HASHED)) == ""


@pytest.mark.parametrize("blanks", ["", " ", "  ", "\t", " \t ", "\u00a0\u2003"])
@pytest.mark.parametrize(
    ("hidden", "why"),
    [
        ("--extra-index-url https://example.com", f"--extra-index-url {ELSEWHERE}"),
        (
            f"tomli @ https://example.com/tomli-2.0-py3-none-any.whl {HASH}",
            f"tomli @ https://example.com/tomli-2.0-p… {OWN_PLACE}",
        ),
    ],
)
def test_a_comment_hides_no_line_below_it(blanks: str, hidden: str, why: str) -> None:
    text = f"{HASHED}{blanks}# mirror \\\n{hidden}\n"
    line = HASHED.count("\n") + 2
    assert f'MLI545 "{REQUIREMENTS}", line {line}: {why}\n' in said(FROM_INDEX, lambda root: _write(root, text))


LINES = st.tuples(
    st.sampled_from(("", " ", "  ", "\t ", "\u00a0 ", "\x1c ")),
    st.sampled_from(("", "#", "# a #", "a", "a #", "'a'", '"#"', "-r a")),
    st.sampled_from(("", "\\", "\\\\", "\\ ")),
    st.sampled_from(("\n", "\r", "\r\n", "\x0b", "\u2028", "")),
)


@given(st.lists(LINES.map("".join)))
def test_lines_are_those_that_pip_reads(lines: list[str]) -> None:
    text = "".join(lines)
    assert list(logical_lines(text)) == list(preprocess(text))


def test_a_line_is_counted_where_the_requirement_starts() -> None:
    text = f"{HASHED}\n# next\ntomli==2.0 \\\n    --pre\n"
    line = HASHED.count("\n") + 3
    assert said(FROM_INDEX, lambda root: _write(root, text)) == (
        f'10:80 MLI545 "{REQUIREMENTS}", line {line}: tomli has --pre, and no --hash=sha256:… of 64 digits\n'
    )


def _write(root: Path, text: str) -> None:
    (root / REQUIREMENTS).write_bytes(text.encode())


@pytest.mark.parametrize(
    ("install", "column", "lacking", "together"),
    [
        (FROM_INDEX, 80, "pyyaml, mlinfra-compiler", ", and with index mlinfra-compiler itself"),
        (FROM_SOURCE, 50, "pyyaml, hatchling", ", and with source hatchling, which builds it"),
        (FROM_WHEEL, 81, "pyyaml", ""),
    ],
)
def test_whatever_mlinfra_needs_is_asked_for(install: str, column: int, lacking: str, together: str) -> None:
    text = "".join(f"{name.replace('-', '_').upper()}==1.0 {HASH}\n" for name in DEPENDENCIES if name != "pyyaml")
    assert said(install, lambda root: _write(root, text)) == (
        f'10:{column} MLI546 "{REQUIREMENTS}" lacks {lacking}\n'
        f"  help: it holds all that mlinfra-compiler needs{together}, each with its hashes\n"
    )


def test_requirements_that_are_no_text_are_refused() -> None:
    def spoil(root: Path) -> None:
        (root / REQUIREMENTS).write_bytes(b"\xff\xfe")

    assert said(FROM_INDEX, spoil) == f'10:80 MLI545 "{REQUIREMENTS}" is not UTF-8 text\n'
