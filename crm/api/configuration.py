"""What the libraries behind the API are told, and the figures of the API's own contract."""

from typing import Any

API_VERSION = "1.0.0"
API_ROOT = "/api/v1"
REQUESTS_A_MINUTE = 600
IDEMPOTENCY_HOURS = 24

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["crm.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["crm.api.parsing.StrictJSONParser", "crm.api.parsing.MergePatchParser"],
    "DEFAULT_RENDERER_CLASSES": ["crm.api.rendering.CamelRenderer"],
    "DEFAULT_THROTTLE_CLASSES": ["crm.api.throttling.KeyThrottle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "crm.api.errors.problem_of_exception",
    # A format in the query or the path would be a second way to negotiate.
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Kennispark CRM",
    "VERSION": API_VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/v1",
    "SCHEMA_PATH_PREFIX_TRIM": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "DISABLE_ERRORS_AND_WARNINGS": False,
    "SORT_OPERATIONS": False,
    "POSTPROCESSING_HOOKS": ["crm.api.schema.complete"],
}
