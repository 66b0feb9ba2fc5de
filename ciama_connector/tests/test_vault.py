"""Encryption at rest: what stands in the database, where the keys come from."""

import os
import stat
import tempfile
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet
from odoo import tools
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import UserError

from ..models.ciama_vault import ENVIRONMENT, OPTION, KeyLost
from .fake import PullCase, dated

SECRET = "sesame-open-1234"


def new_key():
    return Fernet.generate_key().decode()


class VaultCase(PullCase):
    def setUp(self):
        super().setUp()
        self.vault = self.env["ciama.vault"]
        self.data_dir = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(patch.dict(tools.config.options, {"data_dir": str(self.data_dir)}))
        self.enterContext(patch.dict(os.environ))
        os.environ.pop(ENVIRONMENT, None)

    def set_keys(self, *keys):
        os.environ[ENVIRONMENT] = ",".join(keys)

    def rows(self, table, column):
        self.env.flush_all()
        self.env.cr.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        return [row[0] for row in self.env.cr.fetchall()]

    def dump(self):
        """Everything the addon stores, as a thief of the database sees it."""
        self.env.flush_all()
        texts = []
        for name, model in self.env.registry.items():
            if name.startswith("ciama.") and model._auto and not model._abstract:
                self.env.cr.execute(f'SELECT t::text FROM "{model._table}" t')
                texts += [row[0] for row in self.env.cr.fetchall()]
        return "\n".join(texts)


class TestAtRest(VaultCase):
    def test_credentials_are_not_readable_in_the_database(self):
        self.shop.credential_ids.value = SECRET
        self.assertNotIn(SECRET, self.dump())
        self.assertEqual(self.shop._credentials(), {"api_key": SECRET})

    def test_raw_orders_are_not_readable_in_the_database(self):
        self.stage(dated(1, customer_note="Ring twice, then whistle"))
        dump = self.dump()
        self.assertIn("Marie Curie", dump, "the card shows the customer")
        self.assertNotIn("whistle", dump)
        self.assertNotIn("marie@curie.example", dump)
        self.assertNotIn("rue Pierre", dump)

    def test_the_same_text_is_never_encrypted_alike(self):
        self.assertNotEqual(self.vault._encrypt(SECRET), self.vault._encrypt(SECRET))


class TestKeys(VaultCase):
    def key_file(self):
        return self.data_dir / "ciama_connector" / f"{self.env.cr.dbname}.key"

    def test_a_key_is_made_on_first_use_for_its_owner_only(self):
        token = self.vault._encrypt(SECRET)
        self.assertEqual(stat.S_IMODE(self.key_file().stat().st_mode), 0o600)
        self.assertEqual(list(self.key_file().parent.iterdir()), [self.key_file()])
        made = self.key_file().read_text()
        self.assertEqual(self.vault._decrypt(token), SECRET)
        self.assertEqual(self.key_file().read_text(), made, "and made once")

    def test_two_processes_that_start_together_use_one_key(self):
        def link(draft, path):
            """Another process is faster."""
            Path(path).write_text(other)
            raise FileExistsError

        other = new_key()
        with patch("os.link", link):
            token = self.vault._encrypt(SECRET)
        self.set_keys(other)
        self.assertEqual(self.vault._decrypt(token), SECRET)

    def test_key_of_the_environment(self):
        key = new_key()
        self.set_keys(key)
        token = self.vault._encrypt(SECRET)
        self.assertTrue(Fernet(key.encode()).decrypt(token.encode()))
        self.assertFalse(self.key_file().exists(), "none is made where one is set")

    def test_key_of_the_configuration_file(self):
        key = new_key()
        with patch.dict(tools.config.options, {OPTION: key}):
            token = self.vault._encrypt(SECRET)
        self.assertTrue(Fernet(key.encode()).decrypt(token.encode()))

    def test_a_key_set_later_encrypts_and_the_made_one_still_decrypts(self):
        old = self.vault._encrypt(SECRET)
        key = new_key()
        self.set_keys(key)
        self.assertEqual(self.vault._decrypt(old), SECRET)
        self.assertTrue(Fernet(key.encode()).decrypt(self.vault._encrypt(SECRET).encode()))

    def test_an_unusable_key_is_explained(self):
        self.set_keys("hunter2")
        with self.assertRaisesRegex(UserError, OPTION) as caught:
            self.vault._encrypt(SECRET)
        self.assertNotIn("hunter2", str(caught.exception))

    def test_a_wrong_key_is_noticed(self):
        self.set_keys(new_key())
        token = self.vault._encrypt(SECRET)
        self.set_keys(new_key())
        with self.assertRaises(KeyLost):
            self.vault._decrypt(token)


