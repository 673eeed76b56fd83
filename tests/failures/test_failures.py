"""What is said of errors of Azure: texts of public threads, and what each is about, as people labelled them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from mlinfra.azure.failures import CAUSES, KNOWN, PASSAGES
from mlinfra.azure.failures.codes import CODES
from mlinfra.azure.failures.subjects import SUBJECTS
from mlinfra.compile import Compiled, compile_spec
from mlinfra.explain.failure import document, failure, text
from mlinfra.explain.named import flat
from mlinfra.languages import SECTIONS

ROOT = Path(__file__).parents[2]
TEXTS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8"))
SENTENCES: list[dict[str, str]] = yaml.safe_load(Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8"))
SUBSCRIPTION = "/subscriptions/11111111-1111-1111-1111-111111111111"
PROVIDERS = f"{SUBSCRIPTION}/resourceGroups/rg-churn-dev/providers"
WORKSPACE = f"{PROVIDERS}/Microsoft.MachineLearningServices/workspaces/mlw-churn-dev"


@pytest.fixture(scope="module")
def churn() -> Compiled:
    return compile_spec(ROOT / "specs/churn/ml-platform.yaml", ROOT, {})


@pytest.fixture(scope="module")
def platforms(churn: Compiled) -> dict[str, Compiled]:
    return {"churn": churn, "lakehouse": compile_spec(ROOT / "specs/lakehouse/ml-platform.yaml", ROOT, {})}


def _labels(labelled: Any) -> list[str | None]:
    """Those that are right: some texts are of two things, or say two reasons."""
    return labelled if isinstance(labelled, list) else [labelled]


def test_errors_of_public_threads_are_told_as_people_tell_them(platforms: dict[str, Compiled]) -> None:
    """All but 30 of 855, of which 171 name something, or may be about one thing alone.

    A managed group is called after what it belongs to, and a build that nobody may look at says that there is none.
    """
    wrong_entry, wrong_cause = [], []
    for each in TEXTS:
        found = failure(each["text"], platforms[each.get("spec", "churn")].plans[:1])
        entry = found.entries[0].address if found.entries else None
        cause = found.causes[0].cause.key if found.causes else None
        if entry not in _labels(each["entry"]):
            wrong_entry.append((each["from"], entry))
        if cause not in _labels(each["cause"]):
            wrong_cause.append((each["from"], cause))
    assert len(TEXTS) >= 855
    assert sum(each["entry"] is not None for each in TEXTS) == 171
    assert [source.split("/")[4][:10] for source, _ in wrong_entry] == [
        "ignite25-L",
        "pulumi-azu",
        "mslearn-am",
        "azure-serv",
    ]
    assert [(source.split("/")[4], cause) for source, cause in wrong_cause] == [
        ("kedro-azureml", "code_failed"),
        ("architecture-center", "http_not_found"),
        ("pulumi-azure-native", "request_form"),
        ("azure-cli", "invalid_value"),
        ("vsts-publish-adf", None),
        ("azure-cli-extensions", "body"),
        ("MachineLearningNotebooks", "http_bad_request"),
        ("foundry-samples", "not_offered"),
        ("pulumi-azure-native", "limit_of_resources"),
        ("MachineLearningNotebooks", "sign_in"),
        ("Azure-Landing-Zones", None),
        ("pulumi-azure-native", "step_failed"),
        ("azureml-previews", "file_missing"),
        ("terraform-provider-databricks", "data_missing"),
        ("azure-devops-docs", "step_failed"),
        ("MachineLearningNotebooks", "http_bad_request"),
        ("azure-sdk-for-python", None),
        ("mslearn-dp100", "packages_unfit"),
        ("mslearn-azure-ml", "init_failed"),
        ("azure-pipelines-tasks", "sign_in"),
        ("CortanaIntelligenceWorkshopPrereqDeployment", "subscription"),
        ("azure-docs", "sign_in"),
        ("databricks-sql-python", "code_failed"),
        ("DP-200-Implementing-an-Azure-Data-Solution", None),
        ("azure-devops-docs", "kubernetes"),
        ("azure-devops-yaml-schema", "resource_missing"),
        ("azure-pipelines-tasks", "kubernetes"),
        ("MLOpsPython", "file_missing"),
        ("terraform-provider-databricks", "databricks_rights"),
        ("azure-docs", None),
    ]


def test_sentences_of_any_service_are_told_by_what_they_speak_of() -> None:
    """Nearly nine in ten of sentences that name nothing: by words, or by what is nearest to what is wrong."""
    found = {each["text"]: [item.cause.key for item in KNOWN.found(flat(each["text"]))[:1]] for each in SENTENCES}
    wrong = [
        (each["text"][:40], *found[each["text"]])
        for each in SENTENCES
        if found[each["text"]] not in [[cause] for cause in _labels(each["cause"])]
    ]
    assert len(SENTENCES) >= 184
    assert wrong == [
        ('"code": "UserError", "message": "Media t', "invalid_value"),
        ('"code": "UserError", "message": "Benchma',),
        ("docker: Error response from daemon: Get ", "no_connection"),
        ('Failed to pull image "noelmckeown/fronte', "no_connection"),
        ('Error response from daemon: Get "https:/', "sign_in"),
        ("ERROR: (Conflict) Web app already exists", "databricks_exists"),
        ("ERROR: (InvalidSku) The requested SKU is", "http_bad_request"),
        ("ERROR: (BadRequest) Call to Microsoft.We", "http_bad_request"),
        ("azure.core.exceptions.HttpResponseError:", "http_bad_request"),
        ("ERROR: (BadRequest) Failed to find metri", "http_bad_request"),
        ("Cluster terminated. Reason: Cloud Provid", "quota_of_machines"),
        ("Cluster terminated. Reason: PREEMPTIBLE_", "node_lost"),
        ("Cluster is running but X nodes could not", "operation_in_progress"),
        ("Error: terraform apply: exit status 1 Er", "not_changeable"),
        ('Status=400 Code="InvalidDeletePolicyDefi', "invalid_value"),
        ("ERROR: (InvalidParameterValueInContainer", "registry_pull"),
        ("ERROR: (InvalidParameterValueInContainer", "invalid_value"),
        ('"code":"OperationNotAllowed" "message": ',),
        ("azure.cosmos.exceptions.CosmosHttpRespon", "linked_scope"),
        ("operationsmanagement.SolutionsClient#Cre", "invalid_value"),
        ('│ Status: "Failed"\n│ Code: "Endpoint val', "subscription"),
        ("HttpResponseError: (invalid_parameters) ",),
        ("The resource operation completed with te", "compute_state"),
        ("ERROR: (BadRequest) Getting static crede", "sign_in"),
        ("(BadRequest) The request is invalid. Cod", "invalid_value"),
    ]


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("Azure says: the frobnicator of the key vault is forbidden", "vault_rights"),
        ("quux 1.2: datastore raw: no such thing", "data_missing"),
        (
            f"no such thing in this sentence, of which nothing is known; {'and so on; ' * 12}a datastore",
            "http_not_found",
        ),
        ("At least one resource deployment operation failed", "unspecific"),
    ],
)
def test_where_no_words_are_known_the_nearest_subject_counts(said: str, cause: str) -> None:
    assert KNOWN.found(said)[0].cause.key == cause


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("FileNotFoundError: [Errno 2] No such file or directory: 'rows.csv'", "file_missing"),  # no ENOTFOUND
        ("AMLComputeSubnetIsFull", "subnet_refuses"),  # a word of several begins anew in each
        ('File "/opt/x/jobs.py", line 407, in create: it ended badly', None),  # no status 407
        ("uploaded 404/8778 rows, then it ended badly", None),
        ("No space left on device. We stopped hearing from agent 26", "disk_full"),  # why, before where it ended
        ("We stopped hearing from agent 26", "agent_lost"),
    ],
)
def test_what_looks_like_a_word_of_a_cause_is_none(said: str, cause: str | None) -> None:
    found = KNOWN.found(flat(said))
    assert (found[0].cause.key if found else None) == cause


def test_a_cause_of_a_service_that_nobody_speaks_of_is_told_last(platforms: dict[str, Compiled]) -> None:
    """Its words are those of others, too: where a platform has no Databricks, a value of that is another service's."""
    said = "mlflow.exceptions.RestException: INVALID_PARAMETER_VALUE: The request is invalid"
    causes = {name: failure(said, each.plans).causes[0].cause.key for name, each in platforms.items()}
    assert causes == {"churn": "mlflow_run", "lakehouse": "databricks_value"}
    assert failure(f"databricks: {said}", platforms["churn"].plans).causes[0].cause.key == "databricks_value"


