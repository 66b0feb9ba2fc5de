import functools
import logging
import os
import zlib
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from odoo import api, models, tools
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

OPTION = "ciama_encryption_key"
ENVIRONMENT = "CIAMA_ENCRYPTION_KEY"
ROTATED_AT_ONCE = 500


class KeyLost(Exception):
    """What is stored was encrypted with a key that is not here any more."""


class CiamaVault(models.AbstractModel):
    """Encryption at rest of credentials and raw orders (Fernet: AES-128-CBC, HMAC).

    Keys come from the option ``ciama_encryption_key`` of Odoo's configuration file or
    from the environment variable ``CIAMA_ENCRYPTION_KEY``: one or several, separated by
    commas; the first encrypts, all decrypt. Where none is set, one is made on first use
    and kept beside the filestore, outside the database and its dumps; set one later, and
    the made one still decrypts.
    """

    _name = "ciama.vault"
    _description = "Encryption at Rest"

    @api.model
    def _encrypt(self, text: str) -> str:
        return self._fernet().encrypt(zlib.compress(text.encode())).decode()

    @api.model
    def _decrypt(self, token: str) -> str:
        """Raises :class:`KeyLost`."""
        try:
            return zlib.decompress(self._fernet().decrypt(token.encode())).decode()
        except InvalidToken as error:
            raise KeyLost from error

    @api.model
    def _rotate_token(self, token: str) -> str:
        """``token`` encrypted anew with the first key; raises :class:`KeyLost`."""
        try:
            return self._fernet().rotate(token.encode()).decode()
        except InvalidToken as error:
            raise KeyLost from error

    @api.model
    def _fernet(self) -> MultiFernet:
        try:
            return _multi_fernet(self._keys())
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%s: a key must be 32 bytes in URL-safe base64, as Fernet.generate_key() "
                    "of Python's cryptography package makes it.",
                    OPTION,
                )
            ) from error

    @api.model
    def _keys(self) -> tuple[str, ...]:
        configured = os.environ.get(ENVIRONMENT) or tools.config.get(OPTION) or ""
        keys = tuple(key.strip() for key in configured.split(",") if key.strip())
        path = self._key_file()
        if keys and not path.exists():
            return keys
        return (*keys, self._own_key(path))

    @api.model
    def _key_state(self) -> str:
        """Where the key that encrypts comes from: ``configured``, ``file``, or ``none`` yet."""
        if os.environ.get(ENVIRONMENT) or tools.config.get(OPTION):
            return "configured"
        return "file" if self._key_file().exists() else "none"

    @api.model
    def _key_file(self) -> Path:
        return Path(tools.config["data_dir"]) / "ciama_connector" / f"{self.env.cr.dbname}.key"

    @api.model
    def _own_key(self, path: Path) -> str:
        """The key in this database's key file ``path``; made if there is none."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.parent / f".{path.name}.{os.getpid()}"
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(Fernet.generate_key().decode())
            try:
                # A hard link appears whole or not at all: of two hosts that start at the
                # same time, one makes the key and the other reads it.
                os.link(draft, path)
                _logger.info("A key for encryption at rest was made: %s", path)
            except FileExistsError:
                _logger.debug("Another process made the key first.")
            finally:
                draft.unlink()
        return path.read_text().strip()

    @api.model
    def _rotate_all(self):
        """Encrypt everything stored anew with the first key; the number of values.

        What no key opens is left as it is. Run after putting a new key first.
        """
        done = 0
        for model, field in (("ciama.credential", "value_encrypted"), ("ciama.order", "payload")):
            records = self.env[model].sudo().with_context(active_test=False)
            last = 0
            while batch := records.search(
                [("id", ">", last), (field, "!=", False)], order="id", limit=ROTATED_AT_ONCE
            ):
                last = batch[-1].id
                done += self._rotate_batch(batch, field)
                self.env.flush_all()
                self.env.invalidate_all()
        return done

    def _rotate_batch(self, batch, field):
        done = 0
        for record in batch:
            try:
                record[field] = self._rotate_token(record[field])
                done += 1
            except KeyLost:
                _logger.warning("No key opens %s of %s.", field, record)
        return done


@functools.lru_cache(maxsize=16)
def _multi_fernet(keys):
    return MultiFernet([Fernet(key.encode()) for key in keys])
