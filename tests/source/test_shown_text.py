"""No line that holds a secret is ever shown: however it is written, and whether the YAML parses or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.commands.options import DIAGNOSTIC_FORMATS
from mlinfra.source.secrets import shown_output
from tests.spec import HEADER

SECRET = "hunter2+Hunter/hunter4"  # of no known form: only its key tells
PEM_LINES = ("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj")
PEM = "\n".join(("-----BEGIN RSA PRIVATE KEY-----", *PEM_LINES, "-----END RSA PRIVATE KEY-----"))
WRITTEN = {
    "behind its key": f"password: {SECRET}",
    "in quotes": f"'admin-password': '{SECRET}'",
    "in the next line": f"password:\n  {SECRET}",
    "in the next line, not indented": f"password:\n{SECRET}",
    "in a block": f"password: |\n  first\n\n  {SECRET}",
    "in a folded block": f"password: >-\n  first\n  {SECRET}",
    "in quotes over lines": f'password: "first\n\n {SECRET}"',
    "in quotes that nothing closes": f"password: 'first\n{SECRET}",
    "in braces": f"x: {{user: a, password: {SECRET}}}",
    "in braces over lines": f"x: {{password:\n{SECRET}, user: a}}",
    "in braces, in two lines": f"x: {{password: first\n{SECRET}\n}}",
    "behind a tag and an anchor": f"password: !!str &a {SECRET}",
    "behind a tab": f"password:\t{SECRET}",
    "behind a question mark": f"? password\n: {SECRET}",
    "in a list": f"- password: {SECRET}",
    "in an item over lines": f"-   password:\n      {SECRET}",
    "in a comment": f"# password: {SECRET}",
    "in a comment at the end": f"x: 1 # token = {SECRET}",
    "as a key of its own": f"? Endpoint=x;AccountKey={SECRET}\n: 1",
    "in a connection string": f"x: Endpoint=x;AccountKey={SECRET}",
    "in a URL": f"x: https://user:{SECRET.replace('/', '')}@example.com",
    "in an empty document": f"--- password\n--- {{password: {SECRET}}}",
    "twice": f"password: {SECRET}\npassword: {SECRET}",
    "a private key in a block": "x: |\n  " + PEM.replace("\n", "\n  "),
    "a private key in quotes": f'x: "{PEM}"',
    "a private key in a comment": "# " + PEM.replace("\n", "\n# "),
    "a private key without an end": "x: |\n  " + PEM.rpartition("\n")[0].replace("\n", "\n  "),
    "behind a key with an escape": rf'"pass\u0077ord": {SECRET}',
    "behind a key of escapes": rf'{{"\x70\x61\U00000074" : {SECRET}}}',
    "behind a key with an escaped line end": f'? "pass\\\n  word"\n: {SECRET}',
    "in the lines of a folded key": 'x: "AccountKey=\\\n  ' + "aB3" * 20 + '\\\n  aB3=="',
}
FAULTS = (  # one behind each character that shows its line: what is wrong may be anywhere
    "",
    "\n  : [",
    "\n\tx: 1",
    " {",
    ": }",
    '"',
    "\nx: 1: 2",
    "\n<<: 1\n",
    "\n- @",
    "\na: *b\n",
)


NAMED = {  # what is no error, and not shown on the line of one
    "behind a name that ends in a secret's": f"DB_PASSWORD: {SECRET}",
    "behind words of a secret": f"x: {{AZURE_CLIENT_SECRET: {SECRET}, MY-API-KEY: {SECRET}}}",
    "behind a name with capitals": f"dbPassword: '{SECRET}'",
    "in a list under a name": f"DB_PASSWORDS: 1\nSQL_PASSWORD:\n  - {SECRET}",
    "in a variable": f"db_password: {{type: string, default: {SECRET}, allowed: [{SECRET}]}}",
    "behind an alias": f"x: &a {SECRET}\nDB_PASSWORD: *a",
    "in a command": f"x: python train.py DB_PASSWORD={SECRET}",
    "as a token with a hyphen": "x: sk-proj-aB3aB3aB3aB3-aB3aB3aB3aB3",
    "as a number": "DB_PIN: 1\nDB_TOKEN: 20252025",
    "behind a list that is a key": f"x: {{q: 1, ? [password] : {SECRET}}}",
    "behind a mapping that is a key": f"? {{b: [token, 1]}}\n: {SECRET}",
    "behind a list in lines that is a key": f"? - a\n  - secret\n  - b\n: {SECRET}",
}


def leaks(said: str) -> list[str]:
    parts = (SECRET, SECRET.replace("/", ""), SECRET[:10], *PEM_LINES, "aB3aB3aB3aB3", "2025")
    return [part for part in parts if part in said]


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_no_form_of_a_report_shows_a_secret(
    written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "ml-platform.yaml"
    for fault in FAULTS:
        for form in DIAGNOSTIC_FORMATS:
            spec.write_text(f"apiVersion: 1\n{written}{fault}", encoding="utf-8")
            run(["validate", "-o", form, "-v"])
            said = capsys.readouterr()
            assert leaks(said.out + said.err) == [], (fault, form)


@pytest.mark.parametrize("written", WRITTEN.values(), ids=WRITTEN)
def test_no_line_of_a_file_that_does_not_parse_shows_a_secret(
    written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line in turn is the one that is shown: a control character stands in it."""
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "ml-platform.yaml"
    for number in range(written.count("\n") + 1):
        lines = written.split("\n")
        lines[number] += "\x01"
        for text in ("\n".join(lines), "\n".join(lines).encode() + b"\xff"):
            spec.write_bytes(text if isinstance(text, bytes) else text.encode())
            assert run(["validate"]) == 1
            assert leaks(capsys.readouterr().err) == []