def test_what_only_stands_near_a_cause_is_told_as_a_guess() -> None:
    sure = text(document(failure("ScopeLocked", ()), ROOT), {})
    guess = text(document(failure("Azure says: the frobnicator of the key vault is forbidden", ()), ROOT), {})
    assert "\nA lock keeps it from being changed or deleted (locked)\n" in sure
    assert "\nperhaps: An identity may not use the key vault (vault_rights)\n" in guess


def test_words_lead_to_causes() -> None:
    keys = {cause.key for cause in CAUSES}
    assert [words.cause for passage in PASSAGES for words in passage.words if words.cause not in keys] == []
    assert [cause for subject in SUBJECTS for cause in subject.causes.values() if cause not in keys] == []
    assert [passage.address for passage in PASSAGES if not passage.address.startswith("https://")] == []


def test_each_text_has_its_thread_and_none_stands_twice() -> None:
    assert [each["from"] for each in TEXTS if not each["from"].startswith("https://github.com/")] == []
    assert [text for text, times in Counter(flat(each["text"]) for each in TEXTS).items() if times > 1] == []
    assert {cause for each in TEXTS for cause in _labels(each["cause"])} <= {cause.key for cause in CAUSES}


class Case(NamedTuple):
    said: str
    entry: str | None
    target: str | None = "dev"


