"""Sixty values that resemble secrets and are none, as people write them, each with the source of its format."""

from __future__ import annotations

import base64
import hashlib
import string

from tests.source.secret_values import BASE64, GUID, HEX, LEARN, PIP, PLAIN, Value, made, pem

HARMLESS = (
    # Hashes and identifiers
    Value("SHA-256", PLAIN, hashlib.sha256(b"").hexdigest(), "https://csrc.nist.gov/pubs/fips/180-4/upd1/final"),
    Value(
        "SHA-256 with its name",
        PLAIN,
        "sha256:" + hashlib.sha256(b"a").hexdigest(),
        "https://github.com/opencontainers/image-spec/blob/main/descriptor.md",
    ),
    Value(
        "image by its digest",
        "image",
        "mcr.microsoft.com/azureml/minimal@sha256:" + hashlib.sha256(b"b").hexdigest(),
        "https://github.com/opencontainers/image-spec/blob/main/descriptor.md",
    ),
    Value(
        "integrity by SHA-512",
        PLAIN,
        "sha512-" + base64.b64encode(hashlib.sha512(b"a").digest()).decode(),
        "https://www.w3.org/TR/SRI/",
    ),
    Value(
        "integrity by SHA-384",
        PLAIN,
        "sha384-" + base64.b64encode(hashlib.sha384(b"a").digest()).decode(),
        "https://www.w3.org/TR/SRI/",
    ),
    Value(
        "hash of a wheel",
        "command",
        "pip install scorer==1.2 --hash=sha256:" + hashlib.sha256(b"c").hexdigest(),
        f"{PIP}/topics/secure-installs/",
    ),
    Value(
        "MD5 in base64",
        PLAIN,
        base64.b64encode(hashlib.md5(b"a", usedforsecurity=False).digest()).decode(),
        "https://www.rfc-editor.org/rfc/rfc1864",
    ),
    Value(
        "revision of git",
        "GIT_COMMIT",
        hashlib.sha1(b"a", usedforsecurity=False).hexdigest(),
        "https://git-scm.com/docs/gitrevisions",
    ),
    Value("GUID", PLAIN, GUID, "https://www.rfc-editor.org/rfc/rfc9562"),
    Value("client id", "AZURE_CLIENT_ID", GUID, "https://www.rfc-editor.org/rfc/rfc9562"),
    Value(
        "thumbprint",
        "CERTIFICATE_THUMBPRINT",
        hashlib.sha1(b"b", usedforsecurity=False).hexdigest().upper(),
        f"{LEARN}/key-vault/certificates/about-certificates",
    ),
    Value(
        "ARM id",
        PLAIN,
        f"/subscriptions/{GUID}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv",
        f"{LEARN}/azure-resource-manager/management/resource-name-rules",
    ),
    Value(
        "connection string without a key",
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        f"InstrumentationKey={GUID};IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/",
        f"{LEARN}/azure-monitor/app/connection-strings",
    ),
    Value(
        "connection string with Entra",
        "connection_string",
        "Server=tcp:sql.database.windows.net;Database=features;Authentication=Active Directory Default",
        "https://learn.microsoft.com/sql/connect/ado-net/sql/azure-active-directory-authentication",
    ),
    Value(
        "version of a vault's key",
        "KEY_URI",
        f"https://kv.vault.azure.net/keys/cmk/{made('key version', 32, HEX)}",
        f"{LEARN}/key-vault/general/about-keys-secrets-certificates",
    ),
    Value(
        "build of a conda package",
        PLAIN,
        "numpy=1.26.4=py311h64a7726_0",
        "https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html",
    ),
    Value(
        "public key of SSH",
        "SSH_PUBLIC_KEY",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAB" + made("ssh", 340, BASE64) + "== me",
        "https://www.rfc-editor.org/rfc/rfc4253#section-6.6",
    ),
    Value("certificate", PLAIN, pem("CERTIFICATE"), "https://www.rfc-editor.org/rfc/rfc7468#section-5"),
    Value("public key", PLAIN, pem("PUBLIC KEY"), "https://www.rfc-editor.org/rfc/rfc7468#section-13"),
    Value(
        "picture in base64",
        "INPUT_IMAGE",
        "iVBORw0KGgoAAAANSUhEUgAA" + made("png", 200, BASE64) + "==",
        "https://www.w3.org/TR/png/",
    ),
    # Paths, globs and addresses
    Value(
        "glob",
        PLAIN,
        "azureml://datastores/raw/paths/2024-*/**/part-*.snappy.parquet",
        f"{LEARN}/machine-learning/how-to-access-data-interactive",
    ),
    Value(
        "glob with a password's word", PLAIN, "**/*password*=*.csv", "https://docs.python.org/3/library/fnmatch.html"
    ),
    Value(
        "path of a Hive partition",
        PLAIN,
        "curated/pwd=unknown/year=2024/month=01/part-00000.parquet",
        "https://spark.apache.org/docs/latest/sql-data-sources-parquet.html",
    ),
    Value(
        "path under the key of a password",
        "DB_PASSWORD_FILE",
        "/run/secrets/db_password",
        "https://docs.docker.com/compose/how-tos/use-secrets/",
    ),
    Value(
        "file under the key of a token",
        "AZURE_FEDERATED_TOKEN",
        "/var/run/secrets/azure/tokens/azure-identity-token",
        "https://azure.github.io/azure-workload-identity/docs/",
    ),
    Value(
        "address of a secret",
        "API_KEY_SECRET",
        "https://kv.vault.azure.net/secrets/api-key1",
        f"{LEARN}/key-vault/general/about-keys-secrets-certificates",
    ),
    Value(
        "address with a port and an at",
        PLAIN,
        "http://proxy.contoso.example:8080/feeds/ml@release/scorer",
        "https://www.rfc-editor.org/rfc/rfc3986#section-3.3",
    ),
    Value(
        "address with a user",
        PLAIN,
        "git+ssh://git@git.contoso.example:2222/ml/scorer.git@v1.2",
        f"{PIP}/topics/vcs-support/",
    ),
    Value(
        "address of a lake",
        PLAIN,
        "abfss://raw@lake.dfs.core.windows.net/year=2024/month=01/",
        f"{LEARN}/storage/blobs/data-lake-storage-introduction-abfs-uri",
    ),
    Value(
        "address where tokens are",
        "TOKEN_URL",
        f"https://login.microsoftonline.com/{GUID}/oauth2/v2.0/token",
        "https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow",
    ),
    # What a key of a secret names, and what is none
    Value(
        "token of a vocabulary", "PAD_TOKEN", "[PAD]", "https://huggingface.co/docs/transformers/main_classes/tokenizer"
    ),
    Value(
        "token that ends a text",
        "EOS_TOKEN",
        "<|end_of_text|>",
        "https://huggingface.co/docs/transformers/main_classes/tokenizer",
    ),
    Value(
        "number of tokens",
        "MAX_NEW_TOKENS",
        "4096",
        "https://huggingface.co/docs/transformers/main_classes/text_generation",
    ),
    Value(
        "name of a tokenizer",
        "TOKENIZER",
        "bert-base-uncased",
        "https://huggingface.co/docs/transformers/main_classes/tokenizer",
    ),
    Value(
        "primary key of a table", "PRIMARY_KEY", "customer_id", "https://docs.databricks.com/aws/en/tables/constraints"
    ),
    Value("partition key", "PARTITION_KEY", "/customerId2", f"{LEARN}/cosmos-db/partitioning-overview"),
    Value(
        "key of an object",
        "S3_KEY",
        "datasets/2024/train-00001-of-00128.tfrecord",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html",
    ),
    Value("name of a secret", "DB_SECRET_NAME", "features-db-password-2", f"{LEARN}/key-vault/secrets/about-secrets"),
    Value(
        "name of a secret under the key of one",
        "STORAGE_SECRET",
        "lake-key-1",
        f"{LEARN}/key-vault/secrets/about-secrets",
    ),
    Value(
        "scope of a secret",
        "DATABRICKS_TOKEN",
        "{{secrets/ml/databricks-token}}",
        "https://docs.databricks.com/aws/en/security/secrets/example-secret-workflow",
    ),
    Value(
        "reference of App Service",
        "API_KEY",
        "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/k)",
        f"{LEARN}/app-service/app-service-key-vault-references",
    ),
    Value(
        "variable under the key of a password",
        "SQL_PASSWORD",
        "${{inputs.sql_password}}",
        f"{LEARN}/machine-learning/reference-yaml-core-syntax",
    ),
    Value("placeholder", "OPENAI_API_KEY", "<your-api-key>", "https://docs.python.org/3/library/argparse.html"),
    Value(
        "boolean under the key of a token",
        "HF_HUB_DISABLE_IMPLICIT_TOKEN",
        "true",
        "https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables",
    ),
    Value(
        "header that holds a key",
        "API_KEY_HEADER",
        "Ocp-Apim-Subscription-Key",
        f"{LEARN}/api-management/api-management-subscriptions",
    ),
    Value("way to sign in", "AUTH_MODE", "aad_token", f"{LEARN}/machine-learning/how-to-authenticate-online-endpoint"),
    # Commands
    Value(
        "password in a variable",
        "command",
        'python train.py --password $DB_PASSWORD --token "${TOKEN}"',
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html",
    ),
    Value(
        "password in a file",
        "command",
        "python train.py --password-file /mnt/p4ss.txt --token-file token1.txt",
        "https://docs.python.org/3/library/argparse.html",
    ),
    Value(
        "password from a prompt",
        "command",
        "mysql --user=app --password --host=db1.example.com features",
        "https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html",
    ),
    Value(
        "password from the input",
        "command",
        "docker login r.azurecr.io --username a --password-stdin",
        "https://docs.docker.com/reference/cli/docker/login/",
    ),
    Value(
        "tokens of a model",
        "command",
        "python train.py --max-tokens 512 --pad-token [PAD] --api-key-env OPENAI_KEY_2",
        "https://docs.python.org/3/library/argparse.html",
    ),
    Value(
        "name of a secret as an option",
        "command",
        "az keyvault secret show --vault-name kv-1 --name lake-key-1 --query value",
        "https://learn.microsoft.com/cli/azure/keyvault/secret",
    ),
    Value(
        "bearer token of a variable",
        "command",
        'curl -H "Authorization: Bearer $TOKEN" https://x.example',
        "https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
    ),
    Value(
        "exported variable",
        "command",
        "export TOKEN=$(az account get-access-token --query accessToken -o tsv)",
        "https://learn.microsoft.com/cli/azure/account",
    ),
    Value(
        "address with variables",
        PLAIN,
        "postgresql://${DB_USER}:${DB_PASSWORD}@db.example.com:5432/features",
        "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS",
    ),
    # Words
    Value(
        "sentence about a password",
        "DESCRIPTION",
        "The password: it is kept in the vault, and --password takes its name",
        "https://docs.python.org/3/library/argparse.html",
    ),
    Value(
        "sentence about tokens",
        "DESCRIPTION",
        "Bearer authentication by tokens of Entra; basic authentication is switched off",
        "https://www.rfc-editor.org/rfc/rfc6750",
    ),
    Value(
        "name with the start of a key",
        PLAIN,
        "sk-learn-random-forest-classifier-with-calibration-2024",
        "https://scikit-learn.org/stable/",
    ),
    Value(
        "model of a hub",
        "MODEL",
        "hf_internal_testing_tiny_random_LlamaForCausalLM_v2",
        "https://huggingface.co/docs/hub/repositories-getting-started",
    ),
    Value("long word", PLAIN, "a" * 26 + string.ascii_lowercase, "https://www.rfc-editor.org/rfc/rfc4648#section-6"),
)
