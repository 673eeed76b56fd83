"""Who calls what in Azure ML and Databricks, by which part of it and on which port: a table, whatever a spec derives.

Sources: docs, "Secure an Azure Machine Learning training environment with virtual networks", "Secure an Azure Machine
Learning workspace with virtual networks", "Configure inbound and outbound network traffic", "Workspace managed virtual
network isolation", "Network isolation with Azure Machine Learning registries"; what computes reach of Azure's public
services is `networks.OF_COMPUTES`. Of Databricks: docs, "Azure Private Link concepts", "Configure back-end private
connectivity", "Connect to cloud object storage using Unity Catalog"; `networks.OF_DATABRICKS`. Where rules hold for
private endpoints of a workspace of Databricks, more ports have to be open than HTTPS: "Azure Private Link concepts",
key considerations.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

# Of Databricks: machines of its clusters, agents that deploy bundles, and people who work there.
Caller = Literal["nodes", "managed", "agents", "people", "clusters", "bundles", "analysts"]
# The link of a workspace that leads to what is called; "" is the workspace itself, "data" what its datastores lead to,
# "lakes" what the catalogs, locations and volumes of a workspace of Databricks lie in, "secrets" the vaults whose
# secrets its bundles are given (those of secret scopes Databricks reads itself, as a trusted service of Azure),
# "shared" the registries whose assets it takes, with the storage and the images that Azure makes for them.
Called = Literal["", "storage_account", "key_vault", "container_registry", "data", "lakes", "secrets", "shared"]


class Call(NamedTuple):
    caller: Caller
    called: Called
    group: str  # of the private endpoint; "" where the datastore says it
    ports: tuple[int, ...]
    why: str
    when: Literal["", "work is handed out"] = ""


OF_DATABRICKS: tuple[Caller, ...] = ("clusters", "bundles", "analysts")
OF_DATA = ("blob", "dfs", "file")  # groups by which what datastores lead to is called
HTTPS = (443,)
HTTPS_AND_SMB = (443, 445)
OF_CONTROL_PLANE = (443, 3306, 6666, *range(8443, 8452))  # of Databricks

# What a managed network opens to its own workspace, storage, vault and registry by itself is not in here.
CALLS = (
    Call("nodes", "", "amlworkspace", HTTPS, "get their jobs from it"),
    Call("nodes", "storage_account", "blob", HTTPS, "read code and write outputs and logs"),
    Call("nodes", "storage_account", "file", HTTPS_AND_SMB, "mount the share of notebooks and code"),
    Call("nodes", "storage_account", "queue", HTTPS, "hand out the work of batches", "work is handed out"),
    Call("nodes", "storage_account", "table", HTTPS, "hand out the work of batches", "work is handed out"),
    Call("nodes", "key_vault", "vault", HTTPS, "read secrets"),
    Call("nodes", "container_registry", "registry", HTTPS, "pull the images of their jobs"),
    Call("nodes", "data", "", HTTPS, "read and write data"),
    Call("nodes", "shared", "", HTTPS, "load models, environments and components that workspaces share"),
    Call("managed", "shared", "", HTTPS, "load models, environments and components that workspaces share"),
    Call("agents", "shared", "", HTTPS, "register what workspaces share"),
    Call("managed", "storage_account", "queue", HTTPS, "hand out the work of batches", "work is handed out"),
    Call("managed", "storage_account", "table", HTTPS, "hand out the work of batches", "work is handed out"),
    Call("managed", "data", "", HTTPS, "read and write data"),
    Call("agents", "", "amlworkspace", HTTPS, "register assets, submit jobs and call endpoints"),
    Call("agents", "storage_account", "blob", HTTPS, "upload code and models"),
    Call("people", "", "amlworkspace", HTTPS, "work in the studio and from notebooks"),
    Call("people", "storage_account", "blob", HTTPS, "upload code and look at outputs"),
    Call("people", "storage_account", "file", HTTPS, "keep notebooks"),
    Call("people", "key_vault", "vault", HTTPS, "put secrets there"),
    Call("people", "container_registry", "registry", HTTPS, "look at images and run them"),
    Call("people", "data", "", HTTPS, "look at data"),
    Call("clusters", "", "databricks_ui_api", OF_CONTROL_PLANE, "are led by the control plane"),
    Call("clusters", "lakes", "dfs", HTTPS, "read and write the lakes of Unity Catalog"),
    Call("bundles", "", "databricks_ui_api", HTTPS, "deploy bundles and upload their files"),
    Call("bundles", "secrets", "vault", HTTPS, "read the secrets that bundles are given"),
    Call("analysts", "", "databricks_ui_api", HTTPS, "work with notebooks, jobs and queries"),
)


class PublicCall(NamedTuple):
    called: str
    to: tuple[str, ...]  # a service tag, or the ranges in which it answers
    why: str
    when: Literal["", "packages of the internet"] = ""


# What agents of pipelines call on the internet, by HTTPS. Sources: docs, "Allowed address lists and network
# connections" of Azure DevOps, which says its ranges, and that no service tag stands for them; "Azure CLI endpoints for
# proxy bypass"; tags from "Virtual network service tags".
OF_AGENTS = (
    PublicCall(
        "Azure DevOps",
        tuple(f"150.171.{third}.0/24" for third in (22, 23, 73, 74, 75, 76)),
        "ask for jobs, check out and publish",
    ),
    PublicCall("Entra", ("AzureActiveDirectory",), "sign in"),
    PublicCall("Resource Manager", ("AzureResourceManager",), "deploy, and look at what is there"),
    PublicCall(
        "packages of Python", ("Internet",), "install what pipelines.install requires", "packages of the internet"
    ),
)
