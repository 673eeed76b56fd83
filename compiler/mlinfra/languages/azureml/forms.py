"""How Azure ML writes what its bodies name; `x-reference` in its schema says which form a place has."""

from __future__ import annotations

import re

from mlinfra.languages.forms import Form, Spelling

_DATASTORE_URI = Spelling(
    re.compile(r"azureml://datastores/(?P<name>[^/]+)"), section="datastores", form="datastore_uri"
)
_LATEST_DATA = Spelling(re.compile(r"azureml:(?P<name>[^:@/]+)@latest\Z"), section="data", is_optional=True)
_WITH_PREFIX = Spelling(re.compile(r"azureml:(?P<name>.*)\Z", re.DOTALL), is_optional=True)
_OF_AN_ENDPOINT = Spelling(
    re.compile(r"azureml:(?P<endpoint>[^:]+):(?P<name>[^:]+)\Z"),
    scope="online_endpoints.{endpoint}.deployments",
    is_optional=True,
)
_ACCOUNT_OF_OTHERS = Spelling(re.compile(r"(?P<name>[a-z0-9]{3,24})\Z"), is_optional=True)  # a name that accounts have

FORMS = (
    Form("asset", writes="azureml:{azure_name}:{version}"),
    Form(
        "data_path",
        writes="azureml:{azure_name}:{version}",
        spellings=(_DATASTORE_URI, _LATEST_DATA),
        takes_a_path=True,
    ),
    Form(
        "datastore_uri",  # says more than a name, and counts as written
        writes="azureml://datastores/{azure_name}{rest}",
        spellings=(_DATASTORE_URI,),
        takes_a_name=False,
        counts=False,
    ),
    Form("compute", writes="azureml:{azure_name}", spellings=(_WITH_PREFIX,)),
    Form("account_name", writes="{azure_name}", spellings=(_ACCOUNT_OF_OTHERS,)),
    Form("id", writes="{id}"),
    Form("file", writes="{file}", takes_a_path=True),
    Form("key", below="deployments", counts=False),
    Form("user", is_left_to_scripts=True),  # a map of ids, of which that of the tenant is known where az is signed in
    Form("deployment", writes="azureml:{holder}:{name}", spellings=(_OF_AN_ENDPOINT,)),
)
