"""What is no path here is none for the SDK, and the other way round."""

from __future__ import annotations

import posixpath

import pytest
from azure.ai.ml._utils.utils import is_data_binding_expression, is_mlflow_uri, is_url
from hypothesis import given
from hypothesis import strategies as st

from mlinfra.schemas.addresses import SHOWN, is_address, is_local

UP = "x/../../../../../../../../../../etc"
GUID = "00000000-0000-0000-0000-000000000000"
ADDRESSES = {
    "asset": (
        "azureml:train",
        "azureml:train:1",
        "azureml:train@latest",
        f"azureml:/subscriptions/{GUID}/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/codes/c",
        f"azureml:subscriptions/{GUID}/resourceGroups/g/providers/a/b/c/versions/1",
        "azureml://registries/azureml/components/compute_metrics/versions/0.0.11",
        "azureml:azureml://registries/azureml/environments/sklearn-1.5/versions/1",
    ),
    "id": (f"/subscriptions/{GUID}/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w/data/d",),
    "uri": (
        "azureml://datastores/raw/paths/2026/*",
        "azureml://datastores/raw/paths/a b/",
        "azureml://datastores/curated/paths/crm/${{name}}",
        f"azureml://subscriptions/{GUID}/resourcegroups/g/workspaces/w/datastores/d/paths/p",
        "azureml://locations/westeurope/workspaces/w/models/m/versions/1",
        "azureml://jobs/churn_1/outputs/artifacts/model",
        "https://data.contoso.example/rates.csv?sv=1&sig=a%2Fb",
        "http://localhost:8080/a",
        "wasbs://rates@stcontoso.blob.core.windows.net/rates.csv",
        "wasb://rates@stcontoso.blob.core.windows.net/rates.csv",
        "abfss://raw@stcontosolake.dfs.core.windows.net/history",
        "adl://lake.azuredatalakestore.net/a",
    ),
    "run": ("runs:/0f1e/model",),
    "binding": ("${{parent.jobs.prep.outputs.train}}", "${{ parent.inputs.raw }}"),
}
HOSTILE = (
    f"git+{UP}",
    "git+https://example.com/a",
    f"http://{UP}",
    f"https://example.com/{UP}",
    f"https://[{UP}",
    f"azureml:{UP}",
    f"azureml:train:1/{UP}",
    f"azureml://{UP}",
    f"azureml://datastores/raw/paths/{UP}",
    f"azureml:/subscriptions/{UP}",
    f"AzureML:{UP}",
    f"/subscriptions/{UP}",
    f"/subscriptions/{GUID}/{UP}",
    f"wasbs://{UP}",
    f"runs:/{UP}",
    f"runs:{UP}",
    f"${{{{x}}}}/{UP}",
    "${{x/../../../../etc}}",
    f"x://{UP}",
    f"file://{UP}",
    f"x/://{UP}",
    "azureml:train:1\n",
    "azureml:",
    "http://",
    "https:\\\\example.com\\..\\..",
)
FORMS = tuple(SHOWN)


@pytest.mark.parametrize(("form", "text"), [(form, text) for form, texts in ADDRESSES.items() for text in texts])
def test_an_address_in_full_is_one_of_its_form_and_no_path(form: str, text: str) -> None:
    assert (is_local(text), [one for one in FORMS if is_address(text, [one])]) in (
        (False, [form]),
        (False, ["asset", "uri"]),  # in a registry
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_what_only_starts_as_an_address_is_neither(text: str) -> None:
    assert (is_local(text), is_address(text, FORMS)) == (False, False)


@pytest.mark.parametrize("text", ["a", "./a.yml", "../a", "a/b:c", "file:../a.yml", "/etc/passwd", "a/http:/b"])
def test_what_looks_like_an_address_to_nobody_is_a_path(text: str) -> None:
    assert (is_local(text), is_address(text, FORMS)) == (True, False)


PIECES = (
    *(
        "azureml:",
        "azureml://",
        "https://",
        "git+",
        "file:",
        "runs:/",
        "/subscriptions/",
        GUID,
        "${{",
        "}}",
        "registries",
    ),
    *("..", ".", "/", "\\", "a", ":", "@", "1", "registries", "?", "#", " ", "\n", "[", "%2e%2e", "~"),
)


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_no_address_leads_upwards_where_it_is_taken_for_a_path(text: str) -> None:
    if is_address(text, FORMS):
        way = posixpath.normpath(posixpath.join("/specs/churn", text))
        assert way.startswith(("/specs/churn/", f"/subscriptions/{GUID}/"))


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_client_takes_no_path_for_an_address(text: str) -> None:
    if is_local(text):
        readers = (is_url(text), is_mlflow_uri(text), is_data_binding_expression(text, is_singular=False))
        assert readers == (False, False, False)
        assert not text.startswith(("azureml:", "git+"))


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_client_takes_every_address_for_one(text: str) -> None:
    if is_address(text, ["uri"]):
        assert is_url(text)
    if is_address(text, ["run"]):
        assert is_mlflow_uri(text)
    if is_address(text, ["binding"]):
        assert is_data_binding_expression(text)
