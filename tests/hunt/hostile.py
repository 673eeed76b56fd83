"""Texts that mean something where they end up: one table for every place of a spec that takes text."""

from __future__ import annotations

from typing import Any

# fmt: off
# Each text is the syntax of some language that output, messages or arguments are read in.
SYNTAX: tuple[str, ...] = (
    # Bicep and Resource Manager
    "'", "'''", "' }\nresource x 'y@z' = {", "\\", "\\'", "\\u{1F600}", "${resourceGroup().id}", "$${x}", "${", "$",
    "$$", "[concat('a', 'b')]", "[[a]", "[resourceGroup().location]", "@description('x')", "/* x", "*/", "// x",
    "#disable-next-line",
    # YAML
    "- a: b", "a: b # c", "? a", "&a b", "*a", "!!python/object/apply:os.system [id]", "---", "...", "%YAML 1.2",
    "| x", "> x",
    *("yes", "null", "~", "1e3", "0x1F", "1:30", "2025-01-01", ".nan", "<<", "=", "{a", "[a", "`a`", "@a", "%a"),
    # shells and argument vectors
    "$(touch marker)", "`touch marker`", "; touch marker #", "'; touch marker; '", "a b", "*", "~/x", "-x",
    "--query", "--",
    *("@/etc/passwd", "@marker", "key=@/etc/passwd", "a=b", "%PATH%", "!x", "&& x", "|| x", "> marker", "\\\n"),
    # Azure Pipelines, GitHub and their logs
    "$(System.AccessToken)", "$[variables.x]", "${{ parameters.x }}", "${{ secrets.x }}",
    "##vso[task.setvariable variable=x]y", "###vso[task.complete result=Succeeded;]", "##[error]x", "::error::x",
    "::set-env name=x::y", "a\r##vso[x]y", "##v\rso[x]y",
    # Markdown, HTML, Mermaid, DOT, Jinja, JSON
    "| a | b |", "[a](javascript:x)", "![a](https://a.example/b)", "<script>alert(1)</script>", "a--><b>", "<!--",
    "```", "# a", 'end\n"x"] --> y{{z}}; %% w', '" ] ; a -> b', "{{ x }}", "{% raw %}", "{# x #}", '{"a": [null]}',
    "]]>", "&lt;", "\\N",
    # numbers and words that readers retype
    *("True", "on", "0o17", "1_000", "1.", "+1", "-0", "Infinity", "NaN", "٣", "１"),
)
UNICODE: tuple[str, ...] = (
    "\0", "a\0b", "\x1b[31mred", "\x1b]0;x\x07", "\x08", "\x7f", "\x85", "\x9b31m", "\ufeff", "\ufeffa", "\ufffe",
    "\uffff", "\u2028", "a\u2029b", "\u202ea\u202c", "\u2066a\u2069", "\u200b", "\u200e", "\u061c", "\xad",
    "e\u0301", "é", "日本", "\U0001f600", "\U000e0041", "ı", "İ", "ß", "ﬁ", "K", "a\u00a0b", "\t", "a\tb", "\n",
    "a\nb", "\r", "a\r\nb", " a", "a ", " ", "",
)
PATHS: tuple[str, ...] = (
    "..", "../..", "../../outside/secret.txt", "/", "/etc/passwd", "/dev/zero", "/proc/self/environ", "./.",
    "a/../b", "a//b", "a/", "con", "aux.yml", "nul", "COM1", "a:b", "a\\b", "C:\\a", "//server/share",
    "file:///etc/passwd", "https://a.example/x", "azureml://a", "azureml:a", "azureml:a:1", "azureml:a@latest",
    "azureml://datastores/a/paths/b", "git+https://a.example/b", "x" * 256, "*.yml", "**", ".git", ".git/config",
    ".", "~", "manifest.json", "-", "a b", "a'b", 'a"b', "a;b", "a$b", "a--><b>", "specs", "\u202ea",
    "/subscriptions/a/resourceGroups/b",
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/a/providers/b/c/d",
)
NAMES: tuple[str, ...] = (
    "a", "A", "main", "Main", "a-b", "a_b", "aB", "a1", "1a", "-a", "a-", "_a", "a.b", "a/b", "a b", "x" * 63,
    "x" * 64, "con", "aux", "null", "true", "dev", "prod", "pipelines", "scripts", "id", "name", "type",
    "constructor", "__proto__", "x-a", "é", "", "<<", "$schema", "x/../../../infra/network", "a'b", "a${b",
    "resource", "param", "var", "targetScope", "location", "tags", "@sys", "end", "graph", "class",
)
# Durations, times and cron expressions that are almost right, and some that are.
TIMES: tuple[str, ...] = (
    "P1D", "PT1H30M", "P", "PT", "-P1D", "P0D", "PT0S", "P1Y", "PT٣M", "P99999999D", "PT0.5S", "P1DT", "7", "30m", "1h",
    "2026-01-31T08:00:00", "2026-02-30T08:00:00", "2026-01-31T24:00:00", "0000-01-01T00:00:00", "9999-12-31T23:59:59Z",
    "2026-01-31T08:00:00+24:00", "2026-01-31", "08:00", "8:5", "24:00", "08:00:00", "UTC", "Europe/Berlin",
    "0 5 * * 1", "*/15 8-18 * * mon-fri", "0 5 31 2 *", "0 5 * * 7", "60 5 * * 1", "*/0 * * * *", "0 5 * *", "@daily",
    "0 5 * * 1 *", "0\t5 * * 1", "0\u00a05 * * 1", "٣ 5 * * 1", "0 5 * * 1,", "0 5 * * mon#1", "0 5 * * ?", "0 5 L * *",
)
EXPRESSIONS: tuple[str, ...] = (
    "${var.min_auc}", "${var.nothing}", "${var.max_nodes}", "${target.name}", "${target.mode}", "${platform}",
    "${workspaces.main.name}", "${workspaces.main.id}", "${workspaces.main.location}", "${workspaces.main.nothing}",
    "${compute_clusters.cpu.name}", "${each.key}", "$${var.x}", "a-${target.name}-b", "${${var.x}}", "${var.x",
    "${}", "${ var.min_auc }", "${storage_accounts.lake.containers.raw.name}", "${run.x}", "${{inputs.x}}",
    "${{parent.inputs.raw}}", "${{parent.jobs.prep.outputs.train_data}}", "${{outputs.model}}", "${{", "${{ }}",
    "$${{inputs.x}}",
    *("${{search_space.x}}", "${{name}}", "${{default_datastore}}", "${{inputs.a.b}}", "${{inputs.x}}${{inputs.y}}"),
)
TEXTS = (*SYNTAX, *UNICODE, *PATHS, *NAMES, *TIMES, *EXPRESSIONS, "a" * 300, "a" * 5000, "é" * 200, "a\n" * 50)

