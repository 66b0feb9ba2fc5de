"""What open screens hear of the jobs."""

import json

from odoo.tests import new_test_user

from .common import ImportCase


class TestLive(ImportCase):
    def setUp(self):
        super().setUp()
        self.env["bus.bus"].search([]).unlink()

    def sent(self):
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].search([("message", "like", "ciama.changed")])
        return [(json.loads(row.channel), json.loads(row.message)["payload"]) for row in rows]

    def test_only_ids_leave(self):
        self.env["ciama.live"]._changed(self.shop)
        ((_channel, payload),) = self.sent()
        self.assertEqual(payload, {"shop_ids": self.shop.ids})

    def test_users_of_the_connector_listen(self):
        self.env["ciama.live"]._changed(self.shop)
        ((channel, _payload),) = self.sent()
        user = new_test_user(self.env, "listener", "ciama_connector.group_user")
        outsider = new_test_user(self.env, "outsider", "base.group_user")
        group = self.env.ref("ciama_connector.group_user")
        self.assertEqual(channel[1:], ["res.groups", group.id])
        self.assertIn(group, user.all_group_ids)
        self.assertNotIn(group, outsider.all_group_ids)
