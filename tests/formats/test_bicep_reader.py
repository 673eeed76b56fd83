"""What reads our Bicep back is the inverse of what prints it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import assume, given

from mlinfra.formats.bicep import File, Param, ParamsFile, Resource, Symbol
from mlinfra.formats.bicep_printer import Lines, print_file, print_params
from mlinfra.formats.bicep_reader import MAX_CHARACTERS, NotPrinted, read_file, read_params
from tests.formats.bicep_bodies import Bodies
from tests.formats.bicep_syntax import FILES, PARAMS_FILES

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "generated", ROOT / "tests/acceptance")
COMMITTED = sorted(path for folder in FOLDERS for path in folder.rglob("*.bicep"))
COMMITTED_PARAMS = sorted(path for folder in FOLDERS for path in folder.rglob("*.bicepparam"))


def _printed(file: File) -> str:
    """The text, where Bicep can hold it: no list between other arguments, no text that is too long."""
    try:
        return print_file(file).text
    except ValueError:
        assume(False)
        raise


@given(FILES)
def test_reading_is_the_inverse_of_printing(file: File) -> None:
    read = read_file(_printed(file))
    assert read == file
    assert repr(read.declarations) == repr(file.declarations)  # 1, 1.0 and True are equal to Python


@given(PARAMS_FILES)
def test_reading_parameters_is_the_inverse_of_printing_them(file: ParamsFile) -> None:
    try:
        text = print_params(file)
    except ValueError:
        assume(False)
    assert read_params(text) == file


def test_whatever_is_printed_is_read_and_printed_alike() -> None:
    bodies = Bodies(seed=3)
    for _ in range(300):
        declarations = (Param("x", "object", bodies.text(), bodies.value(5)),)
        text = print_file(File(bodies.text(), bodies.text(), declarations)).text
        assert print_file(read_file(text)).text == text


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_committed_file_is_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert print_file(read_file(text)).text == text


@pytest.mark.parametrize("path", COMMITTED_PARAMS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_committed_file_of_parameters_is_read(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert print_params(read_params(text)) == text


def test_the_lines_of_each_declaration_are_known() -> None:
    vault = Resource("vault", "A.B/c", "2026-02-01", "kv", because=("it is derived",), made_by=("key_vaults.main",))
    file = File("h", "d", (Param("location", "string", "Azure region", made_by=("location",)), vault))
    printed = print_file(file)
    assert printed.text.splitlines()[3:] == [
        "@description('Azure region')",
        "param location string",
        "",
        "// it is derived",
        "resource vault 'A.B/c@2026-02-01' = {",
        "  name: 'kv'",
        "}",
    ]
    assert printed.lines == (
        Lines(4, 5, "param location", ("location",)),
        Lines(7, 10, "resource vault", ("key_vaults.main",)),
    )


PRINTED = print_file(File("h", "d", (Param("a", "object", "d", {"b": [1, "x", Symbol("c")]}),))).text
NEARLY = {
    "nothing": "",
    "another language": '{"a": 1}',
    "an edit by hand": PRINTED.replace("'x'", "'y' "),
    "a number with a zero before it": PRINTED.replace("1\n", "01\n"),
    "a quoted key that needs no quotes": PRINTED.replace("b:", "'b':"),
    "line ends of Windows": PRINTED.replace("\n", "\r\n"),
    "no last line end": PRINTED.removesuffix("\n"),
    "an escape that is none": PRINTED.replace("'x'", r"'\x'"),
    "a character that is none": PRINTED.replace("'x'", r"'\u{110000}'"),
    "a text without an end": PRINTED.replace("'x'", "'x"),
    "a call without an end": PRINTED.replace("c\n", "c(\n"),
    "a fraction of nothing": PRINTED.replace("c\n", "json()\n"),
    "a fraction that is no number": PRINTED.replace("c\n", "json('nan')\n"),
    "a number of 6,000 digits": PRINTED.replace("1\n", "9" * 6_000 + "\n"),
    "200,000 brackets": PRINTED.replace("1\n", "[\n" * 200_000),
    "a directive with more rules than reasons": PRINTED.replace("    1\n", "    #disable-next-line a b\n    1\n"),
    "more text than is read": "/" * (MAX_CHARACTERS + 1),
}


@pytest.mark.parametrize("text", NEARLY.values(), ids=NEARLY)
def test_what_was_not_printed_is_refused(text: str) -> None:
    assert text != PRINTED
    for read in (read_file, read_params):
        with pytest.raises(NotPrinted, match=r"^it is no Bicep that mlinfra prints$"):
            read(text)
