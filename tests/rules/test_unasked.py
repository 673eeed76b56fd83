"""What would serve in production though nothing was asked of it, and what is asked enough."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.pipelines.platforms import pipelines
from tests.rules.test_models import JOB
from tests.spec import HEADER, PRODUCTION, found

IN_PRODUCTION = JOB.replace(HEADER, PRODUCTION + "network: {inbound: public}\n")
PIPELINES = pipelines(["prod"])
MODELS = "models: {m: {type: mlflow_model, path: 'azureml://datastores/d/paths/m', version: 3}}\n"
ONLINE = MODELS + "online_endpoints: {o: {auth_mode: key, %sdeployments: {%s}}}\n"
SLOT = "main: {model: m, instance_type: Standard_D2as_v4, instance_count: 3}"
BATCH = MODELS + "batch_endpoints: {b: {%sdefaults: {deployment_name: main}, deployments: {main: {%s}}}}\n"
OF_MODEL = "type: model, model: m, compute: cpu"
OF_COMPONENT = "type: pipeline, component: 'azureml:score:1'"
INVOKE = "invoke: {output: azureml://datastores/workspaceblobstore/paths/b/%s}, "
RELEASE = (
    "models: {m: {from_job: train, output: model, release: {metrics: {output: report, file: metrics.json}, %s}}}\n"
)


class Unasked(NamedTuple):
    code: str
    text: str  # below the header of a production target, and its job
    said: tuple[str, ...]


AT_ONCE = "a new deployment of online_endpoints.o gets traffic in production before it has answered once"
NO_WAY = "a release of online_endpoints.o deletes what served before, so there is no way back"
UNSCORED = "a new deployment of batch_endpoints.b becomes the default in production before it has scored once"
UNASKED = (
    Unasked("MLI845", PIPELINES + ONLINE % ("", SLOT), (AT_ONCE,)),
    Unasked("MLI845", PIPELINES + ONLINE % ("smoke_test: {request: r.json}, ", SLOT), ()),
    Unasked("MLI845", PIPELINES + ONLINE % ("smoke_test: {command: python ask.py}, ", SLOT), ()),
    Unasked("MLI845", PIPELINES + ONLINE % ("", ""), ()),  # nothing is deployed
    Unasked("MLI845", ONLINE % ("", SLOT), ()),  # no pipeline of ours releases it
    Unasked("MLI856", PIPELINES + ONLINE % ("rollout: {all_at_once: {}, keep: none}, ", SLOT), (NO_WAY,)),
    Unasked("MLI856", PIPELINES + ONLINE % ("rollout: {all_at_once: {}, keep: one}, ", SLOT), ()),
    Unasked("MLI856", PIPELINES + ONLINE % ("rollout: all_at_once, ", SLOT), ()),
    Unasked("MLI856", PIPELINES + ONLINE % ("rollout: {all_at_once: {}, keep: none}, ", ""), ()),
    Unasked("MLI846", PIPELINES + BATCH % ("", OF_MODEL), (UNSCORED,)),
    Unasked("MLI846", PIPELINES + BATCH % (INVOKE % "", OF_MODEL), (UNSCORED,)),
    Unasked("MLI846", PIPELINES + BATCH % (INVOKE % ", check: r.json", OF_MODEL), ()),
    Unasked("MLI846", PIPELINES + BATCH % ("", OF_COMPONENT), ()),  # a check would not call it
    Unasked("MLI846", BATCH % ("", OF_MODEL), ()),
    Unasked(
        "MLI847",
        RELEASE % "at_least: {auc: 0, val_F1_score_macro: -1, profit: 0, recall: 0.1}",
        (
            "models.m asks for auc of at least 0, which every model has",
            "models.m asks for val_F1_score_macro of at least -1, which every model has",
        ),
    ),
    Unasked(
        "MLI847",
        RELEASE % "at_least: {auc: 0.8, recall: 0.5, profit: 3}, "
        "not_worse_than_serving: {auc: 0.25, recall: 0.4, profit: 9}",
        ("models.m may be worse than what serves by 0.25 of auc, as far as it can be: it lies between 0.8 and 1",),
    ),
    Unasked("MLI847", RELEASE % "at_least: {auc: 85}, not_worse_than_serving: {auc: 1}", ()),  # in per cent
)


MET = (
    ("at_least: {gain: 3}, at_most: {gain: 0.3}", "models.m needs gain of at least 3 and at most 0.3"),
    ("at_least: {gain: 3}, at_most: {gain: 3}", ""),
    ("at_least: {auc: 0.8}, at_most: {loss: -2}", ""),
    ("at_most: {val_recall: -0.1}", "models.m needs val_recall of at most -0.1, and it lies between 0 and 1"),
    ("at_least: {auc: 80}, at_most: {auc: 99}", ""),
)


@pytest.mark.parametrize(("limits", "said"), MET, ids=[limits for limits, _ in MET])
def test_limits_that_nothing_can_meet_are_an_error(limits: str, said: str, tmp_path: Path) -> None:
    text = IN_PRODUCTION + RELEASE % limits
    assert [each.message for each in found(tmp_path, text) if each.code.id == "MLI820"] == ([said] if said else [])


@pytest.mark.parametrize(
    ("later", "name", "said"),
    [
        (80, "auc", "models.m needs auc of at least 80, and at least 0.75 in dev before"),
        (0.8, "auc", ""),
        (80, "lift", ""),
        (1, "auc", ""),
    ],
)
def test_a_share_is_in_per_cent_everywhere_or_nowhere(later: float, name: str, said: str, tmp_path: Path) -> None:
    targets = JOB.replace(
        "mode: development}",
        "mode: development}\n  prod: {subscription: 22222222-2222-2222-2222-222222222222, mode: development, "
        f"promote_from: dev, overrides: {{models: {{m: {{release: {{at_least: {{{name}: {later}}}}}}}}}}}}}",
    )
    findings = found(tmp_path, targets + RELEASE % f"at_least: {{{name}: 0.75}}")
    assert [each.message for each in findings if each.code.id == "MLI820"] == ([said] if said else [])


@pytest.mark.parametrize("tolerance", ["-0.01", "-1"])
def test_a_model_may_not_be_asked_to_be_better_than_what_serves(tolerance: str, tmp_path: Path) -> None:
    """That is a floor of the next one: nothing new would ever come from the first good model on."""
    text = IN_PRODUCTION + RELEASE % f"at_least: {{auc: 0.8}}, not_worse_than_serving: {{auc: {tolerance}}}"
    messages = [each.message for each in found(tmp_path, text) if each.code.id == "MLI220"]
    assert messages == [f"auc must be at least 0, not {tolerance}"]


@pytest.mark.parametrize("case", UNASKED, ids=lambda case: case.code)
def test_what_nothing_is_asked_of_is_said(case: Unasked, tmp_path: Path) -> None:
    findings = found(tmp_path, IN_PRODUCTION + case.text, {"r.json": "{}"})
    assert tuple(each.message for each in findings if each.code.id == case.code) == case.said


@pytest.mark.parametrize("case", [case for case in UNASKED if case.said], ids=lambda case: case.code)
def test_development_may_be_asked_nothing(case: Unasked, tmp_path: Path) -> None:
    text = IN_PRODUCTION.replace("mode: production", "mode: development") + case.text
    assert case.code not in {each.code.id for each in found(tmp_path, text)}
