"""`include`: one platform in several files."""

from pathlib import Path

import pytest

from mlinfra.source import load
from mlinfra.source.tree import child, plain
from tests.source.report import HEADER, SPEC, report, start, write

CASES = {
    "a pattern that finds nothing": (
        {
            SPEC: HEADER + "include: [platform/*.yaml, netwrok.yaml]\n",
            "network.yaml": "x-a: 1\n",
        },
        """\
ml-platform.yaml:10:11: error[MLI119]: include "platform/*.yaml" finds no file
   10 | include: [platform/*.yaml, netwrok.yaml]
      |           ^^^^^^^^^^^^^^^
   help: there is no folder "platform"
ml-platform.yaml:10:28: error[MLI119]: include "netwrok.yaml" finds no file
   10 | include: [platform/*.yaml, netwrok.yaml]
      |                            ^^^^^^^^^^^^
   help: did you mean "network.yaml"? The folder holds ml-platform.yaml, network.yaml
2 errors
""",
    ),
    "a file that includes itself": (
        {
            SPEC: HEADER + "include: ['*.yaml']\n",
        },
        """\
ml-platform.yaml:10:11: error[MLI120]: include "*.yaml" includes this file itself
   10 | include: ['*.yaml']
      |           ^^^^^^^^
   help: narrow the pattern, or move the included files to a folder of their own
1 error
""",
    ),
    "files that include each other": (
        {
            SPEC: HEADER + "include: [parts/a.yaml]\n",
            "parts/a.yaml": "include: [b.yaml]\n",
            "parts/b.yaml": """\
data:
include:
  - ../ml-platform.yaml
""",
        },
        """\
parts/b.yaml:3:5: error[MLI120]: include "../ml-platform.yaml" goes in a circle
    3 |   - ../ml-platform.yaml
      |     ^^^^^^^^^^^^^^^^^^^
   note: ml-platform.yaml:10:11: a.yaml is included here
   10 | include: [parts/a.yaml]
      |           ^^^^^^^^^^^^
   note: parts/a.yaml:1:11: b.yaml is included here
    1 | include: [b.yaml]
      |           ^^^^^^
   help: narrow the pattern, or move the included files to a folder of their own
1 error
""",
    ),
    "the folder of the spec itself": (
        {SPEC: HEADER + "include: ['.', ./]\n"},
        """\
ml-platform.yaml:10:11: error[MLI118]: include "." is a folder
   10 | include: ['.', ./]
      |           ^^^
   help: write "./*.yaml"
ml-platform.yaml:10:16: error[MLI118]: include "./" is a folder
   10 | include: ['.', ./]
      |                ^^
   help: write "./*.yaml"
2 errors
""",
    ),
    "paths that are no paths of the repository": (
        {
            SPEC: HEADER + "include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]\n",
            "parts/a.yaml": "x-a: 1\n",
        },
        """\
ml-platform.yaml:10:11: error[MLI118]: include "/etc/hosts" is absolute
   10 | include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]
      |           ^^^^^^^^^^
   help: write it relative to this file
ml-platform.yaml:10:23: error[MLI118]: include "..\\x.yaml" has a backslash
   10 | include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]
      |                       ^^^^^^^^^^^
   help: write "../x.yaml"
ml-platform.yaml:10:36: error[MLI118]: include "C:/x.yaml" is absolute
   10 | include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]
      |                                    ^^^^^^^^^^^
   help: write it relative to this file
ml-platform.yaml:10:49: error[MLI118]: include "../other/*.yaml" leaves the repository
   10 | include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]
      |                                                 ^^^^^^^^^^^^^^^
   help: move the file into the repository
ml-platform.yaml:10:66: error[MLI118]: include "parts" is a folder
   10 | include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]
      |                                                                  ^^^^^
   help: write "parts/*.yaml"
ml-platform.yaml:10:73: error[MLI118]: include takes a path
   10 | include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]
      |                                                                         ^
   help: write them as [platform/*.yaml, network.yaml]
ml-platform.yaml:10:76: error[MLI118]: include takes a list of paths
   10 | include: [/etc/hosts, '..\\x.yaml', 'C:/x.yaml', ../other/*.yaml, parts, 3, [a.yaml]]
      |                                                                            ^^^^^^^^
   help: write them as [platform/*.yaml, network.yaml]
7 errors
""",
    ),
    "include of a mapping": (
        {
            SPEC: HEADER + "include: {a: b}\n",
        },
        """\
ml-platform.yaml:10:10: error[MLI118]: include takes a list of paths
   10 | include: {a: b}
      |          ^^^^^^
   help: write them as [platform/*.yaml, network.yaml]
1 error
""",
    ),
    "the same address in two files": (
        {
            SPEC: HEADER
            + """\
include: [parts/*.yaml]
data:
  raw: {}
""",
            "parts/a.yaml": """\
data:
  raw: {}
  clean: {}
""",
            "parts/b.yaml": """\
data:
  clean: {}
platform: other
targets: {dev: {}}
""",
        },
        """\
parts/a.yaml:2:3: error[MLI121]: data.raw is written in two files
    2 |   raw: {}
      |   ^^^
   note: ml-platform.yaml:12:3: it is first written here
   12 |   raw: {}
      |   ^^^
   help: delete one of the two, or rename it
parts/b.yaml:2:3: error[MLI121]: data.clean is written in two files
    2 |   clean: {}
      |   ^^^^^
   note: parts/a.yaml:3:3: it is first written here
    3 |   clean: {}
      |   ^^^^^
   help: delete one of the two, or rename it
parts/b.yaml:3:1: error[MLI121]: platform is written in two files
    3 | platform: other
      | ^^^^^^^^
   note: ml-platform.yaml:2:1: it is first written here
    2 | platform: churn
      | ^^^^^^^^
   help: delete one of the two, or rename it
parts/b.yaml:4:11: error[MLI121]: targets.dev is written in two files
    4 | targets: {dev: {}}
      |           ^^^
   note: ml-platform.yaml:5:3: it is first written here
    5 |   dev: {subscription: 11111111-1111-1111-1111-111111111111, mode: development}
      |   ^^^
   help: delete one of the two, or rename it
4 errors
""",
    ),
    "what is wrong in each of several files": (
        {
            SPEC: HEADER
            + """\
include: [parts/*.yaml]
data: {x: {}, x: {}}
""",
            "parts/a.yaml": "data: [\n",
            "parts/b.yaml": "",
            "parts/c.yaml": "on: 1\n",
            "parts/d.yaml": b"a: \xff\n",
        },
        """\
ml-platform.yaml:11:15: error[MLI109]: "x" is written twice
   11 | data: {x: {}, x: {}}
      |               ^
   note: ml-platform.yaml:11:8: it is first written here
   11 | data: {x: {}, x: {}}
      |        ^
   help: delete this one, which is empty
parts/a.yaml:1:8: error[MLI104]: YAML does not parse: did not find expected node content
    1 | data: [
      |        ^
   help: write a value, or close the bracket that is opened above
parts/b.yaml:1:1: error[MLI106]: the file is empty
    1 |
      | ^
   help: write sections such as `jobs:`, or delete the file
parts/c.yaml:1:1: error[MLI110]: the key on is read as true, not text
    1 | on: 1
      | ^^
   help: quote it: "on"; a workflow of GitHub is no part of a spec: leave it out
parts/d.yaml:1:4: error[MLI102]: byte 0xFF is not UTF-8
    1 | a: �
      |    ^
   help: save the file as UTF-8
5 errors
""",
    ),
    "a finding in an included file": (
        {
            SPEC: HEADER + "include: parts/data.yaml\n",
            "parts/data.yaml": """\
data:
  raw:
    path: ${var.path}
""",
        },
        """\
parts/data.yaml:3:11: error[MLI235]: variable "path" is not declared
    3 |     path: ${var.path}
      |           ^^^^^^^^^^^
   help: declare it: variables: {path: {type: string, default: …}}
1 error
""",
    ),
}


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_the_report_on_includes(files: dict[str, str | bytes], expected: str, tmp_path: Path) -> None:
    assert report(tmp_path, files) == expected


