"""The platforms of the matrix: the small one of `platform/`, and what others have beside it or otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Json = dict[str, Any]
DEV, PROD = "dev", "prod"
TARGETS = (DEV, PROD)
ONLINE, BATCH = "online_endpoints", "batch_endpoints"
CHURN, VALUE, RISK = "churn", "value", "risk"


@dataclass(frozen=True)
class Model:
    """A model: the output of its job, the lowest number by target, and by how much it may be worse in production."""

    output: str = "model"
    metric: str = "auc"
    floors: Mapping[str, float] = field(default_factory=lambda: {DEV: 0.7, PROD: 0.8})
    tolerance: float = 0.01


@dataclass(frozen=True)
class Platform:
    """What is judged of it. `changes` are laid over the small platform; a list in them takes the place of another.

    `endpoints` says by section and entry which models serve there, with their shares in per cent.
    """

    name: str
    changes: Json = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=lambda: {CHURN: Model()})
    endpoints: Mapping[tuple[str, str], Mapping[str, int]] = field(
        default_factory=lambda: {(ONLINE, "ask"): {CHURN: 100}, (BATCH, "nightly"): {CHURN: 100}}
    )
    trains_in_each: bool = False  # each target on its own data
    evaluates: bool = False  # the number that counts is what a job of the gate finds, whatever the training said
    trains_apart: bool = False  # in several jobs, of which one that fails holds back its own models
    waits_on_server: bool = False  # for the jobs that train
    has_canary: bool = True  # of churn, in production
    own_branches: tuple[str, ...] = ()  # targets to which train.yml of their own branch hands models on
    asks: tuple[str, ...] = ()  # the parameters of train.yml that its jobs are told
    pipelines: tuple[str, ...] = ("train", "release", "back")

    def trained_in(self, target: str) -> str:
        """The target whose job makes the models that serve in a target."""
        return target if self.trains_in_each else DEV


def _slot(model: str) -> Json:
    return {
        "model": model,
        "code_configuration": {"code": "src", "scoring_script": "score.py"},
        "environment": "train",
        "instance_type": "Standard_D2as_v4",
        "instance_count": 3,
    }


_RELEASE = {"metrics": {"output": "report", "file": "metrics.json"}, "at_least": {"gain": 0.7}}
# A second model of the same job, which has a number of its own.
_TWO_MODELS: Json = {
    "targets": {
        PROD: {
            "overrides": {
                "models": {VALUE: {"release": {"at_least": {"gain": 0.8}, "not_worse_than_serving": {"gain": 0.01}}}}
            }
        }
    },
    "jobs": {
        "train": {
            "command": "python train.py --model ${{outputs.model}} ${{outputs.value}} --report ${{outputs.report}}",
            "outputs": {"value": {"type": "custom_model"}},
        }
    },
    "models": {VALUE: {"from_job": "train", "output": "value", "release": _RELEASE}},
}


def _own_job(model: str, number: str) -> Json:
    """Another model with a job, a number and an online endpoint of its own."""
    release = {"metrics": {"output": "report", "file": "metrics.json"}, "at_least": {number: 0.7}}
    stricter = {"release": {"at_least": {number: 0.8}, "not_worse_than_serving": {number: 0.01}}}
    job = {
        "type": "command",
        "code": "src",
        "command": f"python train.py --model ${{{{outputs.{model}}}}} --report ${{{{outputs.report}}}}",
        "environment": "train",
        "compute": "cpu",
        "outputs": {model: {"type": "custom_model"}, "report": {"type": "uri_folder"}},
    }
    endpoint = {"auth_mode": "aad_token", "rollout": "all_at_once", "deployments": {"main": _slot(model)}}
    return {
        "targets": {PROD: {"overrides": {"models": {model: stricter}}}},
        "jobs": {f"train-{model}": job},
        "models": {model: {"from_job": f"train-{model}", "output": model, "release": release}},
        "online_endpoints": {f"ask{model}": endpoint},
    }


def merged(base: Json, changes: Mapping[str, Any]) -> Json:
    """A map with another one laid over it: maps are merged, everything else takes the place of what was there."""
    result = dict(base)
    for key, value in changes.items():
        known = result.get(key)
        result[key] = merged(known, value) if isinstance(known, dict) and isinstance(value, Mapping) else value
    return result


SMALL = Platform("small")
EVALUATING = Platform(
    "evaluating",
    {
        "jobs": {
            "judge": {
                "type": "command",
                "code": "src",
                "command": "python train.py --model ${{inputs.model}} --report ${{outputs.report}}",
                "environment": "train",
                "compute": "cpu",
                "inputs": {"model": {"type": "custom_model"}},
                "outputs": {"report": {"type": "uri_folder"}},
            }
        },
        "models": {
            CHURN: {
                "release": {
                    "evaluate": {
                        "job": "judge",
                        "model": "model",
                        "metrics": {"output": "report", "file": "metrics.json"},
                    }
                }
            }
        },
    },
    evaluates=True,
)
EACH = Platform("each", {"pipelines": {"train": {"in": "each"}}}, trains_in_each=True)
TWO_ENDPOINTS = Platform(
    "two-endpoints",
    merged(
        _TWO_MODELS,
        {
            "online_endpoints": {
                "offer": {"auth_mode": "aad_token", "rollout": "all_at_once", "deployments": {"main": _slot(VALUE)}}
            }
        },
    ),
    {CHURN: Model(), VALUE: Model("value", "gain")},
    {(ONLINE, "ask"): {CHURN: 100}, (BATCH, "nightly"): {CHURN: 100}, (ONLINE, "offer"): {VALUE: 100}},
)
ONE_ENDPOINT = Platform(
    "one-endpoint",
    merged(
        _TWO_MODELS,
        {"online_endpoints": {"ask": {"traffic": {"main": 80, "offer": 20}, "deployments": {"offer": _slot(VALUE)}}}},
    ),
    {CHURN: Model(), VALUE: Model("value", "gain")},
    {(ONLINE, "ask"): {CHURN: 80, VALUE: 20}, (BATCH, "nightly"): {CHURN: 100}},
)
SCORED_ROWS = 3
SCORING = Platform(
    "scoring",
    {
        "batch_endpoints": {"nightly": {"invoke": {"at_least_rows": SCORED_ROWS}}},
        "pipelines": {"score": {"endpoints": ["nightly"], "schedules": [{"cron": "0 3 * * *"}]}},
    },
    pipelines=("train", "release", "back", "score"),
)
# Of three models each has a job of its own.
_THREE_JOBS: Json = merged(
    merged(_own_job(VALUE, "gain"), _own_job(RISK, "recall")),
    {"pipelines": {"train": {"jobs": ["train", f"train-{VALUE}", f"train-{RISK}"]}}},
)
THREE = Platform(
    "three",
    _THREE_JOBS,
    {CHURN: Model(), VALUE: Model(VALUE, "gain"), RISK: Model(RISK, "recall")},
    {
        (ONLINE, "ask"): {CHURN: 100},
        (BATCH, "nightly"): {CHURN: 100},
        (ONLINE, f"ask{VALUE}"): {VALUE: 100},
        (ONLINE, f"ask{RISK}"): {RISK: 100},
    },
    trains_apart=True,
)
_ON_SERVER: Json = {"pipelines": {"train": {"wait": "server"}}}
SERVER = Platform("server", _ON_SERVER, waits_on_server=True)
THREE_ON_SERVER = replace(THREE, name="three-on-server", changes=merged(_THREE_JOBS, _ON_SERVER), waits_on_server=True)
_UPDATED = {"online_endpoints": {"ask": {"rollout": "in_place"}}}
IN_PLACE = Platform("in-place", {"targets": {PROD: {"overrides": _UPDATED}}} | _UPDATED, has_canary=False)
_MIRRORED = {"canary": {"mirror": {"percent": 10, "minutes": 10}}, "keep": "one"}
MIRROR = Platform("mirror", {"targets": {PROD: {"overrides": {"online_endpoints": {"ask": {"rollout": _MIRRORED}}}}}})
PARAMETER = Platform(
    "parameter",
    {
        "jobs": {
            "train": {
                "command": "python train.py ${{inputs.since}} --model ${{outputs.model}} --report ${{outputs.report}}",
                "inputs": {"since": "${run.parameter.since}"},
            }
        },
        "pipelines": {"train": {"parameters": {"since": {"type": "string", "default": "2025-01-01"}}}},
    },
    asks=("since",),
)
BRANCHES = Platform("branches", {"targets": {DEV: {"branch": "develop"}}}, own_branches=(PROD,))
EACH_BRANCH = replace(
    BRANCHES,
    name="each-branch",
    changes=merged(BRANCHES.changes, {"pipelines": {"train": {"in": "each", "schedules": [{"cron": "0 5 * * 1"}]}}}),
    trains_in_each=True,
)
