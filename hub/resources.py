"""Where the files that ship beside the code lie: inside the package when installed from a wheel, else one level up."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of `migrations` or `schema.graphql`; raises FileNotFoundError naming what is missing."""
    for folder in (PACKAGE, PACKAGE.parent):
        if (folder / name).exists():
            return folder / name
    message = f"{name} is neither in {PACKAGE} nor beside it"
    raise FileNotFoundError(message)
