"""What a test wants to happen in Azure Machine Learning; without an order all goes well, at the second look."""

from __future__ import annotations

from typing import Literal

from tests.emulator.protocol import Json
from tests.emulator.state import State

Ending = Literal["Completed", "Failed", "Canceled", "NotResponding", "Paused"]


def end_jobs(state: State, *endings: Ending) -> None:
    """How the next jobs end, one after the other."""
    state.table("ml_orders").setdefault("jobs", []).extend(endings)


def next_ending(state: State) -> str:
    """How the job that is made now will end."""
    endings = state.table("ml_orders").get("jobs", [])
    return str(endings.pop(0)) if endings else "Completed"


def write_output(state: State, output: str, files: dict[str, str]) -> None:
    """What jobs write into their output of that name, file by file; nothing at all where there are no files."""
    state.table("ml_orders", "outputs")[output] = files


def output_files(state: State, output: str, kind: str) -> dict[str, str]:
    """What a job writes into an output of a type, unless the test said otherwise."""
    ordered = state.table("ml_orders", "outputs").get(output)
    if ordered is not None:
        return dict(ordered)
    if kind == "mlflow_model":
        return {"MLmodel": "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n", "model.pkl": "weights"}
    return {"data.csv": "1,2\n"}


def name_outputs(state: State, kind: Literal["UriFolder", "uri_folder"]) -> None:
    """How run history calls the type of an output: clients differ in what they take for one (UriFolder)."""
    state.table("ml_orders")["kind"] = kind


def output_kind(state: State) -> str:
    """How it calls the type."""
    return str(state.table("ml_orders").get("kind", "UriFolder"))


def register_in_runs(state: State, model: str, job: str = "") -> None:
    """A model that jobs whose name begins so register by themselves, as a script of theirs calls MLflow."""
    state.table("ml_orders").setdefault("registers", []).append([job, model])


def registered_in_run(state: State, job: str) -> list[str]:
    """The models that a job registers."""
    return [model for begin, model in state.table("ml_orders").get("registers", []) if job.startswith(begin)]


def befall(
    state: State, name: str, how: Literal["refused", "failed", "slow"], message: str = "", looks: int = 3
) -> None:
    """What becomes of the endpoint or deployment whose name begins so: refused at once, failed in the end, or slow."""
    state.table("ml_orders", "befalls")[name.lower()] = {"how": how, "message": message, "looks": looks}


def fate(state: State, name: str) -> Json:
    """What was ordered for an endpoint or deployment: `how` ("" where nothing was), `message`, `looks`."""
    for begin, ordered in state.table("ml_orders", "befalls").items():
        if name.lower().startswith(begin):
            return dict(ordered)
    return {"how": "", "message": "", "looks": 1}


def answer_with(state: State, deployment: str, status: int, body: str) -> None:
    """What the deployments whose name begins so say when they are called."""
    state.table("ml_orders", "answers")[deployment.lower()] = {"status": status, "body": body}


def answered(state: State, deployment: str) -> tuple[int, str]:
    """What a deployment says: without an order, one prediction."""
    for begin, ordered in state.table("ml_orders", "answers").items():
        if deployment.lower().startswith(begin):
            return int(ordered["status"]), str(ordered["body"])
    return 200, '{"churn_probability": [0.5]}'
