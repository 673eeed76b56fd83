"""Checks of endpoints and deployments, online and batch: a wrong and a right body for each code."""

import symtable

import pytest

from mlinfra.diagnostics import Code
from mlinfra.languages.azureml.checks import batch, commands, online_deployments, online_endpoints, scoring
from tests.languages.azureml.body_cases import Case

BLUE_GREEN = "deployments: {blue: {}, green: {}}"

ENDPOINTS = [
    Case(
        online_endpoints.TRAFFIC_SUM,
        "online_endpoints",
        f"{{{BLUE_GREEN}, traffic: {{blue: 90, green: 9}}}}",
        ("traffic",),
        "traffic adds up to 99",
        "it must add up to 100, or to 0",
        f"{{{BLUE_GREEN}, traffic: {{blue: 90, green: 10}}}}",
    ),
    Case(
        online_endpoints.TRAFFIC_SUM,
        "online_endpoints",
        f"{{{BLUE_GREEN}, traffic: {{blue: 90, green: 20}}}}",
        ("traffic",),
        "traffic adds up to 110",
        "it must add up to 100, or to 0",
        f"{{{BLUE_GREEN}, traffic: {{blue: 0, green: 0}}}}",
    ),
    Case(
        online_endpoints.TRAFFIC_TARGET,
        "online_endpoints",
        f"{{{BLUE_GREEN}, traffic: {{bleu: 100}}}}",
        ("traffic", "bleu"),
        'deployment "bleu" is not defined',
        'did you mean "blue"? Defined: blue, green',
        f"{{{BLUE_GREEN}, traffic: {{blue: 100}}}}",
    ),
    Case(
        online_endpoints.TRAFFIC_TARGET,
        "online_endpoints",
        "{mirror_traffic: {green: 10}}",
        ("mirror_traffic", "green"),
        'deployment "green" is not defined',
        "the endpoint has no deployments",
        f"{{{BLUE_GREEN}, mirror_traffic: {{green: 10}}}}",
    ),
    Case(
        online_endpoints.MIRROR,
        "online_endpoints",
        f"{{{BLUE_GREEN}, mirror_traffic: {{green: 51}}}}",
        ("mirror_traffic", "green"),
        "51 % of the traffic can't be mirrored",
        "at most 50 %",
        f"{{{BLUE_GREEN}, mirror_traffic: {{green: 50}}}}",
    ),
    Case(
        online_endpoints.MIRROR,
        "online_endpoints",
        f"{{{BLUE_GREEN}, mirror_traffic: {{blue: 10, green: 10}}}}",
        ("mirror_traffic",),
        "traffic is mirrored to one deployment, not to 2",
        None,
        f"{{{BLUE_GREEN}, mirror_traffic: {{green: 10}}}}",
    ),
    Case(
        online_endpoints.MIRROR,
        "online_endpoints",
        f"{{{BLUE_GREEN}, traffic: {{blue: 100}}, mirror_traffic: {{blue: 10}}}}",
        ("mirror_traffic", "blue"),
        'deployment "blue" can\'t have both live and mirrored traffic',
        "set its share of traffic to 0",
        f"{{{BLUE_GREEN}, traffic: {{blue: 100, green: 0}}, mirror_traffic: {{green: 10}}}}",
    ),
    Case(
        online_endpoints.MIRROR,
        "online_endpoints",
        f"{{compute: k8s, {BLUE_GREEN}, mirror_traffic: {{green: 10}}}}",
        ("mirror_traffic",),
        "a Kubernetes endpoint can't mirror traffic",
        "only managed endpoints can",
        f"{{compute: k8s, {BLUE_GREEN}}}",
    ),
    Case(
        online_endpoints.KUBERNETES_TOKEN,
        "online_endpoints",
        "{compute: k8s, auth_mode: AADToken}",
        ("auth_mode",),
        "a Kubernetes endpoint takes no Entra tokens",
        "use key or aml_token",
        "{compute: k8s, auth_mode: key}",
    ),
    Case(
        online_endpoints.KEY_AUTH,
        "online_endpoints",
        "{auth_mode: key}",
        ("auth_mode",),
        "keys of an endpoint do not expire",
        "use aad_token",
        "{auth_mode: aad_token}",
    ),
    Case(
        commands.NOT_PARSED,
        "online_endpoints",
        "{smoke_test: {command: 'python t.py --name \"a'}}",
        ("smoke_test", "command"),
        "bash can't parse the command: a \" that nothing closes",
        None,
        "{smoke_test: {command: 'python t.py --name \"a\"'}}",
    ),
    Case(
        commands.NOT_PARSED,
        "online_endpoints",
        '{smoke_test: {command: "pip list\\npython t.py --at $(date"}}',
        ("smoke_test", "command"),
        "bash can't parse the command: a $( that nothing closes",
        None,
        '{smoke_test: {command: "pip list\\npython t.py --at $(date)"}}',
    ),
    Case(
        online_endpoints.NO_ROLE_ASKED,
        "online_endpoints",
        "{auth_mode: amlToken, consumers: [payments]}",
        ("consumers",),
        "auth_mode is amlToken, with which no role is asked of who calls",
        "use aad_token, or leave consumers out",
        "{auth_mode: AadToken, consumers: [payments]}",
    ),
    Case(
        online_endpoints.NO_ROLE_ASKED,
        "online_endpoints",
        "{consumers: [payments]}",
        ("consumers",),
        "auth_mode is key, with which no role is asked of who calls",
        "use aad_token, or leave consumers out",
        "{}",
    ),
    Case(
        online_endpoints.MANY_DEPLOYMENTS,
        "online_endpoints",
        f"{{deployments: {{{', '.join(f'd{number}: {{}}' for number in range(21))}}}}}",
        ("deployments",),
        "an endpoint has at most 20 deployments, not 21",
        None,
        f"{{deployments: {{{', '.join(f'd{number}: {{}}' for number in range(20))}}}}}",
    ),
]

