"""The judge of bundles, with a program that stands in for the Databricks CLI: what it sees, how it is understood."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from mlinfra.compile import compile_spec
from mlinfra.emit.platform import Place
from mlinfra.output import write
from mlinfra.output.local_disk import LocalDisk
from mlinfra.output.output import output
from mlinfra.verify.case import Case
from mlinfra.verify.databricks_bundles import HOW_TO_GET
from mlinfra.verify.judges import JUDGES, verdict
from mlinfra.verify.verdict import Verdict
from tests.verify.platforms import case_of

SPEC = Path(__file__).parents[1] / "languages" / "databricks" / "bundle"
[JUDGE] = [judge for judge in JUDGES if judge.name == "databricks bundles"]
# It asks who is signed in, as the CLI does, looks for what bodies name, and says what SAYS holds of the first bundle.
FAKE = f"""#!{sys.executable}
import json, os, pathlib, sys, urllib.request
if sys.argv[1:] == ["--version"]:
    print("Databricks CLI v1.9.0")
    sys.exit()
text = pathlib.Path("databricks.yml").read_text()
host = next(line.split("host: ")[1] for line in text.splitlines() if "host: " in line)
me = json.load(urllib.request.urlopen(host + "/api/2.0/preview/scim/v2/Me"))
files = sorted(path.as_posix() for path in pathlib.Path("resources").glob("*/*.yml"))
words = [word for file in files for word in pathlib.Path(file).read_text().split()]
named = [word for word in words if word.startswith("../") and "*" not in word]
missing = [word for word in named if not (pathlib.Path("resources/jobs") / word).exists()]
seen = {{
    "arguments": sys.argv[1:],
    "at": pathlib.Path.cwd().parts[-4:],
    "who": me["userName"],
    "missing": missing,
    "named": len(named),
    "environ": sorted(name for name in os.environ if name.startswith(("DATABRICKS", "BUNDLE", "GIT"))),
}}
with open(pathlib.Path(__file__).parent / "seen.jsonl", "a") as file:
    file.write(json.dumps(seen) + "\\n")
says = pathlib.Path(__file__).parent / "says"
if says.exists():
    sys.stderr.write(says.read_text())
    sys.exit(1)
print("Validation OK!")
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("repository")
    shutil.copytree(SPEC, root / "specs" / "bundle")
    place = Place(root / "specs" / "bundle" / "ml-platform.yaml", root, root / "generated" / "bundle")
    compiled = compile_spec(place.spec, root, {})
    place.outdir.mkdir(parents=True)
    write(LocalDisk(place.outdir), output(compiled.header, compiled.plans, place), place)
    return root


def _judged(root: Path, folder: Path, says: str = "") -> tuple[Verdict, list[dict[str, object]]]:
    program = folder / "databricks"
    program.write_text(FAKE)
    program.chmod(0o755)
    if says:
        (folder / "says").write_text(says)
    environ = {**os.environ, "MLINFRA_DATABRICKS": str(program), "DATABRICKS_HOST": "https://theirs", "GIT_DIR": "x"}
    ruling = verdict(JUDGE, case_of(root, "bundle", environ))
    seen = folder / "seen.jsonl"
    return ruling, [json.loads(line) for line in seen.read_text().splitlines()]


def test_each_bundle_of_each_target_is_validated_strictly_with_what_it_names_and_nothing_else(
    root: Path, tmp_path: Path
) -> None:
    ruling, seen = _judged(root, tmp_path)
    assert (ruling.outcome, ruling.version, ruling.findings) == ("passed", "1.9.0", ())
    assert [(each["at"], each["arguments"]) for each in seen] == [
        ([target, "databricks", "main", bundle], ["bundle", "validate", "--strict", "--target", target])
        for target in ("dev", "prod")
        for bundle in ("platform", "serving")
    ]
    assert {str(each["who"]) for each in seen} == {"00000000-0000-0000-0000-000000000000"}
    assert [each["missing"] for each in seen] == [[]] * 4
    assert [bool(each["named"]) for each in seen] == [True, False] * 2
    assert seen[0]["environ"] == [
        "BUNDLE_VAR_cluster_policy_theirs",
        "BUNDLE_VAR_pager",
        "BUNDLE_VAR_secret_token_value",
        "BUNDLE_VAR_warehouse_theirs",
        "BUNDLE_VAR_written_warehouse_theirs",
        *("DATABRICKS_AUTH_TYPE", "DATABRICKS_CLI_DISABLE_UPDATE_CHECK", "DATABRICKS_CONFIG_FILE", "DATABRICKS_TOKEN"),
    ]


WARNING = """\
Recommendation: permissions section should explicitly include the current deployment identity
  in databricks.yml:3:1

Warning: unknown field: nam
  at resources.jobs.train_jobs
  in resources/jobs/train.yml:5:7

Error: 1 warning was found. Warnings are not allowed in strict mode
"""


@pytest.mark.parametrize(
    ("says", "file", "line", "message"),
    [
        (WARNING, "resources/jobs/train.yml", 5, "unknown field: nam at resources.jobs.train_jobs"),
        ("Error: notebook src/look.ipynb not found\n", "databricks.yml", None, "notebook src/look.ipynb not found"),
        ("panic: what is this\n", "databricks.yml", None, "panic: what is this"),
    ],
    ids=["a warning of a line", "an error of none", "something else"],
)
def test_what_it_says_is_found_where_it_says_it(
    root: Path, tmp_path: Path, says: str, file: str, line: int | None, message: str
) -> None:
    ruling, _ = _judged(root, tmp_path, says)
    assert ruling.outcome == "failed"
    of_first = [found for found in ruling.findings if str(found.file).startswith("dev/databricks/main/platform/")]
    assert [found[:3] for found in of_first] == [(f"dev/databricks/main/platform/{file}", line, message)]
    assert says is not WARNING or of_first[0].addresses == ("databricks_jobs.train",)


def test_a_spec_without_bundles_needs_no_such_program(plain: Case) -> None:
    ruling = verdict(JUDGE, plain)
    assert (ruling.outcome, ruling.notes) == ("passed", ("the spec has no bundles",))


@pytest.fixture(scope="module")
def plain() -> Case:
    return case_of(Path(__file__).parents[2], "minimal", {"PATH": ""})


def test_without_the_program_nothing_is_said_to_be_judged(root: Path) -> None:
    ruling = verdict(JUDGE, case_of(root, "bundle", {"PATH": "", "MLINFRA_DATABRICKS": str(root / "nowhere")}))
    assert (ruling.outcome, ruling.notes) == ("not installed", (HOW_TO_GET,))
