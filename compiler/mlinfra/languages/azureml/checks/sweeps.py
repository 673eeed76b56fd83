"""Sweep jobs and steps: sampling, limits and early termination."""

from __future__ import annotations

from collections.abc import Iterator

from mlinfra.azure.casing import snake
from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import listed
from mlinfra.languages.azureml.checks.walk import Job, jobs_in, whole, word
from mlinfra.languages.azureml.ports import as_number, mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem

GRID_SPACE = Code(
    id="MLI521",
    severity="error",
    title="Grid sampling over something other than choice",
    why="A grid needs a finite list of values; the service refuses a range",
    fix="Write type: choice with values, or use random sampling",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-tune-hyperparameters",
)
BAYESIAN_SPACE = Code(
    id="MLI522",
    severity="error",
    title="Bayesian sampling over a distribution that it does not take",
    why="Bayesian sampling works only with choice, uniform and quniform; the service refuses others",
    fix="Use one of the three, or random sampling",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-tune-hyperparameters",
)
CONCURRENT_TRIALS = Code(
    id="MLI523",
    severity="error",
    title="More trials at a time than in all",
    why="The service refuses max_concurrent_trials above max_total_trials",
    fix="Lower max_concurrent_trials or raise max_total_trials",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-tune-hyperparameters",
)
BANDIT_SLACK = Code(
    id="MLI524",
    severity="error",
    title="Bandit policy without slack",
    why="Without slack_factor or slack_amount, or with less than none, the policy has no measure to end a trial by",
    fix="Set slack_factor or slack_amount above 0",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-tune-hyperparameters",
)
TRUNCATION = Code(
    id="MLI525",
    severity="error",
    title="Truncation percentage outside 1 to 99",
    why="The service refuses to end none or all of the trials",
    fix="Set truncation_percentage from 1 to 99",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-tune-hyperparameters",
)
FEW_TRIALS = Code(
    id="MLI526",
    severity="warning",
    title="Bayesian sampling with few trials",
    why="It learns from past trials; below 20 for each hyperparameter it does little better than chance",
    fix="Set max_total_trials to at least 20 times the number of hyperparameters, or use random sampling",
    source="https://learn.microsoft.com/azure/machine-learning/how-to-tune-hyperparameters",
)

EMPTY_RANGE = Code(
    id="MLI529",
    severity="error",
    title="Distribution that holds no value",
    why="No value lies in a range that ends below where it begins, and steps and deviations are above 0; the client "
    "hands others on, and nothing can be drawn of them",
    fix="Write max_value from min_value on, and q, sigma and upper above 0",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-sweep",
)

BAYESIAN_DISTRIBUTIONS = ("choice", "uniform", "quniform")  # how-to-tune-hyperparameters, Bayesian sampling
SLACKS = ("slack_factor", "slack_amount")
ABOVE_ZERO = ("q", "sigma", "upper")  # reference-yaml-job-sweep: steps, deviations, and the bound of randint
BAYESIAN_TRIALS_PER_PARAMETER = 20  # how-to-tune-hyperparameters, Bayesian sampling


def check_search_space(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for sweep in _sweeps(body, context):
        sampling = _sampling(sweep)
        for name, distribution in mapping(sweep.body.get("search_space")).items():
            kind = word(mapping(distribution).get("type"))
            path = (*sweep.path, "search_space", name, "type")
            if sampling == "grid" and kind not in ("choice", ""):
                yield BodyProblem(GRID_SPACE, path, f'grid sampling takes choice, and "{name}" is {kind}')
            if sampling == "bayesian" and kind not in (*BAYESIAN_DISTRIBUTIONS, ""):
                message = f'bayesian sampling takes {listed(BAYESIAN_DISTRIBUTIONS)}, and "{name}" is {kind}'
                yield BodyProblem(BAYESIAN_SPACE, path, message)


def check_ranges(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for sweep in _sweeps(body, context):
        for name, written in mapping(sweep.body.get("search_space")).items():
            distribution, path = mapping(written), (*sweep.path, "search_space", name)
            least, most = as_number(distribution.get("min_value")), as_number(distribution.get("max_value"))
            if least is not None and most is not None and least > most:
                message = f'"{name}" has no value from {distribution["min_value"]} to {distribution["max_value"]}'
                yield BodyProblem(EMPTY_RANGE, (*path, "max_value"), message, "max_value must be at least min_value")
            for key in ABOVE_ZERO:
                number = as_number(distribution.get(key))
                if number is not None and number <= 0:
                    yield BodyProblem(EMPTY_RANGE, (*path, key), f"{key} is {distribution[key]}, and must be above 0")


def check_trials(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for sweep in _sweeps(body, context):
        limits = mapping(sweep.body.get("limits"))
        total, concurrent = whole(limits.get("max_total_trials")), whole(limits.get("max_concurrent_trials"))
        if total is None:
            continue
        if concurrent is not None and concurrent > total:
            path = (*sweep.path, "limits", "max_concurrent_trials")
            yield BodyProblem(CONCURRENT_TRIALS, path, f"{concurrent} trials at a time are more than {total} in all")
        advised = BAYESIAN_TRIALS_PER_PARAMETER * len(mapping(sweep.body.get("search_space")))
        if _sampling(sweep) == "bayesian" and total < advised:
            message = f"bayesian sampling over this search space wants {advised} trials, not {total}"
            yield BodyProblem(FEW_TRIALS, (*sweep.path, "limits", "max_total_trials"), message)


def check_early_termination(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for sweep in _sweeps(body, context):
        policy, path = mapping(sweep.body.get("early_termination")), (*sweep.path, "early_termination")
        if word(policy.get("type")) == "bandit" and not policy.get("slack_factor") and not policy.get("slack_amount"):
            yield BodyProblem(BANDIT_SLACK, path, "a bandit policy needs slack_factor or slack_amount")
        for key in SLACKS if word(policy.get("type")) == "bandit" else ():
            slack = as_number(policy.get(key))
            if slack is not None and slack < 0:
                yield BodyProblem(BANDIT_SLACK, (*path, key), f"{key} is {policy[key]}, and must be above 0")
        if snake(policy.get("type")) == "truncation_selection":
            yield from _check_truncation(policy.get("truncation_percentage"), (*path, "truncation_percentage"))


RULES: tuple[Rule, ...] = (
    over_body((GRID_SPACE, BAYESIAN_SPACE), check_search_space),
    over_body(EMPTY_RANGE, check_ranges),
    over_body((CONCURRENT_TRIALS, FEW_TRIALS), check_trials),
    over_body((BANDIT_SLACK, TRUNCATION), check_early_termination),
)


def _check_truncation(value: object, path: BodyPath) -> Iterator[BodyProblem]:
    percentage = as_number(value)
    if percentage is not None and not 1 <= percentage <= 99:
        yield BodyProblem(TRUNCATION, path, f"truncation_percentage is {value}, and must be from 1 to 99")


def _sweeps(body: Body, context: CheckContext) -> Iterator[Job]:
    return (job for job in jobs_in(body, context) if job.kind == "sweep")


def _sampling(sweep: Job) -> str:
    algorithm = sweep.body.get("sampling_algorithm")
    return word(mapping(algorithm).get("type")) or word(algorithm)