SCRIPTED = "code_configuration: {code: src, scoring_script: score.py}"
GOOD_SCRIPT = "import os\n\ndef init():\n    pass\n\ndef run(data):\n    return data\n"


def script_case(script: str, message: str, right: str) -> Case:
    """Return a case of two deployments whose scripts are `script`, under code, and `right`, under right."""
    return Case(
        scoring.NO_ENTRY_POINT,
        "online_deployments",
        f"{{{SCRIPTED}}}",
        ("code_configuration", "scoring_script"),
        message,
        "def init(): … and def run(data): …",
        f"{{{SCRIPTED.replace('src', 'right')}}}",
        files={"src": {"score.py": script}, "right": {"score.py": right}},
    )


SCORING = [
    Case(
        scoring.NO_SCRIPT,
        "online_deployments",
        "{code_configuration: {code: src}}",
        ("code_configuration", "scoring_script"),
        "code_configuration needs a scoring_script",
        "name a file below code",
        "{code_configuration: {code: 'azureml:code:1', scoring_script: score.py}}",
    ),
    Case(
        scoring.NO_SCRIPT,
        "batch_deployments",
        f"{{{SCRIPTED}}}",
        ("code_configuration", "scoring_script"),
        '"score.py" is there, and is not uploaded with src',
        "name a file below code that neither .amlignore nor git leaves out",
        "{code_configuration: {code: src, scoring_script: ./batch/score.py}}",
        files={"src": {"batch/score.py": GOOD_SCRIPT}, "score.py": {"score.py": GOOD_SCRIPT}},
    ),
    script_case("def init():\n    pass\n", '"score.py" does not define run', GOOD_SCRIPT),
    script_case("", '"score.py" does not define init and run', "from serving import *\n"),
    script_case(
        "def init():\n    run = 1\n",
        '"score.py" does not define run',
        "from serving import setup as init\nif True:\n    run = init\n",
    ),
    script_case(
        "[run for run in ()]\ndef init():\n    global run\n",
        '"score.py" does not define run',
        "try:\n    import run\nexcept ImportError as init:\n    raise\n",
    ),
    script_case("class C:\n    def run(self): ...\ninit = 1\n", '"score.py" does not define run', GOOD_SCRIPT),
    Case(
        scoring.NO_CODE,
        "online_deployments",
        "{model: churn}",
        ("model",),
        "a model of type custom_model needs code_configuration and environment",
        "only MLflow models do without",
        "{model: flow}",
        models={"churn": "custom_model", "flow": "mlflow_model"},
    ),
    Case(
        scoring.NO_CODE,
        "online_deployments",
        "{model: churn, environment: base}",
        ("model",),
        "a model of type custom_model needs code_configuration",
        "only MLflow models do without",
        "{model: churn, environment: server}",
        models={"churn": "custom_model"},
        environments={"base": "{image: 'a:1'}", "server": "{image: 'a:1', inference_config: {}}"},
    ),
    Case(
        scoring.NO_CODE,
        "batch_deployments",
        f"{{model: {{path: m, type: triton_model}}, {SCRIPTED}, error_threshold: 0}}",
        ("model",),
        "a model of type triton_model needs environment",
        "only MLflow models do without",
        "{model: 'azureml:elsewhere:1'}",
    ),
]


