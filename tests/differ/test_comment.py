"""What a reviewer reads: the comments of some changes as whole pages, and what every page keeps to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlinfra.cli import run
from mlinfra.differ import as_markdown
from mlinfra.differ.as_markdown import MAX_BYTES
from tests.conftest import Golden
from tests.differ.edits import copied
from tests.repository.repositories import committed

HERE = Path(__file__).parent
Written = Callable[..., str]


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of churn, in a repository of its own with its output."""
    return committed(copied(tmp_path_factory.mktemp("churn"), "churn")) / "specs" / "churn" / "ml-platform.yaml"


@pytest.fixture
def comment(spec: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """The page of a spec in which texts are replaced; | is a line break."""
    before = spec.read_text(encoding="utf-8")

    def written(*pairs: tuple[str, str]) -> str:
        text = before
        for old, new in ((old.replace("|", "\n"), new.replace("|", "\n")) for old, new in pairs):
            assert old in text, old
            text = text.replace(old, new)
        spec.write_text(text, encoding="utf-8")
        run(["-q", "diff", "-f", str(spec), "--against", "HEAD", "-o", "markdown"])
        page = capsys.readouterr().out
        assert len(page.encode()) <= 12_000
        assert page.partition("\n<details>")[0].count("\n") <= 58
        return re.sub(r"HEAD [0-9a-f]{7}", "HEAD 0000000", page)

    yield written
    spec.write_text(before, encoding="utf-8")


LAKE = ("  lake:|", "  dl:|"), ("account_name: lake", "account_name: dl")
BATCH = """\
batch_endpoints:
  nightly:
    description: Score every customer
    invoke: # by score.yml; a person may call it for another day, or with another input
      input: azureml://datastores/raw/paths/daily/${run.date}/
      output: azureml://datastores/scored/paths/nightly/
      check: data/customers.csv # what a new deployment has to score before it becomes the default
      at_least_rows: 1000
    deployments:
      main:
        type: model
        model: churn
        code_configuration: {code: src, scoring_script: batch_score.py}
        environment: batch
        compute: cpu
        resources: {instance_count: 1}
        settings: {mini_batch_size: 10, output_action: append_row, output_file_name: scores.csv}
    defaults: {deployment_name: main}

"""
OPENED = "storage_accounts.lake opens to everyone, where a container says so in dev, test and prod"
SCHEDULE = """\
schedules:
  weekly:
    description: On Sunday, whether other parameters would do better; what trains for a release stands under pipelines
    trigger: {type: cron, expression: "0 3 * * 0", time_zone: W. Europe Standard Time}
    create_job: tune
"""
GPU = "{size: Standard_NC24ads_A100_v4, min_instances: 1, max_instances: 4}"
STAGE = """\
  {name}:
    subscription: 11111111-1111-1111-1111-111111111111
    mode: development
    promote_from: {before}
    quota: {{standardDASv4Family: 24, standardDDSv4Family: 32}}
"""
QA = STAGE.format(name="qa", before="test")
TEST = f"""\
{STAGE.format(name="test", before="dev")}\
    overrides:
      network: {{outbound: internet}}
"""
BEFORE_PROD = "    mode: production|    promote_from: "
CASES: dict[str, tuple[tuple[str, str], ...]] = {
    "renamed": LAKE,
    "batch": (
        (BATCH, ""),
        ('  score: {endpoints: [nightly], schedules: [{cron: "0 22 * * *"}]} # every night, in production|', ""),
    ),
    "people": (("    role: data_scientist|    targets: [dev, test]|", "    role: data_scientist|"),),
    "dear": (("compute_instances:|", f"  gpu: {GPU}||compute_instances:|"),),
    "data": (("datastores/raw/paths/customers/", "datastores/scored/paths/customers/"),),
    "size": (("    size: Standard_D4ds_v4|    create", "    size: Standard_D8ds_v4|    create"),),
    "office": (("[203.0.113.0/24]", "[203.0.113.0/24, 198.51.100.0/24]"),),
    "region": (("location: westeurope", "location: northeurope"),),
    "more": (
        ("  prod:|    subscription", f"{QA}  prod:|    subscription"),
        (f"{BEFORE_PROD}test", f"{BEFORE_PROD}qa"),
        ("    test: churn-test|", "    test: churn-test|    qa: churn-qa|"),
    ),
    "less": (
        (TEST, ""),
        (f"{BEFORE_PROD}test", f"{BEFORE_PROD}dev"),
        ("    test: churn-test|", ""),
        ("    targets: [dev, test]|", "    targets: [dev]|"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_comment_says_what_there_is_to_decide(name: str, comment: Written, golden: Golden) -> None:
    golden(HERE / "comments" / f"{name}.md", comment(*CASES[name]))


@pytest.mark.parametrize(
    ("old", "new", "title", "verdict"),
    [
        (
            "    hierarchical_namespace: true|",
            "    hierarchical_namespace: true|    public_blobs: true|",
            "⚠️ Look · churn: more may reach `storage_accounts.lake` in dev, test and prod",
            f"Nothing lost. {OPENED}. Nothing retrained or released.",
        ),
        (
            "{min_auc: 0.8,",
            "{min_auc: 0.6,",
            "⚠️ Look · churn: `models.churn` asks for less than before in prod",
            "Nothing lost. Nobody gains access. Nothing retrained or released.",
        ),
        (
            "    overrides:|      derived: {",
            "    overrides:|      derived: {storage_accounts.main.lock: {omit: true, because: it is in the way}, ",
            "⚠️ Look · churn: `storage_accounts.main.lock` leaves the spec, and stays in Azure in prod",
            "Nothing lost. Nobody gains access. Nothing retrained or released.",
        ),
        (
            "    description: Training and serving of the churn model",
            '    description: "@all <b>|x|</b> [a](http://b.example) $`c`"',
            "churn: `workspaces.main` changes in place in dev, test and prod",
            "Nothing lost. Nobody gains access. Nothing retrained or released.",
        ),
    ],
    ids=["opened", "floor", "lock", "markup"],
)
def test_the_title_and_the_line_below_it_are_enough_to_know(
    comment: Written, old: str, new: str, title: str, verdict: str
) -> None:
    page = comment((old, new))
    assert page.splitlines()[2:4][0] == f"### {title}"
    assert page.splitlines()[3].startswith(f"**{verdict}** ")
    outside = re.sub(r"```diff\n.*?\n```\n|`[^`\n]+`|<code>.*?</code>", "", page, flags=re.DOTALL)
    assert not re.search(r"@all|<b>|\]\(|\$", outside)


def test_the_grade_of_what_somebody_looked_at_falls(
    comment: Written, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comment(*CASES["size"])
    run(["-q", "diff", "-f", str(spec), "--against", "HEAD", "-o", "json"])
    change = json.loads(capsys.readouterr().out)["changes"][0]["change"]
    line = f"{{address: compute_instances.nb, class: NAME, change: {change}, because: known, date: 2026-11-25}}"
    accepts = "".join(f"|  - {line.replace('NAME', name)}" for name in ("ignored", "loses_data"))
    page = comment(
        *CASES["size"], ("owner: ml-platform@contoso.com|", f"owner: ml-platform@contoso.com|accept:{accepts}|")
    )
    assert page.splitlines()[2] == "### churn: a change of `compute_instances.nb` is ignored in dev"
    assert "- Accepted by `specs/churn/ml-platform.yaml:7`: known\n" in page
    assert "az ml compute delete" not in page


def test_what_is_too_long_for_a_page_is_cut_and_named_once(comment: Written) -> None:
    """All of a platform is left behind: commands of 16 kB, and a table of 400 rows."""
    page = comment(("platform: churn|", "platform: churn2|"))
    assert len(page.encode()) <= MAX_BYTES
    assert len(page.partition("<details>")[0].splitlines()) <= 60
    commands = page.partition("<summary>Commands that remove it in dev</summary>\n\n```bash\n")[2].partition("```")[0]
    *shown, more = commands.splitlines()
    assert len(shown) >= 6
    assert all(each.startswith("az ") for each in shown)
    assert re.fullmatch(r"# and \d+ more lines: mlinfra diff -v", more)
    assert page.count("Too long for this page: ") == 1
    assert "Commands that remove it in test; Commands that remove it in prod" in page


def test_who_gains_access_has_room_however_much_has_to_be_decided(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is encrypted by a key of the bank any more: one line does nine things, and grants stay."""
    spec = committed(copied(tmp_path, "bank")) / "specs" / "bank" / "ml-platform.yaml"
    text = spec.read_text(encoding="utf-8")
    key = "security: {customer_managed_key: {key_vault: keys, key: platform}}"
    assert key in text
    spec.write_text(text.replace(key, ""), encoding="utf-8")
    run(["-q", "diff", "-f", str(spec), "-o", "markdown"])
    before_folds = capsys.readouterr().out.partition("\n<details>")[0]
    assert before_folds.count("\n") <= 58
    assert all(f"#### {part}" in before_folds for part in ("1 · ", "Who can reach what", "To finish the removal"))


def test_what_has_no_room_is_counted_by_what_it_does(comment: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads no further knows that something opens."""
    monkeypatch.setattr(as_markdown, "MAX_LINES", 50)
    page = comment(
        ("[203.0.113.0/24]", "[203.0.113.0/24, 198.51.100.0/24]"),
        ("      raw: {}|", ""),
        ("filesystem: raw", "filesystem: scored"),
        ("size: Standard_D4ds_v4|    min", "size: Standard_D8ds_v4|    min"),
        ("retention_days: 90", "retention_days: 30"),
    )
    (line,) = (each for each in page.splitlines() if each.startswith("- and "))
    assert line == "- and 5 more, ignored 1, opens 4: `mlinfra diff --against HEAD`"


def test_what_is_only_renamed_costs_what_it_did(comment: Written) -> None:
    moved = ("platform: churn|", "platform: churn|moved: [{from: storage_accounts.lake, to: storage_accounts.dl}]|")
    page = comment(*LAKE, moved)
    assert "renamed" in page
    assert "Cost and quota" not in page


def test_a_note_that_says_only_the_new_name_is_nothing_to_decide(comment: Written) -> None:
    moved = ("platform: churn|", "platform: churn|moved: [{from: storage_accounts.lake, to: storage_accounts.dl}]|")
    title = comment(*LAKE, moved).split("\n")[2]
    assert title.startswith("### churn: `storage_accounts.dl` is called otherwise"), title


def test_what_only_stays_is_told_behind_what_azure_may_not_take(comment: Written) -> None:
    size = ("  cpu:|    size: Standard_D4ds_v4|", "  cpu:|    size: Standard_D8ds_v4|")
    page = comment(size, (SCHEDULE, "schedules: {}|"))
    titles = [line for line in page.splitlines() if line.startswith("#### ")]
    assert titles[:2] == [
        "#### 1 · `compute_clusters.cpu` · ignored · stands still only if it is deleted to be made anew",
        "#### 2 · `schedules.weekly` · left behind",
    ]


def test_what_it_costs_is_said_at_once_where_the_title_is_of_something_else(comment: Written) -> None:
    old, new = "  cpu:|    size: Standard_D4ds_v4|    min", "  cpu:|    size: Standard_NC24ads_A100_v4|    min"
    verdict = comment((f"{old}_instances: 0", f"{new}_instances: 1")).splitlines()[3]
    assert "It costs up to \\$13,149 a month more in a target, \\$3,486 of it while nobody uses it.** " in verdict
