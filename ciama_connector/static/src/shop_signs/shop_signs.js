/** The shops that a document or a customer comes from: the sign of the platform and the name. */

import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

export class ShopSigns extends Component {
    static template = "ciama_connector.ShopSigns";
    static props = {...standardFieldProps};

    get shops() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("ciama_shop_signs", {
    component: ShopSigns,
    supportedTypes: ["json"],
});