NUMBERS: tuple[Any, ...] = (
    0, -1, 1, 2, 3, 7, 10, 63, 64, 99, 100, 101, 255, 256, 1000, 65535, 65536, 2**31 - 1, 2**31, 2**32, 2**53,
    2**63 - 1, 2**63, 2**64, 10**30, -(2**63), -(10**30), 0.0, -0.0, 0.1, 0.5, 0.85, 1.0, 1.5, 1e-300, 1e16, 1e21,
    1e300, float("inf"), float("nan"),
)
SHAPES: tuple[Any, ...] = (
    None, True, False, [], {}, [None], [[]], [{}], {"": ""}, {"a": None}, {"a": {"b": ["c"]}}, ["a", "a"],
    ["a", 1, None], {"type": "x"}, {"name": "a"}, {"id": "x"}, {"path": "."}, {"vault": "main", "secret": "a"},
    {"vault": "main"}, {"targets": []},
)
DEEP: Any = [[[[[[[[[[{"a": [[[[[["x"]]]]]]}]]]]]]]]]]

# fmt: on
# Keys whose value may be any text: each takes one text in the mutation that floods a spec.
FREE_TEXT_KEYS = frozenset(
    ("description", "display_name", "tags", "metadata", "environment_variables", "contains", "experiment_name", "owner")
)
