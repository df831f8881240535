# Three images from one file: `app` (web, worker, migrate), `proxy` (TLS), and a build stage that neither carries.
# Base images are named by exact version; raise them together with the locks.

FROM python:3.11.14-slim-bookworm AS base
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
# WeasyPrint draws the report's text with these.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app

FROM base AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends gettext \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/venv
COPY requirements.lock ./
RUN pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r requirements.lock
COPY . .
# The key lives for these two commands only; the settings refuse to start without one.
RUN export SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" ALLOWED_HOSTS=build.invalid \
    && python manage.py compilemessages --locale nl \
    && python manage.py collectstatic --no-input

FROM base AS app
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin crm
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# What is laid over these folders takes over their owner.
RUN install -d -o crm -g crm /app/var/media /app/var/cache
ENV HOME=/tmp XDG_CACHE_HOME=/tmp/cache
USER crm
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "crm.wsgi"]

FROM caddy:2.10.2-alpine AS proxy
# High ports need no capability, and a binary that asks for one does not start once all are dropped.
RUN setcap -r /usr/bin/caddy \
    && adduser -D -H -u 10002 proxy \
    && install -d -o proxy -g proxy /srv/proxy
ENV XDG_DATA_HOME=/srv/proxy/data XDG_CONFIG_HOME=/srv/proxy/config
COPY deploy/Caddyfile /etc/caddy/Caddyfile
USER proxy
EXPOSE 8080 8443
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["wget", "-q", "--spider", "http://127.0.0.1:8081/"]
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