CASES = {
    "the longest id counts": Case(f"denied on {WORKSPACE}/computes/cpu and on {WORKSPACE}", "compute_clusters.cpu"),
    "case tells no ids apart": Case(f"denied on {(WORKSPACE + '/computes/cpu').upper()}", "compute_clusters.cpu"),
    "what lies in it leads to it": Case(f"denied on {WORKSPACE}/datastores/raw/paths/x", "datastores.raw"),
    "an id with a full stop": Case(f"could not find {WORKSPACE}/datastores/scored.", "datastores.scored"),
    "a slot by its id": Case(
        f"failed: {WORKSPACE}/onlineEndpoints/churn-dev-yf3g/deployments/main",
        "online_endpoints.churn.deployments.main",
    ),
    "a slot by the name that a release gives it": Case(
        "endpoint churn-dev-yf3g: deployment main-0a1b2c is Failed", "online_endpoints.churn.deployments.main"
    ),
    "another subscription's is nobody's": Case(
        f"denied on {PROVIDERS.replace('1111-1111-1111', '2222-1111-1111')}/x/y/z", None, None
    ),
    "a slot by its endpoint and a full stop": Case(
        "churn-dev-yf3g.main: BlobContainerNotFound", "online_endpoints.churn.deployments.main"
    ),
    "a name that is announced": Case("Compute Target with name cpu not found", "compute_clusters.cpu"),
    "a host": Case("GET https://stchurndevlakeyf3g.blob.core.windows.net/raw", "storage_accounts.lake"),
    "an address of ours": Case("waits for batch_endpoints.nightly to end", "batch_endpoints.nightly"),
    "a file of ours": Case("az ml environment create --file dev/azureml/environments/batch.yml", "environments.batch"),
    "a word beside its kind": Case("job 'tune' ended as Failed", "jobs.tune"),
    "a word alone is a word": Case("train, score and tune more", None, None),
    "a word of another case is another": Case("not enough cluster CPU quota", None, None),
    "a version of an asset": Case("cannot pull environment score:0a1b2c3d4e5f", "environments.score"),
    "the target that its name is of": Case(
        "compute cluster cpu of workspace mlw-churn-prod", "compute_clusters.cpu", "prod"
    ),
    "a compute by its reference": Case("azureml:cpu is not ready", "compute_clusters.cpu"),
    "an asset by its kind, where another kind has its name": Case(
        "Component train:0a1b2c3d4e5f not found", "components.train"
    ),
    "an asset whose version is told apart": Case("Environment 'train' version '3' is gone", "environments.train"),
    "a slot as az is asked for it": Case(
        "az ml online-deployment create --endpoint-name churn-dev-yf3g --name main-0a1b2c -f x.yml",
        "online_endpoints.churn.deployments.main",
    ),
    "a deployment of PowerShell is one of Resource Manager": Case(
        "The deployment 'main' failed with error(s). Showing 2 out of 2 error(s).", None, None
    ),
    "a deployment of Resource Manager is called as a unit": Case(
        f"{PROVIDERS}/Microsoft.Resources/deployments/main failed", None, None
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_an_entry_is_known_by_what_names_it(case: Case, churn: Compiled) -> None:
    found = failure(case.said, churn.plans).entries
    assert (found[0].address if found else None) == case.entry
    assert (found[0].plan.graph.target.name if found else None) == case.target


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ("with databricks_job.refresh, on bundle.tf.json line 7", "databricks_jobs.refresh"),
        ("with databricks_permissions.job_refresh, on bundle.tf.json line 7", "databricks_jobs.refresh"),
        ("cannot update resources.pipelines.ingest: no", "databricks_pipelines.ingest"),
        ("with databricks_pipeline.refresh, on bundle.tf.json line 7", None),  # of another type
        ("SELECT on `lakehouse_dev`.`features` is missing", "databricks_schemas.features"),
        ("Table lakehouse_dev.features.customers is gone", "databricks_schemas.features"),
        ("Model lakehouse_dev.ml.churn is gone", "databricks_registered_models.churn"),
        ("abfss://raw@stlakehtestlakennun.dfs.core.windows.net/x: no", "storage_accounts.lake"),  # letters alone
    ],
)
def test_what_databricks_holds_is_known_by_its_key_and_full_name(
    said: str, entry: str | None, platforms: dict[str, Compiled]
) -> None:
    found = failure(said, platforms["lakehouse"].plans).entries
    assert (found[0].address if found else None) == entry


