/** Screens that follow what the jobs do: counters and cards are asked for anew when the
 * server says that something changed, at most every other second. */

import {onWillDestroy} from "@odoo/owl";
import {useService} from "@web/core/utils/hooks";
import {debounce} from "@web/core/utils/timing";
import {registry} from "@web/core/registry";
import {KanbanController} from "@web/views/kanban/kanban_controller";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {ListController} from "@web/views/list/list_controller";
import {listView} from "@web/views/list/list_view";

const CHANGED = "ciama.changed";
const QUIET_MS = 2000;

/** Call `reload` after the server said that orders or figures of shops changed. */
export function useLive(reload) {
    const bus = useService("bus_service");
    const later = debounce(reload, QUIET_MS);
    bus.subscribe(CHANGED, later);
    onWillDestroy(() => {
        bus.unsubscribe(CHANGED, later);
        later.cancel();
    });
}

const live = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            useLive(() => this.reloadQuietly());
        }

        /** What a person is editing or has selected stays as it is. */
        async reloadQuietly() {
            const {root} = this.model;
            if (!root.editedRecord && !root.selection?.length) {
                await root.load();
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
