"""The emulator of Google's JSON API, and beside it a token server, so that a real service account's key is used."""

import json
import subprocess
import sys
import threading
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.stores import free_ports, stop, wait_for


class _Tokens(BaseHTTPRequestHandler):
    """Gives everybody an access token; the emulator checks none."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = json.dumps({"access_token": "test-token", "expires_in": 3600, "token_type": "Bearer"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Be quiet."""


@dataclass
class Google:
    """A running emulator; `credentials` is the JSON key of a service account."""

    port: int
    process: subprocess.Popen[bytes]
    tokens: ThreadingHTTPServer
    credentials: str

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def make_bucket(self, name: str) -> str:
        """An empty bucket."""
        body = json.dumps({"name": name}).encode()
        headers = {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self.endpoint}/storage/v1/b?project=tests", body, headers)
        urllib.request.urlopen(asked).close()
        return name

    def stop(self) -> None:
        """End both."""
        stop([self.process])
        self.tokens.shutdown()
        self.tokens.server_close()


def start(folder: Path) -> Google:
    """Start both and wait until they listen; what is kept is in memory."""
    (port,) = free_ports(1)
    log = folder / "google.log"
    program = Path(__file__).with_name("google_emulator.py")
    command = [sys.executable, str(program), "start", "--host=127.0.0.1", f"--port={port}", "--in-memory", "--quiet"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    tokens = ThreadingHTTPServer(("127.0.0.1", 0), _Tokens)
    threading.Thread(target=tokens.serve_forever, daemon=True).start()
    try:
        wait_for(port, process, log)
    except BaseException:
        stop([process])
        tokens.shutdown()
        raise
    return Google(port, process, tokens, service_account(f"http://127.0.0.1:{tokens.server_port}/token"))


def service_account(token_uri: str) -> str:
    """The JSON key of a service account whose tokens come from there."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "tests",
            "private_key_id": "1",
            "private_key": pem,
            "client_email": "reader@tests.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": token_uri,
        }
    )
