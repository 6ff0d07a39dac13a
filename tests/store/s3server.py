"""The part of S3's protocol that s3fs needs for a store, on this machine, in memory."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY = "kitchen-key"
DATE = "Thu, 01 Jan 2026 00:00:00 GMT"


class Server(ThreadingHTTPServer):
    """objects: "bucket/key" -> bytes. buckets: the ones that exist. writes: how many more are allowed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.buckets = {"lab"}
        self.writes = 1_000_000

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, *words: object) -> None:
        """Tests are quiet."""

    def answer(self, code: int, body: bytes = b"", **headers: object) -> None:
        self.send_response(code)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, code: int, name: str) -> None:
        self.answer(code, f"<Error><Code>{name}</Code><Message>{name}</Message></Error>".encode())

    def handle_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        name, query = unquote(parts.path.lstrip("/")), parse_qs(parts.query, keep_blank_values=True)
        bucket, _, key = name.partition("/")
        if KEY not in self.headers.get("Authorization", ""):
            self.refuse(403, "AccessDenied")
        elif bucket not in self.server.buckets:
            self.refuse(404, "NoSuchBucket")
        elif not key:
            self.bucket(bucket, {word: values[0] for word, values in query.items()})
        elif self.command == "PUT":
            self.put(name, body)
        elif self.command == "DELETE":
            self.server.objects.pop(name, None)
            self.answer(204)
        elif name not in self.server.objects:
            self.refuse(404, "NoSuchKey")
        else:
            self.give(self.server.objects[name])

    do_GET = do_HEAD = do_PUT = do_DELETE = do_POST = handle_any

    def put(self, name: str, body: bytes) -> None:
        if self.server.writes <= 0:
            self.refuse(403, "QuotaExceeded")
            return
        self.server.writes -= 1
        self.server.objects[name] = body
        self.answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

    def give(self, content: bytes) -> None:
        headers = {"ETag": f'"{hashlib.md5(content).hexdigest()}"', "Last_Modified": DATE}
        if wanted := self.headers.get("Range"):
            first, last = (int(number or -1) for number in wanted.removeprefix("bytes=").split("-"))
            last = len(content) - 1 if last < 0 else min(last, len(content) - 1)
            headers["Content_Range"] = f"bytes {first}-{last}/{len(content)}"
            self.answer(206, content[first : last + 1], **headers)
        else:
            self.answer(200, content, **headers)

    def bucket(self, bucket: str, query: dict[str, str]) -> None:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        keys = sorted(name[len(bucket) + 1 :] for name in self.server.objects if name.startswith(f"{bucket}/{prefix}"))
        folders = {prefix + key[len(prefix) :].split(delimiter)[0] + delimiter
                   for key in keys if delimiter and delimiter in key[len(prefix) :]}  # fmt: skip
        files = [key for key in keys if not delimiter or delimiter not in key[len(prefix) :]]
        lines = [f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>" for folder in sorted(folders)]
        lines += [
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.server.objects[f'{bucket}/{key}'])}</Size>"
            "<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>x</ETag><StorageClass>STANDARD</StorageClass>"
            "</Contents>"
            for key in files
        ]
        head = f"<Name>{bucket}</Name><IsTruncated>false</IsTruncated><KeyCount>{len(lines)}</KeyCount>"
        self.answer(200, f"<ListBucketResult>{head}{''.join(lines)}</ListBucketResult>".encode())


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs inside the block."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