@pytest.mark.parametrize("written", NAMED.values(), ids=NAMED)
def test_no_line_shows_what_stands_under_a_name_that_may_be_a_secrets(
    written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "ml-platform.yaml"
    for number in range(written.count("\n") + 1):
        lines = written.split("\n")
        lines[number] += " # \u202e"  # a warning about this very line
        spec.write_text("\n".join(("apiVersion: 1", *lines)) + "\n", encoding="utf-8")
        for form in DIAGNOSTIC_FORMATS:
            assert run(["validate", "-o", form]) == 1
            said = capsys.readouterr()
            assert leaks(said.out + said.err) == []


@pytest.mark.parametrize("declared", ["{type: string, allowed: [x]}", "{type: integer}", "{type: map}"])
def test_a_value_of_the_command_line_is_not_repeated(
    declared: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}variables:\n  b: {declared}\n")
    assert run(["validate", "--var", f"b={SECRET}"]) == 1
    said = capsys.readouterr().err
    assert "MLI209" in said
    assert leaks(said) == []


def test_a_value_of_a_variable_with_the_name_of_a_secret_is_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    declared = f"db_password: {{type: string, default: {SECRET}, allowed: [{SECRET}1]}}"
    (tmp_path / "ml-platform.yaml").write_text(f"{HEADER}variables:\n  {declared}\n")
    assert run(["validate"]) == 1
    said = capsys.readouterr().err
    assert 'the value of "db_password" is written in clear text' in said
    assert leaks(said) == []


def test_a_line_without_a_secret_is_shown_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text("password: a\nx: {secretary: b, tokens: 2\n")
    assert run(["validate"]) == 1
    assert "    2 | x: {secretary: b, tokens: 2\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    "conda",
    [
        f"dependencies: {{password: {SECRET}}}",
        f"dependencies: [{{pip: [{{token: {SECRET}}}]}}, 5]",
        f'dependencies: ["--extra-index-url=https://u:{SECRET.replace("/", "")}@h/x", 5]',
        f'"pass\\u0077ord": {SECRET} {{\n: [',
        f"dependencies: &{SECRET[:7]}\n  - *b",
    ],
)
def test_no_form_of_a_report_shows_a_secret_of_a_file_that_is_named(
    conda: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "conda.yml").write_text(f"name: e\n{conda}\n")
    (tmp_path / "ml-platform.yaml").write_text(
        HEADER + "workspaces: {main: {}}\nenvironments: {e: {image: 'a/b:1', conda_file: conda.yml}}\n"
    )
    for form in DIAGNOSTIC_FORMATS:
        assert run(["validate", "-o", form, "-v"]) == 1
        said = capsys.readouterr()
        assert "conda.yml" in said.out + said.err
        assert leaks(said.out + said.err) == [], form


