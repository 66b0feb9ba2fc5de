/** The board: dropping a card in another column asks the server what that means. */

import {onPatched} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import "../live/live";

const live = registry.category("views").get("ciama_live_kanban");

class BoardRenderer extends live.Renderer {
    setup() {
        onPatched(() => this.forgetGoneGroup());
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
    }

    /** States are read-only for people, who may all the same say "retry" or "ignore". */
    get canMoveRecords() {
        return super.canMoveRecords || (this.canResequenceRecords && this.byState);
    }

    /** Odoo scrolls to the column that was just unfolded, which a reload may have replaced. */
    forgetGoneGroup() {
        const id = this.lastOpenedGroupId;
        if (id && !this.rootRef.el.querySelector(`.o_kanban_group[data-id="${id}"]`)) {
            delete this.lastOpenedGroupId;
        }
    }

    get byState() {
        return this.props.list.groupByField?.name === "state";
    }

    async sortRecordDrop(recordId, groupId, params) {
        const {parent, element} = params;
        const target = this.props.list.groups.find((group) => group.id === parent?.dataset.id);
        if (!target || target.id === groupId) {
            parent?.classList.remove("o_kanban_hover");
            return; // the order within a column is by urgency and date
        }
        if (!this.byState) {
            return super.sortRecordDrop(recordId, groupId, params);
        }
        parent.classList.remove("o_kanban_hover");
        const source = this.props.list.groups.find((group) => group.id === groupId);
        const record = source?.list.records.find((row) => row.id === element.dataset.id);
        if (record) {
            await this.moveToState(record, target.value);
        }
    }

    /** A retry answers with what reloads the board; a dialog reloads it when it is closed. */
    async moveToState(record, state) {
        const action = await this.orm.call("ciama.order", "action_move", [[record.resId], state]);
        await this.action.doAction(action, {onClose: () => this.props.list.model.load()});
    }
}

registry.category("views").add("ciama_board", {...live, Renderer: BoardRenderer});
