"""specs/churn is a platform that works: the commands of its spec, run here, lead from its data to a scored request."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from mlinfra.compile import compile_spec
from mlinfra.cost import costs
from tests.reading_yaml import read_yaml

PLATFORM = Path(__file__).parents[1] / "specs" / "churn"
SPEC: dict[str, Any] = read_yaml((PLATFORM / "ml-platform.yaml").read_text(encoding="utf-8"))
SAMPLE = PLATFORM / SPEC["data"]["sample"]["path"]
PIPELINE = SPEC["jobs"]["train"]
FLOORS = [SPEC["variables"]["min_auc"]["default"]] + [
    target["variables"]["min_auc"] for target in SPEC["targets"].values() if "min_auc" in target.get("variables", {})
]
ASK_ONLINE = "import json, sys, score; score.init(); print(json.dumps(score.run(sys.stdin.read())))"
ASK_BATCH = "import sys, batch_score; batch_score.init(); print(batch_score.run(sys.argv[1:]).to_csv(index=False))"


class Run(NamedTuple):
    """A run of the pipeline job: its folder holds `<step>/<output>`."""

    folder: Path

    def execute(self, step: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Runs a step as Azure ML would, with the inputs that the pipeline binds, or those given here."""
        component = SPEC["components"][step]
        defaults = {name: str(value["default"]) for name, value in component["inputs"].items() if "default" in value}
        bound = {name: self._value(str(binding)) for name, binding in PIPELINE["jobs"][step]["inputs"].items()}
        outputs = {name: str(self.folder / step / name) for name in component["outputs"]}
        python, *words = component["command"].split()
        assert python == "python"
        values = {"inputs": defaults | bound | inputs, "outputs": outputs}
        filled = [re.sub(r"\$\{\{(\w+)\.(\w+)}}", lambda place: values[place[1]][place[2]], word) for word in words]
        return self.python(*filled)

    def python(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs Python in the code folder, as a job or a deployment that has the run's model."""
        environment = os.environ | {
            "AZUREML_MODEL_DIR": str(self.folder / "train"),
            "MLFLOW_ALLOW_FILE_STORE": "true",  # MLflow 3 asks for it
            "MLFLOW_TRACKING_URI": (self.folder / "tracking").as_uri(),
            "OMP_NUM_THREADS": "1",  # faster for so small a model, above all on a busy machine
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=PLATFORM / "src", env=environment, input=stdin, capture_output=True, text=True, check=False
        )

    def _value(self, binding: str) -> str:
        """A step's output → its folder; an input of the pipeline → the sample, or the figure that it stands for."""
        match binding.strip("${}").split("."):
            case ["parent", "jobs", step, "outputs", output]:
                return str(self.folder / step / output)
            case ["parent", "inputs", name] if isinstance(PIPELINE["inputs"][name], dict):
                return str(SAMPLE)
            case ["parent", "inputs", name]:
                return self._value(str(PIPELINE["inputs"][name]))
            case ["var", name]:
                return str(SPEC["variables"][name]["default"])
        return binding


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The pipeline job, run from its first step to its last over the sample data."""
    finished = Run(tmp_path_factory.mktemp("run"))
    for step in PIPELINE["jobs"]:
        process = finished.execute(step)
        assert process.returncode == 0, process.stderr
    return finished


@pytest.mark.parametrize("floor", FLOORS)
def test_sample_model_passes_the_floor_of_every_target(run: Run, floor: float) -> None:
    report = json.loads((run.folder / "evaluate" / "report" / "metrics.json").read_text(encoding="utf-8"))
    assert report["auc"] > floor


def test_smoke_test_is_answered_by_the_scoring_script_of_every_deployment(run: Run) -> None:
    endpoint = SPEC["online_endpoints"]["churn"]
    assert {slot["code_configuration"]["scoring_script"] for slot in endpoint["deployments"].values()} == {"score.py"}
    request = (PLATFORM / endpoint["smoke_test"]["request"]).read_text(encoding="utf-8")
    process = run.python("-c", ASK_ONLINE, stdin=request)
    assert process.returncode == 0, process.stderr
    assert endpoint["smoke_test"]["contains"] in process.stdout
    assert [answer["churns"] for answer in json.loads(process.stdout)["predictions"]] == [True, False]


def test_batch_deployment_scores_the_sample(run: Run) -> None:
    process = run.python("-c", ASK_BATCH, str(SAMPLE))
    assert process.returncode == 0, process.stderr
    header, *rows = process.stdout.split()
    assert header == "customer_id,churn_probability,file"
    assert len(rows) == 2398  # the sample has 2,401 rows: two are broken, one customer is there twice


def test_what_a_month_costs_is_known() -> None:
    plans = compile_spec(PLATFORM / "ml-platform.yaml", PLATFORM.parents[1], {}).plans
    found = costs([plan.graph for plan in plans])
    assert [each.target for each in found if each.total.expected is None] == []
    assert [(each.target, item.family) for each in found for item in each.quotas if item.quota is None] == []
    page = (PLATFORM.parents[1] / "generated/churn/README.md").read_text(encoding="utf-8")
    for each in found:
        said = [f"\\${value:,.0f}" for value in each.total if value is not None]
        assert " · ".join(said) in page, each.target
