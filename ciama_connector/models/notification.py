"""What a button answers where there is nothing to open: a message in a corner."""

CLOSE = {"type": "ir.actions.act_window_close"}
RELOAD = {"type": "ir.actions.client", "tag": "soft_reload"}


def notification(message, kind="info", *, then=None):
    """Client action that shows ``message``; trouble (kind ``danger``) stays until it is
    closed. ``then`` is the action that follows."""
    params = {"message": message, "type": kind, "sticky": kind == "danger"}
    if then:
        params["next"] = then
    return {"type": "ir.actions.client", "tag": "display_notification", "params": params}
