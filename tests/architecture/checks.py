"""What the architecture forbids in a source file, as functions over its text: each gives the offending lines."""

import ast

WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
# Calls with these names that write nothing to the database.
HARMLESS_OWNERS = {
    "context",
    "headers",
    "attrs",
    "kwargs",
    "params",
    "initial",
    "data",
    "values",
    "hashlib",
    "digest",
}
CLOCK = {
    ("timezone", "now"),
    ("timezone", "localdate"),
    ("timezone", "localtime"),
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
}
SIGNALS = (
    "django.dispatch",
    "django.db.models.signals",
    "django.core.signals",
    "django.contrib.auth.signals",
)


def _calls(source: str):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, node.func


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def writes(source: str) -> list[str]:
    """Calls by which a door would write by itself instead of through a service."""
    return [
        f"line {call.lineno}: {ast.unparse(function)}"
        for call, function in _calls(source)
        if function.attr in WRITES
        and _name(function.value).lower() not in HARMLESS_OWNERS
        and not _is_super(function.value)
    ]


def _is_super(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def clock_readings(source: str) -> list[str]:
    """Places that read the clock; `timezone.now` handed over as a default counts too."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and (_name(node.value), node.attr) in CLOCK
    ]


def signal_imports(source: str) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(source)):
        modules = []
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        found += [f"line {node.lineno}: {module}" for module in modules if module.startswith(SIGNALS)]
    return found


def inner_imports(source: str) -> list[str]:
    """Imports inside functions: they dodge a cycle that should not be there."""
    return [
        f"line {inner.lineno}: {ast.unparse(inner)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def broad_excepts(source: str) -> list[str]:
    return [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or _name(node.type) in {"Exception", "BaseException"})
    ]


def positional_verbs(source: str) -> list[str]:
    """Public verbs of a services module that can be called with positional arguments."""
    return [
        f"line {node.lineno}: {node.name}"
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and {"by", "at"} & {argument.arg for argument in node.args.kwonlyargs}
        and (node.args.args or node.args.posonlyargs)
    ]
