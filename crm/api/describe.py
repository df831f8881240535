"""Short forms with which a view describes itself for OpenAPI."""

from collections.abc import Mapping, Sequence
from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from crm.api.fields import Field

JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def described(
    *,
    operation: str,
    tag: str,
    summary: Any,
    answers: Mapping[int, tuple[Any, str | dict[str, Any] | None]],
    body: str | None = None,
    is_patch: bool = False,
    query: Sequence[Field] = (),
    path: Mapping[str, Any] | None = None,
) -> Any:
    """Decorator for a handler. `answers` maps a status to what it means and the schema (a component's name, or inline)."""
    media_types = (JSON, MERGE_PATCH) if is_patch else (JSON,)
    return extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=summary,
        description=summary,
        auth=[],
        request=dict.fromkeys(media_types, ref(body)) if body else None,
        responses={
            (status, JSON) if schema else status: OpenApiResponse(
                response=ref(schema) if isinstance(schema, str) else schema, description=meaning
            )
            for status, (meaning, schema) in answers.items()
        },
        parameters=[
            *(_query_parameter(field) for field in query),
            *(OpenApiParameter(name, schema, OpenApiParameter.PATH) for name, schema in (path or {}).items()),
        ],
    )


def _query_parameter(field: Field) -> OpenApiParameter:
    """A query key is there or it is not: unlike a member of a body it is never null. Lists have commas."""
    schema = field.input_schema()
    if isinstance(schema["type"], list):
        schema = schema | {"type": schema["type"][0]}
    is_list = schema["type"] == "array"
    return OpenApiParameter(
        field.key,
        schema,
        OpenApiParameter.QUERY,
        description=field.about,
        style="form" if is_list else None,
        explode=False if is_list else None,
    )
