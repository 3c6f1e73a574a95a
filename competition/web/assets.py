"""Static files in memory: hashed names, immutable caching, compressed once."""

import gzip
import hashlib
import mimetypes
from pathlib import Path

import msgspec
from litestar.types import HTTPResponseStartEvent, Receive, Scope, Send

PACKAGE = Path(__file__).parent.parent


def project_folder(name: str) -> Path:
    """`templates`, `static` or `seeds`: inside an installed package, or beside it in a checkout."""
    installed = PACKAGE / f"_{name}"
    return installed if installed.is_dir() else PACKAGE.parent / name


class Asset(msgspec.Struct, frozen=True):
    body: bytes
    gzipped: bytes | None
    media_type: str
    url: str


_COMPRESSIBLE = {".css", ".js", ".svg", ".txt", ".md"}


class Assets:
    def __init__(self, folder: Path) -> None:
        self.by_path: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix != ".md":
                self._read(path, path.relative_to(folder).as_posix())
        self.by_url = {asset.url: asset for asset in self.by_path.values()}

    def _read(self, path: Path, name: str) -> None:
        body = path.read_bytes()
        digest = hashlib.sha256(body).hexdigest()[:10]
        stem, dot, suffix = name.rpartition(".")
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.by_path[name] = Asset(
            body=body,
            gzipped=gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSIBLE else None,
            media_type=media_type + ("; charset=utf-8" if path.suffix in _COMPRESSIBLE else ""),
            url=f"/static/{stem}.{digest}.{suffix}" if dot else f"/static/{name}.{digest}",
        )

    def url(self, path: str) -> str:
        """The address of an asset. Raises KeyError for one that does not exist, so a typing error shows at once."""
        return self.by_path[path].url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for /static/…"""
        method = scope.get("method", "")
        asset = self.by_url.get(scope["path"])
        headers: list[tuple[bytes, bytes]] = [(b"x-content-type-options", b"nosniff")]
        if asset is None or method not in ("GET", "HEAD"):
            status, body = 404, b"not found"
            headers.append((b"content-type", b"text/plain"))
        else:
            status, body = 200, asset.body
            accepts = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
            if asset.gzipped is not None and b"gzip" in accepts:
                body = asset.gzipped
                headers.append((b"content-encoding", b"gzip"))
            headers += [
                (b"content-type", asset.media_type.encode()),
                (b"cache-control", b"public, max-age=31536000, immutable"),
                (b"vary", b"accept-encoding"),
            ]
        headers.append((b"content-length", str(len(body)).encode()))
        start: HTTPResponseStartEvent = {"type": "http.response.start", "status": status, "headers": headers}
        await send(start)
        sent = b"" if method == "HEAD" else body
        await send({"type": "http.response.body", "body": sent, "more_body": False})
