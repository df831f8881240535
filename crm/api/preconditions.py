"""ETag, If-Match and If-None-Match (RFC 9110): nobody overwrites what they have not seen."""

import hashlib
import re

from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request

from crm.api.problems import ProblemError
from crm.common.errors import Fault

TAGS = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e]*"\s*(?:,\s*(?:W/)?"[\x21\x23-\x7e]*"\s*)*', re.ASCII)
TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"', re.ASCII)
LONGEST_HEADER = 1000


def version_tag(version: int) -> str:
    return f'"{version}"'


def content_tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def matching_version(request: Request, version: int) -> int | None:
    """The version that If-Match names and that stands; None for `*`. Raises ProblemError: 428, 412, or 400."""
    header = request.headers.get("If-Match")
    if header is None:
        raise ProblemError("precondition-required")
    header = header.strip()
    if header == "*":
        return None
    if len(header) > LONGEST_HEADER or not TAGS.fullmatch(header):
        raise ProblemError(
            "invalid-input",
            faults=[Fault("if_match", _('If-Match holds an ETag in its quotes, such as "3".'))],
        )
    # Strong comparison: a weak tag never matches.
    if version_tag(version) not in TAG.findall(header):
        raise ProblemError("precondition-failed")
    return version


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether If-None-Match says that the caller has this very version."""
    header = request.headers.get("If-None-Match", "").strip()
    if not header or len(header) > LONGEST_HEADER:
        return False
    return header == "*" or tag in [found.removeprefix("W/") for found in TAG.findall(header)]


def not_modified(tag: str) -> HttpResponse:
    response = HttpResponse(status=304, headers={"ETag": tag})
    del response.headers["Content-Type"]
    return response
