"""specs/taxi is a platform that works: the steps of its job lead from its data to a registered model that is served."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.reading_yaml import read_yaml

PLATFORM = Path(__file__).parents[1] / "specs" / "taxi"
SPEC: dict[str, Any] = read_yaml((PLATFORM / "ml-platform.yaml").read_text(encoding="utf-8"))
PIPELINE = SPEC["jobs"]["train"]
TRIPS = PLATFORM / SPEC["data"]["reference"]["path"]
LIMITS = [SPEC["variables"]["max_error"]["default"]] + [
    target["variables"]["max_error"] for target in SPEC["targets"].values() if "variables" in target
]
VERSIONS = "import mlflow; print([v.version for v in mlflow.MlflowClient().search_model_versions(\"name='fares'\")])"


class Run(NamedTuple):
    """A run of the pipeline job: its folder holds `<step>/<output>`."""

    folder: Path

    def execute(self, step: str) -> subprocess.CompletedProcess[str]:
        """Runs a step as Azure ML would, with the inputs that the pipeline binds."""
        body = PIPELINE["jobs"][step]
        inputs = {name: self._value(str(binding)) for name, binding in body.get("inputs", {}).items()}
        outputs = {name: str(self.folder / step / name) for name in body.get("outputs", {})}
        values = {"inputs": inputs, "outputs": outputs}
        python, *words = body["command"].split()
        assert python == "python"
        return self.python(*(re.sub(r"\$\{\{(\w+)\.(\w+)}}", lambda at: values[at[1]][at[2]], word) for word in words))

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs Python in the code folder, with a tracking server of the run's own."""
        environment = os.environ | {
            "MLFLOW_ALLOW_FILE_STORE": "true",  # MLflow 3 asks for it
            "MLFLOW_TRACKING_URI": (self.folder / "tracking").as_uri(),
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=PLATFORM / "src", env=environment, capture_output=True, text=True, check=False
        )

    def report(self) -> dict[str, float]:
        """The numbers that the gate reads."""
        metrics = SPEC["models"]["fares"]["release"]["metrics"]
        (step,) = (name for name, body in PIPELINE["jobs"].items() if metrics["output"] in body.get("outputs", {}))
        report: dict[str, float] = json.loads((self.folder / step / metrics["output"] / metrics["file"]).read_text())
        return report

    def _value(self, binding: str) -> str:
        """A step's output → its folder; an input of the pipeline → the rides, or the number that it stands for."""
        match binding.strip("${}").split("."):
            case ["parent", "jobs", step, "outputs", output]:
                return str(self.folder / step / output)
            case ["parent", "inputs", name]:
                written = PIPELINE["inputs"][name]
                return str(TRIPS) if isinstance(written, dict) else str(written)
        raise AssertionError(binding)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The pipeline job, run from its first step to its last over the committed rides."""
    finished = Run(tmp_path_factory.mktemp("taxi"))
    for step in PIPELINE["jobs"]:
        process = finished.execute(step)
        assert process.returncode == 0, process.stderr
    return finished


def test_data_are_what_the_script_makes(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; import make_data; make_data.make_data(Path(sys.argv[1]))"
    command = [sys.executable, "-B", "-c", code, str(tmp_path / "made")]
    subprocess.run(command, cwd=PLATFORM / "data", check=True)
    made = {file.name: file.read_bytes() for file in (tmp_path / "made").iterdir()}
    assert made == {file.name: file.read_bytes() for file in TRIPS.iterdir()}


@pytest.mark.parametrize("limit", LIMITS)
def test_model_passes_the_limit_of_every_target(run: Run, limit: float) -> None:
    report = run.report()
    assert report["mean_error"] < limit
    assert report["mean_error_of_the_median"] > 3 * limit
    assert 0.15 < report["rides"] / 1500 < 0.25


def test_last_step_registers_the_model_under_the_name_of_the_entry(run: Run) -> None:
    assert "--name fares" in PIPELINE["jobs"]["register"]["command"]
    assert run.python("-c", VERSIONS).stdout.split() in (["[1]"], ["['1']"])


def test_model_that_is_no_better_than_the_median_is_not_registered(run: Run, tmp_path: Path) -> None:
    worse = Run(tmp_path)
    report = {**run.report(), "mean_error": 9.0, "mean_error_of_the_median": 8.0}
    (tmp_path / "metrics.json").write_text(json.dumps(report), encoding="utf-8")
    arguments = ("--model", str(run.folder / "fit" / "model"), "--report", str(tmp_path), "--name", "fares")
    process = worse.python("register_fares.py", *arguments)
    assert process.stdout == "fares: the median does as well, not registered\n"
    assert worse.python("-c", VERSIONS).stdout == "[]\n"


def test_smoke_test_is_answered_by_the_model_without_code(run: Run) -> None:
    (deployment,) = SPEC["online_endpoints"]["fares"]["deployments"].values()
    assert "code_configuration" not in deployment
    command = [sys.executable, "-m", "mlinfra", "-f", str(PLATFORM), "try", "fares", "--python", sys.executable]
    tried = subprocess.run(
        [*command, "--model", str(run.folder / "fit" / "model")], capture_output=True, text=True, check=False
    )
    said = "online_endpoints.fares.deployments.main: passed\n  tests/request.json: 200\n"
    assert (tried.returncode, tried.stdout) == (0, said), tried.stderr


def test_batch_deployment_scores_what_it_is_checked_with(run: Run) -> None:
    endpoint = SPEC["batch_endpoints"]["months"]
    (deployment,) = endpoint["deployments"].values()
    assert "code_configuration" not in deployment
    code = (
        "import sys, mlflow.pyfunc, pandas; rows = pandas.read_csv(sys.argv[2]); "
        "print(len(mlflow.pyfunc.load_model(sys.argv[1]).predict(rows.drop(columns=['trip_id', 'fare']))))"
    )
    scored = run.python("-c", code, str(run.folder / "fit" / "model"), str(PLATFORM / endpoint["invoke"]["check"]))
    assert int(scored.stdout) >= endpoint["invoke"]["at_least_rows"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "trip_id,fare\nT1,3\n",
            "split: missing columns: distance_miles, passengers, pickup_hour, pickup_weekday, airport",
        ),
        (
            "trip_id,distance_miles,passengers,pickup_hour,pickup_weekday,airport,fare\nT1,1,1,25,0,0,5\n",
            "split: only 0 of 1 rides can be used",
        ),
    ],
)
def test_rides_that_can_not_be_used_end_the_first_step(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "trips.csv").write_text(text, encoding="utf-8")
    sides = ("--train", str(tmp_path / "train"), "--test", str(tmp_path / "test"))
    process = Run(tmp_path).python("split_trips.py", "--trips", str(tmp_path / "trips.csv"), *sides)
    assert (process.returncode, process.stderr) == (1, f"{message}\n")
