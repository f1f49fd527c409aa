"""How long the map of everybody takes through the whole site, on the demo of any size.

    graphnet demo --alumni 40000 --folder FOLDER --prepare
    python tests/bench/map_site.py FOLDER

Serves the site, signs in as the analyst and opens the map in Chromium several times: seconds from
asking for the page until everybody is drawn. The first visit is one to a process that was just
started, which reads and compiles what it needs; `map_speed.py` measures the browser alone.
"""

import csv
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import requests
from playwright.sync_api import sync_playwright

from graphnet.commands.demo import PASSWORD
from tests.support.ports import free_port

VISITS = 5
SECONDS = 120.0


def main(folder: Path) -> None:
    with (folder / "synth" / "registered.csv").open(newline="", encoding="utf-8") as file:
        email = next(row["email"] for row in csv.DictReader(file) if row["roles"] == "analyst")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "GRAPHNET_HOME": str(folder), "GRAPHNET_DEMO": "yes", "GRAPHNET_SECURE_COOKIES": "no",
    }  # fmt: skip
    site = subprocess.Popen(
        [sys.executable, "-m", "graphnet", "web", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            try:
                if requests.get(f"{base}/readyz", timeout=5).ok:
                    break
            except requests.RequestException:
                time.sleep(0.5)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox"]
            )
            page = browser.new_page()
            page.set_default_timeout(1000 * SECONDS)
            page.goto(f"{base}/sign-in")
            page.fill("#email", email)
            page.fill("#password", PASSWORD)
            page.locator("main button[type=submit]").first.click()
            page.wait_for_load_state()
            for visit in range(VISITS):
                began = time.perf_counter()
                page.goto(f"{base}/maps/everybody/all", wait_until="commit")
                page.wait_for_selector("#map[data-drawn]", state="attached")
                print(
                    json.dumps(
                        {
                            "visit": visit + 1,
                            "people": int(page.get_attribute("#map", "data-drawn") or 0),
                            "seconds": round(time.perf_counter() - began, 2),
                            "load": round(os.getloadavg()[0], 1),
                        }
                    )
                )
            browser.close()
    finally:
        site.terminate()
        site.wait(timeout=60)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
