"""Checks of closed lists that the client does not know: a wrong and a right body for each."""

import pytest

from mlinfra.languages.azureml.checks import listed
from tests.languages.azureml.body_cases import Case

ENGLISH = '"english" is no language of a data set: it is a code of three letters'
GERMANY = '"Germany" is no country whose holidays are known: it is a code of two letters'
OPEN_AI = "a connection of type azure_open_ai signs in with a key or as who uses it, not by managed_identity"
LISTED_CASES = (
    Case(
        listed.NOT_LISTED,
        "workspaces",
        "{system_datastores_auth_mode: managed}",
        ("system_datastores_auth_mode",),
        'system_datastores_auth_mode must be one of identity, accessKey, userDelegationSAS, not "managed"',
        "write identity",
        "{system_datastores_auth_mode: access_key}",
    ),
    Case(
        listed.NOT_LISTED,
        "datastores",
        "{type: azure_data_lake_gen2, protocol: abfs}",
        ("protocol",),
        'protocol must be one of https, abfss, not "abfs"',
        'did you mean "abfss"?',
        "{type: azure_blob, protocol: wasbs}",
    ),
    Case(
        listed.NOT_LISTED,
        "batch_deployments",
        "{settings: {logging_level: verbose}}",
        ("settings", "logging_level"),
        'logging_level must be one of info, warning, debug, not "verbose"',
        "write info",
        "{settings: {logging_level: Debug}}",
    ),
    Case(
        listed.NOT_LISTED,
        "jobs",
        "{type: automl, forecasting: {frequency: daily}}",
        ("forecasting", "frequency"),
        '"daily" is no frequency: it is an offset alias of pandas',
        "write D",
        "{type: automl, forecasting: {frequency: 2W-SUN}}",
    ),
    Case(
        listed.NOT_LISTED,
        "jobs",
        "{type: pipeline, jobs: {s: {type: automl, compute: cpu, "
        "forecasting: {country_or_region_for_holidays: Germany}}}}",
        ("jobs", "s", "forecasting", "country_or_region_for_holidays"),
        GERMANY,
        "write one of ISO 3166, such as DE or US",
        "{type: automl, forecasting: {country_or_region_for_holidays: de}}",
    ),
    Case(
        listed.NOT_LISTED,
        "jobs",
        "{type: automl, featurization: {dataset_language: english}}",
        ("featurization", "dataset_language"),
        ENGLISH,
        "write one of ISO 639-3, such as eng or deu",
        "{type: automl, featurization: {dataset_language: eng}}",
    ),
    Case(
        listed.OTHER_SIGN_IN,
        "connections",
        "{type: azure_open_ai, credentials: {type: managed_identity}}",
        ("credentials", "type"),
        OPEN_AI,
        "leave credentials out, or write api_key",
        "{type: git, credentials: {type: managed_identity}}",
    ),
)


@pytest.mark.parametrize("case", LISTED_CASES, ids=lambda case: case.id)
def test_wrong_body_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", LISTED_CASES, ids=lambda case: case.id)
def test_right_body_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []
