"""Serves the OpenAPI document: public, for every origin, in the caller's language."""

import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

from crm.api.configuration import API_ROOT
from crm.api.preconditions import content_tag
from crm.api.problems import absolute, reading_only


@lru_cache(maxsize=8)
def document(language: str) -> dict[str, Any]:
    """The whole document but the address of this server."""
    with translation.override(language):
        return SchemaGenerator(urlconf="crm.api.urls").get_schema(request=None, public=True)


@reading_only
def openapi_json(request: HttpRequest) -> HttpResponse:
    language = translation.get_language() or "nl"
    served = {**document(language), "servers": [{"url": absolute(request, API_ROOT)}]}
    content = json.dumps(served, ensure_ascii=False, indent=1).encode()
    tag = content_tag(content)
    headers = {"Access-Control-Allow-Origin": "*", "ETag": tag, "Cache-Control": "public, max-age=300"}
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type="application/json", headers=headers)