def test_a_script_that_can_not_be_parsed_is_reported_with_its_line() -> None:
    case = script_case("def init():\n    pass\ndef run(:\n", "", GOOD_SCRIPT)
    ((code, path, message, help_text),) = case.said_of_wrong()
    assert code is scoring.UNREADABLE_SCRIPT
    assert path == ("code_configuration", "scoring_script")
    assert message.startswith('"score.py", line 3, is no Python 3.')
    assert message.endswith(": invalid syntax")
    assert help_text == "correct it, or compile with the Python that runs it"
    assert case.said_of_right() == []


def test_a_script_of_many_deployments_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(source: str, name: str, kind: str) -> symtable.SymbolTable:
        read.append(source)
        return table(source, name, kind)

    table = symtable.symtable
    monkeypatch.setattr(symtable, "symtable", counted)
    case = script_case("def init(): 'of many deployments'\n", '"score.py" does not define run', GOOD_SCRIPT)
    assert [case.said_of_wrong() for _ in range(40)] == [[(case.code, case.path, case.message, case.help)]] * 40
    assert read == [case.files["src"]["score.py"]]


def deployment_case(
    code: Code, key: str, wrong: str, right: str, path: str, message: str, help_text: str | None
) -> Case:
    return Case(
        code,
        "online_deployments",
        f"{{{key}: {wrong}}}",
        tuple(path.split(".")),
        message,
        help_text,
        f"{{{key}: {right}}}",
    )


DEPLOYMENTS = [
    *(
        Case(
            online_deployments.OF_A_REGISTRY,
            "online_deployments",
            f"{{type: kubernetes, {key}: azureml://registries/shared/{key}s/a/versions/1}}",
            (key,),
            f"a kubernetes deployment takes no {key} of a registry",
            f"declare the {key} in the workspace, and name that",
            f"{{type: managed, {key}: azureml://registries/shared/{key}s/a/versions/1}}",
        )
        for key in ("model", "environment")
    ),
    Case(
        online_deployments.OF_A_REGISTRY,
        "online_deployments",
        "{type: kubernetes, code_configuration: {code: azureml://registries/shared/codes/a/versions/1, "
        "scoring_script: s.py}}",
        ("code_configuration", "code"),
        "a kubernetes deployment takes no code of a registry",
        "write a folder of the repository",
        "{type: kubernetes, code_configuration: {code: azureml:a:1, scoring_script: s.py}}",
    ),
    deployment_case(
        online_deployments.REQUEST_TIMEOUT,
        "request_settings",
        "{request_timeout_ms: 180001}",
        "{request_timeout_ms: 180000}",
        "request_settings.request_timeout_ms",
        "a managed deployment waits at most 180000 ms, not 180001",
        None,
    ),
    Case(
        online_deployments.REQUEST_TIMEOUT,
        "online_deployments",
        "{type: kubernetes, request_settings: {request_timeout_ms: 300001}}",
        ("request_settings", "request_timeout_ms"),
        "a kubernetes deployment waits at most 300000 ms, not 300001",
        None,
        "{type: kubernetes, request_settings: {request_timeout_ms: 300000}}",
    ),
    Case(
        online_deployments.WORKERS,
        "online_deployments",
        f"{{{SCRIPTED}, request_settings: {{max_concurrent_requests_per_instance: 4}}}}",
        ("request_settings", "max_concurrent_requests_per_instance"),
        "4 requests at a time meet one worker",
        "set environment_variables: {WORKER_COUNT: 4}",
        f"{{{SCRIPTED}, request_settings: {{max_concurrent_requests_per_instance: 4}},"
        " environment_variables: {WORKER_COUNT: 4}}",
    ),
    deployment_case(
        online_deployments.PROBE,
        "readiness_probe",
        "{timeout: 0}",
        "{timeout: 1, success_threshold: 3}",
        "readiness_probe.timeout",
        "timeout is 0, and must be at least 1",
        None,
    ),
    deployment_case(
        online_deployments.PROBE,
        "liveness_probe",
        "{success_threshold: 2}",
        "{success_threshold: 1}",
        "liveness_probe.success_threshold",
        "success_threshold of a liveness probe is 2, and must be 1",
        None,
    ),
    Case(
        online_deployments.FEW_INSTANCES,
        "online_deployments",
        "{instance_count: 2}",
        ("instance_count",),
        "a production deployment wants 3 instances, not 2",
        None,
        "{instance_count: 3}",
        mode="production",
    ),
    deployment_case(
        online_deployments.MANY_INSTANCES,
        "instance_count",
        "51",
        "50",
        "instance_count",
        "a deployment has at most 50 instances, not 51",
        None,
    ),
    deployment_case(
        online_deployments.SCALE_SETTINGS,
        "scale_settings",
        "{type: TargetUtilization}",
        "{type: default}",
        "scale_settings.type",
        "a managed deployment can't scale by target_utilization",
        "leave scale_settings out",
    ),
    deployment_case(
        online_deployments.SCALE_BOUNDS,
        "scale_settings",
        "{type: default, min_instances: 3, max_instances: 1}",
        "{type: default, min_instances: 1, max_instances: 1}",
        "scale_settings.min_instances",
        "min_instances is 3, and must be from 0 to max_instances, 1",
        None,
    ),
    deployment_case(
        online_deployments.SCALE_BOUNDS,
        "scale_settings",
        "{type: default, target_utilization_percentage: 101}",
        "{type: default, target_utilization_percentage: 100}",
        "scale_settings.target_utilization_percentage",
        "target_utilization_percentage is 101, and must be from 1 to 100",
        None,
    ),
    deployment_case(
        online_deployments.SMALL_SIZE,
        "instance_type",
        "Standard_DS1_v2",
        "Standard_DS3_v2",
        "instance_type",
        "Standard_DS1_v2 is too small for most models",
        "use a size with at least 8 GiB of memory",
    ),
]

