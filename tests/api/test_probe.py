import json
from tests.api.conftest import *


def test_probe(broker, other_broker):
    a = broker.post("vacancies", LISTING)
    print(a.status_code, a.headers, a.content.decode())
    v = a.json()
    for r in (
        broker.get("vacancies"),
        broker.get(f"vacancies/{v['id']}"),
        other_broker.get(f"vacancies/{v['id']}"),
        broker.get("me"),
        broker.get("areas"),
        broker.get("openapi.json"),
        broker.get("vacancies/"),
        broker.get("/api"),
        broker.get("/api/"),
        broker.post("vacancies", {"a": 1}),
        broker.get("/healthz") if 0 else broker.get("space-types"),
    ):
        print(r.status_code, r.headers, r.content.decode()[:1500])
        print()
    r = broker.patch(f"vacancies/{v['id']}", {"rentPerM2Year": 150}, If_Match=a.headers["ETag"])
    print(r.status_code, r.headers, r.content.decode()[:300])
    r = broker.delete(f"vacancies/{v['id']}", If_Match=r.headers["ETag"])
    print(r.status_code, r.headers, r.content.decode()[:300])
    __import__("pathlib").Path("/tmp/api/openapi.json").write_bytes(broker.get("openapi.json").content)
