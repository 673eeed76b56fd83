"""Values of closed lists that the Azure ML client takes as mere texts, so that only the service refuses them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mlinfra.azure.casing import snake
from mlinfra.diagnostics import Code
from mlinfra.diagnostics.suggest import closest_name, question
from mlinfra.languages.azureml.checks.walk import jobs_in, word
from mlinfra.languages.azureml.connections import BY_ENTRA_OR_KEY
from mlinfra.languages.azureml.ports import mapping
from mlinfra.languages.context import Body, CheckContext, over_body
from mlinfra.languages.rule import Rule
from mlinfra.schemas.problems import BodyPath, BodyProblem
from mlinfra.schemas.values import value_at

NOT_LISTED = Code(
    id="MLI852",
    severity="error",
    title="Value that is none of those that the service knows",
    why="The Azure ML client takes any text there, and the service refuses all but those of a list",
    fix="Write one of those that the message names",
    source="https://learn.microsoft.com/azure/machine-learning/reference-yaml-overview",
)
OTHER_SIGN_IN = Code(
    id="MLI853",
    severity="error",
    title="Credentials that the type of a connection does not have",
    why="For this type the Azure ML client sends a key or nothing, and drops every other way to sign in without a word",
    fix="Write api_key, or leave credentials out: whoever uses the connection then signs in as itself",
    source="https://github.com/Azure/azure-sdk-for-python/blob/main/sdk/ml/azure-ai-ml/azure/ai/ml/entities/_workspace/connections/connection_subtypes.py",
)
_AUTH_MODES = ("identity", "accessKey", "userDelegationSAS")  # REST, SystemDatastoresAuthMode
_LOGGING_LEVELS = ("info", "warning", "debug")  # reference-yaml-deployment-batch
_PROTOCOLS: Mapping[str, tuple[str, ...]] = {  # reference-yaml-datastore-*
    "azure_blob": ("https", "wasbs"),
    "azure_file": ("https",),
    "azure_data_lake_gen2": ("https", "abfss"),
}
_ALIASES: Mapping[str, str] = {  # of pandas, by the word that people write; reference-automated-ml-forecasting
    **dict.fromkeys(("secondly", "second", "seconds"), "s"),
    **dict.fromkeys(("minutely", "minute", "minutes"), "min"),
    **dict.fromkeys(("hourly", "hour", "hours"), "h"),
    **dict.fromkeys(("daily", "day", "days"), "D"),
    **dict.fromkeys(("weekly", "week", "weeks"), "W"),
    **dict.fromkeys(("monthly", "month", "months"), "M"),
    **dict.fromkeys(("quarterly", "quarter", "quarters"), "Q"),
    **dict.fromkeys(("yearly", "annually", "year", "years"), "Y"),
}
_FREQUENCY = ("forecasting", "frequency")
_COUNTRY = ("forecasting", "country_or_region_for_holidays")
_LANGUAGE = ("featurization", "dataset_language")


def check_workspace(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    field = "system_datastores_auth_mode"
    said = body.get(field)
    known = {mode.lower(): mode for mode in _AUTH_MODES}
    if isinstance(said, str) and said.replace("_", "").lower() not in known:
        yield _not_listed((field,), said, _AUTH_MODES)


def check_datastore(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    said, known = body.get("protocol"), _PROTOCOLS.get(snake(word(body.get("type"))))
    if isinstance(said, str) and known and said not in known:
        yield _not_listed(("protocol",), said, known)


def check_deployment(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    for path in (("logging_level",), ("settings", "logging_level")):
        said = value_at(body, path)
        if isinstance(said, str) and said.lower() not in _LOGGING_LEVELS:
            yield _not_listed(path, said, _LOGGING_LEVELS)


def check_connection(body: Body, _context: CheckContext) -> Iterator[BodyProblem]:
    kind, said = snake(str(body.get("type"))), mapping(body.get("credentials")).get("type")
    if kind in BY_ENTRA_OR_KEY and isinstance(said, str) and snake(said) not in ("aad", "api_key"):
        message = f"a connection of type {kind} signs in with a key or as who uses it, not by {said}"
        help_text = "leave credentials out, or write api_key"
        yield BodyProblem(OTHER_SIGN_IN, ("credentials", "type"), message, help_text)


def check_automl(body: Body, context: CheckContext) -> Iterator[BodyProblem]:
    for job in jobs_in(body, context):
        if job.kind == "automl":
            yield from (_moved(each, job.path) for each in _of_automl(job.body))


def _of_automl(body: Body) -> Iterator[BodyProblem]:
    frequency, country, language = (value_at(body, path) for path in (_FREQUENCY, _COUNTRY, _LANGUAGE))
    if isinstance(frequency, str) and (alias := _ALIASES.get(frequency.lower())):
        message = f'"{frequency}" is no frequency: it is an offset alias of pandas'
        yield BodyProblem(NOT_LISTED, _FREQUENCY, message, f"write {alias}")
    if isinstance(country, str) and "$" not in country and not re.fullmatch("[A-Za-z]{2}", country):
        message = f'"{country}" is no country whose holidays are known: it is a code of two letters'
        yield BodyProblem(NOT_LISTED, _COUNTRY, message, "write one of ISO 3166, such as DE or US")
    if isinstance(language, str) and "$" not in language and not re.fullmatch("[A-Za-z]{3}", language):
        message = f'"{language}" is no language of a data set: it is a code of three letters'
        yield BodyProblem(NOT_LISTED, _LANGUAGE, message, "write one of ISO 639-3, such as eng or deu")


def _moved(problem: BodyProblem, path: BodyPath) -> BodyProblem:
    return BodyProblem(problem.code, (*path, *problem.path), problem.message, problem.help)


def _not_listed(path: BodyPath, said: str, known: tuple[str, ...]) -> BodyProblem:
    message = f'{path[-1]} must be one of {", ".join(known)}, not "{said}"'
    return BodyProblem(NOT_LISTED, path, message, question(closest_name(said, known)) or f"write {known[0]}")


WORKSPACE_RULES: tuple[Rule, ...] = (over_body(NOT_LISTED, check_workspace),)
DATASTORE_RULES: tuple[Rule, ...] = (over_body(NOT_LISTED, check_datastore),)
DEPLOYMENT_RULES: tuple[Rule, ...] = (over_body(NOT_LISTED, check_deployment),)
CONNECTION_RULES: tuple[Rule, ...] = (over_body(OTHER_SIGN_IN, check_connection),)
AUTOML_RULES: tuple[Rule, ...] = (over_body(NOT_LISTED, check_automl),)
