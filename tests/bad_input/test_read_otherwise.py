"""Files that the Azure ML client reads itself: where it would see another path than the compiler, they are refused."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlinfra.cli import run
from mlinfra.diagnostics import has_errors
from mlinfra.source.tree import plain
from mlinfra.source.yaml_events import read_yaml
from tests.bad_input.test_hostile_trees import DIAGNOSTIC, planted
from tests.bad_input.trees import COMPONENT, Put, Tree, link
from tests.source.test_yaml_laws import TEXTS

COMMAND = "name: x\nversion: '1'\ntype: command\ncommand: x\nenvironment: azureml:e:1\n"
SPARK = """\
name: x
version: '1'
type: spark
code: ./src
entry: {file: %s}
%s
conf: {spark.driver.cores: 1, spark.driver.memory: 2g, spark.executor.cores: 1, spark.executor.memory: 2g}
"""
STEP_OF_SPARK = (
    "jobs: {p: {type: pipeline, jobs: {a: {type: spark, component: ./c.yml, resources: {instance_type: "
    "standard_e4s_v3, runtime_version: '3.5'}}}}}\n"
)
OUT = "code: ../outside\n"


class Text(NamedTuple):
    """A component's file, what is said of it, and whether this SDK goes out of the repository."""

    what: str
    text: str
    said: str
    goes_out: bool = True


ENDS = "ends a line for some readers of YAML and not for others"
TEXTS_OF_TWO_READINGS = (
    Text("a line separator in a comment", f"# a\u2028{OUT}", f'MLI137 "./c.yml": U+2028 LINE SEPARATOR {ENDS}'),
    Text("a paragraph separator", f"# a\u2029{OUT}", f'MLI137 "./c.yml": U+2029 PARAGRAPH SEPARATOR {ENDS}'),
    Text("a next line", f"# a\x85{OUT}", f'MLI137 "./c.yml": U+0085 NEXT LINE {ENDS}'),
    Text(
        "a list of merge keys",
        f"tags: &a {{code: ./src}}\nproperties: &b {{{OUT.strip()}}}\n<<: [*a, *b]\n",
        'MLI137 "./c.yml": "code" is merged from two places that differ',
        goes_out=False,  # that depends on the version of PyYAML
    ),
    Text(
        "two merge keys",
        f"tags: &a {{code: ./src}}\nproperties: &b {{{OUT.strip()}}}\n<<: *b\n<<: *a\n",
        'MLI137 "./c.yml": "code" is merged from two places that differ',
        goes_out=False,
    ),
    Text(
        "a merge of a merge",
        f"tags: &a {{code: ./src}}\nproperties: &b {{<<: *a, {OUT.strip()}}}\n<<: *b\n",
        'MLI137 "./c.yml": "code" is merged from two places that differ',
        goes_out=False,
    ),
    Text("a key twice", f"code: ./src\n{OUT}", 'MLI109 "./c.yml": "code" is written twice'),
    Text(
        "a merge key with an anchor",
        f"&m <<: {{{OUT.strip()}}}\n",
        'MLI113 "./c.yml": "<<" has a meaning of its own in YAML',
    ),
    Text(
        "a directive",
        f"%TAG ! tag:yaml.org,2002:\n---\n{COMMAND}code: !str ../outside\n",
        'MLI137 "./c.yml": a directive changes what the file says',
    ),
)


