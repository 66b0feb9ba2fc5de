"""Whether somebody does the work that is put into the queue."""

from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import config

PATIENCE = timedelta(minutes=5)  # a runner takes a job within seconds
LONGEST = timedelta(hours=1)  # a job that began before died with its server
LATELY = timedelta(days=1)
CHANNELS = "root.ciama%"


class QueueHealth(NamedTuple):
    """``state``: ok, idle (nothing to do), stuck. ``sentence``: for a person, in their
    language; where it is stuck, with what to do."""

    state: str
    sentence: str


class CiamaQueueHealth(models.AbstractModel):
    _name = "ciama.queue.health"
    _description = "Health of the Job Queue"

    @api.model
    def _state(self) -> QueueHealth:
        """What the job queue of this database looks like now. One look costs three small
        queries; it says nothing about a single shop."""
        now = fields.Datetime.now()
        late, since = self._late_jobs(now)
        if self._worked_since(now - PATIENCE, now - LONGEST):
            return QueueHealth("ok", self.env._("Background jobs are being done."))
        if late:
            return QueueHealth("stuck", self._sentence(late, now - since))
        if not self._is_loaded() and not self._worked_since(now - LATELY, now - LATELY):
            return QueueHealth("stuck", self._how_to_load())
        return QueueHealth("idle", self.env._("There is nothing to do in the background."))

    def _late_jobs(self, now):
        """(how many jobs of ours should have been done by now, since when the oldest one)."""
        limit = now - PATIENCE
        jobs = self.env["queue.job"].sudo()
        due = Domain("eta", "=", False) | Domain("eta", "<=", limit)
        domain = due & Domain(
            [
                ("channel", "=like", CHANNELS),
                ("state", "in", ("pending", "enqueued")),
                ("date_created", "<=", limit),
            ]
        )
        ((count, oldest),) = jobs._read_group(domain, [], ["__count", "date_created:min"])
        return count, oldest

    def _worked_since(self, done, begun):
        """Whether a job of whatever kind ended since ``done``, or is under way since
        ``begun`` or later."""
        ended = Domain("state", "in", ("done", "failed")) & Domain("date_done", ">=", done)
        under_way = Domain("state", "=", "started") & Domain("date_started", ">=", begun)
        return bool(self.env["queue.job"].sudo().search_count(ended | under_way, limit=1))

    def _is_loaded(self):
        """Whether this server runs jobs. Another one of the same database may do it."""
        return "queue_job" in config["server_wide_modules"]

    def _sentence(self, late, waited):
        minutes = int(waited.total_seconds() // 60)
        told = self.env._(
            "%(count)s background jobs have been waiting for %(minutes)s minutes and none is "
            "being done, so no orders come in.",
            count=late,
            minutes=minutes,
        )
        remedy = (
            self.env._("Restart Odoo; if that does not help, look for “jobrunner” in its log.")
            if self._is_loaded()
            else self._how_to_load()
        )
        return f"{told} {remedy}"

    def _how_to_load(self):
        return self.env._(
            "Odoo's job runner is not switched on: add queue_job to server_wide_modules in "
            "Odoo's configuration file, and restart Odoo."
        )
