"""Keys: an RSA key of 2048 bits to sign with, made for one run."""

import importlib
from pathlib import Path

from service.errors import BenchRefused

SELECTOR = "bench"


def dkim_settings(kind: str, folder: Path) -> dict[str, str]:
    """The settings that make senders sign, with a new key in `folder`; none for `none`.

    Raises:
        BenchRefused: a kind that there is not, or keys cannot be made here.
    """
    if kind == "none":
        return {}
    if kind != "rsa":
        raise BenchRefused(f"{kind!r} is not none or rsa.")
    try:
        rsa = importlib.import_module("cryptography.hazmat.primitives.asymmetric.rsa")
        forms = importlib.import_module("cryptography.hazmat.primitives.serialization")
    except ImportError as error:
        raise BenchRefused("Signing needs the package cryptography.") from error
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = folder / "dkim.pem"
    file.touch(mode=0o600)
    file.write_bytes(key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()))
    return {"DKIM_KEY_FILE": str(file), "DKIM_SELECTOR": SELECTOR}
