"""How gunicorn serves: read by every `gunicorn crm.wsgi` started in this folder."""

import os

import gunicorn

gunicorn.SERVER = "crm"  # the Server header names no product

# Loopback always: gunicorn's own default opens every interface as soon as PORT is set.
bind = f"127.0.0.1:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 20
max_requests = 5000  # a worker starts afresh now and then, not all at the same moment
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm"  # noqa: S108 heartbeats in memory: a slow disk must not kill a worker
control_socket_disable = True
# The same JSON lines as the application's.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "crm.common.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {"gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
accesslog = None  # the proxy keeps the access log; addresses are personal data
