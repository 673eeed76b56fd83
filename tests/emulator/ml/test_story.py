"""A model's life by azure-ai-ml's own client: assets, a job, its model, two slots of an endpoint, a batch job."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mlinfra.emit.script_targets import script_target
from tests.emulator.client import arm
from tests.emulator.faults import Fault
from tests.emulator.metrics import observe
from tests.emulator.ml import measures, orders
from tests.emulator.ml.blobs import blobs_below
from tests.emulator.ml.datastores import place_of
from tests.emulator.ml.emitted import steps
from tests.emulator.ml.ground import Platform
from tests.emulator.ml.hands import Hands

pytestmark = pytest.mark.judges

ONLINE, BATCH = "churn-dev-yf3g", "nightly-dev-yf3g"
ENDPOINT = f"ml online-endpoint update --name {ONLINE}"
SLOT = f"--endpoint-name {ONLINE} --name"
STATES = ["Preparing", "Queued", "Running", "Finalizing", "Completed"]
ASSETS = ("data", "environments", "components")


class Life:
    """What somebody does in the workspace, with the files of the example."""

    def __init__(self, hands: Hands, churn: Platform) -> None:
        self.hands = hands
        self.folder = churn.output / "dev" / "azureml"
        context = script_target(churn.plans["dev"], churn.output)
        self.words = {step.file.removeprefix("dev/azureml/"): step.words for step in steps(context) if step.file}

    def create(self, file: str, words: str = "") -> None:
        """As the scripts create what is in a file, or with other words."""
        self.hands.do(*([words] if words else self.words[file]), "--file", str(self.folder / file))

    def register_assets(self) -> None:
        """All of them."""
        for file in self.words:
            if file.startswith(ASSETS):
                self.create(file)

    def train(self, name: str) -> list[str]:
        """A job to its end, and its model; returns the states in which it was seen."""
        self.create("jobs/train.yml", f"ml job create --name {name} --set settings.force_rerun=true")
        seen = [self.status(name)]
        while seen[-1] != "Completed":
            seen.append(self.status(name))
        path = f"azureml://jobs/{name}/outputs/model/paths/"
        self.hands.do(f"ml model create --name churn --type mlflow_model --path {path} --tags job={name}")
        return seen

    def status(self, job: str) -> str:
        return self.hands.do(f"ml job show --name {job} --query status")

    def end(self, job: str) -> str:
        """The status in which a job stays."""
        return [self.status(job) for _ in STATES][-1]

    def numbers(self, job: str, folder: Path) -> str:
        """What a job wrote into its report."""
        self.hands.do(f"ml job download --name {job} --output-name report --download-path", str(folder / job))
        return (folder / job / "named-outputs" / "report" / "metrics.json").read_text()

    def deploy(self, slot: str, version: str) -> None:
        """A deployment of the online endpoint, which is made if need be."""
        if self.hands.run(f"ml online-endpoint show --name {ONLINE}").code == "3":
            self.create("online_endpoints/churn.yml", f"ml online-endpoint create --name {ONLINE}")
        words = f"ml online-deployment create {SLOT} {slot} --set model=azureml:churn:{version}"
        self.create("online_endpoints/churn/main.yml", words)

    def serve_in_batches(self) -> None:
        """A batch endpoint with one deployment."""
        self.train("train-1")
        self.create("batch_endpoints/nightly.yml")
        self.create("batch_endpoints/nightly/main.yml")

    def scoring(self, job: str) -> str:
        """The words that start a job of the batch endpoint."""
        given = "--input azureml://datastores/raw/paths/daily/ --input-type uri_folder"
        words = f"ml batch-endpoint invoke --name {BATCH} --deployment-name main-0a1b2c"
        return f"{words} --job-name {job} --query name {given}"

    def score(self, job: str, more: str = "") -> str:
        """Starts such a job; returns the status in which it stays."""
        assert self.hands.do(f"{self.scoring(job)} {more}") == job
        return self.end(job)

    def split(self) -> tuple[Any, Any]:
        """The live and the mirrored traffic of the online endpoint, as Resource Manager has them."""
        path = f"{self.hands.workspace}/onlineEndpoints/{ONLINE}"
        properties = arm(self.hands.emulator, self.hands.caller, "GET", path)[1]["properties"]
        return properties["traffic"], properties["mirrorTraffic"]

    def slots(self) -> list[str]:
        query = "[].join(' ', [name, provisioning_state])"
        return self.hands.do(f"ml online-deployment list --endpoint-name {ONLINE} --query", query).splitlines()


@pytest.fixture
def life(hands: Hands, churn: Platform) -> Life:
    """In a workspace with all assets."""
    life = Life(hands, churn)
    life.register_assets()
    return life


def test_a_job_runs_through_its_states_and_leaves_a_model_that_knows_it(life: Life, tmp_path: Path) -> None:
    orders.write_output(life.hands.emulator.state, "report", {"metrics.json": '{"auc": 0.9}'})
    assert life.train("train-1") == STATES
    told = life.hands.do("ml model show --name churn --version 1 --query", "[job_name, type, tags.job]")
    assert told.splitlines() == ["train-1", "mlflow_model", "train-1"]
    life.hands.do("ml model download --name churn --version 1 --download-path", str(tmp_path / "model"))
    assert _files(tmp_path / "model") == ["churn/model/MLmodel", "churn/model/model.pkl"]
    download = ("ml job download --name train-1 --download-path", str(tmp_path / "job"))
    life.hands.do(*download, "--output-name", "report")
    life.hands.do(*download, "--output-name", "nothing")
    assert _files(tmp_path / "job") == ["named-outputs/report/metrics.json"]
    assert (tmp_path / "job" / "named-outputs" / "report" / "metrics.json").read_text() == '{"auc": 0.9}'
    life.hands.do(*download)
    assert "artifacts/user_logs/std_log.txt" in _files(tmp_path / "job")


def test_a_job_that_scores_a_model_finds_the_numbers_of_that_one(life: Life, tmp_path: Path) -> None:
    """Of one that is registered, of one that was downloaded, and on other data."""
    state = life.hands.emulator.state
    orders.write_output(state, "report", {})
    for number, auc in enumerate((0.9, 0.7), start=1):
        measures.measure(state, "report", "metrics.json", {"auc": auc}, {"mlw-elsewhere": {"auc": 0.5}})
        life.train(f"train-{number}")
        assert life.numbers(f"train-{number}", tmp_path) == f'{{"auc": {auc}}}'
    life.hands.do("ml model download --name churn --version 1 --download-path", str(tmp_path / "model"))
    for job, path in (("second", "azureml:churn:2"), ("first", str(tmp_path / "model" / "churn" / "model"))):
        life.create("jobs/judge.yml", f"ml job create --name {job} --set inputs.model.path={path}")
        assert life.end(job) == "Completed"
    assert life.numbers("second", tmp_path) == '{"auc": 0.7}'
    assert life.numbers("first", tmp_path) == '{"auc": 0.9}'
    elsewhere = life.hands.workspace.replace("mlw-churn-dev", "mlw-elsewhere")
    assert measures.numbers(state, elsewhere, "report", "weights of train-1") == {"metrics.json": '{"auc": 0.5}'}


def test_a_second_slot_takes_over_by_steps_and_the_first_one_goes(life: Life) -> None:
    life.train("train-1")
    life.deploy("main-000001", "1")
    life.hands.do(ENDPOINT, "--traffic", "main-000001=100")
    life.train("train-2")
    life.deploy("main-000002", "2")
    assert life.slots() == ["main-000001 Succeeded", "main-000002 Succeeded"]
    life.hands.do(ENDPOINT, "--mirror-traffic", "main-000002=10")
    assert life.split() == ({"main-000001": 100}, {"main-000002": 10})
    more = ("--mirror-traffic", "main-000002=0", "--set", "tags.mlinfra-previous=main-000001=100")
    life.hands.do(ENDPOINT, "--traffic", "main-000001=90 main-000002=10", *more)
    assert life.split() == ({"main-000001": 90, "main-000002": 10}, {})
    delete = f"ml online-deployment delete --yes {SLOT} main-000001"
    refused = life.hands.run(delete)
    said = "ERROR: (UserError) Deployment main-000001 can't be deleted while it has traffic."
    assert (refused.code, refused.stderr.splitlines()[0]) == ("1", said)
    life.hands.do(ENDPOINT, "--traffic", "main-000002=100")
    life.hands.do(delete)
    assert life.slots() == ["main-000002 Succeeded"]
    life.hands.do(f"ml online-deployment update {SLOT} main-000002 --set instance_count=2")
    count, model = life.hands.do(
        f"ml online-deployment show {SLOT} main-000002 --query", "[instance_count, model]"
    ).split()
    assert (count, model.rpartition("/models/")[2]) == ("2", "churn/versions/2")


def test_a_slot_answers_before_it_has_traffic_and_azure_monitor_counts_it(life: Life, tmp_path: Path) -> None:
    life.train("train-1")
    life.deploy("main-000001", "1")
    request = tmp_path / "request.json"
    request.write_text('{"data": [[1]]}')
    invoke = (f"ml online-endpoint invoke --name {ONLINE} --request-file", str(request), "--deployment-name")
    assert life.hands.do(*invoke, "main-000001") == '{"churn_probability": [0.5]}'
    state, endpoint = life.hands.emulator.state, f"{life.hands.workspace}/onlineEndpoints/{ONLINE}"
    orders.answer_with(state, "main-", 424, '{"message": "upstream"}')
    assert life.hands.run(*invoke, "main-000001").code == "1"
    absent = life.hands.run(*invoke, "main-000009")
    assert (absent.code, "main-000009 not found" in absent.stderr) == ("1", True)
    observe(state, endpoint, "RequestsPerMinute", {"deployment": "main-000001", "statusCode": "424"}, [2.0, 3.0])
    path = f"{endpoint}/providers/Microsoft.Insights/metrics"
    _, told = arm(life.hands.emulator, life.hands.caller, "GET", path, metricnames="RequestsPerMinute")
    [series] = told["value"][0]["timeseries"]
    assert [point["average"] for point in series["data"]] == [2.0, 3.0]


def test_what_fails_stays_and_what_is_slow_comes(life: Life) -> None:
    life.train("train-1")
    state = life.hands.emulator.state
    orders.befall(state, "main-000001", "failed", "the user container crashed")
    orders.befall(state, "main-000002", "refused", "no cores are left")
    orders.befall(state, "main-000003", "slow", looks=4)
    life.create("online_endpoints/churn.yml", f"ml online-endpoint create --name {ONLINE}")
    file = ("--file", str(life.folder / "online_endpoints" / "churn" / "main.yml"))
    create = f"ml online-deployment create --set model=azureml:churn:1 {SLOT}"
    failed, refused, slow = (life.hands.run(f"{create} main-00000{number}", *file) for number in (1, 2, 3))
    assert (failed.code, "Message: the user container crashed" in failed.stderr) == ("1", True)
    assert (refused.code, refused.stderr.splitlines()[0]) == ("1", "ERROR: (UserError) no cores are left")
    assert slow.code == "0"
    assert life.slots() == ["main-000001 Failed", "main-000003 Succeeded"]
    split = life.hands.run(ENDPOINT, "--traffic", "main-000001=100")
    assert (split.code, "is absent or not ready" in split.stderr) == ("1", True)
    again = life.hands.run(f"{create} main-000003", *file)
    assert (again.code, again.stderr) == ("1", "ERROR: main-000003 already exists.\n")


def test_a_batch_endpoint_scores_and_its_step_has_the_result(life: Life, tmp_path: Path) -> None:
    orders.write_output(life.hands.emulator.state, "score", {"predictions.csv": "a 0.5\nb 0.6\n"})
    life.serve_in_batches()
    update = f"ml batch-endpoint update --name {BATCH} --set"
    assert life.hands.run(update, "defaults.deployment_name=absent").code == "1"
    life.hands.do(update, "defaults.deployment_name=main-0a1b2c", "tags.mlinfra-release=7")
    query = '[defaults.deployment_name, tags."mlinfra-release"]'
    told = life.hands.do(f"ml batch-endpoint show --name {BATCH} --query", query)
    assert told.splitlines() == ["main-0a1b2c", "7"]
    assert life.score("score-1") == "Completed"
    [child] = life.hands.do("ml job list --parent-job-name score-1 --query", "[].name").split()
    download = ("ml job download --download-path", str(tmp_path), "--name")
    life.hands.do(*download, "score-1", "--output-name", "score")
    life.hands.do(*download, child)
    report = "artifacts/logs/sys/job_report/processed_mini-batches.csv"
    assert _files(tmp_path) == [report, "artifacts/user_logs/std_log.txt", "predictions.csv"]
    delete = f"ml batch-deployment delete --yes --endpoint-name {BATCH} --name main-0a1b2c"
    assert "while it is the default" in life.hands.run(delete).stderr


def test_a_result_at_a_path_of_its_own_is_there_though_this_client_does_not_find_it(life: Life, tmp_path: Path) -> None:
    """azure-ai-ml 1.35 compares "UriFolder" of run history with "uri_folder"; 1.31, which az has, with "UriFolder"."""
    orders.write_output(life.hands.emulator.state, "score", {"predictions.csv": "a 0.5\n"})
    life.serve_in_batches()
    assert life.score("score-1", "--output-path azureml://datastores/scored/paths/nightly/score-1") == "Completed"
    state, workspace = life.hands.emulator.state, life.hands.workspace
    place = place_of(state, workspace, "azureml://datastores/scored/paths/nightly/score-1/")
    assert blobs_below(state, place) == {"nightly/score-1/predictions.csv": "a 0.5\n"}
    life.hands.do("ml job download --name score-1 --output-name score --download-path", str(tmp_path))
    assert _files(tmp_path) == []
    taken = life.hands.run(life.scoring("score-1"))
    assert (taken.code, "A job with the name score-1 already exists." in taken.stderr) == ("1", True)


def test_a_schedule_is_enabled_when_it_is_made_and_stays_what_it_is_when_it_is_disabled(life: Life) -> None:
    life.create("schedules/weekly.yml")
    show = "ml schedule show --name weekly --query"
    query = "join(' ', [provisioning_state, to_string(is_enabled)])"
    assert life.hands.do(show, query) == "Succeeded true"
    path = f"{life.hands.workspace}/schedules/weekly"
    made = arm(life.hands.emulator, life.hands.caller, "GET", path)[1]["properties"]
    life.hands.do("ml schedule disable --name weekly")
    assert life.hands.do(show, query) == "Succeeded false"
    now = arm(life.hands.emulator, life.hands.caller, "GET", path)[1]["properties"]
    assert {name for name in made if made[name] != now.get(name)} == {"isEnabled"}
    life.hands.do("ml schedule enable --name weekly")
    assert life.hands.do(show, query) == "Succeeded true"


@pytest.mark.parametrize("ending", ["Failed", "Canceled", "NotResponding"])
def test_a_job_that_ends_badly_has_written_nothing(life: Life, ending: orders.Ending, tmp_path: Path) -> None:
    orders.end_jobs(life.hands.emulator.state, ending)
    life.create("jobs/train.yml")
    assert life.end("train-1") == ending
    path = "azureml://jobs/train-1/outputs/model/paths/"
    refused = life.hands.run(f"ml model create --name churn --type mlflow_model --path {path}")
    said = "ERROR: (UserError) The run train-1 has no output model."
    assert (refused.code, refused.stderr.splitlines()[0]) == ("1", said)
    life.hands.do("ml job download --name train-1 --output-name report --download-path", str(tmp_path))
    assert _files(tmp_path) == []


def test_a_job_is_cancelled_by_who_wants_no_more_of_it(life: Life) -> None:
    life.create("jobs/train.yml")
    query = '[?tags."mlinfra-content"].[name, status]'
    assert life.hands.do("ml job list --query", query) == "train-1\tNotStarted"
    life.hands.do("ml job cancel --name train-1")
    assert life.end("train-1") == "Canceled"


@pytest.mark.parametrize(
    "fault", [Fault("/jobs/train-1$", "PUT", status=503), Fault("/jobs/train-1$", "PUT", drops="after")]
)
def test_the_client_asks_again_where_the_service_is_busy_or_an_answer_got_lost(life: Life, fault: Fault) -> None:
    life.hands.emulator.faults = [replace(fault)]
    life.create("jobs/train.yml")
    sent = [str(one) for one in life.hands.emulator.log if one.request.method == "PUT" and "/jobs/" in one.request.path]
    assert [one.rpartition(" ")[2] for one in sent] == [str(fault.status or None), "200" if fault.drops else "201"]
    assert life.hands.do("ml job list --query", "[].name") == "train-1"


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
