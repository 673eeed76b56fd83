"""What any verb prints of a hostile branch: no order to a terminal or a build agent, no more than a line of a value."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.cli import run
from mlinfra.commands.options import DIAGNOSTIC_FORMATS
from mlinfra.diagnostics import Code, Related, Span, finding
from mlinfra.diagnostics.formats.terminal import for_terminal
from mlinfra.formats.json_writer import to_json
from mlinfra.verify.judges import JUDGES
from tests.spec import HEADER

COMMANDS = (
    "##vso[task.setvariable variable=x]y",
    "###vso[task.setvariable variable=x]y",
    "##VSO[task.complete]",
    "##[error]x",
    "::set-env name=x::y",
    "\u00a0 ::error::x",
    "#\u200b#vso[task.complete]",
    "##v\ufe0fso[task.complete]",
)
MOVES = ("\x1b[2J", "\x1b]0;title\x07", "\r", "\x08", "\x9b2J", "\u202e", "\u2066", "\u2028")
ORDER = re.compile(r"##(?:vso)?\[|^\s*::", re.IGNORECASE | re.MULTILINE)
MOVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029\u2066-\u2069]")


def assert_harmless(said: str) -> None:
    assert ORDER.search(said) is None, said
    assert MOVE.search(said) is None, said


def escaped(text: str) -> str:
    """The text in a double-quoted scalar."""
    return "".join(f"\\U{ord(character):08x}" if ord(character) > 126 else character for character in text)


@pytest.mark.parametrize("text", COMMANDS)
@pytest.mark.parametrize("form", DIAGNOSTIC_FORMATS)
def test_no_report_gives_an_order(
    text: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrong = f'jobs:\n  "{escaped(text)}": {{type: "{escaped(text)}"}}\n  a: {{compute: "{escaped(text)}"}}\n'
    for number, written in enumerate((f"{text}\n{HEADER}{wrong}", f"x: '{text}'\n", f"{HEADER}? '{text}'\n: [", wrong)):
        folder = tmp_path / f"{number} ##vso[x]"
        folder.mkdir(exist_ok=True)
        (folder / "ml-platform.yaml").write_text(written, encoding="utf-8")
        assert run(["validate", "-o", form, "-f", str(folder)]) == 1
        said = capsys.readouterr()
        assert_harmless(said.out)
        assert_harmless(said.err)


@pytest.mark.parametrize("text", [*COMMANDS, *MOVES])
def test_no_difference_gives_an_order(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}workspaces:\n  main: {{}}\n", encoding="utf-8")
    assert run(["compile", "-q"]) == 0
    readme = tmp_path / "generated/README.md"
    readme.write_text(f"{text}\n {text}\n{readme.read_text(encoding='utf-8')}", encoding="utf-8")
    (tmp_path / "generated/.gitattributes").write_bytes(text.encode() + b"\xff\x00")
    capsys.readouterr()
    for arguments in (["compile", "--check"], ["compile"], ["explain", "generated/README.md:1"]):
        run(arguments)
        said = capsys.readouterr()
        assert_harmless(said.out)
        assert_harmless(said.err)


@pytest.mark.parametrize("text", [*COMMANDS, *MOVES])
def test_no_wrong_usage_gives_an_order(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}workspaces:\n  main: {{}}\n", encoding="utf-8")
    for arguments in (
        [text],
        ["explain", text],
        ["graph", "--select", text],
        ["validate", "-t", text],
        ["validate", "--var", text],
        ["validate", "--var", f"x={text}"],
        ["validate", "-f", text],
        ["validate", f"--{text}"],
        ["compile", "--against", text],
        ["compile", "--outdir", f"generated/{text}"],
    ):
        run(arguments)
        said = capsys.readouterr()
        assert_harmless(said.out)
        assert_harmless(said.err)


def test_an_error_of_our_own_gives_no_order_and_tells_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def fail(*_: object) -> None:
        raise ValueError(f"\n::x\n##vso[y]\x1b[2J password=hunter2 {'z' * 10_000}")

    monkeypatch.setattr("mlinfra.commands.validate.compiled", fail)
    (tmp_path / "ml-platform.yaml").write_text(HEADER)
    for arguments in (["validate"], ["validate", "-v"]):
        assert run(arguments) == 70
        said = capsys.readouterr().err
        assert_harmless(said)
        assert "hunter2" not in said
        assert len(said.splitlines()[-1]) < 800


@given(st.text(st.sampled_from("#[vsoVSO:] \n\t\r\u00a0\x1ba"), max_size=30))
def test_any_text_is_harmless_in_every_form(text: str) -> None:
    assert_harmless(for_terminal(text))
    assert_harmless(re.sub(r"\x1b\[[0-9]*m", "", for_terminal(text, color=True)))
    assert_harmless(to_json({text: [text]}))


@given(st.text())
def test_json_holds_the_text_itself(text: str) -> None:
    assert json.loads(to_json({text: [text, "##vso[x]"]})) == {text: [text, "##vso[x]"]}


@given(st.text(max_size=2000), st.text(max_size=300))
def test_a_message_is_one_line_of_bounded_length(text: str, quoted: str) -> None:
    span = Span("f", 1, 1, 1, 1)
    code = Code("MLI000", "error", "", "", "", "")
    made = finding(code, text, span, f'"{quoted}" {text}', [Related(text, span)])
    for said in (made.message, made.help or "", made.related[0].message):
        assert len(said) <= 500
        assert len(said.splitlines()) <= 1
        assert MOVE.search(said) is None


def test_a_message_quotes_the_start_of_a_long_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}jobs:\n  a: {{type: {'x' * 5000}}}\n")
    assert run(["validate", "-o", "json", "-f", str(tmp_path)]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    assert [len(item["message"]) < 200 for item in found] == [True, True]
    assert any(f"{'x' * 50}" in item["message"] for item in found)


def test_a_file_of_any_name_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "a\nb\x1b[2J\udcff: c%"
    try:
        folder.mkdir()
    except (OSError, ValueError):
        pytest.skip("no such name on this system")
    (folder / "ml-platform.yaml").write_text("x: [")
    for form in DIAGNOSTIC_FORMATS:
        assert run(["validate", "-o", form, "-f", str(folder)]) == 1
        said = capsys.readouterr()
        assert_harmless(said.out)
        assert_harmless(said.err)
        said.out.encode(), said.err.encode()
        if form == "sarif":
            location = json.loads(said.out)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
            assert location["artifactLocation"]["uri"] == "a%0Ab%1B%5B2J%FF%3A%20c%25/ml-platform.yaml"
        elif form == "junit":
            ET.fromstring(said.out)


LINES = ("FORGED", "+++ FORGED", "@@ -1 +1 @@ FORGED", "plat: valid FORGED", "Error: FORGED")


@pytest.mark.skipif(os.name == "nt", reason="no name of a file has a line break there")
@pytest.mark.parametrize("end", ["\n", "\r", "\u2028", "\x85"])
def test_no_name_of_a_file_or_folder_makes_a_line_of_its_own(
    end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name = end.join(("x", *LINES, "y"))
    folder, other = tmp_path / "specs" / name, tmp_path / "specs" / f"{name}2"
    spec = folder / "ml-platform.yaml"
    for path in (folder, other):
        path.mkdir(parents=True)
        (path / "ml-platform.yaml").write_text(f"{HEADER}workspaces: {{main: {{}}}}\n", encoding="utf-8")
    output = tmp_path / f"out{name}"
    at = ["-f", str(spec), "--outdir", str(output)]
    monkeypatch.chdir(tmp_path)
    assert run(["compile", *at]) == 0
    for added in (f"{name}.bicep", f"{name}.yml", f"{name}/bicepconfig.json"):
        (output / "dev/infra" / added).parent.mkdir(exist_ok=True)
        (output / "dev/infra" / added).write_text("x\n", encoding="utf-8")
    edited = output / "dev/infra/main.bicep"
    edited.write_text(f"// x\n{edited.read_text(encoding='utf-8')}", encoding="utf-8")
    monkeypatch.setattr("mlinfra.verify.judges.JUDGES", JUDGES[:1])
    for arguments in (
        ["compile", "--check", *at],
        ["compile", "-v", *at],
        ["verify", *at],
        ["validate"],
        ["validate", "-f", str(folder / name)],
        ["validate", "-f", str(folder)],
        ["compile", "-f", str(spec), "--outdir", str(output / ".git")],
        ["explain", f"{edited}:1"],
        ["explain", f"{edited}:99999"],
        ["explain", str(output / "dev/infra" / f"{name}.bicep")],
        ["explain", "workspaces.main", "-f", str(spec)],
        ["graph", "-f", str(spec)],
        ["explain", str(output / "dev" / name)],
        [name],
        ["validate", f"--{name}"],
        ["validate", "-o", name],
    ):
        run(arguments)
        said = capsys.readouterr()
        forged = [line for line in (said.out + said.err).splitlines() if line.startswith(LINES)]
        assert forged == [], arguments


@pytest.mark.parametrize(
    ("files", "said"), [(1_000, "… and 990 more\n"), (1_500, "… and at least 991 more\n")], ids=["all", "some of them"]
)
def test_names_that_were_not_looked_at_are_not_counted(
    files: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = f"{HEADER}include: [parts/none.yaml]\n"
    (tmp_path / "ml-platform.yaml").write_text(spec)
    (tmp_path / "parts").mkdir()
    for number in range(files):
        (tmp_path / f"parts/{number}.yaml").touch()
    assert run(["validate", "-f", str(tmp_path)]) == 1
    assert said in capsys.readouterr().err
