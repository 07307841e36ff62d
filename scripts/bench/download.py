"""Fetching and verifying a release of 200 MB from loopback, beside `curl | sha256sum`."""

import hashlib
import http.server
import os
import re
import subprocess
import sys
import threading
import time

from bench import VISOR, Devnet, Work, compile_child, machine, ratio, row

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
MEGABYTES = 200


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


def main():
    print(machine())
    with Work() as work:
        site = os.path.join(work, "site", "v1.0.0")
        binary = compile_child(site, "1.0.0")
        with open(binary, "ab") as f:
            for _ in range(MEGABYTES):
                f.write(os.urandom(1_000_000))
        digest = hashlib.sha256(open(binary, "rb").read()).hexdigest()
        with open(os.path.join(site, "sha256sum.txt"), "w") as f:
            f.write(f"{digest}  lavap\n")
        handler = lambda *a: Files(*a, directory=os.path.join(work, "site"))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/v{{version}}/"
        devnet = Devnet(work, "--versions", "1.0.0")
        ours, theirs = [], []
        for number in range(RUNS):
            begin = time.monotonic()
            subprocess.run(f"curl -s {base.format(version='1.0.0')}lavap | tee {work}/copy | sha256sum >/dev/null",
                           shell=True, check=True)
            theirs.append(MEGABYTES / (time.monotonic() - begin))
            done = subprocess.run(
                [VISOR, "init", "--auto-download", "--directory", os.path.join(work, f"home-{number}"),
                 "--link-dir", os.path.join(work, f"bin-{number}"), "--node", devnet.addresses["rpc"], "--chain-id", "lava",
                 "--release-url", base + "lavap", "--checksum-url", base + "sha256sum.txt"],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            took = re.search(r"fetched .* in ([0-9.]+)(ms|s)", done.stderr)
            seconds = float(took.group(1)) / (1000 if took.group(2) == "ms" else 1)
            ours.append(MEGABYTES / seconds)
        devnet.close()
        server.shutdown()
        ratio("visor / curl", row("visor: fetch, verify, flush, probe", ours, "MB/s"),
              row("curl | tee | sha256sum", theirs, "MB/s"))


main()
