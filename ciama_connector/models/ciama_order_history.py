from odoo import api, fields, models

from ..canonical import Code, Problem
from ..canonical.texts import storable


class CiamaOrder(models.Model):
    """What a batch finds about its orders, and the chatter, which tells it when it is news.

    An order that goes straight through has nothing to tell.
    """

    _inherit = "ciama.order"

    last_cause = fields.Json(
        readonly=True,
        copy=False,
        help="The cause that the chatter told last, while the order is not imported: "
        "a retry that meets it again is no news.",
    )

    def _set_problem(self, problem, *, waits_for=False, detail=False):
        """Make ``self`` a card with the cause ``problem`` (canonical.Problem)."""
        self._set_problems([(self, problem, waits_for, detail)])

    @api.model
    def _set_problems(self, found):
        """Make cards: ``found`` is [(order, canonical.Problem, missing value, detail)]."""
        news = {}
        for order, problem, waits_for, detail in found:
            record = self.env["ciama.problem"]._of(problem.code)
            params = {key: storable(text) for key, text in problem.params.items()}
            cause = False if record.state == "ignored" else {"code": record.code, **params}
            by_hand = problem.code == Code.IGNORED_BY_USER
            if by_hand or (order.last_cause or False) != cause:
                news[order.id] = self.env._(
                    "%(cause)s: %(sentence)s",
                    cause=record.name,
                    sentence=record._sentence(params),
                )
            order.write(
                {
                    "state": record.state,
                    "problem_id": record.id,
                    "problem_params": params,
                    "problem_detail": detail,
                    "waits_for": waits_for and storable(waits_for),
                    "last_cause": cause,
                }
            )
        self._tell(news)

    def _note_way_out(self):
        """Tell of those of ``self``, just imported, that were held up before."""
        held_up = self.filtered("last_cause")
        if held_up:
            held_up.last_cause = False
            self._tell(
                {
                    order.id: self.env._("Imported as %s.", order.sale_order_id.name)
                    for order in held_up
                }
            )

    def _ignored_by(self, reason):
        problem = Problem(Code.IGNORED_BY_USER, user=self.env.user.name, reason=reason)
        self._set_problems([(order, problem, False, False) for order in self])
        self.env["ciama.retry"]._leave_out(self)
        self.env["ciama.live"]._changed(self.shop_id)

    def _note(self, text):
        """The user did something with the cards of ``self``."""
        self._tell(dict.fromkeys(self.ids, text))

    @api.model
    def _tell(self, texts):
        """Log ``texts`` ({id: plain text}) at once, as the user in whose name a job runs."""
        if texts:
            self.browse(texts)._message_log_batch(bodies=texts)
