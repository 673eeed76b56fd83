"""The hunt sees what it is after, and gives the same cases for the same seed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

import mlinfra.formats
from mlinfra.diagnostics.characters import one_line
from mlinfra.output.manifest import read_manifest
from mlinfra.source.tree import UNKNOWN
from tests.hunt.cases import Recipe, lay_out
from tests.hunt.command import EXIT_HANGS, Ran, ran
from tests.hunt.draft import Draft
from tests.hunt.examples import examples
from tests.hunt.forms import of_command
from tests.hunt.ground import CANARY, prepare, state
from tests.hunt.hunt import Tally, hunt, kind_of
from tests.hunt.judge import Fault, is_noise, of_output, of_words
from tests.hunt.mutate_text import BOMB
from tests.hunt.text_judges import TextJudges, of_pipeline
from tests.hunt.worker import of_touched
from tests.limits import limited_time

TEMPLATES = Path(mlinfra.formats.__file__).parent / "templates" / "scripts"
SEED, CASES, WORKERS = 9, 40, 2  # half a minute on two cores; `make hunt` tries others for an hour
MANIFEST = """{"schema": "mlinfra/manifest/v1", "compiler": "0.1.0", "platform": "a", "spec": "../a/ml-platform.yaml",
"targets": [], "files": [{"path": "%s", "sha256": "", "target": null, "from": []}], "resources": [], "assets": []}"""
FILES = (  # a file of the output, its text, and the property that it breaks
    ("a.bicep", "description: 'a\0'", "control character in .bicep"),
    ("a.yml", "a: \u2028", "control character in .yml"),
    ("a.yml", "a: [", "yaml does not read back"),
    ("a.md", CANARY, "canary in the output"),
    ("a.sh", 'az group create --tags "@marker"', "argument from a file"),
    ("a.sh", "az group create --tags k=@marker", "argument from a file"),
    ("a.sh", "az group create --tags 'k=@a b'", "argument from a file"),
    ("a.sh", "az group create --tags '@a b'", "argument from a file"),
)


@pytest.mark.parametrize("number", range(40))
def test_a_seed_and_a_number_are_always_the_same_case(number: int, tmp_path: Path) -> None:
    recipe = Recipe.of(7, number)
    laid_out = []
    for _ in range(2):
        ground = prepare(tmp_path / "scratch", recipe.example.name)
        said = lay_out(recipe, ground)
        laid_out.append((said, _contents(ground.root)))
    assert laid_out[0] == laid_out[1]


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.as_posix(): path.read_bytes() for path in files if not path.is_fifo()}


@pytest.mark.parametrize(("name", "text", "broken"), FILES)
def test_a_file_of_the_output_that_breaks_a_promise_is_seen(name: str, text: str, broken: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "manifest.json").write_text(MANIFEST % name, encoding="utf-8")
    manifest = read_manifest((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert [fault.what for fault in of_output(tmp_path, manifest)] == [broken]


def test_what_an_answer_is_compared_with_is_no_argument_of_az(tmp_path: Path) -> None:
    """The judge passes over what an answer is to hold: here is shown that no call of az takes it."""
    (asks,) = re.findall(
        r"(?ms)^ask_request\(\) \{\n(.*?)^\}", (TEMPLATES / "lib-online.sh.j2").read_text(encoding="utf-8")
    )
    uses = [line for line in asks.splitlines() if re.search(r"\$\{?[23]\b", line)]
    assert uses
    assert not [line for line in uses if not re.match(r" *(?:elif \[\[|say )", line)]
    text = """      "$1" 'r.json' 'key=@/etc/passwd' ''
