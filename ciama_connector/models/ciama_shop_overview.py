import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytz
from babel import Locale
from babel.dates import format_timedelta
from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, babel_locale_parse, format_amount, get_lang

from .ciama_order import PROBLEM_STATES

GRAPH_DAYS = 14
API_HOURS = 24
TOP_CAUSES = 4
OFTEN = 0.1  # share of the calls
SLOW_IMPORT = timedelta(minutes=30)
# A pull is late after some missed turns; scheduled actions may be minutes late themselves.
MISSED_TURNS = 3
LATE_AT_LEAST = timedelta(minutes=15)


@dataclass(frozen=True)
class Clock:
    """The user's day and words for moments."""

    now: datetime  # naive UTC
    today: date  # the user's
    week_start: date
    locale: Locale

    @property
    def days(self):
        """Those that the graph shows."""
        return [self.today - timedelta(days=back) for back in reversed(range(GRAPH_DAYS))]

    def ago(self, moment):
        """As in "3 minutes ago" or "in 3 minutes"; False where there is no moment."""
        if not moment:
            return False
        return format_timedelta(moment - self.now, add_direction=True, locale=self.locale)


class CiamaShop(models.Model):
    """The card of a shop on the overview. What it shows is asked for all shops at once,
    and only of open orders, the last days and the last exchanges."""

    _inherit = "ciama.shop"

    light = fields.Selection(
        [
            ("live", "Live and Fine"),
            ("waiting", "Waiting"),
            ("attention", "Needs Attention"),
            ("off", "Not Live"),
            ("setup", "Being Set Up"),
        ],
        compute="_compute_overview",
    )
    light_reason = fields.Char(compute="_compute_overview")
    overview = fields.Json(
        compute="_compute_overview", help="What the card shows, as texts in the user's language."
    )
    kanban_dashboard_graph = fields.Text(compute="_compute_overview")

    @api.depends_context("uid", "lang", "tz")
    def _compute_overview(self):
        clock = self._clock()
        days, waiting, exchanges = (
            self._figures_by_day(clock),
            self._open_orders(),
            self._api_figures(clock),
        )
        newest = self._newest_orders()
        for shop in self:
            open_orders = waiting[shop.id]
            shop.light, shop.light_reason = shop._light(open_orders, clock)
            shop.overview = {
                **shop._sales_texts(days[shop.id], clock),
                **shop._open_texts(open_orders, clock),
                **shop._api_texts(exchanges.get(shop.id)),
                "last_order": clock.ago(newest.get(shop.id)),
                "last_pull": clock.ago(shop.last_pull),
                "next_pull": shop._next_pull_text(clock),
            }
            shop.kanban_dashboard_graph = shop._graph(days[shop.id], clock)

    def _clock(self):
        lang, today = get_lang(self.env), fields.Date.context_today(self)
        return Clock(
            now=fields.Datetime.now(),
            today=today,
            week_start=today - timedelta(days=(today.isoweekday() - int(lang.week_start)) % 7),
            locale=babel_locale_parse(lang.code),
        )

    # -- questions to the database: one each, for all shops
    def _figures_by_day(self, clock):
        """{shop id: {day of the user: (orders, revenue)}} of the days that the graph shows
        and of this week."""
        first = datetime.combine(clock.days[0], time.min)
        timezone = pytz.timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        start = timezone.localize(first).astimezone(pytz.utc).replace(tzinfo=None)
        groups = self.env["ciama.figures"].sudo()._read_group(
            Domain("shop_id", "in", self.ids)
            & Domain("date", ">=", start)
            & Domain("sold", "=", True),
            ["shop_id", "date:day"],
            ["orders:sum", "revenue:sum"],
        )  # fmt: skip
        figures = defaultdict(dict)
        for shop, day, orders, revenue in groups:
            figures[shop.id][day.date()] = (orders, revenue)
        return figures

    def _open_orders(self):
        """{shop id: [(state, problem, count, since)]}, most orders first; ``since`` when the
        oldest of those that wait for their import began to wait."""
        rows = self.env.execute_query(
            SQL(
                """SELECT shop_id, state, problem_id, orders,
                          CASE WHEN state = 'received' THEN (
                              SELECT MIN(GREATEST(create_date, shop_updated_at, last_attempt))
                                FROM ciama_order WHERE shop_id = part.shop_id
                                 AND state = 'received')
                          END
                     FROM (SELECT shop_id, state, problem_id, COUNT(*) AS orders
                             FROM ciama_order
                            WHERE shop_id IN %s
                              AND state IN ('received', 'held', 'blocked', 'failed')
                         GROUP BY shop_id, state, problem_id) AS part
                 ORDER BY orders DESC""",
                tuple(self.ids) or (0,),
            )
        )
        problems = self.env["ciama.problem"].browse({row[2] for row in rows if row[2]})
        found = defaultdict(list)
        for shop_id, state, problem_id, count, since in rows:
            problem = problems.browse(problem_id).with_prefetch(problems._prefetch_ids)
            found[shop_id].append((state, problem, count, since))
        return found

    def _newest_orders(self):
        """{shop id: date of its newest order}"""
        rows = self.env.execute_query(
            SQL(
                """SELECT shop.id, (SELECT MAX(order_date) FROM ciama_order
                                     WHERE shop_id = shop.id)
                     FROM ciama_shop shop WHERE shop.id IN %s""",
                tuple(self.ids) or (0,),
            )
        )
        return dict(rows)

    def _api_figures(self, clock):
        """{shop id: (exchanges, failed ones, median seconds, last error)} of the last hours."""
        rows = self.env.execute_query(
            SQL(
                """WITH recent AS (
                       SELECT *, COALESCE(error, '') <> '' OR status = 0 OR status >= 400 AS failed
                         FROM ciama_exchange WHERE shop_id IN %s AND started_at >= %s)
                   SELECT shop_id, COUNT(*), COUNT(*) FILTER (WHERE failed),
                          PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY duration),
                          (ARRAY_AGG(error ORDER BY started_at DESC) FILTER (WHERE failed))[1]
                     FROM recent GROUP BY shop_id""",
                tuple(self.ids) or (0,),
                clock.now - timedelta(hours=API_HOURS),
            )
        )
        return {shop_id: figures for shop_id, *figures in rows}

    # -- what the card says
    def _light(self, open_orders, clock):
        """(state light, sentence that says why)"""
        if not self.live:
            return self._light_when_off(clock)
        needy = sum(row[2] for row in open_orders if row[0] in PROBLEM_STATES)
        since = min((row[3] for row in open_orders if row[3]), default=clock.now)
        if self.health == "broken":
            light = "attention", self.health_message
        elif self.queue_message:
            light = "attention", self.queue_message
        elif self._is_late(clock):
            light = (
                "attention",
                self.env._(
                    "The last pull was %s: Odoo's scheduled actions do not run.",
                    clock.ago(self.last_pull or self.next_pull),
                ),
            )
        elif needy:
            light = "attention", self.env._("Orders that need a person: %s.", needy)
        elif self.health == "waiting":
            light = "waiting", self.health_message
        elif not self.last_pull:
            light = "waiting", self.env._("The first orders are being fetched.")
        elif clock.now - since > SLOW_IMPORT:
            light = (
                "waiting",
                self.env._("Orders wait for their import; the oldest came %s.", clock.ago(since)),
            )
        else:
            light = "live", self.env._("Orders arrive by themselves.")
        return light

    def _light_when_off(self, clock):
        if not self.last_pull or self.onboarding_state == "open":
            return "setup", self.env._("Its set-up is not finished: no order is fetched yet.")
        return "off", self.env._(
            "No orders are fetched by themselves; the last pull was %s.",
            clock.ago(self.last_pull),
        )

    def _is_late(self, clock):
        """Scheduled pulls are long due; a shop that does not answer is not late."""
        patience = max(timedelta(minutes=self.pull_interval) * MISSED_TURNS, LATE_AT_LEAST)
        started = self.last_pull or self.next_pull
        return bool(started) and self.health != "waiting" and clock.now - started > patience

    def _sales_texts(self, days, clock):
        today = clock.today
        rows = [(day, *figures) for day, figures in days.items() if day >= clock.week_start]
        currency = self.company_id.currency_id
        return {
            "orders_today": sum(row[1] for row in rows if row[0] == today),
            "orders_week": sum(row[1] for row in rows),
            "revenue_today": format_amount(
                self.env, sum(row[2] for row in rows if row[0] == today), currency
            ),
            "revenue_week": format_amount(self.env, sum(row[2] for row in rows), currency),
            "sold_lately": bool(days),
        }

    def _open_texts(self, open_orders, clock):
        counts = defaultdict(int)
        for state, _problem, count, _since in open_orders:
            counts[state] += count
        causes = [row for row in open_orders if row[1]]
        waiting = [row[3] for row in open_orders if row[0] == "received"]
        return {
            "counts": counts,
            "causes": [
                {"id": problem.id, "name": problem.name, "state": state, "count": count}
                for state, problem, count, _since in causes[:TOP_CAUSES]
            ],
            "other_causes": sum(row[2] for row in causes[TOP_CAUSES:]),
            "oldest_waiting": clock.ago(min(waiting, default=None)),
        }

    def _next_pull_text(self, clock):
        if not self.live or not self.next_pull:
            return False
        if self.next_pull <= clock.now:
            return self.env._("due now")
        return clock.ago(self.next_pull)

    def _api_texts(self, figures):
        if not figures:
            return {"calls": 0}
        calls, failed, median, error = figures
        return {
            "calls": calls,
            "failed_percent": round(100 * failed / calls, 1),
            "failed_often": failed >= OFTEN * calls,
            "median_seconds": round(median or 0, 2),
            "last_error": error or False,
        }

    def _graph(self, days, clock):
        values = [
            {
                "label": str(day.day),
                "value": days.get(day, (0, 0))[0],
                "type": "future" if day == clock.today else "past",
            }
            for day in clock.days
        ]
        return json.dumps([{"key": self.env._("Orders"), "values": values}])

    # -- buttons
    def action_open_part(self, state=False, problem_id=False):
        """The board with those orders of this shop that are in ``state``, for one cause."""
        action = self.action_open_orders()
        filters = {"search_default_problem_id": problem_id} if problem_id else {}
        return {
            **action,
            "domain": [("shop_id", "=", self.id), ("state", "=", state)],
            "context": {**action["context"], **filters},
        }

    def action_open_mend_first(self):
        """What to mend first in this shop."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ciama.mend.first"].action_open()
        name = self.env._("What to Mend First: %s", self.name)
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("shop_id", "=", self.id)],
        }


class CiamaOrder(models.Model):
    """What the overview asks of tens of thousands of orders, it finds in indexes."""

    _inherit = "ciama.order"

    _shop_date_idx = models.Index("(shop_id, order_date)")
    _open_idx = models.Index(
        "(shop_id, state, problem_id) WHERE state IN ('received', 'held', 'blocked', 'failed')"
    )


class CiamaExchange(models.Model):
    _inherit = "ciama.exchange"

    _shop_started_idx = models.Index("(shop_id, started_at)")
