"""Azurite: Microsoft's own stand-in for Azure Blob Storage, strict about signatures."""

import base64
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas

from tests.stores import free_ports, stop, wait_for

ACCOUNT = "acmecalls"
KEY = base64.b64encode(b"azurite account key of the tests" * 2).decode()
PROGRAM = Path(__file__).parents[1] / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"


@dataclass
class Azurite:
    """A running server; `endpoint` is its address without the account."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def make_container(self, name: str) -> str:
        """An empty container."""
        credential = {"account_name": ACCOUNT, "account_key": KEY}
        with BlobServiceClient(f"{self.endpoint}/{ACCOUNT}", credential=credential) as service:
            service.create_container(name)
        return name

    def sas(self, container: str, *, rights: str = "rl", expiry: str = "2099-01-01T00:00:00Z") -> str:
        """A shared access signature of a container."""
        permission = ContainerSasPermissions.from_string(rights)
        return generate_container_sas(ACCOUNT, container, account_key=KEY, permission=permission, expiry=expiry)

    def stop(self) -> None:
        """End it."""
        stop([self.process])


def start(folder: Path) -> Azurite:
    """Start it and wait until it listens; what it keeps is in memory."""
    (port,) = free_ports(1)
    log = folder / "azurite.log"
    command = ["node", str(PROGRAM), "--blobHost", "127.0.0.1", "--blobPort", str(port)]
    options = ["--inMemoryPersistence", "--skipApiVersionCheck", "--silent", "--disableTelemetry"]
    environment = {**os.environ, "AZURITE_ACCOUNTS": f"{ACCOUNT}:{KEY}"}
    with log.open("wb") as output:
        process = subprocess.Popen([*command, *options], cwd=folder, env=environment, stdout=output, stderr=output)
    try:
        wait_for(port, process, log)
    except BaseException:
        stop([process])
        raise
    return Azurite(port, process)
