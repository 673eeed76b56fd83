"""Jobs on a node: graphics cards, several processes, memory that is shared, metrics, Spark."""

from __future__ import annotations

from mlinfra.azure.failures.cause import ML, Cause

_DISTRIBUTED = f"{ML}how-to-train-distributed-gpu"
_JOB = f"{ML}reference-yaml-job-command"
_JOBS = ("workspaces/jobs", "workspaces/components")
TRAINING = (
    Cause(
        "shared_memory",
        "The container has too little shared memory",
        r"(out of shared memory|shared memory (limit|segment|error)|/dev/shm|killed by signal: Bus error|"
        r"\bshm_size\b.{0,60}(too|increase|raise)|insufficient shared memory)",
        "Processes that load data hand it over in shared memory, of which a container has 2 GB unless it asks for more",
        "Write resources.shm_size of the job (8g), or start fewer workers (num_workers)",
        _JOB,
        _JOBS,
    ),
    Cause(
        "gpu_unfit",
        "The graphics card, its driver and the framework do not fit each other",
        r"(no kernel image is available|CUDA (driver|runtime) version|no CUDA.capable device|"
        r"not compiled with CUDA|Found no NVIDIA driver|NVIDIA driver .{0,60}(too old|not)|CUDA error(?!: out)|"
        r"(CUDNN|CUBLAS|CUSOLVER|CUSPARSE)_STATUS_(?!ALLOC)\w{1,40}|"
        r"could not select device driver|Attempting to deserialize object on a CUDA device|"
        r"(GPU|CUDA) (is|are) not available|nvidia-smi.{0,60}(fail|not found)|"
        r"libcud\w{1,20}\.so.{0,80}(cannot open|not found))",
        "The build of torch or tensorflow is made for other cards or another CUDA than the node has, or the node has "
        "no card at all",
        "Take a base image and packages of the CUDA that the size's cards know, and a size with cards (Standard_N…)",
        _DISTRIBUTED,
        ("workspaces/environments", "computes"),
    ),
    Cause(
        "processes_apart",
        "The processes of a distributed job do not find each other",
        r"NCCL communicator|ncclUniqueId|\bc10d\b|default_pg|"
        r"(NCCL (WARN|error|failure|Operation)(?!.{0,120}out of memory)|"
        r"Duplicate GPU detected|ProcessGroup(NCCL|Gloo)|ncclSystemError|"
        r"ncclInternalError|ncclUnhandled\w{1,20}|DistBackendError|Watchdog caught collective|RendezvousError|"
        r"rendezvous.{0,60}(fail|time|error)|torch\.distributed\.elastic.{0,200}(error|fail)|MPI_ABORT|MPI_Init|"
        r"mpirun .{0,80}(exited|noticed|abort)|Address already in use.{0,80}(master|29500|store)|"
        r"ORTE .{0,60}(error|lost)|(MASTER_ADDR|WORLD_SIZE|LOCAL_RANK)\b.{0,60}(not set|missing|expected))",
        "More processes were started than a node has cards, ranks differ from what the code reads, or the nodes do "
        "not reach each other",
        "process_count_per_instance of distribution is the number of cards of a node; let the code read rank and "
        "world "
        "size from the environment; NCCL_DEBUG=INFO says which network is used",
        _DISTRIBUTED,
        _JOBS,
    ),
    Cause(
        "metric_missing",
        "The metric that a sweep or AutoML looks for is not logged",
        r"(primary.?metric.{0,160}(not (found|logged|reported|contain|available)|missing|no\b|cannot)|"
        r"(do|does|did) not (contain|report|log|have) any metrics?|no metrics? (were|was) (logged|found|reported)|"
        r"metrics? with the (primary )?metric name|policy cannot be applied)",
        "The name in objective.primary_metric is not, letter by letter, the one that the script logs",
        "Log it with mlflow.log_metric under that very name, in each trial, at least once",
        f"{ML}how-to-tune-hyperparameters",
        _JOBS,
    ),
    Cause(
        "automl_data",
        "AutoML does not take the data",
        r"(target column|label column|InsufficientSampleSize|featurization config)\b.{0,80}(not|missing|invalid|must|"
        r"least)",
        "The target is missing or has one value alone, there are too few rows, or columns of training and validation "
        "differ",
        "Compare target_column_name and the columns with the data that the error names; leave out rows without a "
        "target",
        f"{ML}how-to-configure-auto-train",
        _JOBS,
    ),
    Cause(
        "mlflow_run",
        "MLflow does not find the run, or is not joined to this workspace",
        r"INVALID_PARAMETER_VALUE.{0,900}ComponentName\W{1,6}mlflow|multiple terminal states for a run|"
        r"Logging model metadata to the tracking server has failed|"
        r"((not permitted|not allowed) to update status for run|run is system managed|"
        r"Run (with id[= ])?'?[\w-]{1,64}'? (was )?not found|"
        r"API request to (endpoint )?\S{0,120}mlflow.{0,120}(fail|error)|active run ID .{0,80}does not match|"
        r"Run with UUID \S{1,64} is already active|Changing param values is not allowed|"
        r"Could not find a registered (tracking|artifact) store|azureml-mlflow.{0,60}(not installed|required|"
        r"missing))",
        "The address for tracking leads to another server, azureml-mlflow is not in the environment, or the code "
        "makes "
        "or names a run of its own beside the job's",
        "Inside of a job leave set_tracking_uri and start_run(run_id) out and keep azureml-mlflow in the "
        "environment; "
        "outside, take the workspace's mlflow_tracking_uri",
        f"{ML}how-to-use-mlflow-configure-tracking",
        _JOBS,
    ),
    Cause(
        "spark_session",
        "A Spark session did not start, or ended",
        r"(LIVY_\w{1,40}|Livy.{0,120}(dead|fail|error|timed)|(AVAILABLE_(COMPUTE|WORKSPACE)|"
        r"MAXIMUM_WORKSPACE)_CAPACITY\w*|"
        r"Spark(Context| session).{0,120}(fail|too long|timed out|not be (created|started)|rejected|dead)|"
        r"too many sessions|YarnException|Application application_\d{1,20}_\d{1,10} (failed|was killed)|"
        r"ExecutorLostFailure|Container killed by YARN)",
        "Serverless Spark had no vCores left for this subscription and region, the session waited too long, or its "
        "executors ran out of memory",
        "Ask for fewer or smaller executors (resources.instance_type, conf), or start less at once; its quota is one "
        "of its own",
        f"{ML}how-to-submit-spark-jobs",
        _JOBS,
    ),
    Cause(
        "job_timeout",
        "A job ran longer than its limit",
        r"(job.{0,60}(exceeded|reached|hit) (the |its )?(maximum |max |time ?out|time|run|duration)\w{0,10}.{0,40}|"
        r"MaxRunDuration\w{0,20}|JobTimedOut|JobTimeout\w{0,20}|experiment_timeout|"
        r"(timed out|time-?out).{0,60}limits\.timeout|Run .{0,60}exceeded .{0,20}duration|"
        r"RunCanceled.{0,80}time|max_duration)",
        "limits.timeout ends a job that still works",
        "Raise limits.timeout of the job (in seconds), or do less in one run",
        _JOB,
        _JOBS,
    ),
)