@pytest.mark.parametrize(
    ("said", "what", "line"),
    [
        (
            "input azureSubscription references service connection churn-test-run",
            "service connection churn-test-run",
            294,
        ),
        ("The resource group 'rg-churn-prod' could not be found", "target prod", 26),
        ("subscription 22222222-2222-2222-2222-222222222222 is disabled", "target prod", 26),
        ("Environment churn-prod could not be found", "target prod", 26),
        ("Could not find a pool with name churn-checks", "pool churn-checks", 289),
        ("Could not find a pool with name churn-agents", "pool churn-agents", 289),
        ("generated/churn/pipelines/release.yml (Line: 3, Col: 1): Unexpected value", "pipeline release.yml", 288),
        ("generated/churn/scripts/deploy.sh: line 12: az: command not found", "script deploy.sh", 288),
    ],
)
def test_where_no_entry_is_named_the_nearest_of_the_header_is(said: str, what: str, line: int, churn: Compiled) -> None:
    found = failure(said, churn.plans)
    near = found.near[0]
    assert (found.entries, near.what.partition(",")[0], near.written.line) == ((), what, line)


def test_a_principal_is_known_by_its_id_and_yields_to_what_the_text_is_about(churn: Compiled) -> None:
    scientists = "object id '33333333-3333-3333-3333-333333333333' does not have authorization"
    assert failure(scientists, churn.plans[:1]).entries[0].address == "principals.scientists"
    about = f"{scientists} over scope '{WORKSPACE}/datastores/raw'"
    assert failure(about, churn.plans[:1]).entries[0].address == "datastores.raw"


def test_what_is_drawn_and_escaped_around_a_text_is_no_part_of_it() -> None:
    drawn = '\x1b[31m  | Soft-deleted\n  | workspace \\r\\n \\"exists\\"\x1b[0m'
    assert flat(drawn) == 'Soft-deleted workspace "exists"'
    assert flat("again\nagain\nonce") == "again once"
    assert flat(r"IP \u0027172.2.1.1\u0027 &quot;is&quot; out") == "IP '172.2.1.1' \"is\" out"
    assert flat("https://x/?a=1&region=b") == "https://x/?a=1&region=b"
    stamped = "2026-11-28T03:10:00.12Z exceeding approved\n2026-11-28T03:10:00.34Z quota\n2026-11-28 03:11:02,5 quota"
    assert flat(stamped) == "exceeding approved quota"


def test_a_secret_of_a_log_is_not_said_again(churn: Compiled) -> None:
    key = "AccountKey=" + "Ab1+" * 21 + "Ab=="
    said = document(failure(f"KeyBasedAuthenticationNotPermitted {key}", churn.plans), ROOT)
    assert "KeyBasedAuthenticationNotPermitted" in said["cause"]["said"]
    assert "Ab1+Ab1+" not in text(said, {})


def test_without_a_platform_the_cause_is_known_all_the_same() -> None:
    found = failure("ScopeLocked", ())
    assert (found.entries, [why.cause.key for why in found.causes]) == ((), ["locked"])