az role assignment create --condition '(a=b AND (@Request[x] @Resource))'
"""
    (tmp_path / "a.sh").write_text(text, encoding="utf-8")
    (tmp_path / "manifest.json").write_text(MANIFEST % "a.sh", encoding="utf-8")
    manifest = read_manifest((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert list(of_output(tmp_path, manifest)) == []


@pytest.mark.parametrize(
    ("words", "broken"),
    [
        (f"error: {CANARY}", "canary in a message"),
        ("error: a\x1bb", "control character in a message"),
        ("error: \u202eb", "control character in a message"),
        ("error: ###vso[task.complete]", "log command in a message"),
        ("::set-env name=x::y", "log command in a message"),
        ("error: it must be one of <object object at 0x7fd6c0576190>", "python in a message"),
        (f"error: it must be one of {one_line(str(UNKNOWN))}", "python in a message"),
    ],
)
def test_words_that_harm_who_reads_them_are_seen(words: str, broken: str) -> None:
    assert [fault.what for fault in of_words(words)] == [broken]


def test_an_internal_error_and_a_hang_are_seen() -> None:
    ends = [Ran(("-f", "a", "validate"), code, "", "") for code in (0, 1, 3, 70, EXIT_HANGS, 2)]
    seen = [[fault.what for fault in of_command(end)] for end in ends]
    assert seen == [[], [], [], ["internal error"], ["hangs"], ["exit code"]]


def test_what_is_written_elsewhere_is_seen(tmp_path: Path) -> None:
    ground = prepare(tmp_path / "scratch", "a")
    before = state(tmp_path / "scratch", ground.out)
    ground.out.mkdir(parents=True)
    (ground.out / "a").write_text("")
    (ground.outside / "new").write_text("")
    faults = of_touched(before, state(tmp_path / "scratch", ground.out))
    assert list(faults) == [Fault("written outside the output folder", str(ground.outside / "new"))]


def test_a_command_in_this_process_gives_its_words_and_its_exit_code(tmp_path: Path) -> None:
    result = ran(("-f", "nothing", "validate"), tmp_path)
    assert (result.code, result.out, result.err.splitlines()[-1]) == (
        3,
        "",
        "Error: nothing is no file that can be read",
    )


def test_faults_that_differ_in_names_and_numbers_are_of_one_kind() -> None:
    one, other = (
        Fault("bicep lint", f'Warning BCP1 in a.bicep:{line}: "{name}" is odd') for line, name in ((1, "a"), (22, "b"))
    )
    assert kind_of(one) == kind_of(other)


@pytest.mark.parametrize(
    ("difference", "is_said_by_the_spec"),
    [
        ("differs: storage.yml:storage_accounts.lake.properties.isHnsEnabled", True),
        ("differs: storage.yml:storage_accounts.lake.properties.isHnsEnabled.a.0", True),
        ("differs: storage.yml:storage_accounts.lake.properties.routingPreference.isHnsEnabled", True),
        ("differs: storage.yml:storage_accounts.lake.properties.allowBlobPublicAccess", False),
        ("differs: ml-platform.yaml:jobs.train.properties.a", False),
        ("storage.yml:storage_accounts.lake.isHnsEnabled becomes 'x'", False),
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        'Warning BCP036 in storage.bicep:9: The property "isHnsEnabled" expected a value of type "bool | null"',
        'Warning BCP037 in storage.bicep:9: The property "isHnsEnabled" is not allowed on objects of type "a"',
        'Warning BCP089 in storage.bicep:9: The property "isHnsEnabled" is not allowed here. Did you mean "isHns"?',
        'Error BCP035 in storage.bicep:9: The object is missing the following required properties: "isHnsEnabled".',
    ],
)
def test_what_bicep_says_of_properties_is_noise_where_that_property_differs(
    words: str, difference: str, is_said_by_the_spec: bool
) -> None:
    assert is_noise(Fault("bicep lint", words), ["all targets", difference]) == is_said_by_the_spec


@pytest.mark.parametrize(
    "key", ["@marker", "\u202ea\u202c", "$type", "a b", "é", '" ] ; a -> b', "##v\rso[x]y", "a\\b", "é" * 300]
)
def test_a_property_of_any_name_is_known_again(key: str) -> None:
    words = f'Warning BCP037 in compute.bicep:46: The property "{key}" is not allowed on objects of type "AmlCompute"'
    assert is_noise(Fault("bicep lint", words), [f"differs: ml-platform.yaml:compute_clusters.cpu.properties.{key}"])


@pytest.mark.parametrize(("key", "shown"), [("a\u2029b", "a\u2029        b"), ("a\nb", "a\nb")])
def test_a_property_that_ends_a_line_in_the_middle_is_known_again(key: str, shown: str) -> None:
    words = f'Warning BCP037 in a.bicep:4: The property "{shown}" is not allowed on objects of type "Registry"'
    assert is_noise(Fault("bicep lint", words), [f"differs: a.yml:container_registries.images.properties.{key}"])


_ROUTING = "storage.yml:storage_accounts.lake.properties.routingPreference"


@pytest.mark.parametrize(
    ("value", "differences"),
    [
        ({"routingPreference": {"routingChoice": "MicrosoftRouting"}}, []),
        ({"routingPreference": {"routingChoice": "x"}}, [f"{_ROUTING}.routingChoice"]),
        ({"routingPreference": {}}, [f"{_ROUTING}.routingChoice"]),
        (
            {"routingPreference": {"routingChoice": "MicrosoftRouting", "existing": True, "a": {"b": 1}}},
            [f"{_ROUTING}.existing", f"{_ROUTING}.a", f"{_ROUTING}.a.b"],
        ),
        ({"routingPreference": []}, [_ROUTING, f"{_ROUTING}.routingChoice"]),
        (None, [_ROUTING, f"{_ROUTING}.routingChoice"]),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_all_that_differs_in_properties_is_known_whatever_a_change_says_of_itself(
    value: object, differences: list[str], as_text: bool
) -> None:
    draft = Draft(next(example for example in examples() if example.name == "everything"))
    document = next(document for document in draft.data if document.endswith("storage.yml"))
    draft.data[document]["storage_accounts"]["lake"]["properties"] = value
    draft.change(document)
    if as_text:
        draft.settle(document)
        draft.data[document] = {}
    assert draft.differences() == [f"differs: {line}" for line in differences]


@pytest.mark.parametrize("text", [BOMB, "properties: &a [*a]\n", "properties: [\n"])
def test_what_differs_in_a_text_that_nobody_compiles_is_known_in_no_time(text: str) -> None:
    draft = Draft(next(example for example in examples() if example.name == "everything"))
    document = next(document for document in draft.data if document.endswith("storage.yml"))
    draft.settle(document)
    draft.files[document] = text.encode()
    with limited_time(5, 60):
        assert f"differs: {_ROUTING}" in draft.differences()


PIPELINE = "pool: {name: a}\nsteps:\n  - bash: a\n%s"
SCRIPT = "#!/usr/bin/env bash\nset -euo pipefail\n%s\n"


@pytest.mark.parametrize(("text", "is_said"), [("", False), ("    colour: red\n", True), ("  - nothing\n", True)])
def test_a_pipeline_that_the_service_refuses_is_seen(text: str, is_said: bool) -> None:
    assert bool(of_pipeline(PIPELINE % text)) == is_said


STEPS = "steps: [{bash: a}]"
JOBS = f"stages:\n  - stage: s\n    jobs:\n      - {{job: %s, {STEPS}}}\n      - {{job: %s, dependsOn: %s, {STEPS}}}\n"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("a", "b", "a"), []),
        (("a", "b", "[A]"), []),
        (("a", "A", "[]"), ["job a: there twice", "job A: there twice"]),
        (("a-b", "c", "[]"), ["job a-b: no name"]),
        (("a", "b", "[c]"), ["job b: waits for c, which is not there"]),
    ],
)
def test_names_that_the_service_refuses_are_seen(names: tuple[str, str, str], said: list[str]) -> None:
    assert of_pipeline(JOBS % names) == said


def test_a_script_is_judged_once(tmp_path: Path) -> None:
    judges, path = TextJudges(), tmp_path / "scripts" / "a.sh"
    path.parent.mkdir()
    for line, said in (("echo a", 0), ("cd $1", 1), ("cd $1", 0), ("cd $2", 1)):
        path.write_text(SCRIPT % line)
        found = list(judges.scripts(tmp_path, {"scripts/a.sh": path.read_text()}))
        assert bool(found) == said, found


@pytest.mark.judges
@pytest.mark.slow
def test_a_short_hunt_finds_nothing(tmp_path: Path) -> None:
    tally = Tally()
    hunt(tally, SEED, iter(range(CASES)), WORKERS, None, tmp_path)
    shutil.rmtree(tmp_path)
    assert tally.found == {}  # what was found, and how to play it again, stands in the output
    assert tally.accepted > CASES / 5
