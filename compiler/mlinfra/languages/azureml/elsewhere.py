"""What fields are called where people come from: templates of Azure, Terraform, older SDKs, Databricks; for the rows.

Each word stands as `diagnostics.suggest.known_elsewhere` looks for it, with what a person is told to write.
"""

from __future__ import annotations

from collections.abc import Mapping

_SCALE = "write min_instances, max_instances and idle_time_before_scale_down in the entry itself"
_AS_HIMSELF = "leave it out, and whoever reads signs in as himself, or write"
_SAID_BY_THE_SECTION = "leave it out: the section says it"

_STAGES = "write targets: {dev: {…}, prod: {…}}: these are environments of containers, and stages are targets"

OF_CLUSTERS: Mapping[str, str] = {
    "vmsize": "write size",
    "nodetypeid": "write size",
    "computetype": _SAID_BY_THE_SECTION,
    "vmpriority": "write tier: dedicated or tier: low_priority",
    "priority": "write tier: dedicated or tier: low_priority",
    "scalesettings": _SCALE,
    "autoscale": _SCALE,
    "numworkers": _SCALE,
    "minnodes": "write min_instances",
    "minnodecount": "write min_instances",
    "maxnodes": "write max_instances",
    "maxnodecount": "write max_instances",
    "idlesecondsbeforescaledown": "write idle_time_before_scale_down, which is in seconds",
    "nodeidletimebeforescaledown": "write idle_time_before_scale_down, which is in seconds",
    "dependson": "leave it out: what an entry names is made before it",
    "spot": "write tier: low_priority",
    "preemptible": "write tier: low_priority",
    "min": "write min_instances",
    "max": "write max_instances",
    "count": "write max_instances",
    "systemassigned": "write identity: {type: system_assigned}",
    "sparkversion": "leave it out: a cluster of Databricks is an entry of databricks_clusters",
    "virtualmachinesize": "write size",
    **dict.fromkeys(("taints", "tolerations", "nodelabels"), "leave it out: a cluster of Azure ML runs jobs alone"),
}
_NOTEBOOKS = "leave it out, and write the job as an entry of databricks_jobs, which takes it as a bundle has it"
OF_INSTANCES: Mapping[str, str] = {
    "computeinstanceauthorizationtype": "leave it out: an instance is of one person, whom create_on_behalf_of names",
    "vmsize": "write size",
    "virtualmachinesize": "write size",
    "assigntouser": "write create_on_behalf_of: <an entry of principals>",
    "localauthenabled": "write ssh_public_access_enabled, which is false unless written",
    "computetype": _SAID_BY_THE_SECTION,
    "count": "write an entry for each instance",
    "user": "write create_on_behalf_of: <an entry of principals>",
    "owner": "write create_on_behalf_of: <an entry of principals>",
    "assigneduser": "write create_on_behalf_of: <an entry of principals>",
    "personalcomputeinstancesettings": "write create_on_behalf_of: <an entry of principals>",
    "idletimebeforeshutdown": "write idle_time_before_shutdown_minutes",
    "systemassigned": "write identity: {type: system_assigned}",
    "ssh": "write ssh_settings: {ssh_key_value: …}",
}
_OF_COMMANDS: Mapping[str, str] = {
    "script": "write it in command: python <script> <arguments>",
    "scriptname": "write it in command: python <script> <arguments>",
    "entryscript": "write it in command: python <script> <arguments>",
    "arguments": "write them in command: python <script> <arguments>",
    "scriptparams": "write them in command: python <script> <arguments>",
}
HELD_IN_JOBS: Mapping[str, str] = dict.fromkeys(_OF_COMMANDS, "command")
_WAITS = (
    "leave it out: a step waits for those whose outputs it reads, as ${{parent.jobs.<step>.outputs.<output>}} in inputs"
)
_NUMBER = "write the value alone, <input>: 1, in a job; components say type: number, integer, string or boolean"
OF_JOBS: Mapping[str, str] = {
    "pathoncompute": "leave it out: a job gets the place of its data as ${{inputs.<name>}}",
    **_OF_COMMANDS,
    **dict.fromkeys(
        ("notebooktask", "sparkpythontask", "pythonwheeltask", "newcluster", "existingclusterid"), _NOTEBOOKS
    ),
    "entrypoints": "write command: python <script> <arguments>",
    "condaenv": "write environment: {image: …, conda_file: <a file>}",
    "usegpu": "leave it out: the size of the compute has GPUs or not, and the image the drivers for them",
    "data": "write path: <an entry of data>",
    "mount": "write ro_mount",
    "sourcedirectory": "write code",
    "dataset": "write path: <an entry of data>",
    "target": "write compute: <an entry of compute_clusters>",
    "computetarget": "write compute: <an entry of compute_clusters>",
    "environmentdefinition": "write environment: <an entry of environments>",
    "instances": "write resources: {instance_count: …}",
    "nodes": "write resources: {instance_count: …}",
    "nodecount": "write resources: {instance_count: …}",
    "maxrundurationseconds": "write limits: {timeout: …}, in seconds",
    "tasks": "write type: pipeline, and each task as a step in jobs",
    "steps": "write type: pipeline, and each step in jobs",
    "runson": "write compute: <an entry of compute_clusters>",
    "timeout": "write limits: {timeout: …}, in seconds",
    "args": "write them in command: python <script> <arguments>",
    "env": "write environment_variables",
    "envvars": "write environment_variables",
    "instancecount": "write resources: {instance_count: …}",
    "needs": _WAITS,
    "dependson": _WAITS,
    "runafter": _WAITS,
    "retries": "leave it out: a job runs once; train.yml started again takes up what still runs, or starts another",
    "retrysettings": "leave it out: a job runs once; only a parallel step has retry_settings",
    "condapackages": "write environment: {image: …, conda_file: <a file> with these packages}",
    "pippackages": "write environment: {image: …, conda_file: <a file> with these packages}",
    "python": "write conda_file: <a file>, where pip's packages stand too",
    "framework": "leave it out: the environment says what is installed",
    "hyperdrive": "write sweep",
    "pythonscriptstep": "write command",
    "hyperparametersampling": "write sampling_algorithm and search_space",
    "primarymetricname": "write objective: {goal: maximize, primary_metric: …}",
    "docker": "write environment: {image: …}",
    "image": "write environment: {image: …}",
    **dict.fromkeys(("condition", "if", "when"), "leave it out: a step of a pipeline of type if_else has a condition"),
    **dict.fromkeys(
        ("strategy", "matrix"), "write type: sweep, with trial and search_space: {<input>: {type: choice, values: […]}}"
    ),
    **dict.fromkeys(
        ("volumes", "volumemounts", "mounts"), "write inputs: {<name>: {type: uri_folder, path: …, mode: ro_mount}}"
    ),
    "envfile": "write environment_variables",
    "uses": "leave it out: the pipelines that are generated sign in and run; write what the job itself runs as command",
    "run": "write command",
    **dict.fromkeys(("gpu", "gpus"), "leave it out: the size of the compute says how many it has"),
    **dict.fromkeys(("float", "double"), _NUMBER),
    **dict.fromkeys(("int", "str", "bool"), _NUMBER),
    **dict.fromkeys(
        ("trigger", "schedule", "cron", "recurrence"),
        "write schedules: {<name>: {trigger: …, create_job: <this entry>}}, which runs a pipeline",
    ),
    **dict.fromkeys(
        ("nodeselector", "tolerations", "affinity"),
        "leave it out: resources: {instance_type: …} names nodes of a Kubernetes compute, and a cluster has one size",
    ),
    "gate": "write release: {at_least: {<metric>: <number>}} in the entry of the model",
}
OF_SPACES: Mapping[str, str] = {
    "min": "write min_value",
    "max": "write max_value",
    "low": "write min_value",
    "high": "write max_value",
}
OF_ENVIRONMENTS: Mapping[str, str] = {
    "docker": "write image: <the base image> in the entry itself",
    "baseimage": "write image",
    "dockerimage": "write image",
    "curated": "leave the entry out, and name it where it is used: azureml://registries/azureml/environments/<name>/labels/latest",
    "python": "write conda_file: <a file>, where pip's packages stand too",
    "pip": "write conda_file: <a file> whose dependencies end with {pip: [...]}, these packages",
    "condadependencies": "write conda_file: <a file>, where pip's packages stand too",
    "condadependenciesfile": "write conda_file",
    "condapackages": "write conda_file: <a file> with these packages",
    "pippackages": "write conda_file: <a file> whose dependencies end with {pip: [...]}, these packages",
    "piprequirements": "write conda_file: <a file> whose dependencies end with {pip: [-r requirements.txt]}",
    "dockerfile": "write build: {path: <the folder with it>}",
    "subscription": _STAGES,
    "mode": _STAGES,
    "resourcegroup": _STAGES,
    "requirements": "write conda_file: <a file> whose dependencies end with {pip: [-r requirements.txt]}",
    "requirementstxt": "write conda_file: <a file> whose dependencies end with {pip: [-r requirements.txt]}",
    "dependencies": "write conda_file: {dependencies: …}, or the file with them",
    "channels": "write conda_file: {channels: …}, or the file with them",
    "filepath": "write conda_file, beside image",
    "context": "write build: {path: <the folder>}",
    **dict.fromkeys(("ports", "expose"), "leave it out: an endpoint has the address at which a model answers"),
    **dict.fromkeys(("imagepullpolicy", "pullpolicy"), "leave it out: Azure ML pulls the image of each version"),
    **dict.fromkeys(("imagename", "repository"), "write image"),
}
_NO_FORMAT = (
    "write type: uri_file for one file of whatever format, uri_folder for many, or mltable with an MLTable file beside"
)
OF_DATA: Mapping[str, str] = {
    "dataset": "write path",
    "datastore": "write path: azureml://datastores/<datastore>/paths/<path>",
    "datatype": "write type: uri_file, uri_folder or mltable",
    "datauri": "write path",
    "tabular": "write type: mltable, and an MLTable file beside the data; or type: uri_file for one file",
    "filedataset": "write type: uri_folder",
    "csv": _NO_FORMAT,
    "parquet": _NO_FORMAT,
    "json": _NO_FORMAT,
    "jsonl": _NO_FORMAT,
    "delta": _NO_FORMAT,
    "table": _NO_FORMAT,
    "file": _NO_FORMAT,
    "folder": _NO_FORMAT,
    "format": _NO_FORMAT,
    "url": "write path",
    "uri": "write path",
}
OF_DATASTORES: Mapping[str, str] = {
    "container": "write container_name",
    "fileshare": "write file_share_name",
    "share": "write file_share_name",
    "accountkey": f"{_AS_HIMSELF} credentials: {{account_key: {{vault: …, secret: …}}}}",
    "sastoken": f"{_AS_HIMSELF} credentials: {{sas_token: {{vault: …, secret: …}}}}",
    "datastoretype": "write type",
    "url": "write account_name and container_name, or file_share_name, or filesystem",
    "uri": "write account_name and container_name, or file_share_name, or filesystem",
    "path": "write account_name and container_name, or file_share_name, or filesystem",
    "bucket": "leave it out: Azure ML has datastores in Azure and in OneLake, so bring the data there first",
    "s3": "bring the data into a storage account first: Azure ML has datastores in Azure and in OneLake only",
    "gcs": "bring the data into a storage account first: Azure ML has datastores in Azure and in OneLake only",
    "storageaccount": "write account_name: <an entry of storage_accounts, or the name of an account>",
}
_NO_AUTOSCALE = "write instance_count: rules of autoscaling are not compiled yet"
OF_ENDPOINTS: Mapping[str, str] = {
    "inferenceconfig": "write code_configuration: {code: <a folder>, scoring_script: <a file in it>} and environment",
    "entryscript": "write code_configuration: {code: <a folder>, scoring_script: <a file in it>}",
    "deploymentconfig": "write instance_type: Standard_D4as_v4 and instance_count",
    "cpucores": "write instance_type: Standard_D4as_v4",
    "memorygb": "write instance_type: Standard_D4as_v4",
    "authenabled": "write auth_mode: aad_token",
    "azuread": "write aad_token",
    "aad": "write aad_token",
    "entra": "write aad_token",
    "entraid": "write aad_token",
    "enableappinsights": "write app_insights_enabled: true, in a deployment",
    "variantweight": "write traffic, in the endpoint: {<deployment>: <per cent>}",
    "initialinstancecount": "write instance_count",
    "autoscaleenabled": _NO_AUTOSCALE,
    "keyauthenabled": "write auth_mode: aad_token",
    "sku": "write instance_type: Standard_D4as_v4 and instance_count",
    "capacity": "write instance_count",
    "skucapacity": "write instance_count",
    "vmsize": "write instance_type",
    "instancesize": "write instance_type",
    "scalesettings": "write instance_count",
    "replicas": "write instance_count",
    "computetype": "leave it out: without compute, the endpoint is managed",
    "endpointcomputetype": "leave it out: without compute, the endpoint is managed",
    "minreplicas": _NO_AUTOSCALE,
    "maxreplicas": _NO_AUTOSCALE,
    "mininstances": _NO_AUTOSCALE,
    "maxinstances": _NO_AUTOSCALE,
    "autoscale": _NO_AUTOSCALE,
    "httpget": "leave it out: the path of a probe is that of the server, /; times stand beside it",
    "bluegreen": "write all_at_once: the new deployment stands beside the old one until it has answered the smoke test",
    "rolling": "write canary: {steps: [10, 50], wait_minutes: 15}, in a map",
    "inplace": "write rollout: in_place, as a word and no map",
    "localpath": "write path",
    "canary": "write rollout: {canary: {steps: [10, 50], wait_minutes: 15}}",
}
OF_WORKSPACES: Mapping[str, str] = {
    "friendlyname": "write display_name",
    "hbiworkspace": "write hbi_workspace",
    "highbusinessimpact": "write hbi_workspace",
    "storageaccountid": "write storage_account: <an entry, or an id>",
    "keyvaultid": "write key_vault: <an entry, or an id>",
    "applicationinsightsid": "write application_insights: <an entry, or an id>",
    "containerregistryid": "write container_registry: <an entry, or an id>",
    "sku": "leave it out: a workspace has no choice of tiers",
}
OF_MODELS: Mapping[str, str] = {
    "modelname": "leave it out: the key of an entry is its name, and azure_name says another one on Azure",
    "modelpath": "write path",
    "localpath": "write path",
    "modelframework": "write flavors, or type: mlflow_model, which says it itself",
    "runid": "write from_job: <an entry of jobs> and output, and a run registers each version",
    "jobname": "write from_job: <an entry of jobs> and output, and a run registers each version",
    "modeluri": "write path, which is one of the repository, or an address such as azureml://jobs/…",
    "registeredmodelname": "leave it out: the entry says it, and azure_name where Azure has another",
    "minimum": "write at_least",
    "maximum": "write at_most",
    "min": "write at_least",
    "max": "write at_most",
    "threshold": "write at_least: {<metric>: <number>} or at_most",
    "thresholds": "write at_least: {<metric>: <number>} or at_most",
    "mlflow": "write type: mlflow_model",
    "sklearn": "write type: custom_model, or mlflow_model where MLflow saved it",
    "onnx": "write type: custom_model, or mlflow_model where MLflow saved it",
    "pickle": "write type: custom_model, or mlflow_model where MLflow saved it",
    "pytorch": "write type: custom_model, or mlflow_model where MLflow saved it",
}
_IN_A_JOB = "write it in an entry of jobs, and name that: create_job: {type: pipeline, job: <an entry of jobs>}"
OF_SCHEDULES: Mapping[str, str] = {
    **dict.fromkeys(("code", "command", "component", "jobs", "searchspace", "steps", "task", "trial"), _IN_A_JOB),
    **dict.fromkeys(
        ("pausestatus", "state", "status", "paused", "disabled", "active"),
        "write is_enabled: true or is_enabled: false",
    ),
    "starttime": "write start_time, in trigger",
    "at": "write schedule: {hours: 5, minutes: 0}, in trigger",
    "schedule": "write trigger: {type: cron, expression: …} or {type: recurrence, frequency: …, interval: …}",
    "quartzcronexpression": "write trigger: {type: cron, expression: …}, without seconds",
    "timezoneid": "write time_zone, in trigger",
    "createmonitor": "write it in an entry of monitors",
    "pattern": "write schedule: {hours: …, minutes: …}",
    "cron": "write trigger: {type: cron, expression: …}",
    "recurrence": "write trigger: {type: recurrence, frequency: …, interval: …}",
    "job": "write create_job: <an entry of jobs>",
    "pipelineid": "write create_job: <an entry of jobs>",
    "jobtemplate": "write create_job: <an entry of jobs>",
    "experimentname": "leave it out: the job says experiment_name",
    **dict.fromkeys(("frequency", "interval"), "write trigger: {type: recurrence, frequency: day, interval: 1}"),
    "expression": "write trigger: {type: cron, expression: …}",
}
