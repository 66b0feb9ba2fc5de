/** Screens that follow what the jobs do: counters and cards are asked for anew when the
 * server says that something changed, at most every other second. */

import {onWillDestroy} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {useService} from "@web/core/utils/hooks";
import {registry} from "@web/core/registry";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";

const CHANGED = "ciama.changed";
const QUIET_MS = 2000;
const MINUTE_MS = 60000;
// A person types, chooses, answers a question or moves a card.
const BUSY = ".modal, .o_dragged, .o-dropdown--menu, .o-autocomplete--dropdown-menu";
const TYPING = "input[type=text], input[type=search], textarea, [contenteditable=true]";

function isBusy() {
    const focused = document.activeElement;
    return Boolean(
        document.querySelector(BUSY) ||
            (focused?.matches(TYPING) && (focused.value || focused.textContent))
    );
}

/**
 * Call `reload` soon after the server said that orders or figures of shops changed, but not
 * while a person is busy: then it waits until they are done.
 *
 * @param {() => Promise} reload
 * @param {{everyMs?: number}} [options] reload that often also without news
 */
export function useLive(reload, {everyMs} = {}) {
    const bus = useService("bus_service");
    let timer = null;
    const later = () => {
        timer ??= browser.setTimeout(run, QUIET_MS);
    };
    const run = async () => {
        timer = null;
        if (isBusy() || document.hidden) {
            later();
        } else {
            await reload();
        }
    };
    bus.subscribe(CHANGED, later);
    const clock = everyMs && browser.setInterval(later, everyMs);
    onWillDestroy(() => {
        bus.unsubscribe(CHANGED, later);
        browser.clearTimeout(timer);
        browser.clearInterval(clock);
        timer = 0; // a reload under way does not start anew
    });
}

const live = (Controller, options) =>
    class extends Controller {
        setup() {
            super.setup();
            useLive(() => this.reloadQuietly(), options);
        }

        /** What a person is editing or has selected stays as it is. */
        async reloadQuietly() {
            const {root} = this.model;
            if (!root.editedRecord && !root.selection?.length) {
                this.model.useSampleModel = false;
                await this.model.load(); // with the counters above the columns
            }
        }
    };

registry.category("views").add("ciama_live_kanban", {
    ...kanbanView,
    Controller: live(KanbanController),
});
registry.category("views").add("ciama_live_list", {
    ...listView,
    Controller: live(ListController),
});
// "5 minutes ago" grows old by itself, most of all where no news come any more.
registry.category("views").add("ciama_overview_kanban", {
    ...kanbanView,
    Controller: live(KanbanController, {everyMs: MINUTE_MS}),
});
