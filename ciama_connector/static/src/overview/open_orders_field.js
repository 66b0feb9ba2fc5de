/** What waits in a shop, by state and cause; each opens the board with these orders. */

import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const STATES = {
    received: {label: _t("Waiting"), colour: "text-bg-secondary"},
    held: {label: _t("Held"), colour: "text-bg-warning"},
    blocked: {label: _t("Blocked"), colour: "text-bg-danger"},
    failed: {label: _t("Failed"), colour: "text-bg-danger"},
};

export class OpenOrdersField extends Component {
    static template = "ciama_connector.OpenOrdersField";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
    }

    get shown() {
        return this.props.record.data[this.props.name];
    }

    get states() {
        return Object.entries(STATES)
            .map(([state, words]) => ({state, ...words, count: this.shown.counts[state]}))
            .filter(({count}) => count);
    }

    /** The board with the orders in one state, of all causes or of one. The action service
     * goes on when a reload replaces this card meanwhile. */
    open(state, problemId = false) {
        return this.action.doActionButton({
            type: "object",
            name: "action_open_part",
            args: JSON.stringify([state, problemId]),
            resModel: this.props.record.resModel,
            resId: this.props.record.resId,
            context: this.props.record.context,
        });
    }
}

registry.category("fields").add("ciama_open_orders", {
    component: OpenOrdersField,
    supportedTypes: ["json"],
});
