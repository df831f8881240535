"""The page behind each problem's `type`: what it means and what to do, in Dutch and English. Public."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from crm.api.problems import PROBLEMS, Problem, problem_response, reading_only


def _texts(problem: Problem, language: str) -> dict[str, str]:
    with translation.override(language):
        return {
            "language": language,
            "title": str(problem.title),
            "cause": str(problem.cause),
            "mend": str(problem.mend),
        }


@reading_only
def problem_page(request: HttpRequest, kind: str) -> HttpResponse:
    problem = PROBLEMS.get(kind)
    if problem is None:
        return problem_response(request, "not-found")
    texts = [_texts(problem, language) for language in ("nl", "en")]
    return render(request, "api/problem.html", {"kind": kind, "status": problem.status, "texts": texts})
