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
        request=dict.fromkeys(media_types, ref(body)) if body else None,
        responses={
            (status, JSON) if schema else status: OpenApiResponse(
                response=ref(schema) if isinstance(schema, str) else schema, description=meaning
            )
            for status, (meaning, schema) in answers.items()
        },
        parameters=[
            *(
                OpenApiParameter(
                    field.key,
                    field.input_schema(),
                    OpenApiParameter.QUERY,
                    description=field.about,
                    explode=False if field.input_schema().get("type") == "array" else None,
                    style="form" if field.input_schema().get("type") == "array" else None,
                )
                for field in query
            ),
            *(
                OpenApiParameter(name, schema, OpenApiParameter.PATH, description="")
                for name, schema in (path or {}).items()
            ),
        ],
    )
