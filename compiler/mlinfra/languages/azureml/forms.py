"""How Azure ML writes what its bodies name; `x-reference` in its schema says which form a place has.

Beside the name of an entry a place takes Azure's own form of it, which means the same where an entry is called so.
"""

from __future__ import annotations

import re

from mlinfra.azure.ids import REGISTRIES
from mlinfra.languages.forms import OF_STORAGE, Form, Spelling

_WORKSPACE = r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)%s/workspaces/(?P<workspace>[^/]+)"
_IN_A_WORKSPACE = _WORKSPACE % "/providers/Microsoft.MachineLearningServices"
_MAYBE_OF_THE_PROVIDER = _WORKSPACE % "(?:/providers/Microsoft.MachineLearningServices)?"  # in URIs
_HOME = (
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.MachineLearningServices"
    "/workspaces/{workspace}"
)
# Source: docs, "CLI (v2) core YAML syntax": references to assets, to resources by their names, and to data by its URI.
_BY_NAME = Spelling(re.compile(r"azureml:(?P<name>[^:@/]+)\Z"), named_by="azure_name")
_BY_ID = Spelling(re.compile(r"(?:azureml:)?(?P<name>/subscriptions/.+)\Z", re.DOTALL), named_by="id")
_ASSET = Spelling(
    re.compile(r"azureml:(?P<name>[^:@/]+)(?::(?P<version>[^:@/]+)|@(?P<label>[^:@/]+))?\Z"), named_by="azure_name"
)
_ID_OF_AN_ASSET = Spelling(
    re.compile(
        rf"(?:azureml:(?://?)?|/){_MAYBE_OF_THE_PROVIDER.removeprefix('/')}/(?P<section>data|environments|components|models)"
        r"/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+)|/labels/(?P<label>[^/]+))?\Z",
        re.IGNORECASE,
    ),
    named_by="azure_name",
    home=_HOME,
)
IN_A_REGISTRY = REGISTRIES + "{}/{}/{}"
_ASSET_OF_A_REGISTRY = Spelling(
    re.compile(
        rf"(?:azureml:)?{REGISTRIES}(?P<registry>[^/]+)/(?P<section>data|environments|components|models)"
        r"/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+)|/labels/(?P<label>[^/]+))?\Z"
    ),
    named_by="azure_name",
    is_optional=True,
    home=REGISTRIES + "{registry}",
)
_DATASTORE_URI = Spelling(
    re.compile(r"azureml://datastores/(?P<name>[^/]+)(?=/paths(?:/|\Z))"),
    section="datastores",
    form="datastore_uri",
    named_by="either",
)
_LONG_DATASTORE_URI = Spelling(
    re.compile(rf"azureml:/{_MAYBE_OF_THE_PROVIDER}/datastores/(?P<name>[^/]+)", re.IGNORECASE),
    section="datastores",
    form="datastore_uri",
    named_by="azure_name",
    home=_HOME,
)
_DEPLOYMENT = Spelling(
    re.compile(r"(?:azureml:)?(?P<endpoint>(?!azureml:)[^:./]+):(?P<name>[^:./]+)\Z"),
    scope="online_endpoints.{endpoint}.deployments",
    named_by="either",
)
_ID_OF_A_DEPLOYMENT = Spelling(
    re.compile(
        rf"(?:azureml:)?{_IN_A_WORKSPACE}/onlineEndpoints/(?P<endpoint>[^/]+)/deployments/(?P<name>[^/]+)\Z",
        re.IGNORECASE,
    ),
    scope="online_endpoints.{endpoint}.deployments",
    named_by="azure_name",
    home=_HOME,
)
_ADDRESS_OF_A_DEPLOYMENT = Spelling(
    re.compile(r"online_endpoints\.(?P<endpoint>[^.]+)\.deployments\.(?P<name>[^.]+)\Z"),
    scope="online_endpoints.{endpoint}.deployments",
)
_BY_WHOLE_ID = Spelling(re.compile(r"(?P<name>/subscriptions/.+)\Z", re.DOTALL), named_by="id")
_ASSETS = (_ASSET, _ID_OF_AN_ASSET, _ASSET_OF_A_REGISTRY)
_URI = "azureml://datastores/<datastore>/paths/<path>"
_VERSIONED = "azureml:<name>:<version>"
_ACCOUNT = Spelling(  # an entry's name, or one that accounts have
    re.compile(r"(?P<name>[a-z0-9]{3,24})\Z"), named_by="either", is_optional=True
)

FORMS = (
    Form("asset", writes="azureml:{azure_name}:{version}", spellings=_ASSETS, shown=_VERSIONED),
    Form(
        "data_path",
        writes="azureml:{azure_name}:{version}",
        spellings=(_DATASTORE_URI, _LONG_DATASTORE_URI, *OF_STORAGE, *_ASSETS),
        shown=f"{_VERSIONED} or {_URI}",
        takes_a_path=True,
    ),
    Form(
        "datastore_uri",  # says more than a name, and counts as written
        writes="azureml://datastores/{azure_name}{rest}",
        spellings=(_DATASTORE_URI, _LONG_DATASTORE_URI, *OF_STORAGE),
        shown=_URI,
        takes_a_name=False,
        counts=False,
    ),
    Form("compute", writes="azureml:{azure_name}", spellings=(_BY_NAME, _BY_ID), shown="azureml:<name>"),
    Form("account_name", writes="{azure_name}", spellings=(_ACCOUNT, _BY_WHOLE_ID)),
    Form("id", writes="{id}", spellings=(_BY_ID,)),
    Form("file", writes="{file}", spellings=(_BY_NAME,), shown="azureml:<name>", takes_a_path=True),
    Form("key", below="deployments", counts=False),
    Form("user", is_left_to_scripts=True),  # a map of ids, of which that of the tenant is known where az is signed in
    Form(
        "deployment",
        writes="azureml:{holder}:{azure_name}",
        spellings=(_DEPLOYMENT, _ID_OF_A_DEPLOYMENT, _ADDRESS_OF_A_DEPLOYMENT),
        shown="azureml:<endpoint>:<deployment>",
    ),
)