@pytest.mark.parametrize(
    ("said", "entry"),
    [
        ("UserContainerStart: InProgress, dtype size changed", "online_endpoints.churn.deployments.main"),
        ("EntryScriptException: No module named 'x'", "batch_endpoints.nightly.deployments.main"),
        ("enablePurgeProtection cannot be set to false", "key_vaults.main"),
        ("cannot be set to false", None),
    ],
)
def test_words_of_one_kind_lead_to_the_only_one_of_it(said: str, entry: str | None, churn: Compiled) -> None:
    found = failure(said, churn.plans[:1]).entries
    assert (found[0].address if found else None) == entry


def test_a_status_is_no_second_reason_beside_a_known_one() -> None:
    found = [each.cause.key for each in KNOWN.found("403 Forbidden: ScopeLocked, BadRequest")]
    assert (found, [each.cause.key for each in KNOWN.found("403 Forbidden")]) == (["locked"], ["http_forbidden"])


def test_of_slots_of_one_name_that_of_the_endpoint_beside_it_is_meant(churn: Compiled) -> None:
    said = "deployment main-0a1b2c of endpoint churn-dev-yf3g failed"
    found = [each.address for each in failure(said, churn.plans[:1]).entries]
    assert found == ["online_endpoints.churn.deployments.main", "online_endpoints.churn"]
    alone = [each.address for each in failure("deployment main-0a1b2c failed", churn.plans[:1]).entries]
    assert alone == ["batch_endpoints.nightly.deployments.main", "online_endpoints.churn.deployments.main"]


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("GitHub answered 403 to POST: Resource not accessible by integration", "github_rights"),
        ("GitHub answered 403 to PATCH: You have exceeded a secondary rate limit", "throttled"),
        ("GitHub answered 403 to GET: API rate limit exceeded for installation ID 1", "throttled"),
        ("Azure DevOps answered 429 to GET: TF400733: The request has been canceled", "throttled"),
        ("Azure DevOps answered 403 to POST: TF401027: You need the Git permission", "devops_rights"),
        ("Azure DevOps answered 401 to GET: nothing", "job_token"),
        ("Azure DevOps shows its sign-in page", "job_token"),
        ("GitHub can't be asked: <urlopen error [Errno -2] Name or service not known>", "name_unresolved"),
    ],
)
def test_why_there_is_no_comment_is_told_of_what_its_job_prints(said: str, cause: str) -> None:
    found = KNOWN.found(f"::warning::no comment: {said}")
    assert (found[0].cause.key, found[0].is_sure) == (cause, True)


def test_nothing_known_says_so() -> None:
    assert text(document(failure("all is well", ()), ROOT), {}) == (
        "no entry of the spec is named\nno cause is known of this error\n"
    )


def test_causes_are_whole() -> None:
    assert [key for key, times in Counter(cause.key for cause in CAUSES).items() if times > 1] == []
    types = [type.lower() for row in SECTIONS for type in row.types_in_ids]
    ends = {end.lower() for cause in CAUSES for end in cause.about}
    assert [end for end in sorted(ends) if not any(f"/{type}".endswith(f"/{end}") for type in types)] == []
    for cause in CAUSES:
        assert not cause.title.endswith(".")
        assert not cause.why.endswith(".")
        assert not cause.do.endswith(".")
        own = "docs.github.com" if cause.key == "github_rights" else "learn.microsoft.com"  # of who says it
        assert re.match(rf"https://({re.escape(own)}|azure\.status\.microsoft)(/|$)", cause.source)


@pytest.mark.parametrize(
    "said", ["", "a" * 100_000, "(" * 50_000, "does not have permission to perform action " * 2_000]
)
def test_no_text_takes_long(said: str) -> None:
    """Each expression goes through a text once: what it repeats is bounded."""
    KNOWN.found(said)


def test_each_code_of_a_list_leads_to_what_it_means() -> None:
    """Unless what is looked for by its words says it nearer: then that is said first, and the other beside it."""
    keys = {cause.key for cause in CAUSES}
    assert {meaning for meaning in CODES.values() if meaning not in keys} == set()
    for code, meaning in CODES.items():
        assert meaning in {each.cause.key for each in KNOWN.found(f"(Code: {code})")}, code
    assert KNOWN.found("an insufficient_node of a sentence") == []