class TestRotation(VaultCase):
    def test_everything_is_encrypted_anew(self):
        old, new = new_key(), new_key()
        self.set_keys(old)
        self.shop.credential_ids.value = SECRET
        cards = self.stage(dated(1), dated(2))
        before = [card._unpack() for card in cards]
        self.set_keys(new, old)
        self.assertEqual(self.vault._rotate_all(), self.stored())
        self.set_keys(new)
        self.assertEqual(self.shop._credentials(), {"api_key": SECRET})
        self.assertEqual([card._unpack() for card in cards], before)

    def test_what_no_key_opens_stays_as_it_is(self):
        old, new = new_key(), new_key()
        self.set_keys(new_key())
        (lost,) = self.stage(dated(1))
        token = lost.payload
        self.set_keys(old)
        self.shop.credential_ids.value = SECRET
        (kept,) = self.stage(dated(2))
        self.set_keys(new, old)
        with self.assertLogs("odoo.addons.ciama_connector", "WARNING") as logs:
            self.vault._rotate_all()
        self.assertIn(f"payload of {lost}", "\n".join(logs.output))
        self.assertEqual(lost.payload, token)
        self.set_keys(new)
        self.assertEqual(kept._unpack()["order"]["external_id"], "at-2")

    def stored(self):
        return len(
            self.rows("ciama_credential", "value_encrypted") + self.rows("ciama_order", "payload")
        )


class TestKeyLost(VaultCase):
    """Losing the key loses no order."""

    def setUp(self):
        super().setUp()
        self.set_keys(new_key())
        self.shop.credential_ids.value = SECRET
        self.sold, self.waiting = dated(1), dated(2)
        (self.sale_order,) = self.imported(self.sold)
        self.fake = self.open(self.sold, self.waiting)
        (self.card,) = self.stage(self.waiting)
        self.set_keys(new_key())
        self.env.invalidate_all()

    def test_the_shop_asks_for_its_credentials(self):
        message = self.shop._job_pull()
        self.assertIn("enter the credentials of Hub again", message)
        self.assertEqual((self.shop.health, self.shop.health_message), ("broken", message))
        self.assertFalse(self.fake.asked)

    def test_cards_say_so_and_still_open(self):
        with trap_jobs():
            self.card._job_import()
        self.assert_card(self.card, "blocked", "key_lost")
        self.assertIn("encryption key was lost", str(self.card.comparison_html))
        self.assertIn("encryption key was lost", self.card.payload_text)

    def test_cards_come_back_when_the_credentials_are_entered(self):
        with trap_jobs() as jobs:
            self.card._job_import()
            jobs.assert_enqueued_job(self.shop._job_refetch, args=(self.card.ids,))
            self.assertIn("enter the credentials", self.shop._job_refetch(self.card.ids))
        self.assert_card(self.card, "blocked", "key_lost")
        self.shop.credential_ids.value = SECRET
        with trap_jobs() as jobs:
            self.shop._job_refetch(self.card.ids)
            jobs.perform_enqueued_jobs()
        self.assertEqual(self.card.state, "imported")
        self.assertEqual(self.fake.asked, ["orders/at-2"])

    def test_imported_sale_orders_are_untouched(self):
        before = self.sale_order.read()
        card = self.sale_order.ciama_order_ids
        self.shop.credential_ids.value = SECRET
        with trap_jobs() as jobs:
            self.shop._job_pull()
            jobs.perform_enqueued_jobs()
        self.assertEqual(self.sale_order.read(), before)
        self.assertEqual(card.state, "imported")
        orders = self.env["sale.order"].search([("ciama_shop_id", "=", self.shop.id)])
        self.assertEqual(orders, self.sale_order)