OUTPUT = f"""{HEADER}
workspaces: {{main: {{}}}}
compute_clusters: {{cpu: {{size: STANDARD_DS3_v2}}}}
environments: {{e: {{image: a/b:1}}}}
jobs:
  a:
    command: python a.py
    environment: e
    compute: cpu
    environment_variables: {{DB_TOKEN: old-secret, OTHER: old}}
"""
EDITED = {  # a file of the output, and what an edit adds to it
    "a parameter of Bicep": ("main.bicep", f"param password string = '{SECRET}'"),
    "a connection string": ("main.bicep", f"var x = 'AccountKey={SECRET}=='"),
    "a private key": ("main.bicep", f"/*\n{PEM}\n*/"),
    "a comment": ("main.bicep", f"// token = {SECRET}"),
    "a key of YAML": ("a.yml", f"  DB_PASSWORD: {SECRET}"),
    "a block of YAML": ("a.yml", f"  DB_PASSWORD: |\n    first\n\n    {SECRET}"),
    "a variable of a script": ("lib.sh", f"export DB_PASSWORD='{SECRET}'"),
    "a line of JSON": ("bicepconfig.json", f'{{"password":\n "{SECRET}"}}'),
    "a row of Markdown": ("README.md", f"the password: {SECRET}"),
}


@pytest.mark.parametrize(("name", "written"), EDITED.values(), ids=EDITED)
def test_no_command_shows_a_secret_of_an_edited_output(
    name: str, written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line of it in turn is the first that differs."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(OUTPUT)
    assert run(["compile"]) == 0
    file = next((tmp_path / "generated").rglob(name))
    text = file.read_text(encoding="utf-8")
    lines = written.split("\n")
    for number in range(len(lines)):
        file.write_text("\n".join((*lines[:number], lines[number] + " ", *lines[number + 1 :], text)), encoding="utf-8")
        for command in (["compile", "--check"], ["compile"]):
            for form in DIAGNOSTIC_FORMATS:
                assert run([*command, "-o", form, "-v"]) > 0
                said = capsys.readouterr()
                assert leaks(said.out + said.err) == [], (command, form)
        run(["explain", f"{file}:{number + 1}"])
        said = capsys.readouterr()
        assert leaks(said.out + said.err) == []


def test_a_difference_shows_that_a_secret_changed_and_what_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ml-platform.yaml").write_text(OUTPUT)
    assert run(["compile"]) == 0
    (tmp_path / "ml-platform.yaml").write_text(OUTPUT.replace("old", "new"))
    capsys.readouterr()
    assert run(["compile", "--check"]) == 2
    said = capsys.readouterr().out
    job = said[said.index("azureml/jobs/a.yml\n@@") :]
    changed = [line for line in job.splitlines() if line.startswith(("-  ", "+  "))]
    assert changed[:4] == [
        "-  DB_TOKEN: **********",
        "-  OTHER: old",
        "+  DB_TOKEN: **********",
        "+  OTHER: new",
    ]


def test_a_value_that_only_refers_to_a_secret_is_shown() -> None:
    for line in ("password: ${{inputs.a}}", "token: '$(b)'", "apiKey: true", "dbPassword:", "secret: azureml:x:1"):
        assert shown_output(line) == line
