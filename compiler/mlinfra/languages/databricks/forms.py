"""How bundles write what their bodies name; `x-reference` in the schema says which form a place has.

Most names in bodies of Databricks are literals of what lies outside the spec: what no entry is called passes.
"""

from __future__ import annotations

import re

from mlinfra.azure.clouds import cloud
from mlinfra.graph import Entry, Graph
from mlinfra.languages.forms import OF_STORAGE, Form, Spelling

# What is written of an entry of the same bundle; of one of another bundle, or of others, stands what is known of it.
ID = Form("bundle_id", writes="${{resources.{section}.{key}.id}}", passes_others=True)
OF_NAME = Form("bundle_name", writes="${{resources.{section}.{key}.{named_by}}}", passes_others=True)
PATH = Form("bundle_path", writes="${{resources.{section}.{key}.id}}", passes_others=True)  # projects/<project>
FULL_NAME = Form("bundle_full_name", writes="{full_name}", passes_others=True)  # <catalog>.<schema>.<name>
URL = Form("bundle_url", writes="${{resources.{section}.{key}.url}}", passes_others=True)  # an external location's
VAULT = Form("bundle_vault", passes_others=True)  # becomes a map
PRINCIPAL = Form("bundle_principal")  # so does this; who is no entry stands in a map
CONTAINER = Form(
    "bundle_container",
    writes="abfss://{azure_name}@{account}.dfs.{storage_suffix}/",
    spellings=(
        Spelling(
            re.compile(r"storage_accounts\.(?P<account>[^.]+)\.containers\.(?P<name>[^.]+)\Z"),
            scope="storage_accounts.{account}.containers",
        ),
        *OF_STORAGE,
    ),
    takes_a_name=False,
)
IN_TEXT = Form("bundle_expression")  # `${resources.jobs.train.id}`, which stands in a text as it is
SECRET = Form("databricks_secret", passes_others=True)  # `{{secrets/<scope>/<key>}}`
OF_A_VAULT = Form("secret_of_a_vault")  # whoever deploys the bundle reads it, and hands it over as a variable
FORMS = (ID, OF_NAME, PATH, FULL_NAME, URL, VAULT, PRINCIPAL, CONTAINER, IN_TEXT, SECRET, OF_A_VAULT)


def url_of(graph: Graph, container: Entry) -> str:
    """What the url of an external location says of a container of the spec."""
    return CONTAINER.writes.format(
        azure_name=container.azure_name,
        account=graph.entries[str(container.parent)].azure_name,
        storage_suffix=cloud(graph.header.cloud).storage_suffix,
    )
