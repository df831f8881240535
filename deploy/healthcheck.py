"""Exit 0 when the web service in this container answers `/readyz`; run by the container's health check."""

import http.client
import os
import sys

# The service answers to its public name only.
HOST = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip() or "127.0.0.1"


def main() -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or "8000"), timeout=4)
    try:
        connection.request("GET", "/readyz", headers={"Host": HOST})
        status = connection.getresponse().status
    except OSError as fault:
        sys.stderr.write(f"no answer: {fault}\n")
        return 1
    finally:
        connection.close()
    sys.stderr.write(f"readyz: {status}\n")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