def test_sections_of_all_files_are_one_tree(tmp_path: Path) -> None:
    files = {
        SPEC: "include: [parts/*.yaml, parts/a.yaml]\ndata: {own: {}}\njobs:\n",
        "parts/b.yaml": "data: {b: {}}\ntags: {b: x}\n",
        "parts/a.yaml": "data: {a: {}}\njobs: {train: {}}\ninclude: deep/**/*.yaml\n",
        "parts/deep/1/2/c.yaml": "data: {c: {}}\ntags: {c: x}\n",
    }
    source = load(start(write(tmp_path, files))).value
    expected = {
        "data": {"own": {}, "a": {}, "c": {}, "b": {}},
        "jobs": {"train": {}},
        "tags": {"c": "x", "b": "x"},
    }
    assert plain(source.tree) == expected
    assert str(plain(source.tree)) == str(expected)  # the order too


def test_what_is_included_is_placed_where_it_is_written(tmp_path: Path) -> None:
    files = {SPEC: "include: parts/a.yaml\n", "parts/a.yaml": "\ndata:\n  raw: {type: mltable}\n"}
    source = load(start(write(tmp_path, files))).value
    raw = child(source.tree.fields["data"].value, "raw")
    assert raw is not None
    assert raw.span == ((tmp_path / "parts/a.yaml").as_posix(), 3, 8, 3, 23)


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("x-secret: 1\n")
    repository = tmp_path / "repository"
    path = write(repository, {SPEC: HEADER + "include: [link.yaml]\n"})
    try:
        (repository / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    except OSError:
        pytest.skip("this system makes no symbolic links for everybody")
    assert report(repository, {SPEC: path.read_bytes()}).splitlines()[0] == (
        'ml-platform.yaml:10:11: error[MLI118]: include "link.yaml" leaves the repository'
    )


def test_a_missing_spec_is_a_problem(tmp_path: Path) -> None:
    assert report(tmp_path, {"other.yaml": "a: 1\n"}) == (
        "ml-platform.yaml:1:1: error[MLI101]: ml-platform.yaml does not exist\n"
        "   help: check the path and its rights; a folder stands for the ml-platform.yaml in it\n1 error\n"
    )
