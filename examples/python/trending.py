"""Publishes views in a batch that may be repeated without counting twice, and reads the board. Standard library only."""

import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

PRODUCER_URL = os.environ.get("PRODUCER_URL", "http://127.0.0.1:3000")
GATEWAY_URL = os.environ.get("GATEWAY_URL", "http://127.0.0.1:3002")
KEY = os.environ.get("TRENDING_API_KEY", "")
TOKEN = os.environ.get("TOKEN", "eth:0x6982508145454ce325ddbe47a25d4ec3d2311933")
TRIES = 8


def post(views):
    """One request. Returns the answer, or the seconds to wait before the next try."""
    headers = {"content-type": "application/json"}
    if KEY:
        headers["authorization"] = f"Bearer {KEY}"
    body = json.dumps(views).encode()
    request = urllib.request.Request(f"{PRODUCER_URL}/api/v1/views", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response), None
    except urllib.error.HTTPError as error:
        if error.code != 429 and error.code < 500:
            raise SystemExit(f"refused: {error.code} {error.read().decode()}") from error
        return None, float(error.headers.get("retry-after", 1))
    except OSError:
        return None, 1.0


def publish(views):
    """Until every view has its last word: the same event id on every try is counted once."""
    views = [{"eventId": str(uuid.uuid4()), **view} for view in views]
    refused = []
    for _ in range(TRIES):
        answer, wait = post(views)
        if answer is not None:
            refused += [r for r in answer["rejected"] if r["problem"]["status"] < 500]
            views = [views[r["index"]] for r in answer["rejected"] if r["problem"]["status"] >= 500]
            if not views:
                return refused
        time.sleep(wait or 1.0)
    raise SystemExit(f"{len(views)} views found no taker in {TRIES} tries")


def board(**query):
    url = f"{GATEWAY_URL}/api/v1/tokens/trending?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)["items"]


if __name__ == "__main__":
    chain, address = TOKEN.split(":", 1)
    visitors = [f"visitor-{n}" for n in range(5)]
    refused = publish([{"chain": chain, "address": address, "viewer": v} for v in visitors])
    print(f"published {len(visitors) - len(refused)} views of {TOKEN}")
    for item in board(window="5m", formula="views", limit=5):
        print(f"#{item['rank']} {item['token']} {item['rawViews']} views")
