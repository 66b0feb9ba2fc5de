"""Accounting days: moments of a shop in the time zone of the company that keeps the books."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytz
from odoo import fields

from ..canonical import Code


def company_zone(company) -> ZoneInfo:
    """The time zone of ``company``: of its contact, else of its country (the first that the
    tz database names, its most populous), else UTC."""
    zones = pytz.country_timezones.get(company.country_id.code or "", [])
    return ZoneInfo(company.partner_id.tz or (zones[0] if zones else "UTC"))


def day_of(company, moment: datetime) -> date:
    """The day of ``moment`` (aware) in the books of ``company``; never in the future."""
    return min(moment.astimezone(company_zone(company)).date(), today(company))


def today(company) -> date:
    now = fields.Datetime.now().replace(tzinfo=UTC)
    return now.astimezone(company_zone(company)).date()


def check_period(draft, day: date, *, sale: bool, tax: bool) -> None:
    """Fail ``draft`` where no document of ``day`` may be booked any more (``sale``, ``tax``:
    it is one of sales, with taxes): Odoo would silently move the entry to the first open day,
    apart from the date on the document."""
    locks = draft.card.company_id._get_lock_date_violations(
        day, fiscalyear=True, sale=sale, purchase=False, tax=tax, hard=True
    )
    if locks:
        draft.fail(
            Code.PERIOD_LOCKED, date=day, locks=draft.card.company_id._format_lock_dates(locks)
        )
