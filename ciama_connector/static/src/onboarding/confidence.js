/** How sure a proposal is, as a small bar; why, when the pointer rests on it. */

import {Component} from "@odoo/owl";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

const SURE = 80;
const LIKELY = 50;

export class Confidence extends Component {
    static template = "ciama_connector.Confidence";
    static props = {...standardFieldProps};

    get percent() {
        return this.props.record.data[this.props.name] || 0;
    }

    get reason() {
        return this.props.record.data.reason || _t("Nothing in Odoo looks like it.");
    }

    get color() {
        if (this.percent >= SURE) {
            return "bg-success";
        }
        return this.percent >= LIKELY ? "bg-warning" : "bg-danger";
    }
}

registry.category("fields").add("ciama_confidence", {
    component: Confidence,
    displayName: _t("Confidence"),
    supportedTypes: ["integer"],
    fieldDependencies: [{name: "reason", type: "char"}],
});
