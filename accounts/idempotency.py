"""Answers kept for a day per `Idempotency-Key`, so that a program may repeat a request and nothing happens twice."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction

from accounts.models import ApiKey, IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
# A request without an answer after this long is taken for dead. Should it end after all, its work is rolled back.
LEASE = timedelta(seconds=30)


class Claim(StrEnum):
    """What a request finds under its key."""

    MINE = "mine"
    ANSWERED = "answered"
    RUNNING = "running"
    OTHER_REQUEST = "other request"


def claim_key(
    *, api_key: ApiKey, key: str, method_and_path: str, body_digest: str, at: datetime
) -> tuple[Claim, IdempotencyRecord]:
    """Take the key for this request, or say who has it. Runs outside the transaction that does the work."""
    of_key = IdempotencyRecord.objects.filter(api_key=api_key, key=key)
    facts = {"method_and_path": method_and_path, "body_digest": body_digest, "started_at": at}
    try:
        with transaction.atomic():
            return Claim.MINE, IdempotencyRecord.objects.create(api_key=api_key, key=key, **facts)
    except IntegrityError:
        record = of_key.first()
    if record is None:  # released in this very moment: the caller comes again
        return Claim.RUNNING, IdempotencyRecord(api_key=api_key, key=key, **facts)
    is_dead = record.status is None and record.started_at <= at - LEASE
    if is_dead or record.started_at <= at - KEPT_FOR:
        taken = of_key.filter(started_at=record.started_at).update(status=None, headers={}, body="", **facts)
        return (Claim.MINE, of_key.get()) if taken else (Claim.RUNNING, record)
    if (record.method_and_path, record.body_digest) != (method_and_path, body_digest):
        return Claim.OTHER_REQUEST, record
    return (Claim.RUNNING if record.status is None else Claim.ANSWERED), record


def keep_answer(*, record: IdempotencyRecord, status: int, headers: dict[str, str], body: str) -> bool:
    """Keep the answer in the transaction that did the work; False where another request has taken the key over."""
    return bool(
        IdempotencyRecord.objects.filter(pk=record.pk, started_at=record.started_at, status=None).update(
            status=status, headers=headers, body=body
        )
    )


def release_key(*, record: IdempotencyRecord) -> None:
    """The request was refused and stored nothing: the key is free again."""
    IdempotencyRecord.objects.filter(pk=record.pk, started_at=record.started_at, status=None).delete()


def forget_answers(*, at: datetime) -> int:
    """Delete the answers that are older than a day, and return how many."""
    return IdempotencyRecord.objects.filter(started_at__lte=at - KEPT_FOR).delete()[0]