@pytest.mark.parametrize("case", TEXTS_OF_TWO_READINGS, ids=[case.what for case in TEXTS_OF_TWO_READINGS])
def test_a_text_that_the_client_reads_otherwise_is_refused(
    case: Text, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = case.text if case.text.startswith("%") else COMMAND + case.text
    root = planted(tmp_path, Tree("", COMPONENT, {"c.yml": text, "src/a.py": ""}, ""))
    if case.goes_out:
        assert code_of_the_sdk(root / "c.yml") == tmp_path / "outside"
    assert case.said in said_of(root, monkeypatch, capsys)


def code_of_the_sdk(file: Path) -> Path:
    """The folder that the client would upload."""
    from azure.ai.ml import load_component

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            component: Any = load_component(file)
        finally:
            logging.disable(logging.NOTSET)
    return Path(component.base_path, component.code).resolve()


def said_of(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    monkeypatch.chdir(root)
    code = run(["validate"])
    said = [" ".join(found) for found in DIAGNOSTIC.findall(capsys.readouterr().err)]
    assert code == (1 if said else 0)
    return said


REFUSED = (
    ("a tab before a value", "code:\t./src\n", "a tab stands between words of YAML, which the Azure ML client refuses"),
    (
        "a tab before an item",
        "tags: {a:\tb}\n",
        "a tab stands between words of YAML, which the Azure ML client refuses",
    ),
    (
        "a question mark before a blank",
        "tags: {a: b? , c: d}\n",
        "the Azure ML client can't read this: expected ',' or '}', but got '?'",
    ),
    (
        "a comment right after the mark of a text",
        "description: >-#a\n",
        "the Azure ML client can't read this: expected chomping or indentation indicators, but found '#'",
    ),
)


@pytest.mark.parametrize(("text", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_text_that_the_client_refuses_is_refused(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from azure.ai.ml import load_component

    root = planted(tmp_path, Tree("", COMPONENT, {"c.yml": COMMAND + text, "src/a.py": ""}, ""))
    with pytest.raises(Exception, match="Error while parsing yaml"):
        load_component(root / "c.yml")
    assert f'MLI137 "./c.yml": {said}' in said_of(root, monkeypatch, capsys)


@given(st.data())
def test_both_parsers_read_the_same_where_nothing_is_said(data: st.DataObject) -> None:
    """Whatever is put into a file of a component: what passes is read by PyYAML's own parser as by the one in C."""
    text = f"{COMMAND}inputs: {{x: {{type: integer, default: 1}}}}\ntags:\n  - 'a b'\n  - |\n    text\n"
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text)))
        text = text[:place] + data.draw(st.sampled_from(PIECES)) + text[place:]
    document = read_yaml("c.yml", text, is_read_by_others=True)
    if document.root is not None and not document.diagnostics:
        assert repr(yaml.load(text, yaml.SafeLoader)) == repr(yaml.load(text, yaml.CSafeLoader))


PIECES = (
    *"?:- \n#{}[],'\"|>!%@`\\~\t\ufeff&*",
    "? ",
    ": ",
    "- ",
    "---",
    "...",
    "  ",
    "&a ",
    "*a",
    "!!str ",
    "<<: ",
    "\r\n",
)
FLOW = "$schema: https://azuremlschemas.azureedge.net/promptflow/latest/Flow.schema.json\n"


def test_a_component_that_the_client_takes_for_a_flow_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It uploads the folder that holds the file, and here that is the whole repository."""
    from azure.ai.ml import load_component

    text = FLOW + COMMAND.replace("type: command\n", "") + "code: ./src\n"
    root = planted(tmp_path, Tree("", COMPONENT.replace("command", "parallel"), {"c.yml": text, "src/a.py": ""}, ""))
    assert load_component(root / "c.yml").type == "promptflow_parallel"
    assert said_of(root, monkeypatch, capsys) == [
        'MLI137 "./c.yml": the Azure ML client takes it for a flow, uploads all that lies beside it and reads past code'
    ]


ALIKE = (
    "x: &a {code: ./src}\ny: &b {code: ./src, tags: {b: c}}\n<<: [*a, *b]\n",
    "x: &a {code: ../outside}\n<<: *a\ncode: ./src\n",
    "x: &a {code: ../outside}\ny: &b {code: ../other}\n<<: [*a, *b]\ncode: ./src\n",
    'tags: {a: "\\u2028"}\ncode: ./src\n',
)


@pytest.mark.parametrize("text", ALIKE)
def test_a_text_that_every_reader_reads_alike_is_read(text: str) -> None:
    document = read_yaml("f", text, is_read_by_others=True)
    assert document.root is not None
    assert not has_errors(document.diagnostics)
    assert plain(document.root)["code"] == yaml.safe_load(text)["code"] == "./src"


class _DatesAsText(yaml.SafeLoader):
    """The loader of the client, in Python, which keeps dates as text as the compiler does."""


_DatesAsText.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))
ODDITIES = st.sampled_from(
    (
        *("\x85", "\u2028", "\u2029", "%YAML 1.2\n---\n", "%TAG ! tag:yaml.org,2002:\n---\n", "! ", "!str ", "<<: "),
        *("<<: [*x, *y]\n", "<<: {a: 1}\n", "&y ", "*y", "{b: 2, a: 3}", "? ", ": ", ":", ",", "\t", " #", "'", '"'),
        *("a: ", "b: ", "c: &x {a: 1}\n", "d: &y {a: 2}\n", "\\\n", "|2\n", ">\n", "=: ", "\r", "-\t", "[", "]", "\n"),
    )
)


@settings(max_examples=1000)
@given(st.lists(st.one_of(ODDITIES, ODDITIES, TEXTS), max_size=12).map("".join))
def test_what_is_accepted_is_what_the_loader_of_the_client_reads(text: str) -> None:
    document = read_yaml("f", text, is_read_by_others=True)
    if document.root is None or has_errors(document.diagnostics):
        return
    try:
        read = yaml.load(text, Loader=_DatesAsText)
    except yaml.YAMLError:  # the client refuses it
        return
    assert plain(document.root) == read


class Way(NamedTuple):
    """What lies in a repository whose component's file leads out of it, to the folder beside it that all have."""

    what: str
    component: str  # the path of the file in the spec
    files: Mapping[str, str | Put]
    said: str


ELSEWHERE = "leads to another place once links are followed"
WAYS = (
    Way(
        "up from a link",
        "./p/c.yml",
        {"p/c.yml": f"{COMMAND}code: l/../../outside\n", "p/l": link("../far"), "far/a": "", "outside/a": ""},
        f'MLI348 "./p/c.yml": "l/../../outside", which c.yml names, {ELSEWHERE}',
    ),
    Way(
        "up from a folder that is a link",
        "./p/q/c.yml",
        {"far/c.yml": f"{COMMAND}code: ../../outside\n", "p/q": link("../far"), "outside/a": ""},
        f'MLI348 "./p/q/c.yml": "../../outside", which c.yml names, {ELSEWHERE}',
    ),
    Way(
        "from a file that is a link",
        "./p/c.yml",
        {"far/c.yml": f"{COMMAND}code: ./d\n", "p/c.yml": link("../far/c.yml"), "p/d/a": "", "far/d/a": ""},
        f'MLI348 "./p/c.yml": "./d", which c.yml names, {ELSEWHERE}',
    ),
)


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
@pytest.mark.parametrize("way", WAYS, ids=[way.what for way in WAYS])
def test_a_path_that_leads_elsewhere_by_links_is_refused(
    way: Way, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = COMPONENT.replace("./c.yml", way.component)
    root = planted(tmp_path, Tree("", spec, way.files, ""))
    assert said_of(root, monkeypatch, capsys) == [way.said.replace(f'"{way.component}": ', "")]


@pytest.mark.skipif(os.name == "nt", reason="making links needs a right on Windows")
def test_the_client_goes_up_from_where_a_link_leads(tmp_path: Path) -> None:
    root = planted(tmp_path, Tree("", "", WAYS[1].files, ""))
    assert code_of_the_sdk(root / "p/q/c.yml") == tmp_path / "outside"


@pytest.mark.parametrize(
    ("entry", "rest"),
    [
        ("../../outside/conda.yml", ""),
        ("a.py", "jars: [../../outside/a.jar]"),
        ("a.py", "jars: ['../../outside/*.jar']"),
        ("a.py", "py_files: [/etc/passwd]"),
        ("/etc/passwd", ""),
    ],
)
def test_what_a_component_of_spark_names_beside_its_code_stays_inside(
    entry: str, rest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"c.yml": SPARK % (entry, rest), "src/a.py": ""}
    root = planted(tmp_path, Tree("", STEP_OF_SPARK, files, ""))
    said = said_of(root, monkeypatch, capsys)
    assert [message.partition(" ")[0] in ("MLI332", "MLI347") for message in said] == [True], said