BATCH = [
    Case(
        batch.TOKENS_ONLY,
        "batch_endpoints",
        "{auth_mode: key}",
        ("auth_mode",),
        "a batch endpoint can't use key",
        "use aad_token",
        "{auth_mode: AadToken}",
    ),
    Case(
        batch.NO_CONSUMERS,
        "batch_endpoints",
        "{consumers: [payments]}",
        ("consumers",),
        "no role can start runs of a batch endpoint and do nothing else",
        "leave consumers out; who needs the results gets a role where they are written",
        "{}",
    ),
    Case(
        batch.DEFAULT_DEPLOYMENT,
        "batch_endpoints",
        "{invoke: {input: d, output: 'azureml://datastores/a/paths/b/'}}",
        ("invoke",),
        "a batch endpoint that is called needs a deployment",
        "add one, or leave invoke out",
        "{}",
    ),
    Case(
        batch.DEFAULT_DEPLOYMENT,
        "batch_endpoints",
        "{deployments: {score: {}}}",
        ("defaults", "deployment_name"),
        "a batch endpoint needs a default deployment",
        "such as defaults: {deployment_name: score}",
        "{deployments: {score: {}}, defaults: {deployment_name: score}}",
    ),
    Case(
        batch.DEFAULT_DEPLOYMENT,
        "batch_endpoints",
        "{deployments: {score: {}}, defaults: {deployment_name: scor}}",
        ("defaults", "deployment_name"),
        'deployment "scor" is not defined',
        'did you mean "score"? Defined: score',
        "{}",
    ),
    Case(
        batch.SUMMARY_FILE,
        "batch_deployments",
        "{type: model, settings: {output_action: summary_only, output_file_name: a.csv}}",
        ("settings", "output_file_name"),
        "summary_only writes no file",
        "leave output_file_name out",
        "{output_action: append_row, output_file_name: a.csv}",
    ),
    Case(
        batch.SHORT_RETRY,
        "batch_deployments",
        "{mini_batch_size: 100}",
        ("mini_batch_size",),
        "30 seconds are short for a mini-batch of 100 files",
        "raise retry_settings.timeout",
        "{mini_batch_size: 100, retry_settings: {timeout: 300}}",
    ),
    Case(
        batch.SHORT_RETRY,
        "batch_deployments",
        "{type: model, settings: {mini_batch_size: 11, retry_settings: {timeout: 20}}}",
        ("settings", "retry_settings", "timeout"),
        "20 seconds are short for a mini-batch of 11 files",
        "raise retry_settings.timeout",
        "{type: model, settings: {mini_batch_size: 10, retry_settings: {timeout: 20}}}",
    ),
    Case(
        batch.ERRORS_IGNORED,
        "batch_deployments",
        "{error_threshold: -1}",
        ("error_threshold",),
        "error_threshold -1 ignores every error",
        "leave it out: it is 0, and a file that fails is a failure",
        "{error_threshold: 0}",
    ),
    Case(
        batch.ERRORS_IGNORED,
        "batch_deployments",
        "{type: model, settings: {error_threshold: 20}}",
        ("settings", "error_threshold"),
        "error_threshold 20 lets files fail, up to 20 of them",
        "leave it out: it is 0, and a file that fails is a failure",
        "{type: model, settings: {}}",
    ),
]

ENDPOINT_CASES = (*ENDPOINTS, *SCORING, *DEPLOYMENTS, *BATCH)


@pytest.mark.parametrize("case", ENDPOINT_CASES, ids=lambda case: case.id)
def test_wrong_body_is_reported_in_its_place(case: Case) -> None:
    assert case.said_of_wrong() == [(case.code, case.path, case.message, case.help)]


@pytest.mark.parametrize("case", ENDPOINT_CASES, ids=lambda case: case.id)
def test_right_body_is_left_alone(case: Case) -> None:
    assert case.said_of_right() == []
