"""Endpoints: containers that do not start, code that does not load, and requests that fail."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ENDPOINTS, ML, Cause

_DEPLOYMENT = ("onlineEndpoints/deployments", "onlineEndpoints")
KUBERNETES = (
    Cause(
        "pod_unschedulable",
        "No node of the cluster takes the container",
        r"(PodUnschedulable|unbound immediate PersistentVolumeClaims?|nodes are available|"
        r"(?<!due to )Insufficient (cpu|memory|"
        r"nvidia\.com/gpu)|Unschedulable\b|"
        r"(resource )?requests? .{0,40}greater than .{0,20}limits?|didn't match .{0,40}(node selector|affinity)|"
        r"untolerated taint|Invalid instance type|exceeded the node size|InstanceTypeNotFound)",
        "What the instance type asks for fits no node, or labels and taints keep it away",
        "Ask for less (resources, instance_type), or give the cluster larger nodes",
        f"{ENDPOINTS}#error-podunschedulable",
        (
            "computes",
            "onlineEndpoints/deployments",
        ),
    ),
    Cause(
        "kubernetes",
        "The extension of Azure ML on the cluster does not work",
        r"(ScoringFeUnhealthy|azureml-fe\b.{0,60}not|KubernetesUnaccessible|KubernetesCrashLoopBackOff|"
        r"NamespaceNotFound|ACRSecretError|TokenRefreshFailed|GetAADTokenFailed|E4000\d|"
        r"k8s-extension.{0,80}(failed|not)|ExtensionOperationFailed|Helm (installation|upgrade)|"
        r"Extension\w{0,20}Identity\w{1,20}|identity of AzureML extension|ValidateInstanceType|AML extension|"
        r"aka\.ms/(amlarc|"
        r"arcml)|AML Kubernetes)",
        "Its part that takes requests or fetches images is not healthy, or the cluster does not reach Azure ML",
        "kubectl get pods -n azureml, then az k8s-extension show: install it anew where it failed, and open "
        "the hosts that it needs",
        f"{ENDPOINTS}#common-errors-specific-to-kubernetes-deployments",
        (
            "computes",
            "onlineEndpoints",
        ),
    ),
)
SERVING = (
    Cause(
        "import_error",
        "A module that the scoring code imports is not in the environment",
        r"(ModuleNotFoundError: No module named '?(?P<at>[\w.]+)|ImportError: |UserScriptImportError|"
        r"No module named ['\"]?[\w.]+)",
        "The environment of the deployment has not what the code imports",
        "Add the package to the conda file of the environment; mlinfra try starts the same code on this machine",
        f"{ENDPOINTS}#error-resourcenotready",
        ("workspaces/environments", "onlineEndpoints/deployments", "workspaces/jobs"),
    ),
    Cause(
        "server_versions",
        "The inference server does not fit the packages of the environment",
        r"((exec: )?gunicorn: not found|azmlinfsrv: (command )?not found|runsvdir: not found|"
        r"register\(\) takes 3 positional arguments but 4 were given|cannot import name .{0,60}from '(flask|"
        r"werkzeug)|"
        r"azureml-inference-server-http.{0,80}(not found|required))",
        "Flask or Werkzeug were installed in a version that azureml-inference-server-http does not take",
        "Pin azureml-inference-server-http anew, and leave Flask and Werkzeug to it",
        f"{ML}how-to-inference-server-http",
        ("workspaces/environments", "onlineEndpoints/deployments"),
    ),
    Cause(
        "probe_failed",
        "The container started and did not answer in time",
        r"(Liveness probe failed|Readiness probe failed|startup probe failed|failed with statuscode: 5\d\d)",
        "init() takes longer than the probes wait, or the server inside ended",
        "Read the log (az ml online-deployment get-logs), then raise initial_delay of liveness_probe and "
        "readiness_probe, or load less in init()",
        f"{ENDPOINTS}#error-resourcenotready",
        _DEPLOYMENT,
    ),
    Cause(
        "init_failed",
        "The scoring code failed in init()",
        r"gunicorn .{0,20}(entered FATAL|exit status [1-9])|(Container has crashed|init method fail|"
        r"UserScriptInitFailed|errors in your scoring file\\?'s init|"
        r"User container has crashed or terminated|UserScriptFunctionNotFound|CrashLoopBackOff|"
        r"container application crashed|score\.py.{0,40}not found|gunicorn/finish|Exit code \d+ is not normal)",
        "The container ended while it loaded the code and the model",
        "az ml online-deployment get-logs shows the traceback; mlinfra try starts the same code on this machine, on "
        "a model of yours",
        f"{ENDPOINTS}#error-resourcenotready",
        _DEPLOYMENT,
    ),
    Cause(
        "secret_injection",
        "A secret of a deployment could not be read",
        r"(SecretsInjectionError|secret injection)",
        "The identity of the endpoint may not read the secret, or the reference in the variables names none",
        "Give the identity Key Vault Secrets User on the vault, and write the reference as the page below says",
        f"{ENDPOINTS}#error-secretsinjectionerror",
        (
            "onlineEndpoints/deployments",
            "onlineEndpoints",
        ),
    ),
    Cause(
        "not_ready",
        "The deployment did not become ready",
        r"unrecoverable state|(ResourceNotReady|ResourceDeploymentFailure: Resource|"
        r"taking longer than our normal time)",
        "The container ended or did not answer while Azure ML waited for it",
        "az ml online-deployment get-logs shows why; mlinfra try starts the same code on this machine",
        f"{ENDPOINTS}#error-resourcenotready",
        _DEPLOYMENT,
    ),
    Cause(
        "endpoint_missing",
        "The endpoint of a deployment does not exist",
        r"endpoint \S{1,80} has not been created successfully|"
        r"(Deployment \S{1,80} not found in endpoint|"
        r"InferencingClientCallFailed.{0,120}Not Found|EndpointNotFound|(online|"
        r"batch).?endpoint.{0,60}does not exist)",
        "The endpoint was never made, was deleted, or failed when it was made",
        "Run release.yml of the target: it makes endpoints before deployments; one in state Failed is deleted first",
        ENDPOINTS,
        ("onlineEndpoints", "batchEndpoints"),
    ),
    Cause(
        "no_traffic",
        "The endpoint has no deployment that gets traffic",
        r"(no valid deployments? to route|No route found|no valid deployment with positive weight|"
        r"endpoint .{0,60}(has no|without) (deployments?|traffic))",
        "An endpoint hands a request to a deployment by the traffic of each, and none has any",
        "Run release.yml of the target, which moves the traffic; az ml online-endpoint show --query traffic says it",
        f"{ENDPOINTS}#http-status-codes",
        _DEPLOYMENT,
    ),
    Cause(
        "request_timeout",
        "The endpoint did not answer in time",
        r"/(score|invocations): (net/http|timeout)|"
        r"(upstream request timeout|\b408\b.{0,40}Request ?Timeout|Request ?Timeout)",
        "The code took longer than request_timeout_ms",
        "Raise request_settings.request_timeout_ms (at most 180,000), or do less in a request",
        f"{ENDPOINTS}#http-status-codes",
    ),
    Cause(
        "model_missing",
        "The model that a deployment names is not there",
        r"((locate|find) the provided model_path|(No such file|not found|does not exist).{0,120}(azureml-models|"
        r"AZUREML_MODEL_DIR|azureml-app)|No blobs found in storage at model|"
        r"model.{0,80}(not found|does not exist|cannot be found)|Model\w{0,20}NotFound\w{0,20}|NoSuchModel)",
        "This workspace has no such model or version",
        "Run train.yml, or promote the model to this target first; mlinfra explain --model NAME:VERSION knows its run",
        f"{ML}how-to-manage-models",
        ("workspaces/models", "onlineEndpoints/deployments"),
    ),
    Cause(
        "endpoint_signin",
        "The endpoint does not take the caller",
        r"ScoreRequestUnauthorized|InferencingClientAuthFailed|Invalid credentials provided|"
        r"(key_auth_\w{1,40}|Jwt (verification|is not|issuer|is expired|is missing)|"
        r"inference\.ml\.azure\.com.{0,200}\b(401|403)\b|\b(401|403)\b.{0,200}inference\.ml\.azure\.com|"
        r"onlineEndpoints/score/action|batchEndpoints/jobs/write)",
        "No token or key came along, it was one of another service, or whoever asks has no role on the endpoint",
        "Fetch a token for https://ml.azure.com, and write who calls in principals with what they call: the "
        "role is derived",
        f"{ML}how-to-authenticate-online-endpoint",
        (
            "onlineEndpoints",
            "batchEndpoints",
        ),
    ),
    Cause(
        "request_form",
        "The request has not the form that the endpoint reads",
        r"\bInvalid (request|input)( body| data| schema| format)?: |Expecting value: line|could not be (parsed|"
        r"decoded) as JSON|"
        r"Unrecognized content type|value is not provided for the '|scoring (protocol|request format)|"
        r"not JSON serializable|Unsupported media type|"
        r"(Invalid input format|expected an array|\binput_data\b.{0,80}(missing|required|expected|must)|"
        r"(parse|deserialize|decode|convert) (the )?(input|request|payload|json|body).{0,60}(fail|error)|"
        r"fail\w{0,3} to (parse|deserialize|decode|convert) .{0,40}(input|payload)|"
        r"Failed to enforce schema|Model is missing inputs|Incompatible input types)",
        'A model of MLflow reads {"input_data": …} with the columns and types of its signature; other code reads what '
        "run() reads",
        "Send what the signature of the model (MLmodel) names; mlinfra try sends a request on this machine",
        f"{ML}how-to-deploy-mlflow-models-online-endpoints",
        ("onlineEndpoints/deployments", "onlineEndpoints"),
    ),
    Cause(
        "score_failed",
        "The scoring code answered a request with an error",
        r"(\b424\b.{0,80}(Failed Dependency|model|error)|Model Error\b|ms-azureml-model-error|UserScriptException|"
        r"An unexpected error occurred in scoring script|"
        r"run\(\) .{0,60}(raised|failed|error)|(ValidateScoringFailed|Scoring failed|failed to score))",
        "run() raised, most often as the request has not the form that it reads",
        "az ml online-deployment get-logs shows the traceback; mlinfra try sends the same request on this machine",
        f"{ENDPOINTS}#http-status-codes",
        (
            "onlineEndpoints/deployments",
            "onlineEndpoints",
        ),
    ),
    Cause(
        "too_many_requests",
        "The endpoint gets more requests than its instances take",
        r"(too many pending requests|no healthy upstream|(endpoint|inference|score|"
        r"deployment)\b.{0,120}Too many requests|rate.?limit.{0,60}(endpoint|"
        r"deployment)|upstream connect error)",
        "All workers of all instances are busy, and the queue of the endpoint is full",
        "Raise instance_count or max_concurrent_requests_per_instance, or let it scale (scale rules of the deployment)",
        f"{ENDPOINTS}#http-status-codes",
        (
            "onlineEndpoints/deployments",
            "onlineEndpoints",
        ),
    ),
)
