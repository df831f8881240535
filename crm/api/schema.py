"""The OpenAPI document: what drf-spectacular finds in the views, completed with what holds on every operation."""

from typing import Any

from django.utils.translation import gettext as _

from crm.api.broker.vacancy_fields import VACANCY_FIELDS
from crm.api.components import components
from crm.api.describe import ref
from crm.api.fields import Items
from crm.api.problems import MEDIA_TYPE, PROBLEMS

VERSION_HEADER = {"API-Version": {"$ref": "#/components/headers/ApiVersion"}}
QUOTA_HEADERS = {
    name: {"$ref": f"#/components/headers/{key}"}
    for name, key in (("RateLimit", "RateLimit"), ("RateLimit-Policy", "RateLimitPolicy"))
}
HEADERS: dict[str, str] = {
    "ApiVersion": "Full version of the API.",
    "RateLimit": "What is left of the quota, and seconds until it is whole again.",
    "RateLimitPolicy": "The quota: requests (q) in a window of seconds (w).",
    "ETag": "Version of this resource, for If-Match and If-None-Match.",
    "Location": "Address of what was made.",
    "Link": 'Address of the next page, with rel="next".',
    "IdempotencyReplayed": "`true` where this is the kept answer to an earlier request.",
}
EVERYWHERE = (
    "unauthorised",
    "forbidden",
    "not-acceptable",
    "quota-exceeded",
    "internal-error",
    "unavailable",
)
WITH_BODY = ("too-large", "unsupported-media-type")
WITH_VERSION = ("precondition-failed", "precondition-required")


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: FBT001 drf-spectacular calls hooks so
    """Hook: schemas, headers, problems, the key, and examples."""
    result["info"] |= {
        "description": _(
            "Offer vacant space to the park and follow what happens to it. Texts of this API come in Dutch, "
            "or in English with `Accept-Language: en`."
        ),
        "contact": {
            "name": "Gebiedsorganisatie Kennispark",
            "url": "https://crm.kennispark.example/",
            "email": "api@kennispark.example",
        },
        "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    }
    result["tags"] = [{"name": name} for name in ("vacancies", "value-lists", "me", "progress")]
    result["security"] = [{"key": []}]
    result["components"] = {
        "schemas": components(),
        "headers": {
            name: {"description": text, "schema": {"type": "string"}} for name, text in HEADERS.items()
        },
        "responses": {_component(kind): _problem(kind) for kind in PROBLEMS},
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
    }
    _add_examples(result["components"]["schemas"])
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _complete_operation(path, method, operation)
    return result


def _complete_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    operation.pop("security", None)
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    parameters = operation.setdefault("parameters", [])
    for name in _conditions(path, method):
        parameters.append(
            {
                "name": name,
                "in": "header",
                "required": name == "If-Match" and method != "post",
                "schema": {"type": "string", **({"maxLength": 257} if name == "Idempotency-Key" else {})},
            }
        )
    for status, response in operation["responses"].items():
        response["headers"] = VERSION_HEADER | QUOTA_HEADERS | _headers_of(path, method, status)
    for kind in _problems_of(path, method, operation):
        status = str(PROBLEMS[kind].status)
        operation["responses"][status] = {"$ref": f"#/components/responses/{_component(kind)}"}


def _is_single(path: str) -> bool:
    return not path.endswith("/vacancies")


def _conditions(path: str, method: str) -> list[str]:
    if method == "post":
        return ["Idempotency-Key", *(["If-Match"] if path.endswith("/withdrawals") else [])]
    if method == "get":
        return ["If-None-Match"] if _is_single(path) else []
    return ["If-Match"]


def _headers_of(path: str, method: str, status: str) -> dict[str, Any]:
    names = ["ETag"] if method != "get" or _is_single(path) else ["Link"]
    if status == "201":
        names += ["Location", "IdempotencyReplayed"]
    shown = {"IdempotencyReplayed": "Idempotency-Replayed"}
    return {shown.get(name, name): {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems_of(path: str, method: str, operation: dict[str, Any]) -> list[str]:
    kinds = [*EVERYWHERE, "invalid-input"]
    if "{" in path:
        kinds.append("not-found")
    if "requestBody" in operation:
        kinds += WITH_BODY
    if method in ("put", "patch", "delete"):
        kinds += WITH_VERSION
    if path.endswith("/withdrawals"):
        kinds.append("precondition-failed")
    if method != "get":
        kinds.append("conflict")
    if method == "post":
        kinds.append("idempotency-key-reused")
    return kinds


def _component(kind: str) -> str:
    return "".join(word.capitalize() for word in kind.split("-"))


def _problem(kind: str) -> dict[str, Any]:
    problem = PROBLEMS[kind]
    return {
        "description": f"{problem.title}. {problem.mend}",
        "headers": VERSION_HEADER,
        "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
    }


def vacancy_example() -> dict[str, Any]:
    """A full listing as it may be sent."""
    return {
        field.key: field.example
        for field in VACANCY_FIELDS
        if isinstance(field, Items) or field.example is not None
    }


def _add_examples(schemas: dict[str, Any]) -> None:
    schemas["VacancyInput"]["examples"] = [vacancy_example()]
    schemas["VacancyPatch"]["examples"] = [{"rentPerM2Year": "139.50", "availableFrom": "2027-01-01"}]
    schemas["WithdrawalInput"]["examples"] = [{"reason": "De eigenaar gebruikt de ruimte zelf."}]
