"""What Bicep, the Azure ML client or Azure refuse is refused here first, at its line, with what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.cases import WORKSPACE, Wrong, told
from tests.spec import HEADER, SCORING

FOR_JOBS = WORKSPACE + "environments: {e: {image: 'a/b:1'}}\ncompute_clusters: {cpu: {size: Standard_D4ds_v5}}\n"
ONLY_APPROVED = "network: {inbound: public, outbound: approved}\n" + WORKSPACE
CONDA = "environments: {e: {image: 'a/b:1', conda_file: %s}}\n"
IN_FILE = WORKSPACE + CONDA % "c.yml"
BUILT = "environments: {e: {build: {path: '%s'}}}\n"
ON_COMPUTE = "{type: uri_folder, path: 'https://a.example/b', path_on_compute: /mnt/x}"
COMMAND = "command: 'a', environment: e, compute: cpu"
SPARK = (
    "type: spark, code: src, entry: {file: s.py}, conf: {spark.driver.cores: 1, spark.driver.memory: 2g, "
    "spark.executor.cores: 1, spark.executor.memory: 2g, spark.executor.instances: 1}, "
    "resources: {instance_type: standard_e4s_v3, runtime_version: '3.4'}"
)
SWEEP = (
    "type: sweep, trial: {command: 'a ${{search_space.y}}', environment: e}, compute: cpu, sampling_algorithm: random, "
    "objective: {goal: minimize, primary_metric: l}, limits: {max_total_trials: 2}, "
    "search_space: {y: {type: uniform, min_value: 0, max_value: 1}}"
)
AUTOML = (
    "type: automl, task: classification, compute: cpu, primary_metric: accuracy, target_column_name: y, "
    "training_data: {type: mltable, path: 'azureml:d:1', path_on_compute: /mnt/x}"
)
CODE = {"src/s.py": "def init(): ...\n\n\ndef run(batch): ...\n", "model/MLmodel": "flavors: {}\n"}
FROM_FILE = "jobs: {j: {type: pipeline, settings: {default_compute: cpu}, jobs: {s: {type: command, component: %s}}}}\n"
IN_BATCHES = (
    "models: {m: {path: model, version: 1}}\n"
    "batch_endpoints: {b: {defaults: {deployment_name: d}, deployments: {d: {type: model, model: m, environment: e, "
    "compute: cpu, code_configuration: {code: %s, scoring_script: s.py}, %s}}}}\n"
)
PARALLEL = (
    "jobs: {j: {type: pipeline, settings: {default_compute: cpu}, inputs: {d: {type: uri_folder, path: "
    "'https://a.example/b'}}, jobs: {s: {type: parallel, mini_batch_size: '%s', input_data: '${{inputs.d}}', inputs: "
    "{d: '${{parent.inputs.d}}'}, task: {type: run_function, code: src, entry_script: s.py, environment: e}}}}}\n"
)
SCHEDULE = "schedules: {s: {trigger: {type: cron, expression: '0 5 * * 1'}, create_job: %s}}\n"
REQUEST = WORKSPACE + SCORING.replace("request.json", "'%s'").replace("Standard_DS3_v2", "Standard_D4as_v4")
RULE = (
    "workspaces: {main: {managed_network: {isolation_mode: allow_only_approved_outbound, outbound_rules: "
    "[{name: '%s', type: fqdn, destination: a.example}]}}}\n"
)
VAULT = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"


def _job(body: str) -> str:
    return f"{FOR_JOBS}jobs: {{j: {{{body}}}}}\n"


def _channel(address: str) -> dict[str, str]:
    return {"c.yml": f"channels: ['{address}', nodefaults]\ndependencies: [python=3.11]\n"}


def _index(address: str) -> dict[str, str]:
    packages = f"[python=3.11, {{pip: ['--index-url {address}', 'pandas==2.2.3']}}]"
    return {"c.yml": f"channels: [nodefaults]\ndependencies: {packages}\n"}


PATHS_ON_COMPUTE = (
    Wrong(
        "path_on_compute of a command job's input",
        _job(f"{COMMAND}, inputs: {{x: {ON_COMPUTE}}}"),
        "9:116 MLI220 path_on_compute is not a field of inputs.x of type uri_folder\n"
        "  help: leave it out: a job gets the place of its data as ${{inputs.<name>}}",
    ),
    Wrong(
        "path_on_compute of a Spark job's input",
        _job(f"{SPARK}, inputs: {{x: {ON_COMPUTE[:-1]}, mode: direct}}}}"),
        "9:323 MLI220 path_on_compute is not a field of inputs.x of type uri_folder\n"
        "  help: leave it out: a job gets the place of its data as ${{inputs.<name>}}",
        files=CODE,
    ),
    Wrong(
        "path_on_compute of a sweep's input",
        _job(f"{SWEEP}, inputs: {{x: {ON_COMPUTE}}}"),
        "9:329 MLI220 path_on_compute is not a field of inputs.x of type uri_folder\n"
        "  help: leave it out: a job gets the place of its data as ${{inputs.<name>}}",
    ),
    Wrong(
        "path_on_compute of an AutoML job's data",
        _job(AUTOML),
        "9:163 MLI220 path_on_compute is not a field of training_data of type mltable\n"
        "  help: leave it out: a job gets the place of its data as ${{inputs.<name>}}",
    ),
    Wrong(
        "path_on_compute of a pipeline's input",
        _job(f"type: pipeline, inputs: {{x: {ON_COMPUTE}}}, jobs: {{s: {{{COMMAND}}}}}"),
        "9:88 MLI220 path_on_compute is not a field of inputs.x\n"
        "  help: leave it out: a job gets the place of its data as ${{inputs.<name>}}",
    ),
    Wrong(
        "path_on_compute of a step's input",
        _job(f"type: pipeline, jobs: {{s: {{{COMMAND}, inputs: {{x: {ON_COMPUTE}}}}}}}"),
        "9:143 MLI220 path_on_compute is not a field of jobs.s.inputs.x of type uri_folder\n"
        "  help: leave it out: a job gets the place of its data as ${{inputs.<name>}}",
    ),
)
CODE_ELSEWHERE = (
    Wrong(
        "code in a datastore",
        _job(f"{COMMAND}, code: 'azureml://datastores/d/paths/src'"),
        '9:62 MLI347 "azureml://datastores/d/paths/src" is no path of the repository\n'
        "  help: write a path that counts from this file, or azureml:<name>:<version>, a "
        "resource id /subscriptions/…",
    ),
    Wrong(
        "code in another cloud",
        _job(f"{COMMAND}, code: 's3://bucket/src'"),
        '9:62 MLI347 "s3://bucket/src" is no path of the repository\n'
        "  help: write a path that counts from this file, or azureml:<name>:<version>, a "
        "resource id /subscriptions/…",
    ),
    Wrong(
        "code that scores in a datastore",
        FOR_JOBS + IN_BATCHES % ("azureml://datastores/d/paths/src", "resources: {instance_count: 1}"),
        '10:153 MLI347 "azureml://datastores/d/paths/src" is no path of the repository\n'
        "  help: write a path that counts from this file, or azureml:<name>:<version>, a "
        "resource id /subscriptions/…",
        files=CODE,
    ),
    Wrong(
        "a conda file on the web",
        WORKSPACE + CONDA % "https://a.example/c.yml",
        '7:48 MLI347 "https://a.example/c.yml" is no path of the repository\n'
        "  help: write a path that counts from this file",
    ),
    Wrong(
        "a conda file in a datastore",
        WORKSPACE + CONDA % "azureml://datastores/d/paths/c.yml",
        '7:48 MLI347 "azureml://datastores/d/paths/c.yml" is no path of the repository\n'
        "  help: write a path that counts from this file",
    ),
    Wrong(
        "a build context on the web",
        WORKSPACE + BUILT % "https://github.com/a/b.git#main",
        '7:34 MLI347 "https://github.com/a/b.git#main" is no path of the repository\n'
        "  help: write a path that counts from this file",
    ),
    Wrong(
        "a build context in a datastore",
        WORKSPACE + BUILT % "azureml://datastores/d/paths/b",
        '7:34 MLI347 "azureml://datastores/d/paths/b" is no path of the repository\n'
        "  help: write a path that counts from this file",
    ),
    Wrong(
        "a smoke test's request on the web",
        REQUEST % "https://a.example/r.json",
        '15:27 MLI347 "https://a.example/r.json" is no path of the repository\n'
        "  help: write a path that counts from this file",
        files=CODE,
    ),
)
FILES = (
    Wrong(
        "a conda file that does not parse",
        IN_FILE,
        "7:48 MLI336 \"c.yml\" can't be read: YAML does not parse: did not find expected ',' or ']'\n  2:2 here",
        files={"c.yml": "dependencies: [a\nb: }\n"},
    ),
    Wrong(
        "a conda file that holds a tag",
        IN_FILE,
        '7:48 MLI113 "c.yml": tag !x is not supported here\n'
        "  help: leave the tag out, or use one of !!str, !!int, !!float, !!bool, !!null, !!map, "
        "!!seq\n"
        "  1:15 here",
        files={"c.yml": "dependencies: !x [python=3.11]\n"},
    ),
    Wrong(
        "a component's file that holds none",
        FOR_JOBS + FROM_FILE % "c.yml",
        '9:99 MLI220 "c.yml": command is required here\n'
        "  1:1 it is written here\n"
        '9:99 MLI220 "c.yml": environment is required here\n'
        "  1:1 it is written here",
        files={"c.yml": "description: nothing that runs\n"},
    ),
    Wrong(
        "a component's file that holds a list",
        FOR_JOBS + FROM_FILE % "c.yml",
        '9:99 MLI336 "c.yml" can\'t be read: the file holds a list, not sections\n  1:1 here',
        files={"c.yml": "- a\n"},
    ),
    Wrong(
        "a component's file that holds a job",
        FOR_JOBS + FROM_FILE % "c.yml",
        '9:99 MLI220 "c.yml": type must be one of command, spark, parallel, pipeline, automl, '
        'not "sweep"\n'
        "  1:1 it is written here",
        files={"c.yml": "type: sweep\n"},
    ),
    Wrong(
        "file: to nowhere",
        FOR_JOBS + FROM_FILE % "'file:c.yml'",
        '9:99 MLI330 "file:c.yml" does not exist\n  help: In the folder: ml-platform.yaml',
    ),
    Wrong(
        "file: to an address",
        FOR_JOBS + FROM_FILE % "'file:https://a.example/c.yml'",
        '9:99 MLI347 "file:https://a.example/c.yml" is no path of the repository\n'
        "  help: write a path that counts from this file, or azureml:<name>:<version>",
    ),
)
NAMES = (
    Wrong(
        "an output's name",
        _job(f"{COMMAND}, outputs: {{o: {{type: uri_folder, name: 'a b/c'}}}}"),
        '9:94 MLI528 "a b/c" is no name for what an output is registered as\n'
        "  help: use letters, digits, - and _, 255 at most",
    ),
    Wrong(
        "an output's version",
        _job(f"{COMMAND}, outputs: {{o: {{type: uri_folder, name: a, version: '1/2:3'}}}}"),
        '9:106 MLI528 "1/2:3" can\'t be the version of what output "o" is registered as\n'
        "  help: use letters, digits, ., _ and -, a letter or digit first",
    ),
    Wrong(
        "a version of data",
        WORKSPACE + "data: {d: {path: 'https://a.example/b', version: '1/2:3'}}\n",
        '7:50 MLI346 "1/2:3" can\'t be the version of data.d\n'
        "  help: use letters, digits, ., _ and -, a letter or digit first",
    ),
    Wrong(
        "a version of a model",
        WORKSPACE + "models: {m: {path: model, version: '1/2:3'}}\n",
        '7:36 MLI677 version "1/2:3" of a model is no positive integer\n'
        "  help: use 1, 2, 3…, or leave it out: Azure counts then",
        files=CODE,
    ),
    Wrong(
        "a vault that exists",
        WORKSPACE + "key_vaults: {v: {existing: true, azure_name: a/b}}\n",
        '7:46 MLI310 key_vaults.v is named "a/b" on Azure, which holds "/", while a key vault '
        "takes letters, digits and hyphens\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "a workspace that exists",
        WORKSPACE[:-2] + ", o: {existing: true, azure_name: a/b}}\n",
        '6:56 MLI310 workspaces.o is named "a/b" on Azure, which holds "/", while a workspace '
        "takes letters, digits, hyphens and underscores\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "a cluster that exists",
        WORKSPACE + "compute_clusters: {cpu: {existing: true, azure_name: a/b}}\n",
        '7:54 MLI310 compute_clusters.cpu is named "a/b" on Azure, which holds "/", while a '
        "compute cluster takes letters, digits and hyphens\n"
        "  help: write another azure_name:",
    ),
    Wrong(
        "an outbound rule with a blank",
        RULE % "a b",
        '6:109 MLI220 name must be 3 to 33 letters, digits, - and _, a letter or digit first, not "a b"',
    ),
    Wrong(
        "an outbound rule with a slash",
        RULE % "a/b",
        '6:109 MLI220 name must be 3 to 33 letters, digits, - and _, a letter or digit first, not "a/b"',
    ),
)
HALVES = (
    Wrong(
        "a key's vault alone",
        f"workspaces: {{main: {{customer_managed_key: {{key_vault: {VAULT}}}}}}}\n",
        "6:21 MLI220 key_uri is required here",
    ),
    Wrong(
        "a key alone",
        "workspaces: {main: {customer_managed_key: {key_uri: 'https://v.example/keys/k/1'}}}\n",
        "6:21 MLI220 key_vault is required here",
    ),
    Wrong(
        "resources beside a count of instances",
        FOR_JOBS
        + IN_BATCHES % ("src", "resources: {instance_count: 2}, settings: {mini_batch_size: 1, instance_count: 2}"),
        "10:260 MLI220 instance_count can't be given here\n  help: leave instance_count out",
        files=CODE,
    ),
    *(
        Wrong(
            f"mini_batch_size {size}",
            FOR_JOBS + PARALLEL % size,
            "9:168 MLI220 mini_batch_size must be a number of files from 1 on, "
            "or a size such as 10MB or a binding ${{…}}, not "
            f'"{size}"',
            files=CODE,
        )
        for size in ("abc", "1 mb", "1.5kb", "10kbkb", "-1")
    ),
    Wrong(
        "an expression for a scheduled job",
        WORKSPACE + SCHEDULE % "'${{ x }}'",
        '7:77 MLI347 "${{ x }}" is no path of the repository\n'
        "  help: write a path that counts from this file, or azureml:<name>:<version>",
    ),
    Wrong(
        "an expression for the job of a map",
        WORKSPACE + SCHEDULE % "{type: pipeline, job: '${{ x }}'}",
        '7:99 MLI347 "${{ x }}" is no path of the repository\n'
        "  help: write a path that counts from this file, or azureml:<name>:<version>",
    ),
)
HOSTS = (
    Wrong(
        "a channel whose host is a pattern",
        IN_FILE,
        '7:48 MLI335 "c.yml": "https://*.a.example/c" is no address\n'
        "  help: write https://host/path\n"
        "  1:12 it is written here",
        files=_channel("https://*.a.example/c"),
    ),
    Wrong(
        "a channel without a host",
        IN_FILE,
        '7:48 MLI335 "c.yml": "https:///c" is no address\n  help: write https://host/path\n  1:12 it is written here',
        files=_channel("https:///c"),
    ),
    Wrong(
        "a channel whose host is an expression",
        IN_FILE,
        '7:48 MLI335 "c.yml": "https://${{ x }}/c" is no address\n'
        "  help: write https://host/path\n"
        "  1:12 it is written here",
        files=_channel("https://${{ x }}/c"),
    ),
    Wrong(
        "a channel at an address",
        ONLY_APPROVED + CONDA % "c.yml",
        '8:48 MLI477 environments.e takes packages from "10.0.0.1", which is no host name\n'
        "  help: name the host as a rule of the network can: packages.contoso.com",
        files=_channel("https://10.0.0.1/c"),
    ),
    Wrong(
        "a channel at an address of IPv6",
        ONLY_APPROVED + CONDA % "c.yml",
        '8:48 MLI477 environments.e takes packages from "::1", which is no host name\n'
        "  help: name the host as a rule of the network can: packages.contoso.com",
        files=_channel("https://[::1]/c"),
    ),
    Wrong(
        "a channel at localhost",
        ONLY_APPROVED + CONDA % "c.yml",
        '8:48 MLI477 environments.e takes packages from "localhost", which is no host name\n'
        "  help: name the host as a rule of the network can: packages.contoso.com",
        files=_channel("https://localhost/c"),
    ),
    Wrong(
        "an index at an address",
        ONLY_APPROVED + CONDA % "c.yml",
        '8:48 MLI477 environments.e takes packages from "10.0.0.1", which is no host name\n'
        "  help: name the host as a rule of the network can: packages.contoso.com",
        files=_index("https://10.0.0.1/simple"),
    ),
)
EXPRESSIONS = (
    Wrong(
        "in allowed_ips",
        "network: {inbound: public, outbound: internet, allowed_ips: ['${{ x }}']}\n" + WORKSPACE,
        '6:62 MLI215 allowed_ips[0] must be a range of IPv4 addresses such as 203.0.113.0/24, not "${{ x }}"',
    ),
    Wrong(
        "in object_id",
        WORKSPACE + "principals: {p: {object_id: '${{ x }}', type: user, role: reader}}\n",
        '7:29 MLI215 object_id must be a GUID such as 11111111-1111-1111-1111-111111111111, not "${{ x }}"',
    ),
    Wrong(
        "in the location of an account",
        WORKSPACE + "storage_accounts: {a: {location: '${{ x }}'}}\n",
        '7:34 MLI215 location must be a region such as westeurope, in lower case without spaces, not "${{ x }}"',
    ),
    Wrong(
        "in the location of a workspace",
        "workspaces: {main: {location: '${{ x }}'}}\n",
        '6:31 MLI314 location "${{ x }}" of workspaces.main is not the name of a region\n'
        "  help: write it in lower case without spaces, such as westeurope",
    ),
    Wrong(
        "in the location of a cluster",
        WORKSPACE + "compute_clusters: {cpu: {size: Standard_D4ds_v5, location: '${{ x }}'}}\n",
        '7:60 MLI314 location "${{ x }}" of compute_clusters.cpu is not the name of a region\n'
        "  help: write it in lower case without spaces, such as westeurope",
    ),
    Wrong(
        "in package_hosts",
        ONLY_APPROVED.replace("approved", "approved, package_hosts: ['${{ x }}']"),
        '6:64 MLI215 package_hosts[0] must be a host name such as pkgs.contoso.com, not "${{ x }}"',
    ),
)
CASES = (*PATHS_ON_COMPUTE, *CODE_ELSEWHERE, *FILES, *NAMES, *HALVES, *HOSTS, *EXPRESSIONS)


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_what_tools_refuse(case: Wrong, tmp_path: Path) -> None:
    assert told(tmp_path, HEADER + case.text, case.files) == case.said


def test_a_conda_file_in_another_encoding(tmp_path: Path) -> None:
    (tmp_path / "c.yml").write_bytes(b"dependencies: [python=3.11]  # \xff\n")
    assert told(tmp_path, HEADER + IN_FILE, {}) == '7:48 MLI334 "c.yml" is not UTF-8 text'
