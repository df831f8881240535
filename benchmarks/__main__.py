"""`python -m benchmarks [--leads 1000 10000 100000] [--postgres URL] [--rounds N]`: one table of ratios, in Markdown."""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "var" / "bench.md"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument(
        "--leads", type=int, nargs="+", default=[1_000, 10_000], help="sizes to seed (add 100000)"
    )
    parser.add_argument(
        "--postgres", default=os.environ.get("TEST_POSTGRES_URL", ""), help="server URL, database `postgres`"
    )
    parser.add_argument(
        "--rounds", type=int, default=60, help="measurements per target (200 resolves 15 %% below 50 ms)"
    )
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database only")
    return parser.parse_args()


def databases(options: argparse.Namespace, leads: int) -> list[tuple[str, str]]:
    found = []
    if options.only != "postgresql":
        found.append(("SQLite", f"sqlite:///{ROOT / 'var' / f'bench-{leads}.sqlite3'}"))
    if options.only != "sqlite" and options.postgres:
        server = options.postgres.rpartition("/")[0]
        found.append(("PostgreSQL", f"{server}/crm_bench_{leads}"))
    elif not options.postgres:
        print("No PostgreSQL: give --postgres postgres://user@127.0.0.1:5432/postgres", file=sys.stderr)
    return found


def prepare(url: str, leads: int) -> None:
    """Make, migrate and seed the database where it is not there yet."""
    environment = {**os.environ, "DATABASE_URL": url}
    if url.startswith("postgres"):
        import psycopg

        server, _slash, name = url.rpartition("/")
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            connection.execute(f'CREATE DATABASE "{name}"')
    elif Path(url.removeprefix("sqlite:///")).exists():
        return
    run = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(run, cwd=ROOT, env=environment, check=True)
    subprocess.run(
        [sys.executable, "-m", "benchmarks.seed", str(leads)], cwd=ROOT, env=environment, check=True
    )
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")


def measure(name: str, url: str, leads: int, rounds: int) -> list[str]:
    """Run in a process of its own, whose Django is set up for this database."""
    environment = {**os.environ, "DATABASE_URL": url}
    command = [sys.executable, "-m", "benchmarks.works", url, str(rounds)]
    output = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    rows = json.loads(output.stdout.splitlines()[-1])
    return [
        f"| {row['work']} | {name} | {leads:,} | {row['floor']:.1f} | {row['ours']:.1f} | {row['p95']:.1f} | "
        f"{row['ratio']:.2f} ({row['low']:.2f}–{row['high']:.2f}) | {row['goal']} | {row['queries']} | {row['bytes']:,} |"
        for row in rows
    ]


def main() -> None:
    options = arguments()
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [
        f"Measured {datetime.now(tz=UTC):%Y-%m-%d}, commit {commit.stdout.strip() or '–'}, {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, {options.rounds} rounds, gunicorn with 2 workers.",
        "",
        "| work | database | leads | floor p50 ms | ours p50 ms | ours p95 ms | ratio (95 %) | target | queries | bytes |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for leads in options.leads:
        for name, url in databases(options, leads):
            print(f"{name}, {leads:,} leads …", file=sys.stderr)
            prepare(url, leads)
            lines += measure(name, url, leads, options.rounds)
            # After each database, so that a run that is stopped leaves what it measured.
            RESULT.parent.mkdir(exist_ok=True)
            RESULT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
