"""OpenStack Swift with its S3 API on one machine: a strict server for Amazon's and Google's interoperability keys."""

import getpass
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from swift.common.ring import RingBuilder

from tests.stores import free_ports, stop, wait_for

REGION = "eu-central-1"
# Below it, a bucket's name may stand in the host name; no name server knows it.
DOMAIN = "store.test"
OWNER = ("OWNEROWNEROWNER00001", "owner-secret-owner-secret")
WRITER = ("WRITERWRITERWRITER01", "writer-secret/with+signs")
READER = ("READERREADERREADER01", "reader-secret-reader-secret")
KINDS = ("object", "container", "account", "proxy")
ROOT = Path(__file__).parents[2]
PIPELINE = ("catch_errors", "cache", "bulk", "listing_formats", "s3api", "keys", "slo", "dlo", "proxy-server")


@dataclass
class Swift:
    """A running server; `endpoint` is its S3 address."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Any:
        """boto3 with all rights, for preparing what a test needs."""
        key, secret = OWNER
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
        )

    def make_bucket(self, name: str) -> str:
        """An empty bucket."""
        client = self.client()
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        client.close()
        return name

    def stop(self) -> None:
        """End the servers."""
        stop(self.processes)


def start(folder: Path) -> Swift:
    """Write the configuration into `folder`, start the four servers, wait until they listen."""
    proxy, *ports = free_ports(4)
    user = getpass.getuser()
    (folder / "data" / "d1").mkdir(parents=True)
    hashes = "swift_hash_path_suffix = tests\nswift_hash_path_prefix = tests\n"
    (folder / "swift.conf").write_text(f"[swift-hash]\n{hashes}[storage-policy:0]\nname = one\ndefault = yes\n")
    keys = folder / "keys"
    lines = (f"{key} {secret} {rights}" for (key, secret), rights in ((OWNER, "rw"), (WRITER, "w"), (READER, "r")))
    keys.write_text("\n".join(lines))
    for kind, port in zip(KINDS[:-1], ports, strict=True):
        _ring(folder, kind, port)
        (folder / f"{kind}-server.conf").write_text(
            f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\ndevices = {folder / 'data'}\nmount_check = false\n"
            f"swift_dir = {folder}\nuser = {user}\nworkers = 0\ndisable_fallocate = true\nlog_level = ERROR\n"
            f"[pipeline:main]\npipeline = {kind}-server\n"
            f"[app:{kind}-server]\nuse = egg:swift#{kind}\nfallocate_reserve = 0\n"
        )
    (folder / "proxy-server.conf").write_text(_proxy(folder, proxy, user, keys))
    swift = Swift(folder, proxy)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        for kind in KINDS:
            program = Path(sys.executable).parent / f"swift-{kind}-server"
            log = folder / f"{kind}.log"
            with log.open("wb") as output:
                command = [sys.executable, "-W", "ignore", str(program), str(folder / f"{kind}-server.conf")]
                swift.processes.append(subprocess.Popen(command, env=environment, stdout=output, stderr=output))
        for kind, port, process in zip(KINDS, (*ports, proxy), swift.processes, strict=True):
            wait_for(port, process, folder / f"{kind}.log")
    except BaseException:
        swift.stop()
        raise
    return swift


def _ring(folder: Path, kind: str, port: int) -> None:
    builder = RingBuilder(4, 1, 0)
    device = {"id": 0, "region": 1, "zone": 1, "weight": 1, "ip": "127.0.0.1", "port": port, "device": "d1", "meta": ""}
    builder.add_dev({**device, "replication_ip": "127.0.0.1", "replication_port": port})
    builder.rebalance(seed="1")
    builder.get_ring().save(str(folder / f"{kind}.ring.gz"))


def _proxy(folder: Path, port: int, user: str, keys: Path) -> str:
    modules = {"cache": "memcache"}
    filters = "".join(
        f"[filter:{name}]\nuse = egg:swift#{modules.get(name, name)}\n"
        for name in PIPELINE[:-1]
        if name not in ("s3api", "keys")
    )
    return (
        f"[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = {port}\nswift_dir = {folder}\nuser = {user}\nworkers = 0\n"
        f"log_level = ERROR\n[pipeline:main]\npipeline = {' '.join(PIPELINE)}\n"
        "[app:proxy-server]\nuse = egg:swift#proxy\naccount_autocreate = true\n"
        # A busy machine is slow, not broken: there is no other node to turn to.
        "conn_timeout = 10\nnode_timeout = 60\nrecoverable_node_timeout = 60\nerror_suppression_limit = 100000\n"
        f"[filter:s3api]\nuse = egg:swift#s3api\nlocation = {REGION}\nstorage_domain = {DOMAIN}\n"
        f"[filter:keys]\npaste.filter_factory = tests.stores.swift_keys:filter_factory\nkeys = {keys}\n{filters}"
    )
